//! Writes a forest and its calibration as plain ONNX: a few tensor operators that every runtime has and runs fast,
//! where the `ai.onnx.ml` tree operator is slow or missing. [`Model`] loads such a file, or any other of the same form.
//!
//! ```text
//! features f32[N, F]
//!   Gather columns → [N, T·D]      Greater thresholds → bool      Cast f32, Reshape [N, T, D]
//!   MatMul [1, 2, 4 …] → leaf in its tree [N, T]      Add tree offset, Cast int64
//!   Gather leaf values → [N, T]    ReduceSum → [N, 1]
//!   Mul slope, Add intercept → log_odds f32[N, 1]     Sigmoid → probability f32[N, 1]
//! ```
//!
//! A model of numbers has no Sigmoid: what the last Add gives is `prediction f32[N, 1]`, its only output.

use prost::Message;
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TensorShapeProto, TypeProto,
    ValueInfoProto, attribute_proto::AttributeType, tensor_proto::DataType, tensor_shape_proto::Dimension,
    tensor_shape_proto::dimension, type_proto,
};

use super::calibrate::Platt;
use super::error::LearnError;
use super::forest::{Forest, ObliviousTree};
pub use super::model::{Model, Scores};
use super::objective::Objective;

/// Name of the input, `f32[N, F]`.
pub const FEATURES: &str = "features";
/// Name of the output `f32[N, 1]` in `[0, 1]`.
pub const PROBABILITY: &str = "probability";
/// Name of the output `f32[N, 1]` of a model of numbers.
pub const PREDICTION: &str = "prediction";
/// Name of the output `f32[N, 1]` of calibrated log-odds.
pub const LOG_ODDS: &str = "log_odds";

const IR_VERSION: i64 = 8;
const OPSET: i64 = 13;

/// The bytes of `model.onnx`. Missing values enter as NaN.
///
/// # Errors
/// [`LearnError::Onnx`] for a forest over no feature, or one that is not [sound](Forest::is_sound).
pub fn to_onnx(forest: &Forest, calibration: &Platt, objective: Objective) -> Result<Vec<u8>, LearnError> {
    if forest.features == 0 {
        return Err(LearnError::Onnx("the forest reads no feature".into()));
    }
    if !forest.is_sound() {
        return Err(LearnError::Onnx("a tree's leaves do not match its splits".into()));
    }
    let model = ModelProto {
        ir_version: IR_VERSION,
        opset_import: vec![OperatorSetIdProto {
            domain: String::new(),
            version: OPSET,
        }],
        producer_name: env!("CARGO_PKG_NAME").into(),
        producer_version: env!("CARGO_PKG_VERSION").into(),
        graph: Some(graph(forest, calibration, objective)),
        ..ModelProto::default()
    };
    Ok(model.encode_to_vec())
}

/// The forest as tables of `trees × depth` questions and `trees × 2^depth` leaves. A shallower tree is filled up with
/// questions that are never answered yes; a forest without trees becomes one leaf of value 0.
struct Tables {
    trees: usize,
    depth: usize,
    columns: Vec<i64>,
    thresholds: Vec<f32>,
    leaves: Vec<f32>,
}

