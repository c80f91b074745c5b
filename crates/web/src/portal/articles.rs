//! Answers: what people can do for themselves. Only what is published for everybody, in the
//! reader's own language first.

use super::report;
use crate::app::App;
use crate::articles::fits;
use crate::auth::{Reader, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::incident::prose;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::rich::timed;
use crate::part::time;
use crate::shell::PortalPage;
use crate::url;
use axum::extract::{Path, RawQuery, State};
use axum::response::Redirect;
use desk::Trouble;
use desk::articles::Listed;
use incident::RefusalKind;
use kernel::{ArticleNumber, InOrder, Language, ServiceId};
use maud::{Markup, html};
use store::directory::Article;
use store::knowledge::Success;

/// Answers on one page.
const ROWS: usize = 30;
/// Pages that can be asked for: nobody reads further.
const PAGES: usize = 100;
/// Characters of an answer that its card shows.
const SHOWN: usize = 140;

/// `GET /portal/articles?q=&service=&page=`
pub(super) async fn list(
    State(app): State<App>,
    Reader(who): Reader,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let words: String = fields.text("q").chars().take(kernel::limits::QUERY_CHARS).collect();
    let service = fields.filled("service").and_then(|id| id.parse::<ServiceId>().ok());
    let page = fields.text("page").parse::<usize>().unwrap_or(0).min(PAGES);
    let mut found = app.desk.articles(who.viewer()).await?;
    found.retain(|listed| listed.article.is_open());
    let services = services(&app, &found);
    let any = !found.is_empty();
    found.retain(|listed| fits(&listed.article, service, &words));
    let own = who.here.language;
    found.order_by_key(|listed| rank(listed, own));
    let asked = Asked { words, service, page };
    Ok(draw_list(&who, &asked, &services, &found, any))
}

/// Those in the reader's own language first, then those that helped most.
fn rank(listed: &Listed, own: Language) -> (bool, std::cmp::Reverse<u32>, ArticleNumber) {
    let article = &listed.article;
    (article.language != own, std::cmp::Reverse(listed.success.helped), article.number)
}

/// What is asked of the list.
struct Asked {
    words: String,
    service: Option<ServiceId>,
    page: usize,
}

impl Asked {
    fn address(&self, page: usize) -> String {
        let service = self.service.map(|id| format!("&service={id}")).unwrap_or_default();
        format!("{}?q={}{service}&page={page}", url::PORTAL_ARTICLES, url::encode(&self.words))
    }
}

/// The services that there are answers about.
fn services(app: &App, all: &[Listed]) -> Vec<(ServiceId, String)> {
    let policy = app.desk.policy();
    let mut found: Vec<(ServiceId, String)> = policy
        .services
        .iter()
        .filter(|(id, _)| all.iter().any(|listed| listed.article.services.contains(*id)))
        .map(|(id, service)| (*id, service.name.clone()))
        .collect();
    found.order_by_key(|(id, name)| (name.to_lowercase(), *id));
    found
}

fn draw_list(
    who: &SignedIn,
    asked: &Asked,
    services: &[(ServiceId, String)],
    found: &[Listed],
    any: bool,
) -> Markup {
    let (say, portal) = (locale::articles(who.here.language), locale::portal(who.here.language));
    let shown = found.iter().skip(asked.page.saturating_mul(ROWS)).take(ROWS);
    let more = found.len() > (asked.page + 1).saturating_mul(ROWS);
    let body = html! {
        div.p-inc.stack-l {
            p.crumbs { a href=(url::PORTAL) data-back { (portal.start()) } span aria-hidden="true" { "/" } (say.answers()) }
            h1 { (say.answers()) }
            (search(say, asked, services))
            @if !any { (empty(say.no_answers_yet(), say.no_answers_yet_words(), Some((url::PORTAL, portal.report_something())))) }
            @else if found.is_empty() { (empty(say.no_answer(), say.no_answer_words(), Some((report::address(&asked.words, None).as_str(), portal.report_something())))) }
            @else { ul.p-list { @for listed in shown { li { (card(listed, who)) } } } }
            @if more { nav.pages aria-label=(portal.pages()) { a.btn rel="next" href=(asked.address(asked.page + 1)) { (say.more()) " " (icon("right")) } } }
        }
        (super::footer(who, None))
    };
    PortalPage::new(who, say.answers()).show(body)
}

fn search(say: locale::Articles, asked: &Asked, services: &[(ServiceId, String)]) -> Markup {
    html! {
        form.find role="search" method="get" action=(url::PORTAL_ARTICLES) {
            input.inp type="search" name="q" value=(asked.words) aria-label=(say.what_about()) placeholder=(say.what_about()) autocomplete="off" maxlength=(kernel::limits::QUERY_CHARS);
            @if !services.is_empty() {
                select.inp name="service" aria-label=(say.which_service()) {
                    option value="" { (say.every_service()) }
                    @for (id, name) in services { option value=(id) selected[asked.service == Some(*id)] { (name) } }
                }
            }
            button.btn type="submit" { (icon("search")) (say.search()) }
        }
    }
}

fn card(listed: &Listed, who: &SignedIn) -> Markup {
    let article = &listed.article;
    let say = locale::articles(who.here.language);
    html! {
        a.card.p-card href=(url::portal_article(article.number)) {
            div.p-ct { h3 lang=(article.language) { (article.title) } }
            p lang=(article.language) { (beginning(&article.body)) }
            @if let Some(words) = helped(say, listed.success) { span.meta { (words) } }
        }
    }
}

/// The first words of an answer.
fn beginning(body: &str) -> String {
    let line = body.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN) {
        None => line,
        Some((at, _)) => format!("{}…", line[..at].trim_end()),
    }
}

