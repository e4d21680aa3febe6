//! Which columns speak of the same things: a foreign key and the key it refers to, and columns of one name whose values
//! overlap (`tickets.endpoint`, `product_events.details.endpoint`, `deployments.endpoint`).

use rustc_hash::{FxHashMap, FxHashSet};

use crate::data::{Column, ColumnId, ColumnType, Database, Symbol, TableId};

/// A class of columns with comparable values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Domain(usize);

/// The domain of every symbolic column, and how many distinct values each column has.
#[derive(Clone, Debug)]
pub struct Domains {
    of: FxHashMap<(TableId, ColumnId), Domain>,
    distinct: FxHashMap<(TableId, ColumnId), usize>,
}

/// Two columns of one name are one domain when this share of the smaller one's values occurs in the other.
const OVERLAP: f64 = 0.5;

impl Domains {
    /// Reads every symbolic column of the database.
    #[must_use]
    pub fn new(database: &Database) -> Self {
        let schema = &database.schema;
        let mut parent: FxHashMap<(TableId, ColumnId), (TableId, ColumnId)> = FxHashMap::default();
        let mut values: Vec<((TableId, ColumnId), String, FxHashSet<Symbol>)> = Vec::new();
        let mut distinct = FxHashMap::default();
        for (t, table) in schema.tables.iter().enumerate() {
            for (c, column) in table.columns.iter().enumerate() {
                let place = (TableId(t), ColumnId(c));
                if let Column::Symbol(cells) = database.table(place.0).column(place.1) {
                    let set: FxHashSet<Symbol> = cells.iter().copied().filter(|s| !s.is_null()).collect();
                    distinct.insert(place, set.len());
                    parent.insert(place, place);
                    if matches!(column.kind, ColumnType::Category | ColumnType::Id)
                        && table.link(place.1).is_none()
                        && table.key != Some(place.1)
                    {
                        let last = column.name.rsplit('.').next().unwrap_or(&column.name).to_lowercase();
                        values.push((place, last, set));
                    }
                }
            }
        }
        let mut join = |a: (TableId, ColumnId), b: (TableId, ColumnId)| {
            if parent.contains_key(&a) && parent.contains_key(&b) {
                let (a, b) = (root(&parent, a), root(&parent, b));
                parent.insert(a.max(b), a.min(b));
            }
        };
        for (t, table) in schema.tables.iter().enumerate() {
            for link in &table.links {
                if let Some(key) = schema.table(link.table).key {
                    join((TableId(t), link.column), (link.table, key));
                }
            }
        }
        for (i, (a, name, these)) in values.iter().enumerate() {
            for (b, other, those) in &values[i + 1..] {
                let smaller = these.len().min(those.len());
                #[allow(clippy::cast_precision_loss)]
                if a.0 != b.0
                    && name == other
                    && smaller > 0
                    && these.intersection(those).count() as f64 >= OVERLAP * smaller as f64
                {
                    join(*a, *b);
                }
            }
        }
        let mut numbers: FxHashMap<(TableId, ColumnId), Domain> = FxHashMap::default();
        let mut places: Vec<_> = parent.keys().copied().collect();
        places.sort_unstable();
        let mut of = FxHashMap::default();
        for place in places {
            let next = Domain(numbers.len());
            of.insert(place, *numbers.entry(root(&parent, place)).or_insert(next));
        }
        Self { of, distinct }
    }

    /// A column's domain; `None` when its cells are not symbols.
    #[must_use]
    pub fn of(&self, table: TableId, column: ColumnId) -> Option<Domain> {
        self.of.get(&(table, column)).copied()
    }

    /// The number of distinct values of a column; 0 when its cells are not symbols.
    #[must_use]
    pub fn distinct(&self, table: TableId, column: ColumnId) -> usize {
        self.distinct.get(&(table, column)).copied().unwrap_or(0)
    }
}

fn root(
    parent: &FxHashMap<(TableId, ColumnId), (TableId, ColumnId)>,
    mut place: (TableId, ColumnId),
) -> (TableId, ColumnId) {
    while let Some(&up) = parent.get(&place) {
        if up == place {
            break;
        }
        place = up;
    }
    place
}
