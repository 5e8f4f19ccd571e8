-- Times are milliseconds since the Unix epoch. Columns called sealed_… hold ciphertext.

-- Values sealed under the master key: another key cannot open them, so the program refuses to start with one.
CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    sealed_value BYTEA NOT NULL
);

CREATE TABLE flows (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    -- Who began it, and from where; for limits.
    owner TEXT NOT NULL,
    peer TEXT NOT NULL,
    -- Digest of the owner and the key that he chose.
    idempotency TEXT,
    -- What the flow's kind needs beside the handle, as JSON without secrets.
    subject TEXT NOT NULL,
    -- The device code. Wiped when DingTalk has nothing more to say.
    sealed_handle BYTEA,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    shown_until BIGINT NOT NULL,
    handle_until BIGINT NOT NULL,
    interval_ms BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE apps (
    client_id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    sealed_secret BYTEA NOT NULL,
    hint TEXT NOT NULL,
    -- The registration that made it; none for an app entered by hand.
    flow_id TEXT UNIQUE,
    claimed BIGINT NOT NULL,
    verified BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- The outbox: what still has to go to a sink, and what went.
CREATE TABLE deliveries (
    client_id TEXT NOT NULL REFERENCES apps (client_id),
    sink TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, sink)
);

CREATE TABLE operator_sessions (
    digest TEXT PRIMARY KEY,
    expires_at BIGINT NOT NULL
);

CREATE TABLE api_keys (
    name TEXT PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);
