//! The company is told as a whole, holds together, and moves without touching what
//! is the visitor's.

use super::*;
use ::incident::{Scope, TokenScope};
use desk::{Options, SetClock};
use incident::clocks::ClockKind;
use kernel::Timestamp;
use std::sync::Arc;
use store::files::Files;
use store::incidents::list::{IncidentRow, Look, list};
use store::{Store, Target};

/// Monday, 23 November 2026, 13:12 in Hamburg.
const NOW: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);

struct Built {
    desk: Desk,
    clock: Arc<SetClock>,
    folder: tempfile::TempDir,
}

async fn built(days: i64) -> Built {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&Target::Sqlite(folder.path().join("evenkeel.db"))).unwrap();
    let clock = Arc::new(SetClock::at(NOW));
    let files = Files::local(folder.path().join("files"));
    let options = Options { clock: clock.clone(), files, serve: false };
    let desk = Desk::open(store, options).unwrap();
    tell(&desk, &clock, NOW, days).await.expect("every step of the plan is granted");
    Built { desk, clock, folder }
}

fn people_named(built: &Built, name: &str) -> kernel::PersonId {
    let name = name.to_owned();
    let find = move |sql: &mut dyn store::Sql| store::directory::people::by_name(sql, &name);
    built.desk.store().read_blocking(find).unwrap().pop().unwrap().id
}

impl Built {
    fn rows(&self, query: &str) -> Vec<IncidentRow> {
        let query = query::parse(query).unwrap();
        let desk = self.desk.clone();
        self.desk
            .store()
            .read_blocking(move |sql| {
                let auditor = store::directory::people::by_name(sql, "Otto Hagen")?.pop().unwrap();
                let viewer = desk.viewer(&auditor, TokenScope::Admin);
                let context = query::Context {
                    me: Some(viewer.person),
                    my_teams: vec![],
                    now: desk.now(),
                    zone: jiff::tz::TimeZone::UTC,
                };
                let look = Look { scope: Scope::of(&viewer), context };
                Ok(list(sql, &look, &query, 200, None)?.rows)
            })
            .unwrap()
    }

