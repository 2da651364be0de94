//! Simulated annotators of known truth: intervals cover as often as they say, looking all the time costs the
//! sequence nothing, weights and effects are found where they are and not where they are not.
//!
//! Each simulation is drawn by a fixed seed, so that it never fails by chance; bounds are three standard errors of
//! the number of runs.

use super::choice::{self, Choice, RIDGE};
use super::random::SplitMix;
use super::ratings::Ratings;
use super::strata::{Stratum, allocate, weighted};
use super::{agreement, difference, finite, pooling, prediction, real, sequence};
use crate::domain::interval::{self, Interval};

const LEVEL: f64 = 0.95;

/// Whether each run covered the truth, as a share.
fn coverage(runs: usize, mut run: impl FnMut(usize) -> bool) -> f64 {
    real((0..runs).filter(|&i| run(i)).count()) / real(runs)
}

fn holds(bounds: Interval, truth: f64) -> bool {
    bounds.low - 1e-12 <= truth && truth <= bounds.high + 1e-12
}

/// Three standard errors below the nominal level.
fn floor(runs: usize) -> f64 {
    LEVEL - 3.0 * (LEVEL * (1.0 - LEVEL) / real(runs)).sqrt()
}

/// A population of which the first `right` are right, in random order.
fn shuffled(right: usize, population: usize, random: &mut SplitMix) -> Vec<bool> {
    let mut all: Vec<bool> = (0..population).map(|i| i < right).collect();
    random.shuffle(&mut all);
    all
}

#[test]
fn intervals_cover_at_nominal() {
    let (runs, population, right, n) = (200, 600, 552, 150);
    let truth = real(right) / real(population);
    let mut random = SplitMix::new(11);
    let (mut wilson, mut exact) = (0, 0);
    for _ in 0..runs {
        let sample = shuffled(right, population, &mut random);
        let x = sample[..n].iter().filter(|right| **right).count() as u64;
        let (n, population) = (n as u64, population as u64);
        wilson += usize::from(holds(finite::wilson(x, n, population, LEVEL).unwrap(), truth));
        exact += usize::from(holds(finite::exact(x, n, population, LEVEL).unwrap(), truth));
    }
    // Wilson's interval holds its level on average over shares, not at each: one in a hundred is allowed below.
    assert!(real(wilson) / real(runs) > floor(runs) - 0.01, "Wilson {wilson}");
    assert!(real(exact) / real(runs) > floor(runs), "exact {exact}");
}

/// The first look at which the interval leaves out the truth is a failure, whenever it comes.
#[test]
fn the_sequence_keeps_its_level_under_peeking_where_wilson_does_not() {
    let (runs, population, right, looks) = (200, 1_000, 920, 400);
    let truth = real(right) / real(population);
    let mut random = SplitMix::new(12);
    let (mut sequence_held, mut wilson_held) = (0, 0);
    for _ in 0..runs {
        let answers = shuffled(right, population, &mut random);
        let (mut x, mut by_sequence, mut by_wilson) = (0, true, true);
        for (n, right) in (1..=looks).zip(&answers) {
            x += u64::from(*right);
            // A look at every tenth answer, the first at 20 to be fair to Wilson's.
            if n % 10 == 0 && n >= 20 {
                by_wilson &= holds(interval::wilson(x, n, LEVEL).unwrap(), truth);
                by_sequence &= holds(sequence::interval(x, n, Some(population as u64), LEVEL).unwrap(), truth);
            }
        }
        sequence_held += usize::from(by_sequence);
        wilson_held += usize::from(by_wilson);
    }
    let share = |held: usize| real(held) / real(runs);
    assert!(share(sequence_held) >= LEVEL, "sequence {}", share(sequence_held));
    assert!(share(wilson_held) < 0.85, "Wilson {}", share(wilson_held));
}

