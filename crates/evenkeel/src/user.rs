//! `evenkeel user`: people without the browser.

use crate::cli::{UserAddArgs, UserCommand};
use crate::config::Settings;
use crate::failed::Failed;
use crate::instance::{self, Missing};
use crate::{output, password};
use desk::{Audit, Desk, Trouble};
use incident::Refusal;
use kernel::{PersonId, Role, TeamId, limits};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::Sql;
use store::directory::people::{self, PeopleFilter, Person};
use store::directory::{sessions, teams};

/// People read at a time.
const PAGE_ROWS: usize = 500;

/// A person as `list` tells of them.
#[derive(Serialize)]
struct Row {
    id: PersonId,
    email: Option<String>,
    name: String,
    roles: BTreeSet<Role>,
    teams: Vec<String>,
    active: bool,
    has_password: bool,
}

/// Runs one of the commands.
pub(crate) async fn run(command: &UserCommand, settings: &Settings) -> Result<(), Failed> {
    let desk = instance::open(settings, Missing::Refuse).await?;
    match command {
        UserCommand::Add(args) => add(&desk, args).await,
        UserCommand::List { json } => list(&desk, *json).await,
        UserCommand::Disable { email } => set_active(&desk, email, false).await,
        UserCommand::Enable { email } => set_active(&desk, email, true).await,
        UserCommand::ResetPassword { email, password_stdin } => {
            reset_password(&desk, email, *password_stdin).await
        }
    }
}

/// An e-mail address as it is stored, or why it is none.
pub(crate) fn email(text: &str) -> Result<String, Failed> {
    let email = text.trim().to_lowercase();
    let well_formed = email
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    if !well_formed || email.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Failed::usage(format!(
            "`{text}` is not an e-mail address such as you@company.example"
        )));
    }
    if email.chars().count() > limits::EMAIL_CHARS {
        return Err(Failed::usage(format!(
            "the e-mail address is longer than {} characters",
            limits::EMAIL_CHARS
        )));
    }
    Ok(email)
}

/// A name as it is stored, or why it is none.
pub(crate) fn name(text: &str) -> Result<String, Failed> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(Failed::usage("a name needs letters, and no control characters"));
    }
    if name.chars().count() > limits::NAME_CHARS {
        return Err(Failed::usage(format!(
            "the name is longer than {} characters",
            limits::NAME_CHARS
        )));
    }
    Ok(name)
}

/// The administrators whose accounts are in use.
pub(crate) fn administrators(sql: &mut dyn Sql) -> Result<Vec<Person>, store::Failure> {
    let staff = PeopleFilter { staff_only: true, active: Some(true), ..PeopleFilter::default() };
    let mut found = every(sql, &staff)?;
    found.retain(|person| person.roles.contains(&Role::Administrator));
    Ok(found)
}

/// Changes a person, with the audit entry.
pub(crate) fn update(
    sql: &mut dyn Sql,
    audit: &Audit,
    before: &Person,
    after: &Person,
) -> Result<(), Trouble> {
    if !people::update(sql, after, before.version)? {
        return Err(Refusal::state(
            "changed",
            "somebody changed this person at the same moment; start again",
        )
        .into());
    }
    audit.changed(sql, "person", after.id, before, after)?;
    Ok(())
}

/// The person with this address; words that help if there is none.
pub(crate) fn find(sql: &mut dyn Sql, email: &str) -> Result<Person, Trouble> {
    people::by_email(sql, email)?.ok_or_else(|| {
        Refusal::not_found(format!(
            "there is nobody with the address {email}; `evenkeel user list` shows everybody"
        ))
        .into()
    })
}

async fn add(desk: &Desk, args: &UserAddArgs) -> Result<(), Failed> {
    let (email, name) = (email(&args.email)?, name(&args.name)?);
    let hash = match args.password_stdin {
        true => Some(desk::accounts::hash_password(&password::from_stdin()?).await?),
        false => None,
    };
    let (roles, wanted): (BTreeSet<Role>, _) =
        (args.roles.iter().copied().collect(), args.teams.clone());
    let id = PersonId(desk::fresh());
    let (address, can_sign_in) = (email.clone(), hash.is_some());
    desk.change(desk::command_line(), move |sql, audit| {
        if people::by_email(sql, &address)?.is_some() {
            let words = format!("there is somebody with the address {address} already");
            return Err(Refusal::state("exists", words).into());
        }
        let mut person = Person::new(id, name, Some(&address), audit.now());
        person.roles = roles;
        people::insert(sql, &person, hash.as_deref())?;
        audit.created(sql, "person", id, &person)?;
        for team in find_teams(sql, &wanted)? {
            teams::add_member(sql, team, id)?;
            audit.changed(sql, "team_members", team, &serde_json::Value::Null, &address)?;
        }
        Ok(())
    })
    .await?;
    output::line(format!("{email} is known now."))?;
    if !can_sign_in {
        output::say("They have no password yet: `evenkeel user reset-password` gives them one.");
    }
    Ok(())
}

