//! Names of tables and columns as people say them: `snake_case` to words, identifiers without their `id`, singular and
//! plural, and the noun of a question such as `escalated_to_eng` → "escalations". Names are taken for English; a language
//! that does not decline them has them as they are. Nothing here knows what any table is about.

use super::number::Unit;
use super::words::{Language, Names, Words, fill};

/// Words written in capitals.
const ACRONYMS: [&str; 24] = [
    "api", "arr", "mrr", "sla", "csat", "nps", "vip", "url", "ip", "cpu", "os", "ui", "ux", "kpi", "sso", "cve", "gpu",
    "ram", "crm", "csm", "http", "sql", "usd", "eur",
];

/// Participles whose noun is not made by a rule, with the noun.
const NOUNS: [(&str, &str); 22] = [
    ("resolved", "resolution"),
    ("solved", "solution"),
    ("closed", "closure"),
    ("reopened", "reopening"),
    ("churned", "churn"),
    ("breached", "breach"),
    ("failed", "failure"),
    ("cancelled", "cancellation"),
    ("canceled", "cancellation"),
    ("refunded", "refund"),
    ("paid", "payment"),
    ("converted", "conversion"),
    ("deployed", "deployment"),
    ("shipped", "shipment"),
    ("replied", "reply"),
    ("sold", "sale"),
    ("renewed", "renewal"),
    ("approved", "approval"),
    ("upgraded", "upgrade"),
    ("transferred", "transfer"),
    ("reassigned", "reassignment"),
    ("assigned", "assignment"),
];

/// How the label is named in sentences, and in which language they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// What it is, in English whatever language is spoken: the same for all columns that hold it.
    pub(super) what: String,
    /// One of them: "escalation".
    pub singular: String,
    /// Several: "escalations".
    pub plural: String,
    /// The unit, when a number is asked for; `None` for a yes or no.
    pub unit: Option<Unit>,
    /// The language of every sentence about it.
    pub language: Language,
}

impl Target {
    /// From the column asked about: `escalated_to_eng`, `is_escalated` and `escalated_at` are "escalations"; a name without
    /// a participle or noun that is known becomes "cases of …".
    #[must_use]
    pub fn from_column_name(name: &str, language: Language) -> Self {
        let said = language.words();
        let what = what_happens(name);
        let (singular, plural) = match &what {
            Ok(noun) => said.noun(noun),
            Err(name) => {
                let places = [("name", &*said.name(name))];
                (fill(said.case_of, &places), fill(said.cases_of, &places))
            }
        };
        let (Ok(what) | Err(what)) = what;
        Self {
            what,
            singular,
            plural,
            unit: None,
            language,
        }
    }

    /// Whether a column holds the yes or no that this is.
    pub(super) fn is_held_by(&self, column: &str) -> bool {
        let (Ok(what) | Err(what)) = what_happens(column);
        self.unit.is_none() && what == self.what
    }
}

/// The noun of what a column of yes and no, or of a moment, says has happened; its words when they give none.
fn what_happens(name: &str) -> Result<String, String> {
    let mut words = words(name);
    if words.len() > 1 && ["is", "has", "was", "did", "will", "got", "be"].contains(&words[0].as_str()) {
        words.remove(0);
    }
    if words.len() > 1
        && words
            .last()
            .is_some_and(|w| ["at", "date", "time", "on", "flag"].contains(&w.as_str()))
    {
        words.pop();
    }
    match (words.iter().find_map(|w| noun_of_participle(w)), words.last()) {
        (Some(noun), _) => Ok(noun),
        (None, Some(last)) if is_nominal(last) => Ok(singular(&spell(&words))),
        _ => Err(spell(&words)),
    }
}

impl Words {
    /// Singular and plural of an English noun phrase, in this language: a noun that it has, else the phrase as a name.
    fn noun(&self, english: &str) -> (String, String) {
        match self.nouns.iter().find(|(of, ..)| *of == english) {
            Some((_, one, many)) => ((*one).to_owned(), (*many).to_owned()),
            None => (self.name(english), self.name(&plural(english))),
        }
    }

    /// A table's row: "tickets" → "ticket".
    pub(crate) fn row(&self, table: &str) -> String {
        self.name(&row_noun(table))
    }

    /// A table's rows: "status_changes" → "status changes"; as a name that of the table.
    pub(crate) fn table(&self, table: &str) -> String {
        match self.names {
            Names::Words => rows_noun(table),
            Names::Names => self.name(&humanise(table)),
        }
    }

