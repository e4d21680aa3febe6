//! A ridge regression on the rank of every column (Hoerl & Kennard 1970; logistic for a yes or no: le Cessie & van Houwelingen
//! 1992), stated as a forest of one question a tree, so that whatever reads forests reads it. With few examples a line and
//! trees err differently: their average errs less than either.

use super::bins::{BinnedColumn, bin_column};
use super::boost::Ordered;
use super::error::LearnError;
use super::forest::{Forest, ObliviousTree, Split};
use super::loss::Loss;
use super::matrix::Matrix;

/// Ranks are told apart in so many bins of equal mass, a missing value's among them.
const BINS: usize = 8;
/// The penalty on half a coefficient's square: of a log-odds it makes the coefficients' prior standard deviation .18.
const LOG_ODDS_PENALTY: f64 = 30.0;
/// The same of a number, whose rows weigh as much as eight yes or no at a share of .15.
const NUMBER_PENALTY: f64 = 240.0;
/// The least spread of ranks that is stretched to 1: what nearly all rows have alike must not count for much by being rare.
const LEAST_SPREAD: f64 = 0.5;
/// Bins of the column that a score starts from.
const FINE: usize = 64;
/// Newton steps at most, and how still a fit is.
const STEPS: usize = 50;
const STILL: f64 = 1e-9;

/// One column as the regression sees it.
struct Ranked {
    binned: BinnedColumn,
    /// The bins' ranks, centred and scaled; that of a missing value is the middle, 0.
    ranks: Vec<f64>,
    /// The bins' weights.
    masses: Vec<f64>,
}

impl Ranked {
    fn of_rows(&self) -> Vec<f64> {
        self.binned
            .bins
            .iter()
            .map(|&bin| self.ranks[usize::from(bin)])
            .collect()
    }
}

/// Fits the regression. `ordered` are the versions of some columns, which are averaged. The score starts `from` a column, if
/// there is one, that holds scores itself, and tells what the others say besides. `directions` are as
/// [`BoostOptions::monotone`](super::options::BoostOptions::monotone): a coefficient against its direction is 0, and a missing
/// value of such a column counts as its lowest, as it does to trees.
///
/// # Errors
/// No rows.
pub(super) fn line(
    (matrix, ordered): (&Matrix, &Ordered),
    from: Option<usize>,
    (labels, weights): (&[f32], &[f32]),
    loss: Loss,
    directions: &[i8],
) -> Result<Forest, LearnError> {
    if labels.is_empty() {
        return Err(LearnError::NoRows);
    }
    let direction = |column: usize| directions.get(column).copied().unwrap_or(0);
    let columns: Vec<Ranked> = (0..matrix.width())
        .map(|column| match ordered.columns.iter().position(|&c| c == column) {
            _ if from == Some(column) => averages(matrix.column(column), weights),
            Some(place) => ranked(&averaged(ordered, place), weights, direction(column) != 0),
            None => ranked(matrix.column(column), weights, direction(column) != 0),
        })
        .collect();
    let rows = Rows {
        labels,
        weights,
        start: from.map_or_else(|| vec![0.0; labels.len()], |column| columns[column].of_rows()),
        loss,
    };
    let told = |&column: &usize| from != Some(column) && columns[column].ranks.len() > 1;
    let mut taken: Vec<usize> = (0..columns.len()).filter(told).collect();
    loop {
        let of_taken: Vec<&Ranked> = taken.iter().map(|&column| &columns[column]).collect();
        let coefficients = rows.fitted(&of_taken);
        let against = |place: usize| coefficients[place + 1] * f64::from(direction(taken[place])) < 0.0;
        let kept: Vec<usize> = (0..taken.len()).filter(|&place| !against(place)).collect();
        if kept.len() == taken.len() {
            let others = taken.iter().copied().zip(coefficients[1..].iter().copied());
            let all = from.map(|column| (column, 1.0)).into_iter().chain(others);
            return Ok(stated(&columns, coefficients[0], all));
        }
        taken = kept.into_iter().map(|place| taken[place]).collect();
    }
}

/// The mean of a column's versions.
#[allow(clippy::cast_precision_loss)]
fn averaged(ordered: &Ordered, place: usize) -> Vec<f32> {
    let rows = ordered.versions.first().map_or(0, |version| version[place].len());
    let mean = |row: usize| ordered.versions.iter().map(|version| version[place][row]).sum::<f32>();
    (0..rows).map(|row| mean(row) / ordered.versions.len() as f32).collect()
}

/// The weights of a column's bins.
fn masses(binned: &BinnedColumn, weights: &[f32]) -> Vec<f64> {
    let mut masses = vec![0.0; binned.bin_count()];
    for (&bin, &weight) in binned.bins.iter().zip(weights) {
        masses[usize::from(bin)] += f64::from(weight);
    }
    masses
}

