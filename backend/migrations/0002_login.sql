-- What a login needs of an app, and where the app comes from.
ALTER TABLE apps ADD COLUMN title TEXT;
ALTER TABLE apps ADD COLUMN corp_id TEXT;
ALTER TABLE apps ADD COLUMN agent_id BIGINT;
-- 0: not of a file of the configuration; 1: it is; 2: it was, and nobody signs in with it any more.
ALTER TABLE apps ADD COLUMN from_file BIGINT NOT NULL DEFAULT 0;
ALTER TABLE apps ADD COLUMN login_options TEXT NOT NULL DEFAULT '{}';

CREATE INDEX apps_corp_id ON apps (corp_id);

-- One attempt to sign in; its flow says how it stands. Secrets only as digests.
CREATE TABLE logins (
    flow_id TEXT PRIMARY KEY REFERENCES flows (id) ON DELETE CASCADE,
    method TEXT NOT NULL,
    client_id TEXT NOT NULL,
    -- The origin of the page that asks, and whether that is ours.
    site TEXT NOT NULL,
    own_site BIGINT NOT NULL,
    -- Who asks, as a person would recognise it.
    browser TEXT NOT NULL,
    address TEXT NOT NULL,
    return_to TEXT,
    created_at BIGINT NOT NULL,
    -- What the QR says; what the page shows and the phone picks; the order in which the phone shows it.
    scan_code TEXT UNIQUE,
    number BIGINT NOT NULL,
    numbers TEXT NOT NULL,
    -- The browser that began it, the one that may come back from DingTalk, and what it brings.
    browser_digest TEXT,
    agent_digest TEXT,
    state_digest TEXT UNIQUE,
    proof_digest TEXT,
    -- Who it is; confirmed once the flow says so.
    user_id TEXT,
    -- When the ticket was given in. It is good from the last change of the flow on, which confirms the login.
    redeemed_at BIGINT
);

-- People who have signed in. A person is one in each organisation.
CREATE TABLE users (
    id TEXT PRIMARY KEY,
    -- Empty where DingTalk did not tell the organisation.
    corp_id TEXT NOT NULL,
    union_id TEXT NOT NULL,
    open_id TEXT,
    staff_id TEXT,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    -- Whether the address is made up of the union id.
    email_made_up BIGINT NOT NULL,
    mobile TEXT,
    state_code TEXT,
    job_number TEXT,
    hired_at BIGINT,
    avatar_url TEXT,
    admin BIGINT NOT NULL,
    -- The embedder's: his own id of the person, and whatever he wants to keep with them.
    external_id TEXT UNIQUE,
    extension TEXT NOT NULL DEFAULT '{}',
    client_id TEXT NOT NULL,
    sealed_refresh_token BYTEA,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    signed_in_at BIGINT NOT NULL,
    UNIQUE (corp_id, union_id)
);

-- Who may come in for the first time where only invited people may.
CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    email TEXT UNIQUE,
    union_id TEXT UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    method TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_user_id ON sessions (user_id);

-- What signs the session tokens. The newest signs; an older one is believed until its last token has ended.
CREATE TABLE session_keys (
    id TEXT PRIMARY KEY,
    sealed_key BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);
