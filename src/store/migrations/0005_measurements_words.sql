-- What a score is made from, apart from it: a score is a tenth of its size, so that millions can be ranked, listed and
-- written anew under other weights without carrying their measurements along.
CREATE TABLE measurement (
    candidate_id INTEGER PRIMARY KEY REFERENCES candidate (id),
    raw          TEXT NOT NULL,            -- JSON: the measurements the scores are made from
    evidence     TEXT NOT NULL             -- JSON: what is shown to people
) STRICT;
INSERT INTO measurement (candidate_id, raw, evidence) SELECT candidate_id, raw, evidence FROM score;
ALTER TABLE score DROP COLUMN raw;
ALTER TABLE score DROP COLUMN evidence;

-- The index of words is kept by the program, once a tuple and transaction: a trigger on each sentence made a tuple's
-- document anew for each of its fifteen.
DROP TRIGGER candidate_is_searched;
DROP TRIGGER candidate_is_searched_anew;
