-- Organisations whose departments and members are kept, each with the app that asks for them.
CREATE TABLE organisations (
    corp_id TEXT PRIMARY KEY,
    app TEXT NOT NULL,
    name TEXT,
    created_at BIGINT NOT NULL,
    -- When the last run came to its end.
    synced_at BIGINT
);

-- The last run of each organisation, under way or over.
CREATE TABLE organisation_syncs (
    corp_id TEXT PRIMARY KEY REFERENCES organisations (corp_id) ON DELETE CASCADE,
    run BIGINT NOT NULL,
    mode TEXT NOT NULL,
    state TEXT NOT NULL,
    stage TEXT NOT NULL,
    failure TEXT,
    calls BIGINT NOT NULL DEFAULT 0,
    changed BIGINT NOT NULL DEFAULT 0,
    removed BIGINT NOT NULL DEFAULT 0,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    -- Calls that failed one after the other, and since when they do.
    attempts BIGINT NOT NULL DEFAULT 0,
    failing_since BIGINT,
    due_at BIGINT NOT NULL,
    -- Whoever took it has until then to go on.
    holder TEXT,
    taken_until BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE departments (
    corp_id TEXT NOT NULL REFERENCES organisations (corp_id) ON DELETE CASCADE,
    id BIGINT NOT NULL,
    parent_id BIGINT,
    name TEXT NOT NULL,
    -- The last run that found it, that listed what is below it, and that read its members.
    run BIGINT NOT NULL,
    walked_run BIGINT NOT NULL DEFAULT 0,
    read_run BIGINT NOT NULL DEFAULT 0,
    -- Where the next page of its members begins, while they are read.
    page BIGINT,
    PRIMARY KEY (corp_id, id)
);

CREATE INDEX departments_parent_id ON departments (corp_id, parent_id, id);
CREATE INDEX departments_run ON departments (corp_id, run, read_run);

CREATE TABLE members (
    corp_id TEXT NOT NULL REFERENCES organisations (corp_id) ON DELETE CASCADE,
    staff_id TEXT NOT NULL,
    union_id TEXT,
    name TEXT,
    avatar_url TEXT,
    email TEXT,
    state_code TEXT,
    mobile TEXT,
    job_number TEXT,
    hired_at BIGINT,
    -- The last run that asked for them alone.
    run BIGINT NOT NULL DEFAULT 0,
    -- 0 of somebody of whom no more is known than the id.
    changed_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (corp_id, staff_id)
);

CREATE INDEX members_union_id ON members (corp_id, union_id);
CREATE INDEX members_mobile ON members (corp_id, mobile);

CREATE TABLE member_departments (
    corp_id TEXT NOT NULL REFERENCES organisations (corp_id) ON DELETE CASCADE,
    department_id BIGINT NOT NULL,
    staff_id TEXT NOT NULL,
    -- The last run that found them there.
    run BIGINT NOT NULL,
    PRIMARY KEY (corp_id, department_id, staff_id)
);

CREATE INDEX member_departments_staff_id ON member_departments (corp_id, staff_id);

-- Members and departments of which an event told, until DingTalk was asked about them.
CREATE TABLE organisation_changes (
    corp_id TEXT NOT NULL REFERENCES organisations (corp_id) ON DELETE CASCADE,
    -- `member` or `department`, and its id.
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    -- How many events told of it, so that whoever asks after one does not take the next one away.
    events BIGINT NOT NULL DEFAULT 1,
    noted_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (corp_id, kind, id)
);

CREATE INDEX organisation_changes_due_at ON organisation_changes (due_at);

CREATE INDEX users_staff_id ON users (corp_id, staff_id);
