//! The incident's page for staff.

use super::case::Wanted;
use super::causes;
use super::composer::{Start, composer};
use super::drawn::{Part, drawn};
use super::known::Known;
use super::panel::panel;
use super::readers::Readers;
use super::timeline::{As, Entry, counts, entries, entry};
use super::view::View;
use super::{dialogs, explained, head, macros, pager};
use crate::app::App;
use crate::auth::SignedIn;
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::icon::icon;
use crate::part::many::{PLACE, Pieces, many, within};
use crate::part::time::counted;
use crate::shell::{Page, Section};
use crate::url;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::Trouble;
use desk::macros::Filled;
use incident::{CommandName as C, Scope};
use kernel::IncidentNumber;
use maud::{Markup, html};
use store::directory::{ProblemState, drafts, told_how};

/// Entries shown at once; of a longer timeline the newest, the others on demand.
const ENTRIES: usize = 400;
/// About what an entry takes, drawn.
const ENTRY_BYTES: usize = 1_000;

/// The page of an incident. Whoever sees only its public side is led to the portal.
pub(super) async fn show(
    State(app): State<App>,
    who: SignedIn,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult {
    let number: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let asked = Fields::parse(query.as_deref().unwrap_or_default());
    match render(&app, &who, number, &asked, Start::default()).await {
        Err(PageError::NotFound) if sees_public_side(&app, &who, number).await? => {
            Ok(Redirect::to(&url::portal_incident(number)).into_response())
        }
        page => page.map(IntoResponse::into_response),
    }
}

async fn sees_public_side(app: &App, who: &SignedIn, number: IncidentNumber) -> PageResult<bool> {
    let scope = Scope::of(who.viewer());
    Ok(app.desk.read(move |sql| store::incidents::list::get(sql, &scope, number)).await?.is_some())
}

/// The whole page; `start` says what the composer holds besides the reader's drafts.
pub(super) async fn render(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    asked: &Fields,
    start: Start,
) -> PageResult<Pieces> {
    let me = who.person().id;
    let wanted = Wanted::new(app, who.viewer(), &who.here, number);
    let list = pager::List::of(app, who, asked);
    let read = app
        .desk
        .read(move |sql| {
            let Some(case) = wanted.read(sql)? else { return Ok(None) };
            let drafts = drafts::of_incident(sql, me, number)?;
            let place = list.place(sql, &case)?;
            let readers = Readers::read(sql, number)?;
            let told = told_how::get(sql, case.state().requester)?;
            Ok(Some((case, drafts, (readers, told), place)))
        })
        .await?;
    let (case, drafts, (readers, told), place) = read.ok_or(PageError::NotFound)?;
    if who.viewer().works() {
        app.desk.note_shown(number, &case.offers);
    }
    app.desk.note_expected(number, case.state(), case.outlook.as_ref());
    let filled = taken(app, who, number, asked, &start).await?;
    let by_mail = app.options.mail.is_some();
    let start = Start { drafts, readers, filled, by_mail, told, ..start };
    Ok(markup(app, who, &View::of(&case, who.viewer()), &start, asked, &place))
}

/// The macro that the address asks for, or that stood in the composer when it was refused. One that
/// is there no more leaves the composer as it is.
async fn taken(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    asked: &Fields,
    start: &Start,
) -> PageResult<Option<Filled>> {
    let sent = start.sent.as_ref().and_then(|sent| sent.filled("macro"));
    let Some(id) = asked.filled("macro").or(sent).and_then(|id| id.parse().ok()) else {
        return Ok(None);
    };
    match macros::filled(app, who, number, id).await {
        Ok(filled) => Ok(Some(filled)),
        Err(PageError::Trouble(Trouble::Refused(_))) => Ok(None),
        Err(error) => Err(error),
    }
}

fn markup(
    app: &App,
    who: &SignedIn,
    view: &View<'_>,
    start: &Start,
    asked: &Fields,
    place: &pager::Place,
) -> Pieces {
    let (case, number) = (view.case, view.case.number);
    let title = number.to_string();
    let others = head::presence(&app.desk, number, Some(who.person().id), None);
    let all = asked.ticked("all");
    let main = html! {
        p.print-h { (number) ", printed " (case.here.full(case.here.now)) }
        (head::bar(view, None))
        header.inc-h {
            div id="refusal" {}
            (head::facts(view, others, None))
            (head::line(case, None))
            (explained::clocks(view, None))
        }
        (switch(view))
        (PLACE)
        (composer(view, start, head::also_writing(&app.desk, number, Some(who.person().id), None)))
    };
    Page::new(who, &title)
        .section(Section::Queue)
        .crumb(url::QUEUE, "Queue")
        .crumb(&place.href, &place.name)
        .top(pager::pager(place))
        .stream(url::live_incident(number, case.position))
        .on(number)
        .main_class("main inc")
        .script("app-incident.js")
        .panel(html! { (panel(view)) (thumb(view, None)) })
        .after(drawn(view, Part::dialogs(view), || dialogs::dialogs(view)))
        .pieces(within(main, drawn(view, Part::timeline(view, all), || timeline(view, all))))
}

/// On a phone, one of timeline and details is shown.
fn switch(view: &View<'_>) -> Markup {
    let is_known = |known: &&Known| known.problem.state == ProblemState::KnownError;
    let ways = view.case.known.iter().filter(is_known).count();
    let tasks = view.case.state().tasks.iter().filter(|task| task.done_at.is_none()).count();
    // What helps at once comes before what is left to do.
    let inside = match (ways, tasks) {
        (0, 0) => None,
        (0, tasks) => Some(counted(tasks as i64, "task")),
        (ways, _) => Some(counted(ways as i64, "workaround")),
    };
    html! {
        fieldset class="seg inc-d" {
            legend.vh { "Show" }
            label { input type="radio" name="v" id="v-t" checked; "Timeline" }
            label { input type="radio" name="v" id="v-d"; "Details" @if let Some(words) = inside { " " span.n { (words) } } }
        }
    }
}

/// The timeline, `whole` or its newest entries.
fn timeline(view: &View<'_>, whole: bool) -> Markup {
    let all = entries(view.case.number, view.case.events());
    let hidden = if whole { 0 } else { all.len().saturating_sub(ENTRIES) };
    html! {
        div class="inc-f scroll-x" { (filter(&all)) span class="meta end" { "Oldest first, " (view.case.here.zone_words()) } }
        @if hidden > 0 {
            p class="inc-f" { a.link href="?all=1" { "Show " (hidden) " earlier" } }
            p.print-h { "Not on this paper: " (hidden) " earlier." }
        }
        (causes::changes_waiting())
        (list(view, &all[hidden..], None))
    }
}

/// The list itself.
pub(super) fn list(view: &View<'_>, entries: &[Entry<'_>], patch: Option<&str>) -> Markup {
    html! {
        ol.tl id="tl" aria-label="Timeline" data-patch=[patch] {
            (many(entries, ENTRY_BYTES, |_, shown| entry(view.case, shown, view.rights, As::Part)))
        }
    }
}

