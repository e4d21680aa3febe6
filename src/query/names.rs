//! Names in a query → tables, columns and links of a schema; and what a name that leads nowhere probably meant.

use super::ast::ColumnName;
use super::diagnostic::{Diagnostic, nearest};
use super::mode::Mode;
use crate::data::{ColumnId, Schema, TableId};

/// Links are followed at most this far.
const FARTHEST: usize = 4;

/// A shared beginning this long makes one name a hint of another (`ESCALATED_TO_ENG` of `escalations`).
const HINT: usize = 5;

/// Looks names up, exactly when strict, letter case ignored when extended.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    pub(super) source: &'a str,
    pub(super) schema: &'a Schema,
    pub(super) mode: Mode,
}

/// Why links do not lead from one table to another.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum NoPath {
    /// There are none.
    Missing,
    /// There are several ways equally short; each is named.
    Ambiguous(Vec<String>),
}

impl Names<'_> {
    pub(super) fn table(&self, name: &ColumnName) -> Result<TableId, Diagnostic> {
        let tables = &self.schema.tables;
        let found = match self.mode {
            Mode::Strict => tables.iter().position(|t| t.name == name.table).map(TableId),
            Mode::Extended => self.schema.find(&name.table),
        };
        found.ok_or_else(|| {
            let known: Vec<&str> = tables.iter().map(|t| t.name.as_str()).collect();
            let meant = nearest(&name.table, known.iter().copied());
            let fault = Diagnostic::new(self.source, name.span, format!("there is no table `{}`", name.table));
            fault
                .suggesting(meant.map(|t| format!("{t}.{}", name.column)))
                .advising(listing("the tables are", &known))
        })
    }

    /// The column; `None` for `*`.
    pub(super) fn column(&self, name: &ColumnName) -> Result<(TableId, Option<ColumnId>), Diagnostic> {
        let table = self.table(name)?;
        if name.column == "*" {
            return Ok((table, None));
        }
        let schema = self.schema.table(table);
        let found = match self.mode {
            Mode::Strict => schema.columns.iter().position(|c| c.name == name.column).map(ColumnId),
            Mode::Extended => schema.find(&name.column),
        };
        match found {
            Some(column) => Ok((table, Some(column))),
            None => Err(self.unknown_column(table, name)),
        }
    }

    fn unknown_column(&self, table: TableId, name: &ColumnName) -> Diagnostic {
        let schema = self.schema.table(table);
        let columns: Vec<&str> = schema.columns.iter().map(|c| c.name.as_str()).collect();
        let message = format!("table `{}` has no column `{}`", schema.name, name.column);
        let fault = Diagnostic::new(self.source, name.span, message);
        let near = nearest(&name.column, columns.iter().copied()).map(|c| format!("{}.{c}", schema.name));
        let meant = near
            .or_else(|| self.elsewhere(name))
            .or_else(|| self.hinted(table, name));
        fault
            .suggesting(meant)
            .advising(listing(&format!("the columns of {} are", schema.name), &columns))
    }

    /// A column of that very name in another table.
    fn elsewhere(&self, name: &ColumnName) -> Option<String> {
        let found = self
            .schema
            .tables
            .iter()
            .find_map(|t| Some((t, t.find(&name.column)?)))?;
        Some(format!("{}.{}", found.0.name, found.0.column(found.1).name))
    }

    /// A column, or the time of a linked table, whose name begins alike.
    fn hinted(&self, table: TableId, name: &ColumnName) -> Option<String> {
        let alike = |other: &str| shared_beginning(&name.column, other) >= HINT;
        let schema = self.schema.table(table);
        if let Some(own) = schema.columns.iter().find(|c| alike(&c.name)) {
            return Some(format!("{}.{}", schema.name, own.name));
        }
        let children = (0..self.schema.tables.len()).map(TableId);
        let child = children
            .filter(|&t| self.path_up(t, table).is_ok())
            .find(|&t| alike(&self.schema.table(t).name))?;
        Some(self.schema.column_name(child, self.schema.table(child).time?))
    }

    /// The one shortest way from a row of `from` over its foreign keys to a row of `to`; one link at least.
    pub(super) fn path_up(&self, from: TableId, to: TableId) -> Result<Vec<ColumnId>, NoPath> {
        let farthest = if self.mode == Mode::Strict { 1 } else { FARTHEST };
        let mut level: Vec<(TableId, Vec<ColumnId>)> = vec![(from, Vec::new())];
        for _ in 0..farthest {
            let mut next = Vec::new();
            for (table, path) in &level {
                for link in &self.schema.table(*table).links {
                    let mut longer = path.clone();
                    longer.push(link.column);
                    next.push((link.table, longer));
                }
            }
            let mut arrived: Vec<&Vec<ColumnId>> = next.iter().filter(|(t, _)| *t == to).map(|(_, p)| p).collect();
            match arrived.len() {
                0 => {}
                1 => return Ok(arrived.remove(0).clone()),
                _ => {
                    return Err(NoPath::Ambiguous(
                        arrived.iter().map(|p| self.path_name(from, p)).collect(),
                    ));
                }
            }
            next.truncate(1_000);
            level = next;
        }
        Err(NoPath::Missing)
    }

    fn path_name(&self, from: TableId, path: &[ColumnId]) -> String {
        let mut table = from;
        let mut parts = vec![self.schema.table(from).name.clone()];
        for &column in path {
            parts.push(self.schema.column(table, column).name.clone());
            if let Some(link) = self.schema.table(table).link(column) {
                table = link.table;
            }
        }
        parts.join(".")
    }
}

fn shared_beginning(a: &str, b: &str) -> usize {
    a.chars()
        .zip(b.chars())
        .take_while(|(x, y)| x.eq_ignore_ascii_case(y))
        .count()
}

/// `the tables are A, B, C`, cut when there are many.
fn listing(what: &str, names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let mut text = format!(
        "{what} {}",
        names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ")
    );
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}
