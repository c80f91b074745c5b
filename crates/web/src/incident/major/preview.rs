//! What each audience will read of an update that is being written.

use super::{Room, plainly, read, services};
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::incident::parse::{self, Context};
use crate::incident::readers::publish_to;
use crate::incident::timeline::phase_word;
use crate::incident::view::View;
use crate::incident::words::prose;
use crate::part::icon::small_icon;
use axum::extract::{Path, State};
use incident::conduct::Audiences;
use incident::state::UpdatePhase;
use kernel::{IncidentNumber, Language, Timestamp};
use maud::{Markup, html};
use status::snapshot::Phase;
use status::words::{self, UpdateFacts};

/// What is shown while nothing is written yet.
const NOTHING: &str = "Write the update to see it here.";

/// `POST /incidents/{number}/major/preview`: how the update reads; nothing is stored.
pub(in crate::incident) async fn preview(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    Path(number): Path<String>,
    fields: Fields,
) -> PageResult {
    let number: IncidentNumber = number.parse().map_err(|_| PageError::NotFound)?;
    if !live.0 {
        return plainly(&app, &who, number, fields).await;
    }
    let (case, extra, _) = read(&app, &who, number).await?;
    let view = View::of(&case, who.viewer());
    let room = Room::of(&app, &who, &view, &extra);
    let chosen = parse::audiences(&fields).ok().flatten().unwrap_or_default();
    let patch = html! {
        (texts(&room, &fields, Some("morph")))
        span id="mj-publish" data-patch="text" { (publish_to(extra.readers.count(&chosen))) }
    };
    Ok(Answer::patch(patch).reply(live))
}

/// The words by which a form names audiences.
pub(super) fn words_of(chosen: &Audiences) -> Vec<String> {
    let flags = [
        ("requesters", chosen.requesters),
        ("status_page", chosen.status_page),
        ("chat", chosen.chat),
    ];
    let flags = flags.into_iter().filter(|(_, is)| *is).map(|(word, _)| word.to_owned());
    flags.chain(chosen.lists.iter().map(|id| format!("list:{id}"))).collect()
}

/// The three readings, one of which is seen.
pub(super) fn beside(room: &Room<'_>, fields: &Fields) -> Markup {
    let tab = |id: &str, symbol: &'static str, label: &str, first: bool| {
        html! { label { input type="radio" name="pv" id=(id) checked[first]; (small_icon(symbol)) (label) } }
    };
    html! {
        section.pv aria-label="Preview of what each audience reads" {
            fieldset.seg {
                legend.vh { "Preview as" }
                (tab("pv1", "globe", "Status page", true))
                (tab("pv2", "mail", "E-mail", false))
                (tab("pv3", "chat", "Chat", false))
            }
            (texts(room, fields, None))
        }
    }
}

fn texts(room: &Room<'_>, fields: &Fields, patch: Option<&str>) -> Markup {
    let facts = Facts::read(room, fields);
    html! {
        div.pv-1 id="pv-page" data-patch=[patch] { (facts.page(room)) }
        div.pv-2 id="pv-mail" data-patch=[patch] { (facts.mail(room)) }
        div.pv-3 id="pv-chat" data-patch=[patch] { (facts.chat(room)) }
    }
}

/// An update as far as it is written.
struct Facts {
    title: String,
    body: String,
    phase: UpdatePhase,
    expected: Option<Timestamp>,
    next_update: Option<Timestamp>,
}

impl Facts {
    fn read(room: &Room<'_>, fields: &Fields) -> Facts {
        let case = room.case();
        let context = Context {
            state: case.state(),
            title: case.title(),
            here: &case.here,
            me: case.state().requester,
            named: None,
        };
        let title = fields.filled("title").unwrap_or_else(|| case.title());
        Facts {
            title: title.to_owned(),
            body: fields.text("body").to_owned(),
            phase: fields.text("phase").parse().unwrap_or(UpdatePhase::Investigating),
            // What cannot be read is told when it is sent.
            expected: fields.instant("expected", &case.here).ok().flatten(),
            next_update: parse::next_update(fields, &context).ok().flatten(),
        }
    }

    /// What letters and chat rooms are made from.
    fn told(&self, room: &Room<'_>) -> UpdateFacts {
        let case = room.case();
        let concerned = services::concerned(case.state());
        UpdateFacts {
            site: room.site.to_owned(),
            title: self.title.clone(),
            phase: phase(self.phase),
            body: self.body.clone(),
            components: concerned.iter().map(|id| case.service(*id).to_owned()).collect(),
            expected: self.expected,
            next_update: self.next_update,
            url: None,
            zone: case.here.zone.clone(),
        }
    }

    fn page(&self, room: &Room<'_>) -> Markup {
        let here = room.here();
        html! {
            p.strong { (self.title) }
            p.meta { (phase_word(self.phase)) ", " (here.clock(here.now)) " " (here.zone_name()) }
            @if self.body.is_empty() { p.meta { (NOTHING) } } @else { (prose(&self.body)) }
            @if let Some(at) = self.expected { p.meta { "Expected back " (here.moment(at)) } }
            @if let Some(at) = self.next_update { p.meta { "Next update by " (here.moment(at)) } }
        }
    }

    fn mail(&self, room: &Room<'_>) -> Markup {
        if self.body.is_empty() {
            return html! { p.meta { (NOTHING) } };
        }
        let letter = words::letter(&self.told(room), Language::En);
        html! {
            p.meta { "Subject" }
            p.strong { (letter.subject) }
            (prose(&letter.text))
        }
    }

    fn chat(&self, room: &Room<'_>) -> Markup {
        if self.body.is_empty() {
            return html! { p.meta { (NOTHING) } };
        }
        html! { (prose(&words::chat(&self.told(room)))) }
    }
}

/// Where it stands, as it is called outside.
fn phase(phase: UpdatePhase) -> Phase {
    match phase {
        UpdatePhase::Investigating => Phase::Investigating,
        UpdatePhase::Identified => Phase::Identified,
        UpdatePhase::Monitoring => Phase::Monitoring,
        UpdatePhase::Resolved => Phase::Resolved,
    }
}
