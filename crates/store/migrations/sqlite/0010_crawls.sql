-- Sites that are read page by page. While ended_at is empty, node is the server that works on it.
CREATE TABLE crawls (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    key_id TEXT NOT NULL,
    node TEXT NOT NULL,
    url TEXT NOT NULL,
    options TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    state TEXT CHECK (state IN ('completed', 'stopped', 'failed')),
    reason TEXT,
    CHECK ((ended_at IS NULL) = (state IS NULL) AND (ended_at IS NULL) = (reason IS NULL))
) STRICT;

CREATE INDEX crawls_of_tenant ON crawls (tenant_id, created_at DESC, id DESC);
CREATE INDEX crawls_ended ON crawls (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX crawls_active ON crawls (node) WHERE ended_at IS NULL;

-- Every address that a crawl found. What it is done with has a number, from 1 in the order in which it was done.
CREATE TABLE crawl_pages (
    crawl_id TEXT NOT NULL REFERENCES crawls (id),
    url TEXT NOT NULL,
    place INTEGER NOT NULL,
    depth INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'read', 'failed', 'skipped')),
    number INTEGER,
    title TEXT,
    status INTEGER,
    read_by TEXT,
    reason TEXT,
    blob TEXT,
    size INTEGER,
    finished_at INTEGER,
    PRIMARY KEY (crawl_id, url),
    CHECK ((state = 'waiting') = (number IS NULL) AND (number IS NULL) = (finished_at IS NULL)),
    CHECK ((state = 'read') = (blob IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX crawl_pages_done ON crawl_pages (crawl_id, number) WHERE number IS NOT NULL;
CREATE INDEX crawl_pages_in_state ON crawl_pages (crawl_id, state, depth, place);
