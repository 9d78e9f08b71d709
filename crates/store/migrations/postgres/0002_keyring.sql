-- Keys, each wrapped by the one above it; every sealed value of the product; the audit. Times are microseconds since 1970.
-- Text that lists are ordered by has the collation "C", so that the order is the same everywhere. A key that was replaced
-- is retired, and removed once nothing needs it: the references see to the second half.

-- One row, two while it is being replaced. `pepper` is a key in an envelope of this one.
CREATE TABLE instance_keys (
    id UUID PRIMARY KEY,
    check_value BYTEA NOT NULL CHECK (length(check_value) = 16),
    pepper BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

-- The instance key as each root source wrapped it.
CREATE TABLE root_wraps (
    source_kind TEXT NOT NULL,
    source_id TEXT NOT NULL,
    instance_key_id UUID NOT NULL REFERENCES instance_keys (id),
    wrapped BYTEA NOT NULL,
    PRIMARY KEY (source_kind, source_id)
);

CREATE TABLE tenant_keys (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    version BIGINT NOT NULL,
    instance_key_id UUID NOT NULL REFERENCES instance_keys (id),
    wrapped BYTEA NOT NULL,
    check_value BYTEA NOT NULL CHECK (length(check_value) = 16),
    created_at BIGINT NOT NULL,
    retired_at BIGINT,
    UNIQUE (tenant_id, version)
);

CREATE UNIQUE INDEX tenant_keys_current ON tenant_keys (tenant_id) WHERE retired_at IS NULL;

-- owner_id is what the key is for: a persona, a vault.
CREATE TABLE data_keys (
    id UUID PRIMARY KEY,
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    owner_id UUID NOT NULL,
    version BIGINT NOT NULL,
    tenant_key_id UUID NOT NULL REFERENCES tenant_keys (id),
    wrapped BYTEA NOT NULL,
    check_value BYTEA NOT NULL CHECK (length(check_value) = 16),
    created_at BIGINT NOT NULL,
    retired_at BIGINT,
    UNIQUE (tenant_id, owner_id, version)
);

CREATE UNIQUE INDEX data_keys_current ON data_keys (tenant_id, owner_id) WHERE retired_at IS NULL;
CREATE INDEX data_keys_under ON data_keys (tenant_key_id);
CREATE INDEX data_keys_retired ON data_keys (id) WHERE retired_at IS NOT NULL;

-- What belongs to a row elsewhere has that row's id.
CREATE TABLE sealed_values (
    tenant_id UUID NOT NULL REFERENCES tenants (id),
    id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    owner_id UUID NOT NULL,
    version BIGINT NOT NULL,
    data_key_id UUID NOT NULL REFERENCES data_keys (id),
    envelope BYTEA NOT NULL,
    PRIMARY KEY (tenant_id, id, kind)
);

CREATE INDEX sealed_values_of_owner ON sealed_values (tenant_id, owner_id);
CREATE INDEX sealed_values_under ON sealed_values (data_key_id);

-- chain is a tenant's id, or the nil id for the installation; it outlives the tenant, so it refers to none.
CREATE TABLE audit_heads (
    chain UUID PRIMARY KEY,
    sequence BIGINT NOT NULL,
    hash BYTEA NOT NULL CHECK (length(hash) = 32)
);

CREATE TABLE audit (
    chain UUID NOT NULL,
    sequence BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    deed TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL,
    hash BYTEA NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (chain, sequence)
);

-- Against accidents; against whoever owns the database there are the hashes.
CREATE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of the audit are never changed or removed';
END
$$;

CREATE TRIGGER audit_rows_stay_as_they_are BEFORE UPDATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses();

CREATE TRIGGER audit_rows_stay BEFORE DELETE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses();
