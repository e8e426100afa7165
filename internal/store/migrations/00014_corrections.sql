-- +goose Up
-- What people corrected in a transcript, and what the engine wrote: the columns and rows of calls and lines are the one on top of the other.
ALTER TABLE lines ADD COLUMN corrected BIGINT NOT NULL DEFAULT 0;
CREATE TABLE corrections (
    call_id TEXT PRIMARY KEY REFERENCES calls (id) ON DELETE CASCADE,
    corrections TEXT NOT NULL,
    written TEXT NOT NULL, -- by the engine: lines and voice activity
    updated_at BIGINT NOT NULL
);

-- Calls that are analysed again, by the filter of one who asked for it.
CREATE TABLE reanalyses (
    id TEXT PRIMARY KEY,
    stage TEXT NOT NULL,
    filter TEXT NOT NULL,
    page_cursor TEXT NOT NULL,
    total BIGINT NOT NULL, -- calls when it was asked for
    asked BIGINT NOT NULL, -- calls so far
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    done_at BIGINT NOT NULL,
    stopped BIGINT NOT NULL
);
ALTER TABLE calls ADD COLUMN reanalysis_id TEXT NOT NULL DEFAULT '';
CREATE INDEX calls_reanalysis ON calls (reanalysis_id, state);
