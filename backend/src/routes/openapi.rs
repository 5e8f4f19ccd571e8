//! The API's description, made from the routes themselves.

pub(super) mod schema;

use axum::routing::get;
use axum::{Json, Router};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{apps, deliveries, embed_tokens, events, flows, operator, registrations, reveal};
use crate::state::AppState;

/// Returns the description of the API.
pub fn document() -> OpenApi {
    described(api()).1
}

/// Takes routes and their description apart. Each operation is called by its method and path, such as `getAppsByName`.
pub(super) fn described(routes: OpenApiRouter<AppState>) -> (Router<AppState>, OpenApi) {
    let (routes, mut document) = routes.split_for_parts();
    for (path, item) in &mut document.paths.paths {
        let operations = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("patch", &mut item.patch),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                operation.operation_id = Some(operation_id(method, path));
            }
        }
    }
    (routes, document)
}

fn operation_id(method: &str, path: &str) -> String {
    let words = path.trim_start_matches("/api/v1").replace("/{", "/by-");
    let words =
        words.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(method.to_owned(), |mut id, word| {
        id.extend(word.chars().next().map(|first| first.to_ascii_uppercase()));
        id.extend(word.chars().skip(1));
        id
    })
}

/// The routes together with their description.
pub(super) fn api() -> OpenApiRouter<AppState> {
    let api = OpenApiRouter::with_openapi(base())
        .routes(routes!(registrations::start))
        .routes(routes!(flows::watch, flows::end))
        .routes(routes!(events::events))
        .routes(routes!(flows::qr_svg))
        .routes(routes!(reveal::credentials))
        .routes(routes!(apps::add))
        .routes(routes!(apps::registry::list))
        .routes(routes!(apps::registry::read, apps::update::update, apps::registry::remove))
        .routes(routes!(apps::registry::credentials))
        .routes(routes!(apps::examine::verify))
        .routes(routes!(apps::claim))
        .routes(routes!(deliveries::redeliver))
        .routes(routes!(embed_tokens::make))
        .routes(routes!(operator::start));
    #[cfg(feature = "login")]
    let api = api.merge(super::login::api());
    #[cfg(feature = "platform")]
    let api =
        api.merge(super::messages::api()).merge(super::organisations::api()).merge(super::suites::api());
    api
}

/// `GET /api/v1/openapi.json`
pub(super) fn served(document: OpenApi) -> Router<AppState> {
    Router::new().route("/api/v1/openapi.json", get(move || std::future::ready(Json(document.clone()))))
}

pub(super) fn base() -> OpenApi {
    let license = LicenseBuilder::new().name(env!("CARGO_PKG_LICENSE")).build();
    let info = InfoBuilder::new()
        .title("dingtalk-qr")
        .version(env!("CARGO_PKG_VERSION"))
        .license(Some(license))
        .description(Some(
            "Create a DingTalk app by scanning a QR code, and sign people in with DingTalk. Errors are RFC 9457 problems with a stable `code`.",
        ))
        .build();
    let bearer = |description: &str| {
        let http =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description.to_owned()));
        SecurityScheme::Http(http.build())
    };
    let mut components = Components::new();
    components
        .add_security_scheme("api_key", bearer("An API key: `dingtalk-qr api-key create NAME` prints one."));
    components.add_security_scheme("poll_token", bearer("The `poll_token` from the start of the flow."));
    components.add_security_scheme(
        "embed_token",
        bearer("The `token` of `POST /api/v1/embed-tokens`, from a page of its origin."),
    );
    let cookie = ApiKey::Cookie(ApiKeyValue::new("__Host-dingtalk-qr-operator"));
    components.add_security_scheme("operator_session", SecurityScheme::ApiKey(cookie));
    let cookie = ApiKey::Cookie(ApiKeyValue::new("__Host-dingtalk-qr-reveal"));
    components.add_security_scheme("reveal", SecurityScheme::ApiKey(cookie));
    let cookie = ApiKey::Cookie(ApiKeyValue::new("__Host-dingtalk-qr-session"));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    OpenApiBuilder::new().info(info).components(Some(components)).build()
}
