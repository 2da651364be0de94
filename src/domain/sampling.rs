//! Drawing the sample of a verification pass from its frame: by seed, simple or by strata.

use super::digest::Digest;
use super::stats::random::SplitMix;
use super::stats::{index, real, strata};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// What the frame is divided by before drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    /// A simple random sample.
    #[default]
    None,
    Relation,
    Method,
    Split,
}

impl By {
    pub const ALL: [Self; 4] = [Self::None, Self::Relation, Self::Method, Self::Split];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Relation => "relation",
            Self::Method => "method",
            Self::Split => "split",
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for By {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|by| by.name() == name).ok_or_else(|| format!("'{name}' is no kind of stratum"))
    }
}

/// What happens to one row of the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    /// In the order in which it is judged, from 1.
    pub position: u32,
    /// Two people judge it.
    pub doubled: bool,
}

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    pub size: usize,
    /// Strata share the sample evenly instead of by their size.
    pub evenly: bool,
    /// The part that two people judge, in 0..=1.
    pub doubled: f64,
    pub seed: u64,
}

/// Draws from a frame given by each row's stratum; the same rows, order and plan give the same sample. Positions are
/// random over all strata, so that whoever stops early has seen a random part.
#[must_use]
pub fn draw(frame: &[&str], plan: Plan) -> Vec<Option<Drawn>> {
    let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (row, stratum) in frame.iter().enumerate() {
        members.entry(stratum).or_default().push(row);
    }
    let sizes: Vec<usize> = members.values().map(Vec::len).collect();
    let given = strata::allocate(&sizes, plan.size, plan.evenly);
    let mut sample: Vec<usize> = Vec::new();
    for ((stratum, mut rows), given) in members.into_iter().zip(given) {
        SplitMix::new(Digest::of(&["sample", &plan.seed.to_string(), stratum]).as_u64()).shuffle(&mut rows);
        sample.extend(&rows[..given]);
    }
    let mut random = SplitMix::new(Digest::of(&["order", &plan.seed.to_string()]).as_u64());
    random.shuffle(&mut sample);
    let twice = index((plan.doubled.clamp(0.0, 1.0) * real(sample.len())).round());
    let mut doubled: Vec<bool> = (0..sample.len()).map(|i| i < twice).collect();
    random.shuffle(&mut doubled);
    let mut drawn = vec![None; frame.len()];
    for ((position, row), doubled) in (1..).zip(sample).zip(doubled) {
        drawn[row] = Some(Drawn { position, doubled });
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Plan = Plan { size: 50, evenly: false, doubled: 0.2, seed: 7 };

    #[test]
    fn the_seed_fixes_the_sample() {
        let frame: Vec<&str> = (0..500).map(|i| if i % 10 == 0 { "rare" } else { "common" }).collect();
        let drawn = draw(&frame, PLAN);
        assert_eq!(drawn, draw(&frame, PLAN));
        assert_ne!(drawn, draw(&frame, Plan { seed: 8, ..PLAN }));
        let mut positions: Vec<u32> = drawn.iter().flatten().map(|drawn| drawn.position).collect();
        positions.sort_unstable();
        assert_eq!(positions, (1..=50).collect::<Vec<_>>());
        assert_eq!(drawn.iter().flatten().filter(|drawn| drawn.doubled).count(), 10);
        let rare = |drawn: &[Option<Drawn>]| (0..500).step_by(10).filter(|&i| drawn[i].is_some()).count();
        assert_eq!(rare(&drawn), 5);
        assert_eq!(rare(&draw(&frame, Plan { evenly: true, ..PLAN })), 25);
        assert_eq!(draw(&frame, Plan { size: 900, ..PLAN }).iter().flatten().count(), 500);
        assert!(draw(&[], PLAN).is_empty());
    }

    #[test]
    fn every_row_is_as_likely() {
        let frame = [""; 20];
        let mut counts = [0; 20];
        for seed in 0..1_000 {
            let drawn = draw(&frame, Plan { size: 5, seed, ..PLAN });
            counts.iter_mut().zip(&drawn).for_each(|(count, drawn)| *count += i32::from(drawn.is_some()));
        }
        assert!(counts.iter().all(|n| (190..310).contains(n)), "{counts:?}");
    }
}
