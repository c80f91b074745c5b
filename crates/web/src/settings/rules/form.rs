//! A rule as the fields of a form, and back.

use crate::form::Fields;
use crate::settings::editing;
use desk::Trouble;
use incident::Refusal;
use incident::rules::{Action, Fault, Moment, Rule, Wait};
use incident::state::HoldReason;
use kernel::{Level, Priority, RuleId, limits};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

const SECONDS_PER_MINUTE: f64 = 60.0;

/// The rule that a form says.
pub(super) fn typed(
    id: RuleId,
    fields: &Fields,
    place: i64,
    version: i64,
) -> Result<Rule, Trouble> {
    let name = editing::name(fields)?;
    let actions = actions(fields)?;
    let wait = wait(fields)?;
    let (on, when) = (on(fields, wait)?, when(fields));
    let (active, stop) = (fields.ticked("active"), fields.ticked("stop"));
    Ok(Rule { id, name, place, active, on, wait, when, actions, stop, version })
}

/// What of it a trial needs: what it would do does not matter.
pub(super) fn to_try(fields: &Fields) -> Result<Rule, Trouble> {
    let wait = wait(fields)?;
    let name = fields.text("name").to_owned();
    Ok(Rule { name, on: on(fields, wait)?, wait, ..blank(when(fields)) })
}

/// A rule of which the condition alone matters.
pub(super) fn blank(when: String) -> Rule {
    Rule {
        id: RuleId(desk::fresh()),
        name: String::new(),
        place: 1,
        active: true,
        on: BTreeSet::from([Moment::Reported]),
        wait: None,
        when,
        actions: vec![Action::Comment { body: "tried".to_owned() }],
        stop: false,
        version: 1,
    }
}

fn on(fields: &Fields, wait: Option<Wait>) -> Result<BTreeSet<Moment>, Trouble> {
    let words = fields.all("on").map(|word| {
        word.parse().map_err(|_| Trouble::from(Refusal::invalid("on", "Choose from the list")))
    });
    words.chain(wait.map(|_| Ok(Moment::Waited))).collect()
}

/// The units of a wait, with their seconds; the first is the one that is offered.
pub(super) const UNITS: [(&str, i64); 3] = [("minutes", 60), ("hours", 3_600), ("days", 86_400)];

/// What is to be waited for, where a number is given.
fn wait(fields: &Fields) -> Result<Option<Wait>, Trouble> {
    let Some(text) = fields.filled("wait") else { return Ok(None) };
    let unit = UNITS.iter().find(|(name, _)| *name == fields.text("wait_unit"));
    let each = unit.map_or(UNITS[0].1, |(_, seconds)| *seconds);
    let amount: Option<f64> = text.parse().ok().filter(|amount: &f64| amount.is_finite());
    let amount = amount.ok_or_else(|| Refusal::invalid("wait", "Write a number"))?;
    let fact = value(fields, "wait_for")?
        .ok_or_else(|| Refusal::invalid("wait_for", "Choose one of the list"))?;
    let seconds = (amount * each as f64).round() as i64;
    Ok(Some(Wait { fact, seconds, calendar: editing::id(fields, "wait_calendar")? }))
}

/// A wait in the largest unit that it fills.
pub(super) fn in_units(wait: Wait) -> (i64, &'static str) {
    let whole = UNITS.iter().rev().find(|(_, seconds)| wait.seconds % seconds == 0);
    let (name, seconds) = whole.unwrap_or(&UNITS[0]);
    (wait.seconds / seconds, name)
}

pub(super) fn when(fields: &Fields) -> String {
    fields.text("when").to_owned()
}

