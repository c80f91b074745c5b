//! The room of a major incident: what goes on, who does what, what was said and when the next
//! word is due. It is made of parts that are patches of their own.

mod around;
mod compose;
mod figures;
mod head;
mod keel;
mod next;
mod outages;
mod people;
mod preview;
mod services;
mod timeline;

pub(crate) use people::leads;
pub(super) use people::room_address;
pub(super) use preview::preview;
pub(super) use timeline::words_of;

use self::compose::Start;
use super::case::{Case, Wanted};
use super::causes;
use super::closure;
use super::dialogs;
use super::panel;
use super::readers::Readers;
use super::runbook;
use super::similar;
use super::view::View;
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::majors;
use crate::part::time::Here;
use crate::shell::{Page, Section};
use crate::url;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use incident::conduct::{Audiences, Conduct, Degree, RoomKind};
use incident::{CommandName as C, State as Incident, Viewer};
use kernel::{IncidentNumber, ServiceId};
use maud::{Markup, html};
use std::collections::BTreeMap;
use store::directory::changes::Change;
use store::directory::drafts::{self, Draft, Mode};
use store::updates::{self, PublishedUpdate};
use store::{Failure, Sql};

/// What the room shows besides the incident.
struct Extra {
    /// Whom updates may be for.
    readers: Readers,
    /// What was published, latest first.
    said: Vec<PublishedUpdate>,
    /// To how many addresses outside the latest was sent, of how many.
    sent: (i64, i64),
    /// Services that are out, or may be because of it.
    affected: Vec<services::Affected>,
    /// What was changed at them shortly before, and at what they need.
    changes: Vec<Change>,
    /// What an hour without a service costs.
    hourly: BTreeMap<ServiceId, i64>,
}

impl Extra {
    fn read(
        sql: &mut dyn Sql,
        number: IncidentNumber,
        question: services::Question,
    ) -> Result<Extra, Failure> {
        let (affected, changes) = question.ask(sql)?;
        let said = updates::of_incident(sql, number)?;
        let latest = said.first().map(|last| store::outside::sent(sql, number, last.n));
        Ok(Extra {
            sent: latest.transpose()?.unwrap_or_default(),
            readers: Readers::read(sql, number)?,
            said,
            affected,
            changes,
            hourly: majors::hourly(sql)?,
        })
    }

    /// Whom the next update is for unless somebody says otherwise: whom the last one was for.
    fn audiences(&self) -> Audiences {
        self.said.first().map_or_else(Audiences::usual, |last| last.audiences.clone())
    }
}

/// A major incident in front of somebody.
struct Room<'a> {
    view: &'a View<'a>,
    extra: &'a Extra,
    /// How the instance calls itself, for what is read outside.
    site: &'a str,
    /// Who else is here, in a page; patches leave it alone.
    others: Markup,
}

impl<'a> Room<'a> {
    /// For a page of this reader.
    fn of(app: &App, who: &'a SignedIn, view: &'a View<'a>, extra: &'a Extra) -> Room<'a> {
        let me = Some(who.person().id);
        let others = crate::incident::head::presence(&app.desk, view.case.number, me, None);
        Room { view, extra, site: &who.instance.setting.name, others }
    }
}

impl Room<'_> {
    fn case(&self) -> &Case {
        self.view.case
    }

    fn state(&self) -> &Incident {
        self.view.case.state()
    }

    fn here(&self) -> &Here {
        &self.view.case.here
    }

    fn number(&self) -> IncidentNumber {
        self.view.case.number
    }

    fn conduct(&self) -> Option<&Conduct> {
        self.state().conduct.as_deref()
    }

    fn can(&self, command: C) -> bool {
        self.view.can(command)
    }
}

/// Whether an incident has a room: it is, was, or is to be a major one.
pub(super) fn has_room(state: &Incident) -> bool {
    let conducted = |conduct: &Conduct| conduct.declared_at.is_some() || conduct.proposal.is_some();
    state.major || state.conduct.as_deref().is_some_and(conducted)
}

/// `GET /incidents/{number}/major`. What is no major incident has its page alone.
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path(number): Path<String>,
) -> PageResult {
    let number: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    let (case, extra, draft) = read(&app, &who, number).await?;
    if !has_room(case.state()) {
        return Ok(Redirect::to(&url::incident(number)).into_response());
    }
    let view = View::of(&case, who.viewer());
    let start = Start { draft, ..Start::default() };
    Ok(page(&who, &Room::of(&app, &who, &view, &extra), &start).into_response())
}

/// The page again, with an update that was refused.
pub(super) async fn again(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    sent: Fields,
    refused: String,
) -> PageResult<Markup> {
    let (case, extra, draft) = read(app, who, number).await?;
    let view = View::of(&case, who.viewer());
    let start = Start { draft, sent: Some(sent), refused: Some(refused) };
    Ok(page(who, &Room::of(app, who, &view, &extra), &start))
}

/// An incident with what its room shows, and the draft of its reader's next update.
async fn read(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
) -> PageResult<(Case, Extra, Option<Draft>)> {
    let me = who.person().id;
    let wanted = Wanted::new(app, who.viewer(), &who.here, number);
    let sight = app.desk.service_map().await?;
    let read = app
        .desk
        .read(move |sql| {
            let Some(case) = wanted.read(sql)? else { return Ok(None) };
            let extra = Extra::read(sql, number, services::Question::of(&case, sight))?;
            let kept = drafts::of_incident(sql, me, number)?;
            let draft = kept.into_iter().find(|draft| draft.mode == Mode::Update);
            Ok(Some((case, extra, draft)))
        })
        .await?;
    read.ok_or(PageError::NotFound)
}

