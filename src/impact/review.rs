//! What reviewing tickets before they escalate would have done, counted on tickets whose outcome is known: those from a
//! threshold on, or as many a day as there is capacity for.
//!
//! Money, with `S` and `R` as in [`Costs`]:
//!
//! > saving = caught · S − reviewed · R
//!
//! Time, in units of a first-line resolution: a ticket that does not escalate takes 1, an escalation left alone
//! `delay_factor`, a caught one `delay_factor / late_mttr_factor`; their mean is the mean time to resolve.
//!
//! That a reviewed escalation is indeed resolved early is an assumption of the settings, not a measurement; the counts are measured.

use serde::Serialize;

use super::{Costs, ImpactError};
use crate::data::{Duration, Timestamp};

/// What one way of choosing tickets to review does, on tickets whose outcome is known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Impact {
    /// The lowest probability reviewed; `None` when nothing was.
    pub threshold: Option<f64>,
    /// Tickets counted on.
    pub tickets: usize,
    /// Of those, reviewed.
    pub reviewed: usize,
    /// Reviewed, and escalated.
    pub caught: usize,
    /// Escalated, and not reviewed.
    pub missed: usize,
    /// Caught among reviewed, 0 to 1; `None` when nothing was reviewed.
    pub precision: Option<f64>,
    /// Caught among escalated, 0 to 1; `None` when nothing escalated.
    pub recall: Option<f64>,
    /// What escalations cost a year when none is caught, at the rate counted.
    pub escalations_a_year: f64,
    /// What is saved a year after the cost of reviews; negative when reviewing costs more than it saves.
    pub saving_a_year: f64,
    /// Its 95 % interval from the tickets counted on (normal approximation of the mean saving a ticket).
    pub saving_interval: [f64; 2],
    /// The change of the mean time to resolve, from −1 to 0: −0.2 is 20 % shorter.
    pub mttr_change: f64,
}

/// Reviews every ticket whose probability is at least `threshold`. `labels[i]` tells whether ticket `i` escalated.
///
/// # Errors
/// When there are no tickets, the columns differ in length, a probability is outside 0 to 1, or a cost is outside its range.
pub fn at_threshold(
    probabilities: &[f64],
    labels: &[bool],
    threshold: f64,
    costs: &Costs,
) -> Result<Impact, ImpactError> {
    check(probabilities, labels.len(), costs)?;
    let reviewed: Vec<bool> = probabilities.iter().map(|&p| p >= threshold).collect();
    Ok(count(probabilities, labels, &reviewed, costs))
}

/// Reviews the `a_day` likeliest tickets of each day (UTC) by their anchors, earlier ones first among equals.
///
/// # Errors
/// As [`at_threshold`].
pub fn at_capacity(
    probabilities: &[f64],
    labels: &[bool],
    anchors: &[Timestamp],
    a_day: usize,
    costs: &Costs,
) -> Result<Impact, ImpactError> {
    check(probabilities, labels.len(), costs)?;
    check(probabilities, anchors.len(), costs)?;
    let day = |place: usize| anchors[place].0.div_euclid(Duration::DAY.0);
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|&a, &b| {
        let by_day = day(a).cmp(&day(b));
        by_day
            .then(probabilities[b].total_cmp(&probabilities[a]))
            .then(anchors[a].cmp(&anchors[b]))
            .then(a.cmp(&b))
    });
    let mut reviewed = vec![false; order.len()];
    for of_day in order.chunk_by(|&a, &b| day(a) == day(b)) {
        of_day.iter().take(a_day).for_each(|&place| reviewed[place] = true);
    }
    Ok(count(probabilities, labels, &reviewed, costs))
}

/// The threshold that saves most on these tickets, the highest among equals; with it what it does. Above every probability
/// (nothing reviewed) when no review pays. Choose it on one slice and report it on a later one: on its own it flatters itself.
///
/// # Errors
/// As [`at_threshold`].
pub fn best_threshold(probabilities: &[f64], labels: &[bool], costs: &Costs) -> Result<(f64, Impact), ImpactError> {
    check(probabilities, labels.len(), costs)?;
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
    let (saved, review) = (costs.saved_when_caught(), costs.review_cost);
    let mut best = (f64::INFINITY, 0.0);
    let mut saving = 0.0;
    for equals in order.chunk_by(|&a, &b| probabilities[a] == probabilities[b]) {
        saving += equals
            .iter()
            .map(|&place| if labels[place] { saved - review } else { -review })
            .sum::<f64>();
        if saving > best.1 {
            best = (probabilities[equals[0]], saving);
        }
    }
    let impact = at_threshold(probabilities, labels, best.0, costs)?;
    Ok((best.0, impact))
}

