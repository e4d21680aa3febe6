//! Random schemas: any number of tables with or without a time column, links anywhere (to themselves and in circles too),
//! columns of every kind, some of them known only from a moment in another column on; and random rows in them.

use bellwether::data::schema::Origin;
use bellwether::data::table::Cell;
use bellwether::data::*;
use bellwether::relate::SettledLabel;
use proptest::prelude::*;

const HOUR: i64 = Duration::HOUR.0;
/// Everything happens within so many hours.
pub const HOURS: i64 = 60;

/// A table's shape. Column 0 is its key; then its time, if it has one; then its links; then the others.
#[derive(Clone, Debug)]
pub struct Shape {
    timed: bool,
    links: Vec<usize>,
    columns: Vec<Other>,
    rows: u32,
}

/// A column that is no key, time or link: what it holds, and whether it is known from another column's moment on only.
#[derive(Clone, Debug)]
pub struct Other {
    kind: u8,
    outcome: bool,
}

/// Tables, which of them is asked about, and the seed of every cell.
#[derive(Clone, Debug)]
pub struct Schemes {
    shapes: Vec<Shape>,
    entity: usize,
    seed: u64,
}

pub fn schemes() -> impl Strategy<Value = Schemes> {
    let other = (0u8..7, any::<bool>()).prop_map(|(kind, outcome)| Other { kind, outcome });
    let shape = (
        any::<bool>(),
        prop::collection::vec(0usize..100, 0..3),
        prop::collection::vec(other, 0..5),
        0u32..14,
    );
    let shape = shape.prop_map(|(timed, links, columns, rows)| Shape {
        timed,
        links,
        columns,
        rows,
    });
    let shapes = prop::collection::vec(shape, 1..6);
    (shapes, 0usize..100, any::<u64>(), any::<bool>()).prop_map(|(mut shapes, mut entity, seed, names)| {
        // Half of those with enough tables ask about what has no time, and is named by rows that name something else too.
        if let ([asked, rows, thing, ..], true) = (shapes.as_mut_slice(), names) {
            (asked.timed, rows.timed, thing.timed) = (false, true, false);
            asked.links.clear();
            rows.links = vec![0, 2];
            entity = 0;
        }
        Schemes {
            entity: entity % shapes.len(),
            shapes,
            seed,
        }
    })
}

/// What is hidden at a moment drawn anew: the moment, and by what.
pub type Scramble = Option<(Timestamp, u64)>;

impl Schemes {
    pub fn entity(&self) -> TableId {
        TableId(self.entity)
    }

    /// Says that the shapes are as various as they are meant to be.
    pub fn describe(&self) -> (usize, usize, usize, usize) {
        let timed = self.shapes.iter().filter(|s| s.timed).count();
        let links = self.shapes.iter().map(|s| s.links.len()).sum();
        let outcomes = self
            .schema()
            .tables
            .iter()
            .flat_map(|t| &t.columns)
            .filter(|c| c.known_at.is_some())
            .count();
        (self.shapes.len(), timed, links, outcomes)
    }

    /// A number of this cell; the same whenever asked.
    fn draw(&self, salt: u64, table: usize, row: u32, column: usize) -> u64 {
        let mut x = self.seed ^ salt.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        for part in [table as u64 + 1, u64::from(row) + 1, column as u64 + 1] {
            x = (x ^ part).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            x ^= x >> 29;
        }
        x ^ (x >> 32)
    }

    fn first_other(&self, table: usize) -> usize {
        1 + usize::from(self.shapes[table].timed) + self.shapes[table].links.len()
    }

    /// The timestamp columns of a table besides its time.
    fn moments(&self, table: usize) -> Vec<usize> {
        let first = self.first_other(table);
        let columns = self.shapes[table].columns.iter().enumerate();
        columns.filter(|(_, c)| c.kind == 4).map(|(k, _)| first + k).collect()
    }

