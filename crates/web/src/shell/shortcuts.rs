//! The list of keys, opened by `?`.

use crate::part::icon::icon;
use maud::{Markup, PreEscaped, html};
use std::sync::LazyLock;

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
    (&["Shift", "J"], "select while moving; also Shift K"),
    (&["Space"], "preview"),
    (&["Enter"], "open"),
    (&["A", "I"], "assign, to me"),
    (&["S", "P", "M"], "state, priority, merge"),
    (&["B"], "open a problem"),
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
    (&["Alt", "1"], "all entries; 2 to 5, one kind"),
    (&["@", "#", "/"], "in the text: a person, a record, a macro"),
    (&["Ctrl", "Enter"], "send"),
];

const RECORD: Keys = &[(&["E"], "edit"), (&["Ctrl", "Enter"], "save")];

/// The dialog with all keys, drawn once: it is the same on every page.
pub(super) fn dialog() -> PreEscaped<&'static str> {
    static DRAWN: LazyLock<String> = LazyLock::new(|| drawn().into_string());
    PreEscaped(DRAWN.as_str())
}

fn drawn() -> Markup {
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
                    (list("Problem, article", RECORD))
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

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPTS: [&str; 3] = [
        include_str!("../../assets/js/keys.js"),
        include_str!("../../assets/js/queue.js"),
        include_str!("../../assets/js/timeline.js"),
    ];

    /// Keys that scripts ask for, as the list writes them.
    fn asked_for() -> Vec<String> {
        let keys = SCRIPTS.iter().flat_map(|script| script.split("key === \"").skip(1));
        let named = |rest: &str| match rest.split('"').next().unwrap_or_default() {
            " " => "Space".to_owned(),
            "Escape" => "Esc".to_owned(),
            key if key.chars().count() == 1 => key.to_uppercase(),
            key => key.to_owned(),
        };
        keys.map(named).collect()
    }

    #[test]
    fn the_list_lacks_no_key_of_the_scripts() {
        let asked_for = asked_for();
        assert!(asked_for.len() > 8, "{asked_for:?}");
        let all = [ANYWHERE, QUEUE, INCIDENT, RECORD];
        let listed: Vec<&str> = all
            .iter()
            .flat_map(|keys| keys.iter())
            .flat_map(|(keys, _)| keys.iter().copied())
            .collect();
        for key in asked_for {
            assert!(listed.contains(&key.as_str()), "{key} is not in the list of keys");
        }
    }
}
