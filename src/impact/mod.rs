//! What a threshold or a review capacity costs and saves.
