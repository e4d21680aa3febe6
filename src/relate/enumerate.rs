//! Candidate features from a schema and the data up to the training moment alone: every link path to the depth asked for,
//! peers that share a value or a pair of values, the target's own history, and two-step paths. Nothing here knows what the
//! tables are about.

use super::budget::within;
use super::domain::{Domain, Domains};
use super::feature::{Calendar, Feature, FeatureSet, Function, Lookup, Reading};
use super::matching::matches;
use super::path::ColumnPath;
use super::series::{Filter, Measure, Series, SeriesSpec, Source};
use crate::data::{Column, ColumnId, ColumnType, Database, Duration, Symbol, TableId, Timestamp};

/// How far enumeration goes.
#[derive(Clone, Debug)]
pub struct Reach {
    /// Links followed from the entity or from an event's row, at most.
    pub hops: usize,
    /// Values of a category that get their own counts, most frequent first.
    pub filters: usize,
    /// Features at most; which are kept, [`super::budget`] says.
    pub budget: usize,
    /// Events that all series together read, at most.
    pub events: usize,
    /// Prior weight of shrunk rates, in events.
    pub prior_weight: f64,
    /// Whether answers are yes or no, so that earlier yeses are counted apart; a number has none.
    pub yes_or_no: bool,
    /// Whether entities are asked about some time after their own, so that their age is worth knowing.
    pub ages: bool,
}

impl Default for Reach {
    fn default() -> Self {
        Self {
            hops: 2,
            filters: 8,
            budget: 1500,
            events: 600_000_000,
            prior_weight: 20.0,
            yes_or_no: true,
            ages: false,
        }
    }
}

/// The candidates, and what was left out and why, in words.
#[derive(Clone, Debug)]
pub struct Candidates {
    /// The features.
    pub set: FeatureSet,
    /// One line per thing left out.
    pub dropped: Vec<String>,
}

/// A key of the entity or of an event's row, with the domain its values are of.
struct KeyPath {
    path: ColumnPath,
    domain: Domain,
    distinct: usize,
}

/// Enumerates candidates for questions about rows of `entity`, from what is visible up to `until`.
#[must_use]
pub fn enumerate(database: &Database, entity: TableId, until: Timestamp, reach: &Reach) -> Candidates {
    let mut builder = Builder {
        database,
        entity,
        until,
        reach,
        domains: Domains::new(database),
        set: FeatureSet::default(),
        dropped: Vec::new(),
    };
    builder.columns();
    builder.encoded();
    builder.histories();
    builder.through();
    builder.matched();
    builder.pair_histories();
    builder.peers();
    builder.other_tables();
    builder.pair_peers();
    let Builder { set, mut dropped, .. } = builder;
    let (set, left_out) = within(set, database, entity, reach);
    dropped.extend(left_out);
    Candidates { set, dropped }
}

struct Builder<'a> {
    database: &'a Database,
    entity: TableId,
    until: Timestamp,
    reach: &'a Reach,
    domains: Domains,
    set: FeatureSet,
    dropped: Vec<String>,
}

const HOUR: Duration = Duration::HOUR;
/// What may be a year.
const YEARS: std::ops::RangeInclusive<f64> = 1000.0..=2999.0;

