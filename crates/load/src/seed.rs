//! A store with many incidents, made by real commands at past instants.

use desk::{Desk, Options, SystemClock, command_line};
use incident::command::Report;
use incident::{Change, Command, TokenScope, Viewer, Visibility};
use kernel::{
    Channel, IncidentNumber, Level, PersonId, Role, ServiceId, TeamId, Timestamp, limits,
};
use std::collections::VecDeque;
use std::sync::Arc;
use store::directory::people::{self, Person};
use store::directory::services::{self, Service};
use store::directory::teams::{self, Team};
use store::files::Files;
use store::{Store, Target};

/// Commands on their way at most.
const WINDOW: usize = 1_024;
/// One incident of this many stays open, like in a desk that keeps up.
const OPEN_EVERY: u64 = 20;
/// From one report to the next: 100,000 of them are a year.
const SECONDS_BETWEEN: i64 = 315;
/// Words to make titles of.
const WORDS: [&str; 16] = [
    "printer", "scanner", "vpn", "mailbox", "login", "route", "label", "wifi", "payroll", "badge",
    "checkout", "report", "screen", "dock", "phone", "portal",
];
const TROUBLES: [&str; 8] = [
    "is slow",
    "does not start",
    "shows an error",
    "lost its settings",
    "is offline",
    "rejects files",
    "freezes",
    "is empty",
];

/// The incidents of a seeded store that are open, up to the last of them.
pub fn open_until(last: IncidentNumber) -> impl Iterator<Item = IncidentNumber> {
    (1..=last.0).step_by(OPEN_EVERY as usize).map(IncidentNumber)
}

struct Company {
    agents: Vec<Viewer>,
    requesters: Vec<PersonId>,
    services: Vec<ServiceId>,
}

/// Adds `count` incidents; the last gets 100 entries. Its number is given back.
pub async fn seed(target: &Target, count: u64) -> Result<IncidentNumber, String> {
    let words = |error: &dyn std::fmt::Display| error.to_string();
    let target = target.clone();
    // Opening blocks.
    let opened = tokio::task::spawn_blocking(move || {
        let files = Files::local("files");
        Desk::open(
            Store::open(&target)?,
            Options { clock: Arc::new(SystemClock), files, serve: false },
        )
    });
    let desk = opened.await.map_err(|error| words(&error))?.map_err(|error| words(&error))?;
    let company = furnish(&desk).await.map_err(|error| words(&error))?;
    let now = desk.now();
    let mut waiting = VecDeque::new();
    let mut last = None;
    for i in 0..count {
        let at = now.plus_seconds(-((count - i) as i64) * SECONDS_BETWEEN);
        one(&desk, &company, i, at, &mut waiting).await.map_err(|error| words(&error))?;
        while waiting.len() > WINDOW {
            last = settle(&mut waiting).await.map_err(|error| words(&error))?.or(last);
        }
    }
    while !waiting.is_empty() {
        last = settle(&mut waiting).await.map_err(|error| words(&error))?.or(last);
    }
    last.ok_or("nothing was seeded")?;
    // The last one that stays open.
    let number = IncidentNumber(((count - 1) / OPEN_EVERY * OPEN_EVERY) as i64 + 1);
    for i in 0..97 {
        let mut ask = desk.ask(&company.agents[i % company.agents.len()], Channel::Web).on(number);
        let text = format!("Step {i}: {} looked at, still {}.", WORDS[i % 16], TROUBLES[i % 8]);
        let body = ask.words("body", &text, limits::BODY_CHARS).map_err(|error| words(&error))?;
        let visibility = if i % 3 == 0 { Visibility::Public } else { Visibility::Internal };
        ask.issue(Command::Comment { body, visibility }).await.map_err(|error| words(&error))?;
    }
    Ok(number)
}

type Waiting = VecDeque<desk::Ticket>;

async fn settle(waiting: &mut Waiting) -> Result<Option<IncidentNumber>, desk::Trouble> {
    match waiting.pop_front() {
        Some(ticket) => ticket.done().await.map(|done| Some(done.number)),
        None => Ok(None),
    }
}

