//! Rules: what follows by itself when something happens.

mod command;
mod preview;
mod wait;

use crate::app::App;
use crate::auth::Caller;
use crate::calendars::Known;
use crate::directory::{Cards, Directory};
use crate::door::Door;
use crate::json::{self, Body};
use crate::kept::{self, name};
use crate::once::Once;
use crate::page::{ListParams, Page, Params, page_of};
use crate::path::Path;
use crate::problem::{FieldError, Problem};
use crate::reference::References;
use crate::version::Seen;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use command::{RuleCommand, named};
use incident::rules::{Moment, Rule, Wait};
use kernel::RuleId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::directory::rules;
use utoipa::ToSchema;
use wait::RuleWait;

/// What it is called in refusals and in the audit.
const WHAT: &str = "rule";

/// A rule.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rule)]
struct Shown {
    #[schema(value_type = String)]
    id: RuleId,
    name: String,
    /// Rules are tried in rising place, from 1.
    place: i64,
    /// Whether it is in use.
    active: bool,
    /// What sets it off.
    #[schema(value_type = Vec<String>)]
    on: BTreeSet<Moment>,
    /// For how long it waits, and for what.
    wait: Option<RuleWait>,
    /// The condition, in the query language; empty: always.
    when: String,
    /// The commands that follow.
    #[serde(rename = "do")]
    actions: Vec<RuleCommand>,
    /// Whether no later rule is tried once this one matched.
    stop: bool,
    /// What it names that is not there any more; a rule with faults is left out.
    faults: Vec<FieldError>,
    version: i64,
}

/// A new rule.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRule {
    /// Its name, unique whatever the case; timelines say it.
    name: String,
    /// `reported`, `classified`, `priority_changed`, `assigned`, `acknowledged`, `message`
    /// (the requester wrote), `commented`, `put_on_hold`, `resumed`, `warned`, `breached`,
    /// `escalated`, `major_declared`, `resolved`, `reopened`, `changed` (anything), `waited`
    /// (time passed; takes `wait`).
    #[schema(value_type = Vec<String>)]
    on: BTreeSet<Moment>,
    /// For how long it waits, and for what, where `on` names `waited`.
    wait: Option<RuleWait>,
    /// The condition, in the query language; always, when absent.
    when: Option<String>,
    /// The commands that follow, each once but `add-task` and `apply-model`.
    #[serde(rename = "do")]
    actions: Vec<RuleCommand>,
    /// Whether no later rule is tried once this one matched; no, when absent.
    stop: Option<bool>,
    /// In use at once, when absent.
    active: Option<bool>,
    /// Its place in the order, from 1; the last, when absent.
    place: Option<u16>,
}

/// What to change of a rule; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RuleChange {
    name: Option<String>,
    #[schema(value_type = Option<Vec<String>>)]
    on: Option<BTreeSet<Moment>>,
    /// Goes with `waited` in `on`, and falls away with it.
    wait: Option<RuleWait>,
    when: Option<String>,
    #[serde(rename = "do")]
    actions: Option<Vec<RuleCommand>>,
    stop: Option<bool>,
    active: Option<bool>,
    /// Its place in the order, from 1; the others move up.
    place: Option<u16>,
}

pub(crate) fn doors() -> Vec<Door> {
    vec![
        Door::get("/api/v1/rules", "listRules", list)
            .about("rules", "List rules", "In the order in which they are tried, those out of use too.")
            .query::<ListParams>()
            .answers::<Page<Shown>>(200, "A page of them.")
            .problems(&[401, 403, 422, 503]),
        Door::post("/api/v1/rules", "createRule", create)
            .about("rules", "Create a rule", "For administrators. When one of the moments happens and the condition holds, its commands are issued in the same transaction; the timeline says which rule did it and why. A rule runs at most once for an incident and a command.")
            .body::<NewRule>(json!({
                "name": "Printers to Field service",
                "on": ["reported", "classified"],
                "when": "service:\"Label Printing\" -tag:recall",
                "do": [{ "command": "assign", "team": "Field service" }, { "command": "tag", "add": ["printer"] }],
            }))
            .once()
            .answers::<Shown>(201, "The rule.")
            .problems(&[400, 401, 403, 409, 413, 415, 422, 503]),
        Door::get("/api/v1/rules/{id}", "readRule", read)
            .about("rules", "Read a rule", "By id or name.")
            .answers::<Shown>(200, "The rule.")
            .problems(&[401, 403, 404, 503]),
        Door::patch("/api/v1/rules/{id}", "changeRule", change)
            .about("rules", "Change a rule", "For administrators.")
            .body::<RuleChange>(json!({ "active": false }))
            .if_match()
            .answers::<Shown>(200, "The rule as it is now.")
            .problems(&[400, 401, 403, 404, 409, 412, 413, 415, 422, 503]),
        Door::delete("/api/v1/rules/{id}", "removeRule", remove)
            .about("rules", "Remove a rule", "For administrators. Timelines name it still.")
            .if_match()
            .answers_plainly(204, "", "It is gone.")
            .problems(&[401, 403, 404, 412, 503]),
        preview::door(),
    ]
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let all = app.desk().read(rules::list).await?;
    let (found, next) = page_of(all, &params, |rule| rule.id, |rule| &rule.name)?;
    let asked = found.clone();
    let faults = app.desk().read(move |sql| desk::check_rules(sql, &asked)).await?;
    let directory = app.directory().await?;
    let named = found.iter().flat_map(|rule| named(&rule.actions)).collect::<BTreeSet<_>>();
    let people = directory.people(app.desk(), named).await?;
    let names = Names { directory, people, calendars: Known::of(&app) };
    let show = |(rule, faults)| show(rule, faults, &names);
    let items = found.into_iter().zip(faults).map(show).collect();
    Ok(json::answer(StatusCode::OK, &Page { items, next }))
}

