-- +goose Up
-- How sure the engine is of a line, 0 to 1; 0 where it is not known.
ALTER TABLE lines ADD COLUMN confidence DOUBLE PRECISION NOT NULL DEFAULT 0;
