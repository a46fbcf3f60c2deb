-- What a second person was asked to approve. What is asked and answered stands in the signed envelopes.
CREATE TABLE approvals (
    id       TEXT PRIMARY KEY,
    share_id TEXT NOT NULL REFERENCES shares (id),
    request  BLOB NOT NULL,
    answer   BLOB,
    asked_at TEXT NOT NULL,
    done_at  TEXT                       -- when all that was approved had been done
) STRICT;

ALTER TABLE datasets ADD COLUMN sensitive INTEGER NOT NULL DEFAULT 0;
