//! How the pages of reviews in the settings look.

use super::{Part, SECTION};
use crate::form::Fields;
use crate::part::form::{Errors, Field, checkbox};
use crate::reviews::heading;
use crate::settings::editing::{Problem, buttons, choices, name_field, version_field};
use incident::Policy;
use kernel::{InOrder, limits};
use maud::{Markup, html};
use store::directory::reviews::{Kind, Majority, Question, Template};

/// Empty rows for new questions.
const NEW_ROWS: usize = 2;

/// The form of what is usual, as it is stored.
pub(super) fn usual_fields(template: &Template) -> Fields {
    let fields = Fields::default().with("due_days", template.due_days.to_string());
    let fields = if template.for_majors { fields.with("for_majors", "1") } else { fields };
    with_parts(fields, &template.off, &template.questions)
}

/// The form of a kind, as it is stored; `order` is its place, from 1.
pub(super) fn kind_fields(kind: Option<&Kind>, order: usize) -> Fields {
    let fields = Fields::default().with("order", order.to_string());
    let Some(kind) = kind else {
        return with_parts(fields.with("majority", Majority::All.as_str()), &[], &[]);
    };
    let fields = fields.with("name", &kind.name).with("majority", kind.majority.as_str());
    let fields = kind
        .categories
        .iter()
        .fold(fields, |fields, category| fields.and("categories", category.to_string()));
    with_parts(fields, &kind.off, &kind.questions)
}

fn with_parts(fields: Fields, off: &[Part], questions: &[Question]) -> Fields {
    let on = Part::ALL.iter().filter(|part| !off.contains(part));
    let fields = on.fold(fields, |fields, part| fields.and("section", part.as_str()));
    questions.iter().enumerate().fold(fields, |fields, (place, question)| {
        fields
            .and("key", &question.key)
            .and("question", &question.words)
            .and("place", (place + 1).to_string())
    })
}

/// The form of what is usual.
pub(super) fn usual_form(fields: &Fields, problem: &Problem, version: i64) -> Markup {
    let due = Field::new("due_days", "Business days until a review is due")
        .hint("Of the calendar by which the resolution was promised.")
        .errors(&problem.errors);
    html! {
        section.card { div.card-b {
            form.form method="post" action=(SECTION.address()) {
                (version_field(version))
                div.field {
                    (checkbox("for_majors", "Every major incident gets a review once it is resolved", fields.ticked("for_majors")))
                }
                (due.input("number", fields.text("due_days")))
                (parts(fields, &problem.errors))
                div { button.btn.btn-primary type="submit" { "Save" } }
            }
        } }
    }
}

/// The form of a kind.
pub(super) fn kind_form(
    policy: &Policy,
    fields: &Fields,
    problem: &Problem,
    address: &str,
    version: i64,
    known: bool,
) -> Markup {
    let errors = &problem.errors;
    let majority = Field::new("majority", "Which incidents").errors(errors);
    let order = Field::new("order", "Place among the templates")
        .hint("The first template that fits an incident is used for its review; if none fits, the usual sections and questions are.")
        .errors(errors);
    let which = [
        (Majority::All.as_str(), "All incidents"),
        (Majority::Majors.as_str(), "Major incidents only"),
        (Majority::Others.as_str(), "All but major incidents"),
    ];
    html! {
        section.card { div.card-b {
            form.form method="post" action=(address) {
                (version_field(version))
                (name_field(fields, errors))
                (majority.select(&which, fields.text("majority")))
                (choices("categories", "Categories", Some("With those below them. None ticked: all."), &categories(policy), fields))
                (order.input("number", fields.text("order")))
                (parts(fields, errors))
                (buttons("Save", &SECTION.address()))
                @if known {
                    div { button.btn.btn-quiet type="submit" name="do" value="remove" formnovalidate { "Remove this template" } }
                    p.hint { "Nothing written in reviews is lost. They then show the usual sections and questions." }
                }
            }
        } }
    }
}

/// Sections to tick, and questions.
fn parts(fields: &Fields, errors: &Errors) -> Markup {
    let sections: Vec<(String, String)> =
        Part::ALL.iter().map(|part| (part.to_string(), heading(*part).1.to_owned())).collect();
    html! {
        (choices("section", "Sections", Some("The text of a section that is not ticked is kept, but not shown."), &sections, fields))
        fieldset.field id="questions" {
            legend { "Your own questions" }
            p.hint { "Asked in the order of their numbers. To remove a question, delete its words; answers to it are kept." }
            @if let Some(error) = errors.of("questions") { p.err { (error) } }
            ol.stack {
                @for (at, (key, words, place)) in rows(fields).enumerate() { (row(at, key, words, place, errors)) }
            }
        }
    }
}

