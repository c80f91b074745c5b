//! The list of reviews: those that are due first.

use super::words;
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::chip;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::problems::has_words;
use crate::problems::words as names;
use crate::shell::{Page, Section};
use crate::url;
use axum::extract::{RawQuery, State};
use incident::Policy;
use kernel::{InOrder, ServiceId, Timestamp};
use maud::{Markup, html};
use std::cmp::Reverse;
use store::directory::ReviewState;
use store::directory::reviews::Listed;

/// Rows of the list: whoever looks for another one types a word of it.
const SHOWN: usize = 100;

/// Which reviews are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// Those that are not published yet.
    Due,
    /// Those of them whose day is over.
    Overdue,
    /// Those that others read before they are published.
    InReview,
    /// Those that are done.
    Published,
}

impl Which {
    const ALL: [Which; 4] = [Which::Due, Which::Overdue, Which::InReview, Which::Published];

    const fn word(self) -> &'static str {
        match self {
            Which::Due => "due",
            Which::Overdue => "overdue",
            Which::InReview => "in-review",
            Which::Published => "published",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Which::Due => "Due",
            Which::Overdue => "Overdue",
            Which::InReview => "In review",
            Which::Published => "Published",
        }
    }

    fn of(word: &str) -> Which {
        Which::ALL.into_iter().find(|which| which.word() == word).unwrap_or(Which::Due)
    }

    fn holds(self, listed: &Listed, now: Timestamp) -> bool {
        let state = listed.review.state;
        match self {
            Which::Due => state != ReviewState::Published,
            Which::Overdue => listed.review.is_overdue(now),
            Which::InReview => state == ReviewState::InReview,
            Which::Published => state == ReviewState::Published,
        }
    }
}

/// What is asked of the list.
struct Asked {
    which: Which,
    service: Option<ServiceId>,
    words: String,
}

impl Asked {
    fn of(fields: &Fields) -> Asked {
        Asked {
            which: Which::of(fields.text("show")),
            service: fields.filled("service").and_then(|id| id.parse().ok()),
            words: fields.text("q").chars().take(kernel::limits::QUERY_CHARS).collect(),
        }
    }

    /// Whether it fits but for where it stands.
    fn fits(&self, listed: &Listed) -> bool {
        let review = &listed.review;
        let numbers = format!("{} {}", review.number, review.incident);
        self.service.is_none_or(|service| listed.service == Some(service))
            && has_words(
                &self.words,
                &[numbers.as_str(), listed.title.as_str(), review.summary.as_str()],
            )
    }

    fn is_narrowed(&self) -> bool {
        self.service.is_some() || !self.words.is_empty()
    }

    fn address(&self, which: Which) -> String {
        address(url::REVIEWS, which.word(), self.service, &self.words)
    }
}

/// A list with what narrows it.
pub(super) fn address(path: &str, show: &str, service: Option<ServiceId>, words: &str) -> String {
    let service = service.map(|id| format!("&service={id}")).unwrap_or_default();
    let words = match words {
        "" => String::new(),
        words => format!("&q={}", url::encode(words)),
    };
    format!("{path}?show={show}{service}{words}")
}

/// What narrows a list: words and a service.
pub(super) fn filter(
    policy: &Policy,
    path: &str,
    show: &str,
    service: Option<ServiceId>,
    words: &str,
) -> Markup {
    let chosen = service.map_or(String::new(), |id| id.to_string());
    html! {
        form.find role="search" method="get" action=(path) {
            input type="hidden" name="show" value=(show);
            input.inp type="search" name="q" value=(words) aria-label="Words" placeholder="Words" autocomplete="off" maxlength=(kernel::limits::QUERY_CHARS);
            select.inp name="service" aria-label="Service" {
                @for (id, name) in names::services(policy, "Every service") { option value=(id) selected[id == chosen] { (name) } }
            }
            button.btn type="submit" { (icon("search")) "Find" }
        }
    }
}

