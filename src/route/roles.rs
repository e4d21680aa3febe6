//! Which parts of a schema play which role in routing: the people a ticket can go to, when it was done, its topic. Found
//! from the schema, or stated by name; a schema without people or without ends has no routing, and none is made up.

use thiserror::Error;

use super::presence::RosterColumns;
use crate::data::{ColumnId, ColumnType, Database, RowId, Schema, TableId, TableSchema};

/// Roles by column name, for what the schema does not make plain. Letter case does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleNames {
    /// The entity's column that links to the people.
    pub agent: Option<String>,
    /// The entity's timestamp column at which it was done.
    pub done: Option<String>,
    /// The entity's category column that says what it is about.
    pub topic: Option<String>,
}

/// Why routing is not possible.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RoleError {
    /// No link of the entity leads to people who resolve.
    #[error("no link of {0} leads to a table of agents; name its column with --agent")]
    NoAgents(String),
    /// Nothing says when an entity was done.
    #[error("{0} has no column that says when it was resolved; name it with --done")]
    NoEnd(String),
    /// A stated column does not exist or cannot play the role.
    #[error("{table}.{column} cannot be {role}: it must be {must}")]
    Stated {
        /// The entity's table.
        table: String,
        /// The name given.
        column: String,
        /// The role.
        role: &'static str,
        /// What would do.
        must: &'static str,
    },
}

/// Where in the schema the roles are. Columns named `agent_…` are of the people's table, the others of the entity's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles {
    /// The entity's table.
    pub entity: TableId,
    /// The entity's link to the people.
    pub link: ColumnId,
    /// The people.
    pub people: TableId,
    /// When it was done.
    pub done: ColumnId,
    /// When it began; an entity without a time of its own has no hours.
    pub begun: ColumnId,
    /// What it is about.
    pub topic: Option<ColumnId>,
    /// Its text.
    pub texts: Vec<ColumnId>,
    /// A person's name.
    pub agent_name: Option<ColumnId>,
    /// A person's line, and its values from first to last.
    pub agent_tier: Option<(ColumnId, Vec<String>)>,
    /// When people are there.
    pub roster: RosterColumns,
}

/// Words in the names of people who resolve.
const PEOPLE: [&str; 9] = [
    "agent",
    "assignee",
    "owner",
    "staff",
    "technician",
    "resolver",
    "engineer",
    "handler",
    "operator",
];
/// Words in the names of groups of them, second choice.
const GROUPS: [&str; 4] = ["team", "group", "queue", "desk"];
/// Words of the end of work, best first.
const ENDS: [&str; 7] = ["resolved", "solved", "closed", "completed", "finished", "done", "ended"];
/// Words of topics, best first.
const TOPICS: [&str; 7] = ["topic", "category", "type", "subject", "kind", "product", "component"];
/// Words of lines of support.
const TIERS: [&str; 5] = ["tier", "level", "line", "grade", "seniority"];

fn has_any(name: &str, words: &[&str]) -> Option<usize> {
    let name = name.to_lowercase();
    words.iter().position(|word| name.contains(word))
}

impl Roles {
    /// Finds the roles for rows of `entity`; what `stated` names is taken as it is.
    ///
    /// # Errors
    /// Which role nobody plays, or why a stated column cannot.
    pub fn find(database: &Database, entity: TableId, stated: &RoleNames) -> Result<Self, RoleError> {
        let schema = &database.schema;
        let table = schema.table(entity);
        let (link, people) = Self::people(schema, entity, stated.agent.as_deref())?;
        let done = Self::end(table, stated.done.as_deref())?;
        let begun = table.time.ok_or_else(|| RoleError::NoEnd(table.name.clone()))?;
        let topic = Self::topic(database, entity, stated.topic.as_deref())?;
        let persons = schema.table(people);
        let columns = || (0..persons.columns.len()).map(ColumnId);
        let named = |words: &[&str], fits: &dyn Fn(&ColumnType) -> bool| {
            columns()
                .filter(|c| fits(&persons.column(*c).kind))
                .filter_map(|c| Some((has_any(&persons.column(c).name, words)?, c)))
                .min()
                .map(|(_, c)| c)
        };
        let agent_tier = named(&TIERS, &|kind| {
            matches!(kind, ColumnType::Ordered { .. } | ColumnType::Category)
        })
        .map(|column| (column, tiers(database, people, column)));
        Ok(Self {
            entity,
            link,
            people,
            done,
            begun,
            topic,
            texts: (0..table.columns.len())
                .map(ColumnId)
                .filter(|&c| table.column(c).kind == ColumnType::Text)
                .collect(),
            agent_name: named(&["name"], &|kind| {
                matches!(kind, ColumnType::Text | ColumnType::Category | ColumnType::Id)
            }),
            agent_tier,
            roster: RosterColumns::find(schema, people),
        })
    }

