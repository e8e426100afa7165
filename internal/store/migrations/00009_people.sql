-- +goose Up
CREATE INDEX users_manager ON users (manager_id);
