//! What reports are made of, read in a few walks over the tables: sentences with their verdicts, choices with what
//! they were made from.

use super::error::StoreError;
use super::{Db, row};
use crate::domain::review::{Arm, Verdict};
use crate::domain::{CandidateId, DecisionId, TupleId};
use rusqlite::Row;
use std::collections::{HashMap, HashSet};

/// A verdict on a sentence that stands.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictRow {
    pub annotator: String,
    pub verdict: Verdict,
    /// Settles between those of others.
    pub settles: bool,
    pub seconds: Option<f64>,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
}

/// A chosen sentence: of a pass's frame, or of all that stand.
#[derive(Debug, Clone, PartialEq)]
pub struct SentenceRow {
    pub tuple: TupleId,
    pub relation: String,
    /// Who chose it.
    pub chooser: String,
    pub arm: Option<Arm>,
    /// The place by SEI of what was taken, at that moment.
    pub place: Option<u32>,
    /// `edited` where a person wrote or changed it.
    pub method: String,
    /// Of the candidate as it is scored now; nothing where it was edited.
    pub sei: Option<f64>,
    /// By [`crate::domain::quality::Dimension`].
    pub scores: [Option<f64>; 5],
    pub sei_version: Option<String>,
    pub stratum: String,
    /// In the sample, from 1.
    pub position: Option<u32>,
    pub doubled: bool,
    /// False if the tuple was decided anew since the frame was written down.
    pub stands: bool,
    /// Oldest first.
    pub verdicts: Vec<VerdictRow>,
}

/// One person's answer to a tuple: their newest decision that stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceRow {
    pub decision: DecisionId,
    pub tuple: TupleId,
    pub annotator: String,
    /// `accept`, `override`, `edit` or `reject`.
    pub kind: String,
    /// Taken, or edited.
    pub candidate: Option<CandidateId>,
    pub arm: Option<Arm>,
    pub place: Option<u32>,
    pub shown_at: Option<u32>,
    pub sei_version: Option<String>,
    pub seconds: Option<f64>,
    pub at: i64,
}

/// A candidate of a tuple that somebody decided.
#[derive(Debug, Clone, PartialEq)]
pub struct OptionRow {
    pub tuple: TupleId,
    pub candidate: CandidateId,
    pub method: String,
    /// A sentence, not a failure.
    pub written: bool,
    pub sei: Option<f64>,
    pub scores: [Option<f64>; 5],
    pub vetoed: bool,
    pub place: Option<u32>,
    pub repeats: Option<CandidateId>,
}

const SETTLED_COLUMNS: &str = "t.id, t.relation, d.annotator, d.arm, d.place,
    iif(d.kind = 'edit', 'edited', coalesce(c.method, '')), iif(d.kind = 'edit', NULL, s.sei),
    iif(d.kind = 'edit', NULL, s.grammar), iif(d.kind = 'edit', NULL, s.fluency),
    iif(d.kind = 'edit', NULL, s.sentiment), iif(d.kind = 'edit', NULL, s.accuracy),
    iif(d.kind = 'edit', NULL, s.complexity), iif(d.kind = 'edit', NULL, s.version)";

const SETTLED_JOINS: &str = "JOIN decision d ON d.id = f.decision_id
    LEFT JOIN candidate c ON c.id = d.candidate_id LEFT JOIN score s ON s.candidate_id = d.candidate_id";

