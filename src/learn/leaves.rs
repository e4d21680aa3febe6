//! Leaf values of a tree whose shape is settled: Newton steps on the loss, then what the constraints ask for.

use super::loss::Loss;
use crate::parallel::each;

/// How leaf values are found.
pub(crate) struct LeafRules<'a> {
    pub loss: Loss,
    /// Newton steps.
    pub steps: usize,
    pub l2: f64,
    /// A lighter leaf takes the value of its nearest ancestor that is heavy enough.
    pub min_weight: f64,
    /// Per level, whether the value may only rise (1) or fall (−1) with its bit; 0: free.
    pub directions: &'a [i8],
    /// Threads to use; they change nothing but the time.
    pub threads: usize,
}

/// Rows that are summed in one go.
const PIECE: usize = 1 << 13;
/// Once a Newton step can lower the loss by this share of what the first could, what is left is a square of it.
const CLOSE: f64 = 1e-2;
/// Sums beside one another, so that a row need not wait for the one before.
const LANES: usize = 4;
/// Rows whose slopes are computed in one go.
const BLOCK: usize = 256;
/// Fewer rows are summed sooner than a thread begins.
const WORTH_THREADS: usize = 1 << 15;

/// The longest Newton step on log-odds. Where a yes is rare its curvature is tiny, and an unbounded step leaps far past the
/// optimum, to where there is no curvature at all and the next one leaps back further.
const LONGEST_STEP: f64 = 2.0;

/// Leaf values before the learning rate, and the weight in each leaf. `kept` are the rows' scores in each version of them,
/// as the loss keeps them, `leaf_of` each row's leaf, version after version; a row's weight is shared among its versions.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn values(
    leaf_of: &[u8],
    kept: &[Vec<f64>],
    labels: &[f32],
    weights: &[f64],
    rules: &LeafRules,
) -> (Vec<f64>, Vec<f64>) {
    let count = 1usize << rules.directions.len();
    let share = 1.0 / kept.len().max(1) as f64;
    let covers = covers(leaf_of, weights, count, share);
    let mut values = vec![0.0; count];
    let mut first = 0.0;
    for step in 0..rules.steps {
        let sums = sums(leaf_of, kept, labels, weights, &values, rules);
        // How far the loss falls by the step, twice over.
        let mut drop = 0.0;
        for (value, (slope, curvature)) in values.iter_mut().zip(sums) {
            let mut step = slope * share / (curvature * share + rules.l2.max(1e-6));
            if rules.loss == Loss::Logloss {
                step = step.clamp(-LONGEST_STEP, LONGEST_STEP);
            }
            *value += step;
            drop += slope * share * step;
        }
        if step == 0 {
            first = drop;
        }
        if rules.loss == Loss::SquaredError || (step > 0 && drop <= CLOSE * first) {
            break;
        }
    }
    if rules.min_weight > 0.0 {
        values = lean_on_ancestors(&values, &covers, rules.min_weight);
    }
    if rules.directions.iter().any(|&direction| direction != 0) {
        make_monotone(&mut values, &covers, rules.directions);
    }
    (values, covers)
}

/// The weight in each leaf.
fn covers(leaf_of: &[u8], weights: &[f64], count: usize, share: f64) -> Vec<f64> {
    let mut lanes = vec![0.0; LANES * count];
    for leaves in leaf_of.chunks(weights.len().max(1)) {
        for (leaves, weights) in leaves.chunks(LANES).zip(weights.chunks(LANES)) {
            for (lane, (&leaf, weight)) in leaves.iter().zip(weights).enumerate() {
                lanes[lane * count + usize::from(leaf)] += weight * share;
            }
        }
    }
    let mut covers = vec![0.0; count];
    for lane in lanes.chunks(count) {
        covers.iter_mut().zip(lane).for_each(|(sum, one)| *sum += one);
    }
    covers
}

/// Slope and curvature of the loss in each leaf, over all versions. Rows are summed piece by piece and the pieces in their
/// order, so that the number of threads changes nothing.
fn sums(
    leaf_of: &[u8],
    kept: &[Vec<f64>],
    labels: &[f32],
    weights: &[f64],
    values: &[f64],
    rules: &LeafRules,
) -> Vec<(f64, f64)> {
    let (rows, count) = (labels.len(), values.len());
    let rises: Vec<f64> = values.iter().map(|&value| rules.loss.kept(value)).collect();
    let pieces: Vec<(usize, usize)> = (0..kept.len())
        .flat_map(|version| (0..rows).step_by(PIECE).map(move |from| (version, from)))
        .collect();
    let of = |piece: usize| {
        let (version, from) = pieces[piece];
        let mut lanes = vec![(0.0, 0.0); LANES * count];
        let to = (from + PIECE).min(rows);
        let leaves = &leaf_of[version * rows + from..version * rows + to];
        let kept = &kept[version][from..to];
        let known = labels[from..to].chunks(BLOCK).zip(weights[from..to].chunks(BLOCK));
        // The block in three passes: only in the middle one are rows alike, so that several can be done at once.
        let mut moved = [0.0; BLOCK];
        let (mut slopes, mut curvatures) = ([0.0; BLOCK], [0.0; BLOCK]);
        for ((leaves, kept), (labels, weights)) in leaves.chunks(BLOCK).zip(kept.chunks(BLOCK)).zip(known) {
            for ((at, &leaf), &kept) in moved.iter_mut().zip(leaves).zip(kept) {
                *at = rules.loss.risen(kept, rises[usize::from(leaf)]);
            }
            let results = slopes.iter_mut().zip(&mut curvatures);
            for (((&at, &label), &weight), (slope, curvature)) in moved.iter().zip(labels).zip(weights).zip(results) {
                let (s, c) = rules.loss.slope_and_curvature(at, f64::from(label));
                (*slope, *curvature) = (s * weight, c * weight);
            }
            let results = slopes.chunks(LANES).zip(curvatures.chunks(LANES));
            for (leaves, (slopes, curvatures)) in leaves.chunks(LANES).zip(results) {
                for (lane, (&leaf, (slope, curvature))) in leaves.iter().zip(slopes.iter().zip(curvatures)).enumerate()
                {
                    let sum = &mut lanes[lane * count + usize::from(leaf)];
                    sum.0 += slope;
                    sum.1 += curvature;
                }
            }
        }
        lanes
    };
    let threads = if rows * kept.len() < WORTH_THREADS {
        1
    } else {
        rules.threads
    };
    let parts = each(pieces.len(), threads, &of, &mut |_, _| {});
    let mut all = vec![(0.0, 0.0); count];
    for lane in parts.iter().flat_map(|lanes| lanes.chunks(count)) {
        for (sum, one) in all.iter_mut().zip(lane) {
            sum.0 += one.0;
            sum.1 += one.1;
        }
    }
    all
}

