//! The forest that comes of a recipe.

use super::boost::{BoostOptions, Ordered, boost_ordered};
use super::encode::{Encoding, Order};
use super::error::LearnError;
use super::forest::Forest;
use super::line::line;
use super::loss::Loss;
use super::matrix::Matrix;
use super::recipe::{Beside, Recipe};
use super::train::Training;
use crate::parallel::split;

/// Random orders of the examples for ordered statistics.
const ORDERS: u64 = 3;
/// The weight of the mean of all in an encoded category, in examples.
const ENCODING_WEIGHT: f32 = 8.0;

/// The trees of a last fit, which sees more examples than the one that found `trees`.
pub(super) fn longer(trees: usize) -> usize {
    trees.max(1) * 11 / 10
}

/// One of the recipes whose forests a fit averages.
pub(super) struct Part {
    pub(super) recipe: Recipe,
    /// The trees of each view's forest in the last fit.
    pub(super) lengths: Vec<usize>,
}

impl Part {
    /// A recipe for the last fit, when a trial of it grew so many trees per view.
    pub(super) fn last(recipe: Recipe, trees: &[usize]) -> Self {
        Self {
            recipe,
            lengths: trees.iter().map(|&trees| longer(trees)).collect(),
        }
    }

    /// The same with a forest over one view of these columns, without a line and any example beyond the question.
    pub(super) fn over(&self, columns: &[usize]) -> Self {
        Self {
            recipe: Recipe {
                views: vec![columns.to_vec()],
                beyond: (0, 0.0),
                line: None,
                ..self.recipe.clone()
            },
            lengths: self.lengths.iter().take(1).copied().collect(),
        }
    }
}

/// How many trees a fit grows.
#[derive(Clone, Copy)]
pub(super) enum Length<'a> {
    /// As many as these rows, which are not learnt from, ask for.
    JudgedOn(&'a [usize]),
    /// So many, per view.
    Of(&'a [usize]),
}

impl Length<'_> {
    fn of(self, view: usize) -> Option<usize> {
        match self {
            Self::JudgedOn(_) => None,
            Self::Of(lengths) => lengths.get(view).copied(),
        }
    }
}

/// A forest as it comes out of a recipe.
pub(super) struct Learnt {
    pub(super) columns: Vec<usize>,
    pub(super) forest: Forest,
    pub(super) encodings: Vec<Option<Encoding>>,
    /// Trees of its forests, per view.
    pub(super) trees: Vec<usize>,
}

impl Learnt {
    /// In single precision, as a model holds it.
    fn rounded(mut self) -> Self {
        self.forest.round_to_single();
        self
    }

    /// The average of several as one. A column that two of them encode by different statistics stands in it twice.
    fn average(parts: Vec<Self>) -> Option<Self> {
        let mut columns: Vec<usize> = Vec::new();
        let mut encodings: Vec<Option<Encoding>> = Vec::new();
        let mut places: Vec<Vec<usize>> = Vec::new();
        for part in &parts {
            let place = |(column, encoding): (&usize, &Option<Encoding>)| {
                let same = |place: &usize| columns[*place] == *column && encodings[*place] == *encoding;
                (0..columns.len()).find(same).unwrap_or_else(|| {
                    columns.push(*column);
                    encodings.push(encoding.clone());
                    columns.len() - 1
                })
            };
            places.push(part.columns.iter().zip(&part.encodings).map(place).collect());
        }
        let forests = parts.iter().zip(&places);
        let forests: Option<Vec<Forest>> = forests
            .map(|(part, places)| part.forest.among_columns(places, columns.len()))
            .collect();
        Some(Self {
            forest: Forest::average(&forests?)?.joined(),
            columns,
            encodings,
            trees: parts.into_iter().flat_map(|part| part.trees).collect(),
        })
    }
}

/// The rows that a forest is fitted on.
struct Sample {
    rows: Vec<usize>,
    labels: Vec<f32>,
    weights: Vec<f32>,
}

