//! What type a column has, from the counts of all its cells. Every guess comes with its reason.

use super::date::DayOrder;
use super::naming;
use super::profile::{Profile, SAMPLED, Shape};
use super::scale;
use super::schema::ColumnType;

/// A column's type and how it was inferred.
#[derive(Debug)]
pub(crate) struct TypeGuess {
    pub(crate) kind: ColumnType,
    pub(crate) reason: String,
}

/// The type of a column that is neither a key nor a link.
pub(crate) fn type_of(name: &str, profile: &Profile) -> TypeGuess {
    let name = naming::snake(name.rsplit('.').next().unwrap_or(name));
    if profile.filled == 0 {
        return TypeGuess {
            kind: ColumnType::Text,
            reason: "no cell has a value".to_owned(),
        };
    }
    if naming::is_identifier(&name) {
        return TypeGuess {
            kind: ColumnType::Id,
            reason: "its name".to_owned(),
        };
    }
    measured(&name, profile).unwrap_or_else(|| {
        let mut guess = worded(&name, profile);
        if let Some(near) = near_miss(profile) {
            guess.reason = format!("{}; {near}", guess.reason);
        }
        guess
    })
}

/// True when most cells are `key: value` details.
pub(crate) fn is_detailed(profile: &Profile) -> bool {
    profile.detailed > 0 && profile.detailed * 5 >= profile.filled * 4
}

/// Boolean, timestamp, money, number, when nearly all cells are.
fn measured(name: &str, profile: &Profile) -> Option<TypeGuess> {
    let count = |shape| profile.count(shape);
    let numbers = count(Shape::Number) + count(Shape::Percentage) + count(Shape::Span);
    if let Some(share) = most(count(Shape::Boolean), profile) {
        return Some(TypeGuess {
            kind: ColumnType::Boolean,
            reason: format!("{share} yes or no"),
        });
    }
    if naming::is_question(name) && profile.zero_or_one == profile.filled {
        return Some(TypeGuess {
            kind: ColumnType::Boolean,
            reason: "its name; all cells are 0 or 1".to_owned(),
        });
    }
    if let Some(share) = most(count(Shape::Moment) + count(Shape::WrittenDate), profile) {
        let order = match (count(Shape::WrittenDate), profile.day_order()) {
            (0, _) => "",
            (_, DayOrder::DayFirst) => ", the day before the month",
            (_, DayOrder::MonthFirst) => ", the month before the day",
            (_, DayOrder::Unknown) => {
                ", though nothing shows whether day or month comes first: write them as 2025-03-02"
            }
        };
        return Some(TypeGuess {
            kind: ColumnType::Timestamp,
            reason: format!("{share} dates or times{order}"),
        });
    }
    if let (Some((currency, amounts)), Some(share)) = (profile.currency(), most(count(Shape::Money) + numbers, profile))
        && amounts * 20 >= count(Shape::Money) * 19
        && amounts * 2 > profile.filled
    {
        return Some(TypeGuess {
            kind: ColumnType::Money {
                currency: currency.to_owned(),
            },
            reason: format!("{share} amounts in {currency}"),
        });
    }
    let share = most(numbers, profile).filter(|_| profile.zero_led == 0)?;
    let units = match (count(Shape::Percentage), count(Shape::Span)) {
        (0, 0) => "numbers",
        (_, 0) => "numbers (percentages as fractions)",
        (0, _) => "spans of time (in seconds)",
        _ => "numbers, percentages (as fractions) and spans of time (in seconds)",
    };
    Some(TypeGuess {
        kind: ColumnType::Number,
        reason: format!("{share} {units}"),
    })
}

/// Ordered category, category, identifier or text.
fn worded(name: &str, profile: &Profile) -> TypeGuess {
    let distinct = profile.distinct();
    if let Some(order) = distinct
        .filter(|n| *n <= SAMPLED)
        .and_then(|_| scale::ordered(&profile.samples))
    {
        return TypeGuess {
            kind: ColumnType::Ordered { order },
            reason: "its values are ranks".to_owned(),
        };
    }
    let length = profile.bytes / profile.filled.max(1);
    let phrased = profile.phrases * 2 > profile.filled;
    let Some(distinct) = distinct else {
        return if profile.phrases * 20 < profile.filled && length <= 80 {
            TypeGuess {
                kind: ColumnType::Id,
                reason: "single words, very many different ones".to_owned(),
            }
        } else {
            TypeGuess {
                kind: ColumnType::Text,
                reason: "very many different texts".to_owned(),
            }
        };
    };
    let values = format!("{} different in {}", grouped(distinct), counted(profile.filled, "cell"));
    if naming::is_prose(name) && phrased && distinct > 12 {
        TypeGuess {
            kind: ColumnType::Text,
            reason: "its name".to_owned(),
        }
    } else if length > 80 || (phrased && length > 40 && distinct * 5 > profile.filled) {
        TypeGuess {
            kind: ColumnType::Text,
            reason: format!("long texts, {values}"),
        }
    } else if distinct <= 20 || distinct * 5 <= profile.filled {
        TypeGuess {
            kind: ColumnType::Category,
            reason: values,
        }
    } else if profile.phrases * 20 < profile.filled && distinct * 20 >= profile.filled * 19 {
        TypeGuess {
            kind: ColumnType::Id,
            reason: format!("single words, {values}"),
        }
    } else if !phrased && distinct * 2 <= profile.filled {
        TypeGuess {
            kind: ColumnType::Category,
            reason: values,
        }
    } else {
        TypeGuess {
            kind: ColumnType::Text,
            reason: values,
        }
    }
}

