//! The leak watch: what may tell the answer because it was written after it. Suspicions are told in words, each with the
//! column and the remedy; nothing is left out on suspicion alone, but for the answer's own cells.

use serde::{Deserialize, Serialize};

use super::answer::answer_cells;
use super::metrics::{roc_auc, wilson};
use super::objective::Objective;
use super::reads::{Read, reads};
use super::train::Training;
use crate::data::table::Cell;
use crate::data::{ColumnId, ColumnType, Database, RowId, TableId, Timestamp};
use crate::query::Task;
use crate::relate::feature::{Feature, FeatureSet};
use crate::relate::series::Source;

/// What is wrong with a column, or may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeakKind {
    /// It is what is asked for, and no feature reads it.
    Answer,
    /// Its cells are filled, or empty, nearly only where the answer is one of the two.
    KnownWithOutcome,
    /// Cells of the latest rows look unlike those of any earlier rows: they are written later in a row's life.
    WrittenLater,
    /// One feature nearly decides the answer.
    TooGood,
    /// Its table has no time column: cells are as of the day of the export.
    Snapshot,
}

/// One line of the leak watch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leak {
    /// What is wrong.
    pub kind: LeakKind,
    /// The column, or the table of a snapshot.
    pub column: String,
    /// In words.
    pub text: String,
    /// What to do about it; empty where nothing is left to do.
    pub remedy: String,
}

impl Leak {
    /// Whether it is a suspicion, not a notice.
    #[must_use]
    pub fn is_suspected(&self) -> bool {
        matches!(
            self.kind,
            LeakKind::KnownWithOutcome | LeakKind::WrittenLater | LeakKind::TooGood
        )
    }

    /// As one line.
    #[must_use]
    pub fn line(&self) -> String {
        let word = if self.is_suspected() { "suspected leak" } else { "note" };
        if self.remedy.is_empty() {
            format!("{word}: {}", self.text)
        } else {
            format!("{word}: {}; {}", self.text, self.remedy)
        }
    }
}

/// Rows of either kind that a suspicion needs.
const LEAST: usize = 10;
/// The latest rows that are looked at for cells that are not written yet.
const FEWEST_YOUNG: usize = 30;
/// Rows that single features are judged on, latest first.
const JUDGED: usize = 4_000;
/// Where one feature is too good to be true, and the least that chance must leave of it.
const TOO_GOOD: f64 = 0.97;
const SURELY: f64 = 0.95;

/// What `training` can be told of leaks; `database` holds everything, also what came after the training examples.
#[must_use]
pub fn leaks(database: &Database, task: &Task, training: &Training) -> Vec<Leak> {
    let watch = Leakage {
        database,
        task,
        training,
    };
    let mut found = watch.answers();
    found.extend(watch.known_with_outcome());
    for leak in watch.written_later() {
        if !found.iter().any(|f| f.column == leak.column) {
            found.push(leak);
        }
    }
    let already: Vec<String> = found.iter().map(|f| f.column.clone()).collect();
    found.extend(watch.too_good(&already));
    found
}

/// Notices of tables without a time column that features of a model read cells of.
#[must_use]
pub fn snapshots(database: &Database, task: &Task, set: &FeatureSet) -> Vec<Leak> {
    let schema = &database.schema;
    let mut columns: Vec<(TableId, ColumnId)> = set
        .features
        .iter()
        .flat_map(|feature| reads(set, schema, task.entity, feature))
        .filter_map(|(table, column)| Some((table, column?)))
        .filter(|&(table, column)| {
            let shape = schema.table(table);
            let link_or_key = shape.key == Some(column) || shape.link(column).is_some();
            table != task.entity
                && shape.time.is_none()
                && schema.column(table, column).known_at.is_none()
                && !link_or_key
        })
        .collect();
    columns.sort_unstable();
    columns.dedup();
    columns
        .chunk_by(|a, b| a.0 == b.0)
        .filter_map(|of_table| {
            let table = of_table.first()?.0;
            let name = &schema.table(table).name;
            let read: Vec<&str> = of_table
                .iter()
                .map(|&(t, c)| schema.column(t, c).name.as_str())
                .collect();
            Some(Leak {
                kind: LeakKind::Snapshot,
                column: name.clone(),
                text: format!(
                    "{name} has no time column, so what is read of it ({}) is as of the export, whenever the question was asked",
                    read.join(", ")
                ),
                remedy: format!("if they change over time, name its time column in schema.toml, or --exclude {name}"),
            })
        })
        .collect()
}

