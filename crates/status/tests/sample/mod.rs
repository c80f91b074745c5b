//! A page with about the content of the demo: 40 components in 6 groups, what was in 90 days, one
//! incident that goes on, planned work.

#![allow(dead_code)]

use kernel::{ComponentGroupId, ComponentId, Language, MaintenanceId, Timestamp};
use status::Snapshot;
use status::snapshot::{
    Component, Condition, Group, Incident, Phase, Site, Span, Update, Work, WorkPhase,
};
use uuid::Uuid;

/// Monday 23 November 2026, 13:12 in Amsterdam.
pub const NOW: &str = "2026-11-23T12:12:00Z";

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn component_id(number: u128) -> ComponentId {
    ComponentId(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0000 + number))
}

pub fn group_id(number: u128) -> ComponentGroupId {
    ComponentGroupId(Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 + number))
}

pub fn site() -> Site {
    Site {
        id: "northwind".to_owned(),
        name: "Northwind Logistics".to_owned(),
        url: "https://help.example.org/status".to_owned(),
        base: "/status".to_owned(),
        time_zone: "Europe/Amsterdam".to_owned(),
        languages: Language::ALL.to_vec(),
        support: Some("+31 20 555 0100".to_owned()),
        logo: None,
        internal: false,
        subscriptions: Some("/status".to_owned()),
    }
}

/// A page with nothing on it.
pub fn empty() -> Snapshot {
    Snapshot {
        at: at(NOW),
        site: site(),
        groups: Vec::new(),
        components: Vec::new(),
        incidents: Vec::new(),
        works: Vec::new(),
    }
}

pub fn component(number: u128, name: &str, condition: Condition) -> Component {
    Component {
        id: component_id(number),
        name: name.to_owned(),
        description: None,
        group: None,
        condition,
        created_at: at("2025-01-10T09:00:00Z"),
        updated_at: at("2026-11-23T11:24:00Z"),
        spans: Vec::new(),
    }
}

pub fn span(condition: Condition, from: &str, until: Option<&str>) -> Span {
    Span { condition, started_at: at(from), ended_at: until.map(at) }
}

pub fn update(id: &str, phase: Phase, when: &str, body: &str) -> Update {
    Update {
        id: id.to_owned(),
        phase,
        body: body.to_owned(),
        at: at(when),
        expected: None,
        next_update: None,
    }
}

/// The incident that goes on.
pub fn going_on() -> Incident {
    let mut newest = update(
        "u2",
        Phase::Identified,
        "2026-11-23T12:00:00Z",
        "A configuration change at 12:20 left too few database connections for bookings. We are undoing \
         that change.\n\nAbout 1 in 3 bookings in the web shop fail, retrying usually works.",
    );
    newest.expected = Some(at("2026-11-23T12:50:00Z"));
    newest.next_update = Some(at("2026-11-23T12:30:00Z"));
    let first = update(
        "u1",
        Phase::Investigating,
        "2026-11-23T11:46:00Z",
        "Some customers see “try again” when they confirm a booking. Phone booking works.",
    );
    Incident {
        id: "b7k2m9".to_owned(),
        title: "Some bookings fail at checkout".to_owned(),
        phase: Phase::Identified,
        worst: Condition::Partial,
        components: vec![component_id(0), component_id(1)],
        started_at: at("2026-11-23T11:24:00Z"),
        created_at: at("2026-11-23T11:46:00Z"),
        monitoring_at: None,
        resolved_at: None,
        updates: vec![newest, first],
    }
}

/// An incident that is over.
pub fn over(id: &str, title: &str, worst: Condition, from: &str, until: &str) -> Incident {
    let (fixed, began) = (at(until), at(from));
    let word = |name: &str, phase, at, body: &str| Update {
        id: format!("{id}-{name}"),
        phase,
        body: body.to_owned(),
        at,
        expected: None,
        next_update: None,
    };
    Incident {
        id: id.to_owned(),
        title: title.to_owned(),
        phase: Phase::Resolved,
        worst,
        components: vec![component_id(0)],
        started_at: began,
        created_at: began.plus_seconds(300),
        monitoring_at: Some(fixed.plus_seconds(-600)),
        resolved_at: Some(fixed),
        updates: vec![
            word("3", Phase::Resolved, fixed, "It works again. We keep an eye on it for a day."),
            word("2", Phase::Monitoring, fixed.plus_seconds(-600), "The fix is in place."),
            word("1", Phase::Investigating, began.plus_seconds(300), "We are looking into it."),
        ],
    }
}

