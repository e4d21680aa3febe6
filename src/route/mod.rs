//! Who should take a ticket, and why: what past resolutions known at the moment say of every agent, the tier a ticket
//! needs, open load and availability, for one ticket and for a whole queue. It refuses to know how a probability is made
//! and what anything costs: the one comes with each ticket, the other as a [`TierPolicy`].

pub mod assign;
mod history;
mod hours;
pub mod judge;
pub mod ledger;
pub mod presence;
pub mod roles;
pub mod skill;
pub mod topic;
mod zone;

pub use assign::{Assignment, assign};
pub use presence::{Misread, Presence, Roster, RosterColumns};
pub use roles::{RoleError, RoleNames, Roles};
pub use skill::{Availability, Desk, Skills, Suggestion, TierPolicy, Wanted};
