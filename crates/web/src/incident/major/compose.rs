//! The composer of updates: phase, words, whom it is for, when the next word comes, and how
//! each of them will read it.

use super::{Room, preview};
use crate::form::Fields;
use crate::incident::composer::banner;
use crate::incident::readers::publish_to;
use crate::incident::timeline::phase_word;
use crate::incident::{drafts, phase};
use crate::part::icon::small_icon;
use crate::part::time::duration;
use crate::url;
use incident::CommandName as C;
use incident::conduct::Audiences;
use incident::state::{IncidentRole, UpdatePhase};
use maud::{Markup, html};
use store::directory::drafts::Draft;

/// Minutes after which the next word can be promised.
const NEXT_MINUTES: [i64; 6] = [15, 30, 45, 60, 120, 240];
/// The id of the form; what lies outside belongs to it by this.
const FORM: &str = "end";

/// What the composer starts with.
#[derive(Debug, Clone, Default)]
pub(super) struct Start {
    /// The reader's draft.
    pub(super) draft: Option<Draft>,
    /// What was sent and is to be shown again.
    pub(super) sent: Option<Fields>,
    /// Why it was refused.
    pub(super) refused: Option<String>,
}

impl Start {
    fn text(&self, name: &str) -> Option<&str> {
        self.sent.as_ref().map(|fields| fields.text(name))
    }

    fn body(&self) -> &str {
        let sent = self.sent.as_ref().and_then(|fields| fields.get("body"));
        sent.or(self.draft.as_ref().map(|draft| draft.body.as_str())).unwrap_or_default()
    }
}

/// The composer and what each audience will read.
pub(super) fn composer(room: &Room<'_>, start: &Start) -> Markup {
    html! {
        @if room.can(C::PublishUpdate) && room.view.rights.works {
            (form(room, start))
            (preview::beside(room, &values(room, start)))
        } @else { p.meta id=(FORM) { "You read this incident and publish no updates." } }
    }
}

/// What the form holds, as fields.
fn values(room: &Room<'_>, start: &Start) -> Fields {
    if let Some(sent) = &start.sent {
        return sent.clone();
    }
    let mut fields = Fields::default()
        .with("phase", phase(room, start).as_str())
        .with("title", title(room, start))
        .with("body", start.body())
        .with("next_in", next_in(room, start));
    let chosen = audiences(room, start);
    fields = fields.with("to", "");
    for word in preview::words_of(&chosen) {
        fields = fields.and("to", word);
    }
    fields
}

fn phase(room: &Room<'_>, start: &Start) -> UpdatePhase {
    let sent = start.text("phase").and_then(|word| word.parse().ok());
    sent.unwrap_or_else(|| phase::next(room.state(), last(room)))
}

fn last(room: &Room<'_>) -> Option<phase::Stand> {
    room.extra.said.first().map(|last| (last.phase, last.at))
}

/// That nobody outside was told of what happened since the last update.
pub(super) fn told_nobody(room: &Room<'_>, patch: Option<&str>) -> Markup {
    phase::told_nobody(room.state(), last(room), room.here(), (None, patch))
}

fn title(room: &Room<'_>, start: &Start) -> String {
    let public = room.conduct().and_then(|conduct| conduct.public_title);
    let known = public.map(|id| room.case().text(id)).unwrap_or_default();
    start.text("title").unwrap_or(known).to_owned()
}

fn audiences(room: &Room<'_>, start: &Start) -> Audiences {
    let sent = start.sent.as_ref().map(crate::incident::parse::audiences);
    sent.and_then(Result::ok).flatten().unwrap_or_else(|| room.extra.audiences())
}

/// The promise that is offered first: the cadence of the agreement, else half an hour.
fn next_in(room: &Room<'_>, start: &Start) -> String {
    if let Some(sent) = start.text("next_in") {
        return sent.to_owned();
    }
    let agreement = room.case().policy.agreement_of(room.state());
    let seconds = agreement
        .majors
        .as_ref()
        .and_then(|targets| targets.cadence_seconds.get(&room.state().priority));
    let minutes = seconds.map_or(30, |seconds| i64::from(*seconds) / 60);
    minutes.max(1).to_string()
}

