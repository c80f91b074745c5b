//! The door for scripts and other programs: JSON over HTTP, its description in
//! OpenAPI, and the live stream. Every operation stands once, in a [`door::Door`]
//! that both serves and describes it, so the description cannot go astray.

mod agreements;
mod alerts;
mod app;
mod articles;
mod audit;
mod auth;
mod calendars;
mod categories;
mod causes;
mod changes;
mod deliveries;
mod directory;
mod docs;
mod door;
mod escalations;
mod events;
mod field;
mod forecasts;
mod health;
mod inbox;
mod incidents;
mod integrations;
mod json;
mod kept;
mod lists;
mod macros;
mod mailed_reports;
mod maintenances;
mod messages;
mod models;
mod nearest;
mod notices;
mod observe;
mod once;
mod openapi;
mod organisations;
mod page;
mod paging;
mod path;
mod people;
mod problem;
mod problems;
mod recurring;
mod reference;
mod reports;
mod reviews;
mod rules;
mod schedules;
mod search;
mod service_map;
mod services;
mod settings;
mod status;
mod subscribers;
mod suggestions;
mod surges;
mod teams;
mod tokens;
mod twice;
mod version;
mod views;
mod webhooks;
mod whom;
mod within;

use app::App;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use desk::Desk;
use door::Door;
use kernel::limits;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
pub use within::{FieldRefused, Refused, Within};

/// What the doors are told when they open.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Where people and programs reach this instance, such as
    /// `https://desk.example.com`, without a slash at the end. Without it links
    /// are relative and requests by session must name the same host.
    pub public_url: Option<String>,
    /// Whether this program encrypts connections itself.
    pub encrypted: bool,
}

impl Options {
    /// Where others find this instance, without a slash at its end: the address people use, else
    /// the one by which this request came; empty where it names none.
    fn base(&self, headers: &HeaderMap) -> String {
        if let Some(url) = &self.public_url {
            return url.trim_end_matches('/').to_owned();
        }
        let scheme = if self.encrypted { "https" } else { "http" };
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        host.map(|host| format!("{scheme}://{host}")).unwrap_or_default()
    }
}

/// Everything under `/api`, `/openapi.json`, `/healthz`, `/readyz` and
/// `/metrics`. It has no fallback of its own, so that it can be merged.
pub fn router(desk: Desk, options: Options) -> Router {
    let app = App::new(desk, options);
    let mut router = Router::new();
    for door in doors() {
        router = router.route(&door.path, door.handler);
    }
    router
        .merge(docs::router())
        .route(
            "/api/v1/incidents/{number}/{command}",
            axum::routing::any(incidents::unknown_command),
        )
        .route("/api", axum::routing::any(problem::no_such_path))
        .route("/api/{*rest}", axum::routing::any(problem::no_such_path))
        .method_not_allowed_fallback(problem::wrong_method)
        // Put around each of hundreds of routes, so together, the outermost first.
        .layer(
            ServiceBuilder::new()
                .layer(axum::middleware::from_fn_with_state(app.clone(), observe::observe))
                .layer(CatchPanicLayer::custom(problem::panicked))
                .layer(axum::middleware::from_fn(once::to_its_end))
                .layer(DefaultBodyLimit::max(limits::JSON_BODY_BYTES)),
        )
        .with_state(app)
}

/// The description of the API in OpenAPI 3.1.
pub fn openapi() -> utoipa::openapi::OpenApi {
    openapi::document(doors())
}

/// Every operation.
fn doors() -> Vec<Door> {
    let families = [
        incidents::doors(),
        search::doors(),
        events::doors(),
        people::doors(),
        teams::doors(),
        organisations::doors(),
        services::doors(),
        service_map::doors(),
        changes::doors(),
        causes::doors(),
        categories::doors(),
        schedules::doors(),
        escalations::doors(),
        reports::doors(),
        forecasts::doors(),
        mailed_reports::doors(),
        rules::doors(),
        models::doors(),
        notices::doors(),
        views::doors(),
        macros::doors(),
        tokens::doors(),
        integrations::doors(),
        integrations::payloads::doors(),
        alerts::doors(),
        maintenances::doors(),
        status::doors(),
        suggestions::doors(),
        surges::doors(),
        problems::doors(),
        problems::linked::doors(),
        recurring::doors(),
        reviews::doors(),
        reviews::actions::doors(),
        reviews::template::doors(),
        articles::doors(),
        articles::used::doors(),
        agreements::doors(),
        calendars::doors(),
        settings::doors(),
        audit::doors(),
        deliveries::doors(),
        paging::doors(),
        webhooks::doors(),
        webhooks::messages::doors(),
        lists::doors(),
        subscribers::doors(),
        inbox::doors(),
        messages::doors(),
        health::doors(),
    ];
    families.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_whole_where_the_request_says_by_which_it_came() {
        let mut headers = HeaderMap::new();
        let own = Options { public_url: None, encrypted: true };
        assert_eq!(own.base(&headers), "");
        headers.insert(HOST, "desk.example:8443".parse().unwrap());
        assert_eq!(own.base(&headers), "https://desk.example:8443");
        let plain = Options::default();
        assert_eq!(plain.base(&headers), "http://desk.example:8443");
        let public_url = Some("https://help.example/".to_owned());
        assert_eq!(Options { public_url, ..own }.base(&headers), "https://help.example");
    }
}