pub fn work(number: u128, phase: WorkPhase, from: &str, until: &str) -> Work {
    Work {
        id: MaintenanceId(Uuid::from_u128(0x0194_0000_0000_7000_8000_0000_0000_0000 + number)),
        occurrence: 0,
        title: "Track and trace database upgrade".to_owned(),
        body: "Tracking pages may show data up to 10 minutes old. Booking is not affected."
            .to_owned(),
        phase,
        components: vec![component_id(2)],
        starts_at: at(from),
        ends_at: at(until),
        created_at: at("2026-11-16T08:00:00Z"),
        updated_at: at("2026-11-17T08:00:00Z"),
    }
}

const NAMES: [&str; 8] = [
    "Booking and checkout",
    "Customer portal",
    "Track and trace",
    "Customs documents",
    "Label printing",
    "Partner interface",
    "Invoices",
    "Telephone",
];

const GROUPS: [&str; 6] =
    ["Customers", "Partners", "Warehouses", "Transport", "Offices", "Foundations"];

/// The demo's page.
pub fn demo() -> Snapshot {
    let groups = GROUPS.iter().zip(0..).map(|(name, number)| Group {
        id: group_id(number),
        name: (*name).to_owned(),
        description: None,
        created_at: at("2025-01-10T09:00:00Z"),
        updated_at: at("2025-01-10T09:00:00Z"),
    });
    let groups: Vec<Group> = groups.collect();
    let components = (0..40).map(|number| demo_component(number, &groups)).collect();
    let mut incidents = vec![going_on()];
    for (id, title, worst, from, until) in [
        (
            "k1",
            "Booking slow for partners",
            Condition::Degraded,
            "2026-11-12T08:10:00Z",
            "2026-11-12T08:58:00Z",
        ),
        (
            "k2",
            "Labels delayed",
            Condition::Partial,
            "2026-10-21T07:00:00Z",
            "2026-10-21T08:26:00Z",
        ),
        (
            "k3",
            "Booking unavailable",
            Condition::Major,
            "2026-10-07T10:02:00Z",
            "2026-10-07T10:33:00Z",
        ),
        (
            "k4",
            "Invoices late",
            Condition::Degraded,
            "2026-09-18T20:00:00Z",
            "2026-09-19T05:00:00Z",
        ),
    ] {
        incidents.push(over(id, title, worst, from, until));
    }
    let works = vec![
        work(0, WorkPhase::Completed, "2026-11-07T21:00:00Z", "2026-11-07T22:30:00Z"),
        work(1, WorkPhase::Scheduled, "2026-11-28T21:00:00Z", "2026-11-28T22:30:00Z"),
        work(2, WorkPhase::Cancelled, "2026-12-05T21:00:00Z", "2026-12-05T22:30:00Z"),
    ];
    Snapshot { groups, components, incidents, works, ..empty() }
}

fn demo_component(number: u128, groups: &[Group]) -> Component {
    let place = usize::try_from(number).unwrap();
    let name = match place / NAMES.len() {
        0 => NAMES[place].to_owned(),
        site => format!(
            "{} {}",
            NAMES[place % NAMES.len()],
            ["", "Rotterdam", "Bremen", "Gdynia", "Vigo"][site]
        ),
    };
    let condition = match number {
        0 => Condition::Partial,
        1 => Condition::Degraded,
        _ => Condition::Operational,
    };
    let mut made = component(number, &name, condition);
    made.group = Some(groups[place % groups.len()].id);
    if number < 2 {
        made.spans.push(span(condition, "2026-11-23T11:24:00Z", None));
    }
    if number.is_multiple_of(3) {
        made.spans.push(span(
            Condition::Degraded,
            "2026-11-12T08:10:00Z",
            Some("2026-11-12T08:58:00Z"),
        ));
        made.spans.push(span(
            Condition::Major,
            "2026-10-07T10:02:00Z",
            Some("2026-10-07T10:33:00Z"),
        ));
    }
    if number % 7 == 2 {
        made.spans.push(span(
            Condition::Maintenance,
            "2026-11-07T21:00:00Z",
            Some("2026-11-07T22:30:00Z"),
        ));
    }
    if number == 39 {
        made.created_at = at("2026-11-10T09:00:00Z");
    }
    made
}
