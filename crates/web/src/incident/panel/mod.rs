//! The column beside the timeline: properties, tasks, relations, people, time
//! spent and the moments of record. Each section is a patch of its own.

mod around;
pub(super) mod pick;
mod props;

pub(super) use around::watch;
pub(super) use pick::{PICKERS, picker};

use super::view::View;
use maud::{Markup, html};

/// The load of people: how many open incidents they have.
pub(super) type Loads = std::collections::HashMap<kernel::PersonId, i64>;

/// The whole column.
pub(super) fn panel(view: &View<'_>, loads: &Loads) -> Markup {
    html! {
        aside.panel aria-label="Properties" {
            (sections(view, loads, None))
        }
    }
}

/// Its sections; as patches each on its own.
pub(super) fn sections(view: &View<'_>, loads: &Loads, patch: Option<&str>) -> Markup {
    html! {
        (props::props(view, loads, patch))
        (around::tasks(view, patch))
        (around::links(view, patch))
        (around::people(view, patch))
        (around::work(view, patch))
        (around::moments(view, patch))
    }
}