    /// Of the entity's links the one that leads to people who resolve: by its name or its table's, else a table that has
    /// tiers, else a group.
    fn people(schema: &Schema, entity: TableId, stated: Option<&str>) -> Result<(ColumnId, TableId), RoleError> {
        let table = schema.table(entity);
        if let Some(name) = stated {
            let link = table.find(name).and_then(|c| table.link(c));
            return link.map(|l| (l.column, l.table)).ok_or_else(|| RoleError::Stated {
                table: table.name.clone(),
                column: name.to_owned(),
                role: "the agent",
                must: "a column that links to another table",
            });
        }
        let claim = |column: ColumnId, of: TableId| {
            let names = [&table.column(column).name, &schema.table(of).name];
            let tiers = || {
                schema
                    .table(of)
                    .columns
                    .iter()
                    .any(|c| has_any(&c.name, &TIERS).is_some())
            };
            match () {
                () if names.iter().any(|n| has_any(n, &PEOPLE).is_some()) => Some(0),
                () if tiers() => Some(1),
                () if names.iter().any(|n| has_any(n, &GROUPS).is_some()) => Some(2),
                () => None,
            }
        };
        table
            .links
            .iter()
            .filter_map(|l| Some((claim(l.column, l.table)?, l.column, l.table)))
            .min()
            .map(|(_, column, of)| (column, of))
            .ok_or_else(|| RoleError::NoAgents(table.name.clone()))
    }

    /// The timestamp by whose name the work ended; else the one by which most outcomes are known.
    fn end(table: &TableSchema, stated: Option<&str>) -> Result<ColumnId, RoleError> {
        let time = |c: &ColumnId| table.column(*c).kind == ColumnType::Timestamp && table.time != Some(*c);
        if let Some(name) = stated {
            return table.find(name).filter(time).ok_or_else(|| RoleError::Stated {
                table: table.name.clone(),
                column: name.to_owned(),
                role: "the end",
                must: "a timestamp column other than the row's own time",
            });
        }
        let columns = || (0..table.columns.len()).map(ColumnId).filter(time);
        let by_name = columns()
            .filter_map(|c| Some((has_any(&table.column(c).name, &ENDS)?, c)))
            .min()
            .map(|(_, c)| c);
        let by_outcomes = || {
            columns()
                .map(|c| (table.columns.iter().filter(|o| o.known_at == Some(c)).count(), c))
                .filter(|(outcomes, _)| *outcomes > 0)
                .max_by_key(|(outcomes, c)| (*outcomes, std::cmp::Reverse(*c)))
                .map(|(_, c)| c)
        };
        by_name
            .or_else(by_outcomes)
            .ok_or_else(|| RoleError::NoEnd(table.name.clone()))
    }

    /// A category with a topic's name, else the category with most values that still repeat.
    fn topic(database: &Database, entity: TableId, stated: Option<&str>) -> Result<Option<ColumnId>, RoleError> {
        const MOST: usize = 200;
        let table = database.schema.table(entity);
        let category =
            |c: &ColumnId| matches!(table.column(*c).kind, ColumnType::Category) && table.column(*c).known_at.is_none();
        if let Some(name) = stated {
            let found = table.find(name).filter(|c| table.column(*c).is_symbolic());
            return found.map(Some).ok_or_else(|| RoleError::Stated {
                table: table.name.clone(),
                column: name.to_owned(),
                role: "the topic",
                must: "a category column",
            });
        }
        let columns = || (0..table.columns.len()).map(ColumnId).filter(category);
        let by_name = columns()
            .filter_map(|c| Some((has_any(&table.column(c).name, &TOPICS)?, c)))
            .min()
            .map(|(_, c)| c);
        let distinct = |c: ColumnId| {
            let rows = u32::try_from(database.table(entity).rows).unwrap_or(u32::MAX);
            let mut seen: Vec<_> = (0..rows).map(|r| database.table(entity).symbol(c, RowId(r))).collect();
            seen.sort_unstable();
            seen.dedup();
            seen.len()
        };
        Ok(by_name.or_else(|| {
            columns()
                .map(|c| (distinct(c), c))
                .filter(|(n, _)| *n <= MOST)
                .max()
                .map(|(_, c)| c)
        }))
    }
}

/// The values of a tier column, first line first: as the schema orders them, else by name.
fn tiers(database: &Database, people: TableId, column: ColumnId) -> Vec<String> {
    if let ColumnType::Ordered { order } = &database.schema.column(people, column).kind {
        return order.clone();
    }
    let table = database.table(people);
    let rows = u32::try_from(table.rows).unwrap_or(u32::MAX);
    let mut found: Vec<String> = (0..rows)
        .filter_map(|row| database.symbols.text(table.symbol(column, RowId(row))))
        .map(str::to_owned)
        .collect();
    found.sort();
    found.dedup();
    found
}
