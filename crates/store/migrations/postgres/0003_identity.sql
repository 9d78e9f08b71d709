-- Projects, personas, vaults, mailboxes, phone numbers and what arrives. Identifiers are version 7 UUIDs, so that lists in
-- the order of creation are ordered by them. Names may be longer than an index takes: their SHA-256 is what is unique.
-- description and system_prompt are JSON: a text or null; NULL where they were left out.

CREATE TABLE projects (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    name_hash BYTEA NOT NULL,
    description TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    closed_at BIGINT
);

CREATE UNIQUE INDEX projects_name ON projects (tenant_id, name_hash) WHERE closed_at IS NULL;

CREATE TABLE personas (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    project_id UUID NOT NULL REFERENCES projects (id),
    key_id UUID NOT NULL,
    handle TEXT NOT NULL,
    name TEXT NOT NULL,
    name_hash BYTEA NOT NULL,
    label TEXT,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    description TEXT,
    system_prompt TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    closed_at BIGINT
);

CREATE UNIQUE INDEX personas_handle ON personas (tenant_id, handle) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX personas_name ON personas (project_id, name_hash) WHERE closed_at IS NULL;
CREATE INDEX personas_active ON personas (tenant_id, id) WHERE closed_at IS NULL;
CREATE INDEX personas_of_tenant ON personas (tenant_id, id);

-- One row for each tenant, made with its first persona. It is also what changes of the default, and removals of a persona
-- that might be it, wait for each other at.
CREATE TABLE tenant_defaults (
    tenant_id UUID PRIMARY KEY REFERENCES tenants (id),
    project_id UUID NOT NULL REFERENCES projects (id) DEFERRABLE INITIALLY DEFERRED,
    persona_id UUID NOT NULL REFERENCES personas (id) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE vaults (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    persona_id UUID REFERENCES personas (id),
    key_id UUID NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);

CREATE UNIQUE INDEX vaults_of_persona ON vaults (persona_id) WHERE persona_id IS NOT NULL AND closed_at IS NULL;
CREATE INDEX vaults_of_tenant ON vaults (tenant_id, id);

-- The secrets of a credential are sealed, in sealed_values; likewise a card's.
CREATE TABLE credentials (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    vault_id UUID NOT NULL REFERENCES vaults (id),
    label TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('username_password', 'magic_link', 'secret', 'external')),
    site TEXT,
    email TEXT,
    username TEXT,
    notes TEXT,
    one_time BOOLEAN NOT NULL,
    counter BIGINT NOT NULL DEFAULT 0,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX credentials_of_vault ON credentials (vault_id, id);
CREATE UNIQUE INDEX credentials_site ON credentials (vault_id, site) WHERE site IS NOT NULL;

CREATE TABLE cards (
    vault_id UUID PRIMARY KEY REFERENCES vaults (id),
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    version BIGINT NOT NULL
);

CREATE TABLE mailboxes (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    persona_id UUID REFERENCES personas (id),
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);

CREATE UNIQUE INDEX mailboxes_name ON mailboxes (name) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX mailboxes_of_persona ON mailboxes (persona_id) WHERE persona_id IS NOT NULL;
CREATE INDEX mailboxes_of_tenant ON mailboxes (tenant_id, id) WHERE persona_id IS NULL AND closed_at IS NULL;
-- Addresses that personas have or had: nobody else gets them.
CREATE INDEX mailboxes_of_personas ON mailboxes (name) WHERE persona_id IS NOT NULL;

-- Content and raw bytes are sealed, in sealed_values.
CREATE TABLE mails (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    mailbox_id UUID NOT NULL REFERENCES mailboxes (id),
    size BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    read_at BIGINT
);

CREATE INDEX mails_of_mailbox ON mails (mailbox_id, id);
CREATE INDEX mails_received ON mails (received_at);

CREATE TABLE phone_numbers (
    number TEXT NOT NULL,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    persona_id UUID NOT NULL REFERENCES personas (id),
    provider TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    released_at BIGINT
);

CREATE UNIQUE INDEX phone_numbers_number ON phone_numbers (number) WHERE released_at IS NULL;
CREATE UNIQUE INDEX phone_numbers_of_persona ON phone_numbers (persona_id) WHERE released_at IS NULL;

CREATE TABLE text_messages (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    persona_id UUID NOT NULL REFERENCES personas (id),
    provider_id TEXT NOT NULL UNIQUE,
    received_at BIGINT NOT NULL,
    read_at BIGINT
);

CREATE INDEX text_messages_of_persona ON text_messages (persona_id, id);
CREATE INDEX text_messages_received ON text_messages (received_at);
