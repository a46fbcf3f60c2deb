-- Who may use the REST API. A token is never here, only its hash.
CREATE TABLE api_tokens (
    name         TEXT PRIMARY KEY COLLATE NOCASE,
    sha256       TEXT NOT NULL UNIQUE,
    scopes       TEXT NOT NULL,           -- JSON
    created_at   TEXT NOT NULL,
    expires_at   TEXT,
    last_used_at TEXT
) STRICT;

-- Answers to requests with an idempotency key. An answer can hold an invitation's link, so it is sealed under a key that
-- only the token gives.
CREATE TABLE api_answers (
    token_sha256 TEXT NOT NULL REFERENCES api_tokens (sha256) ON DELETE CASCADE,
    key          TEXT NOT NULL,
    request      BLOB NOT NULL,           -- what was asked, as a keyed hash
    answer       BLOB,                    -- sealed; NULL while the request is being answered
    at           TEXT NOT NULL,
    PRIMARY KEY (token_sha256, key)
) STRICT;
CREATE INDEX api_answers_by_time ON api_answers (at);