fn actions(fields: &Fields) -> Result<Vec<Action>, Trouble> {
    let mut found = Vec::new();
    let service = editing::id(fields, "service")?;
    let category = editing::id(fields, "category")?;
    let custom = custom(fields)?;
    if service.is_some() || category.is_some() || !custom.is_empty() {
        found.push(Action::Classify { service, category, fields: custom });
    }
    let (add, remove) = (tags(fields, "add"), tags(fields, "remove"));
    if !add.is_empty() || !remove.is_empty() {
        found.push(Action::Tag { add, remove });
    }
    let impact: Option<Level> = number(fields, "impact")?;
    let urgency: Option<Level> = number(fields, "urgency")?;
    let priority: Option<Priority> = value(fields, "priority")?;
    if impact.is_some() || urgency.is_some() || priority.is_some() {
        let reason = words(fields, "priority_reason");
        found.push(Action::Prioritise { impact, urgency, priority, reason });
    }
    let (team, assignee) = (editing::id(fields, "team")?, editing::id(fields, "assignee")?);
    if team.is_some() || assignee.is_some() {
        found.push(Action::Assign { team, assignee });
    }
    let (team, manager) = (editing::id(fields, "to_team")?, editing::id(fields, "manager")?);
    if team.is_some() || manager.is_some() {
        let reason = fields.text("escalate_reason").to_owned();
        found.push(Action::Escalate { team, manager, reason });
    }
    if let Some(person) = editing::id(fields, "watcher")? {
        found.push(Action::Watch { person });
    }
    let tasks = fields.text("tasks").lines().map(str::trim).filter(|line| !line.is_empty());
    found.extend(tasks.map(|title| Action::AddTask { title: title.to_owned() }));
    let models = editing::ids(fields, "model")?.into_iter();
    found.extend(models.map(|model| Action::ApplyModel { model }));
    if let Some(body) = words(fields, "note") {
        found.push(Action::Comment { body });
    }
    match fields.text("major") {
        "declare" => found.push(Action::DeclareMajor { reason: words(fields, "major_reason") }),
        "propose" => found.push(Action::ProposeMajor { reason: words(fields, "major_reason") }),
        _ => {}
    }
    let hold: Option<HoldReason> = value(fields, "hold")?;
    if let Some(reason) = hold {
        let (seconds, note) = (seconds(fields)?, words(fields, "hold_note"));
        found.push(Action::Hold { reason, seconds, note });
    }
    Ok(found)
}

fn words(fields: &Fields, name: &str) -> Option<String> {
    fields.filled(name).map(str::to_owned)
}

fn value<T: FromStr>(fields: &Fields, name: &'static str) -> Result<Option<T>, Trouble> {
    let parse =
        |text: &str| text.parse().map_err(|_| Refusal::invalid(name, "Choose one of the list"));
    Ok(fields.filled(name).map(parse).transpose()?)
}

pub(in crate::settings) fn number(
    fields: &Fields,
    name: &'static str,
) -> Result<Option<Level>, Trouble> {
    let wrong = || Refusal::invalid(name, "Choose one of the list");
    let parse = |text: &str| {
        let number = text.parse().map_err(|_| wrong())?;
        Level::new(number).ok().ok_or_else(wrong)
    };
    Ok(fields.filled(name).map(parse).transpose()?)
}

pub(in crate::settings) fn tags(fields: &Fields, name: &str) -> BTreeSet<String> {
    let words = fields.text(name).split(',').map(str::trim);
    words.filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// "site: Rotterdam", one a line.
pub(in crate::settings) fn custom(fields: &Fields) -> Result<BTreeMap<String, String>, Trouble> {
    let mut found = BTreeMap::new();
    for line in fields.text("fields").lines().filter(|line| !line.trim().is_empty()) {
        let Some((name, value)) = line.split_once(':') else {
            let words = "Write one field a line: its name, a colon, its value";
            return Err(Refusal::invalid("fields", words).into());
        };
        found.insert(name.trim().to_owned(), value.trim().to_owned());
    }
    Ok(found)
}

fn seconds(fields: &Fields) -> Result<Option<i64>, Trouble> {
    let Some(text) = fields.filled("hold_minutes") else { return Ok(None) };
    let minutes: Option<f64> = text.parse().ok().filter(|minutes: &f64| minutes.is_finite());
    match minutes {
        Some(minutes) => Ok(Some((minutes * SECONDS_PER_MINUTE).round() as i64)),
        None => Err(Refusal::invalid("hold_minutes", "Write a number of minutes").into()),
    }
}

/// The fields of a stored rule.
pub(super) fn shown(rule: &Rule) -> Fields {
    let mut pairs = vec![("name".to_owned(), rule.name.clone())];
    pairs.extend(rule.on.iter().map(|moment| ("on".to_owned(), moment.to_string())));
    let mut add = |name: &str, value: String| pairs.push((name.to_owned(), value));
    if let Some(wait) = rule.wait {
        let (amount, unit) = in_units(wait);
        add("wait", amount.to_string());
        add("wait_unit", unit.to_owned());
        add("wait_for", wait.fact.to_string());
        add("wait_calendar", wait.calendar.map_or(String::new(), |id| id.to_string()));
    }
    add("when", rule.when.clone());
    if rule.stop {
        add("stop", "1".to_owned());
    }
    if rule.active {
        add("active", "1".to_owned());
    }
    let mut tasks = Vec::new();
    for action in &rule.actions {
        match action {
            Action::AddTask { title } => tasks.push(title.as_str()),
            other => of(other, &mut add),
        }
    }
    add("tasks", tasks.join("\n"));
    Fields::of(pairs)
}

fn of(action: &Action, add: &mut impl FnMut(&str, String)) {
    let mut some = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            add(name, value);
        }
    };
    let list = |tags: &BTreeSet<String>| tags.iter().cloned().collect::<Vec<_>>().join(", ");
    match action {
        Action::Classify { service, category, fields } => {
            some("service", service.map(|id| id.to_string()));
            some("category", category.map(|id| id.to_string()));
            let lines: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}: {value}")).collect();
            some("fields", Some(lines.join("\n")));
        }
        Action::Tag { add, remove } => {
            some("add", Some(list(add)));
            some("remove", Some(list(remove)));
        }
        Action::Prioritise { impact, urgency, priority, reason } => {
            some("impact", impact.map(|level| level.get().to_string()));
            some("urgency", urgency.map(|level| level.get().to_string()));
            some("priority", priority.map(|priority| priority.to_string()));
            some("priority_reason", reason.clone());
        }
        Action::Assign { team, assignee } => {
            some("team", team.map(|id| id.to_string()));
            some("assignee", assignee.map(|id| id.to_string()));
        }
        Action::Escalate { team, manager, reason } => {
            some("to_team", team.map(|id| id.to_string()));
            some("manager", manager.map(|id| id.to_string()));
            some("escalate_reason", Some(reason.clone()));
        }
        Action::Watch { person } => some("watcher", Some(person.to_string())),
        Action::AddTask { .. } => {}
        Action::ApplyModel { model } => some("model", Some(model.to_string())),
        Action::Comment { body } => some("note", Some(body.clone())),
        Action::DeclareMajor { reason } => {
            some("major", Some("declare".to_owned()));
            some("major_reason", reason.clone());
        }
        Action::ProposeMajor { reason } => {
            some("major", Some("propose".to_owned()));
            some("major_reason", reason.clone());
        }
        Action::Hold { reason, seconds, note } => {
            some("hold", Some(reason.to_string()));
            let minutes = seconds.map(|seconds| seconds as f64 / SECONDS_PER_MINUTE);
            some("hold_minutes", minutes.map(|minutes| minutes.to_string()));
            some("hold_note", note.clone());
        }
    }
}

