//! What an answer from old knowledge is worth. When the tables end long before the moment asked about ([`Lull`]), the
//! question is answered as of their end; but what was true then may be no longer, and who came since is not known at all.
//! Both are learnt from examples as they would have been asked then: with everything as it was known so long before, and
//! how long that is as one more column. Either an affine map for each distance draws the model's own score towards the mean
//! (Platt scaling again), or a forest of its own takes the model's place, whichever later examples say is closer.

use serde::{Deserialize, Serialize};

use super::calibrate::Platt;
use super::draw::Draws;
use super::error::LearnError;
use super::example::{Example, matrix};
use super::fit::Fitted;
use super::fitting::{Learnt, Part, longer};
use super::forest::Forest;
use super::recipe::distinct;
use super::train::{Progress, Training, encoded};
use crate::data::{Database, Duration};
use crate::query::Task;
use crate::relate::lull::{Beat, Lull};
use crate::relate::view::{Asker, Relations};

/// Examples that are asked again, at most.
const MOST: usize = 20_000;
/// Later examples that are asked again at every distance, at most.
const LATER: usize = 3_000;
/// How often each of the others is.
const COPIES: u64 = 2;
/// Later examples that anything can be learnt from, at least.
const LEAST: usize = 60;
/// Distances, each twice the one before, at most.
const DISTANCES: u32 = 8;
/// The share of the time before the later examples that a distance may be.
const REACH: f64 = 0.34;

/// How questions are answered that are asked long after the tables end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stale {
    /// How long rows stay away now and then.
    pub lull: Lull,
    /// By how old the knowledge is, ascending: the map of a score, calibrated as of then.
    pub fades: Vec<(Duration, Platt)>,
    /// What answers instead, where that is closer.
    pub aged: Option<Aged>,
}

/// A forest for answers from old knowledge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aged {
    /// Over the model's features, and the age of the knowledge in hours.
    pub forest: Forest,
    /// Its calibration.
    pub platt: Platt,
}

impl Aged {
    /// A feature row as its trees see it.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn row(row: &[f32], age: Duration) -> Vec<f32> {
        row.iter().copied().chain([age.as_hours() as f32]).collect()
    }
}

impl Stale {
    /// The score of a feature row of so old knowledge, of which the model's own score is `fresh`: log-odds, or the number.
    #[must_use]
    pub fn score(&self, fresh: f64, row: &[f32], age: Duration) -> f64 {
        match &self.aged {
            Some(Aged { forest, platt }) => platt.apply(forest.raw(&Aged::row(row, age))),
            None => self.fade(age).apply(fresh),
        }
    }

    /// The map of a calibrated score for an answer from knowledge so old.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn fade(&self, age: Duration) -> Platt {
        let mut before = (Duration(0), Platt::IDENTITY);
        for &(distance, map) in &self.fades {
            if age <= distance {
                let share = (age.0 - before.0.0) as f64 / (distance.0 - before.0.0).max(1) as f64;
                let between = |from: f64, to: f64| from + share.clamp(0.0, 1.0) * (to - from);
                return Platt {
                    slope: between(before.1.slope, map.slope),
                    intercept: between(before.1.intercept, map.intercept),
                };
            }
            before = (distance, map);
        }
        before.1
    }

    /// Whether it is of a model with so many features, and its maps are maps: to be asked of one that came from a file.
    #[must_use]
    pub fn fits(&self, features: usize) -> bool {
        let sound = |map: &Platt| map.slope > 0.0 && map.slope.is_finite() && map.intercept.is_finite();
        let ascending = self.fades.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let ours = |aged: &Aged| aged.forest.features == features + 1 && aged.forest.is_sound() && sound(&aged.platt);
        ascending
            && self.fades.iter().all(|(age, map)| age.0 > 0 && sound(map))
            && self.lull.longest >= self.lull.usual
            && self.aged.as_ref().is_none_or(ours)
    }
}

/// An example asked again from older knowledge.
struct Copy {
    /// Which it is, among the training rows.
    row: usize,
    /// Which of the distances it is asked at.
    distance: usize,
}

