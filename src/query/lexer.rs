//! Text → tokens, by longest match. [`Mode::Strict`] keeps the reference's spelling to the letter (keywords all upper or
//! all lower case, exactly one blank inside `FOR EACH`); [`Mode::Extended`] takes any case and any blanks.

mod token;

pub use token::{Keyword, Sign, Token, TokenKind};

use super::ast::{Function, Operator, Span};
use super::diagnostic::{Diagnostic, nearest};
use super::mode::Mode;
use super::task::Unit;
use token::{KEYWORDS, PAIRS};

/// The longest query that is read, in bytes.
pub const LONGEST_QUERY: usize = 65_536;

/// The tokens of a query; the last is [`TokenKind::End`]. A character that begins no token, or a quote that is never closed,
/// ends them: its fault comes second, so that what is wrong before it can be told first.
///
/// # Errors
/// For a text longer than [`LONGEST_QUERY`].
pub fn tokens(source: &str, mode: Mode) -> Result<(Vec<Token>, Option<Diagnostic>), Diagnostic> {
    if source.len() > LONGEST_QUERY {
        let message = format!(
            "the query is {} bytes long; at most {LONGEST_QUERY} are read",
            source.len()
        );
        return Err(Diagnostic::new(
            &source.chars().take(200).collect::<String>(),
            Span::new(0, 1),
            message,
        ));
    }
    let lexer = Lexer { source, mode };
    let mut tokens = Vec::new();
    let mut at = lexer.skip_blanks(0);
    let mut fault = None;
    while at < source.len() {
        match lexer.token(at) {
            Ok((kind, length)) => {
                tokens.push(Token {
                    kind,
                    span: Span::new(at, at + length),
                });
                at = lexer.skip_blanks(at + length);
            }
            Err(found) => {
                fault = Some(found);
                break;
            }
        }
    }
    tokens.push(Token {
        kind: TokenKind::End,
        span: Span::new(at, at),
    });
    Ok((tokens, fault))
}

struct Lexer<'a> {
    source: &'a str,
    mode: Mode,
}

