//! Conditions: NOT before AND before OR, on an explicit stack.

use super::{Parsed, Parser};
use crate::query::ast::{Comparison, Condition, Function, Literal, Operand, Operator, Span, Value};
use crate::query::lexer::{Keyword, Sign, TokenKind};
use crate::query::literal::unquote;
use crate::query::mode::Mode;

/// The deepest tree of NOT, AND and OR.
const DEEPEST: usize = 100;

/// What waits for its right-hand side.
#[derive(Clone, Copy, PartialEq)]
enum Waiting {
    Open(Span),
    Not,
    And,
    Or,
}

impl Waiting {
    /// Higher binds tighter.
    const fn strength(self) -> u8 {
        match self {
            Self::Open(_) => 0,
            Self::Or => 1,
            Self::And => 2,
            Self::Not => 3,
        }
    }
}

/// Finished conditions with the depth of their trees, and what waits between them.
#[derive(Default)]
struct Stack {
    done: Vec<(Condition, usize)>,
    waiting: Vec<Waiting>,
}

impl Stack {
    /// Finishes everything that binds at least as tightly as `strength`; false when the tree grows too deep.
    fn settle(&mut self, strength: u8) -> bool {
        while let Some(&top) = self.waiting.last() {
            if top.strength() < strength || matches!(top, Waiting::Open(_)) {
                break;
            }
            self.waiting.pop();
            let Some((right, depth)) = self.done.pop() else { break };
            let made = match top {
                Waiting::Not => (Condition::Not(Box::new(right)), depth + 1),
                Waiting::And | Waiting::Or => {
                    let Some((left, left_depth)) = self.done.pop() else {
                        break;
                    };
                    join(left, right, top, left_depth.max(depth + 1))
                }
                Waiting::Open(_) => break,
            };
            if made.1 > DEEPEST {
                return false;
            }
            self.done.push(made);
        }
        true
    }
}

/// `a AND b AND c` is one node, however its left part was parenthesised.
fn join(left: Condition, right: Condition, word: Waiting, depth: usize) -> (Condition, usize) {
    match (left, word) {
        (Condition::And(mut parts), Waiting::And) => {
            parts.push(right);
            (Condition::And(parts), depth)
        }
        (Condition::Or(mut parts), Waiting::Or) => {
            parts.push(right);
            (Condition::Or(parts), depth)
        }
        (left, Waiting::And) => (Condition::And(vec![left, right]), depth + 1),
        (left, _) => (Condition::Or(vec![left, right]), depth + 1),
    }
}

