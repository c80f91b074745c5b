//! Letters with reports: a table, the way to the very report, and all of it as a file, in the
//! language of whoever reads it; once, also after a restart.

use crate::world::{INES, PUBLIC_URL, World, courier};
use desk::command_line;
use insight::report::{By, Name, Pace, Past, Turn};
use kernel::{Language, ReportId, Timestamp};
use store::deliveries::DeliveryState;
use store::directory::people;
use store::reports::mailed::Mailing;

const DAY: i64 = 86_400;

/// What came in yesterday, each day at seven, for the agent, who reads this language.
async fn arranged(world: &World, report: Name, language: Language) -> ReportId {
    let t = &world.t;
    let (id, agent, manager) = (ReportId(desk::fresh()), t.agent.person, t.manager.clone());
    let mailing = Mailing {
        id,
        owner: manager.person,
        report,
        by: By::All,
        query: "-service:\"Print & scan\"".to_owned(),
        zone: "Europe/Berlin".to_owned(),
        past: Past::Yesterday,
        turn: Turn { pace: Pace::Daily, day: 1, hour: 7 },
        people: [agent].into(),
        done_until: Timestamp::from_micros(0),
        version: 1,
    };
    t.desk
        .change(command_line(), move |sql, audit| {
            let mut person = people::get(sql, agent)?.unwrap();
            person.language = Some(language);
            people::update(sql, &person, person.version)?;
            desk::reports::mailed::make(sql, audit, &manager, mailing)
        })
        .await
        .unwrap();
    id
}

/// A day goes by.
async fn tomorrow(world: &World) {
    world.t.clock.advance(DAY);
    world.t.desk.mail_reports().await.unwrap();
    world.rounds().await;
}

/// The letters with reports that the agent got.
fn letters(world: &World) -> Vec<crate::sink::Mail> {
    let all = world.sink.to(INES).into_iter();
    all.filter(|mail| mail.raw.contains("Content-Disposition: attachment")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_a_table_a_link_and_a_file() {
    let world = World::new().await;
    world.t.report("Printer prints nothing").await;
    let id = arranged(&world, Name::Hops, Language::En).await;
    tomorrow(&world).await;
    let letters = letters(&world);
    assert_eq!(letters.len(), 1);
    let words = letters[0].words();
    let subject = letters[0].header("Subject").unwrap();
    assert_eq!(subject, "Moves between teams: 23 Nov 2026 to 23 Nov 2026");
    assert!(words.contains("<th scope=\"col\" align=\"left\">Incidents</th>"), "{words}");
    assert!(words.contains("All\r\n    Incidents: 1\r\n    Moved: 0"), "{words}");
    let link = format!(
        "{PUBLIC_URL}/reports/hops?period=own&from=2026-11-23&to=2026-11-23&by=all\
         &zone=Europe%2FBerlin&q=-service%3A%22Print%20%26%20scan%22"
    );
    assert!(words.contains(&link), "{words}");
    assert!(words.contains("text/csv; charset=utf-8"), "{words}");
    assert!(words.contains("hops-2026-11-23-2026-11-23.csv"), "{words}");
    assert!(words.contains("Line,Name,Incidents"), "{words}");
    assert_eq!(letters[0].header("Auto-Submitted").as_deref(), Some("auto-generated"));
    // One press of its reader, or of their mail program, ends such letters.
    let url = letters[0].header("List-Unsubscribe").unwrap();
    let token = url.strip_prefix(&format!("<{PUBLIC_URL}/u/")).unwrap().trim_end_matches('>');
    let link = world.t.desk.seals().await.unwrap().read_unmail(token, world.t.desk.now()).unwrap();
    assert_eq!((link.person, link.report), (world.t.agent.person, id));
    assert!(words.contains(&format!("Stop these letters: {PUBLIC_URL}/u/{token}")), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_report_is_told_in_every_language() {
    for language in Language::ALL {
        let world = World::new().await;
        world.t.report("Lager 4").await;
        for name in [Name::Compliance, Name::Hops, Name::FirstContact, Name::OnCall] {
            arranged(&world, name, *language).await;
        }
        tomorrow(&world).await;
        let letters = letters(&world);
        assert_eq!(letters.len(), 4, "{language}");
        let say = locale::reports(*language);
        for letter in letters {
            let words = letter.words();
            let header = letter.header("Content-Language");
            assert_eq!(header.as_deref(), Some(language.as_str()));
            assert!(words.contains(say.mailed_open()), "{words}");
            assert!(!words.contains("{ $"), "an argument is missing: {words}");
            if *language != Language::En {
                assert!(!words.contains("Open the report"), "{words}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaves_twice_after_a_restart_and_nothing_that_was_stopped() {
    let world = World::new().await;
    let id = arranged(&world, Name::Hops, Language::En).await;
    tomorrow(&world).await;
    let (again, _stop) = courier(&world.t, &world.sink.url());
    world.t.desk.mail_reports().await.unwrap();
    again.round().await;
    assert_eq!(letters(&world).len(), 1);
    // It was handed over, and is stopped before it leaves.
    world.t.clock.advance(DAY);
    world.t.desk.mail_reports().await.unwrap();
    let manager = world.t.manager.clone();
    world
        .t
        .desk
        .change(command_line(), move |sql, audit| {
            desk::reports::mailed::stop(sql, audit, &manager, (id, None))
        })
        .await
        .unwrap();
    world.rounds().await;
    assert_eq!(letters(&world).len(), 1);
    let last = world.deliveries().await.pop().unwrap();
    assert_eq!(last.state, DeliveryState::Withdrawn);
}
