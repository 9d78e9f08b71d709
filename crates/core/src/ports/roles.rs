//! Where roles are kept.

use async_trait::async_trait;

use crate::ports::{Added, Changed};
use crate::{BuiltinRole, Result, Role, RoleChange, RoleId, TenantId, Timestamp};

/// Roles.
#[async_trait]
pub trait RoleStore: Send + Sync {
    /// Gives a tenant the roles that it has from the beginning, unless it has them.
    async fn seed_roles(&self, roles: &[Role]) -> Result<()>;

    /// One of the roles that a tenant has from the beginning; `None` before [`RoleStore::seed_roles`].
    async fn builtin_role(&self, tenant: TenantId, builtin: BuiltinRole) -> Result<Option<Role>>;

    /// Adds a role.
    async fn add_role(&self, role: &Role) -> Result<Added>;

    /// A tenant's role.
    async fn role(&self, tenant: TenantId, id: RoleId) -> Result<Option<Role>>;

    /// Up to `limit` roles that are older than `after`, newest first.
    async fn roles_after(
        &self,
        tenant: TenantId,
        after: Option<RoleId>,
        limit: u32,
    ) -> Result<Vec<Role>>;

    /// Changes a role.
    async fn change_role(
        &self,
        tenant: TenantId,
        id: RoleId,
        change: &RoleChange,
        at: Timestamp,
    ) -> Result<Changed<Role>>;

    /// Removes a role; what names it names none from then on. `false` when there is none. One that the tenant has from the
    /// beginning is not to be removed.
    async fn close_role(&self, tenant: TenantId, id: RoleId, at: Timestamp) -> Result<bool>;
}
