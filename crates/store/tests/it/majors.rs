//! What major incidents leave beside the incidents, on each engine.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use crate::list::world::{Incident, NOW, content, service, settle};
use incident::conduct::{Audiences, Degree};
use incident::event::{
    Derived, OutageChanged, OutageRecorded, OutageRemoved, Redacted, UpdateDrafted, UpdatePublished,
};
use incident::state::UpdatePhase;
use incident::{Body, Cause, Event, State, apply};
use kernel::{Actor, Channel, IncidentNumber, ListId, OutageId, Timestamp, UpdateId};
use store::incidents::{Recorded, lock_head, record, verify};
use store::{Failure, Sql, outages, updates};
use uuid::Uuid;

const NUMBER: IncidentNumber = IncidentNumber(1);

fn outage(n: u128) -> OutageId {
    OutageId(Uuid::from_u128(n))
}

fn at(seconds: i64) -> Timestamp {
    NOW.plus_seconds(seconds)
}

/// An incident whose events follow each other.
struct Story {
    state: Option<State>,
}

impl Story {
    /// Records these as one command does.
    fn tell(&mut self, sql: &mut dyn Sql, bodies: Vec<Body>) -> Result<(), Failure> {
        let told = Incident::new(NUMBER.0, "VPN down").recorded();
        let before = self.state.clone();
        let mut part = match before {
            None => {
                self.state = told.events.iter().fold(None, apply);
                told
            }
            Some(_) => Recorded { events: vec![], contents: vec![], ..told },
        };
        part.before = before;
        for body in bodies {
            let n = self.state.as_ref().map_or(1, |state| state.version + 1);
            let cause = Derived { by: "policy".to_owned(), name: "major".to_owned(), version: 0 };
            let event = Event {
                n,
                at: NOW,
                happened_at: NOW,
                actor: Actor::system(),
                channel: Channel::Api,
                cause: Cause::Derived(cause),
                batch: None,
                body,
            };
            self.state = apply(self.state.take(), &event);
            part.events.push(event);
        }
        part.after = self.state.clone().unwrap();
        let mut head = lock_head(sql)?;
        record(sql, &mut head, &[part]).map(drop)
    }
}

fn recorded(n: u128, started: i64, ended: Option<i64>) -> Body {
    OutageRecorded {
        outage: outage(n),
        service: service(0),
        degree: Degree::Partial,
        started_at: at(started),
        ended_at: ended.map(at),
    }
    .into()
}

fn published(status_page: bool, update: Option<UpdateId>) -> UpdatePublished {
    let lists = [ListId(Uuid::from_u128(7))].into();
    UpdatePublished {
        body: content(NUMBER.0, 0),
        phase: UpdatePhase::Identified,
        expected: Some(at(600)),
        next_update: None,
        title: None,
        audiences: Some(Audiences { requesters: true, lists, status_page, chat: false }),
        update,
        update_due: None,
    }
}

fn findings(sql: &mut dyn Sql) -> Result<Vec<String>, Failure> {
    let found = verify(sql, &mut |_, _| {})?;
    let about = found.into_iter().map(|finding| finding.what);
    Ok(about.filter(|what| what.contains("outages") || what.contains("updates")).collect())
}

