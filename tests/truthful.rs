//! Whether explanations are true, on a synthetic helpdesk whose law is known: what is taken away moves the score its way,
//! the true driver comes first, nothing is made of noise, and a model that is not ours is explained by sampling and says so.

use std::sync::OnceLock;

use bellwether::bundle::{BundleFiles, Manifest, manifest::File};
use bellwether::data::{Database, RowId, SourceFile, Timestamp, read};
use bellwether::explain::reason::{Target, top_reason};
use bellwether::explain::shapley::{ShapleyForest, shapley};
use bellwether::learn::LearnError;
use bellwether::learn::calibrate::Platt;
use bellwether::learn::example::{Example, Examples, feature_rows};
use bellwether::learn::forest::{Forest, ObliviousTree, Split};
use bellwether::learn::onnx::to_onnx;
use bellwether::learn::train::{Model, Progress, TrainOptions, Training};
use bellwether::query::{Mode, Task, bind};
use bellwether::relate::{Asker, Relations};
use bellwether::sample::{END, SampleOptions, generate};
use bellwether::score::audit::deletion;
use bellwether::score::{Method, Scorer};

const QUERY: &str = "PREDICT BOOL(tickets.escalated_to_eng, 0, 48, hours) FOR EACH tickets.ticket_id";
const CUT: &str = "2025-10-01T00:00:00Z";

struct Silent;

impl Progress for Silent {
    fn stage(&mut self, _: &str, _: usize, _: usize) {}
    fn note(&mut self, _: String) {}
}

struct Desk {
    database: Database,
    task: Task,
    training: Training,
    model: Model,
    /// Settled tickets created after the cut.
    later: Vec<Example>,
    examples: Examples,
    /// Driver and its lead, by ticket.
    truth: Vec<(String, f64)>,
}

fn options() -> TrainOptions {
    TrainOptions {
        seed: 1,
        threads: 2,
        widths: vec![40, 80],
        ..TrainOptions::default()
    }
}

fn trained(training: &Training) -> Result<Model, LearnError> {
    let fitted = training.fit(&training.all_columns(), &options(), &mut Silent)?;
    Ok(training.model(&fitted))
}

fn desk() -> &'static Desk {
    static DESK: OnceLock<Desk> = OnceLock::new();
    DESK.get_or_init(|| {
        let made = generate(&SampleOptions {
            tickets: 12_000,
            seed: 4,
        });
        let tables = [
            "accounts.csv",
            "account_health.csv",
            "users.csv",
            "agents.csv",
            "tickets.csv",
            "product_events.csv",
            "deployments.csv",
        ];
        let files = tables.map(|name| SourceFile {
            name: name.into(),
            bytes: made.bytes(name).unwrap().to_vec(),
        });
        let stated = String::from_utf8(made.bytes("schema.toml").unwrap().to_vec()).unwrap();
        let database = read(files.into(), Some(&stated)).unwrap().database;
        let task = bind(QUERY, &database.schema, Mode::Extended).unwrap();
        let cut = Timestamp::parse(CUT).unwrap();
        let training = Training::gather(&database.upto(cut), &task, cut, &options(), &mut Silent).unwrap();
        let model = trained(&training).unwrap();
        let examples = Examples::gather(&database, &task, END, &[]).unwrap();
        let settled = examples.settled_by(END);
        let later = settled.into_iter().filter(|e| e.asker.anchor >= cut).collect();
        let drivers = String::from_utf8(made.bytes("truth.csv").unwrap().to_vec()).unwrap();
        let truth = drivers
            .lines()
            .skip(1)
            .zip(&made.leads)
            .map(|(line, lead)| (line.rsplit(',').next().unwrap().to_owned(), *lead))
            .collect();
        Desk {
            database,
            task,
            training,
            model,
            later,
            examples,
            truth,
        }
    })
}

impl Desk {
    fn relations(&self, model: &Model) -> Relations {
        let set = model.features.clone();
        Relations::build(
            &self.database,
            self.task.entity,
            set,
            &self.examples.history,
            &mut |_, _| {},
        )
    }

    fn rows(&self, model: &Model, relations: &Relations, askers: &[Asker]) -> Vec<Vec<f32>> {
        let mut rows = feature_rows(&self.database, relations, askers);
        for (row, asker) in rows.iter_mut().zip(askers) {
            model.fill_learnt(&self.database, self.task.entity, *asker, row);
        }
        rows
    }

    fn target(&self) -> Target {
        Target::of(&self.task, &self.database.schema)
    }
}

