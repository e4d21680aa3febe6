//! Categories as numbers: the mean label of the training examples that share a value, or a combination of values, shrunk
//! toward the mean of all (target statistics; Micci-Barreca 2001). An example that is trained on gets *ordered*
//! statistics (Prokhorenkova et al. 2018): those of the examples before it in a random order, so that no label speaks
//! about itself; in the order of time where an entity is asked about again and again, for in a random one its own later
//! answers would speak of its earlier ones. Unseen combinations have the mean of all; NULL is a value of its own.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::draw::Draws;
use crate::data::{Database, Symbol, TableId};
use crate::relate::path::ColumnPath;
use crate::relate::view::Asker;

/// The statistics of one combination of categories, as a model carries them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Encoding {
    /// The mean label of all training examples, in whose direction small groups are shrunk.
    pub mean: f32,
    /// The weight of that mean, in examples.
    pub weight: f32,
    /// Hashes of the combinations seen, ascending.
    hashes: Vec<u32>,
    /// How many training examples have each.
    counts: Vec<u32>,
    /// Their mean label.
    means: Vec<f32>,
}

/// What a model knows of one combination.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tally {
    /// Training examples that have it.
    pub count: u32,
    /// Their mean label.
    pub mean: f32,
}

/// The combination of categories of each asker, as a hash that is the same on every platform: FNV-1a over the values'
/// text, with a mark for NULL.
#[must_use]
pub fn combinations(database: &Database, entity: TableId, paths: &[ColumnPath], askers: &[Asker]) -> Vec<u32> {
    let mut known: FxHashMap<Symbol, u64> = FxHashMap::default();
    askers
        .iter()
        .map(|asker| {
            let parts = paths.iter().map(|path| {
                let symbol = path.symbol_as_of(database, entity, asker.row, asker.anchor);
                *known
                    .entry(symbol)
                    .or_insert_with(|| text_hash(database.symbols.text(symbol)))
            });
            let hash = parts.fold(FNV_OFFSET, |hash, part| fnv(hash, &part.to_le_bytes()));
            #[allow(clippy::cast_possible_truncation)]
            let folded = (hash ^ (hash >> 32)) as u32;
            folded
        })
        .collect()
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(hash, |h, byte| (h ^ u64::from(*byte)).wrapping_mul(FNV_PRIME))
}

fn text_hash(text: Option<&str>) -> u64 {
    text.map_or(0, |text| fnv(FNV_OFFSET, text.as_bytes()))
}

impl Encoding {
    /// The statistics of `combinations` with their labels; `counts` gives each example's say.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn of(combinations: &[u32], labels: &[f32], says: &[f32], weight: f32) -> Self {
        let mean = mean(labels, says);
        let mut sums: FxHashMap<u32, (f64, f64)> = FxHashMap::default();
        for ((&combination, &label), &say) in combinations.iter().zip(labels).zip(says) {
            let sum = sums.entry(combination).or_default();
            sum.0 += f64::from(say);
            sum.1 += f64::from(say) * f64::from(label);
        }
        let mut entries: Vec<(u32, u32, f32)> = sums
            .into_iter()
            .filter(|(_, (count, _))| count.round() >= 1.0)
            .map(|(hash, (count, sum))| (hash, count.round() as u32, (sum / count) as f32))
            .collect();
        entries.sort_unstable_by_key(|entry| entry.0);
        Self {
            mean,
            weight,
            hashes: entries.iter().map(|e| e.0).collect(),
            counts: entries.iter().map(|e| e.1).collect(),
            means: entries.iter().map(|e| e.2).collect(),
        }
    }

    /// What is known of a combination; `None` when no training example had it.
    #[must_use]
    pub fn tally(&self, combination: u32) -> Option<Tally> {
        let place = self.hashes.binary_search(&combination).ok()?;
        Some(Tally {
            count: *self.counts.get(place)?,
            mean: *self.means.get(place)?,
        })
    }

    /// The shrunk mean label of a combination.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn value(&self, combination: u32) -> f32 {
        self.tally(combination).map_or(self.mean, |tally| {
            let count = tally.count as f32;
            (count * tally.mean + self.weight * self.mean) / (count + self.weight)
        })
    }

    /// Leaves out the combinations that no threshold tells from an unseen one.
    pub fn prune(&mut self, thresholds: &[f32]) {
        let side = |value: f32| thresholds.iter().filter(|&&t| value > t).count();
        let unseen = side(self.mean);
        let telling: Vec<bool> = self
            .hashes
            .iter()
            .map(|&hash| side(self.value(hash)) != unseen)
            .collect();
        let mut kept = telling.iter();
        self.hashes.retain(|_| kept.next().copied().unwrap_or(true));
        let mut kept = telling.iter();
        self.counts.retain(|_| kept.next().copied().unwrap_or(true));
        let mut kept = telling.iter();
        self.means.retain(|_| kept.next().copied().unwrap_or(true));
    }

    /// Whether its lists fit together: to be asked of one that came from a file.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.hashes.len() == self.counts.len()
            && self.hashes.len() == self.means.len()
            && self.hashes.is_sorted()
            && self.mean.is_finite()
            && self.weight.is_finite()
            && self.means.iter().all(|m| m.is_finite())
    }

    /// How many combinations it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether it knows none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }
}

