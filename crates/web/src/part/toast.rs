//! A toast: offers to undo what is seen elsewhere.

use crate::part::icon::icon;
use maud::{Markup, html};

/// A toast as a patch: it is added to the page's toasts.
pub(crate) fn toast(id: &str, words: &str, undo: Option<&str>) -> Markup {
    html! {
        div.toast id={ "toast-" (id) } data-patch="append" data-to="#toasts" {
            (icon("check"))
            span { (words) }
            @if let Some(path) = undo {
                form method="post" action=(path) data-live {
                    button class="btn btn-quiet btn-sm" data-undo { "Undo " kbd { "Z" } }
                }
            }
        }
    }
}
