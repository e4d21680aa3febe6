//! The languages that explanations are given in. Each language is one file, [`english`] or [`german`]: a value of [`Words`],
//! every sentence a template with named places such as `{rows}`. To translate Bellwether is to write one more such file;
//! the compiler asks for every sentence. Names of tables and columns and the values in them stay as the tables have them,
//! so a template must be right whatever number and gender the word in a place has.

mod english;
mod german;
mod sentence;

pub use sentence::Words;

use serde::Serialize;

use super::noun::sentence;

/// A language that explanations are given in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
    /// German.
    #[serde(rename = "de")]
    German,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// The language of a BCP 47 tag such as `de-AT`; `None` for one that is not spoken here.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|l| l.tag().eq_ignore_ascii_case(primary))
    }

    /// Its BCP 47 tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// What it says.
    #[must_use]
    pub fn words(self) -> &'static Words {
        match self {
            Self::English => &english::ENGLISH,
            Self::German => &german::GERMAN,
        }
    }
}

/// How names of tables and columns are written in sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// As words of the sentence: in lower case, in the singular and the plural, by the rules of English.
    Words,
    /// As names, each word capital, never declined.
    Names,
}

/// Spans of time in words: minutes, hours, days, years; for one and for several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Spans {
    pub minutes: [&'static str; 2],
    pub hours: [&'static str; 2],
    pub days: [&'static str; 2],
    pub years: [&'static str; 2],
}

/// A template with its places filled; a place that nothing is given for stays, so that a test finds it.
#[must_use]
pub(crate) fn fill(template: &str, places: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        let after = &rest[start..];
        rest = after;
        let Some(end) = after.find('}') else { break };
        match places.iter().find(|(name, _)| *name == &after[1..end]) {
            Some((_, text)) => filled.push_str(text),
            None => filled.push_str(&after[..=end]),
        }
        rest = &after[end + 1..];
    }
    filled.push_str(rest);
    filled
}

impl Words {
    /// A name of a table or column as it stands in a sentence, from its words in lower case.
    pub(crate) fn name(&self, words: &str) -> String {
        match self.names {
            Names::Words => words.to_owned(),
            Names::Names => words.split(' ').map(sentence).collect::<Vec<_>>().join(" "),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn places(template: &str) -> BTreeSet<&str> {
        template
            .split('{')
            .skip(1)
            .map(|rest| rest.split('}').next().unwrap())
            .collect()
    }

    #[test]
    fn a_translation_asks_for_nothing_that_english_is_not_given() {
        // Places that English has no use for and that are given all the same.
        let given = ["rows", "plural", "one", "singular", "many"];
        let english = Language::English.words().templates();
        for language in Language::ALL {
            for ((name, theirs), (_, ours)) in language.words().templates().iter().zip(&english) {
                let (theirs, ours) = (places(theirs), places(ours));
                assert!(
                    theirs.iter().all(|p| ours.contains(p) || given.contains(p)),
                    "{} {name}: {theirs:?} against {ours:?}",
                    language.tag()
                );
            }
        }
    }

    #[test]
    fn a_translation_says_everything_in_its_own_words() {
        let (english, german) = (Language::English.words(), Language::German.words());
        let own = |template: &str| {
            let empty: Vec<(&str, &str)> = places(template).into_iter().map(|p| (p, "")).collect();
            fill(template, &empty)
        };
        let says = |template: &str| own(template).split(|c: char| !c.is_alphabetic()).any(|w| w.len() > 2);
        for ((name, ours), (_, theirs)) in english.templates().iter().zip(german.templates()) {
            assert!(!says(ours) || *ours != theirs, "{name}: {ours}");
        }
    }

    #[test]
    fn languages_are_found_by_tag() {
        assert_eq!(Language::of_tag("de-AT"), Some(Language::German));
        assert_eq!(Language::of_tag("EN"), Some(Language::English));
        assert_eq!(Language::of_tag("fr"), None);
        assert_eq!(Language::of_tag(""), None);
    }

    #[test]
    fn places_are_filled_by_name_and_unknown_ones_stay() {
        assert_eq!(fill("{a} of {b}{a}", &[("a", "1"), ("b", "{a}")]), "1 of {a}1");
        assert_eq!(fill("{a} and {c}", &[("a", "1")]), "1 and {c}");
        assert_eq!(fill("open {", &[]), "open {");
    }
}
