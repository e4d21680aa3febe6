//! Examples, time splits, boosted oblivious trees, text score, calibration, metrics, the approaches compared, and
//! writing ONNX. It refuses to know of bundles and browsers.
