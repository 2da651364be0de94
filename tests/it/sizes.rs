//! Every screen at every size, with hostile text in every field: no panic, no line too long, nothing that a
//! terminal would obey, and no wake-up when idle.

use crate::stage::{Stage, candidate, home, item, page, running, settle, trial, tuple};
use crate::stage_data::{made, models, to_settle};
use amalrec::app::{Chart, FailureCount, Made, ModelRow, Output, Section, Share, Standing, Sweep, SweepPreview};
use amalrec::domain::mention;
use amalrec::domain::review::{Arm, Status};
use amalrec::tui::Place;
use amalrec::tui::event::{Event, Reply};
use amalrec::tui::model::Layer;
use amalrec::tui::schedule;
use amalrec::tui::theme::Theme;
use amalrec::tui::view;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use ratatui::{Terminal, TerminalOptions, Viewport};

const HOSTILE: [&str; 7] = [
    "a\u{1b}[2J\u{7}\u{9b}31mb",
    "ab\u{202e}cd\u{2066}ef\u{200b}g\u{feff}",
    "👩‍👩‍👧‍👦 🇩🇪 ☕️ e\u{301}\u{327} \u{301}alone",
    "日本語の文章はとても長いので折り返す必要があります",
    "هذه جملة عربية טקסט עברי mixed",
    "x\ty\r\nz\0",
    "",
];

/// All screens and popups, on ordinary and on hostile text.
fn stages() -> Vec<(String, Stage)> {
    let mut stages = Vec::new();
    for place in Place::ALL {
        let mut stage = Stage::at(place);
        stages.push((format!("{place:?} loading"), Stage::at(place)));
        settle(&mut stage);
        stage.event(Event::Progress(running()));
        settle(&mut stage);
        stages.push((format!("{place:?}"), stage));
    }
    for arm in Arm::ALL {
        for keys in ["", "x", "e", "c", "m m m m c", "?", ":", "F", "j j j e ctrl-u", "b w"] {
            let mut stage = Stage::reviewing([item(1, arm)]);
            stage.press(keys);
            stages.push((format!("{arm} {keys}"), stage));
        }
    }
    for (i, text) in HOSTILE.into_iter().enumerate() {
        for keys in ["", "e", "c", "m m m c"] {
            let mut stage = Stage::reviewing([hostile(text)]);
            stage.press(keys);
            stages.push((format!("hostile {i} {keys}"), stage));
        }
        let mut stage = Stage::reviewing([hostile(text)]);
        stage.press("e");
        stage.event(Event::Paste(text.repeat(9)));
        stages.push((format!("hostile {i} pasted"), stage));
        let mut stage = Stage::at(Place::Verify);
        let run = stage.model.verify.pending.unwrap().run;
        let mut item = trial(1);
        item.text = text.repeat(40);
        stage.event(Event::Reply(run, Reply::ToVerify(Ok(Some(Box::new(item))))));
        stages.push((format!("hostile {i} verify"), stage));
        let mut stage = Stage::at(Place::Tuples);
        stage.press("/").write("text:\"");
        stage.event(Event::Paste(text.to_owned()));
        stages.push((format!("hostile {i} filter"), stage));
        stages.extend(hostile_lists(i, text));
    }
    let mut stage = Stage::reviewing([hostile(&"word ".repeat(20_000))]);
    stage.press("e");
    stages.push(("100 KB".into(), stage));
    stages
}

