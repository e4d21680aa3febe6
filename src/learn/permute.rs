//! What a column is worth on rows that were not learnt from: by how much shuffling it raises the loss there (permutation
//! importance; Breiman 2001, Fisher et al. 2019). A column that only tells one time from another is worth nothing later,
//! however often trees asked about it.

use super::calibrate::Platt;
use super::draw::Draws;
use super::forest::Forest;
use super::matrix::Matrix;
use super::objective::Objective;

/// Shuffles of each column.
const SHUFFLES: u64 = 3;

/// Per column of `seen`, the mean rise in loss; 0 for columns that the forest does not ask about.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn permutation_importance(
    forest: &Forest,
    platt: Platt,
    objective: Objective,
    (seen, labels): (&Matrix, &[f32]),
    seed: u64,
) -> Vec<f64> {
    let raw = forest.raw_all(seen);
    let loss = |raw: &[f64]| {
        let answers: Vec<f64> = raw.iter().map(|&r| objective.answer(platt.apply(r))).collect();
        objective.held_out_loss(&answers, labels)
    };
    let whole = loss(&raw);
    let mut worth = vec![0.0; seen.width()];
    for column in forest.features_used() {
        let Some(worth) = worth.get_mut(column) else { continue };
        let asking = Forest {
            features: forest.features,
            bias: 0.0,
            trees: forest
                .trees
                .iter()
                .filter(|tree| tree.splits.iter().any(|s| s.feature as usize == column))
                .cloned()
                .collect(),
        };
        let before = asking.raw_all(seen);
        let mut shuffled = seen.clone();
        for k in 0..SHUFFLES {
            let draws = Draws::new(seed).stream(column as u64).stream(k);
            let mut order: Vec<usize> = (0..seen.rows()).collect();
            order.sort_by_key(|&row| draws.bits(row as u64));
            let values = order.iter().map(|&row| seen.column(column)[row]).collect();
            let replaced = shuffled.replace_column(column, values);
            debug_assert!(replaced.is_ok(), "one value per row");
            let after = asking.raw_all(&shuffled);
            let moved: Vec<f64> = raw
                .iter()
                .zip(before.iter().zip(&after))
                .map(|(r, (b, a))| r - b + a)
                .collect();
            *worth += (loss(&moved) - whole) / SHUFFLES as f64;
        }
    }
    worth
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::boost::{BoostOptions, boost};

    #[test]
    fn a_column_that_tells_is_worth_more_later_than_one_that_only_seemed_to() {
        let draws = Draws::new(1);
        let column = |stream: u64, rows: usize| -> Vec<f32> {
            (0..rows)
                .map(|row| draws.stream(stream).uniform(row as u64) as f32)
                .collect()
        };
        let rows = 600;
        let told = column(1, 2 * rows);
        let label = |row: usize| f32::from(u8::from(f64::from(told[row]) > draws.stream(9).uniform(row as u64)));
        let labels: Vec<f32> = (0..2 * rows).map(label).collect();
        // Before the split the second column is nearly the label, after it is noise.
        let noise = column(2, 2 * rows);
        let seeming = |row: usize| {
            if row < rows {
                labels[row] + 0.8 * noise[row]
            } else {
                noise[row]
            }
        };
        let columns = vec![told.clone(), (0..2 * rows).map(seeming).collect(), column(3, 2 * rows)];
        let all = Matrix::from_columns(columns).unwrap();
        let (earlier, later): (Vec<usize>, Vec<usize>) = (0..2 * rows).partition(|&row| row < rows);
        let options = BoostOptions {
            iterations: 40,
            ..BoostOptions::default()
        };
        let trained = boost(
            &all.select_rows(&earlier),
            &labels[..rows],
            None,
            None,
            &options,
            &mut |_, _| {},
        )
        .unwrap();
        let seen = (&all.select_rows(&later), &labels[rows..]);
        let worth = permutation_importance(&trained.forest, Platt::IDENTITY, Objective::YesNo, seen, 5);
        assert!(worth[0] > 0.0, "{worth:?}");
        assert!(trained.gains[1] > trained.gains[0], "{:?}", trained.gains);
        assert!(worth[0] > 5.0 * worth[2].abs(), "{worth:?}");
    }
}
