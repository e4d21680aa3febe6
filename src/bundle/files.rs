//! A trained model and its tables as the files of a bundle, and back.

use serde::{Deserialize, Serialize};

use super::BundleError;
use super::directory::{Directory, REACH};
use super::manifest::{Entity, FORMAT, Figure, File, Files, Manifest, Thresholds};
use super::shard::{Opened, Shard};
use crate::data::{ColumnId, Database, Duration, TableId, Timestamp};
use crate::explain::Target;
use crate::learn::LearnError;
use crate::learn::alike::Alike;
use crate::learn::matrix::Matrix;
use crate::learn::objective::Objective;
use crate::learn::onnx;
use crate::learn::residuals::Residuals;
use crate::learn::train::Model;
use crate::query::Task;
use crate::relate::series::SettledLabel;
use crate::relate::view::Relations;
use crate::route::Skills;

/// The bytes of a bundle's files.
#[derive(Clone, Debug)]
pub struct BundleFiles {
    /// Which files, and what they predict.
    pub manifest: Manifest,
    /// The ONNX model.
    pub model: Vec<u8>,
    /// The tables.
    pub tables: Vec<u8>,
    /// The directory.
    pub directory: Vec<u8>,
}

/// What the tables file holds: the shard, and the parts of the model that explanations and text scores need.
#[derive(Serialize, Deserialize)]
struct Contents {
    shard: Shard,
    model: Model,
    skills: Option<Skills>,
    residuals: Option<Residuals>,
}

/// A bundle, opened.
#[derive(Debug)]
pub struct OpenBundle {
    /// What it predicts.
    pub manifest: Manifest,
    /// Rows and series.
    pub opened: Opened,
    /// The model's parts.
    pub model: Model,
    /// What answers.
    answering: Answering,
    /// Whether the ONNX model is another one than the trees that the tables file describes.
    pub foreign: bool,
    /// What is known of agents.
    pub skills: Option<Skills>,
    /// What the model has missed since it was trained; none before the first refresh.
    pub residuals: Option<Residuals>,
}

/// What answers for a bundle.
#[derive(Debug)]
enum Answering {
    /// The trees of the tables file, walked as they are: the ONNX file is what they are written as, byte for byte.
    Trees,
    /// Any other ONNX file, run by tract.
    Onnx(onnx::Model),
}

impl BundleFiles {
    /// Packs a model trained on `database` (which holds nothing later than `built_at`), and what it has missed since.
    ///
    /// # Errors
    /// When the model cannot be encoded.
    pub fn pack(
        database: &Database,
        task: &Task,
        model: &Model,
        history: &[SettledLabel],
        built_at: Timestamp,
        skills: Option<Skills>,
        residuals: Option<Residuals>,
    ) -> Result<Self, BundleError> {
        let relations = Relations::build(database, task.entity, model.features.clone(), history, &mut |_, _| {});
        let shard = Shard::pack(database, &relations, history, built_at, &population_columns(task));
        let onnx = onnx::to_onnx(&model.forest, &model.platt, model.objective)
            .map_err(|e| BundleError::Model(e.to_string()))?;
        let mut known = model.clone();
        known.recall(database, task.entity, built_at - REACH);
        known.alike = known.alike.map(Alike::latest);
        let contents = Contents {
            shard,
            model: known,
            skills,
            residuals,
        };
        let tables = postcard::to_stdvec(&contents).map_err(|e| BundleError::Tables(e.to_string()))?;
        let directory = Directory::of(database, task.entity, built_at)
            .to_bytes()
            .map_err(|e| BundleError::Tables(e.to_string()))?;
        let schema = database.schema.table(task.entity);
        let features = (0..model.features.features.len())
            .map(|f| model.features.name(&database.schema, task.entity, f))
            .collect();
        let yes_or_no = model.objective == Objective::YesNo;
        let manifest = Manifest {
            format: FORMAT,
            made_by: concat!("bellwether ", env!("CARGO_PKG_VERSION")).to_owned(),
            query: task.query.source.clone(),
            kind: model.objective,
            entity: Entity {
                table: schema.name.clone(),
                key: schema.column(task.key).name.clone(),
            },
            built_at: built_at.to_string(),
            horizon_hours: (task.horizon.closes(built_at) - built_at).max(Duration(0)).as_hours(),
            base_rate: yes_or_no.then_some(model.base),
            thresholds: yes_or_no.then(|| Thresholds::for_base_rate(model.base)),
            base_value: (!yes_or_no).then_some(model.base),
            unit: Target::of(task, &database.schema)
                .unit
                .and_then(|u| u.name().map(str::to_owned)),
            ages_hours: model.ages.iter().map(|age| age.as_hours()).collect(),
            examples: model.examples,
            validation: model
                .validation
                .iter()
                .map(|(name, value)| Figure {
                    name: name.clone(),
                    value: *value,
                })
                .collect(),
            features,
            excluded: model.watch.excluded.clone(),
            files: Files {
                model: File::named_by_content("model", "onnx", &onnx),
                tables: File::named_by_content("tables", "bin", &tables),
                directory: Some(File::named_by_content("directory", "json", &directory)),
            },
        };
        Ok(Self {
            manifest,
            model: onnx,
            tables,
            directory,
        })
    }
}

