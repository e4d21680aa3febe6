//! Whose rows they are: "of this account", "category API error".

use super::{Phrasing, Said};
use crate::explain::subject::{Owner, Part, Subject, owner, owner_of, said};
use crate::explain::words::fill;
use crate::relate::feature::Lookup;
use crate::relate::key::Key;
use crate::relate::path::ColumnPath;

impl Phrasing<'_> {
    pub(super) fn owner_values(&self, lookup: Lookup) -> Vec<(Part, Option<&str>)> {
        let set = self.relations.set();
        let key = &set.keys[lookup.key];
        match key {
            Key::Cells(paths) => self.path_values(paths),
            Key::Latest(_) => {
                let value = self.relations.key_value(self.database, key, self.asker);
                let text = value.and_then(|(symbol, _)| self.database.symbols.text(symbol));
                let parts = owner_of(set, lookup, &self.database.schema, self.relations.entity());
                parts.into_iter().map(|part| (part, text)).collect()
            }
        }
    }

    pub(super) fn path_values(&self, paths: &[ColumnPath]) -> Vec<(Part, Option<&str>)> {
        let (schema, entity) = (&self.database.schema, self.relations.entity());
        let text = |path: &ColumnPath| {
            self.database
                .symbols
                .text(path.symbol_as_of(self.database, entity, self.asker.row, self.asker.anchor))
        };
        owner(paths, schema, entity)
            .into_iter()
            .zip(said(paths, schema, entity))
            .map(|(part, path)| (part, text(path)))
            .collect()
    }

    /// Words for a lookup whose owner is not known.
    pub(super) fn unknown_owner(&self, lookup: Lookup) -> Option<Said> {
        let (part, _) = self.owner_values(lookup).into_iter().find(|(_, name)| name.is_none())?;
        let words = self.words();
        Some((words.name(&part.noun), words.not_known.to_owned()))
    }

    /// " of this account", ", category API error", or nothing for all rows.
    pub(super) fn of_owner(&self, lookup: Lookup) -> String {
        let words = self.words();
        let values = self.owner_values(lookup);
        let linked: Vec<String> = values
            .iter()
            .filter(|(p, _)| p.linked)
            .map(|(p, _)| fill(words.linked, &[("noun", &words.name(&p.noun))]))
            .collect();
        let plain: Vec<String> = values
            .iter()
            .filter(|(p, _)| !p.linked)
            .map(|(p, name)| {
                let noun = words.name(&p.noun);
                fill(
                    words.of_value,
                    &[("noun", &noun), ("value", name.unwrap_or(words.not_known))],
                )
            })
            .collect();
        let of = if linked.is_empty() {
            String::new()
        } else {
            fill(words.of_linked, &[("rows", &linked.join(words.and))])
        };
        let owners = format!("{of}{}", plain.concat());
        if owners.is_empty() {
            return owners;
        }
        let owners = if words.owner_leads {
            owners.trim_start_matches([',', ' '])
        } else {
            &owners
        };
        fill(words.of_all, &[("owners", owners)])
    }

    /// As [`Self::of_owner`], left out where only one kind of row can be meant: filtered events of the one link they have.
    pub(super) fn of_events(&self, lookup: Lookup) -> String {
        let (set, entity) = (self.relations.set(), self.relations.entity());
        let spec = self.spec(lookup);
        let parts: Owner = owner_of(set, lookup, &self.database.schema, entity);
        let plain =
            spec.filter.is_some() && spec.table(entity) != entity && parts.len() == 1 && parts.iter().all(|p| p.linked);
        let filter = spec.filter.as_ref().map(|f| (f.path.clone(), f.equals.clone()));
        let subject = Subject::Events {
            table: spec.table(entity),
            filter,
            owner: parts,
        };
        if plain && !self.shared.contains(&subject) {
            String::new()
        } else {
            self.of_owner(lookup)
        }
    }

    /// "user's prior escalations", "prior escalations, category API error".
    pub(super) fn named(&self, what: &str, lookup: Lookup) -> String {
        let words = self.words();
        match self.owner_values(lookup).as_slice() {
            [(part, _)] if part.linked => {
                let noun = words.name(&part.noun);
                fill(words.named, &[("noun", &noun), ("what", what)])
            }
            _ => {
                let of = self.of_owner(lookup);
                fill(words.rows, &[("many", what), ("of", &of), ("within", "")])
            }
        }
    }
}
