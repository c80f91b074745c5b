//! Makes the company: people, teams, services, categories, shared views.

use super::data::{CompanyData, GroupData, PersonData, ServiceData};
use desk::{Audit, Desk, Trouble};
use kernel::{Actor, CategoryId, OrganisationId, PersonId, ServiceId, TeamId, Timestamp, ViewId};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::Sql;
use store::directory::categories::{self, Category};
use store::directory::organisations::{self, Organisation};
use store::directory::people::{self, Person};
use store::directory::services::{self, Link, Need, Service};
use store::directory::settings;
use store::directory::teams::{self, Team};
use store::directory::views::{self, View};

/// The one password of everybody in the demo.
pub(super) const PASSWORD: &str = "even-keel-demo";
/// The people whose logins are printed, one for each role.
pub(super) const LOGINS: [(&str, &str); 6] = [
    ("requester", "Gwen Tarrant"),
    ("agent", "Mara Lindqvist"),
    ("responder", "Ines Carvalhal"),
    ("manager", "Nadia Brandtner"),
    ("administrator", "Ada Lindholm"),
    ("auditor", "Otto Hagen"),
];

/// Somebody, as the plan needs them.
#[derive(Debug, Clone)]
pub(super) struct Someone {
    pub(super) id: PersonId,
    pub(super) name: String,
    pub(super) site: String,
    pub(super) teams: Vec<String>,
    pub(super) works: bool,
    /// Whether a visitor may be signed in as them.
    pub(super) login: bool,
}

impl Someone {
    pub(super) fn actor(&self) -> Actor {
        Actor::person(self.id, self.name.clone())
    }
}

/// Everything there is, by name.
pub(super) struct Company {
    pub(super) people: Vec<Someone>,
    pub(super) teams: HashMap<String, TeamId>,
    pub(super) services: HashMap<String, (ServiceId, String)>,
    pub(super) categories: HashMap<String, CategoryId>,
}

impl Company {
    /// The person of this name, which must be one of the company's.
    pub(super) fn person(&self, name: &str) -> &Someone {
        self.people.iter().find(|p| p.name == name).expect("a name of the company's own list")
    }

    /// The team of this name, which must be one of the company's.
    pub(super) fn team(&self, name: &str) -> TeamId {
        self.teams[name]
    }

    /// The people of a team.
    pub(super) fn members<'a>(&'a self, team: &str) -> Vec<&'a Someone> {
        self.people.iter().filter(|p| p.teams.iter().any(|t| t == team)).collect()
    }

    /// Everybody who only reports, those of customers left out.
    pub(super) fn requesters(&self) -> Vec<&Someone> {
        self.people.iter().filter(|p| !p.works && p.name != "Otto Hagen").collect()
    }
}

/// The address of somebody.
pub(super) fn email(name: &str, domain: &str) -> String {
    let plain: String = name
        .to_lowercase()
        .chars()
        .map(|c| match c {
            ' ' => '.',
            c if c.is_ascii() => c,
            c => query::fold(&c.to_string()).chars().next().unwrap_or('x'),
        })
        .collect();
    format!("{plain}@{domain}")
}

/// What promises and models name, by name.
pub(super) struct Named {
    pub(super) teams: HashMap<String, TeamId>,
    pub(super) services: HashMap<String, ServiceId>,
}

/// The company as it stands in the store; `None` when it is not there as a whole.
pub(super) async fn known(desk: &Desk, data: CompanyData) -> Result<Option<Company>, Trouble> {
    desk.read(move |sql| {
        let (mut people, mut teams, mut services) = (vec![], HashMap::new(), HashMap::new());
        for entry in &data.people {
            let Some(person) = people::by_name(sql, &entry.name)?.pop() else { return Ok(None) };
            people.push(Someone {
                id: person.id,
                name: person.name,
                site: person.site,
                teams: entry.teams.clone(),
                works: !entry.teams.is_empty(),
                login: LOGINS.iter().any(|(_, name)| *name == entry.name),
            });
        }
        for team in teams::list(sql)? {
            teams.insert(team.name, team.id);
        }
        for entry in &data.services {
            let Some(service) = services::by_name(sql, &entry.name)? else { return Ok(None) };
            services.insert(service.name, (service.id, entry.team.clone()));
        }
        let categories = categories::list(sql)?
            .into_iter()
            .filter(|category| category.parent.is_some())
            .map(|category| (category.name, category.id))
            .collect();
        let whole = data.teams.iter().all(|team| teams.contains_key(&team.name));
        Ok(whole.then_some(Company { people, teams, services, categories }))
    })
    .await
}

