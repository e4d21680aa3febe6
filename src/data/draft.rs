//! The schema as far as names and counts of cells tell it: keys, links and types, each stated or else inferred. Moments
//! are left to the typed cells.

use super::date::DayOrder;
use super::fill::{Place, Plan};
use super::infer::{self, TypeGuess};
use super::keys::{Candidate, key_of, name_fit, overlap_text, overlaps};
use super::naming::{identified, is_identifier, singular, snake};
use super::profile::Profile;
use super::read::{Draft, ReadError};
use super::scan::Sheet;
use super::schema::{ColumnId, ColumnSchema, ColumnType, Link, Origin, Schema, TableId, TableSchema};
use super::stated::{Said, Stated, StatedColumn, StatedTable};

/// A link as found in a header.
struct FoundLink {
    cell: usize,
    table: usize,
    origin: Origin,
}

/// The schema of the sheets and where its columns are read from.
///
/// # Errors
/// When a stated type contradicts a stated key, link or moment.
pub(crate) fn draft(sheets: &[Sheet], profiles: &[Vec<Profile>], stated: &Stated) -> Result<Draft, ReadError> {
    let names: Vec<&str> = sheets.iter().map(|s| s.table.as_str()).collect();
    let mut keys = Vec::new();
    for (sheet, profiles) in sheets.iter().zip(profiles) {
        keys.push(key(sheet, profiles, &names, stated.table(&sheet.table))?);
    }
    let mut draft = Draft {
        schema: Schema::default(),
        plans: Vec::new(),
        notes: Vec::new(),
    };
    for (index, sheet) in sheets.iter().enumerate() {
        let mut notes = Vec::new();
        if profiles[index].iter().all(|p| p.filled + p.nulls == 0) {
            notes.push("the file has a header and no rows: the table is empty, and its types are not known".to_owned());
        }
        let said = stated.table(&sheet.table);
        if keys[index].is_none() && said.is_none_or(|s| s.key == Said::Nothing) {
            notes.extend(missed_key(sheet, &profiles[index]));
        }
        let links = links(index, sheets, profiles, &keys, said, &mut notes)?;
        let (columns, plans) = columns(sheet, &profiles[index], said, keys[index].as_ref().map(|k| k.0), &links)?;
        let id_of = |cell: usize| ColumnId(plans.iter().position(|p| p.place == Place::Cell(cell)).unwrap_or(0));
        draft.schema.tables.push(TableSchema {
            name: sheet.table.clone(),
            key: keys[index].as_ref().map(|(cell, _)| id_of(*cell)),
            key_origin: keys[index].as_ref().map(|(_, origin)| origin.clone()),
            time: None,
            time_origin: None,
            links: links
                .iter()
                .map(|l| Link {
                    column: id_of(l.cell),
                    table: TableId(l.table),
                    origin: l.origin.clone(),
                })
                .collect(),
            columns,
        });
        draft.plans.push(plans);
        draft.notes.push(notes);
    }
    Ok(draft)
}

/// A note on a column that is named like the key but that rows lack or share.
fn missed_key(sheet: &Sheet, profiles: &[Profile]) -> Option<String> {
    let one = singular(&snake(&sheet.table));
    let (name, profile) = sheet.header.iter().zip(profiles).find(|(name, _)| {
        let name = snake(name);
        name == "id" || identified(&name) == Some(&one)
    })?;
    let (rows, distinct) = (profile.filled + profile.nulls, profile.distinct()?);
    let rows = infer::counted(rows, "row");
    Some(format!("{name} is named like the key, but has {distinct} different values in {rows}: state key = \"{name}\" to take it as the key")).filter(|_| profile.filled > 0)
}

/// True when all values of a column must be known, to tell whether it is a key or a link.
pub(crate) fn may_link(column: &str, sheet: &Sheet, sheets: &[Sheet]) -> bool {
    let name = snake(column);
    let elsewhere = |s: &Sheet| s.table != sheet.table && s.header.iter().any(|h| snake(h) == name) && !common(&name);
    let of_table = |s: &Sheet| {
        let table = snake(&s.table);
        name == singular(&table) || name == table
    };
    is_identifier(&name)
        || identified(&name).is_some()
        || sheet.header.first().is_some_and(|first| first == column)
        || sheets.iter().any(|s| of_table(s) || elsewhere(s))
}

/// Names that many tables have without meaning the same.
fn common(name: &str) -> bool {
    [
        "name",
        "type",
        "status",
        "category",
        "country",
        "owner",
        "details",
        "description",
        "role",
        "level",
        "priority",
    ]
    .contains(&name)
        || super::naming::beginning(name).is_some()
        || super::naming::is_prose(name)
}

