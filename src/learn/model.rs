//! Runs `model.onnx` in tract: any model with an input `features: f32[N, F]` and an output `probability: f32[N, 1]`, and
//! `log_odds: f32[N, 1]` if it has one; or, for numbers, an output `prediction: f32[N, 1]`. The bytes are not trusted.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use prost::Message;
use tract_onnx::pb::{
    GraphProto, ModelProto, TensorProto, tensor_proto::DataLocation, tensor_proto::DataType,
    tensor_shape_proto::Dimension, tensor_shape_proto::dimension, type_proto,
};
use tract_onnx::prelude::*;

use super::error::LearnError;
use super::loss::logit;
use super::matrix::Matrix;
use super::objective::Objective;
use super::onnx::{LOG_ODDS, PREDICTION, PROBABILITY};

/// A loaded model, ready for any number of rows.
pub struct Model {
    plan: Arc<TypedRunnableModel>,
    features: usize,
    objective: Objective,
    /// Whether the second output is the log-odds.
    has_log_odds: bool,
}

/// What a model says, one value per row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scores {
    /// Probabilities in `[0, 1]`, or numbers.
    pub answer: Vec<f32>,
    /// Calibrated log-odds, from the model if it gives them, else of the probability; empty for numbers.
    pub log_odds: Vec<f32>,
}

const MOST_FEATURES: usize = 1 << 16;

impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Model")
            .field("features", &self.features)
            .finish_non_exhaustive()
    }
}

impl Model {
    /// Loads and optimises a model.
    ///
    /// # Errors
    /// [`LearnError::Onnx`] if the bytes are not a model of the form above that tract can run.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LearnError> {
        let proto = ModelProto::decode(bytes).map_err(|error| LearnError::Onnx(error.to_string()))?;
        let graph = proto
            .graph
            .as_ref()
            .ok_or_else(|| LearnError::Onnx("it has no graph".into()))?;
        check_tensors(graph)?;
        // tract indexes into attributes and shapes it trusts; a file that breaks that trust must not end the program.
        let loaded = catch_unwind(AssertUnwindSafe(|| Self::load(&proto, graph)));
        loaded
            .map_err(|_| LearnError::Onnx("tract failed while reading it".into()))?
            .map_err(|error| LearnError::Onnx(format!("{error:#}").replace('\n', " ")))
    }

    fn load(proto: &ModelProto, graph: &GraphProto) -> TractResult<Self> {
        let features = input_width(graph)?;
        let names: Vec<&str> = graph.output.iter().map(|output| output.name.as_str()).collect();
        let has = |name: &str| names.contains(&name);
        let (objective, wanted) = match (has(PROBABILITY), has(LOG_ODDS), has(PREDICTION)) {
            (true, true, _) => (Objective::YesNo, &[PROBABILITY, LOG_ODDS][..]),
            (true, false, _) => (Objective::YesNo, &[PROBABILITY][..]),
            (false, _, true) => (Objective::Number, &[PREDICTION][..]),
            (false, _, false) => {
                return Err(TractError::msg(format!(
                    "no output is named {PROBABILITY} or {PREDICTION}; it has {}",
                    names.join(", ")
                )));
            }
        };
        let has_log_odds = wanted.len() > 1;
        let mut model = onnx().model_for_proto_model(proto)?.with_outputs_by_name(wanted)?;
        let rows = model.symbols.sym("N");
        model.set_input_fact(0, f32::fact([rows.to_dim(), features.to_dim()]).into())?;
        let plan = model.into_optimized()?.into_runnable()?;
        Ok(Self {
            plan,
            features,
            objective,
            has_log_odds,
        })
    }

    /// Columns of the feature matrix it reads.
    #[must_use]
    pub fn features(&self) -> usize {
        self.features
    }

    /// What it answers with.
    #[must_use]
    pub fn objective(&self) -> Objective {
        self.objective
    }

    /// Scores every row; no row gives no score.
    ///
    /// # Errors
    /// [`LearnError::Size`] if the matrix has another width, [`LearnError::Scoring`] if the model fails on it.
    pub fn score(&self, matrix: &Matrix) -> Result<Scores, LearnError> {
        if matrix.rows() == 0 {
            return Ok(Scores::default());
        }
        if matrix.width() != self.features {
            return Err(LearnError::Size {
                what: "features",
                expected: self.features,
                found: matrix.width(),
            });
        }
        let ran = catch_unwind(AssertUnwindSafe(|| self.run(matrix)));
        let scores = ran
            .map_err(|_| LearnError::Scoring("tract failed".into()))?
            .map_err(|error| LearnError::Scoring(format!("{error:#}").replace('\n', " ")))?;
        let log_odds = (self.objective == Objective::YesNo).then_some(scores.log_odds.len());
        for found in std::iter::once(scores.answer.len()).chain(log_odds) {
            if found != matrix.rows() {
                return Err(LearnError::Size {
                    what: "scores",
                    expected: matrix.rows(),
                    found,
                });
            }
        }
        Ok(scores)
    }

    /// The answer for every row, as [`Self::score`].
    ///
    /// # Errors
    /// As [`Self::score`].
    pub fn predict(&self, matrix: &Matrix) -> Result<Vec<f32>, LearnError> {
        self.score(matrix).map(|scores| scores.answer)
    }

    #[allow(clippy::cast_possible_truncation)]
    fn run(&self, matrix: &Matrix) -> TractResult<Scores> {
        let cell = |(row, column): (usize, usize)| matrix.column(column)[row];
        let input = tract_ndarray::Array2::from_shape_fn((matrix.rows(), self.features), cell);
        let outputs = self.plan.run(tvec!(Tensor::from(input).into_tvalue()))?;
        let column = |place: usize| -> TractResult<Vec<f32>> {
            let output = outputs
                .get(place)
                .ok_or_else(|| TractError::msg("an output is missing"))?;
            Ok(output.to_plain_array_view::<f32>()?.iter().copied().collect())
        };
        let answer = column(0)?;
        let log_odds = match self.objective {
            Objective::YesNo if self.has_log_odds => column(1)?,
            Objective::YesNo => answer.iter().map(|&p| logit(f64::from(p)) as f32).collect(),
            Objective::Number => Vec::new(),
        };
        Ok(Scores { answer, log_odds })
    }
}

