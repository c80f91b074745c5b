//! A schedule as the fields of a form, and back. The fields of a layer begin with its number.

use super::crew::Crew;
use crate::form::Fields;
use crate::part::form::Errors;
use crate::part::time::Here;
use crate::settings::{editing, week_hours, whom};
use desk::Trouble;
use jiff::civil::{DateTime, Time};
use kernel::{InOrder, Timestamp, limits};
use roster::{Layer, Rotation, Unit};
use store::directory::schedules::Schedule;

/// A schedule as a form has it: what could be read of it.
pub(super) struct Draft {
    /// The schedule.
    pub(super) schedule: Schedule,
    /// From when on its layers are in force; at once if nothing is said.
    pub(super) since: Option<Timestamp>,
    /// In which layer of the form each of its layers stands.
    places: Vec<usize>,
}

/// The id of a field of a layer of the form.
pub(super) fn id(layer: usize, field: &str) -> String {
    format!("l{layer}-{field}")
}

/// How many layers the form has, an empty one at its end included.
pub(super) fn count(fields: &Fields) -> usize {
    let last = (0..limits::SCHEDULE_LAYERS).rev().find(|layer| is_said(fields, *layer));
    last.map_or(1, |last| (last + 2).min(limits::SCHEDULE_LAYERS))
}

/// Whether a layer of the form is one.
fn is_said(fields: &Fields, layer: usize) -> bool {
    let said = |field: &str| fields.filled(&id(layer, field)).is_some();
    (said("people") || said("name") || said("hours")) && !fields.ticked(&id(layer, "gone"))
}

/// Reads a form over what is stored. What is wrong with it is told all at once.
pub(super) fn read(fields: &Fields, before: Schedule, crew: &Crew, here: &Here) -> (Draft, Errors) {
    let mut errors = Errors::default();
    let mut layers: Vec<(i64, usize, Layer)> = (0..limits::SCHEDULE_LAYERS)
        .filter(|layer| is_said(fields, *layer))
        .map(|layer| {
            let order = fields.text(&id(layer, "order")).parse().unwrap_or(layer as i64 + 1);
            (order, layer, read_layer(fields, layer, crew, &mut errors))
        })
        .collect();
    layers.order_by_key(|(order, layer, _)| (*order, *layer));
    let since = fields.instant("since", here).unwrap_or_else(|refusal| {
        errors.add("since", format!("This {}", refusal.message));
        None
    });
    let fallback = whom::typed(fields, "fallback").unwrap_or_else(|_| {
        errors.add("fallback", "Choose from the list");
        vec![]
    });
    let places = layers.iter().map(|(_, layer, _)| *layer).collect();
    let schedule = Schedule {
        name: editing::one_line(fields.text("name")),
        time_zone: fields.filled("time_zone").map_or(before.time_zone, str::to_owned),
        fallback: fallback.first().copied(),
        approval: fields.ticked("approval"),
        active: before.version == 0 || fields.ticked("active"),
        layers: layers.into_iter().map(|(_, _, layer)| layer).collect(),
        ..before
    };
    (Draft { schedule, since, places }, errors)
}

fn read_layer(fields: &Fields, layer: usize, crew: &Crew, errors: &mut Errors) -> Layer {
    let text = |field: &str| fields.text(&id(layer, field));
    let people = crew.typed(text("people")).unwrap_or_else(|words| {
        errors.add(id(layer, "people"), words);
        vec![]
    });
    let restrictions = week_hours::read(text("hours")).unwrap_or_else(|words| {
        errors.add(id(layer, "hours"), words);
        vec![]
    });
    let start_local = text("start").parse::<DateTime>().unwrap_or_else(|_| {
        let words = "Write date and time of the first hand-over, such as 2026-11-23T09:00";
        errors.add(id(layer, "start"), words);
        DateTime::constant(2026, 1, 5, 9, 0, 0, 0)
    });
    let every = text("every").parse().unwrap_or_else(|_| {
        errors.add(id(layer, "every"), "Write a whole number");
        1
    });
    Layer {
        name: editing::one_line(text("name")),
        rotation: Rotation {
            unit: text("unit").parse().unwrap_or(Unit::Week),
            every,
            start_local,
            people,
        },
        restrictions,
    }
}