/// Examples asked again late.
struct Late {
    threads: usize,
    /// The columns that the model looks at.
    columns: Vec<usize>,
    distances: Vec<Duration>,
    /// The later copies.
    judged: Vec<Copy>,
    /// A training set over those columns and how old the knowledge is: the earlier copies, then the later ones.
    data: Training,
    /// Where they stand in it.
    before: Vec<usize>,
    after: Vec<usize>,
}

/// The answers of one way to later copies, and what that way is.
struct Way<T> {
    answers: Vec<f64>,
    is: T,
}

/// Says how far the finding out of how answers age is.
fn told(progress: &mut dyn Progress) -> impl FnMut(usize, usize) {
    |done, total| progress.stage("how answers age", done, total)
}

impl Training {
    /// Learns how answers age; `None` of questions whose moment is the entity's own, or whose answer is no aggregate.
    ///
    /// # Errors
    /// When boosting fails.
    pub fn stale(
        &self,
        database: &Database,
        task: &Task,
        fitted: &Fitted,
        progress: &mut dyn Progress,
    ) -> Result<Option<Stale>, LearnError> {
        let Some(beat) = Beat::of(database, task, self.until) else {
            return Ok(None);
        };
        let anchors = self.rows[..self.inside].iter().map(|e| e.asker.anchor);
        let Some(lull) = Lull::measure(&beat, anchors, self.until) else {
            return Ok(None);
        };
        let mut stale = Stale {
            lull,
            fades: Vec::new(),
            aged: None,
        };
        let all: Vec<usize> = fitted.used().iter().map(|&place| fitted.columns[place]).collect();
        // A column that parts of the fit encode otherwise stands in the model more than once; here once is enough.
        let used = distinct(all.iter().copied());
        let parts: Vec<Part> = fitted.parts.iter().map(|part| part.over(&used)).collect();
        let known = |asker: Asker, distance: Duration| asker.known_from(lull.known_at(&beat, asker.anchor - distance));
        let Some(late) = self.late(database, task, used, fitted, &known)? else {
            return Ok(Some(stale));
        };
        let faded = self.faded(&late, &parts, progress)?;
        let aged = late.aged(&parts, progress)?;
        let labels = late.labels();
        let loss = |answers: &[f64]| self.objective.held_out_loss(answers, &labels);
        let closer = loss(&aged.answers) < loss(&faded.answers);
        progress.note(format!(
            "asked again {} to {} days late: loss {:.4} of the model's own answers, drawn towards the mean, {:.4} of a forest of its own{}",
            days(late.distances.first()),
            days(late.distances.last()),
            loss(&faded.answers),
            loss(&aged.answers),
            if closer { ", which is kept for that" } else { "" }
        ));
        stale.fades = faded.is;
        if closer {
            let (platt, parts) = aged.is;
            let forest = late.whole(&parts, &all, fitted.seed, progress)?;
            stale.aged = forest.map(|forest| Aged { forest, platt });
        }
        Ok(Some(stale))
    }

    /// The examples asked again; `None` where there are too few.
    fn late(
        &self,
        database: &Database,
        task: &Task,
        columns: Vec<usize>,
        fitted: &Fitted,
        known: &dyn Fn(Asker, Duration) -> Asker,
    ) -> Result<Option<Late>, LearnError> {
        let distances = self.distances(task);
        let (earlier, judged) = self.copies(distances.len(), fitted.seed);
        let enough = |copies: &[Copy]| {
            let rows: Vec<usize> = copies.iter().map(|c| c.row).collect();
            rows.len() >= LEAST * distances.len().max(1) && self.objective.check(&self.labels_of(&rows)).is_ok()
        };
        if !enough(&earlier) || !enough(&judged) {
            return Ok(None);
        }
        let all: Vec<&Copy> = earlier.iter().chain(&judged).collect();
        let askers: Vec<Asker> = all
            .iter()
            .map(|copy| known(self.rows[copy.row].asker, distances[copy.distance]))
            .collect();
        let data = self.asked_again(database, task, &columns, &all, &askers)?;
        let (split, end) = (earlier.len(), all.len());
        Ok(Some(Late {
            threads: fitted.threads,
            columns,
            distances,
            judged,
            data,
            before: (0..split).collect(),
            after: (split..end).collect(),
        }))
    }

