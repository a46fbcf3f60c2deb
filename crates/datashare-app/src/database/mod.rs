//! The local database.