#[test]
fn taking_the_top_reason_away_moves_the_score_its_way() {
    let desk = desk();
    let mut relations = desk.relations(&desk.model);
    let askers: Vec<Asker> = desk.later.iter().step_by(6).map(|e| e.asker).collect();
    let found = deletion(&desk.database, &mut relations, &desk.model, &desk.target(), &askers);
    println!("{found:?}");
    assert!(found.rows_tested > 100, "{found:?}");
    assert!(found.agreement.unwrap() >= 0.95, "{found:?}");
    #[allow(clippy::cast_precision_loss)]
    let by_rows = found.rows_agreed as f64 / found.rows_tested as f64;
    assert!(by_rows >= 0.95, "{found:?}");
}

/// What a reason is about, in the words of the simulation.
fn driver_of(text: &str) -> &'static str {
    let has = |words: &[&str]| words.iter().any(|w| text.contains(w));
    match () {
        () if has(&["deployed"]) => "recent_deployment",
        () if has(&[
            "500",
            "low quer",
            "ebhook",
            "ogin fail",
            "imeout",
            "429",
            "roduct events",
        ]) =>
        {
            "recurring_errors"
        }
        () if has(&["health"]) => "account_health",
        () if has(&["User's", "this user"]) => "user_history",
        () if has(&["ARR", "plan"]) => "arr",
        () if has(&["riority"]) => "priority",
        () => "other",
    }
}

#[test]
fn the_true_driver_is_the_top_reason_of_escalations_that_have_one_dominant_driver() {
    let desk = desk();
    let files = BundleFiles::pack(
        &desk.database.upto(Timestamp::parse(CUT).unwrap()),
        &desk.task,
        &desk.model,
        &desk.training.examples.history,
        Timestamp::parse(CUT).unwrap(),
        None,
        None,
    )
    .unwrap();
    let scorer = Scorer::open(&files.manifest.to_json().unwrap(), &files.model, &files.tables).unwrap();
    let scorer = scorer.over_history(desk.database.clone()).unwrap();
    let (mut right, mut asked) = (0, 0);
    let mut wrong = Vec::new();
    for example in desk.later.iter().filter(|e| e.label > 0.5) {
        let (driver, lead) = &desk.truth[example.asker.row.index()];
        if driver == "none" || *lead < 1.0 {
            continue;
        }
        let card = scorer.card_of_row(example.asker.row, example.asker.anchor).unwrap();
        let top = card.reasons.iter().find(|r| r.contribution > 0.0);
        let named = top.map_or("nothing", |r| driver_of(&r.text));
        asked += 1;
        if named == driver {
            right += 1;
        } else {
            wrong.push(format!("{driver} ({lead:.1}): {}", top.map_or("–", |r| &r.text)));
        }
    }
    println!("{right} of {asked}; wrong:\n{}", wrong.join("\n"));
    assert!(asked >= 60, "only {asked} such escalations");
    assert!(right * 10 >= asked * 9, "{right} of {asked}:\n{}", wrong.join("\n"));
}

#[test]
fn a_model_of_shuffled_answers_has_no_confident_reason() {
    let desk = desk();
    let cut = Timestamp::parse(CUT).unwrap();
    let mut shuffled = Training::gather(&desk.database.upto(cut), &desk.task, cut, &options(), &mut Silent).unwrap();
    let n = shuffled.labels.len();
    // A stride that shares no factor with the number of rows visits each once; near the golden section it keeps few in their
    // place and no neighbours together (half and one would keep every second label where it was).
    let stride = (n * 618 / 1000..n)
        .find(|s| (2..=*s).all(|d| !n.is_multiple_of(d) || !s.is_multiple_of(d)))
        .unwrap();
    shuffled.labels = (0..n).map(|i| desk.training.labels[i * stride % n]).collect();
    let stayed = (0..n).filter(|i| i * stride % n == *i).count();
    assert!(stayed * 20 < n, "{stayed} of {n} labels stayed in their place");
    let strongest = |model: &Model| {
        let relations = desk.relations(model);
        let askers: Vec<Asker> = desk.later.iter().step_by(8).map(|e| e.asker).collect();
        let forest = ShapleyForest::new(&model.forest);
        let mut tops: Vec<f64> = desk
            .rows(model, &relations, &askers)
            .iter()
            .zip(&askers)
            .map(|(row, asker)| {
                let told = forest.explain(row).calibrated(&model.platt);
                top_reason(&desk.database, &relations, *asker, row, &told.values, &desk.target())
                    .map_or(0.0, |t| t.contribution.abs())
            })
            .collect();
        tops.sort_by(f64::total_cmp);
        tops[tops.len() * 95 / 100]
    };
    let (noise, real) = (
        trained(&shuffled).map_or(0.0, |model| strongest(&model)),
        strongest(&desk.model),
    );
    println!("95th percentile of the top reason: {noise:.3} log-odds on shuffled answers, {real:.3} on the real ones");
    // A reason that is to be believed at least doubles the odds.
    let doubles = std::f64::consts::LN_2;
    assert!(noise < doubles && real > 1.5 * doubles, "{noise} and {real}");
}

