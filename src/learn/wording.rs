//! Text as a column: what the words add to what the entity's own columns say. A model of words alone repeats the columns
//! (a ticket about an API names the API), and what only the words tell drowns in it; so it is fitted on top of the log-odds
//! that the columns give. Each slice of time is scored by a model of the slices before it, so that the forest learns what
//! the score is worth on rows that the model of words has not seen.

use super::boost::{BoostOptions, SplitScore, boost_ordered};
use super::error::LearnError;
use super::example::Example;
use super::fit::MANY;
use super::loss::{Loss, logit};
use super::objective::mean;
use super::search::WORTH;
use super::text::{TextModel, TextOptions, read};
use super::train::{Progress, TrainOptions, Training};
use crate::data::table::Cell;
use crate::data::{ColumnId, Database, TableId, Timestamp};
use crate::parallel::{cores, each};
use crate::relate::view::Asker;

/// Slices of time for out-of-time text scores.
const SLICES: usize = 5;
/// How weights may be held back: L1 in standard errors, L2 in rows.
const STRENGTHS: [(f64, f64); 5] = [(0.0, 10.0), (0.0, 40.0), (1.0, 1.0), (2.0, 1.0), (3.0, 1.0)];
/// Columns beyond the entity's own that are heeded before the words.
const TELLING: usize = 40;
/// They are looked for on so many rows at most.
const SCREENED: usize = 5_000;
/// With fewer rows than this columns are not asked: every row has the mean.
const FEWEST: usize = 50;

/// The text scores of askers by one model.
#[must_use]
pub fn text_scores(
    model: &TextModel,
    database: &Database,
    entity: TableId,
    columns: &[ColumnId],
    askers: &[Asker],
) -> Vec<f32> {
    let score = |&asker: &Asker| model.score(&texts(database, entity, columns, asker));
    askers.iter().map(score).collect()
}

/// The texts of one asker, as they were written.
pub(super) fn texts<'a>(
    database: &'a Database,
    entity: TableId,
    columns: &[ColumnId],
    asker: Asker,
) -> Vec<Option<&'a str>> {
    let of = |&column: &ColumnId| match database.table(entity).column(column).cell(asker.row.index()) {
        Cell::Text(text) => Some(text),
        _ => None,
    };
    columns.iter().map(of).collect()
}

/// Rows that are scored by one model of words, and the moment that it may know.
struct Slice {
    begins: Timestamp,
    rows: Vec<usize>,
}

/// Those of some rows whose answers were known by a moment.
fn known_by(rows: &[Example], some: &[usize], moment: Timestamp) -> Vec<usize> {
    some.iter()
        .copied()
        .filter(|&row| rows[row].closed_at <= moment)
        .collect()
}

/// The rows of earlier slices whose answers were known when this one began.
fn known_before(rows: &[Example], slices: &[Slice], slice: usize) -> Vec<usize> {
    let earlier: Vec<usize> = slices[..slice].iter().flat_map(|s| &s.rows).copied().collect();
    known_by(rows, &earlier, slices[slice].begins)
}

/// The scores of a slice by a model of the ones before it; or, at last, the model of everything.
type Read = (Option<Vec<f32>>, Option<TextModel>);

/// What models of words are fitted on.
struct Reading<'a> {
    database: &'a Database,
    entity: TableId,
    columns: &'a [ColumnId],
    rows: &'a [Example],
    /// Labels in `[0, 1]`.
    classes: &'a [f32],
    slices: &'a [Slice],
    /// The words of every row.
    words: Words,
}

/// Every row's buckets.
type Words = Vec<Option<Vec<u32>>>;

impl Training {
    /// Fills the text column, and keeps the model of everything.
    pub(super) fn read_text(
        &mut self,
        database: &Database,
        entity: TableId,
        options: &TrainOptions,
        progress: &mut dyn Progress,
    ) -> Result<(), LearnError> {
        let Some((place, columns)) = self.set.text() else {
            return Ok(());
        };
        let classes = self.objective.as_classes(&self.labels);
        let slices = self.slices(database, entity);
        let offsets = self.without_words(place, &classes, &slices, options, progress)?;
        let reading = self.reading(database, entity, columns, &classes, &slices);
        let (column, model) = reading.out_of_time(&offsets, progress)?;
        self.matrix.replace_column(place, column)?;
        self.text = model;
        Ok(())
    }

