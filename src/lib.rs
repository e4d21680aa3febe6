//! Bellwether predicts which support tickets will escalate, why, and who should take them.
//!
//! A score is a function of **(entity, moment)** over linked, time-stamped tables. The same code answers it
//! when a training set is built over last year's tickets and when a badge is drawn now.
//!
//! The rooms, lowest first; a room uses only rooms before it in this list:
//!
//! | room | what it knows |
//! |---|---|
//! | [`data`] | a `Database`: schema, typed columnar tables, how files become tables |
//! | [`query`] | PQL: text → syntax tree → `Task` bound to a schema |
//! | [`relate`] | what is visible at a moment; features over link paths |
//! | [`learn`] | examples, boosted oblivious trees, calibration, metrics, ONNX |
//! | [`explain`] | Shapley values of a score, grouped into reasons |
//! | [`route`] | which agent should take a ticket |
//! | [`impact`] | what a threshold or a capacity costs and saves |
//! | [`bundle`] | the static files a browser loads |
//! | [`score`] | a bundle and live rows → a card per ticket |
//! | [`sample`] | the synthetic helpdesk with known true probabilities (above `data` only) |
//! | `report` | an evaluation as one page to read (native) |
//! | `web`, `cli` | the two edges: wasm-bindgen and the command line; conversions only |
#![forbid(unsafe_code)]

pub mod bundle;
mod correlation;
pub mod data;
pub mod explain;
pub mod impact;
pub mod learn;
mod parallel;
pub mod query;
pub mod relate;
pub mod route;
pub mod sample;
pub mod score;

#[cfg(feature = "native")]
pub mod cli;
#[cfg(feature = "native")]
pub mod report;
#[cfg(feature = "web")]
pub mod web;
