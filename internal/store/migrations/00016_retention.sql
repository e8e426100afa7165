-- +goose Up
CREATE INDEX vc_calls_created ON vc_calls (created_at);
