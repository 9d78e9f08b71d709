-- Tenants, keys, sessions with their steps, files. Identifiers are UUIDs as text, times microseconds since 1970.

CREATE TABLE meta (
    key TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE tenants (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    hint TEXT NOT NULL,
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    last_used_at INTEGER,
    revoked_at INTEGER
) STRICT;

CREATE INDEX api_keys_of_tenant ON api_keys (tenant_id, created_at, id);

-- key_id names no row of api_keys when the key comes from the server's configuration.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    key_id TEXT NOT NULL,
    node TEXT NOT NULL,
    options TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'closed', 'error', 'timed_out')),
    close_reason TEXT,
    error TEXT,
    created_at INTEGER NOT NULL,
    last_accessed_at INTEGER NOT NULL,
    closed_at INTEGER,
    request_bytes INTEGER NOT NULL,
    response_bytes INTEGER NOT NULL,
    CHECK ((status = 'active') = (closed_at IS NULL))
) STRICT;

CREATE INDEX sessions_of_tenant ON sessions (tenant_id, created_at DESC, id DESC);
CREATE INDEX sessions_active ON sessions (tenant_id) WHERE status = 'active';

-- A row without result is a step that is under way, or whose outcome nobody knows.
CREATE TABLE steps (
    session_id TEXT NOT NULL REFERENCES sessions (id),
    sequence INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    intent TEXT,
    result TEXT,
    picture TEXT,
    PRIMARY KEY (session_id, sequence),
    CHECK (intent IS NOT NULL OR result IS NOT NULL)
) STRICT;

-- area is 'uploads' or 'downloads/' and a session; replaced_blob is what the last write put out of use.
CREATE TABLE files (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    area TEXT NOT NULL,
    name TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    blob TEXT NOT NULL,
    replaced_blob TEXT,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, area, name)
) STRICT;
