//! Forms that an incident model fills: what somebody typed stays, what another model had
//! filled in goes with it.

use crate::form::Fields;
use incident::Policy;
use incident::models::Model;
use kernel::Level;

/// The field that names the model.
pub(crate) const MODEL: &str = "model";
/// The field that names the model that filled the form last.
pub(crate) const FILLED: &str = "filled";

/// What a model says for a field of a form.
pub(crate) type Slot = (&'static str, fn(&Model, &Policy) -> String);

/// The model that a form names.
pub(crate) fn named<'a>(fields: &Fields, name: &str, policy: &'a Policy) -> Option<&'a Model> {
    fields.filled(name)?.parse().ok().and_then(|id| policy.model(id))
}

/// The fields with what their model fills in, once for each choice of a model.
pub(crate) fn fill(mut fields: Fields, policy: &Policy, slots: &[Slot]) -> Fields {
    let (now, before) = (named(&fields, MODEL, policy), named(&fields, FILLED, policy));
    if now == before {
        return fields;
    }
    let said = |model: Option<&Model>, of: fn(&Model, &Policy) -> String| {
        model.map(|model| of(model, policy)).unwrap_or_default()
    };
    for (name, of) in slots {
        let value = plain(fields.text(name));
        if value.is_empty() || value == plain(&said(before, *of)) {
            fields = fields.with(name, said(now, *of));
        }
    }
    fields.with(FILLED, now.map_or(String::new(), |model| model.id.to_string()))
}

/// A title to start from.
pub(crate) fn title(model: &Model, _: &Policy) -> String {
    model.gives.title.clone()
}

/// What to ask.
pub(crate) fn description(model: &Model, _: &Policy) -> String {
    model.gives.description.clone()
}

/// The id of its service, if that is in use.
pub(crate) fn service_id(model: &Model, policy: &Policy) -> String {
    let service = model.gives.service.filter(|id| policy.services.contains_key(id));
    service.map(|id| id.to_string()).unwrap_or_default()
}

/// Its urgency.
pub(crate) fn urgency(model: &Model, _: &Policy) -> String {
    model.gives.urgency.map(digit).unwrap_or_default()
}

/// A level as forms write it.
pub(crate) fn digit(level: Level) -> String {
    level.get().to_string()
}

/// A browser sends the ends of lines as two characters.
fn plain(text: &str) -> String {
    text.trim().replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use incident::models::Gives;
    use incident::policy::{Agreement, Agreements};
    use kernel::Matrix;

    fn id(number: u8) -> String {
        format!("00000000-0000-0000-0000-00000000000{number}")
    }

    fn policy() -> Policy {
        let model = |number: u8, title: &str, description: &str| Model {
            id: id(number).parse().unwrap(),
            name: format!("Model {number}"),
            about: String::new(),
            place: 1,
            active: true,
            portal: false,
            gives: Gives {
                title: title.to_owned(),
                description: description.to_owned(),
                ..Gives::default()
            },
            version: 1,
        };
        let models = [model(1, "Prints nothing", "Which?\nSince?"), model(2, "No tunnel", "")];
        Policy {
            version: 1,
            matrix: Matrix::default(),
            matrix_version: 0,
            agreements: Agreements::only(Agreement::standard(id(1).parse().unwrap())),
            calendars: Default::default(),
            services: Default::default(),
            teams: Default::default(),
            categories: Default::default(),
            staff: Default::default(),
            resolution_codes: vec![],
            organisations: Default::default(),
            rules: [].into(),
            models: models.into(),
            paging: std::sync::Arc::default(),
            asking: Default::default(),
            closure: Default::default(),
            notices: Default::default(),
            time_zone: "UTC".to_owned(),
            language: Default::default(),
        }
    }

    #[test]
    fn what_is_typed_stays_and_what_a_model_filled_goes_with_it() {
        let (policy, slots) = (
            policy(),
            [("title", title as fn(&Model, &Policy) -> String), ("description", description)],
        );
        let first =
            fill(Fields::default().with(MODEL, id(1)).with("title", "Mine"), &policy, &slots);
        assert_eq!((first.text("title"), first.text("description")), ("Mine", "Which?\nSince?"));
        // Emptied by hand, it stays empty while the model is the same.
        let again = fill(first.clone().with("title", ""), &policy, &slots);
        assert_eq!(again.text("title"), "");
        let sent = first.with(MODEL, id(2)).with("description", "Which?\r\nSince?");
        let second = fill(sent, &policy, &slots);
        assert_eq!((second.text("title"), second.text("description")), ("Mine", ""));
        let none = fill(second.with("title", "No tunnel").with(MODEL, ""), &policy, &slots);
        assert_eq!((none.text("title"), none.text(FILLED)), ("", ""));
        let gone = fill(Fields::default().with(MODEL, id(9)).with("title", "x"), &policy, &slots);
        assert_eq!(gone.text("title"), "x");
    }
}