/// The ancestor of a leaf at level `k` is the set of leaves that share its `k` lowest bits.
fn lean_on_ancestors(values: &[f64], covers: &[f64], min_weight: f64) -> Vec<f64> {
    let depth = values.len().trailing_zeros();
    let value = |leaf: usize| {
        let mut level = depth;
        loop {
            let members = || (0..values.len()).filter(|other| (other ^ leaf) & ((1 << level) - 1) == 0);
            let weight: f64 = members().map(|other| covers[other]).sum();
            if weight >= min_weight || level == 0 {
                let sum: f64 = members().map(|other| covers[other] * values[other]).sum();
                return if level == depth { values[leaf] } else { sum / weight };
            }
            level -= 1;
        }
    };
    (0..values.len()).map(value).collect()
}

/// Moves values until each rises (or falls) with every constrained bit: pairs that violate are pooled by weight, which
/// nears the least-squares solution, and a last pass makes it exact.
fn make_monotone(values: &mut [f64], covers: &[f64], directions: &[i8]) {
    let constrained = || directions.iter().enumerate().filter(|(_, direction)| **direction != 0);
    for _ in 0..50 {
        let mut calm = true;
        for (level, &direction) in constrained() {
            for low in (0..values.len()).filter(|leaf| leaf & (1 << level) == 0) {
                let high = low | 1 << level;
                let gap = f64::from(direction) * (values[high] - values[low]);
                if gap < 0.0 {
                    let (light, heavy) = (covers[low] + 1e-9, covers[high] + 1e-9);
                    let pooled = (values[low] * light + values[high] * heavy) / (light + heavy);
                    (values[low], values[high]) = (pooled, pooled);
                    calm &= gap > -1e-12;
                }
            }
        }
        if calm {
            break;
        }
    }
    for (level, &direction) in constrained() {
        for low in (0..values.len()).filter(|leaf| leaf & (1 << level) == 0) {
            let high = low | 1 << level;
            let least = values[low];
            values[high] = if direction > 0 {
                values[high].max(least)
            } else {
                values[high].min(least)
            };
        }
    }
}

/// The nearest number that `f32` can hold, so that a leaf has one value in the forest and in ONNX.
#[allow(clippy::cast_possible_truncation)]
pub(crate) fn as_f32(value: f64) -> f64 {
    f64::from(value as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_light_leaf_takes_the_mean_of_its_nearest_heavy_ancestor() {
        // Bit 1 was split last, so leaves 0 and 2 have one parent, 1 and 3 the other.
        let found = lean_on_ancestors(&[1.0, 5.0, 3.0, 7.0], &[30.0, 20.0, 10.0, 20.0], 15.0);
        assert_eq!(found, [1.0, 5.0, 1.5, 7.0]);
        let root = lean_on_ancestors(&[1.0, 5.0, 3.0, 7.0], &[30.0, 5.0, 10.0, 5.0], 15.0);
        assert_eq!(root, [1.0, 2.4, 1.5, 2.4]);
    }

    #[test]
    fn a_leaf_full_of_rare_answers_is_not_overshot() {
        let rules = LeafRules {
            loss: Loss::Logloss,
            steps: 5,
            l2: 3.0,
            min_weight: 0.0,
            directions: &[],
            threads: 1,
        };
        let labels: Vec<f32> = (0..1_000u16).map(|k| f32::from(u8::from(k % 5 < 3))).collect();
        let (values, _) = values(
            &[0; 1_000],
            &[vec![Loss::Logloss.kept(-4.7); 1_000]],
            &labels,
            &[1.0; 1_000],
            &rules,
        );
        let share = 1.0 / (1.0 + (-(values[0] - 4.7)).exp());
        assert!((share - 0.6).abs() < 0.02, "{share}");
    }

    #[test]
    fn a_leaf_value_is_the_newton_step_with_l2() {
        let rules = LeafRules {
            loss: Loss::SquaredError,
            steps: 1,
            l2: 2.0,
            min_weight: 0.0,
            directions: &[0],
            threads: 1,
        };
        let (values, covers) = values(&[0, 0, 1], &[vec![1.0; 3]], &[3.0, 5.0, 4.0], &[1.0, 1.0, 2.0], &rules);
        assert_eq!((values, covers), (vec![6.0 / 4.0, 6.0 / 4.0], vec![2.0, 2.0]));
    }
}
