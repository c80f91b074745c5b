//! The list of articles as it was asked for, and what its reader is to look at again.

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::form::Fields;
use crate::problems::{has_words, words};
use desk::articles::Listed;
use jiff::civil::Date;
use kernel::{InOrder, ServiceId};
use store::directory::{Article, ArticleState};

/// Rows of the list: whoever looks for another one types a word of it.
const SHOWN: usize = 200;

/// Which articles are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Those that people find.
    Published,
    /// Those being written.
    Drafts,
    /// Those whose day of review is over.
    Review,
    /// Those that are true no more.
    Retired,
}

impl Which {
    pub(super) const ALL: [Which; 4] =
        [Which::Published, Which::Drafts, Which::Review, Which::Retired];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Which::Published => "published",
            Which::Drafts => "drafts",
            Which::Review => "review",
            Which::Retired => "retired",
        }
    }

    pub(super) const fn label(self) -> &'static str {
        match self {
            Which::Published => "Published",
            Which::Drafts => "Drafts",
            Which::Review => "To review",
            Which::Retired => "Retired",
        }
    }

    fn of(word: &str) -> Which {
        Which::ALL.into_iter().find(|which| which.word() == word).unwrap_or(Which::Published)
    }

    fn holds(self, article: &Article, today: Date) -> bool {
        match self {
            Which::Published => article.state == ArticleState::Published,
            Which::Drafts => article.state == ArticleState::Draft,
            Which::Review => article.is_overdue(today),
            Which::Retired => article.state == ArticleState::Retired,
        }
    }
}

/// What is asked of the list.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) which: Which,
    pub(super) service: Option<ServiceId>,
    pub(super) words: String,
}

impl Asked {
    pub(super) fn of(fields: &Fields) -> Asked {
        let words = fields.text("q").chars().take(kernel::limits::QUERY_CHARS).collect();
        Asked {
            which: Which::of(fields.text("show")),
            service: fields.filled("service").and_then(|id| id.parse().ok()),
            words,
        }
    }
}

/// Whether an article is about a service and has these words; the number of the incident that it
/// was made from, where the reader may know it, is one of its words.
pub(crate) fn fits(article: &Article, service: Option<ServiceId>, typed: &str) -> bool {
    let number = article.number.to_string();
    let source = article.from_incident.map(|number| number.to_string()).unwrap_or_default();
    let texts = [number.as_str(), article.title.as_str(), article.body.as_str(), source.as_str()];
    service.is_none_or(|service| article.services.contains(&service)) && has_words(typed, &texts)
}

/// The list, how many more there are, and how many of each kind fit.
pub(super) struct List {
    pub(super) rows: Vec<Listed>,
    pub(super) more: usize,
    pub(super) counts: [usize; 4],
}

/// The articles that were asked for: those to review by their day, the others as they were changed.
pub(super) async fn listed(app: &App, who: &SignedIn, asked: &Asked) -> PageResult<List> {
    let mut rows = app.desk.articles(who.viewer()).await?;
    let today = words::today(who);
    rows.retain(|listed| fits(&listed.article, asked.service, &asked.words));
    let counts = Which::ALL
        .map(|which| rows.iter().filter(|listed| which.holds(&listed.article, today)).count());
    rows.retain(|listed| asked.which.holds(&listed.article, today));
    if asked.which == Which::Review {
        rows.order_by_key(|listed| listed.article.review_on);
    }
    let more = rows.len().saturating_sub(SHOWN);
    rows.truncate(SHOWN);
    Ok(List { rows, more, counts })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{ArticleNumber, Timestamp};

    #[test]
    fn an_article_is_listed_where_it_belongs() {
        let today: Date = "2026-11-23".parse().unwrap();
        let mut article = Article::titled(ArticleNumber(1), "Codes", Timestamp::from_micros(0));
        let of = |article: &Article| Which::ALL.map(|which| which.holds(article, today));
        assert_eq!(of(&article), [false, true, false, false]);
        article.state = ArticleState::Published;
        article.review_on = Some("2026-11-22".parse().unwrap());
        assert_eq!(of(&article), [true, false, true, false]);
        article.state = ArticleState::Retired;
        assert_eq!(of(&article), [false, false, false, true]);
    }

    #[test]
    fn articles_are_found_by_service_and_words() {
        let service = ServiceId(desk::fresh());
        let mut article = Article::titled(ArticleNumber(7), "Codes", Timestamp::from_micros(0));
        article.body = "Sign out first.".to_owned();
        article.services = [service].into();
        assert!(fits(&article, None, "code SIGN"));
        assert!(fits(&article, Some(service), "kb-7"));
        assert!(!fits(&article, Some(ServiceId(desk::fresh())), ""));
        assert!(!fits(&article, None, "printer"));
        assert!(!fits(&article, None, "INC-42"));
        article.from_incident = Some(kernel::IncidentNumber(42));
        assert!(fits(&article, None, "inc-42"));
    }
}
