//! Tokens → syntax tree, by recursive descent; conditions by operator precedence on an explicit stack, so that no input
//! can exhaust the call stack. What a text says wrongly is blamed on the token that says it.

mod aggregation;
mod condition;
mod constant;
mod cursor;
mod syntax_error;

use super::ast::{ColumnName, Entity, Function, Operand, Problem, ProblemKind, Query, Span, Target};
use super::diagnostic::Diagnostic;
use super::lexer::{Keyword, Sign, Token, TokenKind, tokens};
use super::mode::Mode;
use syntax_error::function_words;

/// The deepest nesting of aggregations and of lists.
const DEEPEST: usize = 16;

const TARGET: &str = "what to predict: a column such as TICKETS.priority, an aggregation such as \
                      COUNT(TICKETS.*, 0, 7, days), or a condition";

/// Reads a query.
///
/// # Errors
/// Names the first place that says something the language does not have.
pub fn parse(source: &str, mode: Mode) -> Result<Query, Diagnostic> {
    let (tokens, stray) = tokens(source, mode)?;
    let last = tokens.len().saturating_sub(1);
    let mut parser = Parser {
        source,
        tokens,
        at: 0,
        mode,
        depth: 0,
    };
    match (parser.query(), stray) {
        (read, None) => read,
        // What goes wrong before the character that means nothing is told first.
        (Err(fault), Some(_)) if parser.at < last => Err(fault),
        (_, Some(stray)) => Err(stray),
    }
}

struct Parser<'a> {
    source: &'a str,
    tokens: Vec<Token>,
    at: usize,
    mode: Mode,
    depth: usize,
}

type Parsed<T> = Result<T, Diagnostic>;

