//! The same doors from within the program, for whoever is at the command line of the machine: what
//! they say goes through everything that a request goes through.

use crate::auth::Caller;
use crate::{Options, router};
use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Request};
use axum::{Extension, Router};
use desk::Desk;
use serde::Deserialize;
use serde_json::Value;
use tower::ServiceExt;

/// The doors, opened to whoever is at the command line. They may configure everything, and the
/// audit log says that it was them.
pub struct Within(Router);

/// Why a request was not done, as a program far away hears it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Refused {
    /// The HTTP status.
    pub status: u16,
    /// What is wrong, in a sentence.
    pub detail: String,
    /// The fields at fault, if fields are.
    #[serde(default)]
    pub errors: Vec<FieldRefused>,
}

/// A field at fault.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FieldRefused {
    /// The field, as a path: `name`, `steps.0.whom.1`; empty for the whole.
    pub field: String,
    /// The rule it breaks; goes on after the field's name.
    pub message: String,
}

impl Within {
    /// Opens them on a desk.
    pub fn of(desk: Desk) -> Self {
        let caller = Caller::command_line();
        Within(router(desk, Options::default()).layer(Extension(caller)))
    }

    /// Reads.
    ///
    /// # Errors
    ///
    /// What the door answers.
    pub async fn get(&self, path: &str) -> Result<Value, Refused> {
        self.ask(Method::GET, path, None).await
    }

    /// Creates.
    ///
    /// # Errors
    ///
    /// What the door answers.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, Refused> {
        self.ask(Method::POST, path, Some(body)).await
    }

    /// Changes what is given.
    ///
    /// # Errors
    ///
    /// What the door answers.
    pub async fn patch(&self, path: &str, body: &Value) -> Result<Value, Refused> {
        self.ask(Method::PATCH, path, Some(body)).await
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Refused> {
        let broken = |error: &dyn std::fmt::Display| Refused {
            status: 500,
            detail: format!("The answer cannot be read: {error}"),
            errors: vec![],
        };
        let text = body.map(Value::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(text))
            .map_err(|error| broken(&error))?;
        let response = match self.0.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let good = response.status().is_success();
        let bytes =
            to_bytes(response.into_body(), usize::MAX).await.map_err(|error| broken(&error))?;
        match good {
            true => serde_json::from_slice(&bytes).map_err(|error| broken(&error)),
            false => Err(serde_json::from_slice(&bytes).unwrap_or_else(|error| broken(&error))),
        }
    }
}
