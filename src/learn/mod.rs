//! Examples, time splits, boosted oblivious trees, text score, calibration, metrics, the approaches compared, and
//! writing ONNX. It refuses to know of bundles and browsers.

pub mod alike;
pub mod answer;
pub mod approaches;
mod bins;
pub mod boost;
pub mod bootstrap;
pub mod calibrate;
mod combine;
pub mod curves;
pub(crate) mod draw;
pub mod drift;
pub mod encode;
pub mod error;
pub mod example;
pub mod feedback;
pub mod fit;
mod fitting;
pub mod forest;
mod grow;
pub mod lead;
pub mod leaks;
mod leaves;
mod line;
pub mod loss;
pub mod matrix;
pub mod metrics;
pub mod model;
pub mod objective;
pub mod onnx;
pub mod options;
pub mod permute;
pub mod reads;
pub mod recalled;
mod recipe;
pub mod residuals;
pub mod sampling;
mod search;
pub mod spread;
pub mod stale;
pub mod text;
pub mod train;
pub mod watch;
pub mod wording;

pub use error::LearnError;