/// A column as it is: instead of ranks the mean of each bin, in which nothing is missing.
fn averages(values: &[f32], weights: &[f32]) -> Ranked {
    let binned = bin_column(values, FINE);
    let masses = masses(&binned, weights);
    let mut ranks = vec![0.0; masses.len()];
    for ((&bin, &weight), &value) in binned.bins.iter().zip(weights).zip(values) {
        ranks[usize::from(bin)] += f64::from(weight) * f64::from(value);
    }
    for (rank, mass) in ranks.iter_mut().zip(&masses) {
        *rank /= mass.max(f64::MIN_POSITIVE);
    }
    Ranked { binned, ranks, masses }
}

/// A column's ranks: the middle of what lies below a bin and what lies up to it, of the rows that are known.
fn ranked(values: &[f32], weights: &[f32], missing_is_lowest: bool) -> Ranked {
    let binned = bin_column(values, BINS);
    let masses = masses(&binned, weights);
    let missing = usize::from(binned.borders.first() == Some(&f32::MIN));
    let known: f64 = masses[missing..].iter().sum();
    let mut ranks = vec![0.0; masses.len()];
    let (mut below, mut square) = (0.0, 0.0);
    for (rank, mass) in ranks.iter_mut().zip(&masses).skip(missing) {
        // A rank that is spread evenly has the variance 1/12.
        *rank = ((below + mass / 2.0) / known.max(f64::MIN_POSITIVE) - 0.5) * 12f64.sqrt();
        square += mass * *rank * *rank;
        below += mass;
    }
    let spread = (square / known.max(f64::MIN_POSITIVE)).sqrt().max(LEAST_SPREAD);
    ranks.iter_mut().for_each(|rank| *rank /= spread);
    if missing_is_lowest && missing == 1 {
        ranks[0] = ranks.get(1).copied().unwrap_or(0.0);
    }
    Ranked { binned, ranks, masses }
}

/// What is fitted to.
struct Rows<'a> {
    labels: &'a [f32],
    weights: &'a [f32],
    /// The scores that they have already.
    start: Vec<f64>,
    loss: Loss,
}

