//! `schema.toml`: what its author states about the tables, each statement with its line, so that one that cannot hold is
//! refused there. Also writes a schema in that form.
//!
//! `key = false`, `time = false`, `links = { x = false }` and `known_at = false` state that there is none.

use toml::de::{DeTable, DeValue};

use super::fill::Place;
use super::read::place_of;
use super::scan::Sheet;
use super::schema::ColumnType;

/// A statement that cannot hold: its line, what is wrong with it, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("schema.toml line {line}: {message}")]
pub struct StatedError {
    /// The line in the schema file, the first being 1.
    pub line: usize,
    /// What is wrong and the remedy.
    pub message: String,
}

/// A name and the line it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) name: String,
    pub(crate) line: usize,
}

/// What a statement says of something that may not exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Said {
    /// Nothing: it is inferred.
    #[default]
    Nothing,
    /// There is none.
    None,
    /// It is this.
    This(Spot),
}

/// Everything stated.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stated {
    pub(crate) tables: Vec<StatedTable>,
}

/// Everything stated about one table.
#[derive(Clone, Debug)]
pub(crate) struct StatedTable {
    pub(crate) spot: Spot,
    pub(crate) key: Said,
    pub(crate) time: Said,
    pub(crate) links: Vec<(Spot, Said)>,
    pub(crate) columns: Vec<StatedColumn>,
    pub(crate) ignore: bool,
}

/// Everything stated about one column.
#[derive(Clone, Debug)]
pub(crate) struct StatedColumn {
    pub(crate) spot: Spot,
    pub(crate) kind: Option<ColumnType>,
    pub(crate) known_at: Said,
}

impl Stated {
    /// Reads the text of a schema file.
    ///
    /// # Errors
    /// [`StatedError`] for what is no TOML and for unknown keys and types.
    pub(crate) fn parse(text: &str) -> Result<Self, StatedError> {
        let page = Page(text);
        let root = DeTable::parse(text).map_err(|error| StatedError {
            line: page.line(error.span().map_or(0, |span| span.start)),
            message: error.message().to_owned(),
        })?;
        let mut tables = Vec::new();
        for (name, value) in root.get_ref() {
            let spot = page.spot(name.get_ref(), name.span().start);
            let DeValue::Table(entries) = value.get_ref() else {
                return Err(spot.error(format!(
                    "\"{}\" is no table: write [{}] on a line of its own",
                    spot.name, spot.name
                )));
            };
            tables.push(page.table(spot, entries)?);
        }
        tables.sort_by_key(|t| t.spot.line);
        Ok(Self { tables })
    }

    /// Refuses statements about tables and columns that do not exist.
    ///
    /// # Errors
    /// [`StatedError`] for the first of them.
    pub(crate) fn check(&self, sheets: &[Sheet]) -> Result<(), StatedError> {
        let tables = sheets.iter().map(|s| s.table.as_str());
        for table in self.tables.iter().filter(|t| !t.ignore) {
            let place = table
                .spot
                .among(tables.clone(), "table")
                .map_err(|error| table.left_out(error, tables.clone()))?;
            let sheet = &sheets[place];
            let columns = sheet.header.iter().map(String::as_str);
            let what = format!("column of {} called", sheet.table);
            for said in [&table.key, &table.time] {
                said.check(columns.clone(), &what)?;
            }
            for (from, to) in &table.links {
                from.among(columns.clone(), &what)?;
                to.check(tables.clone(), "table")?;
            }
            for column in &table.columns {
                if place_of(&column.spot.name, &sheet.header) == Place::Absent {
                    column.spot.among(columns.clone(), &what)?;
                }
                column.known_at.check(columns.clone(), &what)?;
            }
        }
        Ok(())
    }

    /// What is stated about the table of that name.
    pub(crate) fn table(&self, name: &str) -> Option<&StatedTable> {
        find(&self.tables, name, |t| &t.spot.name)
    }
}

impl StatedTable {
    /// That there is no such table; where none has a name like it, with what to do if its file is left out on purpose.
    fn left_out<'a>(&self, error: StatedError, tables: impl Iterator<Item = &'a str>) -> StatedError {
        let name = &self.spot.name;
        if nearest(name, tables).is_some() {
            return error;
        }
        let StatedError { line, message } = error;
        StatedError {
            line,
            message: format!("{message}; add {name}.csv, or take [{name}] out"),
        }
    }

    /// What is stated about the column of that name.
    pub(crate) fn column(&self, name: &str) -> Option<&StatedColumn> {
        find(&self.columns, name, |c| &c.spot.name)
    }

    /// What is stated about a link from the column of that name.
    pub(crate) fn link(&self, column: &str) -> &Said {
        find(&self.links, column, |(from, _)| &from.name).map_or(&Said::Nothing, |(_, to)| to)
    }
}

impl Spot {
    /// An error on this line.
    pub(crate) fn error(&self, message: String) -> StatedError {
        StatedError {
            line: self.line,
            message,
        }
    }

