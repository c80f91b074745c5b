//! Names in the file become people, teams, categories. Who works gets the role agent
//! and belongs to the teams they worked for; nobody gets a login, and nobody who has
//! one is taken for somebody of the file.

use super::rows::Facts;
use desk::{Audit, Desk, Trouble};
use kernel::{CategoryId, PersonId, Role, ServiceId, TeamId};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use store::Sql;
use store::directory::categories::{self, Category};
use store::directory::people::{self, Person};
use store::directory::services;
use store::directory::teams::{self, Team};

/// People kept at hand at most.
const KEPT_MAX: usize = 50_000;

type CategoryName = (String, Option<String>);

/// What is known by name.
#[derive(Debug, Default)]
pub(super) struct Names {
    people: HashMap<String, PersonId>,
    working: HashSet<PersonId>,
    members: HashSet<(TeamId, PersonId)>,
    teams: HashMap<String, TeamId>,
    categories: HashMap<CategoryName, CategoryId>,
    services: HashMap<String, ServiceId>,
    /// How many people, teams and categories were made.
    pub(super) made: [u64; 3],
}

/// What has to be there before some rows can be told.
#[derive(Debug, Default)]
struct Need {
    /// By name, whether they work.
    people: BTreeMap<String, bool>,
    teams: BTreeSet<String>,
    members: BTreeSet<(String, String)>,
    categories: BTreeSet<CategoryName>,
}

impl Names {
    /// Starts with the services there are.
    pub(super) async fn new(desk: &Desk) -> Result<Names, Trouble> {
        let services = desk.read(services::list).await?;
        let services = services
            .into_iter()
            .filter(|service| service.active)
            .map(|service| (service.name.to_lowercase(), service.id))
            .collect();
        Ok(Names { services, ..Names::default() })
    }

    /// Makes sure that everything these rows name is there.
    pub(super) async fn learn(&mut self, desk: &Desk, rows: &[Facts]) -> Result<(), Trouble> {
        if self.people.len() > KEPT_MAX {
            self.people.clear();
            self.working.clear();
            self.members.clear();
        }
        let mut need = Need::default();
        for facts in rows {
            self.need(facts, &mut need);
        }
        if need.is_empty() {
            return Ok(());
        }
        let mut names = std::mem::take(self);
        let learned = desk
            .change(desk::command_line(), move |sql, audit| {
                names.make(sql, audit, need)?;
                Ok(names)
            })
            .await?;
        *self = learned;
        Ok(())
    }

    pub(super) fn person(&self, name: Option<&String>) -> Option<PersonId> {
        self.people.get(name?).copied()
    }

    pub(super) fn team(&self, name: Option<&String>) -> Option<TeamId> {
        self.teams.get(name?).copied()
    }

    pub(super) fn service(&self, name: Option<&String>) -> Option<ServiceId> {
        self.services.get(&name?.to_lowercase()).copied()
    }

    pub(super) fn category(&self, facts: &Facts) -> Option<CategoryId> {
        self.categories.get(&(facts.category.clone()?, facts.subcategory.clone())).copied()
    }

    fn need(&self, facts: &Facts, need: &mut Need) {
        let working = [&facts.assignee, &facts.resolved_by, &facts.updated_by, &facts.opened_by];
        for name in working.into_iter().flatten() {
            if self.people.get(name).is_none_or(|id| !self.working.contains(id)) {
                need.people.insert(name.clone(), true);
            }
        }
        let caller = facts.caller.clone().unwrap_or_else(|| UNKNOWN_CALLER.to_owned());
        if !self.people.contains_key(&caller) {
            need.people.entry(caller).or_insert(false);
        }
        if let Some(team) = facts.team.as_ref().filter(|team| !self.teams.contains_key(*team)) {
            need.teams.insert(team.clone());
        }
        if let (Some(team), Some(person)) = (&facts.team, &facts.assignee) {
            let known = self.teams.get(team).zip(self.people.get(person));
            if known.is_none_or(|(team, person)| !self.members.contains(&(*team, *person))) {
                need.members.insert((team.clone(), person.clone()));
            }
        }
        if let Some(category) = &facts.category {
            let name = (category.clone(), facts.subcategory.clone());
            if !self.categories.contains_key(&name) {
                need.categories.insert((category.clone(), None));
                need.categories.insert(name);
            }
        }
    }

