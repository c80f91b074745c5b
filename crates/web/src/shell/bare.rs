//! Pages without any frame, for people who are not signed in.

use super::{Html, outside_main, skip_link};
use crate::part::icon::mark;
use kernel::{Language, Timestamp};
use maud::{Markup, html};

/// A page without any frame, for people who are not signed in.
pub(crate) fn bare_page(language: Language, title: &str, body_class: &str, main: Markup) -> Markup {
    let tab = format!("{title} · Evenkeel");
    bare(&Html { title: &tab, body: body_class, language, ..Html::default() }, &main)
}

/// The screen of a page. What it counts down runs from `now`, whatever clock the telephone has, and
/// its answer is sent until it arrived.
pub(crate) fn paged_page(title: &str, now: Timestamp, main: Markup) -> Markup {
    let tab = format!("{title} · Evenkeel");
    let (now, entry) = (Some(now), Some("app-page.js"));
    bare(&Html { title: &tab, body: "ackp", now, entry, ..Html::default() }, &main)
}

fn bare(page: &Html<'_>, main: &Markup) -> Markup {
    page.around(html! {
        (skip_link(page.language))
        (main)
        (outside_main())
    })
    .whole()
}

/// A page that says what went wrong and what to do next.
pub(crate) fn error_page(language: Language, title: &str, words: &str) -> Markup {
    bare_page(
        language,
        title,
        "portal",
        html! {
            header.p-top { a.p-brand href="/" { (mark()) b { "Evenkeel" } } }
            main.err-page id="main" tabindex="-1" {
                div.empty {
                    h1 { (title) }
                    p { (words) }
                    a.btn href="/" { (locale::entry(language).start_page()) }
                }
            }
        },
    )
}
