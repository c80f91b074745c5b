//! How people are reached when they are paged: `contact-methods` and `contact-rules` below a user.
//! Instead of an id an address may say `me`.

use super::find;
use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::{self, Body, Nothing};
use crate::once::{self, Answered, Once};
use crate::path::Path;
use crate::problem::Problem;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::contacts::Draft;
use incident::reach::{PageChannel, ReachRule, Urgency};
use kernel::{ContactId, PersonId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::directory::Contact;
use utoipa::ToSchema;

const METHODS: &str = "/api/v1/users/{user}/contact-methods";
const METHOD: &str = "/api/v1/users/{user}/contact-methods/{id}";
const RULES: &str = "/api/v1/users/{user}/contact-rules";
const OWN: &str = "One's own, by `me`; administrators those of everybody.";

/// A way to reach somebody.
#[derive(Debug, Serialize, ToSchema)]
struct ContactMethod {
    #[schema(value_type = String)]
    id: ContactId,
    /// `web_push`, `ntfy`, `telegram`, `slack`, `mattermost`, `teams`, `sms`, `voice`, `email`.
    channel: &'static str,
    address: String,
    /// How its person calls it.
    label: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Since when it is used; null before its code was said.
    #[schema(value_type = Option<String>, format = DateTime)]
    verified_at: Option<Timestamp>,
    /// When something was last taken for it.
    #[schema(value_type = Option<String>, format = DateTime)]
    sent_at: Option<Timestamp>,
    /// When it was last shown that it reaches them: by its code, or because what was sent arrived.
    #[schema(value_type = Option<String>, format = DateTime)]
    proved_at: Option<Timestamp>,
    /// Since when nothing was taken for it.
    #[schema(value_type = Option<String>, format = DateTime)]
    failing_since: Option<Timestamp>,
    /// What the last attempt ended with, while it fails.
    error: Option<String>,
}

/// The ways of somebody.
#[derive(Debug, Serialize, ToSchema)]
struct ContactMethods {
    items: Vec<ContactMethod>,
    /// By what this instance can reach anybody.
    channels: Vec<&'static str>,
}

/// A way as somebody wants it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewContactMethod {
    channel: String,
    /// A number with its country, an address, a topic, a chat, the id of a browser.
    address: String,
    #[serde(default)]
    label: String,
}

/// The code that came by a way.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CodeSaid {
    code: String,
}

/// Which way after how long.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ContactRule {
    /// `high` or `low`.
    urgency: String,
    /// Minutes after they were paged, 0 to 120.
    after_minutes: u16,
    /// The id of one of their ways.
    contact_method: String,
}

/// Which ways of somebody after how long; without any the usual: all at once when it is urgent.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ContactRules {
    items: Vec<ContactRule>,
}

