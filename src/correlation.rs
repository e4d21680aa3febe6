//! How far two quantities rise and fall together.

/// Pearson's correlation over the places where both are known, −1 to 1; `None` where either does not vary there.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn pearson(a: &[f64], b: &[f64]) -> Option<f64> {
    let both = a.iter().copied().zip(b.iter().copied());
    let known: Vec<(f64, f64)> = both.filter(|(a, b)| !a.is_nan() && !b.is_nan()).collect();
    let sums = known.iter().fold((0.0, 0.0), |(x, y), (a, b)| (x + a, y + b));
    let n = known.len() as f64;
    let (mut of_a, mut of_b, mut of_both) = (0.0, 0.0, 0.0);
    for (a, b) in known {
        let (a, b) = (a - sums.0 / n, b - sums.1 / n);
        of_a += a * a;
        of_b += b * b;
        of_both += a * b;
    }
    let spread = (of_a * of_b).sqrt();
    (spread > 0.0).then(|| of_both / spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rises_together_correlates_and_what_is_not_known_is_passed_over() {
        let found = pearson(&[1.0, 2.0, f64::NAN, 4.0], &[10.0, 20.0, 5.0, 40.0]).unwrap();
        assert!((found - 1.0).abs() < 1e-12);
        let found = pearson(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]).unwrap();
        assert!((found + 1.0).abs() < 1e-12);
        // By hand: means 2 and 3; sums of squares 2 and 14, of products 5.
        let found = pearson(&[1.0, 2.0, 3.0], &[1.0, 2.0, 6.0]).unwrap();
        assert!((found - 5.0 / 28f64.sqrt()).abs() < 1e-12);
    }

    #[test]
    fn what_does_not_vary_correlates_with_nothing() {
        assert_eq!(pearson(&[4.0, 4.0], &[1.0, 2.0]), None);
        assert_eq!(pearson(&[1.0, f64::NAN], &[1.0, 2.0]), None);
        assert_eq!(pearson(&[], &[]), None);
    }
}
