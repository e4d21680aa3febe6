//! The point-in-time view: which rows are reached over links as of a moment, aggregates over them in windows, labels,
//! and features as declarative values. It refuses to know of models.