#[test]
fn strata_and_post_strata_cover() {
    let populations = [700, 250, 50];
    let shares = [0.97, 0.8, 0.5];
    let right: Vec<usize> = (0..3).map(|h| super::index((real(populations[h]) * shares[h]).round())).collect();
    let truth = real(right.iter().sum()) / 1_000.0;
    let mut random = SplitMix::new(13);
    let runs = 400;
    for evenly in [false, true] {
        let sizes = allocate(&populations, 150, evenly);
        let covered = coverage(runs, |_| {
            let strata: Vec<Stratum> = (0..3)
                .map(|h| {
                    let answers = shuffled(right[h], populations[h], &mut random);
                    let x = answers[..sizes[h]].iter().filter(|right| **right).count();
                    Stratum { population: populations[h], n: sizes[h], right: x }
                })
                .collect();
            holds(weighted(&strata, LEVEL).unwrap().interval, truth)
        });
        assert!(covered > floor(runs) - 0.01, "evenly {evenly}: {covered}");
    }
    // A simple sample, weighted afterwards.
    let covered = coverage(runs, |_| {
        let mut all: Vec<(usize, bool)> =
            (0..3).flat_map(|h| (0..populations[h]).map(move |i| (h, i))).map(|(h, i)| (h, i < right[h])).collect();
        random.shuffle(&mut all);
        let mut strata = populations.map(|population| Stratum { population, n: 0, right: 0 });
        for (h, right) in &all[..150] {
            strata[*h].n += 1;
            strata[*h].right += usize::from(*right);
        }
        holds(weighted(&strata, LEVEL).unwrap().interval, truth)
    });
    assert!(covered > floor(runs) - 0.015, "post-stratified: {covered}");
}

#[test]
fn predictions_narrow_the_interval_and_it_still_covers() {
    let (runs, population, n) = (300, 2_000, 200);
    let mut random = SplitMix::new(14);
    let mut narrower = 0;
    let covered = coverage(runs, |_| {
        // SEI says something of the truth, not all.
        let frame: Vec<(f64, f64)> = (0..population)
            .map(|_| {
                let sei = random.unit();
                (f64::from(u8::from(random.unit() < 0.55 + 0.44 * sei)), sei)
            })
            .collect();
        let mean = |of: fn(&(f64, f64)) -> f64| frame.iter().map(of).sum::<f64>() / real(population);
        let found = prediction::powered(&frame[..n], mean(|item| item.1), population, LEVEL).unwrap();
        narrower += usize::from(found.variance_ratio < 1.0);
        holds(found.interval, mean(|item| item.0))
    });
    assert!(covered > floor(runs) - 0.01, "{covered}");
    assert!(narrower > runs * 9 / 10, "{narrower}");
}

type Draw = fn(&mut SplitMix) -> f64;

/// Whatever the shape: as the hierarchy supposes, evenly spread, and nearly all alike with a few that are bad.
#[test]
fn pooled_shares_of_relations_cover_on_average() {
    // The second largest of 19 uniform draws is a draw of beta(18, 2).
    let beta = |random: &mut SplitMix| {
        let mut draws: Vec<f64> = (0..19).map(|_| random.unit()).collect();
        draws.sort_by(f64::total_cmp);
        draws[17]
    };
    let even = |random: &mut SplitMix| 0.8 + 0.2 * random.unit();
    let few_bad = |random: &mut SplitMix| if random.unit() < 0.1 { 0.5 } else { 0.97 };
    let shapes: [(&str, Draw); 3] = [("beta", beta), ("even", even), ("few bad", few_bad)];
    let mut random = SplitMix::new(15);
    let (relations, runs) = (40, 25);
    for (shape, share) in shapes {
        let mut held = 0;
        for _ in 0..runs {
            let truths: Vec<f64> = (0..relations).map(|_| share(&mut random)).collect();
            let groups: Vec<(usize, usize)> = truths
                .iter()
                .enumerate()
                .map(|(i, truth)| {
                    let n = 2 + i;
                    ((0..n).filter(|_| random.unit() < *truth).count(), n)
                })
                .collect();
            let pooled = pooling::pool(&groups, LEVEL).unwrap();
            held += pooled.iter().zip(&truths).filter(|(found, truth)| holds(found.interval, **truth)).count();
        }
        let covered = real(held) / real(relations * runs);
        assert!(covered > floor(relations * runs), "{shape}: {covered}");
    }
}

#[test]
fn agreement_intervals_cover() {
    // Two annotators who see the truth nine times of ten, and else guess among three.
    let mut random = SplitMix::new(16);
    let judge = |truth: usize, random: &mut SplitMix| {
        if random.unit() < 0.9 { truth } else { random.below(3) }
    };
    let draw = |n: usize, random: &mut SplitMix| {
        let rows: Vec<Vec<Option<usize>>> = (0..n)
            .map(|_| {
                let truth = random.below(3);
                vec![Some(judge(truth, random)), Some(judge(truth, random))]
            })
            .collect();
        Ratings::new(3, &rows)
    };
    let measure = agreement::Measure::Alpha(agreement::Scale::Nominal);
    // Agreement is .81 + .19 / 3, chance 1/3: alpha is .81.
    let truth = 0.81;
    let runs = 200;
    let covered = coverage(runs, |run| {
        let ratings = draw(120, &mut random);
        let found = agreement::estimate(&[measure], &ratings, LEVEL, 200, run as u64)[0].unwrap();
        holds(found.interval.unwrap(), truth)
    });
    assert!(covered > floor(runs) - 0.01, "{covered}");
}