    /// The words alone, whatever the columns say: the score of every row by a model of earlier ones, and the model of
    /// everything; `None` where there is no text.
    ///
    /// # Errors
    /// Never for labels that the objective has checked.
    pub fn words_alone(
        &self,
        database: &Database,
        entity: TableId,
        progress: &mut dyn Progress,
    ) -> Result<Option<(Vec<f32>, TextModel)>, LearnError> {
        let Some((_, columns)) = self.set.text() else {
            return Ok(None);
        };
        let classes = self.objective.as_classes(&self.labels);
        let slices = self.slices(database, entity);
        let reading = self.reading(database, entity, columns, &classes, &slices);
        let (column, model) = reading.out_of_time(&[], progress)?;
        Ok(model.map(|model| (column, model)))
    }

    fn reading<'a>(
        &'a self,
        database: &'a Database,
        entity: TableId,
        columns: &'a [ColumnId],
        classes: &'a [f32],
        slices: &'a [Slice],
    ) -> Reading<'a> {
        let mut reading = Reading {
            database,
            entity,
            columns,
            rows: &self.rows,
            classes,
            slices,
            words: Vec::new(),
        };
        reading.words = reading.read(false);
        reading
    }

    /// The rows in slices by the entities' own times, so that no age of one is read by a model that saw another age of it.
    fn slices(&self, database: &Database, entity: TableId) -> Vec<Slice> {
        let written = |place: usize| {
            let asker = self.rows[place].asker;
            database.row_time(entity, asker.row).unwrap_or(asker.anchor)
        };
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_by_key(|&place| written(place));
        let slice = |rows: &[usize]| Slice {
            begins: rows.first().map_or(Timestamp::MIN, |&first| written(first)),
            rows: rows.to_vec(),
        };
        // The first is halved: none of its rows has a score, and the fewer they are the better.
        let length = self.rows.len().div_ceil(SLICES).max(2);
        let (first, later) = order.split_at(order.len().min(length));
        let halves = first.chunks(length.div_ceil(2));
        halves.chain(later.chunks(length)).map(slice).collect()
    }

    /// For each row the log-odds that everything but the words gives it: the entity's own columns, and those that tell
    /// most on the earliest rows where these do better on the latest.
    fn without_words(
        &self,
        text: usize,
        classes: &[f32],
        slices: &[Slice],
        options: &TrainOptions,
        progress: &mut dyn Progress,
    ) -> Result<Vec<f32>, LearnError> {
        let mut columns = self.own_columns();
        columns.retain(|&column| column != text);
        let earliest: Vec<usize> = slices.iter().take(3).flat_map(|s| &s.rows).copied().collect();
        let mut others = self.all_columns();
        others.retain(|column| *column != text && !columns.contains(column));
        let own = |progress: &mut dyn Progress| self.by_columns(&columns, classes, slices, options, progress);
        let (Some(latest), false) = (slices.last(), others.is_empty() || earliest.len() < FEWEST) else {
            return own(progress);
        };
        let recent = &earliest[earliest.len().saturating_sub(SCREENED)..];
        let telling = self.screen(&others, recent, 1, SplitScore::Cosine, options, progress)?;
        let wide: Vec<usize> = columns
            .iter()
            .copied()
            .chain(telling.into_iter().take(TELLING))
            .collect();
        let wider = self.by_columns(&wide, classes, slices, options, progress)?;
        // Of many rows more columns can be heeded without looking.
        if self.inside > MANY {
            return Ok(wider);
        }
        let own = own(progress)?;
        let loss = |offsets: &[f32]| -> f64 {
            let of = |&row: &usize| Loss::Logloss.of(f64::from(offsets[row]), f64::from(classes[row]));
            latest.rows.iter().map(of).sum()
        };
        Ok(if loss(&wider) < loss(&own) { wider } else { own })
    }

    /// For each row the log-odds that these columns give it, by a forest that knows no answer but earlier slices'; the rows
    /// of the first slice by forests of one another's halves, since no model of words scores them.
    fn by_columns(
        &self,
        columns: &[usize],
        classes: &[f32],
        slices: &[Slice],
        options: &TrainOptions,
        progress: &mut dyn Progress,
    ) -> Result<Vec<f32>, LearnError> {
        let mut parts: Vec<(Vec<usize>, &[usize])> = Vec::new();
        for (k, slice) in slices.iter().enumerate() {
            if k > 0 {
                parts.push((known_before(&self.rows, slices, k), &slice.rows));
                continue;
            }
            let halves = slice.rows.split_at(slice.rows.len() / 2);
            let next = slices.get(1).map_or(slice.begins, |next| next.begins);
            parts.push((known_by(&self.rows, halves.1, next), halves.0));
            parts.push((known_by(&self.rows, halves.0, next), halves.1));
        }
        let of_one = |part: usize| self.answered(columns, classes, &parts[part].0, parts[part].1, options);
        let told = &mut |done, total| progress.stage("what the columns say before the words", done, total);
        let mut offsets = vec![0.0; self.rows.len()];
        for ((_, asked), answers) in parts.iter().zip(each(parts.len(), options.threads, &of_one, told)) {
            for (&row, answer) in asked.iter().zip(answers?) {
                offsets[row] = answer;
            }
        }
        Ok(offsets)
    }

    /// The log-odds that a small forest of some rows gives others.
    #[allow(clippy::cast_possible_truncation)]
    fn answered(
        &self,
        columns: &[usize],
        classes: &[f32],
        seen: &[usize],
        asked: &[usize],
        options: &TrainOptions,
    ) -> Result<Vec<f32>, LearnError> {
        let labels: Vec<f32> = seen.iter().map(|&row| classes[row]).collect();
        if seen.len() < FEWEST || columns.is_empty() {
            let share = if labels.is_empty() { 0.5 } else { mean(&labels) };
            return Ok(vec![logit(share.clamp(0.01, 0.99)) as f32; asked.len()]);
        }
        let small = BoostOptions {
            iterations: 60,
            learning_rate: Some(0.15),
            depth: 4,
            column_share: 0.5,
            max_bins: 64,
            loss: Loss::Logloss,
            patience: None,
            seed: options.seed,
            threads: 1,
            ..BoostOptions::default()
        };
        let (matrix, ordered, encodings) = self.prepared(columns, seen, &labels, &vec![1.0; seen.len()], options.seed);
        let trained = boost_ordered(&matrix, &ordered, &labels, None, None, &small, &mut |_, _| {})?;
        let raw = trained.forest.raw_all(&self.seen(columns, &encodings, asked));
        Ok(raw.into_iter().map(|r| r as f32).collect())
    }
}

