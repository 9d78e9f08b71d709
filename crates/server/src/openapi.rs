//! The OpenAPI documents: made from the code, finished here.

use utoipa::ToSchema;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{AdditionalProperties, Object, Schema};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, Content, InfoBuilder, License, OpenApi, PathItem, Ref, RefOr, Required,
    ResponseBuilder,
};

const SCHEME: &str = "ApiKey";

/// The answers that any operation of a dialect may give, besides its own.
pub struct Refusals(Vec<Refusal>);

struct Refusal {
    status: &'static str,
    description: &'static str,
    name: String,
    schema: RefOr<Schema>,
    /// Only operations that take a body give it.
    of_bodies: bool,
}

impl Refusals {
    /// Those of every dialect, in the form of `T`.
    pub fn new<T: ToSchema>() -> Self {
        Self(Vec::new())
            .with::<T>("401", "No valid key.")
            .with::<T>("403", "The key lacks the scope.")
            .with::<T>("429", "More calls than the rate limit allows.")
            .with::<T>("500", "A fault of this server's.")
            .with::<T>("503", "The server is sealed, until an operator opens it.")
    }

    /// Another one.
    #[must_use]
    pub fn with<T: ToSchema>(mut self, status: &'static str, description: &'static str) -> Self {
        self.0.push(Refusal {
            status,
            description,
            name: T::name().into_owned(),
            schema: T::schema(),
            of_bodies: false,
        });
        self
    }

    /// Those that only operations give which take a body.
    #[must_use]
    pub fn with_bodies<T: ToSchema>(self) -> Self {
        let of_all = self.0.len();
        let mut all = self
            .with::<T>("400", "The body could not be read.")
            .with::<T>("413", "The body is too large.");
        for refusal in &mut all.0[of_all..] {
            refusal.of_bodies = true;
        }
        all
    }
}

/// Notes on every operation of the document that it needs a key, and how any of them may refuse.
pub fn require_key(document: &mut OpenApi, refusals: &Refusals) {
    for operation in operations(document) {
        operation.security = Some(vec![SecurityRequirement::new(SCHEME, Vec::<String>::new())]);
        for refusal in &refusals.0 {
            if !refusal.of_bodies || operation.request_body.is_some() {
                add_refusal(operation, refusal);
            }
        }
    }
    let components = document.components.get_or_insert_with(Components::new);
    for refusal in &refusals.0 {
        let known = components.schemas.entry(refusal.name.clone());
        known.or_insert_with(|| refusal.schema.clone());
    }
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("An API key; `guise keys create` makes one."))
        .build();
    document
        .components
        .get_or_insert_with(Components::new)
        .security_schemes
        .insert(SCHEME.to_owned(), SecurityScheme::Http(scheme).into());
}

/// Notes on every operation of the document that it needs no key.
pub fn require_nothing(document: &mut OpenApi) {
    for operation in operations(document) {
        operation.security = Some(Vec::new());
    }
}

/// Says of the GET operation at `path` that it is served with a trailing slash, too.
pub fn also_with_slash(document: &mut OpenApi, path: &str) {
    let Some(mut get) = document
        .paths
        .paths
        .get(path)
        .and_then(|item| item.get.clone())
    else {
        return;
    };
    get.operation_id = get.operation_id.map(|id| format!("{id}_slash"));
    let mut item = PathItem::default();
    item.get = Some(get);
    document.paths.paths.insert(format!("{path}/"), item);
}

/// Gives PUT an id of its own where one handler serves it and PATCH: no two operations have one id (OpenAPI 3.1 §4.8.10.1).
pub fn tell_put_from_patch(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        if let (Some(put), Some(patch)) = (&mut item.put, &item.patch)
            && put.operation_id == patch.operation_id
        {
            put.operation_id = put.operation_id.take().map(|id| format!("{id}_put"));
        }
    }
}

/// An object that has the members of all `parts` and no others.
pub fn all_members<const N: usize>(parts: [RefOr<Schema>; N], description: &str) -> RefOr<Schema> {
    let mut whole = Object::new();
    for part in parts {
        if let RefOr::T(Schema::Object(part)) = part {
            whole.properties.extend(part.properties);
            whole.required.extend(part.required);
        }
    }
    whole.description = Some(description.to_owned());
    whole.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    RefOr::T(Schema::Object(whole))
}

/// Gives the document its title and version.
pub fn finish(document: &mut OpenApi, title: &str, description: &str) {
    document.info = InfoBuilder::new()
        .title(title)
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(description))
        .license(Some({
            let mut license = License::new("Apache-2.0");
            license.identifier = Some("Apache-2.0".to_owned());
            license
        }))
        .build();
    let components = document.components.clone().unwrap_or_default();
    for operation in operations(document) {
        if let Some(RefOr::T(body)) = &mut operation.request_body {
            let needed = body
                .content
                .values()
                .any(|content| has_required_members(content, &components));
            body.required = Some(if needed {
                Required::True
            } else {
                Required::False
            });
        }
    }
}

/// The document as it is served and committed.
pub fn to_text(document: &OpenApi) -> String {
    // These types hold nothing that JSON cannot express.
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

fn operations(document: &mut OpenApi) -> impl Iterator<Item = &mut Operation> {
    document.paths.paths.values_mut().flat_map(|item| {
        [
            &mut item.get,
            &mut item.post,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
            &mut item.head,
        ]
        .into_iter()
        .flatten()
    })
}

/// Adds an answer, unless the operation describes it better itself.
fn add_refusal(operation: &mut Operation, refusal: &Refusal) {
    operation
        .responses
        .responses
        .entry(refusal.status.to_owned())
        .or_insert_with(|| {
            let schema = Ref::from_schema_name(&refusal.name);
            ResponseBuilder::new()
                .description(refusal.description)
                .content("application/json", Content::new(Some(schema)))
                .build()
                .into()
        });
}

/// An empty body counts as an object without members: it may be left out where no member is required.
fn has_required_members(content: &RefOr<Content>, components: &Components) -> bool {
    let RefOr::T(Content {
        schema: Some(schema),
        ..
    }) = content
    else {
        return true;
    };
    let schema = match schema {
        RefOr::Ref(reference) => {
            let name = reference.ref_location.rsplit('/').next();
            name.and_then(|name| components.schemas.get(name))
        }
        schema @ RefOr::T(_) => Some(schema),
    };
    !matches!(schema, Some(RefOr::T(Schema::Object(object))) if object.required.is_empty())
}