/// Makes the company, as known since `since`.
pub(super) async fn found(desk: &Desk, data: CompanyData, since: Timestamp) -> Result<(), Trouble> {
    let hash = desk::accounts::hash_password(PASSWORD).await?;
    desk.change(desk::command_line(), move |sql, audit| {
        let organisations = found_organisations(sql, audit, &data)?;
        let people = found_people(sql, audit, &data, &organisations, since, &hash)?;
        let teams = found_teams(sql, audit, &data, &people)?;
        let services = found_services(sql, audit, &data, &teams)?;
        let named = Named { teams, services };
        super::promises::found(sql, audit, &named, since)?;
        found_categories(sql, audit, &data)?;
        super::models::found(sql, audit, &data, &named)?;
        found_views(sql, &data, &people)?;
        let instance =
            json!({ "name": data.name, "time_zone": data.time_zone, "phone": data.phone });
        settings::put(sql, "instance", &instance, 0)?;
        audit.created(sql, "setting", "instance", &instance)?;
        settings::put(sql, super::BUILT, &json!({}), 0)?;
        Ok(())
    })
    .await
}

fn found_organisations(
    sql: &mut dyn Sql,
    audit: &Audit,
    data: &CompanyData,
) -> Result<BTreeMap<String, (OrganisationId, String)>, Trouble> {
    let mut known = BTreeMap::new();
    for entry in &data.organisations {
        let organisation = Organisation {
            id: OrganisationId(desk::fresh()),
            name: entry.name.clone(),
            email_domains: vec![entry.domain.clone()],
            version: 1,
        };
        organisations::insert(sql, &organisation)?;
        audit.created(sql, "organisation", organisation.id, &organisation)?;
        known.insert(entry.name.clone(), (organisation.id, entry.domain.clone()));
    }
    Ok(known)
}

fn found_people(
    sql: &mut dyn Sql,
    audit: &Audit,
    data: &CompanyData,
    organisations: &BTreeMap<String, (OrganisationId, String)>,
    since: Timestamp,
    hash: &str,
) -> Result<HashMap<String, PersonId>, Trouble> {
    let mut known = HashMap::new();
    for entry in &data.people {
        let company = entry.organisation.as_ref().unwrap_or(&data.name);
        let (organisation, domain) = &organisations[company];
        let person = person(entry, *organisation, domain, since);
        people::insert(sql, &person, Some(hash))?;
        audit.created(sql, "person", person.id, &person)?;
        known.insert(person.name, person.id);
    }
    Ok(known)
}

fn person(
    entry: &PersonData,
    organisation: OrganisationId,
    domain: &str,
    since: Timestamp,
) -> Person {
    let address = email(&entry.name, domain);
    Person {
        job_title: entry.job.clone(),
        phone: entry.phone.clone(),
        site: entry.site.clone(),
        roles: entry.roles.iter().copied().collect(),
        organisation: Some(organisation),
        sees_organisation: entry.sees_organisation,
        vip: entry.vip,
        ..Person::new(PersonId(desk::fresh()), &entry.name, Some(&address), since)
    }
}

fn found_teams(
    sql: &mut dyn Sql,
    audit: &Audit,
    data: &CompanyData,
    people: &HashMap<String, PersonId>,
) -> Result<HashMap<String, TeamId>, Trouble> {
    let mut known = HashMap::new();
    for entry in &data.teams {
        let team = Team {
            id: TeamId(desk::fresh()),
            name: entry.name.clone(),
            description: entry.about.clone(),
            active: true,
            calendar: None,
            assignment: Default::default(),
            by_skill: false,
            escalation: None,
            version: 1,
        };
        teams::insert(sql, &team)?;
        let belongs = |person: &&PersonData| person.teams.contains(&team.name);
        let members: BTreeSet<PersonId> =
            data.people.iter().filter(belongs).map(|person| people[&person.name]).collect();
        teams::set_members(sql, team.id, &members)?;
        audit.created(sql, "team", team.id, &team)?;
        known.insert(team.name, team.id);
    }
    Ok(known)
}

