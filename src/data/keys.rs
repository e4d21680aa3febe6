//! Which column names a table's rows, and which columns name rows of other tables: by what the columns are called, and
//! then by what they hold.

use super::infer::counted;
use super::naming::{identified, is_identifier, singular, snake};
use super::profile::Profile;

/// A table as this file looks at it.
pub(crate) struct Candidate<'a> {
    /// Its name.
    pub(crate) table: &'a str,
    /// Its header.
    pub(crate) header: &'a [String],
    /// The counts of each column.
    pub(crate) profiles: &'a [Profile],
    /// Its rows.
    pub(crate) rows: usize,
}

/// The key of `table`, by place and with the reason: an identifier of its own rows that no two rows share.
pub(crate) fn key_of(table: &Candidate<'_>, others: &[&str]) -> Option<(usize, String)> {
    let one = singular(&snake(table.table));
    let foreign: Vec<String> = others
        .iter()
        .map(|o| singular(&snake(o)))
        .filter(|o| *o != one)
        .collect();
    let ranked = table.header.iter().enumerate().filter_map(|(column, name)| {
        let name = snake(name);
        let stem = identified(&name);
        let rank = if is_identifier(&name) && stem.is_none() || stem == Some(&one) {
            0
        } else if foreign.iter().any(|f| Some(f.as_str()) == stem || *f == name) {
            return None;
        } else if stem.is_some_and(|s| one.ends_with(&format!("_{s}"))) {
            1
        } else if name == one
            || [("_no"), "_number", "_code", "_nr"]
                .iter()
                .any(|s| name.strip_suffix(s) == Some(&one))
        {
            2
        } else if stem.is_some() && column == 0 {
            3
        } else if stem.is_some() {
            4
        } else {
            return None;
        };
        let (filled, distinct) = (table.profiles[column].filled, table.profiles[column].distinct()?);
        let tolerance = if rank <= 1 { 20 } else { usize::MAX };
        let names_rows = filled > 0 && (table.rows - distinct) <= table.rows / tolerance;
        names_rows.then(|| {
            let reason = if distinct == table.rows {
                "its name; no two rows share a value".to_owned()
            } else {
                format!(
                    "its name; {distinct} different values in {}",
                    counted(table.rows, "row")
                )
            };
            (rank, column, reason)
        })
    });
    ranked
        .min_by_key(|(rank, column, _)| (*rank, *column))
        .map(|(_, column, reason)| (column, reason))
}

/// How a column may link to a table by name: 0 best, `None` when the names have nothing in common.
pub(crate) fn name_fit(column: &str, target: &str, target_key: &str) -> Option<u8> {
    let (column, key, one) = (snake(column), snake(target_key), singular(&snake(target)));
    let stem = identified(&column);
    if column == key && !matches!(key.as_str(), "id" | "key" | "uuid" | "name" | "code") {
        Some(0)
    } else if stem == Some(&one) || column == one || column == snake(target) {
        Some(1)
    } else if stem.is_some_and(|s| s.ends_with(&format!("_{one}"))) {
        Some(2)
    } else if identified(&key).is_some_and(|k| stem.is_some_and(|s| s.ends_with(&format!("_{k}")))) {
        Some(3)
    } else {
        None
    }
}

/// The least share of a column's cells that must be keys of a table for it to be a link to it.
const LEAST_OVERLAP: (usize, usize) = (60, 100);

/// True when so many of `filled` cells are keys that the column is a link.
pub(crate) fn overlaps(matched: usize, filled: usize) -> bool {
    filled > 0 && matched * LEAST_OVERLAP.1 >= filled * LEAST_OVERLAP.0
}

/// `96.4 % of cells are keys of accounts`.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn overlap_text(matched: usize, filled: usize, target: &str) -> String {
    let percent = (matched as f64 / filled.max(1) as f64 * 1000.0).floor() / 10.0;
    format!("{percent} % of its cells are keys of {target}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(table: &str, header: &[&str], rows: &[&[&str]], others: &[&str]) -> Option<usize> {
        let header: Vec<String> = header.iter().map(|h| (*h).to_owned()).collect();
        let profiles: Vec<Profile> = (0..header.len())
            .map(|c| {
                let mut profile = Profile::new(true);
                rows.iter().for_each(|r| profile.add(r[c]));
                profile
            })
            .collect();
        key_of(
            &Candidate {
                table,
                header: &header,
                profiles: &profiles,
                rows: rows.len(),
            },
            others,
        )
        .map(|(c, _)| c)
    }

    #[test]
    fn a_table_is_keyed_by_its_own_name_not_by_another_tables() {
        assert_eq!(
            key(
                "users",
                &["account_id", "user_id"],
                &[&["A", "U"], &["B", "V"]],
                &["accounts"]
            ),
            Some(1)
        );
        assert_eq!(
            key(
                "account_health",
                &["account_id", "score"],
                &[&["A", "1"], &["B", "2"]],
                &["accounts"]
            ),
            None
        );
        assert_eq!(
            key(
                "status_changes",
                &["change_id", "ticket_id"],
                &[&["1", "T"], &["2", "T"]],
                &["tickets"]
            ),
            Some(0)
        );
        assert_eq!(key("tickets", &["id"], &[&["1"], &["1"]], &[]), None);
    }

    #[test]
    fn names_that_point_at_a_table() {
        assert_eq!(name_fit("account_id", "accounts", "account_id"), Some(0));
        assert_eq!(name_fit("accountId", "accounts", "id"), Some(1));
        assert_eq!(name_fit("assigned_agent_id", "agents", "agent_id"), Some(2));
        assert_eq!(name_fit("parent_event_id", "product_events", "event_id"), Some(3));
        assert_eq!(name_fit("category", "accounts", "account_id"), None);
    }
}
