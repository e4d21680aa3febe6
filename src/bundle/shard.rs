//! The feature tables of a bundle: for every key the totals of what happened long ago, and the rows inside the longest
//! window. Opening a shard gives the same database rows, series and feature values as the whole history did, for every
//! moment from the build on.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::BundleError;
use super::pack::{PackedColumn, PackedNumbers, PackedTimes};
use crate::data::{Column, ColumnId, Database, RowId, Schema, Symbol, Symbols, Table, TableId, Timestamp};
use crate::relate::feature::{Feature, FeatureSet, Function, Lookup};
use crate::relate::path::ColumnPath;
use crate::relate::series::{KeyValue, Measure, Series, SeriesSpec, SettledLabel, Source, Totals};
use crate::relate::view::Relations;

/// Everything a bundle carries of the tables.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Shard {
    built_at: Timestamp,
    folded_to: Timestamp,
    entity: TableId,
    schema: Schema,
    symbols: Vec<String>,
    tables: Vec<PackedTable>,
    features: FeatureSet,
    totals: Vec<PackedTotals>,
    labels: PackedLabels,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct PackedTable {
    rows: usize,
    columns: Vec<PackedColumn>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct PackedTotals {
    first: Vec<u32>,
    second: Vec<u32>,
    counts: Vec<u32>,
    sums: Option<PackedNumbers>,
    last: Option<PackedMoments>,
    previous: Option<PackedMoments>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct PackedMoments {
    at: PackedTimes,
    values: PackedNumbers,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct PackedLabels {
    rows: Vec<u32>,
    anchors: PackedTimes,
    settled: PackedTimes,
    closed: PackedTimes,
    values: PackedNumbers,
}

/// A shard, opened: tables and series ready to be asked and added to.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The rows carried.
    pub database: Database,
    /// The series, resumed from their totals.
    pub relations: Relations,
    /// The moment up to which data were read.
    pub built_at: Timestamp,
    /// Up to here events are in totals only.
    pub folded_to: Timestamp,
    /// The answers carried.
    pub labels: Vec<SettledLabel>,
}

impl Shard {
    /// Packs what the features of `relations` need of `database` from `built_at` on. `also` names columns to carry besides
    /// (what the query's WHERE reads).
    #[must_use]
    pub fn pack(
        database: &Database,
        relations: &Relations,
        labels: &[SettledLabel],
        built_at: Timestamp,
        also: &[(TableId, ColumnId)],
    ) -> Self {
        Self::pack_with(database, relations, labels, built_at, also, &[])
    }

    /// As [`Shard::pack`], with all rows of the tables in `whole`.
    pub(super) fn pack_with(
        database: &Database,
        relations: &Relations,
        labels: &[SettledLabel],
        built_at: Timestamp,
        also: &[(TableId, ColumnId)],
        whole: &[TableId],
    ) -> Self {
        let set = relations.set();
        let entity = relations.entity();
        let folded_to = built_at - set.longest_window();
        let mut wanted = Wanted::new(database, entity);
        wanted.columns.extend(also);
        set.keys.iter().flatten().for_each(|path| wanted.entity_path(path));
        for feature in &set.features {
            match feature {
                Feature::Column { path, .. } | Feature::Matched { by: path, .. } => wanted.entity_path(path),
                Feature::Encoded { paths } => paths.iter().for_each(|path| wanted.entity_path(path)),
                _ => {}
            }
        }
        for series in relations.series() {
            wanted.series(series, folded_to);
        }
        whole.iter().for_each(|&table| wanted.whole(table));
        // What came before the row it speaks of may count yet, as long as a window could reach it.
        for (table, row) in relations.waiting() {
            if database.row_time(table, row).is_none_or(|at| at > folded_to) {
                wanted.rows[table.0].insert(row);
                wanted.labelled.extend((table == entity).then_some(row));
            }
        }
        let rows: Vec<Vec<RowId>> = wanted.rows.iter().map(|rows| rows.iter().copied().collect()).collect();

        let mut dictionary = Dictionary::default();
        let tables = (0..database.tables.len())
            .map(TableId)
            .map(|t| pack_table(database, t, &rows[t.0], &wanted.columns, &mut dictionary))
            .collect();
        let totals = relations
            .series()
            .iter()
            .enumerate()
            .map(|(place, series)| pack_totals(set, place, series, folded_to, entity, &mut dictionary))
            .collect();
        let kept: Vec<&SettledLabel> = labels.iter().filter(|l| wanted.labelled.contains(&l.row)).collect();
        let place_of = |row: RowId| {
            rows[entity.0]
                .binary_search(&row)
                .ok()
                .and_then(|p| u32::try_from(p).ok())
        };
        let kept: Vec<(u32, &SettledLabel)> = kept.into_iter().filter_map(|l| Some((place_of(l.row)?, l))).collect();
        let labels = PackedLabels {
            rows: kept.iter().map(|(row, _)| *row).collect(),
            anchors: PackedTimes::pack(&kept.iter().map(|(_, l)| l.anchor).collect::<Vec<_>>()),
            settled: PackedTimes::pack(&kept.iter().map(|(_, l)| l.settled_at).collect::<Vec<_>>()),
            closed: PackedTimes::pack(&kept.iter().map(|(_, l)| l.closed_at).collect::<Vec<_>>()),
            values: PackedNumbers::pack(&kept.iter().map(|(_, l)| l.value).collect::<Vec<_>>()),
        };
        let symbols = dictionary
            .order
            .iter()
            .map(|&s| database.symbols.text(s).unwrap_or_default().to_owned())
            .collect();
        Self {
            built_at,
            folded_to,
            entity,
            schema: database.schema.clone(),
            symbols,
            tables,
            features: set.clone(),
            totals,
            labels,
        }
    }

    /// Opens a shard.
    ///
    /// # Errors
    /// When its parts do not fit together: a column of another type or length, a place outside its list.
    pub fn open(&self) -> Result<Opened, BundleError> {
        let fault = |what: &str| BundleError::Tables(what.to_owned());
        self.check_places()?;
        let mut symbols = Symbols::default();
        for (place, text) in self.symbols.iter().enumerate() {
            if symbols.intern(text).0 as usize != place {
                return Err(fault("a name occurs twice in its symbol list"));
            }
        }
        let mut tables = Vec::with_capacity(self.tables.len());
        for (schema, packed) in self.schema.tables.iter().zip(&self.tables) {
            if schema.columns.len() != packed.columns.len() {
                return Err(fault("a table has another number of columns than its schema"));
            }
            let columns: Option<Vec<Column>> = schema
                .columns
                .iter()
                .zip(&packed.columns)
                .map(|(column, cells)| cells.unpack(&column.kind, packed.rows))
                .collect();
            tables.push(Table {
                columns: columns.ok_or_else(|| fault("a column has another type or length than its schema"))?,
                rows: packed.rows,
            });
        }
        let database = Database::new(self.schema.clone(), tables, symbols);
        let labels = self
            .labels
            .unpack()
            .ok_or_else(|| fault("its label columns differ in length"))?;
        let mut series = Vec::with_capacity(self.totals.len());
        for (spec, totals) in self.features.series.iter().zip(&self.totals) {
            let totals = totals.unpack().ok_or_else(|| fault("its totals differ in length"))?;
            series.push(Series::resume(
                spec.clone(),
                totals,
                self.folded_to,
                &database,
                self.entity,
                &labels,
            ));
        }
        let mut relations = Relations::from_series(self.entity, self.features.clone(), series);
        relations.await_links(&database, &labels);
        Ok(Opened {
            database,
            relations,
            built_at: self.built_at,
            folded_to: self.folded_to,
            labels,
        })
    }

    /// Every place that one part names in another exists.
    fn check_places(&self) -> Result<(), BundleError> {
        let schema = &self.schema;
        let path_fits = |start: TableId, path: &ColumnPath| {
            let mut here = start;
            for &hop in &path.hops {
                match schema.tables.get(here.0).and_then(|t| t.link(hop)) {
                    Some(link) => here = link.table,
                    None => return false,
                }
            }
            schema
                .tables
                .get(here.0)
                .is_some_and(|t| path.column.0 < t.columns.len())
        };
        let series_fits = |spec: &SeriesSpec| {
            let table = spec.table(self.entity);
            let measure = match &spec.measure {
                Measure::Number(path) | Measure::Category(path) => Some(path),
                Measure::Presence | Measure::Label => None,
            };
            let clock = spec
                .clock
                .is_none_or(|c| schema.tables.get(table.0).is_some_and(|t| c.0 < t.columns.len()));
            clock
                && spec.key.len() <= 2
                && spec
                    .key
                    .iter()
                    .chain(measure)
                    .chain(spec.filter.as_ref().map(|f| &f.path))
                    .all(|p| path_fits(table, p))
        };
        let inside = |l: Lookup| l.series < self.features.series.len() && l.key < self.features.keys.len();
        let feature_fits = |feature: &Feature| {
            let own = match feature {
                Feature::Column { path, .. } | Feature::Matched { by: path, .. } => path_fits(self.entity, path),
                Feature::Encoded { paths } => paths.iter().all(|path| path_fits(self.entity, path)),
                Feature::Through { then, .. } => *then < self.features.series.len(),
                _ => true,
            };
            own && feature.lookups().into_iter().all(inside)
        };
        let tables_fit = schema.tables.iter().all(|table| {
            let column = |c: ColumnId| c.0 < table.columns.len();
            table.key.is_none_or(column)
                && table.time.is_none_or(column)
                && table.columns.iter().all(|c| c.known_at.is_none_or(column))
                && table
                    .links
                    .iter()
                    .all(|l| column(l.column) && l.table.0 < schema.tables.len())
        });
        let fits = self.entity.0 < schema.tables.len()
            && self.tables.len() == schema.tables.len()
            && self.totals.len() == self.features.series.len()
            && tables_fit
            && self
                .features
                .keys
                .iter()
                .all(|k| k.len() <= 2 && k.iter().all(|p| path_fits(self.entity, p)))
            && self.features.series.iter().all(series_fits)
            && self.features.features.iter().all(feature_fits);
        if fits {
            Ok(())
        } else {
            Err(BundleError::Tables(
                "a part names a place that does not exist".to_owned(),
            ))
        }
    }
}

/// The rows and columns that features need.
struct Wanted<'a> {
    database: &'a Database,
    entity: TableId,
    rows: Vec<BTreeSet<RowId>>,
    /// Entities with an answer that settled after the fold.
    labelled: BTreeSet<RowId>,
    columns: BTreeSet<(TableId, ColumnId)>,
}

impl<'a> Wanted<'a> {
    fn new(database: &'a Database, entity: TableId) -> Self {
        let mut columns = BTreeSet::new();
        for (t, table) in database.schema.tables.iter().enumerate() {
            columns.extend(table.time.map(|c| (TableId(t), c)));
        }
        columns.extend(database.schema.table(entity).key.map(|c| (entity, c)));
        Self {
            database,
            entity,
            rows: vec![BTreeSet::new(); database.tables.len()],
            labelled: BTreeSet::new(),
            columns,
        }
    }

    /// The columns along a path; the tables its hops lead to.
    fn path(&mut self, start: TableId, path: &ColumnPath) -> Vec<TableId> {
        let schema = &self.database.schema;
        let mut here = start;
        let mut reached = Vec::new();
        for &hop in &path.hops {
            self.columns.insert((here, hop));
            let Some(link) = schema.table(here).link(hop) else {
                return reached;
            };
            here = link.table;
            self.columns.extend(schema.table(here).key.map(|c| (here, c)));
            reached.push(here);
        }
        self.columns.insert((here, path.column));
        self.columns
            .extend(schema.column(here, path.column).known_at.map(|c| (here, c)));
        reached
    }

    /// A path from the entity: a new entity may link to any row, so all rows of the tables on the way are wanted.
    fn entity_path(&mut self, path: &ColumnPath) {
        for table in self.path(self.entity, path) {
            self.whole(table);
        }
        // The row a link leads to is looked up by its key even when nothing else of it is read.
        if let Some(end) = path.end(&self.database.schema, self.entity)
            && let Some(link) = self.database.schema.table(end).link(path.column)
        {
            let table = link.table;
            self.columns
                .extend(self.database.schema.table(table).key.map(|c| (table, c)));
            self.whole(table);
        }
    }

    fn whole(&mut self, table: TableId) {
        let rows = u32::try_from(self.database.table(table).rows).unwrap_or(u32::MAX);
        self.rows[table.0] = (0..rows).map(RowId).collect();
    }

    fn series(&mut self, series: &Series, folded_to: Timestamp) {
        let spec = &series.spec;
        let table = spec.table(self.entity);
        let mut paths: Vec<&ColumnPath> = spec.key.iter().collect();
        paths.extend(spec.filter.as_ref().map(|f| &f.path));
        if let Measure::Number(path) | Measure::Category(path) = &spec.measure {
            paths.push(path);
        }
        paths.iter().for_each(|path| {
            self.path(table, path);
        });
        self.columns.extend(spec.clock.map(|c| (table, c)));
        let recent = series.rows_after(folded_to);
        if spec.is_history() {
            self.labelled.extend(&recent);
        }
        for row in recent {
            self.rows[table.0].insert(row);
            for path in &paths {
                let mut here = (table, row);
                for &hop in &path.hops {
                    let Some(next) = self.database.follow(here.0, hop, here.1) else {
                        break;
                    };
                    let Some(link) = self.database.schema.table(here.0).link(hop) else {
                        break;
                    };
                    here = (link.table, next);
                    self.rows[here.0.0].insert(next);
                }
            }
        }
    }
}

/// The symbols a bundle carries, in order of first use.
#[derive(Default)]
struct Dictionary {
    places: FxHashMap<Symbol, u32>,
    order: Vec<Symbol>,
}

impl Dictionary {
    /// A symbol's place plus one; 0 for NULL.
    fn number(&mut self, symbol: Symbol) -> u32 {
        if symbol.is_null() {
            return 0;
        }
        let next = u32::try_from(self.order.len()).unwrap_or(u32::MAX - 1);
        let place = *self.places.entry(symbol).or_insert(next);
        if place == next {
            self.order.push(symbol);
        }
        place + 1
    }
}

fn pack_table(
    database: &Database,
    table: TableId,
    rows: &[RowId],
    wanted: &BTreeSet<(TableId, ColumnId)>,
    dictionary: &mut Dictionary,
) -> PackedTable {
    let cells = database.table(table);
    let mut pack = |(c, column): (usize, &Column)| {
        if !wanted.contains(&(table, ColumnId(c))) {
            return PackedColumn::Absent;
        }
        match column {
            Column::Number(_) => PackedColumn::Numbers(PackedNumbers::pack(
                &rows.iter().map(|&r| cells.number(ColumnId(c), r)).collect::<Vec<_>>(),
            )),
            Column::Symbol(_) => PackedColumn::Symbols(
                rows.iter()
                    .map(|&r| dictionary.number(cells.symbol(ColumnId(c), r)))
                    .collect(),
            ),
            Column::Time(_) => PackedColumn::Times(PackedTimes::pack(
                &rows.iter().map(|&r| cells.time(ColumnId(c), r)).collect::<Vec<_>>(),
            )),
            Column::Text(_) => PackedColumn::Absent,
        }
    };
    PackedTable {
        rows: rows.len(),
        columns: cells.columns.iter().enumerate().map(&mut pack).collect(),
    }
}

/// What features ask of a series' folded past.
#[derive(Clone, Copy, Default)]
struct Needs {
    counts: bool,
    last: bool,
}

fn needs(set: &FeatureSet, series: usize) -> Needs {
    let mut needs = Needs::default();
    for feature in &set.features {
        let touches = feature.lookups().iter().any(|l| l.series == series);
        match feature {
            Feature::Aggregate {
                function: Function::Last | Function::SinceLast | Function::Change,
                ..
            }
            | Feature::Matched {
                function: Function::SinceLast,
                ..
            } if touches => needs.last = true,
            Feature::Aggregate { window: None, .. } | Feature::Share { window: None, .. } | Feature::Open { .. }
                if touches =>
            {
                needs.counts = true
            }
            Feature::Rate { level, window, .. } if touches => {
                needs.counts |= window.is_none() || level.series != series
            }
            Feature::Through { then, .. } if *then == series => needs.last = true,
            _ => {}
        }
    }
    needs
}

fn pack_totals(
    set: &FeatureSet,
    place: usize,
    series: &Series,
    folded_to: Timestamp,
    entity: TableId,
    dictionary: &mut Dictionary,
) -> PackedTotals {
    let needs = needs(set, place);
    if !needs.counts && !needs.last {
        return PackedTotals::default();
    }
    let totals = series.fold(folded_to);
    let measured = matches!(series.spec.measure, Measure::Number(_) | Measure::Label);
    let category = matches!(series.spec.measure, Measure::Category(_));
    let moments = |pick: fn(&Totals) -> Option<(Timestamp, f64)>| PackedMoments {
        at: PackedTimes::pack(
            &totals
                .iter()
                .map(|(_, t)| pick(t).map_or(Timestamp::MAX, |l| l.0))
                .collect::<Vec<_>>(),
        ),
        values: PackedNumbers::pack(
            &totals
                .iter()
                .map(|(_, t)| pick(t).map_or(f64::NAN, |l| if category { 1.0 } else { l.1 }))
                .collect::<Vec<_>>(),
        ),
    };
    let own_rows = series.spec.source == Source::Table(entity);
    PackedTotals {
        first: totals.iter().map(|((a, _), _)| dictionary.number(*a)).collect(),
        second: if series.spec.key.len() > 1 {
            totals.iter().map(|((_, b), _)| dictionary.number(*b)).collect()
        } else {
            Vec::new()
        },
        counts: totals.iter().map(|(_, t)| t.count).collect(),
        sums: measured.then(|| PackedNumbers::pack(&totals.iter().map(|(_, t)| t.sum).collect::<Vec<_>>())),
        last: needs.last.then(|| moments(|t| t.last)),
        previous: (needs.last && own_rows).then(|| moments(|t| t.previous)),
    }
}

impl PackedTotals {
    fn unpack(&self) -> Option<Vec<(KeyValue, Totals)>> {
        let n = self.first.len();
        let symbol = |number: u32| number.checked_sub(1).map_or(Symbol::NULL, Symbol);
        let sums = self.sums.as_ref().map_or_else(|| vec![0.0; n], PackedNumbers::unpack);
        let last = self.last.as_ref().map_or_else(|| vec![None; n], PackedMoments::unpack);
        let previous = self
            .previous
            .as_ref()
            .map_or_else(|| vec![None; n], PackedMoments::unpack);
        let second = if self.second.is_empty() {
            vec![0; n]
        } else {
            self.second.clone()
        };
        let fits = [self.counts.len(), sums.len(), last.len(), previous.len(), second.len()]
            .iter()
            .all(|&len| len == n);
        fits.then(|| {
            (0..n)
                .map(|i| {
                    let totals = Totals {
                        count: self.counts[i],
                        sum: sums[i],
                        last: last[i],
                        previous: previous[i],
                    };
                    ((symbol(self.first[i]), symbol(second[i])), totals)
                })
                .collect()
        })
    }
}

impl PackedMoments {
    fn unpack(&self) -> Vec<Option<(Timestamp, f64)>> {
        let values = self.values.unpack();
        self.at
            .unpack()
            .into_iter()
            .zip(values)
            .map(|(at, value)| (at != Timestamp::MAX).then_some((at, value)))
            .collect()
    }
}

impl PackedLabels {
    fn unpack(&self) -> Option<Vec<SettledLabel>> {
        let (anchors, settled) = (self.anchors.unpack(), self.settled.unpack());
        let (closed, values) = (self.closed.unpack(), self.values.unpack());
        let fits = [anchors.len(), settled.len(), closed.len(), values.len()]
            .iter()
            .all(|&len| len == self.rows.len());
        fits.then(|| {
            (0..self.rows.len())
                .map(|i| SettledLabel {
                    row: RowId(self.rows[i]),
                    anchor: anchors[i],
                    settled_at: settled[i],
                    closed_at: closed[i],
                    value: values[i],
                })
                .collect()
        })
    }
}
