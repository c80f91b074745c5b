//! The composer: a reply, an internal note or a status update. The frame, the
//! words and the button say who will read it.

use super::readers::{Readers, publish_to};
use super::timeline::phase_word;
use super::view::View;
use super::{macros, parse, phase};
use crate::form::Fields;
use crate::part::icon::{icon, small_icon};
use crate::part::person::first_name;
use crate::url;
use desk::macros::Filled;
use incident::conduct::Audiences;
use incident::notices::{NoticeRole, Occasion};
use incident::state::{HoldReason, UpdatePhase};
use incident::telling::{Matter, Preferences};
use incident::{Audience, Body, CommandName as C, Lifecycle};
use kernel::PersonId;
use maud::{Markup, html};
use store::directory::drafts::{Draft, Mode};

/// What the composer starts with.
#[derive(Debug, Clone, Default)]
pub(super) struct Start {
    /// The reader's drafts.
    pub(super) drafts: Vec<Draft>,
    /// What was sent and refused, to be sent again.
    pub(super) sent: Option<Fields>,
    /// Why it was refused.
    pub(super) refused: Option<String>,
    /// Whom an update may be for.
    pub(super) readers: Readers,
    /// The macro that is in it.
    pub(super) filled: Option<Filled>,
    /// What was not done though the words were sent.
    pub(super) not_done: Option<String>,
    /// Whether people are told by mail.
    pub(super) by_mail: bool,
    /// How the requester wants to be told.
    pub(super) told: Preferences,
}

/// The place below the timeline.
pub(super) fn composer(view: &View<'_>, start: &Start, others: Markup) -> Markup {
    html! {
        div.inc-c {
            a.jump id="jump" href="#end" hidden { (icon("down")) span {} }
            @if view.can(C::Comment) { (form(view, start, others)) } @else { p.meta id="end" { (why_not(view)) } }
        }
    }
}

fn why_not(view: &View<'_>) -> &'static str {
    match view.case.state().lifecycle {
        Lifecycle::Cancelled => "This incident is cancelled; nothing is added to it any more.",
        _ => "You read this incident and do not work on it.",
    }
}

fn form(view: &View<'_>, start: &Start, others: Markup) -> Markup {
    let number = view.case.number;
    let sent =
        |name: &str| start.sent.as_ref().and_then(|fields| fields.get(name)).unwrap_or_default();
    let usual = start
        .filled
        .as_ref()
        .filter(|_| start.sent.is_none())
        .map(|filled| filled_mode(view, filled));
    let mode = sent("mode").parse().unwrap_or(usual.unwrap_or_else(|| first_mode(view, start)));
    let begun = |mode: Mode| {
        start.drafts.iter().find(|draft| draft.mode == mode).map(|draft| draft.body.as_str())
    };
    let added = start
        .filled
        .as_ref()
        .filter(|_| usual.is_some())
        .map(|filled| joined(begun(mode), &filled.words));
    let draft = |of: Mode| added.as_deref().filter(|_| of == mode).or_else(|| begun(of));
    let known =
        |mode: Mode| start.drafts.iter().find(|draft| draft.mode == mode).map(super::drafts::name);
    let text = if start.sent.is_some() { sent("body") } else { draft(mode).unwrap_or_default() };
    let requester = reader(view);
    let name = first_name(requester);
    let chosen = audiences(view, start);
    html! {
        form.composer id="end" method="post" action=(url::incident_command(number, "comments")) enctype="multipart/form-data"
            data-live data-keep data-number=(number)
            data-draft-reply=[draft(Mode::Reply)] data-draft-note=[draft(Mode::Note)] data-draft-update=[draft(Mode::Update)]
            data-known-reply=[known(Mode::Reply)] data-known-note=[known(Mode::Note)] data-known-update=[known(Mode::Update)] {
            div id="c-warn" {
                @if let Some(words) = &start.refused { (banner("This was not sent.", words)) }
                @if let Some(words) = &start.not_done { (banner(NOT_DONE, words)) }
            }
            (modes(view, mode, name))
            p class="c-aud only-reply" { (goes_to(view, start)) span class="typing typing-pub end" { (others) } }
            p class="c-aud only-note" { (small_icon("lock")) "Only staff can read this. " (never_sees(view)) }
            label.vh for="txt" { "Text" }
            textarea id="txt" name="body" rows="2" maxlength=(kernel::limits::BODY_CHARS) placeholder="Write, @ for a person, # for an incident or article, / for a macro" { "\n" (text) }
            (update_fields(view, start, &chosen))
            (macros::boxes(view, start.filled.as_ref(), start.sent.as_ref()))
            ul.atts id="files" {}
            (buttons(view, name, &publish_to(start.readers.count(&chosen))))
        }
    }
}

/// What is told when the words were sent and something of their macro was refused.
pub(super) const NOT_DONE: &str = "This was sent, but not all of its macro was done.";

/// The mode of a macro's words, where somebody outside would read them.
fn filled_mode(view: &View<'_>, filled: &Filled) -> Mode {
    let closed = view.case.state().lifecycle == Lifecycle::Closed;
    if closed || !has_reader(view) { Mode::Note } else { macros::mode(&filled.found) }
}

/// Words behind those that somebody has begun.
fn joined(begun: Option<&str>, words: &str) -> String {
    match begun.filter(|begun| !begun.trim().is_empty()) {
        Some(begun) => format!("{}\n\n{words}", begun.trim_end()),
        None => words.to_owned(),
    }
}

/// Who reads a reply, and how it reaches them.
fn goes_to(view: &View<'_>, start: &Start) -> Markup {
    let (case, requester) = (view.case, view.case.state().requester);
    let others = followers(view).filter(|person| *person != requester).count();
    html! {
        "Goes to " b { (reader(view)) }
        @match others {
            _ if case.by_machine => {},
            0 => {},
            1 => " and 1 person who follows it",
            many => { " and " (many) " people who follow it" },
        }
        " " (way(view, start))
    }
}

/// Who follows it and hears of what is written; whoever writes it does not.
fn followers(view: &View<'_>) -> impl Iterator<Item = PersonId> {
    let me = view.me;
    view.case.state().watchers.iter().copied().filter(move |person| Some(*person) != me)
}

/// Who reads a reply: a program reads nothing, those who follow it do.
fn reader<'a>(view: &View<'a>) -> &'a str {
    match view.case.by_machine {
        true => "followers",
        false => view.case.person(view.case.state().requester),
    }
}

