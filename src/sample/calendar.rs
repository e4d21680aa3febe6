//! The simulated year: when it begins and ends, when people write tickets, and what changes slowly.

use super::random::{Draw, Weighted};
use crate::data::{Duration, Timestamp};

/// The first moment of the log: 2025-01-01T00:00:00Z, a Wednesday.
pub const START: Timestamp = Timestamp(1_735_689_600_000);

/// Nothing is known after this moment: 2025-12-31T18:00:00Z, a Wednesday evening.
pub const END: Timestamp = Timestamp(START.0 + 364 * Duration::DAY.0 + 18 * Duration::HOUR.0);

/// `/v2/embeddings` appears at this moment: 2025-07-01T00:00:00Z.
pub const NEW_ENDPOINT_START: Timestamp = Timestamp(START.0 + 181 * Duration::DAY.0);

/// How busy each hour of a working day is (UTC), relative to the others.
const HOURS: [f64; 24] = [
    0.4, 0.3, 0.3, 0.3, 0.4, 0.6, 1.0, 1.8, 2.8, 3.4, 3.3, 2.9, 2.6, 3.0, 3.4, 3.3, 3.0, 2.6, 2.0, 1.6, 1.3, 1.0, 0.7,
    0.5,
];

/// How busy each day is, from Monday.
const WEEKDAYS: [f64; 7] = [1.2, 1.1, 1.05, 1.0, 0.9, 0.35, 0.3];

/// A span of so many hours, to the whole second.
#[must_use]
pub fn hours(hours: f64) -> Duration {
    Duration((hours * 3_600.0).round() as i64 * Duration::SECOND.0)
}

/// A span of so many days, to the whole second.
#[must_use]
pub fn days(days: f64) -> Duration {
    hours(days * 24.0)
}

/// How much of the year has passed: 0 at [`START`], 1 at [`END`].
#[must_use]
pub fn year_passed(at: Timestamp) -> f64 {
    (at - START).as_hours() / (END - START).as_hours()
}

/// What the calendar alone adds to a ticket's log-odds: a slow rise over the year, a swing of two periods,
/// and a little at night and on weekends, when first line is thin.
#[must_use]
pub fn drift(at: Timestamp) -> f64 {
    let passed = year_passed(at);
    let swing = 0.12 * (2.0 * std::f64::consts::TAU * passed).sin();
    let quiet = if off_hours(at) { 0.2 } else { 0.0 };
    0.4 * (passed - 0.5) + swing + quiet
}

/// The moments at which `tickets` tickets are created, in order.
pub fn creation_times(tickets: usize, draw: &mut Draw) -> Vec<Timestamp> {
    let span = ((END - START).0 / Duration::HOUR.0) as usize;
    let weights = Weighted::new((0..span).map(|hour| HOURS[hour % 24] * WEEKDAYS[weekday(hour / 24)]));
    let mut times: Vec<Timestamp> = (0..tickets)
        .map(|_| START + Duration::hours(weights.pick(draw) as i64) + hours(draw.unit() * 0.9997))
        .collect();
    times.sort_unstable();
    times
}

/// The day of the week, 0 for Monday, of the year's `day`-th day from 0.
fn weekday(day: usize) -> usize {
    (day + 2) % 7
}

fn off_hours(at: Timestamp) -> bool {
    let hour = ((at - START).0 / Duration::HOUR.0).max(0) as usize;
    weekday(hour / 24) >= 5 || !(6..20).contains(&(hour % 24))
}