async fn create(
    State(app): State<App>,
    caller: Caller,
    once: Once,
    body: Body<NewRule>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let new = body.value;
    let references = References::of(&app, caller.viewer()).await?;
    let mut rule = Rule {
        id: RuleId(desk::fresh()),
        name: name("name", &new.name)?,
        place: new.place.map_or(i64::MAX, i64::from),
        active: new.active.unwrap_or(true),
        on: new.on,
        wait: new.wait.map(|wait| wait.read(&Known::of(&app))).transpose()?,
        when: new.when.unwrap_or_default(),
        actions: command::read(&references, new.actions).await?,
        stop: new.stop.unwrap_or(false),
        version: 1,
    };
    check(&app, &mut rule).await?;
    let names = names(&app, &rule).await?;
    kept::create(&app, &caller, once.of(&body.bytes), move |sql, audit| {
        let made = desk::rules::make_rule(sql, audit, &rule)?;
        Ok(show(made, vec![], &names))
    })
    .await
}

async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(rule): Path<String>,
) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    respond(&app, find(&app, &rule).await?).await
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(rule): Path<String>,
    seen: Seen,
    body: Body<RuleChange>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let before = find(&app, &rule).await?;
    let change = body.value;
    let references = References::of(&app, caller.viewer()).await?;
    let name = change.name.as_deref().map(|text| name("name", text)).transpose()?;
    let actions = match change.actions {
        Some(given) => Some(command::read(&references, given).await?),
        None => None,
    };
    let wait = change.wait.map(|wait| wait.read(&Known::of(&app))).transpose()?;
    let RuleChange { on, when, stop, active, place, .. } = change;
    let mut edit = Edit { name, on, wait, when, actions, stop, active, place };
    let mut wanted = edit.over(&before);
    // One that is out of date can be taken out of use as it is.
    if wanted.active || edit.changes_what_it_does() {
        check(&app, &mut wanted).await?;
    }
    edit.write_canonically(wanted.when);
    let id = before.id;
    let changed = app.desk().change(caller.actor(), move |sql, audit| {
        let before = rules::get(sql, id)?.ok_or_else(|| kept::missing(WHAT))?;
        kept::check_seen(seen.must_be, before.version)?;
        desk::rules::change_rule(sql, audit, &edit.over(&before))
    });
    respond(&app, changed.await?).await
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(rule): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_configure()?;
    let id = find(&app, &rule).await?.id;
    app.desk()
        .change(caller.actor(), move |sql, audit| {
            let before = rules::get(sql, id)?.ok_or_else(|| kept::missing(WHAT))?;
            kept::check_seen(seen.must_be, before.version)?;
            rules::delete(sql, id)?;
            Ok(audit.deleted(sql, WHAT, id, &before)?)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A change with what it names found; what is absent stays as it is by then.
#[derive(Default)]
struct Edit {
    name: Option<String>,
    on: Option<BTreeSet<Moment>>,
    wait: Option<Wait>,
    when: Option<String>,
    actions: Option<Vec<incident::rules::Action>>,
    stop: Option<bool>,
    active: Option<bool>,
    place: Option<u16>,
}

impl Edit {
    fn changes_what_it_does(&self) -> bool {
        self.on.is_some() || self.wait.is_some() || self.when.is_some() || self.actions.is_some()
    }

    /// Only a condition that is given is written: the stored one may be newer than the one
    /// that was read.
    fn write_canonically(&mut self, canonical: String) {
        if let Some(when) = &mut self.when {
            *when = canonical;
        }
    }

    fn over(&self, before: &Rule) -> Rule {
        let waits = |on: &BTreeSet<Moment>| on.contains(&Moment::Waited);
        let kept = before.wait.filter(|_| self.on.as_ref().is_none_or(waits));
        Rule {
            wait: self.wait.or(kept),
            name: self.name.clone().unwrap_or_else(|| before.name.clone()),
            place: self.place.map_or(before.place, i64::from),
            active: self.active.unwrap_or(before.active),
            on: self.on.clone().unwrap_or_else(|| before.on.clone()),
            when: self.when.clone().unwrap_or_else(|| before.when.clone()),
            actions: self.actions.clone().unwrap_or_else(|| before.actions.clone()),
            stop: self.stop.unwrap_or(before.stop),
            ..before.clone()
        }
    }
}

/// The rule with this id or name.
async fn find(app: &App, text: &str) -> Result<Rule, Problem> {
    let text = text.to_owned();
    let found = app.desk().read(move |sql| match text.parse() {
        Ok(id) => rules::get(sql, id),
        Err(_) => rules::by_name(sql, &text),
    });
    Ok(found.await?.ok_or_else(|| kept::missing(WHAT))?)
}

/// Refuses a rule that could not run, naming every field at fault; its condition
/// becomes its canonical text.
async fn check(app: &App, rule: &mut Rule) -> Result<(), Problem> {
    let asked = rule.clone();
    let faults = app.desk().read(move |sql| desk::check_rule(sql, &asked)).await?;
    if !faults.is_empty() {
        let error = |fault: incident::rules::Fault| FieldError {
            field: fault.field,
            message: fault.message,
        };
        return Err(Problem::invalid_all(faults.into_iter().map(error).collect()));
    }
    if let Ok(query) = query::parse_condition(&rule.when) {
        rule.when = query.to_string();
    }
    Ok(())
}

async fn respond(app: &App, rule: Rule) -> Result<Response, Problem> {
    let version = rule.version;
    Ok(kept::answer(&shown(app, rule).await?, version))
}

/// What rules name.
struct Names {
    directory: Arc<Directory>,
    people: Cards,
    calendars: Known,
}

async fn names(app: &App, rule: &Rule) -> Result<Names, Problem> {
    let directory = app.directory().await?;
    let people = directory.people(app.desk(), named(&rule.actions)).await?;
    Ok(Names { directory, people, calendars: Known::of(app) })
}

async fn shown(app: &App, rule: Rule) -> Result<Shown, Problem> {
    let names = names(app, &rule).await?;
    let asked = rule.clone();
    let faults = app.desk().read(move |sql| desk::check_rule(sql, &asked)).await?;
    Ok(show(rule, faults, &names))
}

fn show(rule: Rule, faults: Vec<incident::rules::Fault>, names: &Names) -> Shown {
    let faults =
        faults.into_iter().map(|fault| FieldError { field: fault.field, message: fault.message });
    Shown {
        id: rule.id,
        name: rule.name,
        place: rule.place,
        active: rule.active,
        on: rule.on,
        wait: rule.wait.map(|wait| RuleWait::of(wait, &names.calendars)),
        when: rule.when,
        actions: rule
            .actions
            .into_iter()
            .map(|action| RuleCommand::of(action, &names.directory, &names.people))
            .collect(),
        stop: rule.stop,
        faults: faults.collect(),
        version: rule.version,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_that_is_not_given_stays_what_it_has_become_meanwhile() {
        let rule = |when: &str| Rule {
            id: RuleId(desk::fresh()),
            name: "Sort".to_owned(),
            place: 1,
            active: true,
            on: BTreeSet::new(),
            wait: None,
            when: when.to_owned(),
            actions: vec![],
            stop: false,
            version: 1,
        };
        let (old, new) = (rule("vpn"), rule("mail"));
        let mut edit = Edit { stop: Some(true), ..Edit::default() };
        edit.write_canonically(edit.over(&old).when);
        assert_eq!((edit.over(&new).when.as_str(), edit.over(&new).stop), ("mail", true));
        let mut edit = Edit { when: Some("prio:4".to_owned()), ..Edit::default() };
        edit.write_canonically("priority:P4".to_owned());
        assert_eq!(edit.over(&new).when, "priority:P4");
    }
}
