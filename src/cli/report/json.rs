//! A report as one JSON object: figures by key, tables as lists of objects.

use crate::app::report::{Basis, Cell, Figure, Report, Table, Unit};
use crate::domain::interval::Interval;
use serde_json::{Map, Value, json};

pub(super) fn object(report: &Report) -> Value {
    let mut object = Map::new();
    object.insert("report".into(), report.name.into());
    object.extend(basis(&report.basis));
    let mut figures = Map::new();
    let mut tables = Map::new();
    let mut notes = Vec::new();
    for section in &report.sections {
        // A key that comes twice speaks of another frame the second time: the first is the one asked for.
        for found in &section.figures {
            figures.entry(found.key.clone()).or_insert_with(|| figure(found));
        }
        for found in &section.tables {
            match tables.get_mut(found.key).and_then(Value::as_array_mut) {
                Some(rows) => rows.extend(rows_of(found)),
                None => {
                    tables.insert(found.key.into(), rows_of(found).into());
                }
            }
        }
        notes.extend(section.notes.iter().cloned().map(Value::String));
    }
    if report.name == "accuracy" {
        object.extend(headline(report));
    }
    if report.name == "coverage" {
        object.extend(stages(report));
    }
    object.insert("figures".into(), figures.into());
    object.insert("tables".into(), tables.into());
    object.insert("notes".into(), notes.into());
    object.into()
}

fn basis(basis: &Basis) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("frame".into(), basis.frame.clone().into());
    object.insert("arm".into(), basis.arm.clone().into());
    object.insert("sei_version".into(), basis.sei_version.clone().into());
    object
}

fn bounds(interval: Interval) -> Value {
    json!({ "low": interval.low, "high": interval.high })
}

fn figure(figure: &Figure) -> Value {
    let mut object = Map::new();
    object.insert("value".into(), figure.value.as_ref().map_or(Value::Null, |value| plain(*value, figure.unit)));
    if let Err(why) = &figure.value {
        object.insert("undefined".into(), why.clone().into());
    }
    object.insert("interval95".into(), figure.interval.map_or(Value::Null, bounds));
    object.insert("n".into(), figure.n.into());
    object.insert("how".into(), figure.how.clone().into());
    object.extend(basis(&figure.basis));
    object.into()
}

/// A count as a whole number, all else as it is.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are whole and not negative")]
fn plain(value: f64, unit: Unit) -> Value {
    if unit == Unit::Count { json!(value as u64) } else { json!(value) }
}

fn rows_of(table: &Table) -> Vec<Value> {
    let field = |cell: &Cell, unit: Unit| match cell {
        Cell::Text(text) => json!(text),
        Cell::Number(value) => plain(*value, unit),
        Cell::Interval(interval) => bounds(*interval),
        Cell::Absent(_) => Value::Null,
    };
    let row = |cells: &Vec<Cell>| -> Value {
        let fields =
            table.columns.iter().zip(cells).map(|(column, cell)| (column.key.to_owned(), field(cell, column.unit)));
        fields.collect::<Map<_, _>>().into()
    };
    table.rows.iter().map(row).collect()
}

/// What scripts read at the top of `accuracy`.
fn headline(report: &Report) -> Map<String, Value> {
    let mut object = Map::new();
    let value = |key: &str| report.figure(key).and_then(|figure| figure.value.as_ref().ok());
    let count = |key: &str| value(key).map_or(Value::from(0), |value| plain(*value, Unit::Count));
    let interval = |key: &str| report.figure(key).and_then(|figure| figure.interval).map_or(Value::Null, bounds);
    object.insert("accuracy".into(), json!(value("accuracy")));
    object.insert("wilson95".into(), interval("accuracy"));
    object.insert("clopper_pearson95".into(), interval("accuracy_exact"));
    object.insert("n".into(), report.figure("accuracy").map_or(0, |figure| figure.n).into());
    for key in ["right", "wrong", "disputed", "self_verified", "population"] {
        object.insert(key.into(), count(key));
    }
    for key in ["errors", "by_relation", "by_method", "by_annotator"] {
        object.insert(key.into(), report.table(key).map(rows_of).unwrap_or_default().into());
    }
    object
}

/// What scripts read at the top of `coverage`.
fn stages(report: &Report) -> Map<String, Value> {
    let mut object = Map::new();
    for key in ["tuples", "flagged", "candidates", "failed"] {
        let value = report.figure(key).and_then(|figure| figure.value.as_ref().ok());
        object.insert(key.into(), value.map_or(Value::Null, |value| plain(*value, Unit::Count)));
    }
    let mut by_status = Map::new();
    for row in report.table("status").map(|table| table.rows.as_slice()).unwrap_or_default() {
        if let [Cell::Text(name), Cell::Number(n)] = row.as_slice() {
            by_status.insert(name.clone(), plain(*n, Unit::Count));
        }
    }
    object.insert("status".into(), by_status.into());
    object
}
