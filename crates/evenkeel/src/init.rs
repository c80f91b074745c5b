//! `evenkeel init`: the database and its first administrator.

use crate::cli::InitArgs;
use crate::config::Settings;
use crate::failed::Failed;
use crate::instance::{self, Missing};
use crate::{output, password, user};
use desk::{Audit, Desk, Trouble};
use incident::Refusal;
use kernel::Role;
use serde_json::{Map, Value};
use store::Sql;
use store::directory::people::{self, Person};
use store::directory::settings as stored;

/// The key of the setting that names the instance.
const INSTANCE: &str = "instance";
/// The roles of whoever sets an instance up: configure it and work with it.
const FIRST_ROLES: [Role; 2] = [Role::Administrator, Role::Agent];

/// Makes schema and first administrator, and names the organisation.
pub(crate) async fn run(args: &InitArgs, settings: &Settings) -> Result<(), Failed> {
    let email = user::email(&args.admin_email)?;
    let name = user::name(args.admin_name.as_deref().unwrap_or(&name_from(&email)))?;
    let organisation = args.name.as_deref().map(user::name).transpose()?;
    let desk = instance::open(settings, Missing::Make).await?;
    if let Some(administrator) = administrator(&desk).await? {
        if args.if_missing {
            output::say(format!(
                "There is an administrator already ({administrator}); nothing to do."
            ));
            return Ok(());
        }
        return Err(taken(&administrator));
    }
    let hash = desk::accounts::hash_password(&password::ask(&email)?).await?;
    let zone = args.time_zone.clone();
    let id = desk::fresh();
    let (for_person, if_missing) = (email.clone(), args.if_missing);
    let done = desk
        .change(desk::command_line(), move |sql, audit| {
            // Somebody else may have been quicker.
            if let Some(administrator) = first_administrator(sql)? {
                return Ok(Some(administrator));
            }
            let mut person = match people::by_email(sql, &for_person)? {
                Some(known) => known,
                None => Person::new(kernel::PersonId(id), name, Some(&for_person), audit.now()),
            };
            person.roles.extend(FIRST_ROLES);
            person.active = true;
            put_administrator(sql, audit, &person, &hash)?;
            put_instance(sql, audit, organisation, zone)?;
            Ok(None)
        })
        .await?;
    match done {
        Some(administrator) if !if_missing => Err(taken(&administrator)),
        Some(_) => Ok(()),
        None => output::line(format!(
            "{email} is the administrator now. Start with `evenkeel serve` and sign in."
        )),
    }
}

fn taken(administrator: &str) -> Failed {
    Failed::new(format!(
        "there is an administrator already ({administrator}); sign in as them, \
         or give somebody a new password with `evenkeel user reset-password`"
    ))
}

/// `Ada Example` of `ada.example@company.example`.
fn name_from(email: &str) -> String {
    let local = email.split('@').next().unwrap_or(email);
    let parts = local.split(['.', '_']).filter(|part| !part.is_empty());
    let capital = |part: &str| {
        let mut letters = part.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        first + letters.as_str()
    };
    let name = parts.map(capital).collect::<Vec<_>>().join(" ");
    if name.is_empty() { local.to_owned() } else { name }
}

async fn administrator(desk: &Desk) -> Result<Option<String>, Failed> {
    Ok(desk.read(first_administrator).await?)
}

fn first_administrator(sql: &mut dyn Sql) -> Result<Option<String>, store::Failure> {
    Ok(user::administrators(sql)?
        .into_iter()
        .next()
        .map(|person| person.email.unwrap_or(person.name)))
}

fn put_administrator(
    sql: &mut dyn Sql,
    audit: &Audit,
    person: &Person,
    hash: &str,
) -> Result<(), Trouble> {
    match people::get(sql, person.id)? {
        None => {
            people::insert(sql, person, Some(hash))?;
            audit.created(sql, "person", person.id, person)?;
        }
        Some(before) => {
            user::update(sql, audit, &before, person)?;
            people::set_password_hash(sql, person.id, Some(hash))?;
        }
    }
    Ok(())
}

/// Sets name and time zone of the instance, leaving the rest of that setting alone.
fn put_instance(
    sql: &mut dyn Sql,
    audit: &Audit,
    name: Option<String>,
    zone: Option<String>,
) -> Result<(), Trouble> {
    let said = [("name", name), ("time_zone", zone)];
    if said.iter().all(|(_, value)| value.is_none()) {
        return Ok(());
    }
    let before = stored::get::<Map<String, Value>>(sql, INSTANCE)?;
    let (mut value, version) =
        before.map_or_else(Default::default, |found| (found.value, found.version));
    let was = value.clone();
    for (key, said) in said {
        if let Some(said) = said {
            value.insert(key.to_owned(), Value::String(said));
        }
    }
    if !stored::put(sql, INSTANCE, &value, version)? {
        return Err(Refusal::state(
            "changed",
            "somebody changed the settings at the same moment; start again",
        )
        .into());
    }
    audit.changed(sql, "setting", INSTANCE, &was, &value)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_taken_from_the_address() {
        let names = ["ada.example@x.example", "ops@x.example", "._@x.example"].map(name_from);
        assert_eq!(names, ["Ada Example", "Ops", "._"]);
    }
}