impl Rows<'_> {
    /// Intercept and coefficients that minimise the loss and the penalty, by Newton's method.
    fn fitted(&self, columns: &[&Ranked]) -> Vec<f64> {
        let &Self {
            labels,
            weights,
            ref start,
            loss,
        } = self;
        let penalty = match loss {
            Loss::Logloss => LOG_ODDS_PENALTY,
            Loss::SquaredError => NUMBER_PENALTY,
        };
        let width = columns.len() + 1;
        let rows: Vec<f64> = (0..labels.len())
            .flat_map(|row| {
                let rank = move |column: &&Ranked| column.ranks[usize::from(column.binned.bins[row])];
                std::iter::once(1.0).chain(columns.iter().map(rank))
            })
            .collect();
        let mut coefficients = vec![0.0; width];
        coefficients[0] =
            loss.constant(labels, |row| f64::from(weights[row])) - start.iter().sum::<f64>() / start.len() as f64;
        let worth = |coefficients: &[f64]| {
            let scores = rows
                .chunks_exact(width)
                .zip(start)
                .map(|(row, start)| start + dot(row, coefficients));
            let losses = scores.zip(labels).zip(weights);
            let lost: f64 = losses
                .map(|((score, &label), &weight)| f64::from(weight) * loss.of(score, f64::from(label)))
                .sum();
            lost + penalty / 2.0 * dot(&coefficients[1..], &coefficients[1..])
        };
        let mut so_far = worth(&coefficients);
        for _ in 0..STEPS {
            let mut slope = vec![0.0; width];
            let mut curvature = vec![0.0; width * width];
            for (((row, start), &label), &weight) in rows.chunks_exact(width).zip(start).zip(labels).zip(weights) {
                let kept = loss.kept(start + dot(row, &coefficients));
                let (down, bent) = loss.slope_and_curvature(kept, f64::from(label));
                let weight = f64::from(weight);
                for (i, &x) in row.iter().enumerate() {
                    slope[i] += weight * down * x;
                    let share = weight * bent * x;
                    let so_far = &mut curvature[i * width..=i * width + i];
                    so_far
                        .iter_mut()
                        .zip(row)
                        .for_each(|(sum, &other)| *sum += share * other);
                }
            }
            for i in 0..width {
                // The intercept is free; a trace of penalty keeps the system solvable where every weight is 0.
                let penalty = if i == 0 { 1e-9 } else { penalty };
                slope[i] -= penalty * coefficients[i] * f64::from(u8::from(i > 0));
                curvature[i * width + i] += penalty;
            }
            let step = solved(curvature, slope);
            // Newton's whole step, or so little of it that it goes down.
            let mut share = 1.0;
            let (next, worth) = loop {
                let moved = coefficients.iter().zip(&step).map(|(c, s)| c + share * s);
                let next: Vec<f64> = moved.collect();
                let worth = worth(&next);
                if worth <= so_far || share < 1e-6 {
                    break (next, worth);
                }
                share /= 2.0;
            };
            if worth > so_far {
                break;
            }
            let gained = so_far - worth;
            (coefficients, so_far) = (next, worth);
            if gained <= STILL * so_far.abs() {
                break;
            }
        }
        coefficients
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The solution of a symmetric positive definite system by Cholesky's factors, of which the lower triangle is read, row by
/// row.
fn solved(mut lower: Vec<f64>, mut right: Vec<f64>) -> Vec<f64> {
    let width = right.len();
    for i in 0..width {
        for j in 0..=i {
            let (above, own) = lower.split_at(i * width);
            let other = if j == i { own } else { &above[j * width..] };
            let left = own[j] - dot(&own[..j], &other[..j]);
            lower[i * width + j] = if j == i {
                left.max(f64::MIN_POSITIVE).sqrt()
            } else {
                left / lower[j * width + j]
            };
        }
    }
    for i in 0..width {
        let known = dot(&lower[i * width..i * width + i], &right[..i]);
        right[i] = (right[i] - known) / lower[i * width + i];
    }
    for i in (0..width).rev() {
        let known: f64 = (i + 1..width).map(|k| lower[k * width + i] * right[k]).sum();
        right[i] = (right[i] - known) / lower[i * width + i];
    }
    right
}

/// The regression as trees: one for each border of each column, which adds what the score rises by there.
fn stated(columns: &[Ranked], intercept: f64, coefficients: impl Iterator<Item = (usize, f64)>) -> Forest {
    let mut bias = intercept;
    let mut trees = Vec::new();
    for (place, coefficient) in coefficients {
        let column = &columns[place];
        bias += coefficient * column.ranks[0];
        let all: f64 = column.masses.iter().sum();
        let mut below = 0.0;
        for (bin, &threshold) in column.binned.borders.iter().enumerate() {
            below += column.masses[bin];
            let rise = coefficient * (column.ranks[bin + 1] - column.ranks[bin]);
            if rise != 0.0 {
                trees.push(ObliviousTree {
                    splits: vec![Split {
                        feature: u32::try_from(place).unwrap_or(u32::MAX),
                        threshold,
                    }],
                    leaves: vec![0.0, rise],
                    covers: vec![below, all - below],
                });
            }
        }
    }
    Forest {
        features: columns.len(),
        bias,
        trees,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::draw::Draws;

    /// Columns drawn evenly, of the second of which every fifth is missing; the answer follows the first, and the second a little.
    fn drawn(rows: u64) -> (Matrix, Vec<f32>) {
        let draw = |stream: u64, row: u64| Draws::new(4).stream(stream).uniform(row);
        let column = |stream: u64| -> Vec<f32> { (0..rows).map(|row| draw(stream, row) as f32).collect() };
        let mut second = column(2);
        second.iter_mut().step_by(5).for_each(|cell| *cell = f32::NAN);
        let first = column(1);
        let label = |row: u64| {
            let (a, b) = (f64::from(first[row as usize]), f64::from(second[row as usize]));
            let score = 3.0 * a + if b.is_nan() { 0.3 } else { 0.6 * b } - 2.5;
            f32::from(u8::from(draw(3, row) < 1.0 / (1.0 + libm::exp(-score))))
        };
        let labels = (0..rows).map(label).collect();
        (
            Matrix::from_columns(vec![first, second, vec![7.0; rows as usize]]).unwrap(),
            labels,
        )
    }

    fn fit(matrix: &Matrix, from: Option<usize>, labels: &[f32], loss: Loss, directions: &[i8]) -> Forest {
        let weights = vec![1.0; labels.len()];
        line(
            (matrix, &Ordered::default()),
            from,
            (labels, &weights),
            loss,
            directions,
        )
        .unwrap()
    }

    /// How much the score rises over a column, the others as they are in `row`.
    fn rise(forest: &Forest, row: [f32; 3], column: usize) -> f64 {
        let with = |value: f32| {
            let mut row = row;
            row[column] = value;
            forest.raw(&row)
        };
        with(1.0) - with(0.0)
    }

    #[test]
    fn a_line_rises_with_what_tells_and_nothing_else_is_asked() {
        let (matrix, labels) = drawn(2_000);
        let forest = fit(&matrix, None, &labels, Loss::Logloss, &[]);
        assert!(forest.is_sound() && forest.features == 3);
        assert_eq!(
            forest.features_used(),
            [0, 1],
            "a column that is the same throughout says nothing"
        );
        assert!(forest.trees.iter().all(|tree| tree.splits.len() == 1));
        let first = rise(&forest, [0.0, 0.5, 7.0], 0);
        // Between the middles of the outer of eight bins: 7/8 of 3, drawn towards 0 by the penalty.
        assert!((1.7..2.9).contains(&first), "{first}");
        let second = rise(&forest, [0.5, 0.0, 7.0], 1);
        assert!(second < first / 2.0, "{second}");
        // It is a sum over columns, and what is missing is in the middle.
        assert!((rise(&forest, [0.0, 0.9, 7.0], 0) - first).abs() < 1e-9);
        let [low, missing, high] = [0.0, f32::NAN, 1.0].map(|x| forest.raw(&[0.5, x, 7.0]));
        assert!(
            (missing - (low + high) / 2.0).abs() < 0.1 * (high - low).abs(),
            "{low} {missing} {high}"
        );
    }

    #[test]
    fn what_is_fitted_is_the_least_of_loss_and_penalty() {
        let (matrix, labels) = drawn(300);
        for loss in [Loss::Logloss, Loss::SquaredError] {
            let weights: Vec<f32> = (0..300_u16).map(|row| 0.2 + f32::from(row % 4)).collect();
            let columns: Vec<Ranked> = (0..2).map(|c| ranked(matrix.column(c), &weights, false)).collect();
            let columns: Vec<&Ranked> = columns.iter().collect();
            let rows = Rows {
                labels: &labels,
                weights: &weights,
                start: vec![0.25; labels.len()],
                loss,
            };
            let found = rows.fitted(&columns);
            let penalty = if loss == Loss::Logloss {
                LOG_ODDS_PENALTY
            } else {
                NUMBER_PENALTY
            };
            let worth = |coefficients: &[f64]| -> f64 {
                let of_row = |row: usize| {
                    let of = |(place, column): (usize, &&Ranked)| coefficients[place + 1] * column.of_rows()[row];
                    let score = 0.25 + coefficients[0] + columns.iter().enumerate().map(of).sum::<f64>();
                    f64::from(weights[row]) * loss.of(score, f64::from(labels[row]))
                };
                let squares: f64 = coefficients[1..].iter().map(|c| c * c).sum();
                (0..labels.len()).map(of_row).sum::<f64>() + penalty / 2.0 * squares
            };
            let least = worth(&found);
            for place in 0..found.len() {
                for step in [-1e-3, 1e-3] {
                    let mut other = found.clone();
                    other[place] += step;
                    assert!(worth(&other) > least, "{loss:?}, coefficient {place}: {found:?}");
                }
            }
        }
    }

    #[test]
    fn a_coefficient_against_its_direction_is_none_and_missing_is_lowest() {
        let (matrix, labels) = drawn(2_000);
        let free = fit(&matrix, None, &labels, Loss::Logloss, &[]);
        let up = fit(&matrix, None, &labels, Loss::Logloss, &[1, 1, 0]);
        assert!(rise(&up, [0.0, 0.5, 7.0], 0) > 0.0);
        assert!((up.raw(&[f32::NAN, 0.5, 7.0]) - up.raw(&[0.0, 0.5, 7.0])).abs() < 1e-9);
        assert!((up.raw(&[0.5, f32::NAN, 7.0]) - up.raw(&[0.5, 0.0, 7.0])).abs() < 1e-9);
        let down = fit(&matrix, None, &labels, Loss::Logloss, &[-1, 0, 0]);
        assert_eq!(down.features_used(), [1]);
        assert!(rise(&free, [0.0, 0.5, 7.0], 0) > 0.0);
    }

    #[test]
    fn a_line_from_scores_that_tell_all_adds_little_to_them() {
        let (mut matrix, labels) = drawn(2_000);
        let known: Vec<f32> = matrix.column(0).iter().map(|x| 3.0 * x - 2.2).collect();
        matrix.replace_column(2, known.clone()).unwrap();
        let forest = fit(&matrix, Some(2), &labels, Loss::Logloss, &[]);
        let alone = fit(&matrix, None, &labels, Loss::Logloss, &[]);
        let over = |forest: &Forest| rise(forest, [0.0, 0.5, 0.0], 0).abs();
        assert!(over(&forest) < 0.3 * over(&alone), "{} {}", over(&forest), over(&alone));
        let (low, high) = (forest.raw(&[0.5, 0.5, -2.2]), forest.raw(&[0.5, 0.5, 0.8]));
        assert!((high - low - 3.0).abs() < 0.1, "{low} {high}");
    }

    #[test]
    fn no_rows_are_an_error() {
        let found = line(
            (&Matrix::new(0), &Ordered::default()),
            None,
            (&[], &[]),
            Loss::Logloss,
            &[],
        );
        assert!(matches!(found, Err(LearnError::NoRows)));
    }
}
