//! A review is written part by part: each has a small form of its own. Two may write different
//! parts at once; whoever changes what somebody else changed meanwhile is told.

use super::one::heading;
use super::{number, pick};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::part::form::{Errors, Field};
use crate::problems::{text, words as names};
use crate::settings::editing::{self, Problem as Wrong};
use crate::shell::{Page, Section as Rail};
use crate::url;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use desk::Trouble;
use desk::reviews::Case;
use incident::{Policy, Refusal};
use kernel::ReviewNumber;
use maud::{Markup, html};
use std::hash::{DefaultHasher, Hash, Hasher};
use store::directory::reviews::{FACTORS_MAX, Review, Section, Template};

/// Empty fields for further factors.
const FREE_FACTORS: usize = 2;
/// The field that says how the part stood when the form was opened.
const OPENED: &str = "opened";

/// A part that has a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// One of the sections.
    Section(Section),
    /// The answers to the questions of the template.
    Answers,
    /// Who writes it, and by when.
    Plan,
}

impl Part {
    /// The part of an address; actions have forms of their own.
    fn of(word: &str) -> PageResult<Part> {
        match (word, word.parse()) {
            ("answers", _) => Ok(Part::Answers),
            ("plan", _) => Ok(Part::Plan),
            (_, Ok(Section::Actions)) | (_, Err(_)) => Err(PageError::NotFound),
            (_, Ok(section)) => Ok(Part::Section(section)),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Part::Section(section) => section.as_str(),
            Part::Answers => "answers",
            Part::Plan => "plan",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Part::Section(section) => heading(section).1,
            Part::Answers => "Questions",
            Part::Plan => "Who writes it, and by when",
        }
    }

    /// The element of the page to which the form leads back.
    fn anchor(self) -> &'static str {
        match self {
            Part::Section(section) => heading(section).0,
            Part::Answers | Part::Plan => "main",
        }
    }
}

/// How a part stands, in short: another one tells that somebody changed it.
fn stands(part: Part, review: &Review) -> String {
    let mut hasher = DefaultHasher::new();
    match part {
        Part::Section(Section::Summary) => review.summary.hash(&mut hasher),
        Part::Section(Section::Impact) => review.impact.hash(&mut hasher),
        Part::Section(Section::Helped) => review.helped.hash(&mut hasher),
        Part::Section(Section::Hard) => review.hard.hash(&mut hasher),
        Part::Section(Section::Lessons) => review.lessons.hash(&mut hasher),
        Part::Section(Section::Factors) => review.factors.hash(&mut hasher),
        Part::Section(Section::Timeline) => {
            let picks = review.picks.iter();
            picks.for_each(|pick| (pick.incident, pick.n, &pick.remark).hash(&mut hasher));
        }
        Part::Section(Section::Actions) => {}
        Part::Answers => review.answers.hash(&mut hasher),
        Part::Plan => (review.owner, review.due_at.micros()).hash(&mut hasher),
    }
    format!("{:016x}", hasher.finish())
}

/// The fields of a part as it is stored.
fn shown(part: Part, case: &Case, who: &SignedIn) -> Fields {
    let review = &case.review;
    let fields = Fields::default().with(OPENED, stands(part, review));
    match part {
        Part::Section(Section::Summary) => fields.with("summary", &review.summary),
        Part::Section(Section::Impact) => fields.with("impact", &review.impact),
        Part::Section(Section::Helped) => fields.with("helped", &review.helped),
        Part::Section(Section::Hard) => fields.with("hard", &review.hard),
        Part::Section(Section::Lessons) => fields.with("lessons", &review.lessons),
        Part::Section(Section::Factors) => {
            let all = review.factors.iter().enumerate();
            all.fold(fields, |fields, (at, words)| fields.with(&factor(at), words))
        }
        Part::Section(Section::Timeline) => pick::shown(fields, review),
        Part::Section(Section::Actions) => fields,
        Part::Answers => {
            let all = review.answers.iter();
            all.fold(fields, |fields, (key, words)| fields.with(&answer(key), words))
        }
        Part::Plan => fields
            .with("owner", review.owner.map_or(String::new(), |id| id.to_string()))
            .with("due_at", who.here.field(review.due_at)),
    }
}

/// The name of the field of a factor, which are counted from 1.
fn factor(at: usize) -> String {
    format!("factor-{}", at + 1)
}

/// The name of the field of an answer.
fn answer(key: &str) -> String {
    format!("answer-{key}")
}

