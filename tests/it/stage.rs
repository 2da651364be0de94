//! A stage for the interface: items to show, keys to press, frames to look at; no terminal, no store.

use crate::stage_data::{made, models, sections, tallied, to_settle};
use amalrec::app::{
    Accuracy, Counts, Home, Mine, Pace, Page, Phase, Progress, ReviewItem, Shown, TupleRow, VerdictCounts, VerifyItem,
};
use amalrec::domain::mention;
use amalrec::domain::quality::{Dimension, Score, ScoreCard, Veto};
use amalrec::domain::relation::Relation;
use amalrec::domain::review::{Arm, Status};
use amalrec::domain::{CandidateId, DecisionId, RelationTuple, TupleId};
use amalrec::tui::Place;
use amalrec::tui::effect::Effect;
use amalrec::tui::event::{Event, Reply};
use amalrec::tui::key;
use amalrec::tui::keymap::Keymap;
use amalrec::tui::model::{Layer, Model};
use amalrec::tui::screens::tuples;
use amalrec::tui::theme::Theme;
use amalrec::tui::update::{start, update};
use amalrec::tui::view;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::time::Duration;

/// The interface with time standing still unless told.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) model: Model,
    pub(crate) now: Duration,
    /// What was asked for and not yet looked at.
    pub(crate) effects: Vec<Effect>,
}

impl Stage {
    /// At a screen, with nothing answered yet.
    pub(crate) fn at(place: Place) -> Self {
        let mut model = Model::new("dbpedia.db", "mansi", Keymap::built_in(), Theme::named("dark"));
        let now = Duration::from_secs(10);
        let effects = start(&mut model, place, now);
        Self { model, now, effects }
    }

    /// At Review with these items; the first is on the screen, the others ahead.
    pub(crate) fn reviewing(items: impl IntoIterator<Item = ReviewItem>) -> Self {
        let mut stage = Self::at(Place::Review);
        for item in items {
            stage.answer_next(Some(item));
        }
        stage.answer_next(None);
        stage.frame();
        stage.effects.clear();
        stage
    }

    /// Answers the request for the next item.
    pub(crate) fn answer_next(&mut self, item: Option<ReviewItem>) {
        if let Some(pending) = self.model.review.fetching {
            self.event(Event::Reply(pending.run, Reply::Next(Ok(item.map(Box::new)))));
        }
    }

    pub(crate) fn event(&mut self, event: Event) {
        let effects = update(&mut self.model, event, self.now);
        self.effects.extend(effects);
    }

    /// Presses keys, with spaces between.
    pub(crate) fn press(&mut self, keys: &str) -> &mut Self {
        for key in key::chord(keys).unwrap() {
            self.event(Event::Key(key));
        }
        self
    }

    /// Types a text letter by letter.
    pub(crate) fn write(&mut self, text: &str) -> &mut Self {
        for c in text.chars() {
            self.event(Event::Key(key::Key::char(c)));
        }
        self
    }

    pub(crate) fn wait(&mut self, ms: u64) -> &mut Self {
        self.now += Duration::from_millis(ms);
        self
    }

    /// A frame of the usual size, absorbed.
    pub(crate) fn frame(&mut self) -> &mut Self {
        self.draw(120, 36);
        self
    }

    /// A frame as the terminal gets it.
    pub(crate) fn draw(&mut self, width: u16, height: u16) -> TestBackend {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        let (model, now) = (&self.model, self.now);
        let mut facts = model.facts;
        terminal.draw(|frame| facts = view::draw(frame, model, now)).unwrap();
        self.model.absorb(facts, now);
        terminal.backend().clone()
    }

