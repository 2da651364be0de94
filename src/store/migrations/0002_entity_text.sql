-- What users know of an entity beyond its tuples, for prompts: an encyclopedia's first sentences, say.
CREATE TABLE entity_text (
    entity TEXT PRIMARY KEY, -- in normal form, as in `tuple`
    text   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
