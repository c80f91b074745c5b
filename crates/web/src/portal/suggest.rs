//! What the one question suggests while somebody types: known outages, articles that may help,
//! one's own incidents that sound alike, and always the way to report it.

use super::mine::{self, Which};
use super::outages::{self, Outage};
use super::report;
use super::words;
use crate::app::App;
use crate::auth::{Reader, SignedIn};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::icon::icon;
use crate::part::marked::marked;
use crate::part::time::Here;
use crate::url;
use axum::extract::{RawQuery, State};
use desk::search::{FoundArticle, Like, Similar};
use kernel::{InOrder, IncidentNumber, PersonId};
use maud::{Markup, html};
use store::incidents::list::IncidentRow;
use store::knowledge::{self, Record};

/// Own open incidents that are compared.
pub(super) const COMPARED: usize = 50;
/// How often an article must have been tried before its share of success tells anything.
const TRIED: u32 = 3;
/// Suggestions of each kind.
const SHOWN: usize = 3;

/// `GET /portal/suggest?q=`
pub(super) async fn suggest(
    State(app): State<App>,
    Reader(who): Reader,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let typed: String = fields.text("q").chars().take(kernel::limits::TITLE_CHARS).collect();
    let (viewer, person, context) =
        (who.viewer().clone(), who.person().clone(), who.look().context);
    let known = app.desk.read(move |sql| {
        let outages = outages::known(sql, &viewer, &person, &context)?;
        Ok((outages, mine::first(sql, &viewer, &context, Which::Open, COMPARED)?))
    });
    let (known, like) = tokio::join!(known, like(&app, &who, &typed));
    let (outages, own) = known?;
    let telling = outages::telling(&typed);
    let had = outages::had(&own);
    let outages = outages.into_iter().filter(|outage| !had.contains(&outage.number)).collect();
    // The index forgives typing errors; what may be told at all is decided here.
    let out = |number: IncidentNumber| like.outages.iter().any(|one| one.number == number);
    let same = |number: IncidentNumber| like.incidents.iter().any(|one| one.row.number == number);
    let outages = alike(outages, |outage: &Outage| {
        sounds(outage, &telling) + usize::from(out(outage.number))
    });
    let mut own = alike(own, |row: &IncidentRow| {
        outages::likeness(&telling, &row.title) + usize::from(same(row.number))
    });
    own.extend(earlier(&like, &own, who.viewer().person));
    own.truncate(SHOWN);
    let articles = with_success(&app, &who, like.articles).await?;
    Ok(options(&typed, &outages, &articles, &own, &who))
}

/// What the index finds alike. That it finds nothing must not stand in the way of a report.
pub(super) async fn like(app: &App, who: &SignedIn, typed: &str) -> Similar {
    let like = Like::Typed { title: typed.to_owned(), text: String::new(), service: None };
    app.desk.similar(who.viewer(), like).await.unwrap_or_else(|trouble| {
        tracing::warn!(%trouble, "what is alike cannot be told");
        Similar::default()
    })
}

/// The first articles, with how many of a hundred each helped, where enough tried it.
async fn with_success(
    app: &App,
    who: &SignedIn,
    articles: Vec<FoundArticle>,
) -> PageResult<Vec<(FoundArticle, Option<u32>)>> {
    let articles: Vec<FoundArticle> = articles.into_iter().take(SHOWN).collect();
    if articles.is_empty() {
        return Ok(vec![]);
    }
    let records: Vec<Record> = articles.iter().map(|hit| Record::Article(hit.number)).collect();
    // As the page of each answer says it: not by one's own few incidents.
    let scope = desk::articles::figures_for(who.viewer());
    let did = app.desk.read(move |sql| knowledge::success(sql, &scope, &records)).await?;
    let helped = |hit: &FoundArticle| {
        let did = did.get(&Record::Article(hit.number)).filter(|did| did.judged >= TRIED)?;
        did.percent()
    };
    let with = |hit: FoundArticle| {
        let share = helped(&hit);
        (hit, share)
    };
    Ok(articles.into_iter().map(with).collect())
}

/// Incidents of one's own that are alike and over, besides those that are offered already.
fn earlier(like: &Similar, offered: &[IncidentRow], person: PersonId) -> Vec<IncidentRow> {
    let own = like.incidents.iter().map(|one| &one.row).filter(|row| row.requester.id == person);
    let new = own.filter(|row| offered.iter().all(|other| other.number != row.number));
    new.cloned().collect()
}

