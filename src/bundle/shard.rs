//! The feature tables of a bundle: for every key the totals of what happened long ago, and the rows inside the longest
//! window. Opening a shard gives the same database rows, series and feature values as the whole history did, for every
//! moment from the build on.

mod labels;
mod places;
mod totals;
mod wanted;

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::BundleError;
use super::pack::{PackedColumn, PackedNumbers, PackedTimes};
use crate::data::{Column, ColumnId, Database, RowId, Schema, Symbol, Symbols, Table, TableId, Timestamp};
use crate::relate::feature::FeatureSet;
use crate::relate::series::{Series, SettledLabel};
use crate::relate::view::Relations;
use labels::PackedLabels;
use totals::PackedTotals;
use wanted::Wanted;

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
        let mut wanted = Wanted::by(relations, database, folded_to);
        wanted.columns.extend(also);
        whole.iter().for_each(|&table| wanted.whole(table));
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
            .map(|(place, series)| PackedTotals::pack(set, place, series, folded_to, entity, &mut dictionary))
            .collect();
        let place_of = |row: RowId| {
            rows[entity.0]
                .binary_search(&row)
                .ok()
                .and_then(|p| u32::try_from(p).ok())
        };
        let kept = labels.iter().filter(|l| wanted.labelled.contains(&l.row));
        let kept: Vec<(u32, &SettledLabel)> = kept.filter_map(|l| Some((place_of(l.row)?, l))).collect();
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
            labels: PackedLabels::pack(&kept),
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
            let totals = totals
                .unpack(&spec.measure)
                .ok_or_else(|| fault("its totals differ in length"))?;
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
