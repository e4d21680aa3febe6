//! A recipe: what forests look at, which examples they learn from and how they grow.

use super::boost::BoostOptions;

/// The share of a line beside the trees.
pub(super) const LINE: f64 = 0.2;

/// One way to fit, as the search varies it.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    /// What each forest that is averaged looks at, the most telling columns first.
    pub(super) views: Vec<Vec<usize>>,
    pub(super) boost: BoostOptions,
    /// How many examples that the question leaves out are learnt from besides, latest first, and the weight of each.
    pub(super) beyond: (usize, f32),
    /// The oldest example's weight, the latest having 1.
    pub(super) oldest: f64,
    /// Forests averaged, of each view.
    pub(super) seeds: usize,
    /// The line beside the trees, which has a share of [`LINE`].
    pub(super) line: Option<Beside>,
}

/// A line beside trees, over the columns of all their views.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beside {
    /// The column that it starts from.
    pub(super) from: Option<usize>,
    /// The slope of the trees' calibration: a line is calibrated as it is.
    pub(super) slope: f64,
}

impl Beside {
    /// What the raw scores of the trees and of the line are multiplied by.
    pub(super) fn shares(self) -> [f64; 2] {
        [(1.0 - LINE) * self.slope, LINE]
    }
}

impl Recipe {
    /// The columns of all views, and the one that the line starts from.
    pub(super) fn columns(&self) -> Vec<usize> {
        let mut columns: Vec<usize> = Vec::new();
        let from = self.line.and_then(|line| line.from);
        for &column in self.views.iter().flatten().chain(&from) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }

    /// The same by so many threads, which change nothing but the time.
    pub(super) fn by(&self, threads: usize) -> Self {
        let mut other = self.clone();
        other.boost.threads = threads;
        other
    }

    /// The same with other draws.
    pub(super) fn drawn_by(&self, seed: u64) -> Self {
        let mut other = self.clone();
        other.boost.seed = seed;
        other
    }

    /// The seed of each forest averaged.
    pub(super) fn seeds(&self) -> Vec<u64> {
        let seed = |k: u64| self.boost.seed.wrapping_add(k.wrapping_mul(7919));
        (0..).take(self.seeds).map(seed).collect()
    }

    /// The same over one view of these columns, without a line and any example beyond the question.
    pub(super) fn over(&self, columns: &[usize]) -> Self {
        Self {
            views: vec![columns.to_vec()],
            beyond: (0, 0.0),
            line: None,
            ..self.clone()
        }
    }
}
