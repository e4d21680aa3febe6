//! Constants: numbers, text, dates, truth values, NULL, and lists of these.

use super::{DEEPEST, Parsed, Parser};
use crate::query::ast::{Literal, Value};
use crate::query::lexer::TokenKind;
use crate::query::literal;
use crate::query::mode::Mode;

impl Parser<'_> {
    /// A constant.
    pub(super) fn value(&mut self) -> Parsed<Value> {
        let span = self.span();
        let text = self.text().to_owned();
        let literal = match self.peek() {
            TokenKind::Null => Literal::Null,
            TokenKind::Boolean => Literal::Boolean(text),
            TokenKind::Integer => Literal::Integer(text),
            TokenKind::Decimal => Literal::Decimal(text),
            TokenKind::Text => Literal::Text(text),
            TokenKind::Open => return self.list(),
            TokenKind::Date => {
                self.at += 1;
                let time = (*self.peek() == TokenKind::Time).then(|| format!("{text} {}", self.text()));
                self.at -= usize::from(time.is_none());
                Literal::Moment(time.unwrap_or(text))
            }
            TokenKind::Name => {
                let fault = self.expected_constant(&["NULL", "TRUE", "FALSE"]);
                return Err(fault.advising(format!("put text in quotes: '{text}'")));
            }
            TokenKind::Operator(_) => return Err(self.run_together()),
            _ => return Err(self.expected_constant(&[])),
        };
        self.at += 1;
        let span = span.to(self.last_span());
        match literal::meaning(&literal) {
            Ok(_) => Ok(Value { literal, span }),
            Err(wrong) => Err(self.fault(span, wrong)),
        }
    }

    fn list(&mut self) -> Parsed<Value> {
        let begin = self.span();
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.fault(begin, format!("lists nest deeper than {DEEPEST}")));
        }
        self.at += 1;
        let mut values = vec![self.value()?];
        while *self.peek() == TokenKind::Comma {
            self.at += 1;
            if self.mode == Mode::Extended && *self.peek() == TokenKind::Close {
                break;
            }
            values.push(self.value()?);
        }
        self.expect(&TokenKind::Close, "a comma or the list's closing parenthesis")?;
        self.depth -= 1;
        let span = begin.to(self.last_span());
        if self.mode == Mode::Strict {
            if let [only] = values.as_slice() {
                let fault = self.fault(span, "the reference refuses a list of one element");
                return Err(fault.suggesting(Some(format!("= {}", only.canonical()))));
            }
            if matches!(
                values.first(),
                Some(Value {
                    literal: Literal::Null | Literal::List(_),
                    ..
                })
            ) {
                return Err(self.fault(span, "a list cannot begin with NULL or another list"));
            }
        }
        Ok(Value {
            literal: Literal::List(values),
            span,
        })
    }
}
