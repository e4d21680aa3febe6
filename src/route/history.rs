//! The rows of the entity's table as resolutions: whose, of which topic, how long, how they ended.

use std::collections::BTreeMap;

use super::ledger::{Ledger, Resolution};
use super::roles::Roles;
use crate::data::{Database, RowId, Symbol, Timestamp};
use crate::relate::series::SettledLabel;

/// Topics told apart, the most frequent ones.
const MOST_TOPICS: usize = 200;

/// The latest answer settled by `moment` for each row.
pub(super) fn answers(labels: &[SettledLabel], moment: Timestamp) -> BTreeMap<RowId, bool> {
    let settled = labels.iter().filter(|l| l.settled_at <= moment);
    settled.map(|l| (l.row, l.value > 0.5)).collect()
}

/// Rows as resolutions, agents and topics by place.
pub(super) struct History<'a> {
    database: &'a Database,
    roles: &'a Roles,
    /// Rows of the people's table, in order of key.
    pub agents: Vec<RowId>,
    /// Their tiers.
    pub tiers: Vec<usize>,
    /// Values of the topic column; NULL alone when there is none.
    pub topics: Vec<Symbol>,
    places: BTreeMap<Symbol, usize>,
    pub ledger: Ledger,
}

impl<'a> History<'a> {
    pub(super) fn new(database: &'a Database, roles: &'a Roles) -> Self {
        let people = database.table(roles.people);
        let key = database.schema.table(roles.people).key;
        let rows = u32::try_from(people.rows).unwrap_or(u32::MAX);
        let symbol = |row: RowId| key.map_or(Symbol::NULL, |c| people.symbol(c, row));
        let mut agents: Vec<RowId> = (0..rows)
            .map(RowId)
            .filter(|&row| database.row_of_key(roles.people, symbol(row)) == Some(row))
            .collect();
        agents.sort_by_key(|&row| database.key_text(roles.people, row).map(str::to_owned));
        let tiers = agents
            .iter()
            .map(|&row| match &roles.agent_tier {
                Some((column, names)) => database
                    .symbols
                    .text(people.symbol(*column, row))
                    .and_then(|text| names.iter().position(|n| n == text))
                    .unwrap_or(0),
                None => 0,
            })
            .collect::<Vec<_>>();
        let table = database.table(roles.entity);
        let mut topics: Vec<Symbol> = match roles.topic {
            Some(column) => (0..u32::try_from(table.rows).unwrap_or(u32::MAX))
                .map(|row| table.symbol(column, RowId(row)))
                .filter(|s| !s.is_null())
                .collect(),
            None => vec![Symbol::NULL],
        };
        topics.sort_unstable();
        let mut counted: Vec<(usize, Symbol)> = topics
            .chunk_by(|a, b| a == b)
            .map(|same| (same.len(), same[0]))
            .collect();
        counted.sort_by_key(|(n, symbol)| (std::cmp::Reverse(*n), *symbol));
        let mut topics: Vec<Symbol> = counted
            .into_iter()
            .take(MOST_TOPICS)
            .map(|(_, symbol)| symbol)
            .collect();
        topics.sort_unstable();
        let places = agents
            .iter()
            .enumerate()
            .map(|(place, &row)| (symbol(row), place))
            .collect();
        Self {
            ledger: Ledger::new(tiers.clone(), topics.len()),
            database,
            roles,
            agents,
            tiers,
            topics,
            places,
        }
    }

    pub(super) fn agent(&self, row: RowId) -> Option<usize> {
        let table = self.database.table(self.roles.entity);
        self.places.get(&table.symbol(self.roles.link, row)).copied()
    }

    pub(super) fn topic(&self, row: RowId) -> Option<usize> {
        let table = self.database.table(self.roles.entity);
        let symbol = self.roles.topic.map_or(Symbol::NULL, |c| table.symbol(c, row));
        self.topics.binary_search(&symbol).ok()
    }

    pub(super) fn resolution(&self, row: RowId, positive: Option<bool>) -> Option<Resolution> {
        let table = self.database.table(self.roles.entity);
        let (begun, done) = (table.time(self.roles.begun, row), table.time(self.roles.done, row));
        let hours = (done != Timestamp::MAX).then(|| (done - begun).as_hours())?;
        Some(Resolution {
            agent: self.agent(row)?,
            topic: self.topic(row)?,
            hours,
            positive,
        })
    }
}