fn found_services(
    sql: &mut dyn Sql,
    audit: &Audit,
    data: &CompanyData,
    teams: &HashMap<String, TeamId>,
) -> Result<HashMap<String, ServiceId>, Trouble> {
    let fresh = |entry: &ServiceData| (entry.name.clone(), ServiceId(desk::fresh()));
    let known: HashMap<String, ServiceId> = data.services.iter().map(fresh).collect();
    // What a service needs has to be there first, so needs come in a second round.
    let mut all = Vec::new();
    for entry in &data.services {
        let mut service = Service {
            description: entry.about.clone(),
            team: Some(teams[&entry.team]),
            criticality: entry.criticality,
            public_name: entry.public.clone(),
            cost_per_hour: entry.cost,
            goal_permille: entry.goal,
            links: links(entry),
            ..Service::named(known[entry.name.as_str()], entry.name.clone())
        };
        services::insert(sql, &service)?;
        service.depends_on = entry.needs.iter().map(|name| known[name.as_str()]).collect();
        service.needs = entry.some.iter().map(|group| group.need(service.id, &known)).collect();
        all.push(service);
    }
    for service in all {
        services::update(sql, &service, 1)?;
        audit.created(sql, "service", service.id, &service)?;
    }
    Ok(known)
}

fn links(entry: &ServiceData) -> Vec<Link> {
    let link = |(title, url): &(String, String)| Link { title: title.clone(), url: url.clone() };
    entry.links.iter().map(link).collect()
}

impl GroupData {
    fn need(&self, of: ServiceId, known: &HashMap<String, ServiceId>) -> Need {
        let needs = self.of.iter().map(|name| known[name.as_str()]).collect();
        Need { of, group: Some(self.group.clone()), needs, at_least: self.at_least }
    }
}

fn found_categories(sql: &mut dyn Sql, audit: &Audit, data: &CompanyData) -> Result<(), Trouble> {
    let mut add = |name: &str, parent: Option<CategoryId>| -> Result<CategoryId, Trouble> {
        let id = CategoryId(desk::fresh());
        let category = Category { id, name: name.to_owned(), parent, active: true, version: 1 };
        categories::insert(sql, &category)?;
        audit.created(sql, "category", id, &category)?;
        Ok(id)
    };
    for entry in &data.categories {
        let parent = add(&entry.name, None)?;
        for name in &entry.below {
            add(name, Some(parent))?;
        }
    }
    Ok(())
}

fn found_views(
    sql: &mut dyn Sql,
    data: &CompanyData,
    people: &HashMap<String, PersonId>,
) -> Result<(), Trouble> {
    for (place, entry) in data.views.iter().enumerate() {
        let view = View {
            id: ViewId(desk::fresh()),
            owner: people[&entry.owner],
            name: entry.name.clone(),
            query: entry.query.clone(),
            shared: true,
            team: None,
            place: place as i64,
            version: 1,
        };
        views::insert(sql, &view)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_people_with_those_roles() {
        let data = super::super::data::company();
        for (role, name) in LOGINS {
            let person = data.people.iter().find(|p| p.name == name).expect(name);
            let has = person.roles.iter().any(|r| r.as_str() == role);
            assert!(has || (role == "requester" && person.roles.is_empty()), "{name}");
        }
        for view in &data.views {
            query::parse(&view.query).expect(&view.query);
            assert!(data.people.iter().any(|p| p.name == view.owner));
        }
    }

    #[test]
    fn addresses_are_plain() {
        assert_eq!(email("Bram de Wilde", "northwind.example"), "bram.de.wilde@northwind.example");
        assert_eq!(email("Zoë Ångström", "x.example"), "zoe.angstrom@x.example");
    }
}
