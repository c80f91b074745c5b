//! The page of an article for staff: the words, how it did, its versions.

use super::form;
use super::list::audience;
use crate::auth::SignedIn;
use crate::incident::prose;
use crate::part::form::Errors;
use crate::part::icon::icon;
use crate::part::time;
use crate::problems::words::{self, named_staff};
use crate::shell::{Page, Section};
use crate::url;
use desk::articles::Listed;
use incident::Policy;
use incident::permissions::{may_retire_articles, may_write_articles};
use maud::{Markup, html};
use store::directory::{ArticleState, Audience, Edition, Entry};

/// All that the page says.
pub(super) struct View<'a> {
    pub(super) who: &'a SignedIn,
    pub(super) policy: &'a Policy,
    pub(super) listed: &'a Listed,
    pub(super) versions: &'a [Edition],
    pub(super) changes: &'a [Entry],
    pub(super) errors: &'a Errors,
    /// What was done just now.
    pub(super) said: Markup,
}

impl View<'_> {
    /// The whole page.
    pub(super) fn page(&self) -> Markup {
        let article = &self.listed.article;
        let title = article.number.to_string();
        let main = html! {
            div.page.page-w {
                div.page-h {
                    div { h1 { (article.title) } p { (article.number) " " (state(article.state)) " " (audience(article.audience)) } }
                    div.btns {
                        @if article.is_open() { a.btn href=(url::portal_article(article.number)) { (icon("globe")) "In the portal" } }
                        @if self.writes() { a.btn href=(url::article_of(article.number, "edit")) data-key="e" { (icon("pencil")) "Edit " kbd { "E" } } }
                    }
                }
                div.stack-l {
                    (self.said)
                    (self.errors.summary())
                    @if article.audience == Audience::Everyone { (form::warning(&article.title, &article.body)) }
                    div.sv-g {
                        div.stack {
                            section.card aria-labelledby="words-h" {
                                div.card-h { h2 id="words-h" { "The answer" } }
                                div.card-b.msg-b lang=(article.language) { (prose(&article.body)) }
                            }
                            @if self.writes() { (self.next()) }
                        }
                        div.stack { (self.facts()) (self.versions()) }
                    }
                    (words::history(self.who, self.policy, self.changes))
                }
            }
        };
        Page::new(self.who, &title)
            .tab(&article.title)
            .section(Section::Problems)
            .crumb(url::ARTICLES, "Articles")
            .main_class("main main-canvas")
            .show(main)
    }

    fn writes(&self) -> bool {
        may_write_articles(self.who.viewer()).is_ok()
    }

    /// What can become of it.
    fn next(&self) -> Markup {
        let article = &self.listed.article;
        let retires = may_retire_articles(self.who.viewer()).is_ok();
        let button = |state: ArticleState, label: &str, class: &str| {
            html! { button class=(class) type="submit" name="state" value=(state) { (label) } }
        };
        html! {
            form.btns id="state" method="post" action=(url::article_of(article.number, "state")) {
                input type="hidden" name="version" value=(article.version);
                @match article.state {
                    ArticleState::Draft => {
                        (button(ArticleState::Published, if article.audience == Audience::Everyone { "Publish to everybody" } else { "Publish to the service desk" }, "btn btn-primary"))
                    }
                    ArticleState::Published => { (button(ArticleState::Draft, "Take it back as a draft", "btn")) }
                    ArticleState::Retired => {}
                }
                @if retires {
                    @if article.state == ArticleState::Retired { (button(ArticleState::Draft, "Take it up again", "btn")) }
                    @else { (button(ArticleState::Retired, "Retire it", "btn btn-quiet")) }
                } @else if article.state == ArticleState::Retired { p.hint { "A manager can take it up again." } }
            }
        }
    }

    fn facts(&self) -> Markup {
        let (article, policy) = (&self.listed.article, self.policy);
        let category = article.category.and_then(|id| policy.categories.get(&id));
        let team = article.team.and_then(|id| policy.teams.get(&id));
        let plain = |name: &str, value: &str| html! { div { dt { (name) } dd { (value) } } };
        html! {
            section.card aria-labelledby="facts-h" {
                div.card-h { h2 id="facts-h" { "Facts" } }
                div.card-b {
                    dl.props {
                        div { dt { "Success" } dd { (words::success(self.listed.success)) } }
                        (plain("Language", article.language.name()))
                        div {
                            dt { "Services" }
                            dd {
                                @if article.services.is_empty() { "–" }
                                @for (at, id) in article.services.iter().enumerate() { @if at > 0 { ", " } a.link href=(url::service(*id)) { (words::service(policy, Some(*id))) } }
                            }
                        }
                        (plain("Category", category.map_or("–", |category| category.path.as_str())))
                        (plain("Team", team.map_or("–", |team| team.name.as_str())))
                        (plain("Owner", article.owner.map_or("nobody", |owner| named_staff(policy, owner))))
                        div {
                            dt { "Review" }
                            dd {
                                @match article.review_on {
                                    Some(day) if article.is_overdue(words::today(self.who)) => (words::overdue(day)),
                                    Some(day) => (words::day(day)),
                                    None => "no day set",
                                }
                            }
                        }
                        @if let Some(number) = article.from_incident { div { dt { "Made from" } dd { a.link href=(url::incident(number)) { (number) } } } }
                    }
                }
            }
        }
    }

    fn versions(&self) -> Markup {
        let article = &self.listed.article;
        html! {
            section.card aria-labelledby="versions-h" {
                div.card-h { h2 id="versions-h" { "Versions" } span.meta { (self.versions.len()) } }
                div.card-b { ul.stack-s { @for edition in self.versions {
                    li {
                        @if edition.version == article.version { b { "Version " (edition.version) } ", now" }
                        @else { a.link href=(url::article_of(article.number, format!("versions/{}", edition.version))) { "Version " (edition.version) } }
                        span.meta {
                            ", " (time::moment(edition.at, &self.who.here))
                            @if let Some(by) = edition.by { ", " (named_staff(self.policy, by)) }
                        }
                    }
                } } }
            }
        }
    }
}

