-- What the outbox needs of a delivery to make it at least once, in one place at a time, and for a bounded while.

-- The id of the message, the same in every attempt.
ALTER TABLE deliveries ADD COLUMN id TEXT NOT NULL DEFAULT '';
-- What the message tells, and since when.
ALTER TABLE deliveries ADD COLUMN event TEXT NOT NULL DEFAULT 'app.registered';
ALTER TABLE deliveries ADD COLUMN queued_at BIGINT NOT NULL DEFAULT 0;
-- Since when it is tried; its age counts from here.
ALTER TABLE deliveries ADD COLUMN tried_since BIGINT NOT NULL DEFAULT 0;
-- Whoever took it has until then to make it.
ALTER TABLE deliveries ADD COLUMN taken_until BIGINT NOT NULL DEFAULT 0;
-- Why the last attempt failed, in a word.
ALTER TABLE deliveries ADD COLUMN last_error TEXT;

UPDATE deliveries SET id = 'msg_' || sink || '_' || client_id, queued_at = due_at, tried_since = due_at;

CREATE UNIQUE INDEX deliveries_id ON deliveries (id);
CREATE INDEX deliveries_pending ON deliveries (due_at) WHERE state = 'pending';
