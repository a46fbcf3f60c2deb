-- Large files of which a target holds the beginning: a later run goes on inside them.
CREATE TABLE begun (
    received_id TEXT NOT NULL,
    dataset_id  TEXT NOT NULL,
    path        TEXT NOT NULL,
    file        TEXT NOT NULL,
    PRIMARY KEY (received_id, dataset_id, path)
) STRICT, WITHOUT ROWID;