    /// The model's own answers to later copies, drawn towards the mean for each distance: by a model of its recipe that has
    /// not seen those examples.
    fn faded(
        &self,
        late: &Late,
        parts: &[Part],
        progress: &mut dyn Progress,
    ) -> Result<Way<Vec<(Duration, Platt)>>, LearnError> {
        let earlier = self.earlier(self.split(), self.inside);
        let fresh = self.average(parts, &earlier, None, late.threads, &mut told(progress))?;
        let own: Vec<usize> = (self.split()..self.inside).collect();
        let raw = fresh.forest.raw_all(&self.seen(&fresh.columns, &fresh.encodings, &own));
        let platt = self.objective.calibrate(&raw, &self.labels_of(&own))?;
        let place = |column: &usize| late.columns.iter().position(|c| c == column);
        let places: Vec<usize> = fresh.columns.iter().filter_map(place).collect();
        let raw = fresh
            .forest
            .raw_all(&late.data.seen(&places, &fresh.encodings, &late.after));
        let scores: Vec<f64> = raw.into_iter().map(|raw| platt.apply(raw)).collect();

        let labels = late.labels();
        let mut fades = Vec::new();
        let mut answers = vec![f64::NAN; scores.len()];
        for (place, &distance) in late.distances.iter().enumerate() {
            let of_it: Vec<usize> = (0..scores.len())
                .filter(|&k| late.judged[k].distance == place)
                .collect();
            let there: Vec<f64> = of_it.iter().map(|&k| scores[k]).collect();
            let map = self
                .objective
                .calibrate(&there, &of_it.iter().map(|&k| labels[k]).collect::<Vec<_>>())?;
            of_it
                .iter()
                .for_each(|&k| answers[k] = self.objective.answer(map.apply(scores[k])));
            fades.push((distance, map));
        }
        Ok(Way { answers, is: fades })
    }

    /// How long before the moment asked about knowledge may end: the question's step, and twice as long again and again.
    fn distances(&self, task: &Task) -> Vec<Duration> {
        let first = self.rows[..self.inside].iter().map(|e| e.asker.anchor).min();
        let later = self.rows.get(self.split()).map(|e| e.asker.anchor);
        let (Some(step), Some(first), Some(later)) = (task.horizon.step(), first, later) else {
            return Vec::new();
        };
        #[allow(clippy::cast_precision_loss)]
        let most = (later - first).0 as f64 * REACH;
        (0..DISTANCES)
            .map(|doubled| Duration(step.0.saturating_mul(1 << doubled)))
            .take_while(|distance| {
                #[allow(clippy::cast_precision_loss)]
                let distance = distance.0 as f64;
                distance > 0.0 && distance <= most
            })
            .collect()
    }

    /// The earlier examples, each at some distances, and the later ones, each at every distance.
    fn copies(&self, distances: usize, seed: u64) -> (Vec<Copy>, Vec<Copy>) {
        let split = self.split();
        let draws = Draws::new(seed).stream(0x57A1E);
        let earlier = self.earlier(split, self.inside);
        let sparse = earlier.len().div_ceil(MOST).max(1);
        let few = |&row: &usize| {
            (0..COPIES.min(distances as u64)).map(move |k| {
                #[allow(clippy::cast_possible_truncation)]
                let distance = (draws.bits(row as u64 * COPIES + k) % distances as u64) as usize;
                Copy { row, distance }
            })
        };
        let copies = earlier.iter().step_by(sparse).flat_map(few).collect();
        let sparse = (self.inside - split).div_ceil(LATER).max(1);
        let each = |row: usize| (0..distances).map(move |distance| Copy { row, distance });
        (copies, (split..self.inside).step_by(sparse).flat_map(each).collect())
    }

