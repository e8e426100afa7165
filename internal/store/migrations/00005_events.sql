-- +goose Up
-- An event that comes again, as providers send what was not answered in time and as an attacker may, is known by its digest.
ALTER TABLE events ADD COLUMN digest TEXT NOT NULL DEFAULT ''; -- SHA-256 of the body, hexadecimal; empty for those from before
CREATE UNIQUE INDEX events_digest ON events (connector_id, digest) WHERE digest <> '';
CREATE INDEX events_received ON events (received_at);
