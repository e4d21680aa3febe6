//! Interned strings. One [`Symbols`] serves a whole database, so that equal text in two tables is equal by number.

use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, BuildHasherDefault};

use rustc_hash::{FxHashMap, FxHasher};
use serde::{Deserialize, Serialize};

/// The number of an interned string in its [`Symbols`]; [`Symbol::NULL`] stands for a missing value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Symbol(pub u32);

impl Symbol {
    /// A missing value; equals no interned string.
    pub const NULL: Self = Self(u32::MAX);

    /// True when a value is missing.
    #[must_use]
    pub fn is_null(self) -> bool {
        self == Self::NULL
    }
}

/// Every distinct category and identifier of a database, each stored once.
#[derive(Clone, Debug, Default)]
pub struct Symbols {
    bytes: String,
    ends: Vec<usize>,
    by_hash: FxHashMap<u64, u32>,
    /// Strings whose hash an earlier, different string has: rare, so a list is enough.
    collided: Vec<u32>,
}

impl Symbols {
    /// The number of distinct strings.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True when nothing was interned.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Makes room for so many more.
    pub(crate) fn reserve(&mut self, more: usize) {
        self.ends.reserve(more);
        self.by_hash.reserve(more);
    }

    /// The symbol of `text`, new or already known.
    ///
    /// # Panics
    /// When more than 2³²−1 distinct strings are interned.
    pub fn intern(&mut self, text: &str) -> Symbol {
        let number = u32::try_from(self.ends.len())
            .ok()
            .filter(|n| *n != u32::MAX)
            .expect("fewer than 2^32-1 strings");
        match self.by_hash.entry(hash_of(text)) {
            Entry::Vacant(free) => {
                free.insert(number);
            }
            Entry::Occupied(taken) => {
                let first = *taken.get();
                if let Some(found) = self.among(first, text) {
                    return found;
                }
                self.collided.push(number);
            }
        }
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
        Symbol(number)
    }

    /// The symbol of `text` if it was interned.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Symbol> {
        self.among(*self.by_hash.get(&hash_of(text))?, text)
    }

    /// The text of a symbol; `None` for [`Symbol::NULL`] and for symbols of another table.
    #[must_use]
    pub fn text(&self, symbol: Symbol) -> Option<&str> {
        let index = symbol.0 as usize;
        let end = *self.ends.get(index)?;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        self.bytes.get(start..end)
    }

    /// Forgets every string interned after the first `len`; their symbols must not be in use any more.
    pub fn truncate(&mut self, len: usize) {
        for number in len..self.ends.len() {
            let symbol = Symbol(u32::try_from(number).unwrap_or(u32::MAX));
            if let Some(hash) = self.text(symbol).map(hash_of)
                && self.by_hash.get(&hash) == Some(&symbol.0)
            {
                self.by_hash.remove(&hash);
            }
        }
        self.collided.retain(|&n| (n as usize) < len);
        self.ends.truncate(len);
        self.bytes.truncate(self.ends.last().copied().unwrap_or(0));
    }

    /// `text` among the strings of its hash, of which `first` is one.
    fn among(&self, first: u32, text: &str) -> Option<Symbol> {
        let mut all = std::iter::once(&first).chain(&self.collided).map(|&n| Symbol(n));
        all.find(|&s| self.text(s) == Some(text))
    }
}

fn hash_of(text: &str) -> u64 {
    BuildHasherDefault::<FxHasher>::default().hash_one(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_text_has_one_symbol() {
        let mut symbols = Symbols::default();
        let a = symbols.intern("ACC301");
        let b = symbols.intern("");
        assert_eq!(symbols.intern("ACC301"), a);
        assert_eq!(symbols.text(a), Some("ACC301"));
        assert_eq!(symbols.text(b), Some(""));
        assert_eq!(symbols.find("ACC999"), None);
        assert_eq!(symbols.text(Symbol::NULL), None);
    }

    #[test]
    fn what_is_forgotten_can_be_interned_again_as_if_it_never_was() {
        let mut symbols = Symbols::default();
        symbols.intern("P1");
        symbols.intern("P9");
        symbols.truncate(1);
        assert_eq!((symbols.len(), symbols.find("P9")), (1, None));
        assert_eq!(symbols.find("P1"), Some(Symbol(0)));
        assert_eq!(symbols.intern("P3"), Symbol(1));
        assert_eq!(symbols.text(Symbol(1)), Some("P3"));
    }
}
