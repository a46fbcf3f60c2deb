-- What people may want to hear of. The same thing (`about`) happens once.
CREATE TABLE events (
    id       TEXT PRIMARY KEY,
    about    TEXT NOT NULL UNIQUE,
    at       TEXT NOT NULL,
    document TEXT NOT NULL              -- JSON, as it is told
) STRICT;

-- Where an event still has to be told: 'desktop', 'email', or the id of a target. What was told is gone.
CREATE TABLE deliveries (
    event_id TEXT NOT NULL REFERENCES events (id),
    target   TEXT NOT NULL,
    tries    INTEGER NOT NULL,
    due_at   TEXT,                      -- none: a dead letter
    problem  TEXT,
    PRIMARY KEY (event_id, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_by_due ON deliveries (due_at);