    /// Copies as a training set of their own, over `columns` and how old the knowledge is.
    fn asked_again(
        &self,
        database: &Database,
        task: &Task,
        columns: &[usize],
        copies: &[&Copy],
        askers: &[Asker],
    ) -> Result<Self, LearnError> {
        let set = self.set.keep(columns);
        let relations = Relations::build(database, task.entity, set, &self.examples.history, &mut |_, _| {});
        let mut rows = matrix(database, &relations, askers, &mut |_, _| {})?;
        let set = relations.set().clone();
        if let Some((place, _)) = set.text() {
            // Out of time, as the example's own was.
            let own = self.matrix.column(columns[place]);
            rows.replace_column(place, copies.iter().map(|copy| own[copy.row]).collect())?;
        }
        if let (Some(alike), Some((place, _))) = (&self.alike, set.alike()) {
            rows.replace_column(place, alike.values(database, task.entity, askers))?;
        }
        #[allow(clippy::cast_possible_truncation)]
        rows.push_column(askers.iter().map(|a| (a.asked - a.anchor).as_hours() as f32).collect())?;
        let own = |asker: &Asker, copy: &&Copy| Example {
            asker: *asker,
            ..self.rows[copy.row]
        };
        Ok(Self {
            rows: askers
                .iter()
                .zip(copies)
                .map(|(asker, copy)| own(asker, copy))
                .collect(),
            inside: copies.len(),
            combinations: encoded(database, task.entity, &set, askers),
            labels: copies.iter().map(|copy| self.labels[copy.row]).collect(),
            directions: columns
                .iter()
                .map(|&column| self.directions.get(column).copied().unwrap_or(0))
                .collect(),
            matrix: rows,
            set,
            objective: self.objective,
            ages: self.ages.clone(),
            own_time: self.own_time,
            examples: super::example::Examples::default(),
            text: None,
            alike: None,
            until: self.until,
            excluded: Vec::new(),
        })
    }
}

impl Late {
    /// The labels of the later copies.
    fn labels(&self) -> Vec<f32> {
        self.data.labels_of(&self.after)
    }

    /// The recipes with the age of the knowledge as one more column.
    fn parts(&self, parts: &[Part]) -> Vec<Part> {
        let columns: Vec<usize> = (0..self.data.matrix.width()).collect();
        let mut parts: Vec<Part> = parts.iter().map(|part| part.over(&columns)).collect();
        // Stopped early it did worse: home runs asked three years late were 3.17 off instead of 2.71.
        parts.iter_mut().for_each(|part| part.recipe.boost.patience = None);
        parts
    }

    /// The answers to later copies by forests of the earlier ones, their calibration and what they are grown by.
    fn aged(&self, parts: &[Part], progress: &mut dyn Progress) -> Result<Way<(Platt, Vec<Part>)>, LearnError> {
        let objective = self.data.objective;
        let mut parts = self.parts(parts);
        let (judged, threads) = (Some(self.after.as_slice()), self.threads);
        let tried = self
            .data
            .average(&parts, &self.before, judged, threads, &mut told(progress))?;
        let seen = self.data.seen(&tried.columns, &tried.encodings, &self.after);
        let raw = tried.forest.raw_all(&seen);
        let platt = objective.calibrate(&raw, &self.labels())?;
        let trees = tried.trees.iter().sum::<usize>() / parts.len().max(1);
        parts.iter_mut().for_each(|part| part.lengths = vec![longer(trees)]);
        Ok(Way {
            answers: raw.into_iter().map(|raw| objective.answer(platt.apply(raw))).collect(),
            is: (platt, parts),
        })
    }

    /// The same forests on everything, the later examples no more often than the earlier ones, as one over the columns of the
    /// model and how old the knowledge is.
    fn whole(
        &self,
        parts: &[Part],
        model: &[usize],
        seed: u64,
        progress: &mut dyn Progress,
    ) -> Result<Option<Forest>, LearnError> {
        let draws = Draws::new(seed).stream(0xA6ED);
        #[allow(clippy::cast_precision_loss)]
        let share = COPIES as f64 / self.distances.len() as f64;
        let drawn = self.after.iter().filter(|&&row| draws.uniform(row as u64) < share);
        let everything: Vec<usize> = self.before.iter().chain(drawn).copied().collect();
        let told = &mut told(progress);
        let learnt = self.data.average(parts, &everything, None, self.threads, told)?;
        Ok(self.over_model(&learnt, model))
    }

    /// What was learnt of copies as a forest over the columns of the model and how old the knowledge is.
    fn over_model(&self, learnt: &Learnt, model: &[usize]) -> Option<Forest> {
        let place = |&column: &usize| match self.columns.get(column) {
            Some(column) => model.iter().position(|c| c == column),
            None => Some(model.len()),
        };
        let places: Vec<usize> = learnt.columns.iter().filter_map(place).collect();
        learnt.forest.among_columns(&places, model.len() + 1)
    }
}

