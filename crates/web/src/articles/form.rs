//! The form of an article: what it is filled with, what is read from it, how it will read.

use super::leaks;
use crate::form::Fields;
use crate::incident::prose;
use crate::part::form::{Errors, Field, checkbox};
use crate::part::icon::icon;
use crate::problems::{day, text, title, words};
use crate::settings::editing;
use desk::Trouble;
use incident::{Policy, Refusal};
use kernel::{InOrder, Language};
use maud::{Markup, html};
use store::directory::{Article, Audience};

/// Rows of the field for the words.
const ROWS: u8 = 16;

/// The fields of an article as it is stored.
pub(super) fn shown(article: &Article) -> Fields {
    let id = |id: Option<String>| id.unwrap_or_default();
    let fields = Fields::default()
        .with("title", article.title.clone())
        .with("body", article.body.clone())
        .with("language", article.language.as_str())
        .with("audience", article.audience.as_str())
        .with("category", id(article.category.map(|id| id.to_string())))
        .with("team", id(article.team.map(|id| id.to_string())))
        .with("owner", id(article.owner.map(|id| id.to_string())))
        .with("review_on", id(article.review_on.map(|day| day.to_string())));
    let fields = match article.internal {
        true => fields.with("internal", "1"),
        false => fields,
    };
    article.services.iter().fold(fields, |fields, id| fields.and("services", id.to_string()))
}

/// The article as a form says it is to be. What the form does not say stays.
pub(super) fn typed(fields: &Fields, before: Article) -> Result<Article, Trouble> {
    let language = fields.text("language").parse::<Language>();
    let audience = fields.text("audience").parse::<Audience>();
    Ok(Article {
        title: editing::one_line(fields.text("title")),
        body: text(fields, "body"),
        language: language.map_err(|_| Refusal::invalid("language", "Choose one of the list"))?,
        audience: audience.map_err(|_| Refusal::invalid("audience", "Choose one of the list"))?,
        internal: fields.ticked("internal"),
        services: editing::ids(fields, "services")?,
        category: editing::id(fields, "category")?,
        team: editing::id(fields, "team")?,
        owner: editing::id(fields, "owner")?,
        review_on: day(fields, "review_on")?,
        ..before
    })
}

/// How a language calls itself.
pub(super) fn languages() -> Vec<(String, String)> {
    let all = Language::ALL.iter();
    all.map(|language| (language.as_str().to_owned(), language.name().to_owned())).collect()
}

/// The fields, with what is wrong beside each. `stored` is whether internal words were put in.
pub(super) fn draw(policy: &Policy, fields: &Fields, errors: &Errors, internal: bool) -> Markup {
    let audiences = [
        (Audience::Everyone.as_str(), "Everybody who signs in to the portal"),
        (Audience::Staff.as_str(), "The service desk"),
    ];
    html! {
        section.card { div.card-b { div.form {
            (title(fields, errors, "As somebody would ask for it."))
            (Field::new("body", "The answer").hint("An empty line ends a paragraph, three backticks begin and end commands, addresses become links.").errors(errors)
                .textarea(ROWS, fields.get("body").unwrap_or_default()))
            div.form-2 {
                (Field::new("language", "Language").errors(errors).select(&languages(), fields.text("language")))
                (Field::new("audience", "Who reads it").errors(errors).select(&audiences, fields.text("audience")))
            }
            @if internal {
                div.field {
                    (checkbox("internal", "Internal words of an incident are in it", fields.ticked("internal")))
                    p.hint { "While they are, only the service desk reads it. Take them out, then untick this." }
                }
            }
        } } }
        section.card aria-labelledby="whose-h" {
            div.card-h { h2 id="whose-h" { "Where it belongs" } }
            div.card-b { div.form {
                (services(policy, fields, errors))
                div.form-2 {
                    (Field::new("category", "Category").errors(errors).select(&words::categories(policy), fields.text("category")))
                    (Field::new("team", "Team").errors(errors).select(&words::teams(policy), fields.text("team")))
                }
                div.form-2 {
                    (Field::new("owner", "Owner").errors(errors).select(&words::owners(policy), fields.text("owner")))
                    (Field::new("review_on", "Look whether it is still true on").hint("Its owner is reminded from then on.").errors(errors).input("date", fields.text("review_on")))
                }
            } }
        }
    }
}

fn services(policy: &Policy, fields: &Fields, errors: &Errors) -> Markup {
    let mut options: Vec<(String, String)> = policy
        .services
        .iter()
        .map(|(id, service)| (id.to_string(), service.name.clone()))
        .collect();
    options.order_by_key(|(id, name)| (name.to_lowercase(), id.clone()));
    let chosen = fields.all("services").count();
    html! {
        details.fold id="services" open[errors.of("services").is_some()] {
            summary { (icon("right")) "Services it is about" @if chosen > 0 { span.meta { ", " (chosen) } } }
            (editing::choices("services", "Services", None, &options, fields))
            @if let Some(error) = errors.of("services") { p.err { (icon("alert")) (error) } }
        }
    }
}

/// How it reads, and what in it looks as if it were not for everybody.
pub(super) fn look(fields: &Fields, patch: Option<&str>) -> Markup {
    let open = fields.text("audience") == Audience::Everyone.as_str();
    let body = text(fields, "body");
    html! {
        section.card id="look" aria-labelledby="look-h" data-patch=[patch] {
            div.card-h { h2 id="look-h" { "How it reads" } }
            div.card-b.stack {
                @if open { (warning(fields.text("title"), &body)) }
                @if !fields.text("title").is_empty() { h3 { (fields.text("title")) } }
                div.msg-b lang=(fields.text("language").parse::<Language>().unwrap_or_default()) { (prose(&body)) }
            }
        }
    }
}

/// What looks internal in words that everybody reads.
pub(super) fn warning(title: &str, body: &str) -> Markup {
    let found = leaks::found(&format!("{title}\n{body}"));
    html! {
        @if !found.is_empty() {
            div.banner.banner-warn role="status" {
                (icon("alert"))
                div {
                    b { "This looks internal, and everybody will read it:" }
                    @for (at, word) in found.iter().enumerate() { @if at > 0 { "," } " " (word) }
                    "."
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{ArticleNumber, Timestamp};

    #[test]
    fn an_article_survives_its_form() {
        let mut article = Article::titled(ArticleNumber(3), "Codes", Timestamp::from_micros(0));
        article.body = "Sign out.\n\nSign in.".to_owned();
        article.internal = true;
        article.review_on = Some("2026-11-23".parse().unwrap());
        article.services =
            [kernel::ServiceId(desk::fresh()), kernel::ServiceId(desk::fresh())].into();
        assert_eq!(typed(&shown(&article), article.clone()).unwrap(), article);
    }

    #[test]
    fn nobody_reads_it_by_mistake() {
        let before = Article::titled(ArticleNumber(3), "Codes", Timestamp::from_micros(0));
        for audience in ["", "all"] {
            let fields = Fields::parse(&format!("title=A&body=b&language=en&audience={audience}"));
            assert!(typed(&fields, before.clone()).is_err(), "{audience:?}");
        }
    }
}
