//! Feature rows for (entity, moment). One [`Relations`] holds the series that a [`FeatureSet`] looks into, whether they were
//! built from a whole history or resumed from a bundle's totals and tail, and answers both in the same way.

use super::feature::{Calendar, Feature, FeatureSet, Function, Lookup, Reading, matched};
use super::key::Key;
use super::path::{ColumnPath, Ways};
use super::series::{KeyValue, RunView, Series, SettledLabel, Source};
use super::waiting::Waiting;
use crate::data::table::Cell;
use crate::data::{ColumnType, Database, RowId, Symbol, TableId, Timestamp};
use crate::parallel::{cores, each};

/// Who is asked about, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asker {
    /// The entity's row, whose own cells count as its attributes.
    pub row: RowId,
    /// The moment as of which everything is read.
    pub anchor: Timestamp,
    /// The moment of the question, whose place in the calendar counts; later than `anchor` where the tables end before it.
    pub asked: Timestamp,
    /// The row that stands for the entity in the series, left out of aggregates over its siblings; usually `row`.
    pub known_as: RowId,
}

impl Asker {
    /// A row of the database asked about at a moment.
    #[must_use]
    pub fn new(row: RowId, anchor: Timestamp) -> Self {
        Self {
            row,
            anchor,
            asked: anchor,
            known_as: row,
        }
    }

    /// The same question, answered from what was known at `moment`.
    #[must_use]
    pub fn known_from(self, moment: Timestamp) -> Self {
        Self {
            anchor: moment.min(self.asked),
            ..self
        }
    }
}

/// The series behind a feature set.
#[derive(Clone, Debug, PartialEq)]
pub struct Relations {
    entity: TableId,
    set: FeatureSet,
    series: Vec<Series>,
    lookups: Vec<Lookup>,
    waiting: Waiting,
}

/// What a lookup finds.
#[derive(Clone)]
pub(super) enum Found<'a> {
    /// A part of the key is NULL or not visible.
    NoKey,
    /// The key has no events.
    Nothing,
    /// The key's events.
    Events(RunView<'a>),
}

impl Relations {
    /// Builds every series from the whole history.
    #[must_use]
    pub fn build(
        database: &Database,
        entity: TableId,
        set: FeatureSet,
        labels: &[SettledLabel],
        progress: &mut dyn FnMut(usize, usize),
    ) -> Self {
        let paths = set.series.iter().flat_map(|spec| {
            let table = spec.table(entity);
            spec.paths().map(move |path| (table, path))
        });
        let ways = Ways::follow(database, paths);
        let build =
            |place: usize| Series::build_along(set.series[place].clone(), database, entity, labels, Some(&ways));
        let series = each(set.series.len(), cores(), &build, progress);
        Self::from_series(entity, set, series)
    }

    /// Takes series that stand for `set.series`, in the same order.
    #[must_use]
    pub fn from_series(entity: TableId, set: FeatureSet, series: Vec<Series>) -> Self {
        let mut lookups: Vec<_> = set.features.iter().flat_map(Feature::lookups).collect();
        lookups.sort_unstable();
        lookups.dedup();
        Self {
            entity,
            set,
            series,
            lookups,
            waiting: Waiting::default(),
        }
    }

    /// The features computed.
    #[must_use]
    pub fn set(&self) -> &FeatureSet {
        &self.set
    }

    /// The series, in the order of the set.
    #[must_use]
    pub fn series(&self) -> &[Series] {
        &self.series
    }

    pub(super) fn series_mut(&mut self) -> &mut [Series] {
        &mut self.series
    }

    /// The entity's table.
    #[must_use]
    pub fn entity(&self) -> TableId {
        self.entity
    }

    /// Remembers which rows of `database` speak of rows that are not there, so that [`Relations::insert`] can let them count
    /// when those come. `labels` are the answers that the series hold.
    pub fn await_links(&mut self, database: &Database, labels: &[SettledLabel]) {
        self.waiting = Waiting::find(database, self.entity, &self.series, labels);
    }

