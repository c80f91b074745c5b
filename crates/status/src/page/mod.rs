//! The pages people read: plain HTML that needs neither style nor script to be understood.
//! Every page exists in each language under a name of its own (`history.de.html`), so that the
//! same files serve readers from us, from a directory or from a bucket.

mod days;
mod front;
mod history;
mod incident;
mod parts;

use crate::snapshot::{Condition, Site};
use crate::view::View;
use kernel::{Language, Timestamp};
use locale::Rich;
use maud::{DOCTYPE, Markup, html};

/// A page in the making: what it says, in which language.
#[derive(Clone, Copy)]
pub(crate) struct Page<'a> {
    view: &'a View,
    language: Language,
    texts: locale::Status,
    /// What changes with the style sheet, so that an old one is not used with new pages.
    style: &'a str,
}

/// Where a page stands and what it holds.
struct Framed<'a> {
    /// Its name without language: `index`, `history`, `incidents/{id}`.
    stem: &'a str,
    /// What it is called; the page itself if none.
    title: Option<&'a str>,
    main: Markup,
}

/// The name of a page in a language.
pub(crate) fn file(stem: &str, language: Language) -> String {
    format!("{stem}.{language}.html")
}

impl<'a> Page<'a> {
    pub(crate) fn new(view: &'a View, language: Language, style: &'a str) -> Page<'a> {
        Page { view, language, texts: locale::status(language), style }
    }

    fn site(&self) -> &'a Site {
        &self.view.snapshot.site
    }

    /// The address of a page in this language.
    fn to(&self, stem: &str) -> String {
        self.of_site(&file(stem, self.language))
    }

    /// The address of a file of the page.
    fn of_site(&self, path: &str) -> String {
        format!("{}/{path}", self.site().base)
    }

    /// An instant, short; whole and with its zone for whoever asks.
    fn time(&self, at: Timestamp) -> Markup {
        self.timed(&self.view.clock.moment(self.language, at), at)
    }

    fn timed(&self, words: &str, at: Timestamp) -> Markup {
        let clock = &self.view.clock;
        let whole = locale::full(self.language, &clock.at(at));
        html! { time datetime=(clock.machine(at)) title=(whole) { (words) } }
    }

    /// A text in which an instant is marked.
    fn with_time(&self, text: &Rich, at: Timestamp) -> Markup {
        html! {
            @for (mark, words) in text.pieces() {
                @if mark.is_some() { (self.timed(words, at)) } @else { (words) }
            }
        }
    }

    fn framed(&self, page: &Framed) -> String {
        let site = self.site();
        let named = self.texts.page_title(&site.name);
        let title = page.title.map_or(named.clone(), |title| format!("{title} · {named}"));
        let feeds =
            [("application/atom+xml", "history.atom"), ("application/rss+xml", "history.rss")];
        let others = site.languages.iter().filter(|language| **language != self.language);
        let whole = html! {
            (DOCTYPE)
            html lang=(self.language) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    @if site.internal { meta name="robots" content="noindex"; }
                    title { (title) }
                    link rel="stylesheet" href=(self.of_site(&format!("status.css?v={}", self.style)));
                    @for (kind, name) in feeds {
                        link rel="alternate" type=(kind) title=(named) href=(self.of_site(name));
                    }
                    @for language in others {
                        link rel="alternate" hreflang=(language)
                            href=(self.view.url(&file(page.stem, *language)));
                    }
                }
                body {
                    (icons())
                    a.skip href="#main" { (locale::entry(self.language).skip()) }
                    (self.head(&named))
                    main #main tabindex="-1" { (page.main) }
                    (self.foot(page.stem))
                }
            }
        };
        whole.into_string()
    }

    fn head(&self, named: &str) -> Markup {
        let site = self.site();
        html! {
            header.top {
                a.brand href=(self.to("index")) aria-label=(named) {
                    @if let Some(logo) = &site.logo {
                        img src=(self.of_site(logo)) alt="" height="28";
                        " "
                    }
                    b { bdi { (site.name) } } " "
                    span.muted { (self.texts.status()) }
                }
                nav aria-label=(self.texts.services()) {
                    a href=(self.to("history")) { (self.texts.history()) } " "
                    a.btn href={ (self.to("index")) "#updates" } { (self.texts.get_updates()) }
                }
            }
        }
    }

    fn foot(&self, stem: &str) -> Markup {
        let (site, zone) = (self.site(), &self.view.clock);
        html! {
            footer.foot {
                @if let Some(support) = &site.support {
                    p { b { (self.texts.need_help()) } " " (support_link(support)) }
                }
                @if site.languages.len() > 1 {
                    nav.langs aria-label=(locale::entry(self.language).language_label()) {
                        @for language in &site.languages {
                            a href=(self.of_site(&file(stem, *language))) lang=(language) hreflang=(language)
                                aria-current=[(*language == self.language).then_some("true")] {
                                (language.name())
                            }
                            " "
                        }
                    }
                }
                p.meta { (self.texts.times_in(zone.zone_name())) " " (self.texts.made_with("Evenkeel")) }
            }
        }
    }
}