struct Leakage<'a> {
    database: &'a Database,
    task: &'a Task,
    training: &'a Training,
}

impl Leakage<'_> {
    fn name(&self, column: ColumnId) -> String {
        self.database.schema.column_name(self.task.entity, column)
    }

    fn suspected(&self, kind: LeakKind, column: String, text: String) -> Leak {
        let known_at = match column.split_once('.') {
            Some((_, name)) => format!(
                "if it is written later, say when: {name} = {{ known_at = \"…\" }} in schema.toml, or --exclude {column}"
            ),
            None => format!("--exclude {column} leaves it out"),
        };
        Leak {
            kind,
            column,
            text,
            remedy: known_at,
        }
    }

    fn answers(&self) -> Vec<Leak> {
        let schema = &self.database.schema;
        let cells = answer_cells(schema, &self.task.target);
        cells
            .iter()
            .map(|path| {
                let end = path.end(schema, self.task.entity).unwrap_or(self.task.entity);
                let column = schema.column_name(end, path.column);
                let text = format!("{column} is what is asked for, so no feature reads it");
                Leak {
                    kind: LeakKind::Answer,
                    column,
                    text,
                    remedy: String::new(),
                }
            })
            .collect()
    }

    /// The entity's own columns that some feature reads and that nothing dates.
    fn undated(&self) -> Vec<ColumnId> {
        let entity = self.task.entity;
        let shape = self.database.schema.table(entity);
        let set = &self.training.set;
        let read: std::collections::BTreeSet<Read> = set
            .features
            .iter()
            .flat_map(|f| reads(set, &self.database.schema, entity, f))
            .collect();
        let cells = answer_cells(&self.database.schema, &self.task.target);
        (0..shape.columns.len())
            .map(ColumnId)
            .filter(|&c| {
                let column = shape.column(c);
                let dated = column.known_at.is_some() || column.kind == ColumnType::Timestamp;
                let is_answer = cells.iter().any(|p| p.hops.is_empty() && p.column == c);
                !dated && !is_answer && shape.key != Some(c) && read.contains(&(entity, Some(c)))
            })
            .collect()
    }

    fn is_filled(&self, column: ColumnId, row: RowId) -> bool {
        !matches!(
            self.database.table(self.task.entity).column(column).cell(row.index()),
            Cell::Null
        )
    }

    /// Columns whose cells are filled, or empty, nearly only for one of the two answers. The least that chance leaves of
    /// that answer's share must be 90 %, and leave a fifth of the other answer's usual share, for a fifth of that answer's
    /// rows; or 80 %, and leave three tenths, for half of them.
    fn known_with_outcome(&self) -> Vec<Leak> {
        if self.training.objective != Objective::YesNo {
            return Vec::new();
        }
        let rows = &self.training.rows[..self.training.inside];
        let yes: Vec<bool> = rows.iter().map(|e| e.label > 0.5).collect();
        // Rows as the whole folder has them: their cells may have been filled after the training examples were cut.
        let mut found = Vec::new();
        for column in self.undated() {
            let filled: Vec<bool> = rows.iter().map(|e| self.is_filled(column, e.asker.row)).collect();
            for (state, outcome) in [(true, true), (true, false), (false, true), (false, false)] {
                let count = |wanted_state: bool, wanted: bool| {
                    filled
                        .iter()
                        .zip(&yes)
                        .filter(|(f, y)| **f == wanted_state && **y == wanted)
                        .count()
                };
                let (hits, misses) = (count(state, outcome), count(state, !outcome));
                let (others, other_misses) = (count(!state, outcome), count(!state, !outcome));
                let base = ratio(hits + others, rows.len());
                let lowest = wilson(hits, hits + misses).0;
                let tells = |least: f64, left: f64, covered: f64| {
                    let other = 1.0 - lowest;
                    lowest >= least && other <= left * (1.0 - base) && ratio(hits, hits + others) >= covered
                };
                let tells = tells(0.9, 0.2, 0.2) || tells(0.8, 0.3, 0.5);
                if !tells || hits < LEAST || others + other_misses < LEAST {
                    continue;
                }
                let word = |state: bool| if state { "filled" } else { "empty" };
                let answer = |yes: bool| if yes { "yes" } else { "no" };
                let name = self.name(column);
                let text = format!(
                    "{name} is {} for {hits} of {} rows answered {}, and for {misses} of {} answered {}: it seems to be known only with the outcome",
                    word(state),
                    hits + others,
                    answer(outcome),
                    misses + other_misses,
                    answer(!outcome)
                );
                found.push(self.suspected(LeakKind::KnownWithOutcome, name, text));
                break;
            }
        }
        found
    }

    /// Columns whose cells look different on the very latest rows, and alike on all earlier ones: a status that ends up
    /// closed, a code filled in when the work is done.
    fn written_later(&self) -> Vec<Leak> {
        let entity = self.task.entity;
        let Some(latest) = self.database.latest() else {
            return Vec::new();
        };
        let mut rows: Vec<(Timestamp, RowId)> = (0..self.database.table(entity).rows)
            .filter_map(|row| u32::try_from(row).ok().map(RowId))
            .filter_map(|row| Some((self.database.row_time(entity, row)?, row)))
            .filter(|(at, _)| *at <= latest)
            .collect();
        rows.sort_unstable();
        let horizon = self.task.horizon.closes(latest) - latest;
        let young = rows
            .iter()
            .filter(|(at, _)| *at + horizon > latest)
            .count()
            .max(rows.len() / 200)
            .max(FEWEST_YOUNG);
        if rows.len() < 8 * young {
            return Vec::new();
        }
        let (last, old) = (&rows[rows.len() - young..], &rows[..rows.len() - young]);
        let (first, second) = (&old[..old.len() / 2], &old[old.len() / 2..old.len() * 3 / 4]);
        let mut found = Vec::new();
        for column in self.undated() {
            let share = |of: &[(Timestamp, RowId)]| {
                ratio(
                    of.iter().filter(|(_, row)| self.is_filled(column, *row)).count(),
                    of.len(),
                )
            };
            let (before, middle, now) = (share(first), share(second), share(last));
            let name = self.name(column);
            if middle - now > 0.3 && (middle - before).abs() < 0.1 {
                let text = format!(
                    "{name} is filled for {:.0} % of earlier rows, and for {:.0} % of the latest {young}: it seems to be written later in a row's life",
                    100.0 * middle,
                    100.0 * now
                );
                found.push(self.suspected(LeakKind::WrittenLater, name, text));
                continue;
            }
            if let Some((value, now, middle)) = self.value_of_the_young(column, last, first, second) {
                let text = format!(
                    "{name} is {value} for {:.0} % of the latest {young} rows, and for {:.1} % of earlier ones: it seems to change later in a row's life",
                    100.0 * now,
                    100.0 * middle
                );
                found.push(self.suspected(LeakKind::WrittenLater, name, text));
            }
        }
        found
    }

    /// A category that the latest rows have and earlier ones, in whichever part of time, no longer do.
    fn value_of_the_young(
        &self,
        column: ColumnId,
        last: &[(Timestamp, RowId)],
        first: &[(Timestamp, RowId)],
        second: &[(Timestamp, RowId)],
    ) -> Option<(String, f64, f64)> {
        let entity = self.task.entity;
        let cell = |row: RowId| match self.database.table(entity).column(column).cell(row.index()) {
            Cell::Symbol(symbol) => Some(symbol),
            _ => None,
        };
        let mut values: Vec<_> = last.iter().filter_map(|(_, row)| cell(*row)).collect();
        values.sort_unstable();
        let common = values.chunk_by(|a, b| a == b).max_by_key(|same| same.len())?;
        let value = *common.first()?;
        let share =
            |of: &[(Timestamp, RowId)]| ratio(of.iter().filter(|(_, row)| cell(*row) == Some(value)).count(), of.len());
        let (now, middle, before) = (share(last), share(second), share(first));
        // A value that is new (a month, a release) is in no earlier row at all; an open state still is in a few.
        let known_before = middle > 0.0 || before > 0.0;
        (now >= 0.4 && middle <= 0.03 && before <= 0.03 && known_before)
            .then(|| Some((self.database.symbols.text(value)?.to_owned(), now, middle)))?
    }

    /// Single features that nearly decide the answer on the latest training examples, which they were not fitted on: the
    /// area under their ROC curve is above .97, and above .95 for sure (Hanley & McNeil 1982). Rates of earlier answers
    /// are left out: they cannot see their own.
    fn too_good(&self, already: &[String]) -> Vec<Leak> {
        if self.training.objective != Objective::YesNo {
            return Vec::new();
        }
        let data = self.training;
        let (split, end) = (data.split(), data.inside);
        let from = split.max(end.saturating_sub(JUDGED));
        let labels = &data.labels[from..end];
        let positives = labels.iter().filter(|l| **l > 0.5).count();
        let negatives = labels.len() - positives;
        if positives < LEAST || negatives < LEAST {
            return Vec::new();
        }
        let (schema, entity) = (&self.database.schema, self.task.entity);
        let mut found: Vec<(f64, usize)> = Vec::new();
        for place in data.all_columns() {
            let feature = &data.set.features[place];
            let of_labels =
                |series: usize| matches!(data.set.series[series].source, Source::Labels | Source::Positives);
            if feature.lookups().iter().any(|l| of_labels(l.series)) {
                continue;
            }
            // What it is made of is looked at by itself.
            if matches!(feature, Feature::Alike { .. }) {
                continue;
            }
            let values = match (feature, data.combinations.get(&place)) {
                (Feature::Encoded { paths }, Some(all)) => {
                    let named = |p: &crate::relate::path::ColumnPath| {
                        p.schema(schema, entity).is_some_and(|c| c.kind == ColumnType::Id)
                    };
                    if paths.iter().any(named) {
                        continue;
                    }
                    rates(&all[..split], &data.labels[..split], &all[from..end])
                }
                _ => data.matrix.column(place)[from..end]
                    .iter()
                    .map(|&x| f64::from(x))
                    .collect(),
            };
            let auc = [f64::MIN, f64::MAX]
                .map(|blank| {
                    let scores: Vec<f64> = values.iter().map(|x| if x.is_nan() { blank } else { *x }).collect();
                    roc_auc(&scores, labels).map_or(0.5, |a| a.max(1.0 - a))
                })
                .into_iter()
                .fold(0.5, f64::max);
            if auc > TOO_GOOD && auc - 2.33 * hanley_mcneil(auc, positives, negatives) > SURELY {
                found.push((auc, place));
            }
        }
        let telling = |&(table, column): &Read| {
            let column = column?;
            let shape = schema.table(table);
            let links = shape.key == Some(column) || shape.link(column).is_some();
            (!links).then(|| schema.column_name(table, column))
        };
        let read_by = |place: usize| -> Vec<String> {
            let read = reads(&data.set, schema, entity, &data.set.features[place]);
            let columns: Vec<String> = read.iter().filter_map(telling).collect();
            let table = read.iter().find(|(table, _)| columns.is_empty() && *table != entity);
            columns
                .into_iter()
                .chain(table.map(|(table, _)| schema.table(*table).name.clone()))
                .collect()
        };
        // Features of one column first: what they tell, pairs with them tell too, and the other of the pair is not to blame.
        let mut found: Vec<(Vec<String>, f64, usize)> = found
            .into_iter()
            .map(|(auc, place)| (read_by(place), auc, place))
            .collect();
        found.sort_by(|a, b| a.0.len().cmp(&b.0.len()).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
        let mut told: Vec<Leak> = Vec::new();
        for (columns, auc, place) in found {
            let explained = columns
                .iter()
                .any(|c| told.iter().any(|t| t.column == *c) || already.contains(c));
            let Some(column) = columns.into_iter().next_back() else {
                continue;
            };
            if told.len() < 10 && !explained {
                let text = format!(
                    "{} alone nearly decides the answer (ROC-AUC {auc:.3} on the latest training examples)",
                    data.set.name(schema, entity, place)
                );
                told.push(self.suspected(LeakKind::TooGood, column, text));
            }
        }
        told
    }
}

