//! Numbers of a report in words and figures, the same on every screen and in every file.

use super::{Cell, Column, Unit};
use crate::domain::interval::Interval;
use crate::domain::number::grouped;

/// A number as people read it.
#[must_use]
pub fn number(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Count => {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "counts are whole and not negative"
            )]
            let count = value.max(0.0).round() as u64;
            grouped(count)
        }
        Unit::Share => format!("{:.2}%", value * 100.0),
        Unit::Seconds if value >= 5_400.0 => format!("{:.1} h", value / 3_600.0),
        Unit::Seconds if value >= 120.0 => format!("{:.0} min", value / 60.0),
        Unit::Seconds => format!("{value:.1} s"),
        Unit::Ratio => format!("{value:.2} times"),
        Unit::Number | Unit::Text => format!("{value:.4}"),
    }
}

/// Both ends of an interval.
#[must_use]
pub fn range(interval: Interval, unit: Unit) -> String {
    format!("{} to {}", number(interval.low, unit), number(interval.high, unit))
}

/// A field of a table.
#[must_use]
pub fn cell(cell: &Cell, column: &Column) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Number(value) => number(*value, column.unit),
        Cell::Interval(interval) => range(*interval, column.unit),
        Cell::Absent(_) => "–".to_owned(),
    }
}
