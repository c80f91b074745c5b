//! By which route a request is answered. Whoever stands around all routes knows it only once it was
//! found within.

use axum::extract::{MatchedPath, Request};
use std::sync::{Arc, OnceLock};

/// The route of a request, once it was found; put into the request's extensions to be told.
#[derive(Debug, Clone, Default)]
pub struct Matched(Arc<OnceLock<MatchedPath>>);

impl Matched {
    /// The route, with names in the place of what it leaves open; none before it was found, and where
    /// there is none.
    pub fn route(&self) -> Option<&str> {
        self.0.get().map(MatchedPath::as_str)
    }
}

/// Tells it. To be layered over routes, each of which knows its own.
pub async fn matched(request: Request) -> Request {
    let extensions = request.extensions();
    if let Some((asked, route)) = extensions.get::<Matched>().zip(extensions.get::<MatchedPath>()) {
        // The first that was found is the one that answers.
        asked.0.get_or_init(|| route.clone());
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::middleware::map_request;
    use axum::routing::get;
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_route_is_told_through_services_within_services() {
        let within: Router = Router::new().route("/pages/{page}", get(|| async { "" }));
        let routes: Router = Router::new()
            .route("/api/{one}", get(|| async { "" }))
            .fallback_service(within.layer(map_request(matched)));
        let all: Router = Router::new().fallback_service(routes.layer(map_request(matched)));
        for (path, route) in [
            ("/pages/7", Some("/pages/{page}")),
            ("/api/7", Some("/api/{one}")),
            ("/nowhere", None),
        ] {
            let asked = Matched::default();
            let request = Request::get(path).extension(asked.clone()).body(Body::empty()).unwrap();
            all.clone().oneshot(request).await.unwrap();
            assert_eq!(asked.route(), route, "{path}");
        }
    }
}
