//! PQL, the predictive query language: text → syntax tree → a `Task` bound to a schema, with diagnostics that
//! name line, column and remedy. It refuses to know of features or models.