    /// So many of a table's rows: one is a "ticket".
    pub(crate) fn counted(&self, table: &str, n: f64) -> String {
        if n == 1.0 { self.row(table) } else { self.table(table) }
    }
}

/// The noun of an action that happened: "escalated" → "escalation".
fn noun_of_participle(word: &str) -> Option<String> {
    if let Some((_, noun)) = NOUNS.iter().find(|(participle, _)| *participle == word) {
        return Some((*noun).to_owned());
    }
    let stem = word.strip_suffix("ated").filter(|stem| stem.len() > 1)?;
    Some(format!("{stem}ation"))
}

fn is_nominal(word: &str) -> bool {
    [
        "tion", "sion", "ment", "ure", "ion", "al", "churn", "breach", "refund", "incident", "outage", "error", "fraud",
    ]
    .iter()
    .any(|e| singular(word).ends_with(e))
}

/// What happened to the owner of a row of this table: "deployments" → "deployed", "releases" → "released"; `None` for
/// things that do not happen to anything.
pub(super) fn verb_of_table(table: &str) -> Option<String> {
    let one = singular(&words(table).pop()?);
    if let Some((participle, _)) = NOUNS.iter().find(|(_, noun)| *noun == one) {
        return Some((*participle).to_owned());
    }
    if let Some(stem) = one.strip_suffix("ation") {
        return Some(format!("{stem}ated"));
    }
    ["release", "update", "change", "upgrade", "rollout", "restart"]
        .contains(&one.as_str())
        .then(|| match one.as_str() {
            "rollout" => "rolled out".to_owned(),
            _ if one.ends_with('e') => format!("{one}d"),
            _ => format!("{one}ed"),
        })
}

/// The words of a name in lower case; of `details.endpoint` those of the last part.
pub(super) fn words(name: &str) -> Vec<String> {
    let last = name.rsplit('.').next().unwrap_or(name);
    let mut words: Vec<String> = vec![String::new()];
    let mut before_lower = false;
    for c in last.chars() {
        if matches!(c, '_' | '-' | ' ') {
            words.push(String::new());
        } else {
            if before_lower && c.is_uppercase() {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(c.to_lowercase());
            }
        }
        before_lower = c.is_lowercase() || c.is_ascii_digit();
    }
    words.retain(|w| !w.is_empty());
    words
}

/// Words joined, acronyms in capitals.
pub(super) fn spell(words: &[String]) -> String {
    let spelled: Vec<String> = words
        .iter()
        .map(|w| {
            if ACRONYMS.contains(&w.as_str()) {
                w.to_uppercase()
            } else {
                w.clone()
            }
        })
        .collect();
    spelled.join(" ")
}

/// A name as words, without a trailing `id`: `account_id` → "account"; the name itself when nothing else is left.
pub(super) fn humanise(name: &str) -> String {
    let mut all = words(name);
    if all.len() > 1
        && all
            .last()
            .is_some_and(|w| ["id", "uuid", "guid", "key"].contains(&w.as_str()))
    {
        all.pop();
    }
    if all.is_empty() { name.to_owned() } else { spell(&all) }
}

/// A category as a noun phrase inside a sentence: "login_failed" → "login failed", "Slow query" → "slow query", while
/// "API 500 error" stays.
pub(super) fn value_words(value: &str) -> String {
    let value = if value.contains(' ') {
        value.to_owned()
    } else {
        value.replace('_', " ")
    };
    let first: Vec<char> = value.split(' ').next().unwrap_or_default().chars().collect();
    let is_word = first.len() > 1 && first[1..].iter().all(|c| c.is_lowercase());
    if !is_word {
        return value;
    }
    let mut letters = value.chars();
    letters
        .next()
        .map_or_else(String::new, |c| c.to_lowercase().chain(letters).collect())
}

/// A table's row: "tickets" → "ticket", "status_changes" → "status change".
pub(crate) fn row_noun(table: &str) -> String {
    singular(&humanise(table))
}

/// A table's rows: "status_changes" → "status changes".
pub(crate) fn rows_noun(table: &str) -> String {
    plural(&row_noun(table))
}

/// Nouns of tables whose plural is made otherwise: singular and plural.
const IRREGULAR: [(&str, &str); 3] = [("person", "people"), ("child", "children"), ("series", "series")];