    /// The place of this name among `names`, letter case ignored when no exact match exists, or an error that names the
    /// nearest.
    pub(crate) fn among<'a>(
        &self,
        names: impl Iterator<Item = &'a str> + Clone,
        what: &str,
    ) -> Result<usize, StatedError> {
        let found = names.clone().position(|n| n == self.name);
        found
            .or_else(|| names.clone().position(|n| n.eq_ignore_ascii_case(&self.name)))
            .ok_or_else(|| {
                let choices: Vec<&str> = names.collect();
                self.error(format!(
                    "there is no {what} \"{}\"{}",
                    self.name,
                    suggestion(&self.name, &choices)
                ))
            })
    }
}

impl Said {
    fn check<'a>(&self, names: impl Iterator<Item = &'a str> + Clone, what: &str) -> Result<(), StatedError> {
        match self {
            Self::This(spot) => spot.among(names, what).map(|_| ()),
            _ => Ok(()),
        }
    }
}

fn find<'a, T>(items: &'a [T], name: &str, of: impl Fn(&T) -> &String) -> Option<&'a T> {
    items
        .iter()
        .find(|i| of(i) == name)
        .or_else(|| items.iter().find(|i| of(i).eq_ignore_ascii_case(name)))
}

/// `: did you mean "x"?`, or the choices.
fn suggestion(name: &str, choices: &[&str]) -> String {
    match nearest(name, choices.iter().copied()) {
        Some(choice) => format!(": did you mean \"{choice}\"?"),
        None if choices.is_empty() => String::new(),
        None => format!(": it is one of {}", choices.join(", ")),
    }
}

/// The name that is most like this one, where one is like it at all.
fn nearest<'a>(name: &str, choices: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const ALIKE: f64 = 0.8;
    let likeness = |choice: &str| strsim::jaro_winkler(&choice.to_lowercase(), &name.to_lowercase());
    let near = choices.map(|choice| (likeness(choice), choice));
    let near = near.max_by(|a, b| a.0.total_cmp(&b.0));
    near.filter(|(likeness, _)| *likeness > ALIKE).map(|(_, choice)| choice)
}

/// The text of a schema file, to tell lines.
struct Page<'t>(&'t str);

impl Page<'_> {
    fn line(&self, offset: usize) -> usize {
        1 + self.0.bytes().take(offset).filter(|b| *b == b'\n').count()
    }

    fn spot(&self, name: &str, offset: usize) -> Spot {
        Spot {
            name: name.to_owned(),
            line: self.line(offset),
        }
    }

    fn table(&self, spot: Spot, entries: &DeTable<'_>) -> Result<StatedTable, StatedError> {
        let mut table = StatedTable {
            spot,
            key: Said::Nothing,
            time: Said::Nothing,
            links: Vec::new(),
            columns: Vec::new(),
            ignore: false,
        };
        for (key, value) in entries {
            let spot = self.spot(key.get_ref(), key.span().start);
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("key", value) => table.key = self.said(&spot, value, "a column's name")?,
                ("time", value) => table.time = self.said(&spot, value, "a column's name")?,
                ("ignore", DeValue::Boolean(ignore)) => table.ignore = *ignore,
                ("links", DeValue::Table(links)) => {
                    for (column, target) in links {
                        let from = self.spot(column.get_ref(), column.span().start);
                        let to = self.said(&from, target.get_ref(), "a table's name")?;
                        table.links.push((from, to));
                    }
                }
                ("columns", DeValue::Table(columns)) => {
                    for (name, value) in columns {
                        let spot = self.spot(name.get_ref(), name.span().start);
                        table.columns.push(self.column(spot, value.get_ref())?);
                    }
                }
                ("ignore", _) => return Err(spot.error("ignore is true or false".to_owned())),
                ("links" | "columns", _) => {
                    return Err(spot.error(format!("{} is a table: {} = {{ … }}", spot.name, spot.name)));
                }
                _ => {
                    spot.among(
                        ["key", "time", "links", "columns", "ignore"].into_iter(),
                        "setting of a table called",
                    )?;
                    return Err(spot.error(format!("write \"{}\" in small letters", spot.name)));
                }
            }
        }
        Ok(table)
    }

    fn said(&self, spot: &Spot, value: &DeValue<'_>, what: &str) -> Result<Said, StatedError> {
        match value {
            DeValue::String(name) => Ok(Said::This(Spot {
                name: name.to_string(),
                line: spot.line,
            })),
            DeValue::Boolean(false) => Ok(Said::None),
            _ => Err(spot.error(format!("{} is {what} in quotes, or false for none", spot.name))),
        }
    }

    fn column(&self, spot: Spot, value: &DeValue<'_>) -> Result<StatedColumn, StatedError> {
        let DeValue::Table(settings) = value else {
            return Err(spot.error(format!("write {} = {{ type = \"…\" }}", spot.name)));
        };
        let (mut kind, mut order, mut currency, mut known_at) = (None, None, String::new(), Said::Nothing);
        for (key, value) in settings {
            let at = self.spot(key.get_ref(), key.span().start);
            match (key.get_ref().as_ref(), value.get_ref()) {
                ("type", DeValue::String(name)) => {
                    kind = Some(Spot {
                        name: name.to_string(),
                        line: at.line,
                    })
                }
                ("currency", DeValue::String(mark)) => currency = mark.to_string(),
                ("known_at", value) => known_at = self.said(&at, value, "a timestamp column's name")?,
                ("order", DeValue::Array(values)) => {
                    let values: Option<Vec<String>> =
                        values.iter().map(|v| Some(v.get_ref().as_str()?.to_owned())).collect();
                    order = Some(values.ok_or_else(|| {
                        at.error("order is a list of texts, smallest first: [\"P1\", \"P2\"]".to_owned())
                    })?);
                }
                ("type" | "currency", _) => return Err(at.error(format!("{} is a text in quotes", at.name))),
                ("order", _) => {
                    return Err(at.error("order is a list of texts, smallest first: [\"P1\", \"P2\"]".to_owned()));
                }
                _ => {
                    at.among(
                        ["type", "order", "currency", "known_at"].into_iter(),
                        "setting of a column called",
                    )?;
                    return Err(at.error(format!("write \"{}\" in small letters", at.name)));
                }
            }
        }
        let kind = match kind {
            Some(name) => Some(kind_named(&name, order.take(), currency)?),
            None if order.is_some() => Some(ColumnType::Ordered {
                order: order.take().unwrap_or_default(),
            }),
            None => None,
        };
        if order.is_some() {
            return Err(spot.error(format!("{} has an order: its type is \"ordered\"", spot.name)));
        }
        Ok(StatedColumn { spot, kind, known_at })
    }
}

