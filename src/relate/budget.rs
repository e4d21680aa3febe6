//! Which candidate features are kept when there are more than the budget allows: what is nearest to the entity first, and
//! of what shares an entity with it something of everything, rather than everything of the first table. Events are budgeted too,
//! since every series reads its table once and holds what it finds.

use rustc_hash::{FxHashMap, FxHashSet};

use super::enumerate::Reach;
use super::feature::{Feature, FeatureSet, Lookup};
use super::key::Key;
use super::series::Source;
use crate::data::{Database, Schema, TableId};

/// How near a feature is to the entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Nearness {
    /// Its own cells and those of rows it links to, the calendar, text, encoded categories.
    Own,
    /// What was answered before, under one key.
    Answers,
    /// Rows that share an entity with it.
    Linked,
    /// Rows of what it last had to do with.
    Latest,
    /// What was answered before, under two keys.
    PairedAnswers,
    /// Rows that share a category, or two values, with it.
    Alike,
    /// Rows that share a category with a row that it links to.
    Far,
}

impl Nearness {
    const ALL: [Self; 7] = [
        Self::Own,
        Self::Answers,
        Self::Linked,
        Self::Latest,
        Self::PairedAnswers,
        Self::Alike,
        Self::Far,
    ];

    fn of(feature: &Feature, set: &FeatureSet, schema: &Schema, entity: TableId) -> Self {
        let of_lookup = |lookup: Lookup| {
            let keys = match set.keys.get(lookup.key) {
                Some(Key::Cells(paths)) => paths.as_slice(),
                Some(Key::Latest(_)) => return Self::Latest,
                None => &[],
            };
            let source = set.series.get(lookup.series).map(|spec| spec.source);
            let names_an_entity = keys.iter().all(|path| {
                let end = path.end(schema, entity).map(|end| schema.table(end));
                end.is_some_and(|end| end.link(path.column).is_some() || end.key == Some(path.column))
            });
            match source {
                Some(Source::Labels | Source::Positives) if keys.len() > 1 => Self::PairedAnswers,
                Some(Source::Labels | Source::Positives) => Self::Answers,
                _ if keys.len() > 1 => Self::Alike,
                _ if names_an_entity => Self::Linked,
                _ if keys.iter().any(|path| !path.hops.is_empty()) => Self::Far,
                _ => Self::Alike,
            }
        };
        feature.lookups().into_iter().map(of_lookup).max().unwrap_or(Self::Own)
    }

    /// Said of what was left out.
    fn name(self) -> &'static str {
        match self {
            Self::Own => "of cells",
            Self::Answers => "of earlier answers",
            Self::PairedAnswers => "of earlier answers under two keys",
            Self::Linked => "over rows of the same entities",
            Self::Latest => "over rows of what the entity last had to do with",
            Self::Alike => "over rows of the same category or pair of values",
            Self::Far => "over rows of the same category of a linked row",
        }
    }
}

/// The features that the reach's budgets allow, in their order, and one line for what was left out.
#[must_use]
pub fn within(set: FeatureSet, database: &Database, entity: TableId, reach: &Reach) -> (FeatureSet, Option<String>) {
    let schema = &database.schema;
    let nearness: Vec<Nearness> = set
        .features
        .iter()
        .map(|feature| Nearness::of(feature, &set, schema, entity))
        .collect();
    let turns = turns(&set);
    let mut order: Vec<usize> = (0..set.features.len()).collect();
    // What is less near is left in the order of its making, every window of one thing before the next.
    let turn = |place: usize| {
        if nearness[place] <= Nearness::Latest {
            turns[place]
        } else {
            0
        }
    };
    order.sort_by_key(|&place| (nearness[place], turn(place), place));

    let mut kept: Vec<usize> = Vec::new();
    let mut read: FxHashSet<usize> = FxHashSet::default();
    let mut events = 0;
    let mut left_out: FxHashMap<Nearness, usize> = FxHashMap::default();
    let mut costly = 0;
    for place in order {
        let mut series: Vec<usize> = set
            .series_of(&set.features[place])
            .into_iter()
            .filter(|s| !read.contains(s))
            .collect();
        series.sort_unstable();
        series.dedup();
        let rows = |&s: &usize| {
            set.series
                .get(s)
                .map_or(0, |spec| database.table(spec.table(entity)).rows)
        };
        let more: usize = series.iter().map(rows).sum();
        if kept.len() >= reach.budget {
            *left_out.entry(nearness[place]).or_default() += 1;
        } else if events + more > reach.events {
            costly += 1;
        } else {
            events += more;
            read.extend(series);
            kept.push(place);
        }
    }
    if kept.len() == set.features.len() {
        return (set, None);
    }
    let beyond: usize = left_out.values().sum();
    let of = |near: &Nearness| left_out.get(near).map(|n| format!("{n} {}", near.name()));
    let mut lines = Vec::new();
    if beyond > 0 {
        let parts: Vec<String> = Nearness::ALL.iter().filter_map(of).collect();
        lines.push(format!(
            "{beyond} candidate features beyond the budget of {}: {}",
            reach.budget,
            parts.join(", ")
        ));
    }
    if costly > 0 {
        lines.push(format!(
            "{costly} candidate features that would read more than {} million events",
            reach.events / 1_000_000
        ));
    }
    kept.sort_unstable();
    (set.keep(&kept), Some(lines.join("; ")))
}

/// For each feature, its turn among those that look at the same events: first the first and the last of them, then the one
/// in the middle, the middles of both halves, and so on, so that a few turns have short and long windows.
fn turns(set: &FeatureSet) -> Vec<usize> {
    let mut alike: FxHashMap<Option<Lookup>, Vec<usize>> = FxHashMap::default();
    for (place, feature) in set.features.iter().enumerate() {
        alike.entry(feature.lookups().first().copied()).or_default().push(place);
    }
    let mut turns = vec![0; set.features.len()];
    for places in alike.values() {
        for (turn, &within) in far_apart(places.len()).iter().enumerate() {
            turns[places[within]] = turn;
        }
    }
    turns
}

/// The numbers below `n` in an order in which every next one is as far as can be from those before.
fn far_apart(n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = [0, n.saturating_sub(1)].into_iter().take(n).collect();
    let mut gaps: Vec<(usize, usize)> = vec![(0, n.saturating_sub(1))];
    while !gaps.is_empty() {
        let mut next = Vec::new();
        for (from, to) in gaps {
            if to > from + 1 {
                let middle = usize::midpoint(from, to);
                order.push(middle);
                next.extend([(from, middle), (middle, to)]);
            }
        }
        gaps = next;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_its_turn_and_the_ends_come_first() {
        assert_eq!(far_apart(0), Vec::<usize>::new());
        assert_eq!(far_apart(1), [0]);
        assert_eq!(far_apart(7), [0, 6, 3, 1, 4, 2, 5]);
        for n in 0..40 {
            let mut all = far_apart(n);
            all.sort_unstable();
            assert!(all.iter().copied().eq(0..n), "{n}");
        }
    }
}
