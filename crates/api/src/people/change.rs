//! Creating and changing people: what is asked, and the rules of its fields.

use super::away::{AwayGiven, SkillsGiven};
use super::{User, find, shown_with};
use crate::app::App;
use crate::auth::Caller;
use crate::directory::Directory;
use crate::json::Body;
use crate::kept::{self, Row, as_json, given, line, name};
use crate::path::Path;
use crate::problem::Problem;
use crate::reference::{References, is_email};
use crate::version::{Seen, Tries};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::Trouble;
use incident::assignment::Skills;
use incident::escalation::Whom;
use kernel::{Language, PersonId, Role, TeamId, Timestamp, limits};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::directory::{Person, people, sessions, teams};
use store::{Failure, Sql};
use utoipa::ToSchema;

/// A new person.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewUser {
    /// Unique whatever the case.
    email: String,
    name: String,
    /// `agent`, `responder`, `manager`, `administrator`, `auditor`; none for a requester.
    #[schema(value_type = Option<Vec<String>>)]
    roles: Option<BTreeSet<Role>>,
    /// 10 to 256 characters. Without one they cannot sign in with a password.
    #[schema(format = Password)]
    password: Option<String>,
    /// Names or ids.
    teams: Option<Vec<String>>,
    phone: Option<String>,
    job_title: Option<String>,
    site: Option<String>,
    /// Name or id.
    organisation: Option<String>,
    /// Whether their urgency may be raised by rule.
    vip: Option<bool>,
    /// Whether they see their whole company's incidents.
    sees_organisation: Option<bool>,
    /// An IANA name such as Europe/Amsterdam.
    time_zone: Option<String>,
    /// `en`, `de`, `fr`, `es`, `pt`, `pl`; null or absent for the instance's.
    #[schema(value_type = Option<String>)]
    language: Option<Language>,
    active: Option<bool>,
    skills: Option<SkillsGiven>,
    /// Null or absent: they are there.
    away: Option<AwayGiven>,
}

/// What to change of a person; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserChange {
    email: Option<String>,
    name: Option<String>,
    #[schema(value_type = Option<Vec<String>>)]
    roles: Option<BTreeSet<Role>>,
    /// Null takes the password away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = Password)]
    password: Option<Option<String>>,
    /// These and only these.
    teams: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    phone: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    job_title: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    site: Option<Option<String>>,
    /// Null for none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    organisation: Option<Option<String>>,
    vip: Option<bool>,
    sees_organisation: Option<bool>,
    /// Null for the instance's.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    time_zone: Option<Option<String>>,
    /// `en`, `de`, `fr`, `es`, `pt`, `pl`; null for the instance's.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<Language>>,
    active: Option<bool>,
    skills: Option<SkillsGiven>,
    /// Null: they are there.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<AwayGiven>)]
    away: Option<Option<AwayGiven>>,
}

/// A new person whose fields are in order.
pub(super) struct Read {
    pub(super) person: Person,
    pub(super) teams: BTreeSet<TeamId>,
    pub(super) password: Option<String>,
}

impl NewUser {
    pub(super) fn read(self, references: &References<'_>, now: Timestamp) -> Result<Read, Problem> {
        let email = email(&self.email)?;
        let organisation = self.organisation.as_deref();
        let organisation =
            organisation.map(|text| references.organisation("organisation", text)).transpose()?;
        let short = |field, text: Option<String>| {
            line(field, text.as_deref().unwrap_or_default(), limits::NAME_CHARS)
        };
        let id = PersonId(desk::fresh());
        let epoch = Timestamp::default();
        let person = Person {
            roles: self.roles.unwrap_or_default(),
            phone: short("phone", self.phone)?,
            job_title: short("job_title", self.job_title)?,
            site: short("site", self.site)?,
            organisation,
            vip: self.vip.unwrap_or(false),
            sees_organisation: self.sees_organisation.unwrap_or(false),
            time_zone: time_zone(self.time_zone.as_deref().unwrap_or_default())?,
            language: self.language,
            active: self.active.unwrap_or(true),
            skills: self.skills.map_or(Ok(Skills::default()), |skills| skills.read(references))?,
            away: self.away.map(|away| away.read(now)).transpose()?,
            ..Person::new(id, name("name", &self.name)?, Some(&email), epoch)
        };
        let teams = teams_named(references, self.teams)?.unwrap_or_default();
        Ok(Read { person, teams, password: self.password })
    }
}

