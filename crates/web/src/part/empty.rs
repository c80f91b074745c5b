//! A list or page with nothing in it: one sentence, one action.

use maud::{Markup, html};

/// One sentence that says why nothing is here, and what can be done.
pub(crate) fn empty(title: &str, words: &str, action: Option<(&str, &str)>) -> Markup {
    html! {
        div.empty {
            h3 { (title) }
            p { (words) }
            @if let Some((href, label)) = action {
                a.btn href=(href) { (label) }
            }
        }
    }
}