    /// The effects since the last look.
    pub(crate) fn taken(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    pub(crate) fn notice(&self) -> &str {
        self.model.notice.as_ref().map_or("", |notice| notice.text.as_str())
    }

    pub(crate) fn on_screen(&self) -> Option<TupleId> {
        self.model.review.desk.as_ref().map(|desk| desk.tuple())
    }

    pub(crate) fn top(&self) -> &Layer {
        self.model.layers.last().unwrap()
    }
}

pub(crate) fn tuple(id: i64, head: &str, relation: &str, tail: &str, status: Status) -> TupleRow {
    TupleRow {
        id: TupleId(id),
        tuple: RelationTuple::new(head, Some("Person"), relation, tail, Some("University")).unwrap(),
        status,
        flagged: false,
        candidates: 15,
        best_sei: Some(0.884),
        margin: Some(0.021),
        answers: 0,
        disagrees: false,
    }
}

fn turing(id: i64) -> TupleRow {
    tuple(id, "Alan Turing", "almaMater", "King's College, Cambridge", Status::Ranked)
}

pub(crate) fn alma_mater() -> Relation {
    Relation {
        gloss: Some("the school, college or university that a person attended".into()),
        ..Relation::unknown("almaMater")
    }
}

fn evidence() -> Vec<(Dimension, Vec<String>)> {
    let lines: [&[&str]; 5] = [
        &["no lint"],
        &["-2.1 nats a token (tuple's median -2.9), no repetition"],
        &["+0.00, reference for almaMater +0.01"],
        &["head ✓ tail ✓", "almaMater .81  employer .07  residence .04", "tuple→sentence -9.1, reversed -15"],
        &["8 words, one clause, in the band"],
    ];
    Dimension::ALL.into_iter().zip(lines).map(|(d, lines)| (d, lines.iter().map(|&l| l.into()).collect())).collect()
}

/// A candidate at a place, with scores falling as the place grows.
pub(crate) fn candidate(row: &TupleRow, place: u32, method: &str, text: &str, vetoes: &[Veto]) -> Shown {
    let sei = if vetoes.is_empty() { 0.9 - f64::from(place) * 0.02 } else { 0.21 };
    let card = ScoreCard::new([0.97, 0.84, 0.99, sei, 0.61].map(Score::new));
    Shown {
        id: CandidateId(row.id.0 * 100 + i64::from(place)),
        text: text.into(),
        pair: mention::locate(text, &row.tuple.head, &row.tuple.tail),
        method: Some(method.into()),
        place: Some(place),
        sei: Score::new(sei),
        card,
        vetoes: vetoes.to_vec(),
        evidence: evidence(),
        repeats: false,
    }
}

/// Alan Turing at King's College, in 14 sentences.
pub(crate) fn item(id: i64, arm: Arm) -> ReviewItem {
    let row = turing(id);
    let sentences = [
        ("amalgam", "Alan Turing studied at King's College, Cambridge."),
        ("llm-tuned", "Alan Turing attended King's College, Cambridge."),
        ("t5-tuned", "Alan Turing's alma mater is King's College, Cambridge."),
        ("template", "Alan Turing was a student of King's College, Cambridge."),
        (
            "context",
            "Before the war broke out and he moved to Bletchley Park to break ciphers, the mathematician Alan Turing \
             had been an undergraduate and then a fellow of King's College, Cambridge, where he wrote on the central \
             limit theorem.",
        ),
        ("template-paraphrase", "King's College, Cambridge, educated Alan Turing."),
        ("llm-few", "Alan Turing graduated from King's College, Cambridge."),
        ("fuse-template-decoder", "It was at King's College, Cambridge that Alan Turing studied."),
        ("llm-cot", "Alan Turing went to King's College, Cambridge."),
        ("llm-role", "As a young man, Alan Turing read mathematics at King's College, Cambridge."),
        ("llm-greedy", "King's College, Cambridge is the alma mater of Alan Turing."),
        ("llm-hot", "Alan Turing took his degree at King's College, Cambridge."),
        ("t5-zero", "Alan Turing King's College, Cambridge."),
    ];
    let mut candidates: Vec<Shown> =
        (1..).zip(sentences).map(|(place, (method, text))| candidate(&row, place, method, text, &[])).collect();
    let bad = "Alan Turing was a British mathematician.";
    candidates.push(candidate(&row, 14, "llm-zero", bad, &[Veto::TailMissing]));
    candidates[12].repeats = true;
    for candidate in &mut candidates {
        match arm {
            Arm::Blind => {
                (candidate.place, candidate.repeats) = (None, false);
                strip(candidate);
            }
            Arm::Ranked => strip(candidate),
            Arm::RankedScores | Arm::Answers => {}
        }
    }
    let failures = vec![("llm-json".into(), "the model wrote no JSON object".into())];
    ReviewItem {
        tuple: row,
        relation: alma_mater(),
        arm,
        candidates,
        failures: if arm == Arm::Blind { Vec::new() } else { failures },
        mine: None,
        done: 12,
        total: 240,
    }
}

fn strip(candidate: &mut Shown) {
    candidate.method = None;
    candidate.sei = None;
    candidate.card = ScoreCard::default();
    candidate.vetoes.clear();
    candidate.evidence.clear();
}

/// An item that this annotator settled before.
pub(crate) fn settled(id: i64) -> ReviewItem {
    let mut item = item(id, Arm::RankedScores);
    item.tuple.status = Status::Decided;
    let text = "Alan Turing was educated at King's College, Cambridge.".to_owned();
    item.mine = Some(Mine { text: Some(text), edited: true });
    item
}

pub(crate) fn trial(id: i64) -> VerifyItem {
    let row = turing(id);
    let text = "Alan Turing was educated at King's College, Cambridge.";
    VerifyItem {
        pair: mention::locate(text, &row.tuple.head, &row.tuple.tail),
        tuple: row,
        relation: alma_mater(),
        of: DecisionId(id * 10),
        text: text.into(),
        done: 46,
        total: 120,
    }
}

pub(crate) fn home() -> Home {
    let mut counts = Counts { candidates: 2_412, failed: 88, flagged: 2, ..Counts::default() };
    for (status, count) in [(Status::New, 79), (Status::Ranked, 96), (Status::Decided, 19), (Status::Verified, 46)] {
        counts.by_status[status as usize] = count;
    }
    let verdicts = VerdictCounts { right: 46, wrong: 4, ..VerdictCounts::default() };
    Home {
        counts,
        accuracy: Accuracy::of(&verdicts),
        to_settle: 3,
        pace: Pace { last_hour: 63, today: 112, all: 812, median_seconds: Some(8.2) },
    }
}

pub(crate) fn running() -> Progress {
    Progress {
        phase: Phase::Generating,
        done: 12,
        total: 60,
        written: 174,
        failed: 6,
        tokens_per_s: 41.3,
        elapsed: Duration::from_secs(95),
        note: "Alan Turing · almaMater".into(),
        epoch: 3,
    }
}

pub(crate) fn page(rows: usize) -> Page {
    let names = [
        ("Alan Turing", "almaMater", "King's College, Cambridge"),
        ("Peru", "capital", "Lima"),
        ("Nguyễn Văn Linh", "birthPlace", "Hưng Yên"),
        ("東京タワー", "architect", "内藤多仲"),
        ("The Lord of the Rings: The Fellowship of the Ring", "director", "Peter Jackson"),
        ("أم كلثوم", "genre", "موسيقى عربية"),
    ];
    let statuses = [Status::New, Status::Ranked, Status::Decided, Status::Verified, Status::Rejected];
    let row = |i: usize| {
        let (head, relation, tail) = names[i % names.len()];
        let mut row = tuple(i64::try_from(i).unwrap() + 1, head, relation, tail, statuses[i % statuses.len()]);
        row.flagged = i % 7 == 3;
        row.disagrees = i % 11 == 2;
        if row.status == Status::New {
            (row.candidates, row.best_sei, row.margin) = (0, None, None);
        }
        row
    };
    Page { rows: (0..rows).map(row).collect(), next: None }
}

/// Answers whatever the screens wait for.
pub(crate) fn settle(stage: &mut Stage) {
    while let Some(pending) = stage.model.tuples.facets.pending {
        let column = tuples::facets::COLUMNS[stage.model.tuples.facets.column];
        stage.event(Event::Reply(pending.run, Reply::Tally(Ok(tallied(column)))));
    }
    if let Some(Layer::Pivot(pivot)) = stage.model.layers.last()
        && let Some(pending) = pivot.pending
    {
        let rows = tallied(pivot.column);
        stage.event(Event::Reply(pending.run, Reply::Tally(Ok(rows))));
    }
    if let Some(pending) = stage.model.adjudicate.pending {
        stage.event(Event::Reply(pending.run, Reply::ToSettle(Ok(Some(Box::new(to_settle(5)))))));
    }
    if let Some(pending) = stage.model.jobs.pending {
        stage.event(Event::Reply(pending.run, Reply::Made(Ok(made()))));
    }
    if let Some(pending) = stage.model.reports.pending {
        stage.event(Event::Reply(pending.run, Reply::Reports(Ok(sections()))));
    }
    if let Some(pending) = stage.model.models.pending {
        stage.event(Event::Reply(pending.run, Reply::Models(models())));
    }
    if let Some(pending) = stage.model.home.pending {
        stage.event(Event::Reply(pending.run, Reply::Home(Ok(home()))));
    }
    if let Some(pending) = stage.model.tuples.pending {
        stage.event(Event::Reply(pending.run, Reply::Page(Ok(page(60)))));
    }
    if let Some(pending) = stage.model.tuples.counting {
        stage.event(Event::Reply(pending.run, Reply::Count(Ok(204_512))));
    }
    if let Some(pending) = stage.model.verify.pending {
        stage.event(Event::Reply(pending.run, Reply::ToVerify(Ok(Some(Box::new(trial(3)))))));
    }
}
