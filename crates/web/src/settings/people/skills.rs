//! What a person knows well, and when they are not there.

use super::edit::Around;
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::away;
use crate::part::form::Errors;
use crate::settings::editing::{self, choices};
use crate::settings::many::{self, Names};
use desk::Trouble;
use incident::assignment::Skills;
use maud::{Markup, html};
use store::directory::Person;

/// The fields of the services that somebody knows well.
pub(super) const SERVICES: Names = Names { boxes: "skill_services", more: "skill_services_more" };
const CATEGORIES: &str = "skill_categories";

/// What the form says they know.
pub(super) fn typed(fields: &Fields) -> Result<Skills, Trouble> {
    Ok(Skills {
        services: editing::ids(fields, SERVICES.boxes)?,
        categories: editing::ids(fields, CATEGORIES)?,
    })
}

/// What is stored, as the form holds it.
pub(super) fn shown(person: &Person, who: &SignedIn) -> Vec<(String, String)> {
    let services =
        person.skills.services.iter().map(|id| (SERVICES.boxes.to_owned(), id.to_string()));
    let categories =
        person.skills.categories.iter().map(|id| (CATEGORIES.to_owned(), id.to_string()));
    services.chain(categories).chain(away::shown(person.away, &who.here)).collect()
}

/// The fields: what they know folded away, because there is much to choose from.
pub(super) fn inputs(around: &Around, fields: &Fields, errors: &Errors) -> Markup {
    let known = fields.all(SERVICES.boxes).count() + fields.all(CATEGORIES).count();
    let offered = |all: &[(String, String, bool)], field: &str| -> Vec<(String, String)> {
        let keeps = |id: &str| fields.all(field).any(|known| known == id);
        let offered = all.iter().filter(|(id, _, active)| *active || keeps(id));
        offered.map(|(id, name, _)| (id.clone(), name.clone())).collect()
    };
    let wrong = errors.of(SERVICES.boxes).or(errors.of(SERVICES.more)).or(errors.of(CATEGORIES));
    html! {
        details.field open[wrong.is_some()] {
            summary.link { "What they know well" @if known > 0 { " (" (known) ")" } }
            div.stack-s.mts {
                p.hint { "Teams that go by it give them such incidents first." }
                (many::inputs(&SERVICES, "Services", None, offered(&around.services, SERVICES.boxes), fields, errors))
                (choices(CATEGORIES, "Categories, with all below them", None, &offered(&around.categories, CATEGORIES), fields))
            }
        }
        fieldset.field {
            legend { "Absence" }
            p.hint { "While they are away no team gives them an incident by itself." }
            (away::inputs(fields, errors))
        }
    }
}

/// The names of what they know, for those who only read.
pub(super) fn names(person: &Person, around: &Around) -> String {
    let named = |all: &[(String, String, bool)], has: &dyn Fn(&str) -> bool| -> Vec<String> {
        all.iter().filter(|(id, ..)| has(id)).map(|(_, name, _)| name.clone()).collect()
    };
    let Skills { services, categories } = &person.skills;
    let mut names =
        named(&around.services, &|id| services.iter().any(|known| known.to_string() == id));
    names.extend(named(&around.categories, &|id| {
        categories.iter().any(|known| known.to_string() == id)
    }));
    names.join(", ")
}
