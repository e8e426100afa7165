-- +goose Up
-- Who did what. Nothing in the product changes or removes a row.
CREATE TABLE audit_log (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_id TEXT NOT NULL, -- empty for the command line, the system and people who are not signed in
    actor TEXT NOT NULL,
    token TEXT NOT NULL, -- name of the API token that was used
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    changes TEXT NOT NULL, -- JSON; no secret
    address TEXT NOT NULL,
    words TEXT NOT NULL -- what is searched, in lower case
);
CREATE INDEX audit_log_actor ON audit_log (actor_id, id);
CREATE INDEX audit_log_action ON audit_log (action, id);
CREATE INDEX audit_log_subject ON audit_log (subject_id, id);

ALTER TABLE sessions ADD COLUMN id TEXT NOT NULL DEFAULT ''; -- names the session to people; the hash of its token stays inside
ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN browser TEXT NOT NULL DEFAULT '';
UPDATE sessions SET id = substr(hash, 1, 32);

CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    prefix TEXT NOT NULL, -- first letters of the token, by which people know it
    hash TEXT NOT NULL UNIQUE,
    read_only BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL, -- 0: never
    last_used_at BIGINT NOT NULL,
    last_address TEXT NOT NULL
);
CREATE INDEX api_tokens_user ON api_tokens (user_id);

-- Links with which a user sets a password once.
CREATE TABLE password_links (
    hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);

-- People who have been sent to the company's OpenID provider.
CREATE TABLE sso_logins (
    state_hash TEXT PRIMARY KEY,
    secrets BYTEA NOT NULL, -- verifier and nonce, sealed, with state_hash as associated data
    next_path TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