/// How much an outage sounds like what was typed.
pub(super) fn sounds(outage: &Outage, telling: &[String]) -> usize {
    let service = outage.service.as_ref().map_or("", |(_, name)| name.as_str());
    outages::likeness(telling, &format!("{} {service}", outage.title))
}

/// Those that have something in common with what was typed, the likest first.
pub(super) fn alike<T>(items: Vec<T>, likeness: impl Fn(&T) -> usize) -> Vec<T> {
    let mut found: Vec<(usize, T)> = items
        .into_iter()
        .map(|item| (likeness(&item), item))
        .filter(|(like, _)| *like > 0)
        .collect();
    found.order_by_key(|(like, _)| std::cmp::Reverse(*like));
    found.into_iter().map(|(_, item)| item).take(SHOWN).collect()
}

fn options(
    typed: &str,
    outages: &[Outage],
    articles: &[(FoundArticle, Option<u32>)],
    own: &[IncidentRow],
    who: &SignedIn,
) -> Markup {
    let (here, say) = (&who.here, locale::portal(who.here.language));
    let nothing = outages.is_empty() && articles.is_empty() && own.is_empty();
    html! {
        @if !outages.is_empty() {
            div role="group" aria-label=(say.known_problems()) {
                @for outage in outages {
                    div.ask-k role="option" aria-selected="false" data-href=(report::address(&outage.title, Some(outage.number))) {
                        div.ask-kt {
                            (icon(outage.health.look().1))
                            div {
                                b { (say.we_already_know(&outage.title)) }
                                span { (known(outage, here)) }
                                @if let Some(said) = &outage.said { span { (said.words) } }
                            }
                        }
                        span.btn.btn-sm { (say.have_this_too()) }
                    }
                }
            }
        }
        @if !articles.is_empty() {
            div role="group" aria-label=(say.answers_that_may_help()) {
                @for (hit, helped) in articles { (article(hit, *helped, who)) }
            }
        }
        @if !own.is_empty() {
            div role="group" aria-label=(say.you_reported()) {
                @for row in own {
                    div.ask-o role="option" aria-selected="false" data-href=(url::portal_incident(row.number)) {
                        (icon("reply"))
                        span { b { (row.title) } small { (say.you_reported_as(row.number, words::standing(&row.state, say).words)) } }
                    }
                }
            }
        }
        div role="group" aria-label=(say.report_it()) {
            div.ask-o role="option" aria-selected="false" data-href=(report::address(typed, None)) {
                (icon("plus"))
                span {
                    b { @if nothing { (say.report_this(typed)) } @else { (say.none_of_these(typed)) } }
                    small { (say.about_a_minute()) }
                }
            }
        }
    }
}

/// An article that may make a report needless.
fn article(hit: &FoundArticle, helped: Option<u32>, who: &SignedIn) -> Markup {
    let say = locale::portal(who.here.language);
    html! {
        div.ask-o role="option" aria-selected="false" data-href=(address_of(hit, who)) {
            (icon("book"))
            span { b { (marked(&hit.title)) } @if let Some(percent) = helped { small { (say.helped_share(percent)) } } @else if let Some(snippet) = &hit.snippet { small { (marked(snippet)) } } }
        }
    }
}

/// Where the article is read: the service desk also finds what is not for requesters.
pub(super) fn address_of(hit: &FoundArticle, who: &SignedIn) -> String {
    match who.viewer().is_staff() {
        true => url::article(hit.number),
        false => url::portal_article(hit.number),
    }
}

/// What may be said of an outage: the service, and when it is expected back.
pub(super) fn known(outage: &Outage, here: &Here) -> String {
    let service = outage.service.as_ref().map(|(_, name)| name.clone());
    let expected = outage.back(here);
    let words: Vec<String> = service.into_iter().chain(expected).collect();
    if words.is_empty() {
        return locale::portal(here.language).it_is_worked_on().to_owned();
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_something_in_common_is_suggested() {
        let telling = outages::telling("label printer prints nothing");
        let titles = vec!["VPN drops", "Label printer is dark", "Printer queue is full"];
        let found = alike(titles, |title| outages::likeness(&telling, title));
        assert_eq!(found, ["Label printer is dark", "Printer queue is full"]);
    }
}