/// A hostile text in every list, chart and form of the later screens.
fn hostile_lists(i: usize, text: &str) -> Vec<(String, Stage)> {
    let mut stages = Vec::new();
    let mut stage = Stage::at(Place::Tuples);
    let mut rows = page(3);
    rows.rows[1].tuple.head.name = format!("H{text}");
    rows.rows[2].tuple.relation = text.repeat(9);
    stage.event(Event::Reply(stage.model.tuples.pending.unwrap().run, Reply::Page(Ok(rows))));
    while let Some(pending) = stage.model.tuples.facets.pending {
        stage.event(Event::Reply(pending.run, Reply::Tally(Ok(vec![(text.repeat(3), 7), (String::new(), 1)]))));
    }
    for keys in ["", "tab", "p", "/", "b a"] {
        let mut stage = stage.clone();
        stage.press(keys);
        if let Some(Layer::Pivot(pivot)) = stage.model.layers.last() {
            let run = pivot.pending.unwrap().run;
            stage.event(Event::Reply(run, Reply::Tally(Ok(vec![(text.repeat(30), 7)]))));
        }
        if let Some(Layer::Sweep(asked)) = stage.model.layers.last() {
            let run = asked.pending.unwrap().run;
            let sample = vec![(page(1).rows.remove(0), Some(text.repeat(20)))];
            let preview = SweepPreview { sweep: Sweep::Accept, touched: 1, total: 1, sample };
            stage.event(Event::Reply(run, Reply::Preview(Ok(preview))));
        }
        stages.push((format!("hostile {i} list {keys}"), stage));
    }
    let mut stage = Stage::at(Place::Adjudicate);
    let mut item = to_settle(1);
    item.answers[0].text = Some(text.repeat(40));
    item.answers[0].from = Some(text.repeat(30));
    stage.event(Event::Reply(stage.model.adjudicate.pending.unwrap().run, Reply::ToSettle(Ok(Some(Box::new(item))))));
    stages.push((format!("hostile {i} answers"), stage.clone()));
    stage.press("e");
    stages.push((format!("hostile {i} answers edited"), stage));
    let mut stage = Stage::at(Place::Jobs);
    let failures = vec![FailureCount { method: text.to_owned(), cause: text.repeat(20), count: 3 }];
    let made = Made { failures, log: vec![text.repeat(20)], ..made() };
    stage.event(Event::Reply(stage.model.jobs.pending.unwrap().run, Reply::Made(Ok(made))));
    stages.push((format!("hostile {i} failures"), stage));
    let names = vec![text.to_owned(), text.repeat(5)];
    let charts = [
        Chart::Shares(vec![Share { name: text.repeat(4), share: f64::NAN, low: -1.0, high: 7.0, n: u64::MAX }]),
        Chart::Counts(vec![(text.repeat(4), u64::MAX)]),
        Chart::Heat { rows: names.clone(), columns: names.clone(), cells: vec![vec![Some(f64::NAN), None], vec![]] },
        Chart::Curve {
            x: text.repeat(9),
            y: text.to_owned(),
            points: vec![(f64::NAN, 3.0), (0.0, 0.0)],
            diagonal: true,
        },
        Chart::Table { heading: names.clone(), rows: vec![names, vec![]] },
    ];
    for chart in charts {
        let mut stage = Stage::at(Place::Reports);
        let section = Section { title: text.repeat(3), lines: vec![text.repeat(20)], chart };
        stage.event(Event::Reply(stage.model.reports.pending.unwrap().run, Reply::Reports(Ok(vec![section]))));
        stages.push((format!("hostile {i} report"), stage));
    }
    let mut stage = Stage::at(Place::Models);
    let mut rows = models();
    rows[0].name = text.repeat(9);
    rows[1].path = Some(text.repeat(40).into());
    rows[2] =
        ModelRow { licence: text.repeat(4), sources: vec![text.repeat(30)], role: text.into(), ..rows[2].clone() };
    stage.event(Event::Reply(stage.model.models.pending.unwrap().run, Reply::Models(rows)));
    for keys in ["", "j", "j"] {
        stage.press(keys);
        stages.push((format!("hostile {i} models {keys}"), stage.clone()));
    }
    stage.model.output = Output {
        line: format!("import {}", text.repeat(9)),
        lines: vec![text.repeat(90), text.to_owned()],
        standing: Standing::Failed(text.repeat(9)),
        ..Output::default()
    };
    stage.press("!");
    stages.push((format!("hostile {i} output"), stage));
    let mut stage = Stage::at(Place::Export);
    stage.press("end enter");
    stage.event(Event::Paste(text.repeat(9)));
    stages.push((format!("hostile {i} folder typed"), stage.clone()));
    stage.press("enter d");
    let run = stage.model.export.pending.map_or(0, |pending| pending.run);
    stage.event(Event::Reply(run, Reply::Exported(Err(text.repeat(50)))));
    stages.push((format!("hostile {i} folder"), stage));
    stages
}

fn hostile(text: &str) -> amalrec::app::ReviewItem {
    let mut hostile = item(1, Arm::RankedScores);
    let row = hostile.tuple.clone();
    for place in 1..=3 {
        let mut shown = candidate(&row, place, text, text, &[]);
        shown.evidence[0].1 = vec![text.to_owned()];
        hostile.candidates.insert(0, shown);
    }
    hostile.tuple.tuple.head.name = format!("H{text}");
    hostile.tuple.tuple.tail.kind = Some(text.to_owned());
    hostile.relation.gloss = Some(text.repeat(5));
    hostile.failures = vec![(text.to_owned(), text.to_owned())];
    hostile
}

/// Draws, and checks every cell.
fn check(name: &str, stage: &mut Stage, width: u16, height: u16) {
    let backend = stage.draw(width, height);
    for cell in backend.buffer().content() {
        let symbol = cell.symbol();
        let bad = symbol.chars().find(|&c| {
            c.is_control() || amalrec::domain::clean::is_hostile(c) && !matches!(c, '\u{200c}' | '\u{200d}')
        });
        assert_eq!(bad, None, "{name} at {width}x{height}: {symbol:?}");
    }
}

/// The bytes of a frame, as they go to a terminal of this size.
fn emitted(stage: &Stage, width: u16, height: u16) -> String {
    let mut bytes = Vec::new();
    let area = Rect::new(0, 0, width, height);
    let options = TerminalOptions { viewport: Viewport::Fixed(area) };
    let mut terminal = Terminal::with_options(CrosstermBackend::new(&mut bytes), options).unwrap();
    terminal
        .draw(|frame| {
            let _facts = view::draw(frame, &stage.model, stage.now);
        })
        .unwrap();
    drop(terminal);
    String::from_utf8(bytes).unwrap()
}