fn page(who: &SignedIn, room: &Room<'_>, start: &Start) -> Markup {
    let (case, number) = (room.case(), room.number());
    let title = number.to_string();
    Page::new(who, &title)
        .tab("Major incident")
        .section(Section::Majors)
        .crumb(url::MAJORS, "Major incidents")
        .stream(url::live_major(number, case.position))
        .on(number)
        .main_class("main maj")
        .script("app-major.js")
        .panel(html! {
            aside class="panel maj-p" aria-label="People, checklist and timeline" { (beside(room, None)) }
        })
        .after(dialogs::room_dialogs(room.view))
        .show(html! {
            (head::bar(room, None))
            (head::head(room, None))
            div id="refusal" {}
            div.maj-g {
                section.maj-next aria-labelledby="nx" {
                    (next::countdown(room, None))
                    (compose::composer(room, start))
                }
                (below(room, None))
            }
        })
}

fn below(room: &Room<'_>, patch: Option<&str>) -> Markup {
    html! {
        (next::drafts(room, patch))
        (around::impact(room, patch))
        (services::card(room, patch))
        (outages::card(room, patch))
        (services::changed(room, patch))
    }
}

fn beside(room: &Room<'_>, patch: Option<&str>) -> Markup {
    html! {
        (panel::review(room.view, patch))
        (people::roles(room, patch))
        (people::responders(room, patch))
        @if patch.is_none() { (causes::waiting(room.number())) }
        (people::rooms(room, patch))
        (runbook::runbooks(room.view, &dialogs::in_room(), patch))
        (panel::tasks(room.view, &dialogs::in_room(), patch))
        (timeline::section(room, patch))
        // Fetched after the page, and left as it is by patches.
        @if patch.is_none() { (similar::awaited(room.view)) }
    }
}

/// How a part that is there already changes.
const MORPH: Option<&str> = Some("morph");

/// The parts as patches for whoever changed something.
pub(super) async fn own(app: &App, view: &View<'_>) -> PageResult<Markup> {
    let sight = app.desk.service_map().await?;
    let (number, question) = (view.case.number, services::Question::of(view.case, sight));
    let extra = app.desk.read(move |sql| Extra::read(sql, number, question)).await?;
    // The composer, which alone says it, stays as it is.
    let room = Room { view, extra: &extra, site: "", others: html! {} };
    Ok(html! {
        (parts(&room))
        (super::patches::refusal(None))
        div id="c-warn" data-patch="morph" {}
    })
}

fn parts(room: &Room<'_>) -> Markup {
    html! {
        (head::bar(room, MORPH))
        (head::head(room, MORPH))
        (next::countdown(room, MORPH))
        @if room.can(C::PublishUpdate) && room.view.rights.works { (compose::told_nobody(room, MORPH)) }
        (below(room, MORPH))
        (beside(room, MORPH))
        (closure::check(room.view, MORPH))
    }
}

/// The parts as patches for one viewer who has the room open.
///
/// # Errors
///
/// [`PageError::NotFound`] when they do not see all of the incident.
pub(crate) async fn live_patches(
    app: &App,
    viewer: &Viewer,
    here: &Here,
    number: IncidentNumber,
) -> PageResult<Markup> {
    let wanted = Wanted::new(app, viewer, here, number);
    let sight = app.desk.service_map().await?;
    let read = app
        .desk
        .read(move |sql| {
            let Some(case) = wanted.read(sql)? else { return Ok(None) };
            let extra = Extra::read(sql, number, services::Question::of(&case, sight))?;
            Ok(Some((case, extra)))
        })
        .await?;
    let (case, extra) = read.ok_or(PageError::NotFound)?;
    let view = View::of(&case, viewer);
    Ok(parts(&Room { view: &view, extra: &extra, site: "", others: html! {} }))
}

/// A link to a command's page that opens its dialog where scripts run.
fn opener(room: &Room<'_>, command: C, class: &str, label: Markup) -> Markup {
    html! {
        a class=(class) href={ (url::incident_command(room.number(), command)) "?screen=major" } data-dialog={ "#d-" (command) } { (label) }
    }
}

/// A link to a command's page with something chosen already.
fn page_link(
    room: &Room<'_>,
    command: C,
    chosen: (&str, &str),
    class: &str,
    label: Markup,
) -> Markup {
    let address = url::incident_command(room.number(), command);
    let (name, value) = chosen;
    html! { a class=(class) href={ (address) "?screen=major&" (name) "=" (value) } { (label) } }
}

/// A button that issues a command with these fields.
fn post(
    room: &Room<'_>,
    command: C,
    fields: &[(&str, &str)],
    class: &str,
    label: Markup,
) -> Markup {
    html! {
        form method="post" action=(url::incident_command(room.number(), command)) data-live {
            (dialogs::screen_field(&dialogs::in_room()))
            @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
            button class=(class) type="submit" { (label) }
        }
    }
}

/// How bad an outage is, in words.
pub(super) fn degree_word(degree: Degree) -> &'static str {
    match degree {
        Degree::Degraded => "Slower or worse",
        Degree::Partial => "Some of it, or for some",
        Degree::Full => "All of it",
    }
}

/// What kind of room it is, in a word.
pub(super) fn room_word(kind: RoomKind) -> &'static str {
    match kind {
        RoomKind::Conference => "Conference",
        RoomKind::Chat => "Chat",
    }
}

/// A page for a browser without scripts.
async fn plainly(
    app: &App,
    who: &SignedIn,
    number: IncidentNumber,
    sent: Fields,
) -> PageResult<Response> {
    let (case, extra, draft) = read(app, who, number).await?;
    let view = View::of(&case, who.viewer());
    let start = Start { draft, sent: Some(sent), refused: None };
    Ok(page(who, &Room::of(app, who, &view, &extra), &start).into_response())
}
