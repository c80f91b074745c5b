//! Oneself, first of all: am I on call, until when, who comes after me, and one button.

use super::load;
use super::sight::{Sight, Standing};
use crate::auth::SignedIn;
use crate::part::icon::icon;
use crate::part::time::left;
use crate::url;
use incident::reach::{PageChannel, Reach, Urgency};
use kernel::{InOrder, PersonId, Timestamp};
use maud::{Markup, html};
use roster::Span;

/// Shifts to come that are told at once.
const TOLD: usize = 3;

pub(super) fn card(who: &SignedIn, sight: &Sight) -> Markup {
    let me = who.viewer().person;
    let on_call: Vec<&Standing> = sight.rows.iter().filter(|row| row.has(me)).collect();
    let ahead = ahead(who, sight);
    html! {
        section.card.oc-me aria-labelledby="my" {
            div.card-h { h2 id="my" { "You" } }
            div.card-b.stack {
                @for (place, row) in on_call.iter().enumerate() { (on_call_now(who, sight, row, place == 0)) }
                @if on_call.is_empty() { (free(who, sight, ahead.first())) }
                @if !on_call.is_empty() || !ahead.is_empty() { (facts(who, sight, &ahead, on_call.is_empty())) }
            }
        }
    }
}

/// What is to come of one's own shifts, the soonest first.
fn ahead<'a>(who: &SignedIn, sight: &'a Sight) -> Vec<(&'a Standing, Span)> {
    let now = who.here.now;
    let all = sight.rows.iter().flat_map(|row| row.mine.iter().map(move |span| (row, *span)));
    let mut ahead: Vec<_> = all.filter(|(_, span)| span.start > now).collect();
    ahead.order_by_key(|(_, span)| span.start);
    ahead.truncate(TOLD);
    ahead
}

fn on_call_now(who: &SignedIn, sight: &Sight, row: &Standing, first: bool) -> Markup {
    let here = &who.here;
    let after = row.next.map(|next| next.person.map(|person| sight.name(person)));
    let class = if first { "btn btn-primary" } else { "btn" };
    html! {
        p.oc-n {
            b { "You are on call" @if let Some(at) = row.until() { " until " (here.exact(at)) } }
            span.meta {
                (row.name) ". "
                @match after {
                    None => "Nobody takes over in the next 90 days.",
                    Some(Some(name)) => { "After you: " (name) "." }
                    Some(None) => { span.crit-t { "After you: nobody." } }
                }
            }
        }
        @if who.viewer().swaps_shifts() {
            div.btns {
                a class=(class) href=(offer(row, None, row.until())) aria-label={ "Give it away: your shift of " (row.name) } { "Give it away" }
            }
        }
    }
}

fn free(who: &SignedIn, sight: &Sight, next: Option<&(&Standing, Span)>) -> Markup {
    let here = &who.here;
    html! {
        p.oc-n {
            b { "You are not on call" }
            @match next {
                None => { span.meta { "No shift of yours in the next 90 days." } }
                Some((row, span)) => {
                    span { "Your next shift: " b.oc-i { (here.exact(span.start)) " to " (here.exact(span.end)) } }
                    span.meta { (row.name) ", " (left(span.start, here)) }
                }
            }
        }
        @if who.viewer().swaps_shifts() {
            div.btns {
                @if let Some(row) = sight.row() { (take_over(sight, row, &format!("Take over {} now", row.name), "btn btn-primary")) }
                @if let Some((row, span)) = next {
                    a.btn href=(offer(row, Some(span.start), Some(span.end))) aria-label={ "Give it away: your next shift of " (row.name) } { "Give it away" }
                }
            }
        }
    }
}

/// The button by which the reader is on call from now on until the shift ends.
pub(super) fn take_over(sight: &Sight, row: &Standing, words: &str, class: &str) -> Markup {
    let label = match row.now.person.map(|person| sight.name(person)) {
        Some(name) => format!("{words}: {}, from {name}", row.name),
        None => format!("{words}: {}", row.name),
    };
    html! {
        form method="post" action=(url::on_call_of(row.id, "take")) {
            // Whom the reader sees on call: a page that is old takes nothing from anybody else.
            input type="hidden" name="from" value=(row.now.person.map(|person| person.to_string()).unwrap_or_default());
            button class=(class) type="submit" aria-label=(label) title=(label) { (icon("oncall")) (words) }
        }
    }
}

