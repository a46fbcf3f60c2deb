-- What a share's recipients are offered: one schedule, or none any more.
CREATE TABLE schedules (
    share_id   TEXT PRIMARY KEY REFERENCES shares (id),
    schedule   TEXT,                    -- JSON; NULL once it was taken away
    changed_at TEXT NOT NULL,
    look_at    TEXT                     -- when a publication may be due; NULL for at once
) STRICT;

-- Which received shares are kept up to date by themselves.
CREATE TABLE triggers (
    received_id TEXT PRIMARY KEY REFERENCES received (id),
    mode        TEXT NOT NULL,
    own         TEXT,                   -- JSON of a schedule of our own; NULL follows the provider's
    enabled_at  TEXT NOT NULL,          -- ticks up to then are of no concern
    look_at     TEXT                    -- when a snapshot may be due; NULL for at once
) STRICT;

-- The newest tick that was dealt with, of each trigger (`received:ID`) and of each share's publications (`share:ID`). Written
-- before anything is started for it.
CREATE TABLE ticks (
    owner       TEXT PRIMARY KEY,
    tick        TEXT NOT NULL,
    state       TEXT NOT NULL,          -- claimed, started, waiting, done
    attempt     INTEGER NOT NULL,
    retry_at    TEXT,                   -- while waiting
    snapshot_id TEXT,                   -- of the newest attempt
    message     TEXT,                   -- why it did not come about
    passed      TEXT,                   -- the newest tick since that was passed over because a run went on
    changed_at  TEXT NOT NULL
) STRICT;