fn key(
    sheet: &Sheet,
    profiles: &[Profile],
    names: &[&str],
    said: Option<&StatedTable>,
) -> Result<Option<(usize, Origin)>, ReadError> {
    match said.map(|s| &s.key) {
        Some(Said::None) => Ok(None),
        Some(Said::This(spot)) => Ok(Some((
            spot.among(sheet.header.iter().map(String::as_str), "column")?,
            Origin::Stated,
        ))),
        _ => {
            let rows = profiles.first().map_or(0, |p| p.filled + p.nulls);
            let candidate = Candidate {
                table: &sheet.table,
                header: &sheet.header,
                profiles,
                rows,
            };
            Ok(key_of(&candidate, names).map(|(column, reason)| (column, Origin::Guessed(reason))))
        }
    }
}

fn links(
    index: usize,
    sheets: &[Sheet],
    profiles: &[Vec<Profile>],
    keys: &[Option<(usize, Origin)>],
    said: Option<&StatedTable>,
    notes: &mut Vec<String>,
) -> Result<Vec<FoundLink>, ReadError> {
    let mut found = Vec::new();
    for (cell, name) in sheets[index].header.iter().enumerate() {
        match said.map_or(&Said::Nothing, |s| s.link(name)) {
            Said::None => {}
            Said::This(spot) => {
                let table = spot.among(sheets.iter().map(|s| s.table.as_str()), "table")?;
                if keys[table].is_none() {
                    return Err(spot
                        .error(format!(
                            "{} has no key to link to: state it, [{}] key = \"…\"",
                            spot.name, spot.name
                        ))
                        .into());
                }
                found.push(FoundLink {
                    cell,
                    table,
                    origin: Origin::Stated,
                });
            }
            Said::Nothing => found.extend(guessed_link(index, cell, sheets, profiles, keys, notes)),
        }
    }
    Ok(found)
}

/// The table that a column's name and cells point at.
fn guessed_link(
    index: usize,
    cell: usize,
    sheets: &[Sheet],
    profiles: &[Vec<Profile>],
    keys: &[Option<(usize, Origin)>],
    notes: &mut Vec<String>,
) -> Option<FoundLink> {
    let (column, profile) = (&sheets[index].header[cell], &profiles[index][cell]);
    let own_key = keys[index].as_ref().is_some_and(|(key, _)| *key == cell);
    let mut best: Option<(u8, usize, usize)> = None;
    for (table, key) in keys.iter().enumerate() {
        let Some((key, _)) = key else { continue };
        if own_key
            && (table == index || singular(&snake(&sheets[index].table)) == identified(&snake(column)).unwrap_or(""))
        {
            continue;
        }
        if table == index && *key == cell {
            continue;
        }
        let Some(fit) = name_fit(column, &sheets[table].table, &sheets[table].header[*key]) else {
            continue;
        };
        let Some(matched) = profile.matches(&profiles[table][*key]) else {
            continue;
        };
        if !overlaps(matched, profile.filled) {
            if profile.filled > 0 && profiles[table][*key].filled > 0 {
                let share = overlap_text(matched, profile.filled, &sheets[table].table);
                notes.push(format!(
                    "{column} is named like a link to {}, but only {share}: not linked",
                    sheets[table].table
                ));
            }
            continue;
        }
        if best.is_none_or(|(f, _, m)| (fit, usize::MAX - matched) < (f, usize::MAX - m)) {
            best = Some((fit, table, matched));
        }
    }
    let (_, table, _) = best?;
    let origin = Origin::Guessed("its name, and what it holds".to_owned());
    Some(FoundLink { cell, table, origin })
}

/// The columns of one sheet, each part of a details column after it.
fn columns(
    sheet: &Sheet,
    profiles: &[Profile],
    said: Option<&StatedTable>,
    key: Option<usize>,
    links: &[FoundLink],
) -> Result<(Vec<ColumnSchema>, Vec<Plan>), ReadError> {
    let (mut columns, mut plans) = (Vec::new(), Vec::new());
    let mut push = |name: String, place: Place, kind: ColumnType, days: DayOrder, origin: Origin| {
        columns.push(ColumnSchema {
            name: name.clone(),
            kind: kind.clone(),
            known_at: None,
            origin,
        });
        plans.push(Plan {
            name,
            place,
            kind,
            days,
        });
    };
    for (cell, name) in sheet.header.iter().enumerate() {
        let profile = &profiles[cell];
        let stated = said
            .and_then(|s| s.column(name))
            .filter(|c| c.spot.name.eq_ignore_ascii_case(name));
        let role = role(cell, name, said, key, links);
        let (kind, origin) = kind_of(name, profile, stated, role.as_deref())?;
        let parts = parts(name, profile, said, stated.is_some_and(|s| s.kind.is_some()));
        push(name.clone(), Place::Cell(cell), kind, profile.day_order(), origin);
        for (key, kind, days, origin) in parts {
            let full = format!("{name}.{key}");
            if !sheet.header.contains(&full) {
                push(full, Place::Part(cell, key), kind, days, origin);
            }
        }
    }
    Ok((columns, plans))
}

