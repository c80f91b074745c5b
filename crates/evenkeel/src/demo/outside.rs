//! What the company tells the outside: the components of its status page, the lists of those who
//! have a stake, who subscribed, and planned work that everybody hears of. Every address is one
//! that is kept free for stories, and nothing is ever sent from here.

use super::company::Company;
use super::oncall::{instant, local};
use alert::maintenance::{Maintenance, Matcher};
use desk::{Desk, Trouble};
use incident::conduct::Degree;
use jiff::ToSpan;
use kernel::{
    ComponentGroupId, ComponentId, Language, ListId, MaintenanceId, PersonId, ServiceId,
    SubscriberId, Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};
use store::Sql;
use store::alerts::maintenances;
use store::directory::lists::{self, List, PlainAddress, Wants};
use store::status::components::{self, Component};
use store::status::groups::{self, Group};
use store::status::page::{self, StatusPage};
use store::status::works::{self, Words};
use store::subscribers::{self, Subscriber, SubscriberKind};

const HOUR: i64 = 3_600;
/// Minutes before planned work at which subscribers are reminded.
const REMIND_MINUTES: u32 = 24 * 60;

/// Headings of the page, each with its components: name, service, whether only the internal page
/// shows it.
type Heading = (&'static str, &'static [(&'static str, &'static str, bool)]);

const PAGE: [Heading; 3] = [
    (
        "For customers",
        &[
            ("Booking and checkout", "Checkout API", false),
            ("Customer portal", "Customer Portal", false),
            ("Card payments", "Card Payments", false),
            ("Track and trace", "Track & Trace", false),
        ],
    ),
    (
        "In our halls",
        &[
            ("Labels and papers", "Label Printing", false),
            ("Handheld scanners", "Handheld Scanners", false),
            ("Tours and drivers", "Route Planner", false),
            ("Wi-Fi in the halls", "Warehouse Wi-Fi", true),
        ],
    ),
    (
        "At our desks",
        &[
            ("Signing in", "Single Sign-on", true),
            ("E-mail", "E-mail", true),
            ("Working from home", "VPN", true),
        ],
    ),
];

/// A list: its name, its people, addresses of others, the services it hears of, how bad it has to
/// be, and whether the first word and the last are enough.
type Stake = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
    Option<Degree>,
    bool,
);

const STAKES: [Stake; 3] = [
    (
        "Sales and depots",
        &["Jonas Eklund", "Sanne Hofkamp", "Noor Bakhuis", "Thierry Maunoir", "Camille Rousset"],
        &["depot.lyon@northwind.example", "sales.nordics@northwind.example"],
        &["Checkout API", "Customer Portal", "Card Payments", "Track & Trace", "Route Planner"],
        None,
        false,
    ),
    (
        "Shift leads",
        &["Gwen Tarrant", "Peter Nowicki", "Yusuf Demirci", "Ewa Zielonka", "Marek Pawlak"],
        &["gate.rotterdam@northwind.example"],
        &["Label Printing", "Handheld Scanners", "Warehouse Wi-Fi", "Order Database"],
        None,
        false,
    ),
    ("Directors", &["Henrik Dahl", "Ingrid Falk"], &[], &[], Some(Degree::Partial), true),
];

/// Who subscribed to the page: address, language, and the one component where not all.
const SUBSCRIBERS: [(&str, Language, Option<&str>); 7] = [
    ("lotte.brandsma@alder-furniture.example", Language::En, None),
    ("it@alder-furniture.example", Language::En, Some("Booking and checkout")),
    ("versand@holzmann-moebel.example", Language::De, None),
    ("logistique@atelier-rhone.example", Language::Fr, Some("Track and trace")),
    ("envios@casa-luz.example", Language::Es, Some("Booking and checkout")),
    ("dostawy@meble-gdynia.example", Language::Pl, None),
    ("ops@fjord-outdoor.example", Language::En, Some("Card payments")),
];

/// Sets up the page, the lists and who subscribed, as known since `since`.
pub(super) async fn set_up(
    desk: &Desk,
    company: &Company,
    since: Timestamp,
) -> Result<(), Trouble> {
    let services: BTreeMap<String, ServiceId> =
        company.services.iter().map(|(name, (id, _))| (name.clone(), *id)).collect();
    let people: BTreeMap<String, PersonId> =
        company.people.iter().map(|person| (person.name.clone(), person.id)).collect();
    desk.change(desk::command_line(), move |sql, audit| {
        let shown = StatusPage {
            id: desk::fresh().simple().to_string(),
            public: true,
            name: "Northwind Logistics".to_owned(),
            languages: vec![Language::En, Language::De, Language::Fr, Language::Pl],
            time_zone: "Europe/Berlin".to_owned(),
            support: "+49 40 555 0100".to_owned(),
            ..StatusPage::default()
        };
        page::put(sql, &shown, 0)?;
        audit.created(sql, "setting", page::STATUS_PAGE, &shown)?;
        let known = page_of(sql, &services, since)?;
        for stake in STAKES {
            let list = list(stake, &services, &people);
            lists::insert(sql, &list, since)?;
            audit.created(sql, List::WHAT, list.id, &list)?;
        }
        subscribe(sql, &known, since)
    })
    .await
}