    fn count(&self, query: &str) -> usize {
        self.rows(query).len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_present_is_believable() {
    let built = built(25).await;
    let open = built.rows("state:open merged:no");
    assert!((56..=80).contains(&open.len()), "{} open", open.len());
    let breached: Vec<_> = open.iter().filter(|row| row.breached).map(|row| &row.title).collect();
    assert!((1..=4).contains(&breached.len()), "{breached:?}");
    let soon = built.count("state:open merged:no due<2h");
    assert!((4..=20).contains(&soon), "{soon} are due soon");
    assert!(built.count("state:new assignee:none merged:no") >= 5);
    assert!(built.count("state:on_hold") >= 5);
    assert!((5..=60).contains(&built.count("state:resolved merged:no")));
    assert_eq!(built.count("major:yes state:open"), 1);
    assert!(built.count("state:closed") > 100);
    assert_eq!(built.count("state:open confidential:yes"), 2);
    let by_model = open.iter().filter(|row| {
        !row.state.models.is_empty() && row.state.models.iter().all(|it| it.runbook.is_some())
    });
    assert_eq!(by_model.count(), 2, "live trouble with tasks and a runbook at hand");
    assert!(open.iter().all(|row| row.state.updated_at <= NOW && !row.state.quiet));
    let late = open.iter().flat_map(|row| &row.state.clocks).filter(|clock| {
        clock.kind != ClockKind::Update && clock.due_at.is_some_and(|due| due < NOW)
    });
    let late: Vec<_> = late.map(|clock| (clock.kind, clock.due_at)).collect();
    assert!(late.len() <= 4, "{late:?}");
    let nadia = people_named(&built, "Nadia Brandtner");
    let reviews = built
        .desk
        .store()
        .read_blocking(move |sql| store::directory::reviews::list(sql, &Scope::common(nadia)));
    let reviews = reviews.unwrap();
    assert_eq!(reviews.len(), 1, "the major of three weeks ago");
    assert_eq!((reviews[0].actions, reviews[0].open_actions), (2, 1));
    let findings = built
        .desk
        .store()
        .read_blocking(|sql| store::incidents::verify(sql, &mut |_, _| {}))
        .unwrap();
    assert!(findings.is_empty(), "{findings:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_watched_and_people_are_paged() {
    use store::alerts::found;
    use store::directory::{escalations, integrations, schedules, shadows, swaps};
    let built = built(4).await;
    let sql = |read: fn(&mut dyn store::Sql) -> Result<usize, store::Failure>| {
        built.desk.store().read_blocking(read).unwrap()
    };
    assert_eq!(sql(|sql| Ok(integrations::list(sql)?.len())), 4);
    assert_eq!(sql(|sql| Ok(schedules::list(sql)?.len())), 5);
    assert_eq!(sql(|sql| Ok(escalations::list(sql)?.len())), 4);
    let offered = |sql: &mut dyn store::Sql| {
        let all = schedules::list(sql)?.into_iter();
        let all = all.map(|one| Ok(swaps::of_schedule(sql, one.id, NOW)?.len()));
        all.sum::<Result<usize, store::Failure>>()
    };
    assert_eq!(sql(offered), 1);
    let learning = |sql: &mut dyn store::Sql| {
        let all = schedules::list(sql)?.into_iter();
        let all = all.map(|one| Ok(shadows::of_schedule(sql, one.id, NOW)?.len()));
        all.sum::<Result<usize, store::Failure>>()
    };
    assert_eq!(sql(learning), 1);
    let standing_in = |sql: &mut dyn store::Sql| {
        let all = schedules::list(sql)?.into_iter();
        let all = all.map(|one| Ok(schedules::overrides(sql, one.id, NOW)?.len()));
        all.sum::<Result<usize, store::Failure>>()
    };
    assert_eq!(sql(standing_in), 2, "an evening and a holiday");
    let scope = Scope {
        everything: true,
        open_to_staff: true,
        teams: Default::default(),
        person: people_named(&built, "Otto Hagen"),
        organisation: None,
        nothing: false,
    };
    let alerts = built
        .desk
        .store()
        .read_blocking(move |sql| {
            let wanted = found::Wanted { open: Some(true), ..found::Wanted::default() };
            found::list(sql, &scope, &wanted, 100)
        })
        .unwrap();
    let muted = alerts.iter().filter(|found| found.alert.muted.is_some()).count();
    assert_eq!((alerts.len(), muted), (5, 1));
    let open = built.rows("state:open merged:no");
    let course = |title: &str| {
        let row = open.iter().find(|row| row.title.starts_with(title)).expect(title);
        row.state.paging.as_ref().expect(title)
    };
    let taken = course("Gdańsk hub: 41 of 44");
    assert_eq!(
        taken.acknowledged_by.iter().copied().collect::<Vec<_>>(),
        [people_named(&built, "Ines Carvalhal")]
    );
    let waits = course("Label printers dead");
    assert!(
        waits.is_going() && waits.step.as_ref().is_some_and(|step| step.step == 1),
        "{waits:?}"
    );
    let late = |sql: &mut dyn store::Sql| {
        Ok(store::pages::ledger::overdue(sql, NOW, 100)?.len()
            + store::pages::send::due_channels(sql, NOW)?.len())
    };
    assert_eq!(sql(late), 0, "nothing is left over that a start would find late");
}

#[tokio::test(flavor = "multi_thread")]
async fn live_trouble_leaves_the_visitors_work_alone() {
    let built = built(8).await;
    let company = company::known(&built.desk, data::company()).await.unwrap().unwrap();
    let logins: Vec<_> = company.people.iter().filter(|p| p.login).map(|p| p.id).collect();
    let own = |row: &IncidentRow| {
        row.state.assignee.is_some_and(|id| logins.contains(&id))
            || logins.contains(&row.state.requester)
    };
    let before: Vec<_> = built
        .rows("state:open")
        .into_iter()
        .filter(own)
        .map(|row| (row.number, row.version))
        .collect();
    assert!(before.len() >= 5);
    let mut director = director::Director {
        desk: built.desk.clone(),
        company,
        stories: data::stories(),
        dice: Dice::new(1),
        firing: None,
    };
    let mut happened = 0;
    for _ in 0..150 {
        built.clock.advance(15);
        happened += usize::from(director.something().await.expect("what is thought of is granted"));
    }
    assert!(happened > 60, "{happened} of 150");
    let open = built.count("state:open merged:no");
    assert!((45..=85).contains(&open), "{open} open");
    let after: Vec<_> = built
        .rows("state:open")
        .into_iter()
        .filter(own)
        .map(|row| (row.number, row.version))
        .collect();
    assert_eq!(before, after);
    let given = built.rows("team:\"Warehouse systems\",Platform sort:reported");
    let given: Vec<_> = given.iter().filter(|row| row.state.reported_at > NOW).collect();
    let away = people_named(&built, turns::AWAY);
    assert!(given.len() >= 3, "{} came to teams that assign", given.len());
    assert!(given.iter().all(|row| row.state.assignee.is_some_and(|person| person != away)));
    drop(built.folder);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_surge_comes_while_somebody_looks_around() {
    let built = built(8).await;
    built.desk.watch_surges().await.unwrap();
    assert!(built.desk.surges().is_empty(), "{:?}", built.desk.surges());
    let company = company::known(&built.desk, data::company()).await.unwrap().unwrap();
    let service = company.services["Time Recording"].0;
    let mut director = director::Director {
        desk: built.desk.clone(),
        company,
        stories: data::stories(),
        dice: Dice::new(1),
        firing: None,
    };
    let before = built.count("state:open merged:no");
    director.storm(std::time::Duration::ZERO).await.unwrap();
    built.desk.watch_surges().await.unwrap();
    let surges = built.desk.surges();
    assert_eq!(surges.iter().map(|surge| surge.service).collect::<Vec<_>>(), [service]);
    director.storm(std::time::Duration::ZERO).await.unwrap();
    assert_eq!(built.count("state:open merged:no"), before + 8, "one at a time");
}

#[test]
fn the_company_has_the_same_past_every_time() {
    let company = Company {
        people: data::company()
            .people
            .iter()
            .enumerate()
            .map(|(place, person)| company::Someone {
                id: kernel::PersonId(uuid::Uuid::from_u128(place as u128 + 1)),
                name: person.name.clone(),
                site: person.site.clone(),
                teams: person.teams.clone(),
                works: !person.teams.is_empty(),
                login: LOGINS.iter().any(|(_, name)| *name == person.name),
            })
            .collect(),
        teams: data::company()
            .teams
            .iter()
            .map(|team| (team.name.clone(), kernel::TeamId(uuid::Uuid::from_u128(9))))
            .collect(),
        services: data::company()
            .services
            .iter()
            .map(|s| {
                (s.name.clone(), (kernel::ServiceId(uuid::Uuid::from_u128(8)), s.team.clone()))
            })
            .collect(),
        categories: data::company()
            .categories
            .iter()
            .flat_map(|c| c.below.clone())
            .map(|name| (name, kernel::CategoryId(uuid::Uuid::from_u128(7))))
            .collect(),
    };
    let agreement =
        ::incident::policy::Agreement::standard(kernel::AgreementId(uuid::Uuid::from_u128(6)));
    let think = || {
        let steps = think(&company, &data::stories(), &agreement, NOW, DAYS);
        let reports = steps.iter().filter(|s| matches!(s.deed, plan::Deed::Report(_))).count();
        assert!((1_500..=2_500).contains(&reports), "{reports} incidents");
        steps.iter().map(|step| (step.at, step.key, step.actor.name.clone())).collect::<Vec<_>>()
    };
    let once = think();
    assert_eq!(once, think());
    assert!(once.is_sorted_by_key(|step| step.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_major_is_conducted_and_the_outside_is_told() {
    use store::directory::{changes, lists};
    let built = built(25).await;
    let major = built.rows("major:yes state:open").pop().expect("one is open");
    let conduct = major.state.conduct.as_deref().expect("it is conducted");
    let said = |answer| conduct.responders.iter().filter(|one| one.answer == answer).count();
    use ::incident::conduct::{Answer, Degree};
    assert_eq!([Answer::Coming, Answer::CannotCome, Answer::Asked].map(said), [2, 1, 1]);
    assert_eq!((conduct.rooms.len(), conduct.offers.len()), (2, 1));
    assert!(conduct.impact.is_some() && conduct.public_title.is_some());
    assert_eq!((conduct.communication.kept, conduct.communication.missed), (2, 0));
    let number = major.number;
    let since = NOW.plus_days(-25);
    let week = changes::Span { service: None, from: NOW.plus_days(-7), to: NOW, behind: None };
    let (outages, updates, lists, page, told) = built
        .desk
        .store()
        .read_blocking(move |sql| {
            let outages = store::outages::between(sql, since, NOW)?;
            let updates = store::updates::on_status_page(sql, since)?;
            let lists = lists::list(sql)?;
            let page = store::status::components::list(sql)?;
            let changed = changes::page(sql, week, 50)?;
            let entries = store::deliveries::inbox::arriving(sql, NOW, 10_000)?;
            Ok((outages, updates, lists, page, (changed.len(), entries)))
        })
        .unwrap();
    let lasting: Vec<_> = outages.iter().filter(|row| row.ended_at.is_none()).collect();
    assert_eq!(lasting.len(), 1);
    assert_eq!((lasting[0].number, lasting[0].degree), (number, Degree::Partial));
    assert!(outages.iter().any(|row| row.degree == Degree::Full), "those of before have ended");
    assert!(updates.iter().filter(|update| update.number == number).count() == 2);
    assert!(updates.iter().any(|update| update.number != number));
    assert!(lists.iter().all(|list| list.members() > 0) && lists.len() == 3);
    assert_eq!(page.len(), 11);
    assert!(page.iter().all(|component| component.service.is_some()));
    let mara = people_named(&built, "Mara Lindqvist");
    let (changed, entries) = told;
    assert_eq!(changed, 9);
    assert!(entries.iter().filter(|entry| entry.person == mara).count() >= 5);
    assert!(
        entries.iter().all(|entry| entry.created_at >= NOW.plus_seconds(-oncall::PAGING_SINCE))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn teams_keep_macros_whose_variables_are_filled_in() {
    let built = built(4).await;
    let jamal = people_named(&built, "Jamal Idrissi");
    let viewer = oncall::viewer(&built.desk, jamal).await.unwrap();
    let known = built.desk.macros(&viewer).await.unwrap();
    let names: Vec<&str> = known.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Ask for details", "Over to Network", "Works again"], "those of his team");
    let row = built.rows("state:open confidential:no").pop().expect("some are open");
    let asks = known[0].id;
    let filled = built.desk.filled_macro(&viewer, row.number, asks, |at, _| at.to_string()).await;
    let filled = filled.unwrap();
    assert!(filled.missing.is_empty(), "{filled:?}");
    assert!(filled.words.contains(&row.number.to_string()) && filled.words.contains("Jamal"));
    let all = built.desk.store().read_blocking(store::directory::macros::count).unwrap();
    assert_eq!(all, 6);
    drop(built.folder);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_past_is_enough_to_suggest_something() {
    use store::suggestions::Suggested;
    let built = built(60).await;
    built.desk.learn_now().await.unwrap();
    let (suggester, policy) = (built.desk.suggester(), built.desk.policy());
    let title = "Label printer on line 4 prints blank labels";
    let offer = suggester.guess(Suggested::Category, title, "", None, &policy).unwrap();
    assert!(offer.label.contains("Printer"), "{offer:?}");
    drop(built.folder);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_past_is_enough_to_expect_when_something_is_over() {
    use desk::expected::Outlook;
    let built = built(60).await;
    built.desk.learn_expected_now().await.unwrap();
    let find = |sql: &mut dyn store::Sql| store::directory::people::by_name(sql, "Mara Lindqvist");
    let mara = built.desk.store().read_blocking(find).unwrap().pop().unwrap();
    let viewer = built.desk.viewer(&mara, TokenScope::Write);
    let mut told = 0;
    for row in built.rows("state:open") {
        let found = built.desk.expected(&viewer, row.number).await;
        told += usize::from(matches!(found, Ok((_, Some(Outlook::Likely(_))))));
    }
    assert!(told > 0);
    drop(built.folder);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_change_at_the_database_is_the_first_cause_of_the_major() {
    let built = built(25).await;
    let major = built.rows("major:yes state:open").pop().expect("one is open");
    let find = |sql: &mut dyn store::Sql| store::directory::people::by_name(sql, "Mara Lindqvist");
    let mara = built.desk.store().read_blocking(find).unwrap().pop().unwrap();
    let viewer = built.desk.viewer(&mara, TokenScope::Write);
    let causes = built.desk.causes(&viewer, major.number).await.unwrap();
    let first = causes.suspect().expect("one is suspected");
    assert_eq!(first.known.title, "CHG-2288 Database pool settings", "{:?}", causes.probable);
    assert!(causes.may_judge && first.known.target.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn its_past_shows_what_comes_again_and_again() {
    let built = built(25).await;
    built.desk.find_recurring().await.unwrap();
    let find = |sql: &mut dyn store::Sql| store::directory::people::by_name(sql, "Mara Lindqvist");
    let mara = built.desk.store().read_blocking(find).unwrap().pop().unwrap();
    let viewer = built.desk.viewer(&mara, TokenScope::Write);
    let all = built.desk.recurring(&viewer).await.unwrap();
    let told: Vec<(&str, usize)> =
        all.iter().map(|one| (one.cluster.name.as_str(), one.incidents)).collect();
    assert!(all.len() >= 3, "{told:?}");
    assert!(all.iter().all(|one| one.cluster.service.is_some()), "{told:?}");
    let blank = told.iter().find(|(name, _)| name.to_lowercase().contains("blank"));
    assert!(blank.is_some_and(|(_, count)| *count >= 3), "{told:?}");
}
