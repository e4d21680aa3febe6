//! Text as one feature: a logistic regression over hashed words, pairs of words and optionally character n-grams. The
//! weights are one byte each, so the model stays near 32 KB; its score is log-odds.

use serde::{Deserialize, Serialize};

use super::draw::Draws;
use super::error::LearnError;
use super::loss::{Loss, sigmoid};

/// Number of hash buckets.
pub const BUCKETS: usize = 1 << 15;

/// How to train a [`TextModel`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextOptions {
    /// Also character 3- to 5-grams of each word, which bear with typing errors and inflection.
    pub characters: bool,
    /// L2 regularisation, in rows (one over scikit-learn's `C`).
    pub l2: f64,
    /// Passes over the rows.
    pub epochs: usize,
    /// A bucket met in fewer rows has weight 0.
    pub min_rows: u32,
    /// Seed of the order of rows.
    pub seed: u64,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self {
            characters: false,
            l2: 1.0,
            epochs: 12,
            min_rows: 3,
            seed: 0,
        }
    }
}

/// A linear model of text. A row's tokens are a set; each counts `1 / √(number of tokens)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextModel {
    characters: bool,
    intercept: f32,
    /// A weight is `sign(q) · (q / 127)² · scale`: fine steps near 0, where most weights are.
    scale: f32,
    weights: Vec<i8>,
}

impl TextModel {
    /// Trains on rows of texts (a row's columns are read as one text) with labels in `[0, 1]`, by Adagrad (Duchi, Hazan
    /// & Singer 2011). Rows without any text are passed over.
    ///
    /// # Errors
    /// No row with text, sizes that do not match, or a label out of range.
    #[allow(clippy::cast_possible_truncation)]
    pub fn fit(
        rows: &[Vec<Option<&str>>],
        labels: &[f32],
        weights: Option<&[f32]>,
        options: &TextOptions,
    ) -> Result<Self, LearnError> {
        for (what, found) in [
            ("labels", labels.len()),
            ("weights", weights.map_or(rows.len(), <[f32]>::len)),
        ] {
            if found != rows.len() {
                return Err(LearnError::Size {
                    what,
                    expected: rows.len(),
                    found,
                });
            }
        }
        if let Some(row) = labels.iter().position(|label| !(0.0..=1.0).contains(label)) {
            return Err(LearnError::Label {
                row,
                value: labels[row],
            });
        }
        let mut examples = Vec::new();
        for (row, texts) in rows.iter().enumerate() {
            if texts.iter().any(Option::is_some) {
                let weight = weights.map_or(1.0, |weights| f64::from(weights[row]));
                examples.push(Example {
                    buckets: buckets(texts, options.characters),
                    label: labels[row],
                    weight,
                });
            }
        }
        if examples.is_empty() {
            return Err(LearnError::NoRows);
        }
        let (intercept, weights) = descend(&examples, options);
        let scale = weights
            .iter()
            .fold(0.0, |largest: f64, weight| largest.max(weight.abs()))
            .max(f64::MIN_POSITIVE);
        let quantised = |&weight: &f64| ((weight.abs() / scale).sqrt() * 127.0).round().copysign(weight) as i8;
        Ok(Self {
            characters: options.characters,
            intercept: intercept as f32,
            scale: scale as f32,
            weights: weights.iter().map(quantised).collect(),
        })
    }

