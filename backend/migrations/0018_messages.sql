-- Messages that somebody wants sent, each by one app.
CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    -- Whose it is: the API key that asked, or the command line.
    owner TEXT NOT NULL,
    client_id TEXT NOT NULL,
    app TEXT NOT NULL,
    corp_id TEXT,
    channel TEXT NOT NULL,
    -- What it says.
    sealed_body BYTEA NOT NULL,
    -- What the owner calls it, and a proof of what was asked for under that name.
    idempotency_key TEXT,
    proof TEXT NOT NULL,
    -- Recipients who were named and are nobody, and who were named more than once, as JSON.
    unresolved TEXT NOT NULL,
    duplicates TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    recalled_at BIGINT,
    UNIQUE (owner, idempotency_key)
);

CREATE INDEX messages_created_at ON messages (created_at, id);

-- What of a message one call to DingTalk sends.
CREATE TABLE message_parts (
    message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    -- `people`, who are rows below; `departments` and `conversation`, which `target` names; `everybody`.
    audience TEXT NOT NULL,
    target TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    -- When it was tried first.
    tried_since BIGINT,
    -- When it may be sent, or looked after, unless somebody has it.
    due_at BIGINT NOT NULL,
    taken_until BIGINT NOT NULL DEFAULT 0,
    -- What DingTalk calls it, and since when it has it.
    handle TEXT,
    sent_at BIGINT,
    last_error TEXT,
    invalid_departments TEXT NOT NULL DEFAULT '',
    recalled_at BIGINT,
    PRIMARY KEY (message_id, number)
);

CREATE INDEX message_parts_due ON message_parts (due_at) WHERE state IN ('queued', 'sending', 'doubtful', 'sent');

-- Who gets it, and what became of it. Those who are in a department are known once DingTalk tells.
CREATE TABLE message_recipients (
    message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    part BIGINT NOT NULL,
    staff_id TEXT NOT NULL,
    user_id TEXT,
    external_id TEXT,
    outcome TEXT NOT NULL,
    -- DingTalk's code for it, where there is one.
    code BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (message_id, part, staff_id)
);
