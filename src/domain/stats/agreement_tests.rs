//! Published worked examples of every measure, and what has no value.

use super::*;

/// Rows of digits, a dot for a missing judgement; the first category is `from`.
fn table(from: usize, categories: usize, rows: &str) -> Ratings {
    let rating = |word: &str| word.parse::<usize>().ok().map(|digit| digit - from);
    let rows: Vec<Vec<Option<usize>>> =
        rows.lines().map(|line| line.split_whitespace().map(rating).collect()).collect();
    Ratings::new(categories, &rows)
}

/// Gwet, "On Krippendorff's alpha coefficient" (2015), page 16: twelve units, four raters, five categories.
fn gwet_2015() -> Ratings {
    let rows =
        "1 1 . 1\n2 2 3 2\n3 3 3 3\n3 3 3 3\n2 2 2 2\n1 2 3 4\n4 4 4 4\n1 1 2 1\n2 2 2 2\n. 5 5 5\n. . 1 1\n. . 3 .";
    table(1, 5, rows)
}

/// Hayes and Krippendorff 2007: forty units, five raters, categories 0 to 3.
fn hayes_krippendorff_2007() -> Ratings {
    let rows = "1 1 2 . 2\n1 1 0 1 .\n2 3 3 3 .\n. 0 0 . 0\n0 0 0 . 0\n0 0 0 . 0\n1 0 2 . 1\n1 . 2 0 .\n2 2 2 . 2\n\
        2 1 1 1 .\n. 1 0 0 .\n0 0 0 0 .\n1 2 2 2 .\n3 3 2 2 3\n1 1 1 . 1\n1 1 1 . 1\n2 1 2 . 2\n1 2 3 3 .\n1 1 0 1 .\n\
        0 0 0 . 0\n0 0 1 1 .\n0 0 . 0 0\n2 3 3 3 .\n0 0 0 0 .\n1 2 . 2 2\n0 1 1 1 .\n0 0 0 1 0\n1 2 1 2 .\n1 1 2 2 .\n\
        1 1 2 . 2\n1 1 0 . 0\n2 1 2 1 .\n2 2 . 2 2\n3 2 2 2 .\n2 2 2 . 2\n2 2 3 . 2\n2 2 2 . 2\n2 2 . 1 2\n2 2 2 2 .\n1 1 1 . 1";
    table(0, 4, rows)
}

/// Two raters' contingency table as ratings.
fn contingency(cells: &[&[usize]]) -> Ratings {
    let mut rows = Vec::new();
    for (a, row) in cells.iter().enumerate() {
        for (b, &n) in row.iter().enumerate() {
            rows.extend(std::iter::repeat_n(vec![Some(a), Some(b)], n));
        }
    }
    Ratings::new(cells.len(), &rows)
}

#[track_caller]
fn near(measure: Measure, ratings: &Ratings, expected: f64) {
    let found = measure.of(ratings).unwrap();
    assert!((found - expected).abs() < 0.5e-4, "{measure:?}: {found} is not {expected}");
}

const ALPHA: Measure = Measure::Alpha(Scale::Nominal);
const AC1: Measure = Measure::Gwet(Scale::Nominal);
const COHEN: Measure = Measure::Cohen(Scale::Nominal);

#[test]
fn the_golden_values() {
    let gwet = gwet_2015();
    near(Measure::Percent, &gwet, 0.8182);
    near(ALPHA, &gwet, 0.7434);
    near(AC1, &gwet, 0.7754);
    let hayes = hayes_krippendorff_2007();
    near(Measure::Percent, &hayes, 0.6250);
    near(ALPHA, &hayes, 0.4765);
    near(AC1, &hayes, 0.5093);
    // Published with the example: .7598 ordinal.
    near(Measure::Alpha(Scale::Ordinal), &hayes, 0.7598);
    near(COHEN, &contingency(&[&[20, 5], &[10, 15]]), 0.4);
    let paradox = contingency(&[&[94, 3], &[2, 1]]);
    near(Measure::Percent, &paradox, 0.95);
    near(COHEN, &paradox, 0.2604);
    near(AC1, &paradox, 0.9464);
}

