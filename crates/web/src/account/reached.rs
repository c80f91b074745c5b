//! How one is reached when one is paged: ways, codes that show that they reach, and which of them
//! after how long.

use super::{Shown, done, page};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::{Errors, Field};
use crate::part::icon::icon;
use crate::part::time::since;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use desk::contacts::Draft;
use incident::reach::{PageChannel, ReachRule, Urgency};
use kernel::{ContactId, PersonId, limits};
use maud::{Markup, html};
use store::directory::devices::Device;
use store::directory::{Contact, contacts};
use store::{Failure, Sql};

const CHANNEL: &str = "reach_channel";
const ADDRESS: &str = "reach_address";
const LABEL: &str = "reach_label";
const DEVICE: &str = "reach_device";

/// Ways of a person, and when they are used.
pub(super) struct Reached {
    ways: Vec<Contact>,
    rules: Vec<ReachRule>,
}

impl Reached {
    pub(super) fn of(sql: &mut dyn Sql, person: PersonId) -> Result<Reached, Failure> {
        Ok(Reached {
            ways: contacts::of_person(sql, person)?,
            rules: contacts::rules(sql, person)?,
        })
    }
}

/// `POST /me/contacts`
pub(super) async fn add(
    State(app): State<App>,
    who: SignedIn,
    fields: Fields,
) -> PageResult<Response> {
    let mut errors = Errors::default();
    let Ok(channel) = fields.text(CHANNEL).parse::<PageChannel>() else {
        errors.add(CHANNEL, "Choose by what you want to be reached");
        return again(&app, &who, errors, fields).await;
    };
    let address = match channel {
        PageChannel::WebPush => fields.text(DEVICE),
        _ => fields.text(ADDRESS),
    };
    let draft =
        Draft { channel, address: address.to_owned(), label: fields.text(LABEL).to_owned() };
    match app.desk.add_contact(who.viewer(), who.viewer().person, draft).await {
        Ok((_, None)) => Ok(done("code")),
        Ok((_, Some(wrong))) => {
            errors.add("reached", wrong);
            again(&app, &who, errors, Fields::default()).await
        }
        Err(trouble) => refused(&app, &who, ADDRESS, trouble, fields).await,
    }
}

/// `POST /me/contacts/{id}/verify`
pub(super) async fn verify(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    let id = known(&id)?;
    match app.desk.verify_contact(who.viewer(), id, fields.text("code")).await {
        Ok(_) => Ok(done("verified")),
        Err(trouble) => refused(&app, &who, &code_field(id), trouble, fields).await,
    }
}

/// `POST /me/contacts/{id}/send-code`
pub(super) async fn send_code(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
) -> PageResult<Response> {
    match app.desk.send_code(who.viewer(), known(&id)?).await {
        Ok(()) => Ok(done("code")),
        Err(trouble) => refused(&app, &who, "reached", trouble, Fields::default()).await,
    }
}

/// `POST /me/contacts/{id}/test`
pub(super) async fn test(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
) -> PageResult<Response> {
    match app.desk.test_contact(who.viewer(), known(&id)?).await {
        Ok(()) => Ok(done("tested")),
        Err(trouble) => refused(&app, &who, "reached", trouble, Fields::default()).await,
    }
}

/// `POST /me/contacts/{id}/remove`
pub(super) async fn remove(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
) -> PageResult<Response> {
    app.desk.remove_contact(who.viewer(), known(&id)?).await?;
    Ok(done("removed"))
}

/// `POST /me/contact-rules`: minutes for each way and urgency; none where a field is empty.
pub(super) async fn rules(
    State(app): State<App>,
    who: SignedIn,
    fields: Fields,
) -> PageResult<Response> {
    let person = who.viewer().person;
    let ways = app.desk.read(move |sql| contacts::of_person(sql, person)).await?;
    let (mut rules, mut errors) = (Vec::new(), Errors::default());
    for way in ways.iter().filter(|way| way.verified_at.is_some()) {
        for urgency in Urgency::ALL {
            let field = minutes_field(*urgency, way.id);
            let words = fields.text(&field).split([',', ';', ' ']);
            for word in words.map(str::trim).filter(|word| !word.is_empty()) {
                match word.parse() {
                    Ok(after_minutes) => {
                        rules.push(ReachRule { urgency: *urgency, after_minutes, contact: way.id });
                    }
                    Err(_) => errors.add(field.clone(), "Minutes are numbers, such as 0 or 0, 10"),
                }
            }
        }
    }
    if !errors.is_empty() {
        return again(&app, &who, errors, fields).await;
    }
    match app.desk.set_reach_rules(who.viewer(), person, rules).await {
        Ok(()) => Ok(done("rules")),
        Err(trouble) => refused(&app, &who, "reached", trouble, fields).await,
    }
}

