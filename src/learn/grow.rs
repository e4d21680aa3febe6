//! Grows one oblivious tree level by level from histograms. Slopes and weights are summed as fixed-point integers packed
//! in one word, so sums are exact: a sibling's histogram is its parent's minus the other's, and the order of rows or the
//! number of threads changes nothing.

use super::bins::BinnedColumn;
use super::draw::Draws;

/// How a split is scored from the leaves' slope sums `G` and weight sums `W`, with `v = G / (W + λ)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum SplitScore {
    /// `Σ G·v / √Σ W·v²`, CatBoost's default; weights are row weights.
    #[default]
    Cosine,
    /// `√Σ G·v`; weights are row weights.
    L2,
    /// `√Σ G·v` with curvatures as weights (Newton boosting, after Chen & Guestrin 2016): a leaf of rare answers that are
    /// nearly sure weighs as little as it can teach. For squared error, whose curvature is 1, the same as `L2`.
    Newton,
}

/// What one tree is grown from.
pub(crate) struct Ground<'a> {
    pub columns: &'a [&'a BinnedColumn],
    /// Columns to consider, ascending.
    pub features: &'a [usize],
    /// Rows to consider and, for each, slope and weight.
    pub rows: Vec<u32>,
    pub slopes: Vec<(f64, f64)>,
    pub depth: usize,
    pub lambda: f64,
    pub score: SplitScore,
    /// Standard deviation of the noise on split scores.
    pub noise: f32,
    pub draws: Draws,
    /// Direction per column (−1, 0, 1); empty when unconstrained.
    pub monotone: &'a [i8],
    /// A leaf lighter than this is not split off.
    pub min_weight: f64,
    #[cfg_attr(target_arch = "wasm32", allow(dead_code))]
    pub threads: usize,
}

/// A chosen split: column, border (the bit is set when the bin is above it), and the drop of the quadratic loss.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    pub feature: usize,
    pub border: usize,
    pub gain: f64,
}

#[derive(Clone, Copy)]
struct Candidate {
    feature: usize,
    border: usize,
    score: f32,
}

/// A leaf's rows: `rows[start..start + len]`.
#[derive(Clone, Copy, Default)]
struct Span {
    start: usize,
    len: usize,
}

impl Span {
    fn of<T>(self, all: &[T]) -> &[T] {
        &all[self.start..self.start + self.len]
    }
}

const MAX_BINS: usize = 256;
/// Fewer cells, rows times columns, are counted sooner than a thread begins.
#[cfg(not(target_arch = "wasm32"))]
const WORTH_THREADS: usize = 1 << 17;

/// Slope in the high half, weight (never negative) in the low half.
fn pack(slope: i32, weight: i32) -> i64 {
    (i64::from(slope) << 32) + i64::from(weight)
}

#[allow(clippy::cast_possible_truncation)]
fn unpack(sum: i64) -> (i32, i32) {
    ((sum >> 32) as i32, sum as u32 as i32)
}

/// The nearest whole number of one below 2^31: added to 1.5 · 2^52 it stands in the lowest bits, with no call.
#[allow(clippy::cast_possible_truncation)]
fn nearest(x: f64) -> i32 {
    const WHOLE: f64 = 6_755_399_441_055_744.0;
    (x + WHOLE).to_bits() as i32
}

struct Growth<'a> {
    ground: &'a Ground<'a>,
    rows: Vec<u32>,
    packed: Vec<i64>,
    leaves: Vec<Span>,
    /// Multiply fixed-point sums by these.
    slope_unit: f64,
    weight_unit: f64,
}

