//! Progress: a bar on a terminal, silence when piped.

use anstream::eprintln;
use indicatif::{ProgressBar, ProgressStyle};

use crate::learn::train::Progress;

/// Stages of training as a bar; notes as lines above it.
pub struct Bar {
    bar: ProgressBar,
    stage: String,
    notes: bool,
}

impl Bar {
    /// A bar; `notes` says whether notes are printed (to standard error).
    #[must_use]
    pub fn new(notes: bool) -> Self {
        let style = ProgressStyle::with_template("{msg:32} {wide_bar} {pos}/{len}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        Self {
            bar: ProgressBar::new(0).with_style(style),
            stage: String::new(),
            notes,
        }
    }

    /// Clears the bar.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn stage(&mut self, name: &str, done: usize, total: usize) {
        if self.stage != name {
            name.clone_into(&mut self.stage);
            self.bar.set_message(self.stage.clone());
        }
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
    }

    fn note(&mut self, line: String) {
        if self.notes {
            self.bar.suspend(|| eprintln!("{line}"));
        }
    }
}
