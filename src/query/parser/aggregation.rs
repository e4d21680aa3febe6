//! Aggregations, `SUM(TABLE.column WHERE …, start, end, unit)`: the function, what it takes, and its window.

use super::syntax_error::function_words;
use super::{DEEPEST, Parsed, Parser};
use crate::query::ast::Aggregation;
use crate::query::diagnostic::nearest;
use crate::query::hint;
use crate::query::lexer::{Keyword, TokenKind};
use crate::query::task::{Unit, Window};

impl Parser<'_> {
    pub(super) fn aggregation(&mut self) -> Parsed<Aggregation> {
        let begin = self.span();
        let TokenKind::Function(function) = *self.peek() else {
            return Err(self.unexpected("an aggregation", &function_words()));
        };
        self.at += 1;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.fault(begin, format!("aggregations nest deeper than {DEEPEST}")));
        }
        self.expect(
            &TokenKind::Open,
            &format!("an opening parenthesis after {}", function.word()),
        )?;
        if let TokenKind::Function(_) = self.peek() {
            let fault = self.fault(self.span(), "an aggregation cannot stand inside another");
            return Err(fault.expecting("what to aggregate: TABLE.column, or TABLE.* for its rows"));
        }
        let TokenKind::Column(..) = self.peek() else {
            return Err(self.unexpected("what to aggregate: TABLE.column, or TABLE.* for its rows", &[]));
        };
        let column = self.column()?;
        let filter = if self.take(Keyword::Where) {
            Some(Box::new(self.condition()?))
        } else {
            None
        };
        let window = if *self.peek() == TokenKind::Comma {
            Some(self.window()?)
        } else {
            None
        };
        if window.is_some() && matches!(self.peek(), TokenKind::Unit(_) | TokenKind::Name) {
            let word = self.text();
            let fault = self.fault(self.span(), format!("a comma is missing before `{word}`"));
            return Err(fault.suggesting(Some(format!(", {word}"))));
        }
        let expected = if window.is_some() {
            "the closing parenthesis of the aggregation"
        } else {
            "a closing parenthesis, or `, start, end, unit`"
        };
        self.expect(&TokenKind::Close, expected)?;
        self.depth -= 1;
        Ok(Aggregation {
            function,
            column,
            filter,
            window,
            span: begin.to(self.last_span()),
        })
    }

    /// `, start, end` and perhaps `, unit`.
    fn window(&mut self) -> Parsed<Window> {
        self.at += 1;
        let begin = self.span();
        let start = match self.peek() {
            TokenKind::MinusInfinity => {
                self.at += 1;
                None
            }
            TokenKind::Text => {
                let fault = self.unexpected("the window's start: a whole number or -INF", &[]);
                return Err(fault.advising("write a list in parentheses: IN ('P1', 'P2')"));
            }
            _ => Some(self.bound("the window's start: a whole number or -INF", &["-INF"])?),
        };
        self.expect(&TokenKind::Comma, "a comma, then the window's end")?;
        let end = self.bound("the window's end: a whole number", &[])?;
        let bounds = begin.to(self.last_span());
        let unit = if *self.peek() == TokenKind::Comma {
            self.unit()?
        } else {
            Unit::Days
        };
        if start.is_some_and(|s| s >= end) {
            let message = format!("the window ends at {end}, before it starts or where it starts");
            return Err(self.fault(bounds, message).expecting("a start smaller than the end"));
        }
        Ok(Window { start, end, unit })
    }

    fn unit(&mut self) -> Parsed<Unit> {
        self.at += 1;
        if let TokenKind::Unit(unit) = *self.peek() {
            self.at += 1;
            return Ok(unit);
        }
        let words = Unit::ALL.map(Unit::word);
        if *self.peek() == TokenKind::Name {
            let word = self.text().to_owned();
            let meant = hint::unit(&word).or_else(|| nearest(&word, words));
            let fault = self
                .fault(self.span(), format!("`{word}` is no unit of time"))
                .expecting("seconds, minutes, hours, days, weeks or months")
                .suggesting(meant);
            return Err(match hint::phrase(&word) {
                Some(advice) => fault.advising(advice),
                None => fault,
            });
        }
        Err(self.unexpected("a unit of time: seconds, minutes, hours, days, weeks or months", &words))
    }

    fn bound(&mut self, expected: &str, words: &[&str]) -> Parsed<i32> {
        let span = self.span();
        if *self.peek() == TokenKind::Decimal {
            let fault = self.unexpected(expected, &[]);
            return Err(fault.advising("for a part of a unit use a smaller one: 36, hours"));
        }
        let number = self.integer(expected, words)?;
        i32::try_from(number).map_err(|_| {
            self.fault(span, format!("{number} is too large for a window"))
                .expecting("at most 2147483647")
        })
    }
}
