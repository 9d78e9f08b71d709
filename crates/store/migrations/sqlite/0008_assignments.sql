-- Tasks with a browser of their own. While they wait or are worked on, node is the server that does. What a row names may be gone
-- since, but for its session and its run.
CREATE TABLE assignments (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    key_id TEXT NOT NULL,
    node TEXT NOT NULL,
    name TEXT NOT NULL,
    prompt TEXT NOT NULL,
    project_id TEXT NOT NULL REFERENCES projects (id),
    journey_id TEXT REFERENCES journeys (id),
    persona_id TEXT NOT NULL REFERENCES personas (id),
    role_id TEXT NOT NULL REFERENCES roles (id),
    options TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'completed', 'failed')),
    session_id TEXT REFERENCES sessions (id),
    run_id TEXT REFERENCES runs (id),
    result TEXT,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    summary TEXT,
    verdict TEXT,
    CHECK ((ended_at IS NULL) = (state IN ('pending', 'running')) AND (ended_at IS NULL) = (result IS NULL))
) STRICT;

CREATE INDEX assignments_of_tenant ON assignments (tenant_id, id);
CREATE INDEX assignments_of_project ON assignments (project_id, id);
CREATE INDEX assignments_of_journey ON assignments (journey_id, id) WHERE journey_id IS NOT NULL;
CREATE INDEX assignments_open ON assignments (node, state) WHERE ended_at IS NULL;
