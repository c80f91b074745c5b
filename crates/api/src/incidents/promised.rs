//! What people were promised, and whether breaches are explained, as answers show it.

use super::needs::promises_shown;
use super::view::Shown;
use incident::promise::Promise;
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A fixed instant that somebody was given.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Promised)]
pub(super) struct Promised<'a> {
    /// To whom: the e-mail address, or the name where there is none.
    to: Option<&'a str>,
    /// By when.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// When it was given.
    #[schema(value_type = String, format = DateTime)]
    given_at: Timestamp,
    /// Whether it passed while the incident was open.
    broken: bool,
    /// Whether it passed while the incident was resolved.
    kept: bool,
}

impl<'a> Promised<'a> {
    /// The promises that the viewer may see.
    pub(super) fn all(shown: &Shown<'a>) -> Vec<Self> {
        let seen = promises_shown(shown.state, shown.access);
        seen.map(|given| Promised::of(shown, given)).collect()
    }

    fn of(shown: &Shown<'a>, given: &Promise) -> Self {
        let Promise { to, at, given_at, broken, kept } = *given;
        Promised { to: shown.handle(to), at, given_at, broken, kept }
    }
}