/// Whether somebody else has to approve what goes to the status page; whoever leads needs nobody.
fn is_approved(room: &Room<'_>) -> bool {
    let agreement = room.case().policy.agreement_of(room.state());
    let commander = room.state().roles.get(&IncidentRole::Commander).copied();
    let leads = commander.is_some() && commander == room.view.me;
    !leads
        && room.state().major
        && agreement.majors.as_ref().is_some_and(|targets| targets.approval)
}

fn form(room: &Room<'_>, start: &Start) -> Markup {
    let number = room.number();
    let chosen = audiences(room, start);
    let draft = start.draft.as_ref();
    html! {
        form class="composer comp-m" id=(FORM) method="post" action=(url::incident_command(number, C::PublishUpdate))
            data-live data-keep data-number=(number) data-preview={ (url::major(number)) "/preview" }
            data-draft-update=[draft.map(|draft| draft.body.as_str())] data-known-update=[draft.map(drafts::name)] {
            div id="c-warn" { @if let Some(words) = &start.refused { (banner("This was not sent.", words)) } }
            input type="hidden" name="screen" value="major";
            // For the scripts of the composer: all that is written here is an update.
            input type="radio" name="mode" value="update" checked hidden;
            (told_nobody(room, None))
            (phases(phase(room, start)))
            div.c-aud {
                div.field.grow {
                    label for="c-title" { "Title outside" }
                    input.inp id="c-title" name="title" value=(title(room, start)) maxlength=(kernel::limits::TITLE_CHARS) placeholder=(room.case().title()) autocomplete="off";
                }
                div.field {
                    label for="c-expected" { "Expected back" }
                    input.inp id="c-expected" type="datetime-local" name="expected" value=(start.text("expected").unwrap_or_default());
                }
            }
            label.vh for="txt" { "Status update" }
            textarea id="txt" name="body" rows="3" maxlength=(kernel::limits::BODY_CHARS) placeholder="What people notice, what is done, and what they can do meanwhile" { "\n" (start.body()) }
            (room.extra.readers.boxes(&chosen))
            (buttons(room, start, &chosen))
        }
    }
}

fn phases(now: UpdatePhase) -> Markup {
    html! {
        fieldset.c-modes {
            legend.vh { "Phase shown to everyone" }
            @for phase in UpdatePhase::ALL {
                label { input type="radio" name="phase" value=(phase.as_str()) checked[*phase == now]; (phase_word(*phase)) }
            }
        }
    }
}

fn buttons(room: &Room<'_>, start: &Start, chosen: &Audiences) -> Markup {
    let number = room.number();
    let asks = is_approved(room);
    let next = next_in(room, start);
    let listed = next.is_empty() || NEXT_MINUTES.iter().any(|minutes| minutes.to_string() == next);
    // Ctrl and Enter press the first of them.
    let ask = html! {
        button class=(if asks { "btn btn-sm btn-primary" } else { "btn btn-sm btn-quiet" }) type="submit"
            formaction=(url::incident_command(number, C::DraftUpdate)) { "Ask for approval" @if asks { " " kbd { "Ctrl ↵" } } }
    };
    let publish = html! {
        button class=(if asks { "btn btn-sm" } else { "btn btn-sm btn-primary" }) type="submit" {
            span id="mj-publish" { (publish_to(room.extra.readers.count(chosen))) } @if !asks { " " kbd { "Ctrl ↵" } }
        }
    };
    html! {
        div.c-bar {
            label class="meta" for="c-next" { "Next update" }
            select class="inp sel-s" id="c-next" name="next_in" {
                @if !listed { option value=(next) selected { "in " (promised(&next)) } }
                @for minutes in NEXT_MINUTES {
                    option value=(minutes) selected[minutes.to_string() == next] { "in " (duration(minutes * 60)) }
                }
                option value="" selected[next.is_empty()] { "not promised" }
            }
            @if asks { span.meta { (small_icon("eye")) " Somebody else approves what goes to the status page" } }
            span.meta data-draft-state {}
            span.end {
                noscript { button class="btn btn-sm btn-quiet" type="submit" formaction={ (url::major(number)) "/preview" } { "Preview" } }
                @if asks { (ask) (publish) } @else { (publish) (ask) }
            }
        }
    }
}

fn promised(minutes: &str) -> String {
    minutes.parse().map_or_else(|_| minutes.to_owned(), |minutes: i64| duration(minutes * 60))
}
