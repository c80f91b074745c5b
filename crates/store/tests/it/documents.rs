//! What the index is told of incidents, what files say, and what people say of similar ones.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use crate::list::world::{
    Incident, NOW, category, content, organisation, person, service, settle, staff, store_all,
    store_erasure, team,
};
use alert::Group;
use incident::{Scope, State, Visibility};
use kernel::{AttachmentId, IncidentNumber, IntegrationId, ProblemNumber};
use std::collections::BTreeSet;
use store::alerts::groups;
use store::incidents::alike::{
    Said, helped_often, refuse, refused_beside, refused_often, said_beside, say,
};
use store::incidents::documents::{
    Standing, changed_after, count_before, documents, labels, numbers_before, seal_at,
};
use store::incidents::feed::position;
use store::incidents::file_texts::{keep, unread_after, unread_of};
use store::{Failure, Sql, Value};

const ONE: IncidentNumber = IncidentNumber(1);

/// Attaches a file as a row alone; its name are the words that were said at `place`.
fn attach(sql: &mut dyn Sql, id: AttachmentId, place: usize, public: bool) -> Result<(), Failure> {
    let statement = "insert into attachments (id, number, name_content, hash, size_bytes, media_type, public, created_at) \
        values ($1, 1, $2, $3, 4, 'text/plain', $4, 0)";
    let hash = "ab".repeat(32);
    let values = [id.into(), content(1, place).into(), Value::from(hash), public.into()];
    sql.execute(statement, &values).map(drop)
}

/// What of a state the index is told.
fn standing(of: State) -> Standing {
    Standing {
        lifecycle: of.lifecycle,
        priority: of.priority,
        channel: of.channel,
        major: of.major,
        service: of.service,
        category: of.category,
        team: of.team,
        assignee: of.assignee,
        requester: of.requester,
        organisation: of.organisation,
        watchers: of.watchers,
        confidential_to: of.confidential_to,
        updated_at: of.updated_at,
    }
}

fn file(number: u128) -> AttachmentId {
    AttachmentId(uuid::Uuid::from_u128(number))
}

#[test]
fn labels_of_alerts_stand_beside_their_incident_alone() {
    each_engine("documents_labels", |store| {
        let group = |number: i64| {
            let source = IntegrationId(uuid::Uuid::from_u128(1));
            let mut group = Group::new(source, format!("group {number}"), NOW);
            group.number = Some(IncidentNumber(number));
            group
        };
        let statement = "insert into alerts (id, integration_id, key, state, severity, group_key, \
            number, count, first_at, last_at, digest) \
            values ($1, 's', $1, 'firing', 'error', 'g', $2, 1, 0, 0, 0)";
        let says = "insert into alert_details (alert_id, title, body, labels, links, responders) \
            values ($1, 'Errors', '', $2, '[]', '[]')";
        write(store, |sql| {
            groups::write(sql, [group(1), group(2), group(3)].iter())?;
            // More of the first than are read of one.
            for n in 0..300i64 {
                let (id, number) = (format!("{n:03}"), if n == 299 { 2i64 } else { 1 });
                let labels = format!("{{\"host\":\"h{}\",\"job\":\"node\"}}", n / 10);
                sql.execute(statement, &[(&id).into(), number.into()])?;
                sql.execute(says, &[(&id).into(), labels.into()])?;
            }
            let found = labels(sql, &[ONE, IncidentNumber(2), IncidentNumber(3)])?;
            let of = |number| {
                let labels = found.get(&IncidentNumber(number));
                labels.into_iter().flatten().map(String::as_str).collect::<BTreeSet<_>>()
            };
            assert_eq!(of(2), BTreeSet::from(["host=h29", "job=node"]));
            assert_eq!(of(3), BTreeSet::new());
            let first = of(1);
            assert!(first.contains("host=h29") && first.contains("job=node"), "{first:?}");
            assert!(!first.contains("host=h0"), "the newest are read: {first:?}");
            Ok(())
        });
    });
}

#[test]
fn a_document_holds_what_was_said_and_by_whom_it_may_be_read() {
    each_engine("documents", |store| {
        let all = [
            Incident::new(1, "Pump is loud")
                .with(|state| {
                    state.major = true;
                    state.service = Some(service(1));
                    state.category = Some(category(0));
                    state.team = Some(team(1));
                    state.assignee = Some(person(1));
                    state.organisation = Some(organisation(0));
                    state.watchers = BTreeSet::from([person(2)]);
                    state.confidential_to = Some(team(1));
                })
                .saying("It rattles", Visibility::Public)
                .saying("The bearing is gone", Visibility::Internal),
            Incident::new(2, "Door squeaks"),
        ];
        write(store, |sql| {
            settle(sql)?;
            store_all(sql, &all)
        });
        write(store, |sql| {
            let changed = changed_after(sql, 0, 10)?;
            assert_eq!(changed.numbers, BTreeSet::from([ONE, IncidentNumber(2)]));
            assert_eq!((changed.until, changed.entries), (position(sql)?, 4));
            let part = changed_after(sql, 0, 2)?;
            assert_eq!((part.until, part.numbers), (2, BTreeSet::from([ONE])));
            assert!(seal_at(sql, changed.until)?.is_some_and(|seal| !seal.is_empty()));
            assert_eq!(seal_at(sql, changed.until + 1)?, None);
            let newest = numbers_before(sql, IncidentNumber(i64::MAX), 1)?;
            assert_eq!(newest, [IncidentNumber(2)]);
            assert_eq!(numbers_before(sql, IncidentNumber(2), 5)?, [ONE]);
            assert_eq!(count_before(sql, IncidentNumber(2))?, 1);
            let found = documents(sql, &[ONE, IncidentNumber(9)])?;
            let words: Vec<(&str, bool)> =
                found[0].words.iter().map(|words| (words.text.as_str(), words.public)).collect();
            assert_eq!(words, [("It rattles", true), ("The bearing is gone", false)]);
            assert_eq!((found.len(), found[0].title.as_str()), (1, "Pump is loud"));
            let whole = store::incidents::load(sql, ONE)?.unwrap().state;
            assert_eq!(found[0].state.confidential_to, Some(team(1)));
            assert_eq!(found[0].state, standing(whole));
            Ok(())
        });
        write(store, |sql| store_erasure(sql, &all[0], content(1, 1)));
        write(store, |sql| {
            let words = documents(sql, &[ONE])?.remove(0).words;
            assert_eq!(words.len(), 1, "what was erased is told to nobody");
            Ok(())
        });
    });
}

