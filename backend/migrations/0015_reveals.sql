-- The right of the browser that began a registration to see the secret of its app, once.
CREATE TABLE reveals (
    flow_id TEXT PRIMARY KEY REFERENCES flows (id) ON DELETE CASCADE,
    browser_digest TEXT NOT NULL,
    -- When it was used, or given up.
    ended_at BIGINT
);