/// The splits of one tree, root first; fewer than `depth` when nothing is left to gain. `histograms` is scratch space,
/// one per considered feature, kept between trees.
pub(crate) fn grow(ground: &Ground, histograms: &mut Vec<Vec<i64>>) -> Vec<Choice> {
    let mut growth = Growth::new(ground);
    histograms.resize_with(ground.features.len(), Vec::new);
    let mut chosen: Vec<Choice> = Vec::with_capacity(ground.depth);
    for level in 0..ground.depth {
        let candidates = growth.candidates(level, &chosen, histograms);
        let noise = ground.draws.stream(u64::MAX - level as u64);
        let noisy = |c: &Candidate| c.score + ground.noise * noise.noise(c.feature as u64);
        let best = candidates
            .into_iter()
            .reduce(|best, next| if noisy(&next) > noisy(&best) { next } else { best });
        let Some(best) = best else { break };
        let gain = growth.part(level, best);
        chosen.push(Choice {
            feature: best.feature,
            border: best.border,
            gain,
        });
    }
    chosen
}

impl<'a> Growth<'a> {
    #[allow(clippy::cast_possible_truncation)]
    fn new(ground: &'a Ground<'a>) -> Self {
        const ROOM: f64 = (1u32 << 30) as f64;
        let slope_sum: f64 = ground.slopes.iter().map(|(slope, _)| slope.abs()).sum();
        let weight_sum: f64 = ground.slopes.iter().map(|(_, weight)| weight).sum();
        let slope_unit = (slope_sum / ROOM).max(f64::MIN_POSITIVE);
        let weight_unit = (weight_sum / ROOM).max(f64::MIN_POSITIVE);
        let fixed = |&(slope, weight): &(f64, f64)| pack(nearest(slope / slope_unit), nearest(weight / weight_unit));
        let packed = ground.slopes.iter().map(fixed).collect();
        let leaves = vec![Span {
            start: 0,
            len: ground.rows.len(),
        }];
        Self {
            ground,
            rows: ground.rows.clone(),
            packed,
            leaves,
            slope_unit,
            weight_unit,
        }
    }

    /// The best split of each considered column.
    fn candidates(&self, level: usize, chosen: &[Choice], histograms: &mut [Vec<i64>]) -> Vec<Candidate> {
        let features = self.ground.features;
        let work = |features: &[usize], histograms: &mut [Vec<i64>]| -> Vec<Candidate> {
            let mut scratch = Scratch::new();
            let mut found = Vec::with_capacity(features.len());
            for (&feature, histogram) in features.iter().zip(histograms) {
                self.fill(level, feature, histogram);
                found.extend(self.best_border(level, feature, histogram, chosen, &mut scratch));
            }
            found
        };
        #[cfg(not(target_arch = "wasm32"))]
        if self.ground.threads > 1 && features.len() > 1 && features.len() * self.rows.len() >= WORTH_THREADS {
            let share = features.len().div_ceil(self.ground.threads);
            return std::thread::scope(|scope| {
                let parts = features.chunks(share).zip(histograms.chunks_mut(share));
                let running: Vec<_> = parts.map(|(f, h)| scope.spawn(move || work(f, h))).collect();
                running
                    .into_iter()
                    .flat_map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                    .collect()
            });
        }
        work(features, histograms)
    }

    /// Brings a column's histogram (leaf-major, `bin_count` words a leaf) from the last level to this one.
    fn fill(&self, level: usize, feature: usize, histogram: &mut Vec<i64>) {
        let column = &self.ground.columns[feature];
        let bins = column.bin_count();
        if level == 0 {
            histogram.clear();
            histogram.resize(bins << self.ground.depth.saturating_sub(1), 0);
            self.add(&column.bins, self.leaves[0], &mut histogram[..bins]);
            return;
        }
        let half = self.leaves.len() / 2;
        let (below, above) = histogram.split_at_mut(half * bins);
        let pairs = below.chunks_exact_mut(bins).zip(above.chunks_exact_mut(bins));
        for (leaf, (low, high)) in pairs.take(half).enumerate() {
            let (below, above) = (self.leaves[leaf], self.leaves[leaf + half]);
            high.fill(0);
            if above.len == 0 {
                continue;
            }
            if above.len <= below.len {
                self.add(&column.bins, above, high);
                low.iter_mut().zip(high).for_each(|(low, high)| *low -= *high);
            } else {
                self.add(&column.bins, below, high);
                for (low, high) in low.iter_mut().zip(high) {
                    let parent = *low;
                    *low = *high;
                    *high = parent - *low;
                }
            }
        }
    }