pub(super) fn doors() -> Vec<Door> {
    vec![
        Door::get(METHODS, "listContactMethods", list)
            .about("users", "List how somebody is reached when they are paged", OWN)
            .answers::<ContactMethods>(200, "Their ways.")
            .problems(&[401, 403, 404, 503]),
        Door::post(METHODS, "addContactMethod", add)
            .about("users", "Add a way to be reached", "A code is sent there; it is not used before that was said. When the code could not be sent, `error` says why.")
            .body::<NewContactMethod>(json!({ "channel": "sms", "address": "+49 30 1234567" }))
            .once()
            .answers::<ContactMethod>(201, "The way, not verified.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 429, 503]),
        Door::delete(METHOD, "removeContactMethod", remove)
            .about("users", "Remove a way, with its rules", OWN)
            .answers_plainly(204, "", "They are not reached there any more.")
            .problems(&[401, 403, 404, 503]),
        Door::post(format!("{METHOD}/send-code"), "sendContactCode", send_code)
            .about("users", "Send another code", "The one before is worth nothing any more.")
            .body::<Nothing>(json!({}))
            .once()
            .answers::<ContactMethod>(202, "It is on its way.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 429, 503]),
        Door::post(format!("{METHOD}/verify"), "verifyContactMethod", verify)
            .about("users", "Say the code that came by a way", OWN)
            .body::<CodeSaid>(json!({ "code": "042917" }))
            .once()
            .answers::<ContactMethod>(200, "The way, which is used from now on.")
            .problems(&[400, 401, 403, 404, 413, 415, 422, 503]),
        Door::post(format!("{METHOD}/test"), "testContactMethod", test)
            .about("users", "Send a test page", OWN)
            .body::<Nothing>(json!({}))
            .once()
            .answers::<ContactMethod>(202, "It was taken, as `sent_at` says.")
            .problems(&[400, 401, 403, 404, 409, 413, 415, 422, 429, 503]),
        Door::get(RULES, "readContactRules", rules)
            .about("users", "Read which way is used after how long", OWN)
            .answers::<ContactRules>(200, "Their rules.")
            .problems(&[401, 403, 404, 503]),
        Door::put(RULES, "setContactRules", set_rules)
            .about("users", "Say which way is used after how long", "These and only these.")
            .body::<ContactRules>(json!({ "items": [{ "urgency": "high", "after_minutes": 5, "contact_method": "018f…" }] }))
            .answers::<ContactRules>(200, "Their rules now.")
            .problems(&[400, 401, 403, 404, 413, 415, 422, 503]),
    ]
}

/// Whose ways an address names.
async fn whose(app: &App, caller: &Caller, id: &str) -> Result<PersonId, Problem> {
    if id == "me" {
        return Ok(caller.viewer().person);
    }
    Ok(find(app, caller, id).await?.id)
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_read()?;
    let person = whose(&app, &caller, &id).await?;
    let (found, _) = app.desk().contacts(caller.viewer(), person).await?;
    let items = found.into_iter().map(shown).collect();
    let channels = app.desk().page_channels().into_iter().map(PageChannel::as_str).collect();
    Ok(json::answer(StatusCode::OK, &ContactMethods { items, channels }))
}

async fn add(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    once: Once,
    body: Body<NewContactMethod>,
) -> Result<Response, Problem> {
    caller.must_write()?;
    let once = once.of(&body.bytes);
    let NewContactMethod { channel, address, label } = body.value;
    let add = async {
        let person = whose(&app, &caller, &id).await?;
        let channel = channel
            .parse()
            .map_err(|error: kernel::Invalid| Problem::invalid("channel", error.to_string()))?;
        let draft = Draft { channel, address, label };
        let (contact, wrong) = app.desk().add_contact(caller.viewer(), person, draft).await?;
        Ok(Answered::created(&shown(Contact { error: wrong, ..contact }))?)
    };
    once::done(&app, &caller, once, add).await
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path((id, method)): Path<(String, String)>,
) -> Result<Response, Problem> {
    caller.must_write()?;
    let method = method_of(&app, &caller, &id, &method).await?;
    app.desk().remove_contact(caller.viewer(), method).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn send_code(
    State(app): State<App>,
    caller: Caller,
    Path((id, method)): Path<(String, String)>,
    once: Once,
    body: Body<Nothing>,
) -> Result<Response, Problem> {
    caller.must_write()?;
    let send = async {
        let method = method_of(&app, &caller, &id, &method).await?;
        app.desk().send_code(caller.viewer(), method).await?;
        accepted(&app, &caller, &id, method).await
    };
    once::done(&app, &caller, once.of(&body.bytes), send).await
}

async fn verify(
    State(app): State<App>,
    caller: Caller,
    Path((id, method)): Path<(String, String)>,
    once: Once,
    body: Body<CodeSaid>,
) -> Result<Response, Problem> {
    caller.must_write()?;
    let say = async {
        let method = method_of(&app, &caller, &id, &method).await?;
        let code = &body.value.code;
        let contact = app.desk().verify_contact(caller.viewer(), method, code).await?;
        Ok(Answered::good(&shown(contact))?)
    };
    once::done(&app, &caller, once.of(&body.bytes), say).await
}

async fn test(
    State(app): State<App>,
    caller: Caller,
    Path((id, method)): Path<(String, String)>,
    once: Once,
    body: Body<Nothing>,
) -> Result<Response, Problem> {
    caller.must_write()?;
    let send = async {
        let method = method_of(&app, &caller, &id, &method).await?;
        app.desk().test_contact(caller.viewer(), method).await?;
        accepted(&app, &caller, &id, method).await
    };
    once::done(&app, &caller, once.of(&body.bytes), send).await
}

/// A way as it is after something was sent there.
async fn accepted(
    app: &App,
    caller: &Caller,
    id: &str,
    method: ContactId,
) -> Result<Answered, Problem> {
    let person = whose(app, caller, id).await?;
    let (found, _) = app.desk().contacts(caller.viewer(), person).await?;
    let missing = || Problem::not_found("there is no such way to reach them");
    let contact = found.into_iter().find(|contact| contact.id == method).ok_or_else(missing)?;
    Ok(Answered::of(StatusCode::ACCEPTED, &shown(contact))?)
}

async fn rules(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    caller.must_read()?;
    let person = whose(&app, &caller, &id).await?;
    let (_, rules) = app.desk().contacts(caller.viewer(), person).await?;
    Ok(json::answer(StatusCode::OK, &rules_shown(&rules)))
}

async fn set_rules(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    body: Body<ContactRules>,
) -> Result<Response, Problem> {
    caller.must_write()?;
    let person = whose(&app, &caller, &id).await?;
    let read = |(at, rule): (usize, ContactRule)| {
        let wrong = |field: &str| {
            let field = format!("items.{at}.{field}");
            move |error: kernel::Invalid| Problem::invalid(field, error.to_string())
        };
        Ok(ReachRule {
            urgency: rule.urgency.parse::<Urgency>().map_err(wrong("urgency"))?,
            after_minutes: rule.after_minutes,
            contact: rule.contact_method.parse().map_err(wrong("contact_method"))?,
        })
    };
    let rules: Vec<ReachRule> =
        body.value.items.into_iter().enumerate().map(read).collect::<Result<_, Problem>>()?;
    app.desk().set_reach_rules(caller.viewer(), person, rules).await?;
    let (_, rules) = app.desk().contacts(caller.viewer(), person).await?;
    Ok(json::answer(StatusCode::OK, &rules_shown(&rules)))
}

/// The way that an address names, of the person that it names.
async fn method_of(
    app: &App,
    caller: &Caller,
    id: &str,
    method: &str,
) -> Result<ContactId, Problem> {
    let person = whose(app, caller, id).await?;
    let (found, _) = app.desk().contacts(caller.viewer(), person).await?;
    let named = found.iter().find(|contact| contact.id.to_string() == method);
    let missing = || Problem::not_found("there is no such way to reach them");
    named.map(|contact| contact.id).ok_or_else(missing)
}

fn shown(contact: Contact) -> ContactMethod {
    let Contact { id, channel, address, label, created_at, .. } = contact;
    let Contact { verified_at, sent_at, proved_at, failing_since, error, .. } = contact;
    let channel = channel.as_str();
    ContactMethod {
        id,
        channel,
        address,
        label,
        created_at,
        verified_at,
        sent_at,
        proved_at,
        failing_since,
        error,
    }
}

fn rules_shown(rules: &[ReachRule]) -> ContactRules {
    let items = rules.iter().map(|rule| ContactRule {
        urgency: rule.urgency.to_string(),
        after_minutes: rule.after_minutes,
        contact_method: rule.contact.to_string(),
    });
    ContactRules { items: items.collect() }
}
