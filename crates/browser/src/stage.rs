//! Copies of uploaded files where pages may take them from.

use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::PathBuf;

use guise_core::ports::{ByteStream, StagedFile};
use guise_core::{Error, Result};
use tokio::fs;

use crate::core::Core;

/// Keeps a copy of a file in the session's uploads folder, readable by its browser.
pub(crate) async fn stage(core: &Core, name: &str, mut bytes: ByteStream) -> Result<StagedFile> {
    let plain =
        !name.is_empty() && !name.contains(['/', '\\', '\0']) && name != "." && name != "..";
    if !plain {
        return Err(Error::refused(format!(
            "'{name}' is not the name of a file: it must not be empty or hold a path"
        )));
    }
    let Some(uploads) = &core.uploads else {
        return Err(Error::refused(
            "This session's browser runs elsewhere and cannot read files of this server",
        ));
    };
    // Pages see the file's name; a folder of its own keeps equal names of earlier copies apart.
    let folder = uploads.join(uuid::Uuid::now_v7().to_string());
    let path = folder.join(name);
    match write(core, &folder, &path, &mut bytes).await {
        Ok(()) => Ok(StagedFile { path }),
        Err(error) => {
            if let Err(left) = fs::remove_dir_all(&folder).await {
                tracing::debug!(error = %left, "a copy that failed could not be removed");
            }
            Err(Error::internal(
                "cannot keep a copy of an uploaded file",
                error,
            ))
        }
    }
}

async fn write(
    core: &Core,
    folder: &PathBuf,
    path: &PathBuf,
    bytes: &mut ByteStream,
) -> std::io::Result<()> {
    fs::create_dir(folder).await?;
    let mut file = fs::File::create(path).await?;
    tokio::io::copy(bytes, &mut file).await?;
    file.sync_all().await?;
    // The browser reads as the group; only we may write or rename.
    fs::set_permissions(path, std::fs::Permissions::from_mode(0o640)).await?;
    fs::set_permissions(folder, std::fs::Permissions::from_mode(0o750)).await?;
    if let Some((_, group)) = core.owner {
        chown(path, None, Some(group))?;
        chown(folder, None, Some(group))?;
    }
    Ok(())
}
