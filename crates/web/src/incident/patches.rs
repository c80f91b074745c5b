//! What changes on an open page: the same parts that the page is made of, as patches.

use super::case::Case;
use super::page::thumb;
use super::panel::{sections, watch};
use super::timeline::{As, Entry, UNDO_SECONDS, counts, entries, entry};
use super::view::View;
use super::{closure, composer, explained, head, phase, spent};
use crate::app::App;
use crate::error::PageResult;
use crate::part::time::Here;
use incident::{Body, CommandName as C, Viewer};
use kernel::IncidentNumber;
use maud::{Markup, html};

/// How a part that is there already changes.
const MORPH: Option<&str> = Some("morph");

/// The parts of an incident's page as patches for everybody who follows it live,
/// after the events after its `after_n`-th. What belongs to one reader alone is
/// left as it is on their page. It is the same for all viewers of one
/// [`class_of`](super::view::class_of) who see the same [by role and teams](super::by_role_and_teams).
///
/// # Errors
///
/// [`PageError::NotFound`](crate::error::PageError) when the viewer does not see all of it.
pub(crate) async fn live_patches(
    app: &App,
    viewer: &Viewer,
    here: &Here,
    number: IncidentNumber,
    after_n: u32,
) -> PageResult<Markup> {
    let case = Case::load(app, viewer, here, number).await?;
    Ok(parts(&View::shared(&case, viewer), after_n))
}

/// The parts for the reader who changed something.
pub(super) fn own(view: &View<'_>, after_n: u32) -> Markup {
    html! {
        (parts(view, after_n))
        (watch(view, MORPH))
        (spent::own(view, MORPH))
        (refusal(None))
    }
}

fn parts(view: &View<'_>, after_n: u32) -> Markup {
    let case = view.case;
    html! {
        (head::bar(view, MORPH))
        (head::facts(view, html! {}, MORPH))
        (head::line(case, MORPH))
        (explained::clocks(view, MORPH))
        (sections(view, MORPH))
        (closure::check(view, MORPH))
        @if view.can(C::Comment) { (phase::told_nobody(case.state(), phase::last(case), &case.here, (Some("only-upd"), MORPH))) }
        (thumb(view, MORPH))
        (timeline(view, after_n))
    }
}

/// The region that says why something was not done.
pub(super) fn refusal(words: Option<&str>) -> Markup {
    html! {
        div id="refusal" data-patch="morph" {
            @if let Some(words) = words { (composer::banner("This was not done.", words)) }
        }
    }
}

/// The entries that are new or look different since.
fn timeline(view: &View<'_>, after_n: u32) -> Markup {
    let case = view.case;
    let entries = entries(case.number, case.events());
    let new = |stored: &&store::incidents::timeline::StoredEvent| {
        stored.number == case.number && stored.event.n > after_n
    };
    let since = case
        .events()
        .iter()
        .filter(|stored| !new(stored) && stored.number == case.number)
        .map(|stored| stored.seq)
        .max();
    let since = since.unwrap_or_default();
    let reshaped = case.events().iter().filter(|stored| new(stored)).any(|stored| {
        matches!(
            stored.event.body,
            Body::MergeReceived(_) | Body::MergeWithdrawn(_) | Body::Redacted(_)
        )
    });
    let touched = |shown: &&Entry<'_>| shown.last_seq() > since || was_undoable(case, shown);
    html! {
        @if reshaped { (super::page::list(view, &entries, MORPH)) }
        @else { @for shown in entries.iter().filter(touched) { (entry(case, shown, view.rights, As::Patch)) } }
        (filter_counts(&entries))
    }
}

fn was_undoable(case: &Case, shown: &Entry<'_>) -> bool {
    shown.events.iter().any(|stored| {
        incident::undoable(&stored.event)
            && case.here.now.seconds_since(stored.event.at) <= UNDO_SECONDS
    })
}

/// The numbers beside the filter's names.
fn filter_counts(entries: &[Entry<'_>]) -> Markup {
    let [talk, notes, updates, events] = counts(entries);
    html! {
        @for (id, count) in [("talk", talk), ("notes", notes), ("updates", updates), ("events", events)] {
            span.n id={ "n-" (id) } data-patch="text" { (count) }
        }
    }
}
