//! What-if questions: what they answer, and that nothing of them stays.

mod common;

use std::fmt::Write;

use bellwether::bundle::BundleFiles;
use bellwether::data::table::Cell;
use bellwether::data::{Duration, RowId, Timestamp};
use bellwether::explain::Change;
use bellwether::learn::calibrate::Platt;
use bellwether::learn::forest::{Forest, ObliviousTree, Split};
use bellwether::learn::objective::Objective;
use bellwether::learn::train::Model;
use bellwether::query::{Mode, bind};
use bellwether::relate::enumerate::{Reach, enumerate};
use bellwether::score::Scorer;
use common::{TICKETS, World, labels, worlds};
use proptest::prelude::*;
use serde_json::{Value, json};

const QUERY: &str = "PREDICT BOOL(tickets.escalated_at, 0, 10, hours) FOR EACH tickets.ticket_id";
const NOW: Timestamp = Timestamp(60 * Duration::HOUR.0);

/// A bundle of random tables with a model that looks at every feature: a stump for each, rising with its value.
fn scorer(world: &World) -> Scorer {
    let database = world.database(None).upto(NOW);
    let features = enumerate(&database, TICKETS, NOW, &Reach::default()).set;
    let width = features.features.len();
    let stump = |feature: usize| ObliviousTree {
        splits: vec![Split {
            feature: u32::try_from(feature).unwrap(),
            threshold: 0.5,
        }],
        leaves: vec![0.0, 0.01],
        covers: vec![2.0, 1.0],
    };
    let model = Model {
        features,
        forest: Forest {
            features: width,
            bias: -1.0,
            trees: (0..width).map(stump).collect(),
        },
        platt: Platt {
            slope: 1.0,
            intercept: 0.0,
        },
        text: None,
        recalled: bellwether::learn::recalled::Recalled::default(),
        alike: None,
        encodings: Vec::new(),
        base: 0.2,
        objective: Objective::YesNo,
        ages: Vec::new(),
        examples: 1,
        validation: Vec::new(),
        watch: bellwether::learn::watch::Watch::default(),
        stale: None,
    };
    let task = bind(QUERY, &database.schema, Mode::Extended).unwrap();
    let files = BundleFiles::pack(&database, &task, &model, &labels(&database), NOW, None, None).unwrap();
    Scorer::open(&files.manifest.to_json().unwrap(), &files.model, &files.tables).unwrap()
}

fn rows(scorer: &Scorer) -> Vec<RowId> {
    let rows = scorer.bundle().opened.database.table(TICKETS).rows;
    (0..u32::try_from(rows).unwrap()).map(RowId).collect()
}

/// Everything that an answer could depend on.
fn state(scorer: &Scorer) -> String {
    let mut all = format!("{:?}", scorer.bundle().opened.database.tables);
    write!(all, "{}", scorer.bundle().opened.database.symbols.len()).unwrap();
    all
}

fn change(json: Value) -> Change {
    serde_json::from_value(json).unwrap()
}