/// The mean label by say.
#[allow(clippy::cast_possible_truncation)]
fn mean(labels: &[f32], says: &[f32]) -> f32 {
    let (mut count, mut sum) = (0.0, 0.0);
    for (&label, &say) in labels.iter().zip(says) {
        count += f64::from(say);
        sum += f64::from(say) * f64::from(label);
    }
    if count > 0.0 { (sum / count) as f32 } else { 0.0 }
}

/// An order of groups of examples: every example's place. Examples of one group share a place, so that none of them speaks
/// of another.
#[derive(Clone, Debug)]
pub struct Order {
    /// Examples, in order.
    sequence: Vec<u32>,
    /// Each example's group.
    groups: Vec<u32>,
}

impl Order {
    /// The `version`-th random order of these groups (numbers below their count).
    #[must_use]
    pub fn draw(groups: &[u32], seed: u64, version: u64) -> Self {
        let draws = Draws::new(seed).stream(0x0bde_u64).stream(version);
        Self::by(groups, |group| draws.bits(u64::from(group)))
    }

    /// The groups in the order of their numbers: where those are moments, each example is told what was known by then.
    #[must_use]
    pub fn in_turn(groups: &[u32]) -> Self {
        Self::by(groups, u64::from)
    }

    /// The groups in the order of what `place` gives.
    #[allow(clippy::cast_possible_truncation)]
    fn by(groups: &[u32], place: impl Fn(u32) -> u64) -> Self {
        let mut sequence: Vec<u32> = (0..groups.len() as u32).collect();
        sequence.sort_by_key(|&row| {
            let group = groups[row as usize];
            (place(group), group, row)
        });
        Self {
            sequence,
            groups: groups.to_vec(),
        }
    }

    /// The ordered statistics of every example: the shrunk mean label of the examples of earlier groups that share its
    /// combination.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn statistics(&self, combinations: &[u32], labels: &[f32], says: &[f32], weight: f32) -> Vec<f32> {
        let mean = f64::from(mean(labels, says));
        let weight = f64::from(weight);
        let mut sums: FxHashMap<u32, (f64, f64)> = FxHashMap::default();
        sums.reserve(combinations.len() / 4);
        let mut values = vec![0.0; combinations.len()];
        for group in self
            .sequence
            .chunk_by(|&a, &b| self.groups[a as usize] == self.groups[b as usize])
        {
            for &row in group {
                let (count, sum) = sums.get(&combinations[row as usize]).copied().unwrap_or_default();
                values[row as usize] = ((sum + weight * mean) / (count + weight)) as f32;
            }
            for &row in group {
                let row = row as usize;
                let sum = sums.entry(combinations[row]).or_default();
                sum.0 += f64::from(says[row]);
                sum.1 += f64::from(says[row]) * f64::from(labels[row]);
            }
        }
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMBINATIONS: [u32; 6] = [7, 7, 9, 7, 9, 3];
    const LABELS: [f32; 6] = [1.0, 0.0, 1.0, 1.0, 1.0, 0.0];
    const SAYS: [f32; 6] = [1.0; 6];