#[test]
fn files_are_read_once_and_forgotten_with_their_attachment() {
    each_engine("file_texts", |store| {
        let one = Incident::new(1, "Pump is loud").saying("log.txt", Visibility::Public);
        write(store, |sql| {
            settle(sql)?;
            store_all(sql, std::slice::from_ref(&one))?;
            attach(sql, file(1), 1, true)?;
            attach(sql, file(2), 7, false)
        });
        write(store, |sql| {
            let unread = unread_of(sql, &[ONE], 1, 10)?;
            assert_eq!(unread.iter().map(|one| one.id).collect::<Vec<_>>(), [file(1), file(2)]);
            keep(sql, file(1), 1, Ok("pressure falls"))?;
            keep(sql, file(2), 1, Err("it is not text"))?;
            keep(sql, file(3), 1, Ok("of no attachment"))?;
            assert!(unread_of(sql, &[ONE], 1, 10)?.is_empty());
            assert_eq!(unread_after(sql, None, 2, 1)?.len(), 1, "a later reader reads anew");
            assert_eq!(unread_after(sql, Some(file(1)), 2, 10)?[0].id, file(2));
            let words = documents(sql, &[ONE])?.remove(0).words;
            let files: Vec<&str> = words
                .iter()
                .filter(|words| words.in_file)
                .map(|words| words.text.as_str())
                .collect();
            assert_eq!(files, ["pressure falls"]);
            Ok(())
        });
        write(store, |sql| store_erasure(sql, &one, content(1, 1)));
        write(store, |sql| {
            let left =
                sql.query("select attachment_id from file_texts order by attachment_id", &[])?;
            assert_eq!(left, [vec![Value::from(file(2))]]);
            Ok(())
        });
    });
}

#[test]
fn what_people_say_of_similar_ones_is_kept_once_for_each() {
    each_engine("similar_feedback", |store| {
        write(store, |sql| {
            settle(sql)?;
            let secret = Incident::new(3, "Pump was sold");
            let secret = secret.with(|state| state.confidential_to = Some(team(1)));
            store_all(sql, &[Incident::new(1, "Pump is loud"), secret])?;
            let (two, three) = (IncidentNumber(2), IncidentNumber(3));
            say(sql, ONE, (two, person(1)), Some(false), NOW)?;
            say(sql, ONE, (two, person(1)), Some(true), NOW)?;
            say(sql, ONE, (two, person(2)), Some(true), NOW)?;
            say(sql, three, (two, person(1)), Some(true), NOW)?;
            say(sql, ONE, (three, person(1)), Some(false), NOW)?;
            let said = said_beside(sql, ONE)?;
            assert_eq!(said.len(), 3);
            assert!(said.contains(&Said { other: two, person: person(1), helped: true }));
            let often = helped_often(sql, &staff(), &[two, three])?;
            assert_eq!((often.get(&two), often.get(&three)), (Some(&1), None));
            let all = Scope { everything: true, ..staff() };
            assert_eq!(helped_often(sql, &all, &[two])?.get(&two), Some(&2));
            say(sql, ONE, (three, person(1)), None, NOW)?;
            assert_eq!(said_beside(sql, ONE)?.len(), 2);
            Ok(())
        });
    });
}

#[test]
fn known_errors_that_are_not_behind_an_incident_are_kept_once_for_each() {
    each_engine("refused_errors", |store| {
        write(store, |sql| {
            settle(sql)?;
            let secret = Incident::new(3, "Pump was sold");
            let secret = secret.with(|state| state.confidential_to = Some(team(1)));
            store_all(sql, &[Incident::new(1, "Pump is loud"), secret])?;
            let (one, other, three) = (ProblemNumber(1), ProblemNumber(2), IncidentNumber(3));
            refuse(sql, ONE, (one, person(1)), true, NOW)?;
            refuse(sql, ONE, (one, person(1)), true, NOW)?;
            refuse(sql, ONE, (one, person(2)), true, NOW)?;
            refuse(sql, three, (one, person(1)), true, NOW)?;
            refuse(sql, three, (other, person(1)), true, NOW)?;
            assert_eq!(refused_beside(sql, ONE)?, BTreeSet::from([one]));
            assert_eq!(refused_beside(sql, three)?, BTreeSet::from([one, other]));
            let often = refused_often(sql, &staff(), &[one, other])?;
            assert_eq!((often.get(&one), often.get(&other)), (Some(&1), None));
            let all = Scope { everything: true, ..staff() };
            assert_eq!(refused_often(sql, &all, &[one])?.get(&one), Some(&2));
            assert!(refused_often(sql, &all, &[])?.is_empty());
            // What one says is taken back; what others say stands.
            refuse(sql, ONE, (one, person(1)), false, NOW)?;
            assert_eq!(refused_beside(sql, ONE)?, BTreeSet::from([one]));
            refuse(sql, ONE, (one, person(2)), false, NOW)?;
            assert!(refused_beside(sql, ONE)?.is_empty());
            Ok(())
        });
    });
}
