//! People and configuration.
#![allow(clippy::unwrap_used)] // Tests, with their helpers.

use crate::harness::{each_engine, write};
use calendar::{Definition, Week};
use incident::assignment::{Away, Skills, Standing, Way};
use incident::impact::Subject;
use incident::models::{Gives, Model};
use incident::policy::{Agreement, BusinessHours, Closure};
use incident::state::{AgreementRef, CalendarRef};
use incident::{Policy, TokenScope};
use kernel::{
    Actor, AgreementId, CalendarId, CategoryId, ChangeId, IncidentNumber, IntegrationId,
    IntegrationKey, Level, Matrix, ModelId, OrganisationId, PersonId, Role, ServiceId, TeamId,
    Timestamp, TokenId, ViewId,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::directory::audit::AuditFilter;
use store::directory::recomputations::{Progress, Recomputation};
use store::directory::{
    Answer, Category, Change, Draft, Entry, Imported, Integration, IntegrationKind, Mode,
    Organisation, PeopleFilter, Person, Service, Session, Team, Token, View, agreements, audit,
    calendars, categories, changes, drafts, idempotency, import_refs, integrations, models,
    organisations, people, policy, recomputations, services, sessions, settings, teams, tokens,
    views,
};
use store::{Failure, Sql, Store};
use uuid::Uuid;

const START: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

fn later(seconds: i64) -> Timestamp {
    START.plus_seconds(seconds)
}

fn person_id(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

fn team_id(number: u128) -> TeamId {
    TeamId(Uuid::from_u128(number))
}

fn add_person(sql: &mut dyn Sql, number: u128, name: &str, email: Option<&str>) -> PersonId {
    let person = Person::new(person_id(number), name, email, START);
    people::insert(sql, &person, None).unwrap();
    person.id
}

fn team(number: u128, name: &str) -> Team {
    Team {
        id: team_id(number),
        name: name.into(),
        description: "".into(),
        active: true,
        calendar: None,
        assignment: Default::default(),
        by_skill: false,
        escalation: None,
        version: 1,
    }
}

fn service(number: u128, name: &str) -> Service {
    Service { criticality: 2, ..Service::named(ServiceId(Uuid::from_u128(number)), name) }
}

fn category(number: u128, name: &str, parent: Option<CategoryId>) -> Category {
    let id = CategoryId(Uuid::from_u128(number));
    Category { id, name: name.into(), parent, active: true, version: 1 }
}

/// What a transaction of its own fails with.
fn failure<T: std::fmt::Debug>(
    store: &Store,
    f: impl FnOnce(&mut dyn Sql) -> Result<T, Failure>,
) -> Failure {
    store.writer().unwrap().transaction(f).unwrap_err()
}

#[test]
fn a_person_comes_back_as_they_were_kept() {
    each_engine("person", |store| {
        write(store, |sql| {
            let organisation = Organisation {
                id: OrganisationId(Uuid::from_u128(9)),
                name: "Halden Retail".into(),
                email_domains: vec!["Halden.Example".into()],
                version: 1,
            };
            organisations::insert(sql, &organisation)?;
            let mut person =
                Person::new(person_id(1), "Mara Lindqvist", Some("Mara@Northwind.Example"), START);
            person.roles = BTreeSet::from([Role::Agent, Role::Manager]);
            person.organisation = Some(organisation.id);
            person.sees_organisation = true;
            person.time_zone = "Europe/Stockholm".into();
            person.away = Some(Away { from: START, until: None });
            person.skills.services = [ServiceId(Uuid::from_u128(7))].into();
            person.skills.categories = [CategoryId(Uuid::from_u128(8))].into();
            people::insert(sql, &person, Some("hash"))?;
            person.has_password = true;
            assert_eq!(people::get(sql, person.id)?, Some(person.clone()));
            assert_eq!(person.email.as_deref(), Some("mara@northwind.example"));
            assert_eq!(person.visible_organisation(), Some(organisation.id));
            assert_eq!(people::by_email(sql, " MARA@northwind.example ")?, Some(person.clone()));
            assert_eq!(people::by_name(sql, "mara lindqvist")?, [person.clone()]);
            assert_eq!(people::password_hash(sql, person.id)?.as_deref(), Some("hash"));
            assert!(people::set_password_hash(sql, person.id, None)?);
            assert_eq!(people::get(sql, person.id)?.map(|person| person.has_password), Some(false));

            person.name = "Mara Berg".into();
            person.active = false;
            person.away = Some(Away { from: later(1), until: Some(later(2)) });
            person.skills = Skills::default();
            person.hidden_columns = "num upd".into();
            assert!(people::update(sql, &person, 1)?);
            assert!(!people::update(sql, &person, 1)?, "the version moved on");
            let now = people::get(sql, person.id)?.unwrap();
            assert_eq!((now.name.as_str(), now.active, now.version), ("Mara Berg", false, 2));
            assert_eq!((now.away, &now.skills), (person.away, &person.skills));
            assert_eq!(now.hidden_columns, "num upd");
            assert_eq!(
                organisations::of_email(sql, "x@halden.example")?.map(|o| o.id),
                Some(organisation.id)
            );
            assert_eq!(organisations::of_email(sql, "halden.example")?, None);
            assert!(organisations::is_used(sql, organisation.id)?);
            Ok(())
        });
        let halden = OrganisationId(Uuid::from_u128(9));
        let kept = failure(store, |sql| organisations::delete(sql, halden));
        assert!(matches!(kept, Failure::Reference(_)), "{kept:?}");
        write(store, |sql| {
            let mara = people::get(sql, person_id(1))?.unwrap();
            people::update(sql, &Person { organisation: None, ..mara }, 2)?;
            assert!(!organisations::is_used(sql, halden)?);
            assert!(organisations::delete(sql, halden)? && !organisations::delete(sql, halden)?);
            assert_eq!(organisations::get(sql, halden)?, None);
            Ok(())
        });
    });
}

#[test]
fn a_company_is_found_by_one_of_its_domains_alone() {
    each_engine("domains", |store| {
        write(store, |sql| {
            for (number, name, domains) in [
                (1, "Zeta", &["shared.example", "a_b.example"][..]),
                (2, "alpha", &["other.example", "shared.example"]),
                (3, "Odd", &["100%.example", "back\\slash.example", "größe.example"]),
                (4, "Bare", &[]),
            ] {
                let id = OrganisationId(Uuid::from_u128(number));
                let email_domains = domains.iter().map(|domain| (*domain).to_owned()).collect();
                let organisation =
                    Organisation { id, name: name.to_owned(), email_domains, version: 1 };
                organisations::insert(sql, &organisation)?;
            }
            for (email, name) in [
                ("x@shared.example", Some("alpha")),
                ("x@Other.Example ", Some("alpha")),
                ("x@a_b.example", Some("Zeta")),
                ("x@acb.example", None),
                ("x@hared.example", None),
                ("x@shared.exampl", None),
                ("x@100%.example", Some("Odd")),
                ("x@1000.example", None),
                ("x@back\\slash.example", Some("Odd")),
                ("x@GRÖSSE.example", None),
                ("x@GRÖßE.example", Some("Odd")),
                ("x@", None),
                ("x", None),
            ] {
                let found = organisations::of_email(sql, email)?;
                assert_eq!(found.map(|found| found.name).as_deref(), name, "{email}");
            }
            Ok(())
        });
    });
}

#[test]
fn an_address_belongs_to_one_person_and_many_have_none() {
    each_engine("address", |store| {
        write(store, |sql| {
            add_person(sql, 1, "Gwen Tarrant", Some("gwen@northwind.example"));
            add_person(sql, 2, "Caller", None);
            add_person(sql, 3, "Caller", None);
            assert_eq!(people::by_name(sql, "CALLER")?.len(), 2);
            Ok(())
        });
        let twice = Person::new(person_id(4), "Other", Some("GWEN@northwind.example"), START);
        let error = failure(store, |sql| people::insert(sql, &twice, None));
        assert!(matches!(error, Failure::Exists(_)), "{error:?}");
        let mut lost = Person::new(person_id(5), "Lost", None, START);
        lost.organisation = Some(OrganisationId(Uuid::from_u128(404)));
        let error = failure(store, |sql| people::insert(sql, &lost, None));
        assert!(matches!(error, Failure::Reference(_)), "{error:?}");
    });
}

#[test]
fn people_are_found_by_the_beginnings_of_words() {
    each_engine("find_people", |store| {
        write(store, |sql| {
            add_person(sql, 1, "Gwen Tarrant", Some("g.tarrant@northwind.example"));
            add_person(sql, 2, "Tara Gwendolyn", Some("tara@halden.example"));
            add_person(sql, 3, "100% Sure", None);
            add_person(sql, 4, "Ada_Byron-King", None);
            let mut found = |text: &str| -> Vec<String> {
                let people = people::find(sql, text, 10).unwrap();
                people.into_iter().map(|person| person.name).collect()
            };
            assert_eq!(found("gwen"), ["Gwen Tarrant", "Tara Gwendolyn"]);
            assert_eq!(found("TARR gwen"), ["Gwen Tarrant"]);
            assert_eq!(found("gwen tar"), ["Gwen Tarrant", "Tara Gwendolyn"]);
            assert_eq!(found("northwind"), ["Gwen Tarrant"]);
            assert_eq!(found("king"), ["Ada_Byron-King"]);
            assert_eq!(found("100%"), ["100% Sure"]);
            assert_eq!(found("%"), Vec::<String>::new());
            assert_eq!(found("a_a"), Vec::<String>::new());
            assert_eq!(found("arrant"), Vec::<String>::new());
            assert_eq!(found("").len(), 4);
            Ok(())
        });
    });
}

#[test]
fn people_are_found_by_their_telephone() {
    each_engine("find_phone", |store| {
        write(store, |sql| {
            for (number, name, phone) in
                [(1, "Gwen Tarrant", "+31 10 555-0142"), (2, "Peter Nowicki", "(058) 555 0199")]
            {
                let mut person = Person::new(person_id(number), name, None, START);
                person.phone = phone.into();
                people::insert(sql, &person, None)?;
            }
            let mut found = |text: &str| -> Vec<String> {
                let people = people::find(sql, text, 10).unwrap();
                people.into_iter().map(|person| person.name).collect()
            };
            for text in ["0142", "010 5550142", "+31105550142", "+31 10 555-01", "gwen 0142"] {
                assert_eq!(found(text), ["Gwen Tarrant"], "{text}");
            }
            assert_eq!(found("555"), ["Gwen Tarrant", "Peter Nowicki"]);
            assert_eq!(found("058555"), ["Peter Nowicki"]);
            assert_eq!(found("7777"), Vec::<String>::new());
            assert_eq!(found("gwen 0199"), Vec::<String>::new());
            Ok(())
        });
    });
}

#[test]
fn people_are_listed_page_by_page_in_order_of_their_names() {
    each_engine("list_people", |store| {
        write(store, |sql| {
            for (number, name) in (1..).zip(["delia", "Bo", "anna", "Bo", "Cyd"]) {
                add_person(sql, number, name, None);
            }
            let mut staff = Person::new(person_id(9), "Bert", None, START);
            staff.roles = BTreeSet::from([Role::Auditor]);
            staff.active = false;
            people::insert(sql, &staff, None)?;
            teams::insert(sql, &team(1, "Network"))?;
            teams::set_members(sql, team_id(1), &BTreeSet::from([person_id(2), staff.id]))?;

            let mut after = None;
            let mut names = Vec::new();
            loop {
                let page = people::list(sql, &PeopleFilter::default(), 2, after)?;
                let Some(last) = page.last() else { break };
                after = Some(last.id);
                names.extend(page.into_iter().map(|person| person.name));
            }
            assert_eq!(names, ["anna", "Bert", "Bo", "Bo", "Cyd", "delia"]);

            let mut ids = |filter: PeopleFilter| -> Vec<u128> {
                let people = people::list(sql, &filter, 10, None).unwrap();
                people.into_iter().map(|person| person.id.0.as_u128()).collect()
            };
            let all = PeopleFilter::default();
            assert_eq!(ids(PeopleFilter { staff_only: true, ..all.clone() }), [9]);
            assert_eq!(ids(PeopleFilter { team: Some(team_id(1)), ..all.clone() }), [9, 2]);
            assert_eq!(ids(PeopleFilter { active: Some(false), ..all.clone() }), [9]);
            let both = PeopleFilter { active: Some(true), text: Some("b".into()), ..all };
            assert_eq!(ids(both), [2, 4]);

            let asked: Vec<PersonId> = (0..600).map(person_id).collect();
            assert_eq!(people::get_many(sql, &asked)?.len(), 6);
            assert_eq!(people::names(sql, &asked)?[&person_id(5)], "Cyd");
            assert_eq!(people::count(sql)?, 6);

            let mut ada = Person::new(person_id(10), "Ada", None, START);
            ada.roles = BTreeSet::from([Role::Administrator, Role::Agent]);
            people::insert(sql, &ada, None)?;
            assert!(people::has_other_administrator(sql, person_id(1))?);
            assert!(!people::has_other_administrator(sql, ada.id)?);
            ada.active = false;
            people::update(sql, &ada, 1)?;
            assert!(!people::has_other_administrator(sql, person_id(1))?);
            Ok(())
        });
    });
}

#[test]
fn teams_have_people_and_one_name() {
    each_engine("teams", |store| {
        write(store, |sql| {
            let (gwen, mara) = (add_person(sql, 1, "Gwen", None), add_person(sql, 2, "Mara", None));
            teams::insert(sql, &team(1, "Network"))?;
            teams::insert(sql, &team(2, "Field service"))?;
            assert!(teams::add_member(sql, team_id(1), gwen)?);
            assert!(!teams::add_member(sql, team_id(1), gwen)?);
            teams::set_teams(sql, mara, &BTreeSet::from([team_id(1), team_id(2)]))?;
            assert_eq!(teams::members(sql, team_id(1))?, BTreeSet::from([gwen, mara]));
            assert!(teams::remove_member(sql, team_id(1), gwen)?);
            assert!(!teams::remove_member(sql, team_id(1), gwen)?);
            let names = |teams: Vec<Team>| -> Vec<String> {
                teams.into_iter().map(|team| team.name).collect()
            };
            assert_eq!(names(teams::of_person(sql, mara)?), ["Field service", "Network"]);
            assert_eq!(teams::by_name(sql, "NETWORK")?, Some(team(1, "Network")));

            let away = Team { active: false, description: "gone".into(), ..team(2, "Field") };
            assert!(teams::update(sql, &away, 1)?);
            assert!(!teams::update(sql, &away, 1)?);
            assert_eq!(teams::get(sql, team_id(2))?, Some(Team { version: 2, ..away }));
            assert_eq!(names(teams::of_person(sql, mara)?), ["Field", "Network"]);
            assert_eq!(names(teams::list(sql)?), ["Field", "Network"]);

            let (assignment, by_skill) = (Way::RoundRobin, true);
            let turns = Team { assignment, by_skill, ..team(1, "Network") };
            assert!(teams::update(sql, &turns, 1)?);
            assert_eq!(teams::get(sql, team_id(1))?, Some(Team { version: 2, ..turns }));
            teams::set_members(sql, team_id(1), &[gwen, mara].into())?;
            teams::take_turn(sql, team_id(1), mara, 1)?;
            teams::take_turn(sql, team_id(2), mara, 7)?;
            let turn = |sql: &mut dyn Sql, team| -> Result<Vec<(PersonId, Standing)>, Failure> {
                let mut found: Vec<_> = teams::standings(sql, team)?.into_iter().collect();
                found.sort_by_key(|(person, _)| *person);
                Ok(found)
            };
            let at = |turn| Standing { open: 0, turn };
            assert_eq!(turn(sql, team_id(1))?, [(gwen, at(0)), (mara, at(1))]);
            assert_eq!(turn(sql, team_id(2))?, [(mara, at(7))]);
            // Whoever stays in the team keeps their turn.
            teams::set_members(sql, team_id(1), &[mara].into())?;
            assert_eq!(turn(sql, team_id(1))?, [(mara, at(1))]);
            Ok(())
        });
        let error = failure(store, |sql| teams::insert(sql, &team(3, "nETWORK")));
        assert!(matches!(error, Failure::Exists(_)), "{error:?}");
        let error = failure(store, |sql| teams::add_member(sql, team_id(1), person_id(404)));
        assert!(matches!(error, Failure::Reference(_)), "{error:?}");
    });
}

#[test]
fn services_depend_on_each_other_but_not_on_themselves() {
    each_engine("services", |store| {
        let (wifi, label) = (service(1, "Wireless"), service(2, "Label Printing"));
        write(store, |sql| {
            teams::insert(sql, &team(1, "Network"))?;
            services::insert(sql, &wifi)?;
            let mut label = label.clone();
            label.team = Some(team_id(1));
            label.depends_on = BTreeSet::from([wifi.id]);
            services::insert(sql, &label)?;
            assert_eq!(services::get(sql, label.id)?, Some(label.clone()));
            assert_eq!(services::by_name(sql, "label printing")?, Some(label.clone()));
            let circle = Service { depends_on: BTreeSet::from([label.id]), ..wifi.clone() };
            assert!(services::update(sql, &circle, 1)?);
            assert!(!services::update(sql, &wifi, 1)?);
            let listed = services::list(sql)?;
            assert_eq!(listed, [label, Service { version: 2, ..circle }]);
            Ok(())
        });
        let own = Service { depends_on: BTreeSet::from([label.id]), ..label.clone() };
        for wrong in [own, Service { team: Some(team_id(404)), ..service(3, "X") }] {
            let error = failure(store, |sql| match wrong.id == label.id {
                true => services::update(sql, &wrong, 1).map(drop),
                false => services::insert(sql, &wrong),
            });
            assert!(matches!(error, Failure::Reference(_)), "{error:?}");
        }
    });
}

#[test]
fn services_say_more_of_themselves_and_need_some_of_a_group() {
    each_engine("service_facts", |store| {
        let (one, two) = (service(1, "DB 1"), service(2, "DB 2"));
        let id = ServiceId(Uuid::from_u128(3));
        let group = |of: ServiceId, needs: Vec<ServiceId>| services::Need {
            of,
            group: Some("Database".to_owned()),
            needs,
            at_least: 1,
        };
        let shop = Service {
            public_name: "Shop".to_owned(),
            cost_per_hour: Some(4_200),
            goal_permille: Some(999),
            links: vec![services::Link {
                title: "Runbook".to_owned(),
                url: "https://wiki.example/shop".to_owned(),
            }],
            needs: vec![group(id, vec![one.id, two.id])],
            ..service(3, "Checkout")
        };
        write(store, |sql| {
            services::insert(sql, &one)?;
            services::insert(sql, &two)?;
            services::insert(sql, &shop)?;
            assert_eq!(services::get(sql, id)?, Some(shop.clone()));
            assert_eq!((shop.outside(), one.outside()), ("Shop", "DB 1"));
            assert_eq!(services::hourly(sql)?, [(id, 4_200)]);
            let plain = Service {
                goal_permille: None,
                // Whatever is said of whose it is, it is the service's own.
                needs: vec![group(one.id, vec![two.id])],
                ..shop.clone()
            };
            assert!(services::update(sql, &plain, 1)?);
            let now = services::get(sql, id)?.unwrap();
            assert_eq!((now.goal_permille, now.version), (None, 2));
            assert_eq!(now.all_needs().next().map(|need| need.of), Some(id));
            Ok(())
        });
        for needs in [vec![id], vec![one.id, ServiceId(Uuid::from_u128(404))]] {
            let wrong = Service { needs: vec![group(id, needs)], ..shop.clone() };
            let error = failure(store, |sql| services::update(sql, &wrong, 2).map(drop));
            assert!(matches!(error, Failure::Reference(_)), "{error:?}");
        }
    });
}

#[test]
fn services_that_need_each_other_are_stored_together() {
    each_engine("services_together", |store| {
        let (mut shop, mut wifi) = (service(1, "Shop"), service(2, "Wireless"));
        shop.depends_on.insert(wifi.id);
        wifi.depends_on.insert(shop.id);
        let need = store::directory::services::Need {
            of: wifi.id,
            group: Some("Shops".to_owned()),
            needs: vec![shop.id],
            at_least: 1,
        };
        wifi.needs.push(need);
        let all = [shop.clone(), wifi.clone()];
        write(store, |sql| services::insert_all(sql, &all));
        write(store, |sql| {
            assert_eq!(services::list(sql)?, all);
            assert_eq!(services::names(sql)?, [(shop.id, shop.name), (wifi.id, wifi.name)]);
            Ok(())
        });
        let again = service(3, "SHOP");
        let error = failure(store, |sql| services::insert_all(sql, &[again]));
        assert!(matches!(error, Failure::Exists(_)), "{error:?}");
        let mut lost = service(4, "Lost");
        lost.depends_on.insert(ServiceId(Uuid::from_u128(404)));
        let error = failure(store, |sql| services::insert_all(sql, &[lost]));
        assert!(matches!(error, Failure::Reference(_)), "{error:?}");
    });
}

#[test]
fn changes_are_kept_for_a_while_and_told_once() {
    each_engine("changes", |store| {
        let wifi = service(1, "Wireless");
        let change = |number: u128, seconds: i64, title: &str| Change {
            id: ChangeId(Uuid::from_u128(number)),
            at: later(seconds),
            service: Some(ServiceId(Uuid::from_u128(1))),
            title: title.to_owned(),
            source: "deploy".to_owned(),
            link: Some("https://ci.example/1".to_owned()),
        };
        write(store, |sql| {
            services::insert(sql, &wifi)?;
            changes::insert(sql, &change(1, 0, "4.17"), START, START)?;
            changes::insert(sql, &change(2, 60, "4.18"), later(60), START)?;
            let again = changes::insert(sql, &change(3, 60, "4.18"), later(60), START)?;
            assert_eq!(again, change(2, 60, "4.18"), "told again");
            let other = Change { service: None, ..change(4, 60, "4.18") };
            assert_eq!(changes::insert(sql, &other, later(60), START)?, other);
            let late = change(6, 119, "4.18");
            assert_eq!(changes::told_before(sql, &late, later(61))?, None);
            assert_eq!(changes::insert(sql, &late, later(59), START)?, change(2, 60, "4.18"));
            let found = changes::of_service(sql, wifi.id, START, later(61), 10)?;
            assert_eq!(found, [change(2, 60, "4.18"), change(1, 0, "4.17")]);
            assert_eq!(changes::of_service(sql, wifi.id, START, later(60), 10)?.len(), 1);
            let all = changes::Span { service: None, from: START, to: later(61), behind: None };
            assert_eq!(changes::page(sql, all, 2)?, [other.clone(), change(2, 60, "4.18")]);
            let rest = changes::Span { behind: Some((other.at, other.id)), ..all };
            let behind = [change(2, 60, "4.18"), change(1, 0, "4.17")];
            assert_eq!(changes::page(sql, rest, 9)?, behind, "at the same instant, too");
            let of_it = changes::Span {
                service: Some(wifi.id),
                behind: Some((later(60), behind[0].id)),
                ..all
            };
            assert_eq!(changes::page(sql, of_it, 9)?, [change(1, 0, "4.17")]);
            let near = [wifi.id, ServiceId(Uuid::from_u128(77))];
            let found = changes::of_services(sql, &near, START, later(61), 10)?;
            assert_eq!(found, [change(2, 60, "4.18"), change(1, 0, "4.17")]);
            assert_eq!(changes::of_services(sql, &near, START, later(61), 1)?.len(), 1);
            assert!(changes::of_services(sql, &[], START, later(61), 10)?.is_empty());
            let next_year = later(401 * 86_400);
            let late = Change { at: next_year, ..change(5, 0, "5.0") };
            changes::insert(sql, &late, next_year, next_year)?;
            let all = changes::Span { to: next_year.plus_seconds(1), ..all };
            assert_eq!(changes::page(sql, all, 10)?, [late]);
            Ok(())
        });
    });
}

#[test]
fn categories_are_a_tree() {
    each_engine("categories", |store| {
        let top = category(1, "Network", None);
        let below = category(2, "Wireless", Some(top.id));
        write(store, |sql| {
            categories::insert(sql, &top)?;
            categories::insert(sql, &below)?;
            categories::insert(sql, &category(3, "Wireless", None))?;
            let all = categories::list(sql)?;
            let paths = categories::paths(&all);
            assert_eq!(paths[&below.id], "Network › Wireless");
            assert_eq!(paths[&top.id], "Network");
            assert_eq!(categories::by_name(sql, "wireless")?.len(), 2);
            let renamed = Category { name: "WLAN".into(), ..below.clone() };
            assert!(categories::update(sql, &renamed, 1)?);
            assert!(!categories::update(sql, &renamed, 1)?);
            assert_eq!(categories::get(sql, below.id)?.map(|c| c.version), Some(2));
            Ok(())
        });
        let circle = Category { parent: Some(below.id), ..top.clone() };
        let error = failure(store, |sql| categories::update(sql, &circle, 1));
        assert!(matches!(error, Failure::Reference(_)), "{error:?}");
        let twin = category(4, "wlan", Some(top.id));
        let error = failure(store, |sql| categories::insert(sql, &twin));
        assert!(matches!(error, Failure::Exists(_)), "{error:?}");
    });
}

#[test]
fn settings_change_from_the_version_that_was_read() {
    each_engine("settings", |store| {
        write(store, |sql| {
            assert_eq!(settings::get::<String>(sql, "instance_name")?, None);
            assert!(!settings::put(sql, "instance_name", "x", 1)?);
            assert!(settings::put(sql, "instance_name", "Northwind", 0)?);
            assert!(!settings::put(sql, "instance_name", "x", 0)?);
            assert!(settings::put(sql, "instance_name", "Northwind Logistics", 1)?);
            let now = settings::get::<String>(sql, "instance_name")?.unwrap();
            assert_eq!((now.value.as_str(), now.version), ("Northwind Logistics", 2));
            Ok(())
        });
    });
}

#[test]
fn sessions_end_with_time_with_the_account_and_by_hand() {
    each_engine("sessions", |store| {
        write(store, |sql| {
            let person = add_person(sql, 1, "Mara", None);
            let session = |secret: u8| Session {
                secret_hash: vec![secret; 32],
                person,
                created_at: START,
                seen_at: START,
                expires_at: later(100),
                agent: "Firefox".into(),
            };
            (1..=4).for_each(|secret| sessions::insert(sql, &session(secret)).unwrap());
            let (found, whose) = sessions::find(sql, &[1; 32], later(99))?.unwrap();
            assert_eq!((found, whose.id), (session(1), person));
            assert!(sessions::find(sql, &[1; 32], later(100))?.is_none());
            assert!(sessions::find(sql, &[9; 32], START)?.is_none());
            sessions::touch(sql, &[1; 32], later(50), later(150))?;
            assert_eq!(sessions::find(sql, &[1; 32], later(100))?.unwrap().0.seen_at, later(50));
            assert_eq!(sessions::of_person(sql, person)?.first().unwrap().secret_hash, [1; 32]);

            assert!(sessions::delete(sql, &[4; 32])?);
            assert!(!sessions::delete(sql, &[4; 32])?);
            assert_eq!(sessions::expire(sql, later(100))?, 2);
            sessions::insert(sql, &session(5))?;
            assert_eq!(sessions::delete_of_person(sql, person, Some(&[1; 32]))?, 1);
            let mut away = people::get(sql, person)?.unwrap();
            away.active = false;
            people::update(sql, &away, 1)?;
            assert!(sessions::find(sql, &[1; 32], later(60))?.is_none());
            assert_eq!(sessions::delete_of_person(sql, person, None)?, 1);
            Ok(())
        });
    });
}

#[test]
fn tokens_tell_when_they_were_used_to_the_minute() {
    each_engine("tokens", |store| {
        write(store, |sql| {
            let person = add_person(sql, 1, "Mara", None);
            let token = |number: u128, expires_at| Token {
                id: TokenId(Uuid::from_u128(number)),
                person,
                name: "Monitoring".into(),
                scope: TokenScope::Intake,
                created_at: later(number as i64),
                expires_at,
                used_at: None,
            };
            let (lasting, ending) = (token(1, None), token(2, Some(later(100))));
            tokens::insert(sql, &lasting, &[1; 32])?;
            tokens::insert(sql, &ending, &[2; 32])?;
            assert_eq!(tokens::find(sql, &[1; 32], later(1_000))?.unwrap().0, lasting);
            assert!(tokens::find(sql, &[2; 32], later(99))?.is_some());
            assert!(tokens::find(sql, &[2; 32], later(100))?.is_none());
            assert!(tokens::touch(sql, lasting.id, later(10))?);
            assert!(!tokens::touch(sql, lasting.id, later(69))?);
            assert!(tokens::touch(sql, lasting.id, later(70))?);
            let used = Token { used_at: Some(later(70)), ..lasting.clone() };
            assert_eq!(tokens::of_person(sql, person)?, [ending.clone(), used]);
            assert_eq!(tokens::list(sql)?.len(), 2);
            let longer = Token { name: "Nightly".into(), expires_at: None, ..ending.clone() };
            assert!(tokens::update(sql, &longer)?);
            assert_eq!(tokens::get(sql, ending.id)?, Some(longer.clone()));
            assert!(tokens::find(sql, &[2; 32], later(100))?.is_some());
            assert!(tokens::delete(sql, ending.id)? && !tokens::delete(sql, ending.id)?);
            assert_eq!(tokens::get(sql, ending.id)?, None);
            assert!(!tokens::update(sql, &longer)?);
            Ok(())
        });
    });
}

#[test]
fn views_are_their_owners_unless_shared() {
    each_engine("views", |store| {
        write(store, |sql| {
            let (mara, gwen) = (add_person(sql, 1, "Mara", None), add_person(sql, 2, "Gwen", None));
            let view = |number: u128, shared, place| View {
                id: ViewId(Uuid::from_u128(number)),
                owner: mara,
                name: format!("View {number}"),
                query: "state:open team:mine".into(),
                shared,
                team: None,
                place,
                version: 1,
            };
            views::insert(sql, &view(1, false, 1))?;
            views::insert(sql, &view(2, true, 0))?;
            assert_eq!(views::of_person(sql, mara)?, [view(2, true, 0), view(1, false, 1)]);
            assert_eq!(views::shared_with(sql, gwen)?, [view(2, true, 0)]);
            assert_eq!(views::shared_with(sql, mara)?, []);
            assert!(views::update(sql, &view(1, true, 5), 1)?);
            assert!(!views::update(sql, &view(1, true, 5), 1)?);
            assert_eq!(views::shared_with(sql, gwen)?.len(), 2);
            teams::insert(sql, &team(1, "Network"))?;
            teams::add_member(sql, team_id(1), gwen)?;
            let of_team = View { team: Some(team_id(1)), ..view(3, false, 2) };
            views::insert(sql, &of_team)?;
            assert!(views::shared_with(sql, gwen)?.contains(&of_team));
            assert_eq!(views::seen_by(sql, of_team.id, gwen)?.as_ref(), Some(&of_team));
            assert_eq!(views::seen_by(sql, of_team.id, mara)?.as_ref(), Some(&of_team));
            teams::remove_member(sql, team_id(1), gwen)?;
            assert!(!views::shared_with(sql, gwen)?.contains(&of_team));
            assert_eq!(views::seen_by(sql, of_team.id, gwen)?, None);
            let id = view(1, true, 5).id;
            assert!(views::delete(sql, id)? && !views::delete(sql, id)?);
            assert_eq!(views::get(sql, id)?, None);
            Ok(())
        });
    });
}

#[test]
fn drafts_replace_each_other_and_empty_ones_go() {
    each_engine("drafts", |store| {
        write(store, |sql| {
            let person = add_person(sql, 1, "Mara", None);
            let number = IncidentNumber(7);
            let draft = |mode, body: &str, seconds| Draft {
                person,
                number,
                mode,
                body: body.into(),
                updated_at: later(seconds),
            };
            drafts::put(sql, &draft(Mode::Reply, "Hello", 1))?;
            drafts::put(sql, &draft(Mode::Reply, "Hello Gwen", 2))?;
            drafts::put(sql, &draft(Mode::Note, "Cable?", 3))?;
            let kept = [draft(Mode::Note, "Cable?", 3), draft(Mode::Reply, "Hello Gwen", 2)];
            assert_eq!(drafts::of_incident(sql, person, number)?, kept);
            drafts::put(sql, &draft(Mode::Reply, " ", 4))?;
            assert_eq!(drafts::of_incident(sql, person, number)?, kept[..1]);
            assert_eq!(drafts::expire(sql, later(3))?, 0);
            assert_eq!(drafts::expire(sql, later(4))?, 1);
            assert!(!drafts::delete(sql, person, number, Mode::Note)?);
            Ok(())
        });
    });
}

#[test]
fn the_audit_trail_tells_what_changed_newest_first() {
    each_engine("audit", |store| {
        write(store, |sql| {
            let mara = Actor::person(person_id(1), "Mara");
            let renamed = Entry::new(START, &mara, "changed", "team", team_id(1))
                .before(&team(1, "Net"))
                .after(&team(1, "Network"));
            audit::record(sql, &renamed)?;
            let signed_in = Entry::new(later(1), &mara, "signed_in", "person", person_id(1));
            audit::record(sql, &signed_in)?;
            let all = audit::list(sql, None, 10, None)?;
            let entries: Vec<&Entry> = all.iter().map(|(_, entry)| entry).collect();
            assert_eq!(entries, [&signed_in, &renamed]);
            assert_eq!(renamed.after.as_ref().unwrap()["name"], "Network");
            assert_eq!(audit::list(sql, None, 10, Some(all[0].0))?, all[1..]);
            assert_eq!(audit::list(sql, Some("team"), 10, None)?, all[1..]);
            let network = team_id(1).to_string();
            assert_eq!(audit::of(sql, "team", &network, 10)?, std::slice::from_ref(&renamed));
            assert!(audit::of(sql, "service", &network, 10)?.is_empty());
            let found = |sql: &mut dyn Sql, filter| audit::find(sql, &filter, 10, None);
            let any = AuditFilter::default;
            for (filter, found_are) in [
                (any(), &all[..]),
                (AuditFilter { from: Some(later(1)), ..any() }, &all[..1]),
                (AuditFilter { until: Some(later(1)), ..any() }, &all[1..]),
                (AuditFilter { actors: Some(vec![person_id(2), person_id(1)]), ..any() }, &all),
                (AuditFilter { actors: Some(vec![person_id(2)]), ..any() }, &[]),
                (AuditFilter { actors: Some(vec![]), ..any() }, &[]),
            ] {
                assert_eq!(found(sql, filter.clone())?, found_are, "{filter:?}");
            }
            Ok(())
        });
    });
}

#[test]
fn the_first_answer_to_a_key_stays() {
    each_engine("idempotency", |store| {
        write(store, |sql| {
            let answer = |status| Answer {
                request_hash: vec![7; 32],
                status,
                body: "{}".into(),
                created_at: START,
            };
            let (mara, gwen) = (person_id(1), person_id(2));
            assert!(idempotency::record(sql, mara, "key", &answer(201))?);
            assert!(!idempotency::record(sql, mara, "key", &answer(409))?);
            assert_eq!(idempotency::find(sql, mara, "key")?, Some(answer(201)));
            assert_eq!(idempotency::find(sql, gwen, "key")?, None);
            assert!(!idempotency::replace(sql, mara, "key", later(1), &answer(409))?);
            assert!(idempotency::replace(sql, mara, "key", START, &answer(200))?);
            idempotency::forget(sql, mara, "key", later(1))?;
            assert_eq!(idempotency::find(sql, mara, "key")?, Some(answer(200)));
            assert!(idempotency::record(sql, gwen, "key", &answer(0))?);
            idempotency::forget(sql, gwen, "key", START)?;
            assert_eq!(idempotency::find(sql, gwen, "key")?, None);
            assert_eq!(idempotency::expire(sql, START)?, 0);
            assert_eq!(idempotency::expire(sql, later(1))?, 1);
            Ok(())
        });
    });
}

#[test]
fn imports_remember_how_far_they_came() {
    each_engine("import_refs", |store| {
        write(store, |sql| {
            let imported = |rows_done| Imported { number: IncidentNumber(3), rows_done };
            assert_eq!(import_refs::find(sql, "servicenow", "INC1")?, None);
            import_refs::put(sql, "servicenow", "INC1", imported(4))?;
            import_refs::put(sql, "servicenow", "INC1", imported(9))?;
            assert_eq!(import_refs::find(sql, "servicenow", "INC1")?, Some(imported(9)));
            Ok(())
        });
    });
}

#[test]
fn every_version_of_a_calendar_is_kept_and_counts() {
    each_engine("calendars", |store| {
        write(store, |sql| {
            let id = CalendarId(Uuid::from_u128(9));
            let hours = |version, opens: &str| BusinessHours {
                reference: CalendarRef { id, version },
                name: "Office".to_owned(),
                definition: Definition::new("Europe/Berlin", Week::weekdays(opens, "17:00")),
                retired: false,
            };
            let broken = BusinessHours {
                definition: Definition::new("Nowhere/Land", Week::weekdays("09:00", "17:00")),
                ..hours(3, "09:00")
            };
            calendars::insert(sql, &hours(1, "09:00"), START)?;
            calendars::insert(sql, &hours(2, "08:00"), later(60))?;
            calendars::insert(sql, &broken, later(120))?;
            let mut wanted = vec![
                (hours(1, "09:00"), START),
                (hours(2, "08:00"), later(60)),
                (broken.clone(), later(120)),
            ];
            assert_eq!(calendars::all(sql)?, wanted);
            wanted.reverse();
            assert_eq!(calendars::versions(sql, id)?, wanted);

            let standard = Agreement::standard(AgreementId(Uuid::from_u128(1)));
            agreements::insert(sql, &standard, START)?;
            let works = Team { calendar: Some(id), ..team(1, "Network") };
            teams::insert(sql, &works)?;
            let policy = policy::load(sql)?;
            assert_eq!(policy.teams[&team_id(1)].calendar, Some(id));
            let newest = |at| policy.calendars.newest(id, at).map(|found| found.version);
            assert_eq!(
                (newest(START), newest(later(60)), newest(later(500))),
                (Some(1), Some(2), Some(2))
            );
            let words = policy.calendars.get(policy.calendars.newest(id, START)).week_in_words();
            assert_eq!(words, "Mon–Fri 09:00–17:00");
            assert!(teams::update(sql, &Team { calendar: None, ..works }, 1)?);
            assert_eq!(teams::get(sql, team_id(1))?.unwrap().calendar, None);
            Ok(())
        });
        let again = failure(store, |sql| {
            let (hours, _) = calendars::all(sql)?.remove(0);
            calendars::insert(sql, &hours, START)
        });
        assert!(matches!(again, Failure::Exists(_)), "{again:?}");
    });
}

#[test]
fn the_policy_is_what_is_in_use() {
    each_engine("policy", |store| {
        let error = failure(store, |sql| policy::load(sql).map(drop));
        assert!(error.to_string().contains("evenkeel init"), "{error}");
        write(store, |sql| {
            let first = Agreement::standard(AgreementId(Uuid::from_u128(1)));
            let mut second = first.clone();
            second.reference.version = 2;
            second.close_after_days = 3;
            agreements::insert(sql, &first, START)?;
            agreements::insert(sql, &second, later(1))?;
            let versions = [(second.clone(), later(1)), (first.clone(), START)];
            assert_eq!(agreements::versions(sql, first.reference.id)?, versions);

            add_person(sql, 1, "Requester", None);
            let mut agent = Person::new(person_id(2), "Agent", None, START);
            agent.roles = BTreeSet::from([Role::Agent]);
            agent.away = Some(Away { from: START, until: Some(later(9)) });
            agent.skills.services = [ServiceId(Uuid::from_u128(1))].into();
            people::insert(sql, &agent, None)?;
            teams::insert(sql, &team(1, "Network"))?;
            teams::insert(sql, &Team { active: false, ..team(2, "Old team") })?;
            teams::add_member(sql, team_id(1), agent.id)?;
            services::insert(sql, &Service { team: Some(team_id(1)), ..service(1, "Wireless") })?;
            services::insert(sql, &Service { team: Some(team_id(2)), ..service(2, "Fax") })?;
            services::insert(sql, &Service { active: false, ..service(3, "Telex") })?;
            categories::insert(sql, &category(1, "Network", None))?;
            let below = category(2, "Wireless", Some(category(1, "", None).id));
            categories::insert(sql, &below)?;

            let before = policy::version(sql)?;
            policy::bump(sql)?;
            let policy = policy::load(sql)?;
            assert_eq!(policy.version, before + 1);
            let known = &policy.staff[&agent.id];
            assert_eq!((known.away, &known.skills), (agent.away, &agent.skills));
            assert_eq!(*policy.agreements.default(later(1)), second);
            assert_eq!(*policy.agreements.default(START), first);
            assert_eq!((policy.matrix, policy.matrix_version), (Matrix::default(), 0));
            assert_eq!(policy.resolution_codes, incident::Policy::standard_codes());
            assert_eq!(policy.teams.len(), 1);
            assert_eq!(policy.teams[&team_id(1)].members, BTreeSet::from([agent.id]));
            assert_eq!(policy.services.len(), 2);
            assert_eq!(policy.services[&service(1, "").id].team, Some(team_id(1)));
            assert_eq!(policy.services[&service(2, "").id].team, None, "its team is out of use");
            assert_eq!(policy.categories[&below.id].path, "Network › Wireless");
            assert_eq!(policy.staff.keys().collect::<Vec<_>>(), [&agent.id]);
            Ok(())
        });
        write(store, |sql| {
            let mut matrix = Matrix::default();
            matrix.0[0][0] = kernel::Priority::new(2).unwrap();
            assert!(settings::put(sql, settings::MATRIX, &matrix, 0)?);
            assert!(settings::put(
                sql,
                settings::RESOLUTION_CODES,
                &incident::Policy::standard_codes()[..1],
                0
            )?);
            let closure = Closure { cause: true, ..Closure::default() };
            assert!(settings::put(sql, settings::CLOSURE, &closure, 0)?);
            let policy = policy::load(sql)?;
            assert_eq!(policy.closure, closure);
            assert_eq!((policy.matrix, policy.matrix_version), (matrix, 1));
            assert_eq!(policy.resolution_codes.len(), 1);
            Ok(())
        });
    });
}

#[test]
fn what_was_known_of_terms_is_not_read_again() {
    each_engine("policy_after", |store| {
        write(store, |sql| {
            let standard = Agreement::standard(AgreementId(Uuid::from_u128(1)));
            let agreement = |version| {
                let reference = AgreementRef { version, ..standard.reference };
                Agreement { reference, close_after_days: version, ..standard.clone() }
            };
            let hours = |version, zone: &str| BusinessHours {
                reference: CalendarRef { id: CalendarId(Uuid::from_u128(9)), version },
                name: "Office".to_owned(),
                definition: Definition::new(zone, Week::weekdays("09:00", "17:00")),
                retired: false,
            };
            agreements::insert(sql, &agreement(1), START)?;
            calendars::insert(sql, &hours(1, "UTC"), START)?;
            let before = policy::load(sql)?;
            agreements::insert(sql, &agreement(2), later(60))?;
            calendars::insert(sql, &hours(2, "Europe/Berlin"), later(60))?;
            calendars::insert(sql, &hours(3, "Nowhere/Land"), later(90))?;
            let after = policy::load_after(sql, Some(&before))?;

            let shared = |one: &Policy, other: &Policy| {
                let (agreement, hours) = (agreement(1).reference, hours(1, "UTC").reference);
                let of = |policy: &Policy| {
                    let agreement = policy.agreements.shared(agreement).unwrap().clone();
                    (agreement, policy.calendars.shared(hours).unwrap().clone())
                };
                let (one, other) = (of(one), of(other));
                Arc::ptr_eq(&one.0, &other.0) && Arc::ptr_eq(&one.1, &other.1)
            };
            assert!(shared(&before, &after));
            let anew = policy::load(sql)?;
            assert!(!shared(&before, &anew));
            let versions = |policy: &Policy| -> Vec<(Timestamp, Agreement)> {
                policy.agreements.versions().map(|(at, one)| (at, one.clone())).collect()
            };
            assert_eq!(versions(&after), versions(&anew));
            for at in [START, later(60), later(90)] {
                let newest =
                    |policy: &Policy| policy.calendars.newest(CalendarId(Uuid::from_u128(9)), at);
                assert_eq!(newest(&after), newest(&anew), "{at}");
                assert_eq!(after.agreements.default(at), anew.agreements.default(at), "{at}");
            }
            Ok(())
        });
    });
}

#[test]
fn who_lost_a_recomputation_says_nothing_more_about_it() {
    each_engine("recomputation_progress", |store| {
        let job = |n, not_before| Recomputation {
            id: kernel::RecomputationId(Uuid::from_u128(n)),
            subject: Subject::Agreement(AgreementId(Uuid::from_u128(7))),
            name: "Standard".to_owned(),
            version: 2,
            not_before,
            created_at: later(n as i64),
            started_at: None,
            finished_at: None,
            progress: Progress::default(),
        };
        let (first, second) = (job(1, later(10)), job(2, START));
        write(store, |sql| {
            recomputations::insert(sql, &first)?;
            recomputations::insert(sql, &second)?;
            assert_eq!(recomputations::open(sql)?, 2);
            assert_eq!(recomputations::list(sql, 1)?, std::slice::from_ref(&second));
            assert_eq!(recomputations::list(sql, 9)?, [second.clone(), first.clone()]);
            assert_eq!(recomputations::get(sql, first.id)?, Some(first.clone()));
            Ok(())
        });
        let claim = |now: Timestamp, until| {
            write(store, |sql| recomputations::claim(sql, now, until)).map(|job| job.id)
        };
        assert_eq!(claim(START, later(30)), Some(second.id), "the other is not in force yet");
        let half = Progress { total: 9, position: 4, looked: 4, changed: 3, failed: 1 };
        let say = |progress, leases| {
            write(store, |sql| recomputations::progress(sql, second.id, progress, leases))
        };
        assert!(say(half, (later(30), later(40))));
        // It took too long; another node took it, and is further.
        assert_eq!(claim(later(9), later(39)), None);
        assert_eq!(claim(later(40), later(70)), Some(second.id), "due for longer");
        let more = Progress { position: 9, looked: 9, ..half };
        assert!(say(more, (later(70), later(80))));
        assert!(!say(half, (later(40), later(50))));
        let finish =
            |until| write(store, |sql| recomputations::finish(sql, second.id, later(75), until));
        assert!(!finish(later(40)));
        let read = || write(store, |sql| recomputations::get(sql, second.id)).unwrap();
        let (started_at, finished_at) = (Some(START), None);
        let expected = Recomputation { started_at, finished_at, progress: more, ..second.clone() };
        assert_eq!(read(), expected);
        assert!(finish(later(80)));
        assert_eq!(read().finished_at, Some(later(75)));
        assert!(!finish(later(80)) && !say(more, (later(80), later(90))), "it is done");
        assert_eq!(claim(later(80), later(90)), Some(first.id));
        assert_eq!(write(store, recomputations::open), 1);
    });
}

#[test]
fn models_keep_what_they_give_and_an_order() {
    let model = |number: u128, name: &str| Model {
        id: ModelId(Uuid::from_u128(number)),
        name: name.into(),
        about: "When it happens".into(),
        place: i64::MAX,
        active: true,
        portal: number == 1,
        gives: Gives {
            title: "It happens".into(),
            urgency: Level::new(1).ok(),
            service: Some(ServiceId(Uuid::from_u128(7))),
            tags: ["a".to_owned()].into(),
            fields: [("site".to_owned(), "Main".to_owned())].into(),
            tasks: vec!["First".into(), "Second".into()],
            runbook: "1. Look\n2. Mend".into(),
            ..Gives::default()
        },
        version: 1,
    };
    each_engine("models", |store| {
        write(store, |sql| {
            for (number, name) in [(1, "Printer"), (2, "Tunnel"), (3, "Mail")] {
                models::insert(sql, &model(number, name))?;
                models::put_at(sql, ModelId(Uuid::from_u128(number)), i64::MAX)?;
            }
            let first = Model { place: 1, ..model(1, "Printer") };
            assert_eq!(models::by_name(sql, " printer ")?, Some(first.clone()));
            models::put_at(sql, ModelId(Uuid::from_u128(3)), 1)?;
            let names = |all: Vec<Model>| {
                all.into_iter().map(|model| (model.place, model.name)).collect::<Vec<_>>()
            };
            let order =
                [(1, "Mail".to_owned()), (2, "Printer".to_owned()), (3, "Tunnel".to_owned())];
            assert_eq!(names(models::list(sql)?), order);
            let off = Model { active: false, name: "Printers".into(), place: 2, ..first };
            assert!(models::update(sql, &off, 1)?);
            assert!(!models::update(sql, &off, 1)?, "somebody was faster");
            assert_eq!(models::get(sql, off.id)?, Some(Model { version: 2, ..off }));
            Ok(())
        });
        let taken = failure(store, |sql| models::insert(sql, &model(4, "TUNNEL")));
        assert!(matches!(taken, Failure::Exists(_)), "{taken:?}");
    });
}

#[test]
fn a_recomputation_is_had_for_a_while_by_one() {
    each_engine("recomputation_leases", |store| {
        let id = kernel::RecomputationId(Uuid::from_u128(1));
        let job = Recomputation {
            id,
            subject: Subject::Calendar(CalendarId(Uuid::from_u128(2))),
            name: "Hours".to_owned(),
            version: 2,
            not_before: START,
            created_at: START,
            started_at: None,
            finished_at: None,
            progress: Progress::default(),
        };
        write(store, |sql| recomputations::insert(sql, &job));
        let claim = |now: Timestamp| {
            write(store, |sql| {
                let due = recomputations::is_due(sql, now)?;
                let claimed = recomputations::claim(sql, now, now.plus_seconds(30))?;
                assert_eq!(claimed.is_some(), due);
                Ok(due)
            })
        };
        let release = |until| write(store, |sql| recomputations::release(sql, id, until));
        assert!(claim(later(1_000)));
        assert!(!claim(later(1_000)), "somebody has it");
        assert!(claim(later(1_030)), "who had it has gone");
        release(later(1_030));
        assert!(!claim(later(1_030)), "only one's own lease is ended");
        release(later(1_060));
        assert!(claim(later(1_030)));
        assert!(!claim(later(1_000)), "the clocks of two differ a little");
        assert!(claim(later(500)), "the clock was set back");
    });
}

#[test]
fn mailboxes_are_found_by_key_and_by_address() {
    let mailbox = |number: u8, name: &str, addresses: &[&str]| Integration {
        id: IntegrationId(Uuid::from_u128(number.into())),
        name: name.into(),
        kind: IntegrationKind::Email,
        key: IntegrationKey::of([number; 16]),
        service: None,
        team: None,
        addresses: addresses.iter().map(|text| (*text).to_owned()).collect(),
        settings: integrations::Settings { silence_after_seconds: Some(900), ..Default::default() },
        new_secrets: None,
        active: true,
        archived: false,
        last_seen_at: None,
        version: 1,
    };
    each_engine("integrations", |store| {
        let desk = mailbox(1, "Desk", &["help@x.example", "help+vip@x.example"]);
        write(store, |sql| {
            integrations::insert(sql, &desk)?;
            integrations::insert(sql, &mailbox(2, "Plant", &["plant@x.example"]))?;
            let off = Integration { active: false, ..mailbox(3, "Off", &["off@x.example"]) };
            integrations::insert(sql, &off)?;
            assert_eq!(integrations::by_key(sql, &desk.key)?, Some(desk.clone()));
            assert_eq!(integrations::by_key(sql, &off.key)?, None);

            let known = integrations::mailboxes(sql)?;
            let name = |address: &str| {
                integrations::addressed(&known, address).map(|one| one.name.clone())
            };
            assert_eq!(name("HELP@X.example").as_deref(), Some("Desk"));
            assert_eq!(name("plant+a+b@x.example").as_deref(), Some("Plant"));
            assert_eq!(name("help+vip@x.example").as_deref(), Some("Desk"));
            for other in ["off@x.example", "help", "", "+@", "plant@y.example", "+plant@x.example"]
            {
                assert_eq!(name(other), None, "{other}");
            }

            integrations::seen(sql, desk.id, later(10))?;
            integrations::seen(sql, desk.id, later(10).plus_micros(999_999))?;
            let seen = |sql: &mut dyn Sql| Ok(integrations::get(sql, desk.id)?.unwrap());
            assert_eq!(seen(sql)?.last_seen_at, Some(later(10)));
            integrations::seen(sql, desk.id, later(11))?;
            let now = seen(sql)?;
            assert_eq!((now.last_seen_at, now.version), (Some(later(11)), 1));

            let mut ended = now.clone();
            ended.end();
            assert!(!integrations::update(sql, &ended, 2)?, "somebody was faster");
            assert!(integrations::update(sql, &ended, 1)?);
            assert_eq!(integrations::by_key(sql, &desk.key)?, None);
            assert_eq!(integrations::get(sql, desk.id)?.unwrap().name, "Desk");
            assert_eq!(integrations::list(sql)?.len(), 2);
            integrations::insert(sql, &mailbox(4, "DESK", &[]))
        });
        let taken = failure(store, |sql| integrations::insert(sql, &mailbox(5, "desk", &[])));
        assert!(matches!(taken, Failure::Exists(_)), "{taken:?}");
        let taken = failure(store, |sql| integrations::insert(sql, &mailbox(1, "New", &[])));
        assert!(matches!(taken, Failure::Exists(_)), "{taken:?}");
    });
}
