//! Which services something is for, in a form: a box for each, and where nobody would find one
//! among so many boxes, their names, one a line. It works without scripts either way.

use super::editing::choices;
use crate::app::App;
use crate::form::Fields;
use crate::part::form::{Errors, Field};
use desk::Trouble;
use incident::Refusal;
use kernel::ServiceId;
use maud::{Markup, html};
use std::collections::{BTreeSet, HashMap};
use store::directory::services::{self, Service};

/// Services that are offered as boxes: among more nobody finds one, and they are written by name.
pub(super) const BOXES_MAX: usize = 200;
/// Services that one field names at most.
const NAMED_MAX: usize = 500;

/// The names of a field of services: of its boxes, and of what is written by name.
pub(super) struct Names {
    pub(super) boxes: &'static str,
    pub(super) more: &'static str,
}

/// The boxes, or the few that are ticked and a field for others. `open` says what it is for when
/// none is chosen; `offered` are the ids and names of services.
pub(super) fn inputs(
    names: &Names,
    legend: &str,
    open: Option<&str>,
    mut offered: Vec<(String, String)>,
    fields: &Fields,
    errors: &Errors,
) -> Markup {
    let by_name = offered.len() > BOXES_MAX;
    if by_name {
        let chosen: BTreeSet<&str> = fields.all(names.boxes).collect();
        offered.retain(|(id, _)| chosen.contains(id.as_str()));
    }
    let none = open.map(|open| format!("None ticked: {open}."));
    let empty = by_name && offered.is_empty();
    let how = match open.filter(|_| empty) {
        Some(open) => format!("One service a line, by its name. None: {open}."),
        None => "One service a line, by its name.".to_owned(),
    };
    let label = if empty { legend } else { "More services" };
    html! {
        @if !empty { (choices(names.boxes, legend, none.as_deref(), &offered, fields)) }
        @if by_name {
            (Field::new(names.more, label).hint(&how).errors(errors)
                .textarea(3, fields.get(names.more).unwrap_or_default()))
        }
    }
}

/// The fields with what is written by name ticked as well.
///
/// # Errors
///
/// A name that no service has, or more of them than one field may name.
pub(super) fn ticked(names: &Names, fields: &Fields, known: &[Service]) -> Result<Fields, Refusal> {
    let more = named(names.more, fields.text(names.more), known, NAMED_MAX)?;
    let all = more.into_iter().map(|id| id.to_string());
    Ok(all.fold(fields.clone(), |fields, id| fields.and(names.boxes, id)))
}

/// As [`ticked`], with the services of the store, where a name is written at all.
///
/// # Errors
///
/// As [`ticked`]; the database does not answer.
pub(super) async fn found(app: &App, names: &Names, fields: &Fields) -> Result<Fields, Trouble> {
    if fields.filled(names.more).is_none() {
        return Ok(fields.clone());
    }
    let known = app.desk.read(services::list).await?;
    Ok(ticked(names, fields, &known)?)
}

/// Services by name, one a line.
///
/// # Errors
///
/// A name that no service has; more than `most` of them.
pub(super) fn named(
    field: &'static str,
    text: &str,
    known: &[Service],
    most: usize,
) -> Result<BTreeSet<ServiceId>, Refusal> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    let wanted: Vec<(usize, &str)> = lines.filter(|(_, line)| !line.is_empty()).collect();
    if wanted.is_empty() {
        return Ok(BTreeSet::new());
    }
    if wanted.len() > most {
        return Err(Refusal::invalid(field, format!("There are more than {most}")));
    }
    let by_name: HashMap<String, ServiceId> =
        known.iter().map(|service| (service.name.to_lowercase(), service.id)).collect();
    let found = wanted.into_iter().map(|(at, name)| {
        let unknown = || Refusal::invalid(field, format!("Line {at}: there is no service {name}"));
        by_name.get(&name.to_lowercase()).copied().ok_or_else(unknown)
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: Names = Names { boxes: "services", more: "services_more" };

    fn drawn(services: usize, fields: &Fields) -> String {
        let offered = (0..services).map(|at| (format!("id-{at}"), format!("Service {at}")));
        let offered: Vec<(String, String)> = offered.collect();
        inputs(&NAMES, "Services", Some("all"), offered, fields, &Errors::default()).into_string()
    }

    #[test]
    fn a_few_services_have_a_box_each_and_thousands_are_written_by_name() {
        let few = drawn(BOXES_MAX, &Fields::default());
        assert_eq!(few.matches("type=\"checkbox\"").count(), BOXES_MAX);
        assert!(few.contains("None ticked: all.") && !few.contains("services_more"), "{few}");
        let many = drawn(5_000, &Fields::default());
        assert!(!many.contains("type=\"checkbox\""), "{many}");
        assert!(many.contains("name=\"services_more\"") && many.contains("None: all."), "{many}");
    }

    #[test]
    fn what_is_ticked_and_what_was_written_stays() {
        let fields = Fields::parse("services=id-7&services_more=North");
        let many = drawn(5_000, &fields);
        assert_eq!(many.matches("type=\"checkbox\"").count(), 1, "{many}");
        assert!(many.contains("value=\"id-7\" checked") && many.contains("North"), "{many}");
    }
}
