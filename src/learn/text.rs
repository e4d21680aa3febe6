//! Text as one feature: a logistic regression over hashed words, pairs of words and optionally character n-grams. The
//! weights are one byte each, so the model stays near 32 KB; its score is log-odds.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::error::LearnError;
use super::loss::{Loss, sigmoid};

/// Number of hash buckets.
pub const BUCKETS: usize = 1 << 15;

/// How to train a [`TextModel`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextOptions {
    /// Also character 3- to 5-grams of each word, which bear with typing errors and inflection.
    pub characters: bool,
    /// L1 regularisation, in standard errors: a bucket whose slope is nearer to 0 than so many has weight 0 (the lasso of
    /// Tibshirani 1996, each bucket on its own scale).
    pub l1: f64,
    /// L2 regularisation, in rows (one over scikit-learn's `C`).
    pub l2: f64,
    /// Passes over the weights at most.
    pub passes: usize,
    /// A bucket met in fewer rows has weight 0.
    pub min_rows: u32,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self {
            characters: false,
            l1: 0.0,
            l2: 10.0,
            passes: 20,
            min_rows: 3,
        }
    }
}

/// A step no longer than this can be taken to be straight.
const LONGEST: f64 = 4.0;
/// A weight that would move less than this stays.
const STILL: f64 = 1e-4;
/// When no weight moved further than this, the weights have settled.
const CLOSE: f64 = 1e-2;

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
    /// Trains on rows of texts (a row's columns are read as one text) with labels in `[0, 1]`. Rows without any text are
    /// passed over. `offsets`, log-odds that each row has already, are added to the score while training: the model learns
    /// what the words say besides, and its mean score on these rows is 0.
    ///
    /// # Errors
    /// No row with text, sizes that do not match, or a label out of range.
    pub fn fit(
        rows: &[Vec<Option<&str>>],
        labels: &[f32],
        offsets: Option<&[f32]>,
        options: &TextOptions,
    ) -> Result<Self, LearnError> {
        let read: Vec<Option<Vec<u32>>> = rows.iter().map(|texts| read(texts, options.characters)).collect();
        let rows: Vec<Option<&[u32]>> = read.iter().map(Option::as_deref).collect();
        Self::fit_read(&rows, labels, offsets, options)
    }

    /// As [`TextModel::fit`], of rows that were [read] already, with or without parts of words as the options have it.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    pub(super) fn fit_read(
        rows: &[Option<&[u32]>],
        labels: &[f32],
        offsets: Option<&[f32]>,
        options: &TextOptions,
    ) -> Result<Self, LearnError> {
        for (what, found) in [
            ("labels", labels.len()),
            ("offsets", offsets.map_or(rows.len(), <[f32]>::len)),
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
        for (row, buckets) in rows.iter().enumerate() {
            if let Some(buckets) = *buckets {
                examples.push(Example {
                    buckets,
                    label: labels[row],
                    offset: offsets.map_or(0.0, |offsets| f64::from(offsets[row])),
                });
            }
        }
        if examples.is_empty() {
            return Err(LearnError::NoRows);
        }
        let known: Vec<f32> = examples.iter().map(|example| example.label).collect();
        let start = offsets.map_or_else(|| Loss::Logloss.constant(&known, |_| 1.0), |_| 0.0);
        let (intercept, weights) = descend(&examples, start, options);
        let scale = weights
            .iter()
            .fold(0.0, |largest: f64, weight| largest.max(weight.abs()))
            .max(f64::MIN_POSITIVE);
        let quantised = |&weight: &f64| ((weight.abs() / scale).sqrt() * 127.0).round().copysign(weight) as i8;
        let mut model = Self {
            characters: options.characters,
            intercept: intercept as f32,
            scale: scale as f32,
            weights: weights.iter().map(quantised).collect(),
        };
        if offsets.is_some() {
            // The level is the offsets' to tell, and what they miss of it in one stretch of time says nothing of another.
            let of_words: f64 = examples.iter().map(|example| model.sum(example.buckets)).sum();
            model.intercept = (-of_words / examples.len() as f64) as f32;
        }
        Ok(model)
    }

    /// Log-odds of one row's texts; NaN where there is no text at all.
    #[must_use]
    pub fn score(&self, texts: &[Option<&str>]) -> f32 {
        self.score_read(read(texts, self.characters).as_deref())
    }

    /// As [`TextModel::score`], of a row that was [read] already.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn score_read(&self, buckets: Option<&[u32]>) -> f32 {
        buckets.map_or(f32::NAN, |buckets| {
            (f64::from(self.intercept) + self.sum(buckets)) as f32
        })
    }

    fn sum(&self, buckets: &[u32]) -> f64 {
        let sum: f64 = buckets.iter().map(|&bucket| self.weight(bucket)).sum();
        sum * share(buckets.len())
    }

    /// The `k` words and pairs of words that move the score of these texts most, each with the log-odds it adds; those of a
    /// word's character n-grams are counted with the word.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn strongest_tokens(&self, texts: &[Option<&str>], k: usize) -> Vec<(String, f32)> {
        let share = share(buckets(texts, self.characters).len());
        let mut seen = std::collections::BTreeSet::new();
        let mut found: FxHashMap<String, f64> = FxHashMap::default();
        let mut visit = |token: &str, bucket: u32| {
            let added = if seen.insert(bucket) {
                self.weight(bucket) * share
            } else {
                0.0
            };
            if added != 0.0 {
                *found.entry(token.to_owned()).or_default() += added;
            }
        };
        for text in texts.iter().flatten() {
            each_token(text, self.characters, &mut visit);
        }
        let mut parts: Vec<(String, f64)> = found.into_iter().filter(|(_, added)| *added != 0.0).collect();
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

