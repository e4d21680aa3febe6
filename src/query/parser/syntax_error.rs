//! What a text says wrongly, blamed on the token that says it: what stands there, what was expected, and what was probably
//! meant.

use super::Parser;
use crate::query::ast::{Entity, Function, Span};
use crate::query::diagnostic::{Diagnostic, nearest};
use crate::query::hint;
use crate::query::lexer::{Keyword, Sign, Token, TokenKind};

const CONDITION: &str = "a condition such as TICKETS.priority = 'P1'";
const COMPARISON: &str = "a comparison such as `= 'P1'`, `> 3` or `IS NULL`";
const CONSTANT: &str = "a constant: a number, quoted text, a date, TRUE, FALSE, NULL or a list in parentheses";

impl Parser<'_> {
    pub(super) fn fault(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.source, span, message)
    }

    /// The token that stands here is wrong; `words` are those that could have been meant by it.
    pub(super) fn unexpected(&self, expected: &str, words: &[&str]) -> Diagnostic {
        let text = self.text();
        let message = match self.peek() {
            TokenKind::End => "the query ends too early".to_owned(),
            TokenKind::Close if !self.is_open() => "this closing parenthesis closes nothing".to_owned(),
            _ => format!("`{}` is not expected here", text.chars().take(60).collect::<String>()),
        };
        let meant = nearest(text, words.iter().copied()).filter(|m| *m != text);
        let fault = self.fault(self.span(), message).expecting(expected).suggesting(meant);
        match (self.peek(), hint::phrase(text)) {
            (TokenKind::Name, Some(advice)) => fault.advising(advice),
            _ => fault,
        }
    }

    /// Whether a parenthesis before here is still open.
    fn is_open(&self) -> bool {
        let before = self.tokens.iter().take(self.at);
        let count = before.fold(0i64, |open, token| match token.kind {
            TokenKind::Open => open + 1,
            TokenKind::Close => open - 1,
            _ => open,
        });
        count > 0
    }

    /// A word before a parenthesis that is no function.
    pub(super) fn unknown_function(&self) -> Diagnostic {
        let word = self.text();
        let fault = self.fault(self.span(), format!("`{word}` is no function"));
        fault
            .expecting("SUM, AVG, MIN, MAX, COUNT, COUNT_DISTINCT, FIRST, LAST, LIST_DISTINCT or BOOL")
            .suggesting(hint::function(word))
    }

    /// An operator where a constant is due, after another operator.
    pub(super) fn run_together(&self) -> Diagnostic {
        let before = self.at.checked_sub(1).and_then(|i| self.tokens.get(i));
        if let (
            Some(Token {
                kind: TokenKind::Operator(Sign::Plain(first)),
                span,
            }),
            TokenKind::Operator(Sign::Plain(second)),
        ) = (before, self.peek())
            && span.end == self.span().start
            && let Some((written, meant)) = hint::operators(*first, *second)
        {
            let fault = self.fault(span.to(self.span()), format!("`{written}` is no comparison"));
            return fault.suggesting(Some(meant.word()));
        }
        self.expected_constant(&[])
    }

    pub(super) fn missing_for(&self) -> Diagnostic {
        let words = [
            "FOR EACH", "FOR", "RANK", "CLASSIFY", "FORECAST", "TOP", "LIKE", "CONTAINS", "AND", "OR",
        ];
        let fault = self.unexpected("FOR EACH and the entity's key: FOR EACH TICKETS.ticket_id", &words);
        let joined = self.text().eq_ignore_ascii_case("FOREACH");
        let meant = if joined {
            Some("FOR EACH".to_owned())
        } else {
            fault.suggestion().map(str::to_owned)
        };
        let fault = fault.suggesting(meant);
        match self.peek() {
            TokenKind::Keyword(Keyword::Where) => {
                fault.advising("a filter on entities follows FOR EACH …; one on rows goes inside the aggregation")
            }
            _ => fault,
        }
    }

    pub(super) fn trailing(&self, entity: &Entity, assumed: bool) -> Diagnostic {
        let mut words = Vec::new();
        let in_condition = assumed || entity.filter.is_some();
        if in_condition {
            words.extend(["AND", "OR"]);
        } else {
            words.push("WHERE");
        }
        if !assumed {
            words.push("ASSUMING");
        }
        let expected = match (in_condition, assumed) {
            (false, _) => "WHERE, ASSUMING or the end of the query",
            (true, false) => "AND, OR, ASSUMING or the end of the query",
            (true, true) => "AND, OR or the end of the query",
        };
        self.unexpected(expected, &words)
    }

    pub(super) fn expected_comparison(&self) -> Diagnostic {
        self.unexpected(
            COMPARISON,
            &["IN", "IS", "LIKE", "CONTAINS", "STARTS WITH", "ENDS WITH"],
        )
    }

    pub(super) fn expected_constant(&self, words: &[&str]) -> Diagnostic {
        self.unexpected(CONSTANT, words)
    }

    pub(super) fn expected_condition(&self) -> Diagnostic {
        self.unexpected(CONDITION, &function_words())
    }
}

pub(super) fn function_words() -> Vec<&'static str> {
    Function::ALL.iter().map(|f| f.word()).chain(["NOT"]).collect()
}