fn days(distance: Option<&Duration>) -> i64 {
    #[allow(clippy::cast_possible_truncation)]
    distance.map_or(0, |d| (d.as_hours() / 24.0).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Timestamp;
    use crate::learn::fitting::tests::places;
    use crate::learn::options::BoostOptions;
    use crate::learn::recipe::Recipe;

    fn stale() -> Stale {
        let map = |slope, intercept| Platt { slope, intercept };
        Stale {
            lull: Lull {
                usual: Duration::days(1),
                longest: Duration::days(9),
            },
            fades: vec![
                (Duration::days(10), map(0.8, -0.2)),
                (Duration::days(20), map(0.4, -0.6)),
            ],
            aged: None,
        }
    }

    #[test]
    fn an_answer_fades_with_the_age_of_what_it_rests_on() {
        let at = |days: i64| stale().fade(Duration::days(days));
        assert_eq!(at(0), Platt::IDENTITY);
        assert!((at(5).slope - 0.9).abs() < 1e-12 && (at(5).intercept + 0.1).abs() < 1e-12);
        assert!((at(15).slope - 0.6).abs() < 1e-12 && (at(15).intercept + 0.4).abs() < 1e-12);
        assert_eq!(at(20), at(2000));
        assert!((stale().score(1.0, &[], Duration::days(20)) + 0.2).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_is_told() {
        assert!(stale().fits(3));
        let mut backwards = stale();
        backwards.fades.reverse();
        let mut flat = stale();
        flat.fades[0].1.slope = 0.0;
        let mut others = stale();
        others.aged = Some(Aged {
            forest: Forest {
                features: 3,
                bias: 0.0,
                trees: Vec::new(),
            },
            platt: Platt::IDENTITY,
        });
        assert!(!backwards.fits(3) && !flat.fits(3) && !others.fits(3) && others.fits(2));
    }

    /// Where parts of a fit weigh examples otherwise, they encode otherwise, and the model has such a column twice.
    #[test]
    fn a_forest_for_late_questions_reads_a_model_that_has_a_column_twice() {
        let (database, task, data) = places();
        let everything: Vec<usize> = (0..data.inside).collect();
        let part = |oldest: f64| Part {
            recipe: Recipe {
                views: vec![data.all_columns()],
                boost: BoostOptions {
                    iterations: 20,
                    ..BoostOptions::default()
                },
                beyond: (0, 0.0),
                oldest,
                line: None,
            },
            lengths: vec![20],
        };
        let parts = vec![part(1.0), part(0.1)];
        let learnt = data.average(&parts, &everything, None, 1, &mut |_, _| {}).unwrap();
        let model = learnt.columns.clone();
        assert!(model.len() > data.all_columns().len());
        let fitted = Fitted {
            columns: learnt.columns,
            encodings: learnt.encodings,
            forest: learnt.forest,
            platt: Platt::IDENTITY,
            validation: Vec::new(),
            parts,
            seed: 1,
            threads: 1,
            held_out: Vec::new(),
        };
        let known = |asker: Asker, distance: Duration| asker.known_from(Timestamp(asker.anchor.0 - distance.0));
        let late = data.late(&database, &task, data.all_columns(), &fitted, &known);
        let late = late.unwrap().unwrap();
        let own = late
            .data
            .average(
                &late.parts(&fitted.parts),
                &late.before,
                Some(&late.after),
                1,
                &mut |_, _| {},
            )
            .unwrap();
        assert!(own.columns.len() > late.columns.len() + 1);
        let forest = late.over_model(&own, &model).unwrap();
        assert_eq!(forest.features, model.len() + 1);
        for row in (0..data.inside).step_by(97) {
            let value = |column: Option<&usize>| column.map_or(24.0, |&c| data.matrix.column(c)[row]);
            let of_copy: Vec<f32> = own.columns.iter().map(|&c| value(late.columns.get(c))).collect();
            let of_model: Vec<f32> = model.iter().map(Some).chain([None]).map(value).collect();
            assert_eq!(forest.raw(&of_model).to_bits(), own.forest.raw(&of_copy).to_bits());
        }
    }
}
