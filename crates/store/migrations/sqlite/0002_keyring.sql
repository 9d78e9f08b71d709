-- Keys, each wrapped by the one above it; every sealed value of the product; the audit. Identifiers are UUIDs as text, times
-- microseconds since 1970. A key that was replaced is retired, and removed once nothing needs it: the references see to
-- the second half.

-- One row, two while it is being replaced. `pepper` is a key in an envelope of this one.
CREATE TABLE instance_keys (
    id TEXT PRIMARY KEY NOT NULL,
    check_value BLOB NOT NULL CHECK (length(check_value) = 16),
    pepper BLOB NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- The instance key as each root source wrapped it.
CREATE TABLE root_wraps (
    source_kind TEXT NOT NULL,
    source_id TEXT NOT NULL,
    instance_key_id TEXT NOT NULL REFERENCES instance_keys (id),
    wrapped BLOB NOT NULL,
    PRIMARY KEY (source_kind, source_id)
) STRICT;

CREATE TABLE tenant_keys (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    version INTEGER NOT NULL,
    instance_key_id TEXT NOT NULL REFERENCES instance_keys (id),
    wrapped BLOB NOT NULL,
    check_value BLOB NOT NULL CHECK (length(check_value) = 16),
    created_at INTEGER NOT NULL,
    retired_at INTEGER,
    UNIQUE (tenant_id, version)
) STRICT;

CREATE UNIQUE INDEX tenant_keys_current ON tenant_keys (tenant_id) WHERE retired_at IS NULL;

-- owner_id is what the key is for: a persona, a vault.
CREATE TABLE data_keys (
    id TEXT PRIMARY KEY NOT NULL,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    owner_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    tenant_key_id TEXT NOT NULL REFERENCES tenant_keys (id),
    wrapped BLOB NOT NULL,
    check_value BLOB NOT NULL CHECK (length(check_value) = 16),
    created_at INTEGER NOT NULL,
    retired_at INTEGER,
    UNIQUE (tenant_id, owner_id, version)
) STRICT;

CREATE UNIQUE INDEX data_keys_current ON data_keys (tenant_id, owner_id) WHERE retired_at IS NULL;
CREATE INDEX data_keys_under ON data_keys (tenant_key_id);
CREATE INDEX data_keys_retired ON data_keys (id) WHERE retired_at IS NOT NULL;

-- What belongs to a row elsewhere has that row's id.
CREATE TABLE sealed_values (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    data_key_id TEXT NOT NULL REFERENCES data_keys (id),
    envelope BLOB NOT NULL,
    PRIMARY KEY (tenant_id, id, kind)
) STRICT;

CREATE INDEX sealed_values_of_owner ON sealed_values (tenant_id, owner_id);
CREATE INDEX sealed_values_under ON sealed_values (data_key_id);

-- chain is a tenant's id, or the nil id for the installation; it outlives the tenant, so it refers to none.
CREATE TABLE audit_heads (
    chain TEXT PRIMARY KEY NOT NULL,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TABLE audit (
    chain TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    deed TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (chain, sequence)
) STRICT;

-- Against accidents; against whoever owns the database there are the hashes.
CREATE TRIGGER audit_rows_stay_as_they_are BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'rows of the audit are never changed');
END;

CREATE TRIGGER audit_rows_stay BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'rows of the audit are never removed');
END;