impl Builder<'_> {
    fn add(&mut self, feature: Feature) {
        if !self.set.features.contains(&feature) {
            self.set.features.push(feature);
        }
    }

    /// Windows that make sense for a table: short ones when its rows span months, long ones when they span decades.
    fn windows(&self, table: TableId) -> Vec<Duration> {
        let years = self.span(table).0 / Duration::days(365).0;
        match years {
            0..=2 => vec![
                HOUR,
                Duration::hours(24),
                Duration::hours(48),
                Duration::days(7),
                Duration::days(30),
            ],
            3..=7 => vec![
                Duration::days(1),
                Duration::days(7),
                Duration::days(30),
                Duration::days(90),
                Duration::days(365),
            ],
            _ => vec![
                Duration::days(30),
                Duration::days(90),
                Duration::days(365),
                Duration::days(3 * 365),
            ],
        }
    }

    fn span(&self, table: TableId) -> Duration {
        let Some(column) = self.database.schema.table(table).time else {
            return Duration(0);
        };
        let Column::Time(times) = self.database.table(table).column(column) else {
            return Duration(0);
        };
        let seen = || times.iter().filter(|t| **t <= self.until);
        match (seen().min(), seen().max()) {
            (Some(&first), Some(&last)) => last - first,
            _ => Duration(0),
        }
    }

    /// Paths of at most `hops` links from `table`, ending in any column that `wanted` accepts; parents' keys are left out
    /// because the link that leads there holds the same value.
    fn paths(&self, table: TableId, hops: usize, wanted: &dyn Fn(TableId, ColumnId) -> bool) -> Vec<ColumnPath> {
        let mut found = Vec::new();
        let mut reached = vec![(table, Vec::new())];
        for depth in 0..=hops {
            let mut next = Vec::new();
            for (here, way) in reached {
                let schema = self.database.schema.table(here);
                for c in (0..schema.columns.len()).map(ColumnId) {
                    if (depth == 0 || schema.key != Some(c)) && wanted(here, c) {
                        found.push(ColumnPath {
                            hops: way.clone(),
                            column: c,
                        });
                    }
                }
                for link in &schema.links {
                    if way.len() < hops {
                        let mut further: Vec<ColumnId> = way.clone();
                        further.push(link.column);
                        next.push((link.table, further));
                    }
                }
            }
            reached = next;
        }
        found
    }

    /// The keys under which rows of a table can be looked up: links, categories and identifiers that repeat.
    fn keys(&self, table: TableId, hops: usize) -> Vec<KeyPath> {
        let schema = &self.database.schema;
        let usable = |t: TableId, c: ColumnId| self.domains.distinct(t, c) >= 1 && schema.column(t, c).is_symbolic();
        let mut keys = Vec::new();
        for path in self.paths(table, hops, &usable) {
            let Some(end) = path.end(schema, table) else { continue };
            let Some(domain) = self.domains.of(end, path.column) else {
                continue;
            };
            keys.push(KeyPath {
                domain,
                distinct: self.domains.distinct(end, path.column),
                path,
            });
        }
        // Of several ways to the same things the shortest say what the longer ones say.
        let shortest =
            |d: Domain, keys: &[KeyPath]| keys.iter().filter(|k| k.domain == d).map(|k| k.path.hops.len()).min();
        let kept: Vec<bool> = keys
            .iter()
            .map(|k| shortest(k.domain, &keys) == Some(k.path.hops.len()))
            .collect();
        let mut kept = kept.into_iter();
        keys.retain(|_| kept.next().unwrap_or(true));
        keys
    }

    /// The entity's keys that several entities can share.
    fn shared_keys(&self) -> Vec<KeyPath> {
        let rows = self.database.table(self.entity).rows;
        let own_key = self.database.schema.table(self.entity).key;
        let mut keys = self.keys(self.entity, self.reach.hops);
        keys.retain(|k| {
            let is_own_key = k.path.hops.is_empty() && Some(k.path.column) == own_key;
            !is_own_key && k.distinct >= 2 && k.distinct * 10 <= rows * 8
        });
        keys
    }

    /// Whether a number is a year of the calendar, by its name and its values: what is born with time grows old.
    fn is_year(&self, path: &ColumnPath) -> bool {
        let Some(table) = path.end(&self.database.schema, self.entity) else {
            return false;
        };
        let column = self.database.schema.column(table, path.column);
        let Column::Number(cells) = self.database.table(table).column(path.column) else {
            return false;
        };
        let known = || cells.iter().filter(|x| !x.is_nan());
        column.name.to_lowercase().contains("year")
            && known().next().is_some()
            && known().all(|x| YEARS.contains(x) && x.fract() == 0.0)
    }

    fn outcome(&self, table: TableId, column: ColumnId) -> bool {
        self.database.schema.column(table, column).known_at.is_some()
    }

    /// Own and parents' columns, the calendar and the text.
    fn columns(&mut self) {
        let entity = self.entity;
        let schema = &self.database.schema;
        let time = schema.table(entity).time;
        let measurable = |t: TableId, c: ColumnId| {
            let column = schema.column(t, c);
            column.is_numeric() || matches!(column.kind, ColumnType::Ordered { .. } | ColumnType::Timestamp)
        };
        for path in self.paths(entity, self.reach.hops, &measurable) {
            let Some(column) = path.schema(schema, entity) else {
                continue;
            };
            let reading = match column.kind {
                ColumnType::Timestamp if path.hops.is_empty() && Some(path.column) == time && !self.reach.ages => {
                    continue;
                }
                ColumnType::Timestamp => Reading::Age,
                ColumnType::Ordered { .. } => Reading::Rank,
                _ => Reading::Number,
            };
            if self.is_year(&path) {
                self.add(Feature::Column {
                    path: path.clone(),
                    reading: Reading::Age,
                });
            }
            self.add(Feature::Column { path, reading });
        }
        let texts: Vec<ColumnId> = (0..schema.table(entity).columns.len())
            .map(ColumnId)
            .filter(|&c| {
                schema.column(entity, c).kind == ColumnType::Text
                    && !schema.column(entity, c).name.starts_with("details")
            })
            .collect();
        if !texts.is_empty() {
            self.add(Feature::Text { columns: texts });
        }
        self.add(Feature::Calendar(Calendar::HourOfDay));
        self.add(Feature::Calendar(Calendar::DayOfWeek));
    }

    /// Categories, alone and in pairs, by what the training examples say of them.
    fn encoded(&mut self) {
        const MOST: usize = 14;
        let entity = self.entity;
        let schema = &self.database.schema;
        let mut keys = self.shared_keys();
        keys.retain(|k| {
            let end = k.path.end(schema, entity);
            end.is_some_and(|end| !self.outcome(end, k.path.column))
        });
        keys.sort_by_key(|k| (k.path.hops.len(), k.path.clone()));
        for key in &keys {
            let paths = vec![key.path.clone()];
            self.add(Feature::Encoded { paths });
        }
        keys.truncate(MOST);
        for (i, a) in keys.iter().enumerate() {
            for b in &keys[i + 1..] {
                let paths = vec![a.path.clone(), b.path.clone()];
                self.add(Feature::Encoded { paths });
            }
        }
    }

    fn labels(key: &[ColumnPath], source: Source) -> SeriesSpec {
        SeriesSpec {
            source,
            key: key.to_vec(),
            filter: None,
            clock: None,
            measure: Measure::Label,
        }
    }

    /// The target's own settled history for every key.
    fn histories(&mut self) {
        // Asked at several ages, an entity's own earlier answer says little but how old it is.
        let own_key = self.database.schema.table(self.entity).key.filter(|_| !self.reach.ages);
        let own_key = own_key.map(ColumnPath::own);
        let mut keys: Vec<ColumnPath> = self.shared_keys().into_iter().map(|k| k.path).collect();
        keys.extend(own_key);
        for path in keys {
            self.history(&[path], &[]);
        }
    }

    fn history(&mut self, key: &[ColumnPath], parents: &[ColumnPath]) {
        let weight = self.reach.prior_weight;
        let level = self.set.lookup(&Self::labels(key, Source::Labels), key);
        let overall = self.set.lookup(&Self::labels(&[], Source::Labels), &[]);
        let parents: Vec<_> = parents
            .iter()
            .map(|p| {
                self.set.lookup(
                    &Self::labels(std::slice::from_ref(p), Source::Labels),
                    std::slice::from_ref(p),
                )
            })
            .collect();
        let windows = self.windows(self.entity);
        let month = windows.last().copied();
        self.add(Feature::Rate {
            level,
            parents: parents.clone(),
            overall,
            window: None,
            weight,
        });
        self.add(Feature::Rate {
            level,
            parents,
            overall,
            window: month,
            weight: weight / 4.0,
        });
        self.add(Feature::Aggregate {
            lookup: level,
            function: Function::Last,
            window: None,
        });
        self.add(Feature::Aggregate {
            lookup: level,
            function: Function::Count,
            window: None,
        });
        if !self.reach.yes_or_no {
            return;
        }
        let positives = self.set.lookup(&Self::labels(key, Source::Positives), key);
        for window in windows.iter().skip(1).copied().map(Some).chain([None]) {
            self.add(Feature::Aggregate {
                lookup: positives,
                function: Function::Count,
                window,
            });
        }
        self.add(Feature::Aggregate {
            lookup: positives,
            function: Function::SinceLast,
            window: None,
        });
    }

    /// Earlier rows of the entity's own table that share a value: how many, how long ago, what became of them, what is open.
    fn peers(&mut self) {
        if self.database.schema.table(self.entity).time.is_none() {
            return;
        }
        for key in self.shared_keys() {
            self.peers_by(&[key.path], true);
        }
        self.peers_by(&[], true);
    }

    fn peers_by(&mut self, key: &[ColumnPath], whole: bool) {
        let entity = self.entity;
        let windows = self.windows(entity);
        let spec = SeriesSpec {
            source: Source::Table(entity),
            key: key.to_vec(),
            filter: None,
            clock: None,
            measure: Measure::Presence,
        };
        let rows = self.set.lookup(&spec, key);
        for window in windows.iter().copied().map(Some).chain([None]) {
            self.add(Feature::Aggregate {
                lookup: rows,
                function: Function::Count,
                window,
            });
        }
        self.add(Feature::Aggregate {
            lookup: rows,
            function: Function::SinceLast,
            window: None,
        });
        if !whole {
            return;
        }
        let schema = self.database.schema.table(entity).clone();
        for (c, column) in schema.columns.iter().enumerate() {
            let c = ColumnId(c);
            if column.kind == ColumnType::Timestamp && schema.time != Some(c) {
                let clocked = self.set.lookup(
                    &SeriesSpec {
                        clock: Some(c),
                        ..spec.clone()
                    },
                    key,
                );
                for window in windows.iter().skip(1).copied().map(Some).chain([None]) {
                    self.add(Feature::Aggregate {
                        lookup: clocked,
                        function: Function::Count,
                        window,
                    });
                }
                self.add(Feature::Aggregate {
                    lookup: clocked,
                    function: Function::SinceLast,
                    window: None,
                });
                self.add(Feature::Open {
                    begun: rows,
                    ended: clocked,
                });
            }
            if column.is_numeric() && (column.known_at.is_some() || column.kind == ColumnType::Boolean) {
                let measured = self.set.lookup(
                    &SeriesSpec {
                        measure: Measure::Number(ColumnPath::own(c)),
                        ..spec.clone()
                    },
                    key,
                );
                for window in [windows.last().copied(), None] {
                    self.add(Feature::Aggregate {
                        lookup: measured,
                        function: Function::Mean,
                        window,
                    });
                }
                self.add(Feature::Aggregate {
                    lookup: measured,
                    function: Function::Last,
                    window: None,
                });
            }
        }
    }

    /// Rows of every other table that share a key with the entity, directly or over links.
    fn other_tables(&mut self) {
        let mine = self.keys(self.entity, self.reach.hops);
        let entity = self.entity;
        for t in (0..self.database.tables.len()).map(TableId).filter(|&t| t != entity) {
            let theirs = self.keys(t, self.reach.hops);
            for ours in &mine {
                for other in theirs.iter().filter(|k| k.domain == ours.domain) {
                    let same_way = ours.path.hops.len() + other.path.hops.len();
                    if same_way > self.reach.hops || self.is_parent_of_itself(t, &ours.path, &other.path) {
                        continue;
                    }
                    self.events_of(t, std::slice::from_ref(&other.path), std::slice::from_ref(&ours.path));
                }
            }
            self.paired_events(t, &mine, &theirs);
        }
    }

    /// A snapshot's own row reached over the link that leads to it: its columns are features already.
    fn is_parent_of_itself(&self, table: TableId, ours: &ColumnPath, theirs: &ColumnPath) -> bool {
        let schema = &self.database.schema;
        let leads_there = ours
            .end(schema, self.entity)
            .and_then(|end| schema.table(end).link(ours.column))
            .map(|l| l.table)
            == Some(table);
        leads_there && theirs.hops.is_empty() && schema.table(table).key == Some(theirs.column)
    }

    /// Events matched on two keys at once: (account, endpoint) of a ticket and of an event.
    fn paired_events(&mut self, table: TableId, mine: &[KeyPath], theirs: &[KeyPath]) {
        let own = |keys: &[KeyPath]| -> Vec<(ColumnPath, Domain)> {
            keys.iter()
                .filter(|k| k.path.hops.is_empty())
                .map(|k| (k.path.clone(), k.domain))
                .collect()
        };
        let (mine, theirs) = (own(mine), own(theirs));
        let mut matched: Vec<(ColumnPath, ColumnPath)> = Vec::new();
        for (ours, domain) in &mine {
            if let Some((other, _)) = theirs.iter().find(|(_, d)| d == domain) {
                matched.push((ours.clone(), other.clone()));
            }
        }
        for (i, a) in matched.iter().enumerate() {
            for b in &matched[i + 1..] {
                self.events_of(table, &[a.1.clone(), b.1.clone()], &[a.0.clone(), b.0.clone()]);
            }
        }
    }

    fn events_of(&mut self, table: TableId, their_key: &[ColumnPath], our_key: &[ColumnPath]) {
        let schema = self.database.schema.table(table).clone();
        let windows = if schema.time.is_some() {
            self.windows(table)
        } else {
            Vec::new()
        };
        let spec = SeriesSpec {
            source: Source::Table(table),
            key: their_key.to_vec(),
            filter: None,
            clock: None,
            measure: Measure::Presence,
        };
        let mut counted = vec![spec.clone()];
        for (column, value) in self.frequent_values(table) {
            if windows.is_empty() || their_key.iter().any(|k| k.hops.is_empty() && k.column == column) {
                continue;
            }
            let filter = Filter {
                path: ColumnPath::own(column),
                equals: value,
            };
            counted.push(SeriesSpec {
                filter: Some(filter),
                ..spec.clone()
            });
        }
        let whole = self.set.lookup(&spec, our_key);
        for spec in counted {
            let lookup = self.set.lookup(&spec, our_key);
            for window in windows.iter().copied().map(Some).chain([None]) {
                self.add(Feature::Aggregate {
                    lookup,
                    function: Function::Count,
                    window,
                });
                if spec.filter.is_some() && window.is_none() {
                    self.add(Feature::Share {
                        part: lookup,
                        whole,
                        window,
                    });
                }
            }
            if schema.time.is_some() {
                self.add(Feature::Aggregate {
                    lookup,
                    function: Function::SinceLast,
                    window: None,
                });
            }
        }
        for (c, column) in schema.columns.iter().enumerate() {
            let path = ColumnPath::own(ColumnId(c));
            if column.is_numeric() {
                let lookup = self.set.lookup(
                    &SeriesSpec {
                        measure: Measure::Number(path.clone()),
                        ..spec.clone()
                    },
                    our_key,
                );
                self.add(Feature::Aggregate {
                    lookup,
                    function: Function::Mean,
                    window: None,
                });
                if let (Some(&long), Some(&middle)) = (windows.last(), windows.get(windows.len().saturating_sub(2))) {
                    self.add(Feature::Aggregate {
                        lookup,
                        function: Function::Last,
                        window: None,
                    });
                    for window in [middle, long] {
                        self.add(Feature::Aggregate {
                            lookup,
                            function: Function::Mean,
                            window: Some(window),
                        });
                    }
                    for window in [Some(middle), Some(long), None] {
                        self.add(Feature::Aggregate {
                            lookup,
                            function: Function::Sum,
                            window,
                        });
                    }
                    self.add(Feature::Aggregate {
                        lookup,
                        function: Function::Max,
                        window: Some(long),
                    });
                    self.add(Feature::Aggregate {
                        lookup,
                        function: Function::Min,
                        window: Some(long),
                    });
                    self.add(Feature::Aggregate {
                        lookup,
                        function: Function::Change,
                        window: Some(long),
                    });
                }
            }
            let few = self.domains.distinct(table, ColumnId(c));
            let is_key = schema.key == Some(ColumnId(c)) || their_key.contains(&path);
            if column.is_symbolic() && few >= 2 && !is_key && !windows.is_empty() && !self.outcome(table, ColumnId(c)) {
                let lookup = self.set.lookup(
                    &SeriesSpec {
                        measure: Measure::Category(path),
                        ..spec.clone()
                    },
                    our_key,
                );
                for &window in windows.iter().skip(2) {
                    self.add(Feature::Aggregate {
                        lookup,
                        function: Function::Distinct,
                        window: Some(window),
                    });
                }
            }
        }
    }

    /// A foreign key of the entity or of a row it links to.
    fn is_link(&self, path: &ColumnPath) -> bool {
        let schema = &self.database.schema;
        path.end(schema, self.entity)
            .is_some_and(|end| schema.table(end).link(path.column).is_some())
    }

    /// The most frequent values of a table's small categories, among rows visible at the training moment.
    fn frequent_values(&self, table: TableId) -> Vec<(ColumnId, String)> {
        let schema = self.database.schema.table(table);
        let mut found = Vec::new();
        for c in (0..schema.columns.len()).map(ColumnId) {
            let distinct = self.domains.distinct(table, c);
            let category = matches!(schema.column(c).kind, ColumnType::Category | ColumnType::Ordered { .. });
            if !category || !(2..=60).contains(&distinct) || schema.link(c).is_some() {
                continue;
            }
            let mut counts: std::collections::BTreeMap<Symbol, usize> = std::collections::BTreeMap::new();
            if let Column::Symbol(cells) = self.database.table(table).column(c) {
                for (row, &symbol) in cells.iter().enumerate().filter(|(_, s)| !s.is_null()) {
                    let row = crate::data::RowId(u32::try_from(row).unwrap_or(u32::MAX));
                    if self.database.row_time(table, row).is_none_or(|t| t <= self.until) {
                        *counts.entry(symbol).or_default() += 1;
                    }
                }
            }
            let mut ranked: Vec<(usize, &str)> = counts
                .into_iter()
                .filter_map(|(s, n)| self.database.symbols.text(s).map(|text| (n, text)))
                .collect();
            ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
            found.extend(
                ranked
                    .into_iter()
                    .take(self.reach.filters)
                    .map(|(_, text)| (c, text.to_owned())),
            );
        }
        found
    }

    /// Two steps: the categories among a key's recent events, each looked up in a third table.
    fn through(&mut self) {
        let mine = self.keys(self.entity, self.reach.hops);
        let tables: Vec<TableId> = (0..self.database.tables.len()).map(TableId).collect();
        let timed = |t: TableId| self.database.schema.table(t).time.is_some();
        let mut found = Vec::new();
        for &middle in tables.iter().filter(|&&t| t != self.entity && timed(t)) {
            let theirs = self.keys(middle, 0);
            for &last in tables.iter().filter(|&&t| t != self.entity && t != middle && timed(t)) {
                for onward in &theirs {
                    let Some(landing) = self.keys(last, 0).into_iter().find(|k| k.domain == onward.domain) else {
                        continue;
                    };
                    if mine.iter().any(|k| k.domain == onward.domain && self.is_link(&k.path)) {
                        continue;
                    }
                    for ours in mine
                        .iter()
                        .filter(|k| k.domain != onward.domain && self.is_link(&k.path))
                    {
                        for entry in theirs.iter().filter(|k| k.domain == ours.domain) {
                            found.push((
                                middle,
                                entry.path.clone(),
                                ours.path.clone(),
                                onward.path.clone(),
                                last,
                                landing.path.clone(),
                            ));
                        }
                    }
                }
            }
        }
        for (middle, entry, ours, onward, last, landing) in found {
            let then = self.set.series(&SeriesSpec {
                source: Source::Table(last),
                key: vec![landing],
                filter: None,
                clock: None,
                measure: Measure::Presence,
            });
            let spec = SeriesSpec {
                source: Source::Table(middle),
                key: vec![entry],
                filter: None,
                clock: None,
                measure: Measure::Category(onward.clone()),
            };
            let mut specs = vec![spec.clone()];
            for (column, value) in self
                .frequent_values(middle)
                .into_iter()
                .filter(|(c, _)| *c != onward.column)
                .take(self.reach.filters)
            {
                specs.push(SeriesSpec {
                    filter: Some(Filter {
                        path: ColumnPath::own(column),
                        equals: value,
                    }),
                    ..spec.clone()
                });
            }
            let windows = self.windows(middle);
            for spec in specs {
                let first = self.set.lookup(&spec, std::slice::from_ref(&ours));
                for &window in windows.iter().skip(2).take(2) {
                    self.add(Feature::Through { first, window, then });
                }
            }
        }
    }

    /// Events of the kind that goes with one of the entity's own categories.
    fn matched(&mut self) {
        /// Own categories looked at.
        const MOST: usize = 4;
        let (database, entity) = (self.database, self.entity);
        let schema = &database.schema;
        if schema.table(entity).time.is_none() {
            return;
        }
        let own = (0..schema.table(entity).columns.len()).map(ColumnId).filter(|&c| {
            schema.column(entity, c).kind == ColumnType::Category
                && schema.table(entity).link(c).is_none()
                && !self.outcome(entity, c)
                && (2..=60).contains(&self.domains.distinct(entity, c))
        });
        let own: Vec<ColumnPath> = own.take(MOST).map(ColumnPath::own).collect();
        let mut mine = self.keys(entity, 0);
        mine.retain(|k| self.is_link(&k.path));
        let timed = |t: &TableId| *t != entity && schema.table(*t).time.is_some();
        for table in (0..database.tables.len()).map(TableId).filter(timed) {
            let windows = self.windows(table);
            let Some(&window) = windows.get(2) else { continue };
            let mut kinds: Vec<ColumnId> = self.frequent_values(table).into_iter().map(|(c, _)| c).collect();
            kinds.dedup();
            let theirs = self.keys(table, 0);
            for ours in &mine {
                for other in theirs.iter().filter(|k| k.domain == ours.domain) {
                    for kind in kinds.iter().map(|&c| ColumnPath::own(c)) {
                        let spec = SeriesSpec {
                            source: Source::Table(table),
                            key: vec![other.path.clone()],
                            filter: None,
                            clock: None,
                            measure: Measure::Category(kind.clone()),
                        };
                        let events = Series::build(spec, database, entity, &[]);
                        for by in &own {
                            let found = matches(database, entity, self.until, by, (&events, &ours.path), window);
                            self.matched_by(by, &found, (table, &other.path, &ours.path, &kind), &windows);
                        }
                    }
                }
            }
        }
    }

    fn matched_by(
        &mut self,
        by: &ColumnPath,
        found: &[(String, String)],
        (table, theirs, ours, kind): (TableId, &ColumnPath, &ColumnPath, &ColumnPath),
        windows: &[Duration],
    ) {
        // One kind for all is that kind's own count.
        if found.iter().all(|(_, seen)| Some(seen) == found.first().map(|f| &f.1)) {
            return;
        }
        let cases: Vec<(String, Lookup)> = found
            .iter()
            .map(|(value, seen)| {
                let spec = SeriesSpec {
                    source: Source::Table(table),
                    key: vec![theirs.clone()],
                    filter: Some(Filter {
                        path: kind.clone(),
                        equals: seen.clone(),
                    }),
                    clock: None,
                    measure: Measure::Presence,
                };
                (value.clone(), self.set.lookup(&spec, std::slice::from_ref(ours)))
            })
            .collect();
        let counts = windows.iter().map(|&window| (Function::Count, Some(window)));
        for (function, window) in counts.chain([(Function::SinceLast, None)]) {
            self.add(Feature::Matched {
                by: by.clone(),
                cases: cases.clone(),
                function,
                window,
            });
        }
    }

    /// Pairs of the entity's own keys.
    fn own_pairs(&self) -> Vec<[ColumnPath; 2]> {
        let own: Vec<ColumnPath> = self
            .shared_keys()
            .into_iter()
            .map(|k| k.path)
            .filter(|p| p.hops.is_empty())
            .collect();
        let mut pairs = Vec::new();
        for (i, a) in own.iter().enumerate() {
            pairs.extend(own[i + 1..].iter().map(|b| [a.clone(), b.clone()]));
        }
        pairs
    }

    /// The target's own history for pairs of keys.
    fn pair_histories(&mut self) {
        for key in self.own_pairs() {
            self.history(&key, &key);
        }
    }

    /// How many earlier rows share a pair of keys.
    fn pair_peers(&mut self) {
        if self.database.schema.table(self.entity).time.is_some() {
            for key in self.own_pairs() {
                self.peers_by(&key, false);
            }
        }
    }
}