/// The questions as typed, in the order of their numbers, and empty rows for new ones.
fn rows(fields: &Fields) -> impl Iterator<Item = (&str, &str, &str)> {
    let typed = fields.all("key").zip(fields.all("question")).zip(fields.all("place"));
    let typed = typed.map(|((key, words), place)| (key, words, place));
    let mut typed: Vec<_> = typed.filter(|(_, words, _)| !words.trim().is_empty()).collect();
    typed.order_by_key(|(_, _, place)| place.trim().parse().unwrap_or(usize::MAX));
    typed.into_iter().chain(std::iter::repeat_n(("", "", ""), NEW_ROWS))
}

fn row(at: usize, key: &str, words: &str, place: &str, errors: &Errors) -> Markup {
    let id = format!("questions.{at}.words");
    let error = errors.of(&id);
    html! {
        li.q-row {
            input type="hidden" name="key" value=(key);
            input.inp name="place" type="number" min="1" aria-label={ "Number of question " (at + 1) } value=(place);
            input.inp id=(id) name="question" aria-label={ "Question " (at + 1) } maxlength=(limits::TITLE_CHARS) value=(words)
                placeholder=[key.is_empty().then_some("A new question")] aria-invalid=[error.map(|_| "true")];
            @if let Some(error) = error { p.err { (error) } }
        }
    }
}

/// The categories there are, by their paths.
fn categories(policy: &Policy) -> Vec<(String, String)> {
    let all = policy.categories.iter().map(|(id, found)| (id.to_string(), found.path.clone()));
    let mut all: Vec<(String, String)> = all.collect();
    all.order_by_key(|(_, path)| path.to_lowercase());
    all
}

/// What is usual, for those who read it.
pub(super) fn usual_told(template: &Template) -> Markup {
    html! {
        section.card { div.card-b.stack {
            dl.props {
                div { dt { "Majors" } dd { @if template.for_majors { "get a review automatically" } @else { "get a review when somebody opens one" } } }
                div { dt { "Due after" } dd { (template.due_days) " business days" } }
            }
            (parts_told(&template.off, &template.questions))
        } }
    }
}

/// A kind, for those who read it.
pub(super) fn kind_told(policy: &Policy, kind: &Kind) -> Markup {
    html! {
        section.card { div.card-b.stack {
            p { (for_which(policy, kind)) }
            (parts_told(&kind.off, &kind.questions))
        } }
    }
}

fn parts_told(off: &[Part], questions: &[Question]) -> Markup {
    let on = Part::ALL.iter().filter(|part| !off.contains(part));
    let sections: Vec<&str> = on.map(|part| heading(*part).1).collect();
    html! {
        p { "Sections: " (sections.join(", ")) }
        @if questions.is_empty() { p.muted { "No questions of your own." } }
        @else { ol { @for question in questions { li { (question.words) } } } }
    }
}

/// The kinds there are, in the order in which they are tried.
pub(super) fn kinds(policy: &Policy, kinds: &[Kind]) -> Markup {
    html! {
        section.card aria-labelledby="kinds-h" {
            div.card-h { h2 id="kinds-h" { "Templates for some incidents" } }
            @if kinds.is_empty() { div.card-b { p.muted { "None. All reviews have the usual sections and questions." } } }
            @else {
                div.scroll-x tabindex="0" role="region" aria-label="Templates for some incidents" {
                    table.dt {
                        thead { tr { th scope="col" { "Template" } th scope="col" { "For" } th.num scope="col" { "Questions" } } }
                        tbody {
                            @for (place, kind) in kinds.iter().enumerate() {
                                tr {
                                    th scope="row" { a.link href=(SECTION.of(place)) { (kind.name) } }
                                    td { (for_which(policy, kind)) }
                                    td.num { (kind.questions.len()) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// "Major incidents only, Security, Hardware › Printers".
fn for_which(policy: &Policy, kind: &Kind) -> String {
    let which = match kind.majority {
        Majority::All => "All incidents",
        Majority::Majors => "Major incidents only",
        Majority::Others => "All but major incidents",
    };
    let path =
        |id| policy.categories.get(id).map_or("a category out of use", |one| one.path.as_str());
    let paths = kind.categories.iter().map(path);
    std::iter::once(which).chain(paths).collect::<Vec<_>>().join(", ")
}
