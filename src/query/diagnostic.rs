//! What is wrong with a query, said so that a person can act on it: the place, what was expected in words, and the
//! nearest thing that would have been right.

use std::fmt;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::ast::Span;

/// The widest part of a line that is shown, in characters either side of the caret.
const SHOWN_AROUND: usize = 90;

/// One fault in a query, with the query it was found in.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic(Box<Fault>);

#[derive(Clone, Debug, PartialEq)]
struct Fault {
    source: String,
    span: Span,
    message: String,
    expected: Option<String>,
    suggestion: Option<String>,
    remedy: Option<String>,
}

impl Diagnostic {
    /// A fault at `span` of `source`.
    #[must_use]
    pub fn new(source: &str, span: Span, message: impl Into<String>) -> Self {
        let (source, message) = (source.to_owned(), message.into());
        Self(Box::new(Fault {
            source,
            span,
            message,
            expected: None,
            suggestion: None,
            remedy: None,
        }))
    }

    /// Says in words what could have stood there; shown beside the caret.
    #[must_use]
    pub fn expecting(mut self, expected: impl Into<String>) -> Self {
        self.0.expected = Some(expected.into());
        self
    }

    /// Names the text that was probably meant.
    #[must_use]
    pub fn suggesting(mut self, suggestion: Option<impl Into<String>>) -> Self {
        self.0.suggestion = suggestion.map(Into::into);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn advising(mut self, remedy: impl Into<String>) -> Self {
        self.0.remedy = Some(remedy.into());
        self
    }

    /// The line of the fault, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.before().matches('\n').count() + 1
    }

    /// The column of the fault in characters, counted from 0.
    #[must_use]
    pub fn column(&self) -> usize {
        let before = self.before();
        before[before.rfind('\n').map_or(0, |n| n + 1)..].chars().count()
    }

    /// The fault in one sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The text that was probably meant in place of what stands there.
    #[must_use]
    pub fn suggestion(&self) -> Option<&str> {
        self.0.suggestion.as_deref()
    }

    /// What to do about it, when that is more than taking the suggestion.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        self.0.remedy.as_deref()
    }

    /// The fault with its line of the query, a caret under the place, what was expected and what was probably meant.
    #[must_use]
    pub fn render(&self) -> String {
        let (line, caret) = self.shown_line();
        let mut annotation = AnnotationKind::Primary.span(caret);
        if let Some(expected) = &self.0.expected {
            annotation = annotation.label(format!("expected {expected}"));
        }
        let snippet = Snippet::source(line).line_start(self.line()).annotation(annotation);
        let mut report = vec![Level::ERROR.primary_title(self.0.message.as_str()).element(snippet)];
        if let Some(suggestion) = &self.0.suggestion {
            report.push(Group::with_title(
                Level::HELP.secondary_title(format!("did you mean `{suggestion}`?")),
            ));
        }
        if let Some(remedy) = &self.0.remedy {
            report.push(Group::with_title(Level::HELP.secondary_title(remedy.as_str())));
        }
        Renderer::plain().render(&report)
    }

    fn before(&self) -> &str {
        let mut end = self.0.span.start.min(self.0.source.len());
        while !self.0.source.is_char_boundary(end) {
            end -= 1;
        }
        &self.0.source[..end]
    }

    /// The faulty line, cut to a readable width and freed of control characters, and the caret's place in it.
    fn shown_line(&self) -> (String, std::ops::Range<usize>) {
        let start = self.before().rfind('\n').map_or(0, |n| n + 1);
        let line = self.0.source[start..].split('\n').next().unwrap_or_default();
        let column = self.column();
        let first = column.saturating_sub(SHOWN_AROUND);
        let shown: Vec<(usize, char)> = line.char_indices().skip(first).take(2 * SHOWN_AROUND).collect();
        let mut text = String::with_capacity(shown.len());
        if first > 0 {
            text.push('…');
        }
        let mut caret = None;
        let mut end = 0;
        for (offset, c) in shown {
            let at = start + offset;
            if at >= self.0.span.start && caret.is_none() {
                caret = Some(text.len());
            }
            text.push(if c.is_control() { ' ' } else { c });
            if at < self.0.span.end.max(self.0.span.start + 1) {
                end = text.len();
            }
        }
        let caret = caret.unwrap_or(text.len());
        (text, caret..end.max(caret))
    }
}

impl fmt::Display for Diagnostic {
    /// One line: `line 1, column 46: …; did you mean …?`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "line {}, column {}: {}",
            self.line(),
            self.column() + 1,
            self.0.message
        )?;
        if let Some(expected) = &self.0.expected {
            write!(f, "; expected {expected}")?;
        }
        if let Some(suggestion) = &self.0.suggestion {
            write!(f, "; did you mean `{suggestion}`?")?;
        }
        if let Some(remedy) = &self.0.remedy {
            write!(f, "; {remedy}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

/// The candidate nearest to `word`, letter case ignored; `None` when none is near.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > 80 {
        return None;
    }
    let wanted = word.to_lowercase();
    let allowed = (wanted.chars().count() / 3).max(1);
    let near = candidates
        .into_iter()
        .map(|c| (strsim::damerau_levenshtein(&wanted, &c.to_lowercase()), c));
    near.filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, c)| c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_shown_with_its_line_and_a_caret() {
        let source = "PREDICT COUNT(T.*, 0, 7,\n  hour) > 0 FOR EACH T.id";
        let at = source.find("hour").unwrap();
        let fault = Diagnostic::new(source, Span::new(at, at + 4), "unknown time unit `hour`")
            .expecting("a time unit")
            .suggesting(Some("hours"));
        assert_eq!((fault.line(), fault.column()), (2, 2));
        let shown = fault.render();
        assert!(shown.contains("2 |   hour) > 0 FOR EACH T.id"), "{shown}");
        assert!(shown.contains("^^^^ expected a time unit"), "{shown}");
        assert!(shown.contains("did you mean `hours`?"), "{shown}");
    }

    #[test]
    fn only_near_words_are_suggested() {
        assert_eq!(nearest("ASUMING", ["WHERE", "ASSUMING"]), Some("ASSUMING"));
        assert_eq!(nearest("where", ["WHERE"]), Some("WHERE"));
        assert_eq!(nearest("LIMIT", ["WHERE", "ASSUMING"]), None);
    }

    #[test]
    fn a_caret_after_the_end_of_a_very_long_line_is_shown() {
        let source = "x".repeat(60_000);
        let fault = Diagnostic::new(&source, Span::new(60_000, 60_000), "the query ends too early");
        assert!(fault.render().len() < 1_000);
    }
}
