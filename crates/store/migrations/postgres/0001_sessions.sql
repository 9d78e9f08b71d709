-- Tenants, keys, sessions with their steps, files. Times are microseconds since 1970. Text that lists are ordered by
-- has the collation "C", so that the order is the same everywhere. JSON, not JSONB: it is kept to the letter, and pages
-- put U+0000 into it, which JSONB refuses.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE tenants (
    id UUID PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE api_keys (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    hint TEXT NOT NULL,
    digest BYTEA NOT NULL UNIQUE CHECK (length(digest) = 32),
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT,
    revoked_at BIGINT
);

CREATE INDEX api_keys_of_tenant ON api_keys (tenant_id, created_at, id);

-- key_id names no row of api_keys when the key comes from the server's configuration.
CREATE TABLE sessions (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    key_id UUID NOT NULL,
    node TEXT NOT NULL,
    options JSON NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'closed', 'error', 'timed_out')),
    close_reason TEXT,
    error TEXT,
    created_at BIGINT NOT NULL,
    last_accessed_at BIGINT NOT NULL,
    closed_at BIGINT,
    request_bytes BIGINT NOT NULL,
    response_bytes BIGINT NOT NULL,
    CHECK ((status = 'active') = (closed_at IS NULL))
);

CREATE INDEX sessions_of_tenant ON sessions (tenant_id, created_at DESC, id DESC);
CREATE INDEX sessions_active ON sessions (tenant_id) WHERE status = 'active';

-- A row without result is a step that is under way, or whose outcome nobody knows.
CREATE TABLE steps (
    session_id UUID NOT NULL REFERENCES sessions (id),
    sequence BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    intent JSON,
    result JSON,
    picture TEXT,
    PRIMARY KEY (session_id, sequence),
    CHECK (intent IS NOT NULL OR result IS NOT NULL)
);

-- area is 'uploads' or 'downloads/' and a session; replaced_blob is what the last write put out of use.
CREATE TABLE files (
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    area TEXT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    blob TEXT NOT NULL,
    replaced_blob TEXT,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, area, name)
);