/// `GET /reviews?show=&service=&q=`
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let asked = Asked::of(&Fields::parse(query.as_deref().unwrap_or_default()));

    let mut found = app.desk.reviews(who.viewer()).await?;
    let now = who.here.now;
    found.retain(|listed| asked.fits(listed));
    let counts = Which::ALL.map(|which| found.iter().filter(|one| which.holds(one, now)).count());
    found.retain(|listed| asked.which.holds(listed, now));
    match asked.which {
        Which::Published => {
            found.order_by_key(|one| Reverse((one.review.published_at, one.review.number)))
        }
        _ => found.order_by_key(|one| (one.review.due_at, one.review.number)),
    }
    let policy = app.desk.policy();
    let main = html! {
        div.page.page-w {
            div.page-h {
                div { h1 { "Reviews" } p { "What happened in incidents that are over, and what is done about it." } }
                div.btns { (words::both(true)) }
            }
            div.stack-l {
                nav.seg.seg-w aria-label="Which reviews" {
                    @for (which, count) in Which::ALL.into_iter().zip(counts) {
                        a href=(asked.address(which)) aria-current=[(which == asked.which).then_some("page")] { (which.label()) " " span.n { (count) } }
                    }
                }
                (filter(&policy, url::REVIEWS, asked.which.word(), asked.service, &asked.words))
                (rows(&who, &policy, &asked, &found))
            }
        }
    };
    Ok(Page::new(&who, "Reviews")
        .section(Section::Reviews)
        .main_class("main main-canvas")
        .show(main))
}

fn rows(who: &SignedIn, policy: &Policy, asked: &Asked, found: &[Listed]) -> Markup {
    let none = match asked.which {
        Which::Due => {
            "Every major incident gets one once it is resolved. Others get one on their page."
        }
        Which::Overdue => "No review is late.",
        Which::InReview => "Nobody asked for a review to be read.",
        Which::Published => "None is published yet.",
    };
    html! {
        @if found.is_empty() {
            @if asked.is_narrowed() {
                (empty("None fits", "Take away a word or the service.", Some((address(url::REVIEWS, asked.which.word(), None, "").as_str(), "Show all of them"))))
            } @else { (empty("None here", none, None)) }
        } @else {
            section.card aria-label="Reviews" {
                div.scroll-x tabindex="0" role="region" aria-label="The reviews" {
                    table.dt {
                        thead { tr {
                            th scope="col" { "Review" } th scope="col" { "State" } th scope="col" { "Service" }
                            th scope="col" { "Due" } th scope="col" { "Owner" } th.num scope="col" { "Actions" }
                        } }
                        tbody { @for listed in found.iter().take(SHOWN) { (line(who, policy, listed)) } }
                    }
                }
            }
            @if found.len() > SHOWN { p.meta { (found.len() - SHOWN) " more: choose a service or type a word." } }
        }
    }
}

fn line(who: &SignedIn, policy: &Policy, listed: &Listed) -> Markup {
    let review = &listed.review;
    html! {
        tr {
            th scope="row" {
                a.link href=(url::review(review.number)) { (review.number) " " (title(&listed.title)) }
                p.meta { (review.incident) @if listed.major { " " (chip::major()) } }
            }
            td { (words::state(review, &who.here)) }
            td { (names::service(policy, listed.service)) }
            td { (words::due(review, &who.here)) }
            td { (words::owner(policy, review.owner)) }
            td.num {
                @match (listed.open_actions, listed.actions) {
                    (_, 0) => span.muted { "–" },
                    (open, all) => { (all - open) " of " (all) " done" },
                }
            }
        }
    }
}

/// The title of an incident, or what stands for it.
pub(super) fn title(title: &str) -> &str {
    if title.trim().is_empty() { "Title removed" } else { title }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_lists_what_is_due() {
        let asked = Asked::of(&Fields::parse("show=nonsense&service=x&q=+a+"));
        assert_eq!((asked.which, asked.service, asked.words.as_str()), (Which::Due, None, "a"));
        assert_eq!(asked.address(Which::Published), "/reviews?show=published&q=a");
        assert!(asked.is_narrowed());
    }
}
