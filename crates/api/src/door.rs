//! A door: one operation with the address it is at, what serves it, and what is
//! said about it. Router and description are made from the same list.

use crate::app::App;
use crate::problem::ProblemJson;
use axum::extract::{FromRequest, Request};
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use axum::routing::{self, MethodRouter};
use serde_json::Value;
use std::borrow::Cow;
use std::pin::Pin;
use std::sync::Arc;
use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{
    ContentBuilder, HttpMethod, ObjectBuilder, Ref, RefOr, Required, ResponseBuilder, Schema, Type,
};
use utoipa::{IntoParams, ToSchema};

/// A schema that is made when the description is: together they take more room
/// than everything else a server holds that has nothing to do.
pub(crate) struct NamedSchema {
    /// Its name.
    pub(crate) name: Cow<'static, str>,
    /// Makes it, and those it refers to.
    pub(crate) make: fn(&mut Vec<(String, RefOr<Schema>)>),
}

/// Adds to what is said about an operation.
type Saying = Box<dyn FnOnce(OperationBuilder) -> OperationBuilder>;

/// One operation.
pub(crate) struct Door {
    /// Its address; parts in braces are parameters.
    pub(crate) path: Cow<'static, str>,
    /// Its method.
    pub(crate) method: HttpMethod,
    /// What serves it.
    pub(crate) handler: MethodRouter<App>,
    /// What is said about it, put together when the description is: a server that starts needs the
    /// handlers alone.
    said: Vec<Saying>,
    /// The schemas it refers to.
    pub(crate) schemas: Vec<NamedSchema>,
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident = $method:ident),+ $(,)?) => {
        impl Door {
            $($(#[$doc])*
            pub(crate) fn $name<Asked, Via>(
                path: impl Into<Cow<'static, str>>,
                id: &str,
                handler: impl Serves<Asked>,
            ) -> Self
            where
                Asked: FromRequest<App, Via> + Send + 'static,
                Via: 'static,
            {
                let handler = routing::$name(AnyHandler::of::<Asked, Via>(handler));
                Door::new(path.into(), id, HttpMethod::$method, handler)
            })+
        }
    };
}

methods! {
    /// Reads. `id` names the operation for generated clients.
    get = Get,
    /// Creates, or commands.
    post = Post,
    /// Replaces.
    put = Put,
    /// Changes what is given.
    patch = Patch,
    /// Removes, or takes out of use.
    delete = Delete,
}

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

/// Any handler behind one type: what the router makes of each type would be compiled as often as
/// there are operations.
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

impl Door {
    fn new(
        path: Cow<'static, str>,
        id: &str,
        method: HttpMethod,
        handler: MethodRouter<App>,
    ) -> Self {
        let (id, whole) = (id.to_owned(), path.clone());
        let door = Door { path, method, handler, said: vec![], schemas: vec![] };
        door.say(move |operation| {
            let mut operation = operation.operation_id(Some(id));
            for name in whole.split(['{', '}']).skip(1).step_by(2) {
                operation = operation.parameter(
                    ParameterBuilder::new()
                        .name(name)
                        .parameter_in(ParameterIn::Path)
                        .required(Required::True)
                        .description(Some(about_parameter(name)))
                        .schema(Some(ObjectBuilder::new().schema_type(Type::String))),
                );
            }
            operation
        })
    }

    fn say(mut self, saying: impl FnOnce(OperationBuilder) -> OperationBuilder + 'static) -> Self {
        self.said.push(Box::new(saying));
        self
    }

    /// Its address, and all that is said about it.
    pub(crate) fn described(self) -> (String, PathItem) {
        let operation =
            self.said.into_iter().fold(OperationBuilder::new(), |so_far, say| say(so_far));
        (self.path.replace("{*", "{"), PathItem::new(self.method, operation.build()))
    }

    /// Its family and what it does, in one line and in more words.
    pub(crate) fn about(self, tag: &str, summary: &str, description: &str) -> Self {
        let more = (!description.is_empty()).then(|| description.to_owned());
        let (tag, summary) = (tag.to_owned(), summary.to_owned());
        self.say(move |operation| operation.tag(tag).summary(Some(summary)).description(more))
    }

    /// What may follow the question mark.
    pub(crate) fn query<P: IntoParams>(self) -> Self {
        self.query_of(|| P::into_params(|| Some(ParameterIn::Query)))
    }

    fn query_of(self, parameters: fn() -> Vec<Parameter>) -> Self {
        self.say(move |operation| {
            parameters().into_iter().fold(operation, OperationBuilder::parameter)
        })
    }

    /// A header it heeds.
    pub(crate) fn header(self, name: &str, description: &str) -> Self {
        let (name, description) = (name.to_owned(), description.to_owned());
        self.say(move |operation| {
            operation.parameter(
                ParameterBuilder::new()
                    .name(name)
                    .parameter_in(ParameterIn::Header)
                    .required(Required::False)
                    .description(Some(description))
                    .schema(Some(ObjectBuilder::new().schema_type(Type::String))),
            )
        })
    }

