//! Mail that goes out: whether there is a server, what waits, what was sent, what was given up.

use super::{Reads, Section, actor, section_page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::mail::{Side, sides};
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::time;
use crate::route::{get, post};
use crate::url;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::Told;
use incident::permissions::Access;
use incident::{Refusal, Scope};
use kernel::IncidentNumber;
use maud::{Markup, html};
use store::Sql;
use store::deliveries::{self, Counts, Delivery, DeliveryState, Held};
use store::directory::people;
use store::incidents::feed::subjects;
use store::messages;

const SECTION: Section = Section::Mail;
/// Letters on one page.
const ROWS: usize = 50;
/// People and incidents shown for whom letters were slowed down.
const SLOWED_ROWS: i64 = 10;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/mail", get(show))
        .route("/settings/mail/test", post(test))
        .route("/settings/mail/{id}/send-again", post(send_again))
}

/// `GET /settings/mail?state=&before=`
async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let state = fields.filled("state").and_then(|word| word.parse::<DeliveryState>().ok());
    let before = fields.filled("before").and_then(|id| id.parse::<i64>().ok());
    let mut rows = app.desk.deliveries(who.viewer(), state, before, ROWS + 1).await?;
    let (counts, incoming) =
        app.desk.read(|sql| Ok((deliveries::counts(sql)?, messages::counts(sql)?))).await?;
    let slowed = slowed(&app, &who, counts).await?;
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let body = html! {
        (sides(&who, Side::Out, incoming.quarantined))
        @if fields.get("done") == Some("sent") {
            p.banner.banner-good role="status" { (icon("check")) span { "On its way. The list tells what becomes of it." } }
        }
        (server(&app, &who, counts))
        (slowed)
        (filter(state))
        @if rows.is_empty() {
            (empty("No letters", "What people are told by mail is listed here.", None))
        } @else {
            (table(&who, &rows))
            @if more && let Some(last) = rows.last() {
                p { a.btn href=(older(state, last.delivery.id)) { "Older letters" } }
            }
        }
    };
    let lead = html! { "Who is told what by mail, and what became of it." };
    Ok(section_page(&who, SECTION, lead, None, body))
}

/// Whom letters wait for because so many left lately: who looks after mail has to know, as two
/// programs may be answering each other.
async fn slowed(app: &App, who: &SignedIn, counts: Counts) -> PageResult<Markup> {
    if counts.slowed == 0 {
        return Ok(html! {});
    }
    let scope = Scope::of(who.viewer());
    let read = move |sql: &mut dyn Sql| {
        let found = deliveries::slowed(sql, SLOWED_ROWS)?;
        let ids: Vec<_> = found.iter().map(|(person, ..)| *person).collect();
        let numbers: Vec<_> = found.iter().filter_map(|(_, number, ..)| *number).collect();
        let (names, subjects) = (people::names(sql, &ids)?, subjects(sql, &numbers)?);
        let sees = |number: &IncidentNumber| {
            subjects.get(number).is_some_and(|subject| scope.access(subject) != Access::None)
        };
        let shown = found.into_iter().map(|(person, number, count, until)| {
            (names.get(&person).cloned().unwrap_or_default(), number.filter(sees), count, until)
        });
        Ok(shown.collect::<Vec<_>>())
    };
    let found = app.desk.read(read).await?;
    Ok(html! {
        section.banner.banner-warn aria-labelledby="slowed" {
            (icon("alert"))
            div {
                b id="slowed" { "Letters wait because so many left lately: " (counts.slowed) }
                p { "Nothing is lost: what waits leaves in one letter each. Look whether two programs answer each other." }
                ul { @for (name, number, count, until) in &found {
                    li {
                        (name) ", " @match number { Some(number) => a.link href=(url::incident(*number)) { (number) }, None => "restricted" }
                        ": " (count) ", next at " (time::moment(*until, &who.here))
                    }
                } }
            }
        }
    })
}

fn older(state: Option<DeliveryState>, before: i64) -> String {
    let state = state.map(|state| format!("state={state}&")).unwrap_or_default();
    format!("{}?{state}before={before}", SECTION.address())
}

fn server(app: &App, who: &SignedIn, counts: Counts) -> Markup {
    html! {
        section.card { div.card-b.stack-s {
            @match &app.options.mail {
                None => p.banner.banner-warn { (icon("alert")) span {
                    "There is no mail server: people are told in their inbox here, and nobody by mail. Set " code { "smtp_url" } ", " code { "mail_from" } " and " code { "public_url" }
                    ", see the administrator’s guide; what happened before is not sent afterwards."
                } },
                Some(mail) => {
                    dl.props {
                        div { dt { "Mail server" } dd { (mail.server) } }
                        div { dt { "Letters are from" } dd { (mail.from) } }
                        div { dt { "Waiting" } dd { (counts.waiting) @if let Some(oldest) = counts.oldest { ", the oldest since " (time::moment(oldest, &who.here)) } } }
                        div { dt { "Given up" } dd { (counts.dead) } }
                    }
                    @if who.viewer().configures() {
                        form method="post" action=(SECTION.of("test")) {
                            button.btn type="submit" { (icon("mail")) "Send a test letter to me" }
                        }
                    }
                }
            }
        } }
    }
}

