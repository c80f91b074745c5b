//! What is wrong with a rule: found when it is saved, and again whenever what it
//! names changes.

use super::record::leaf;
use super::{Action, Fact, Moment, Rule};
use crate::policy::{Policy, StaffPolicy};
use crate::state::HoldReason;
use kernel::{CategoryId, OrganisationId, PersonId, ServiceId, TeamId, limits};
use query::{Choice, Expr, Person, TeamName, Term, same_name};
use std::collections::BTreeSet;

/// Seconds of the shortest hold that a rule sets: what ends sets rules off again.
const HOLD_SECONDS_MIN: i64 = 300;
/// Seconds of the longest hold that a rule sets: a year.
const HOLD_SECONDS_MAX: i64 = 366 * 86_400;

/// Seconds of the shortest wait, and of its steps: timers are no stopwatch, and each wakes
/// every incident.
const WAIT_SECONDS_MIN: i64 = 60;
/// Seconds of the longest wait: a year.
const WAIT_SECONDS_MAX: i64 = 366 * 86_400;

/// One thing that is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// Which field: `when`, `do.0.team`.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

impl Fault {
    fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Fault { field: field.into(), message: message.into() }
    }
}

/// Everything that is wrong with a rule. `knows` says whether there is a person of
/// that name or address who does not work here.
pub fn faults(rule: &Rule, policy: &Policy, knows: &dyn Fn(&str) -> bool) -> Vec<Fault> {
    let mut found = Vec::new();
    if rule.on.is_empty() {
        found.push(Fault::new("on", "name at least one moment, such as reported"));
    }
    waiting(rule, policy, &mut found);
    condition(&rule.when, policy, knows, &mut found);
    if rule.actions.is_empty() {
        found.push(Fault::new("do", "needs at least one command"));
    }
    if rule.actions.len() > limits::RULE_COMMANDS {
        let most = limits::RULE_COMMANDS;
        found.push(Fault::new("do", format!("has more than {most} commands")));
    }
    let mut seen = BTreeSet::new();
    for (at, action) in rule.actions.iter().enumerate() {
        let once = matches!(action, Action::AddTask { .. } | Action::ApplyModel { .. })
            || seen.insert(action.name());
        if !once {
            let message = format!("names {} twice; put it in one command", action.name());
            found.push(Fault::new(format!("do.{at}"), message));
        }
        if let Err((field, message)) = check(action, policy) {
            found.push(Fault::new(format!("do.{at}.{field}"), message));
        }
        let hears = rule.on.contains(&Moment::Resumed) || rule.on.contains(&Moment::Changed);
        if hears && matches!(action, Action::Hold { seconds: Some(_), .. }) {
            let message = "would set the rule off again each time the hold ends".to_owned();
            found.push(Fault::new(format!("do.{at}.seconds"), message));
        }
    }
    found
}

/// Whether it says how long it waits if, and only if, time sets it off.
fn waiting(rule: &Rule, policy: &Policy, found: &mut Vec<Fault>) {
    let hears = rule.on.contains(&Moment::Waited);
    let wait = match rule.wait {
        Some(wait) if hears => wait,
        Some(_) => return found.push(Fault::new("on", "name waited, or leave out wait")),
        None if hears => return found.push(Fault::new("wait", "for what, and how long?")),
        None => return,
    };
    let long = (WAIT_SECONDS_MIN..=WAIT_SECONDS_MAX).contains(&wait.seconds);
    if !long || wait.seconds % WAIT_SECONDS_MIN != 0 {
        found.push(Fault::new("wait.seconds", "must be whole minutes, a minute to 366 days"));
    }
    let Some(id) = wait.calendar else { return };
    if wait.fact == Fact::Due {
        let words = "is not for what is due: the target counts its own hours";
        found.push(Fault::new("wait.calendar", words));
    }
    if policy.calendars.last(id).is_none_or(|known| known.hours.retired) {
        found.push(Fault::new("wait.calendar", "is no calendar in use"));
    }
}

/// The people that a condition names, by name, address or id.
pub fn people_named(when: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if let Ok(query) = query::parse_condition(when) {
        terms(&query.filter, &mut |term| {
            if let Term::Assignee(people) | Term::Requester(people) | Term::Watcher(people) = term {
                found.extend(people.iter().filter_map(|person| match person {
                    Person::Named(name) => Some(name.clone()),
                    _ => None,
                }));
            }
        });
    }
    found
}

