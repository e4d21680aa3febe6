//! PQL, the predictive query language: text → syntax tree → a `Task` bound to a schema, with diagnostics that
//! name line, column and remedy. It refuses to know of features or models.

pub mod ast;
pub mod bind;
pub mod diagnostic;
mod expression;
pub mod guide;
mod hint;
pub mod kind;
pub mod lexer;
pub mod literal;
pub mod mode;
mod names;
pub mod parser;
mod reads;
mod render;
mod strict;
pub mod task;

pub use ast::Query;
pub use bind::{bind, bind_query};
pub use diagnostic::Diagnostic;
pub use kind::Facts;
pub use mode::Mode;
pub use parser::parse;
pub use task::{
    Aggregate, BoundCondition, BoundOperand, BoundTarget, Constant, Horizon, Reach, Task, TaskKind, Unit, Window,
};
