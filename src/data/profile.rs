//! What the cells of one column look like, counted in one pass over all of them: how many are numbers, amounts, moments,
//! words; how many different values there are. Types, keys and links are inferred from these counts.

use std::hash::{BuildHasher, BuildHasherDefault};

use rustc_hash::{FxHashMap, FxHasher};

use super::cell::{amount, boolean_word, is_null, number, percentage, span_seconds};
use super::date::{DayOrder, timestamp, written_date};
use super::details;
use super::scan::{Reader, Sheet};

/// What one cell's text looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Number,
    Percentage,
    Span,
    Money,
    Moment,
    WrittenDate,
    Boolean,
    Words,
}

const SHAPES: usize = 8;
/// Beyond so many different values a column is no category, and they are no longer counted unless identifiers.
const COUNTED: usize = 65_536;
/// How many different texts are kept as they are.
pub(crate) const SAMPLED: usize = 64;
/// How many different keys a column of details may have.
const PARTS: usize = 64;

/// The counts of one column.
#[derive(Debug, Default)]
pub(crate) struct Profile {
    /// Cells without a value.
    pub(crate) nulls: usize,
    /// Cells with one.
    pub(crate) filled: usize,
    /// Numbers written with a leading zero, as codes are.
    pub(crate) zero_led: usize,
    /// Cells that are `0` or `1`.
    pub(crate) zero_or_one: usize,
    /// Cells of more than one word.
    pub(crate) phrases: usize,
    /// Bytes in all filled cells.
    pub(crate) bytes: usize,
    /// The first different texts.
    pub(crate) samples: Vec<String>,
    /// The parts of `key: value` cells, in order of appearance.
    pub(crate) parts: Vec<(String, Profile)>,
    /// Cells that are `key: value` details.
    pub(crate) detailed: usize,
    shapes: [usize; SHAPES],
    currencies: Vec<(String, usize)>,
    days_first: usize,
    months_first: usize,
    tried: usize,
    whole: bool,
    nested: bool,
    values: Option<FxHashMap<u64, (u32, Shape)>>,
}

impl Profile {
    /// Counts nothing yet; `identifier` columns have all their values counted.
    pub(crate) fn new(identifier: bool) -> Self {
        Self {
            whole: identifier,
            values: Some(FxHashMap::default()),
            ..Self::default()
        }
    }

    /// Counts one cell.
    pub(crate) fn add(&mut self, text: &str) {
        let text = text.trim();
        if is_null(text) {
            self.nulls += 1;
            return;
        }
        self.filled += 1;
        self.bytes += text.len();
        let shape = self.shape(text);
        self.shapes[shape as usize] += 1;
        match shape {
            Shape::Number => {
                self.zero_or_one += usize::from(text == "0" || text == "1");
                self.zero_led +=
                    usize::from(text.len() > 1 && text.starts_with('0') && text.as_bytes()[1].is_ascii_digit());
            }
            Shape::Money => self.count_currency(text),
            Shape::WrittenDate => match written_date(text).map(super::date::WrittenDate::order) {
                Some(DayOrder::DayFirst) => self.days_first += 1,
                Some(DayOrder::MonthFirst) => self.months_first += 1,
                _ => {}
            },
            Shape::Words => {
                self.phrases += usize::from(text.contains(' '));
                self.count_parts(text);
            }
            _ => {}
        }
    }

    /// How many cells have that shape.
    pub(crate) fn count(&self, shape: Shape) -> usize {
        self.shapes[shape as usize]
    }

    /// How many different values there are; `None` when there are too many to tell.
    pub(crate) fn distinct(&self) -> Option<usize> {
        self.values.as_ref().map(FxHashMap::len)
    }

    /// The most frequent currency and its cells.
    pub(crate) fn currency(&self) -> Option<(&str, usize)> {
        self.currencies
            .iter()
            .max_by_key(|(_, n)| *n)
            .map(|(mark, n)| (mark.as_str(), *n))
    }

    /// What the dates show of their order; unknown when they contradict each other.
    pub(crate) fn day_order(&self) -> DayOrder {
        match (self.days_first, self.months_first) {
            (0, 0) => DayOrder::Unknown,
            (_, 0) => DayOrder::DayFirst,
            (0, _) => DayOrder::MonthFirst,
            _ => DayOrder::Unknown,
        }
    }

    /// How many of this column's filled cells are values of `keys`; `None` when either has too many to tell.
    pub(crate) fn matches(&self, keys: &Self) -> Option<usize> {
        let (mine, keys) = (self.values.as_ref()?, keys.values.as_ref()?);
        Some(
            mine.iter()
                .filter(|(hash, _)| keys.contains_key(hash))
                .map(|(_, (count, _))| *count as usize)
                .sum(),
        )
    }