impl Tables {
    #[allow(clippy::cast_possible_truncation)]
    fn of(forest: &Forest) -> Self {
        let depth = forest
            .trees
            .iter()
            .map(|tree| tree.splits.len())
            .max()
            .unwrap_or(0)
            .max(1);
        let none = [ObliviousTree {
            splits: Vec::new(),
            leaves: vec![0.0],
            covers: vec![0.0],
        }];
        let trees = if forest.trees.is_empty() {
            &none[..]
        } else {
            &forest.trees
        };
        let mut tables = Self {
            trees: trees.len(),
            depth,
            columns: Vec::new(),
            thresholds: Vec::new(),
            leaves: Vec::new(),
        };
        for tree in trees {
            for level in 0..depth {
                let split = tree.splits.get(level);
                tables.columns.push(split.map_or(0, |split| i64::from(split.feature)));
                tables
                    .thresholds
                    .push(split.map_or(f32::INFINITY, |split| split.threshold));
            }
            let padding = (1 << depth) - tree.leaves.len();
            tables.leaves.extend(tree.leaves.iter().map(|&value| value as f32));
            tables.leaves.extend(std::iter::repeat_n(0.0, padding));
        }
        tables
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap
)]
fn graph(forest: &Forest, calibration: &Platt, objective: Objective) -> GraphProto {
    let tables = Tables::of(forest);
    let (trees, depth) = (tables.trees, tables.depth);
    let questions = (trees * depth) as i64;
    let powers: Vec<f32> = (0..depth).map(|level| (1u32 << level) as f32).collect();
    let offsets: Vec<i64> = (0..trees).map(|tree| (tree << depth) as i64).collect();
    let node = |op: &str, inputs: &[&str], output: &str, attributes: Vec<AttributeProto>| NodeProto {
        op_type: op.into(),
        name: format!("{output}_{}", op.to_lowercase()),
        input: inputs.iter().map(|&name| name.into()).collect(),
        output: vec![output.into()],
        attribute: attributes,
        ..NodeProto::default()
    };
    let (score, outputs) = match objective {
        Objective::YesNo => (LOG_ODDS, vec![value(PROBABILITY, 1), value(LOG_ODDS, 1)]),
        Objective::Number => (PREDICTION, vec![value(PREDICTION, 1)]),
    };
    let cast = |to: DataType| vec![attribute("to", to as i64)];
    let mut graph = GraphProto {
        name: "oblivious_forest".into(),
        input: vec![value(FEATURES, forest.features as i64)],
        output: outputs,
        initializer: vec![
            integers("columns", &[questions], tables.columns),
            floats("thresholds", &[questions], tables.thresholds),
            integers("by_tree", &[3], vec![0, trees as i64, depth as i64]),
            floats("powers", &[depth as i64, 1], powers),
            integers("flat", &[2], vec![0, trees as i64]),
            integers("offsets", &[trees as i64], offsets),
            floats("leaves", &[tables.leaves.len() as i64], tables.leaves),
            integers("over_trees", &[1], vec![1]),
            floats("slope", &[1], vec![calibration.slope as f32]),
            floats("intercept", &[1], vec![calibration.apply(forest.bias) as f32]),
        ],
        node: vec![
            node("Gather", &[FEATURES, "columns"], "asked", vec![attribute("axis", 1)]),
            node("Greater", &["asked", "thresholds"], "above", Vec::new()),
            node("Cast", &["above"], "bits", cast(DataType::Float)),
            node("Reshape", &["bits", "by_tree"], "bits_by_tree", Vec::new()),
            node("MatMul", &["bits_by_tree", "powers"], "leaf_column", Vec::new()),
            node("Reshape", &["leaf_column", "flat"], "leaf", Vec::new()),
            node("Cast", &["leaf"], "leaf_number", cast(DataType::Int64)),
            node("Add", &["leaf_number", "offsets"], "place", Vec::new()),
            node("Gather", &["leaves", "place"], "values", vec![attribute("axis", 0)]),
            node(
                "ReduceSum",
                &["values", "over_trees"],
                "sum",
                vec![attribute("keepdims", 1)],
            ),
            node("Mul", &["sum", "slope"], "scaled", Vec::new()),
            node("Add", &["scaled", "intercept"], score, Vec::new()),
        ],
        ..GraphProto::default()
    };
    if objective == Objective::YesNo {
        graph.node.push(node("Sigmoid", &[LOG_ODDS], PROBABILITY, Vec::new()));
    }
    graph
}

fn attribute(name: &str, i: i64) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        r#type: AttributeType::Int as i32,
        i,
        ..AttributeProto::default()
    }
}

fn integers(name: &str, dims: &[i64], int64_data: Vec<i64>) -> TensorProto {
    let data_type = DataType::Int64 as i32;
    TensorProto {
        name: name.into(),
        dims: dims.to_vec(),
        data_type,
        int64_data,
        ..TensorProto::default()
    }
}

fn floats(name: &str, dims: &[i64], float_data: Vec<f32>) -> TensorProto {
    let data_type = DataType::Float as i32;
    TensorProto {
        name: name.into(),
        dims: dims.to_vec(),
        data_type,
        float_data,
        ..TensorProto::default()
    }
}

