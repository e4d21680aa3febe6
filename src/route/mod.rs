//! Which agent should take a ticket, and why: skill from past resolutions known at the moment, and open load.

pub mod skill;

pub use skill::{Skills, Suggestion};
