//! Counter-based random draws: the k-th draw of a stream is a pure function of (seed, stream, k), so results do not
//! depend on the order of work, the number of threads or the platform. The mixer is `SplitMix64`'s finaliser
//! (Steele, Lea & Flood 2014).

/// A stream of draws addressed by number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draws(u64);

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Draws {
    pub(crate) fn new(seed: u64) -> Self {
        Self(mix(seed ^ GOLDEN))
    }

    /// An independent stream, one per `name`.
    pub(crate) fn stream(self, name: u64) -> Self {
        Self(mix(self.0.rotate_left(23) ^ mix(name.wrapping_add(GOLDEN))))
    }

    pub(crate) fn bits(self, k: u64) -> u64 {
        mix(self.0.wrapping_add(k.wrapping_add(1).wrapping_mul(GOLDEN)))
    }

    /// Uniform in the open interval (0, 1).
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn uniform(self, k: u64) -> f64 {
        ((self.bits(k) >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    /// A whole number below `end`, which is at least 1.
    pub(crate) fn below(self, k: u64, end: usize) -> usize {
        ((u128::from(self.bits(k)) * end as u128) >> 64) as usize
    }

    /// Standard normal to within what split noise asks for: eight summed bytes (Irwin–Hall), tails to ±4.9.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn noise(self, k: u64) -> f32 {
        const PAIRS: u64 = 0x00ff_00ff_00ff_00ff;
        let bits = self.bits(k);
        let lanes = (bits & PAIRS) + ((bits >> 8) & PAIRS);
        let sum = lanes.wrapping_mul(0x0001_0001_0001_0001) >> 48;
        const DEVIATION: f32 = 209.023_1; // √(8 · (256² − 1) / 12)
        (sum as f32 - 1020.0) / DEVIATION
    }

    /// `count` of `0..end` without repetition, ascending.
    pub(crate) fn subset(self, end: usize, count: usize) -> Vec<usize> {
        let mut all: Vec<usize> = (0..end).collect();
        let count = count.min(end);
        for i in 0..count {
            all.swap(i, i + self.below(i as u64, end - i));
        }
        all.truncate(count);
        all.sort_unstable();
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_has_mean_zero_and_deviation_one() {
        let draws = Draws::new(7).stream(3);
        let sample: Vec<f64> = (0..100_000).map(|k| f64::from(draws.noise(k))).collect();
        let mean = sample.iter().sum::<f64>() / 1e5;
        let variance = sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 1e5;
        assert!(mean.abs() < 0.02, "{mean}");
        assert!((variance - 1.0).abs() < 0.02, "{variance}");
    }

    #[test]
    fn a_subset_has_no_repetition_and_depends_on_the_stream() {
        let one = Draws::new(1).stream(1).subset(50, 20);
        assert_eq!(one.len(), 20);
        assert!(one.windows(2).all(|pair| pair[0] < pair[1]));
        assert_ne!(one, Draws::new(1).stream(2).subset(50, 20));
    }
}