/// What most cells are when too many others are not: a column that was meant to be numbers is worth a word.
fn near_miss(profile: &Profile) -> Option<String> {
    let count = |shape| profile.count(shape);
    let kinds = [
        (
            "numbers",
            count(Shape::Number) + count(Shape::Percentage) + count(Shape::Span),
        ),
        ("amounts of money", count(Shape::Money)),
        ("dates or times", count(Shape::Moment) + count(Shape::WrittenDate)),
        ("yes or no", count(Shape::Boolean)),
    ];
    let (what, n) = kinds.into_iter().max_by_key(|(_, n)| *n)?;
    if n == profile.filled && profile.zero_led > 0 {
        return Some("numbers with leading zeros are codes".to_owned());
    }
    (n * 2 > profile.filled).then(|| {
        format!(
            "{n} of {} are {what}: state a type in schema.toml to read those",
            counted(profile.filled, "cell")
        )
    })
}

/// "all 12 cells hold" or "99.1 % of 1,200 cells hold", when at least 95 % (and in less than 20 cells all) are.
#[allow(clippy::cast_precision_loss)]
fn most(count: usize, profile: &Profile) -> Option<String> {
    if count == 0 || count * 20 < profile.filled * 19 {
        None
    } else if count == profile.filled {
        Some(format!("all {} hold", counted(count, "cell")).replace("all 1 cell hold", "its one cell holds"))
    } else {
        let percent = (count as f64 / profile.filled as f64 * 1000.0).floor() / 10.0;
        Some(format!("{percent} % of {} hold", counted(profile.filled, "cell")))
    }
}

/// `1,234 cells`, `1 cell`.
pub(crate) fn counted(n: usize, what: &str) -> String {
    format!("{} {what}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// A count with commas between thousands.
pub(crate) fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(name: &str, cells: &[&str]) -> ColumnType {
        let mut profile = Profile::new(false);
        cells.iter().for_each(|c| profile.add(c));
        type_of(name, &profile).kind
    }

    #[test]
    fn a_type_is_inferred_from_all_cells_not_from_the_first() {
        assert_eq!(guess("level", &["1", "2", "three"]), ColumnType::Category);
        assert_eq!(guess("level", &["", "2", "3"]), ColumnType::Number);
    }

    #[test]
    fn zero_and_one_are_no_and_yes_only_when_the_name_asks() {
        assert_eq!(guess("is_active", &["0", "1", "1"]), ColumnType::Boolean);
        assert_eq!(guess("prior_escalations", &["0", "1", "1"]), ColumnType::Number);
        assert_eq!(guess("active", &["t", "f", "t"]), ColumnType::Boolean);
    }

    #[test]
    fn one_bad_cell_in_many_leaves_a_number_column_a_number_column() {
        let mut cells = vec!["1"; 99];
        cells.push("unknown");
        assert_eq!(guess("n", &cells), ColumnType::Number);
    }

    #[test]
    fn codes_with_leading_zeros_are_not_numbers() {
        assert_eq!(guess("zip", &["01234", "90210", "90210"]), ColumnType::Category);
    }

    #[test]
    fn subjects_are_text_and_mixed_currencies_are_not_money() {
        let subjects: Vec<String> = (0..40).map(|n| format!("api returns {n}")).collect();
        assert_eq!(
            guess("subject", &subjects.iter().map(String::as_str).collect::<Vec<_>>()),
            ColumnType::Text
        );
        assert_eq!(guess("arr", &["$1", "€2", "$3"]), ColumnType::Category);
        assert_eq!(
            guess("arr", &["$1", "$2K", "3"]),
            ColumnType::Money { currency: "$".into() }
        );
    }
}