impl OpenBundle {
    /// Opens a bundle; its files must be the ones that the manifest names.
    ///
    /// # Errors
    /// When a file is damaged, of another bundle or of another version.
    pub fn open(manifest: &str, model: &[u8], tables: &[u8]) -> Result<Self, BundleError> {
        let manifest = Manifest::parse(manifest)?;
        manifest.files.model.check(model)?;
        manifest.files.tables.check(tables)?;
        let contents: Contents = postcard::from_bytes(tables).map_err(|e| BundleError::Tables(e.to_string()))?;
        let opened = contents.shard.open()?;
        let ours = &contents.model;
        let width = ours.features.features.len();
        if ours.forest.features != width || !ours.forest.is_sound() {
            return Err(BundleError::Tables("its trees do not fit its features".into()));
        }
        let written = onnx::to_onnx(&ours.forest, &ours.platt, ours.objective).ok();
        let (answering, foreign) = if written.as_deref() == Some(model) {
            (Answering::Trees, false)
        } else {
            let other = onnx::Model::from_bytes(model).map_err(|e| BundleError::Model(e.to_string()))?;
            if other.objective() != ours.objective {
                return Err(mixed());
            }
            if other.features() != width {
                return Err(BundleError::Model(format!(
                    "it wants {} features, the tables give {width}",
                    other.features()
                )));
            }
            let foreign = !is_ours(ours, &other);
            (Answering::Onnx(other), foreign)
        };
        if manifest.kind != ours.objective {
            return Err(mixed());
        }
        if ours.stale.as_ref().is_some_and(|stale| !stale.fits(width)) {
            return Err(BundleError::Tables("how its answers age cannot be".into()));
        }
        if !ours.watch.fits(width) {
            return Err(BundleError::Tables("what it is watched by is of other features".into()));
        }
        let mut model = contents.model;
        model.alike = match (model.alike.take(), model.features.alike().is_some()) {
            (None, false) => None,
            (Some(alike), true) => Some(alike.of_features(&model.features).ok_or_else(unlike)?),
            _ => return Err(unlike()),
        };
        let unfit = || BundleError::Tables("what its model missed is of other features".into());
        let residuals = match contents.residuals {
            Some(residuals) => Some(residuals.of_features(&model.features).ok_or_else(unfit)?),
            None => None,
        };
        Ok(Self {
            manifest,
            opened,
            model,
            answering,
            foreign,
            skills: contents.skills,
            residuals,
        })
    }

    /// The bundle's manifest and tables as of `now`, live rows among them; what has left every window by then is in totals
    /// only. The model stays.
    ///
    /// # Errors
    /// When the tables cannot be encoded.
    pub fn settled(&self, now: Timestamp) -> Result<(Manifest, Vec<u8>), BundleError> {
        let contents = Contents {
            shard: self.opened.settled(now),
            model: self.model.clone(),
            skills: self.skills.clone(),
            residuals: self.residuals.clone(),
        };
        let tables = postcard::to_stdvec(&contents).map_err(|e| BundleError::Tables(e.to_string()))?;
        let mut manifest = self.manifest.clone();
        manifest.files.tables = File::named_by_content("tables", "bin", &tables);
        Ok((manifest, tables))
    }

    /// The answer for each row of feature values: probabilities, or numbers.
    ///
    /// # Errors
    /// When a row has another width than the model, or tract fails on it.
    pub fn answers(&self, rows: &[Vec<f32>]) -> Result<Vec<f64>, LearnError> {
        let matrix = Matrix::from_rows(self.model.features.features.len(), rows)?;
        match &self.answering {
            Answering::Trees => Ok(self.model.answers(&matrix)),
            Answering::Onnx(model) => Ok(model.predict(&matrix)?.into_iter().map(f64::from).collect()),
        }
    }
}

fn unlike() -> BundleError {
    BundleError::Tables("the answers by which rows are alike are of other features".into())
}

fn mixed() -> BundleError {
    BundleError::Model("one of its files answers with a probability, the other with a number".into())
}

/// Whether the ONNX model answers as the trees do, on rows that walk both sides of their questions. A model that does is
/// explained by the trees.
fn is_ours(model: &Model, onnx: &onnx::Model) -> bool {
    const PROBES: usize = 16;
    const TOLERANCE: f64 = 1e-3;
    let width = model.forest.features;
    let mut rows = vec![vec![0.0_f32; width]; PROBES];
    let splits = model.forest.trees.iter().flat_map(|tree| &tree.splits);
    for (k, split) in splits.enumerate() {
        let nudge = if k % 2 == 0 { 1.0 } else { -1.0 };
        let value = split.threshold + nudge * (split.threshold.abs() * 1e-2).max(1e-3);
        // A number that no two features share with their neighbours picks the probe.
        if let Some(cell) = rows[(k * 7 + k / PROBES) % PROBES].get_mut(split.feature as usize) {
            *cell = value;
        }
    }
    let answers = Matrix::from_rows(width, &rows).and_then(|matrix| onnx.predict(&matrix));
    let alike = |(row, answer): (&Vec<f32>, f32)| {
        let ours = model.objective.answer(model.score(row));
        (ours - f64::from(answer)).abs() <= TOLERANCE * ours.abs().max(1.0)
    };
    answers.is_ok_and(|answers| rows.iter().zip(answers).all(alike))
}

/// The entity's columns, and those of the rows it links to, that the query's WHERE reads.
fn population_columns(task: &Task) -> Vec<(TableId, ColumnId)> {
    let mut found = Vec::new();
    if let Some(condition) = &task.population {
        condition.each_column(&mut |reach| {
            found.extend(reach.links.first().map(|&link| (task.entity, link)));
            found.push((reach.table, reach.column));
        });
    }
    found
}
