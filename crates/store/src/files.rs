//! Files of callers and sessions.

use std::borrow::Cow;

use async_trait::async_trait;
use guise_core::ports::FileStore;
use guise_core::{Area, FileInfo, Result, TenantId};

use crate::Database;
use crate::row::Row;
use crate::statement::Statement;

// On the right side of the update, `files` is the row as it was.
const PUT: Statement = Statement::new(
    "keep a file",
    "INSERT INTO files (tenant_id, area, name, size, sha256, blob, replaced_blob, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, NULL, $7)
     ON CONFLICT (tenant_id, area, name) DO UPDATE
     SET size = excluded.size, sha256 = excluded.sha256, blob = excluded.blob,
         replaced_blob = files.blob, updated_at = excluded.updated_at
     RETURNING replaced_blob",
);

const ONE: Statement = Statement::new(
    "look a file up",
    "SELECT name, size, sha256, blob, updated_at FROM files
     WHERE tenant_id = $1 AND area = $2 AND name = $3",
);

const ALL: Statement = Statement::new(
    "list the files",
    "SELECT name, size, sha256, blob, updated_at FROM files
     WHERE tenant_id = $1 AND area = $2 ORDER BY name",
);

const REMOVE: Statement = Statement::new(
    "remove the files of an area",
    "DELETE FROM files WHERE tenant_id = $1 AND area = $2",
);

#[async_trait]
impl FileStore for Database {
    async fn put_file(
        &self,
        tenant: TenantId,
        area: Area,
        file: &FileInfo,
    ) -> Result<Option<String>> {
        let area = column(area);
        let values = [
            tenant.into(),
            area.as_ref().into(),
            file.name.as_str().into(),
            file.size.into(),
            file.sha256.as_str().into(),
            file.blob.as_str().into(),
            file.updated_at.into(),
        ];
        let row = self.write(PUT, &values).await?;
        let replaced = row
            .ok_or_else(|| PUT.failed("no row came back"))?
            .optional_text("replaced_blob")?;
        // A file that is put again with the same blob replaces no blob.
        Ok(replaced.filter(|blob| *blob != file.blob))
    }

    async fn file(&self, tenant: TenantId, area: Area, name: &str) -> Result<Option<FileInfo>> {
        let area = column(area);
        let row = self
            .row(ONE, &[tenant.into(), area.as_ref().into(), name.into()])
            .await?;
        row.as_ref().map(file).transpose()
    }

    async fn files(&self, tenant: TenantId, area: Area) -> Result<Vec<FileInfo>> {
        let area = column(area);
        let rows = self
            .rows(ALL, &[tenant.into(), area.as_ref().into()])
            .await?;
        rows.iter().map(file).collect()
    }

    async fn remove_files(&self, tenant: TenantId, area: Area) -> Result<()> {
        let area = column(area);
        let values = [tenant.into(), area.as_ref().into()];
        self.touch(REMOVE, &values).await.map(drop)
    }
}

/// The area as the tables have it.
fn column(area: Area) -> Cow<'static, str> {
    match area {
        Area::Uploads => Cow::Borrowed("uploads"),
        Area::Downloads(session) => Cow::Owned(format!("downloads/{session}")),
        Area::Assignment(assignment) => Cow::Owned(format!("assignments/{assignment}")),
    }
}

fn file(row: &Row) -> Result<FileInfo> {
    Ok(FileInfo {
        name: row.text("name")?,
        size: row.count("size")?,
        sha256: row.text("sha256")?,
        blob: row.text("blob")?,
        updated_at: row.time("updated_at")?,
    })
}
