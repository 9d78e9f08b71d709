-- Roles, journeys, and what a project says of the runs in it. A row may name a role, a persona, a project or a mailbox that
-- was closed since: whoever reads it takes that for naming none.

-- builtin is which of the roles it is that each tenant has from the beginning; those are never closed.
CREATE TABLE roles (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    builtin TEXT CHECK (builtin IN ('discovery_explorer', 'functional_qa', 'ux_auditor')),
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    closed_at INTEGER,
    CHECK (builtin IS NULL OR closed_at IS NULL)
) STRICT;

CREATE UNIQUE INDEX roles_name ON roles (tenant_id, name) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX roles_builtin ON roles (tenant_id, builtin) WHERE builtin IS NOT NULL;
CREATE INDEX roles_of_tenant ON roles (tenant_id, id) WHERE closed_at IS NULL;

ALTER TABLE projects ADD COLUMN entry_url TEXT;
ALTER TABLE projects ADD COLUMN role_id TEXT REFERENCES roles (id);
ALTER TABLE projects ADD COLUMN persona_id TEXT REFERENCES personas (id);

CREATE TABLE journeys (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    project_id TEXT REFERENCES projects (id),
    role_id TEXT REFERENCES roles (id),
    persona_id TEXT REFERENCES personas (id),
    name TEXT NOT NULL,
    description TEXT,
    prompt_template TEXT NOT NULL,
    priority INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    closed_at INTEGER
) STRICT;

CREATE INDEX journeys_of_tenant ON journeys (tenant_id, id) WHERE closed_at IS NULL;
CREATE INDEX journeys_of_project ON journeys (project_id, id) WHERE closed_at IS NULL;

CREATE TABLE journey_mailboxes (
    journey_id TEXT NOT NULL REFERENCES journeys (id),
    place INTEGER NOT NULL,
    mailbox_id TEXT NOT NULL REFERENCES mailboxes (id),
    PRIMARY KEY (journey_id, place)
) STRICT;