impl Parser<'_> {
    fn query(&mut self) -> Parsed<Query> {
        if self.tokens.len() == 1 {
            let fault = self.fault(self.span(), "the query is empty");
            return Err(fault.expecting("PREDICT, what to predict, FOR EACH and for whom"));
        }
        if !self.take(Keyword::Predict) {
            return Err(self.unexpected("PREDICT at the beginning of the query", &["PREDICT"]));
        }
        let target = self.target()?;
        let problem = self.problem()?;
        let each = match self.peek() {
            TokenKind::Keyword(Keyword::ForEach) => true,
            TokenKind::Keyword(Keyword::For) => false,
            _ => return Err(self.missing_for()),
        };
        self.at += 1;
        let entity = self.entity(each)?;
        let assuming = if self.take(Keyword::Assuming) {
            Some(self.condition()?)
        } else {
            None
        };
        if *self.peek() != TokenKind::End {
            return Err(self.trailing(&entity, assuming.is_some()));
        }
        let query = Query {
            source: self.source.to_owned(),
            target,
            problem,
            entity,
            assuming,
        };
        self.check_combined_windows(&query)?;
        Ok(query)
    }

    fn target(&mut self) -> Parsed<Target> {
        match self.peek() {
            TokenKind::Column(..) | TokenKind::Function(_) => {}
            TokenKind::Open | TokenKind::Keyword(Keyword::Not) => return Ok(Target::Condition(self.condition()?)),
            TokenKind::Name if *self.peek_after() == TokenKind::Open => return Err(self.unknown_function()),
            _ => return Err(self.unexpected(TARGET, &function_words())),
        }
        let begin = self.at;
        let operand = self.operand()?;
        let compared = matches!(self.peek(), TokenKind::Operator(_)) || self.at_negated_operator();
        match operand {
            Operand::Aggregation(aggregation) if aggregation.function == Function::Bool || compared => {
                self.at = begin;
                Ok(Target::Condition(self.condition()?))
            }
            Operand::Column(_) if compared => {
                self.at = begin;
                Ok(Target::Condition(self.condition()?))
            }
            Operand::Aggregation(aggregation) => Ok(Target::Aggregation(aggregation)),
            Operand::Column(column) => Ok(Target::Column(column)),
        }
    }

    fn problem(&mut self) -> Parsed<Option<Problem>> {
        let span = self.span();
        let kind = match self.peek() {
            TokenKind::Keyword(Keyword::Forecast) => {
                self.at += 1;
                let frames = self.integer("the number of time frames: FORECAST 4 TIMEFRAMES", &[])?;
                if !self.take(Keyword::Timeframes) {
                    return Err(self.unexpected("TIMEFRAMES after the number", &["TIMEFRAMES"]));
                }
                return Ok(Some(Problem {
                    kind: ProblemKind::Forecast(frames),
                    top: None,
                    span,
                }));
            }
            TokenKind::Keyword(Keyword::Rank) => ProblemKind::Rank,
            TokenKind::Keyword(Keyword::Classify) => ProblemKind::Classify,
            TokenKind::Keyword(Keyword::Top) => ProblemKind::Unnamed,
            _ => return Ok(None),
        };
        if kind != ProblemKind::Unnamed {
            self.at += 1;
        }
        let top = if self.take(Keyword::Top) {
            Some(self.integer("how many: TOP 5", &[])?)
        } else {
            None
        };
        Ok(Some(Problem {
            kind,
            top,
            span: span.to(self.last_span()),
        }))
    }

    fn entity(&mut self, each: bool) -> Parsed<Entity> {
        let span = self.span();
        let TokenKind::Column(..) = self.peek() else {
            const KEY: &str = "the key column of the entity's table: FOR EACH TICKETS.ticket_id";
            let ends = matches!(
                self.peek_after(),
                TokenKind::End | TokenKind::Keyword(Keyword::Where | Keyword::Assuming) | TokenKind::Operator(_)
            );
            if *self.peek() == TokenKind::Name && ends {
                let message = format!("`{}` names no column", self.text());
                return Err(self.fault(span, message).expecting(KEY));
            }
            return Err(self.unexpected(KEY, &["EACH"]));
        };
        let key = self.column()?;
        let named = match *self.peek() {
            TokenKind::Operator(sign) => {
                let at = self.span();
                self.at += 1;
                let operator = self.entity_operator(sign, at)?;
                Some((operator, self.value()?))
            }
            _ => None,
        };
        let filter = if self.take(Keyword::Where) {
            Some(self.condition()?)
        } else {
            None
        };
        Ok(Entity {
            each,
            key,
            named,
            filter,
            span: span.to(self.last_span()),
        })
    }

    fn entity_operator(&self, sign: Sign, at: Span) -> Parsed<super::ast::Operator> {
        use super::ast::Operator::{Eq, Like, Ne, NotLike};
        match sign {
            Sign::Is if self.mode == Mode::Extended => Ok(Eq),
            Sign::IsNot if self.mode == Mode::Extended => Ok(Ne),
            Sign::Plain(operator) if !matches!(operator, Like | NotLike) => Ok(operator),
            _ => Err(self
                .fault(at, "entities cannot be named this way")
                .expecting("= or IN before the key values")),
        }
    }

    /// A column or an aggregation.
    fn operand(&mut self) -> Parsed<Operand> {
        match self.peek() {
            TokenKind::Column(..) => Ok(Operand::Column(self.column()?)),
            TokenKind::Function(_) => Ok(Operand::Aggregation(self.aggregation()?)),
            TokenKind::Name if *self.peek_after() == TokenKind::Open => Err(self.unknown_function()),
            _ => Err(self.expected_condition()),
        }
    }

    fn column(&mut self) -> Parsed<ColumnName> {
        let span = self.span();
        let TokenKind::Column(table, column) = self.peek().clone() else {
            return Err(self.unexpected("a column as TABLE.column", &[]));
        };
        if self.mode == Mode::Strict && (table.contains('.') || column.contains('.')) {
            let dotted = if table.contains('.') { &table } else { &column };
            return Err(self.fault(
                span,
                format!("the name `{dotted}` contains a dot, which the reference refuses"),
            ));
        }
        self.at += 1;
        Ok(ColumnName { table, column, span })
    }

    fn integer(&mut self, expected: &str, words: &[&str]) -> Parsed<i128> {
        let span = self.span();
        if *self.peek() != TokenKind::Integer {
            return Err(self.unexpected(expected, words));
        }
        let number = self
            .text()
            .parse()
            .map_err(|_| self.fault(span, "the number is too large"))?;
        self.at += 1;
        Ok(number)
    }

    /// Strict: windows of different units are brought to one, which must stay within the reference's integers.
    fn check_combined_windows(&self, query: &Query) -> Parsed<()> {
        let conditions = [query.entity.filter.as_ref(), query.assuming.as_ref()];
        let target = match &query.target {
            Target::Condition(condition) => Some(condition),
            _ => None,
        };
        for condition in conditions.into_iter().chain([target]).flatten() {
            if self.mode == Mode::Strict && !super::strict::windows_fit(condition) {
                return Err(self.fault(condition.span(), "the windows together exceed the reference's integers"));
            }
        }
        Ok(())
    }
}
