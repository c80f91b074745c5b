//! The column beside the timeline: properties, tasks, relations, people, time
//! spent and the moments of record. Each section is a patch of its own.

mod around;
mod known;
mod major;
pub(super) mod pick;
mod props;
mod review;

pub(super) use around::{tasks, watch};
pub(super) use pick::{PICKERS, picker};
pub(super) use review::review;

use super::alerts;
use super::causes;
use super::closure;
use super::runbook;
use super::view::View;
use crate::form::Fields;
use maud::{Markup, html};

/// The whole column.
pub(super) fn panel(view: &View<'_>) -> Markup {
    html! {
        aside.panel aria-label="Properties" {
            (sections(view, None))
        }
    }
}

/// Its sections; as patches each on its own. Probable causes come by themselves and stay.
pub(super) fn sections(view: &View<'_>, patch: Option<&str>) -> Markup {
    html! {
        (known::section(view, patch))
        (closure::section(view, patch))
        (review(view, patch))
        (props::props(view, patch))
        (major::section(view, patch))
        @if patch.is_none() { (crate::incident::similar::awaited(view)) }
        (alerts::section(view, patch))
        @if patch.is_none() { (causes::waiting(view.case.number)) }
        (runbook::runbooks(view, &Fields::default(), patch))
        (around::tasks(view, &Fields::default(), patch))
        (around::links(view, patch))
        (around::people(view, patch))
        (around::work(view, patch))
        (around::moments(view, patch))
    }
}
