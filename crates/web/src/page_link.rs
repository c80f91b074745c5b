//! Where the link of a page leads: whoever was paged says what they do, without signing in, on
//! the phone, at night. Looking changes nothing; a button does. Whoever looks later than the link
//! lasts signs in.

mod around;

use self::around::{Around, Bars};
use crate::alerts::unclear;
use crate::answer_link::kept_private;
use crate::app::{App, zone_named};
use crate::auth::Live;
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::icon::{icon, mark};
use crate::part::outward;
use crate::part::pri::priority;
use crate::part::time::{Here, counted, due, duration, moment};
use crate::{shell, url};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use desk::Trouble;
use desk::paging::{Answer, Paged};
use incident::escalation::{Course, Standing, Whom};
use incident::{CommandName, Policy, RefusalKind, permissions};
use jiff::tz::TimeZone;
use kernel::{IncidentNumber, Language, ScheduleId, TeamId, limits};
use maud::{Markup, html};

/// Runbooks and other links of the service that are offered.
const LINKS: usize = 3;
/// Seconds between two looks at how it stands while somebody has the screen open.
const LOOK_SECONDS: u32 = 15;
/// What a refusal says of who gave that answer before: pressed twice, it was heard once.
const SAID_ALREADY: &str = "nothing_to_change";

