//! Sealed values: what every noun of the product keeps secret, in one table.
//!
//! Who keeps a row elsewhere puts its secret here in the same transaction, under the same id. So keys can be replaced
//! without knowing any noun, and what an owner had becomes unreadable by removing its data keys.

use async_trait::async_trait;
use guise_core::ports::{Place, Sealed, SealedValues};
use guise_core::{Error, Kind, Result, TenantId};
use uuid::Uuid;

use crate::Database;
use crate::row::Row;
use crate::statement::Statement;
use crate::transaction::Transaction;

const PUT: Statement = Statement::new(
    "keep a sealed value",
    "INSERT INTO sealed_values (tenant_id, id, kind, owner_id, version, data_key_id, envelope)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant_id, id, kind) DO UPDATE
     SET owner_id = excluded.owner_id, version = excluded.version,
         data_key_id = excluded.data_key_id, envelope = excluded.envelope
     WHERE sealed_values.version < excluded.version",
);

const ONE: Statement = Statement::new(
    "read a sealed value",
    "SELECT owner_id, version, data_key_id, envelope FROM sealed_values
     WHERE tenant_id = $1 AND id = $2 AND kind = $3",
);

const DELETE: Statement = Statement::new(
    "remove sealed values",
    "DELETE FROM sealed_values WHERE tenant_id = $1 AND id = $2",
);

const DELETE_OF_OWNER: Statement = Statement::new(
    "remove an owner's sealed values",
    "DELETE FROM sealed_values WHERE tenant_id = $1 AND owner_id = $2",
);

const DELETE_KEYS_OF_OWNER: Statement = Statement::new(
    "remove an owner's data keys",
    "DELETE FROM data_keys WHERE tenant_id = $1 AND owner_id = $2",
);

/// Keeps a value, replacing an earlier version of it.
///
/// # Errors
/// Kind `Conflict` when this version of the row, or a later one, is there already: somebody else wrote it meanwhile.
pub(crate) async fn put(
    transaction: &mut Transaction,
    place: &Place,
    sealed: &Sealed,
) -> Result<()> {
    let values = [
        place.tenant.into(),
        place.row.into(),
        place.kind.into(),
        place.owner.into(),
        place.version.into(),
        sealed.data_key.into(),
        sealed.envelope.as_slice().into(),
    ];
    match transaction.touch(PUT, &values).await? {
        0 => Err(Error::new(
            Kind::Conflict,
            format!(
                "the {} {} was changed by somebody else meanwhile: look at it again",
                place.kind, place.row
            ),
        )),
        _ => Ok(()),
    }
}

/// Removes the values of a row, of every kind. Returns how many there were.
///
/// # Errors
/// Kind `Internal` when the database fails.
pub(crate) async fn delete(
    transaction: &mut Transaction,
    tenant: TenantId,
    row: Uuid,
) -> Result<u64> {
    transaction
        .touch(DELETE, &[tenant.into(), row.into()])
        .await
}

/// Removes an owner's values and the keys that open them: copies of the values, such as those in a backup of the blobs, are
/// unreadable from then on.
///
/// # Errors
/// Kind `Internal` when the database fails.
pub(crate) async fn delete_owner(
    transaction: &mut Transaction,
    tenant: TenantId,
    owner: Uuid,
) -> Result<()> {
    let values = [tenant.into(), owner.into()];
    transaction.touch(DELETE_OF_OWNER, &values).await?;
    transaction.touch(DELETE_KEYS_OF_OWNER, &values).await?;
    Ok(())
}

/// The sealed value in a row that has one beside other columns.
pub(crate) fn read(row: &Row) -> Result<Sealed> {
    Ok(Sealed {
        data_key: row.id("data_key_id")?,
        envelope: row.bytes("envelope")?,
    })
}

impl Database {
    /// A tenant's sealed value of one kind, with the place that it was sealed for.
    ///
    /// # Errors
    /// Kind `Internal` when the database fails.
    pub async fn sealed_value(
        &self,
        tenant: TenantId,
        row: Uuid,
        kind: &'static str,
    ) -> Result<Option<(Place, Sealed)>> {
        let found = self
            .row(ONE, &[tenant.into(), row.into(), kind.into()])
            .await?;
        let Some(found) = found else {
            return Ok(None);
        };
        let place = Place {
            tenant,
            owner: found.id("owner_id")?,
            kind,
            row,
            version: found.count("version")?,
        };
        Ok(Some((place, read(&found)?)))
    }

    /// Keeps one value that belongs to no row elsewhere, replacing an earlier version of it.
    ///
    /// # Errors
    /// Kind `Conflict` when this version of it, or a later one, is there already.
    pub async fn put_sealed_value(&self, place: &Place, sealed: &Sealed) -> Result<()> {
        let mut transaction = self.begin().await?;
        put(&mut transaction, place, sealed).await?;
        transaction.commit().await
    }

    /// Removes the values of one row, of every kind. Returns how many there were.
    ///
    /// # Errors
    /// Kind `Internal` when the database fails.
    pub async fn delete_sealed_values(&self, tenant: TenantId, row: Uuid) -> Result<u64> {
        let mut transaction = self.begin().await?;
        let removed = delete(&mut transaction, tenant, row).await?;
        transaction.commit().await?;
        Ok(removed)
    }

    /// Removes all values of an owner, and the keys that open them.
    ///
    /// # Errors
    /// Kind `Internal` when the database fails.
    pub async fn delete_sealed_values_of(&self, tenant: TenantId, owner: Uuid) -> Result<()> {
        let mut transaction = self.begin().await?;
        delete_owner(&mut transaction, tenant, owner).await?;
        transaction.commit().await
    }
}

#[async_trait]
impl SealedValues for Database {
    async fn keep_value(&self, place: &Place, sealed: &Sealed) -> Result<()> {
        self.put_sealed_value(place, sealed).await
    }

    async fn value(
        &self,
        tenant: TenantId,
        kind: &'static str,
        row: Uuid,
    ) -> Result<Option<(Place, Sealed)>> {
        self.sealed_value(tenant, row, kind).await
    }

    async fn forget_values(&self, tenant: TenantId, row: Uuid) -> Result<bool> {
        Ok(self.delete_sealed_values(tenant, row).await? > 0)
    }
}
