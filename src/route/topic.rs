//! What a ticket is about when its category does not say: multinomial naive Bayes over hashed words, learned from past
//! tickets whose category is known (Manning, Raghavan & Schütze 2008, "Introduction to Information Retrieval", ch. 13).

use serde::{Deserialize, Serialize};

/// Words are told apart by their hash, modulo this.
const BUCKETS: usize = 1 << 11;
/// Fewer texts than this teach nothing.
const LEAST: usize = 50;
/// A vocabulary this large separates topics well enough; more texts only cost time.
const MOST: usize = 20_000;

/// Word frequencies of each topic.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TopicReader {
    topics: usize,
    /// Log-odds of a word in each topic, in thirty-seconds, topic by topic; empty when nothing was learned.
    weights: Vec<i8>,
    /// Log-priors.
    priors: Vec<f32>,
}

fn words(text: &str) -> impl Iterator<Item = usize> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.chars().count() > 2)
        .map(|word| {
            // FNV-1a, so that a bundle reads the same everywhere.
            let hash = word
                .chars()
                .flat_map(char::to_lowercase)
                .fold(0xcbf2_9ce4_8422_2325_u64, |h, c| {
                    (h ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3)
                });
            #[allow(clippy::cast_possible_truncation)]
            let bucket = (hash >> 20) as usize % BUCKETS;
            bucket
        })
}

impl TopicReader {
    /// Learns from texts and the places of their topics, at most the last twenty thousand.
    #[must_use]
    #[allow(clippy::cast_possible_truncation)]
    pub fn learn(texts: &[(String, usize)], topics: usize) -> Self {
        let texts = &texts[texts.len().saturating_sub(MOST)..];
        if texts.len() < LEAST || topics < 2 {
            return Self::default();
        }
        let mut counts = vec![0.0_f64; topics * BUCKETS];
        let mut priors = vec![1.0_f64; topics];
        for (text, topic) in texts.iter().filter(|(_, t)| *t < topics) {
            priors[*topic] += 1.0;
            words(text).for_each(|w| counts[topic * BUCKETS + w] += 1.0);
        }
        let overall: Vec<f64> = (0..BUCKETS)
            .map(|w| (0..topics).map(|t| counts[t * BUCKETS + w]).sum::<f64>() + 1.0)
            .collect();
        let all: f64 = overall.iter().sum();
        let mut weights = Vec::with_capacity(topics * BUCKETS);
        for of_topic in counts.chunks_exact(BUCKETS) {
            let total: f64 = of_topic.iter().sum::<f64>() + 1.0;
            for (count, any) in of_topic.iter().zip(&overall) {
                let usual = any / all;
                let odds = ((count + 5.0 * usual) / (total + 5.0) / usual).ln();
                weights.push((odds * 32.0).round().clamp(-127.0, 127.0) as i8);
            }
        }
        let tickets: f64 = priors.iter().sum();
        Self {
            topics,
            weights,
            priors: priors.iter().map(|n| (n / tickets).ln() as f32).collect(),
        }
    }

    /// How likely each topic is given a text; `None` when nothing was learned or nothing is written.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<Vec<f64>> {
        if self.weights.len() != self.topics * BUCKETS || self.topics == 0 {
            return None;
        }
        let mut scores: Vec<f64> = self.priors.iter().map(|p| f64::from(*p)).collect();
        scores.resize(self.topics, 0.0);
        let mut seen = 0;
        for word in words(text) {
            seen += 1;
            for (topic, score) in scores.iter_mut().enumerate() {
                *score += f64::from(self.weights[topic * BUCKETS + word]) / 32.0;
            }
        }
        if seen == 0 {
            return None;
        }
        let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let odds: Vec<f64> = scores.iter().map(|s| (s - top).exp()).collect();
        let sum: f64 = odds.iter().sum();
        Some(odds.into_iter().map(|o| o / sum).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_as_the_topic_whose_words_it_has() {
        let texts: Vec<(String, usize)> = (0..60)
            .map(|i| match i % 2 {
                0 => (format!("invoice {i} shows the wrong amount"), 0),
                _ => (format!("login {i} fails with a bad password"), 1),
            })
            .collect();
        let reader = TopicReader::learn(&texts, 2);
        let read = |text: &str| reader.read(text).unwrap();
        assert!(read("The INVOICE is wrong")[0] > 0.8);
        assert!(read("my password does not work at login")[1] > 0.8);
        assert!((read("hello there")[0] - 0.5).abs() < 0.1);
        assert_eq!(reader.read("…"), None);
        assert_eq!(TopicReader::learn(&texts[..10], 2).read("invoice"), None);
    }
}
