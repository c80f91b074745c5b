//! Taking over a catalogue: all of it in one transaction, each change with its audit entry, and
//! nothing where nothing differs, so that it can be repeated every night.

use super::check::faults;
use crate::{Audit, Desk, Trouble, fresh};
use ::map::Need;
use ::map::catalogue::{Catalogue, Entry, FAULTS, Fault, Form, Named, Note, SERVICES, Wanted};
use kernel::limits::{NAME_CHARS, REASON_CHARS};
use kernel::{Actor, ServiceId, TeamId};
use std::collections::{BTreeSet, HashMap};
use store::directory::{Service, Team, services, teams};
use store::{Failure, Sql};

/// What taking over a catalogue does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The form it is written in.
    pub form: Form,
    /// Teams that are made, because the catalogue names them and they are not there.
    pub teams: Vec<String>,
    /// Services that are made or changed.
    pub services: Vec<Step>,
    /// Services that are as the catalogue says.
    pub unchanged: usize,
    /// What was passed over.
    pub notes: Vec<Note>,
}

impl Plan {
    /// Whether everything is as the catalogue says already.
    pub fn is_empty(&self) -> bool {
        self.teams.is_empty() && self.services.is_empty()
    }
}

/// What happens to one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub name: String,
    /// Whether it is made.
    pub is_new: bool,
    /// What of it changes.
    pub fields: Vec<&'static str>,
}

/// Why a catalogue was not taken over; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum NotImported {
    /// It says something that cannot be, and where.
    #[error("{}", in_words(.0))]
    Faults(Vec<Fault>),
    /// The desk refused or failed.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

fn in_words(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("; ")
}

impl Desk {
    /// Takes over a catalogue, or says what that would do.
    ///
    /// # Errors
    ///
    /// [`NotImported`]; nothing changed.
    pub async fn import_services(
        &self,
        actor: Actor,
        catalogue: Catalogue,
        dry_run: bool,
    ) -> Result<Plan, NotImported> {
        let first = catalogue.clone();
        let draft = self.read(move |sql| Draft::of(sql, &first)).await?;
        let plan = draft.plan()?;
        if dry_run || plan.is_empty() {
            return Ok(plan);
        }
        let taken = self.change(actor, move |sql, audit| {
            // Once more: somebody may have changed something since.
            let draft = Draft::of(sql, &catalogue)?;
            let plan = draft.plan();
            if plan.is_ok() {
                draft.write(sql, audit)?;
            }
            Ok(plan)
        });
        taken.await?
    }
}

/// A plan with the rows that it comes to.
struct Draft {
    form: Form,
    teams: Vec<Team>,
    new: Vec<Service>,
    changed: Vec<(Service, Service)>,
    steps: Vec<Step>,
    unchanged: usize,
    notes: Vec<Note>,
    faults: Vec<Fault>,
}

impl Draft {
    fn of(sql: &mut dyn Sql, catalogue: &Catalogue) -> Result<Draft, Failure> {
        let mut known = Known::read(sql, catalogue)?;
        let mut draft = Draft {
            form: catalogue.form,
            teams: vec![],
            new: vec![],
            changed: vec![],
            steps: vec![],
            unchanged: 0,
            notes: catalogue.notes.clone(),
            faults: vec![],
        };
        for team in &catalogue.teams {
            if known.team(&team.name).is_none() {
                known.make_team(&team.name, &team.description, &mut draft.teams);
            }
        }
        for entry in &catalogue.services {
            draft.take(&mut known, entry);
        }
        for team in std::mem::take(&mut draft.teams) {
            if team.name.chars().count() > NAME_CHARS || team.name.chars().any(char::is_control) {
                let words = format!("must be one line of at most {NAME_CHARS} characters");
                draft.fault(0, &format!("the name of the team {}", team.name), words);
            }
            if team.description.chars().count() > REASON_CHARS {
                let words = format!("is longer than {REASON_CHARS} characters");
                draft.fault(0, &format!("the description of the team {}", team.name), words);
            }
            draft.teams.push(team);
        }
        if known.services.len() + draft.new.len() > SERVICES {
            draft.fault(0, "services", format!("would be more than {SERVICES}"));
        }
        Ok(draft)
    }