/// The review as the form of a part says it is to be; the other parts stay.
fn typed(
    part: Part,
    fields: &Fields,
    who: &SignedIn,
    template: &Template,
    mut review: Review,
) -> Result<Review, Trouble> {
    match part {
        Part::Section(Section::Summary) => review.summary = text(fields, "summary"),
        Part::Section(Section::Impact) => review.impact = text(fields, "impact"),
        Part::Section(Section::Helped) => review.helped = text(fields, "helped"),
        Part::Section(Section::Hard) => review.hard = text(fields, "hard"),
        Part::Section(Section::Lessons) => review.lessons = text(fields, "lessons"),
        Part::Section(Section::Factors) => {
            let words = (0..FACTORS_MAX).map(|at| editing::one_line(fields.text(&factor(at))));
            review.factors = words.filter(|words| !words.is_empty()).collect();
        }
        Part::Section(Section::Timeline | Section::Actions) => {}
        Part::Answers => {
            for question in &template.questions {
                let words = text(fields, &answer(&question.key));
                match words.is_empty() {
                    true => _ = review.answers.remove(&question.key),
                    false => _ = review.answers.insert(question.key.clone(), words),
                }
            }
        }
        Part::Plan => {
            review.owner = editing::id(fields, "owner")?;
            review.due_at = fields
                .instant("due_at", &who.here)?
                .ok_or_else(|| Refusal::invalid("due_at", "write by when it is to be published"))?;
        }
    }
    Ok(review)
}

/// `GET /reviews/{number}/edit/{part}`
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    Path((number, part)): Path<(String, String)>,
) -> PageResult<Markup> {
    let (number, part) = (self::number(&number)?, Part::of(&part)?);
    let case = app.desk.review(who.viewer(), number).await?;
    if !case.may.write {
        return Err(PageError::forbidden("you may read this review and not change it"));
    }
    let fields = shown(part, &case, &who);
    draw(&app, &who, part, &case, &fields, &Wrong::default()).await
}

async fn draw(
    app: &App,
    who: &SignedIn,
    part: Part,
    case: &Case,
    fields: &Fields,
    wrong: &Wrong,
) -> PageResult<Markup> {
    let review = &case.review;
    let (policy, back) = (app.desk.policy(), url::review(review.number));
    let inner = match part {
        Part::Section(Section::Timeline) => pick::draw(app, who, case, fields).await?,
        part => form(part, case, &policy, fields, &wrong.errors),
    };
    let action = url::review_of(review.number, format!("edit/{}", part.word()));
    let back = format!("{back}#{}", part.anchor());
    let main = html! {
        div.page {
            div.page-h { div { h1 { (part.name()) } p { (review.number) " " (super::list::title(&case.incident.title)) } } }
            div.stack-l {
                (wrong.banner(who, &back))
                form.stack-l method="post" action=(action) {
                    (editing::version_field(wrong.version(fields, review.version)))
                    input type="hidden" name=(OPENED) value=(fields.text(OPENED));
                    section.card { div.card-b { div.form { (inner) } } }
                    (editing::buttons("Save", &back))
                }
            }
        }
    };
    let title = format!("Edit {}", review.number);
    Ok(Page::new(who, &title)
        .section(Rail::Reviews)
        .crumb(url::REVIEWS, "Reviews")
        .crumb(url::review(review.number), review.number.to_string())
        .main_class("main main-canvas")
        .show(main))
}

fn form(part: Part, case: &Case, policy: &Policy, fields: &Fields, errors: &Errors) -> Markup {
    let words = |id: &str, hint: &str, rows: u8| {
        let value = fields.get(id).unwrap_or_default();
        Field::new(id, part.name()).hint(hint).errors(errors).textarea(rows, value)
    };
    match part {
        Part::Section(Section::Summary) => words(
            "summary",
            "What happened, from when to when, and what ended it. It began as a draft from the record.",
            8,
        ),
        Part::Section(Section::Impact) => {
            words("impact", "Whom it hit, and how much: people, hours, money.", 6)
        }
        Part::Section(Section::Helped) => words("helped", "What made it shorter or smaller.", 5),
        Part::Section(Section::Hard) => {
            words("hard", "What was in the way of finding or ending it.", 5)
        }
        Part::Section(Section::Lessons) => words("lessons", "What others should know.", 5),
        Part::Section(Section::Factors) => factors(case, fields, errors),
        Part::Section(Section::Timeline | Section::Actions) => html! {},
        Part::Answers => html! {
            @for question in &case.template.questions {
                (Field::new(&answer(&question.key), &question.words).errors(errors).textarea(4, fields.get(&answer(&question.key)).unwrap_or_default()))
            }
        },
        Part::Plan => html! {
            div.form-2 {
                (Field::new("owner", "Who writes it").errors(errors).select(&names::owners(policy), fields.text("owner")))
                (Field::new("due_at", "To be published by").errors(errors).input("datetime-local", fields.text("due_at")))
            }
        },
    }
}

