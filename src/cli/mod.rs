//! The command line: arguments, files, progress and tables on a terminal. Conversions only.

/// Runs the command line; the exit code is 0 when done, 1 when the work failed, 2 on wrong usage.
pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