impl UserChange {
    /// The person after the change. References are found, texts are checked.
    fn over(
        &self,
        before: &Person,
        references: &References<'_>,
        now: Timestamp,
    ) -> Result<Person, Problem> {
        let short = |field, given: &Option<Option<String>>, now: &String| match given {
            None => Ok(now.clone()),
            Some(text) => line(field, text.as_deref().unwrap_or_default(), limits::NAME_CHARS),
        };
        let organisation = match &self.organisation {
            None => before.organisation,
            Some(None) => None,
            Some(Some(text)) => Some(references.organisation("organisation", text)?),
        };
        Ok(Person {
            email: match &self.email {
                None => before.email.clone(),
                Some(text) => Some(email(text)?),
            },
            name: match &self.name {
                None => before.name.clone(),
                Some(text) => name("name", text)?,
            },
            roles: self.roles.clone().unwrap_or_else(|| before.roles.clone()),
            phone: short("phone", &self.phone, &before.phone)?,
            job_title: short("job_title", &self.job_title, &before.job_title)?,
            site: short("site", &self.site, &before.site)?,
            organisation,
            vip: self.vip.unwrap_or(before.vip),
            sees_organisation: self.sees_organisation.unwrap_or(before.sees_organisation),
            time_zone: match &self.time_zone {
                None => before.time_zone.clone(),
                Some(text) => time_zone(text.as_deref().unwrap_or_default())?,
            },
            language: self.language.unwrap_or(before.language),
            active: self.active.unwrap_or(before.active),
            skills: match &self.skills {
                None => before.skills.clone(),
                Some(skills) => skills.read(references)?,
            },
            away: match &self.away {
                None => before.away,
                Some(away) => away.as_ref().map(|away| away.read(now)).transpose()?,
            },
            has_password: match &self.password {
                None => before.has_password,
                Some(password) => password.is_some(),
            },
            ..before.clone()
        })
    }
}

pub(super) async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(user): Path<String>,
    seen: Seen,
    body: Body<UserChange>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let mut before = find(&app, &caller, &user).await?;
    seen.check(before.version)?;
    let references = References::of(&app, caller.viewer()).await?;
    let mut change = body.value;
    let besides = Besides {
        teams: teams_named(&references, change.teams.take())?,
        password: match &change.password {
            None => None,
            Some(None) => Some(None),
            Some(Some(password)) => Some(Some(desk::accounts::hash_password(password).await?)),
        },
    };
    let mut tries = Tries::default();
    loop {
        let after = change.over(&before, &references, app.desk().now())?;
        check_not_oneself(&caller, &after)?;
        let directory = references.directory().clone();
        let done = save(&app, &caller, (before, after), besides.clone(), directory).await;
        if !tries.again(seen, &done) {
            let shown = done?;
            return Ok(kept::answer(&shown, shown.version));
        }
        before = find(&app, &caller, &user).await?;
    }
}

/// What changes with a person that is no field of theirs.
#[derive(Clone)]
struct Besides {
    /// Their teams, these and only these.
    teams: Option<BTreeSet<TeamId>>,
    /// The hash of their password, or none any more.
    password: Option<Option<String>>,
}