/// How a reply comes to whoever reads it, whichever way the report came in. Whoever has no
/// address or wants no letters gets none, and nobody does without a mail server.
fn way(view: &View<'_>, start: &Start) -> &'static str {
    let (case, notices) = (view.case, &view.case.policy.notices);
    let has_address = |id| case.who(id).is_some_and(|person| person.email.is_some());
    let is_mailed = match case.by_machine {
        true => {
            notices.mails(Occasion::Commented, NoticeRole::Watchers)
                && followers(view).any(has_address)
        }
        false => {
            notices.mails(Occasion::Commented, NoticeRole::Requester)
                && has_address(case.state().requester)
                && wants_mail(view, &start.told)
        }
    };
    if start.by_mail && is_mailed { "by e-mail and in the portal" } else { "in the portal" }
}

/// Whether the requester wants a letter with a reply, or gets one in any case.
fn wants_mail(view: &View<'_>, told: &Preferences) -> bool {
    let state = view.case.state();
    let hold = state.hold.as_ref().filter(|_| state.lifecycle == Lifecycle::OnHold);
    let reply = Matter {
        word: Occasion::Commented.as_str(),
        audience: &Audience::Requester(state.requester),
        priority: state.priority.get(),
        major: state.major,
        waits_for_requester: hold.is_some_and(|hold| hold.reason == HoldReason::Requester),
    };
    view.case.policy.notices.insists(Occasion::Commented, NoticeRole::Requester)
        || told.channels(&reply).mail
}

/// Whether anybody outside reads a reply.
fn has_reader(view: &View<'_>) -> bool {
    !view.case.by_machine || !view.case.state().watchers.is_empty()
}

/// Who never sees a note.
fn never_sees(view: &View<'_>) -> Markup {
    let requester = view.case.person(view.case.state().requester);
    html! {
        @match (view.case.by_machine, has_reader(view)) {
            (false, _) => { (first_name(requester)) " never sees it" },
            (true, true) => { (requester) " is a program; followers never see it" },
            (true, false) => { (requester) " is a program, and nobody else follows it" },
        }
    }
}

/// What is closed takes notes alone.
fn first_mode(view: &View<'_>, start: &Start) -> Mode {
    let usual = if has_reader(view) { Mode::Reply } else { Mode::Note };
    match view.case.state().lifecycle {
        Lifecycle::Closed => Mode::Note,
        _ => start
            .drafts
            .iter()
            .filter(|draft| draft.mode != Mode::Reply || has_reader(view))
            .max_by_key(|draft| draft.updated_at)
            .map_or(usual, |draft| draft.mode),
    }
}

/// Why something was not done.
pub(super) fn banner(title: &str, words: &str) -> Markup {
    html! {
        div class="banner banner-crit" role="alert" tabindex="-1" {
            (icon("alert"))
            div { b { (title) } " " (crate::error::sentence(words)) }
        }
    }
}

fn modes(view: &View<'_>, mode: Mode, name: &str) -> Markup {
    let radio = |this: Mode, id: &str, key: &str, symbol: &'static str, label: Markup| {
        html! {
            label {
                input type="radio" name="mode" id=(id) value=(this.as_str()) data-key=(key) checked[this == mode];
                (icon(symbol)) (label) " " kbd { (key.to_uppercase()) }
            }
        }
    };
    html! {
        fieldset.c-modes {
            legend.vh { "What are you writing?" }
            @if view.case.state().lifecycle != Lifecycle::Closed && has_reader(view) {
                (radio(Mode::Reply, "m-reply", "r", "reply", html! { span { "Reply" span.long { " to " (name) } } }))
            }
            (radio(Mode::Note, "m-note", "n", "lock", html! { span.long { "Internal note" } span.short { "Note" } }))
            @if view.can(C::PublishUpdate) { (radio(Mode::Update, "m-upd", "u", "mega", html! { span.long { "Status update" } span.short { "Update" } })) }
            a class="btn btn-quiet btn-icon show-s end" href="#main" aria-label="Close" { (icon("x")) }
        }
    }
}

