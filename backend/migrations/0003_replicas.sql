-- What several processes need to work on the same flows.

-- Counts the changes: who makes one says which version he has seen.
ALTER TABLE flows ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
-- Whether the status will not change any more.
ALTER TABLE flows ADD COLUMN ended BIGINT NOT NULL DEFAULT 0;
-- Whether the far side is silent. Kept only where other processes have to know.
ALTER TABLE flows ADD COLUMN silent BIGINT NOT NULL DEFAULT 0;
-- When it counts as given up unless its page comes back. Kept only where other processes have to know.
ALTER TABLE flows ADD COLUMN leave_at BIGINT;
-- The process that gives it its turns.
ALTER TABLE flows ADD COLUMN replica TEXT;

UPDATE flows SET ended = 1 WHERE status NOT LIKE '{"status":"pending"%' AND status NOT LIKE '{"status":"scanned"%'
    AND status NOT LIKE '{"status":"creating"%' AND status NOT LIKE '{"status":"approval_pending"%';

-- An idempotency key is free again once its flow has ended.
CREATE UNIQUE INDEX flows_idempotency ON flows (idempotency) WHERE ended = 0;
CREATE INDEX flows_live ON flows (kind, peer) WHERE ended = 0;
CREATE INDEX flows_unsettled ON flows (replica) WHERE sealed_handle IS NOT NULL;

-- The processes that work on this database. The flows of one that is not alive any more are free.
CREATE TABLE replicas (
    id TEXT PRIMARY KEY,
    alive_until BIGINT NOT NULL
);