/// Where it stands, as a chip.
fn state(state: ArticleState) -> Markup {
    let (class, label) = match state {
        ArticleState::Draft => ("chip chip-warn", "Draft"),
        ArticleState::Published => ("chip chip-good", "Published"),
        ArticleState::Retired => ("chip", "Retired"),
    };
    html! { span class=(class) { (label) } }
}

/// A version as it was, and the way back to it.
pub(super) fn version(who: &SignedIn, listed: &Listed, edition: &Edition) -> Markup {
    let article = &listed.article;
    let title = format!("Version {}", edition.version);
    let restores = may_write_articles(who.viewer()).is_ok() && edition.version != article.version;
    let main = html! {
        div.page {
            div.page-h { div {
                h1 { "Version " (edition.version) " of " (article.number) }
                p { "As it was " (time::moment(edition.at, &who.here)) " " (state(edition.state)) " " (audience(edition.audience)) }
            } }
            div.stack-l {
                section.card aria-labelledby="words-h" {
                    div.card-h { h2 id="words-h" { (edition.title) } }
                    div.card-b.msg-b lang=(article.language) { (prose(&edition.body)) }
                }
                form.btns method="post" action=(url::article_of(article.number, "restore")) {
                    input type="hidden" name="version" value=(edition.version);
                    input type="hidden" name="seen" value=(article.version);
                    @if restores { button.btn.btn-primary type="submit" { "Put these words back" } }
                    a.btn href=(url::article(article.number)) { "Back" }
                }
            }
        }
    };
    Page::new(who, &title)
        .section(Section::Problems)
        .crumb(url::ARTICLES, "Articles")
        .crumb(url::article(article.number), article.number.to_string())
        .main_class("main main-canvas")
        .show(main)
}