    /// Heeds `Idempotency-Key`.
    pub(crate) fn once(self) -> Self {
        self.header(
            "Idempotency-Key",
            "Up to 200 characters. The same key and body gives the same answer again; the same key with another body is refused with 422.",
        )
    }

    /// Heeds `If-Match`.
    pub(crate) fn if_match(self) -> Self {
        self.header(
            "If-Match",
            "The version seen, as ETag gave it. Refused with 412 when it is another by now.",
        )
    }

    /// Its JSON body, with an example.
    pub(crate) fn body<T: ToSchema>(mut self, example: Value) -> Self {
        let schema = self.named::<T>();
        self.body_of(schema, example)
    }

    fn body_of(self, schema: Ref, example: Value) -> Self {
        self.say(move |operation| {
            let content = ContentBuilder::new().schema(refers(&schema)).example(Some(example));
            with_body(operation, "application/json", content)
        })
    }

    /// A body of another kind.
    pub(crate) fn other_body(self, media_type: &'static str, schema: Schema) -> Self {
        let schema = Box::new(schema);
        self.say(move |operation| {
            with_body(operation, media_type, ContentBuilder::new().schema(Some(*schema)))
        })
    }

    /// Its answer when all is well.
    pub(crate) fn answers<T: ToSchema>(mut self, status: u16, description: &str) -> Self {
        let schema = self.named::<T>();
        self.answers_with(schema, status, description)
    }

    fn answers_with(self, schema: Ref, status: u16, description: &str) -> Self {
        let description = description.to_owned();
        self.say(move |operation| {
            let content = ContentBuilder::new().schema(refers(&schema)).build();
            let response = ResponseBuilder::new()
                .description(description)
                .content("application/json", content);
            operation.response(status.to_string(), response)
        })
    }

    /// An answer that is no JSON, or without a body (`media_type` empty).
    pub(crate) fn answers_plainly(self, status: u16, media_type: &str, description: &str) -> Self {
        let (media_type, description) = (media_type.to_owned(), description.to_owned());
        self.say(move |operation| {
            let mut response = ResponseBuilder::new().description(description);
            if !media_type.is_empty() {
                let text = ObjectBuilder::new().schema_type(Type::String);
                response =
                    response.content(media_type, ContentBuilder::new().schema(Some(text)).build());
            }
            operation.response(status.to_string(), response)
        })
    }

    /// The problems it may answer with besides those of every operation.
    pub(crate) fn problems(mut self, statuses: &[u16]) -> Self {
        // An address with a part in braces may be one that cannot be read.
        let unreadable = self.path.contains('{').then_some(400);
        let statuses: Vec<u16> = unreadable.into_iter().chain(statuses.iter().copied()).collect();
        let problem = self.named::<ProblemJson>();
        self.say(move |operation| {
            statuses.into_iter().fold(operation, |operation, status| {
                let content = ContentBuilder::new().schema(refers(&problem)).build();
                let response = ResponseBuilder::new()
                    .description(about_problem(status))
                    .content("application/problem+json", content);
                operation.response(status.to_string(), response)
            })
        })
    }

    /// A reference to a type's schema, which becomes part of the description.
    fn named<T: ToSchema>(&mut self) -> Ref {
        self.named_as(T::name(), |all| {
            all.push((T::name().into_owned(), T::schema()));
            T::schemas(all);
        })
    }

    fn named_as(
        &mut self,
        name: Cow<'static, str>,
        make: fn(&mut Vec<(String, RefOr<Schema>)>),
    ) -> Ref {
        let reference = Ref::from_schema_name(&*name);
        self.schemas.push(NamedSchema { name, make });
        reference
    }
}

fn refers(to: &Ref) -> Option<RefOr<Schema>> {
    Some(RefOr::Ref(to.clone()))
}

fn with_body(
    operation: OperationBuilder,
    media_type: &str,
    content: ContentBuilder,
) -> OperationBuilder {
    let body = RequestBodyBuilder::new()
        .content(media_type, content.build())
        .required(Some(Required::True));
    operation.request_body(Some(body.build()))
}

fn about_parameter(name: &str) -> &'static str {
    match name {
        "number" | "other" => "The incident's number, such as INC-7.",
        "command" => "The name of a command, such as acknowledge.",
        "user" => "The person's e-mail address or id, or me.",
        "team" | "service" | "organisation" | "integration" => "Its name or id.",
        "category" => "Its name, its path or its id.",
        _ => "Its id.",
    }
}

fn about_problem(status: u16) -> &'static str {
    match status {
        400 => "The request cannot be read.",
        401 => "Nobody known asks: no token or session, or one that has ended.",
        403 => "Not with these rights.",
        404 => "There is no such thing, or the caller may not see it.",
        409 => "Not in this state; `allowed` names the commands that are possible.",
        412 => "It was changed since the version named in If-Match.",
        413 => "Too large.",
        415 => "Not the expected kind of body.",
        422 => "A value breaks a rule; `errors` names the fields.",
        429 => "Too many tries; wait as long as Retry-After says.",
        503 => "Too much waits, or the database is away; wait as long as Retry-After says.",
        _ => "It went wrong.",
    }
}
