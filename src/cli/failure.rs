//! How a command ends when it does not succeed: one line, and an exit code that says whose move it is.

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use crate::learn::LearnError;

/// A command's failure.
#[derive(Debug)]
pub struct Failure {
    line: String,
    usage: bool,
}

impl Failure {
    /// The work failed: exit code 1.
    pub fn work(cause: impl fmt::Display) -> Self {
        Self {
            line: cause.to_string(),
            usage: false,
        }
    }

    /// What was asked for cannot be meant: exit code 2.
    pub fn usage(cause: impl fmt::Display) -> Self {
        Self {
            line: cause.to_string(),
            usage: true,
        }
    }

    /// A file that could not be read or written.
    pub fn file(doing: &str, path: &Path, cause: &std::io::Error) -> Self {
        Self::work(format!("cannot {doing} {}: {cause}", path.display()))
    }

    /// 1 or 2.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(if self.usage { 2 } else { 1 })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

macro_rules! work_failed {
    ($($error:ty),* $(,)?) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::work(error)
            }
        })*
    };
}

work_failed!(
    crate::bundle::BundleError,
    crate::cli::folder::FolderError,
    crate::report::ReportError,
    crate::route::RoleError,
    crate::score::ScoreError,
);

impl From<LearnError> for Failure {
    fn from(error: LearnError) -> Self {
        match error {
            LearnError::NoAge { .. } | LearnError::NoSuchFeature(_) => Self::usage(error),
            error => Self::work(error),
        }
    }
}
