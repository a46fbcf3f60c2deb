//! The contract of the store port as checks that every store runs in its tests.
