//! The tokens of the language, and the words that make them.

use crate::query::ast::{Function, Operator, Span};
use crate::query::task::Unit;

/// A word or sign, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum TokenKind {
    Open,
    Close,
    Comma,
    Keyword(Keyword),
    Function(Function),
    Operator(Sign),
    Unit(Unit),
    Column(String, String),
    Boolean,
    Null,
    MinusInfinity,
    Integer,
    Decimal,
    Text,
    Date,
    Time,
    /// A word that is none of the language's.
    Name,
    End,
}

/// A word of the language's frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Keyword {
    Predict,
    Classify,
    Rank,
    Top,
    Forecast,
    Timeframes,
    ForEach,
    For,
    Where,
    Assuming,
    And,
    Or,
    Not,
}

/// An operator as written; some spellings mean the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// As written.
    Plain(Operator),
    /// `IS`: equality, NULL welcome.
    Is,
    /// `IS NOT`.
    IsNot,
}

/// One word that makes a token.
pub(super) const KEYWORDS: [(&str, TokenKind); 17] = [
    ("PREDICT", TokenKind::Keyword(Keyword::Predict)),
    ("CLASSIFY", TokenKind::Keyword(Keyword::Classify)),
    ("RANK", TokenKind::Keyword(Keyword::Rank)),
    ("TOP", TokenKind::Keyword(Keyword::Top)),
    ("FORECAST", TokenKind::Keyword(Keyword::Forecast)),
    ("TIMEFRAMES", TokenKind::Keyword(Keyword::Timeframes)),
    ("FOR", TokenKind::Keyword(Keyword::For)),
    ("WHERE", TokenKind::Keyword(Keyword::Where)),
    ("ASSUMING", TokenKind::Keyword(Keyword::Assuming)),
    ("AND", TokenKind::Keyword(Keyword::And)),
    ("OR", TokenKind::Keyword(Keyword::Or)),
    ("NOT", TokenKind::Keyword(Keyword::Not)),
    ("NULL", TokenKind::Null),
    ("IN", TokenKind::Operator(Sign::Plain(Operator::In))),
    ("IS", TokenKind::Operator(Sign::Is)),
    ("LIKE", TokenKind::Operator(Sign::Plain(Operator::Like))),
    ("CONTAINS", TokenKind::Operator(Sign::Plain(Operator::Contains))),
];

/// Two words that make one token; of two that fit the longer is meant.
pub(super) const PAIRS: [(&str, &str, TokenKind); 7] = [
    ("FOR", "EACH", TokenKind::Keyword(Keyword::ForEach)),
    ("IS", "NOT", TokenKind::Operator(Sign::IsNot)),
    ("IS", "IN", TokenKind::Operator(Sign::Plain(Operator::IsIn))),
    ("NOT", "LIKE", TokenKind::Operator(Sign::Plain(Operator::NotLike))),
    (
        "NOT",
        "CONTAINS",
        TokenKind::Operator(Sign::Plain(Operator::NotContains)),
    ),
    ("STARTS", "WITH", TokenKind::Operator(Sign::Plain(Operator::StartsWith))),
    ("ENDS", "WITH", TokenKind::Operator(Sign::Plain(Operator::EndsWith))),
];