fn filter(state: Option<DeliveryState>) -> Markup {
    let states = std::iter::once(None).chain(DeliveryState::ALL.iter().copied().map(Some));
    html! {
        nav.seg aria-label="Which letters" {
            @for other in states {
                @let address = other.map_or_else(|| SECTION.address(), |other| format!("{}?state={other}", SECTION.address()));
                a href=(address) aria-current=[(other == state).then_some("page")] { (other.map_or("All", state_words)) }
            }
        }
    }
}

fn state_words(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Waiting => "Waiting",
        DeliveryState::Sent => "Sent",
        DeliveryState::Dead => "Given up",
        DeliveryState::Withdrawn => "Not sent",
    }
}

fn held_words(held: Held) -> &'static str {
    match held {
        Held::Folding => "for what may follow",
        Held::Quiet => "for the end of quiet hours",
        Held::Digest => "for the letter with all news",
        Held::Cap | Held::Crowd => "because so many left lately",
        Held::Urgent => "before all others",
    }
}

fn table(who: &SignedIn, rows: &[Told]) -> Markup {
    let edits = who.viewer().configures();
    html! {
        div.card { div.scroll-x tabindex="0" role="region" aria-label="Letters" { table.dt {
            thead { tr {
                th scope="col" { "To" } th scope="col" { "About" } th scope="col" { "What" } th scope="col" { "State" }
                th scope="col" { "When" } th scope="col" { "Why" } @if edits { th scope="col" { span.vh { "Actions" } } }
            } }
            tbody { @for Told { delivery: row, name, restricted } in rows {
                tr {
                    th scope="row" { (name) br; span.meta { (row.address) } }
                    td { @match row.number {
                        Some(number) => a href=(url::incident(number)) { (number) },
                        None if *restricted => span.muted { "restricted" },
                        None if row.word == deliveries::TRIAL => "test",
                        None if row.word == store::reports::mailed::MAILED => "report",
                        None => span.muted { "no incident" },
                    } }
                    td { (row.word.replace('_', " ")) }
                    td { (state_words(row.state)) @if let (DeliveryState::Waiting, Some(held)) = (row.state, row.held) { br; span.meta { (held_words(held)) } } }
                    td { (when(who, row)) }
                    td { (row.error.as_deref().unwrap_or_default()) }
                    @if edits { td.num { @if row.state == DeliveryState::Dead {
                        form method="post" action=(SECTION.of(format!("{}/send-again", row.id))) {
                            button.btn.btn-sm type="submit" aria-label={ "Send again to " (row.address) } { (icon("refresh")) "Send again" }
                        }
                    } } }
                }
            } }
        } } }
    }
}

fn when(who: &SignedIn, row: &Delivery) -> Markup {
    html! {
        @match (row.state, row.ended_at) {
            (DeliveryState::Waiting, _) if row.attempts == 0 && row.held.is_some() => { "leaves " (time::moment(row.next_at, &who.here)) },
            (DeliveryState::Waiting, _) if row.attempts > 0 => { "tried " (row.attempts) "×, again " (time::moment(row.next_at, &who.here)) },
            (_, Some(at)) => (time::moment(at, &who.here)),
            _ => (time::moment(row.created_at, &who.here)),
        }
    }
}

/// `POST /settings/mail/test`
async fn test(State(app): State<App>, Administrator(who): Administrator) -> PageResult<Response> {
    if app.options.mail.is_none() {
        return Err(PageError::invalid("there is no mail server; set smtp_url first"));
    }
    let person = who.viewer().person;
    let now = app.desk.now();
    app.desk
        .write(move |sql| {
            let address = people::get(sql, person)?.and_then(|person| person.email);
            let address = address.ok_or_else(|| {
                Refusal::invalid("email", "your account has no e-mail address; add one first")
            })?;
            Ok(deliveries::try_out(sql, person, &address, now)?)
        })
        .await?;
    Ok(on_its_way())
}

fn on_its_way() -> Response {
    Redirect::to(&format!("{}?done=sent", SECTION.address())).into_response()
}

/// `POST /settings/mail/{id}/send-again`
async fn send_again(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(id): Path<i64>,
) -> PageResult<Response> {
    if app.desk.send_again(actor(&who), id).await? {
        Ok(on_its_way())
    } else {
        Err(PageError::NotFound)
    }
}