/// A stream of numbers, so that ten thousand rows are the same in every run.
struct Stream(u64);

impl Stream {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    #[allow(clippy::cast_precision_loss)]
    fn unit(&mut self) -> f64 {
        self.below(1 << 30) as f64 / (1u64 << 30) as f64
    }
}

#[test]
#[allow(clippy::cast_possible_truncation)]
fn contributions_and_base_are_the_score_on_ten_thousand_random_tickets() {
    let mut draw = Stream(11);
    const FEATURES: usize = 60;
    let tree = |draw: &mut Stream| ObliviousTree {
        splits: (0..6)
            .map(|_| Split {
                feature: draw.below(FEATURES as u64) as u32,
                threshold: draw.unit() as f32,
            })
            .collect(),
        leaves: (0..64).map(|_| draw.unit() - 0.5).collect(),
        covers: (0..64).map(|_| (draw.unit() * 9.0).floor()).collect(),
    };
    let forest = Forest {
        features: FEATURES,
        bias: -2.0,
        trees: (0..200).map(|_| tree(&mut draw)).collect(),
    };
    let platt = Platt {
        slope: 0.9,
        intercept: 0.1,
    };
    let explainer = ShapleyForest::new(&forest);
    let mut worst = 0.0_f64;
    for _ in 0..10_000 {
        let row: Vec<f32> = (0..FEATURES)
            .map(|_| {
                if draw.below(10) == 0 {
                    f32::NAN
                } else {
                    draw.unit() as f32
                }
            })
            .collect();
        let told = explainer.explain(&row).calibrated(&platt);
        worst = worst.max((told.total() - platt.apply(forest.raw(&row))).abs());
    }
    println!("largest difference {worst:e}");
    assert!(worst <= 1e-6, "{worst}");
    assert_eq!(shapley(&forest, &[0.5; FEATURES]), explainer.explain(&[0.5; FEATURES]));
}

#[test]
fn another_model_in_the_bundle_is_explained_by_sampling_and_says_so() {
    let desk = desk();
    let cut = Timestamp::parse(CUT).unwrap();
    let history = &desk.training.examples.history;
    let files = BundleFiles::pack(
        &desk.database.upto(cut),
        &desk.task,
        &desk.model,
        history,
        cut,
        None,
        None,
    )
    .unwrap();
    let open =
        |manifest: &Manifest, model: &[u8]| Scorer::open(&manifest.to_json().unwrap(), model, &files.tables).unwrap();
    let ours = open(&files.manifest, &files.model);
    assert!(!ours.bundle().foreign);
    // The same trees with another leaf here and there are another model.
    let mut other = desk.model.forest.clone();
    other.trees.iter_mut().for_each(|tree| tree.leaves.reverse());
    let bytes = to_onnx(&other, &desk.model.platt, desk.model.objective).unwrap();
    let mut manifest = files.manifest.clone();
    manifest.files.model = File::named_by_content("model", "onnx", &bytes);
    let foreign = open(&manifest, &bytes);
    assert!(foreign.bundle().foreign);
    let rows = foreign.bundle().opened.database.table(desk.task.entity).rows;
    for row in (0..u32::try_from(rows).unwrap()).step_by(rows / 5) {
        let exact = ours.card_of_row(RowId(row), cut).unwrap();
        assert!(exact.explanation == Method::Exact && exact.reasons.iter().all(|r| r.standard_error.is_none()));
        let card = foreign.card_of_row(RowId(row), cut).unwrap();
        assert_eq!(card.explanation, Method::Sampled);
        assert!(
            card.reasons
                .iter()
                .all(|r| r.standard_error.is_some_and(|e| e.is_finite()))
        );
        assert!(card.reasons.iter().any(|r| r.standard_error.is_some_and(|e| e > 0.0)));
        let sum: f64 = card.contributions.iter().map(|c| c.contribution).sum();
        let log_odds = card.log_odds.unwrap();
        assert!((sum + card.base_log_odds.unwrap() - log_odds).abs() < 1e-6);
        let probability = 1.0 / (1.0 + (-log_odds).exp());
        assert!((probability - card.probability.unwrap()).abs() < 1e-4);
    }
}