/// The phrase with its last word replaced, where it is the first of one of these pairs.
fn irregular(phrase: &str, mut pairs: impl Iterator<Item = (&'static str, &'static str)>) -> Option<String> {
    let before = phrase.rfind(' ').map_or(0, |space| space + 1);
    let (rest, last) = phrase.split_at(before);
    pairs
        .find(|(from, _)| *from == last)
        .map(|(_, to)| format!("{rest}{to}"))
}

/// The singular of a noun phrase.
pub(super) fn singular(phrase: &str) -> String {
    if let Some(one) = irregular(phrase, IRREGULAR.into_iter().map(|(one, many)| (many, one))) {
        return one;
    }
    let strip = |end: &str, with: &str| phrase.strip_suffix(end).map(|stem| format!("{stem}{with}"));
    if phrase.ends_with("ies") && phrase.len() > 4 {
        return strip("ies", "y").unwrap_or_default();
    }
    for end in ["sses", "xes", "ches", "shes", "tuses", "ruses"] {
        if phrase.ends_with(end) {
            return strip("es", "").unwrap_or_default();
        }
    }
    if ["ss", "us", "is"].iter().any(|end| phrase.ends_with(end)) || phrase.len() < 3 {
        return phrase.to_owned();
    }
    strip("s", "").unwrap_or_else(|| phrase.to_owned())
}

/// The plural of a noun phrase; a plural stays as it is.
pub(super) fn plural(phrase: &str) -> String {
    if let Some(many) = irregular(phrase, IRREGULAR.into_iter()) {
        return many;
    }
    if singular(phrase) != phrase {
        return phrase.to_owned();
    }
    let ends = |ends: &[&str]| ends.iter().any(|end| phrase.ends_with(end));
    if let Some(stem) = phrase
        .strip_suffix('y')
        .filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']))
    {
        return format!("{stem}ies");
    }
    if ends(&["s", "x", "z", "ch", "sh"]) {
        format!("{phrase}es")
    } else {
        format!("{phrase}s")
    }
}

/// A phrase as the beginning of a sentence: its first letter large.
pub(crate) fn sentence(phrase: &str) -> String {
    let mut letters = phrase.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_named_by_what_happened() {
        for (name, plural) in [
            ("escalated_to_eng", "escalations"),
            ("ESCALATED_TO_ENG", "escalations"),
            ("escalated_at", "escalations"),
            ("is_churned", "churns"),
            ("sla_breached", "breaches"),
            ("resolved_at", "resolutions"),
            ("late_payment", "late payments"),
            ("y", "cases of y"),
        ] {
            assert_eq!(
                Target::from_column_name(name, Language::English).plural,
                plural,
                "{name}"
            );
        }
    }

    #[test]
    fn a_target_has_a_german_name_and_stays_what_it_is() {
        for (name, plural) in [
            ("escalated_to_eng", "Eskalationen"),
            ("sla_breached", "Verstöße"),
            ("late_payment", "Late Payments"),
            ("y", "Fälle von Y"),
        ] {
            let target = Target::from_column_name(name, Language::German);
            assert_eq!(target.plural, plural, "{name}");
            assert!(target.is_held_by(name));
        }
        let escalation = Target::from_column_name("escalated_to_eng", Language::German);
        assert!(escalation.is_held_by("is_escalated") && !escalation.is_held_by("resolved_at"));
    }

    #[test]
    fn names_become_words() {
        assert_eq!(humanise("account_id"), "account");
        assert_eq!(humanise("details.endpoint"), "endpoint");
        assert_eq!(humanise("healthScore"), "health score");
        assert_eq!(humanise("ARR"), "ARR");
        assert_eq!(humanise("id"), "id");
        assert_eq!(row_noun("status_changes"), "status change");
        assert_eq!(row_noun("companies"), "company");
        assert_eq!(row_noun("Addresses"), "address");
        assert_eq!(rows_noun("status"), "statuses");
        for (table, one, many) in [
            ("people", "person", "people"),
            ("contact_people", "contact person", "contact people"),
            ("children", "child", "children"),
            ("time_series", "time series", "time series"),
        ] {
            assert_eq!((row_noun(table).as_str(), rows_noun(table).as_str()), (one, many));
        }
        assert_eq!(plural("API 500 error"), "API 500 errors");
        assert_eq!(plural("Slow query"), "Slow queries");
        assert_eq!(verb_of_table("deployments").as_deref(), Some("deployed"));
        assert_eq!(verb_of_table("releases").as_deref(), Some("released"));
        assert_eq!(verb_of_table("incidents"), None);
    }
}
