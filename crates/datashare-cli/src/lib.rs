//! The command line and the background agent.