/// What a column is for, where that decides its type: `key`, `link` or `moment`.
fn role(
    cell: usize,
    name: &str,
    said: Option<&StatedTable>,
    key: Option<usize>,
    links: &[FoundLink],
) -> Option<String> {
    let is = |said: &Said| matches!(said, Said::This(spot) if spot.name.eq_ignore_ascii_case(name));
    if key == Some(cell) {
        Some("key".to_owned())
    } else if links.iter().any(|l| l.cell == cell) {
        Some("link".to_owned())
    } else if said.is_some_and(|s| is(&s.time) || s.columns.iter().any(|c| is(&c.known_at))) {
        Some("moment".to_owned())
    } else {
        None
    }
}

/// A column's type: as stated, as its role needs, or as its cells suggest.
fn kind_of(
    name: &str,
    profile: &Profile,
    stated: Option<&StatedColumn>,
    role: Option<&str>,
) -> Result<(ColumnType, Origin), ReadError> {
    if let Some((spot, Some(kind))) = stated.map(|s| (&s.spot, s.kind.clone())) {
        let symbolic = matches!(kind, ColumnType::Id | ColumnType::Category | ColumnType::Ordered { .. });
        let refusal = match role {
            Some(role @ ("key" | "link")) if !symbolic => Some(format!("{name} is a {role}: its type is \"id\"")),
            Some("moment") if kind != ColumnType::Timestamp => {
                Some(format!("{name} tells a moment: its type is \"timestamp\""))
            }
            _ => None,
        };
        if let Some(message) = refusal {
            return Err(spot.error(message).into());
        }
        let kind = match kind {
            ColumnType::Money { currency } if currency.is_empty() => ColumnType::Money {
                currency: profile.currency().map_or(String::new(), |(mark, _)| mark.to_owned()),
            },
            kind => kind,
        };
        return Ok((kind, Origin::Stated));
    }
    Ok(match role {
        Some(role @ ("key" | "link")) => (ColumnType::Id, Origin::Guessed(format!("it is a {role}"))),
        Some(_) => (
            ColumnType::Timestamp,
            Origin::Guessed("schema.toml names it as a moment".to_owned()),
        ),
        None if infer::is_detailed(profile) => {
            let reason = format!(
                "its cells are key: value details ({} of {} cells)",
                infer::grouped(profile.detailed),
                infer::grouped(profile.filled)
            );
            (ColumnType::Text, Origin::Guessed(reason))
        }
        None => {
            let TypeGuess { kind, reason } = infer::type_of(name, profile);
            (kind, Origin::Guessed(reason))
        }
    })
}

/// The parts of a details column: those stated, and where its type is not stated those that its cells have.
fn parts(
    name: &str,
    profile: &Profile,
    said: Option<&StatedTable>,
    typed: bool,
) -> Vec<(String, ColumnType, DayOrder, Origin)> {
    let part_name = |full: &str| {
        Some(full.get(..name.len())?.eq_ignore_ascii_case(name) && full.get(name.len()..)?.starts_with('.'))
    };
    let stated: Vec<&StatedColumn> = said.map_or(Vec::new(), |s| {
        s.columns
            .iter()
            .filter(|c| part_name(&c.spot.name) == Some(true))
            .collect()
    });
    let key_of = |c: &StatedColumn| c.spot.name.get(name.len() + 1..).unwrap_or("").to_owned();
    let mut parts = Vec::new();
    if infer::is_detailed(profile) {
        for (key, profile) in &profile.parts {
            let stated = stated.iter().find(|c| key_of(c).eq_ignore_ascii_case(key));
            if stated.is_none() && typed {
                continue;
            }
            let (kind, origin) = match stated.and_then(|c| c.kind.clone()) {
                Some(kind) => (kind, Origin::Stated),
                None => {
                    let TypeGuess { kind, reason } = infer::type_of(key, profile);
                    (kind, Origin::Guessed(format!("part of {name}; {reason}")))
                }
            };
            parts.push((key.clone(), kind, profile.day_order(), origin));
        }
    }
    for column in stated {
        let key = key_of(column);
        if let (false, Some(kind)) = (parts.iter().any(|(k, ..)| k.eq_ignore_ascii_case(&key)), &column.kind) {
            parts.push((key, kind.clone(), DayOrder::Unknown, Origin::Stated));
        }
    }
    parts
}