    pub fn schema(&self) -> Schema {
        let column = |name: String, kind: ColumnType, known_at: Option<usize>| ColumnSchema {
            name,
            kind,
            known_at: known_at.map(ColumnId),
            origin: Origin::Stated,
        };
        let tables = self.shapes.iter().enumerate().map(|(t, shape)| {
            let mut columns = vec![column(format!("t{t}_id"), ColumnType::Id, None)];
            if shape.timed {
                columns.push(column("at".into(), ColumnType::Timestamp, None));
            }
            let links = shape.links.iter().enumerate().map(|(k, target)| Link {
                column: ColumnId(1 + usize::from(shape.timed) + k),
                table: TableId(target % self.shapes.len()),
                origin: Origin::Stated,
            });
            let links: Vec<Link> = links.collect();
            columns.extend((0..links.len()).map(|k| column(format!("link{k}"), ColumnType::Id, None)));
            let moments = self.moments(t);
            for (k, other) in shape.columns.iter().enumerate() {
                let (word, kind) = match other.kind {
                    0 => ("number", ColumnType::Number),
                    1 => ("category", ColumnType::Category),
                    2 => (
                        "ordered",
                        ColumnType::Ordered {
                            order: vec!["a".into(), "b".into(), "c".into()],
                        },
                    ),
                    3 => ("flag", ColumnType::Boolean),
                    4 => ("moment", ColumnType::Timestamp),
                    5 => ("text", ColumnType::Text),
                    _ => ("money", ColumnType::Money { currency: "$".into() }),
                };
                let known_at = moments.first().copied().filter(|_| other.outcome && other.kind != 4);
                columns.push(column(format!("{word}{k}"), kind, known_at));
            }
            TableSchema {
                name: format!("t{t}"),
                key: Some(ColumnId(0)),
                key_origin: None,
                time: shape.timed.then_some(ColumnId(1)),
                time_origin: None,
                columns,
                links,
            }
        });
        Schema {
            tables: tables.collect(),
        }
    }

    /// A moment that stays on its side of the scrambling moment.
    fn moment(&self, scramble: Scramble, table: usize, row: u32, column: usize) -> Timestamp {
        let plain = Timestamp((self.draw(0, table, row, column) % HOURS as u64) as i64 * HOUR);
        match scramble {
            Some((moment, salt)) if plain > moment => {
                Timestamp(moment.0 + 1 + (self.draw(salt, table, row, column) % 50) as i64 * HOUR)
            }
            _ => plain,
        }
    }

