//! Which words of a text are quoted for what it adds.

/// Quoted at most.
const MOST: usize = 3;
/// A word that adds less than this share of what the strongest does is not worth naming.
const WORTH: f32 = 0.3;

/// Of tokens with what each adds, the strongest first, those that speak for an arrow: of a word and a pair with it the
/// stronger one, and no mere "the" or "by it" where there is more to say.
pub(super) fn quoted(tokens: &[(String, f32)], up: bool) -> Vec<&str> {
    let speaking = || tokens.iter().filter(|(_, added)| (*added > 0.0) == up);
    let strongest = speaking().next().map_or(0.0, |(_, added)| added.abs());
    let mut found: Vec<&str> = Vec::new();
    for (token, added) in speaking().filter(|(token, _)| says_much(token)) {
        let shared = |other: &&str| other.split(' ').any(|word| token.split(' ').any(|part| part == word));
        if found.len() < MOST && added.abs() >= strongest * WORTH && !found.iter().any(shared) {
            found.push(token);
        }
    }
    if found.is_empty() {
        found.extend(speaking().next().map(|(token, _)| token.as_str()));
    }
    found
}

/// Words that only hold a sentence together are short in languages written with these letters; in others a word may be one
/// sign.
fn says_much(token: &str) -> bool {
    const SHORT: usize = 3;
    token
        .split(' ')
        .any(|word| !word.is_ascii() || word.len() > SHORT || word.bytes().any(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    fn tokens(all: &[(&str, f32)]) -> Vec<(String, f32)> {
        all.iter().map(|&(token, added)| (token.to_owned(), added)).collect()
    }

    #[test]
    fn the_strongest_that_say_something_are_quoted_each_word_once() {
        let all = tokens(&[
            ("our production", 0.3),
            ("test", -0.25),
            ("production", 0.2),
            ("the", 0.19),
            ("by it", 0.18),
            ("500", 0.15),
            ("production pipeline", 0.14),
            ("pipeline is", 0.12),
            ("blocked", 0.11),
            ("hello", 0.02),
        ]);
        assert_eq!(quoted(&all, true), ["our production", "500", "pipeline is"]);
        assert_eq!(quoted(&all, false), ["test"]);
    }

    #[test]
    fn little_is_better_than_nothing_and_a_sign_can_say_much() {
        assert_eq!(quoted(&tokens(&[("by it", 0.2), ("the", 0.1)]), true), ["by it"]);
        assert_eq!(quoted(&tokens(&[("障", 0.2), ("the", 0.15)]), true), ["障"]);
        assert!(quoted(&tokens(&[("the", 0.1)]), false).is_empty() && quoted(&[], true).is_empty());
    }
}
