//! A shard's bytes come from outside: every place that one part of it names in another has to exist before it is opened.

use super::Shard;
use crate::bundle::BundleError;
use crate::data::{ColumnId, TableId};
use crate::relate::feature::{Feature, Lookup};
use crate::relate::key::Key;
use crate::relate::path::ColumnPath;
use crate::relate::series::{Measure, SeriesSpec};

impl Shard {
    /// Refuses a shard of which a part names a place that does not exist.
    pub(super) fn check_places(&self) -> Result<(), BundleError> {
        let schema = &self.schema;
        let path_fits = |start: TableId, path: &ColumnPath| {
            let mut here = start;
            for &hop in &path.hops {
                match schema.tables.get(here.0).and_then(|t| t.link(hop)) {
                    Some(link) => here = link.table,
                    None => return false,
                }
            }
            schema
                .tables
                .get(here.0)
                .is_some_and(|t| path.column.0 < t.columns.len())
        };
        let series_fits = |spec: &SeriesSpec| {
            let table = spec.table(self.entity);
            let clock = spec
                .clock
                .is_none_or(|c| schema.tables.get(table.0).is_some_and(|t| c.0 < t.columns.len()));
            clock && spec.key.len() <= 2 && spec.paths().all(|p| path_fits(table, p))
        };
        let inside = |l: Lookup| l.series < self.features.series.len() && l.key < self.features.keys.len();
        let key_fits = |key: &Key| match key {
            Key::Cells(paths) => paths.len() <= 2 && paths.iter().all(|p| path_fits(self.entity, p)),
            Key::Latest(events) => {
                let spec = self.features.series.get(events.series);
                let under = self.features.keys.get(events.key);
                spec.is_some_and(|spec| matches!(spec.measure, Measure::Category(_)))
                    && under.is_some_and(|key| key.cells().is_some())
            }
        };
        let feature_fits = |feature: &Feature| {
            let own = match feature {
                Feature::Column { path, .. } | Feature::Matched { by: path, .. } => path_fits(self.entity, path),
                Feature::Encoded { paths } | Feature::Alike { paths } => {
                    paths.iter().all(|path| path_fits(self.entity, path))
                }
                Feature::Through { then, .. } => *then < self.features.series.len(),
                _ => true,
            };
            own && feature.lookups().into_iter().all(inside)
        };
        let tables_fit = schema.tables.iter().all(|table| {
            let column = |c: ColumnId| c.0 < table.columns.len();
            table.key.is_none_or(column)
                && table.time.is_none_or(column)
                && table.columns.iter().all(|c| c.known_at.is_none_or(column))
                && table
                    .links
                    .iter()
                    .all(|l| column(l.column) && l.table.0 < schema.tables.len())
        });
        let fits = self.entity.0 < schema.tables.len()
            && self.tables.len() == schema.tables.len()
            && self.totals.len() == self.features.series.len()
            && tables_fit
            && self.features.keys.iter().all(key_fits)
            && self.features.series.iter().all(series_fits)
            && self.features.features.iter().all(feature_fits);
        if fits {
            Ok(())
        } else {
            Err(BundleError::Tables(
                "a part names a place that does not exist".to_owned(),
            ))
        }
    }
}