    fn take(&mut self, known: &mut Known, entry: &Entry) {
        let before = known.services.get(&entry.name.to_lowercase()).cloned();
        let id = known.ids.get(&entry.name.to_lowercase()).copied();
        let (Some(id), false) = (id, entry.name.trim().is_empty()) else { return };
        let from = before.clone().unwrap_or_else(|| Service::named(id, entry.name.clone()));
        let after = self.after(known, entry, from);
        for fault in faults(&after) {
            let field = format!("{}.{}", entry.field, fault.field);
            self.fault(entry.line, &field, fault.message);
        }
        match before {
            None => {
                let fields = differences(&Service::named(id, entry.name.clone()), &after);
                self.steps.push(Step { name: after.name.clone(), is_new: true, fields });
                self.new.push(after);
            }
            Some(before) if before == after => self.unchanged += 1,
            Some(before) => {
                let fields = differences(&before, &after);
                self.steps.push(Step { name: after.name.clone(), is_new: false, fields });
                self.changed.push((before, after));
            }
        }
    }

    /// The service as the entry says, where it says something.
    fn after(&mut self, known: &mut Known, entry: &Entry, from: Service) -> Service {
        let mut after = from;
        if !after.active {
            let message = format!("{} is out of use here, and stays so", after.name);
            self.notes.push(Note { line: entry.line, message });
        }
        if let Some(text) = &entry.public_name {
            after.public_name = text.clone();
        }
        if let Some(text) = &entry.description {
            after.description = text.clone();
        }
        if let Some(owner) = &entry.owner {
            after.team = self.owner(known, owner).or(after.team);
        }
        after.criticality = entry.criticality.unwrap_or(after.criticality);
        after.cost_per_hour = entry.cost_per_hour.or(after.cost_per_hour);
        after.goal_permille = entry.goal_permille.or(after.goal_permille);
        if let Some(links) = &entry.links {
            after.links = links.clone();
        }
        if let Some(wanted) = &entry.needs {
            self.needs(known, wanted, &mut after);
        }
        after
    }

    fn owner(&mut self, known: &mut Known, owner: &Named) -> Option<TeamId> {
        match known.team(&owner.name) {
            Some((id, true)) => Some(id),
            Some((_, false)) => {
                let words = format!("is the team {}, which is out of use here", owner.name);
                self.fault(owner.line, &owner.field, words);
                None
            }
            None => Some(known.make_team(&owner.name, "", &mut self.teams)),
        }
    }

    fn needs(&mut self, known: &Known, wanted: &[Wanted], after: &mut Service) {
        after.depends_on = BTreeSet::new();
        after.needs = vec![];
        for one in wanted {
            let mut of = Vec::new();
            for named in &one.of {
                match known.ids.get(&named.name.to_lowercase()) {
                    Some(id) if *id == after.id => {
                        self.fault(named.line, &named.field, "names the service itself");
                    }
                    Some(id) => of.push(*id),
                    None => {
                        let words = format!(
                            "names {}, which is neither in the catalogue nor here",
                            named.name
                        );
                        self.fault(named.line, &named.field, words);
                    }
                }
            }
            if one.group.is_none() && one.at_least == 1 && one.of.len() == 1 {
                after.depends_on.extend(of);
            } else if !of.is_empty() {
                let (group, at_least) = (one.group.clone(), one.at_least);
                after.needs.push(Need { of: after.id, group, needs: of, at_least });
            }
        }
    }

    fn fault(&mut self, line: usize, field: &str, message: impl Into<String>) {
        if self.faults.len() < FAULTS {
            self.faults.push(Fault::new(line, field, message));
        }
    }

