//! A recipe: what forests look at, which examples they learn from and how they grow.

use super::boost::BoostOptions;

/// The share of a line beside the trees.
pub(super) const LINE: f64 = 0.2;

/// What it is called when the oldest examples weigh less.
pub(super) const RECENT: &str = "recent examples weigh more";

/// One way to fit, as the search varies it.
#[derive(Clone, Debug)]
pub(super) struct Recipe {
    /// What each forest looks at, the most telling columns first; the forests of all views are averaged.
    pub(super) views: Vec<Vec<usize>>,
    pub(super) boost: BoostOptions,
    /// How many examples that the question leaves out are learnt from besides, latest first, and the weight of each.
    pub(super) beyond: (usize, f32),
    /// The oldest example's weight, the latest having 1.
    pub(super) oldest: f64,
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
        let from = self.line.and_then(|line| line.from);
        distinct(self.views.iter().flatten().copied().chain(from))
    }

    /// What it decides besides the columns.
    pub(super) fn in_words(&self) -> String {
        let mut words = Vec::new();
        if self.beyond.0 > 0 {
            words.push(also_learnt_from(self.beyond));
        }
        if self.oldest < 1.0 {
            words.push(RECENT.to_owned());
        }
        if self.views.len() > 1 {
            words.push(format!("{} views averaged", self.views.len()));
        }
        words.push(format!("depth {}, l2 {}", self.boost.depth, self.boost.l2));
        words.join(", ")
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
}

/// The columns in their order, each once.
pub(super) fn distinct(columns: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    for column in columns {
        if !found.contains(&column) {
            found.push(column);
        }
    }
    found
}

/// So many examples that the question leaves out, each of this weight, in words.
pub(super) fn also_learnt_from((count, weight): (usize, f32)) -> String {
    format!("{count} examples beyond the question, weight {weight}")
}

/// The seeds of so many of one kind, which differ by their draws alone.
pub(super) fn drawn(seed: u64, count: usize) -> Vec<u64> {
    let one = |k: u64| seed.wrapping_add(k.wrapping_mul(7919));
    (0..).take(count).map(one).collect()
}
