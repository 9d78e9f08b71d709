-- Projects, personas, vaults, mailboxes, phone numbers and what arrives. Identifiers are version 7 UUIDs, so that lists in
-- the order of creation are ordered by them. Names may be longer than an index takes: their SHA-256 is what is unique.
-- description and system_prompt are JSON: a text or null; NULL where they were left out.

CREATE TABLE projects (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    name_hash BLOB NOT NULL,
    description TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    closed_at INTEGER
) STRICT;

CREATE UNIQUE INDEX projects_name ON projects (tenant_id, name_hash) WHERE closed_at IS NULL;

CREATE TABLE personas (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    project_id TEXT NOT NULL REFERENCES projects (id),
    key_id TEXT NOT NULL,
    handle TEXT NOT NULL,
    name TEXT NOT NULL,
    name_hash BLOB NOT NULL,
    label TEXT,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    description TEXT,
    system_prompt TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    closed_at INTEGER
) STRICT;

CREATE UNIQUE INDEX personas_handle ON personas (tenant_id, handle) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX personas_name ON personas (project_id, name_hash) WHERE closed_at IS NULL;
CREATE INDEX personas_active ON personas (tenant_id, id) WHERE closed_at IS NULL;
CREATE INDEX personas_of_tenant ON personas (tenant_id, id);

-- One row for each tenant, made with its first persona. It is also what changes of the default, and removals of a persona
-- that might be it, wait for each other at.
CREATE TABLE tenant_defaults (
    tenant_id TEXT PRIMARY KEY NOT NULL REFERENCES tenants (id),
    project_id TEXT NOT NULL REFERENCES projects (id) DEFERRABLE INITIALLY DEFERRED,
    persona_id TEXT NOT NULL REFERENCES personas (id) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE vaults (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    persona_id TEXT REFERENCES personas (id),
    key_id TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    closed_at INTEGER
) STRICT;

CREATE UNIQUE INDEX vaults_of_persona ON vaults (persona_id) WHERE persona_id IS NOT NULL AND closed_at IS NULL;
CREATE INDEX vaults_of_tenant ON vaults (tenant_id, id);

-- The secrets of a credential are sealed, in sealed_values; likewise a card's.
CREATE TABLE credentials (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    vault_id TEXT NOT NULL REFERENCES vaults (id),
    label TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('username_password', 'magic_link', 'secret', 'external')),
    site TEXT,
    email TEXT,
    username TEXT,
    notes TEXT,
    one_time INTEGER NOT NULL,
    counter INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX credentials_of_vault ON credentials (vault_id, id);
CREATE UNIQUE INDEX credentials_site ON credentials (vault_id, site) WHERE site IS NOT NULL;

CREATE TABLE cards (
    vault_id TEXT PRIMARY KEY NOT NULL REFERENCES vaults (id),
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    version INTEGER NOT NULL
) STRICT;

CREATE TABLE mailboxes (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    persona_id TEXT REFERENCES personas (id),
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    closed_at INTEGER
) STRICT;

CREATE UNIQUE INDEX mailboxes_name ON mailboxes (name) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX mailboxes_of_persona ON mailboxes (persona_id) WHERE persona_id IS NOT NULL;
CREATE INDEX mailboxes_of_tenant ON mailboxes (tenant_id, id) WHERE persona_id IS NULL AND closed_at IS NULL;
-- Addresses that personas have or had: nobody else gets them.
CREATE INDEX mailboxes_of_personas ON mailboxes (name) WHERE persona_id IS NOT NULL;

-- Content and raw bytes are sealed, in sealed_values.
CREATE TABLE mails (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    mailbox_id TEXT NOT NULL REFERENCES mailboxes (id),
    size INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    read_at INTEGER
) STRICT;

CREATE INDEX mails_of_mailbox ON mails (mailbox_id, id);
CREATE INDEX mails_received ON mails (received_at);

CREATE TABLE phone_numbers (
    number TEXT NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    persona_id TEXT NOT NULL REFERENCES personas (id),
    provider TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    released_at INTEGER
) STRICT;

CREATE UNIQUE INDEX phone_numbers_number ON phone_numbers (number) WHERE released_at IS NULL;
CREATE UNIQUE INDEX phone_numbers_of_persona ON phone_numbers (persona_id) WHERE released_at IS NULL;

CREATE TABLE text_messages (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    persona_id TEXT NOT NULL REFERENCES personas (id),
    provider_id TEXT NOT NULL UNIQUE,
    received_at INTEGER NOT NULL,
    read_at INTEGER
) STRICT;

CREATE INDEX text_messages_of_persona ON text_messages (persona_id, id);
CREATE INDEX text_messages_received ON text_messages (received_at);