/// `f32[N, width]`.
fn value(name: &str, width: i64) -> ValueInfoProto {
    let dims = [
        dimension::Value::DimParam("N".into()),
        dimension::Value::DimValue(width),
    ];
    let dim = dims
        .map(|value| Dimension {
            value: Some(value),
            ..Dimension::default()
        })
        .to_vec();
    let tensor = type_proto::Tensor {
        elem_type: DataType::Float as i32,
        shape: Some(TensorShapeProto { dim }),
    };
    let r#type = Some(TypeProto {
        value: Some(type_proto::Value::TensorType(tensor)),
        ..TypeProto::default()
    });
    ValueInfoProto {
        name: name.into(),
        r#type,
        ..ValueInfoProto::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::forest::Split;
    use crate::learn::matrix::Matrix;
    use proptest::prelude::*;

    const FEATURE_COUNT: usize = 5;

    fn cell() -> impl Strategy<Value = f32> {
        prop_oneof![6 => -2.0f32..2.0, 1 => Just(f32::NAN), 1 => Just(0.5), 1 => Just(f32::INFINITY), 1 => Just(f32::MIN)]
    }

    fn tree() -> impl Strategy<Value = ObliviousTree> {
        (0usize..=6).prop_flat_map(|depth| {
            let threshold = prop_oneof![6 => -2.0f32..2.0, 1 => Just(0.5), 1 => Just(f32::MIN)];
            let split =
                (0..FEATURE_COUNT as u32, threshold).prop_map(|(feature, threshold)| Split { feature, threshold });
            let leaves = proptest::collection::vec(-0.3f64..0.3, 1 << depth);
            (proptest::collection::vec(split, depth), leaves).prop_map(|(splits, leaves)| {
                let covers = vec![1.0; leaves.len()];
                ObliviousTree { splits, leaves, covers }
            })
        })
    }

    fn forest() -> impl Strategy<Value = Forest> {
        (proptest::collection::vec(tree(), 0..30), -2.0f64..2.0).prop_map(|(trees, bias)| Forest {
            features: FEATURE_COUNT,
            bias,
            trees,
        })
    }

    fn rows(count: usize) -> impl Strategy<Value = Matrix> {
        proptest::collection::vec(proptest::collection::vec(cell(), count), FEATURE_COUNT)
            .prop_map(|columns| Matrix::from_columns(columns).unwrap())
    }

    fn some_forest() -> Forest {
        let tree = ObliviousTree {
            splits: vec![
                Split {
                    feature: 1,
                    threshold: 0.5,
                },
                Split {
                    feature: 0,
                    threshold: -1.0,
                },
            ],
            leaves: vec![-0.5, 0.25, 0.75, 1.0],
            covers: vec![1.0; 4],
        };
        Forest {
            features: 3,
            bias: -1.0,
            trees: vec![tree],
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn tract_scores_the_file_as_the_forest_scores_itself(
            forest in forest(),
            batches in (rows(1), rows(7), rows(1_000)),
            slope in 0.1f64..2.0,
            intercept in -1.0f64..1.0,
        ) {
            let platt = Platt { slope, intercept };
            let model = Model::from_bytes(&to_onnx(&forest, &platt, Objective::YesNo).unwrap()).unwrap();
            prop_assert_eq!(model.features(), FEATURE_COUNT);
            for matrix in [&Matrix::from_rows(FEATURE_COUNT, &[]).unwrap(), &batches.0, &batches.1, &batches.2] {
                let scores = model.score(matrix).unwrap();
                prop_assert_eq!(scores.answer.len(), matrix.rows());
                for (row, raw) in forest.raw_all(matrix).into_iter().enumerate() {
                    prop_assert!((f64::from(scores.answer[row]) - platt.probability(raw)).abs() <= 1e-5);
                    prop_assert!((f64::from(scores.log_odds[row]) - platt.apply(raw)).abs() <= 1e-5);
                }
            }
            let model = Model::from_bytes(&to_onnx(&forest, &platt, Objective::Number).unwrap()).unwrap();
            prop_assert_eq!(model.objective(), Objective::Number);
            let numbers = model.score(&batches.1).unwrap();
            for (row, raw) in forest.raw_all(&batches.1).into_iter().enumerate() {
                prop_assert!((f64::from(numbers.answer[row]) - platt.apply(raw)).abs() <= 1e-5);
            }
        }

        #[test]
        fn damaged_bytes_are_an_error_or_a_model_never_a_panic(place in 0usize..100_000, value: u8, cut in 0usize..100_000) {
            let mut bytes = to_onnx(&some_forest(), &Platt::IDENTITY, Objective::YesNo).unwrap();
            let place = place % bytes.len();
            bytes[place] = value;
            let _ = Model::from_bytes(&bytes);
            bytes.truncate(cut % bytes.len());
            let _ = Model::from_bytes(&bytes);
        }
    }

    #[test]
    fn truncated_bytes_are_an_error() {
        let bytes = to_onnx(&some_forest(), &Platt::IDENTITY, Objective::YesNo).unwrap();
        for end in (0..bytes.len()).step_by(7) {
            assert!(
                Model::from_bytes(&bytes[..end]).is_err(),
                "cut at {end} of {}",
                bytes.len()
            );
        }
        assert!(Model::from_bytes(b"not a model").is_err());
    }

    #[test]
    fn a_tensor_that_claims_more_than_it_holds_is_an_error() {
        let mut model =
            ModelProto::decode(&*to_onnx(&some_forest(), &Platt::IDENTITY, Objective::YesNo).unwrap()).unwrap();
        model.graph.as_mut().unwrap().initializer[6].dims = vec![1 << 40];
        assert!(Model::from_bytes(&model.encode_to_vec()).is_err());
    }

    #[test]
    fn rows_of_another_width_are_refused() {
        let model = Model::from_bytes(&to_onnx(&some_forest(), &Platt::IDENTITY, Objective::YesNo).unwrap()).unwrap();
        let narrow = Matrix::from_columns(vec![vec![1.0]; 2]).unwrap();
        assert!(matches!(
            model.score(&narrow),
            Err(LearnError::Size {
                expected: 3,
                found: 2,
                ..
            })
        ));
    }

    #[test]
    fn a_forest_that_is_not_sound_is_not_written() {
        let mut forest = some_forest();
        forest.trees[0].leaves.pop();
        assert!(to_onnx(&forest, &Platt::IDENTITY, Objective::YesNo).is_err());
        assert!(
            to_onnx(
                &Forest {
                    features: 0,
                    bias: 0.0,
                    trees: vec![]
                },
                &Platt::IDENTITY,
                Objective::YesNo
            )
            .is_err()
        );
    }
}
