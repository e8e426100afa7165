-- +goose Up
-- What a language model wrote about calls, beside what the rules found.
CREATE TABLE model_works (
    call_id TEXT PRIMARY KEY REFERENCES calls (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    work TEXT NOT NULL, -- with the items that passed the checks, and what was dropped
    fingerprint TEXT NOT NULL, -- of the lines and everything that was asked
    lines_print TEXT NOT NULL, -- of the lines alone
    updated_at BIGINT NOT NULL
);

-- Each state of a written summary, by the model (by_name empty) or by a person.
CREATE TABLE summary_versions (
    id TEXT PRIMARY KEY,
    call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    by_name TEXT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX summary_versions_call ON summary_versions (call_id, id);

-- Tokens of each day, those that are reserved for requests under way among them.
CREATE TABLE model_days (
    day TEXT PRIMARY KEY,
    tokens BIGINT NOT NULL
);
