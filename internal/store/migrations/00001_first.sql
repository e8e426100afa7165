-- +goose Up
-- One text for SQLite and PostgreSQL. Times are BIGINT milliseconds since 1970 (0: none), truth values BIGINT 0 or 1.
CREATE TABLE connectors (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL UNIQUE,
    enabled BIGINT NOT NULL,
    provider_enabled BIGINT NOT NULL,
    enabled_at BIGINT NOT NULL,
    first_day_until BIGINT NOT NULL,
    integration_user_id TEXT NOT NULL,
    site_secret TEXT NOT NULL UNIQUE,
    site_active BIGINT NOT NULL,
    settings TEXT NOT NULL,
    credential BYTEA NOT NULL, -- sealed, with the id as associated data
    auth_status TEXT NOT NULL,
    auth_scope TEXT NOT NULL,
    auth_problem TEXT NOT NULL,
    auth_checked_at BIGINT NOT NULL,
    subscription_id TEXT NOT NULL,
    sync_cursor BIGINT NOT NULL,
    last_event_at BIGINT NOT NULL,
    last_sync_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE events (
    id TEXT PRIMARY KEY,
    connector_id TEXT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
    received_at BIGINT NOT NULL,
    processed_at BIGINT NOT NULL DEFAULT 0,
    headers TEXT NOT NULL,
    body BYTEA NOT NULL
);

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE, -- lower case
    profile TEXT NOT NULL,
    manager_id TEXT NOT NULL,
    active BIGINT NOT NULL,
    identifiers TEXT NOT NULL,
    password_hash TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    last_modified_at BIGINT NOT NULL
);

CREATE TABLE user_phones (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    number TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT NOT NULL
);
CREATE INDEX user_phones_user ON user_phones (user_id);

CREATE TABLE user_permission_sets (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_to BIGINT NOT NULL
);
CREATE INDEX user_permission_sets_user ON user_permission_sets (user_id);

CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE excluded_numbers (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    note TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL
);

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE vc_calls (
    id TEXT PRIMARY KEY,
    connector_id TEXT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    provider_call_id TEXT NOT NULL,
    via TEXT NOT NULL,
    state TEXT NOT NULL,
    stage TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    user_id TEXT NOT NULL,
    call_id TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    observed_at BIGINT NOT NULL,
    progress BIGINT NOT NULL, -- how far the call had come in snapshot
    from_number TEXT NOT NULL,
    to_number TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    UNIQUE (connector_id, provider_call_id)
);
CREATE INDEX vc_calls_state ON vc_calls (state, id);
CREATE INDEX vc_calls_reason ON vc_calls (reason, id);
CREATE INDEX vc_calls_user ON vc_calls (user_id, id);
CREATE INDEX vc_calls_provider ON vc_calls (provider, id);

CREATE TABLE vc_logs (
    id TEXT PRIMARY KEY,
    vc_call_id TEXT NOT NULL REFERENCES vc_calls (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    level TEXT NOT NULL,
    stage TEXT NOT NULL,
    reason TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX vc_logs_call ON vc_logs (vc_call_id, id);

CREATE TABLE calls (
    id TEXT PRIMARY KEY,
    vc_call_id TEXT NOT NULL UNIQUE REFERENCES vc_calls (id) ON DELETE CASCADE,
    connector_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    user_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    direction TEXT NOT NULL,
    from_number TEXT NOT NULL,
    to_number TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    contact_name TEXT NOT NULL,
    voicemail BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    recording_key TEXT NOT NULL,
    recording_sha256 TEXT NOT NULL,
    recording_size BIGINT NOT NULL,
    recording_type TEXT NOT NULL,
    duration DOUBLE PRECISION NOT NULL,
    transcript TEXT NOT NULL, -- all but lines and voice activity; empty until transcribed
    speech TEXT NOT NULL DEFAULT '',
    insights TEXT NOT NULL,   -- empty until analyzed
    questions BIGINT NOT NULL,
    next_steps BIGINT NOT NULL,
    mentions BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX calls_started ON calls (started_at, id);
CREATE INDEX calls_user ON calls (user_id, started_at, id);
CREATE INDEX calls_state ON calls (state, started_at, id);

CREATE TABLE lines (
    call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
    line_id BIGINT NOT NULL,
    speaker TEXT NOT NULL,
    channel BIGINT NOT NULL,
    start_s DOUBLE PRECISION NOT NULL,
    end_s DOUBLE PRECISION NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (call_id, line_id)
);

CREATE TABLE changes (
    id TEXT PRIMARY KEY,
    topic TEXT NOT NULL,
    ref TEXT NOT NULL
);

CREATE TABLE nodes (
    id TEXT PRIMARY KEY,
    heartbeat BIGINT NOT NULL
);
