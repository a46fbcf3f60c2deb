//! For tests only: trees of awkward files, the Azurite fixture, processes.
