//! How much of the language is accepted.

/// How much of the language is accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The reference implementation's verdicts, to the letter.
    Strict,
    /// The whole language, kindly spelt, with Bellwether's extensions.
    #[default]
    Extended,
}
