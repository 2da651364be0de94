-- Verification passes: which sentences were to be judged, drawn how, as of when; and weights learned from choices.

CREATE TABLE pass (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL UNIQUE,
    made_by     TEXT NOT NULL,
    made_at     INTEGER NOT NULL,          -- milliseconds since 1970, UTC
    closed_at   INTEGER,                   -- NULL while people work on it
    newest      INTEGER NOT NULL,          -- the last row of the history when the frame was written down; 0 if none
    filter      TEXT NOT NULL,             -- the filter that the frame went through, as typed
    by          TEXT NOT NULL,             -- none, relation, method, split
    split       TEXT NOT NULL,             -- the plan of splits, where by split
    evenly      INTEGER NOT NULL,          -- strata share the sample evenly, not by their size
    seed        INTEGER NOT NULL,
    doubled     REAL NOT NULL,             -- part of the sample that two people judge
    population  INTEGER NOT NULL,          -- rows of the frame
    size        INTEGER NOT NULL,          -- of the sample
    sei_version TEXT NOT NULL,             -- versions of the frame's scores, with commas between
    digest      BLOB NOT NULL              -- SHA-256 of the frame's rows in the order of tuples
) STRICT;

-- Every sentence of the frame, in the sample or not. Never changed.
CREATE TABLE frame (
    pass_id     INTEGER NOT NULL REFERENCES pass (id),
    tuple_id    INTEGER NOT NULL REFERENCES tuple (id),
    decision_id INTEGER NOT NULL REFERENCES decision (id), -- which chose the sentence
    status      INTEGER NOT NULL,          -- as in `tuple`, at that moment
    sei         REAL,                      -- of the sentence, at that moment
    stratum     TEXT NOT NULL,
    position    INTEGER,                   -- in the sample, in random order from 1; NULL outside of it
    doubled     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (pass_id, tuple_id)
) STRICT, WITHOUT ROWID;

-- serves: the next sentence of a sample
CREATE INDEX frame_by_position ON frame (pass_id, position) WHERE position IS NOT NULL;

CREATE TRIGGER frame_is_never_changed BEFORE UPDATE ON frame
BEGIN SELECT RAISE(ABORT, 'a frame is never changed'); END;
CREATE TRIGGER frame_is_never_deleted BEFORE DELETE ON frame
BEGIN SELECT RAISE(ABORT, 'a frame is never changed'); END;

-- A verdict that settles between those of others.
ALTER TABLE verdict ADD COLUMN settles INTEGER NOT NULL DEFAULT 0;

-- Versions of SEI that were made in this project; the newest is in force.
CREATE TABLE policy (
    id      INTEGER PRIMARY KEY,
    version TEXT NOT NULL UNIQUE,
    base    TEXT NOT NULL,                 -- the version it was made from
    weights TEXT NOT NULL,                 -- JSON: by dimension
    basis   TEXT NOT NULL,                 -- JSON: what the weights were learned from
    made_by TEXT NOT NULL,
    made_at INTEGER NOT NULL
) STRICT;