impl Reading<'_> {
    /// The score of every row by a model of the slices before its own, and the model of everything; both on top of
    /// `offsets`, if there are any. Rows of the first slice have no score.
    fn out_of_time(
        &self,
        offsets: &[f32],
        progress: &mut dyn Progress,
    ) -> Result<(Vec<f32>, Option<TextModel>), LearnError> {
        let options = self.choose(offsets, progress)?;
        let parts = options.characters.then(|| self.read(true));
        let words = parts.as_ref().unwrap_or(&self.words);
        let models = self.slices.len() + 1;
        let of_one = |place: usize| match self.slices.get(place) {
            Some(slice) => {
                let model = self.fit(words, &known_before(self.rows, self.slices, place), offsets, &options)?;
                let score = |model: &TextModel, row: usize| model.score_read(words[row].as_deref());
                let scores = model.map(|model| slice.rows.iter().map(|&row| score(&model, row)).collect());
                Ok((scores, None))
            }
            None => {
                let all: Vec<usize> = (0..self.rows.len()).collect();
                Ok((None, self.fit(words, &all, offsets, &options)?))
            }
        };
        let told = &mut |done, total| progress.stage("reading text", done, total);
        let found: Vec<Result<Read, LearnError>> = each(models, cores(), &of_one, told);
        let mut column = vec![f32::NAN; self.rows.len()];
        let mut model = None;
        for (place, found) in found.into_iter().enumerate() {
            let (scores, whole) = found?;
            model = whole;
            let slice = self.slices.get(place).map_or(&[][..], |slice| &slice.rows);
            for (&row, score) in slice.iter().zip(scores.unwrap_or_default()) {
                column[row] = score;
            }
        }
        Ok((column, model))
    }

    /// How strongly weights are held back, and whether parts of words are read too: what did best on the latest slice.
    fn choose(&self, offsets: &[f32], progress: &mut dyn Progress) -> Result<TextOptions, LearnError> {
        let Some(last) = self.slices.len().checked_sub(1).filter(|&last| last > 0) else {
            return Ok(TextOptions::default());
        };
        let known = known_before(self.rows, self.slices, last);
        let tried = |words: &Words, options: &TextOptions| -> Result<Option<f64>, LearnError> {
            let model = self.fit(words, &known, offsets, options)?;
            Ok(model.map(|model| self.loss(&model, words, &self.slices[last].rows, offsets)))
        };
        let ways = STRENGTHS.map(|(l1, l2)| TextOptions {
            l1,
            l2,
            ..TextOptions::default()
        });
        let told = &mut |done, total| progress.stage("how strongly words are held back", done, total);
        let losses = each(ways.len(), cores(), &|way| tried(&self.words, &ways[way]), told);
        let mut best: Option<(f64, TextOptions)> = None;
        for (options, loss) in ways.into_iter().zip(losses) {
            if let Some(loss) = loss?
                && best.as_ref().is_none_or(|(lowest, _)| loss < *lowest)
            {
                best = Some((loss, options));
            }
        }
        if let Some((lowest, options)) = &best {
            let parts = TextOptions {
                characters: true,
                ..options.clone()
            };
            // Parts of words cost more, here and in the page.
            if let Some(loss) = tried(&self.read(true), &parts)?
                && loss < lowest * (1.0 - WORTH)
            {
                best = Some((loss, parts));
            }
        }
        if let Some((loss, options)) = &best {
            progress.note(format!(
                "{} read with l1 {}, l2 {}: log-loss {loss:.4} on the latest slice{}",
                if options.characters {
                    "words and parts of words"
                } else {
                    "words"
                },
                options.l1,
                options.l2,
                if offsets.is_empty() {
                    ""
                } else {
                    ", on top of the columns"
                }
            ));
        }
        Ok(best.map(|(_, options)| options).unwrap_or_default())
    }

    /// The mean log-loss of a model of words on rows, on top of what they have already.
    #[allow(clippy::cast_precision_loss)]
    fn loss(&self, model: &TextModel, words: &Words, rows: &[usize], offsets: &[f32]) -> f64 {
        let of = |row: usize| {
            let score = model.score_read(words[row].as_deref());
            let words = if score.is_nan() { 0.0 } else { f64::from(score) };
            let score = words + f64::from(offsets.get(row).copied().unwrap_or(0.0));
            Loss::Logloss.of(score, f64::from(self.classes[row]))
        };
        rows.iter().map(|&row| of(row)).sum::<f64>() / rows.len().max(1) as f64
    }

    /// A model of these rows' words; `None` where none of them has text.
    fn fit(
        &self,
        words: &Words,
        rows: &[usize],
        offsets: &[f32],
        options: &TextOptions,
    ) -> Result<Option<TextModel>, LearnError> {
        let words: Vec<Option<&[u32]>> = rows.iter().map(|&row| words[row].as_deref()).collect();
        if words.iter().all(Option::is_none) {
            return Ok(None);
        }
        let classes: Vec<f32> = rows.iter().map(|&row| self.classes[row]).collect();
        let offsets: Vec<f32> = rows.iter().filter_map(|&row| offsets.get(row).copied()).collect();
        let offsets = Some(offsets.as_slice()).filter(|known| !known.is_empty());
        TextModel::fit_read(&words, &classes, offsets, options).map(Some)
    }

    /// The words of every row, with or without their parts.
    fn read(&self, characters: bool) -> Words {
        let one = |row: usize| {
            read(
                &texts(self.database, self.entity, self.columns, self.rows[row].asker),
                characters,
            )
        };
        each(self.rows.len(), cores(), &one, &mut |_, _| {})
    }
}
