//! Probable causes: what is found for whom, and what people say of it.

use desk::causes::{Causes, Proposed};
use desk::map::Heard;
use desk::{Trouble, command_line};
use incident::conduct::Degree;
use incident::state::{Link, LinkKind};
use incident::{Change, Command, RefusalKind, Viewer};
use insight::cause::{Kind, What};
use kernel::{ChangeId, Channel, IncidentNumber, OutageId, ProblemNumber, ServiceId};
use store::directory::problems::Problem;
use store::directory::services::{self, Service};
use testkit::TestDesk;

/// A database that the VPN needs.
async fn database(t: &TestDesk) -> ServiceId {
    let service = Service::named(ServiceId(desk::fresh()), "Order Database");
    let (id, vpn) = (service.id, t.vpn);
    t.desk
        .change(command_line(), move |sql, _| {
            services::insert(sql, &service)?;
            let known = services::get(sql, vpn)?.expect("the VPN");
            let needing = Service { depends_on: [id].into_iter().collect(), ..known.clone() };
            assert!(services::update(sql, &needing, known.version)?);
            Ok(())
        })
        .await
        .unwrap();
    id
}

/// A change that was made so many seconds ago.
async fn changed(t: &TestDesk, service: ServiceId, title: &str, seconds: i64) -> ChangeId {
    let heard = Heard {
        service: Some(service),
        title: title.to_owned(),
        source: "Argo CD".to_owned(),
        at: Some(t.desk.now().plus_seconds(-seconds)),
        link: Some("https://changes.example/1".to_owned()),
    };
    t.desk.keep_change(heard).await.unwrap().0.id
}

/// Says that a service is out since so many seconds.
async fn out(t: &TestDesk, by: &Viewer, number: IncidentNumber, service: ServiceId, seconds: i64) {
    let outage = Command::RecordOutage {
        outage: OutageId(desk::fresh()),
        service,
        degree: Degree::Full,
        started_at: t.desk.now().plus_seconds(-seconds),
        ended_at: None,
    };
    t.issue(by, number, outage).await.unwrap();
}

/// Another incident that is about this service alone.
async fn about(t: &TestDesk, service: ServiceId) -> IncidentNumber {
    let number = t.report("The database does not answer").await;
    let classify = Command::Classify {
        title: None,
        service: Change::Set(service),
        category: Change::Keep,
        fields: Default::default(),
        affected: None,
    };
    t.issue(&t.agent, number, classify).await.unwrap();
    number
}

async fn causes(t: &TestDesk, viewer: &Viewer, number: IncidentNumber) -> Causes {
    t.desk.causes(viewer, number).await.unwrap()
}

fn words(one: &Proposed) -> Vec<String> {
    one.evidence.iter().filter_map(|said| said.fact.words()).collect()
}

