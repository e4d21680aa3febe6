//! Facts of the sample.
