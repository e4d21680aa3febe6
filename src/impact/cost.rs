//! What tickets, escalations and reviews cost: the settings file, and what follows from it alone.
//!
//! Per escalation, with `c` = [`Costs::first_line_cost`]: left alone it costs `E = c · escalation_cost_factor`; caught in
//! time it is resolved in `1 / late_mttr_factor` of the time and, effort following time, at that part of the cost. So a
//! caught one saves `S = E · (1 − 1 / late_mttr_factor)` and every ticket reviewed costs `R = review_cost`.
//!
//! Reviewing pays for a ticket of probability `p` when `p · S > R` (the cost-sensitive threshold of Elkan 2001, "The
//! foundations of cost-sensitive learning", eq. 2, with no cost for leaving a quiet ticket alone).

use serde::{Deserialize, Serialize};

use super::ImpactError;

/// Volumes and unit costs: the settings file `costs.toml`, every field optional.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Costs {
    /// Tickets opened in a month.
    pub tickets_a_month: f64,
    /// The cost of a resolution at the first line.
    pub first_line_cost: f64,
    /// An escalation costs this many first-line resolutions.
    pub escalation_cost_factor: f64,
    /// An escalation takes this many times as long as a first-line resolution.
    pub delay_factor: f64,
    /// A late escalation takes this many times as long as one caught early.
    pub late_mttr_factor: f64,
    /// The cost of looking at one flagged ticket.
    pub review_cost: f64,
    /// A resolution one tier up costs this many times as much.
    pub tier_cost_factor: f64,
    /// The sign of the currency.
    pub currency: String,
}

impl Default for Costs {
    /// The problem statement's figures: 5,000 tickets a month, an escalation at 8 × $62.50 = $500; a review at $5 is ours.
    fn default() -> Self {
        Self {
            tickets_a_month: 5_000.0,
            first_line_cost: 62.5,
            escalation_cost_factor: 8.0,
            delay_factor: 5.0,
            late_mttr_factor: 3.0,
            review_cost: 5.0,
            tier_cost_factor: 2.0,
            currency: "$".to_owned(),
        }
    }
}

impl Costs {
    /// Reads and checks a settings file; fields left out keep their defaults.
    ///
    /// # Errors
    /// When it is no TOML of these fields, or a value is outside its range.
    pub fn parse(text: &str) -> Result<Self, ImpactError> {
        let costs: Self =
            toml::from_str(text).map_err(|e| ImpactError::Settings(e.to_string().trim().replace('\n', "; ")))?;
        costs.check()?;
        Ok(costs)
    }

    /// Checks that costs and volumes are not negative and factors are at least 1.
    ///
    /// # Errors
    /// Names the first setting that is outside its range.
    pub fn check(&self) -> Result<(), ImpactError> {
        let amounts = [
            ("tickets_a_month", self.tickets_a_month),
            ("first_line_cost", self.first_line_cost),
            ("review_cost", self.review_cost),
        ];
        let factors = [
            ("escalation_cost_factor", self.escalation_cost_factor),
            ("delay_factor", self.delay_factor),
            ("late_mttr_factor", self.late_mttr_factor),
            ("tier_cost_factor", self.tier_cost_factor),
        ];
        for (name, value) in amounts {
            if !(value.is_finite() && value >= 0.0) {
                return Err(ImpactError::Range {
                    name,
                    value,
                    range: "0 or more",
                });
            }
        }
        for (name, value) in factors {
            if !(value.is_finite() && value >= 1.0) {
                return Err(ImpactError::Range {
                    name,
                    value,
                    range: "1 or more",
                });
            }
        }
        Ok(())
    }

    /// `E`: what an escalation costs that nobody caught.
    #[must_use]
    pub fn escalation_cost(&self) -> f64 {
        self.first_line_cost * self.escalation_cost_factor
    }

    /// `S`: what catching one saves, before the review.
    #[must_use]
    pub fn saved_when_caught(&self) -> f64 {
        self.escalation_cost() * (1.0 - 1.0 / self.late_mttr_factor)
    }

    /// What escalations cost a year at this rate (0 to 1) when none is caught.
    #[must_use]
    pub fn escalations_a_year(&self, rate: f64) -> f64 {
        self.tickets_a_year() * rate * self.escalation_cost()
    }

    /// The probability from which reviewing pays, `R / S`, when probabilities are calibrated; above 1 it never does.
    #[must_use]
    pub fn break_even(&self) -> f64 {
        let saved = self.saved_when_caught();
        if saved > 0.0 {
            self.review_cost / saved
        } else {
            f64::INFINITY
        }
    }

    /// The probability from which it pays to give a ticket to tier `tier` (0: the first line) at once: what the tier costs
    /// more is then less than what catching an escalation saves, `c · (f^tier − 1) = p · S`.
    #[must_use]
    pub fn tier_pays_from(&self, tier: usize) -> f64 {
        let steps = i32::try_from(tier).unwrap_or(i32::MAX);
        let more = self.first_line_cost * (self.tier_cost_factor.powi(steps) - 1.0);
        let saved = self.saved_when_caught();
        match () {
            () if more <= 0.0 => 0.0,
            () if saved > 0.0 => more / saved,
            () => f64::INFINITY,
        }
    }

    pub(super) fn tickets_a_year(&self) -> f64 {
        self.tickets_a_month * 12.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tier_pays_once_what_it_costs_more_is_less_than_what_catching_saves() {
        let costs = Costs::default();
        assert_eq!(costs.tier_pays_from(0), 0.0);
        // $62.50 more for the second line, $187.50 for the third; catching one saves $333.33.
        assert!((costs.tier_pays_from(1) - 0.1875).abs() < 1e-9);
        assert!((costs.tier_pays_from(2) - 0.5625).abs() < 1e-9);
    }

    #[test]
    fn settings_that_make_no_sense_are_refused() {
        let costs = Costs::parse("tickets_a_month = 800\nreview_cost = 12.5").unwrap();
        assert_eq!(
            (costs.tickets_a_month, costs.review_cost, costs.delay_factor),
            (800.0, 12.5, 5.0)
        );
        assert!(matches!(
            Costs::parse("late_mttr_factor = 0.5"),
            Err(ImpactError::Range {
                name: "late_mttr_factor",
                ..
            })
        ));
        assert!(matches!(Costs::parse("reveiw_cost = 1"), Err(ImpactError::Settings(_))));
        assert!(matches!(
            Costs::parse("review_cost = nan"),
            Err(ImpactError::Range { .. })
        ));
    }
}