fn changes() -> impl Strategy<Value = Value> {
    let account = 0usize..6;
    let kind = prop::sample::select(vec!["500", "429", "login", "never seen"]);
    let priority = prop::sample::select(vec!["P1", "P2", "P3"]);
    (account, kind, priority, 0usize..3, 0i64..70, any::<[bool; 5]>()).prop_map(
        |(account, kind, priority, n, hour, [set, parent, add, remove, key])| {
            let mut change = json!({"set": {}, "add": {}, "remove": {}});
            if set {
                change["set"]["priority"] = json!(priority);
                change["set"]["category"] = json!(kind);
            }
            if parent {
                change["set"]["account_id.plan"] = json!("Platinum");
                change["set"]["accounts.arr"] = json!(hour);
            }
            if add {
                let at = Timestamp(hour * Duration::HOUR.0).to_string();
                let row = json!({"owner_id": format!("A{account}"), "kind": kind, "at": at, "endpoint": "/v9"});
                change["add"]["events"] = json!(vec![row; n]);
            }
            if remove {
                change["remove"]["events"] = json!({"kind": [kind, "500"]});
                change["remove"]["tickets"] = json!({"account_id": format!("A{account}")});
            }
            if key {
                change["set"]["account_id"] = json!(format!("A{account}"));
            }
            change
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_of_a_what_if_stays(world in worlds(), changes in prop::collection::vec(changes(), 1..4)) {
        let mut scorer = scorer(&world);
        let (before, relations) = (state(&scorer), scorer.bundle().opened.relations.clone());
        for row in rows(&scorer) {
            let card = serde_json::to_value(scorer.card_of_row(row, NOW).unwrap()).unwrap();
            for json in &changes {
                // Whether it can be made does not matter here.
                let _ = scorer.what_if_of_row(row, &change(json.clone()), NOW);
            }
            scorer.chips_of_row(row, NOW).unwrap();
            prop_assert_eq!(&before, &state(&scorer));
            prop_assert!(relations == scorer.bundle().opened.relations, "a series is another one now");
            prop_assert_eq!(card, serde_json::to_value(scorer.card_of_row(row, NOW).unwrap()).unwrap());
        }
    }

    #[test]
    fn rows_added_and_rows_taken_out_count_as_if_the_tables_had_said_so(world in worlds(), pick in any::<prop::sample::Index>()) {
        prop_assume!(!world.events.is_empty() && !world.tickets.is_empty());
        let gone = format!("E{}", pick.index(world.events.len()));
        let database = world.database(None).upto(NOW);
        let events = database.schema.find("events").unwrap();
        let event = database.symbols.find(&gone).and_then(|key| database.row_of_key(events, key));
        let mut with = scorer(&world).over_history(database.clone()).unwrap();
        let json = json!({"remove": {"events": {"event_id": gone}}});
        // An event that is yet to happen is as good as none.
        let mut without = database;
        let time = without.schema.table(events).time.unwrap();
        without.replace_cell(events, time, event.unwrap(), Cell::Time(NOW + Duration::HOUR));
        let without = scorer(&world).over_history(without).unwrap();
        for row in rows(&with) {
            let (a, b) = (with.what_if_of_row(row, &change(json.clone()), NOW).unwrap(), without.card_of_row(row, NOW).unwrap());
            let different = a.contributions.iter().zip(&b.contributions).find(|(a, b)| a.value != b.value);
            prop_assert!(different.is_none(), "{:?}", different);
            prop_assert_eq!(a.log_odds, b.log_odds);
            prop_assert!(a.hypothetical.is_some() && b.hypothetical.is_none());
        }
    }
}

/// Two accounts, an event of each kind, a ticket.
fn small() -> Scorer {
    let world = World {
        accounts: vec![[0; 8], [1; 8]],
        deployments: Vec::new(),
        events: vec![
            [0, 0, 50, 0, 0, 1, 0, 0],
            [0, 0, 51, 0, 0, 1, 0, 0],
            [0, 0, 52, 1, 0, 1, 0, 0],
        ],
        tickets: vec![[0, 0, 10, 0, 0, 3, 0, 1], [0, 0, 55, 0, 0, 3, 0, 1]],
        timed_accounts: false,
        events_by_ticket: false,
    };
    scorer(&world)
}

#[test]
fn a_change_that_cannot_be_made_says_what_is_wrong_with_it() {
    let mut scorer = small();
    let before = state(&scorer);
    for (json, says) in [
        (json!({"set": {"colour": "red"}}), "no column \"colour\""),
        (json!({"set": {"priority": "P9"}}), "one of P1, P2, P3"),
        (json!({"set": {"ticket_id": "T9"}}), "names the row"),
        (
            json!({"set": {"account_id": "A77", "account_id.plan": "Free"}}),
            "leads to no row",
        ),
        (json!({"set": {"account_id.arr": "much"}}), "not a number"),
        (json!({"add": {"evnts": [{}]}}), "no table \"evnts\""),
        (
            json!({"add": {"events": [{"kind": "500", "colour": 1}]}}),
            "no column \"colour\"",
        ),
        (json!({"add": {"events": [{"at": "yesterday"}]}}), "not a time"),
        (json!({"remove": {"events": {"at": "soon"}}}), "not a time"),
    ] {
        let error = scorer
            .what_if_of_row(RowId(1), &change(json.clone()), NOW)
            .unwrap_err()
            .to_string();
        assert!(error.contains(says), "{json}: {error}");
        assert!(!error.contains('\n'), "{error}");
        assert_eq!(before, state(&scorer), "{json}");
    }
    assert!(scorer.what_if(r#"{"ticket_id": "T1"}"#, "[", NOW).is_err());
}

#[test]
fn chips_name_what_could_be_otherwise_and_what_the_model_would_say() {
    let mut scorer = small();
    let card = scorer.card_of_row(RowId(1), NOW).unwrap();
    let chips = scorer.chips_of_row(RowId(1), NOW).unwrap();
    let labels: Vec<&str> = chips.iter().map(|c| c.label.as_str()).collect();
    assert!(labels.contains(&"No 500s"), "{labels:?}");
    for chip in &chips {
        let answer = scorer.what_if_of_row(RowId(1), &chip.change, NOW).unwrap();
        assert!(
            (answer.probability.unwrap() - chip.probability.unwrap()).abs() < 1e-12,
            "{}",
            chip.label
        );
        assert_ne!(card.probability, answer.probability, "{}", chip.label);
        assert!(answer.hypothetical.is_some() && answer.what_if.is_empty());
    }
}

#[test]
fn a_what_if_about_nothing_says_so() {
    let mut scorer = small();
    let nothing = change(json!({"remove": {"events": {"kind": "429", "owner_id": "A1"}}}));
    let answer = scorer.what_if_of_row(RowId(1), &nothing, NOW).unwrap();
    assert!(
        answer.partial.iter().any(|line| line.contains("Nothing to take out")),
        "{:?}",
        answer.partial
    );
    assert_eq!(
        answer.probability,
        scorer.card_of_row(RowId(1), NOW).unwrap().probability
    );
}
