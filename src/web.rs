//! The wasm-bindgen surface over `score::Scorer`: conversions only.
