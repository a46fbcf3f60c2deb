//! Plans and moves: from an ordered source listing to a target, with progress and honest results.
