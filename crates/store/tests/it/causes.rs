//! Verdicts about causes, and what is looked at for them: on both engines, and for whom.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use crate::list::world::{Incident, NOW, id, person, service, settle, staff, store_all, team};
use alert::{Alert, Severity, SignalStatus};
use incident::Scope;
use incident::conduct::Degree;
use insight::cause::{Kind, What};
use kernel::{AlertId, ChangeId, IncidentNumber, IntegrationId, OutageId, ServiceId, Timestamp};
use store::alerts::{self, Written};
use store::causes::{
    Verdict, alerts_near, incidents_near, judged, last_of, of, outages_near, say,
    services_of_children, unsay,
};
use store::{Failure, Sql, Value};

fn at(seconds: i64) -> Timestamp {
    NOW.plus_seconds(seconds)
}

/// A member of the team that one of the incidents is confidential to.
fn security() -> Scope {
    Scope { teams: [team(2)].into_iter().collect(), ..staff() }
}

/// Of whoever is of no team.
fn others() -> Scope {
    Scope { teams: Default::default(), ..staff() }
}

/// An old one, one of another service, a hidden one, and a child of the first.
fn incidents() -> [Incident; 4] {
    let of = |number: i64, which: usize, seconds: i64| {
        Incident::new(number, "No labels").with(move |state| {
            state.service = Some(service(which));
            state.reported_at = at(seconds);
        })
    };
    [
        of(1, 0, -90_000),
        of(2, 1, -600),
        of(3, 1, -300).with(|state| state.confidential_to = Some(team(2))),
        of(4, 1, -60).with(|state| state.parent = Some(IncidentNumber(1))),
    ]
}

fn verdict(number: i64, change: usize, was_it: bool, seconds: i64) -> Verdict {
    Verdict {
        number: IncidentNumber(number),
        what: What::Change(ChangeId(id(20, change))),
        kind: Kind::Deployment,
        was_it,
        by: person(0),
        at: at(seconds),
    }
}

#[test]
fn the_last_word_stands_and_can_be_taken_back() {
    each_engine("causes_verdicts", |store| {
        write(store, |sql| {
            settle(sql)?;
            store_all(sql, &incidents())?;
            say(sql, &verdict(2, 0, true, -50))?;
            say(sql, &verdict(2, 0, false, -40))?;
            say(sql, &verdict(2, 1, true, -30))?;
            say(sql, &verdict(3, 0, true, -20))?;
            let number = IncidentNumber(2);
            let all = of(sql, number, 10)?;
            assert_eq!(all, [verdict(2, 1, true, -30), verdict(2, 0, false, -40)]);
            assert_eq!(of(sql, number, 1)?.len(), 1);
            let mut seen = judged(sql, &others(), at(-100))?;
            seen.sort_unstable();
            let (no, yes) = ((Kind::Deployment, false, 1), (Kind::Deployment, true, 1));
            assert_eq!(seen, [no, yes], "what was said of a hidden one does not count");
            let mut seen = judged(sql, &security(), at(-100))?;
            seen.sort_unstable();
            assert_eq!(seen, [no, (Kind::Deployment, true, 2)]);
            assert_eq!(judged(sql, &security(), at(0))?, []);
            let what = verdict(2, 0, true, 0).what;
            assert!(unsay(sql, number, &what)?);
            assert!(!unsay(sql, number, &what)?);
            assert_eq!(of(sql, number, 10)?, [verdict(2, 1, true, -30)]);
            Ok(())
        });
    });
}

fn alert(n: usize, number: i64, of: ServiceId, seconds: i64) -> Alert {
    Alert {
        id: AlertId(id(21, n)),
        integration: IntegrationId(id(22, 0)),
        key: format!("key {n}"),
        state: SignalStatus::Firing,
        severity: Severity::Critical,
        service: Some(of),
        group: "web".to_owned(),
        number: Some(IncidentNumber(number)),
        count: 1,
        first_at: at(seconds),
        last_at: at(seconds),
        started_at: None,
        ends_at: None,
        ended_at: None,
        muted: None,
        muted_until: None,
        changes: vec![],
        flapping_until: None,
        check_at: None,
        digest: 1,
        once: None,
    }
}

fn keep(sql: &mut dyn Sql, alert: &Alert) -> Result<(), Failure> {
    alerts::write(sql, Written::All, [alert].into_iter())?;
    let statement = "insert into alert_details (alert_id, title, body, labels, links, responders) \
        values ($1, 'Errors', '', '{}', '[]', '[]')";
    sql.execute(statement, &[alert.id.into()]).map(drop)
}

fn outage(sql: &mut dyn Sql, n: usize, number: i64, seconds: i64) -> Result<(), Failure> {
    let statement = "insert into outages (number, id, service_id, degree, started_at, ended_at) \
        values ($1, $2, $3, $4, $5, null)";
    let values: [Value; 5] = [
        IncidentNumber(number).into(),
        OutageId(id(23, n)).to_string().into(),
        service(1).into(),
        Degree::Full.as_str().into(),
        at(seconds).into(),
    ];
    sql.execute(statement, &values).map(drop)
}

#[test]
fn what_belongs_to_a_hidden_incident_is_found_by_its_team_alone() {
    each_engine("causes_near", |store| {
        write(store, |sql| {
            settle(sql)?;
            store_all(sql, &incidents())?;
            for (n, number, seconds) in [(0, 2, -600), (1, 3, -500), (2, 3, -9_000)] {
                keep(sql, &alert(n, number, service(1), seconds))?;
            }
            outage(sql, 0, 2, -600)?;
            outage(sql, 1, 3, -500)?;
            let (span, services) = ((at(-3_600), at(0)), [service(1)]);
            let numbers = incidents_near(sql, &services, span, 10)?;
            assert_eq!(numbers, [2, 3, 4].map(IncidentNumber));
            // The old one is open still.
            let both = incidents_near(sql, &[service(0), service(1)], span, 10)?;
            assert_eq!(both, [1, 2, 3, 4].map(IncidentNumber));
            for (scope, count) in [(others(), 1), (security(), 2)] {
                let of = (numbers.as_slice(), services.as_slice());
                let found = alerts_near(sql, &scope, of, span, 10)?;
                assert_eq!(found.len(), count);
                assert_eq!((found[0].at, found[0].title.as_str()), (at(-600), "Errors"));
                assert_eq!(outages_near(sql, &scope, &services, span, 10)?.len(), count);
            }
            let none =
                alerts_near(sql, &security(), (numbers.as_slice(), &[service(0)][..]), span, 10)?;
            assert_eq!(none, []);
            assert_eq!(outages_near(sql, &security(), &services, (at(-3_600), at(-700)), 9)?, []);
            let parent = IncidentNumber(1);
            assert_eq!(services_of_children(sql, &others(), parent, 10)?, [service(1)]);
            assert_eq!(last_of(sql, service(1), at(-300), 10)?, [IncidentNumber(2)]);
            assert_eq!(last_of(sql, service(1), at(0), 1)?, [IncidentNumber(4)]);
            Ok(())
        });
    });
}
