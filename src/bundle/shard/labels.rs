//! The answers that a bundle carries, packed as columns: those of entities whose answer settled after the fold.

use serde::{Deserialize, Serialize};

use crate::bundle::pack::{PackedNumbers, PackedTimes};
use crate::data::{RowId, Timestamp};
use crate::relate::series::SettledLabel;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct PackedLabels {
    rows: Vec<u32>,
    anchors: PackedTimes,
    settled: PackedTimes,
    closed: PackedTimes,
    values: PackedNumbers,
}

impl PackedLabels {
    /// Packs answers, each with the place of its entity's row among those carried.
    pub(super) fn pack(kept: &[(u32, &SettledLabel)]) -> Self {
        let times = |of: fn(&SettledLabel) -> Timestamp| {
            PackedTimes::pack(&kept.iter().map(|(_, label)| of(label)).collect::<Vec<_>>())
        };
        Self {
            rows: kept.iter().map(|(row, _)| *row).collect(),
            anchors: times(|label| label.anchor),
            settled: times(|label| label.settled_at),
            closed: times(|label| label.closed_at),
            values: PackedNumbers::pack(&kept.iter().map(|(_, label)| label.value).collect::<Vec<_>>()),
        }
    }

    /// The answers; `None` when their columns differ in length.
    pub(super) fn unpack(&self) -> Option<Vec<SettledLabel>> {
        let (anchors, settled) = (self.anchors.unpack(), self.settled.unpack());
        let (closed, values) = (self.closed.unpack(), self.values.unpack());
        let fits = [anchors.len(), settled.len(), closed.len(), values.len()]
            .iter()
            .all(|&len| len == self.rows.len());
        fits.then(|| {
            (0..self.rows.len())
                .map(|i| SettledLabel {
                    row: RowId(self.rows[i]),
                    anchor: anchors[i],
                    settled_at: settled[i],
                    closed_at: closed[i],
                    value: values[i],
                })
                .collect()
        })
    }
}