/// A report, and for most of them a resolution and the requester's confirmation.
/// Numbers are consecutive in a fresh store, so later commands need not wait.
async fn one(
    desk: &Desk,
    company: &Company,
    i: u64,
    at: Timestamp,
    waiting: &mut Waiting,
) -> Result<(), desk::Trouble> {
    let pick = |salt: u64, of: usize| {
        ((i.wrapping_mul(2_654_435_761).wrapping_add(salt * 97)) % of as u64) as usize
    };
    let requester = company.requesters[pick(1, company.requesters.len())];
    let agent = &company.agents[pick(2, company.agents.len())];
    let mut ask = desk.ask(agent, Channel::Phone).at(at);
    let title = ask.title(&format!("{} {} {i}", WORDS[pick(3, 16)], TROUBLES[pick(4, 8)]))?;
    let description = ask.words(
        "description",
        "Since this morning, for several people on the second floor. A restart did not help.",
        limits::BODY_CHARS,
    )?;
    let report = Report {
        title,
        description: Some(description),
        requester,
        service: Some(company.services[pick(5, company.services.len())]),
        category: None,
        impact: None,
        urgency: Level::new(1 + pick(6, 3) as i64).ok(),
        affected: None,
        team: None,
        assignee: None,
        detected_at: None,
        fields: Default::default(),
        tags: Default::default(),
        follow_up_of: None,
        parent: None,
        confidential_to: None,
        model: None,
        alerts: None,
    };
    waiting.push_back(ask.submit(Command::Report(Box::new(report))).await?);
    if i.is_multiple_of(OPEN_EVERY) {
        return Ok(());
    }
    let number = IncidentNumber(i as i64 + 1);
    let take = Command::Assign { team: Change::Keep, assignee: Change::Set(agent.person) };
    waiting.push_back(
        desk.ask(agent, Channel::Web).at(at.plus_seconds(300)).on(number).submit(take).await?,
    );
    let mut ask = desk.ask(agent, Channel::Web).at(at.plus_seconds(1_800)).on(number);
    let note =
        ask.words("note", "Replaced the part that was worn. It works again.", limits::BODY_CHARS)?;
    let resolve = Command::Resolve {
        code: "fixed".into(),
        note,
        cause: None,
        known_error: None,
        children: false,
    };
    waiting.push_back(ask.submit(resolve).await?);
    waiting.push_back(
        desk.ask(agent, Channel::Web)
            .at(at.plus_seconds(3_600))
            .on(number)
            .submit(Command::Confirm)
            .await?,
    );
    Ok(())
}

async fn furnish(desk: &Desk) -> Result<Company, desk::Trouble> {
    let now = desk.now();
    let person = |i: usize, roles: &[Role]| {
        let mut person = Person::new(
            PersonId(desk::fresh()),
            format!("Person {i}"),
            Some(&format!("person{i}@load.example")),
            now,
        );
        person.roles = roles.iter().copied().collect();
        person
    };
    let agents: Vec<Person> = (0..30).map(|i| person(i, &[Role::Agent])).collect();
    let requesters: Vec<Person> = (30..1_000).map(|i| person(i, &[])).collect();
    let teams: Vec<Team> = (0..9)
        .map(|i| Team {
            id: TeamId(desk::fresh()),
            name: format!("Team {i}"),
            description: String::new(),
            active: true,
            calendar: None,
            assignment: Default::default(),
            by_skill: false,
            escalation: None,
            version: 1,
        })
        .collect();
    let services: Vec<Service> = (0..15)
        .map(|i| Service {
            team: Some(teams[i % 9].id),
            criticality: 1 + (i % 4) as u8,
            ..Service::named(ServiceId(desk::fresh()), format!("Service {i}"))
        })
        .collect();
    let ids: Vec<ServiceId> = services.iter().map(|service| service.id).collect();
    let (all_agents, all_requesters) = (agents.clone(), requesters.clone());
    desk.change(command_line(), move |sql, _| {
        for person in all_agents.iter().chain(&all_requesters) {
            people::insert(sql, person, None)?;
        }
        for (i, team) in teams.iter().enumerate() {
            teams::insert(sql, team)?;
            let members = all_agents.iter().skip(i).step_by(9).map(|person| person.id).collect();
            teams::set_members(sql, team.id, &members)?;
        }
        for service in &services {
            services::insert(sql, service)?;
        }
        Ok(())
    })
    .await?;
    Ok(Company {
        agents: agents.iter().map(|person| desk.viewer(person, TokenScope::Admin)).collect(),
        requesters: requesters.iter().map(|person| person.id).collect(),
        services: ids,
    })
}
