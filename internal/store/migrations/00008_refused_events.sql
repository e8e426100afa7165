-- +goose Up
-- What a site refused, so that people can see why a call has no event. What was sent is not kept: nobody knows who sent it.
CREATE TABLE refused_events (
    id TEXT PRIMARY KEY,
    connector_id TEXT NOT NULL REFERENCES connectors (id) ON DELETE CASCADE,
    at BIGINT NOT NULL,
    status BIGINT NOT NULL, -- of the answer
    why TEXT NOT NULL
);
CREATE INDEX refused_events_connector ON refused_events (connector_id, id);
