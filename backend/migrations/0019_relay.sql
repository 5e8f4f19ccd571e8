-- The relay between a cloud and the locals that sit in closed networks.

-- At the cloud: its locals.
CREATE TABLE relays (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- What both ends sign with.
    sealed_key BYTEA NOT NULL,
    -- The origins of the local's pages, with spaces between them.
    origins TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- The number of the newest event, and of the newest that the local has applied.
    last_event BIGINT NOT NULL DEFAULT 0,
    acknowledged BIGINT NOT NULL DEFAULT 0,
    seen_at BIGINT
);

-- At the cloud: nonces that have been used, until their timestamps are too old to be believed.
CREATE TABLE relay_nonces (
    relay_id TEXT NOT NULL REFERENCES relays (id) ON DELETE CASCADE,
    nonce TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (relay_id, nonce)
);

CREATE INDEX relay_nonces_seen_at ON relay_nonces (seen_at);

-- At the cloud: whom a local keeps, so that it is told what becomes of them.
CREATE TABLE relay_people (
    relay_id TEXT NOT NULL REFERENCES relays (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (relay_id, user_id)
);

CREATE INDEX relay_people_user_id ON relay_people (user_id);

-- At the cloud: what a local has not applied yet.
CREATE TABLE relay_events (
    relay_id TEXT NOT NULL REFERENCES relays (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    -- A person, or what the local calls a message.
    subject TEXT NOT NULL,
    PRIMARY KEY (relay_id, number)
);

-- At the local: the number of the newest event that has been applied.
CREATE TABLE relay_cursors (
    relay_id TEXT PRIMARY KEY,
    number BIGINT NOT NULL
);

-- At the local: messages on their way, and what became of them.
CREATE TABLE relay_messages (
    id TEXT PRIMARY KEY,
    -- The API key that asked, what it calls the message, and a proof of what was asked for under that name.
    owner TEXT NOT NULL,
    idempotency_key TEXT,
    proof TEXT NOT NULL,
    -- The message for the cloud, as JSON.
    sealed_body BYTEA NOT NULL,
    -- Recipients who were named and are nobody, as JSON.
    unresolved TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    -- Why the last attempt failed, or why the cloud refused it, in a word.
    last_error TEXT,
    -- What the cloud told of it, as JSON.
    outcome TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (owner, idempotency_key)
);

CREATE INDEX relay_messages_created_at ON relay_messages (created_at);

CREATE INDEX relay_messages_due_at ON relay_messages (due_at) WHERE state = 'queued';