fn known(id: &str) -> PageResult<ContactId> {
    id.parse().map_err(|_| PageError::NotFound)
}

async fn again(app: &App, who: &SignedIn, errors: Errors, typed: Fields) -> PageResult<Response> {
    let shown = Shown { errors, typed, ..Shown::default() };
    let again = page(app, who, shown).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
}

async fn refused(
    app: &App,
    who: &SignedIn,
    field: &str,
    trouble: Trouble,
    typed: Fields,
) -> PageResult<Response> {
    let Trouble::Refused(refusal) = trouble else { return Err(trouble.into()) };
    let mut errors = Errors::default();
    let field = if refusal.field == Some("channel") { CHANNEL } else { field };
    errors.add(field, &refusal.message);
    again(app, who, errors, typed).await
}

fn code_field(id: ContactId) -> String {
    format!("code-{id}")
}

fn minutes_field(urgency: Urgency, id: ContactId) -> String {
    format!("{urgency}-{id}")
}

pub(super) fn card(
    app: &App,
    who: &SignedIn,
    reached: &Reached,
    devices: &[Device],
    shown: &Shown,
) -> Markup {
    let ours = |field: &str| shown.errors.of(field).is_some();
    let of_way = |way: &Contact| {
        ours(&code_field(way.id))
            || Urgency::ALL.iter().any(|urgency| ours(&minutes_field(*urgency, way.id)))
    };
    let wrong =
        ["reached", CHANNEL, ADDRESS].into_iter().any(ours) || reached.ways.iter().any(of_way);
    html! {
        section.card aria-labelledby="reached" {
            div.card-h { h2 id="reached" tabindex="-1" { "How I am reached" } }
            div.card-b.stack {
                @if wrong { (shown.errors.summary()) }
                p.meta {
                    "When you are paged you are reached by these ways, once a code has shown that they reach you. "
                    @if let Some(email) = &who.person().email { "A letter to " (email) " always leaves at once, too." }
                }
                (ways(who, reached, devices, shown))
                (when(reached, devices, shown, wrong))
                (adding(app, devices, shown, wrong))
            }
        }
    }
}

fn ways(who: &SignedIn, reached: &Reached, devices: &[Device], shown: &Shown) -> Markup {
    html! {
        @if reached.ways.is_empty() { p { "There is no way yet. Add one, so that you hear of it when something breaks." } }
        @for way in &reached.ways {
            @let at = |what: &str| format!("/me/contacts/{}/{what}", way.id);
            @let field = code_field(way.id);
            div.stack-s {
                p {
                    b { (name_of(way, devices)) } " "
                    span.meta { (way.channel.name()) } " "
                    @if way.verified_at.is_none() { span.chip { "Not verified" } }
                    @else if let Some(error) = &way.error { span.chip { (icon("alert")) "Last attempt failed: " (error) } }
                    @else {
                        @if let Some(proved) = way.proved_at { span.chip { (icon("check")) "Reached you " (since(proved, &who.here)) } " " }
                        @if let Some(sent) = way.sent_at.filter(|sent| way.proved_at.is_none_or(|proved| proved < *sent)) { span.chip { "Sent " (since(sent, &who.here)) } }
                    }
                }
                @if way.verified_at.is_none() {
                    @if let Some(error) = &way.error { p.err { (icon("alert")) (error) } }
                    form.form method="post" action=(at("verify")) {
                        (Field { id: &field, label: "Code", hint: Some("Six digits that were sent there; they hold for 15 minutes."), error: shown.errors.of(&field) }.around(html! {
                            input.inp type="text" id=(field) name="code" inputmode="numeric" autocomplete="one-time-code" maxlength="10" required;
                        }))
                        div { button.btn.btn-primary type="submit" { "Verify" } }
                    }
                }
                div.btns {
                    @if way.verified_at.is_none() {
                        form method="post" action=(at("send-code")) { button.btn type="submit" { "Send another code" } }
                    } @else {
                        form method="post" action=(at("test")) { button.btn type="submit" { "Send a test page" } }
                    }
                    form method="post" action=(at("remove")) { button.btn type="submit" { "Remove" } }
                }
            }
        }
    }
}

