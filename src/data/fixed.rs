//! Where the columns of a schema that is already settled, a trained model's, are in the files at hand.

use super::date::DayOrder;
use super::fill::{Place, Plan};
use super::profile::profile;
use super::read::{Draft, place_of};
use super::scan::Sheet;
use super::schema::{ColumnType, Schema};

/// The sheets of `schema`'s tables in its order, what to read from them, and notes on tables that are missing or left out.
pub(crate) fn plan(mut sheets: Vec<Sheet>, schema: &Schema) -> (Vec<Sheet>, Draft, Vec<String>) {
    let mut notes = Vec::new();
    let mut wanted = Vec::new();
    let mut draft = Draft {
        schema: schema.clone(),
        plans: Vec::new(),
        notes: Vec::new(),
    };
    for table in &schema.tables {
        let found = sheets.iter().position(|s| s.table == table.name);
        let found = found.or_else(|| sheets.iter().position(|s| s.table.eq_ignore_ascii_case(&table.name)));
        let sheet = found.map(|at| sheets.remove(at));
        let mut table_notes = Vec::new();
        if sheet.is_none() {
            table_notes.push(format!("there is no {}.csv: the table is taken as empty", table.name));
        }
        let header = sheet.as_ref().map_or(&[][..], |s| &s.header);
        let plans: Vec<Plan> = table
            .columns
            .iter()
            .map(|column| Plan {
                name: column.name.clone(),
                place: place_of(&column.name, header),
                kind: column.kind.clone(),
                days: DayOrder::Unknown,
            })
            .collect();
        if let Some(sheet) = sheet {
            for plan in plans.iter().filter(|p| p.place == Place::Absent) {
                table_notes.push(format!(
                    "{} has no column {}: it is taken as NULL",
                    sheet.file, plan.name
                ));
            }
            let read = |cell: usize| plans.iter().any(|p| p.place == Place::Cell(cell));
            let extra: Vec<&str> = (0..sheet.header.len())
                .filter(|c| !read(*c))
                .map(|c| sheet.header[c].as_str())
                .collect();
            if !extra.is_empty() {
                table_notes.push(format!("left out, as the schema lacks them: {}", extra.join(", ")));
            }
            draft.plans.push(with_day_order(plans, &sheet));
            wanted.push(sheet);
        } else {
            draft.plans.push(plans);
        }
        draft.notes.push(table_notes);
    }
    for sheet in sheets {
        notes.push(format!("{}: left out, as the schema has no such table", sheet.file));
    }
    (wanted, draft, notes)
}

/// `03/04/2025` is read as the rest of its column shows: only timestamp columns need that look ahead.
fn with_day_order(mut plans: Vec<Plan>, sheet: &Sheet) -> Vec<Plan> {
    if plans.iter().any(|p| p.kind == ColumnType::Timestamp) {
        let profiles = profile(sheet, |_| false);
        for plan in plans.iter_mut().filter(|p| p.kind == ColumnType::Timestamp) {
            if let Place::Cell(cell) = plan.place {
                plan.days = profiles
                    .get(cell)
                    .map_or(DayOrder::Unknown, super::profile::Profile::day_order);
            }
        }
    }
    plans
}
