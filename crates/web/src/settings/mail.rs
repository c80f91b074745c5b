//! Mail that goes out: whether there is a server, what waits, what was sent, what was given up.

use super::{Reads, Section, section_page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::mail::{Side, sides};
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::time;
use crate::url;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use desk::Told;
use incident::Refusal;
use maud::{Markup, html};
use store::deliveries::{self, Counts, Delivery, DeliveryState};
use store::directory::people;
use store::messages;

const SECTION: Section = Section::Mail;
/// Letters on one page.
const ROWS: usize = 50;

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
    let more = rows.len() > ROWS;
    rows.truncate(ROWS);
    let body = html! {
        (sides(&who, Side::Out, incoming.quarantined))
        @if fields.get("done") == Some("sent") {
            p.banner.banner-good role="status" { (icon("check")) span { "On its way. The list tells what becomes of it." } }
        }
        (server(&app, &who, counts))
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

fn older(state: Option<DeliveryState>, before: i64) -> String {
    let state = state.map(|state| format!("state={state}&")).unwrap_or_default();
    format!("{}?{state}before={before}", SECTION.address())
}

fn server(app: &App, who: &SignedIn, counts: Counts) -> Markup {
    html! {
        section.card { div.card-b.stack-s {
            @match &app.options.mail {
                None => p.banner.banner-warn { (icon("alert")) span {
                    "There is no mail server: nobody is told by mail. Set " code { "smtp_url" } ", " code { "mail_from" } " and " code { "public_url" }
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
                        None => "test",
                    } }
                    td { (row.word.replace('_', " ")) }
                    td { (state_words(row.state)) }
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
    Administrator(_): Administrator,
    Path(id): Path<i64>,
) -> PageResult<Response> {
    let now = app.desk.now();
    let again = app.desk.write(move |sql| Ok(deliveries::send_again(sql, id, now)?)).await?;
    if again { Ok(on_its_way()) } else { Err(PageError::NotFound) }
}
