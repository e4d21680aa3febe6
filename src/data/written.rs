//! A schema as the text of a `schema.toml` that states it: what was guessed is marked as such, for correction.

use std::fmt::Write;

use super::report::{Known, Report, TableReport};
use super::schema::{ColumnType, Origin};

/// The text of a schema file that states everything a reading found; reading it back gives the same schema.
#[must_use]
pub fn to_toml(report: &Report) -> String {
    let mut out = String::from(
        "# What bellwether read and inferred. Correct what is wrong; lines may be removed to have them inferred again.\n",
    );
    for table in &report.tables {
        write_table(&mut out, table);
    }
    out
}

fn write_table(out: &mut String, table: &TableReport) {
    let name = bare(&table.name);
    line(out, "", None);
    line(out, &format!("[{name}]"), None);
    named(out, "key", table.key.as_ref(), "no column names its rows");
    named(
        out,
        "time",
        table.time.as_ref(),
        "a snapshot: no column says since when a row exists",
    );
    if !table.links.is_empty() {
        let links: Vec<String> = table
            .links
            .iter()
            .map(|l| format!("{} = {}", bare(&l.column), quoted(&l.table)))
            .collect();
        let guessed: Vec<String> = table
            .links
            .iter()
            .filter_map(|l| reason(&l.origin).map(|why| format!("{}: {why}", l.column)))
            .collect();
        line(
            out,
            &format!("links = {{ {} }}", links.join(", ")),
            (!guessed.is_empty()).then(|| guessed.join("; ")),
        );
    }
    line(out, &format!("[{name}.columns]"), None);
    for column in &table.columns {
        let mut settings = kind(&column.kind);
        let mut why = reason(&column.origin).map(str::to_owned);
        if let Some(known) = &column.known_at {
            let _ = write!(settings, ", known_at = {}", quoted(&known.column));
            if let Some(more) = reason(&known.origin) {
                why = Some(
                    why.map_or(String::new(), |w| format!("{w}; ")) + &format!("known at {}: {more}", known.column),
                );
            }
        }
        line(out, &format!("{} = {{ {settings} }}", bare(&column.name)), why);
    }
}

fn named(out: &mut String, what: &str, known: Option<&Known>, none: &str) {
    match known {
        Some(known) => line(
            out,
            &format!("{what} = {}", quoted(&known.column)),
            reason(&known.origin).map(str::to_owned),
        ),
        None => line(out, &format!("{what} = false"), Some(none.to_owned())),
    }
}

fn kind(kind: &ColumnType) -> String {
    match kind {
        ColumnType::Id => "type = \"id\"".to_owned(),
        ColumnType::Number => "type = \"number\"".to_owned(),
        ColumnType::Money { currency } if currency.is_empty() => "type = \"money\"".to_owned(),
        ColumnType::Money { currency } => format!("type = \"money\", currency = {}", quoted(currency)),
        ColumnType::Category => "type = \"category\"".to_owned(),
        ColumnType::Ordered { order } => {
            let values: Vec<String> = order.iter().map(|v| quoted(v)).collect();
            format!("type = \"ordered\", order = [{}]", values.join(", "))
        }
        ColumnType::Boolean => "type = \"boolean\"".to_owned(),
        ColumnType::Timestamp => "type = \"timestamp\"".to_owned(),
        ColumnType::Text => "type = \"text\"".to_owned(),
    }
}

fn reason(origin: &Origin) -> Option<&str> {
    match origin {
        Origin::Stated => None,
        Origin::Guessed(why) => Some(why),
    }
}

/// Adds a line and, in a comment, why it is a guess.
fn line(out: &mut String, text: &str, why: Option<String>) {
    out.push_str(text);
    if let Some(why) = why {
        out.push_str("  # guessed: ");
        out.extend(why.chars().map(|c| if c.is_control() { ' ' } else { c }));
    }
    out.push('\n');
}

/// A key as TOML takes it: in quotes unless it is plain.
fn bare(name: &str) -> String {
    let plain = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if plain { name.to_owned() } else { quoted(name) }
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
