//! Sources that are asked which alerts they know, and how what integrations do by themselves goes.

use kernel::{IntegrationId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::alerts::asks::{self, Asked};
use store::directory::fetches::{self, Fetching};
use store::directory::integrations::{ASK_EVERY_MINUTES, Ask, Secrets};
use store::{Failure, Sql};
use utoipa::ToSchema;

/// How what integrations do by themselves goes.
pub(super) struct AllGoing {
    fetches: HashMap<IntegrationId, Fetching>,
    asks: HashMap<IntegrationId, Asked>,
}

/// The same of one.
#[derive(Default)]
pub(super) struct Going {
    pub(super) fetching: Option<Fetching>,
    pub(super) asked: Option<Asked>,
}

impl AllGoing {
    pub(super) fn read(sql: &mut dyn Sql) -> Result<Self, Failure> {
        Ok(AllGoing { fetches: fetches::all(sql)?, asks: asks::all(sql)? })
    }

    pub(super) fn of(&mut self, id: IntegrationId) -> Going {
        Going { fetching: self.fetches.remove(&id), asked: self.asks.remove(&id) }
    }
}

/// Where a source is asked which alerts it knows, and how that goes.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AskShown {
    /// Its address, without `/api/v2/alerts`.
    url: String,
    /// Who signs in with a password.
    user: Option<String>,
    every_minutes: u32,
    /// When it last answered.
    #[schema(value_type = Option<String>, format = DateTime)]
    answered_at: Option<Timestamp>,
    /// Since when it does not.
    #[schema(value_type = Option<String>, format = DateTime)]
    failing_since: Option<Timestamp>,
    /// How often in a row it did not.
    failures: i64,
    /// What the last attempt ended with.
    error: Option<String>,
}

impl AskShown {
    pub(super) fn of(ask: Ask, asked: Option<Asked>) -> Self {
        let asked = asked.as_ref();
        AskShown {
            url: ask.url,
            user: ask.user,
            every_minutes: ask.every_minutes,
            answered_at: asked.and_then(|asked| asked.answered_at),
            failing_since: asked.and_then(|asked| asked.failing_since),
            failures: asked.map_or(0, |asked| asked.failures),
            error: asked.and_then(|asked| asked.error.clone()),
        }
    }
}

/// Where a source is to be asked which alerts it knows. The secret is never shown again; where it
/// is absent it stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AskGiven {
    /// Its address, without `/api/v2/alerts`.
    url: String,
    /// Who signs in with the secret as password; without one the secret is a bearer token.
    user: Option<String>,
    secret: Option<String>,
    /// 5 when absent.
    every_minutes: Option<u32>,
}

/// Where to ask, and what to sign in with.
pub(super) fn ask(given: AskGiven) -> (Ask, Secrets) {
    let ask = Ask {
        url: given.url.trim().to_owned(),
        user: given.user.filter(|user| !user.is_empty()),
        every_minutes: given.every_minutes.unwrap_or(ASK_EVERY_MINUTES),
    };
    (
        ask,
        Secrets {
            password: given.secret.filter(|secret| !secret.is_empty()),
            ..Secrets::default()
        },
    )
}
