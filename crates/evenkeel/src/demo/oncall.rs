//! Who is on call: the company's schedules, how its people are reached, and by which policies
//! they are paged. Arranged through the desk, as its own people would.

use super::company::Company;
use desk::contacts::{Draft, Messenger, Note, Noted};
use desk::rota::{self, Learner, Offer, Wanted};
use desk::{Desk, Trouble};
use incident::Viewer;
use incident::escalation::{EscalationPolicy, EscalationStep, Whom};
use incident::reach::{PageChannel, ReachRule, Urgency};
use jiff::ToSpan;
use jiff::civil::{Date, DateTime, date, time};
use jiff::tz::TimeZone;
use kernel::{ContactId, PersonId, Priority, ScheduleId, Timestamp};
use roster::{Layer, Restriction, Rotation, Unit, Weekday};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::directory::escalations::Escalation;
use store::directory::schedules::Schedule;
use store::directory::{people, services, teams};

const ZONE: &str = "Europe/Berlin";
const MINUTE: i64 = 60;
/// Rotations began so many weeks ago: before the demo's past, and so many that rotations of two,
/// three and four people are at their first one now.
const BEGAN_WEEKS_AGO: i32 = 36;
/// Policies are in force for so long: what came before was told by telephone.
pub(super) const PAGING_SINCE: i64 = 3 * 3_600;
/// Which responder of the demo is on call for the network now.
const ON_CALL: &str = "Ines Carvalhal";

/// The schedules, once they are there.
pub(super) struct Schedules {
    network: ScheduleId,
    second_line: ScheduleId,
    commerce: ScheduleId,
    floor: ScheduleId,
    service_desk: ScheduleId,
}

/// Who has the network at day this week and in the weeks to come.
fn network_days(now: Timestamp) -> [&'static str; 3] {
    match is_night(now) {
        true => ["Yuki Tanabe", "Emil Sandahl", ON_CALL],
        false => [ON_CALL, "Yuki Tanabe", "Emil Sandahl"],
    }
}

/// Who has it at night: somebody else than at day.
fn network_nights(now: Timestamp) -> [&'static str; 3] {
    match is_night(now) {
        true => [ON_CALL, "Yuki Tanabe", "Emil Sandahl"],
        false => ["Emil Sandahl", ON_CALL, "Yuki Tanabe"],
    }
}

/// Makes the schedules, in force from the desk's present on.
pub(super) async fn arrange(
    desk: &Desk,
    company: &Company,
    now: Timestamp,
) -> Result<Schedules, Trouble> {
    let began = this_week(now).saturating_sub((BEGAN_WEEKS_AGO * 7).days());
    let layer = |name: &str, names: &[&str], hours: &[Restriction]| {
        weekly(company, name, began, names, hours)
    };
    let night = hours(22, 6);
    let schedule = |name: &str, layers: Vec<Layer>| Schedule {
        name: name.to_owned(),
        time_zone: ZONE.to_owned(),
        layers,
        ..rota::blank_schedule()
    };
    let nadia = Some(Whom::Person(company.person("Nadia Brandtner").id));
    let network = vec![
        layer("Primary", &network_days(now), &[]),
        layer("Nights", &network_nights(now), std::slice::from_ref(&night)),
    ];
    let all = [
        Schedule { approval: true, fallback: nadia, ..schedule("Network", network) },
        schedule(
            "Network, second line",
            vec![layer("Secondary", &["Emil Sandahl", "Yuki Tanabe", ON_CALL], &[])],
        ),
        schedule("Commerce", vec![layer("Primary", &["Kofi Darkwah", "Hana Moravec"], &[])]),
        schedule("Warehouse floor", vec![layer("Primary", &["Dana Okwuosa", "Milan Hruska"], &[])]),
        schedule("Service Desk", follow_the_sun(company, began, began)),
    ];
    desk.change(desk::command_line(), move |sql, audit| {
        let [network, second_line, commerce, floor, service_desk] = all;
        let mut save =
            |schedule| rota::save_schedule(sql, audit, schedule, None).map(|made| made.id);
        Ok(Schedules {
            network: save(network)?,
            second_line: save(second_line)?,
            commerce: save(commerce)?,
            floor: save(floor)?,
            service_desk: save(service_desk)?,
        })
    })
    .await
}

