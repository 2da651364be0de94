//! The interface on a project of 165,000 tuples and 2,475,000 scored candidates: `make bench-tui` prints the figures.

use crate::terminal::Terminal;
use amalrec::app::rescore::{from_measurements, rescore};
use amalrec::domain::RelationTuple;
use amalrec::domain::filter::Filter;
use amalrec::jobs::cancel::Cancel;
use amalrec::sei::{Feature, RawMeasurements, SeiPolicy};
use amalrec::store::{Column, Db, MeasuredRow, Sort};
use rusqlite::{Connection, params};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

const TUPLES: usize = 165_000;
const DECISIONS: usize = 500;

const METHODS: [&str; 15] = [
    "template",
    "template-paraphrase",
    "template-restyle",
    "t5",
    "t5-diverse",
    "t5-typed",
    "llm-zero",
    "llm-few",
    "llm-cot",
    "llm-tuned",
    "fuse-top",
    "fuse-encdec-decoder",
    "fuse-template-decoder",
    "context",
    "amalgam",
];

/// Ways to say a fact, `{h}`, `{r}` and `{t}` for its parts; some are long, as models' sentences are.
const FRAMES: [&str; 15] = [
    "The {r} of {h} is {t}.",
    "{h} has {t} as its {r}.",
    "{t} is the {r} of {h}.",
    "As far as is known, the {r} of {h} is {t}.",
    "It was {t} that became the {r} of {h}.",
    "When asked for the {r} of {h}, most people name {t}, which is right.",
    "{h}, of whom much has been written, was born in a time when {t} was already its {r}.",
    "{t}, the {r} of {h}, is described in several books.",
    "{h} and {t} belong together: the second is the {r} of the first.",
    "Among other things {h} is noted for its {r}, {t}.",
    "One would look for the {r} of {h} and find {t}.",
    "{h} is connected with {t} by its {r}.",
    "The {r} that {h} has is called {t}.",
    "{t} serves as {r} for {h}.",
    "There is a {r} of {h}, namely {t}.",
];

/// Real facts, one a line: subject, property, object with underscores for spaces.
fn facts(file: &Path) -> Vec<RelationTuple> {
    let lines = BufReader::new(fs::File::open(file).unwrap()).lines().skip(1);
    let fact = |line: String| {
        let mut parts = line.split('\t').map(|part| part.replace('_', " "));
        let (head, relation, tail) = (parts.next()?, parts.next()?, parts.next()?);
        RelationTuple::new(&head, None, &relation, &tail, None).ok()
    };
    lines.filter_map(|line| fact(line.unwrap())).collect()
}