fn kind(refused: Result<Causes, Trouble>) -> RefusalKind {
    match refused {
        Err(Trouble::Refused(refusal)) => refusal.kind,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_deployment_just_before_at_what_is_needed_comes_first() {
    let t = TestDesk::idle().await;
    let database = database(&t).await;
    let settings = changed(&t, database, "CHG-2288 Database pool settings", 720).await;
    changed(&t, t.vpn, "Release 4.18", 3 * 86_400).await;
    let number = t.report("VPN slow").await;
    t.clock.advance(600);
    changed(&t, t.vpn, "CHG-9 Afterwards", 60).await;
    let found = causes(&t, &t.agent, number).await;
    assert_eq!(found.affected, [t.vpn]);
    let first = &found.probable[0];
    assert_eq!((&first.what, first.kind), (&What::Change(settings), Kind::Configuration));
    assert_eq!(first.known.service, Some(database));
    assert!(words(first).contains(&"changed 12 minutes before the first sign".to_owned()));
    assert_eq!(found.reached, [t.vpn]);
    assert_eq!(found.suspect().map(|one| &one.what), Some(&What::Change(settings)));
    let titles: Vec<&str> = found.probable.iter().map(|one| one.known.title.as_str()).collect();
    assert!(titles.contains(&"Release 4.18") && !titles.contains(&"CHG-9 Afterwards"));
    let around: Vec<&str> = found.changes.iter().map(|one| one.title.as_str()).collect();
    assert_eq!(around, ["CHG-2288 Database pool settings"]);
}

#[tokio::test]
async fn only_who_sees_all_of_an_incident_is_told_its_causes() {
    let t = TestDesk::idle().await;
    let number = t.report("VPN slow").await;
    for viewer in [&t.agent, &t.other_agent, &t.manager, &t.administrator] {
        assert!(causes(&t, viewer, number).await.may_judge);
    }
    assert!(!causes(&t, &t.auditor, number).await.may_judge);
    for viewer in [&t.requester, &t.other_requester] {
        let refused = t.desk.causes(viewer, number).await;
        assert_eq!(kind(refused), RefusalKind::NotFound);
    }
    let restrict = Command::Restrict { team: Some(t.network) };
    t.issue(&t.agent, number, restrict).await.unwrap();
    assert_eq!(causes(&t, &t.agent, number).await.number, number);
    for viewer in [&t.other_agent, &t.administrator, &t.requester] {
        let refused = t.desk.causes(viewer, number).await;
        assert_eq!(kind(refused), RefusalKind::NotFound);
    }
}

#[tokio::test]
async fn an_outage_of_a_confidential_incident_is_no_evidence_for_others() {
    let t = TestDesk::idle().await;
    let database = database(&t).await;
    let hidden = about(&t, database).await;
    out(&t, &t.agent, hidden, database, 60).await;
    let number = t.report("VPN slow").await;
    let named = |found: &Causes| found.probable.iter().any(|one| one.known.number == Some(hidden));
    assert!(named(&causes(&t, &t.other_agent, number).await), "it is the outage upstream");
    let what = What::Service(database);
    t.desk.judge_cause(&t.agent, number, what.clone(), Some(true)).await.unwrap();
    let restrict = Command::Restrict { team: Some(t.network) };
    t.issue(&t.agent, hidden, restrict).await.unwrap();
    assert!(named(&causes(&t, &t.agent, number).await));
    assert!(named(&causes(&t, &t.auditor, number).await));
    for viewer in [&t.other_agent, &t.manager, &t.administrator] {
        let found = causes(&t, viewer, number).await;
        assert!(!named(&found) && found.get(&what).is_none(), "{found:?}");
    }
    let refused = t.desk.judge_cause(&t.manager, number, what, Some(false)).await;
    assert_eq!(kind(refused), RefusalKind::NotFound);
}

#[tokio::test]
async fn what_people_say_stands_is_undone_and_links_when_asked() {
    let t = TestDesk::idle().await;
    let settings = changed(&t, t.vpn, "CHG-2288 Database pool settings", 720).await;
    let release = changed(&t, t.vpn, "Release 4.18", 600).await;
    let number = t.report("VPN slow").await;
    let (it, other) = (What::Change(settings), What::Change(release));
    let judge = |viewer: &Viewer, what: &What, was_it| {
        let (desk, viewer, what) = (t.desk.clone(), viewer.clone(), what.clone());
        async move { desk.judge_cause(&viewer, number, what, was_it).await }
    };
    assert_eq!(kind(judge(&t.auditor, &it, Some(true)).await), RefusalKind::Forbidden);
    assert_eq!(kind(judge(&t.requester, &it, Some(true)).await), RefusalKind::NotFound);
    let unknown = What::Change(ChangeId(desk::fresh()));
    assert_eq!(kind(judge(&t.agent, &unknown, Some(true)).await), RefusalKind::NotFound);

    let found = judge(&t.agent, &other, Some(false)).await.unwrap();
    assert_eq!((found.probable.len(), found.refused.len()), (1, 1));
    assert_eq!(found.refused[0].what, other);
    let found = judge(&t.other_agent, &other, None).await.unwrap();
    assert_eq!((found.probable.len(), found.refused.len()), (2, 0));

    let found = judge(&t.agent, &it, Some(true)).await.unwrap();
    let first = &found.probable[0];
    assert_eq!((&first.what, first.said, first.linked), (&it, Some(true), false));
    for _ in 0..2 {
        let found = t.desk.link_cause(&t.agent, Channel::Web, number, &it).await.unwrap();
        assert!(found.probable[0].linked, "once more is fine");
    }
    let stored = t.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    let target = "CHG-2288".to_owned();
    let link = Link { kind: LinkKind::CausedBy, target, reverse: false };
    assert!(stored.unwrap().state.links.contains(&link));
    let refused = t.desk.link_cause(&t.agent, Channel::Web, number, &other).await;
    assert_eq!(kind(refused), RefusalKind::State, "it has no number");
}

#[tokio::test]
async fn what_was_said_teaches_only_those_who_see_where_it_was_said() {
    let t = TestDesk::idle().await;
    let first = changed(&t, t.vpn, "Release 4.18", 600).await;
    let before = t.report("VPN slow").await;
    let judged = t.desk.judge_cause(&t.agent, before, What::Change(first), Some(true)).await;
    judged.unwrap();
    let restrict = Command::Restrict { team: Some(t.network) };
    t.issue(&t.agent, before, restrict).await.unwrap();
    t.clock.advance(30 * 86_400);
    let second = changed(&t, t.vpn, "Release 4.19", 600).await;
    let number = t.report("VPN slow again").await;
    let told = "a deployment was the cause 1 of 1 times that it was judged".to_owned();
    for (viewer, taught) in [(&t.agent, true), (&t.other_agent, false), (&t.manager, false)] {
        let found = causes(&t, viewer, number).await;
        assert_eq!(found.probable[0].what, What::Change(second));
        assert_eq!(words(&found.probable[0]).contains(&told), taught);
    }
}

#[tokio::test]
async fn a_problem_behind_the_last_incidents_is_named_to_who_sees_them() {
    let t = TestDesk::idle().await;
    let problem = Problem::titled(ProblemNumber(0), "Sessions never end", t.desk.now());
    let problem = t.desk.make_problem(&t.agent, Channel::Web, problem, &[]).await.unwrap().problem;
    let record = problem.number.to_string();
    for hour in 0..4 {
        let number = t.report("VPN slow").await;
        let (kind, target) = (LinkKind::Problem, record.clone());
        t.issue(&t.agent, number, Command::Link { kind, target, cascade: None }).await.unwrap();
        if hour > 0 {
            let restrict = Command::Restrict { team: Some(t.network) };
            t.issue(&t.agent, number, restrict).await.unwrap();
        }
        t.clock.advance(3_600);
    }
    let number = t.report("VPN slow again").await;
    let times = |found: &Causes| {
        let found = found.get(&What::Record(record.clone()))?;
        words(found).into_iter().find(|words| words.contains("behind"))
    };
    let seen = times(&causes(&t, &t.agent, number).await).expect("it is named");
    assert_eq!(seen, "it was behind 4 of the last 4 incidents of these services");
    let others = times(&causes(&t, &t.other_agent, number).await).expect("one is open to all");
    assert_eq!(others, "it was behind 1 of the last 1 incidents of these services");
}
