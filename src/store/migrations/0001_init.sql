-- The project file, version 1. Never edited once released: what changes, changes in a later migration.

-- 'amal': tells a project from any other SQLite file. Set in the transaction that makes the tables, so that
-- a file is either a whole project or none.
PRAGMA application_id = 0x616d616c;

-- What the project is: format, program version, seed of the arms, fixed arm, name.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One fact a row. `digest` (SHA-256 of head, relation, tail in normal form, first 16 bytes) makes import
-- idempotent. What follows `line` are caches of what the candidate, score and decision tables say, kept in
-- the transaction that changes those, so that millions can be filtered and sorted; `store::refresh` rebuilds
-- them.
CREATE TABLE tuple (
    id         INTEGER PRIMARY KEY,
    digest     BLOB NOT NULL UNIQUE,
    head       TEXT NOT NULL,
    head_type  TEXT,
    relation   TEXT NOT NULL,
    tail       TEXT NOT NULL,
    tail_type  TEXT,
    source     TEXT NOT NULL,              -- the file it came from
    line       INTEGER,                    -- the line in that file, from 1
    stage      INTEGER NOT NULL DEFAULT 0, -- what the pipeline did: new to ranked, as in `status`
    status     INTEGER NOT NULL DEFAULT 0, -- position in domain::review::Status::ALL
    flagged    INTEGER NOT NULL DEFAULT 0,
    candidates INTEGER NOT NULL DEFAULT 0, -- sentences, failures not counted
    best_sei   REAL,
    margin     REAL                        -- SEI of the first less that of the second
) STRICT;

-- serves: the next tuple to review, the most uncertain first
CREATE INDEX tuple_by_status ON tuple (status, margin);
-- serves: filter, facet and sort by relation
CREATE INDEX tuple_by_relation ON tuple (relation);
-- serves: lists sorted by uncertainty and by the best sentence
CREATE INDEX tuple_by_margin ON tuple (margin);
CREATE INDEX tuple_by_best_sei ON tuple (best_sei);
-- serves: tuples that share an entity
CREATE INDEX tuple_by_head ON tuple (head);
CREATE INDEX tuple_by_tail ON tuple (tail);

-- Sums over `tuple` by status, asked for with every item on the screen. Import adds to them once a chunk (a
-- trigger on each row would double its time), the trigger below moves what changes.
CREATE TABLE tally (
    status     INTEGER PRIMARY KEY,
    tuples     INTEGER NOT NULL DEFAULT 0,
    flagged    INTEGER NOT NULL DEFAULT 0,
    candidates INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO tally (status) VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8);

CREATE TRIGGER tuple_is_counted_anew AFTER UPDATE OF status, flagged, candidates ON tuple
BEGIN
    UPDATE tally SET tuples = tuples - 1, flagged = flagged - OLD.flagged, candidates = candidates - OLD.candidates
    WHERE status = OLD.status;
    UPDATE tally SET tuples = tuples + 1, flagged = flagged + NEW.flagged, candidates = candidates + NEW.candidates
    WHERE status = NEW.status;
END;

-- One output of one method for one tuple: a sentence, or the cause of its failure.
CREATE TABLE candidate (
    id            INTEGER PRIMARY KEY,
    tuple_id      INTEGER NOT NULL REFERENCES tuple (id),
    method        TEXT NOT NULL,
    paradigm      TEXT NOT NULL,
    ordinal       INTEGER NOT NULL DEFAULT 0,
    text          TEXT,
    error         TEXT,
    model         TEXT,
    model_digest  TEXT,
    prompt_digest TEXT NOT NULL,
    params        TEXT NOT NULL,           -- JSON: sampling, backend, program version
    seed          INTEGER NOT NULL,
    parents       TEXT NOT NULL DEFAULT '[]', -- JSON array of candidate ids
    prompt_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    millis        INTEGER NOT NULL DEFAULT 0,
    made_at       INTEGER NOT NULL,        -- milliseconds since 1970, UTC
    UNIQUE (tuple_id, method, ordinal),
    CHECK ((text IS NULL) <> (error IS NULL))
) STRICT;