/// "helped 12 of 15 people", where anything can be said.
fn helped(say: locale::Articles, success: Success) -> Option<String> {
    (success.judged > 0).then(|| say.helped(i64::from(success.judged), success.helped))
}

/// The answer with this number, if it is for everybody.
async fn open(app: &App, who: &SignedIn, number: &str) -> PageResult<Listed> {
    let number: ArticleNumber = number.parse().map_err(|_| PageError::NotFound)?;
    match app.desk.article(who.viewer(), number).await {
        Ok(listed) if listed.article.is_open() => Ok(listed),
        Ok(_) => Err(PageError::NotFound),
        Err(Trouble::Refused(refusal)) if refusal.kind == RefusalKind::NotFound => {
            Err(PageError::NotFound)
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// `GET /portal/articles/{number}`
pub(super) async fn show(
    State(app): State<App>,
    Reader(who): Reader,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let listed = open(&app, &who, &number).await?;
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let counted = fields.get("said") == Some("solved");
    Ok(draw(&who, &listed, counted))
}

fn draw(who: &SignedIn, listed: &Listed, counted: bool) -> Markup {
    let article = &listed.article;
    let (say, portal) = (locale::articles(who.here.language), locale::portal(who.here.language));
    let body = html! {
        div.p-inc.stack-l {
            p.crumbs {
                a href=(url::PORTAL) { (portal.start()) } span aria-hidden="true" { "/" }
                a href=(url::PORTAL_ARTICLES) data-back { (say.answers()) }
            }
            h1 lang=(article.language) { (article.title) }
            p.meta {
                (timed(&say.updated_at(""), &time::moment(article.updated_at, &who.here)))
                @if let Some(words) = helped(say, listed.success) { ", " (words) }
                @if article.language != who.here.language { ". " (say.in_language(article.language.as_str())) }
            }
            article.card lang=(article.language) { div.card-b.msg-b { (prose(&article.body)) } }
            @if counted { p.banner.banner-good role="status" { (icon("check")) span { (say.counted()) } } }
            @else { (question(say, article)) }
        }
        (super::footer(who, None))
    };
    PortalPage::new(who, &article.title).show(body)
}

fn question(say: locale::Articles, article: &Article) -> Markup {
    html! {
        section.card aria-labelledby="did-h" {
            div.card-b {
                h2 id="did-h" { (say.did_it_help()) }
                form.btns.mts method="post" action={ (url::portal_article(article.number)) "/solved" } {
                    button.btn.btn-primary type="submit" { (icon("check")) (say.solved_it()) }
                    a.btn href=(report_of(article)) { (say.did_not()) }
                }
            }
        }
    }
}

/// The report with what the answer was about filled in.
fn report_of(article: &Article) -> String {
    let address = report::address(&article.title, None);
    match only_service(article) {
        Some(service) => format!("{address}&service={service}"),
        None => address,
    }
}

/// The service it is about, if that is one.
fn only_service(article: &Article) -> Option<ServiceId> {
    article.services.first().copied().filter(|_| article.services.len() == 1)
}

/// `POST /portal/articles/{number}/solved`
pub(super) async fn solved(
    State(app): State<App>,
    Reader(who): Reader,
    Path(number): Path<String>,
) -> PageResult<Redirect> {
    let article = open(&app, &who, &number).await?.article;
    app.desk.solved_by(who.viewer(), article.number, only_service(&article)).await?;
    Ok(Redirect::to(&format!("{}?said=solved", url::portal_article(article.number))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Timestamp;

    fn listed(number: i64, language: Language, helped: u32) -> Listed {
        let article = Article::titled(ArticleNumber(number), "Codes", Timestamp::from_micros(0));
        let success = Success { used: helped, judged: helped, helped };
        Listed { article: Article { language, ..article }, success }
    }

    #[test]
    fn ones_own_language_comes_first_and_then_what_helped() {
        let mut all =
            [listed(1, Language::De, 9), listed(2, Language::En, 1), listed(3, Language::En, 4)];
        all.sort_by_key(|listed| rank(listed, Language::En));
        assert_eq!(all.map(|listed| listed.article.number.0), [3, 2, 1]);
    }

    #[test]
    fn cards_show_the_first_words() {
        assert_eq!(beginning("Sign out.\n\nSign in."), "Sign out. Sign in.");
        assert_eq!(beginning(&"ä".repeat(200)).chars().count(), SHOWN + 1);
    }

    #[test]
    fn a_report_is_filled_with_the_one_service() {
        let mut article = listed(1, Language::En, 0).article;
        assert_eq!(report_of(&article), "/portal/report?title=Codes");
        let service = ServiceId(desk::fresh());
        article.services = [service].into();
        assert!(report_of(&article).ends_with(&format!("&service={service}")));
    }
}
