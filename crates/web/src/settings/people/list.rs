//! The list of people, and suggestions for fields that ask for one.

use super::SECTION;
use crate::app::App;
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::person::person;
use crate::settings::{Reads, section_page};
use crate::url::encode;
use axum::Json;
use axum::extract::{RawQuery, State};
use kernel::PersonId;
use maud::{Markup, html};
use serde_json::{Value, json};
use store::directory::people::{self, PeopleFilter, Person};

/// Rows of a page.
const PAGE_ROWS: usize = 50;
/// People suggested at once.
const SUGGESTED: usize = 8;

/// What the list is asked for.
struct Wanted {
    text: String,
    which: String,
    after: Option<PersonId>,
}

/// Which people: the word in the address and the label.
const WHICH: [(&str, &str); 3] =
    [("", "Everybody in use"), ("staff", "With a role"), ("inactive", "Out of use")];

pub(super) async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let wanted = Wanted {
        text: fields.text("q").chars().take(kernel::limits::NAME_CHARS).collect(),
        which: fields.text("which").to_owned(),
        after: fields.filled("after").and_then(|text| text.parse().ok()),
    };
    let filter = PeopleFilter {
        text: (!wanted.text.is_empty()).then(|| wanted.text.clone()),
        staff_only: wanted.which == "staff",
        team: None,
        active: Some(wanted.which != "inactive"),
    };
    let after = wanted.after;
    let mut found =
        app.desk.read(move |sql| people::list(sql, &filter, PAGE_ROWS + 1, after)).await?;
    let more = found.len() > PAGE_ROWS;
    found.truncate(PAGE_ROWS);
    let next = found.last().filter(|_| more).map(|last| address(&wanted, last.id));
    let action = who.viewer().configures().then(
        || html! { a.btn.btn-primary href=(SECTION.of("new")) { (icon("plus")) "New person" } },
    );
    let body = html! {
        (filter_form(&wanted))
        @if found.is_empty() {
            (empty("Nobody found", "No name or e-mail address has a word that begins like this.", Some((&SECTION.address(), "Show everybody"))))
        } @else {
            div.card { (table(&found)) }
        }
        @if wanted.after.is_some() || next.is_some() {
            nav.pages aria-label="Pages" {
                @if wanted.after.is_some() { a.btn href=(format!("{}?q={}&which={}", SECTION.address(), encode(&wanted.text), encode(&wanted.which))) { "First page" } }
                @if let Some(next) = next { a.btn rel="next" href=(next) { "Next " (icon("right")) } }
            }
        }
    };
    Ok(section_page(
        &who,
        SECTION,
        html! { "Whoever asks for help, and whoever gives it." },
        action,
        body,
    ))
}

/// `GET /settings/people/suggest?q=`
pub(super) async fn suggest(
    State(app): State<App>,
    Reads(_): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Json<Vec<Value>>> {
    let text = Fields::parse(query.as_deref().unwrap_or_default()).text("q").to_owned();
    let found = app.desk.read(move |sql| people::find(sql, &text, SUGGESTED)).await?;
    // The field takes what identifies somebody; the name tells who that is.
    let offer = |person: Person| match person.email {
        Some(email) => json!({ "label": email, "hint": person.name, "value": person.id }),
        None => json!({ "label": person.name, "hint": "no e-mail address", "value": person.id }),
    };
    Ok(Json(found.into_iter().map(offer).collect()))
}

fn address(wanted: &Wanted, after: PersonId) -> String {
    format!(
        "{}?q={}&which={}&after={after}",
        SECTION.address(),
        encode(&wanted.text),
        encode(&wanted.which)
    )
}

fn filter_form(wanted: &Wanted) -> Markup {
    html! {
        form.find role="search" method="get" action=(SECTION.address()) {
            input.inp type="search" name="q" aria-label="Name or e-mail address" placeholder="Name or e-mail address" value=(wanted.text);
            div { select.inp name="which" aria-label="Which people" {
                @for (value, label) in WHICH { option value=(value) selected[value == wanted.which] { (label) } }
            } }
            button.btn type="submit" { (icon("search")) "Find" }
        }
    }
}

fn table(found: &[Person]) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="People" { table.dt {
            thead { tr { th scope="col" { "Name" } th scope="col" { "E-mail" } th scope="col" { "Roles" } th scope="col" { "Job title" } th scope="col" { "Site" } } }
            tbody { @for found in found {
                tr {
                    th scope="row" { a href=(SECTION.of(found.id)) { (person(found.id, &found.name)) } @if found.vip { " " span.chip { "VIP" } } }
                    td { (found.email.as_deref().unwrap_or("–")) }
                    td { (super::edit::roles_words(found)) }
                    td { (found.job_title) }
                    td { (found.site) }
                }
            } }
        } }
    }
}
