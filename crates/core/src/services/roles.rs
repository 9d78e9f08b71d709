//! Roles: how agents go about their work.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use crate::ports::{Added, Changed, Clock, IdentityStore};
use crate::readable::{check_description, check_name};
use crate::{BuiltinRole, Caller, Error, Kind, Result, Role, RoleChange, RoleId, TenantId};

/// Makes, changes and removes roles.
///
/// Each tenant has the roles of [`BuiltinRole`] from its first use on.
pub struct Roles {
    store: Arc<dyn IdentityStore>,
    clock: Arc<dyn Clock>,
    /// The tenants that were seen to have them.
    seeded: Mutex<HashSet<TenantId>>,
}

impl Roles {
    /// A service on `store`.
    pub fn new(store: Arc<dyn IdentityStore>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            seeded: Mutex::default(),
        }
    }

    /// Makes a role.
    ///
    /// # Errors
    /// Kind `Invalid` for a name or a description that cannot be one, `Conflict` when the name is taken.
    pub async fn create(&self, caller: &Caller, name: String, description: String) -> Result<Role> {
        check_name("name", &name)?;
        check_description("description", &description)?;
        self.seed(caller.tenant).await?;
        let now = self.clock.now();
        let role = Role {
            id: RoleId::new(),
            tenant: caller.tenant,
            builtin: None,
            name,
            description,
            created_at: now,
            updated_at: now,
        };
        match self.store.add_role(&role).await? {
            Added::Added => Ok(role),
            _ => Err(name_taken(&role.name)),
        }
    }

    /// Up to `limit` roles older than `after`, newest first; whether there are more.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_after(
        &self,
        caller: &Caller,
        after: Option<RoleId>,
        limit: u32,
    ) -> Result<(Vec<Role>, bool)> {
        self.seed(caller.tenant).await?;
        let mut roles = self
            .store
            .roles_after(caller.tenant, after, limit + 1)
            .await?;
        let more = roles.len() > limit as usize;
        roles.truncate(limit as usize);
        Ok((roles, more))
    }

    /// A role.
    ///
    /// # Errors
    /// Kind `NotFound`.
    pub async fn get(&self, caller: &Caller, id: RoleId) -> Result<Role> {
        let role = self.store.role(caller.tenant, id).await?;
        role.ok_or_else(|| not_found(id))
    }

    /// The role that the tenant's agents have unless they are told otherwise.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of_tenant(&self, caller: &Caller) -> Result<Role> {
        self.seed(caller.tenant).await?;
        let role = self
            .store
            .builtin_role(caller.tenant, BuiltinRole::OF_TENANT)
            .await?;
        role.ok_or_else(|| Error::internal("a tenant has no default role", "no row"))
    }

    /// Changes a role.
    ///
    /// # Errors
    /// Kind `Invalid` for a name or a description that cannot be one, `NotFound`, or `Conflict` when another role has the
    /// name.
    pub async fn change(&self, caller: &Caller, id: RoleId, change: RoleChange) -> Result<Role> {
        if let Some(name) = &change.name {
            check_name("name", name)?;
        }
        if let Some(description) = &change.description {
            check_description("description", description)?;
        }
        let now = self.clock.now();
        let changed = self
            .store
            .change_role(caller.tenant, id, &change, now)
            .await?;
        match changed {
            Changed::Changed(role) => Ok(role),
            Changed::NotFound => Err(not_found(id)),
            Changed::NameTaken => Err(name_taken(change.name.as_deref().unwrap_or_default())),
        }
    }

    /// Removes a role; its name is free again. What names it falls back to the next in line.
    ///
    /// # Errors
    /// Kind `NotFound`, or `Conflict` for one that the tenant has from the beginning.
    pub async fn close(&self, caller: &Caller, id: RoleId) -> Result<()> {
        let role = self.get(caller, id).await?;
        if role.builtin.is_some() {
            let message = format!(
                "Role '{}' is a default one and cannot be deleted: change its description instead",
                role.name
            );
            return Err(Error::new(Kind::Conflict, message));
        }
        let now = self.clock.now();
        if self.store.close_role(caller.tenant, id, now).await? {
            Ok(())
        } else {
            Err(not_found(id))
        }
    }

    /// Gives a tenant its roles when it is first seen.
    async fn seed(&self, tenant: TenantId) -> Result<()> {
        let seeded = || self.seeded.lock().unwrap_or_else(PoisonError::into_inner);
        if seeded().contains(&tenant) {
            return Ok(());
        }
        let last = BuiltinRole::UxAuditor;
        if self.store.builtin_role(tenant, last).await?.is_none() {
            let now = self.clock.now();
            let roles = BuiltinRole::ALL.map(|builtin| Role {
                id: RoleId::new(),
                tenant,
                builtin: Some(builtin),
                name: builtin.first_name().to_owned(),
                description: builtin.first_description().to_owned(),
                created_at: now,
                updated_at: now,
            });
            self.store.seed_roles(&roles).await?;
        }
        seeded().insert(tenant);
        Ok(())
    }
}

fn not_found(id: RoleId) -> Error {
    Error::not_found("Role", id)
}

fn name_taken(name: &str) -> Error {
    Error::new(
        Kind::Conflict,
        format!("A role named '{name}' exists already"),
    )
}
