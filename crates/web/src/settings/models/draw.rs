//! The page of an incident model: its form, or its facts for whoever only reads.

use super::SECTION;
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::form::{Errors, Field, checkbox};
use crate::settings::editing::{self, Problem, buttons, name_field, version_field};
use crate::settings::row_page;
use incident::Policy;
use incident::models::Model;
use kernel::{InOrder, Level};
use maud::{Markup, html};

type Options = Vec<(String, String)>;

/// The page of a model, stored or not.
pub(super) fn page(
    who: &SignedIn,
    policy: &Policy,
    stored: Option<&Model>,
    fields: &Fields,
    problem: &Problem,
    above: Markup,
) -> Markup {
    let address = stored.map_or_else(|| SECTION.address(), |model| SECTION.of(model.id));
    let title = stored.map_or("New incident model", |model| model.name.as_str());
    let body = html! {
        (above)
        (problem.banner(who, &address))
        @if who.viewer().configures() {
            form.stack-l method="post" action=(address) {
                @if let Some(model) = stored { (version_field(problem.version(fields, model.version))) }
                (about(stored.is_some(), fields, &problem.errors))
                (report(fields, &problem.errors))
                (sorting(policy, fields, &problem.errors))
                (work(fields, &problem.errors))
                (buttons(if stored.is_some() { "Save" } else { "Make the model" }, &SECTION.address()))
            }
        } @else if let Some(model) = stored { (facts(policy, model)) }
    };
    let lead = html! { "It gives an incident what nobody has said, and nothing else: what people set stays. Incidents keep the runbook as it was when it was applied." };
    row_page(who, SECTION, title, lead, body)
}

fn about(stored: bool, fields: &Fields, errors: &Errors) -> Markup {
    html! {
        section.card { div.card-b { div.form {
            (name_field(fields, errors))
            (Field::new("about", "When to use it").hint("One line, for whoever chooses among the models.").errors(errors).input("text", fields.text("about")))
            div.field {
                (checkbox("portal", "Requesters may report with it", fields.ticked("portal")))
                p.hint { "They choose it by name and see title and questions, never tasks and runbook." }
            }
            @if stored { (editing::active_field(fields, "A model out of use is not offered; incidents keep what it gave them.")) }
        } } }
    }
}

fn report(fields: &Fields, errors: &Errors) -> Markup {
    html! {
        section.card aria-labelledby="asks" {
            div.card-h { h2 id="asks" { "The report" } span.meta { "a start that the reporter completes" } }
            div.card-b { div.form {
                (Field::new("title", "Title").errors(errors).input("text", fields.text("title")))
                (Field::new("description", "What to ask").hint("Stands in the description until it is answered.").errors(errors)
                    .textarea(5, fields.get("description").unwrap_or_default()))
            } }
        }
    }
}

fn sorting(policy: &Policy, fields: &Fields, errors: &Errors) -> Markup {
    let select = |id: &'static str, label: &'static str, options: Options| {
        Field::new(id, label).errors(errors).select(&options, fields.text(id))
    };
    html! {
        section.card aria-labelledby="sets" {
            div.card-h { h2 id="sets" { "What it sets" } span.meta { "where nobody has said it" } }
            div.card-b { div.form {
                div.form-2 {
                    (select("service", "Service", named(policy.services.iter().map(|(id, service)| (id.to_string(), service.name.clone())))))
                    (select("category", "Category", named(policy.categories.iter().map(|(id, category)| (id.to_string(), category.path.clone())))))
                }
                div.form-2 { (select("impact", "Impact", levels())) (select("urgency", "Urgency", levels())) }
                div.form-2 {
                    (select("team", "Team", named(policy.teams.iter().map(|(id, team)| (id.to_string(), team.name.clone())))))
                    (Field::new("tags", "Tags").hint("With commas between").errors(errors).input("text", fields.text("tags")))
                }
                (Field::new("fields", "Custom fields").hint("One a line: site: Rotterdam").errors(errors).textarea(2, fields.get("fields").unwrap_or_default()))
            } }
        }
    }
}

fn work(fields: &Fields, errors: &Errors) -> Markup {
    html! {
        section.card aria-labelledby="brings" {
            div.card-h { h2 id="brings" { "What it brings" } span.meta { "for whoever works on it" } }
            div.card-b { div.form {
                (Field::new("tasks", "Tasks").hint("One a line, at most 50. Tasks that an incident has already are not added again.").errors(errors)
                    .textarea(6, fields.get("tasks").unwrap_or_default()))
                (Field::new("runbook", "Runbook").hint("How it is restored, step by step. An empty line ends a paragraph, three backticks begin and end commands, addresses become links.").errors(errors)
                    .textarea(14, fields.get("runbook").unwrap_or_default()))
            } }
        }
    }
}

/// Nothing, then these by name.
fn named(all: impl Iterator<Item = (String, String)>) -> Options {
    let mut all: Options = all.collect();
    all.order_by_key(|(id, name)| (name.to_lowercase(), id.clone()));
    all.insert(0, (String::new(), "–".to_owned()));
    all
}

fn levels() -> Options {
    let level = |level: Level| (level.get().to_string(), level.word().to_owned());
    let none = std::iter::once((String::new(), "–".to_owned()));
    none.chain(Level::ALL.into_iter().map(level)).collect()
}

fn facts(policy: &Policy, model: &Model) -> Markup {
    let gives = &model.gives;
    let row = |name: &str, value: Option<&str>| html! { div { dt { (name) } dd { (value.filter(|text| !text.is_empty()).unwrap_or("–")) } } };
    let service = gives.service.and_then(|id| policy.services.get(&id));
    let category = gives.category.and_then(|id| policy.categories.get(&id));
    let team = gives.team.and_then(|id| policy.teams.get(&id));
    html! {
        section.card { div.card-b {
            dl.props {
                (row("When to use it", Some(&model.about)))
                (row("Title", Some(&gives.title)))
                (row("Service", service.map(|service| service.name.as_str())))
                (row("Category", category.map(|category| category.path.as_str())))
                (row("Impact", gives.impact.map(Level::word)))
                (row("Urgency", gives.urgency.map(Level::word)))
                (row("Team", team.map(|team| team.name.as_str())))
                (row("Portal", Some(if model.portal { "yes" } else { "no" })))
                (row("In use", Some(if model.active { "yes" } else { "no" })))
            }
        } }
        @if !gives.tasks.is_empty() {
            section.card { div.card-h { h2 { "Tasks" } } div.card-b { ol { @for title in &gives.tasks { li { (title) } } } } }
        }
        @if !gives.runbook.is_empty() {
            section.card { div.card-h { h2 { "Runbook" } } div.card-b.msg-b { (crate::incident::prose(&gives.runbook)) } }
        }
    }
}
