//! The table graph as SVG: a box per table with its key, time and columns, an arrow per link with its match rate. Tables
//! stand to the right of those that link to them.

use std::fmt::Write;

use super::inspect::{kind, percent};
use crate::data::report::{Report, TableReport};
use crate::data::schema::Origin;

const WIDTH: usize = 250;
const LANE: usize = 170;
const LINE: usize = 18;
const HEAD: usize = 30;
const GAP: usize = 34;
const MARGIN: usize = 24;
/// Between the links that pass below all boxes.
const DETOUR: usize = 12;
/// Columns shown in a box; the rest are counted.
const SHOWN: usize = 18;

const STYLE: &str = "<style>
svg{--ink:#1c2127;--soft:#5f6b7a;--paper:#ffffff;--box:#f5f7f9;--edge:#c4ccd4;--link:#2b6cb0;font:12px system-ui,sans-serif}
@media(prefers-color-scheme:dark){svg{--ink:#e6e9ec;--soft:#9aa5b1;--paper:#15181c;--box:#1f242a;--edge:#3b444e;--link:#7ab3ef}}
.paper{fill:var(--paper)}.box{fill:var(--box);stroke:var(--edge)}.name{font-weight:600;font-size:13px}
text{fill:var(--ink)}.soft{fill:var(--soft)}.mono{font-family:ui-monospace,monospace;font-size:11px}
.link{fill:none;stroke:var(--link);stroke-width:1.5}.rate{fill:var(--link);font-size:11px;paint-order:stroke;stroke:var(--paper);stroke-width:4px}
.tip{fill:var(--link)}
</style>";

/// Where a table's box stands.
struct Place {
    x: usize,
    y: usize,
    height: usize,
}

/// Draws the tables of a report.
#[must_use]
pub fn draw(report: &Report) -> String {
    let places = places(&report.tables);
    let width = places.iter().map(|p| p.x + WIDTH).max().unwrap_or(0) + MARGIN;
    let floor = places.iter().map(|p| p.y + p.height).max().unwrap_or(0);
    let detours = report
        .tables
        .iter()
        .zip(&places)
        .flat_map(|(t, p)| detours(t, p, report, &places))
        .filter(|d| *d)
        .count();
    let height = floor + detours * DETOUR + MARGIN + LINE;
    let mut out = String::new();
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"Tables and the links between them\">"
    );
    let _ = writeln!(
        out,
        "{STYLE}\n<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path class=\"tip\" d=\"M0 0L8 4L0 8z\"/></marker></defs>"
    );
    let _ = writeln!(out, "<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>");
    for (table, place) in report.tables.iter().zip(&places) {
        draw_table(&mut out, table, place);
    }
    let mut next_detour = floor;
    for (table, place) in report.tables.iter().zip(&places) {
        draw_links(&mut out, table, place, report, &places, &mut next_detour);
    }
    let _ = writeln!(
        out,
        "<text class=\"soft\" x=\"{MARGIN}\" y=\"{}\">~ marks a guess; a link's figure is the share of its values found</text>",
        height - 12
    );
    out.push_str("</svg>\n");
    out
}

/// Lanes from left to right by how many links follow one another at most from a table; within a lane, by name.
fn places(tables: &[TableReport]) -> Vec<Place> {
    let depths = depths(tables);
    let deepest = depths.iter().copied().max().unwrap_or(0);
    let mut next = vec![MARGIN; deepest + 1];
    let placed = tables.iter().zip(&depths).map(|(table, depth)| {
        let lane = deepest - depth;
        let height = HEAD + shown_lines(table) * LINE + 10;
        let y = next[lane];
        next[lane] += height + GAP;
        Place {
            x: MARGIN + lane * (WIDTH + LANE),
            y,
            height,
        }
    });
    placed.collect()
}

/// The length of the longest chain of links from each table; a chain ends where it would return to itself.
fn depths(tables: &[TableReport]) -> Vec<usize> {
    let mut depths = vec![0; tables.len()];
    for _ in 0..tables.len() {
        let before = depths.clone();
        for (index, table) in tables.iter().enumerate() {
            let targets = table
                .links
                .iter()
                .filter_map(|l| tables.iter().position(|t| t.name == l.table))
                .filter(|t| *t != index);
            depths[index] = targets
                .map(|t| before[t] + 1)
                .max()
                .unwrap_or(0)
                .min(tables.len().saturating_sub(1));
        }
        if before == depths {
            break;
        }
    }
    let mut used = depths.clone();
    used.sort_unstable();
    used.dedup();
    depths
        .iter()
        .map(|d| used.iter().position(|u| u == d).unwrap_or(0))
        .collect()
}

fn shown_lines(table: &TableReport) -> usize {
    table.columns.len().min(SHOWN) + usize::from(table.columns.len() > SHOWN)
}

fn draw_table(out: &mut String, table: &TableReport, place: &Place) {
    let Place { x, y, height } = *place;
    let _ = writeln!(
        out,
        "<rect class=\"box\" x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{height}\" rx=\"6\"/>"
    );
    let _ = writeln!(
        out,
        "<text class=\"name\" x=\"{}\" y=\"{}\">{}</text>",
        x + 10,
        y + 20,
        escaped(&table.name, 24)
    );
    let rows = if table.rows == 1 {
        "1 row".to_owned()
    } else {
        format!("{} rows", table.rows)
    };
    let _ = writeln!(
        out,
        "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{rows}</text>",
        x + WIDTH - 10,
        y + 20
    );
    for (index, column) in table.columns.iter().take(SHOWN).enumerate() {
        let is = |known: &Option<crate::data::report::Known>| known.as_ref().is_some_and(|k| k.column == column.name);
        let role = if is(&table.key) {
            "key · "
        } else if is(&table.time) {
            "time · "
        } else {
            ""
        };
        let mark = if column.origin == Origin::Stated { "" } else { "~" };
        let kind = kind(&column.kind);
        let kind = kind.split(' ').next().unwrap_or("");
        let base = y + HEAD + index * LINE + 13;
        let _ = writeln!(
            out,
            "<text class=\"mono\" x=\"{}\" y=\"{base}\">{}</text>",
            x + 10,
            escaped(&column.name, 20)
        );
        let _ = writeln!(
            out,
            "<text class=\"soft\" x=\"{}\" y=\"{base}\" text-anchor=\"end\">{role}{mark}{kind}</text>",
            x + WIDTH - 10
        );
    }
    if table.columns.len() > SHOWN {
        let base = y + HEAD + SHOWN * LINE + 13;
        let _ = writeln!(
            out,
            "<text class=\"soft\" x=\"{}\" y=\"{base}\">and {} more</text>",
            x + 10,
            table.columns.len() - SHOWN
        );
    }
}

/// For each link whether it passes below all boxes, since boxes stand between its ends.
fn detours(table: &TableReport, place: &Place, report: &Report, places: &[Place]) -> Vec<bool> {
    let end_of = |name: &str| {
        report
            .tables
            .iter()
            .zip(places)
            .find(|(t, _)| t.name == name)
            .map(|(_, p)| p.x)
    };
    table
        .links
        .iter()
        .map(|link| end_of(&link.table).is_some_and(|x| x > place.x + WIDTH + LANE))
        .collect()
}

fn draw_links(
    out: &mut String,
    table: &TableReport,
    place: &Place,
    report: &Report,
    places: &[Place],
    next_detour: &mut usize,
) {
    for (link, detour) in table.links.iter().zip(detours(table, place, report, places)) {
        let Some((target, end)) = report.tables.iter().zip(places).find(|(t, _)| t.name == link.table) else {
            continue;
        };
        let (x1, y1) = (place.x + WIDTH, row_y(table, place, &link.column));
        let key = target.key.as_ref().map_or("", |k| k.column.as_str());
        let y2 = row_y(target, end, key);
        let half = LANE / 2;
        let path = if detour {
            *next_detour += DETOUR;
            let (below, last) = (*next_detour, end.x - LANE);
            let (down, up) = (x1 + half, end.x - half);
            format!(
                "M{x1} {y1}C{down} {y1} {down} {below} {} {below}H{last}C{up} {below} {up} {y2} {} {y2}",
                x1 + LANE,
                end.x
            )
        } else if end.x > place.x {
            let bend = (end.x - x1) / 2;
            format!("M{x1} {y1}C{} {y1} {} {y2} {} {y2}", x1 + bend, end.x - bend, end.x)
        } else {
            // A link that leads back or stays within its lane enters its table from the right.
            let x2 = end.x + WIDTH;
            format!("M{x1} {y1}C{} {y1} {} {y2} {x2} {y2}", x1 + half, x2 + half)
        };
        let _ = writeln!(out, "<path class=\"link\" marker-end=\"url(#tip)\" d=\"{path}\"/>");
        let mark = if link.origin == Origin::Stated { "" } else { "~" };
        let rate = percent(link.matched, link.filled);
        let _ = writeln!(
            out,
            "<text class=\"rate\" x=\"{}\" y=\"{}\">{mark}{rate}</text>",
            x1 + 8,
            y1.saturating_sub(5)
        );
    }
}

/// The middle of a column's line in its table's box; the heading's for one that is not shown.
fn row_y(table: &TableReport, place: &Place, column: &str) -> usize {
    match table.columns.iter().take(SHOWN).position(|c| c.name == column) {
        Some(index) => place.y + HEAD + index * LINE + LINE / 2,
        None => place.y + HEAD / 2,
    }
}

/// At most `limit` characters, safe between tags.
fn escaped(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == limit {
            out.push('…');
            break;
        }
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
