//! Where the link of a page leads: whoever was paged says what they do, without signing in, on
//! the phone, at night. Looking changes nothing; a button does. Whoever looks later than the link
//! lasts signs in.

use crate::answer_link::kept_private;
use crate::app::{App, zone_named};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::icon::icon;
use crate::part::pri::priority;
use crate::part::time::{Here, due, moment, since};
use crate::{shell, url};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use desk::Trouble;
use desk::paging::{Answer, Paged};
use incident::{CommandName, RefusalKind, permissions};
use jiff::tz::TimeZone;
use kernel::{IncidentNumber, Language, limits};
use maud::{Markup, html};

/// `GET /a/{token}` of a page; `None` when the token is of something else.
pub(crate) async fn show(app: &App, token: &str) -> PageResult<Option<Response>> {
    let Some(id) = app.desk.seals().await?.read_page(token) else { return Ok(None) };
    let page = match app.desk.paged(id).await? {
        Some(paged) if app.desk.now() > paged.answerable_until() => too_old(&paged),
        Some(paged) => screen(app, token, &paged, None).into_response(),
        None => nothing(),
    };
    Ok(Some(kept_private(page)))
}

/// `POST /a/{token}` of a page; `None` when the token is of something else.
pub(crate) async fn say(app: &App, token: &str, fields: &Fields) -> PageResult<Option<Response>> {
    let Some(id) = app.desk.seals().await?.read_page(token) else { return Ok(None) };
    let Some(paged) = app.desk.paged(id).await? else {
        return Ok(Some(kept_private(nothing())));
    };
    if app.desk.now() > paged.answerable_until() {
        return Ok(Some(kept_private(too_old(&paged))));
    }
    let said = match fields.text("say") {
        "resolve" => app.desk.resolve_page(&paged, fields.text("code"), fields.text("note")).await,
        other => match other.parse::<Answer>() {
            Ok(answer) => app.desk.answer_page(&paged, answer).await,
            Err(_) => Err(incident::Refusal::invalid("say", "is no answer to a page").into()),
        },
    };
    let response = match said {
        Ok(()) => Redirect::to(&format!("/a/{}", url::encode(token))).into_response(),
        Err(Trouble::Refused(refusal)) if refusal.kind != RefusalKind::NotFound => {
            let page = screen(app, token, &paged, Some(&refusal.message));
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
        Err(trouble) => return Err(trouble.into()),
    };
    Ok(Some(kept_private(response)))
}

/// Names and times as this person knows them.
fn here(app: &App, paged: &Paged) -> Here {
    let policy = app.desk.policy();
    let zone = zone_named(&paged.person.time_zone).or_else(|| zone_named(&policy.time_zone));
    Here {
        now: app.desk.now(),
        zone: zone.unwrap_or(TimeZone::UTC),
        language: Language::En,
        calendars: policy.calendars.clone(),
    }
}

fn screen(app: &App, token: &str, paged: &Paged, wrong: Option<&str>) -> Markup {
    let here = here(app, paged);
    let number = paged.page.number;
    let title = paged.title.as_deref().unwrap_or("The title was removed");
    let main = html! {
        main.ack id="main" tabindex="-1" {
            header.ack-h {
                span.flex { (icon("phone")) b { "You are paged" } }
                span.meta { (paged.person.name) }
            }
            section.ack-b aria-labelledby="at" {
                div.chips { (priority(paged.state.priority)) span.chip { (number) } @if paged.state.major { span.chip { "Major incident" } } }
                h1 id="at" { (title) }
                (facts(app, paged, &here))
            }
            (standing(paged, &here))
            (answers(app, token, paged, wrong))
            (onwards(number))
        }
    };
    shell::bare_page(Language::En, &format!("{number} {title}"), "ackp", main)
}

/// Whoever finds the link in an old message reads nothing by it, but may sign in.
fn too_old(paged: &Paged) -> Response {
    let number = paged.page.number;
    let main = html! {
        main.ack id="main" tabindex="-1" {
            header.ack-h { span.flex { (icon("phone")) b { "You were paged" } } }
            section.ack-b { h1 { (number) } }
            section.ack-e aria-label="How it stands" {
                p.banner.banner-warn role="status" { (icon("clock")) span { "This link is too old to answer with. Open the incident and sign in." } }
            }
            (onwards(number))
        }
    };
    (StatusCode::GONE, shell::bare_page(Language::En, &number.to_string(), "ackp", main))
        .into_response()
}

fn onwards(number: IncidentNumber) -> Markup {
    html! {
        nav.ack-l aria-label="After answering" {
            a href=(url::incident(number)) { (icon("ext")) "Open the incident" }
        }
    }
}

fn facts(app: &App, paged: &Paged, here: &Here) -> Markup {
    let policy = app.desk.policy();
    let state = &paged.state;
    let service = state.service.and_then(|id| policy.services.get(&id));
    let team = state.team.and_then(|id| policy.teams.get(&id));
    let began = state.moments.detected.unwrap_or(state.reported_at);
    html! {
        dl.ack-d {
            @if let Some(service) = service { div { dt { "Service" } dd { (service.name) } } }
            @if let Some(team) = team { div { dt { "Team" } dd { (team.name) } } }
            div { dt { "Since" } dd { (moment(began, here)) ", " (since(began, here)) } }
            div { dt { "Why you" } dd {
                @if paged.page.learns { "You learn beside whoever is on call, " } @else { "You are paged because you are on call or were named for it, " }
                (since(paged.page.created_at, here))
            } }
            div { dt { "Also paged" } dd {
                @if paged.others.is_empty() { "nobody yet" } @else { (paged.others.join(", ")) }
            } }
        }
    }
}

/// How it stands: what comes next unless somebody answers, or that it is over.
fn standing(paged: &Paged, here: &Here) -> Markup {
    let mine = paged.page.answered_at.is_some();
    html! {
        section.ack-e aria-label="How it stands" {
            @if paged.is_called() {
                p.banner.banner-warn role="status" { (icon("major")) span { "Say whether you come." } }
            } @else if let Some(over) = paged.is_over() {
                p.banner.banner-info role="status" { (icon("check")) span { "Nothing waits for you here: " (over) "." } }
            } @else if mine {
                p.banner.banner-good role="status" { (icon("check")) span { "Your answer is noted." } }
            } @else {
                @match paged.state.paging.as_ref().and_then(|course| course.ahead.first()) {
                    Some(next) => p { "Whoever is next is paged in " b.nowrap { (due(next.at, here)) } " unless somebody answers." },
                    None => p { "Nobody else is paged unless you say so." },
                }
            }
        }
    }
}

fn answers(app: &App, token: &str, paged: &Paged, wrong: Option<&str>) -> Markup {
    let allowed = permissions::granted(&paged.viewer, &paged.state);
    let possible: Vec<CommandName> = incident::decide::allowed(&paged.state).collect();
    let waits = paged.is_over().is_none();
    let may = |answer: Answer| {
        let name = answer.command().name();
        possible.contains(&name) && allowed(name)
    };
    let called = paged.is_called();
    let says = |answer: Answer| waits && !called && may(answer);
    let action = format!("/a/{}", url::encode(token));
    html! {
        div.ack-a {
            @if let Some(wrong) = wrong { p.err role="alert" { (icon("alert")) (crate::error::sentence(wrong)) } }
            form method="post" action=(action) {
                @if called && may(Answer::Coming) {
                    p { "You are called to a major incident. The others see your answer." }
                    button.btn.btn-primary.btn-xl type="submit" name="say" value="coming" { (icon("check")) "Coming" }
                    button.btn.btn-lg type="submit" name="say" value="cannot_come" { (icon("stop")) "Cannot come" }
                }
                @if says(Answer::Acknowledge) {
                    button.btn.btn-primary.btn-xl type="submit" name="say" value="acknowledge" { (icon("check")) "Acknowledge" }
                }
                @if says(Answer::Escalate) || says(Answer::Decline) {
                    div.ack-2 {
                        @if says(Answer::Escalate) { button.btn.btn-lg type="submit" name="say" value="escalate" { (icon("escal")) "Escalate now" } }
                        @if says(Answer::Decline) { button.btn.btn-lg type="submit" name="say" value="decline" { (icon("stop")) "I cannot" } }
                    }
                    @if paged.page.learns {
                        p.meta { "You learn: whoever is on call is paged, too. After “I cannot” no more of this page is sent to you." }
                    } @else {
                        p.meta { "“I cannot” pages the next person at once and does not count against you." }
                    }
                }
            }
            @if allowed(CommandName::Resolve) && possible.contains(&CommandName::Resolve) {
                details {
                    summary { "Resolve it" }
                    form.stack-s method="post" action=(action) {
                        input type="hidden" name="say" value="resolve";
                        label.lbl for="code" { "How it ended" }
                        select.inp id="code" name="code" {
                            @for code in &app.desk.policy().resolution_codes { option value=(code.code) { (code.label) } }
                        }
                        label.lbl for="note" { "What was done, for the requester" }
                        textarea.inp id="note" name="note" rows="3" required maxlength=(limits::BODY_CHARS) {}
                        button.btn.btn-lg type="submit" { (icon("check")) "Resolve" }
                    }
                }
            }
        }
    }
}

fn nothing() -> Response {
    let words = "There is no page here for you, or you may not see the incident any more.";
    let page = shell::error_page(Language::En, "Nothing to answer", words);
    (StatusCode::NOT_FOUND, page).into_response()
}
