//! The static files a browser loads: manifest, model and table shards; encoding, hashing and checking them.
//!
//! A bundle is four files: `manifest.json` (fetched fresh), and `model-<hash>.onnx`, `tables-<hash>.bin` and
//! `directory-<hash>.json` (for those who read tickets off pages), named by their content so that they can be cached for ever. This room knows how they are encoded and checked; it refuses to know how
//! a score is shown.

pub mod directory;
pub mod files;
pub mod manifest;
pub mod pack;
mod settle;
pub mod shard;

use thiserror::Error;

pub use files::{BundleFiles, OpenBundle};
pub use manifest::{Manifest, Thresholds};
pub use shard::Shard;

/// What can be wrong with a bundle.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The manifest is no JSON of this format.
    #[error("manifest.json is not a Bellwether manifest: {0}; train the bundle again")]
    Manifest(String),
    /// The bundle was made by a newer or older version.
    #[error("the bundle has format {found}, this version reads format {expected}; train it again with this version")]
    Format {
        /// The bundle's.
        found: u32,
        /// This version's.
        expected: u32,
    },
    /// A file's bytes are not what the manifest says.
    #[error("{path} is damaged or of another bundle: its SHA-256 is not the manifest's; copy the whole bundle again")]
    Damaged {
        /// The file's name.
        path: String,
    },
    /// The tables cannot be decoded.
    #[error("the bundle's tables cannot be read: {0}; train the bundle again")]
    Tables(String),
    /// The model cannot be decoded.
    #[error("the bundle's model cannot be read: {0}; train the bundle again")]
    Model(String),
    /// The bundle's query does not fit its tables.
    #[error("the bundle's query does not fit its tables: {0}; train the bundle again")]
    Query(String),
}