/// What is wrong with a condition.
pub(crate) fn condition(
    when: &str,
    policy: &Policy,
    knows: &dyn Fn(&str) -> bool,
    found: &mut Vec<Fault>,
) {
    let query = match query::parse_condition(when) {
        Ok(query) => query,
        Err(error) => {
            let message = format!("{} (at character {})", error.message, error.position + 1);
            return found.push(Fault::new("when", message));
        }
    };
    if query.sort.is_some() {
        found.push(Fault::new("when", "a condition has no order: leave out sort:"));
    }
    let mut unknown = |what: &str, name: &str| {
        let place = when.to_lowercase().find(&name.to_lowercase());
        let place = place.map_or(String::new(), |at| {
            let before = when.get(..at).map_or(0, |text| text.chars().count());
            format!(" (at character {})", before + 1)
        });
        found.push(Fault::new("when", format!("\"{name}\" is no {what} in use{place}")));
    };
    terms(&query.filter, &mut |term| match term {
        Term::Team(wanted) => wanted.iter().for_each(|team| match team {
            TeamName::Named(name) if !has_team(policy, name) => unknown("team", name),
            TeamName::Mine => unknown("team of a rule's, for nobody asks here; mine", "mine"),
            _ => {}
        }),
        Term::Service(wanted) => names(wanted, &mut |name| {
            if !has_service(policy, name) {
                unknown("service", name);
            }
        }),
        Term::Category(wanted) => names(wanted, &mut |name| {
            if !has_category(policy, name) {
                unknown("category", name);
            }
        }),
        Term::Hours(wanted) => names(wanted, &mut |name| {
            if super::wait::calendars_called(name, policy).next().is_none() {
                unknown("calendar", name);
            }
        }),
        Term::Organisation(wanted) => names(wanted, &mut |name| {
            if !has_organisation(policy, name) {
                unknown("organisation", name);
            }
        }),
        Term::Assignee(people) | Term::Requester(people) | Term::Watcher(people) => {
            people.iter().for_each(|person| match person {
                Person::Named(name) if !has_person(policy, name) && !knows(name) => {
                    unknown("person", name);
                }
                Person::Me => unknown("person of a rule's, for nobody asks here; me", "me"),
                _ => {}
            });
        }
        _ => {}
    });
}

pub(super) fn terms<'a>(expr: &'a Expr, each: &mut dyn FnMut(&'a Term)) {
    match expr {
        Expr::All => {}
        Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| terms(part, each)),
        Expr::Not(inner) => terms(inner, each),
        Expr::Term(term) => each(term),
    }
}

fn names(wanted: &[Choice<String>], each: &mut dyn FnMut(&str)) {
    for choice in wanted {
        if let Choice::Is(name) = choice {
            each(name);
        }
    }
}

fn has_team(policy: &Policy, name: &str) -> bool {
    let by_id = name.parse::<TeamId>().is_ok_and(|id| policy.teams.contains_key(&id));
    by_id || policy.teams.values().any(|team| same_name(name, &team.name))
}

fn has_service(policy: &Policy, name: &str) -> bool {
    let by_id = name.parse::<ServiceId>().is_ok_and(|id| policy.services.contains_key(&id));
    by_id || policy.services.values().any(|service| same_name(name, &service.name))
}

fn has_category(policy: &Policy, name: &str) -> bool {
    let by_id = name.parse::<CategoryId>().is_ok_and(|id| policy.categories.contains_key(&id));
    by_id || policy.categories.values().any(|category| same_name(name, leaf(&category.path)))
}

fn has_organisation(policy: &Policy, name: &str) -> bool {
    let by_id =
        name.parse::<OrganisationId>().is_ok_and(|id| policy.organisations.contains_key(&id));
    by_id || policy.organisations.values().any(|other| same_name(name, other))
}

fn has_person(policy: &Policy, name: &str) -> bool {
    let by_id = name.parse::<PersonId>().is_ok_and(|id| policy.staff.contains_key(&id));
    by_id || policy.staff.values().any(|staff| same_name(name, &staff.name))
}

