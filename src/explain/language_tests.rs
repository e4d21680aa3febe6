//! Facts that reasons must keep in every language: a phrase for whatever the enumerator can make, of the helpdesk and of
//! schemas drawn at random, with no place left open and no word of another language.

use std::collections::BTreeSet;

use super::helpdesk::{TICKETS, helpdesk, now, table};
use super::phrase::{Arrow, Phrase, Phrasing};
use super::reason::Parts;
use super::{Language, Learnt, Reason, Target, proposals, reasons};
use crate::data::table::{Cell, Table};
use crate::data::{Column, ColumnType, Database, Duration, RowId, Schema, SourceFile, Symbols, TableId, read};
use crate::relate::enumerate::{Reach, enumerate};
use crate::relate::feature::{Calendar, Reading};
use crate::relate::path::ColumnPath;
use crate::relate::{Asker, Feature, Relations, SettledLabel};

/// Words of English templates that no name below has; a German sentence must have none of them.
const ENGLISH: [&str; 26] = [
    "the",
    "of",
    "this",
    "latest",
    "prior",
    "earlier",
    "usual",
    "none",
    "known",
    "recurring",
    "rate",
    "with",
    "reads",
    "learnt",
    "among",
    "behind",
    "lowest",
    "highest",
    "mean",
    "yet",
    "ago",
    "days",
    "so",
    "far",
    "different",
    "tickets.",
];

const TABLES: [&str; 6] = [
    "orders",
    "customers",
    "sensor_readings",
    "visits",
    "releases",
    "status_changes",
];
const NAMES: [&str; 10] = [
    "kind",
    "region",
    "amount",
    "is_vip",
    "score",
    "opened_at",
    "query_time_ms",
    "tenure_days",
    "health_score",
    "grade",
];

/// A stream of numbers, the same in every run.
struct Stream(u64);

