//! Macros: who may keep which, and their words filled in for an incident. Their commands are
//! issued by whoever sends the words, one by one, as if they had been chosen by hand.

use crate::{Audit, Desk, Trouble, check_seen};
use incident::macros::{Macro, Owner, fill};
use incident::{Access, Refusal, Scope, TokenScope, Viewer};
use kernel::{InOrder, IncidentNumber, Language, MacroId, Role, Timestamp};
use std::collections::BTreeMap;
use store::directory::macros::{self as rows, MACROS_MAX};
use store::directory::people::{self, Person};
use store::incidents::list::{self, IncidentRow};
use store::{Failure, Sql};

/// A macro filled in for an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// It.
    pub found: Macro,
    /// Its words for the requester of this incident.
    pub words: String,
    /// Variables that have no value here; they stand in the words as they are.
    pub missing: Vec<String>,
}

/// Who arranges what is not their own.
const ARRANGES: [Role; 2] = [Role::Manager, Role::Administrator];

/// Whether somebody may make, change and remove a macro of this owner's.
pub fn may_keep(viewer: &Viewer, owner: Owner) -> bool {
    let works = viewer.works() && viewer.scope >= TokenScope::Write;
    works
        && match owner {
            Owner::Person(person) => person == viewer.person,
            Owner::Team(team) => viewer.teams.contains(&team) || viewer.has(&ARRANGES),
            Owner::Everybody => viewer.has(&ARRANGES),
        }
}

/// Whether somebody may read a macro of this owner's.
pub fn may_read(viewer: &Viewer, owner: Owner) -> bool {
    viewer.reads_configuration()
        && match owner {
            Owner::Person(person) => person == viewer.person,
            Owner::Team(team) => {
                let reads = viewer.has(&ARRANGES) || viewer.has(&[Role::Auditor]);
                reads || viewer.teams.contains(&team)
            }
            Owner::Everybody => true,
        }
}

/// The macros that somebody may read, by name.
pub fn readable(sql: &mut dyn Sql, viewer: &Viewer) -> Result<Vec<Macro>, Failure> {
    let mut found = rows::of_person(sql, viewer.person)?;
    found.extend(rows::shared(sql)?);
    found.retain(|one| may_read(viewer, one.owner));
    found.order_by_key(|one| (one.name.to_lowercase(), one.id));
    found.dedup_by_key(|one| one.id);
    Ok(found)
}

/// The macro with this id.
///
/// # Errors
///
/// There is none that the viewer may read.
pub fn get(sql: &mut dyn Sql, viewer: &Viewer, id: MacroId) -> Result<Macro, Trouble> {
    let found = rows::get(sql, id)?.filter(|one| may_read(viewer, one.owner));
    found.ok_or_else(missing)
}

/// Makes a macro.
///
/// # Errors
///
/// A rule it breaks, an owner the viewer may not keep it for, or too many macros.
pub fn make(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    one: Macro,
) -> Result<Macro, Trouble> {
    let one = Macro { uses: 0, version: 1, ..one.in_order() };
    check(sql, audit, viewer, &one)?;
    if rows::count(sql)? >= MACROS_MAX {
        return Err(Refusal::limit(format!("there are {MACROS_MAX} macros; remove one")).into());
    }
    rows::insert(sql, &one, audit.now())?;
    audit.created(sql, Macro::WHAT, one.id, &told(&one))?;
    Ok(one)
}

/// Changes a macro that is at the version it was seen at, and gives it as it is now.
///
/// # Errors
///
/// A rule it breaks; somebody was faster; there is none; the viewer may not.
pub fn change(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    one: Macro,
) -> Result<Macro, Trouble> {
    let before = get(sql, viewer, one.id)?;
    must_keep(viewer, before.owner)?;
    let seen = one.version;
    if before.version != seen {
        return Err(Trouble::Stale { seen, current: before.version });
    }
    let one = Macro { uses: before.uses, ..one.in_order() };
    check(sql, audit, viewer, &one)?;
    if !rows::update(sql, &one, seen)? {
        return Err(Trouble::Stale { seen, current: seen + 1 });
    }
    let after = Macro { version: seen + 1, ..one };
    audit.changed(sql, Macro::WHAT, after.id, &told(&before), &told(&after))?;
    Ok(after)
}

/// Removes a macro.
///
/// # Errors
///
/// There is none, somebody changed it since version `seen`, or the viewer may not.
pub fn remove(
    sql: &mut dyn Sql,
    audit: &Audit,
    viewer: &Viewer,
    (id, seen): (MacroId, Option<i64>),
) -> Result<(), Trouble> {
    let before = get(sql, viewer, id)?;
    must_keep(viewer, before.owner)?;
    check_seen(seen, before.version)?;
    rows::delete(sql, id)?;
    Ok(audit.deleted(sql, Macro::WHAT, id, &told(&before))?)
}

