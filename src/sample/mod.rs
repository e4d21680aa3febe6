//! The synthetic helpdesk and its true probabilities: a made-up company, for trying and testing Bellwether.

mod calendar;
mod company;
mod desk;
mod escalation;
mod files;
mod product;
mod random;
mod topic;
mod words;
#[cfg(test)]
mod tests;

pub use calendar::{END, START};

/// How much to make, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleOptions {
    /// Tickets in the year, ≥ 1; accounts, users, agents and events follow.
    pub tickets: usize,
    /// The same seed gives the same bytes.
    pub seed: u64,
}

impl Default for SampleOptions {
    /// 5,000 tickets a month.
    fn default() -> Self {
        Self { tickets: 60_000, seed: 7 }
    }
}

/// A file of the sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleFile {
    /// Its name within the folder.
    pub name: &'static str,
    /// Its content, UTF-8.
    pub bytes: Vec<u8>,
}

/// Everything the sample's folder holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleFiles {
    /// The tables, `truth.csv`, `schema.toml` and `README.txt`.
    pub files: Vec<SampleFile>,
    /// How many product events there are.
    pub events: usize,
}

impl SampleFiles {
    /// A file's content by its name.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.files.iter().find(|f| f.name == name).map(|f| f.bytes.as_slice())
    }
}

/// Simulates the year and writes it down.
#[must_use]
pub fn generate(options: &SampleOptions) -> SampleFiles {
    use random::{Draw, Stream};
    let company = company::Company::found(options.tickets, &mut Draw::new(options.seed, Stream::Company));
    let product = product::Product::run(&company, &mut Draw::new(options.seed, Stream::Product));
    let tickets = desk::answer(&company, &product, options.tickets, &mut Draw::new(options.seed, Stream::Desk));
    let files = files::files(options, &company, &product, &tickets, &mut Draw::new(options.seed, Stream::Words));
    SampleFiles { files, events: product.events.len() }
}