    /// Rows that speak of rows that are not there; one may occur more than once.
    pub fn waiting(&self) -> impl Iterator<Item = (TableId, RowId)> + '_ {
        self.waiting.rows()
    }

    /// Adds a live row of `table` to every series it belongs to, and the rows that came before it and speak of it.
    pub fn insert(&mut self, database: &Database, table: TableId, row: RowId) {
        for series in self.series.iter_mut().filter(|s| s.spec.source == Source::Table(table)) {
            series.insert(database, self.entity, row, None);
        }
        self.waiting.note(database, table, row);
        let Some(key) = database
            .schema
            .table(table)
            .key
            .map(|c| database.table(table).symbol(c, row))
        else {
            return;
        };
        if database.row_of_key(table, key) != Some(row) {
            return;
        }
        for (source, waited) in self.waiting.take(table, key) {
            // What depends on this row was no event before; everything else is one already.
            let affected = |series: &&mut Series| {
                series.spec.starts_at(self.entity, source)
                    && series.spec.passes(database, self.entity, waited, (table, row))
            };
            for series in self.series.iter_mut().filter(affected) {
                if series.spec.source == Source::Table(source) {
                    series.insert(database, self.entity, waited, None);
                } else {
                    for label in self.waiting.labels(waited) {
                        series.insert(database, self.entity, waited, Some(label));
                    }
                }
            }
            self.waiting.note(database, source, waited);
        }
    }

    /// The features of an entity at a moment, in the order of the set; NaN for what is not known (text scores always).
    #[must_use]
    pub fn row(&self, database: &Database, asker: Asker) -> Vec<f32> {
        let keys: Vec<_> = self
            .set
            .keys
            .iter()
            .map(|key| self.key_value(database, key, asker))
            .collect();
        let found: Vec<_> = self
            .lookups
            .iter()
            .map(|l| self.find(database, *l, &keys, asker))
            .collect();
        let at = |lookup: &Lookup| match self.lookups.binary_search(lookup) {
            Ok(place) => &found[place],
            Err(_) => &Found::NoKey,
        };
        #[allow(clippy::cast_possible_truncation)]
        self.set
            .features
            .iter()
            .map(|feature| self.value(database, feature, asker, &at) as f32)
            .collect()
    }

    /// The events behind a lookup for an asker, for showing what a feature rests on.
    #[must_use]
    pub fn events<'a>(&'a self, database: &Database, lookup: Lookup, asker: Asker) -> Option<RunView<'a>> {
        let key = self.key_value(database, self.set.keys.get(lookup.key)?, asker)?;
        match self.find_key(database, lookup.series, Some(key), asker) {
            Found::Events(view) => Some(view),
            _ => None,
        }
    }

    /// What an asker is looked up under; `None` where a part of it is not known.
    pub(crate) fn key_value(&self, database: &Database, key: &Key, asker: Asker) -> Option<KeyValue> {
        let paths = match key {
            Key::Cells(paths) => paths,
            Key::Latest(events) => {
                let under = self.set.keys.get(events.key).filter(|key| key.cells().is_some())?;
                let under = self.key_value(database, under, asker)?;
                return match self.find_key(database, events.series, Some(under), asker) {
                    Found::Events(view) => Some((view.last_category()?, Symbol::NULL)),
                    _ => None,
                };
            }
        };
        let mut key = [Symbol::NULL; 2];
        for (part, path) in key.iter_mut().zip(paths) {
            *part = path.symbol_as_of(database, self.entity, asker.row, asker.anchor);
            if part.is_null() {
                return None;
            }
        }
        Some((key[0], key[1]))
    }

    fn find(&self, database: &Database, lookup: Lookup, keys: &[Option<KeyValue>], asker: Asker) -> Found<'_> {
        self.find_key(database, lookup.series, keys.get(lookup.key).copied().flatten(), asker)
    }

    fn find_key(&self, database: &Database, series: usize, key: Option<KeyValue>, asker: Asker) -> Found<'_> {
        let (Some(series), Some(key)) = (self.series.get(series), key) else {
            return Found::NoKey;
        };
        series
            .sweep(database, self.entity)
            .view(key, asker.anchor, asker.known_as)
            .map_or(Found::Nothing, Found::Events)
    }

    /// A feature's value, given what its lookups find.
    pub(super) fn value<'a, 'f: 'a>(
        &self,
        database: &Database,
        feature: &Feature,
        asker: Asker,
        at: &dyn Fn(&Lookup) -> &'a Found<'f>,
    ) -> f64 {
        let aggregate = |found: &Found<'_>, function, after| aggregate(found, function, asker.anchor, after);
        match feature {
            Feature::Column { path, reading } => self.column(database, path, *reading, asker),
            Feature::Aggregate {
                lookup,
                function,
                window,
            } => aggregate(at(lookup), *function, window.map(|w| asker.anchor - w)),
            Feature::Share { part, whole, window } => {
                let after = window.map(|w| asker.anchor - w);
                let whole = aggregate(at(whole), Function::Count, after);
                if whole > 0.0 {
                    aggregate(at(part), Function::Count, after) / whole
                } else {
                    f64::NAN
                }
            }
            Feature::Ratio { part, whole, window } => {
                let sum = |lookup| aggregate(at(lookup), Function::Sum, window.map(|w| asker.anchor - w));
                let whole = sum(whole);
                if whole > 0.0 { sum(part) / whole } else { f64::NAN }
            }
            Feature::Rate {
                level,
                parents,
                overall,
                window,
                weight,
            } => {
                let Found::Events(all) = at(overall) else {
                    return f64::NAN;
                };
                let (n, sum) = (all.count(None), all.sum(None));
                if n <= 0.0 {
                    return f64::NAN;
                }
                let overall = sum / n;
                #[allow(clippy::cast_precision_loss)]
                let prior = match parents.as_slice() {
                    [] => overall,
                    parents => {
                        parents
                            .iter()
                            .map(|p| shrunk(at(p), None, overall, *weight))
                            .sum::<f64>()
                            / parents.len() as f64
                    }
                };
                shrunk(at(level), window.map(|w| asker.anchor - w), prior, *weight)
            }
            Feature::Open { begun, ended } => {
                let count = |l| aggregate(at(l), Function::Count, None);
                count(begun) - count(ended)
            }
            Feature::Through { first, window, then } => match at(first) {
                Found::Events(view) => view
                    .categories(asker.anchor - *window)
                    .into_iter()
                    .filter_map(
                        |c| match self.find_key(database, *then, Some((c, Symbol::NULL)), asker) {
                            Found::Events(next) => next.last().map(|(moment, _)| (asker.anchor - moment).as_hours()),
                            _ => None,
                        },
                    )
                    .fold(f64::NAN, f64::min),
                _ => f64::NAN,
            },
            Feature::Matched {
                by,
                cases,
                function,
                window,
            } => matched(by, cases, database, self.entity, asker).map_or(f64::NAN, |lookup| {
                let after = window.map(|w| asker.anchor - w);
                aggregate(at(&lookup), *function, after)
            }),
            Feature::Calendar(part) => calendar(*part, asker.asked),
            Feature::Text { .. } | Feature::Encoded { .. } | Feature::Alike { .. } => f64::NAN,
        }
    }

    fn column(&self, database: &Database, path: &ColumnPath, reading: Reading, asker: Asker) -> f64 {
        match (path.cell_as_of(database, self.entity, asker.row, asker.anchor), reading) {
            (Cell::Number(number), Reading::Number) => number,
            (Cell::Time(moment), Reading::Age) => (asker.anchor - moment).as_hours(),
            (Cell::Number(year), Reading::Age) => {
                Timestamp::of_year(year).map_or(f64::NAN, |begun| (asker.anchor - begun).as_hours())
            }
            (Cell::Symbol(symbol), Reading::Rank) => {
                let order = path.schema(&database.schema, self.entity).map(|c| &c.kind);
                match (order, database.symbols.text(symbol)) {
                    (Some(ColumnType::Ordered { order }), Some(text)) => rank(order, text),
                    _ => f64::NAN,
                }
            }
            _ => f64::NAN,
        }
    }
}

