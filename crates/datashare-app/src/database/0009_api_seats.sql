-- Who answers a request that has a key: the seat of a process that serves the API. Free while its lock is.
ALTER TABLE api_answers ADD COLUMN seat INTEGER NOT NULL DEFAULT 0;
