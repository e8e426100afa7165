-- +goose Up
-- What is known of a provider's limits, for all processes: one row a credential and group of limits.
CREATE TABLE paces (
    account TEXT NOT NULL,
    limit_group TEXT NOT NULL,
    requests BIGINT NOT NULL,
    per_ms BIGINT NOT NULL,
    sent TEXT NOT NULL, -- JSON: when requests of the last span went or will go
    until_at BIGINT NOT NULL,
    PRIMARY KEY (account, limit_group)
);

CREATE TABLE tokens (
    account TEXT PRIMARY KEY,
    token BYTEA NOT NULL, -- sealed, with the account as associated data; empty until there is one
    lease_holder TEXT NOT NULL,
    lease_until BIGINT NOT NULL
);

CREATE TABLE logins (
    state_hash TEXT PRIMARY KEY,
    connector_id TEXT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    verifier BYTEA NOT NULL, -- sealed, with state_hash as associated data
    expires_at BIGINT NOT NULL
);

CREATE TABLE scheduled_jobs (
    id TEXT PRIMARY KEY,
    connector_id TEXT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    to_at BIGINT NOT NULL,
    page_cursor TEXT NOT NULL,
    listed BIGINT NOT NULL,
    found BIGINT NOT NULL,
    reached_at BIGINT NOT NULL,
    next_run_at BIGINT NOT NULL, -- 0: not again
    last_run_at BIGINT NOT NULL,
    last_result TEXT NOT NULL,
    failures BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    done_at BIGINT NOT NULL
);
CREATE INDEX scheduled_jobs_connector ON scheduled_jobs (connector_id, id);
CREATE INDEX scheduled_jobs_next ON scheduled_jobs (next_run_at);
CREATE INDEX vc_calls_connector_reason ON vc_calls (connector_id, reason);

-- Connectors that are on keep their hourly batch and the watch over their subscription, now as jobs that can be seen and deleted.
INSERT INTO scheduled_jobs (id, connector_id, kind, from_at, to_at, page_cursor, listed, found, reached_at, next_run_at, last_run_at, last_result, failures, created_by, created_at, done_at)
    SELECT id || '-hourly', id, 'hourly', 0, 0, '', 0, 0, 0, 1, 0, '', 0, '', updated_at, 0 FROM connectors WHERE enabled = 1 AND provider_enabled = 1;
INSERT INTO scheduled_jobs (id, connector_id, kind, from_at, to_at, page_cursor, listed, found, reached_at, next_run_at, last_run_at, last_result, failures, created_by, created_at, done_at)
    SELECT id || '-watch', id, 'watch', 0, 0, '', 0, 0, 0, 1, 0, '', 0, '', updated_at, 0 FROM connectors WHERE enabled = 1 AND provider_enabled = 1;

-- What asks a provider has a queue for each provider from now on; jobs of the queues that are no more are worked among the others.
UPDATE river_job SET queue = 'calls' WHERE queue = 'fetch';
UPDATE river_job SET state = 'cancelled', finalized_at = CURRENT_TIMESTAMP WHERE kind = 'sync' AND state IN ('available', 'scheduled', 'retryable', 'pending');