/// The form by which a shift is given away, filled in.
pub(super) fn offer(row: &Standing, start: Option<Timestamp>, end: Option<Timestamp>) -> String {
    let part = |name: &str, at: Option<Timestamp>| {
        at.map(|at| format!("&{name}={}", url::encode(&at.to_string()))).unwrap_or_default()
    };
    let asked = format!("{}{}", part("start", start), part("end", end)).replacen('&', "?", 1);
    format!("{}{asked}", url::on_call_of(row.id, "offer"))
}

fn facts(who: &SignedIn, sight: &Sight, ahead: &[(&Standing, Span)], told_first: bool) -> Markup {
    let here = &who.here;
    let rest = if told_first { ahead.get(1..).unwrap_or_default() } else { ahead };
    html! {
        dl.props {
            div { dt { "Reaches you by" } dd { (reached(who, sight, who.viewer().person, true)) " " a.link href={ (url::ACCOUNT) "#reached" } { "Change or test it" } } }
            @if !rest.is_empty() {
                div { dt { "After that" } dd {
                    @for (place, (row, span)) in rest.iter().enumerate() {
                        @if place > 0 { br; }
                        (here.exact(span.start)) " to " (here.exact(span.end)) ", " (row.name)
                    }
                } }
            }
            div { dt { "Last 4 weeks" } dd { (load::own(who, sight)) } }
        }
    }
}

/// Ways to somebody else that are named.
const WAYS: usize = 2;

/// By what somebody is reached at night; `open` all of it with address and number, which are for
/// themselves, else what comes first.
pub(super) fn reached(who: &SignedIn, sight: &Sight, person: PersonId, open: bool) -> Markup {
    let reach = sight.names.policy.paging.reach.get(&person);
    let ways = reach.map(|reach| ways(reach, &sight.channels, who.here.now, open));
    let (mut ways, lost) = ways.unwrap_or_default();
    let later = if open { 0 } else { ways.len().saturating_sub(WAYS) };
    ways.truncate(ways.len() - later);
    html! {
        @if ways.is_empty() { span.err { (icon("alert")) "no way" } } @else { (ways.join(", ")) }
        @if later > 0 { " and " (later) " more" }
        @if !lost.is_empty() { " " span.meta { "Nothing here sends by " (lost.join(", ")) "." } }
    }
}

/// "Text message", "Telephone call after 3 min"; and by what this instance cannot send though it
/// should. `by` is what it sends by; nothing where that is not known.
fn ways(
    reach: &Reach,
    by: &[PageChannel],
    now: Timestamp,
    open: bool,
) -> (Vec<String>, Vec<&'static str>) {
    let (mut said, mut lost): (Vec<String>, Vec<&'static str>) = Default::default();
    for way in reach.ways(Urgency::High, now) {
        if !by.is_empty() && !by.contains(&way.channel) {
            let name = way.channel.name();
            if !lost.contains(&name) {
                lost.push(name);
            }
            continue;
        }
        let mut words = way.channel.name().to_owned();
        // Other addresses are as good as keys.
        if open && matches!(way.channel, PageChannel::Sms | PageChannel::Voice | PageChannel::Email)
        {
            words = format!("{words} ({})", way.address);
        }
        match way.due_at.seconds_since(now) / 60 {
            0 => {}
            minutes => words = format!("{words} after {minutes} min"),
        }
        if !said.contains(&words) {
            said.push(words);
        }
    }
    (said, lost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_said_to_be_reached_by_what_nothing_sends() {
        let reach = Reach { email: Some("ada@new.example".to_owned()), ..Reach::default() };
        let now = Timestamp::from_micros(0);
        let told = |by: &[PageChannel]| ways(&reach, by, now, true);
        assert_eq!(told(&[PageChannel::Sms]), (vec![], vec!["E-mail"]));
        let (said, lost) = told(&[PageChannel::Email]);
        assert_eq!((said, lost.len()), (vec!["E-mail (ada@new.example)".to_owned()], 0));
        assert_eq!(told(&[]).0.len(), 1, "nobody knows what is sent by");
    }
}
