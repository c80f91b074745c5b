//! The fields of a calendar's form: from and to its written form.

use super::hours::{self, Lines};
use crate::form::Fields;
use crate::part::form::Errors;
use crate::part::time::Here;
use crate::settings::editing;
use calendar::{Calendar, Definition, Hours, Problem, Rule, Week};
use kernel::{Timestamp, limits};

/// The weekdays: the field of each, and its name.
pub(super) const DAYS: [(&str, &str); 7] = [
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
    ("sat", "Saturday"),
    ("sun", "Sunday"),
];

/// A calendar as a form has it: what could be read of it.
pub(super) struct Draft {
    /// Its name.
    pub(super) name: String,
    /// When it is open.
    pub(super) definition: Definition,
    /// The same, if it can be a calendar.
    pub(super) calendar: Option<Calendar>,
    /// From when on it is in force; at once if nothing is said.
    pub(super) since: Option<Timestamp>,
    /// Whether it is out of use.
    pub(super) retired: bool,
}

/// Reads a form. What is wrong with it is told all at once.
pub(super) fn read(fields: &Fields, here: &Here) -> (Draft, Errors) {
    let mut errors = Errors::default();
    let name = editing::one_line(fields.text("name"));
    match name.chars().count() {
        0 => errors.add("name", "A name is needed"),
        1..=limits::NAME_CHARS => {}
        _ => {
            errors.add("name", format!("The name is longer than {} characters", limits::NAME_CHARS))
        }
    }
    let week = week(fields, &mut errors);
    let holidays = kept(hours::holidays(fields.text("holidays")), "holidays", &mut errors);
    let special = kept(hours::special_openings(fields.text("special")), "special", &mut errors);
    let since = fields.instant("since", here).unwrap_or_else(|refusal| {
        errors.add("since", format!("This {}", refusal.message));
        None
    });
    let lines: (Vec<usize>, Vec<usize>) = (
        holidays.iter().map(|(line, _)| *line).collect(),
        special.iter().map(|(line, _)| *line).collect(),
    );
    let mut definition = Definition::new(fields.text("time_zone"), week);
    definition.holidays = holidays.into_iter().map(|(_, holiday)| holiday).collect();
    definition.special_openings = special.into_iter().map(|(_, special)| special).collect();
    let calendar = match Calendar::new(&definition) {
        Ok(calendar) => Some(calendar),
        Err(error) => {
            for problem in &error.problems {
                told(problem, &lines, &mut errors);
            }
            None
        }
    };
    definition.holidays.sort();
    let retired = !fields.ticked("active");
    (Draft { name, definition, calendar, since, retired }, errors)
}

fn week(fields: &Fields, errors: &mut Errors) -> Week {
    if fields.ticked("always") {
        return Week::always();
    }
    let mut read = DAYS.map(|(field, name)| match hours::day(fields.text(field)) {
        Ok(hours) => hours,
        Err(words) => {
            errors.add(field, format!("{name}: {words}"));
            vec![]
        }
    });
    let mut day = |at: usize| std::mem::take(&mut read[at]);
    Week {
        mon: day(0),
        tue: day(1),
        wed: day(2),
        thu: day(3),
        fri: day(4),
        sat: day(5),
        sun: day(6),
    }
}

fn kept<T>(read: Result<Lines<T>, String>, field: &str, errors: &mut Errors) -> Lines<T> {
    read.unwrap_or_else(|words| {
        errors.add(field, words);
        vec![]
    })
}

