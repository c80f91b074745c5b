//! What serves an address. Handlers are put behind one type, because what the router makes of each
//! type would be compiled as often as there are pages, and so would the taking of what they ask for.

use crate::app::App;
use axum::extract::{FromRequest, Request};
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use axum::routing::{self, MethodRouter};
use std::pin::Pin;
use std::sync::Arc;

/// A handler at work.
pub(crate) type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A function that serves an address. What it asks for of a request are its arguments.
pub(crate) trait Serves<Asked>: Send + Sync + 'static {
    /// Answers what was taken of a request.
    fn serve(&self, asked: Asked) -> Answering;
}

macro_rules! serves {
    ($($argument:ident)*) => {
        impl<Function, Answer, $($argument),*> Serves<($($argument,)*)> for Function
        where
            Function: Fn($($argument),*) -> Answer + Send + Sync + 'static,
            Answer: Future<Output: IntoResponse> + Send + 'static,
        {
            #[allow(non_snake_case)] // An argument is called as its type.
            fn serve(&self, ($($argument,)*): ($($argument,)*)) -> Answering {
                let answer = self($($argument),*);
                Box::pin(async move { answer.await.into_response() })
            }
        }
    };
}

serves!();
serves!(A);
serves!(A B);
serves!(A B C);
serves!(A B C D);
serves!(A B C D E);
serves!(A B C D E F);
serves!(A B C D E F G);

#[derive(Clone)]
struct AnyHandler(Arc<dyn Fn(Request, App) -> Answering + Send + Sync>);

impl AnyHandler {
    fn of<Asked, Via>(handler: impl Serves<Asked>) -> Self
    where
        Asked: FromRequest<App, Via> + Send + 'static,
        Via: 'static,
    {
        AnyHandler::taking::<Asked, Via>(Arc::new(handler))
    }

    /// What is asked for is taken by the same code for all that ask for the same.
    fn taking<Asked, Via>(handler: Arc<dyn Serves<Asked>>) -> Self
    where
        Asked: FromRequest<App, Via> + Send + 'static,
        Via: 'static,
    {
        AnyHandler(Arc::new(move |request: Request, app: App| -> Answering {
            let handler = handler.clone();
            Box::pin(async move {
                let asked = match Asked::from_request(request, &app).await {
                    Ok(asked) => asked,
                    Err(rejection) => return rejection.into_response(),
                };
                handler.serve(asked).await
            })
        }))
    }
}

impl Handler<(), App> for AnyHandler {
    type Future = Answering;

    fn call(self, request: Request, app: App) -> Answering {
        (self.0)(request, app)
    }
}

/// Shows something.
pub(crate) fn get<Asked, Via>(handler: impl Serves<Asked>) -> MethodRouter<App>
where
    Asked: FromRequest<App, Via> + Send + 'static,
    Via: 'static,
{
    routing::get(AnyHandler::of::<Asked, Via>(handler))
}

/// Takes a form.
pub(crate) fn post<Asked, Via>(handler: impl Serves<Asked>) -> MethodRouter<App>
where
    Asked: FromRequest<App, Via> + Send + 'static,
    Via: 'static,
{
    routing::post(AnyHandler::of::<Asked, Via>(handler))
}

/// Keeps what a script gives.
pub(crate) fn put<Asked, Via>(handler: impl Serves<Asked>) -> MethodRouter<App>
where
    Asked: FromRequest<App, Via> + Send + 'static,
    Via: 'static,
{
    routing::put(AnyHandler::of::<Asked, Via>(handler))
}
