//! Roles.

use guise_core::{Role, RoleChange};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::seconds;

/// A role to be made.
#[derive(Deserialize, ToSchema)]
#[schema(as = RoleCreateRequest)]
pub(in crate::dialects::aiqaramba) struct NewRole {
    /// Unique in the tenant; 1 to 100 characters.
    pub(in crate::dialects::aiqaramba) name: String,
    /// The instructions that agents get, word for word; up to 20,000 characters.
    pub(in crate::dialects::aiqaramba) description: String,
}

/// What is to change on a role; what is absent or null stays.
#[derive(Deserialize, ToSchema)]
#[schema(as = RoleUpdateRequest)]
pub(in crate::dialects::aiqaramba) struct RoleUpdate {
    /// Unique in the tenant; 1 to 100 characters.
    name: Option<String>,
    /// The instructions that agents get, word for word; up to 20,000 characters.
    description: Option<String>,
}

impl From<RoleUpdate> for RoleChange {
    fn from(update: RoleUpdate) -> Self {
        Self {
            name: update.name,
            description: update.description,
        }
    }
}

/// How agents go about their work.
#[derive(Serialize, ToSchema)]
#[schema(as = Role)]
pub(in crate::dialects::aiqaramba) struct RoleBody {
    /// Its identifier.
    #[schema(format = "uuid")]
    id: String,
    /// Whose it is.
    #[schema(format = "uuid")]
    tenant_id: String,
    /// Its name, unique in the tenant.
    name: String,
    /// The instructions that agents get, word for word.
    description: String,
    /// Whether it is one of those that each tenant has from the beginning, which cannot be deleted.
    is_default: bool,
    /// When it was made.
    #[schema(format = "date-time")]
    created_at: String,
    /// When it was last changed.
    #[schema(format = "date-time")]
    updated_at: String,
}

impl From<Role> for RoleBody {
    fn from(role: Role) -> Self {
        Self {
            id: role.id.to_string(),
            tenant_id: role.tenant.to_string(),
            name: role.name,
            description: role.description,
            is_default: role.builtin.is_some(),
            created_at: seconds(role.created_at),
            updated_at: seconds(role.updated_at),
        }
    }
}

/// A page of roles, newest first.
#[derive(Serialize, ToSchema)]
#[schema(as = RoleList)]
pub(in crate::dialects::aiqaramba) struct RoleList {
    /// The roles.
    pub(in crate::dialects::aiqaramba) roles: Vec<RoleBody>,
    /// Where the next page begins; null on the last one.
    #[schema(format = "uuid")]
    pub(in crate::dialects::aiqaramba) next_cursor: Option<String>,
}