    fn plan(&self) -> Result<Plan, NotImported> {
        if !self.faults.is_empty() {
            return Err(NotImported::Faults(self.faults.clone()));
        }
        Ok(Plan {
            form: self.form,
            teams: self.teams.iter().map(|team| team.name.clone()).collect(),
            services: self.steps.clone(),
            unchanged: self.unchanged,
            notes: self.notes.clone(),
        })
    }

    fn write(&self, sql: &mut dyn Sql, audit: &Audit) -> Result<(), Trouble> {
        for team in &self.teams {
            teams::insert(sql, team)?;
            audit.created(sql, "team", team.id, team)?;
        }
        services::insert_all(sql, &self.new)?;
        for service in &self.new {
            audit.created(sql, "service", service.id, service)?;
        }
        for (before, after) in &self.changed {
            if !services::update(sql, after, before.version)? {
                let seen = before.version;
                return Err(Trouble::Stale { seen, current: seen + 1 });
            }
            audit.changed(sql, "service", after.id, before, after)?;
        }
        Ok(())
    }
}

/// What the catalogue's names stand for.
struct Known {
    /// Services that are here, by their names in lower case.
    services: HashMap<String, Service>,
    /// Those and the ones of the catalogue.
    ids: HashMap<String, ServiceId>,
    /// Teams, by their names in lower case, and whether they are in use.
    teams: HashMap<String, (TeamId, bool)>,
    /// Teams by the letters and digits of their names: `team-red` is Team Red. Where several are
    /// alike there is none.
    alike: HashMap<String, Option<(TeamId, bool)>>,
}

impl Known {
    fn read(sql: &mut dyn Sql, catalogue: &Catalogue) -> Result<Known, Failure> {
        let services: HashMap<String, Service> = services::list(sql)?
            .into_iter()
            .map(|service| (service.name.to_lowercase(), service))
            .collect();
        let mut ids: HashMap<String, ServiceId> =
            services.iter().map(|(name, service)| (name.clone(), service.id)).collect();
        for entry in &catalogue.services {
            ids.entry(entry.name.to_lowercase()).or_insert_with(|| ServiceId(fresh()));
        }
        let mut known = Known { services, ids, teams: HashMap::new(), alike: HashMap::new() };
        for team in teams::list(sql)? {
            known.add_team(&team.name, team.id, team.active);
        }
        Ok(known)
    }

    fn add_team(&mut self, name: &str, id: TeamId, active: bool) {
        self.teams.insert(name.to_lowercase(), (id, active));
        let slot = self.alike.entry(letters(name));
        slot.and_modify(|found| *found = None).or_insert(Some((id, active)));
    }

    /// The team of this name, or the only one that is called nearly so.
    fn team(&self, name: &str) -> Option<(TeamId, bool)> {
        let exact = self.teams.get(&name.to_lowercase()).copied();
        exact.or_else(|| self.alike.get(&letters(name)).copied().flatten())
    }

    fn make_team(&mut self, name: &str, description: &str, made: &mut Vec<Team>) -> TeamId {
        let id = TeamId(fresh());
        self.add_team(name, id, true);
        made.push(Team {
            id,
            name: name.to_owned(),
            description: description.to_owned(),
            active: true,
            calendar: None,
            assignment: Default::default(),
            by_skill: false,
            escalation: None,
            version: 1,
        });
        id
    }
}

fn letters(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The fields in which two services differ.
fn differences(before: &Service, after: &Service) -> Vec<&'static str> {
    let fields = [
        ("public_name", before.public_name != after.public_name),
        ("description", before.description != after.description),
        ("owner", before.team != after.team),
        ("criticality", before.criticality != after.criticality),
        ("cost_per_hour", before.cost_per_hour != after.cost_per_hour),
        ("goal", before.goal_permille != after.goal_permille),
        ("links", before.links != after.links),
        ("needs", before.depends_on != after.depends_on || before.needs != after.needs),
    ];
    fields.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}
