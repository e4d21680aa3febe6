//! Categories with an order that their values show: P1 < P2 < P3, Sev1 < Sev2, low < medium < high, 1st < 2nd.

/// Prefixes after which a number is a rank.
const PREFIXES: [&str; 12] = [
    "p", "s", "l", "sev", "severity", "prio", "priority", "level", "tier", "line", "t", "rank",
];

/// Words that name a degree, smallest first; words on one line are the same degree.
const DEGREES: [&[&str]; 12] = [
    &["none"],
    &["lowest", "trivial", "very low"],
    &["low"],
    &["minor"],
    &["medium", "normal", "moderate", "standard"],
    &["elevated"],
    &["high"],
    &["major"],
    &["very high", "highest"],
    &["urgent"],
    &["critical"],
    &["blocker", "emergency"],
];

/// The values smallest first, when all of them are ranks of one kind and no two are the same rank.
pub(crate) fn ordered(values: &[String]) -> Option<Vec<String>> {
    if values.len() < 2 || values.len() > 12 {
        return None;
    }
    let mut ranked = by(values, numbered)
        .or_else(|| by(values, degree))
        .or_else(|| by(values, ordinal))?;
    ranked.sort();
    let one_kind = ranked
        .windows(2)
        .all(|pair| pair[0].0.0 == pair[1].0.0 && pair[0].0.1 < pair[1].0.1);
    one_kind.then(|| ranked.into_iter().map(|(_, value)| value).collect())
}

/// A kind of rank and the place in it.
type Rank = (String, u32);

fn by(values: &[String], rank: impl Fn(&str) -> Option<Rank>) -> Option<Vec<(Rank, String)>> {
    values
        .iter()
        .map(|value| rank(&value.to_lowercase()).map(|r| (r, value.clone())))
        .collect()
}

/// `P1`, `Sev-2`, `L3/Eng`: a known prefix and a number.
fn numbered(value: &str) -> Option<Rank> {
    let start = value.find(|c: char| c.is_ascii_digit())?;
    let (prefix, rest) = value.split_at_checked(start)?;
    let prefix = prefix.trim_end_matches([' ', '-', '_']);
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (number, tail) = rest.split_at_checked(end)?;
    let apart = tail.chars().next().is_none_or(|c| !c.is_alphanumeric() && c != '.');
    (apart && PREFIXES.contains(&prefix)).then(|| Some((prefix.to_owned(), number.parse().ok()?)))?
}

/// `low`, `medium`, `critical`.
fn degree(value: &str) -> Option<Rank> {
    let place = DEGREES.iter().position(|words| words.contains(&value))?;
    Some((String::new(), u32::try_from(place).ok()?))
}

/// `1st`, `2nd line`.
fn ordinal(value: &str) -> Option<Rank> {
    let end = value.find(|c: char| !c.is_ascii_digit())?;
    let (number, tail) = value.split_at_checked(end)?;
    let rest = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|suffix| tail.strip_prefix(suffix))?;
    Some((rest.trim().to_owned(), number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(values: &[&str]) -> Option<String> {
        ordered(&values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>()).map(|o| o.join(" < "))
    }

    #[test]
    fn ranks_are_put_in_order() {
        assert_eq!(order(&["P1", "P3", "P2"]).as_deref(), Some("P1 < P2 < P3"));
        assert_eq!(order(&["Sev10", "Sev2"]).as_deref(), Some("Sev2 < Sev10"));
        assert_eq!(order(&["L1", "L3/Eng", "L2"]).as_deref(), Some("L1 < L2 < L3/Eng"));
        assert_eq!(
            order(&["High", "Low", "Major", "Medium"]).as_deref(),
            Some("Low < Medium < High < Major")
        );
        assert_eq!(order(&["2nd", "1st", "3rd"]).as_deref(), Some("1st < 2nd < 3rd"));
    }

    #[test]
    fn what_is_no_rank_of_one_kind_has_no_order() {
        for values in [
            &["P1"] as &[_],
            &["P1", "S2"],
            &["low", "green"],
            &["medium", "normal"],
            &["V5", "V30"],
            &["Pro", "Free"],
        ] {
            assert_eq!(order(values), None, "{values:?}");
        }
    }
}