/// A rule of the calendar that is broken, at the field where it can be mended.
fn told(problem: &Problem, lines: &(Vec<usize>, Vec<usize>), errors: &mut Errors) {
    let path: Vec<&str> = problem.field.split('.').collect();
    let rule = match problem.rule {
        Rule::UnknownZone => "There is no such time zone; choose one such as Europe/Berlin".into(),
        Rule::NeverOpen => "No day has hours; give at least one day opening hours".into(),
        Rule::ZeroLength => {
            "opens and closes at the same time; for a whole day write 00:00-24:00".into()
        }
        rule => rule.to_string(),
    };
    let line = |lines: &[usize]| {
        let at = path.get(1).and_then(|at| at.parse::<usize>().ok());
        at.and_then(|at| lines.get(at))
            .map_or_else(|| "The list".to_owned(), |line| format!("Line {line}"))
    };
    match path[..] {
        ["week", day, ..] => {
            let (field, name) =
                DAYS.iter().find(|(field, _)| *field == day).copied().unwrap_or(DAYS[0]);
            // An error in what could not be read is told already.
            if errors.of(field).is_none() {
                errors.add(field, format!("{name} {rule}"));
            }
        }
        ["holidays", ..] => errors.add("holidays", format!("{} {rule}", line(&lines.0))),
        ["special_openings", ..] => errors.add("special", format!("{} {rule}", line(&lines.1))),
        ["week"] if DAYS.iter().any(|(field, _)| errors.of(field).is_some()) => {}
        ["week"] => errors.add("mon", rule),
        _ => errors.add("time_zone", rule),
    }
}

/// The fields of a calendar as it is stored.
pub(super) fn shown(name: &str, definition: &Definition, retired: bool) -> Fields {
    let lines = |lines: Vec<String>| lines.join("\n");
    let always = definition.week == Week::always();
    let mut pairs = vec![
        ("name".to_owned(), name.to_owned()),
        ("time_zone".to_owned(), definition.time_zone.clone()),
        (
            "holidays".to_owned(),
            lines(definition.holidays.iter().map(hours::holiday_line).collect()),
        ),
        (
            "special".to_owned(),
            lines(definition.special_openings.iter().map(hours::special_line).collect()),
        ),
    ];
    let hours = |hours: &[Hours]| if always { String::new() } else { hours::written(hours) };
    pairs.extend(definition.week.days().map(|(day, open)| (day.to_owned(), hours(open))));
    pairs.extend(always.then(|| ("always".to_owned(), "1".to_owned())));
    pairs.extend((!retired).then(|| ("active".to_owned(), "1".to_owned())));
    Fields::of(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use calendar::{Holiday, SpecialOpening};
    use jiff::tz::TimeZone;

    fn here() -> Here {
        Here {
            now: "2026-11-23T12:12:00Z".parse().unwrap(),
            zone: TimeZone::UTC,
            language: Default::default(),
            calendars: Default::default(),
        }
    }

    #[test]
    fn what_a_form_shows_it_reads_again() {
        let mut office = Definition::new("Europe/Berlin", Week::weekdays("08:00", "18:00"));
        office.week.sat = vec![Hours::new("22:00", "06:00"), Hours::new("08:00", "12:00")];
        office.holidays = vec![Holiday::named("2026-12-25", "Christmas Day")];
        office.special_openings = vec![SpecialOpening {
            date: "2026-12-24".into(),
            name: Some("Christmas Eve".into()),
            hours: vec![Hours::new("08:00", "12:00")],
        }];
        for definition in [office, Definition::new("UTC", Week::always())] {
            let (draft, errors) = read(&shown("Office", &definition, false), &here());
            assert!(errors.is_empty(), "{errors:?}");
            assert_eq!(draft.definition, definition);
            assert!(!draft.retired && draft.calendar.is_some());
        }
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_its_field() {
        let fields = Fields::parse(
            "name=&time_zone=Mars&mon=9+pm&tue=09:00-09:00&holidays=2026-12-25%0A%0A2026-02-30&special=2026-12-24+Eve",
        );
        let (draft, errors) = read(&fields, &here());
        assert!(draft.calendar.is_none());
        for (field, words) in [
            ("name", "A name is needed"),
            ("time_zone", "There is no such time zone"),
            ("mon", "“9 pm” is no interval"),
            ("tue", "Tuesday opens and closes at the same time"),
            ("holidays", "Line 3 is no date"),
            ("special", "Line 1 is empty"),
        ] {
            let found = errors.of(field).unwrap_or_default();
            assert!(found.contains(words), "{field}: {found}");
        }
        let (_, errors) = read(&Fields::parse("name=A&time_zone=UTC"), &here());
        assert!(errors.of("mon").unwrap().contains("at least one day"));
    }
}
