//! The OpenAPI documents: made from the code, finished here.

use utoipa::ToSchema;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{AdditionalProperties, Object, Schema};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, Content, InfoBuilder, License, OpenApi, PathItem, Ref, RefOr, Required,
    ResponseBuilder,
};

use crate::dialects::notte::{ErrorResponse, ValidationErrorResponse};

const SCHEME: &str = "ApiKey";

/// Notes on every operation of the document that it needs a key, and the answers that any of them may give.
pub fn require_key(document: &mut OpenApi) {
    for operation in operations(document) {
        operation.security = Some(vec![SecurityRequirement::new(SCHEME, Vec::<String>::new())]);
        refusal::<ErrorResponse>(operation, "401", "No valid key.");
        refusal::<ErrorResponse>(operation, "403", "The key lacks the scope.");
        refusal::<ValidationErrorResponse>(operation, "422", "A parameter is wrong.");
        refusal::<ErrorResponse>(operation, "429", "More calls than the rate limit allows.");
        refusal::<ErrorResponse>(operation, "500", "A fault of this server's.");
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
fn refusal<T: ToSchema>(operation: &mut Operation, status: &str, description: &str) {
    operation
        .responses
        .responses
        .entry(status.to_owned())
        .or_insert_with(|| {
            let schema = Ref::from_schema_name(T::name());
            ResponseBuilder::new()
                .description(description)
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