/// Hamburg hands over to Rotterdam, and Rotterdam to Gdańsk; nights begin at their own instant.
fn follow_the_sun(company: &Company, began: DateTime, nights: DateTime) -> Vec<Layer> {
    let layer = |name, began, people: &[&str], from, to| {
        weekly(company, name, began, people, &[hours(from, to)])
    };
    vec![
        layer("Hamburg, morning", began, &["Petra Vondrak", "Mara Lindqvist"], 6, 14),
        layer("Rotterdam, afternoon", began, &["Jamal Idrissi", "Arjen Kuipers"], 14, 22),
        layer("Gdańsk, night", nights, &["Tomasz Wronek", "Milan Hruska"], 22, 6),
    ]
}

/// Who learns next week beside whoever has the network.
fn learner(company: &Company, schedules: &Schedules, week: DateTime, now: Timestamp) -> Learner {
    let start = instant(week.saturating_add(7.days()));
    Learner {
        schedule: schedules.network,
        person: company.person("Jamal Idrissi").id,
        start,
        end: start.unwrap_or(now).plus_days(7),
    }
}

/// Who is on call for the shop at Christmas, whoever's week it is.
fn christmas(company: &Company, schedules: &Schedules, today: Date) -> Wanted {
    let this_year = date(today.year(), 12, 25);
    let day = if this_year > today { this_year } else { date(today.year() + 1, 12, 25) };
    Wanted {
        schedule: schedules.commerce,
        person: company.person("Kofi Darkwah").id,
        start: instant(day.at(9, 0, 0, 0)),
        end: instant(day.saturating_add(1.days()).at(9, 0, 0, 0)),
        reason: "Christmas Day".to_owned(),
    }
}

/// What is arranged for the days to come: a night of next week without anybody, an override and
/// a shift that somebody wants to give away; who learns, and who has a holiday's shift.
pub(super) async fn look_ahead(
    desk: &Desk,
    company: &Company,
    schedules: &Schedules,
    now: Timestamp,
) -> Result<(), Trouble> {
    let manager = viewer(desk, company.person("Nadia Brandtner").id).await?;
    let week = this_week(now);
    let began = week.saturating_sub((BEGAN_WEEKS_AGO * 7).days());
    // From Wednesday noon of next week on nights are another company's, whose first night begins
    // on Thursday: nobody has the one between.
    let change = week.date().saturating_add(9.days()).at(12, 0, 0, 0);
    let layers =
        follow_the_sun(company, began, change.date().saturating_add(1.days()).at(22, 0, 0, 0));
    let today = local(now).date();
    let tomorrow = today.saturating_add(1.days());
    let cover = Wanted {
        schedule: schedules.network,
        person: company.person("Emil Sandahl").id,
        start: instant(tomorrow.at(17, 0, 0, 0)),
        end: instant(tomorrow.at(21, 0, 0, 0)),
        reason: "Parents' evening".to_owned(),
    };
    // A Saturday by day, of whoever has next week.
    let saturday = week.date().saturating_add(12.days());
    let mine = company.person(network_days(now)[1]).id;
    let offer = Offer {
        schedule: schedules.network,
        person: mine,
        asked: None,
        start: instant(saturday.at(9, 0, 0, 0)),
        end: instant(saturday.at(21, 0, 0, 0)).unwrap_or(now),
        reason: "A wedding in Lübeck; I take any weekend in return".to_owned(),
    };
    let offering = viewer(desk, mine).await?;
    let learns = learner(company, schedules, week, now);
    let holiday = christmas(company, schedules, today);
    let service_desk = schedules.service_desk;
    desk.change(manager_of(company), move |sql, audit| {
        if let Some(before) = store::directory::schedules::get(sql, service_desk)? {
            let after = Schedule { layers, ..before };
            rota::save_schedule(sql, audit, after, instant(change))?;
        }
        rota::add_override(sql, audit, &manager, cover)?;
        rota::add_override(sql, audit, &manager, holiday)?;
        rota::add_shadow(sql, audit, &manager, learns)?;
        rota::offer_swap(sql, audit, &offering, offer)?;
        Ok(())
    })
    .await
}

