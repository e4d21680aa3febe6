//! Why a score is what it is: exact Shapley values on the log-odds, grouped into reasons and phrased.
//! It refuses to know where a reason is shown.

pub mod change;
mod evidence;
mod group;
mod noun;
pub mod number;
mod phrase;
pub mod reason;
pub mod sampled;
pub mod segment;
pub mod shapley;
mod subject;
mod target;
pub mod words;

#[cfg(test)]
mod helpdesk;
#[cfg(test)]
mod language_tests;
#[cfg(test)]
mod reason_tests;

pub use change::{Change, Proposal, proposals};
pub use evidence::evidence_rows;
#[cfg(feature = "native")]
pub(crate) use noun::{rows_noun, sentence};
pub use number::Unit;
pub use phrase::Learnt;
pub use reason::{Contribution, Direction, Evidence, Reason, Target, contributions, reasons};
pub use words::Language;