struct Example<'a> {
    buckets: &'a [u32],
    label: f32,
    /// Log-odds that it has without the words.
    offset: f64,
}

#[allow(clippy::cast_precision_loss)]
fn share(tokens: usize) -> f64 {
    1.0 / (tokens.max(1) as f64).sqrt()
}

/// Intercept and weights that minimise the log-loss plus the penalties of [`TextOptions`], by Newton steps one coordinate
/// after another (Genkin, Lewis & Madigan 2007); the intercept begins at `intercept`.
fn descend(examples: &[Example], mut intercept: f64, options: &TextOptions) -> (f64, Vec<f64>) {
    let labels: Vec<f64> = examples.iter().map(|e| f64::from(e.label)).collect();
    let shares: Vec<f64> = examples.iter().map(|e| share(e.buckets.len())).collect();
    let mut rows_with: Vec<Vec<u32>> = vec![Vec::new(); BUCKETS];
    for (row, example) in (0u32..).zip(examples) {
        example
            .buckets
            .iter()
            .for_each(|&bucket| rows_with[bucket as usize].push(row));
    }
    rows_with.iter_mut().for_each(|rows| {
        if rows.len() < options.min_rows as usize {
            rows.clear();
        }
    });
    let mut scores: Vec<f64> = examples.iter().map(|e| e.offset + intercept).collect();
    let mut chances: Vec<f64> = scores.iter().map(|&score| sigmoid(score)).collect();
    let curvature = |rows: &[u32], chances: &[f64]| -> f64 {
        let of = |&row: &u32| {
            let (share, chance) = (shares[row as usize], chances[row as usize]);
            share * share * chance * (1.0 - chance)
        };
        rows.iter().map(of).sum()
    };
    // A slope by chance has this standard deviation.
    let errors: Vec<f64> = rows_with.iter().map(|rows| curvature(rows, &chances).sqrt()).collect();
    let mut weights = vec![0.0; BUCKETS];
    for _ in 0..options.passes {
        let slope: f64 = chances.iter().zip(&labels).map(|(p, label)| p - label).sum();
        let all: f64 = chances.iter().map(|p| p * (1.0 - p)).sum();
        let step = (-slope / all.max(1e-9)).clamp(-LONGEST, LONGEST);
        intercept += step;
        for (score, chance) in scores.iter_mut().zip(&mut chances) {
            *score += step;
            *chance = sigmoid(*score);
        }
        let mut furthest = step.abs();
        for ((weight, rows), error) in weights.iter_mut().zip(&rows_with).zip(&errors) {
            if rows.is_empty() {
                continue;
            }
            let of = |&row: &u32| shares[row as usize] * (labels[row as usize] - chances[row as usize]);
            let slope: f64 = rows.iter().map(of).sum();
            let threshold = options.l1 * error;
            if *weight == 0.0 && slope.abs() <= threshold {
                continue;
            }
            let curvature = curvature(rows, &chances);
            let wanted = curvature * *weight + slope;
            let next = wanted.signum() * (wanted.abs() - threshold).max(0.0) / (curvature + options.l2).max(1e-9);
            let step = (next - *weight).clamp(-LONGEST, LONGEST);
            furthest = furthest.max(step.abs());
            if step.abs() < STILL {
                continue;
            }
            *weight += step;
            for &row in rows {
                let row = row as usize;
                scores[row] += shares[row] * step;
                chances[row] = sigmoid(scores[row]);
            }
        }
        if furthest < CLOSE {
            break;
        }
    }
    (intercept, weights)
}

