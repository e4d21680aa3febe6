//! Cells that are the answer: a question about a column of the entity's own row (or of a row it links to) must not be
//! answered by reading that column. Cells that say when they become known look after themselves; the others are kept from
//! the features altogether.

use crate::data::{ColumnType, Schema, TableId};
use crate::query::task::{BoundTarget, Reach};
use crate::relate::feature::{Feature, FeatureSet};
use crate::relate::path::ColumnPath;

/// The cells that the target reads outside any window and that are in the tables from the row's own time on.
#[must_use]
pub fn answer_cells(schema: &Schema, target: &BoundTarget) -> Vec<ColumnPath> {
    let mut found = Vec::new();
    match target {
        BoundTarget::Column(reach) => found.extend(cell(schema, reach)),
        BoundTarget::Condition(condition) => condition.each_column(&mut |reach| found.extend(cell(schema, reach))),
        BoundTarget::Aggregate(_) => {}
    }
    found
}

fn cell(schema: &Schema, reach: &Reach) -> Option<ColumnPath> {
    let column = schema.column(reach.table, reach.column);
    let dated = column.known_at.is_some() || column.kind == ColumnType::Timestamp;
    (!dated).then(|| ColumnPath {
        hops: reach.links.clone(),
        column: reach.column,
    })
}

/// The features that do not read these cells of the asker.
#[must_use]
pub fn without(set: FeatureSet, cells: &[ColumnPath], schema: &Schema, entity: TableId) -> (FeatureSet, Vec<String>) {
    if cells.is_empty() {
        return (set, Vec::new());
    }
    let reads = |feature: &Feature| match feature {
        Feature::Column { path, .. } => cells.contains(path),
        Feature::Encoded { paths } | Feature::Alike { paths } => paths.iter().any(|path| cells.contains(path)),
        Feature::Text { columns } => columns.iter().any(|c| cells.contains(&ColumnPath::own(*c))),
        other => other
            .lookups()
            .iter()
            .any(|l| set.cells_of(*l).iter().any(|p| cells.contains(p))),
    };
    let kept: Vec<usize> = (0..set.features.len())
        .filter(|&place| !reads(&set.features[place]))
        .collect();
    let mut names: Vec<String> = cells.iter().map(|path| path.name(schema, entity)).collect();
    names.dedup();
    (set.keep(&kept), names)
}
