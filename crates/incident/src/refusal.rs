//! Why a wish was not granted, in words a person can act on.

use crate::command::CommandName;
use serde::Serialize;

/// What sort of refusal it is; doors turn it into their own answer (HTTP status, exit code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// The actor may see the incident but not do this.
    Forbidden,
    /// The incident is in a state that does not allow it; `allowed` names what is.
    State,
    /// A value breaks a rule; `field` names it.
    Invalid,
    /// There is no such thing, or the actor may not know of it.
    NotFound,
    /// A limit is reached.
    Limit,
}

/// A typed refusal. It changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What sort it is.
    pub kind: RefusalKind,
    /// Stable code for programs.
    pub code: &'static str,
    /// Words for a person: what is wrong and what to do.
    pub message: String,
    /// The field at fault, if one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
    /// All the fields at fault, where several are missing at once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<&'static str>,
    /// Commands that this actor could issue instead.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<CommandName>,
}

impl Refusal {
    /// A value that breaks a rule.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Refusal {
            kind: RefusalKind::Invalid,
            code: "invalid",
            message: message.into(),
            field: Some(field),
            missing: vec![],
            allowed: vec![],
        }
    }

    /// Something this actor may not do.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Refusal {
            kind: RefusalKind::Forbidden,
            code: "forbidden",
            message: message.into(),
            field: None,
            missing: vec![],
            allowed: vec![],
        }
    }

    /// Something that does not exist, or not for this actor.
    pub fn not_found(message: impl Into<String>) -> Self {
        Refusal {
            kind: RefusalKind::NotFound,
            code: "not_found",
            message: message.into(),
            field: None,
            missing: vec![],
            allowed: vec![],
        }
    }

    /// A state that does not allow it. `decide` fills in what is allowed.
    pub fn state(code: &'static str, message: impl Into<String>) -> Self {
        Refusal {
            kind: RefusalKind::State,
            code,
            message: message.into(),
            field: None,
            missing: vec![],
            allowed: vec![],
        }
    }

    /// A limit is reached.
    pub fn limit(message: impl Into<String>) -> Self {
        Refusal {
            kind: RefusalKind::Limit,
            code: "limit",
            message: message.into(),
            field: None,
            missing: vec![],
            allowed: vec![],
        }
    }
}
