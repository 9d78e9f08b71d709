//! The OpenAPI documents: made from the code, finished here.

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, InfoBuilder, License, OpenApi};

const SCHEME: &str = "ApiKey";

/// Notes on every operation of the document that it needs a key.
pub fn require_key(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.post,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
            &mut item.head,
        ];
        for operation in operations.into_iter().flatten() {
            operation.security = Some(vec![SecurityRequirement::new(SCHEME, Vec::<String>::new())]);
        }
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
}

/// The document as it is served and committed.
pub fn to_text(document: &OpenApi) -> String {
    // These types hold nothing that JSON cannot express.
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