#[test]
fn outages_are_found_by_span_service_and_incident() {
    each_engine("outages", |store| {
        write(store, |sql| {
            settle(sql)?;
            let mut story = Story { state: None };
            story.tell(sql, vec![recorded(1, -600, Some(-300)), recorded(2, -100, None)])?;
            let ids = |found: Vec<outages::OutageRow>| {
                found.into_iter().map(|row| row.id).collect::<Vec<_>>()
            };
            let both = vec![outage(2), outage(1)];
            assert_eq!(ids(outages::of_incident(sql, NUMBER)?), both, "the latest first");
            assert_eq!(ids(outages::between(sql, at(-700), at(-500))?), [outage(1)]);
            assert_eq!(ids(outages::between(sql, at(-300), at(-100))?), [], "until just before");
            assert_eq!(ids(outages::of_service(sql, service(0), at(-700), at(0))?), both);
            assert_eq!(ids(outages::of_service(sql, service(1), at(-700), at(0))?), []);
            assert_eq!(ids(outages::lasting(sql)?), [outage(2)]);
            let ends = OutageChanged {
                outage: outage(2),
                degree: Degree::Full,
                started_at: at(-100),
                ended_at: Some(at(-50)),
                degree_before: Degree::Partial,
                started_before: at(-100),
                ended_before: None,
            };
            let removed = OutageRemoved { outage: outage(1), reason: None };
            story.tell(sql, vec![ends.into(), removed.into()])?;
            let rows = outages::of_incident(sql, NUMBER)?;
            let row = outages::OutageRow {
                id: outage(2),
                number: NUMBER,
                service: service(0),
                degree: Degree::Full,
                started_at: at(-100),
                ended_at: Some(at(-50)),
            };
            assert_eq!(rows, [row]);
            assert_eq!(findings(sql)?, Vec::<String>::new());
            sql.execute("update outages set degree = 'degraded'", &[])?;
            assert_eq!(findings(sql)?.len(), 1, "it is checked");
            Ok(())
        });
    });
}

#[test]
fn published_updates_come_with_their_words_until_those_are_erased() {
    each_engine("updates", |store| {
        write(store, |sql| {
            settle(sql)?;
            let mut story = Story { state: None };
            story.tell(sql, vec![published(false, None).into(), published(true, None).into()])?;
            let found = updates::of_incident(sql, NUMBER)?;
            assert_eq!(found.len(), 2);
            let outside = updates::on_status_page(sql, at(-10))?;
            let [update] = outside.as_slice() else { panic!("{outside:?}") };
            assert_eq!((update.body.as_str(), update.title.as_deref()), ("VPN down", None));
            assert_eq!(update.expected, Some(at(600)));
            assert_eq!(update.audiences, published(true, None).audiences.unwrap());
            assert_eq!(updates::on_status_page(sql, at(10))?, []);
            let before = UpdatePublished { audiences: None, ..published(true, None) };
            story.tell(sql, vec![before.into()])?;
            assert_eq!(updates::of_incident(sql, NUMBER)?.len(), 2, "since there is a choice");
            assert_eq!(findings(sql)?, Vec::<String>::new());
            let erased = Redacted { content: content(NUMBER.0, 0) };
            story.tell(sql, vec![erased.into()])?;
            assert_eq!(updates::on_status_page(sql, at(-10))?[0].body, "");
            Ok(())
        });
    });
}

#[test]
fn words_that_were_approved_are_public() {
    each_engine("approved", |store| {
        write(store, |sql| {
            settle(sql)?;
            let mut story = Story { state: None };
            let id = UpdateId(Uuid::from_u128(9));
            let UpdatePublished { body, phase, expected, next_update, title, audiences, .. } =
                published(true, Some(id));
            let audiences = audiences.unwrap();
            let drafted =
                UpdateDrafted { update: id, title, body, phase, expected, next_update, audiences };
            story.tell(sql, vec![drafted.into()])?;
            sql.execute("update contents set public = 0", &[])?;
            story.tell(sql, vec![published(true, Some(id)).into()])?;
            let public = sql.query("select public from contents", &[])?;
            assert_eq!(public, [vec![store::Value::Int(1)]]);
            assert!(story.state.as_ref().unwrap().conduct.as_ref().unwrap().drafts.is_empty());
            Ok(())
        });
    });
}

#[test]
fn what_is_for_lists_alone_is_kept_from_the_requester() {
    each_engine("inside", |store| {
        write(store, |sql| {
            settle(sql)?;
            let mut story = Story { state: None };
            let only = |requesters: bool, status_page: bool| -> Body {
                let audiences = published(false, None).audiences;
                let audiences = audiences.map(|to| Audiences { requesters, status_page, ..to });
                UpdatePublished { audiences, ..published(false, None) }.into()
            };
            story.tell(sql, vec![only(false, false), only(true, false), only(false, true)])?;
            let statement = "select public from events where kind = 'update_published' order by n";
            let public = sql.query(statement, &[])?;
            let [no, yes] = [0, 1].map(|flag| vec![store::Value::Int(flag)]);
            assert_eq!(public, [no, yes.clone(), yes]);
            Ok(())
        });
    });
}
