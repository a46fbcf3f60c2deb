//! Records, signatures, sealing, tickets, chains and what they fold to. Pure.
