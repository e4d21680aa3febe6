//! Tokens → syntax tree, by recursive descent; conditions by operator precedence on an explicit stack, so that no input
//! can exhaust the call stack. What a text says wrongly is blamed on the token that says it.

use super::ast::{
    Aggregation, ColumnName, Entity, Function, Literal, Operand, Problem, ProblemKind, Query, Span, Target, Value,
};
use super::diagnostic::{Diagnostic, nearest};
use super::hint;
use super::lexer::{Keyword, Sign, Token, TokenKind, tokens};
use super::literal;
use super::mode::Mode;
use super::task::{Unit, Window};

/// The deepest nesting of aggregations and of lists.
const DEEPEST: usize = 16;

const TARGET: &str = "what to predict: a column such as TICKETS.priority, an aggregation such as \
                      COUNT(TICKETS.*, 0, 7, days), or a condition";
const CONDITION: &str = "a condition such as TICKETS.priority = 'P1'";
const COMPARISON: &str = "a comparison such as `= 'P1'`, `> 3` or `IS NULL`";
const CONSTANT: &str = "a constant: a number, quoted text, a date, TRUE, FALSE, NULL or a list in parentheses";

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

pub(super) struct Parser<'a> {
    pub(super) source: &'a str,
    tokens: Vec<Token>,
    at: usize,
    pub(super) mode: Mode,
    pub(super) depth: usize,
}

pub(super) type Parsed<T> = Result<T, Diagnostic>;

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
    pub(super) fn operand(&mut self) -> Parsed<Operand> {
        match self.peek() {
            TokenKind::Column(..) => Ok(Operand::Column(self.column()?)),
            TokenKind::Function(_) => Ok(Operand::Aggregation(self.aggregation()?)),
            TokenKind::Name if *self.peek_after() == TokenKind::Open => Err(self.unknown_function()),
            _ => Err(self.unexpected(CONDITION, &function_words())),
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

    fn aggregation(&mut self) -> Parsed<Aggregation> {
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
                let fault = self.unexpected(CONSTANT, &["NULL", "TRUE", "FALSE"]);
                return Err(fault.advising(format!("put text in quotes: '{text}'")));
            }
            TokenKind::Operator(_) => return Err(self.run_together()),
            _ => return Err(self.unexpected(CONSTANT, &[])),
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

    // What follows names the tokens and says what is wrong with them.

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

    fn text(&self) -> &str {
        let span = self.span();
        self.source.get(span.start..span.end).unwrap_or_default()
    }

    pub(super) fn fault(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.source, span, message)
    }

    pub(super) fn expected_comparison(&self) -> Diagnostic {
        self.unexpected(
            COMPARISON,
            &["IN", "IS", "LIKE", "CONTAINS", "STARTS WITH", "ENDS WITH"],
        )
    }

    pub(super) fn expected_condition(&self) -> Diagnostic {
        self.unexpected(CONDITION, &function_words())
    }

    /// The token that stands here is wrong; `words` are those that could have been meant by it.
    fn unexpected(&self, expected: &str, words: &[&str]) -> Diagnostic {
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
    fn unknown_function(&self) -> Diagnostic {
        let word = self.text();
        let fault = self.fault(self.span(), format!("`{word}` is no function"));
        fault
            .expecting("SUM, AVG, MIN, MAX, COUNT, COUNT_DISTINCT, FIRST, LAST, LIST_DISTINCT or BOOL")
            .suggesting(hint::function(word))
    }

    /// An operator where a constant is due, after another operator.
    fn run_together(&self) -> Diagnostic {
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
        self.unexpected(CONSTANT, &[])
    }

    fn missing_for(&self) -> Diagnostic {
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

    fn trailing(&self, entity: &Entity, assumed: bool) -> Diagnostic {
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
}

fn function_words() -> Vec<&'static str> {
    Function::ALL.iter().map(|f| f.word()).chain(["NOT"]).collect()
}
