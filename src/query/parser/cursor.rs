//! Where the parser stands among the tokens, and the steps it takes over them.

use super::{Parsed, Parser};
use crate::query::ast::Span;
use crate::query::lexer::{Keyword, Sign, TokenKind};
use crate::query::mode::Mode;

impl Parser<'_> {
    pub(super) fn peek(&self) -> &TokenKind {
        self.tokens.get(self.at).map_or(&TokenKind::End, |t| &t.kind)
    }

    pub(super) fn peek_after(&self) -> &TokenKind {
        self.tokens.get(self.at + 1).map_or(&TokenKind::End, |t| &t.kind)
    }

    pub(super) fn advance(&mut self) {
        self.at += 1;
    }

    /// Extended: at `NOT IN`, `NOT STARTS WITH`, `NOT ENDS WITH`.
    pub(super) fn at_negated_operator(&self) -> bool {
        self.mode == Mode::Extended
            && *self.peek() == TokenKind::Keyword(Keyword::Not)
            && matches!(self.peek_after(), TokenKind::Operator(Sign::Plain(_)))
    }

    pub(super) fn take(&mut self, keyword: Keyword) -> bool {
        let found = *self.peek() == TokenKind::Keyword(keyword);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, kind: &TokenKind, expected: &str) -> Parsed<()> {
        if self.peek() != kind {
            return Err(self.unexpected(expected, &[]));
        }
        self.at += 1;
        Ok(())
    }

    pub(super) fn span(&self) -> Span {
        self.tokens
            .get(self.at)
            .map_or(Span::new(self.source.len(), self.source.len()), |t| t.span)
    }

    pub(super) fn last_span(&self) -> Span {
        self.at
            .checked_sub(1)
            .and_then(|i| self.tokens.get(i))
            .map_or_else(Span::default, |t| t.span)
    }

    pub(super) fn text(&self) -> &str {
        let span = self.span();
        self.source.get(span.start..span.end).unwrap_or_default()
    }
}
