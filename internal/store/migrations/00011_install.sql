-- +goose Up
-- What Earshot writes to people.
CREATE TABLE mails (
    id TEXT PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    problem TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    sent_at BIGINT NOT NULL -- 0: not yet
);
CREATE INDEX users_profile ON users (profile);

-- Where connectors are set up, the Voice Connector app was there before it could be installed: with its guest user.
INSERT INTO settings (name, value)
    SELECT 'voice_connector_app', '{"for":"admins","version":"","installed_by":"","installed_at":"2026-11-24T00:00:00Z"}'
    WHERE EXISTS (SELECT 1 FROM connectors) AND NOT EXISTS (SELECT 1 FROM settings WHERE name = 'voice_connector_app');
INSERT INTO users (id, name, email, email_key, profile, manager_id, active, identifiers, created_at, last_modified_at)
    SELECT 'voice-connector-guest', 'Voice Connector Guest User', 'guest@voice-connector.invalid', 'guest@voice-connector.invalid', 'Voice Connector Guest User', '', 1, '{}', 0, 0
    WHERE EXISTS (SELECT 1 FROM connectors) AND NOT EXISTS (SELECT 1 FROM users WHERE profile = 'Voice Connector Guest User' OR email_key = 'guest@voice-connector.invalid');
INSERT INTO user_permission_sets (user_id, name, valid_from, valid_to) SELECT id, 'Voice Connector Permission', 0, 0 FROM users WHERE id = 'voice-connector-guest';
INSERT INTO user_permission_sets (user_id, name, valid_from, valid_to) SELECT id, 'Conversation Insights Integration User', 0, 0 FROM users WHERE id = 'voice-connector-guest';
