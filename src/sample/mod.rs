//! The synthetic helpdesk and its true probabilities: a made-up company, for trying and testing Bellwether.
