//! An escalation policy as the fields of a form, and back. The fields of a step begin with its
//! number.

use crate::form::Fields;
use crate::part::duration;
use crate::part::form::Errors;
use crate::settings::{editing, week_hours, whom};
use desk::Trouble;
use incident::escalation::{EscalationPolicy, EscalationStep, Hours, Whom};
use kernel::{Priority, limits};
use store::directory::escalations::Escalation;

/// Whom a step pages of those that it names: the words of the form.
pub(super) const HOW: [(&str, &str); 3] = [
    ("all", "all of them"),
    ("turn", "one of them, in turn"),
    ("everyone", "all of them, until each has acknowledged"),
];

/// A policy as a form has it: what could be read of it.
pub(super) struct Draft {
    /// The policy.
    pub(super) escalation: Escalation,
    /// In which step of the form each of its steps stands.
    places: Vec<usize>,
}

/// The id of a field of a step of the form.
pub(super) fn id(step: usize, field: &str) -> String {
    format!("s{step}-{field}")
}

/// How many steps the form has, an empty one at its end included.
pub(super) fn count(fields: &Fields) -> usize {
    let last = (0..limits::ESCALATION_STEPS).rev().find(|step| is_said(fields, *step));
    last.map_or(1, |last| (last + 2).min(limits::ESCALATION_STEPS))
}

/// Whether a step of the form is one.
fn is_said(fields: &Fields, step: usize) -> bool {
    let whom = id(step, "whom");
    fields.all(&whom).any(|value| !value.is_empty()) && !fields.ticked(&id(step, "gone"))
}

/// Reads a form over what is stored. What is wrong with it is told all at once.
pub(super) fn read(fields: &Fields, before: Escalation, zone: &str) -> (Draft, Errors) {
    let mut errors = Errors::default();
    let places: Vec<usize> =
        (0..limits::ESCALATION_STEPS).filter(|step| is_said(fields, *step)).collect();
    let steps = places.iter().map(|step| read_step(fields, *step, zone, &mut errors)).collect();
    let repeats = fields.text("repeats").parse().unwrap_or_else(|_| {
        errors.add("repeats", "Write a whole number, 0 for never");
        0
    });
    let seconds = |field: &str, errors: &mut Errors| {
        let text = fields.filled(field)?;
        let read = duration::read(text, duration::WHOLE_DAY);
        if read.is_none() {
            errors.add(field, "Write how long, such as 30 min or 2 h");
        }
        read
    };
    let policy = EscalationPolicy {
        name: editing::one_line(fields.text("name")),
        steps,
        repeats,
        pages_from: fields.text("pages_from").parse().unwrap_or(before.policy.pages_from),
        acknowledgement_seconds: seconds("acknowledgement_seconds", &mut errors),
        fallback: chosen(fields, "fallback", &mut errors),
        ..before.policy
    };
    let active = policy.version == 0 || fields.ticked("active");
    (Draft { escalation: Escalation { policy, active }, places }, errors)
}

fn chosen(fields: &Fields, field: &str, errors: &mut Errors) -> Vec<Whom> {
    whom::typed(fields, field).unwrap_or_else(|_| {
        errors.add(field, "Choose from the list");
        vec![]
    })
}