impl Stream {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// Tables that link to one another in some order, each with columns of some types, its rows spread over two months; the
/// last one is asked about.
fn random(seed: u64) -> (Database, Vec<SettledLabel>, TableId, RowId) {
    let mut draw = Stream(seed);
    for _ in 0..8 {
        draw.below(2);
    }
    let count = 2 + draw.below(4);
    let kinds = |draw: &mut Stream| -> Vec<(&'static str, ColumnType)> {
        let order = ["low", "middle", "high"].map(str::to_owned).to_vec();
        let kind = |name: &str| match name {
            "kind" | "region" => ColumnType::Category,
            "amount" => ColumnType::Money { currency: "$".into() },
            "is_vip" => ColumnType::Boolean,
            "opened_at" => ColumnType::Timestamp,
            "grade" => ColumnType::Ordered { order: order.clone() },
            _ => ColumnType::Number,
        };
        let wanted = NAMES.iter().filter(|_| draw.below(3) > 0);
        wanted.map(|name| (*name, kind(name))).collect()
    };
    let mut schemas = Vec::new();
    for (t, own_name) in TABLES.iter().enumerate().take(count) {
        let last = t + 1 == count;
        let mut columns = vec![("id", ColumnType::Id)];
        let timed = last || draw.below(3) > 0;
        if timed {
            columns.push(("happened_at", ColumnType::Timestamp));
        }
        let mut links = Vec::new();
        for (other, name) in TABLES.iter().enumerate().take(t) {
            if last || draw.below(2) == 0 {
                links.push((columns.len(), other));
                columns.push((name, ColumnType::Id));
            }
        }
        columns.extend(kinds(&mut draw));
        if last {
            columns.push(("subject", ColumnType::Text));
        }
        schemas.push(table(own_name, &columns, timed.then_some(1), &links));
    }
    let schema = Schema { tables: schemas };
    let empty = schema.tables.iter().map(|t| Table {
        columns: t.columns.iter().map(|c| Column::empty(&c.kind)).collect(),
        rows: 0,
    });
    let mut database = Database::new(schema.clone(), empty.collect(), Symbols::default());
    let entity = TableId(count - 1);
    let mut labels = Vec::new();
    let mut asked = RowId(0);
    for (t, of) in schema.tables.iter().enumerate() {
        let rows = if t + 1 == count { 60 } else { 5 + draw.below(40) };
        for r in 0..rows {
            let is_last = t + 1 == count && r + 1 == rows;
            let at = now()
                - Duration::hours(if is_last {
                    0
                } else {
                    1 + i64::try_from(draw.below(1_400)).unwrap()
                });
            let texts: Vec<Option<String>> = of
                .columns
                .iter()
                .enumerate()
                .map(|(c, column)| {
                    let link = of.links.iter().find(|l| l.column.0 == c);
                    match (&column.kind, link) {
                        (_, Some(link)) => Some(format!("{}-{}", link.table.0, draw.below(9))),
                        (ColumnType::Id, _) => Some(format!("{t}-{r}")),
                        (ColumnType::Category, _) => {
                            Some(["Alpha one", "beta_two", "GAMMA", "failed"][draw.below(4)].into())
                        }
                        (ColumnType::Ordered { order }, _) => Some(order[draw.below(3)].clone()),
                        _ => None,
                    }
                })
                .collect();
            let symbols: Vec<_> = texts
                .iter()
                .map(|text| text.as_deref().map(|text| database.symbols.intern(text)))
                .collect();
            let cells: Vec<Cell<'_>> = of
                .columns
                .iter()
                .zip(&symbols)
                .enumerate()
                .map(|(c, (column, symbol))| match (&column.kind, symbol) {
                    _ if c > 1 && draw.below(12) == 0 => Cell::Null,
                    (_, Some(symbol)) => Cell::Symbol(*symbol),
                    (ColumnType::Timestamp, _) if c == 1 => Cell::Time(at),
                    (ColumnType::Timestamp, _) => Cell::Time(at + Duration::hours(5)),
                    (ColumnType::Boolean, _) => Cell::Number(if draw.below(2) == 0 { 1.0 } else { 0.0 }),
                    (ColumnType::Text, _) => Cell::Text("it fails"),
                    _ => Cell::Number(f64::from(u32::try_from(draw.below(400)).unwrap()) / 4.0),
                })
                .collect();
            let row = database.push_row(TableId(t), &cells);
            if t + 1 == count && !is_last {
                labels.push(SettledLabel {
                    row,
                    anchor: at,
                    settled_at: at,
                    closed_at: at,
                    value: if draw.below(3) == 0 { 1.0 } else { 0.0 },
                });
            }
            asked = row;
        }
    }
    (database, labels, entity, asked)
}

/// Players, who have no time of their own, and what each did for which club in the last four years, with three amounts
/// that rise together; and the clubs' own matches.
fn seasons() -> (Database, TableId, RowId) {
    use std::fmt::Write;
    let mut draw = Stream(8);
    let mut players = "player_id,town\n".to_owned();
    let mut clubs = "club_id,country\n".to_owned();
    let mut stints = "stint_id,player_id,club_id,minutes,passes,goals,left_at\n".to_owned();
    let mut matches = "match_id,club_id,crowd,played_at\n".to_owned();
    for player in 0..12 {
        writeln!(players, "P{player},T{}", player % 3).unwrap();
    }
    for club in 0..6 {
        writeln!(clubs, "C{club},N{}", club % 2).unwrap();
    }
    for k in 0..240 {
        let (day, minutes) = (
            format!("202{}-{:02}-{:02}", 1 + k / 60, 1 + k % 12, 1 + k % 28),
            draw.below(90),
        );
        let (passes, goals) = (minutes / 2 + draw.below(4), minutes / 30);
        let (player, club) = (draw.below(12), draw.below(6));
        writeln!(stints, "S{k},P{player},C{club},{minutes},{passes},{goals},{day}").unwrap();
        writeln!(matches, "M{k},C{},{},{day}", draw.below(6), draw.below(9_000)).unwrap();
    }
    let tables = [
        ("players", players),
        ("clubs", clubs),
        ("stints", stints),
        ("matches", matches),
    ];
    let files = tables.map(|(name, lines)| SourceFile {
        name: format!("{name}.csv"),
        bytes: lines.into_bytes(),
    });
    let database = read(files.into(), None).unwrap().database;
    let entity = database.schema.find("players").unwrap();
    (database, entity, RowId(0))
}

/// What a feature is, for the count of what was met.
fn kind(feature: &Feature) -> String {
    match feature {
        Feature::Column { reading, .. } => format!("column {reading:?}"),
        Feature::Aggregate { function, .. } => format!("aggregate {function:?}"),
        Feature::Share { .. } => "share".into(),
        Feature::Ratio { .. } => "ratio".into(),
        Feature::Rate { .. } => "rate".into(),
        Feature::Open { .. } => "open".into(),
        Feature::Through { .. } => "through".into(),
        Feature::Matched { .. } => "matched".into(),
        Feature::Calendar(part) => format!("calendar {part:?}"),
        Feature::Encoded { .. } => "encoded".into(),
        Feature::Alike { .. } => "alike".into(),
        Feature::Text { .. } => "text".into(),
    }
}

fn check(said: &str, language: Language, of: &str) {
    let tag = language.tag();
    assert!(!said.trim().is_empty(), "{tag}: {of} has no words");
    assert!(!said.contains(['{', '}']), "{tag}: {of} leaves a place open: {said}");
    assert!(!said.contains("  ") && !said.contains("NaN"), "{tag}: {of}: {said}");
    assert!(!said.starts_with([' ', ',', ':', ';']), "{tag}: {of}: {said}");
    if language == Language::German {
        let strange = said.split([' ', ',', ':', ';', '(', ')']).find(|w| ENGLISH.contains(w));
        assert!(strange.is_none(), "{of}: {strange:?} in {said:?}");
    }
}

/// Words every feature of the enumerated set, with known, unknown and small values, in every language; returns the kinds met.
fn phrase_all(
    database: &Database,
    labels: &[SettledLabel],
    entity: TableId,
    row: RowId,
    target: &dyn Fn(Language) -> Target,
) -> BTreeSet<String> {
    let reach = Reach {
        seasons: true,
        ..Reach::default()
    };
    let mut set = enumerate(database, entity, now(), &reach).set;
    let paths: Vec<ColumnPath> = set.features.iter().filter_map(Feature::category).cloned().collect();
    if !paths.is_empty() {
        set.features.push(Feature::Alike { paths });
    }
    let relations = Relations::build(database, entity, set, labels, &mut |_, _| {});
    let asker = Asker::new(row, now());
    let count = relations.set().features.len();
    let known = relations.row(database, asker);
    let learnt: Vec<Option<Learnt>> = (0..count)
        .map(|place| {
            (place % 3 > 0).then(|| Learnt {
                count: u32::try_from(place).unwrap() % 50,
                mean: 0.63,
            })
        })
        .collect();
    let tokens = [("rotation".to_owned(), 0.4), ("vorlauf".to_owned(), -0.3)];
    let phrasings = Language::ALL.map(target);
    for values in [
        known,
        vec![f32::NAN; count],
        vec![0.0; count],
        vec![1.0; count],
        vec![3.0; count],
    ] {
        for (place, feature) in relations.set().features.iter().enumerate() {
            let name = relations.set().name(&database.schema, entity, place);
            for target in &phrasings {
                let phrasing = Phrasing {
                    database,
                    relations: &relations,
                    asker,
                    target,
                    shared: &[],
                    learnt: &learnt,
                    tokens: &tokens,
                    lean: None,
                    left_out: std::cell::Cell::new(false),
                };
                for up in [false, true] {
                    let Phrase { text, value } =
                        phrasing.phrase(feature, f64::from(values[place]), Arrow { place, up });
                    check(&text, target.language, &name);
                    check(&value, target.language, &name);
                }
            }
        }
        // Together, as they stand on a card: joined, folded, and with what could be otherwise.
        for (target, turn) in phrasings.iter().flat_map(|t| [(t, 1), (t, 2), (t, 3)]) {
            let weight = |place: usize| f64::from(u32::try_from((place * 7919 * turn) % 101).unwrap()) - 50.0;
            let shapley: Vec<f64> = (0..count).map(weight).collect();
            let parts = Parts {
                values: &values,
                shapley: &shapley,
                learnt: &learnt,
                tokens: &tokens,
                ..Parts::default()
            };
            for Reason { text, value, .. } in reasons(database, &relations, asker, parts, target, usize::MAX) {
                check(&text, target.language, "a reason");
                check(&value, target.language, "a reason");
            }
            let asked = proposals(database, &relations, asker, &values, &shapley, target, usize::MAX);
            for alternative in asked.iter().flat_map(|p| &p.alternatives) {
                check(&alternative.label, target.language, "a what-if");
            }
        }
    }
    relations.set().features.iter().map(kind).collect()
}

#[test]
fn every_kind_of_feature_the_enumerator_makes_is_worded_in_every_language() {
    let escalation = |language| Target::from_column_name("escalated_to_eng", language);
    let (database, labels, row) = helpdesk();
    let mut met = phrase_all(&database, &labels, TICKETS, row, &escalation);
    for seed in 0..12 {
        let (database, labels, entity, row) = random(seed);
        let target = |language| match seed % 3 {
            0 => Target::from_column_name("y", language),
            1 => escalation(language),
            _ => Target::quantity(&database.schema.tables[entity.0].columns[0], language),
        };
        met.extend(phrase_all(&database, &labels, entity, row, &target));
    }
    let (database, entity, row) = seasons();
    met.extend(phrase_all(&database, &[], entity, row, &escalation));
    let set = enumerate(&database, entity, now(), &Reach::default()).set;
    for name in [
        "mean of matches.crowd by latest stints.club_id, 365 d",
        "share of stints[club_id.country = N1] by player_id, ever",
        "stints.goals by player_id per stints.minutes, 365 d",
    ] {
        let mut named = (0..set.features.len()).map(|f| set.name(&database.schema, entity, f));
        assert!(named.any(|other| other == name), "{name}");
    }
    // What is learnt of one feature in two ways has two names.
    let twice = set.keep(&[0, 1, 0]);
    let [first, other, second] = [0, 1, 2].map(|place| twice.name(&database.schema, entity, place));
    assert_eq!(second, format!("{first} (2)"));
    assert!(other != first && !other.ends_with(')'), "{other}");
    let functions = [
        "Count",
        "Sum",
        "Mean",
        "Min",
        "Max",
        "Last",
        "Change",
        "SinceLast",
        "Distinct",
    ];
    let readings = [Reading::Number, Reading::Rank, Reading::Age];
    let parts = [Calendar::HourOfDay, Calendar::DayOfWeek, Calendar::MonthOfYear];
    let wanted = functions
        .iter()
        .map(|f| format!("aggregate {f}"))
        .chain(readings.iter().map(|r| format!("column {r:?}")))
        .chain(parts.iter().map(|p| format!("calendar {p:?}")))
        .chain(["share", "ratio", "rate", "open", "through", "encoded", "alike", "text"].map(str::to_owned));
    assert_eq!(met, wanted.collect::<BTreeSet<String>>());
}

#[test]
fn the_problem_statements_example_reads_in_german() {
    let (database, labels, row) = helpdesk();
    let set = enumerate(&database, TICKETS, now() - Duration::HOUR, &Reach::default()).set;
    let relations = Relations::build(&database, TICKETS, set, &labels, &mut |_, _| {});
    let asker = Asker::new(row, now());
    let values = relations.row(&database, asker);
    let mut shapley = vec![0.0; values.len()];
    for (name, weight) in [
        (
            "count of product_events[event_type = API 500 error] by account_id, 48 h",
            0.32,
        ),
        ("count of positive label by user_id, ever", 0.22),
        ("account_id.health_score", 0.18),
        (
            "hours since last deployments through product_events.details.endpoint[event_type = API 500 error] by account_id, 48 h",
            0.16,
        ),
        ("priority", 0.08),
        ("account_id.arr", 0.04),
        ("rate of label by user_id × category, ever", -0.03),
        (
            "count of product_events[event_type = Slow query] by account_id, 48 h",
            -0.02,
        ),
        (
            "open: tickets by account_id without tickets at resolved_at by account_id",
            0.01,
        ),
    ] {
        let place = (0..values.len()).find(|&p| relations.set().name(&database.schema, TICKETS, p) == name);
        if let Some(place) = place {
            shapley[place] = weight;
        }
    }
    let target = Target::from_column_name("escalated_to_eng", Language::German);
    let parts = Parts {
        values: &values,
        shapley: &shapley,
        ..Parts::default()
    };
    let told = reasons(&database, &relations, asker, parts, &target, usize::MAX);
    let told: Vec<(&str, &str)> = told.iter().map(|r| (r.text.as_str(), r.value.as_str())).collect();
    assert_eq!(
        told,
        [
            ("Wiederholt API 500 error (48 h)", "7-mal, zuletzt vor 10 h; sonst 0,1"),
            ("User: frühere Eskalationen", "3, zuletzt vor 23 Tagen"),
            ("Account Health Score", "45 (kritisch)"),
            ("Endpoint /v2/predict: Deployments zuletzt", "vor 3 Tagen"),
            ("Priority im Verhältnis zu Account ARR", "P1 bei 240 Tsd. $"),
            ("Ohne Slow query in 48 h", "sonst 0,1"),
            ("Account: offene Tickets", "1"),
        ]
    );
}