    /// Log-odds of one row's texts; NaN where there is no text at all.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn score(&self, texts: &[Option<&str>]) -> f32 {
        if texts.iter().all(Option::is_none) {
            return f32::NAN;
        }
        let buckets = buckets(texts, self.characters);
        let sum: f64 = buckets.iter().map(|&bucket| self.weight(bucket)).sum();
        (f64::from(self.intercept) + sum * share(buckets.len())) as f32
    }

    /// The `k` words and pairs of words that move the score of `text` most, each with the log-odds it adds; those of a
    /// word's character n-grams are counted with the word.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn strongest_tokens(&self, text: &str, k: usize) -> Vec<(String, f32)> {
        let share = share(buckets(&[Some(text)], self.characters).len());
        let mut seen = std::collections::BTreeSet::new();
        let mut parts: Vec<(String, f64)> = Vec::new();
        each_token(text, self.characters, &mut |token, bucket| {
            let added = if seen.insert(bucket) {
                self.weight(bucket) * share
            } else {
                0.0
            };
            match parts.iter_mut().find(|(known, _)| known == token) {
                Some((_, sum)) => *sum += added,
                None => parts.push((token.to_owned(), added)),
            }
        });
        parts.retain(|(_, added)| *added != 0.0);
        parts.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then_with(|| a.0.cmp(&b.0)));
        parts
            .into_iter()
            .take(k)
            .map(|(token, added)| (token, added as f32))
            .collect()
    }

    fn weight(&self, bucket: u32) -> f64 {
        let q = f64::from(self.weights.get(bucket as usize).copied().unwrap_or(0)) / 127.0;
        q * q.abs() * f64::from(self.scale)
    }
}

struct Example {
    buckets: Vec<u32>,
    label: f32,
    weight: f64,
}

#[allow(clippy::cast_precision_loss)]
fn share(tokens: usize) -> f64 {
    1.0 / (tokens.max(1) as f64).sqrt()
}

/// Intercept and weights. The penalty of a weight is spread over the rows that hold its bucket.
fn descend(examples: &[Example], options: &TextOptions) -> (f64, Vec<f64>) {
    const STEP: f64 = 0.5;
    let mut rows_with = vec![0u32; BUCKETS];
    examples
        .iter()
        .flat_map(|example| &example.buckets)
        .for_each(|&bucket| rows_with[bucket as usize] += 1);
    let labels: Vec<f32> = examples.iter().map(|example| example.label).collect();
    let mut intercept = Loss::Logloss.constant(&labels, |row| examples[row].weight.max(1e-9));
    let mut weights = vec![0.0; BUCKETS];
    let mut squares = vec![1e-8; BUCKETS];
    let mut intercept_squares = 1e-8;
    let mut order: Vec<usize> = (0..examples.len()).collect();
    for epoch in 0..options.epochs {
        let draws = Draws::new(options.seed).stream(epoch as u64);
        for last in (1..order.len()).rev() {
            order.swap(last, draws.below(last as u64, last + 1));
        }
        for &row in &order {
            let Example { buckets, label, weight } = &examples[row];
            let share = share(buckets.len());
            let known = || {
                buckets
                    .iter()
                    .map(|&b| b as usize)
                    .filter(|&b| rows_with[b] >= options.min_rows)
            };
            let score = intercept + share * known().map(|bucket| weights[bucket]).sum::<f64>();
            let error = weight * (sigmoid(score) - f64::from(*label));
            for bucket in known() {
                let slope = error * share + options.l2 * weights[bucket] / f64::from(rows_with[bucket]);
                squares[bucket] += slope * slope;
                weights[bucket] -= STEP * slope / squares[bucket].sqrt();
            }
            intercept_squares += error * error;
            intercept -= STEP * error / intercept_squares.sqrt();
        }
    }
    (intercept, weights)
}

