//! Columns of `key: value; key: value` text, such as `endpoint: /v2/predict; query_time: 12.5s`: one cell's parts.
//! Each key becomes a column of its own, `details.endpoint`, beside the text it came from.

/// The parts of one cell, in its order; `None` when the text is not of the form `key: value(; key: value)*`.
///
/// A key starts with a letter and holds letters, digits, `_`, `-` and `.`; `http://…` is no part.
#[must_use]
pub fn parts(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut found = Vec::new();
    for part in text.split(';').map(str::trim).filter(|p| !p.is_empty()) {
        found.push(part_of(part)?);
    }
    (!found.is_empty()).then_some(found)
}

/// The value of `key` in one cell (letter case ignored), the first if there are several.
#[must_use]
pub fn value_of<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.split(';')
        .filter_map(|p| part_of(p.trim()))
        .find(|(k, _)| k.eq_ignore_ascii_case(key))
        .map(|(_, value)| value)
}

fn part_of(part: &str) -> Option<(&str, &str)> {
    let (key, value) = part.split_once(':')?;
    let key = key.trim_end();
    let (first, rest) = (key.bytes().next()?, key.bytes());
    let named = first.is_ascii_alphabetic() && key.len() <= 40;
    let plain = rest
        .into_iter()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    (named && plain && !value.starts_with("//")).then(|| (key, value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_splits_at_its_semicolons() {
        assert_eq!(
            parts("endpoint: /v2/predict; query_time: 12.5s"),
            Some(vec![("endpoint", "/v2/predict"), ("query_time", "12.5s")])
        );
        assert_eq!(
            value_of("endpoint: /v2; Query_Time: 12.5s", "query_time"),
            Some("12.5s")
        );
        assert_eq!(parts("see https://status.example"), None);
        assert_eq!(parts("http://status.example"), None);
        assert_eq!(parts("It fails: nobody knows why"), None);
        assert_eq!(parts(""), None);
    }
}
