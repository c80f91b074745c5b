//! The service map as the desk keeps it at hand.

use desk::command_line;
use desk::map::Heard;
use incident::conduct::Degree;
use incident::{Command, Visibility};
use kernel::OutageId;
use map::{Health, catalogue};
use std::fmt::Write;
use std::sync::Arc;
use testkit::TestDesk;

/// Services of the map, each of which needs those before it.
const SERVICES: usize = 300;
/// What each of them needs at most.
const NEEDS: usize = 4;

/// Our YAML: a line of services, each with a few that it needs.
fn line_of_services() -> String {
    let mut text = "services:\n".to_owned();
    for at in 0..SERVICES {
        let needs: Vec<String> =
            (1..=NEEDS).filter(|step| *step <= at).map(|step| format!("S{}", at - step)).collect();
        writeln!(text, "  - name: S{at}\n    needs: [{}]", needs.join(", ")).unwrap();
    }
    text
}

#[tokio::test]
async fn the_map_is_made_anew_only_when_something_on_it_changes() {
    let t = TestDesk::idle().await;
    let number = t.report("VPN slow").await;
    let first = t.desk.service_map().await.unwrap();
    t.say(&t.agent, number, "We look into it.", Visibility::Public).await;
    let again = t.desk.service_map().await.unwrap();
    assert!(Arc::ptr_eq(&first, &again), "words change no service");
    let record = Command::RecordOutage {
        outage: OutageId(desk::fresh()),
        service: t.vpn,
        degree: Degree::Full,
        started_at: t.desk.now(),
        ended_at: None,
    };
    t.issue(&t.agent, number, record).await.unwrap();
    let down = t.desk.service_map().await.unwrap();
    assert_eq!(down.health(&t.vpn), Health::Down);
    assert_eq!(down.reasons(&t.agent, &t.vpn).len(), 1);
    assert!(Arc::ptr_eq(&down.graph, &first.graph), "what services need did not change");
}

/// Whoever heard no answer tells again.
#[tokio::test]
async fn a_change_told_again_without_a_time_is_no_other() {
    let t = TestDesk::idle().await;
    let heard = |at| Heard {
        service: Some(t.vpn),
        title: "VPN gateway 4.18".to_owned(),
        source: "deploy".to_owned(),
        at,
        link: None,
    };
    let (first, is_new) = t.desk.keep_change(heard(None)).await.unwrap();
    assert!(is_new);
    t.clock.advance(30);
    assert!(t.desk.knows_change(heard(None)).await.unwrap());
    let ahead = Some(t.desk.now().plus_seconds(600));
    let (again, is_new) = t.desk.keep_change(heard(ahead)).await.unwrap();
    assert_eq!((again.id, is_new), (first.id, false));
    let (_, is_new) = t.desk.keep_change(heard(Some(t.desk.now()))).await.unwrap();
    assert!(is_new, "it says that it was another");
    t.clock.advance(61);
    assert!(t.desk.keep_change(heard(None)).await.unwrap().1);
}

#[tokio::test]
async fn a_large_catalogue_is_taken_over_and_its_impact_reaches_the_far_end() {
    let t = TestDesk::idle().await;
    let before = t.desk.service_map().await.unwrap();
    let read = catalogue::read(&line_of_services()).unwrap();
    let plan = t.desk.import_services(command_line(), read, false).await.unwrap();
    assert_eq!(plan.services.len(), SERVICES);
    let sight = t.desk.service_map().await.unwrap();
    assert_eq!(sight.services.len(), before.services.len() + SERVICES);
    let named = |name: &str| {
        let found = sight.services.values().find(|service| service.name == name);
        found.expect(name).id
    };
    let (first, last) = (named("S0"), named(&format!("S{}", SERVICES - 1)));
    let hits = sight.graph.impact(&first);
    assert_eq!(hits.len(), SERVICES - 1);
    assert!(hits.iter().all(|hit| hit.certain));
    let behind = sight.graph.behind(&last, 10);
    assert_eq!(behind.len(), 10);
    assert_eq!(sight.graph.upstream(&last).len(), SERVICES - 1);
    assert!(sight.graph.upstream(&first).is_empty());
}
