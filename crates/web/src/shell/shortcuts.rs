//! The list of keys, opened by `?`.

use crate::part::icon::icon;
use maud::{Markup, html};

type Keys = &'static [(&'static [&'static str], &'static str)];

const ANYWHERE: Keys = &[
    (&["Ctrl", "K"], "search or run a command"),
    (&["/"], "filter, or ask"),
    (&["G", "Q"], "queue"),
    (&["G", "M"], "major incidents"),
    (&["G", "O"], "on call"),
    (&["G", "S"], "services"),
    (&["G", "P"], "problems, articles"),
    (&["G", "R"], "reviews, actions"),
    (&["G", "T"], "reports"),
    (&["G", "I"], "inbox"),
    (&["G", ","], "settings"),
    (&["C"], "new incident"),
    (&["Z"], "undo"),
    (&["?"], "this list"),
    (&["Esc"], "close, then clear, then back"),
];

const QUEUE: Keys = &[
    (&["J", "K"], "next, previous"),
    (&["X"], "select"),
    (&["Shift", "X"], "select up to here"),
    (&["Space"], "preview"),
    (&["Enter"], "open"),
    (&["A", "I"], "assign, to me"),
    (&["S", "P", "M"], "state, priority, merge"),
    (&["F"], "add a filter"),
    (&["."], "show new incidents"),
    (&["H"], "horizon"),
];

const INCIDENT: Keys = &[
    (&["R", "N", "U"], "reply, note, update"),
    (&["A", "I"], "assign, to me"),
    (&["S", "P", "Y", "T"], "state, priority, category, team"),
    (&["E"], "resolve"),
    (&["O"], "accept what is suggested"),
    (&["L", "W"], "link, watch"),
    (&["B"], "open a problem"),
    (&["J", "K"], "next, previous in the view"),
    (&["[", "]"], "previous, next entry"),
    (&["Ctrl", "Enter"], "send"),
];

/// The dialog with all keys.
pub(super) fn dialog() -> Markup {
    html! {
        dialog.wide id="shortcuts" aria-labelledby="shortcuts-h" {
            div.dlg-h {
                h2 id="shortcuts-h" { "Keyboard shortcuts" }
                button class="btn btn-quiet btn-icon" type="button" data-close aria-label="Close" { (icon("x")) }
            }
            div.dlg-b {
                div.keymap {
                    (list("Anywhere", ANYWHERE))
                    (list("Queue", QUEUE))
                    (list("Incident", INCIDENT))
                }
            }
        }
    }
}

fn list(title: &str, keys: Keys) -> Markup {
    html! {
        div {
            h3 { (title) }
            ul {
                @for (keys, words) in keys {
                    li { span { (words) } span { @for key in *keys { kbd { (key) } " " } } }
                }
            }
        }
    }
}
