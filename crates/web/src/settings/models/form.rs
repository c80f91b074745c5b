//! An incident model as the fields of a form, and back.

use crate::form::Fields;
use crate::settings::editing;
use crate::settings::rules::form::{custom, number, tags};
use desk::Trouble;
use incident::models::{Gives, Model};
use kernel::{ModelId, limits};

/// The model that a form says; its place stays what it is.
pub(super) fn typed(id: ModelId, fields: &Fields, version: i64) -> Result<Model, Trouble> {
    let block = |name: &'static str| {
        // A browser sends the ends of lines as two characters.
        let text = fields.text(name).replace("\r\n", "\n");
        editing::text(&Fields::default().with(name, text), name, limits::BODY_CHARS)
    };
    let tasks = fields.text("tasks").lines().map(editing::one_line);
    let gives = Gives {
        title: editing::one_line(fields.text("title")),
        description: block("description")?,
        service: editing::id(fields, "service")?,
        category: editing::id(fields, "category")?,
        impact: number(fields, "impact")?,
        urgency: number(fields, "urgency")?,
        team: editing::id(fields, "team")?,
        tags: tags(fields, "tags"),
        fields: custom(fields)?,
        tasks: tasks.filter(|title| !title.is_empty()).collect(),
        runbook: block("runbook")?,
    };
    Ok(Model {
        id,
        name: editing::name(fields)?,
        about: editing::one_line(fields.text("about")),
        place: 0,
        active: fields.ticked("active"),
        portal: fields.ticked("portal"),
        gives,
        version,
    })
}

/// The fields of a stored model.
pub(super) fn shown(model: &Model) -> Fields {
    let gives = &model.gives;
    let id = |id: Option<String>| id.unwrap_or_default();
    let level = |level: Option<kernel::Level>| id(level.map(|level| level.get().to_string()));
    let custom: Vec<_> =
        gives.fields.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let mut pairs = vec![
        ("name", model.name.clone()),
        ("about", model.about.clone()),
        ("title", gives.title.clone()),
        ("description", gives.description.clone()),
        ("service", id(gives.service.map(|id| id.to_string()))),
        ("category", id(gives.category.map(|id| id.to_string()))),
        ("impact", level(gives.impact)),
        ("urgency", level(gives.urgency)),
        ("team", id(gives.team.map(|id| id.to_string()))),
        ("tags", gives.tags.iter().cloned().collect::<Vec<_>>().join(", ")),
        ("fields", custom.join("\n")),
        ("tasks", gives.tasks.join("\n")),
        ("runbook", gives.runbook.clone()),
    ];
    for (name, ticked) in [("active", model.active), ("portal", model.portal)] {
        if ticked {
            pairs.push((name, "1".to_owned()));
        }
    }
    Fields::of(pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_shows_it_says() {
        let id = ModelId(desk::fresh());
        let typed_in = "name=Printer&about=One+printer&portal=1&active=1&title=Prints+nothing&description=Which%3F%0D%0ASince%3F&impact=2&tags=a%2C+b&fields=site%3A+Main&tasks=Look%0D%0A%0D%0A+Mend++it+&runbook=1.%0D%0A2.";
        let model = typed(id, &Fields::parse(typed_in), 3).unwrap();
        assert_eq!(model.gives.tasks, ["Look", "Mend it"]);
        assert_eq!(model.gives.description, "Which?\nSince?");
        assert_eq!(typed(id, &shown(&model), 3).unwrap(), model);
    }
}