/// A standard normal draw (Box and Muller).
fn normal(random: &mut SplitMix) -> f64 {
    let (u, v) = (1.0 - random.unit(), random.unit());
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

/// Choices among six sentences of five scores, by these weights.
fn choices(n: usize, weights: [f64; 5], random: &mut SplitMix) -> Vec<Choice> {
    (0..n)
        .map(|group| {
            let options: Vec<Vec<f64>> =
                (0..6).map(|_| (0..5).map(|_| (0.7 + 0.2 * normal(random)).clamp(0.0, 1.0)).collect()).collect();
            // The largest of utility and Gumbel noise is a draw of the logit model.
            let gumbel = |random: &mut SplitMix| -(-(1.0 - random.unit()).ln()).ln();
            let worth: Vec<f64> = options
                .iter()
                .map(|x| x.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>() + gumbel(random))
                .collect();
            let chosen = (0..6).max_by(|&a, &b| worth[a].total_cmp(&worth[b])).unwrap();
            Choice { group: i64::try_from(group).unwrap(), options, chosen }
        })
        .collect()
}

#[test]
fn weights_are_recovered_within_their_intervals() {
    let truth = [2.0, 4.0, 0.0, 9.0, 1.0];
    let mut random = SplitMix::new(17);
    let (mut held, mut all) = (0, 0);
    for _ in 0..12 {
        let fitted = choice::fit(&choices(500, truth, &mut random), RIDGE, false).unwrap();
        for (weight, truth) in fitted.iter().zip(truth) {
            held += usize::from((weight.value - truth).abs() < 1.96 * weight.error);
            all += 1;
        }
    }
    assert!(real(held) / real(all) > 0.86, "{held} of {all}");
}

#[test]
fn a_gain_is_found_where_there_is_one_and_none_where_there_is_none() {
    let equal = [1.0; 5];
    let mut random = SplitMix::new(18);
    let apart = choices(800, [0.0, 1.0, 0.0, 14.0, 0.0], &mut random);
    let held_out = choice::held_out(&apart, 5, 1, true, &[&equal]).unwrap();
    let gain = held_out.gain(1, false, LEVEL, 1);
    assert!(gain.interval.unwrap().low > 0.0, "{gain:?}");
    assert!(held_out.top(0, true, LEVEL, 1).value > held_out.top(0, false, LEVEL, 1).value);
    // People who weigh all alike, and people who do not look: nothing to gain on equal weights.
    for weights in [[5.0; 5], [0.0; 5]] {
        let same = choices(500, weights, &mut random);
        let Ok(held_out) = choice::held_out(&same, 5, 1, true, &[&equal]) else { continue };
        let gain = held_out.gain(1, false, LEVEL, 1);
        assert!(gain.interval.unwrap().low <= 0.0, "{weights:?}: {gain:?}");
    }
}

#[test]
fn an_injected_anchoring_effect_is_found_and_a_null_one_is_not() {
    let mut random = SplitMix::new(19);
    let mut taken = |n: usize, share: f64| ((0..n).filter(|_| random.unit() < share).count(), n);
    let runs = 200;
    let found = coverage(runs, |_| {
        let (shown, blind) = (taken(400, 0.62), taken(400, 0.5));
        difference::of_shares(shown, blind, LEVEL).unwrap().interval.unwrap().low > 0.0
    });
    assert!(found > 0.85, "power {found}");
    let kept = coverage(runs, |_| {
        let (shown, blind) = (taken(400, 0.5), taken(400, 0.5));
        holds(difference::of_shares(shown, blind, LEVEL).unwrap().interval.unwrap(), 0.0)
    });
    assert!(kept > floor(runs), "level {kept}");
}

#[test]
fn a_ratio_of_times_covers() {
    let mut random = SplitMix::new(20);
    let runs = 200;
    let covered = coverage(runs, |_| {
        let mut times = |scale: f64| (0..60).map(|_| scale * (0.6 * normal(&mut random)).exp()).collect::<Vec<f64>>();
        let (slow, fast) = (times(6.0), times(5.0));
        holds(difference::of_times(&slow, &fast, LEVEL).unwrap().interval.unwrap(), 1.2)
    });
    assert!(covered > floor(runs), "{covered}");
}
