//! `manifest.json`: what the bundle predicts, when it was built, and which files belong to it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::BundleError;
use crate::learn::objective::Objective;

/// The format this version writes and reads.
pub const FORMAT: u32 = 9;

/// The manifest, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: u32,
    /// The version that made it.
    pub made_by: String,
    /// The query, as the user wrote it.
    pub query: String,
    /// What it answers with: `binary` (a probability) or `regression` (a number).
    pub kind: Objective,
    /// What is asked about.
    pub entity: Entity,
    /// The moment up to which data were read, RFC 3339.
    pub built_at: String,
    /// How far the question looks ahead, in hours; 0 when it looks at no window.
    pub horizon_hours: f64,
    /// The share of training examples whose answer was yes; absent for numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_rate: Option<f64>,
    /// Where one risk band ends and the next begins; absent for numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thresholds: Option<Thresholds>,
    /// The mean number of the training examples; absent for probabilities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_value: Option<f64>,
    /// The unit of the number, where the tables tell it: `hours`, `$`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The ages, in hours, at which entities were asked about while open; absent when they were asked about at their own
    /// time, or on a grid.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ages_hours: Vec<f64>,
    /// The number of examples trained on.
    pub examples: usize,
    /// How good the model was on the latest training slice, which it was not fitted on.
    pub validation: Vec<Figure>,
    /// The names of the model's features, in order.
    pub features: Vec<String>,
    /// Tables and columns that no feature reads, as the user excluded them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<String>,
    /// The other files.
    pub files: Files,
}

/// What is asked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entity {
    /// Its table.
    pub table: String,
    /// Its key column.
    pub key: String,
}

/// A named figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// Such as `roc_auc`.
    pub name: String,
    /// Its value.
    pub value: f64,
}

/// Probabilities from which a band begins; below `watch` is Low.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Watch.
    pub watch: f64,
    /// Likely.
    pub likely: f64,
    /// Critical.
    pub critical: f64,
}

/// The bundle's other files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    /// The ONNX model.
    pub model: File,
    /// The feature tables.
    pub tables: File,
    /// How what a page shows leads to keys; bundles of earlier versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<File>,
}

/// A file named by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// Its name beside the manifest.
    pub path: String,
    /// Its length.
    pub bytes: usize,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
}

impl Thresholds {
    /// Bands for a base rate `p`: Watch from 1.6 p, Likely from 3.3 p, Critical from 5 p, within bounds; for 12 % that is 19, 40
    /// and 60 %.
    #[must_use]
    pub fn for_base_rate(base_rate: f64) -> Self {
        let watch = (1.6 * base_rate).clamp(0.02, 0.5);
        Self {
            watch,
            likely: (3.3 * base_rate).clamp(watch, 0.6),
            critical: (5.0 * base_rate).clamp(watch, 0.8),
        }
    }
}

impl File {
    /// Names `bytes` `stem-<hash>.extension`.
    #[must_use]
    pub fn named_by_content(stem: &str, extension: &str, bytes: &[u8]) -> Self {
        let sha256 = sha256(bytes);
        Self {
            path: format!("{stem}-{}.{extension}", &sha256[..12]),
            bytes: bytes.len(),
            sha256,
        }
    }

    /// Checks that `bytes` are this file's.
    ///
    /// # Errors
    /// [`BundleError::Damaged`] when they are not.
    pub fn check(&self, bytes: &[u8]) -> Result<(), BundleError> {
        if bytes.len() == self.bytes && sha256(bytes) == self.sha256 {
            Ok(())
        } else {
            Err(BundleError::Damaged {
                path: self.path.clone(),
            })
        }
    }
}

impl Manifest {
    /// Reads `manifest.json`.
    ///
    /// # Errors
    /// When the text is no manifest, of another format, or names a file outside its folder.
    pub fn parse(text: &str) -> Result<Self, BundleError> {
        let value: serde_json::Value = serde_json::from_str(text).map_err(|e| BundleError::Manifest(e.to_string()))?;
        let format = value.get("format").and_then(serde_json::Value::as_u64);
        let found = format
            .and_then(|f| u32::try_from(f).ok())
            .ok_or_else(|| BundleError::Manifest("it has no format number".into()))?;
        if found != FORMAT {
            return Err(BundleError::Format {
                found,
                expected: FORMAT,
            });
        }
        let manifest: Self = serde_json::from_value(value).map_err(|e| BundleError::Manifest(e.to_string()))?;
        let files = &manifest.files;
        for file in [&files.model, &files.tables].into_iter().chain(&files.directory) {
            let plain = file
                .path
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
            if !plain || file.path.starts_with('.') || file.path.is_empty() {
                return Err(BundleError::Manifest(format!(
                    "the file name {:?} leads outside the bundle",
                    file.path
                )));
            }
        }
        Ok(manifest)
    }

    /// `manifest.json`.
    ///
    /// # Errors
    /// Never for manifests that [`Manifest::parse`] gave.
    pub fn to_json(&self) -> Result<String, BundleError> {
        serde_json::to_string_pretty(self).map_err(|e| BundleError::Manifest(e.to_string()))
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