/// The type of that name; takes `order` when it is ordered.
fn kind_named(name: &Spot, order: Option<Vec<String>>, currency: String) -> Result<ColumnType, StatedError> {
    const TYPES: [&str; 8] = [
        "id",
        "number",
        "money",
        "category",
        "ordered",
        "boolean",
        "timestamp",
        "text",
    ];
    let plain = match TYPES.get(name.among(TYPES.into_iter(), "type")?).copied() {
        Some("ordered") => {
            let order = order.filter(|o| !o.is_empty());
            let order = order.ok_or_else(|| {
                name.error("an ordered type needs its values, smallest first: order = [\"P1\", \"P2\"]".to_owned())
            })?;
            if let Some(twice) = order
                .iter()
                .enumerate()
                .find_map(|(i, v)| order[..i].contains(v).then_some(v))
            {
                return Err(name.error(format!("the order names \"{twice}\" twice")));
            }
            return Ok(ColumnType::Ordered { order });
        }
        Some("id") => ColumnType::Id,
        Some("number") => ColumnType::Number,
        Some("money") => ColumnType::Money { currency },
        Some("category") => ColumnType::Category,
        Some("boolean") => ColumnType::Boolean,
        Some("timestamp") => ColumnType::Timestamp,
        _ => ColumnType::Text,
    };
    if order.is_some() {
        return Err(name.error(format!("type \"{}\" has no order: write type = \"ordered\"", name.name)));
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Stated::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_schema_file_is_read_as_written() {
        let text = "[tickets]\nkey = \"ticket_id\"\ntime = false\nlinks = { account_id = \"accounts\" }\n\
                    [tickets.columns]\npriority = { type = \"ordered\", order = [\"P1\", \"P2\"] }\n\"details.endpoint\" = { type = \"category\" }\n\
                    hours = { known_at = \"resolved_at\" }\n[truth]\nignore = true\n";
        let stated = Stated::parse(text).unwrap();
        let tickets = stated.table("TICKETS").unwrap();
        assert_eq!(tickets.time, Said::None);
        assert_eq!(
            tickets.key,
            Said::This(Spot {
                name: "ticket_id".into(),
                line: 2
            })
        );
        assert_eq!(
            tickets.link("account_id"),
            &Said::This(Spot {
                name: "accounts".into(),
                line: 4
            })
        );
        assert_eq!(
            tickets.column("priority").unwrap().kind,
            Some(ColumnType::Ordered {
                order: vec!["P1".into(), "P2".into()]
            })
        );
        assert_eq!(
            tickets.column("details.endpoint").unwrap().kind,
            Some(ColumnType::Category)
        );
        assert!(stated.table("truth").unwrap().ignore);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_line_and_the_nearest_word() {
        assert_eq!(
            error("[t]\nkee = \"a\""),
            "schema.toml line 2: there is no setting of a table called \"kee\": did you mean \"key\"?"
        );
        assert_eq!(
            error("[t.columns]\n\na = { type = \"nummer\" }"),
            "schema.toml line 3: there is no type \"nummer\": did you mean \"number\"?"
        );
        assert!(error("[t.columns]\na = { type = \"ordered\" }").contains("needs its values"));
        assert!(error("[t]\nkey = 3").contains("a column's name in quotes"));
        assert!(error("[t\n").starts_with("schema.toml line 1:"));
        assert!(error("a = 1").contains("write [a]"));
    }
}