/// A macro as the audit tells it: others read the audit, and one's own words are one's own.
fn told(one: &Macro) -> serde_json::Value {
    match one.owner {
        Owner::Person(_) => serde_json::json!({
            "id": one.id,
            "name": one.name,
            "owner": one.owner,
            "version": one.version,
        }),
        Owner::Team(_) | Owner::Everybody => serde_json::json!(one),
    }
}

fn missing() -> Trouble {
    Refusal::not_found("there is no such macro").into()
}

fn must_keep(viewer: &Viewer, owner: Owner) -> Result<(), Trouble> {
    if may_keep(viewer, owner) {
        return Ok(());
    }
    let words = match owner {
        Owner::Person(_) => "macros are kept by people who work on incidents, each their own",
        Owner::Team(_) => "a team's macros are kept by its members and by managers",
        Owner::Everybody => "managers and administrators keep the macros of everybody",
    };
    Err(Refusal::forbidden(words).into())
}

fn check(sql: &mut dyn Sql, audit: &Audit, viewer: &Viewer, one: &Macro) -> Result<(), Trouble> {
    must_keep(viewer, one.owner)?;
    let faults = one.faults(&audit.policy(sql)?);
    if faults.is_empty() { Ok(()) } else { Err(Trouble::Faults(faults)) }
}

impl Desk {
    /// The macros that somebody who works here may use, by name.
    ///
    /// # Errors
    ///
    /// [`Trouble`] when the database does not answer.
    pub async fn macros(&self, viewer: &Viewer) -> Result<Vec<Macro>, Trouble> {
        if !viewer.works() {
            return Ok(vec![]);
        }
        let me = viewer.person;
        self.read(move |sql| rows::of_person(sql, me)).await
    }

    /// A macro with its words for an incident, in the requester's language where it has words in
    /// it. `moment` writes an instant for somebody who reads a language.
    ///
    /// # Errors
    ///
    /// There is no such macro, or no such incident, for this viewer.
    pub async fn filled_macro(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
        id: MacroId,
        moment: impl Fn(Timestamp, Language) -> String + Send + 'static,
    ) -> Result<Filled, Trouble> {
        let (scope, me, policy) = (Scope::of(viewer), viewer.person, self.policy());
        let usual = policy.language;
        let read = move |sql: &mut dyn Sql| {
            let Some(found) = rows::seen_by(sql, id, me)? else { return Ok(None) };
            let row = list::get(sql, &scope, number)?.filter(|row| row.access == Access::Full);
            let Some(row) = row else { return Ok(None) };
            let requester = people::get(sql, row.requester.id)?;
            Ok(Some((found, row, requester)))
        };
        let found = self.read(read).await?.filter(|_| viewer.works());
        let (found, row, requester) = found.ok_or_else(missing)?;
        let language = requester.as_ref().and_then(|person| person.language).unwrap_or(usual);
        let category = row.state.category.and_then(|id| policy.categories.get(&id));
        let category = category.map(|category| category.path.clone());
        let mut values = values(&row, requester.as_ref(), viewer);
        values.insert("category", category);
        values.insert("due", row.due_at.map(|at| moment(at, language)));
        values.insert("expected", row.state.expected.as_ref().map(|it| moment(it.at, language)));
        let value = |name: &str| values.get(name).cloned().flatten();
        let (words, missing) = fill(found.words_in(language), &value);
        Ok(Filled { words, missing, found })
    }

    /// Counts that a macro was sent; nobody waits for it.
    pub fn macro_used(&self, id: MacroId) {
        self.write_later("that a macro was used", move |sql| rows::used(sql, id));
    }
}

/// What the variables stand for, those aside that need a calendar or the tree of categories.
fn values(
    row: &IncidentRow,
    requester: Option<&Person>,
    viewer: &Viewer,
) -> BTreeMap<&'static str, Option<String>> {
    let asked = requester.map_or(&row.requester.name, |person| &person.name);
    let assignee = row.assignee.as_ref().map(|one| &one.name);
    let some = |text: &String| Some(text.clone()).filter(|text| !text.trim().is_empty());
    BTreeMap::from([
        ("number", Some(row.number.to_string())),
        ("title", some(&row.title)),
        ("requester", some(asked)),
        ("requester.first_name", first_name(asked)),
        ("organisation", row.organisation.as_ref().and_then(|one| some(&one.name))),
        ("service", row.service.as_ref().and_then(|one| some(&one.name))),
        ("priority", Some(row.state.priority.to_string())),
        ("team", row.team.as_ref().and_then(|one| some(&one.name))),
        ("assignee", assignee.and_then(some)),
        ("assignee.first_name", assignee.and_then(|name| first_name(name))),
        ("me", some(&viewer.name)),
        ("me.first_name", first_name(&viewer.name)),
    ])
}

fn first_name(name: &str) -> Option<String> {
    name.split_whitespace().next().map(str::to_owned)
}
