//! How reviews are written: when they are due, their sections and questions as usual, and kinds of
//! incidents for which both are others.

mod draw;

use super::editing::{self, Problem, saved, saved_banner};
use super::{Reads, Section, row_page, section_page};
use crate::app::App;
use crate::auth::{Administrator, SignedIn};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::route::{get, post};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use desk::Trouble;
use incident::Refusal;
use kernel::InOrder;
use maud::{Markup, html};
use std::collections::BTreeSet;
use store::directory::reviews::{Kind, Majority, Question, Section as Part, TEMPLATE, Template};
use store::directory::settings::Setting;

const SECTION: Section = Section::Reviews;
const SUBJECT: &str = "setting";
/// The last part of the address of the form of a new kind.
const NEW: &str = "new";
/// Characters of the key that a new question gets.
const KEY_CHARS: usize = 40;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/settings/reviews", get(show).merge(post(change)))
        .route("/settings/reviews/{place}", get(show_kind).merge(post(change_kind)))
}

async fn show(
    State(app): State<App>,
    Reads(who): Reads,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    page(&app, &who, None, &Problem::default(), saved_banner(query.as_deref())).await
}

async fn change(
    State(app): State<App>,
    Administrator(who): Administrator,
    fields: Fields,
) -> PageResult<Response> {
    match update(&app, &who, &fields).await {
        Ok(()) => Ok(saved(&SECTION.address())),
        Err(trouble) => {
            let problem = Problem::of(&app, trouble, SUBJECT, TEMPLATE.to_owned(), "").await?;
            let again = page(&app, &who, Some(fields), &problem, html! {}).await?;
            Ok((problem.status(), again).into_response())
        }
    }
}

async fn update(app: &App, who: &SignedIn, fields: &Fields) -> Result<(), Trouble> {
    let seen = editing::version(fields)?;
    let before = app.desk.review_template(who.viewer()).await?.value;
    let due_days = fields.text("due_days").parse::<u8>().map_err(|_| {
        Refusal::invalid("due_days", "The days until a review is due must be a whole number")
    })?;
    let wanted = Template {
        for_majors: fields.ticked("for_majors"),
        due_days,
        off: off(fields),
        questions: questions(fields),
        ..before
    };
    app.desk.set_review_template(who.viewer(), wanted, Some(seen)).await
}

async fn page(
    app: &App,
    who: &SignedIn,
    typed: Option<Fields>,
    problem: &Problem,
    banner: Markup,
) -> PageResult<Markup> {
    let Setting { value, version } = app.desk.review_template(who.viewer()).await?;
    let kinds = draw::kinds(&app.desk.policy(), &value.kinds);
    let fields = typed.unwrap_or_else(|| draw::usual_fields(&value));
    let version = problem.version(&fields, version);
    let body = html! {
        (banner)
        (problem.banner(who, &SECTION.address()))
        @if who.viewer().configures() { (draw::usual_form(&fields, problem, version)) }
        @else { (draw::usual_told(&value)) }
        (kinds)
    };
    let action = who.viewer().configures().then(|| {
        html! { a.btn href=(SECTION.of(NEW)) { "Add a template" } }
    });
    let lead = html! { "When reviews of incidents are due, and what stands in them." };
    Ok(section_page(who, SECTION, lead, action, body))
}

async fn show_kind(
    State(app): State<App>,
    Reads(who): Reads,
    Path(place): Path<String>,
) -> PageResult<Markup> {
    kind_page(&app, &who, &place, None, &Problem::default()).await
}

async fn change_kind(
    State(app): State<App>,
    Administrator(who): Administrator,
    Path(place): Path<String>,
    fields: Fields,
) -> PageResult<Response> {
    match update_kind(&app, &who, &place, &fields).await {
        Ok(()) => Ok(saved(&SECTION.address())),
        Err(trouble) => {
            let trouble = without_path(trouble);
            let problem = Problem::of(&app, trouble, SUBJECT, TEMPLATE.to_owned(), "").await?;
            let again = kind_page(&app, &who, &place, Some(fields), &problem).await?;
            Ok((problem.status(), again).into_response())
        }
    }
}

/// Kinds are named by their place. That somebody moved them meanwhile is told by the version,
/// before any is changed.
async fn update_kind(
    app: &App,
    who: &SignedIn,
    place: &str,
    fields: &Fields,
) -> Result<(), Trouble> {
    let seen = editing::version(fields)?;
    let Setting { value: mut wanted, version } = app.desk.review_template(who.viewer()).await?;
    if seen != version {
        return editing::stale(seen, Some(version));
    }
    let old = place.parse::<usize>().ok().filter(|old| *old < wanted.kinds.len());
    if place != NEW && old.is_none() {
        return Err(Refusal::invalid("", "This template is gone; go back to the list").into());
    }
    if let Some(old) = old {
        wanted.kinds.remove(old);
    }
    if fields.text("do") != "remove" {
        let kind = kind(fields)?;
        let last = wanted.kinds.len();
        let at = fields.text("order").parse::<usize>().map_or(last, |order| order.max(1) - 1);
        wanted.kinds.insert(at.min(last), kind);
    }
    app.desk.set_review_template(who.viewer(), wanted, Some(seen)).await
}

/// What is wrong with a kind is told by fields of its form.
fn without_path(trouble: Trouble) -> Trouble {
    let Trouble::Faults(mut faults) = trouble else { return trouble };
    for fault in &mut faults {
        let inner = fault.field.strip_prefix("kinds.").and_then(|rest| rest.split_once('.'));
        if let Some((_, inner)) = inner {
            fault.field = inner.to_owned();
        }
    }
    Trouble::Faults(faults)
}

