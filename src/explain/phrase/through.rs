//! Two steps: what was done to the things that an owner's events were about.

use super::{Phrasing, Said};
use crate::data::{Database, Duration, Symbol, Timestamp};
use crate::explain::noun;
use crate::explain::number::ago;
use crate::explain::subject::owner;
use crate::explain::words::fill;
use crate::relate::feature::Lookup;
use crate::relate::{Asker, Relations};

impl Phrasing<'_> {
    pub(super) fn through(&self, first: Lookup, window: Duration, then: usize, x: f64) -> Said {
        if let Some(unknown) = self.unknown_owner(first) {
            return unknown;
        }
        let words = self.words();
        let Some(spec) = self.relations.set().series.get(then) else {
            return (words.not_known.to_owned(), words.not_known.to_owned());
        };
        let table = spec.table(self.relations.entity());
        let (one, what) = (self.event(spec, false), owner(&spec.key, &self.database.schema, table));
        let nearest = nearest_through(self.database, self.relations, self.asker, first, window, then);
        match (
            nearest.and_then(|symbol| self.database.symbols.text(symbol)),
            what.first(),
        ) {
            (Some(name), Some(part)) if !x.is_nan() => {
                let table = &self.database.schema.table(table).name;
                let text = match noun::verb_of_table(table) {
                    Some(verb) => self.done_to(&part.noun, name, &verb, table),
                    None => fill(
                        words.latest_through,
                        &[("one", &one), ("noun", &words.name(&part.noun)), ("name", name)],
                    ),
                };
                (text, ago(x, words))
            }
            _ => {
                let behind = self.event(self.spec(first), true);
                let text = fill(
                    words.none_through,
                    &[
                        ("one", &one),
                        ("behind", &behind),
                        ("of", &self.of_events(first)),
                        ("within", &self.in_brackets(Some(window))),
                    ],
                );
                (text, words.none.to_owned())
            }
        }
    }
}

/// The category among a key's recent events whose own latest event is nearest: which endpoint was deployed last.
pub(in crate::explain) fn nearest_through(
    database: &Database,
    relations: &Relations,
    asker: Asker,
    first: Lookup,
    window: Duration,
    then: usize,
) -> Option<Symbol> {
    let next = relations.series().get(then)?;
    let view = relations.events(database, first, asker)?;
    let latest = |c: Symbol| {
        next.view((c, Symbol::NULL), asker.anchor)
            .and_then(|v| v.last())
            .map(|(at, _)| at)
    };
    let found = view
        .categories(asker.anchor - window)
        .into_iter()
        .filter_map(|c| Some((latest(c)?, c)));
    found
        .fold(None, |best: Option<(Timestamp, Symbol)>, this| {
            if best.is_none_or(|b| this.0 > b.0) {
                Some(this)
            } else {
                best
            }
        })
        .map(|(_, c)| c)
}
