//! When the next word is due, and updates that wait for approval.

use super::{Room, page_link, post};
use crate::incident::timeline::phase_word;
use crate::incident::words::prose;
use crate::part::icon::icon;
use crate::part::time;
use incident::CommandName as C;
use incident::conduct::UpdateDraft;
use kernel::Timestamp;
use maud::{Markup, html};

/// Seconds before it is due from which on it is a warning.
const SOON_SECONDS: i64 = 300;

/// How long until the next word is due. Scripts count it on from the server's time
/// (`assets/js/countdown.js`), in the same words.
pub(super) fn countdown(room: &Room<'_>, patch: Option<&str>) -> Markup {
    let due = room.conduct().and_then(|conduct| conduct.communication.due);
    html! {
        div id="mj-next" data-patch=[patch] {
            @match due {
                Some(due) => (until(room, due)),
                None => {
                    h2 id="nx" { "Updates" }
                    p.meta { (silent(room)) }
                }
            }
            (kept(room))
        }
    }
}

fn until(room: &Room<'_>, due: Timestamp) -> Markup {
    let here = room.here();
    let left = due.seconds_since(here.now);
    let class = if due <= here.now {
        "count is-over"
    } else if left < SOON_SECONDS {
        "count is-soon"
    } else {
        "count"
    };
    html! {
        h2 id="nx" { "Next update due in" }
        p class=(class) role="timer" {
            time datetime=(due) title=(here.full(due)) data-count { (count_words(left, due <= here.now)) }
        }
        p.meta { (whence(room, due)) " " (time::moment(due, here)) (cadence(room)) }
    }
}

/// "17 m 40 s", "1 h 17 m", "4 m 10 s over".
fn count_words(left: i64, over: bool) -> String {
    let seconds = left.abs();
    let (hours, minutes) = (seconds / 3_600, seconds % 3_600 / 60);
    let words = match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} m {:02} s", seconds % 60),
        _ => format!("{hours} h {minutes:02} m"),
    };
    if over { format!("{words} over") } else { words }
}

/// Why it is due then.
fn whence(room: &Room<'_>, due: Timestamp) -> &'static str {
    let spoken = room.conduct().is_some_and(|conduct| conduct.communication.last_at.is_some());
    match spoken {
        _ if room.state().next_update == Some(due) => "promised for",
        true => "by the agreement",
        false => "the first word, by the agreement",
    }
}

/// ", every 30 m while it goes on".
fn cadence(room: &Room<'_>) -> Markup {
    let agreement = room.case().policy.agreement_of(room.state());
    let seconds = agreement
        .majors
        .as_ref()
        .and_then(|targets| targets.cadence_seconds.get(&room.state().priority));
    html! {
        @if let Some(seconds) = seconds { ", every " (time::duration(i64::from(*seconds))) " while it goes on" }
    }
}

fn silent(room: &Room<'_>) -> &'static str {
    let state = room.state();
    if state.major && state.lifecycle.is_open() {
        "No next update is promised, and the agreement asks for none."
    } else if state.major {
        "It is over. No update is due."
    } else {
        "It is no major incident now. No update is due."
    }
}

fn kept(room: &Room<'_>) -> Markup {
    let communication = room.conduct().map(|conduct| &conduct.communication);
    html! {
        @if let Some(told) = communication.filter(|told| told.kept + told.missed > 0) {
            p.meta { (told.kept) " in time, " (told.missed) " late" }
        }
    }
}

/// Updates that somebody wrote and somebody else approves.
pub(super) fn drafts(room: &Room<'_>, patch: Option<&str>) -> Markup {
    let drafts = room.conduct().map(|conduct| conduct.drafts.as_slice()).unwrap_or_default();
    html! {
        div.maj-d id="mj-drafts" data-patch=[patch] {
            @for draft in drafts { (one(room, draft)) }
        }
    }
}

fn one(room: &Room<'_>, draft: &UpdateDraft) -> Markup {
    let case = room.case();
    let id = draft.id.to_string();
    let writer = draft.by.map_or("Somebody", |person| case.person(person));
    let mine = draft.by.is_some() && draft.by == room.view.me;
    let heading = format!("dr-{id}");
    html! {
        section.card id={ "draft-" (id) } aria-labelledby=(heading) {
            div.card-h {
                h2 id=(heading) { "Waits for approval" }
                span.chip.chip-accent { (phase_word(draft.phase)) }
                span.meta { "by " (writer) ", " (time::since(draft.at, &case.here)) }
            }
            div.card-b.stack-s {
                @if let Some(title) = draft.title { p.strong { (case.text(title)) } }
                div.msg-b { (prose(case.text(draft.body))) }
                div.dl-in {
                    span { "Goes to " b { (room.extra.readers.words(&draft.audiences)) } }
                    @if let Some(at) = draft.expected { span { "Expected back " b { (time::moment(at, &case.here)) } } }
                    @if let Some(at) = draft.next_update { span { "Next update " b { (time::moment(at, &case.here)) } } }
                }
                div.btns {
                    @if mine {
                        span.meta { "Somebody else has to approve it." }
                    } @else if room.can(C::ApproveUpdate) {
                        (post(room, C::ApproveUpdate, &[("update", &id)], "btn btn-sm btn-primary", html! { (icon("check")) "Approve and publish" }))
                    }
                    @if room.can(C::RejectUpdate) {
                        (page_link(room, C::RejectUpdate, ("update", &id), "btn btn-sm", html! { @if mine { "Withdraw" } @else { "Reject" } }))
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_countdown_says_seconds_where_they_matter() {
        for (left, over, words) in [
            (1_060, false, "17 m 40 s"),
            (59, false, "59 s"),
            (605, false, "10 m 05 s"),
            (4_620, false, "1 h 17 m"),
            (-250, true, "4 m 10 s over"),
            (0, true, "0 s over"),
        ] {
            assert_eq!(count_words(left, over), words);
        }
    }
}