/// Support as a link where it is an address or a telephone number.
fn support_link(support: &str) -> Markup {
    let digits: String = support.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    let is_number = |text: &str| {
        text.len() > 3 && text.strip_prefix('+').unwrap_or(text).bytes().all(|b| b.is_ascii_digit())
    };
    let to = match support {
        web if web.starts_with("https://") || web.starts_with("http://") => Some(web.to_owned()),
        mail if mail.contains('@') && !mail.contains(' ') => Some(format!("mailto:{mail}")),
        _ if is_number(&digits) => Some(format!("tel:{digits}")),
        _ => None,
    };
    html! {
        @if let Some(to) = to { a.link href=(to) { (support) } } @else { (support) }
    }
}

/// What a condition is called in classes and icons.
const fn health(condition: Condition) -> &'static str {
    match condition {
        Condition::Operational => "ok",
        Condition::Degraded => "degraded",
        Condition::Partial => "partial",
        Condition::Major => "down",
        Condition::Maintenance => "maint",
    }
}

/// A condition as a shape: never the only carrier, a word stands beside it.
fn icon(condition: Condition) -> Markup {
    html! {
        svg.i aria-hidden="true" width="16" height="16" { use href={ "#" (health(condition)) } {} }
    }
}

/// The shapes, once for a page.
fn icons() -> Markup {
    let shape = |id: &str, inner: Markup| html! { symbol id=(id) viewBox="0 0 16 16" { (inner) } };
    html! {
        svg width="0" height="0" aria-hidden="true" focusable="false" {
            // Each has an end of its own: what stands within another shape is not drawn.
            (shape("ok", html! { circle cx="8" cy="8" r="5.2" {} path d="M5 8h6" {} }))
            (shape("degraded", html! { path d="M8 2.6 14 13H2zM5.6 10.6h4.8" {} }))
            (shape("partial", html! {
                rect x="2.8" y="2.8" width="10.4" height="10.4" rx="1" {}
                path d="M2.8 8h10.4v5.2H2.8z" fill="currentColor" {}
            }))
            (shape("down", html! {
                rect x="2.8" y="2.8" width="10.4" height="10.4" rx="1" {}
                path d="m5.6 5.6 4.8 4.8M10.4 5.6l-4.8 4.8" {}
            }))
            (shape("maint", html! { path d="M8 2.2 13.8 8 8 13.8 2.2 8zM6 8h4" {} }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn support_is_a_link_where_it_leads_somewhere() {
        let linked = |support: &str| support_link(support).into_string();
        assert!(linked("+49 30 1234-56").contains("href=\"tel:+4930123456\""));
        assert!(linked("desk@example.org").contains("href=\"mailto:desk@example.org\""));
        assert!(linked("https://help.example.org").contains("href=\"https://help.example.org\""));
        assert_eq!(linked("javascript:alert(1)"), "javascript:alert(1)");
        assert_eq!(linked("Room 12 <b>"), "Room 12 &lt;b&gt;");
    }
}
