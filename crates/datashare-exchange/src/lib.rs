//! Drives the protocol over storage: mailboxes, grants, revocation, publications.