    fn make(&mut self, sql: &mut dyn Sql, audit: &Audit, need: Need) -> Result<(), Trouble> {
        for (name, works) in need.people {
            let id = self.make_person(sql, audit, &name, works)?;
            self.people.insert(name, id);
            if works {
                self.working.insert(id);
            }
        }
        for name in need.teams {
            let id = self.make_team(sql, audit, &name)?;
            self.teams.insert(name, id);
        }
        for (team, person) in need.members {
            let (team, person) = (self.teams[&team], self.people[&person]);
            if teams::add_member(sql, team, person)? {
                audit.created(
                    sql,
                    "team_member",
                    team,
                    &json!({ "team": team, "person": person }),
                )?;
            }
            self.members.insert((team, person));
        }
        for name in need.categories {
            let parent = match &name.1 {
                Some(_) => self.categories.get(&(name.0.clone(), None)).copied(),
                None => None,
            };
            let own = name.1.as_ref().unwrap_or(&name.0);
            let id = self.make_category(sql, audit, own, parent)?;
            self.categories.insert(name, id);
        }
        Ok(())
    }

    fn make_person(
        &mut self,
        sql: &mut dyn Sql,
        audit: &Audit,
        name: &str,
        works: bool,
    ) -> Result<PersonId, Trouble> {
        let nameless = |person: &Person| person.email.is_none() && !person.has_password;
        let found = people::by_name(sql, name)?.into_iter().find(nameless);
        let Some(before) = found else {
            let mut person = Person::new(PersonId(desk::fresh()), name, None, audit.now());
            person.roles.extend(works.then_some(Role::Agent));
            people::insert(sql, &person, None)?;
            audit.created(sql, "person", person.id, &person)?;
            self.made[0] += 1;
            return Ok(person.id);
        };
        if works && !before.roles.contains(&Role::Agent) {
            let mut person = before.clone();
            person.roles.insert(Role::Agent);
            people::update(sql, &person, before.version)?;
            audit.changed(sql, "person", person.id, &before, &person)?;
        }
        Ok(before.id)
    }

    fn make_team(
        &mut self,
        sql: &mut dyn Sql,
        audit: &Audit,
        name: &str,
    ) -> Result<TeamId, Trouble> {
        if let Some(team) = teams::by_name(sql, name)? {
            return Ok(team.id);
        }
        let team = Team {
            id: TeamId(desk::fresh()),
            name: name.to_owned(),
            description: String::new(),
            active: true,
            calendar: None,
            assignment: Default::default(),
            by_skill: false,
            escalation: None,
            version: 1,
        };
        teams::insert(sql, &team)?;
        audit.created(sql, "team", team.id, &team)?;
        self.made[1] += 1;
        Ok(team.id)
    }

    fn make_category(
        &mut self,
        sql: &mut dyn Sql,
        audit: &Audit,
        name: &str,
        parent: Option<CategoryId>,
    ) -> Result<CategoryId, Trouble> {
        let found =
            categories::by_name(sql, name)?.into_iter().find(|known| known.parent == parent);
        if let Some(known) = found {
            return Ok(known.id);
        }
        let id = CategoryId(desk::fresh());
        let category = Category { id, name: name.to_owned(), parent, active: true, version: 1 };
        categories::insert(sql, &category)?;
        audit.created(sql, "category", id, &category)?;
        self.made[2] += 1;
        Ok(id)
    }
}

/// Stands for callers whom the file does not name.
pub(super) const UNKNOWN_CALLER: &str = "Unknown caller";

impl Need {
    fn is_empty(&self) -> bool {
        self.people.is_empty()
            && self.teams.is_empty()
            && self.members.is_empty()
            && self.categories.is_empty()
    }
}