async fn save(
    app: &App,
    caller: &Caller,
    (before, after): (Person, Person),
    besides: Besides,
    directory: Arc<Directory>,
) -> Result<User, Trouble> {
    let id = before.id;
    let own_session = (id == caller.viewer().person).then(|| caller.session()).flatten();
    let changed = app.desk().change(caller.actor(), move |sql, audit| {
        let version = before.version;
        after.check(sql, &before, audit.now())?;
        check_administrators(sql, &before, &after)?;
        let before = before.recorded(sql)?;
        kept::unless_stale(after.update(sql)?, version)?;
        if let Some(hash) = besides.password {
            people::set_password_hash(sql, id, hash.as_deref())?;
            sessions::delete_of_person(sql, id, own_session.as_deref())?;
            // That it changed, never to what.
            audit.changed(sql, "password", id, &(), &())?;
        }
        if let Some(teams) = &besides.teams {
            teams::set_teams(sql, id, teams)?;
        }
        let after = Person { version: version + 1, ..after };
        let now = after.recorded(sql)?;
        audit.changed(sql, "person", id, &before, &now)?;
        let teams = teams::of_person(sql, id)?.into_iter().map(|team| team.id).collect();
        Ok(shown_with(after, &teams, &directory, audit.now()))
    });
    changed.await
}

pub(super) async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(user): Path<String>,
    seen: Seen,
) -> Result<StatusCode, Problem> {
    caller.must_configure()?;
    let id = find(&app, &caller, &user).await?.id;
    if id == caller.viewer().person {
        return Err(Problem::conflict(
            "nobody takes their own account out of use; ask another administrator",
        ));
    }
    kept::retire(&app, &caller, id, seen, |person: &mut Person| person.active = false).await
}

impl Row for Person {
    type Id = PersonId;
    const WHAT: &'static str = "person";

    fn get(sql: &mut dyn Sql, id: PersonId) -> Result<Option<Self>, Failure> {
        people::get(sql, id)
    }

    fn update(&self, sql: &mut dyn Sql) -> Result<bool, Trouble> {
        let updated = people::update(sql, self, self.version)?;
        // Who comes back signs in anew.
        if updated && !self.active {
            sessions::delete_of_person(sql, self.id, None)?;
        }
        Ok(updated)
    }

    fn recorded(&self, sql: &mut dyn Sql) -> Result<Value, Failure> {
        as_json(&people::Recorded::of(sql, self)?)
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn check(&self, sql: &mut dyn Sql, before: &Self, _: Timestamp) -> Result<(), Trouble> {
        match before.active && !self.active {
            true => desk::rota::check_unused(sql, Whom::Person(self.id), "this person"),
            false => Ok(()),
        }
    }
}

/// An instance always keeps an administrator: the one who acts.
fn check_not_oneself(caller: &Caller, after: &Person) -> Result<(), Problem> {
    if after.id != caller.viewer().person {
        return Ok(());
    }
    if !after.roles.contains(&Role::Administrator) {
        return Err(Problem::invalid(
            "roles",
            "cannot lose your own role of administrator; ask another administrator",
        ));
    }
    if !after.active {
        return Err(Problem::invalid(
            "active",
            "cannot be taken from your own account; ask another administrator",
        ));
    }
    Ok(())
}

/// The same where whoever acts is none of the people: at the command line.
fn check_administrators(sql: &mut dyn Sql, before: &Person, after: &Person) -> Result<(), Trouble> {
    let is_one = |one: &Person| one.active && one.roles.contains(&Role::Administrator);
    if is_one(before) && !is_one(after) && !people::has_other_administrator(sql, before.id)? {
        let words = "this is the only administrator; make somebody else one first";
        return Err(kept::conflict(words));
    }
    Ok(())
}

fn email(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if !is_email(text) {
        return Err(Problem::invalid("email", "is not an e-mail address"));
    }
    Ok(text.to_lowercase())
}

pub(crate) fn time_zone(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if !text.is_empty() && jiff::tz::TimeZone::get(text).is_err() {
        return Err(Problem::invalid("time_zone", "is not a time zone such as Europe/Amsterdam"));
    }
    Ok(text.to_owned())
}

fn teams_named(
    references: &References<'_>,
    given: Option<Vec<String>>,
) -> Result<Option<BTreeSet<TeamId>>, Problem> {
    let Some(given) = given else { return Ok(None) };
    let team = |(at, text): (usize, &String)| references.team(&format!("teams.{at}"), text);
    given.iter().enumerate().map(team).collect::<Result<_, _>>().map(Some)
}