/// `GET /a/{token}` of a page; `None` when the token is of something else. Scripts get what changes
/// by itself alone.
pub(crate) async fn show(app: &App, token: &str, live: Live) -> PageResult<Option<Response>> {
    let Some(id) = app.desk.seals().await?.read_page(token) else { return Ok(None) };
    let page = match app.desk.paged(id).await? {
        Some(paged) if app.desk.now() > paged.answerable_until() => match live.0 {
            true => current(true, None, old_words(), html! {}).into_response(),
            false => too_old(&paged),
        },
        Some(paged) if live.0 => {
            let around = Around::at_hand(app, &paged).await?;
            stands(app, token, &paged, &around, (true, None)).into_response()
        }
        Some(paged) => {
            let around = Around::read(app, &paged).await?;
            screen(app, token, &paged, &around, None).into_response()
        }
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
    let heard = || Redirect::to(&format!("/a/{}", url::encode(token))).into_response();
    let response = match said {
        Ok(()) => heard(),
        Err(Trouble::Refused(refusal)) if refusal.code == SAID_ALREADY => heard(),
        Err(Trouble::Refused(refusal)) if refusal.kind != RefusalKind::NotFound => {
            let around = Around::read(app, &paged).await?;
            // What is not asked here is asked on the page of the incident, which is linked.
            let words = match refusal.missing.is_empty() {
                true => refusal.message,
                false => format!("{}. Open the incident and resolve it there", refusal.message),
            };
            let page = screen(app, token, &paged, &around, Some((words.as_str(), fields)));
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

/// What was refused, and the form that said it.
type Refused<'a> = Option<(&'a str, &'a Fields)>;

fn screen(app: &App, token: &str, paged: &Paged, around: &Around, refused: Refused<'_>) -> Markup {
    let here = here(app, paged);
    let number = paged.page.number;
    let title = paged.title.as_deref().unwrap_or("The title was removed");
    let main = html! {
        main.ack id="main" tabindex="-1" {
            header.ack-h {
                span.flex { (mark()) b { "You are paged" } }
                span.meta { (paged.person.name) }
            }
            section.ack-b aria-labelledby="at" {
                div.chips { (priority(paged.state.priority)) span.chip { (number) } (alerts(paged)) (unclear(&paged.state, &here)) @if paged.state.major { span.chip.chip-solid { (icon("major")) "Major incident" } } }
                h1 id="at" { (title) }
                (facts(app, paged, around, &here))
            }
            (stands(app, token, paged, around, (false, refused)))
            (onwards(number, paged.state.major, around))
        }
    };
    shell::paged_page(&format!("{number} {title}"), here.now, main)
}

/// How it stands and what can be answered; as a `patch`, and with what was refused.
fn stands(
    app: &App,
    token: &str,
    paged: &Paged,
    around: &Around,
    (patch, refused): (bool, Refused<'_>),
) -> Markup {
    let address = format!("/a/{}", url::encode(token));
    // What was refused stays until they answer again.
    let looks = paged.is_over().is_none() && refused.is_none();
    let how = standing(paged, around, &here(app, paged));
    let says = answers(app, &address, paged, refused);
    current(patch, looks.then_some(&address), how, says)
}

/// What changes by itself while somebody has the screen open, and where it is asked for again.
fn current(patch: bool, again: Option<&String>, how: Markup, says: Markup) -> Markup {
    html! {
        section.ack-e id="stands" aria-label="How it stands" data-patch[patch] data-poll=[again] data-every=(LOOK_SECONDS) { (how) }
        div.ack-a id="answers" data-patch[patch] { (says) }
    }
}

/// How many alerts it has that are not over.
fn alerts(paged: &Paged) -> Markup {
    let firing = paged.state.alerts.as_ref().map_or(0, |alerts| alerts.firing);
    html! {
        @if firing > 0 { span.chip { (icon("alert")) (counted(i64::from(firing), "alert")) } }
    }
}

fn old_words() -> Markup {
    html! { p.banner.banner-warn role="status" { (icon("clock")) span { "This link is too old to answer with. Open the incident and sign in." } } }
}

/// Whoever finds the link in an old message reads nothing by it, but may sign in.
fn too_old(paged: &Paged) -> Response {
    let number = paged.page.number;
    let main = html! {
        main.ack id="main" tabindex="-1" {
            header.ack-h { span.flex { (mark()) b { "You were paged" } } }
            section.ack-b { h1 { (number) } }
            section.ack-e aria-label="How it stands" { (old_words()) }
            (onwards(number, false, &Around::default()))
        }
    };
    (StatusCode::GONE, shell::bare_page(Language::En, &number.to_string(), "ackp", main))
        .into_response()
}

/// Where to go on: whoever signs in sees the whole of it.
fn onwards(number: IncidentNumber, major: bool, around: &Around) -> Markup {
    let (address, words) = match major {
        true => (url::major(number), "Open the major incident"),
        false => (url::incident(number), "Open the incident"),
    };
    html! {
        nav.ack-l aria-label="After answering" {
            a href=(address) { (icon("ext")) (words) }
            @if let Some(address) = &around.conference {
                a href=(address) rel="noopener noreferrer" { (icon("video")) "Join the call" }
            }
            @for link in &around.told {
                a href=(link.href.trim()) rel="noopener noreferrer" { (icon("ext")) (link.text) ", " (outward::host(link.href.trim()).unwrap_or_default()) }
            }
            @for link in around.links.iter().take(LINKS) {
                a href=(link.url) rel="noopener noreferrer" { (icon("book")) (link.title) }
            }
            @if let Some((name, phone)) = around.next.as_ref().and_then(|next| next.call.as_ref()) {
                a href={ "tel:" (phone) } { (icon("phone")) "Call " (name) }
            }
        }
    }
}

fn facts(app: &App, paged: &Paged, around: &Around, here: &Here) -> Markup {
    let policy = app.desk.policy();
    let state = &paged.state;
    let service = state.service.and_then(|id| policy.services.get(&id));
    let team = state.team.and_then(|id| policy.teams.get(&id));
    let began = state.moments.detected.unwrap_or(state.reported_at);
    html! {
        dl.ack-d {
            @if let Some(service) = service { div { dt { "Service" } dd { (service.name) ", criticality " (service.criticality) } } }
            @if let Some(team) = team { div { dt { "Team" } dd { (team.name) } } }
            div { dt { "Since" } dd { (moment(began, here)) ", " (duration(here.now.seconds_since(began))) " ago" } }
            @if around.now.is_some() || around.bars.is_some() {
                div { dt { "Now" } dd {
                    @if let Some(says) = &around.now { (says) }
                    @if let Some(bars) = &around.bars { (came(bars, here)) }
                } }
            }
            @if let Some(at) = paged.word_was_due() { div { dt { "Next update" } dd { "It is overdue, it was due " (moment(at, here)) ". Say how it stands" } } }
            @if !around.changes.is_empty() {
                div { dt { "Just changed" } dd {
                    @for change in &around.changes { div { (change.title) ", " (moment(change.at, here)) } }
                } }
            }
            @if let Some((problem, workaround)) = &around.known { div { dt { "Helps meanwhile" } dd { b { (problem) } ", " (workaround) } } }
            @if let Some(before) = &around.before { div { dt { "Seen before" } dd {
                b { (before.number) } " " (moment(before.at, here))
                @if let Some(ended) = &before.ended { ", " (ended) }
                @if let Some(seconds) = before.took_seconds { ", " (duration(seconds)) }
            } } }
            div { dt { "Why you" } dd {
                (why_you(&policy, paged, around)) " Paged "
                (moment(paged.page.created_at, here))
            } }
            div { dt { "Also paged" } dd {
                @if paged.others.is_empty() { "nobody yet" } @else { (paged.others.join(", ")) }
            } }
        }
    }
}

/// What named them.
fn why_you(policy: &Policy, paged: &Paged, around: &Around) -> String {
    let schedule = |id: ScheduleId| policy.paging.schedules.get(&id).map(|one| one.name.as_str());
    let team = |id: TeamId| policy.teams.get(&id).map(|one| one.name.as_str());
    match around.via {
        _ if paged.page.learns => "You learn beside whoever is on call.".to_owned(),
        Some(Whom::Schedule(id)) => {
            format!("You are on call by {}.", schedule(id).unwrap_or("a schedule that is gone"))
        }
        Some(Whom::Team(id)) => format!("You are of {}.", team(id).unwrap_or("a former team")),
        Some(Whom::Person(_)) => "You were named for it.".to_owned(),
        Some(Whom::Webhook(_)) | None => "You are on call, or were named for it.".to_owned(),
    }
}

/// How its alerts came, as bars and in words.
fn came(bars: &Bars, here: &Here) -> Markup {
    let most = bars.firing.iter().copied().max().unwrap_or(0).max(1);
    let now = bars.firing.last().copied().unwrap_or(0);
    let how = if bars.more { "at least" } else { "at most" };
    html! {
        svg.ack-s viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true" {
            @for (place, firing) in bars.firing.iter().enumerate() {
                @let high = 2 + firing * 18 / most;
                rect x=(place * 10) y=(20 - high) width="7" height=(high) {}
            }
        }
        span.vh { " " (counted(now as i64, "alert")) " now, " (how) " " (most) " since " (moment(bars.since, here)) }
    }
}

/// How it stands: what comes next unless somebody answers, or that it is over.
fn standing(paged: &Paged, around: &Around, here: &Here) -> Markup {
    let mine = paged.page.answered_at.is_some();
    html! {
        @if paged.is_called() {
            p.banner.banner-warn role="status" { (icon("major")) span { "Say whether you come." } }
        } @else if let Some(course) = held(paged) {
            p.banner.banner-good role="status" {
                (icon("check"))
                span {
                    "You have it. Nobody else is paged"
                    @if let Some(at) = course.expires_at { " unless nothing is heard until " (moment(at, here)) }
                    "."
                }
            }
        } @else if let Some(over) = paged.is_over() {
            p.banner.banner-info role="status" { (icon("check")) span { "Nothing waits for you here: " (over) "." } }
        } @else if mine {
            p.banner.banner-good role="status" { (icon("check")) span { "Your answer is noted." } }
        } @else {
            @match paged.state.paging.as_ref().zip(around.next.as_ref()) {
                Some((course, next)) => {
                    @let began = course.paged_at.unwrap_or(course.began_at);
                    @let whole = next.at.seconds_since(began).max(1);
                    @let gone = here.now.seconds_since(began).clamp(0, whole);
                    p { "The next page goes to " b { (next.whom) } " in " b.nowrap { (due(next.at, here)) } " unless somebody answers." }
                    progress max=(whole) value=(gone) aria-label={ (gone) " of " (whole) " seconds gone" } { (gone) " of " (whole) " seconds" }
                },
                None => p { "Nobody else is paged unless you say so." },
            }
        }
    }
}

/// What rests because this person said that they have it.
fn held(paged: &Paged) -> Option<&Course> {
    let course = paged.state.paging.as_deref()?;
    let rests = paged.is_over().is_some() && paged.state.lifecycle.is_open();
    let is_theirs = course.acknowledged_by.contains(&paged.person.id);
    (rests && is_theirs && course.standing == Standing::Acknowledged).then_some(course)
}

fn answers(app: &App, action: &str, paged: &Paged, refused: Refused<'_>) -> Markup {
    let allowed = permissions::granted(&paged.viewer, &paged.state);
    let possible: Vec<CommandName> = incident::decide::allowed(&paged.state).collect();
    let waits = paged.is_over().is_none();
    let may = |answer: Answer| {
        let name = answer.command().name();
        possible.contains(&name) && allowed(name)
    };
    let called = paged.is_called();
    let says = |answer: Answer| waits && !called && may(answer);
    let comes = called && may(Answer::Coming);
    let passes = says(Answer::Escalate) || says(Answer::Decline);
    html! {
        @if let Some((wrong, _)) = refused { p.err role="alert" { (icon("alert")) (crate::error::sentence(wrong)) } }
        @if comes || passes || says(Answer::Acknowledge) {
            form method="post" action=(action) data-answer {
                @if comes {
                    p { "You are called to a major incident. The others see your answer." }
                    button.btn.btn-primary.btn-xl type="submit" name="say" value="coming" data-again { (icon("check")) "I am coming" }
                    button.btn.btn-lg type="submit" name="say" value="cannot_come" data-again { (icon("stop")) "I cannot come" }
                }
                @if says(Answer::Acknowledge) {
                    button.btn.btn-primary.btn-xl type="submit" name="say" value="acknowledge" data-again { (icon("check")) "Acknowledge" }
                }
                @if passes {
                    div.ack-2 {
                        @if says(Answer::Escalate) { button.btn.btn-lg type="submit" name="say" value="escalate" { (icon("escal")) "Escalate now" } }
                        @if says(Answer::Decline) { button.btn.btn-lg type="submit" name="say" value="decline" { (icon("stop")) "I cannot" } }
                    }
                    @if says(Answer::Decline) && paged.page.learns {
                        p.meta { "You learn: whoever is on call is paged, too. After “I cannot” no more of this page is sent to you." }
                    } @else if says(Answer::Decline) {
                        p.meta { "“I cannot” pages the next person at once and does not count against you." }
                    }
                }
            }
        }
        @if allowed(CommandName::Resolve) && possible.contains(&CommandName::Resolve) {
            (resolve(app, action, refused.map(|(_, sent)| sent)))
        }
    }
}

/// The form that resolves it, with what was sent and refused.
fn resolve(app: &App, action: &str, sent: Option<&Fields>) -> Markup {
    let sent = sent.filter(|sent| sent.text("say") == "resolve");
    let of = |field: &str| sent.map(|sent| sent.text(field)).unwrap_or_default();
    let chosen = of("code");
    html! {
        details.fold open[sent.is_some()] {
            summary { (icon("right")) "Resolve it" }
            form.stack-s method="post" action=(action) {
                input type="hidden" name="say" value="resolve";
                label.lbl for="code" { "How it ended" }
                select.inp id="code" name="code" {
                    @for code in &app.desk.policy().resolution_codes { option value=(code.code) selected[code.code == chosen] { (code.label) } }
                }
                label.lbl for="note" { "What was done, for the requester" }
                textarea.inp id="note" name="note" rows="3" required maxlength=(limits::BODY_CHARS) { "\n" (of("note")) }
                button.btn.btn-lg type="submit" { (icon("check")) "Resolve" }
            }
        }
    }
}

fn nothing() -> Response {
    let words = "There is no page here for you, or you may not see the incident any more.";
    let page = shell::error_page(Language::En, "Nothing to answer", words);
    (StatusCode::NOT_FOUND, page).into_response()
}