/// A number in 0..1 that looks drawn and is always the same.
fn drawn(tuple: usize, candidate: usize) -> f64 {
    let mixed = (tuple as u64 * 31 + candidate as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

/// Makes the project by SQL, as the program would have left it; the program itself would take hours.
fn make(path: &Path, facts: &[RelationTuple]) {
    let mut db = Db::create(path).unwrap();
    db.set_meta("seed", "7").unwrap();
    db.insert_tuples("tuples.tsv", (1..).zip(facts.iter().cloned())).unwrap();
    drop(db);
    let mut conn = Connection::open(path).unwrap();
    conn.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL; PRAGMA cache_size = -400000").unwrap();
    let triggers: Vec<(String, String)> = conn
        .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('candidate', 'tuple')")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for (name, _) in &triggers {
        conn.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    let rows: Vec<(i64, String, String, String)> = conn
        .prepare("SELECT id, head, relation, tail FROM tuple ORDER BY id")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    let writing = conn.transaction().unwrap();
    {
        let mut candidate = writing
            .prepare(
                "INSERT INTO candidate (tuple_id, method, paradigm, text, model, model_digest, prompt_digest, params,
                     seed, prompt_tokens, output_tokens, millis, made_at)
                 VALUES (?1, ?2, 'decoder-only', ?3, 'smollm2-135m-instruct', ?4, ?4, ?5, 0, 214, 19, 310, 0)",
            )
            .unwrap();
        let mut score = writing
            .prepare(
                "INSERT INTO score (candidate_id, version, sei, grammar, fluency, sentiment, accuracy, complexity, place)
                 VALUES (?1, '1', ?2, ?2, ?2, 1.0, ?2, 0.9, ?3)",
            )
            .unwrap();
        let mut measurement =
            writing.prepare("INSERT INTO measurement (candidate_id, raw, evidence) VALUES (?1, ?2, ?3)").unwrap();
        let mut tuple = writing
            .prepare(
                "UPDATE tuple SET stage = 3, status = 3, candidates = 15, best_sei = ?2, margin = ?3, first_method = ?4
                 WHERE id = ?1",
            )
            .unwrap();
        let digest = "5a".repeat(32);
        let settings = r#"{"temperature":0.7,"top_p":0.95,"min_p":0.05,"max_tokens":96,"backend":"llama.cpp b6700","program":"amalrec 0.1.0"}"#;
        let mut raw = RawMeasurements::default();
        for feature in Feature::ALL {
            raw.set(feature, -2.173_4);
        }
        let raw = serde_json::to_string(&raw).unwrap();
        let evidence = r#"{"grammar":[],"fluency":[{"what":"least expected here (-6.1 nats): 'noted'","at":[4,9]}],"sentiment":[{"what":"tone +0.00 where +0.00 is usual","at":null}],"accuracy":[{"what":"the critic: 93 in 100 that it says this and no more","at":null}],"complexity":[]}"#;
        for (i, (id, head, relation, tail)) in rows.iter().enumerate() {
            let mut seis: Vec<(f64, usize)> = (0..15).map(|c| (drawn(i, c), c)).collect();
            seis.sort_by(|a, b| b.0.total_cmp(&a.0));
            for (place, (sei, c)) in (1..).zip(&seis) {
                let text = FRAMES[*c].replace("{h}", head).replace("{r}", relation).replace("{t}", tail);
                candidate.execute(params![id, METHODS[*c], text, digest, settings]).unwrap();
                let id = writing.last_insert_rowid();
                score.execute(params![id, sei, place]).unwrap();
                measurement.execute(params![id, raw, evidence]).unwrap();
            }
            tuple.execute(params![id, seis[0].0, seis[0].0 - seis[1].0, METHODS[seis[0].1]]).unwrap();
        }
    }
    writing
        .execute_batch(
            "INSERT INTO sentence_word (rowid, text)
                 SELECT tuple_id, group_concat(text, char(32, 57344, 32)) FROM candidate GROUP BY tuple_id;
             UPDATE tally SET (tuples, flagged, candidates) = (
                 SELECT count(*), 0, coalesce(sum(t.candidates), 0) FROM tuple t WHERE t.status = tally.status)",
        )
        .unwrap();
    writing.commit().unwrap();
    for (_, sql) in triggers {
        conn.execute_batch(&sql).unwrap();
    }
    conn.execute_batch("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
}

/// `p50 1.2 ms, p99 3.4 ms, worst 5.6 ms`
fn quantiles(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
    format!("p50 {:.1} ms, p99 {:.1} ms, worst {:.1} ms", at(50), at(99), at(100))
}

fn ms(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64() * 1e3
}

/// The number on a line of a `status` file of `/proc`.
fn number(file: &Path, name: &str) -> u64 {
    let text = fs::read_to_string(file).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// Times that the threads of a process went to sleep and were woken.
fn wake_ups(pid: u32) -> u64 {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    threads.map(|thread| number(&thread.unwrap().path().join("status"), "voluntary_ctxt_switches:")).sum()
}

/// Waits until the screen is another than `before`; gives how long that took since `since`.
fn changed(terminal: &Terminal, before: &str, since: Instant) -> Duration {
    while terminal.text() == before {
        assert!(since.elapsed() < Duration::from_secs(30), "the screen stays\n{before}");
        std::thread::sleep(Duration::from_micros(100));
    }
    since.elapsed()
}

#[test]
#[ignore = "makes a project of 3 GB; make bench-tui"]
fn bench_tui() {
    let folder = PathBuf::from(std::env::var("BENCH_FOLDER").expect("BENCH_FOLDER names a folder for the project"));
    let count = std::env::var("BENCH_TUPLES").ok().and_then(|n| n.parse().ok()).unwrap_or(TUPLES);
    let source = std::env::var("BENCH_FACTS").unwrap_or_else(|_| "../shared/data/tuples.tsv".into());
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
    fs::create_dir_all(&folder).unwrap();
    let project = folder.join(format!("bench-{count}.db"));
    if !project.exists() {
        let mut facts = facts(&source);
        facts.truncate(count);
        assert_eq!(facts.len(), count, "{} has too few facts", source.display());
        eprintln!("made in {:.0} s", ms(|| make(&project, &facts)) / 1e3);
    }
    eprintln!("project: {} tuples, {} MB", count, fs::metadata(&project).unwrap().len() / 1_000_000);
    lists(&project);
    sitting(&folder, &project);
    rescored(&project);
}

/// Another version of SEI over the whole project, from what was measured.
fn rescored(project: &Path) {
    let mut db = Db::open(project).unwrap();
    let version = if db.score_versions().unwrap()[0].0 == "one" { "other" } else { "one" };
    let policy = SeiPolicy::built_in().unwrap();
    let remake = |row: &MeasuredRow| from_measurements(&policy, row, &AtomicU64::new(0));
    let all = Filter::default();
    let mut sentences = 0;
    let ms = ms(|| {
        sentences =
            rescore(&mut db, version, &remake, &all, u64::MAX, &Cancel::never(), &mut |_| {}).unwrap().sentences;
    });
    eprintln!("scored by another version  {sentences} sentences in {:.1} s, none of them by a model", ms / 1e3);
}

/// Filters, search, counts: as the screens ask for them, on a connection of their own.
fn lists(project: &Path) {
    let begun = Instant::now();
    let db = Db::open(project).unwrap();
    eprintln!("open                       {:.0} ms", begun.elapsed().as_secs_f64() * 1e3);
    for filter in [
        "",
        "relation:almaMater",
        "status:ranked sei<.6",
        "margin<.01",
        "Turing",
        "first:t5 sei>.9",
        "text:\"born in\"",
        "text:the",
        "text:Turing",
        "text:\"namely Germ\"",
        "-text:the",
        "disagreement:yes",
    ] {
        let parsed: Filter = filter.parse().unwrap();
        let mut found = 0;
        let first = ms(|| found = db.page(&parsed, Sort::Uncertainty, None, 200).unwrap().rows.len());
        let mut total = 0;
        let counted = ms(|| total = db.count(&parsed).unwrap());
        let columns = [Column::Status, Column::Relation, Column::First, Column::Annotator];
        let each = columns.map(|column| ms(|| drop(db.tally(&parsed, column, 400).unwrap())));
        let facets = each.map(|ms| format!("{ms:.0}")).join(" + ");
        eprintln!(
            "{filter:<26} first {found:>3} rows {first:>6.1} ms   count {total:>7} {counted:>6.1} ms   facets {facets} ms"
        );
    }
}

/// An annotator's hour, in a minute.
fn sitting(folder: &Path, project: &Path) {
    let name = project.file_name().unwrap().to_str().unwrap().to_owned();
    for attempt in ["first", "again"] {
        let begun = Instant::now();
        let mut terminal = Terminal::open(folder, &["--project", &name, "tui", "--screen", "review"]);
        terminal.wait_for("enter");
        eprintln!("start to first item, {attempt:<6} {:.0} ms", begun.elapsed().as_secs_f64() * 1e3);
        terminal.keys("Q");
        terminal.ended();
    }
    let mut terminal = Terminal::open(folder, &["--project", &name, "tui", "--screen", "review"]);
    terminal.wait_for("enter");
    std::thread::sleep(Duration::from_millis(300));
    let done = |terminal: &Terminal| {
        let text = terminal.text();
        // The count alone is not enough: the next item must be there.
        let standing = text.contains("▸ 1").then_some(text)?;
        let standing = standing.lines().next().unwrap_or_default().split("Review ").nth(1).map(str::to_owned);
        standing?.split('/').next()?.parse::<usize>().ok()
    };
    let first = done(&terminal).unwrap();
    let bytes = terminal.written();
    let mut times = Vec::with_capacity(DECISIONS);
    for n in 1..=DECISIONS {
        let begun = Instant::now();
        terminal.keys("1");
        while done(&terminal).is_none_or(|done| done < first + n) {
            assert!(begun.elapsed() < Duration::from_secs(30), "decision {n} does not end\n{}", terminal.text());
            std::thread::sleep(Duration::from_micros(100));
        }
        times.push(begun.elapsed());
        // The quickest of people; frames are coalesced, and none should wait for the one before.
        std::thread::sleep(Duration::from_millis(25));
    }
    std::thread::sleep(Duration::from_millis(500));
    let bytes = (terminal.written() - bytes) / DECISIONS as u64;
    eprintln!("decision to next item      {}", quantiles(&mut times));
    eprintln!("bytes a decision           {bytes}");
    terminal.keys("T");
    terminal.wait_for("as it");
    std::thread::sleep(Duration::from_secs(2));
    for (what, key, n) in [("scrolling by a row", "j", 400), ("scrolling by a page", "\x1b[6~", 100)] {
        let mut times = Vec::new();
        for _ in 0..n {
            let before = terminal.text();
            let begun = Instant::now();
            terminal.keys(key);
            times.push(changed(&terminal, &before, begun));
            std::thread::sleep(Duration::from_millis(20));
        }
        eprintln!("{what:<26} {}", quantiles(&mut times));
    }
    let before = terminal.text();
    let begun = Instant::now();
    terminal.keys("\x1b[H");
    eprintln!("jump to the first          {:.1} ms", changed(&terminal, &before, begun).as_secs_f64() * 1e3);
    terminal.keys("/");
    for letter in "text:Turin".chars() {
        terminal.keys(&letter.to_string());
        std::thread::sleep(Duration::from_millis(60));
    }
    let before = terminal.text();
    let begun = Instant::now();
    terminal.keys("g");
    let shown = changed(&terminal, &before, begun);
    terminal.wait_for("text:Turing");
    eprintln!("a letter of a filter       {:.1} ms", shown.as_secs_f64() * 1e3);
    std::thread::sleep(Duration::from_secs(3));
    let pid = terminal.pid();
    let (woken, used) = (wake_ups(pid), cpu(pid));
    std::thread::sleep(Duration::from_secs(10));
    eprintln!("idle for 10 s              {} wake-ups, {} ms of CPU", wake_ups(pid) - woken, cpu(pid) - used);
    let resident = number(Path::new(&format!("/proc/{pid}/status")), "VmRSS:") / 1024;
    eprintln!("resident memory            {resident} MB");
    terminal.keys("\x1b");
    terminal.wait_for("review it");
    terminal.keys("Q");
    terminal.ended();
    let kept = Db::open(project).unwrap().annotators().unwrap();
    eprintln!("decisions in the project   {kept:?}");
    assert!(kept.iter().any(|(_, entries)| *entries >= DECISIONS as u64), "every decision is in the project");
}

/// Milliseconds of CPU that a process has used.
fn cpu(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = [11, 12].map(|at: usize| fields[at].parse::<u64>().unwrap()).iter().sum();
    ticks * 10
}