impl Draft {
    /// A trouble with its fields named as the form has them.
    pub(super) fn told(&self, trouble: Trouble) -> Trouble {
        let Trouble::Faults(mut faults) = trouble else { return trouble };
        for fault in &mut faults {
            if let Some((field, words)) = self.field(&fault.field) {
                fault.field = field;
                fault.message = format!("{words}{}", fault.message);
            }
        }
        Trouble::Faults(faults)
    }

    /// The field of the form, and the line of it, that a path in the written form means.
    fn field(&self, path: &str) -> Option<(String, String)> {
        if path == "layers" {
            return Some((id(0, "people"), "The schedule ".to_owned()));
        }
        let mut parts = path.strip_prefix("layers.")?.split('.');
        let layer = *self.places.get(parts.next()?.parse::<usize>().ok()?)?;
        let parts: Vec<&str> = parts.collect();
        let line = |at: Option<&&str>| {
            let at = at.and_then(|at| at.parse::<usize>().ok());
            at.map_or_else(String::new, |at| format!("Line {} ", at + 1))
        };
        Some(match parts[..] {
            ["rotation", "people", ..] => (id(layer, "people"), line(parts.get(2))),
            ["rotation", "start_local"] => (id(layer, "start"), String::new()),
            ["rotation", field, ..] => (id(layer, field), String::new()),
            ["restrictions", ..] => (id(layer, "hours"), line(parts.get(1))),
            [field, ..] => (id(layer, field), String::new()),
            [] => (id(layer, "people"), String::new()),
        })
    }
}

/// The fields of a schedule as it is stored.
pub(super) fn shown(schedule: &Schedule, crew: &Crew) -> Fields {
    let mut pairs = vec![
        ("name".to_owned(), schedule.name.clone()),
        ("time_zone".to_owned(), schedule.time_zone.clone()),
        ("fallback".to_owned(), schedule.fallback.map(whom::value).unwrap_or_default()),
    ];
    for (field, ticked) in [("active", schedule.active), ("approval", schedule.approval)] {
        pairs.extend(ticked.then(|| (field.to_owned(), "1".to_owned())));
    }
    for (at, layer) in schedule.layers.iter().enumerate() {
        let rotation = &layer.rotation;
        for (field, value) in [
            ("name", layer.name.clone()),
            ("unit", rotation.unit.to_string()),
            ("every", rotation.every.to_string()),
            ("start", rotation.start_local.strftime("%Y-%m-%dT%H:%M").to_string()),
            ("people", crew.lines(&rotation.people)),
            ("hours", week_hours::written(&layer.restrictions)),
            ("order", (at + 1).to_string()),
        ] {
            pairs.push((id(at, field), value));
        }
    }
    Fields::of(pairs)
}

/// A form with one layer more: this rotation.
pub(super) fn with_rotation(
    fields: Fields,
    layer: usize,
    rotation: &Rotation,
    crew: &Crew,
) -> Fields {
    let values = [
        ("unit", rotation.unit.to_string()),
        ("every", rotation.every.to_string()),
        ("start", rotation.start_local.strftime("%Y-%m-%dT%H:%M").to_string()),
        ("people", crew.lines(&rotation.people)),
        ("order", (layer + 1).to_string()),
    ];
    let values = values.into_iter();
    values.fold(fields, |fields, (field, value)| fields.with(&id(layer, field), value))
}

/// When the rotation of a new layer begins where nobody says: last Monday at nine.
pub(super) fn usual_start(here: &Here) -> String {
    let today = here.local(here.now).date();
    let days = i64::from(today.weekday().to_monday_zero_offset());
    let monday = today.checked_sub(jiff::Span::new().days(days)).unwrap_or(today);
    monday.to_datetime(Time::constant(9, 0, 0, 0)).strftime("%Y-%m-%dT%H:%M").to_string()
}
