-- Tasks with a browser of their own. While they wait or are worked on, node is the server that does. What a row names may be gone
-- since, but for its session and its run.
CREATE TABLE assignments (
    id UUID PRIMARY KEY NOT NULL,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    key_id UUID NOT NULL,
    node TEXT NOT NULL,
    name TEXT NOT NULL,
    prompt TEXT NOT NULL,
    project_id UUID NOT NULL REFERENCES projects (id),
    journey_id UUID REFERENCES journeys (id),
    persona_id UUID NOT NULL REFERENCES personas (id),
    role_id UUID NOT NULL REFERENCES roles (id),
    options JSON NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'completed', 'failed')),
    session_id UUID REFERENCES sessions (id),
    run_id UUID REFERENCES runs (id),
    result TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT,
    summary JSON,
    verdict JSON,
    CHECK ((ended_at IS NULL) = (state IN ('pending', 'running')) AND (ended_at IS NULL) = (result IS NULL))
);

CREATE INDEX assignments_of_tenant ON assignments (tenant_id, id);
CREATE INDEX assignments_of_project ON assignments (project_id, id);
CREATE INDEX assignments_of_journey ON assignments (journey_id, id) WHERE journey_id IS NOT NULL;
CREATE INDEX assignments_open ON assignments (node, state) WHERE ended_at IS NULL;
