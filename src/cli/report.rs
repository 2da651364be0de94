//! `amalrec report`: the statistics, for people, as Markdown, or as JSON.

use super::args::ReportName;
use super::failure::Failure;
use super::output::{counted, grouped};
use super::session::Session;
use crate::app::report::{self, AccuracyReport, Group};
use crate::domain::interval::Interval;
use crate::domain::review::Status;
use serde_json::{Value, json};

pub(super) fn run(session: &Session, what: ReportName, markdown: bool) -> Result<(), Failure> {
    let report = report::accuracy(&mut session.open()?)?;
    match what {
        ReportName::Accuracy if session.output.json => Ok(session.output.object(&accuracy_json(&report))?),
        ReportName::Accuracy => accuracy(session, &report, markdown),
        ReportName::Coverage => coverage(session, &report, markdown),
    }
}

fn interval(i: Interval) -> Value {
    json!({ "low": i.low, "high": i.high })
}

fn group_json(g: &Group) -> Value {
    #[expect(clippy::cast_precision_loss, reason = "counts of rows stay far below 2^52")]
    let share = (g.n > 0).then(|| g.right as f64 / g.n as f64);
    json!({ "name": g.name, "right": g.right, "n": g.n, "accuracy": share, "wilson95": g.interval.map(interval) })
}

fn accuracy_json(r: &AccuracyReport) -> Value {
    let v = &r.verdicts;
    json!({
        "accuracy": r.accuracy.map(|a| a.share()), "right": v.right, "wrong": v.wrong, "n": v.right + v.wrong,
        "disputed": v.disputed, "self_verified": v.own, "population": v.population,
        "wilson95": r.accuracy.map(|a| interval(a.wilson)),
        "clopper_pearson95": r.accuracy.map(|a| interval(a.clopper_pearson)),
        "errors": v.errors.iter().map(|(name, n)| json!({ "kind": name, "verdicts": n })).collect::<Vec<_>>(),
        "by_relation": r.by_relation.iter().map(group_json).collect::<Vec<_>>(),
        "by_method": r.by_method.iter().map(group_json).collect::<Vec<_>>(),
    })
}

fn percent(share: f64) -> String {
    format!("{:.2}%", share * 100.0)
}

fn range(i: Interval) -> String {
    format!("{} to {}", percent(i.low), percent(i.high))
}

fn accuracy(session: &Session, r: &AccuracyReport, markdown: bool) -> Result<(), Failure> {
    let out = session.output;
    let v = &r.verdicts;
    let Some(a) = r.accuracy else {
        out.line("accuracy: no verdict yet")?;
        out.say("verify chosen sentences first: the Verify screen, or amalrec verify record TUPLE right");
        return Ok(());
    };
    let headline = percent(a.share());
    let sample = format!(
        "{} of {} verified sentences, out of {} decided",
        grouped(a.right),
        grouped(a.n),
        grouped(v.population)
    );
    let rows = [
        ("accuracy", format!("{headline} ({sample})")),
        ("Wilson 95%", range(a.wilson)),
        ("Clopper-Pearson 95%", range(a.clopper_pearson)),
        ("disputed, left out", grouped(v.disputed)),
        ("verified only by who chose them", grouped(v.own)),
    ];
    if markdown {
        out.line("| measure | value |")?;
        out.line("|---|---|")?;
        for (name, value) in rows {
            out.line(&format!("| {name} | {value} |"))?;
        }
        table(session, "relation", &r.by_relation)?;
        return table(session, "method", &r.by_method);
    }
    for (name, value) in rows {
        out.line(&format!("{name:<33} {value}"))?;
    }
    for (kind, n) in v.errors.iter().filter(|(_, n)| *n > 0) {
        out.line(&format!("  {kind:<31} {}", counted(*n, "verdict")))?;
    }
    groups(session, "by relation", &r.by_relation)?;
    groups(session, "by method", &r.by_method)
}

fn groups(session: &Session, title: &str, groups: &[Group]) -> Result<(), Failure> {
    if groups.is_empty() {
        return Ok(());
    }
    session.output.line(title)?;
    for g in groups {
        let range = g.interval.map_or_else(String::new, range);
        session.output.line(&format!("  {:<31} {:>4} of {:<4} {range}", g.name, g.right, g.n))?;
    }
    Ok(())
}

fn table(session: &Session, noun: &str, groups: &[Group]) -> Result<(), Failure> {
    if groups.is_empty() {
        return Ok(());
    }
    session.output.line("")?;
    session.output.line(&format!("| {noun} | right | n | Wilson 95% |"))?;
    session.output.line("|---|---|---|---|")?;
    for g in groups {
        let range = g.interval.map_or_else(String::new, range);
        session.output.line(&format!("| {} | {} | {} | {range} |", g.name.replace('|', "\\|"), g.right, g.n))?;
    }
    Ok(())
}

fn coverage(session: &Session, r: &AccuracyReport, markdown: bool) -> Result<(), Failure> {
    let out = session.output;
    if out.json {
        let by_status: serde_json::Map<String, Value> =
            Status::ALL.iter().map(|&s| (s.name().to_owned(), json!(r.counts.at(s)))).collect();
        return Ok(out.object(&json!({
            "tuples": r.counts.tuples(), "status": by_status, "flagged": r.counts.flagged,
            "candidates": r.counts.candidates, "failed": r.counts.failed,
        }))?);
    }
    let mut rows: Vec<(&str, u64)> = Status::ALL.iter().map(|&s| (s.name(), r.counts.at(s))).collect();
    rows.extend([("flagged", r.counts.flagged), ("candidates", r.counts.candidates), ("failed", r.counts.failed)]);
    if markdown {
        out.line("| what | n |")?;
        out.line("|---|---|")?;
    }
    for (name, n) in rows {
        let n = grouped(n);
        out.line(&if markdown { format!("| {name} | {n} |") } else { format!("{name:<12} {n:>10}") })?;
    }
    Ok(())
}
