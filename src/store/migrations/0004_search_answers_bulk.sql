-- What lists are searched by, who answered, and what was decided at one stroke.

-- The words of each tuple's sentences, one document a tuple (its rowid), so that a search gives tuples and a common
-- word no more rows than there are tuples. It holds no text, only where words stand. Between two sentences stands a
-- character that no query has, so that no phrase reaches from one into the next.
CREATE VIRTUAL TABLE sentence_word USING fts5 (
    text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO sentence_word (rowid, text)
    SELECT tuple_id, group_concat(text, char(32, 57344, 32)) FROM candidate WHERE text IS NOT NULL GROUP BY tuple_id;

CREATE TRIGGER candidate_is_searched AFTER INSERT ON candidate WHEN NEW.text IS NOT NULL
BEGIN
    INSERT OR REPLACE INTO sentence_word (rowid, text)
        SELECT NEW.tuple_id, group_concat(text, char(32, 57344, 32)) FROM candidate WHERE tuple_id = NEW.tuple_id;
END;
CREATE TRIGGER candidate_is_searched_anew AFTER UPDATE OF text ON candidate WHEN NEW.text IS NOT OLD.text
BEGIN
    INSERT OR REPLACE INTO sentence_word (rowid, text)
        SELECT NEW.tuple_id, group_concat(text, char(32, 57344, 32)) FROM candidate WHERE tuple_id = NEW.tuple_id;
END;

-- Each person's answer to a tuple, their newest decision that stands: a cache like `settled`.
CREATE TABLE answer (
    tuple_id    INTEGER NOT NULL REFERENCES tuple (id),
    annotator   TEXT NOT NULL,
    decision_id INTEGER NOT NULL REFERENCES decision (id),
    PRIMARY KEY (tuple_id, annotator)
) STRICT, WITHOUT ROWID;

-- serves: filter and facet by annotator
CREATE INDEX answer_by_annotator ON answer (annotator, tuple_id);

ALTER TABLE tuple ADD COLUMN answers INTEGER NOT NULL DEFAULT 0;   -- people whose answer stands
ALTER TABLE tuple ADD COLUMN disagrees INTEGER NOT NULL DEFAULT 0; -- answers differ, and nobody settled between them
ALTER TABLE tuple ADD COLUMN first_method TEXT;                    -- whose sentence ranks first
UPDATE tuple SET first_method = (
    SELECT c.method FROM candidate c JOIN score s ON s.candidate_id = c.id WHERE c.tuple_id = tuple.id AND s.place = 1);

-- serves: what is to settle; what waits for a second opinion; facet by method
CREATE INDEX tuple_disagrees ON tuple (margin) WHERE disagrees = 1;
CREATE INDEX tuple_answered_once ON tuple (margin) WHERE answers = 1;
CREATE INDEX tuple_by_first_method ON tuple (first_method);

-- Decisions made at one stroke, `first` to `last` by one annotator: undone and redone as one.
CREATE TABLE bulk (
    first INTEGER PRIMARY KEY REFERENCES decision (id),
    last  INTEGER NOT NULL REFERENCES decision (id)
) STRICT;

-- The program makes the new caches from the history when it next opens the project, and takes this away.
INSERT INTO meta (key, value) SELECT 'stale', 'answers' WHERE EXISTS (SELECT 1 FROM decision);
