//! What is known of the dataset's quality, as plain data: reports that screens and commands both show.

mod accuracy;
mod agreement;
mod anchoring;
mod beside;
mod coverage;
pub mod document;
pub mod material;
mod methods;
mod sei;
pub mod written;

pub use accuracy::{STOP_MARGIN, accuracy};
pub use agreement::agreement;
pub use anchoring::anchoring;
pub use beside::References;
pub use coverage::coverage;
pub use document::{Basis, Cell, Chart, Column, Figure, LEVEL, Report, Section, Table, Unit};
pub use material::{Material, Outcome, Wanted};
pub use methods::methods;
pub use sei::sei;

use crate::domain::relation::Catalogue;
use crate::store::{Db, StoreError};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    Accuracy,
    Agreement,
    Methods,
    Sei,
    Anchoring,
    Coverage,
}

impl Name {
    pub const ALL: [Self; 6] =
        [Self::Accuracy, Self::Agreement, Self::Methods, Self::Sei, Self::Anchoring, Self::Coverage];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::Agreement => "agreement",
            Self::Methods => "methods",
            Self::Sei => "sei",
            Self::Anchoring => "anchoring",
            Self::Coverage => "coverage",
        }
    }

    /// The rows that it is computed from.
    fn wanted(self) -> Wanted {
        Wanted {
            choices: !matches!(self, Self::Accuracy),
            options: matches!(self, Self::Methods | Self::Sei),
            texts: matches!(self, Self::Methods),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Name {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|report| report.name() == name).ok_or_else(|| format!("there is no report '{name}'"))
    }
}

#[derive(Debug, Error)]
pub enum ReportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("there is no pass '{0}'; the passes are listed by amalrec verify passes")]
    NoPass(String),
}

/// Computes a report: of a pass by name, else of the newest pass if any was drawn, else of all verdicts. What people
/// wrote for the same facts, if given, stands beside SEI.
///
/// # Errors
/// No such pass; the store's.
pub fn report(
    db: &mut Db,
    name: Name,
    pass: Option<&str>,
    catalogue: &Catalogue,
    references: Option<&References>,
) -> Result<Report, ReportError> {
    let pass = match pass {
        Some(name) => Some(db.pass(name)?.ok_or_else(|| ReportError::NoPass(name.to_owned()))?),
        None => db.passes()?.pop(),
    };
    let material = Material::read(db, pass, name.wanted(), catalogue)?;
    Ok(match name {
        Name::Accuracy => accuracy(&material),
        Name::Agreement => agreement(&material),
        Name::Methods => methods(&material),
        Name::Sei => {
            let mut report = sei(&material);
            if let Some(references) = references {
                report.sections.push(beside::section(db, &material, references)?);
            }
            report
        }
        Name::Anchoring => anchoring(&material),
        Name::Coverage => coverage(db, &material)?,
    })
}

/// What the named figures become when a group of relations is left out: does a result hang on one domain? Nothing
/// where there is one group alone.
fn leave_out(material: &Material, keys: &[&str], report: impl Fn(&Material) -> Report) -> Option<Section> {
    let groups = material.all_groups();
    if groups.len() < 2 {
        return None;
    }
    let mut section = Section::new("Without one group of relations");
    let mut tables: Vec<Table> = Vec::new();
    for group in &groups {
        let rest = report(&material.without(group));
        for (at, key) in keys.iter().enumerate() {
            let Some(figure) = rest.figure(key) else { continue };
            while tables.len() <= at {
                let columns = [
                    ("figure", "figure", Unit::Text),
                    ("without", "without", Unit::Text),
                    ("n", "n", Unit::Count),
                    ("value", "value", figure.unit),
                    ("interval95", "95%", figure.unit),
                ];
                tables.push(Table::new(
                    "without_group",
                    &format!("{}, a group left out", figure.label),
                    &columns,
                    &figure.basis,
                ));
            }
            let value = figure.value.clone().map_or_else(Cell::Absent, Cell::Number);
            let interval = figure.interval.map_or_else(|| Cell::Absent(String::new()), Cell::Interval);
            tables[at].rows.push(vec![
                Cell::Text((*key).to_owned()),
                Cell::Text(group.clone()),
                Cell::count(figure.n),
                value,
                interval,
            ]);
        }
    }
    section.tables = tables;
    Some(section)
}

/// The day of a moment, UTC: `2026-11-22`.
#[must_use]
pub fn date(at: i64) -> String {
    // Days to year, month and day: Hinnant's civil_from_days.
    let days = at.div_euclid(86_400_000) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_are_named() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(951_782_400_000), "2000-02-29");
        assert_eq!(date(1_795_305_600_000), "2026-11-22");
    }
}