    /// The tables; with a scramble, every cell that is not visible at that moment is drawn anew, moments staying later.
    pub fn database(&self, scramble: Scramble) -> Database {
        let schema = self.schema();
        let tables = schema.tables.iter().map(|t| Table {
            columns: t.columns.iter().map(|c| Column::empty(&c.kind)).collect(),
            rows: 0,
        });
        let mut database = Database::new(schema.clone(), tables.collect(), Symbols::default());
        let hidden = |t: Timestamp| scramble.is_some_and(|(moment, _)| t > moment);
        for (t, shape) in self.shapes.iter().enumerate() {
            let table = &schema.tables[t];
            for row in 0..shape.rows {
                let late = shape.timed && hidden(self.moment(None, t, row, 1));
                let cells: Vec<(Option<String>, Option<f64>, Option<Timestamp>)> = (0..table.columns.len())
                    .map(|c| {
                        let column = &table.columns[c];
                        let unknown = column.known_at.is_some_and(|k| {
                            let null = self.draw(0, t, row, k.0).is_multiple_of(5);
                            null || hidden(self.moment(None, t, row, k.0))
                        });
                        let salt = scramble.filter(|_| late || unknown).map_or(0, |(_, salt)| salt);
                        let drawn = self.draw(salt, t, row, c);
                        // NULLs of moments stay: a moment that was never there is not hidden.
                        let null = if column.kind == ColumnType::Timestamp {
                            self.draw(0, t, row, c)
                        } else {
                            drawn
                        } % 5
                            == 0;
                        let link = table.links.iter().find(|l| l.column.0 == c);
                        match &column.kind {
                            _ if c == 0 => (Some(format!("t{t}r{row}")), None, None),
                            ColumnType::Timestamp if table.time == Some(ColumnId(c)) => {
                                (None, None, Some(self.moment(scramble, t, row, c)))
                            }
                            _ if null => (None, None, None),
                            ColumnType::Timestamp => (None, None, Some(self.moment(scramble, t, row, c))),
                            ColumnType::Id => {
                                let target = link.map_or(0, |l| l.table.0);
                                let rows = u64::from(self.shapes[target].rows) + 1;
                                (Some(format!("t{target}r{}", (drawn >> 8) % rows)), None, None)
                            }
                            ColumnType::Category | ColumnType::Ordered { .. } => {
                                (Some(["a", "b", "c"][(drawn >> 8) as usize % 3].to_owned()), None, None)
                            }
                            ColumnType::Text => (
                                Some(["out of memory", "login fails", "thanks"][(drawn >> 8) as usize % 3].to_owned()),
                                None,
                                None,
                            ),
                            ColumnType::Boolean => (None, Some(((drawn >> 8) % 2) as f64), None),
                            ColumnType::Number | ColumnType::Money { .. } => {
                                (None, Some(((drawn >> 8) % 500) as f64 / 7.0), None)
                            }
                        }
                    })
                    .collect();
                let symbols: Vec<Symbol> = cells
                    .iter()
                    .map(|(text, ..)| text.as_ref().map_or(Symbol::NULL, |text| database.symbols.intern(text)))
                    .collect();
                let row: Vec<Cell<'_>> = cells
                    .iter()
                    .zip(symbols)
                    .enumerate()
                    .map(|(c, (cell, symbol))| match cell {
                        (Some(text), ..) if table.columns[c].kind == ColumnType::Text => Cell::Text(text),
                        (Some(_), ..) => Cell::Symbol(symbol),
                        (_, Some(number), _) => Cell::Number(*number),
                        (_, _, Some(moment)) => Cell::Time(*moment),
                        _ => Cell::Null,
                    })
                    .collect();
                database.push_row(TableId(t), &row);
            }
        }
        database
    }

    /// Answers to the question, one for each row of the entity's table that `database` holds; those not settled at the
    /// scrambling moment are others.
    pub fn labels(&self, database: &Database, scramble: Scramble) -> Vec<SettledLabel> {
        let (entity, never) = (self.entity(), usize::MAX - 1);
        let rows = u32::try_from(database.table(entity).rows).unwrap();
        (0..rows)
            .map(RowId)
            .map(|row| {
                // By its key, which a truncated table keeps.
                let number: u32 = database
                    .key_text(entity, row)
                    .unwrap()
                    .rsplit_once('r')
                    .unwrap()
                    .1
                    .parse()
                    .unwrap();
                let drawn = self.draw(0, self.entity, number, never);
                let anchor = match database.row_time(entity, row) {
                    Some(at) => at,
                    None => Timestamp((drawn % 40) as i64 * HOUR),
                };
                let closes = anchor + Duration::hours(10);
                let yes = (drawn >> 8).is_multiple_of(3);
                let settles = if yes {
                    anchor + Duration::hours(1 + (drawn >> 16) as i64 % 9)
                } else {
                    closes
                };
                let plain = SettledLabel {
                    row,
                    anchor,
                    settled_at: settles,
                    closed_at: closes,
                    value: f64::from(u8::from(yes)),
                };
                match scramble {
                    Some((moment, _)) if settles > moment => SettledLabel {
                        settled_at: closes.max(moment + Duration(1)),
                        closed_at: closes.max(moment + Duration(1)),
                        value: 1.0 - plain.value,
                        ..plain
                    },
                    _ => plain,
                }
            })
            .collect()
    }
}
