//! Use cases, local database, vault, connections and the command table.
