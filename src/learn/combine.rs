//! Further combinations of categories, chosen greedily as CatBoost chooses them (Prokhorenkova et al. 2018): those that tell
//! most so far, each with one category more. Pairs of many categories and all triples come from here; what they are worth
//! beside everything else the fit decides.

use super::boost::SplitScore;
use super::encode::combinations;
use super::error::LearnError;
use super::train::{Progress, TrainOptions, Training};
use crate::data::{Database, TableId};
use crate::relate::feature::Feature;
use crate::relate::path::ColumnPath;
use crate::relate::view::Asker;

/// Categories that are combined at most.
const MOST: usize = 3;
/// What tells is looked for on so many rows at most.
const SCREENED: usize = 5_000;
/// So many combinations of a size are carried on with.
const CARRIED_ON: usize = 6;

impl Training {
    /// Adds what the combinations that tell most on the earliest rows give with one category more.
    pub(super) fn combine(
        &mut self,
        database: &Database,
        entity: TableId,
        options: &TrainOptions,
        progress: &mut dyn Progress,
    ) -> Result<(), LearnError> {
        let askers: Vec<Asker> = self.rows.iter().map(|e| e.asker).collect();
        let earlier = self.earliest();
        let earlier = &earlier[earlier.len().saturating_sub(SCREENED)..];
        let mut added = 0;
        for size in 2..=MOST {
            let known = self.encoded_columns();
            let single = |(column, _): &(usize, _)| self.set.features[*column].category().cloned();
            let singles: Vec<ColumnPath> = known.iter().filter_map(single).collect();
            if singles.len() < size || earlier.is_empty() {
                break;
            }
            let columns: Vec<usize> = known.iter().map(|(column, _)| *column).collect();
            let ranked = self.screen(&columns, earlier, 1, SplitScore::Cosine, options, progress)?;
            let of_size = |column: &usize| {
                let paths = &known.iter().find(|(c, _)| c == column)?.1;
                (paths.len() == size - 1).then(|| paths.clone())
            };
            for base in ranked.iter().filter_map(of_size).take(CARRIED_ON) {
                for single in singles.iter().filter(|single| !base.contains(single)) {
                    let mut paths = [base.as_slice(), std::slice::from_ref(single)].concat();
                    paths.sort();
                    added += usize::from(self.add_combination(database, entity, paths, &askers)?);
                }
            }
        }
        if added > 0 {
            progress.note(format!(
                "{added} further combinations of categories, chosen by what tells on the earliest rows"
            ));
        }
        Ok(())
    }

    /// The encoded columns that vary, with their categories.
    fn encoded_columns(&self) -> Vec<(usize, Vec<ColumnPath>)> {
        let of = |column: usize| match &self.set.features[column] {
            Feature::Encoded { paths } => Some((column, paths.clone())),
            _ => None,
        };
        self.all_columns().into_iter().filter_map(of).collect()
    }

    /// Adds a combination unless it is there in some order.
    fn add_combination(
        &mut self,
        database: &Database,
        entity: TableId,
        paths: Vec<ColumnPath>,
        askers: &[Asker],
    ) -> Result<bool, LearnError> {
        let same = |feature: &Feature| match feature {
            Feature::Encoded { paths: there } => there.len() == paths.len() && paths.iter().all(|p| there.contains(p)),
            _ => false,
        };
        if self.set.features.iter().any(same) {
            return Ok(false);
        }
        let all = combinations(database, entity, &paths, askers);
        self.combinations.insert(self.set.features.len(), all);
        self.set.features.push(Feature::Encoded { paths });
        self.matrix.push_column(vec![f32::NAN; self.rows.len()])?;
        Ok(true)
    }
}