async fn kind_page(
    app: &App,
    who: &SignedIn,
    place: &str,
    typed: Option<Fields>,
    problem: &Problem,
) -> PageResult<Markup> {
    let Setting { value, version } = app.desk.review_template(who.viewer()).await?;
    let at = place.parse::<usize>().ok();
    let known = at.and_then(|at| value.kinds.get(at));
    let edits = who.viewer().configures();
    if known.is_none() && (place != NEW || !edits) && typed.is_none() {
        return Err(PageError::NotFound);
    }
    let title = known.map_or_else(|| "Add a template".to_owned(), |kind| kind.name.clone());
    let policy = app.desk.policy();
    if !edits {
        let told = html! { @if let Some(kind) = known { (draw::kind_told(&policy, kind)) } };
        return Ok(row_page(who, SECTION, &title, html! {}, told));
    }
    let order = at.filter(|_| known.is_some()).unwrap_or(value.kinds.len()) + 1;
    let fields = typed.unwrap_or_else(|| draw::kind_fields(known, order));
    let version = problem.version(&fields, version);
    let body = html! {
        (problem.banner(who, &SECTION.address()))
        (draw::kind_form(&policy, &fields, problem, &SECTION.of(place), version, known.is_some()))
    };
    let lead =
        html! { "Reviews of these incidents have the sections and questions that you say here." };
    Ok(row_page(who, SECTION, &title, lead, body))
}

fn kind(fields: &Fields) -> Result<Kind, Trouble> {
    let majority = fields.text("majority").parse::<Majority>();
    Ok(Kind {
        name: editing::name(fields)?,
        majority: majority.map_err(|_| Refusal::invalid("majority", "Choose one of the list"))?,
        categories: editing::ids(fields, "categories")?,
        off: off(fields),
        questions: questions(fields),
    })
}

/// The sections whose boxes are not ticked.
fn off(fields: &Fields) -> Vec<Part> {
    let on: BTreeSet<&str> = fields.all("section").collect();
    Part::ALL.iter().copied().filter(|part| !on.contains(part.as_str())).collect()
}

/// The questions as typed, in the order of their numbers; those without words are gone. A new one
/// gets a key from its words, by which answers are kept when the words change later.
fn questions(fields: &Fields) -> Vec<Question> {
    let rows = fields.all("key").zip(fields.all("question")).zip(fields.all("place"));
    let mut rows: Vec<(usize, String, String)> = rows
        .map(|((key, words), place)| {
            let place = place.trim().parse().unwrap_or(usize::MAX);
            (place, key.trim().to_owned(), editing::one_line(words))
        })
        .filter(|(_, _, words)| !words.is_empty())
        .collect();
    rows.order_by_key(|(place, _, _)| *place);
    let mut taken: BTreeSet<String> =
        rows.iter().map(|(_, key, _)| key.clone()).filter(|key| !key.is_empty()).collect();
    let question = |(_, key, words): (usize, String, String)| {
        let key = if key.is_empty() { fresh_key(&words, &taken) } else { key };
        taken.insert(key.clone());
        Question { key, words }
    };
    rows.into_iter().map(question).collect()
}

/// "what_did_it_cost" of "What did it cost?"; with a number where that is taken.
fn fresh_key(words: &str, taken: &BTreeSet<String>) -> String {
    let plain = |sign: char| if sign.is_ascii_alphanumeric() { sign } else { ' ' };
    let plain: String = words.to_ascii_lowercase().chars().map(plain).collect();
    let key = plain.split_whitespace().collect::<Vec<_>>().join("_");
    let key: String = key.chars().take(KEY_CHARS).collect();
    let key = if key.is_empty() { "question".to_owned() } else { key };
    let numbered = (2..).map(|number| format!("{key}_{number}"));
    std::iter::once(key.clone()).chain(numbered).find(|key| !taken.contains(key)).unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_in_the_order_of_their_numbers_and_new_ones_get_keys() {
        let form = "key=cost&question=What+did+it+cost%3F&place=3&key=&question=Was+it+luck%3F&place=1\
            &key=gone&question=&place=2&key=&question=What+did+it+cost%21&place=&key=&question=%C3%A9%3F&place=4";
        let read = questions(&Fields::parse(form));
        let read: Vec<(&str, &str)> =
            read.iter().map(|one| (one.key.as_str(), one.words.as_str())).collect();
        assert_eq!(
            read,
            [
                ("was_it_luck", "Was it luck?"),
                ("cost", "What did it cost?"),
                ("question", "é?"),
                ("what_did_it_cost", "What did it cost!"),
            ]
        );
        let taken = BTreeSet::from(["luck".to_owned(), "luck_2".to_owned()]);
        assert_eq!(fresh_key("Luck?", &taken), "luck_3");
    }

    #[test]
    fn sections_that_are_not_ticked_are_off() {
        let all: Vec<String> = Part::ALL.iter().map(|part| format!("section={part}")).collect();
        assert!(off(&Fields::parse(&all.join("&"))).is_empty());
        let some = off(&Fields::parse("section=summary&section=actions"));
        assert_eq!(some.len(), Part::ALL.len() - 2);
        assert!(!some.contains(&Part::Summary) && some.contains(&Part::Lessons));
    }
}