#[test]
fn fleiss_worked_example() {
    let counts: [[usize; 5]; 10] = [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ];
    let item = |counts: &[usize; 5]| (0..5).flat_map(|k| std::iter::repeat_n(Some(k), counts[k])).collect();
    let ratings = Ratings::new(5, &counts.iter().map(item).collect::<Vec<_>>());
    let observed = Measure::Percent.of(&ratings).unwrap();
    assert!((observed - 0.378).abs() < 0.5e-3, "{observed}");
    let chance: f64 = shares(&ratings).iter().map(|share| share * share).sum();
    assert!((chance - 0.2128).abs() < 0.5e-4, "{chance}");
    near(Measure::Fleiss, &ratings, 0.2099);
}

/// statsmodels 0.15: `cohens_kappa(table, wt=...)` of [[11, 3, 1], [4, 9, 5], [0, 2, 15]].
#[test]
fn weighted_kappa_equals_statsmodels() {
    let ratings = contingency(&[&[11, 3, 1], &[4, 9, 5], &[0, 2, 15]]);
    near(COHEN, &ratings, 0.5498);
    near(Measure::Cohen(Scale::Ordinal), &ratings, 0.6422);
    near(Measure::Cohen(Scale::Interval), &ratings, 0.7334);
}

#[test]
fn what_has_no_value_says_why() {
    let alike = contingency(&[&[10, 0], &[0, 0]]);
    assert_eq!(COHEN.of(&alike), Err(Undefined::OneCategory));
    assert_eq!(ALPHA.of(&alike), Err(Undefined::OneCategory));
    assert_eq!(Measure::Fleiss.of(&alike), Err(Undefined::OneCategory));
    // Gwet's chance agreement falls where all agree: full agreement stays full agreement.
    assert_eq!(AC1.of(&alike), Ok(1.0));
    let gaps = table(0, 2, "0 .\n. 1");
    for measure in [Measure::Percent, COHEN, ALPHA, AC1] {
        assert_eq!(measure.of(&gaps), Err(Undefined::NoPairs), "{measure:?}");
    }
    let none = Ratings::new(2, &[]);
    assert_eq!(Measure::Fleiss.of(&none), Err(Undefined::Nothing));
    assert_eq!(Measure::Percent.of(&none), Err(Undefined::NoPairs));
    assert_eq!(Measure::Fleiss.of(&gwet_2015()), Err(Undefined::Uneven));
    assert_eq!(COHEN.of(&gwet_2015()), Err(Undefined::NotTwo(4)));
    assert_eq!(AC1.of(&contingency(&[&[3]])), Err(Undefined::OneCategory));
}

#[test]
fn intervals_hold_their_values_and_are_drawn_by_the_seed() {
    let hayes = hayes_krippendorff_2007();
    let measures = [Measure::Percent, ALPHA, AC1];
    let estimates = estimate(&measures, &hayes, 0.95, 300, 3);
    for found in &estimates {
        let found = found.unwrap();
        let bounds = found.interval.unwrap();
        assert!(bounds.low < found.value && found.value < bounds.high, "{found:?}");
        assert!(bounds.high - bounds.low < 0.4, "{found:?}");
    }
    assert_eq!(estimate(&measures, &hayes, 0.95, 300, 3), estimates);
    let alike = contingency(&[&[10, 0], &[0, 0]]);
    assert_eq!(estimate(&[ALPHA], &alike, 0.95, 10, 3), [Err(Undefined::OneCategory)]);
    assert_eq!((hayes.items(), hayes.paired(), hayes.raters()), (40, 40, 5));
}

#[test]
fn a_pair_of_raters_keeps_what_both_judged() {
    let pair = gwet_2015().pair(0, 3);
    assert_eq!((pair.items(), pair.raters()), (9, 2));
    assert!(COHEN.of(&pair).unwrap() > 0.8);
}