/// Whatever the text: a terminal gets characters that can be seen, colours, places of the cursor, and nothing else.
#[test]
fn nothing_that_a_terminal_obeys_comes_from_text() {
    for (name, stage) in stages() {
        let out = emitted(&stage, 120, 36);
        let mut chars = out.chars();
        while let Some(c) = chars.next() {
            if c == '\u{1b}' {
                let sequence: String = chars.by_ref().take_while(|c| !c.is_ascii_alphabetic()).collect();
                let end = out[..out.len() - chars.as_str().len()].chars().next_back();
                assert!(sequence.starts_with('['), "{name}: ESC {sequence:?}");
                assert!(matches!(end, Some('m' | 'H' | 'h' | 'l')), "{name}: ESC {sequence:?}{end:?}");
                assert!(matches!(end, Some('m' | 'H')) || sequence == "[?25", "{name}: ESC {sequence:?}{end:?}");
                continue;
            }
            let joins = matches!(c, '\u{200c}' | '\u{200d}');
            assert!(!c.is_control() && (joins || !amalrec::domain::clean::is_hostile(c)), "{name}: {c:?}");
        }
    }
}

#[test]
fn all_screens_at_all_sizes() {
    let sizes = [
        (1, 1),
        (2, 1),
        (1, 2),
        (5, 2),
        (20, 5),
        (39, 12),
        (40, 11),
        (40, 12),
        (41, 13),
        (50, 14),
        (60, 15),
        (72, 16),
        (80, 24),
        (99, 20),
        (100, 30),
        (120, 36),
        (149, 25),
        (150, 40),
        (200, 60),
        (300, 100),
        (300, 12),
        (40, 100),
    ];
    for (name, mut stage) in stages() {
        for (width, height) in sizes {
            check(&name, &mut stage, width, height);
        }
    }
}

#[test]
fn one_screen_at_every_size() {
    let mut stage = Stage::reviewing([hostile(HOSTILE[2])]);
    for width in (1..=130).step_by(3) {
        for height in (1..=40).step_by(2) {
            check("sweep", &mut stage, width, height);
        }
    }
}

#[test]
fn entities_are_marked_by_underline_in_every_theme() {
    for theme in ["dark", "light", "contrast", "mono"] {
        let mut stage = Stage::reviewing([item(1, Arm::Blind)]);
        stage.model.theme = Theme::named(theme);
        let backend = stage.draw(120, 36);
        let underlined: String = backend
            .buffer()
            .content()
            .iter()
            .filter(|cell| cell.modifier.contains(Modifier::UNDERLINED))
            .map(|cell| cell.symbol())
            .collect();
        assert!(underlined.contains("Alan TuringKing's College, Cambridge"), "{theme}: {underlined}");
        if theme == "mono" {
            let plain = |colour: Color| colour == Color::Reset;
            assert!(backend.buffer().content().iter().all(|cell| plain(cell.fg) && plain(cell.bg)));
        }
    }
}

#[test]
fn an_idle_screen_never_wakes() {
    for place in Place::ALL {
        let mut stage = Stage::at(place);
        if place == Place::Review {
            stage.answer_next(Some(item(1, Arm::Ranked)));
            stage.answer_next(None);
        }
        settle(&mut stage);
        stage.frame();
        assert_eq!(schedule::next(&stage.model, stage.now), None, "{place:?}");
    }
}

#[test]
fn a_slow_request_shows_itself_after_100_ms() {
    let mut stage = Stage::at(Place::Review);
    let wake = schedule::next(&stage.model, stage.now).unwrap();
    assert_eq!((wake - stage.now).as_millis(), 100);
    stage.wait(100);
    let seen = stage.draw(80, 24).to_string();
    assert!(seen.contains("loading…"), "{seen}");
}

#[test]
fn the_terminals_cursor_stands_where_text_is_typed() {
    let mut stage = Stage::reviewing([item(1, Arm::RankedScores)]);
    stage.press("e");
    let mut backend = stage.draw(80, 24);
    let text: Vec<String> = backend.to_string().lines().map(str::to_owned).collect();
    let cursor = ratatui::backend::Backend::get_cursor_position(&mut backend).unwrap();
    let row: Vec<char> = text[usize::from(cursor.y)].chars().collect();
    // The backend prints a quote before each line.
    assert_eq!(row[usize::from(cursor.x)], '.', "{text:#?}");
}

#[test]
fn fixtures_are_what_they_say() {
    assert_eq!(home().counts.tuples(), 240);
    assert_eq!(page(3).rows.len(), 3);
    let row = tuple(1, "A b", "r", "C d", Status::New);
    assert!(mention::locate("A b is C d.", &row.tuple.head, &row.tuple.tail).tail.is_some());
}