type Wrong = (&'static str, String);

fn check(action: &Action, policy: &Policy) -> Result<(), Wrong> {
    match action {
        Action::Classify { service, category, fields } => {
            if service.is_none() && category.is_none() && fields.is_empty() {
                return Err(("service", "name a service, a category or a field".to_owned()));
            }
            known("service", "service", *service, |id| policy.services.contains_key(&id))?;
            known("category", "category", *category, |id| policy.categories.contains_key(&id))?;
            let fields = fields.iter().map(|(name, value)| (name, Some(value)));
            crate::decide::check_fields(fields).map_err(|refusal| ("fields", refusal.message))
        }
        Action::Tag { add, remove } => {
            if add.is_empty() && remove.is_empty() {
                return Err(("add", "name a tag".to_owned()));
            }
            crate::decide::check_tags(add).map_err(|refusal| ("add", refusal.message))
        }
        Action::Prioritise { impact, urgency, priority, reason } => {
            match (impact.is_some() || urgency.is_some(), priority, reason) {
                (false, None, _) => Err((
                    "impact",
                    "give impact or urgency, or a priority with a reason".to_owned(),
                )),
                (true, Some(_), _) => Err((
                    "priority",
                    "give either impact and urgency, or a priority with a reason".to_owned(),
                )),
                (false, Some(_), None) => {
                    Err(("reason", "is needed to override the computed priority".to_owned()))
                }
                _ => short("reason", reason.as_deref()),
            }
        }
        Action::Assign { team, assignee } => {
            if team.is_none() && assignee.is_none() {
                return Err(("team", "name a team or a person".to_owned()));
            }
            known("team", "team", *team, |id| policy.teams.contains_key(&id))?;
            works("assignee", *assignee, policy)
        }
        Action::Escalate { team, manager, reason } => {
            if team.is_none() && manager.is_none() {
                return Err(("team", "name the team to bring in, or a manager".to_owned()));
            }
            known("team", "team", *team, |id| policy.teams.contains_key(&id))?;
            works("manager", *manager, policy)?;
            needed("reason", reason, limits::REASON_CHARS)
        }
        Action::Watch { person } => match policy.staff.get(person) {
            Some(staff) if staff.active => Ok(()),
            _ => Err(("person", "is nobody who works here".to_owned())),
        },
        Action::AddTask { title } => needed("title", title, limits::TITLE_CHARS),
        Action::ApplyModel { model } => {
            known("model", "incident model", Some(*model), |id| policy.model(id).is_some())
        }
        Action::Comment { body } => needed("body", body, limits::BODY_CHARS),
        Action::ProposeMajor { reason } | Action::DeclareMajor { reason } => {
            short("reason", reason.as_deref())
        }
        Action::Hold { reason, seconds, note } => {
            match seconds {
                None if *reason == HoldReason::Scheduled => {
                    return Err(("seconds", "is needed: when does work resume?".to_owned()));
                }
                Some(seconds) if !(HOLD_SECONDS_MIN..=HOLD_SECONDS_MAX).contains(seconds) => {
                    return Err(("seconds", "must be 5 minutes to 366 days".to_owned()));
                }
                _ => {}
            }
            short("note", note.as_deref())
        }
    }
}

fn known<Id: Copy>(
    field: &'static str,
    what: &str,
    id: Option<Id>,
    there: impl Fn(Id) -> bool,
) -> Result<(), Wrong> {
    match id {
        Some(id) if !there(id) => Err((field, format!("is no {what} in use"))),
        _ => Ok(()),
    }
}

fn works(field: &'static str, person: Option<PersonId>, policy: &Policy) -> Result<(), Wrong> {
    let Some(person) = person else { return Ok(()) };
    let works = |staff: &StaffPolicy| staff.active && staff.works();
    match policy.staff.get(&person).is_some_and(works) {
        true => Ok(()),
        false => Err((field, "is nobody who works on incidents".to_owned())),
    }
}

fn needed(field: &'static str, text: &str, max_chars: usize) -> Result<(), Wrong> {
    // The store refuses NUL, and every command that the rule matches would fail with it.
    if text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err((field, "holds a control character".to_owned()));
    }
    match text.trim().chars().count() {
        0 => Err((field, "is needed".to_owned())),
        count if count > max_chars => {
            Err((field, format!("is longer than {max_chars} characters")))
        }
        _ => Ok(()),
    }
}

fn short(field: &'static str, text: Option<&str>) -> Result<(), Wrong> {
    text.map_or(Ok(()), |text| needed(field, text, limits::REASON_CHARS))
}