fn read_step(fields: &Fields, step: usize, zone: &str, errors: &mut Errors) -> EscalationStep {
    let text = |field: &str| fields.text(&id(step, field));
    let after = match text("after") {
        "" => Some(0),
        text => duration::read(text, duration::WHOLE_DAY),
    };
    let after_seconds = after.unwrap_or_else(|| {
        errors
            .add(id(step, "after"), "Write how long, such as 8 min, or leave it empty for at once");
        0
    });
    let within = week_hours::read(text("hours")).unwrap_or_else(|words| {
        errors.add(id(step, "hours"), words);
        vec![]
    });
    let time_zone = match text("zone") {
        "" => zone.to_owned(),
        text => text.to_owned(),
    };
    EscalationStep {
        after_seconds,
        whom: chosen(fields, &id(step, "whom"), errors),
        hours: (!within.is_empty()).then_some(Hours { time_zone, within }),
        round_robin: text("how") == "turn",
        everyone: text("how") == "everyone",
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

    /// The field of the form that a path in the written form means, and words before the rule.
    fn field(&self, path: &str) -> Option<(String, String)> {
        if path == "steps" {
            return Some((id(0, "whom"), "The policy ".to_owned()));
        }
        if path.starts_with("fallback.") {
            return Some(("fallback".to_owned(), "One of them ".to_owned()));
        }
        let mut parts = path.strip_prefix("steps.")?.split('.');
        let step = *self.places.get(parts.next()?.parse::<usize>().ok()?)?;
        let parts: Vec<&str> = parts.collect();
        let field = match *parts.first()? {
            "after_seconds" => "after",
            "whom" => "whom",
            "hours" if parts.get(1) == Some(&"time_zone") => "zone",
            "hours" => "hours",
            _ => "how",
        };
        let words = if field == "whom" && parts.len() > 1 { "One of them " } else { "" };
        Some((id(step, field), words.to_owned()))
    }
}

/// The fields of a policy as it is stored.
pub(super) fn shown(escalation: &Escalation) -> Fields {
    let policy = &escalation.policy;
    let written = |seconds| duration::written(seconds, duration::WHOLE_DAY);
    let mut pairs = vec![
        ("name".to_owned(), policy.name.clone()),
        ("repeats".to_owned(), policy.repeats.to_string()),
        ("pages_from".to_owned(), policy.pages_from.to_string()),
        (
            "acknowledgement_seconds".to_owned(),
            policy.acknowledgement_seconds.map(written).unwrap_or_default(),
        ),
    ];
    pairs.extend(escalation.active.then(|| ("active".to_owned(), "1".to_owned())));
    pairs.extend(policy.fallback.iter().map(|one| ("fallback".to_owned(), whom::value(*one))));
    for (at, step) in policy.steps.iter().enumerate() {
        let after =
            if step.after_seconds == 0 { String::new() } else { written(step.after_seconds) };
        pairs.push((id(at, "after"), after));
        pairs.extend(step.whom.iter().map(|one| (id(at, "whom"), whom::value(*one))));
        let how = match (step.round_robin, step.everyone) {
            (true, _) => "turn",
            (_, true) => "everyone",
            _ => "all",
        };
        pairs.push((id(at, "how"), how.to_owned()));
        if let Some(hours) = &step.hours {
            pairs.push((id(at, "hours"), week_hours::written(&hours.within)));
            pairs.push((id(at, "zone"), hours.time_zone.clone()));
        }
    }
    Fields::of(pairs)
}

/// The priorities with what choosing one means.
pub(super) fn priorities() -> Vec<(String, String)> {
    let words = |priority: Priority| match priority.get() {
        1 => format!("{priority} only"),
        _ => format!("{priority} and more urgent"),
    };
    Priority::ALL.iter().map(|one| (one.to_string(), words(*one))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use desk::escalations::blank_step;
    use kernel::{PersonId, ScheduleId};
    use roster::{Restriction, Weekday};

    #[test]
    fn what_a_form_shows_it_reads_again() {
        let mut stored = desk::escalations::blank_escalation();
        let one = Whom::Schedule(ScheduleId(desk::fresh()));
        let other = Whom::Person(PersonId(desk::fresh()));
        let within = vec![Restriction {
            days: vec![Weekday::Mon],
            from: "08:00".parse().unwrap(),
            to: "18:00".parse().unwrap(),
        }];
        let hours = Some(Hours { time_zone: "Europe/Oslo".into(), within });
        stored.policy = EscalationPolicy {
            name: "Network".into(),
            version: 4,
            steps: vec![
                EscalationStep { whom: vec![one], ..blank_step() },
                EscalationStep {
                    after_seconds: 480,
                    whom: vec![one, other],
                    hours,
                    everyone: true,
                    ..blank_step()
                },
            ],
            repeats: 2,
            acknowledgement_seconds: Some(7_200),
            fallback: vec![other],
            ..stored.policy
        };
        let fields = shown(&stored);
        assert_eq!(count(&fields), 3);
        let (draft, errors) = read(&fields, stored.clone(), "UTC");
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(draft.escalation, stored);
    }

    #[test]
    fn a_step_that_is_removed_leaves_the_others() {
        let person = |n: u8| format!("person:00000000-0000-7000-8000-00000000000{n}");
        let typed = format!(
            "name=A&repeats=x&s0-whom={}&s0-gone=1&s1-whom={}&s1-whom=&s1-after=soon",
            person(1),
            person(2)
        );
        let before = desk::escalations::blank_escalation();
        let (draft, errors) = read(&Fields::parse(&typed), before, "UTC");
        assert_eq!(draft.escalation.policy.steps.len(), 1);
        assert!(errors.of("repeats").is_some() && errors.of("s1-after").is_some());
        let fault = incident::policy::Fault::new("steps.0.whom.0", "is not a team in use");
        let Trouble::Faults(told) = draft.told(fault.into()) else { panic!() };
        assert_eq!(told[0].field, "s1-whom");
    }
}