-- serves: outputs, tokens and time by method, without a look at the table
CREATE INDEX candidate_by_method ON candidate (method, prompt_tokens, output_tokens, millis);
-- serves: what is to be retried; failures by cause; their count
CREATE INDEX candidate_failed ON candidate (tuple_id, ordinal, method, error) WHERE error IS NOT NULL;

-- SEI of a candidate under one version of the policy. Raw measurements stay, so that a new version needs no
-- model. `place` is the order within the tuple, 1 the best; `repeats` the better candidate it nearly repeats.
CREATE TABLE score (
    candidate_id INTEGER PRIMARY KEY REFERENCES candidate (id),
    version      TEXT NOT NULL,
    sei          REAL,
    grammar      REAL,
    fluency      REAL,
    sentiment    REAL,
    accuracy     REAL,
    complexity   REAL,
    veto         TEXT NOT NULL DEFAULT '[]', -- JSON array of names
    raw          TEXT NOT NULL,              -- JSON: the measurements the scores are made from
    evidence     TEXT NOT NULL,              -- JSON: what is shown to people
    place        INTEGER,
    repeats      INTEGER
) STRICT;

-- serves: filter by veto
CREATE INDEX score_vetoed ON score (candidate_id, veto) WHERE veto <> '[]';

-- The history of what people decided: append-only, hash-chained (hash = SHA-256 of the previous hash and the
-- row), enforced by triggers below.
CREATE TABLE decision (
    id           INTEGER PRIMARY KEY,
    tuple_id     INTEGER NOT NULL REFERENCES tuple (id),
    annotator    TEXT NOT NULL,
    kind         TEXT NOT NULL,
    candidate_id INTEGER REFERENCES candidate (id),
    target       INTEGER REFERENCES decision (id), -- of verify, undo and redo
    text         TEXT,                             -- the sentence as chosen (accept, override, edit)
    head_start   INTEGER, head_end INTEGER,        -- bytes of `text`
    tail_start   INTEGER, tail_end INTEGER,
    reason       TEXT,                             -- of reject; the verdict of verify; the note of flag
    arm          TEXT,                             -- what was shown
    shown_at     INTEGER,                          -- position on the screen, from 1
    place        INTEGER,                          -- rank by SEI at that moment, from 1
    sei_version  TEXT,
    seconds      REAL,                             -- from the item's first frame to the decision
    at           INTEGER NOT NULL,                 -- milliseconds since 1970, UTC
    hash         BLOB NOT NULL
) STRICT;

-- serves: folding a tuple's history; an annotator's undo and pace
CREATE INDEX decision_by_tuple ON decision (tuple_id, id);
CREATE INDEX decision_by_annotator ON decision (annotator, id);

-- What stands, a cache of the decision table kept like those of `tuple`: the sentence of each decided tuple...
CREATE TABLE settled (
    tuple_id    INTEGER PRIMARY KEY REFERENCES tuple (id),
    decision_id INTEGER NOT NULL REFERENCES decision (id),
    annotator   TEXT NOT NULL,             -- who chose it
    draw        INTEGER NOT NULL           -- from the tuple's digest: place in the order of verification
) STRICT;

-- serves: the next sentence to verify, those of others before one's own
CREATE INDEX settled_by_draw ON settled (annotator, draw, tuple_id, decision_id);

-- ...and the verdicts on it.
CREATE TABLE verdict (
    tuple_id    INTEGER NOT NULL REFERENCES tuple (id),
    annotator   TEXT NOT NULL,
    decision_id INTEGER NOT NULL REFERENCES decision (id), -- the verdict itself, of kind verify
    verdict     TEXT NOT NULL,
    PRIMARY KEY (tuple_id, annotator, decision_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER decision_is_never_replaced BEFORE INSERT ON decision
WHEN EXISTS (SELECT 1 FROM decision WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decision_is_never_changed BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decision_is_never_deleted BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