/// The field of the form that a fault is about.
pub(super) fn field_of(rule: &Rule, fault: &Fault) -> &'static str {
    let mut path = fault.field.split('.');
    match path.next() {
        Some("on") => return "on",
        Some("when") => return "when",
        Some("wait") if path.next() == Some("calendar") => return "wait_calendar",
        Some("wait") => return "wait",
        _ => {}
    }
    let at = path.next().and_then(|at| at.parse::<usize>().ok());
    let action = at.and_then(|at| rule.actions.get(at));
    match (action, path.next()) {
        (None, _) => "",
        (Some(Action::Classify { .. }), Some("service")) => "service",
        (Some(Action::Classify { .. }), Some("category")) => "category",
        (Some(Action::Classify { .. }), _) => "fields",
        (Some(Action::Tag { .. }), _) => "add",
        (Some(Action::Prioritise { .. }), Some("reason")) => "priority_reason",
        (Some(Action::Prioritise { .. }), _) => "priority",
        (Some(Action::Assign { .. }), Some("assignee")) => "assignee",
        (Some(Action::Assign { .. }), _) => "team",
        (Some(Action::Escalate { .. }), Some("team")) => "to_team",
        (Some(Action::Escalate { .. }), Some("manager")) => "manager",
        (Some(Action::Escalate { .. }), _) => "escalate_reason",
        (Some(Action::Watch { .. }), _) => "watcher",
        (Some(Action::AddTask { .. }), _) => "tasks",
        (Some(Action::ApplyModel { .. }), _) => "model",
        (Some(Action::Comment { .. }), _) => "note",
        (Some(Action::DeclareMajor { .. } | Action::ProposeMajor { .. }), _) => "major_reason",
        (Some(Action::Hold { .. }), Some("seconds")) => "hold_minutes",
        (Some(Action::Hold { .. }), _) => "hold_note",
    }
}

/// Where a fault is, in words: "command 1, team".
pub(super) fn where_of(fault: &Fault) -> String {
    let parts: Vec<&str> = fault.field.split('.').collect();
    match parts[..] {
        ["on"] => "“When”".to_owned(),
        ["when"] => "“If”".to_owned(),
        ["wait", ..] => "“Or after”".to_owned(),
        ["do"] => "“Then”".to_owned(),
        ["do", at, ref rest @ ..] => {
            // People count from one.
            let number =
                at.parse::<usize>().map_or_else(|_| at.to_owned(), |at| (at + 1).to_string());
            let rest: String =
                rest.iter().map(|part| format!(", {}", part.replace('_', " "))).collect();
            format!("command {number}{rest}")
        }
        _ => fault.field.replace(['.', '_'], " "),
    }
}

/// The longest condition.
pub(super) const WHEN_CHARS: usize = limits::QUERY_CHARS;
