-- +goose Up
-- What a company looks for in its calls: products, competitors and custom mentions.
CREATE TABLE insight_types (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL, -- the name in small letters
    aliases TEXT NOT NULL, -- JSON
    language TEXT NOT NULL, -- BCP 47; empty: any
    said_by TEXT NOT NULL, -- speaker; empty: either
    first_seconds BIGINT NOT NULL, -- 0: the whole call
    active BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (kind, name_key, language)
);