/// How its person knows a way.
fn name_of(way: &Contact, devices: &[Device]) -> String {
    if !way.label.is_empty() {
        return way.label.clone();
    }
    let device = devices.iter().find(|device| device.id.to_string() == way.address);
    device.map_or_else(|| way.address.clone(), |device| device.label.clone())
}

fn when(reached: &Reached, devices: &[Device], shown: &Shown, wrong: bool) -> Markup {
    let verified: Vec<&Contact> =
        reached.ways.iter().filter(|way| way.verified_at.is_some()).collect();
    let stored = |urgency: Urgency, id: ContactId| {
        let of = |rule: &&ReachRule| rule.urgency == urgency && rule.contact == id;
        let minutes = reached.rules.iter().filter(of).map(|rule| rule.after_minutes.to_string());
        minutes.collect::<Vec<_>>().join(", ")
    };
    html! {
        @if !verified.is_empty() {
            form.form method="post" action="/me/contact-rules" {
                fieldset.field {
                    legend { "When each way is used" }
                    p.hint { "Minutes after you were paged, such as 0, or 0, 10 for twice. All empty: all ways at once when it is urgent; text messages and calls after 10 minutes when it is not." }
                    @for way in verified {
                        @for urgency in Urgency::ALL {
                            @let field = minutes_field(*urgency, way.id);
                            @let label = format!("{}, {}", name_of(way, devices), match urgency { Urgency::High => "when it is urgent", Urgency::Low => "when it is not urgent" });
                            @let value = if wrong && shown.typed.get(&field).is_some() { shown.typed.text(&field).to_owned() } else { stored(*urgency, way.id) };
                            (Field::new(&field, &label).errors(&shown.errors).input("text", &value))
                        }
                    }
                }
                div { button.btn.btn-primary type="submit" { "Save" } }
            }
        }
    }
}

fn adding(app: &App, devices: &[Device], shown: &Shown, wrong: bool) -> Markup {
    let there = app.desk.page_channels();
    let channels: Vec<(&str, String)> = there
        .iter()
        .filter(|channel| **channel != PageChannel::WebPush || !devices.is_empty())
        .map(|channel| (channel.as_str(), channel.name().to_owned()))
        .collect();
    let devices: Vec<(String, String)> =
        devices.iter().map(|device| (device.id.to_string(), device.label.clone())).collect();
    let typed = |name: &str| if wrong { shown.typed.text(name) } else { "" };
    html! {
        details open[wrong && shown.errors.of(ADDRESS).is_some()] {
            summary class="btn btn-sm" { (icon("plus")) "Add a way" }
            form.form method="post" action="/me/contacts" {
                (Field::new(CHANNEL, "By").errors(&shown.errors).select(&channels, typed(CHANNEL)))
                (Field::new(ADDRESS, "Number or address").hint("+49 30 1234567 for text messages and calls; a topic or its whole address for ntfy; the number of a chat for Telegram; the address of an incoming webhook for other chats.").errors(&shown.errors).input("text", typed(ADDRESS)))
                @if !devices.is_empty() {
                    @let options: Vec<(&str, String)> = devices.iter().map(|(id, label)| (id.as_str(), label.clone())).collect();
                    (Field::new(DEVICE, "Browser").hint("For push: one of those that show your notifications.").select(&options, typed(DEVICE)))
                }
                (Field::new(LABEL, "What you call it").hint("Such as: private phone. May be empty.").around(html! {
                    input.inp type="text" id=(LABEL) name=(LABEL) maxlength=(limits::NAME_CHARS) value=(typed(LABEL));
                }))
                div { button.btn type="submit" { "Add and send a code" } }
            }
        }
    }
}
