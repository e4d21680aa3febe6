//! Drift: how far what a model sees now is from what it was trained on, feature by feature, as the population stability
//! index `Σ (now − then) · ln(now / then)` over the deciles of then (Siddiqi 2006, "Credit Risk Scorecards"; above .1 a
//! moderate shift, above .25 a large one; its law under no shift: Yurdakul & Naranjo 2020).

use serde::{Deserialize, Serialize};

/// A feature's spread: the share of examples in each bin, and the share that had no value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// Ascending ends of the bins; a value equal to an end is in the bin below it.
    pub ends: Vec<f32>,
    /// One share for each bin, one more than ends.
    pub shares: Vec<f32>,
    /// The share that had no value.
    pub missing: f32,
    /// The examples counted.
    pub rows: u32,
    /// The most that earlier stretches of the training examples differed from this one: what moves of itself, such as the
    /// number of rows this month, is no news when it has moved again.
    pub usual: f32,
}

/// How far a feature has shifted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Drift {
    /// The feature's name.
    pub feature: String,
    /// Its population stability index.
    pub psi: f64,
    /// `moderate` or `large`.
    pub shift: &'static str,
    /// In words.
    pub text: String,
}

const BINS: usize = 10;
/// Above these, by convention.
const MODERATE: f64 = 0.1;
const LARGE: f64 = 0.25;
/// A shift is told when it is so many times what the feature moved while it was trained on. Counts over many rows move for all
/// questions of a week at once, so that a week differs from the weeks before it by more than they did from each other.
const MORE_THAN_USUAL: f64 = 2.0;
/// A bin without examples counts as this part of one: the index stays finite.
const HALF: f64 = 0.5;

impl Profile {
    /// The spread of these values.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    pub fn of(values: &[f32]) -> Self {
        let mut known: Vec<f32> = values.iter().copied().filter(|x| !x.is_nan()).collect();
        known.sort_by(f32::total_cmp);
        let mut ends: Vec<f32> = (1..BINS)
            .filter_map(|k| known.get((k * known.len() / BINS).checked_sub(1)?).copied())
            .collect();
        ends.dedup();
        // A last end that holds everything parts nothing.
        ends.retain(|end| known.last().is_some_and(|last| end < last));
        Self {
            rows: u32::try_from(values.len()).unwrap_or(u32::MAX),
            ..Self::counted(ends, values)
        }
    }

    /// The spread of the last of these stretches of time, and how far the others differ from it. The first third of
    /// those is left out: histories have only begun there.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn over_time(stretches: &[&[f32]]) -> Self {
        let Some((last, earlier)) = stretches.split_last() else {
            return Self::default();
        };
        let mut profile = Self::of(last);
        let earlier = &earlier[earlier.len() / 3..];
        profile.usual = earlier
            .iter()
            .map(|values| profile.psi(values) as f32)
            .fold(0.0, f32::max);
        profile
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    fn counted(ends: Vec<f32>, values: &[f32]) -> Self {
        let mut counts = vec![0usize; ends.len() + 1];
        let mut missing = 0usize;
        for value in values {
            if value.is_nan() {
                missing += 1;
            } else {
                counts[ends.partition_point(|end| end < value)] += 1;
            }
        }
        let share = |n: usize| n as f32 / values.len().max(1) as f32;
        Self {
            shares: counts.into_iter().map(share).collect(),
            missing: share(missing),
            ends,
            rows: u32::try_from(values.len()).unwrap_or(u32::MAX),
            usual: 0.0,
        }
    }

    /// The population stability index of these values against this profile, no value being a bin of its own, less what
    /// chance alone would give: it is `(bins − 1) · (1/then + 1/now)` on average when nothing has shifted.
    #[must_use]
    #[allow(clippy::cast_precision_loss)]
    pub fn psi(&self, values: &[f32]) -> f64 {
        let now = Self::counted(self.ends.clone(), values);
        let (n, m) = (f64::from(self.rows.max(1)), f64::from(now.rows.max(1)));
        let bins = |p: &Self| {
            p.shares
                .iter()
                .copied()
                .chain([p.missing])
                .map(f64::from)
                .collect::<Vec<f64>>()
        };
        let (then, now) = (bins(self), bins(&now));
        let both = then.iter().zip(&now).filter(|(a, b)| **a > 0.0 || **b > 0.0);
        let mut used = 0.0;
        let mut psi = 0.0;
        for (a, b) in both {
            let (a, b) = (a.max(HALF / n), b.max(HALF / m));
            psi += (b - a) * libm::log(b / a);
            used += 1.0;
        }
        (psi - (used - 1.0) * (1.0 / n + 1.0 / m)).max(0.0)
    }

    /// The middle of the values, as far as the bins tell.
    fn middle(&self) -> Option<f32> {
        let known = 1.0 - self.missing;
        let mut sum = 0.0;
        for (share, end) in self.shares.iter().zip(&self.ends) {
            sum += share;
            if sum >= known / 2.0 {
                return Some(*end);
            }
        }
        self.ends.last().copied()
    }
}

/// Fewer rows say nothing about a shift.
pub const LEAST: usize = 50;