    #[test]
    fn a_combination_has_its_shrunk_mean_and_an_unseen_one_the_mean_of_all() {
        let encoding = Encoding::of(&COMBINATIONS, &LABELS, &SAYS, 2.0);
        let mean = 4.0 / 6.0;
        assert!((encoding.value(7) - (2.0 + 2.0 * mean) / 5.0).abs() < 1e-6);
        assert!((encoding.value(1234) - mean).abs() < 1e-6);
        assert_eq!(encoding.tally(9), Some(Tally { count: 2, mean: 1.0 }));
        assert!(encoding.is_sound());
    }

    #[test]
    fn no_label_speaks_about_itself_or_its_group() {
        let groups = [0, 0, 1, 2, 3, 4];
        for version in 0..20 {
            let order = Order::draw(&groups, 5, version);
            let before = order.statistics(&COMBINATIONS, &LABELS, &SAYS, 1.0);
            for row in 0..6 {
                // Turning a group's labels round, and a stranger's the other way so that the mean stays, changes nothing for it.
                let mut turned = LABELS;
                turned[row] = 1.0 - turned[row];
                let after = order.statistics(&COMBINATIONS, &turned, &SAYS, 0.0);
                let plain = order.statistics(&COMBINATIONS, &LABELS, &SAYS, 0.0);
                for same in (0..6).filter(|&k| groups[k] == groups[row]) {
                    assert!(
                        after[same].to_bits() == plain[same].to_bits()
                            || (after[same].is_nan() && plain[same].is_nan())
                    );
                }
            }
            assert!(before.iter().all(|v| v.is_finite()));
        }
    }

    #[test]
    fn groups_in_turn_are_told_of_those_before_them_and_of_no_later_one() {
        let order = Order::in_turn(&[2, 0, 1, 1, 0, 2]);
        let told = order.statistics(&[7; 6], &LABELS, &SAYS, 0.0);
        assert!(told[1].is_nan() && told[4].is_nan(), "{told:?}");
        let of = |rows: &[usize]| rows.iter().map(|&k| LABELS[k]).sum::<f32>() / rows.len() as f32;
        assert_eq!((told[2], told[3]), (of(&[1, 4]), of(&[1, 4])));
        assert_eq!((told[0], told[5]), (of(&[1, 2, 3, 4]), of(&[1, 2, 3, 4])));
    }

    #[test]
    fn the_last_of_an_order_sees_all_others() {
        let groups = [0, 1, 2, 3, 4, 5];
        let order = Order::draw(&groups, 1, 0);
        let values = order.statistics(&[1; 6], &LABELS, &SAYS, 0.0);
        let last = *order.sequence.last().unwrap() as usize;
        let others: f32 = (0..6).filter(|&k| k != last).map(|k| LABELS[k]).sum();
        assert!((values[last] - others / 5.0).abs() < 1e-6);
    }

    #[test]
    fn pruning_changes_no_answer_of_any_threshold() {
        let combinations: Vec<u32> = (0..500u32).map(|k| k % 60).collect();
        let labels: Vec<f32> = (0..500u32)
            .map(|k| f32::from(u8::from(k % 60 > 40 || k % 7 == 0)))
            .collect();
        let whole = Encoding::of(&combinations, &labels, &vec![1.0; 500], 3.0);
        let mut pruned = whole.clone();
        let thresholds = [0.2, 0.7];
        pruned.prune(&thresholds);
        assert!(!pruned.is_empty() && pruned.len() < whole.len());
        for combination in 0..100 {
            for threshold in thresholds {
                assert_eq!(
                    whole.value(combination) > threshold,
                    pruned.value(combination) > threshold
                );
            }
        }
    }
}
