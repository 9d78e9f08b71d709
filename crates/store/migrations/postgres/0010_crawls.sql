-- Sites that are read page by page. While ended_at is empty, node is the server that works on it.
CREATE TABLE crawls (
    id UUID PRIMARY KEY NOT NULL,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    key_id UUID NOT NULL,
    node TEXT NOT NULL,
    url TEXT NOT NULL,
    options JSON NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    state TEXT CHECK (state IN ('completed', 'stopped', 'failed')),
    reason TEXT,
    CHECK ((ended_at IS NULL) = (state IS NULL) AND (ended_at IS NULL) = (reason IS NULL))
);

CREATE INDEX crawls_of_tenant ON crawls (tenant_id, created_at DESC, id DESC);
CREATE INDEX crawls_ended ON crawls (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX crawls_active ON crawls (node) WHERE ended_at IS NULL;

-- Every address that a crawl found. What it is done with has a number, from 1 in the order in which it was done.
CREATE TABLE crawl_pages (
    crawl_id UUID NOT NULL REFERENCES crawls (id),
    url TEXT NOT NULL,
    place BIGINT NOT NULL,
    depth BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'read', 'failed', 'skipped')),
    number BIGINT,
    title TEXT,
    status BIGINT,
    read_by TEXT,
    reason TEXT,
    blob TEXT,
    size BIGINT,
    finished_at BIGINT,
    PRIMARY KEY (crawl_id, url),
    CHECK ((state = 'waiting') = (number IS NULL) AND (number IS NULL) = (finished_at IS NULL)),
    CHECK ((state = 'read') = (blob IS NOT NULL))
);

CREATE UNIQUE INDEX crawl_pages_done ON crawl_pages (crawl_id, number) WHERE number IS NOT NULL;
CREATE INDEX crawl_pages_in_state ON crawl_pages (crawl_id, state, depth, place);