/// The fixed number of columns of the one input.
fn input_width(graph: &GraphProto) -> TractResult<usize> {
    let constant = |name: &str| graph.initializer.iter().any(|tensor| tensor.name == name);
    let inputs: Vec<_> = graph.input.iter().filter(|input| !constant(&input.name)).collect();
    let &[input] = inputs.as_slice() else {
        return Err(TractError::msg(format!(
            "it has {} inputs instead of one",
            inputs.len()
        )));
    };
    let value = input.r#type.as_ref().and_then(|kind| kind.value.as_ref());
    let shape = value.and_then(|type_proto::Value::TensorType(tensor)| tensor.shape.as_ref());
    let width = match shape.map(|shape| shape.dim.as_slice()) {
        Some(
            [
                _,
                Dimension {
                    value: Some(dimension::Value::DimValue(width)),
                    ..
                },
            ],
        ) => usize::try_from(*width).unwrap_or(0),
        _ => {
            return Err(TractError::msg(
                "the input is not a table with a fixed number of columns",
            ));
        }
    };
    if width == 0 || width > MOST_FEATURES {
        return Err(TractError::msg(format!(
            "{width} features are not between 1 and {MOST_FEATURES}"
        )));
    }
    Ok(width)
}

/// Every constant holds as many values as its shape says, and holds them itself: no other file is ever read.
fn check_tensors(graph: &GraphProto) -> Result<(), LearnError> {
    let in_nodes = graph.node.iter().flat_map(|node| &node.attribute);
    for attribute in in_nodes.clone() {
        attribute
            .g
            .iter()
            .chain(&attribute.graphs)
            .try_for_each(check_tensors)?;
    }
    let constants = in_nodes.flat_map(|attribute| attribute.t.iter().chain(&attribute.tensors));
    graph.initializer.iter().chain(constants).try_for_each(check_tensor)
}

fn check_tensor(tensor: &TensorProto) -> Result<(), LearnError> {
    let wrong = |what: &str| Err(LearnError::Onnx(format!("constant {} {what}", tensor.name)));
    if tensor.data_location == Some(DataLocation::External as i32) || !tensor.external_data.is_empty() {
        return wrong("lies in another file");
    }
    let size = |total: usize, &dim: &i64| total.checked_mul(usize::try_from(dim).ok()?);
    let Some(count) = tensor.dims.iter().try_fold(1usize, size) else {
        return wrong("has an impossible shape");
    };
    let width = match DataType::try_from(tensor.data_type) {
        Ok(DataType::Float | DataType::Int32 | DataType::Uint32) => 4,
        Ok(DataType::Double | DataType::Int64 | DataType::Uint64) => 8,
        Ok(DataType::Float16 | DataType::Bfloat16 | DataType::Int16 | DataType::Uint16) => 2,
        Ok(DataType::Bool | DataType::Int8 | DataType::Uint8) => 1,
        Ok(DataType::String) => {
            return if tensor.string_data.len() == count {
                Ok(())
            } else {
                wrong("is cut short")
            };
        }
        _ => return wrong("has a type that is not supported"),
    };
    let values = [
        tensor.float_data.len(),
        tensor.int32_data.len(),
        tensor.int64_data.len(),
        tensor.double_data.len(),
        tensor.uint64_data.len(),
    ];
    let whole = if tensor.raw_data.is_empty() {
        values.into_iter().max() == Some(count)
    } else {
        count.checked_mul(width) == Some(tensor.raw_data.len())
    };
    if whole {
        Ok(())
    } else {
        wrong("does not hold as many values as its shape says")
    }
}