fn check(probabilities: &[f64], others: usize, costs: &Costs) -> Result<(), ImpactError> {
    costs.check()?;
    if probabilities.len() != others {
        return Err(ImpactError::Length {
            probabilities: probabilities.len(),
            labels: others,
        });
    }
    if probabilities.is_empty() {
        return Err(ImpactError::Empty);
    }
    match probabilities.iter().position(|p| !(0.0..=1.0).contains(p)) {
        Some(place) => Err(ImpactError::Probability {
            place,
            value: probabilities[place],
        }),
        None => Ok(()),
    }
}

#[allow(clippy::cast_precision_loss)]
fn count(probabilities: &[f64], labels: &[bool], reviewed: &[bool], costs: &Costs) -> Impact {
    let tickets = labels.len();
    let number =
        |which: &dyn Fn(bool, bool) -> bool| labels.iter().zip(reviewed).filter(|(l, r)| which(**l, **r)).count();
    let (escalated, looked_at) = (number(&|l, _| l), number(&|_, r| r));
    let caught = number(&|l, r| l && r);
    let missed = escalated - caught;
    let ratio = |part: usize, whole: usize| (whole > 0).then(|| part as f64 / whole as f64);

    let n = tickets as f64;
    let saving = |label: bool, seen: bool| {
        if seen {
            f64::from(u8::from(label)) * costs.saved_when_caught() - costs.review_cost
        } else {
            0.0
        }
    };
    let mean = labels.iter().zip(reviewed).map(|(l, r)| saving(*l, *r)).sum::<f64>() / n;
    let spread = labels
        .iter()
        .zip(reviewed)
        .map(|(l, r)| (saving(*l, *r) - mean).powi(2))
        .sum::<f64>()
        / (n - 1.0).max(1.0);
    let margin = 1.959_964 * (spread / n).sqrt();
    let a_year = costs.tickets_a_year();

    let quiet = (tickets - escalated) as f64;
    let before = quiet + escalated as f64 * costs.delay_factor;
    let after =
        quiet + missed as f64 * costs.delay_factor + caught as f64 * costs.delay_factor / costs.late_mttr_factor;
    Impact {
        threshold: probabilities
            .iter()
            .zip(reviewed)
            .filter(|(_, r)| **r)
            .map(|(p, _)| *p)
            .min_by(f64::total_cmp),
        tickets,
        reviewed: looked_at,
        caught,
        missed,
        precision: ratio(caught, looked_at),
        recall: ratio(caught, escalated),
        escalations_a_year: costs.escalations_a_year(escalated as f64 / n),
        saving_a_year: mean * a_year,
        saving_interval: [(mean - margin) * a_year, (mean + margin) * a_year],
        mttr_change: after / before - 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hundred tickets, twelve escalate; the score ranks ten of them at the top, two at the bottom.
    fn slice() -> (Vec<f64>, Vec<bool>) {
        let probabilities = (0..100).map(|i| 1.0 - f64::from(i) / 100.0).collect();
        let labels = (0..100).map(|i| !(10..98).contains(&i)).collect();
        (probabilities, labels)
    }

    #[test]
    fn twelve_percent_of_five_thousand_tickets_a_month_cost_three_point_six_million_a_year() {
        let costs = Costs::default();
        assert!((costs.escalation_cost() - 500.0).abs() < 1e-9);
        assert!((costs.escalations_a_year(0.12) - 3_600_000.0).abs() < 1e-6);
        let (probabilities, labels) = slice();
        let impact = at_threshold(&probabilities, &labels, 0.5, &costs).unwrap();
        assert!((impact.escalations_a_year - 3_600_000.0).abs() < 1e-6);
    }

    #[test]
    fn a_threshold_counts_and_saves_by_the_formula() {
        let (probabilities, labels) = slice();
        let impact = at_threshold(&probabilities, &labels, 0.81, &Costs::default()).unwrap();
        assert_eq!((impact.reviewed, impact.caught, impact.missed), (20, 10, 2));
        assert_eq!((impact.precision, impact.recall), (Some(0.5), Some(10.0 / 12.0)));
        let expected = (10.0 * 500.0 * 2.0 / 3.0 - 20.0 * 5.0) / 100.0 * 60_000.0;
        assert!(
            (impact.saving_a_year - expected).abs() < 1e-6,
            "{}",
            impact.saving_a_year
        );
        assert!(impact.saving_interval[0] < expected && expected < impact.saving_interval[1]);
        let mttr = (88.0 + 2.0 * 5.0 + 10.0 * 5.0 / 3.0) / (88.0 + 12.0 * 5.0) - 1.0;
        assert!((impact.mttr_change - mttr).abs() < 1e-12);
    }

    #[test]
    fn the_best_threshold_saves_at_least_as_much_as_any_other() {
        let (probabilities, labels) = slice();
        for review_cost in [0.0, 5.0, 40.0, 200.0, 400.0] {
            let costs = Costs {
                review_cost,
                ..Costs::default()
            };
            let (threshold, best) = best_threshold(&probabilities, &labels, &costs).unwrap();
            for other in probabilities.iter().copied().chain([2.0]) {
                let impact = at_threshold(&probabilities, &labels, other, &costs).unwrap();
                assert!(
                    best.saving_a_year >= impact.saving_a_year - 1e-6,
                    "{review_cost}: {threshold} is not better than {other}"
                );
            }
        }
        let dear = Costs {
            review_cost: 400.0,
            ..Costs::default()
        };
        let (threshold, none) = best_threshold(&probabilities, &labels, &dear).unwrap();
        assert_eq!(
            (threshold, none.reviewed, none.precision, none.saving_a_year),
            (f64::INFINITY, 0, None, 0.0)
        );
        assert!(dear.break_even() > 1.0);
    }

    #[test]
    fn a_capacity_takes_the_likeliest_of_each_day() {
        let day = |d: i64, h: i64| Timestamp(0) + Duration::days(d) + Duration::hours(h);
        let anchors = [day(0, 1), day(0, 2), day(0, 3), day(1, 0), day(-1, 23)];
        let labels = [true, false, true, true, false];
        let impact = at_capacity(&[0.2, 0.9, 0.9, 0.1, 0.0], &labels, &anchors, 1, &Costs::default()).unwrap();
        assert_eq!(
            (impact.reviewed, impact.caught, impact.missed, impact.threshold),
            (3, 1, 2, Some(0.0))
        );
        let all = at_capacity(&[0.2, 0.9, 0.9, 0.1, 0.0], &labels, &anchors, 20, &Costs::default()).unwrap();
        assert_eq!((all.reviewed, all.recall), (5, Some(1.0)));
    }

    #[test]
    fn nothing_reviewed_saves_nothing() {
        let (probabilities, labels) = slice();
        let impact = at_threshold(&probabilities, &labels, 1.5, &Costs::default()).unwrap();
        assert_eq!(
            (impact.saving_a_year, impact.saving_interval, impact.mttr_change),
            (0.0, [0.0, 0.0], 0.0)
        );
        let quiet = at_threshold(&[0.5], &[false], 0.1, &Costs::default()).unwrap();
        assert_eq!((quiet.recall, quiet.precision), (None, Some(0.0)));
        assert!(quiet.saving_a_year < 0.0);
    }

    #[test]
    fn slices_that_make_no_sense_are_refused() {
        let costs = Costs::default();
        assert_eq!(at_threshold(&[], &[], 0.5, &costs), Err(ImpactError::Empty));
        assert_eq!(
            at_threshold(&[0.5], &[], 0.5, &costs),
            Err(ImpactError::Length {
                probabilities: 1,
                labels: 0
            })
        );
        assert!(matches!(
            at_threshold(&[f64::NAN], &[true], 0.5, &costs),
            Err(ImpactError::Probability { place: 0, .. })
        ));
    }
}