fn factors(case: &Case, fields: &Fields, errors: &Errors) -> Markup {
    let sent = (0..FACTORS_MAX).filter(|at| fields.filled(&factor(*at)).is_some()).max();
    let count = sent.map_or(0, |last| last + 1).max(case.review.factors.len());
    let count = (count + FREE_FACTORS).min(FACTORS_MAX);
    html! {
        p { "What let it happen, not who did it: a factor that names a person hides the one behind it. An emptied one is taken out." }
        @for (place, people) in &case.naming {
            p.hint { "Factor " (place) " names " (people.join(", ")) "." }
        }
        @for at in 0..count {
            @let label = format!("Factor {}", at + 1);
            (Field::new(&factor(at), &label).errors(errors).textarea(2, fields.get(&factor(at)).unwrap_or_default()))
        }
    }
}

/// `POST /reviews/{number}/edit/{part}`
pub(super) async fn save(
    State(app): State<App>,
    Staff(who): Staff,
    Path((number, part)): Path<(String, String)>,
    fields: Fields,
) -> PageResult<Response> {
    let (number, part) = (self::number(&number)?, Part::of(&part)?);
    match write(&app, &who, number, part, &fields).await {
        Ok(()) => {
            let address = format!("{}?done=saved#{}", url::review(number), part.anchor());
            Ok(Redirect::to(&address).into_response())
        }
        Err(trouble) => again(&app, &who, number, part, &fields, trouble).await,
    }
}

async fn write(
    app: &App,
    who: &SignedIn,
    number: ReviewNumber,
    part: Part,
    fields: &Fields,
) -> Result<(), Trouble> {
    let case = app.desk.review(who.viewer(), number).await?;
    let sent = editing::version(fields)?;
    let Case { template, review: before, lines, .. } = case;
    // Others may have changed other parts since: this form replaces none of that.
    let untouched = fields.text(OPENED) == stands(part, &before);
    let version = if untouched { before.version.max(sent) } else { sent };
    let review = match part {
        Part::Section(Section::Timeline) => pick::typed(app, who, fields, &lines, before).await?,
        part => typed(part, fields, who, &template, before)?,
    };
    app.desk.change_review(who.viewer(), Review { version, ..review }).await.map(drop)
}

/// The form again, with what is wrong beside its fields.
async fn again(
    app: &App,
    who: &SignedIn,
    number: ReviewNumber,
    part: Part,
    fields: &Fields,
    trouble: Trouble,
) -> PageResult<Response> {
    let trouble = in_fields(trouble);
    let wrong = Wrong::of(app, trouble, Review::WHAT, number.to_string(), part.word()).await?;
    let case = app.desk.review(who.viewer(), number).await?;
    let page = draw(app, who, part, &case, fields, &wrong).await?;
    Ok((wrong.status(), page).into_response())
}

/// What is said of a factor or an answer, at its own field.
fn in_fields(trouble: Trouble) -> Trouble {
    let Trouble::Faults(mut faults) = trouble else { return trouble };
    for fault in &mut faults {
        match fault.field.split_once('.') {
            Some(("factors", at)) => {
                if let Ok(at) = at.parse() {
                    fault.field = factor(at);
                    fault.message = format!("factor {} {}", at + 1, fault.message);
                }
            }
            Some(("answers", key)) => {
                fault.field = answer(key);
                fault.message = format!("the answer {}", fault.message);
            }
            Some(("picks", _)) => {
                fault.field = String::new();
                fault.message = format!("a picked entry {}", fault.message);
            }
            _ => fault.message = format!("the {} {}", fault.field.replace('_', " "), fault.message),
        }
    }
    Trouble::Faults(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_stands_as_it_did_until_it_is_changed() {
        let now = kernel::Timestamp::from_micros(0);
        let review = Review::of(ReviewNumber(1), kernel::IncidentNumber(7), now);
        let summary = Part::Section(Section::Summary);
        let other = Review { impact: "Many".to_owned(), version: 2, ..review.clone() };
        assert_eq!(stands(summary, &review), stands(summary, &other));
        let changed = Review { summary: "It broke".to_owned(), ..review.clone() };
        assert_ne!(stands(summary, &review), stands(summary, &changed));
    }

    #[test]
    fn addresses_name_parts_that_have_a_form() {
        assert_eq!(Part::of("factors").unwrap(), Part::Section(Section::Factors));
        assert_eq!(Part::of("plan").unwrap(), Part::Plan);
        assert!(Part::of("actions").is_err() && Part::of("nonsense").is_err());
    }
}