/// The features whose spread has shifted, most first. `columns` has the values of each feature now; too few say nothing.
#[must_use]
pub fn drift(names: &[String], profiles: &[Profile], columns: &[&[f32]]) -> Vec<Drift> {
    let mut found: Vec<Drift> = names
        .iter()
        .zip(profiles)
        .zip(columns)
        .filter(|(_, values)| values.len() >= LEAST)
        .filter_map(|((name, then), values)| {
            let psi = then.psi(values);
            if psi <= MORE_THAN_USUAL * f64::from(then.usual) {
                return None;
            }
            let shift = match psi {
                p if p > LARGE => "large",
                p if p > MODERATE => "moderate",
                _ => return None,
            };
            Some(Drift {
                feature: name.clone(),
                psi,
                shift,
                text: words(name, then, values, psi, shift),
            })
        })
        .collect();
    found.sort_by(|a, b| b.psi.total_cmp(&a.psi));
    found
}

fn words(name: &str, then: &Profile, values: &[f32], psi: f64, shift: &str) -> String {
    let now = Profile::of(values);
    let percent = |x: f32| format!("{:.0} %", 100.0 * x);
    let how = if (now.missing - then.missing).abs() > 0.1 {
        format!(
            "not known for {}, {} in training",
            percent(now.missing),
            percent(then.missing)
        )
    } else {
        match (then.middle(), median(values)) {
            (Some(a), Some(b)) => format!("the middle value is {}, {} in training", short(b), short(a)),
            _ => "other values than in training".to_owned(),
        }
    };
    format!("{name}: {shift} shift (PSI {psi:.2}); {how}")
}

fn short(x: f32) -> String {
    if x.abs() >= 100.0 || x.fract() == 0.0 {
        format!("{x:.0}")
    } else {
        format!("{x:.2}")
    }
}

fn median(values: &[f32]) -> Option<f32> {
    let mut known: Vec<f32> = values.iter().copied().filter(|x| !x.is_nan()).collect();
    known.sort_by(f32::total_cmp);
    known.get(known.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::draw::Draws;

    fn drawn(stream: u64, rows: u64, shift: f64) -> Vec<f32> {
        let draws = Draws::new(5).stream(stream);
        (0..rows)
            .map(|k| (draws.uniform(k) + draws.uniform(k + rows) + shift) as f32)
            .collect()
    }

    #[test]
    fn the_same_law_is_quiet_and_a_shifted_one_is_named() {
        let then = Profile::of(&drawn(1, 4_000, 0.0));
        let names = vec!["age".to_owned()];
        for rows in [60, 400, 4_000] {
            let now = drawn(2, rows, 0.0);
            assert!(
                drift(&names, std::slice::from_ref(&then), &[&now]).is_empty(),
                "{rows} rows"
            );
        }
        let found = drift(&names, std::slice::from_ref(&then), &[&drawn(3, 400, 0.6)]);
        assert_eq!((found.len(), found[0].shift), (1, "large"));
        assert!(found[0].text.starts_with("age: large shift (PSI "), "{}", found[0].text);
    }

    #[test]
    fn what_moves_of_itself_is_no_news() {
        let stretches: Vec<Vec<f32>> = (0..4u8)
            .map(|k| drawn(u64::from(k), 1_000, 0.5 * f64::from(k % 2)))
            .collect();
        let restless = Profile::over_time(&stretches.iter().map(Vec::as_slice).collect::<Vec<_>>());
        assert!(f64::from(restless.usual) > LARGE);
        let names = vec!["rows this month".to_owned()];
        assert!(drift(&names, std::slice::from_ref(&restless), &[&drawn(9, 1_000, 0.0)]).is_empty());
        assert_eq!(drift(&names, &[restless], &[&drawn(9, 1_000, 4.0)]).len(), 1);
    }

    #[test]
    fn the_index_of_known_shares_is_what_the_formula_gives() {
        let then = Profile {
            ends: vec![0.5],
            shares: vec![0.5, 0.5],
            missing: 0.0,
            rows: 1_000_000,
            usual: 0.0,
        };
        let now: Vec<f32> = (0..1_000_000).map(|k| f32::from(u8::from(k % 4 == 0))).collect();
        let expected = 0.25 * (0.75_f64 / 0.5).ln() - 0.25 * (0.25_f64 / 0.5).ln();
        assert!((then.psi(&now) - expected).abs() < 1e-5);
    }

    #[test]
    fn values_that_are_no_longer_known_are_a_shift() {
        let then = Profile::of(&drawn(1, 1_000, 0.0));
        let mut now = drawn(2, 1_000, 0.0);
        now.iter_mut().step_by(2).for_each(|x| *x = f32::NAN);
        let found = drift(&["delay".to_owned()], &[then], &[&now]);
        assert!(
            found[0].text.contains("not known for 50 %, 0 % in training"),
            "{}",
            found[0].text
        );
    }

    #[test]
    fn a_feature_of_one_value_has_one_bin() {
        let then = Profile::of(&[1.0; 100]);
        assert_eq!(then.shares, [1.0]);
        assert_eq!(then.psi(&[1.0; 100]), 0.0);
        assert!(Profile::of(&[f32::NAN; 100]).psi(&[1.0; 100]) > LARGE);
    }
}
