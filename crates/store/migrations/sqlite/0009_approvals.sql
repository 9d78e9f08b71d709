-- What tenants want to be asked about first. No row stands for nothing.
CREATE TABLE approval_policies (
    tenant_id TEXT PRIMARY KEY NOT NULL REFERENCES tenants (id),
    purchases INTEGER NOT NULL,
    posts_elsewhere INTEGER NOT NULL,
    uploads INTEGER NOT NULL
) STRICT;

-- One that is pending has expired all the same once its time is up, or its session or its run has ended. decided_by names no row of
-- api_keys when the key comes from the server's configuration.
CREATE TABLE approvals (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    session_id TEXT NOT NULL REFERENCES sessions (id),
    run_id TEXT REFERENCES runs (id),
    kind TEXT NOT NULL CHECK (kind IN ('purchase', 'post_elsewhere', 'upload')),
    subject TEXT NOT NULL,
    site TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied', 'expired')),
    created_at INTEGER NOT NULL,
    decided_at INTEGER,
    decided_by TEXT,
    CHECK ((decided_at IS NOT NULL) = (state IN ('approved', 'denied')) AND (decided_at IS NULL) = (decided_by IS NULL))
) STRICT;

CREATE INDEX approvals_of_tenant ON approvals (tenant_id, id);
CREATE INDEX approvals_of_session ON approvals (session_id, kind, site);
CREATE UNIQUE INDEX approvals_pending ON approvals (session_id, kind, site, subject) WHERE state = 'pending';

-- Keys that may do everything may go on doing so.
UPDATE api_keys SET scopes = 'sessions,personas,metrics,vault:reveal,approve'
WHERE scopes = 'sessions,personas,metrics,vault:reveal';
