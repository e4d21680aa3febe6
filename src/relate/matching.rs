//! What goes with what: of the values of another table's category, the one that is seen around rows of the entity with a
//! given value of its own category far more often than around the others. A ticket about an API comes with API errors of
//! its account. No label is looked at.

use std::collections::BTreeMap;

use super::path::ColumnPath;
use super::series::Series;
use crate::data::{Database, Duration, RowId, Symbol, TableId, Timestamp};

/// Rows of the entity that are looked at, evenly drawn.
const MOST_ROWS: usize = 20_000;
/// Fewer rows with a value say nothing about it.
const FEWEST_ROWS: usize = 30;
/// By how many standard errors the shares must differ.
const CLEAR: f64 = 5.0;
/// And how many times as often, at least.
const RATIO: f64 = 1.25;

/// How often values are seen around rows of one kind.
#[derive(Clone, Default)]
struct Seen {
    rows: usize,
    with: BTreeMap<Symbol, usize>,
}

/// For each value of the entity's own category `by`, the category among `events` (looked up under `key`, within `window`
/// before the row's own time) that goes with it, both as text; values that none goes with are left out.
#[must_use]
pub(super) fn matches(
    database: &Database,
    entity: TableId,
    until: Timestamp,
    by: &ColumnPath,
    (events, key): (&Series, &ColumnPath),
    window: Duration,
) -> Vec<(String, String)> {
    let table = database.table(entity);
    let rows = (0..table.rows).filter_map(|row| {
        let row = RowId(u32::try_from(row).ok()?);
        let at = database.row_time(entity, row)?;
        (at <= until).then_some((row, at))
    });
    let rows: Vec<(RowId, Timestamp)> = rows.collect();
    let stride = rows.len().div_ceil(MOST_ROWS).max(1);
    let mut all = Seen::default();
    let mut kinds: BTreeMap<Symbol, Seen> = BTreeMap::new();
    for &(row, at) in rows.iter().step_by(stride) {
        let kind = by.symbol_as_of(database, entity, row, at);
        let owner = key.symbol_as_of(database, entity, row, at);
        if kind.is_null() || owner.is_null() {
            continue;
        }
        let view = events.view((owner, Symbol::NULL), at);
        let mut found = view.map_or_else(Vec::new, |view| view.categories(at - window));
        found.retain(|symbol| !symbol.is_null());
        for seen in [&mut all, kinds.entry(kind).or_default()] {
            seen.rows += 1;
            for &symbol in &found {
                *seen.with.entry(symbol).or_default() += 1;
            }
        }
    }
    let clearest = |seen: &Seen| {
        let scored = seen.with.keys().map(|&symbol| (excess(seen, &all, symbol), symbol));
        scored
            .filter_map(|(excess, symbol)| Some((excess?, symbol)))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
    };
    let text = |symbol| database.symbols.text(symbol).map(str::to_owned);
    let mut matched: Vec<(String, String)> = kinds
        .iter()
        .filter(|(_, seen)| seen.rows >= FEWEST_ROWS)
        .filter_map(|(&kind, seen)| Some((text(kind)?, text(clearest(seen)?.1)?)))
        .collect();
    matched.sort();
    matched
}

/// By how many standard errors a value is seen more often around these rows than around the rest (the two-proportion z
/// score); none when that is not clear.
#[allow(clippy::cast_precision_loss)]
fn excess(seen: &Seen, all: &Seen, symbol: Symbol) -> Option<f64> {
    let of = |seen: &Seen| *seen.with.get(&symbol).unwrap_or(&0) as f64;
    let (here, rows) = (of(seen), seen.rows as f64);
    let (rest, others) = (of(all) - here, (all.rows - seen.rows) as f64);
    if others < 1.0 {
        return None;
    }
    let pooled = (here + rest) / (rows + others);
    let error = (pooled * (1.0 - pooled) * (1.0 / rows + 1.0 / others)).sqrt();
    let (p, q) = (here / rows, rest / others);
    let z = (p - q) / error;
    (z.is_finite() && z >= CLEAR && p >= RATIO * q).then_some(z)
}
