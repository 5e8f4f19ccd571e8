-- Third-party apps. Each is an app as well, whose client id is the key of the suite.
CREATE TABLE suites (
    client_id TEXT PRIMARY KEY,
    -- What DingTalk pushed last, and by its clock when.
    sealed_ticket BYTEA,
    ticket_pushed_at BIGINT,
    -- The number of the newest event. Whoever adds one holds this row, so numbers come in their order.
    last_event BIGINT NOT NULL DEFAULT 0
);

-- The organisations that have installed one. What has left is a row without data, so that nothing older brings it back.
CREATE TABLE suite_customers (
    client_id TEXT NOT NULL,
    corp_id TEXT NOT NULL,
    name TEXT,
    -- The app's id in the organisation.
    agent_id BIGINT,
    -- authorized, disabled, leaving (what is kept of it is still to be deleted), gone.
    state TEXT NOT NULL,
    authorized_at BIGINT NOT NULL,
    -- By DingTalk's clock, when it said so.
    pushed_at BIGINT NOT NULL,
    PRIMARY KEY (client_id, corp_id)
);

CREATE INDEX suite_customers_corp_id ON suite_customers (corp_id);

-- What DingTalk has told of customers: the newest of each record.
CREATE TABLE suite_events (
    -- Made of what makes the record one: subscription, organisation, biz id, biz type.
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    number BIGINT NOT NULL,
    corp_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    biz_type BIGINT,
    biz_id TEXT NOT NULL,
    sealed_data BYTEA NOT NULL,
    -- Of the data, to tell a repetition from news.
    digest TEXT NOT NULL,
    pushed_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    UNIQUE (client_id, number)
);

CREATE INDEX suite_events_received_at ON suite_events (client_id, received_at);

-- The customer for whom a login by a third-party app is.
ALTER TABLE logins ADD COLUMN corp_id TEXT;
