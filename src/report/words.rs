//! What the figures say, in sentences.

use super::Findings;
use crate::learn::approaches::Approach;
use crate::learn::objective::Objective;

/// What an approach is called on the page.
#[must_use]
pub fn called(name: &str) -> &str {
    match name {
        "constant" => "constant",
        "priority" => "priority",
        "text" => "text",
        "category_rate" => "rate by category",
        "entity_rate" => "rate by entity",
        "own_columns" => "own columns",
        "relational" => "relational",
        other => other,
    }
}

/// `87 %`, on one line.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{:.0}\u{a0}%", 100.0 * share)
}

/// `11,650`.
#[must_use]
pub fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `.866`, as people write figures below one.
#[must_use]
pub fn figure(x: f64) -> String {
    let text = format!("{x:.3}");
    match text.strip_prefix("0.") {
        Some(rest) => format!(".{rest}"),
        None => text,
    }
}

impl<'a> Findings<'a> {
    /// The approach of that name.
    pub(super) fn approach(&self, name: &str) -> Option<&'a Approach> {
        self.evaluation.approaches.iter().find(|a| a.name == name)
    }

    /// The relational approach.
    pub(super) fn relational(&self) -> Option<&'a Approach> {
        self.approach("relational")
    }

    /// Of the others the one that catches most when a fifth is reviewed; for numbers the one with the least error.
    pub(super) fn best_other(&self) -> Option<&'a Approach> {
        let others = || self.evaluation.approaches.iter().filter(|a| a.name != "relational");
        let of = |a: &Approach, name: &str| a.figures.get(name).copied();
        match self.evaluation.kind {
            Objective::YesNo => others()
                .filter(|a| of(a, "roc_auc").is_some())
                .max_by(|a, b| f64::total_cmp(&of(a, "roc_auc").unwrap_or(0.0), &of(b, "roc_auc").unwrap_or(0.0))),
            Objective::Number => others()
                .filter(|a| of(a, "mae").is_some())
                .min_by(|a, b| f64::total_cmp(&of(a, "mae").unwrap_or(0.0), &of(b, "mae").unwrap_or(0.0))),
        }
    }

    /// "escalations within 48 h".
    pub(super) fn asked(&self) -> String {
        match self.evaluation.kind {
            Objective::YesNo if self.horizon_hours > 0.0 => {
                format!(
                    "{} within {}",
                    self.target.plural,
                    crate::cli::hours(self.horizon_hours)
                )
            }
            Objective::YesNo => self.target.plural.clone(),
            Objective::Number => self.target.singular.clone(),
        }
    }

    /// The page's first sentence.
    pub(super) fn headline(&self) -> String {
        let (Some(own), Some(other)) = (self.relational(), self.best_other()) else {
            return format!("How well {} can be told beforehand", self.asked());
        };
        let both = |name: &str| Some((*own.figures.get(name)?, *other.figures.get(name)?));
        match self.evaluation.kind {
            Objective::YesNo => match both("recall_at_20") {
                Some((mine, theirs)) => format!(
                    "Reviewing a fifth of the {} finds {} of the {}; by {} alone it would be {}",
                    self.rows,
                    percent(mine),
                    self.target.plural,
                    called(&other.name),
                    percent(theirs)
                ),
                None => format!("How well {} can be told beforehand", self.asked()),
            },
            Objective::Number => match both("mae") {
                Some((mine, theirs)) => format!(
                    "The {} is {} off on average; by {} it would be {}",
                    self.target.singular,
                    self.target.show(mine),
                    called(&other.name),
                    self.target.show(theirs)
                ),
                None => format!("How well the {} can be told beforehand", self.target.singular),
            },
        }
    }

    /// Whether the lead over the best other approach is more than chance.
    pub(super) fn verdict(&self) -> Option<String> {
        let lead = &self.evaluation.ahead.as_ref()?.roc_auc;
        let [low, high] = lead.interval;
        let range = format!(
            "{} (95 % interval {} to {})",
            signed(lead.difference),
            signed(low),
            signed(high)
        );
        let over = called(&lead.over);
        Some(if low > 0.0 {
            format!("In ROC-AUC the linked tables add {range} to {over}, the best of the others: more than chance.")
        } else if high < 0.0 {
            format!(
                "In ROC-AUC the linked tables are {range} against {over}, the best of the others: here they do not pay."
            )
        } else {
            format!("In ROC-AUC the linked tables are {range} against {over}, the best of the others: within chance.")
        })
    }
}

fn signed(x: f64) -> String {
    let sign = if x < 0.0 { "−" } else { "+" };
    format!("{sign}{}", figure(x.abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_said_as_people_write_them() {
        assert_eq!(figure(0.8657), ".866");
        assert_eq!(figure(1.0), "1.000");
        assert_eq!(signed(-0.0191), "−.019");
        assert_eq!(percent(0.874), "87\u{a0}%");
        assert_eq!(
            [count(999), count(11_650), count(5_000_000)],
            ["999", "11,650", "5,000,000"]
        );
    }
}