/// A policy: its name, its steps, the least urgent it pages for, a team and services it is for.
type Paged<'p> = (&'p str, Vec<EscalationStep>, Priority, &'p str, &'p [&'p str]);

/// Puts the policies in force.
pub(super) async fn begin(
    desk: &Desk,
    company: &Company,
    schedules: &Schedules,
) -> Result<(), Trouble> {
    let [_, p2, p3, ..] = Priority::ALL;
    let person = |name| Whom::Person(company.person(name).id);
    let (by, team) = (Whom::Schedule, |name| Whom::Team(company.team(name)));
    let nadia = person("Nadia Brandtner");
    let network = vec![
        step(0, vec![by(schedules.network)]),
        step(5 * MINUTE, vec![by(schedules.second_line)]),
        step(15 * MINUTE, vec![team("Network")]),
    ];
    let commerce = vec![
        step(0, vec![by(schedules.commerce)]),
        step(5 * MINUTE, vec![team("Commerce")]),
        step(10 * MINUTE, vec![nadia]),
    ];
    let floor = vec![
        step(0, vec![by(schedules.floor)]),
        step(5 * MINUTE, vec![person("Milan Hruska"), nadia]),
        step(40 * MINUTE, vec![team("Warehouse systems")]),
    ];
    let service_desk = vec![
        step(0, vec![by(schedules.service_desk)]),
        step(15 * MINUTE, vec![team("Service Desk")]),
    ];
    let all: [Paged<'_>; 4] = [
        ("Network, around the clock", network, p3, "Network", &["Core Network", "Warehouse Wi-Fi"]),
        (
            "Commerce, around the clock",
            commerce,
            p2,
            "Commerce",
            &["Checkout API", "Card Payments"],
        ),
        ("Warehouse floor", floor, p2, "Warehouse systems", &[]),
        ("Service Desk, follow the sun", service_desk, p3, "Service Desk", &[]),
    ];
    let all = all.map(|(name, steps, pages_from, team, services)| {
        let blank = desk::escalations::blank_escalation();
        let policy = EscalationPolicy {
            name: name.to_owned(),
            steps,
            pages_from,
            fallback: vec![nadia],
            ..blank.policy
        };
        let services: Vec<_> = services.iter().map(|name| company.services[*name].0).collect();
        (Escalation { policy, active: true }, company.team(team), services)
    });
    desk.change(manager_of(company), move |sql, audit| {
        for (escalation, team, of) in all {
            let made = desk::escalations::save_escalation(sql, audit, escalation)?;
            let escalation = Some(made.policy.id);
            if let Some(before) = teams::get(sql, team)? {
                let after = teams::Team { escalation, ..before.clone() };
                teams::update(sql, &after, before.version)?;
                audit.changed(sql, "team", team, &before, &after)?;
            }
            for id in of {
                let Some(before) = services::get(sql, id)? else { continue };
                let after = services::Service { escalation, ..before.clone() };
                services::update(sql, &after, before.version)?;
                audit.changed(sql, "service", id, &before, &after)?;
            }
        }
        Ok(())
    })
    .await
}

fn step(after_seconds: i64, whom: Vec<Whom>) -> EscalationStep {
    EscalationStep { after_seconds, whom, ..desk::escalations::blank_step() }
}

/// The telephones of the company's people: what is sent to them can be read off them, and goes
/// nowhere else.
#[derive(Default)]
struct Phones(Mutex<HashMap<ContactId, String>>);

impl Phones {
    fn code(&self, id: ContactId) -> String {
        let codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        codes.get(&id).cloned().unwrap_or_default()
    }
}

impl Messenger for Phones {
    fn channels(&self) -> Vec<PageChannel> {
        vec![PageChannel::Ntfy, PageChannel::Sms, PageChannel::Voice]
    }

    fn note<'a>(&'a self, contact: &'a store::directory::Contact, note: Note) -> Noted<'a> {
        if let Note::Code(code) = note {
            let mut codes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            codes.insert(contact.id, code);
        }
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Everybody who is on call says how they are reached, and shows that they are.
pub(super) async fn reach(desk: &Desk, company: &Company) -> Result<(), Trouble> {
    let phones = Arc::new(Phones::default());
    let messenger: Arc<dyn Messenger> = phones.clone();
    desk.use_messenger(&messenger);
    let names = [
        ON_CALL,
        "Yuki Tanabe",
        "Emil Sandahl",
        "Kofi Darkwah",
        "Hana Moravec",
        "Dana Okwuosa",
        "Milan Hruska",
        "Nadia Brandtner",
        "Petra Vondrak",
        "Jamal Idrissi",
        "Tomasz Wronek",
        "Selin Ertekin",
    ];
    for (place, name) in names.into_iter().enumerate() {
        let viewer = viewer(desk, company.person(name).id).await?;
        let topic = format!("northwind-{}", name.to_lowercase().replace(' ', "-"));
        // Numbers that are kept free for stories.
        let mobile = format!("+49 171 3920{:03}", 20 + place);
        let mut ways = Vec::new();
        for (channel, address, label) in [
            (PageChannel::Ntfy, topic.as_str(), "My phone's app"),
            (PageChannel::Sms, mobile.as_str(), "Mobile"),
            (PageChannel::Voice, mobile.as_str(), "Mobile, call"),
        ] {
            let draft = Draft { channel, address: address.to_owned(), label: label.to_owned() };
            let (contact, _) = desk.add_contact(&viewer, viewer.person, draft).await?;
            desk.verify_contact(&viewer, contact.id, &phones.code(contact.id)).await?;
            ways.push(contact.id);
        }
        let rule = |urgency, after_minutes, way: usize| ReachRule {
            urgency,
            after_minutes,
            contact: ways[way],
        };
        let rules = vec![
            rule(Urgency::High, 0, 0),
            rule(Urgency::High, 1, 1),
            rule(Urgency::High, 3, 2),
            rule(Urgency::Low, 0, 0),
        ];
        desk.set_reach_rules(&viewer, viewer.person, rules).await?;
    }
    Ok(())
}

/// Brings what is due to the telephones of the company's people, who are as invented as what is
/// brought: it leaves nothing behind but that it was taken.
pub(super) async fn bring(desk: &Desk) -> Result<(), Trouble> {
    /// Pages of one channel at once.
    const AT_ONCE: i64 = 100;
    use store::pages::send;
    let now = desk.now();
    let due = desk.read(move |sql| send::due_channels(sql, now)).await?;
    if due.is_empty() {
        return Ok(());
    }
    desk.write(move |sql| {
        for channel in due {
            let until = now.plus_seconds(MINUTE);
            for page in send::claim(sql, channel, now, until, &send::Room::of(AT_ONCE))? {
                send::sent(sql, &page, None, now)?;
            }
        }
        Ok(())
    })
    .await
}

fn weekly(
    company: &Company,
    name: &str,
    start_local: DateTime,
    people: &[&str],
    restrictions: &[Restriction],
) -> Layer {
    let people = people.iter().map(|name| company.person(name).id).collect();
    let rotation = Rotation { unit: Unit::Week, every: 1, start_local, people };
    Layer { name: name.to_owned(), rotation, restrictions: restrictions.to_vec() }
}

fn hours(from: i8, to: i8) -> Restriction {
    Restriction { days: Weekday::ALL.to_vec(), from: time(from, 0, 0, 0), to: time(to, 0, 0, 0) }
}

/// Monday at nine, when this week's people took over.
fn this_week(now: Timestamp) -> DateTime {
    let local = local(now);
    let days = local.date().weekday().to_monday_zero_offset();
    let monday = local.date().saturating_sub(i32::from(days).days()).at(9, 0, 0, 0);
    if local < monday { monday.saturating_sub(7.days()) } else { monday }
}

/// Whether it is night, or was a moment ago.
fn is_night(now: Timestamp) -> bool {
    let hour = local(now).hour();
    !(6..22).contains(&hour)
}

fn zone() -> TimeZone {
    TimeZone::get(ZONE).unwrap_or(TimeZone::UTC)
}

/// What the clock in Hamburg shows.
pub(super) fn local(at: Timestamp) -> DateTime {
    at.to_jiff().to_zoned(zone()).datetime()
}

/// When the clock in Hamburg shows this.
pub(super) fn instant(local: DateTime) -> Option<Timestamp> {
    Some(Timestamp::from_jiff(local.to_zoned(zone()).ok()?.timestamp()))
}

fn manager_of(company: &Company) -> kernel::Actor {
    company.person("Nadia Brandtner").actor()
}

/// What somebody may who signed in themselves.
pub(super) async fn viewer(desk: &Desk, id: PersonId) -> Result<Viewer, Trouble> {
    let person = desk.read(move |sql| people::get(sql, id)).await?.ok_or(Trouble::Unknown)?;
    Ok(desk.viewer(&person, incident::TokenScope::Admin))
}