/// The components with their headings; by name.
fn page_of(
    sql: &mut dyn Sql,
    services: &BTreeMap<String, ServiceId>,
    since: Timestamp,
) -> Result<BTreeMap<&'static str, ComponentId>, Trouble> {
    let mut known = BTreeMap::new();
    for (heading, below) in PAGE {
        let group = Group {
            id: ComponentGroupId(desk::fresh()),
            name: heading.to_owned(),
            description: String::new(),
            position: 1,
            created_at: since,
            updated_at: since,
            version: 1,
        };
        groups::insert(sql, &group)?;
        for (name, service, internal) in below {
            let component = Component {
                id: ComponentId(desk::fresh()),
                name: (*name).to_owned(),
                description: String::new(),
                service: services.get(*service).copied(),
                group: Some(group.id),
                position: 1,
                internal: *internal,
                created_at: since,
                updated_at: since,
                version: 1,
            };
            components::insert(sql, &component)?;
            known.insert(*name, component.id);
        }
    }
    Ok(known)
}

fn list(
    (name, of, addresses, about, least_degree, first_and_last_only): Stake,
    services: &BTreeMap<String, ServiceId>,
    people: &BTreeMap<String, PersonId>,
) -> List {
    let address =
        |email: &&str| PlainAddress { email: (*email).to_owned(), language: Language::En };
    List {
        id: ListId(desk::fresh()),
        name: name.to_owned(),
        people: of.iter().filter_map(|name| people.get(*name).copied()).collect(),
        addresses: addresses.iter().map(address).collect(),
        wants: Wants {
            services: about.iter().filter_map(|name| services.get(*name).copied()).collect(),
            least_degree,
            phases: BTreeSet::new(),
            first_and_last_only,
        },
        version: 1,
    }
}

/// They asked, and confirmed a minute later.
fn subscribe(
    sql: &mut dyn Sql,
    known: &BTreeMap<&'static str, ComponentId>,
    since: Timestamp,
) -> Result<(), Trouble> {
    for (address, language, of) in SUBSCRIBERS {
        let subscriber = Subscriber {
            id: SubscriberId(desk::fresh()),
            kind: SubscriberKind::Mail,
            address: address.to_owned(),
            language,
            everything: of.is_none(),
            components: of.and_then(|name| known.get(name).copied()).into_iter().collect(),
            secret: String::new(),
            asked_at: since,
            confirmed_at: None,
            ended_at: None,
            ended_because: None,
            bounces: 0,
            failing_since: None,
        };
        subscribers::insert(sql, &subscriber)?;
        subscribers::confirm(sql, subscriber.id, since, since.plus_seconds(60))?;
    }
    Ok(())
}

/// The lists there are: what is public is for all of them.
pub(super) async fn all_lists(desk: &Desk) -> Result<BTreeSet<ListId>, Trouble> {
    let all = desk.read(lists::list).await?;
    Ok(all.into_iter().map(|list| list.id).collect())
}

/// Plans work that everybody hears of: on the next Saturday evening.
pub(super) async fn plan_work(
    desk: &Desk,
    company: &Company,
    now: Timestamp,
) -> Result<(), Trouble> {
    let emil = company.person("Emil Sandahl");
    let today = local(now).date();
    let to_saturday = 6 - today.weekday().to_monday_one_offset();
    let days = if to_saturday < 2 { to_saturday + 7 } else { to_saturday };
    let saturday = today.saturating_add(i32::from(days).days());
    let starts_at = instant(saturday.at(20, 0, 0, 0)).unwrap_or(now);
    let service = company.services["Track & Trace"].0;
    let window = Maintenance {
        id: MaintenanceId(desk::fresh()),
        name: "Track & Trace moves to new machines".to_owned(),
        starts_at,
        ends_at: Some(starts_at.plus_seconds(3 * HOUR)),
        recurrence: None,
        matcher: Matcher { services: BTreeSet::from([service]), ..Matcher::default() },
        created_by: emil.name.clone(),
        cancelled: false,
        version: 1,
    };
    desk.change(emil.actor(), move |sql, audit| {
        let of = components::of_services(sql, &BTreeSet::from([service]))?;
        let words = Words {
            maintenance: window.id,
            title: "Track and trace is moved to new machines".to_owned(),
            body: "For up to three hours parcels cannot be tracked. Deliveries go on as planned, and what was scanned meanwhile is shown afterwards.".to_owned(),
            components: of.into_iter().collect(),
            remind_minutes: Some(REMIND_MINUTES),
            created_at: now,
            updated_at: now,
        };
        maintenances::insert(sql, &window)?;
        works::put(sql, &words)?;
        audit.created(sql, "maintenance", window.id, &window)?;
        Ok(())
    })
    .await
}
