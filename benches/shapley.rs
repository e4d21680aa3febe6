//! One ticket's exact Shapley values: 200 trees of depth 6 over 60 features. The bound is 0.7 ms.

use std::hint::black_box;

use bellwether::explain::shapley::ShapleyForest;
use bellwether::learn::forest::{Forest, ObliviousTree, Split};
use criterion::{Criterion, criterion_group, criterion_main};

const FEATURES: u32 = 60;

#[allow(clippy::cast_precision_loss)]
fn forest() -> Forest {
    let tree = |t: u32| ObliviousTree {
        splits: (0..6)
            .map(|k| Split {
                feature: (t * 17 + k * 23) % FEATURES,
                threshold: ((t * 31 + k * 7) % 100) as f32 / 100.0,
            })
            .collect(),
        leaves: (0..64)
            .map(|leaf| f64::from((t * 13 + leaf * 29) % 101) / 101.0 - 0.5)
            .collect(),
        covers: (0..64).map(|leaf| f64::from((t * 3 + leaf * 11) % 40)).collect(),
    };
    Forest {
        features: FEATURES as usize,
        bias: -2.0,
        trees: (0..200).map(tree).collect(),
    }
}

#[allow(clippy::cast_precision_loss)]
fn one_ticket(criterion: &mut Criterion) {
    let forest = forest();
    let explainer = ShapleyForest::new(&forest);
    let rows: Vec<Vec<f32>> = (0..50)
        .map(|i| {
            (0..FEATURES)
                .map(|f| ((i * 37 + f * 11) % 100) as f32 / 100.0)
                .collect()
        })
        .collect();
    criterion.bench_function("one ticket, 200 trees of depth 6", |b| {
        b.iter(|| explainer.explain(black_box(&rows[7])));
    });
    criterion.bench_function("one ticket, forest prepared anew", |b| {
        b.iter(|| ShapleyForest::new(black_box(&forest)).explain(&rows[7]));
    });
    criterion.bench_function("a queue of 50", |b| {
        b.iter(|| {
            rows.iter()
                .map(|row| explainer.explain(black_box(row)))
                .collect::<Vec<_>>()
        });
    });
}

criterion_group!(benches, one_ticket);
criterion_main!(benches);
