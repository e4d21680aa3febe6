//! An evaluation as one page that opens without a network: what it found in a sentence, the approaches compared, curves,
//! where the risk is, what the model looks at, and what to be careful about. It refuses to compute any figure: all of them
//! are given.

mod charts;
mod page;
mod palette;
mod sections;
mod words;

pub use page::page;

use crate::explain::Target;
use crate::learn::approaches::Evaluation;
use crate::score::closer::CloserLook;

/// What a report is made of.
pub struct Findings<'a> {
    /// The comparison.
    pub evaluation: &'a Evaluation,
    /// The tested examples' labels, in the order of the approaches' answers.
    pub labels: &'a [f32],
    /// The closer look at the relational approach.
    pub closer: &'a CloserLook,
    /// How what is asked for is called.
    pub target: &'a Target,
    /// How the rows asked about are called, several of them: "tickets".
    pub rows: String,
    /// The label window's length in hours; 0 for none.
    pub horizon_hours: f64,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// A chart could not be drawn.
    #[error("the report's chart of {chart} cannot be drawn: {cause}")]
    Chart {
        /// Which one.
        chart: &'static str,
        /// Why.
        cause: String,
    },
}

#[cfg(test)]
mod tests;