#[allow(clippy::cast_precision_loss)]
fn rank(order: &[String], text: &str) -> f64 {
    order
        .iter()
        .position(|o| o == text)
        .map_or(f64::NAN, |place| place as f64)
}

fn shrunk(found: &Found<'_>, after: Option<Timestamp>, prior: f64, weight: f64) -> f64 {
    match found {
        Found::Events(view) if view.count(after) > 0.0 => {
            (view.sum(after) + weight * prior) / (view.count(after) + weight)
        }
        _ => prior,
    }
}

fn aggregate(found: &Found<'_>, function: Function, anchor: Timestamp, after: Option<Timestamp>) -> f64 {
    let view = match found {
        Found::NoKey => return f64::NAN,
        Found::Nothing => {
            return if matches!(function, Function::Count | Function::Sum | Function::Distinct) {
                0.0
            } else {
                f64::NAN
            };
        }
        Found::Events(view) => view,
    };
    let start = after.unwrap_or(Timestamp::MIN);
    match function {
        Function::Count => view.count(after),
        Function::Sum => view.sum(after),
        Function::Mean => {
            let n = view.count(after);
            if n > 0.0 { view.sum(after) / n } else { f64::NAN }
        }
        Function::Min => view.extremes(start).map_or(f64::NAN, |e| e.0),
        Function::Max => view.extremes(start).map_or(f64::NAN, |e| e.1),
        Function::Last => view.last().map_or(f64::NAN, |(_, value)| value),
        Function::Change => match (view.last(), view.last_before(start)) {
            (Some((_, now)), Some(before)) => now - before,
            _ => f64::NAN,
        },
        Function::SinceLast => view.last().map_or(f64::NAN, |(moment, _)| (anchor - moment).as_hours()),
        #[allow(clippy::cast_precision_loss)]
        Function::Distinct => view.distinct(start) as f64,
    }
}

fn calendar(part: Calendar, anchor: Timestamp) -> f64 {
    let Some(civil) = anchor.civil() else { return f64::NAN };
    match part {
        Calendar::HourOfDay => f64::from(civil.hour()),
        Calendar::DayOfWeek => f64::from(civil.weekday().to_monday_one_offset()),
        Calendar::MonthOfYear => f64::from(civil.month()),
    }
}