/// Whom an update is for unless its writer says otherwise: whom the last one was for.
fn audiences(view: &View<'_>, start: &Start) -> Audiences {
    let sent = start.sent.as_ref().map(parse::audiences).and_then(Result::ok).flatten();
    let last = view.case.events().iter().rev().find_map(|stored| match &stored.event.body {
        Body::UpdatePublished(data) if stored.number == view.case.number => data.audiences.clone(),
        _ => None,
    });
    sent.or(last).unwrap_or_else(Audiences::usual)
}

/// What an update is called, where it says it stands, when service is expected back, when the
/// next word comes, and whom it is for.
fn update_fields(view: &View<'_>, start: &Start, chosen: &Audiences) -> Markup {
    let sent = |name: &str| {
        start.sent.as_ref().map(|fields| fields.text(name)).unwrap_or_default().to_owned()
    };
    let case = view.case;
    let last = phase::last(case);
    let now = match &start.sent {
        Some(_) => sent("phase"),
        None => phase::next(case.state(), last).as_str().to_owned(),
    };
    let public = case.state().conduct.as_deref().and_then(|conduct| conduct.public_title);
    let title = match &start.sent {
        Some(_) => sent("title"),
        None => public.map_or(String::new(), |id| case.text(id).to_owned()),
    };
    html! {
        (phase::told_nobody(case.state(), last, &case.here, (Some("only-upd"), None)))
        div class="c-aud only-upd" {
            div.field {
                label for="c-phase" { "Phase" }
                select.inp id="c-phase" name="phase" {
                    @for known in UpdatePhase::ALL { option value=(known.as_str()) selected[known.as_str() == now] { (phase_word(*known)) } }
                }
            }
            div.field {
                label for="c-expected" { "Expected back" }
                input.inp id="c-expected" type="datetime-local" name="expected" value=(sent("expected"));
            }
            div.field {
                label for="c-next" { "Next update" }
                input.inp id="c-next" type="datetime-local" name="next_update" value=(sent("next_update"));
            }
            div.field {
                label for="c-title" { "Title outside" }
                input.inp id="c-title" name="title" value=(title) placeholder=(case.title()) maxlength=(kernel::limits::TITLE_CHARS) autocomplete="off";
            }
        }
        div.only-upd { (start.readers.boxes(chosen)) }
        @if case.state().major {
            p class="c-aud only-upd" { a.link href=(url::major(case.number)) { "In the room" } " you see how each of them reads it, and ask for approval" }
        }
    }
}

fn buttons(view: &View<'_>, name: &str, publish: &str) -> Markup {
    let state = view.case.state();
    let open = state.lifecycle.is_open();
    html! {
        div.c-bar {
            label class="btn btn-quiet btn-sm btn-icon" title="Attach files" {
                (icon("clip")) span.vh { "Attach files" }
                input.vh type="file" name="file" multiple data-files="#files" data-limit=(kernel::limits::ATTACHMENT_BYTES);
            }
            (macros::opener(view.case.number))
            span.meta data-draft-state {}
            span.end {
                @if open {
                    label.vh for="c-then" { "And set" }
                    select id="c-then" name="then" class="btn btn-sm btn-quiet hide-s" {
                        option value="" { "and leave the state" }
                        @if state.lifecycle != Lifecycle::InProgress { option value="in_progress" { "and set In progress" } }
                        @if !view.case.by_machine { option value="waiting" { "and wait on requester" } }
                        option value="resolve" { "and resolve with these words" }
                    }
                }
                @if state.lifecycle != Lifecycle::Closed && has_reader(view) {
                    button class="btn btn-sm btn-primary only-reply" type="submit" { "Send to " (name) " " kbd { "Ctrl ↵" } }
                }
                button class="btn btn-sm btn-note only-note" type="submit" { "Save internal note " kbd { "Ctrl ↵" } }
                @if view.can(C::PublishUpdate) {
                    button class="btn btn-sm btn-primary only-upd" type="submit" { (publish) " " kbd { "Ctrl ↵" } }
                }
            }
        }
    }
}