impl<'a> Lexer<'a> {
    fn rest(&self, at: usize) -> &'a str {
        self.source.get(at..).unwrap_or_default()
    }

    fn skip_blanks(&self, mut at: usize) -> usize {
        loop {
            let rest = self.rest(at);
            let Some(c) = rest.chars().next() else { return at };
            if is_blank(c) {
                at += c.len_utf8();
            } else if c == '#' {
                at += rest.find(['\n', '\r']).unwrap_or(rest.len());
            } else {
                return at;
            }
        }
    }

    fn token(&self, at: usize) -> Result<(TokenKind, usize), Diagnostic> {
        let rest = self.rest(at);
        let first = rest.chars().next().unwrap_or('\0');
        let sign = |operator| TokenKind::Operator(Sign::Plain(operator));
        match first {
            '(' => Ok((TokenKind::Open, 1)),
            ')' => Ok((TokenKind::Close, 1)),
            ',' => Ok((TokenKind::Comma, 1)),
            '=' => Ok((sign(Operator::Eq), 1)),
            '!' if rest.starts_with("!=") => Ok((sign(Operator::Ne), 2)),
            '<' if rest.starts_with("<=") => Ok((sign(Operator::Le), 2)),
            '>' if rest.starts_with(">=") => Ok((sign(Operator::Ge), 2)),
            '<' => Ok((sign(Operator::Lt), 1)),
            '>' => Ok((sign(Operator::Gt), 1)),
            '"' | '\'' => self.text(at, first),
            '0'..='9' | '-' => self.number(at),
            '`' => self.word(at),
            c if c.is_ascii_alphabetic() || c == '_' => self.word(at),
            c => Err(self.stray(at, c)),
        }
    }

    fn stray(&self, at: usize, c: char) -> Diagnostic {
        if c.is_alphabetic() {
            return self.foreign_word(at);
        }
        let span = Span::new(at, at + c.len_utf8());
        let fault = Diagnostic::new(self.source, span, format!("`{c}` means nothing here"));
        let after = self.rest(span.end);
        match c {
            '.' if after.starts_with('`') => {
                let tick = Span::new(span.end, span.end + 1);
                Diagnostic::new(self.source, tick, "this backtick is never closed")
                    .expecting("a name between two backticks")
            }
            '.' => fault.advising("write a column as TABLE.column, without blanks around the dot"),
            '*' => fault.advising(
                "name the table whose rows are counted, COUNT(TABLE.*, 0, 7, days); the language has no arithmetic",
            ),
            '!' => fault
                .suggesting(Some("NOT"))
                .advising("write `!=` for \"is not equal\", `NOT` before a condition"),
            '&' => fault.suggesting(Some("AND")),
            '|' => fault.suggesting(Some("OR")),
            '[' | ']' | '{' | '}' => fault.advising("write a list in parentheses: ('P1', 'P2')"),
            ';' if after.trim().is_empty() => fault.advising("a query ends without a semicolon"),
            ';' => fault.suggesting(Some(",")),
            '+' | '/' | '%' => fault.advising("the language has no arithmetic, and numbers bear no plus sign"),
            '‘' | '’' | '“' | '”' | '´' | '„' | '«' | '»' => {
                fault.advising("write plain quotes: 'text' or \"text\"")
            }
            '≤' => fault.suggesting(Some("<=")),
            '≥' => fault.suggesting(Some(">=")),
            '≠' => fault.suggesting(Some("!=")),
            '–' | '—' | '−' => fault.suggesting(Some("-")),
            _ => fault,
        }
    }

    /// The whole word that a letter beyond a to z stands in.
    fn foreign_word(&self, at: usize) -> Diagnostic {
        let belongs = |c: char| c.is_alphanumeric() || c == '_';
        let before = self.source.get(..at).unwrap_or_default();
        let begin = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| belongs(*c))
            .last()
            .map_or(at, |(i, _)| i);
        let end = at + self.rest(at).find(|c| !belongs(c)).unwrap_or(self.rest(at).len());
        let word: String = self
            .rest(begin)
            .get(..end - begin)
            .unwrap_or_default()
            .chars()
            .take(60)
            .collect();
        let known = KEYWORDS.iter().map(|(w, _)| *w).chain(Unit::ALL.map(Unit::word));
        let meant = nearest(&word, known.chain(Function::ALL.map(Function::word)));
        Diagnostic::new(self.source, Span::new(begin, end), format!("`{word}` is no plain name"))
            .suggesting(meant)
            .advising("names with other letters than a to z stand in backticks, text in quotes")
    }

    /// Quoted text. A backslash keeps the quote after it from ending the text; in the reference's lexer it does so even
    /// when it is itself escaped, unless no later quote could end the text.
    fn text(&self, at: usize, quote: char) -> Result<(TokenKind, usize), Diagnostic> {
        let bytes = self.rest(at).as_bytes();
        let mut fallback = None;
        let mut escaped = false;
        for (i, &byte) in bytes.iter().enumerate().skip(1) {
            if byte == quote as u8 {
                let kept = if self.mode == Mode::Strict {
                    i > 1 && bytes[i - 1] == b'\\'
                } else {
                    escaped
                };
                if !kept {
                    return Ok((TokenKind::Text, i + 1));
                }
                fallback = Some(i + 1);
            }
            escaped = byte == b'\\' && !escaped;
        }
        match fallback.filter(|_| self.mode == Mode::Strict) {
            Some(length) => Ok((TokenKind::Text, length)),
            None => Err(
                Diagnostic::new(self.source, Span::new(at, at + 1), "this quote is never closed")
                    .expecting(format!("a closing {quote}")),
            ),
        }
    }

    fn number(&self, at: usize) -> Result<(TokenKind, usize), Diagnostic> {
        let rest = self.rest(at);
        if let Some(length) = ["-INFINITY", "-INF"]
            .into_iter()
            .find(|w| self.spells(rest, w))
            .map(str::len)
        {
            return Ok((TokenKind::MinusInfinity, length));
        }
        let sign = usize::from(rest.starts_with('-'));
        let whole = digits(&rest[sign..]);
        if whole == 0 {
            return Err(
                Diagnostic::new(self.source, Span::new(at, at + 1), "a minus sign stands alone")
                    .expecting("a number right after the minus sign"),
            );
        }
        let integer = sign + whole;
        let mut longest = (TokenKind::Integer, integer);
        let fraction = match rest[integer..].strip_prefix('.') {
            Some(after) if digits(after) > 0 => integer + 1 + digits(after),
            _ => integer,
        };
        let decimal = fraction + exponent(&rest[fraction..]);
        if decimal > integer {
            longest = (TokenKind::Decimal, decimal);
        }
        if sign == 0 {
            let date = ["-", "/", "."]
                .into_iter()
                .find_map(|s| triple(rest, s))
                .map(|n| n + self.clock(&rest[n..]));
            let candidates = [(TokenKind::Date, date), (TokenKind::Time, triple(rest, ":"))];
            for (kind, length) in candidates {
                if length.is_some_and(|n| n > longest.1) {
                    longest = (kind, length.unwrap_or_default());
                }
            }
        }
        Ok(longest)
    }

    /// Extended: the `T10:00:00Z` of an RFC 3339 moment, as part of the date.
    fn clock(&self, rest: &str) -> usize {
        if self.mode == Mode::Strict || !rest.starts_with('T') {
            return 0;
        }
        let end = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, 'T' | 'Z' | ':' | '.' | '+' | '-')));
        end.unwrap_or(rest.len())
    }

    fn word(&self, at: usize) -> Result<(TokenKind, usize), Diagnostic> {
        let rest = self.rest(at);
        let Some((name, length)) = name(rest) else {
            return Err(
                Diagnostic::new(self.source, Span::new(at, at + 1), "this backtick is never closed")
                    .expecting("a name between two backticks"),
            );
        };
        if let Some(after) = rest[length..].strip_prefix('.') {
            if after.starts_with('*') {
                return Ok((TokenKind::Column(name, "*".to_owned()), length + 2));
            }
            if let Some((column, more)) = self.column(after) {
                return Ok((TokenKind::Column(name, column), length + 1 + more));
            }
        }
        if rest.starts_with('`') {
            return Ok((TokenKind::Name, length));
        }
        let word = &rest[..length];
        if let Some((kind, length)) = self.pair(at, word) {
            return Ok((kind, length));
        }
        let known = KEYWORDS
            .iter()
            .find(|(w, _)| self.same(word, w))
            .map(|(_, kind)| kind.clone());
        let kind = known
            .or_else(|| self.boolean(word).then_some(TokenKind::Boolean))
            .or_else(|| self.function(word).map(TokenKind::Function))
            .or_else(|| {
                Unit::ALL
                    .into_iter()
                    .find(|u| self.same(word, &u.word().to_uppercase()))
                    .map(TokenKind::Unit)
            });
        Ok((kind.unwrap_or(TokenKind::Name), length))
    }

    /// The column after a table's dot. Extended: parts of a `key: value` column are named with a further dot.
    fn column(&self, after: &str) -> Option<(String, usize)> {
        let (mut column, mut length) = name(after)?;
        if self.mode == Mode::Strict {
            return Some((column, length));
        }
        while let Some((part, more)) = after[length..].strip_prefix('.').and_then(name) {
            column.push('.');
            column.push_str(&part);
            length += 1 + more;
        }
        Some((column, length))
    }

    fn pair(&self, at: usize, word: &str) -> Option<(TokenKind, usize)> {
        let rest = self.rest(at);
        let fits = |first: &str, second: &str| -> Option<usize> {
            if self.mode == Mode::Strict {
                let both = format!("{first} {second}");
                return self.spells(rest, &both).then_some(both.len());
            }
            if !self.same(word, first) {
                return None;
            }
            let next = self.skip_blanks(at + word.len());
            let (_, length) = name(self.rest(next)).filter(|_| !self.rest(next).starts_with('`'))?;
            let dotted = self.rest(next + length).starts_with('.');
            (!dotted && self.same(&self.rest(next)[..length], second)).then_some(next + length - at)
        };
        let found = PAIRS
            .iter()
            .filter_map(|(first, second, kind)| Some((kind, fits(first, second)?)));
        found
            .max_by_key(|(_, length)| *length)
            .filter(|(_, length)| *length >= word.len())
            .map(|(k, n)| (k.clone(), n))
    }

    fn function(&self, word: &str) -> Option<Function> {
        let known = Function::ALL.into_iter().find(|f| self.same(word, f.word()))?;
        (known != Function::Bool || self.mode == Mode::Extended).then_some(known)
    }

    fn boolean(&self, word: &str) -> bool {
        match self.mode {
            Mode::Strict => matches!(word, "TRUE" | "True" | "true" | "FALSE" | "False" | "false"),
            Mode::Extended => word.eq_ignore_ascii_case("true") || word.eq_ignore_ascii_case("false"),
        }
    }

    /// Whether `word` is `upper`: all upper or all lower case, or in any case when extended.
    fn same(&self, word: &str, upper: &str) -> bool {
        match self.mode {
            Mode::Strict => word == upper || (word.eq_ignore_ascii_case(upper) && word == word.to_ascii_lowercase()),
            Mode::Extended => word.eq_ignore_ascii_case(upper),
        }
    }

    /// Whether `rest` begins with `upper`, as [`Lexer::same`] compares.
    fn spells(&self, rest: &str, upper: &str) -> bool {
        rest.get(..upper.len()).is_some_and(|start| self.same(start, upper))
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn exponent(text: &str) -> usize {
    let Some(after) = text.strip_prefix(['e', 'E']) else {
        return 0;
    };
    let sign = usize::from(after.starts_with(['+', '-']));
    match digits(&after[sign..]) {
        0 => 0,
        n => 1 + sign + n,
    }
}

/// The length of three numbers with `separator` between them.
fn triple(text: &str, separator: &str) -> Option<usize> {
    let mut at = 0;
    for part in 0..3 {
        if part > 0 {
            at += text[at..].strip_prefix(separator).map(|_| separator.len())?;
        }
        at += Some(digits(&text[at..])).filter(|n| *n > 0)?;
    }
    Some(at)
}

/// A plain or backtick-quoted name at the beginning of `text`: itself unquoted, and its length as written.
fn name(text: &str) -> Option<(String, usize)> {
    if let Some(after) = text.strip_prefix('`') {
        let end = after
            .find(['`', '\n', '\r'])
            .filter(|n| *n > 0 && after[*n..].starts_with('`'))?;
        return Some((after[..end].to_owned(), end + 2));
    }
    let first = text.bytes().next().filter(|b| b.is_ascii_alphabetic() || *b == b'_')?;
    let length = text
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'_')
        .count();
    (first != 0).then(|| (text[..length].to_owned(), length))
}