/// The rate of each combination among earlier examples, for later ones; NaN where it is new.
fn rates(earlier: &[u32], labels: &[f32], later: &[u32]) -> Vec<f64> {
    let mut sums: rustc_hash::FxHashMap<u32, (f64, f64)> = rustc_hash::FxHashMap::default();
    for (combination, label) in earlier.iter().zip(labels) {
        let sum = sums.entry(*combination).or_insert((0.0, 0.0));
        *sum = (sum.0 + 1.0, sum.1 + f64::from(*label));
    }
    let mean = super::objective::mean(labels);
    let rate = |c: &u32| sums.get(c).map_or(f64::NAN, |(n, yes)| (yes + 2.0 * mean) / (n + 2.0));
    later.iter().map(rate).collect()
}

#[allow(clippy::cast_precision_loss)]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// The standard error of an area under the ROC curve (Hanley & McNeil 1982).
#[allow(clippy::cast_precision_loss)]
fn hanley_mcneil(auc: f64, positives: usize, negatives: usize) -> f64 {
    let (p, n) = (positives as f64, negatives as f64);
    let (q1, q2) = (auc / (2.0 - auc), 2.0 * auc * auc / (1.0 + auc));
    let variance = auc * (1.0 - auc) + (p - 1.0) * (q1 - auc * auc) + (n - 1.0) * (q2 - auc * auc);
    (variance.max(0.0) / (p * n)).sqrt()
}