impl Db {
    /// The sentences of a pass's frame, or all that stand, by tuple, each with its verdicts.
    pub fn sentence_rows(&self, pass: Option<i64>) -> Result<Vec<SentenceRow>, StoreError> {
        let mut verdicts = self.standing_verdicts()?;
        let sql = match pass {
            Some(_) => format!(
                "SELECT {SETTLED_COLUMNS}, f.stratum, f.position, f.doubled,
                        EXISTS (SELECT 1 FROM settled x WHERE x.tuple_id = f.tuple_id AND x.decision_id = f.decision_id)
                 FROM frame f JOIN tuple t ON t.id = f.tuple_id {SETTLED_JOINS}
                 WHERE f.pass_id = ?1 ORDER BY f.tuple_id"
            ),
            None => format!(
                "SELECT {SETTLED_COLUMNS}, '', NULL, 0, 1 FROM settled f JOIN tuple t ON t.id = f.tuple_id
                 {SETTLED_JOINS} WHERE ?1 IS NULL ORDER BY f.tuple_id"
            ),
        };
        let mut query = self.conn.prepare_cached(&sql)?;
        let rows = query.query_map([pass], |row| {
            let tuple = row.get(0)?;
            let stands = row.get(16)?;
            Ok(SentenceRow {
                tuple,
                relation: row.get(1)?,
                chooser: row.get(2)?,
                arm: arm(row, 3)?,
                place: row.get(4)?,
                method: row.get(5)?,
                sei: row.get(6)?,
                scores: scores(row, 7)?,
                sei_version: row.get(12)?,
                stratum: row.get(13)?,
                position: row.get(14)?,
                doubled: row.get(15)?,
                stands,
                verdicts: if stands { verdicts.remove(&tuple).unwrap_or_default() } else { Vec::new() },
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn standing_verdicts(&self) -> Result<HashMap<TupleId, Vec<VerdictRow>>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT v.tuple_id, v.annotator, v.verdict, v.settles, d.seconds, d.at
             FROM verdict v JOIN decision d ON d.id = v.decision_id ORDER BY v.decision_id",
        )?;
        let mut rows = query.query([])?;
        let mut verdicts: HashMap<TupleId, Vec<VerdictRow>> = HashMap::new();
        while let Some(row) = rows.next()? {
            verdicts.entry(row.get(0)?).or_default().push(VerdictRow {
                annotator: row.get(1)?,
                verdict: row::word(row, 2)?,
                settles: row.get(3)?,
                seconds: row.get(4)?,
                at: row.get(5)?,
            });
        }
        Ok(verdicts)
    }

    /// Each person's answer to each tuple, by tuple and time; those that settle between others are none.
    pub fn choice_rows(&self) -> Result<Vec<ChoiceRow>, StoreError> {
        let gone = self.undone()?;
        let mut query = self.conn.prepare_cached(
            "SELECT id, tuple_id, annotator, kind, candidate_id, arm, place, shown_at, sei_version, seconds, at
             FROM decision WHERE kind IN ('accept', 'override', 'edit', 'reject') AND arm IS NOT 'answers'
             ORDER BY tuple_id, id",
        )?;
        let rows = query.query_map([], |row| {
            Ok(ChoiceRow {
                decision: row.get(0)?,
                tuple: row.get(1)?,
                annotator: row.get(2)?,
                kind: row.get(3)?,
                candidate: row.get(4)?,
                arm: arm(row, 5)?,
                place: row.get(6)?,
                shown_at: row.get(7)?,
                sei_version: row.get(8)?,
                seconds: row.get(9)?,
                at: row.get(10)?,
            })
        })?;
        let mut choices: Vec<ChoiceRow> = Vec::new();
        for row in rows {
            let row = row?;
            if gone.contains(&row.decision) {
                continue;
            }
            let earlier = choices.iter().rposition(|c| c.tuple != row.tuple || c.annotator == row.annotator);
            match earlier.filter(|&at| choices[at].tuple == row.tuple) {
                Some(at) => choices[at] = row,
                None => choices.push(row),
            }
        }
        Ok(choices)
    }

    /// The decisions that were undone and not redone.
    fn undone(&self) -> Result<HashSet<DecisionId>, StoreError> {
        let mut query =
            self.conn.prepare_cached("SELECT kind, target FROM decision WHERE kind IN ('undo', 'redo') ORDER BY id")?;
        let mut rows = query.query([])?;
        let mut gone = HashSet::new();
        while let Some(row) = rows.next()? {
            let target: DecisionId = row.get(1)?;
            if row.get_ref(0)?.as_str() == Ok("undo") {
                gone.insert(target);
            } else {
                gone.remove(&target);
            }
        }
        Ok(gone)
    }

    /// The relation of every tuple that somebody decided.
    pub fn decided_relations(&self) -> Result<HashMap<TupleId, String>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT t.id, t.relation FROM (SELECT DISTINCT tuple_id FROM decision) d JOIN tuple t ON t.id = d.tuple_id",
        )?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The candidates of every tuple that somebody decided, by tuple.
    pub fn option_rows(&self) -> Result<Vec<OptionRow>, StoreError> {
        let mut query = self.conn.prepare_cached(
            "SELECT c.tuple_id, c.id, c.method, c.error IS NULL, s.sei, s.grammar, s.fluency, s.sentiment, s.accuracy,
                    s.complexity, coalesce(s.veto, '[]') <> '[]', s.place, s.repeats
             FROM (SELECT DISTINCT tuple_id FROM decision) d
             CROSS JOIN candidate c ON c.tuple_id = d.tuple_id LEFT JOIN score s ON s.candidate_id = c.id
             ORDER BY c.tuple_id, c.id",
        )?;
        let rows = query.query_map([], |row| {
            Ok(OptionRow {
                tuple: row.get(0)?,
                candidate: row.get(1)?,
                method: row.get(2)?,
                written: row.get(3)?,
                sei: row.get(4)?,
                scores: scores(row, 5)?,
                vetoed: row.get(10)?,
                place: row.get(11)?,
                repeats: row.get(12)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Chosen sentences with their relation, the names masked as `[H]` and `[T]` where the decision says they stand.
    pub fn chosen_texts(&self) -> Result<Vec<(TupleId, String, String, String)>, StoreError> {
        let mut found = Vec::new();
        self.each_settled::<StoreError>(|settled| {
            let mut masked = settled.text.clone();
            let mut spans: Vec<_> = [(settled.head, "[H]"), (settled.tail, "[T]")]
                .into_iter()
                .filter_map(|(span, mark)| span.map(|span| (span, mark)))
                .collect();
            spans.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
            for (span, mark) in spans {
                if masked.is_char_boundary(span.start) && masked.is_char_boundary(span.end) && span.start <= span.end {
                    masked.replace_range(span.start..span.end, mark);
                }
            }
            found.push((settled.tuple.id, settled.tuple.tuple.relation, settled.text, masked));
            Ok(())
        })?;
        Ok(found)
    }
}

fn arm(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Arm>> {
    row.get::<_, Option<String>>(column)?.map(|arm| row::parsed(&arm, column)).transpose()
}

fn scores(row: &Row<'_>, from: usize) -> rusqlite::Result<[Option<f64>; 5]> {
    Ok([row.get(from)?, row.get(from + 1)?, row.get(from + 2)?, row.get(from + 3)?, row.get(from + 4)?])
}