/// The distinct buckets of a row's tokens, ascending.
fn buckets(texts: &[Option<&str>], characters: bool) -> Vec<u32> {
    let mut found = Vec::new();
    for text in texts.iter().flatten() {
        each_token(text, characters, &mut |_, bucket| found.push(bucket));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Calls `visit` with (token to show, bucket) for each word, pair of neighbouring words, and character n-gram, the last
/// with its word.
fn each_token(text: &str, characters: bool, visit: &mut dyn FnMut(&str, u32)) {
    let lower = text.to_lowercase();
    let mut last: Option<&str> = None;
    for word in lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        visit(word, bucket(1, word));
        if let Some(last) = last {
            let pair = format!("{last} {word}");
            visit(&pair, bucket(2, &pair));
        }
        last = Some(word);
        if characters {
            let edged = format!("<{word}>");
            let edges: Vec<usize> = edged
                .char_indices()
                .map(|(place, _)| place)
                .chain([edged.len()])
                .collect();
            for size in 3..=5 {
                for ends in edges.windows(size + 1) {
                    visit(word, bucket(3, &edged[ends[0]..ends[size]]));
                }
            }
        }
    }
}

/// FNV-1a, 64 bits, folded.
#[allow(clippy::cast_possible_truncation)]
fn bucket(kind: u8, token: &str) -> u32 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let hash = std::iter::once(kind)
        .chain(token.bytes())
        .fold(0xcbf2_9ce4_8422_2325, step);
    ((hash ^ (hash >> 15) ^ (hash >> 40)) % BUCKETS as u64) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "api timeout" escalates mostly, either word alone rarely; the other words are noise.
    fn tickets(count: u64) -> (Vec<String>, Vec<f32>) {
        let draws = Draws::new(4);
        let noise = ["login", "invoice", "please", "help", "slow", "page", "update"];
        (0..count)
            .map(|k| {
                let word = |n: u64| noise[draws.stream(n).below(k, noise.len())];
                let bad = draws.stream(9).uniform(k) < 0.3;
                let core = if bad { "API timeout" } else { "timeout, then API" };
                let label = draws.stream(10).uniform(k) < if bad { 0.8 } else { 0.1 };
                (format!("{} {core} {} {}", word(1), word(2), word(3)), f32::from(label))
            })
            .unzip()
    }

    fn trained(options: &TextOptions) -> TextModel {
        let (texts, labels) = tickets(3_000);
        let rows: Vec<Vec<Option<&str>>> = texts.iter().map(|text| vec![Some(text.as_str()), None]).collect();
        TextModel::fit(&rows, &labels, None, options).unwrap()
    }

    #[test]
    fn the_pair_of_words_that_matters_is_found_and_named() {
        for characters in [false, true] {
            let model = trained(&TextOptions {
                characters,
                ..TextOptions::default()
            });
            let chance = |text| sigmoid(f64::from(model.score(&[Some(text)])));
            assert!(
                chance("help API timeout page slow") > 0.6,
                "{}",
                chance("help API timeout page slow")
            );
            assert!(chance("help timeout, then API page slow") < 0.2);
        }
        let tokens = trained(&TextOptions::default()).strongest_tokens("please look: api timeout", 9);
        let raising = tokens.iter().find(|(_, added)| *added > 0.0);
        assert_eq!(raising.unwrap().0, "api timeout", "{tokens:?}");
    }

    #[test]
    fn no_text_is_missing_and_strange_text_is_not() {
        let model = trained(&TextOptions::default());
        assert!(model.score(&[None, None]).is_nan() && model.score(&[]).is_nan());
        assert!(model.score(&[Some(""), None]).is_finite());
        assert!(model.score(&[Some("ﬂüçh İ \u{301} 🦀🦀 <>"), Some("\0")]).is_finite());
    }

    #[test]
    fn a_text_score_is_its_intercept_and_its_tokens() {
        let model = trained(&TextOptions {
            characters: true,
            ..TextOptions::default()
        });
        let text = "update api timeout login";
        let parts: f32 = model
            .strongest_tokens(text, usize::MAX)
            .iter()
            .map(|(_, added)| added)
            .sum();
        assert!((model.score(&[Some(text)]) - model.intercept - parts).abs() < 1e-5);
    }

    #[test]
    fn training_is_repeatable_and_the_model_fits_in_64_kilobytes() {
        let model = trained(&TextOptions::default());
        assert_eq!(model, trained(&TextOptions::default()));
        let bytes = postcard::to_allocvec(&model).unwrap();
        assert!(bytes.len() <= 64 * 1024, "{}", bytes.len());
        let read: TextModel = postcard::from_bytes(&bytes).unwrap();
        assert_eq!(read, model);
    }

    #[test]
    fn nothing_to_read_is_an_error() {
        assert!(matches!(
            TextModel::fit(&[vec![None]], &[1.0], None, &TextOptions::default()),
            Err(LearnError::NoRows)
        ));
        assert!(TextModel::fit(&[vec![Some("a")]], &[3.0], None, &TextOptions::default()).is_err());
    }
}
