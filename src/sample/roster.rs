//! When support is there: the hours and days that each agent works, and the times away. Drawn from a stream of its own, so
//! that nothing else of the year hangs on it.

use super::calendar::{START, days};
use super::company::Company;
use super::random::{Draw, Stream, Weighted};

/// Hours of three sites that follow the sun, and how many work there, relatively.
const SITES: [(&str, f64); 3] = [
    ("08:30-17:30 UTC+1", 5.0),
    ("09:00-18:00 UTC-5", 3.0),
    ("09:00-18:00 UTC+8", 2.0),
];

/// Working days, and for how many, relatively.
const WEEKS: [(&str, f64); 3] = [("Mon-Fri", 7.0), ("Wed-Sun", 1.5), ("Sat-Wed", 1.5)];

/// One agent's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// `Mon-Fri 08:30-17:30 UTC+1`.
    pub hours: String,
    /// `2025-08-04/2025-08-15; 2025-12-24/2025-12-31`, in order of time.
    pub away: String,
}

/// Every agent's, in the company's order.
pub fn rosters(company: &Company, seed: u64) -> Vec<Roster> {
    let mut draw = Draw::new(seed, Stream::Roster);
    let sites = Weighted::new(SITES.map(|(_, weight)| weight));
    let weeks = Weighted::new(WEEKS.map(|(_, weight)| weight));
    let roster = |_| {
        let (site, week) = (SITES[sites.pick(&mut draw)].0, WEEKS[weeks.pick(&mut draw)].0);
        Roster {
            hours: format!("{week} {site}"),
            away: away(&mut draw),
        }
    };
    company.agents.iter().map(roster).collect()
}

/// Times away over the year, a day to two weeks long, some weeks between them.
fn away(draw: &mut Draw) -> String {
    let mut told = Vec::new();
    let mut day = 0.0;
    loop {
        day += draw.between(20.0, 110.0).floor();
        let length = if draw.chance(0.4) {
            0.0
        } else {
            draw.between(4.0, 14.0).floor()
        };
        if day + length > 363.0 {
            return told.join("; ");
        }
        let date = |day: f64| {
            let text = (START + days(day)).to_string();
            text.split('T').next().unwrap_or(&text).to_owned()
        };
        told.push(if length == 0.0 {
            date(day)
        } else {
            format!("{}/{}", date(day), date(day + length))
        });
        day += length;
    }
}
