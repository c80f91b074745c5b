//! The search page: everything that has the words, within what the reader may see.

mod draw;
mod facets;
mod portal;

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::form::Fields;
use crate::route::get;
use crate::url;
use axum::Router;
use axum::extract::{RawQuery, State};
use desk::search::{FOUND_MAX, Found, Wish};
use kernel::limits;
use maud::Markup;
use query::ParseError;

/// Hits of the chosen kind on a page.
const ROWS: usize = 25;
/// Hits of each kind while all kinds are shown.
const EACH: usize = 8;
/// Pages that can be leafed through: who has to go further is helped more by another word.
const PAGES_MAX: usize = 8;

pub(crate) fn routes() -> Router<App> {
    Router::new().route(url::SEARCH, get(show))
}

/// What kind of thing is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    All,
    Incidents,
    Problems,
    Articles,
    Services,
    People,
    Teams,
}

impl Kind {
    /// Every kind with its word in addresses, its name and its icon.
    const ALL: [(Kind, &'static str, &'static str, &'static str); 7] = [
        (Kind::All, "", "Everything", "search"),
        (Kind::Incidents, "incidents", "Incidents", "queue"),
        (Kind::Problems, "problems", "Problems", "flag"),
        (Kind::Articles, "articles", "Articles", "book"),
        (Kind::Services, "services", "Services", "services"),
        (Kind::People, "people", "People", "user"),
        (Kind::Teams, "teams", "Teams", "team"),
    ];

    fn named(word: &str) -> Kind {
        Kind::ALL.iter().find(|(_, known, ..)| *known == word).map_or(Kind::All, |(kind, ..)| *kind)
    }

    fn word(self) -> &'static str {
        Kind::ALL.iter().find(|(kind, ..)| *kind == self).map_or("", |(_, word, ..)| *word)
    }

    fn shows(self, kind: Kind) -> bool {
        self == Kind::All || self == kind
    }
}

/// What the address asks for.
#[derive(Debug)]
struct Asked {
    /// What was typed.
    text: String,
    kind: Kind,
    /// From 1.
    page: usize,
    /// What is no query, if it is none: then its words are looked for.
    wrong: Option<ParseError>,
}

impl Asked {
    fn of(fields: &Fields, staff: bool) -> Asked {
        let text: String = fields.text("q").chars().take(limits::QUERY_CHARS).collect();
        let text = text.trim().to_owned();
        let page = fields.text("page").parse().unwrap_or(1);
        let kind = Kind::named(fields.text("kind"));
        Asked {
            wrong: query::parse(&text).err(),
            // Requesters look among incidents and articles alone.
            kind: if staff || matches!(kind, Kind::Incidents | Kind::Articles) {
                kind
            } else {
                Kind::All
            },
            page: if kind == Kind::All { 1 } else { usize::clamp(page, 1, PAGES_MAX) },
            text,
        }
    }

    /// What is looked for.
    fn wish(&self) -> Wish {
        let limit = match self.kind {
            Kind::All => EACH,
            // One more tells whether there is a further page.
            _ => (self.page * ROWS + 1).min(FOUND_MAX),
        };
        Wish { text: looked_for(&self.text), limit, typing: false, facets: true }
    }

    /// The hits of this page, of all those found.
    fn window<'a, T>(&self, hits: &'a [T]) -> &'a [T] {
        match self.kind {
            Kind::All => hits,
            _ => {
                let from = ((self.page - 1) * ROWS).min(hits.len());
                &hits[from..(from + ROWS).min(hits.len())]
            }
        }
    }

    /// Whether hits follow those of this page, and may be leafed to.
    fn has_next(&self, found: usize) -> bool {
        self.kind != Kind::All && found > self.page * ROWS && self.page < PAGES_MAX
    }
}

/// What is looked for when somebody types this: a query, or the words of what is none.
pub(crate) fn looked_for(text: &str) -> String {
    match query::parse(text) {
        Ok(_) => text.to_owned(),
        Err(_) => query::words(text).join(" "),
    }
}

/// The address of a search.
fn address(text: &str, kind: Kind, page: usize) -> String {
    let kind = match kind {
        Kind::All => String::new(),
        kind => format!("&kind={}", kind.word()),
    };
    let page = if page > 1 { format!("&page={page}") } else { String::new() };
    format!("{}?q={}{kind}{page}", url::SEARCH, url::encode(text))
}

/// `GET /search?q=`
async fn show(
    State(app): State<App>,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let staff = who.viewer().is_staff();
    let asked = Asked::of(&fields, staff);
    let wish = asked.wish();
    let found = match wish.text.is_empty() {
        true => Found::default(),
        false => app.desk.find(who.viewer(), wish).await?,
    };
    Ok(match staff {
        true => draw::page(&who, &asked, &found),
        false => portal::page(&who, &asked, &found),
    })
}

/// Whether nothing of any kind was found.
fn is_empty(found: &Found) -> bool {
    found.incidents.is_empty()
        && found.problems.is_empty()
        && found.articles.is_empty()
        && found.services.is_empty()
        && found.people.is_empty()
        && found.teams.is_empty()
}

/// The share that can be found already, in whole percent.
pub(crate) fn percent(share: f32) -> u32 {
    // Between 0 and 100, so that nothing is lost.
    (share.clamp(0.0, 1.0) * 100.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str, staff: bool) -> Asked {
        Asked::of(&Fields::parse(query), staff)
    }

    #[test]
    fn pages_end_where_another_word_helps_more() {
        let last = asked("q=vpn&kind=incidents&page=9999", true);
        assert_eq!(last.page, PAGES_MAX);
        assert!(!last.has_next(usize::MAX));
        let first = asked("q=vpn&kind=incidents&page=0", true);
        assert!(first.has_next(ROWS + 1) && !first.has_next(ROWS));
        let hits: Vec<usize> = (0..ROWS + 3).collect();
        assert_eq!(first.window(&hits).len(), ROWS);
        assert_eq!(
            asked("q=vpn&kind=incidents&page=2", true).window(&hits),
            [ROWS, ROWS + 1, ROWS + 2]
        );
        assert!(asked("q=vpn&kind=incidents&page=3", true).window(&hits).is_empty());
    }

    #[test]
    fn what_is_no_query_is_looked_for_as_words() {
        let text = "prioritty%3AP1%20%22vpn";
        assert_eq!(asked(&format!("q={text}"), true).wish().text, "prioritty p1 vpn");
        assert_eq!(asked("q=state%3Aopen+vpn", true).wish().text, "state:open vpn");
    }

    #[test]
    fn requesters_do_not_look_for_people() {
        assert_eq!(asked("q=a&kind=people", false).kind, Kind::All);
        assert_eq!(asked("q=a&kind=articles", false).kind, Kind::Articles);
        assert_eq!(asked("q=a&kind=people", true).kind, Kind::People);
    }

    #[test]
    fn addresses_say_kind_and_page_only_where_they_matter() {
        assert_eq!(address("a b", Kind::All, 1), "/search?q=a%20b");
        assert_eq!(address("a", Kind::Incidents, 2), "/search?q=a&kind=incidents&page=2");
    }
}
