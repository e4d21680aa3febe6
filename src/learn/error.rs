//! What can go wrong while learning: the offending thing is in the error, its message is one line with the remedy.

use thiserror::Error;

use crate::data::Timestamp;

/// An error of the `learn` room.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LearnError {
    /// Nothing to learn from.
    #[error("no training rows; widen the query's population or the training period")]
    NoRows,
    /// Nothing to learn by.
    #[error("no column and no linked table says anything about the examples; add columns, or links in schema.toml")]
    NoFeatures,
    /// Two things that belong together differ in size.
    #[error("{what}: expected {expected}, found {found}")]
    Size {
        /// What was counted.
        what: &'static str,
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A label the loss is not defined for.
    #[error("label {value} in row {row} is not usable: a class label is between 0 and 1, a number is finite")]
    Label {
        /// Row, from 0.
        row: usize,
        /// The label.
        value: f32,
    },
    /// A weight that is negative or not finite.
    #[error("weight {value} in row {row} is not usable: weights are finite, not negative, and not all zero")]
    Weight {
        /// Row, from 0.
        row: usize,
        /// The weight.
        value: f32,
    },
    /// A training option outside its range.
    #[error("option {name}: {reason}")]
    Option {
        /// The option's field name.
        name: &'static str,
        /// What it should be.
        reason: &'static str,
    },
    /// A model file that cannot be used.
    #[error("model.onnx cannot be used: {0}; train the bundle again")]
    Onnx(String),
    /// A model loaded well but failed on these rows.
    #[error("model.onnx failed while scoring: {0}")]
    Scoring(String),
    /// The labels cannot be computed.
    #[error("the labels cannot be computed: {0}")]
    Labels(String),
    /// A kind of answer that no model is trained for.
    #[error(
        "this query is a {0} question: it binds and gives labels, but such models are not trained yet; ask for a number (a number's column, or SUM, AVG, COUNT …) or a yes or no (such as COUNT(…) > 0)"
    )]
    NotTrainedYet(&'static str),
    /// Too few examples of either answer.
    #[error(
        "{examples} settled examples, {positives} of them yes, are too few to learn from: at least {least} of each answer are needed; widen the query's WHERE or give more history"
    )]
    TooFew {
        /// Settled examples in the population.
        examples: usize,
        /// Those whose answer is yes.
        positives: usize,
        /// The least of each.
        least: usize,
    },
    /// Ages of something that has no beginning.
    #[error(
        "{table} has no time column, so its rows have no age: leave --ages out, or name the column in schema.toml ([{table}] time = \"…\")"
    )]
    NoAge {
        /// The entity's table.
        table: String,
    },
    /// Too few numbers.
    #[error(
        "{examples} settled examples are too few to learn a number from: at least {least} are needed; widen the query's WHERE or give more history"
    )]
    TooFewNumbers {
        /// Settled examples in the population.
        examples: usize,
        /// The least.
        least: usize,
    },
    /// Numbers that are all the same.
    #[error("all {examples} settled examples have the same answer, {value}: there is nothing to learn")]
    OneNumber {
        /// Settled examples in the population.
        examples: usize,
        /// Their answer.
        value: f32,
    },
    /// A direction is given for a measure that no candidate feature is.
    #[error("--monotone: {0}")]
    NoSuchFeature(String),
    /// No number to judge a model by.
    #[error("no example asked from {cut} on is settled: nothing to test; choose an earlier --cut")]
    NoTest {
        /// Where the test begins.
        cut: Timestamp,
    },
    /// Nothing to judge a model by.
    #[error(
        "of {examples} settled examples asked from {cut} on, {positives} are yes: nothing to tell apart; choose an earlier --cut"
    )]
    NothingToTest {
        /// Where the test begins.
        cut: Timestamp,
        /// Settled examples from there on.
        examples: usize,
        /// Those whose answer is yes.
        positives: usize,
    },
}