fn filter(all: &[Entry<'_>]) -> Markup {
    let [talk, notes, updates, events] = counts(all);
    let radio = |id: &str, label: &str, count: usize| {
        html! { label { input type="radio" name="tlf" id={ "tlf-" (id) }; (label) " " span.n id={ "n-" (id) } { (count) } } }
    };
    html! {
        fieldset.seg data-tl-filter {
            legend.vh { "Show in the timeline" }
            label { input type="radio" name="tlf" id="tlf-all" checked; "All" }
            (radio("talk", "Conversation", talk))
            (radio("notes", "Notes", notes))
            (radio("updates", "Updates", updates))
            (radio("events", "Events", events))
        }
    }
}

/// The main actions in reach of a thumb.
pub(super) fn thumb(view: &View<'_>, patch: Option<&str>) -> Markup {
    let link = |href: &str, symbol: &'static str, label: &str| {
        html! { a class="btn btn-lg" href=(href) { (icon(symbol)) (label) } }
    };
    html! {
        @if view.can(C::Comment) && view.rights.works {
            nav.thumb id="thumb" aria-label="Actions for this incident" data-patch=[patch] {
                (link("#m-reply", "reply", "Reply"))
                (link("#m-note", "lock", "Note"))
                (link("#m-upd", "mega", "Update"))
                @if view.can(C::Resolve) {
                    (head::opener(view.case.number, "resolve", "btn btn-lg btn-primary", Some("e"), html! { "Resolve" }))
                } @else if view.can(C::Reopen) {
                    (head::opener(view.case.number, "reopen", "btn btn-lg", None, html! { "Reopen" }))
                }
            }
        }
    }
}

/// The page as an answer.
pub(super) async fn again(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    start: Start,
) -> PageResult<Response> {
    Ok(render(app, who, number, &Fields::default(), start).await?.into_response())
}
