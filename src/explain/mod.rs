//! Why a score is what it is: exact Shapley values on the log-odds, grouped into reasons and phrased.
//! It refuses to know where a reason is shown.

pub mod shapley;
