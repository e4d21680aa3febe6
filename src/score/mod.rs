//! A bundle plus live rows → a card per ticket. The one thing both native and browser callers hold.
//! It refuses to know the DOM.

pub mod audit;
pub mod card;
mod cards;
pub mod certainty;
pub mod closer;
pub mod drifted;
pub mod impact;
pub mod lacking;
mod live;
pub mod missed;
pub mod packed;
pub mod route;
pub mod rows;
pub mod scorer;
mod stale;
mod told;
pub mod whatif;

pub use card::{Band, Card, Method};
pub use certainty::Certainty;
pub use packed::PackedRows;
pub use route::{RouteOptions, Routed};
pub use scorer::{ScoreError, Scorer};
pub use whatif::Chip;