/// A row's texts as the distinct buckets of their tokens, ascending; `None` where there is no text.
pub(super) fn read(texts: &[Option<&str>], characters: bool) -> Option<Vec<u32>> {
    texts.iter().any(Option::is_some).then(|| buckets(texts, characters))
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
    use crate::learn::draw::Draws;
    use crate::learn::loss::logit;

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
        let tokens = trained(&TextOptions::default()).strongest_tokens(&[Some("please look: api timeout")], 9);
        let raising = tokens.iter().find(|(_, added)| *added > 0.0);
        assert_eq!(raising.unwrap().0, "api timeout", "{tokens:?}");
    }

    #[test]
    fn what_a_row_has_already_is_not_learnt_again() {
        let (texts, labels) = tickets(3_000);
        let rows: Vec<Vec<Option<&str>>> = texts.iter().map(|text| vec![Some(text.as_str())]).collect();
        let known = |bad: bool| logit(if bad { 0.8 } else { 0.1 });
        let offsets: Vec<f32> = texts.iter().map(|t| known(t.contains("API timeout")) as f32).collect();
        let besides = TextModel::fit(&rows, &labels, Some(&offsets), &TextOptions::default()).unwrap();
        let alone = TextModel::fit(&rows, &labels, None, &TextOptions::default()).unwrap();
        let apart = |model: &TextModel| {
            model.score(&[Some("help API timeout page slow")])
                - model.score(&[Some("help timeout, then API page slow")])
        };
        let mean = |model: &TextModel| rows.iter().map(|row| model.score(row)).sum::<f32>() / rows.len() as f32;
        assert!(mean(&besides).abs() < 1e-3 && mean(&alone) < -0.4, "{}", mean(&besides));
        assert!(apart(&alone) > 2.0, "{}", apart(&alone));
        assert!(apart(&besides).abs() < 0.3, "{}", apart(&besides));
    }

    #[test]
    fn the_lasso_leaves_the_words_that_matter_and_few_others() {
        let sparse = TextOptions {
            l1: 3.0,
            l2: 1.0,
            ..TextOptions::default()
        };
        let (all, few) = (trained(&TextOptions::default()), trained(&sparse));
        let said = |model: &TextModel| model.weights.iter().filter(|w| **w != 0).count();
        assert!(said(&few) * 4 < said(&all), "{} of {}", said(&few), said(&all));
        let tokens = few.strongest_tokens(&[Some("help API timeout page slow")], 1);
        assert_eq!(tokens[0].0, "api timeout");
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
            .strongest_tokens(&[Some(text), None], usize::MAX)
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
