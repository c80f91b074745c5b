//! What serves an address. Handlers are put behind one type, because what the router makes of each
//! type would be compiled as often as there are pages.

use crate::app::App;
use axum::extract::Request;
use axum::handler::Handler;
use axum::response::Response;
use axum::routing::{self, MethodRouter};
use std::pin::Pin;
use std::sync::Arc;

/// A handler at work.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

#[derive(Clone)]
struct AnyHandler(Arc<dyn Fn(Request, App) -> Answering + Send + Sync>);

impl AnyHandler {
    fn of<H, T>(handler: H) -> Self
    where
        H: Handler<T, App, Future = Answering>,
        T: 'static,
    {
        AnyHandler(Arc::new(move |request, app| handler.clone().call(request, app)))
    }
}

impl Handler<(), App> for AnyHandler {
    type Future = Answering;

    fn call(self, request: Request, app: App) -> Answering {
        (self.0)(request, app)
    }
}

/// Shows something.
pub(crate) fn get<H, T>(handler: H) -> MethodRouter<App>
where
    H: Handler<T, App, Future = Answering>,
    T: 'static,
{
    routing::get(AnyHandler::of(handler))
}

/// Takes a form.
pub(crate) fn post<H, T>(handler: H) -> MethodRouter<App>
where
    H: Handler<T, App, Future = Answering>,
    T: 'static,
{
    routing::post(AnyHandler::of(handler))
}

/// Keeps what a script gives.
pub(crate) fn put<H, T>(handler: H) -> MethodRouter<App>
where
    H: Handler<T, App, Future = Answering>,
    T: 'static,
{
    routing::put(AnyHandler::of(handler))
}