/// What a recipe's forests are fitted on.
struct Prepared {
    sample: Sample,
    columns: Vec<usize>,
    /// The columns, and the mark if there are examples beyond the question.
    matrix: Matrix,
    ordered: Ordered,
    encodings: Vec<Option<Encoding>>,
    /// Whether the last column tells the question's own examples from those beyond it; once a forest stands it is settled
    /// as the question's own.
    marked: bool,
}

impl Prepared {
    /// A forest of this data, as the question's own examples are scored by it.
    fn learnt(self, mut forest: Forest, trees: Vec<usize>) -> Learnt {
        if self.marked {
            forest = forest.settled(self.columns.len(), 1.0);
        }
        Learnt {
            columns: self.columns,
            forest,
            encodings: self.encodings,
            trees,
        }
    }
}

impl Training {
    /// The rows a recipe learns from: `inside`, and the latest examples beyond the question that were asked before the
    /// last of them; each with its weight.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    fn sample(&self, recipe: &Recipe, inside: &[usize]) -> Sample {
        let mut rows = inside.to_vec();
        let last = inside.last().map(|&row| self.rows[row].asker.anchor);
        let beyond = (self.inside..self.rows.len()).rev();
        rows.extend(
            beyond
                .filter(|&row| last.is_some_and(|last| self.rows[row].asker.anchor <= last))
                .take(recipe.beyond.0),
        );
        let anchors = || rows.iter().map(|&row| self.rows[row].asker.anchor.0);
        let (first, last) = (anchors().min().unwrap_or(0), anchors().max().unwrap_or(0));
        let span = (last - first).max(1) as f64;
        let weight = |&row: &usize| {
            let age = (last - self.rows[row].asker.anchor.0) as f64 / span;
            let own = if row < self.inside { 1.0 } else { recipe.beyond.1 };
            own * libm::pow(recipe.oldest, age) as f32
        };
        Sample {
            labels: self.labels_of(&rows),
            weights: rows.iter().map(weight).collect(),
            rows,
        }
    }

    /// The matrix of `columns` for rows that are trained on, the versions of its encoded columns, and their statistics.
    pub(super) fn prepared(
        &self,
        columns: &[usize],
        rows: &[usize],
        labels: &[f32],
        weights: &[f32],
        seed: u64,
    ) -> (Matrix, Ordered, Vec<Option<Encoding>>) {
        let mut matrix = self.matrix.select(rows, columns);
        let mut encodings: Vec<Option<Encoding>> = vec![None; columns.len()];
        let places: Vec<usize> = (0..columns.len())
            .filter(|&place| self.combinations.contains_key(&columns[place]))
            .collect();
        if places.is_empty() {
            return (matrix, Ordered::default(), encodings);
        }
        let groups = self.groups(rows);
        let orders: Vec<Order> = if self.own_time.is_some() {
            (0..ORDERS).map(|version| Order::draw(&groups, seed, version)).collect()
        } else {
            vec![Order::in_turn(&groups)]
        };
        let mut versions: Vec<Vec<Vec<f32>>> = vec![Vec::with_capacity(places.len()); orders.len()];
        for &place in &places {
            let all = &self.combinations[&columns[place]];
            let own: Vec<u32> = rows.iter().map(|&row| all[row]).collect();
            for (version, order) in versions.iter_mut().zip(&orders) {
                version.push(order.statistics(&own, labels, weights, ENCODING_WEIGHT));
            }
            let encoding = Encoding::of(&own, labels, weights, ENCODING_WEIGHT);
            let column = own.iter().map(|&c| encoding.value(c)).collect();
            let replaced = matrix.replace_column(place, column);
            debug_assert!(replaced.is_ok(), "one value per row");
            encodings[place] = Some(encoding);
        }
        (
            matrix,
            Ordered {
                columns: places,
                versions,
            },
            encodings,
        )
    }

    /// Rows whose labels must not speak of one another: those of one entity where each has its own time (its ages), else
    /// those of one moment, in order of time.
    #[allow(clippy::cast_possible_truncation)]
    fn groups(&self, rows: &[usize]) -> Vec<u32> {
        if self.own_time.is_some() {
            rows.iter().map(|&row| self.rows[row].asker.row.0).collect()
        } else {
            let mut anchors: Vec<i64> = rows.iter().map(|&row| self.rows[row].asker.asked.0).collect();
            anchors.sort_unstable();
            anchors.dedup();
            let group = |&row: &usize| anchors.partition_point(|&a| a < self.rows[row].asker.asked.0) as u32;
            rows.iter().map(group).collect()
        }
    }

    /// What the forests of a recipe are fitted on.
    fn prepare(&self, recipe: &Recipe, inside: &[usize]) -> Result<Prepared, LearnError> {
        let sample = self.sample(recipe, inside);
        let columns = recipe.columns();
        let seed = recipe.boost.seed;
        let (mut matrix, ordered, encodings) =
            self.prepared(&columns, &sample.rows, &sample.labels, &sample.weights, seed);
        let marked = recipe.beyond.0 > 0;
        if marked {
            let mark = |&row: &usize| if row < self.inside { 1.0 } else { 0.0 };
            matrix.push_column(sample.rows.iter().map(mark).collect())?;
        }
        Ok(Prepared {
            sample,
            columns,
            matrix,
            ordered,
            encodings,
            marked,
        })
    }

    /// The forest of a recipe on some rows: the average over its views, and the line if it has one.
    pub(super) fn forest(
        &self,
        recipe: &Recipe,
        inside: &[usize],
        length: Length<'_>,
        told: &mut dyn FnMut(usize, usize),
    ) -> Result<Learnt, LearnError> {
        Ok(self.grown(recipe, inside, length, told)?.rounded())
    }

    /// The average of the forests of several recipes on some rows. Each view's forest is as long as `judged`, which is not
    /// learnt from, asks for, or as its part says.
    pub(super) fn average(
        &self,
        parts: &[Part],
        inside: &[usize],
        judged: Option<&[usize]>,
        threads: usize,
        told: &mut dyn FnMut(usize, usize),
    ) -> Result<Learnt, LearnError> {
        let of_one = |k: usize, threads: usize, told: &mut dyn FnMut(usize, usize)| {
            let Part { recipe, lengths } = &parts[k];
            let length = judged.map_or(Length::Of(lengths), Length::JudgedOn);
            self.grown(&recipe.by(threads), inside, length, told)
        };
        let found: Vec<Result<Learnt, LearnError>> = split(parts.len(), threads, &of_one, told);
        let found = found.into_iter().collect::<Result<Vec<Learnt>, LearnError>>()?;
        Ok(Learnt::average(found).ok_or(LearnError::NoRows)?.rounded())
    }

    /// A recipe's forest, not yet rounded.
    fn grown(
        &self,
        recipe: &Recipe,
        inside: &[usize],
        length: Length<'_>,
        told: &mut dyn FnMut(usize, usize),
    ) -> Result<Learnt, LearnError> {
        let data = self.prepare(recipe, inside)?;
        let (sample, columns) = (&data.sample, &data.columns);
        let mut validation = match length {
            Length::JudgedOn(rows) => {
                let labels = self.labels_of(rows);
                Some((self.seen(columns, &data.encodings, rows), labels))
            }
            Length::Of(_) => None,
        };
        if let (true, Some((matrix, labels))) = (data.marked, &mut validation) {
            matrix.push_column(vec![1.0; labels.len()])?;
        }
        let of_one = |view: usize, threads: usize, told: &mut dyn FnMut(usize, usize)| {
            let place = |column: &usize| columns.iter().position(|c| c == column);
            let mut places: Vec<usize> = recipe.views[view].iter().filter_map(place).collect();
            places.extend(data.marked.then_some(columns.len()));
            let judged = validation.as_ref();
            let judged = judged.map(|(matrix, labels)| (matrix.select_columns(&places), labels.as_slice()));
            let trained = boost_ordered(
                &data.matrix.select_columns(&places),
                &data.ordered.over_columns(&places),
                &sample.labels,
                Some(&sample.weights),
                judged.as_ref().map(|(matrix, labels)| (matrix, *labels)),
                &BoostOptions {
                    iterations: length.of(view).unwrap_or(recipe.boost.iterations),
                    monotone: self.directions(&recipe.views[view]),
                    threads,
                    ..recipe.boost.clone()
                },
                told,
            )?;
            let forest = trained.forest.among_columns(&places, data.matrix.width());
            Ok((trained.best_iteration, forest.ok_or(LearnError::NoFeatures)?))
        };
        let found: Vec<Result<(usize, Forest), LearnError>> =
            split(recipe.views.len(), recipe.boost.threads, &of_one, told);
        let found = found.into_iter().collect::<Result<Vec<_>, _>>()?;
        let (trees, forests): (Vec<usize>, Vec<Forest>) = found.into_iter().unzip();
        let mut forest = Forest::average(&forests).ok_or(LearnError::NoRows)?;
        if let Some(beside) = recipe.line {
            let line = self.line_over(beside, recipe.boost.loss, &data)?;
            let [of_trees, of_line] = beside.shares();
            forest = Forest::mixed(&[(&forest, of_trees), (&line, of_line)]).ok_or(LearnError::NoFeatures)?;
        }
        Ok(data.learnt(forest, trees))
    }

    /// The line of a recipe that has one, alone.
    pub(super) fn line(&self, recipe: &Recipe, inside: &[usize]) -> Result<Learnt, LearnError> {
        let beside = recipe.line.ok_or(LearnError::NoFeatures)?;
        let data = self.prepare(recipe, inside)?;
        let line = self.line_over(beside, recipe.boost.loss, &data)?;
        Ok(data.learnt(line, Vec::new()).rounded())
    }

    fn line_over(&self, beside: Beside, loss: Loss, data: &Prepared) -> Result<Forest, LearnError> {
        line(
            (&data.matrix, &data.ordered),
            beside
                .from
                .and_then(|from| data.columns.iter().position(|c| *c == from)),
            (&data.sample.labels, &data.sample.weights),
            loss,
            &self.directions(&data.columns),
        )
    }

    /// The matrix of `columns` for rows that were not trained on.
    pub(super) fn seen(&self, columns: &[usize], encodings: &[Option<Encoding>], rows: &[usize]) -> Matrix {
        let mut matrix = self.matrix.select(rows, columns);
        for (place, encoding) in encodings.iter().enumerate() {
            if let (Some(encoding), Some(all)) = (encoding, self.combinations.get(&columns[place])) {
                let column = rows.iter().map(|&row| encoding.value(all[row])).collect();
                let replaced = matrix.replace_column(place, column);
                debug_assert!(replaced.is_ok(), "one value per row");
            }
        }
        matrix
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::data::{Database, SourceFile, read};
    use crate::learn::draw::Draws;
    use crate::learn::recipe::LINE;
    use crate::learn::search::means;
    use crate::learn::train::{Progress, TrainOptions};
    use crate::query::{Mode, Task, bind};
    use std::fmt::Write;

    pub(in crate::learn) struct Silent;

    impl Progress for Silent {
        fn stage(&mut self, _: &str, _: usize, _: usize) {}
        fn note(&mut self, _: String) {}
    }

    /// Four hundred orders, one an hour, of which the heavy ones from some places are late.
    pub(in crate::learn) fn orders() -> Training {
        let mut lines = "order_id,placed_at,place,weight,late_at\n".to_owned();
        let draw = |stream: u64, k: u64| Draws::new(3).stream(stream).uniform(k);
        let moment = |hour: u64| format!("2026-03-{:02}T{:02}:00:00Z", 1 + hour / 24, hour % 24);
        for k in 0..400 {
            let (place, weight) = ((draw(1, k) * 5.0) as u32, draw(2, k));
            let late = draw(3, k) < 0.1 + weight * f64::from(place) / 6.0;
            let late_at = if late { moment(k + 1) } else { String::new() };
            writeln!(lines, "O{k},{},P{place},{weight:.3},{late_at}", moment(k)).unwrap();
        }
        let query = "PREDICT BOOL(orders.late_at, 0, 2, hours) FOR EACH orders.order_id";
        gathered(vec![("orders.csv", lines)], query).2
    }

    /// Forty places of five kinds, which have no time of their own, asked about each day of a month.
    pub(in crate::learn) fn places() -> (Database, Task, Training) {
        let draw = |stream: u64, k: u64| Draws::new(5).stream(stream).uniform(k);
        let (mut places, mut orders) = ("place_id,kind\n".to_owned(), "order_id,place_id,placed_at\n".to_owned());
        for place in 0..40 {
            writeln!(places, "P{place},K{}", place % 5).unwrap();
            for day in 0..30 {
                if draw(place, day) < 0.2 + 0.1 * (place % 5) as f64 {
                    writeln!(orders, "O{place}-{day},P{place},2026-03-{:02}T09:00:00Z", day + 1).unwrap();
                }
            }
        }
        gathered(
            vec![("places.csv", places), ("orders.csv", orders)],
            "PREDICT COUNT(orders.*, 0, 1, days) > 0 FOR EACH places.place_id",
        )
    }

    fn gathered(tables: Vec<(&str, String)>, query: &str) -> (Database, Task, Training) {
        let file = |(name, lines): (&str, String)| SourceFile {
            name: name.to_owned(),
            bytes: lines.into_bytes(),
        };
        let database = read(tables.into_iter().map(file).collect(), None).unwrap().database;
        let task = bind(query, &database.schema, Mode::Extended).unwrap();
        let until = database.latest().unwrap();
        let data = Training::gather(&database, &task, until, &TrainOptions::default(), &mut Silent).unwrap();
        (database, task, data)
    }

    #[test]
    fn of_what_is_asked_about_again_and_again_no_later_answer_speaks() {
        let (_, _, data) = places();
        let mut columns: Vec<usize> = data.combinations.keys().copied().collect();
        columns.sort_unstable();
        let rows: Vec<usize> = (0..data.inside).collect();
        let moment = |row: usize| data.rows[row].asker.asked;
        let told = |labels: &[f32]| {
            let (_, ordered, _) = data.prepared(&columns, &rows, labels, &vec![1.0; rows.len()], 1);
            assert!(!ordered.columns.is_empty() && !ordered.versions.is_empty());
            ordered.versions.concat()
        };
        let labels = data.labels_of(&rows);
        // One late yes and one late no change places, so that the mean of all stays.
        let latter = rows.len() * 2 / 3;
        let place = |label: f32| {
            latter
                + labels[latter..]
                    .iter()
                    .position(|l| l.to_bits() == label.to_bits())
                    .unwrap()
        };
        let turned = [place(0.0), place(1.0)];
        let mut otherwise = labels.clone();
        turned.iter().for_each(|&row| otherwise[row] = 1.0 - otherwise[row]);
        let first = turned.map(moment).into_iter().min().unwrap();
        let (before, after) = (told(&labels), told(&otherwise));
        let mut changed = 0;
        for (before, after) in before.iter().zip(&after) {
            for (row, (before, after)) in before.iter().zip(after).enumerate() {
                let same = before.to_bits() == after.to_bits();
                assert!(same || moment(row) > first, "row {row}: {before} {after}");
                changed += usize::from(!same);
            }
        }
        assert!(changed > 0);
    }

    #[test]
    fn a_line_beside_the_trees_has_its_share_of_the_score() {
        let data = orders();
        let trees = Recipe {
            views: vec![data.all_columns()],
            boost: BoostOptions {
                iterations: 30,
                ..BoostOptions::default()
            },
            beyond: (0, 0.0),
            oldest: 1.0,
            line: None,
        };
        let both = Recipe {
            line: Some(Beside {
                from: data.alike_column(),
                slope: 1.3,
            }),
            ..trees.clone()
        };
        let rows: Vec<usize> = (0..data.inside).collect();
        let raw = |learnt: Learnt| {
            learnt
                .forest
                .raw_all(&data.seen(&learnt.columns, &learnt.encodings, &rows))
        };
        let fitted = |recipe: &Recipe| raw(data.forest(recipe, &rows, Length::Of(&[30]), &mut |_, _| {}).unwrap());
        let line = raw(data.line(&both, &rows).unwrap());
        for ((trees, line), both) in fitted(&trees).iter().zip(&line).zip(fitted(&both)) {
            let wanted = (1.0 - LINE) * 1.3 * trees + LINE * line;
            assert!((wanted - both).abs() < 1e-5, "{wanted} {both}");
        }
        assert!(
            data.alike_column()
                .is_some_and(|c| both.columns().contains(&c) && !trees.columns()[..1].contains(&c))
        );
    }

    #[test]
    fn an_average_answers_the_mean_of_its_parts_whatever_each_learns_from() {
        let data = orders();
        let columns = data.all_columns();
        let one = |seed: u64, views: &[&[usize]], oldest: f64| Recipe {
            views: views.iter().map(|view| view.to_vec()).collect(),
            boost: BoostOptions {
                iterations: 30,
                column_share: 0.5,
                seed,
                ..BoostOptions::default()
            },
            beyond: (0, 0.0),
            oldest,
            line: None,
        };
        let first = &columns[1..];
        let recipes = [
            one(11, &[&columns], 1.0),
            one(12, &[&columns], 1.0),
            one(13, &[first, &columns[..2]], 0.1),
        ];
        let encoded = columns.iter().filter(|c| data.combinations.contains_key(c)).count();
        assert!(encoded > 0);
        let (earlier, later): (Vec<usize>, Vec<usize>) = (0..data.inside).partition(|&row| row < data.split());
        let raw = |learnt: &Learnt| {
            learnt
                .forest
                .raw_all(&data.seen(&learnt.columns, &learnt.encodings, &later))
        };
        let alone: Vec<Learnt> = recipes
            .iter()
            .map(|recipe| data.forest(recipe, &earlier, Length::JudgedOn(&later), &mut |_, _| {}))
            .collect::<Result<_, _>>()
            .unwrap();
        let parts = recipes.map(|recipe| Part {
            recipe,
            lengths: Vec::new(),
        });
        let together = data.average(&parts, &earlier, Some(&later), 2, &mut |_, _| {}).unwrap();
        // The third weighs examples otherwise, and so has other statistics of what is encoded.
        assert_eq!(together.columns.len(), columns.len() + encoded);
        let trees: Vec<usize> = alone.iter().flat_map(|one| one.trees.clone()).collect();
        assert_eq!((together.trees.len(), &together.trees), (4, &trees));
        let raws: Vec<Vec<f64>> = alone.iter().map(raw).collect();
        let raws: Vec<&[f64]> = raws.iter().map(Vec::as_slice).collect();
        for (mean, averaged) in means(&raws).iter().zip(raw(&together)) {
            assert!((mean - averaged).abs() < 1e-5, "{mean} {averaged}");
        }
        for (a, b) in [(0, 1), (0, 2)] {
            assert!(raws[a].iter().zip(raws[b]).any(|(a, b)| (a - b).abs() > 1e-3));
        }
    }
}
