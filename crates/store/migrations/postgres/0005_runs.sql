-- What models work on. While ended_at is empty, node is the server that works on it.
CREATE TABLE runs (
    id UUID PRIMARY KEY NOT NULL,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    key_id UUID NOT NULL,
    session_id UUID NOT NULL REFERENCES sessions (id),
    node TEXT NOT NULL,
    task TEXT NOT NULL,
    options JSON NOT NULL,
    model TEXT NOT NULL,
    note TEXT,
    model_usage JSON NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at BIGINT,
    success BOOLEAN,
    answer TEXT,
    CHECK ((ended_at IS NULL) = (success IS NULL) AND (ended_at IS NULL) = (answer IS NULL))
);

CREATE INDEX runs_of_tenant ON runs (tenant_id, created_at DESC, id DESC);
CREATE INDEX runs_active ON runs (node) WHERE ended_at IS NULL;

-- The run that did a step; none for a caller's own.
ALTER TABLE steps ADD COLUMN run_id UUID REFERENCES runs (id);
CREATE INDEX steps_of_run ON steps (run_id, sequence) WHERE run_id IS NOT NULL;
