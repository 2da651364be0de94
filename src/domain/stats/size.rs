//! How many sentences to verify before a pass begins.

use super::{deviate, index, real};

/// The sample that gives a 95% interval of about +/- `margin` around an expected share, drawn from a population
/// (`None`: endless), by the normal approximation with the finite-population correction (Cochran 1977, 4.4).
/// Never more than the population. `None` where an argument is out of range.
#[must_use]
pub fn for_margin(expected: f64, margin: f64, level: f64, population: Option<usize>) -> Option<usize> {
    let sound = (0.0..=1.0).contains(&expected) && margin > 0.0 && margin < 1.0 && (0.0..1.0).contains(&level);
    if !sound || population == Some(0) {
        return None;
    }
    let z = deviate(level);
    let open = (z / margin).powi(2) * expected * (1.0 - expected);
    let needed = match population {
        Some(population) => open / (1.0 + (open - 1.0).max(0.0) / real(population)),
        None => open,
    };
    Some(index(needed.ceil().max(1.0)).min(population.unwrap_or(usize::MAX)))
}

#[cfg(test)]
mod tests {
    use super::for_margin;

    #[test]
    fn the_golden_values() {
        for (expected, margin, open, closed) in
            [(0.95, 0.02, 457, 443), (0.95, 0.01, 1_825, 1_627), (0.9, 0.03, 385, 375)]
        {
            assert_eq!(for_margin(expected, margin, 0.95, None), Some(open));
            assert_eq!(for_margin(expected, margin, 0.95, Some(15_000)), Some(closed));
        }
        assert_eq!(for_margin(0.95, 0.02, 0.95, Some(30)), Some(29));
        assert_eq!(for_margin(0.5, 0.01, 0.95, Some(3)), Some(3));
        assert_eq!(for_margin(1.0, 0.02, 0.95, None), Some(1));
        assert_eq!(for_margin(0.95, 0.0, 0.95, None), None);
    }
}