    fn shape(&mut self, text: &str) -> Shape {
        let Some(values) = &mut self.values else {
            return shape_of(text);
        };
        let hash = BuildHasherDefault::<FxHasher>::default().hash_one(text);
        if let Some((count, shape)) = values.get_mut(&hash) {
            *count += 1;
            return *shape;
        }
        let shape = shape_of(text);
        values.insert(hash, (1, shape));
        if self.samples.len() < SAMPLED {
            self.samples.push(text.to_owned());
        }
        if !self.whole && values.len() > COUNTED {
            self.values = None;
        }
        shape
    }

    fn count_currency(&mut self, text: &str) {
        let Some(found) = amount(text) else { return };
        match self.currencies.iter_mut().find(|(mark, _)| mark == found.currency) {
            Some((_, count)) => *count += 1,
            None => self.currencies.push((found.currency.to_owned(), 1)),
        }
    }

    /// Counts the parts of a cell, as long as the cells so far had some.
    fn count_parts(&mut self, text: &str) {
        if self.nested || (self.tried >= 64 && self.detailed * 2 < self.tried) {
            return;
        }
        self.tried += 1;
        let Some(parts) = details::parts(text) else { return };
        self.detailed += 1;
        for (key, value) in parts {
            let known = self.parts.len();
            match self.parts.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(key)) {
                Some((_, profile)) => profile.add(value),
                None if known < PARTS => {
                    let mut profile = Self {
                        nested: true,
                        ..Self::new(false)
                    };
                    profile.add(value);
                    self.parts.push((key.to_owned(), profile));
                }
                None => {}
            }
        }
    }
}

/// The counts of every column of a sheet; `identifier` says of which columns all values are to be counted.
pub(crate) fn profile(sheet: &Sheet, identifier: impl Fn(&str) -> bool) -> Vec<Profile> {
    let mut profiles: Vec<Profile> = sheet.header.iter().map(|name| Profile::new(identifier(name))).collect();
    let reader = |(at, profile)| -> Reader<'_> {
        let profile: &mut Profile = profile;
        Box::new(move |batch| {
            let cells = batch.rows().iter().map(|(_, record)| record.get(at).unwrap_or(""));
            cells.for_each(|cell| profile.add(cell));
        })
    };
    sheet.read_by(profiles.iter_mut().enumerate().map(reader).collect());
    profiles
}

/// The first shape that fits, tried only where the first byte allows it.
fn shape_of(text: &str) -> Shape {
    let first = text.as_bytes().first().copied().unwrap_or(b' ');
    let has_digit = || text.len() <= 40 && text.bytes().any(|b| b.is_ascii_digit());
    if first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.') {
        if number(text).is_some() {
            return Shape::Number;
        }
        if timestamp(text).is_some() {
            return Shape::Moment;
        }
        if text.len() > 40 {
            return Shape::Words;
        }
        if percentage(text).is_some() {
            return Shape::Percentage;
        }
        if span_seconds(text).is_some() {
            return Shape::Span;
        }
    } else if boolean_word(text).is_some() {
        return Shape::Boolean;
    }
    if has_digit() && amount(text).is_some() {
        return Shape::Money;
    }
    if (first.is_ascii_digit() || first.is_ascii_uppercase()) && has_digit() && written_date(text).is_some() {
        return Shape::WrittenDate;
    }
    Shape::Words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_has_one_shape() {
        for (text, shape) in [
            ("12", Shape::Number),
            ("1,200", Shape::Number),
            ("12%", Shape::Percentage),
            ("12.5s", Shape::Span),
            ("$240,000", Shape::Money),
            ("12 EUR", Shape::Money),
            ("2025-03-02", Shape::Moment),
            ("25/03/2025", Shape::WrittenDate),
            ("Yes", Shape::Boolean),
            ("P1", Shape::Words),
            ("1-364285768", Shape::Words),
            ("2nd", Shape::Words),
        ] {
            assert_eq!(shape_of(text), shape, "{text}");
        }
    }

    #[test]
    fn details_are_counted_by_their_parts() {
        let mut profile = Profile::new(false);
        for text in [
            "endpoint: /v2/predict",
            "query_time: 12.5s",
            "",
            "endpoint: /v2/search; query_time: 1s",
        ] {
            profile.add(text);
        }
        assert_eq!((profile.filled, profile.nulls, profile.detailed), (3, 1, 3));
        let parts: Vec<_> = profile.parts.iter().map(|(key, p)| (key.as_str(), p.filled)).collect();
        assert_eq!(parts, [("endpoint", 2), ("query_time", 2)]);
        assert_eq!(profile.parts[1].1.count(Shape::Span), 2);
    }
}