impl Parser<'_> {
    /// A condition, up to the first token that cannot belong to it.
    pub(super) fn condition(&mut self) -> Parsed<Condition> {
        let mut stack = Stack::default();
        let begin = self.span();
        let too_deep = |parser: &Self| parser.fault(begin, format!("conditions nest deeper than {DEEPEST}"));
        loop {
            match self.peek() {
                TokenKind::Open => {
                    stack.waiting.push(Waiting::Open(self.span()));
                    self.advance();
                    continue;
                }
                TokenKind::Keyword(Keyword::Not) => {
                    stack.waiting.push(Waiting::Not);
                    self.advance();
                    continue;
                }
                TokenKind::Column(..) | TokenKind::Function(_) => stack.done.push((self.comparison()?, 1)),
                _ => return Err(self.expected_condition()),
            }
            loop {
                let word = match self.peek() {
                    TokenKind::Keyword(Keyword::And) => Waiting::And,
                    TokenKind::Keyword(Keyword::Or) => Waiting::Or,
                    TokenKind::Close if stack.waiting.iter().any(|w| matches!(w, Waiting::Open(_))) => {
                        if !stack.settle(1) {
                            return Err(too_deep(self));
                        }
                        stack.waiting.pop();
                        self.advance();
                        continue;
                    }
                    _ => {
                        return if stack.settle(1) {
                            self.finished(stack)
                        } else {
                            Err(too_deep(self))
                        };
                    }
                };
                if !stack.settle(word.strength()) {
                    return Err(too_deep(self));
                }
                stack.waiting.push(word);
                self.advance();
                break;
            }
        }
    }

    fn finished(&self, mut stack: Stack) -> Parsed<Condition> {
        if let Some(Waiting::Open(span)) = stack.waiting.last() {
            let fault = self.fault(*span, "this parenthesis is never closed");
            return Err(fault.expecting("a closing parenthesis after the condition"));
        }
        match stack.done.pop() {
            Some((condition, _)) => Ok(condition),
            None => Err(self.expected_condition()),
        }
    }

    fn comparison(&mut self) -> Parsed<Condition> {
        let begin = self.span();
        let operand = self.operand()?;
        if let Operand::Aggregation(aggregation) = operand {
            if aggregation.function == Function::Bool {
                return self.occurrence(Condition::Occurs(aggregation));
            }
            return self.compare(begin, Operand::Aggregation(aggregation));
        }
        self.compare(begin, operand)
    }

    fn occurrence(&mut self, occurs: Condition) -> Parsed<Condition> {
        match self.peek() {
            TokenKind::Operator(_) => Err(self
                .fault(self.span(), "BOOL(…) is true or false by itself")
                .expecting("no comparison; write NOT BOOL(…) for its opposite")),
            _ => Ok(occurs),
        }
    }

    fn compare(&mut self, begin: Span, operand: Operand) -> Parsed<Condition> {
        let negated = self.at_negated_operator();
        if negated {
            self.advance();
        }
        let TokenKind::Operator(sign) = *self.peek() else {
            return Err(self.expected_comparison());
        };
        self.advance();
        let value = self.value()?;
        let span = begin.to(self.last_span());
        let (operator, value) = self.plain(sign, value)?;
        let comparison = Condition::Compare(Comparison {
            operand,
            operator,
            value,
            span,
        });
        Ok(if negated {
            Condition::Not(Box::new(comparison))
        } else {
            comparison
        })
    }

    /// `IS` becomes `=`, and a `LIKE` that a plain operator can say becomes that operator.
    fn plain(&self, sign: Sign, value: Value) -> Parsed<(Operator, Value)> {
        match sign {
            Sign::Is => Ok((Operator::Eq, value)),
            Sign::IsNot => Ok((Operator::Ne, value)),
            Sign::Plain(Operator::Like) => self.like(value, false),
            Sign::Plain(Operator::NotLike) => self.like(value, true),
            Sign::Plain(operator) => Ok((operator, value)),
        }
    }

    fn like(&self, value: Value, negated: bool) -> Parsed<(Operator, Value)> {
        let Literal::Text(quoted) = &value.literal else {
            return Err(self
                .fault(value.span, "LIKE compares with text")
                .expecting("quoted text such as '%error%'"));
        };
        let pattern = unquote(quoted).unwrap_or_default();
        let (first, last) = (pattern.starts_with('%'), pattern.ends_with('%'));
        let inner = pattern.strip_prefix('%').unwrap_or(&pattern);
        let inner = inner.strip_suffix('%').unwrap_or(inner);
        let operator = match (first, last, negated) {
            (true, true, false) => Some(Operator::Contains),
            (true, true, true) => Some(Operator::NotContains),
            (false, true, false) => Some(Operator::StartsWith),
            (true, false, false) => Some(Operator::EndsWith),
            _ => None,
        };
        if self.mode == Mode::Strict && operator.is_none() {
            let expected = if negated {
                "a % at both ends"
            } else {
                "a % at the beginning, the end, or both ends"
            };
            return Err(self
                .fault(value.span, "the reference cannot match this pattern")
                .expecting(expected));
        }
        let as_written = quoted.matches('%').count() == pattern.matches('%').count();
        match operator.filter(|_| self.mode == Mode::Strict || (as_written && !inner.contains('%'))) {
            Some(operator) => {
                let literal = Literal::Text(quoted.replace('%', ""));
                Ok((
                    operator,
                    Value {
                        literal,
                        span: value.span,
                    },
                ))
            }
            None => Ok((if negated { Operator::NotLike } else { Operator::Like }, value)),
        }
    }
}