fn find_teams(sql: &mut dyn Sql, wanted: &[String]) -> Result<BTreeSet<TeamId>, Trouble> {
    let mut found = BTreeSet::new();
    for name in wanted {
        match teams::by_name(sql, name)?.filter(|team| team.active) {
            Some(team) => found.insert(team.id),
            None => {
                let known: Vec<String> = teams::list(sql)?
                    .into_iter()
                    .filter(|team| team.active)
                    .map(|team| team.name)
                    .collect();
                let words = match known.is_empty() {
                    true => format!(
                        "there is no team {name}; there are none yet, make them on screen under Settings"
                    ),
                    false => format!("there is no team {name}; there are {}", known.join(", ")),
                };
                return Err(Refusal::not_found(words).into());
            }
        };
    }
    Ok(found)
}

async fn list(desk: &Desk, json: bool) -> Result<(), Failed> {
    let rows = desk
        .read(|sql| {
            let of_person = teams_by_person(sql)?;
            let everybody = every(sql, &PeopleFilter::default())?;
            Ok(everybody.into_iter().map(|person| row(person, &of_person)).collect::<Vec<_>>())
        })
        .await?;
    if json {
        return output::json(&rows);
    }
    let cells = |row: &Row| {
        let roles: Vec<&str> = row.roles.iter().map(|role| role.as_str()).collect();
        vec![
            row.email.clone().unwrap_or_default(),
            row.name.clone(),
            roles.join(", "),
            row.teams.join(", "),
            match (row.active, row.has_password) {
                (false, _) => "disabled",
                (true, true) => "active",
                (true, false) => "no password",
            }
            .to_owned(),
        ]
    };
    let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
    output::table(&["EMAIL", "NAME", "ROLES", "TEAMS", "ACCOUNT"], &cells)
}

fn row(person: Person, teams: &BTreeMap<PersonId, Vec<String>>) -> Row {
    Row {
        id: person.id,
        email: person.email,
        name: person.name,
        roles: person.roles,
        teams: teams.get(&person.id).cloned().unwrap_or_default(),
        active: person.active,
        has_password: person.has_password,
    }
}

fn teams_by_person(sql: &mut dyn Sql) -> Result<BTreeMap<PersonId, Vec<String>>, store::Failure> {
    let members = teams::all_members(sql)?;
    let mut found: BTreeMap<PersonId, Vec<String>> = BTreeMap::new();
    for team in teams::list(sql)?.into_iter().filter(|team| team.active) {
        for person in members.get(&team.id).into_iter().flatten() {
            found.entry(*person).or_default().push(team.name.clone());
        }
    }
    Ok(found)
}

fn every(sql: &mut dyn Sql, filter: &PeopleFilter) -> Result<Vec<Person>, store::Failure> {
    let mut found: Vec<Person> = Vec::new();
    loop {
        let page = people::list(sql, filter, PAGE_ROWS, found.last().map(|person| person.id))?;
        let last_page = page.len() < PAGE_ROWS;
        found.extend(page);
        if last_page {
            return Ok(found);
        }
    }
}

async fn set_active(desk: &Desk, address: &str, active: bool) -> Result<(), Failed> {
    let address = email(address)?;
    let whose = address.clone();
    let changed = desk
        .change(desk::command_line(), move |sql, audit| {
            let before = find(sql, &whose)?;
            if before.active == active {
                return Ok(false);
            }
            if !active && !people::has_other_administrator(sql, before.id)? {
                let words = "this is the only administrator; make somebody else one first";
                return Err(Refusal::state("last_administrator", words).into());
            }
            let after = Person { active, ..before.clone() };
            update(sql, audit, &before, &after)?;
            if !active {
                sessions::delete_of_person(sql, after.id, None)?;
            }
            Ok(true)
        })
        .await?;
    output::line(match (changed, active) {
        (true, true) => format!("{address} can sign in again."),
        (true, false) => format!("{address} cannot sign in any more; their sessions have ended."),
        (false, true) => format!("{address} is in use already."),
        (false, false) => format!("{address} was out of use already."),
    })
}

async fn reset_password(desk: &Desk, address: &str, from_stdin: bool) -> Result<(), Failed> {
    let address = email(address)?;
    let new = if from_stdin { password::from_stdin()? } else { password::random() };
    let hash = desk::accounts::hash_password(&new).await?;
    let whose = address.clone();
    desk.change(desk::command_line(), move |sql, audit| {
        let person = find(sql, &whose)?;
        people::set_password_hash(sql, person.id, Some(&hash))?;
        sessions::delete_of_person(sql, person.id, None)?;
        // That it changed, never to what.
        audit.changed(
            sql,
            "password",
            person.id,
            &serde_json::Value::Null,
            &serde_json::Value::Null,
        )?;
        Ok(())
    })
    .await?;
    output::say(format!("{address} has a new password; their sessions have ended."));
    if from_stdin { Ok(()) } else { output::line(new) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_names_are_checked() {
        assert_eq!(email(" Ada@Company.Example ").unwrap(), "ada@company.example");
        for bad in ["", "ada", "ada@", "@company", "a b@company", "a@b@c"] {
            assert!(email(bad).is_err(), "{bad}");
        }
        assert!(email(&format!("{}@company.example", "a".repeat(limits::EMAIL_CHARS))).is_err());
        assert_eq!(name("  Ada \t Example ").unwrap(), "Ada Example");
        assert!(name(" ").is_err());
        assert!(name(&"a".repeat(limits::NAME_CHARS + 1)).is_err());
    }
}