    fn add(&self, bins: &[u8], leaf: Span, histogram: &mut [i64]) {
        for (&row, &packed) in leaf.of(&self.rows).iter().zip(leaf.of(&self.packed)) {
            histogram[usize::from(bins[row as usize])] += packed;
        }
    }

    /// The border of one column with the best (noisy) score; `None` if the column offers none that is new to the tree.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    fn best_border(
        &self,
        level: usize,
        feature: usize,
        histogram: &[i64],
        chosen: &[Choice],
        scratch: &mut Scratch,
    ) -> Option<Candidate> {
        let ground = self.ground;
        let bins = ground.columns[feature].bin_count();
        let borders = bins - 1;
        let direction = ground.monotone.get(feature).copied().unwrap_or(0);
        scratch.gain[..borders].fill(0.0);
        scratch.norm[..borders].fill(0.0);
        scratch.parts[..borders].fill(false);
        for leaf in histogram.chunks_exact(bins).take(self.leaves.len()) {
            let total = scratch.prefix(leaf);
            if total == 0 {
                continue;
            }
            if direction == 0 && ground.min_weight <= 0.0 {
                self.score_leaf(total, borders, scratch);
                scratch.parts[..borders].fill(true);
            } else {
                self.score_constrained(total, borders, direction, scratch);
            }
        }
        let noise = ground.draws.stream((level * ground.columns.len() + feature) as u64);
        let mut best: Option<(f32, Candidate)> = None;
        for border in 0..borders {
            if !scratch.parts[border] || chosen.iter().any(|c| c.feature == feature && c.border == border) {
                continue;
            }
            let (gain, norm) = (scratch.gain[border], scratch.norm[border]);
            let score = match ground.score {
                SplitScore::Cosine if norm > 0.0 => gain / norm.sqrt(),
                SplitScore::Cosine => 0.0,
                SplitScore::L2 | SplitScore::Newton => gain.max(0.0).sqrt(),
            };
            let noisy = if ground.noise > 0.0 {
                score + ground.noise * noise.noise(border as u64)
            } else {
                score
            };
            if best.is_none_or(|(value, _)| noisy > value) {
                best = Some((noisy, Candidate { feature, border, score }));
            }
        }
        best.map(|(_, candidate)| candidate)
    }

    /// Adds one leaf's part of every border's score.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    fn score_leaf(&self, total: i64, borders: usize, scratch: &mut Scratch) {
        let (slope, weight) = unpack(total);
        let (slope_unit, weight_unit) = (self.slope_unit as f32, self.weight_unit as f32);
        let lambda = self.ground.lambda as f32;
        let Scratch {
            slopes,
            weights,
            gain,
            norm,
            ..
        } = scratch;
        let sums = slopes[..borders].iter().zip(&weights[..borders]);
        for ((&s, &w), (gain, norm)) in sums.zip(gain[..borders].iter_mut().zip(&mut norm[..borders])) {
            let (s_low, w_low) = (s as f32 * slope_unit, w as f32 * weight_unit);
            let (s_high, w_high) = ((slope - s) as f32 * slope_unit, (weight - w) as f32 * weight_unit);
            let (v_low, v_high) = (s_low / (w_low + lambda), s_high / (w_high + lambda));
            *gain += s_low * v_low + s_high * v_high;
            *norm += w_low * v_low * v_low + w_high * v_high * v_high;
        }
    }

    /// As [`Self::score_leaf`], but where the split would leave a part too light or turn the wrong way, the leaf counts
    /// as not split.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    fn score_constrained(&self, total: i64, borders: usize, direction: i8, scratch: &mut Scratch) {
        let scale =
            |(slope, weight): (i32, i32)| (f64::from(slope) * self.slope_unit, f64::from(weight) * self.weight_unit);
        let value = |(slope, weight): (f64, f64)| slope / (weight + self.ground.lambda).max(f64::MIN_POSITIVE);
        let (slope, weight) = unpack(total);
        let least = self.ground.min_weight * (1.0 - 1e-6);
        for border in 0..borders {
            let (s, w) = (scratch.slopes[border], scratch.weights[border]);
            let (low, high) = (scale((s, w)), scale((slope - s, weight - w)));
            let light = low.1 < least || high.1 < least;
            let wrong = f64::from(direction) * (value(high) - value(low)) < 0.0;
            let parts = if light || wrong {
                [scale((slope, weight)), (0.0, 0.0)]
            } else {
                [low, high]
            };
            scratch.parts[border] |= !(light || wrong);
            for part in parts {
                scratch.gain[border] += (part.0 * value(part)) as f32;
                scratch.norm[border] += (part.1 * value(part) * value(part)) as f32;
            }
        }
    }

    /// Parts every leaf at the split, keeping the rows' order; returns the gain.
    fn part(&mut self, level: usize, split: Candidate) -> f64 {
        let bins = &self.ground.columns[split.feature].bins;
        let above = |row: u32| usize::from(bins[row as usize]) > split.border;
        let loss_drop = |sum: i64| {
            let (slope, weight) = unpack(sum);
            let slope = f64::from(slope) * self.slope_unit;
            slope * slope / (f64::from(weight) * self.weight_unit + self.ground.lambda).max(f64::MIN_POSITIVE)
        };
        let mut gain = 0.0;
        let (mut rows, mut packed) = (self.rows.clone(), self.packed.clone());
        let mut leaves = vec![Span::default(); 2 << level];
        for (leaf, &span) in self.leaves.iter().enumerate() {
            let len_above = span.of(&self.rows).iter().filter(|&&row| above(row)).count();
            let mut next = [span.start, span.start + span.len - len_above];
            leaves[leaf] = Span {
                start: next[0],
                len: span.len - len_above,
            };
            leaves[leaf + (1 << level)] = Span {
                start: next[1],
                len: len_above,
            };
            let mut sums = [0i64; 2];
            for (&row, &sum) in span.of(&self.rows).iter().zip(span.of(&self.packed)) {
                let side = usize::from(above(row));
                rows[next[side]] = row;
                packed[next[side]] = sum;
                next[side] += 1;
                sums[side] += sum;
            }
            gain += loss_drop(sums[0]) + loss_drop(sums[1]) - loss_drop(sums[0] + sums[1]);
        }
        (self.rows, self.packed, self.leaves) = (rows, packed, leaves);
        gain
    }
}

struct Scratch {
    slopes: [i32; MAX_BINS],
    weights: [i32; MAX_BINS],
    gain: [f32; MAX_BINS],
    norm: [f32; MAX_BINS],
    /// Whether the border parts any leaf.
    parts: [bool; MAX_BINS],
}

impl Scratch {
    fn new() -> Self {
        Self {
            slopes: [0; MAX_BINS],
            weights: [0; MAX_BINS],
            gain: [0.0; MAX_BINS],
            norm: [0.0; MAX_BINS],
            parts: [false; MAX_BINS],
        }
    }

    /// Running sums over a leaf's bins; returns the total.
    fn prefix(&mut self, leaf: &[i64]) -> i64 {
        let mut sum = 0i64;
        for ((&bin, slope), weight) in leaf.iter().zip(&mut self.slopes).zip(&mut self.weights) {
            sum += bin;
            (*slope, *weight) = unpack(sum);
        }
        sum
    }
}
