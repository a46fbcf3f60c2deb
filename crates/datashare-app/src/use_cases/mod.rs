//! One module for each part of the command table.

mod agent;
mod audit;
mod connections;
mod demo;
mod invitations;
mod mappings;
mod preview;
mod received;
mod recipients;
mod shares;
mod snapshots;
mod transfer;
mod workspace;
