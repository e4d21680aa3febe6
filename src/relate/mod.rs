//! The point-in-time view: which rows are reached over links as of a moment, aggregates over them in windows, labels,
//! and features as declarative values. It refuses to know of models.

pub mod budget;
mod columns;
mod condition;
pub mod domain;
pub mod enumerate;
mod exposure;
pub mod feature;
mod gathered;
pub mod key;
pub mod label;
pub mod lull;
mod matching;
mod naming;
pub mod open;
pub mod path;
pub mod series;
pub mod view;
mod waiting;

pub use feature::{Feature, FeatureSet, Function, Lookup, Reading};
pub use key::Key;
pub use label::{Example, Label, LabelError, Labeler};
pub use open::Ends;
pub use path::ColumnPath;
pub use series::{Series, SettledLabel};
pub use view::{Asker, Relations};
