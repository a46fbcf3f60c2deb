-- The first layout. Times are RFC 3339 UTC texts, ids are 26-character texts. What the two parties agreed on is not in
-- columns: it is folded from `records`, the signed logs as they were written and read.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

-- What the vault holds: names only, so that secrets can be moved from one vault to another.
CREATE TABLE secret_names (
    name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE connections (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL COLLATE NOCASE,
    settings   TEXT NOT NULL,           -- JSON, without the credential
    credential TEXT NOT NULL,           -- kind only; the secret is in the vault
    created_at TEXT NOT NULL,
    removed_at TEXT
) STRICT;
CREATE UNIQUE INDEX connections_by_name ON connections (name) WHERE removed_at IS NULL;

CREATE TABLE shares (
    id              TEXT PRIMARY KEY,
    name            TEXT NOT NULL COLLATE NOCASE,
    description     TEXT NOT NULL,
    kind            TEXT NOT NULL,
    connection_id   TEXT NOT NULL REFERENCES connections (id),
    exchange_prefix TEXT NOT NULL,
    generation      INTEGER NOT NULL,   -- of the read policies and data keys; a revocation makes a new one
    created_at      TEXT NOT NULL,
    deleted_at      TEXT
) STRICT;
CREATE UNIQUE INDEX shares_by_name ON shares (name) WHERE deleted_at IS NULL;

CREATE TABLE terms (
    share_id               TEXT NOT NULL REFERENCES shares (id),
    version                INTEGER NOT NULL,
    sha256                 TEXT NOT NULL,
    text                   TEXT NOT NULL,
    must_be_accepted_again INTEGER NOT NULL,
    created_at             TEXT NOT NULL,
    PRIMARY KEY (share_id, version)
) STRICT;

CREATE TABLE datasets (
    id            TEXT PRIMARY KEY,
    share_id      TEXT NOT NULL REFERENCES shares (id),
    name          TEXT NOT NULL COLLATE NOCASE,
    kind          TEXT NOT NULL,
    delivery      TEXT NOT NULL,
    connection_id TEXT NOT NULL REFERENCES connections (id),
    path          TEXT NOT NULL,
    files         INTEGER,
    bytes         INTEGER,
    listing       TEXT,                 -- SHA-256 of the listing that recipients were last given
    publication   TEXT,                 -- id of the newest publication, for datasets that are published
    published_at  TEXT,
    created_at    TEXT NOT NULL,
    removed_at    TEXT
) STRICT;
CREATE UNIQUE INDEX datasets_by_name ON datasets (share_id, name) WHERE removed_at IS NULL;

-- One row for each invitation, its mailbox, and the recipient it becomes.
CREATE TABLE mailboxes (
    id                TEXT PRIMARY KEY,
    share_id          TEXT NOT NULL REFERENCES shares (id),
    email             TEXT NOT NULL COLLATE NOCASE,
    acceptance        TEXT NOT NULL,
    created_at        TEXT NOT NULL,
    expires_at        TEXT NOT NULL,    -- of the invitation
    generation        INTEGER NOT NULL, -- of the recipient's access to its mailbox
    access_expires_at TEXT              -- of the recipient's access to the data
) STRICT;
CREATE INDEX mailboxes_by_share ON mailboxes (share_id);

-- Every access token ever issued: the hash of its signature joins it to storage logs.
CREATE TABLE grants (
    id               TEXT PRIMARY KEY,
    share_id         TEXT NOT NULL REFERENCES shares (id),
    mailbox_id       TEXT NOT NULL REFERENCES mailboxes (id),
    dataset_id       TEXT,
    scope            TEXT NOT NULL,
    policy           TEXT NOT NULL,
    signature_sha256 TEXT NOT NULL,
    issued_at        TEXT NOT NULL,
    expires_at       TEXT NOT NULL,
    ended_at         TEXT
) STRICT;
CREATE INDEX grants_by_mailbox ON grants (mailbox_id);

-- The signed logs, byte for byte. Chains: `share:ID`, `mailbox:ID:out`, `mailbox:ID:in`.
CREATE TABLE records (
    chain    TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    at       TEXT NOT NULL,
    sha256   TEXT NOT NULL,
    envelope BLOB NOT NULL,
    PRIMARY KEY (chain, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE received (
    id               TEXT PRIMARY KEY,
    name             TEXT NOT NULL COLLATE NOCASE,
    mailbox_id       TEXT NOT NULL UNIQUE,
    invitation       TEXT NOT NULL,     -- JSON: the ticket without its secrets
    exchange_folder  TEXT,
    manifest_version INTEGER NOT NULL DEFAULT 0,
    created_at       TEXT NOT NULL,
    left_at          TEXT
) STRICT;
CREATE UNIQUE INDEX received_by_name ON received (name) WHERE left_at IS NULL;

CREATE TABLE mappings (
    received_id   TEXT NOT NULL REFERENCES received (id),
    dataset_id    TEXT NOT NULL,
    connection_id TEXT NOT NULL REFERENCES connections (id),
    path          TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    PRIMARY KEY (received_id, dataset_id)
) STRICT, WITHOUT ROWID;

-- What each mapping is known to hold, file by file.
CREATE TABLE arrived (
    received_id    TEXT NOT NULL,
    dataset_id     TEXT NOT NULL,
    path           TEXT NOT NULL,
    version        TEXT NOT NULL,
    size           INTEGER NOT NULL,
    modified       TEXT,
    target_version TEXT NOT NULL,
    PRIMARY KEY (received_id, dataset_id, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE snapshots (
    id          TEXT PRIMARY KEY,
    received_id TEXT NOT NULL REFERENCES received (id),
    mode        TEXT NOT NULL,
    status      TEXT NOT NULL,
    started_at  TEXT NOT NULL,
    ended_at    TEXT,
    document    TEXT NOT NULL           -- JSON of the whole row as it is shown
) STRICT;
CREATE INDEX snapshots_by_received ON snapshots (received_id, started_at);
