//! Texts of which some words are marked, as markup.

use locale::{Mark, Rich};
use maud::{Markup, html};

/// A text whose marked words are emphasised.
pub(crate) fn bold(text: &Rich) -> Markup {
    drawn(text, |_, words| html! { b { (words) } })
}

/// A text whose words marked `a` lead there.
pub(crate) fn linked(text: &Rich, href: &str) -> Markup {
    drawn(text, |mark, words| match mark {
        "a" => html! { a.link href=(href) { (words) } },
        _ => html! { b { (words) } },
    })
}

/// A text whose moment, marked `time`, is drawn by the caller.
pub(crate) fn timed(text: &Rich, moment: &Markup) -> Markup {
    drawn(text, |_, _| moment.clone())
}

fn drawn(text: &Rich, draw: impl Fn(Mark, &str) -> Markup) -> Markup {
    html! {
        @for (mark, words) in text.pieces() {
            @match mark {
                Some(mark) => (draw(mark, words)),
                None => (words),
            }
        }
    }
}
