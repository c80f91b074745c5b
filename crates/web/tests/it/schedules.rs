//! Schedules and escalation policies on screen: made as people write them, changed only after
//! the page has said what that changes, read by whoever may not change them.

use crate::harness::World;
use axum::http::StatusCode;
use kernel::{EscalationId, ScheduleId, Timestamp};
use store::directory::{escalations, people, schedules, shadows};

/// The form of a schedule in which these take turns week by week.
fn form(people: &str) -> Vec<(&str, &str)> {
    vec![
        ("name", "Network"),
        ("time_zone", "Europe/Berlin"),
        ("l0-name", "First"),
        ("l0-people", people),
        ("l0-every", "1"),
        ("l0-unit", "week"),
        ("l0-start", "2026-01-05T09:00"),
        ("l1-people", ""),
    ]
}

const TWO: &str = "Mara Lindqvist\r\nInes Calderon <ines@northwind.example>";

async fn made(world: &World) -> (String, ScheduleId) {
    let made = world.post("ines", "/settings/schedules", &form(TWO)).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let address = made.location().split('?').next().unwrap().to_owned();
    let id = address.rsplit('/').next().unwrap().parse().unwrap();
    (address, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_made_from_what_people_write() {
    let world = World::new().await;
    world.get("ines", "/settings/schedules").await.shows("No schedules yet");
    world.get("ines", "/settings/schedules/new").await.shows("First layer").hides("Another layer");
    let (address, id) = made(&world).await;
    let stored = world.desk.read(move |sql| schedules::get(sql, id)).await.unwrap().unwrap();
    let turns = &stored.layers[0].rotation.people;
    assert_eq!(turns[..], [world.person("mara").id, world.person("ines").id]);
    world.get("otto", "/settings/schedules").await.shows("Network").shows("nothing yet");
    world
        .get("otto", &address)
        .await
        .shows("<fieldset class=\"bare stack-l\" disabled>")
        .shows("Ines Calderon &lt;ines@northwind.example&gt;")
        .shows("The next 4 weeks")
        .hides("Put them on call");
    let page = world.get("ines", &format!("{address}?done=saved")).await;
    page.shows("Saved.").shows("Layer 1: First").shows("on the clocks of");
    assert_eq!(world.get("mara", &address).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.post("mara", &address, &form(TWO)).await.status, StatusCode::FORBIDDEN);
    // What the page shows is what it sends.
    let again = world.send_form("ines", &address, "none").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
    let after = world.desk.read(move |sql| schedules::get(sql, id)).await.unwrap().unwrap();
    assert_eq!((after.layers, after.since), (stored.layers, stored.since));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_paged_changes_only_after_it_was_said() {
    let world = World::new().await;
    let (address, id) = made(&world).await;
    let mut fields = form("Mara Lindqvist\r\nada@northwind.example");
    fields.extend([("version", "1"), ("active", "1")]);
    let patch = world.post_live("ines", &format!("{address}/look"), &fields).await;
    patch.shows("data-patch").shows("changes who is paged on").shows("of the next 90 days");
    let asked = world.post("ines", &address, &fields).await;
    assert_eq!(asked.status, StatusCode::OK);
    asked.shows("Nothing is saved yet").shows("instead of Ines Calderon");
    let version = move |sql: &mut dyn store::Sql| schedules::get(sql, id);
    assert_eq!(world.desk.read(version).await.unwrap().unwrap().version, 1);
    fields.push(("sure", "1"));
    let saved = world.post("ines", &address, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let stale = world.post("ines", &address, &fields).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    stale.shows("changed this");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_stands_at_its_field() {
    let world = World::new().await;
    for (field, value, at, words) in [
        ("name", "", "name", "1 to 120 characters"),
        ("time_zone", "Mars", "time_zone", "s no time zone"),
        ("l0-people", "Mara Lindqvist\nNobody", "l0-people", "Line 2: nobody of the service desk"),
        (
            "l0-people",
            "Mara Lindqvist\nGwen Tarrant",
            "l0-people",
            "Line 2: nobody of the service desk",
        ),
        ("l0-people", "", "l0-people", "at least one person"),
        ("l0-every", "often", "l0-every", "a whole number"),
        ("l0-every", "0", "l0-every", "ust be at least 1"),
        ("l0-start", "soon", "l0-start", "first hand-over"),
        ("l0-hours", "whenever", "l0-hours", "Line 1: “whenever” is not read"),
    ] {
        let mut fields = form(TWO);
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        let page = world.post("ines", "/settings/schedules", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={value}");
        page.shows(words).shows(&format!("id=\"{at}-e\""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_stands_in_and_somebody_left() {
    let world = World::new().await;
    let (address, id) = made(&world).await;
    let now = world.desk.now();
    let wrong = world.post("ines", &format!("{address}/overrides"), &[("person", "Nobody")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("id=\"person-e\"");
    let fields = [("person", "Ada Brandt"), ("reason", "A wedding")];
    let put = world.post("ines", &format!("{address}/overrides"), &fields).await;
    assert_eq!(put.status, StatusCode::SEE_OTHER, "{}", put.body);
    world.get("ines", &address).await.shows("A wedding").shows("the override of Ada Brandt");
    world.get("ines", "/settings/schedules").await.shows("Ada Brandt");
    let read = move |sql: &mut dyn store::Sql| schedules::overrides(sql, id, now);
    let one = world.desk.read(read).await.unwrap()[0].id;
    let ended = world.post("ines", &format!("{address}/overrides/{one}/end"), &[]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER, "{}", ended.body);
    world.get("ines", &address).await.shows("Nobody stands in");

    let mara = world.person("mara").clone();
    let gone = world.desk.change(desk::command_line(), move |sql, _| {
        people::update(sql, &people::Person { active: false, ..mara }, 1)?;
        Ok(())
    });
    gone.await.unwrap();
    world.get("ines", &address).await.shows("but not to be paged: </b>Mara Lindqvist");
    world.get("ines", "/settings/schedules").await.shows("1 fault");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_made_and_read_step_by_step() {
    let world = World::new().await;
    world.get("ines", "/settings/escalation-policies").await.shows("No escalation policies yet");
    let (_, schedule) = made(&world).await;
    let by_schedule = format!("schedule:{schedule}");
    let (team, ada) =
        (format!("team:{}", world.network), format!("person:{}", world.person("ada").id));
    let fields = [
        ("name", "Network"),
        ("pages_from", "P3"),
        ("s0-whom", by_schedule.as_str()),
        ("s0-whom", ""),
        ("s0-how", "all"),
        ("s1-after", "8 min"),
        ("s1-whom", &team),
        ("s1-how", "everyone"),
        ("s1-hours", "mon-fri 8-18"),
        ("s1-zone", "Europe/Berlin"),
        ("s2-whom", ""),
        ("repeats", "2"),
        ("fallback", &ada),
        ("acknowledgement_seconds", "2 h"),
    ];
    let made = world.post("ines", "/settings/escalation-policies", &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let address = made.location().split('?').next().unwrap().to_owned();
    let id: EscalationId = address.rsplit('/').next().unwrap().parse().unwrap();
    let page = world.get("otto", &address).await;
    page.shows("<b>At once</b><small>whoever is on call by Network</small>")
        .shows("<b>8 min</b><small>everybody of Network, until each has acknowledged, only mon-fri 08:00-18:00 (Europe/Berlin)</small>")
        .shows("gone through 2 times more")
        .shows("An acknowledgement is good for 2 h")
        .hides("<form class=\"stack-l\"");
    world.get("ines", "/settings/escalation-policies").await.shows("everybody of Network");
    world.get("ines", "/settings/schedules").await.shows("escalation policy Network");
    let again = world.send_form("ines", &address, "none").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
    let read = move |sql: &mut dyn store::Sql| escalations::get(sql, id);
    let stored = world.desk.read(read).await.unwrap().unwrap();
    assert_eq!((stored.policy.version, stored.policy.steps.len()), (2, 2));
    assert_eq!(world.get("mara", &address).await.status, StatusCode::FORBIDDEN);

    // Services and teams choose it; then it stays in use, and so does whom it names.
    let service = format!("/settings/services/{}", world.printing);
    world.get("ada", &service).await.shows("By the policy of its team");
    let chosen = id.to_string();
    let fields = [
        ("version", "1"),
        ("name", "Label Printing"),
        ("criticality", "2"),
        ("active", "1"),
        ("escalation", &chosen),
    ];
    let saved = world.post("ada", &service, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    world.get("otto", &service).await.shows("Escalation policy").shows("Network");
    let fields = [("version", "1"), ("name", "Network"), ("escalation", &chosen)];
    let kept = world.post("ada", &format!("/settings/teams/{}", world.network), &fields).await;
    assert_eq!(kept.status, StatusCode::CONFLICT);
    kept.shows("scalation policy Network pages");
    world.get("ines", &address).await.shows("For service Label Printing");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_a_policy_says_whom_it_would_page_now_and_tonight() {
    let world = World::new().await;
    let (mara, team) =
        (format!("person:{}", world.person("mara").id), format!("team:{}", world.network));
    let fields = [
        ("name", "Network"),
        ("pages_from", "P3"),
        ("s0-whom", mara.as_str()),
        ("s1-after", "8 min"),
        ("s1-whom", team.as_str()),
        ("repeats", "1"),
    ];
    let new = "/settings/escalation-policies/new";
    world.get("ines", new).await.shows("Choose whom the first step pages.");
    let look = format!("{new}/look");
    let (whole, part) =
        (world.post("ines", &look, &fields).await, world.post_live("ines", &look, &fields).await);
    for page in [&whole, &part] {
        assert_eq!(page.status, StatusCode::OK);
        page.shows("If it began now</b>, ")
            .shows("If it began tonight</b>, ")
            .shows("<b>At once</b> Mara Lindqvist")
            .shows("<b>8 min</b> Ines Calderon (Network)")
            .shows("<b>In the end, 32 min</b> Ada Brandt");
    }
    whole.shows("value=\"Network\"");
    part.hides("<form");
    world.get("ines", "/settings/escalation-policies").await.shows("No escalation policies yet");
    let refused = world.post("mara", &look, &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);

    // Whom no way reaches any more is passed over, and a page that is read says so, too.
    let made = world.post("ines", "/settings/escalation-policies", &fields).await;
    let address = made.location().split('?').next().unwrap().to_owned();
    world
        .get("otto", &address)
        .await
        .shows("<b>At once</b> Mara Lindqvist")
        .hides("Show it for this form");
    let id = world.person("mara").id;
    let leaves = move |sql: &mut dyn store::Sql, _: &desk::Audit| {
        let mut person = people::get(sql, id)?.unwrap();
        person.active = false;
        Ok(people::update(sql, &person, person.version)?)
    };
    assert!(world.desk.change(desk::command_line(), leaves).await.unwrap());
    let read = world.get("otto", &address).await;
    read.shows("<b>At once</b> nobody who can be reached: the next step comes at once");
    let stored = world.post("ines", &format!("{address}/look"), &fields).await;
    stored.shows("nobody who can be reached").shows("<b>8 min</b> Ines Calderon (Network)");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_policy_stands_at_its_field() {
    let world = World::new().await;
    let (ada, gwen) = (
        format!("person:{}", world.person("ada").id),
        format!("person:{}", world.person("gwen").id),
    );
    for (field, value, at, words) in [
        ("name", "", "name", "1 to 120 characters"),
        ("s0-whom", "", "s0-whom", "needs at least one step"),
        ("s0-whom", gwen.as_str(), "s0-whom", "nobody of the service desk"),
        ("s0-after", "soon", "s0-after", "such as 8 min"),
        ("s0-after", "2 days", "s0-after", "86400 seconds"),
        ("s0-hours", "whenever", "s0-hours", "is not read"),
        ("repeats", "11", "repeats", "0 to 10"),
        ("fallback", gwen.as_str(), "fallback", "nobody of the service desk"),
        ("acknowledgement_seconds", "5 s", "acknowledgement_seconds", "from 60"),
    ] {
        let mut fields = vec![
            ("name", "Network"),
            ("s0-after", "1 min"),
            ("s0-whom", ada.as_str()),
            ("repeats", "1"),
        ];
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        let page = world.post("ines", "/settings/escalation-policies", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}={value}");
        page.shows(words).shows(&format!("id=\"{at}-e\""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_learns_beside_whoever_is_on_call() {
    let world = World::new().await;
    let (address, id) = made(&world).await;
    let until = world.desk.now().plus_days(5).to_string();
    let until = &until[..16];
    let wrong = [("learner", "Ada Brandt")];
    let wrong = world.post("ines", &format!("{address}/shadows"), &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("id=\"learns_until-e\"");
    let fields = [("learner", "Ada Brandt"), ("learns_until", until)];
    let put = world.post("ines", &format!("{address}/shadows"), &fields).await;
    assert_eq!(put.status, StatusCode::SEE_OTHER, "{}", put.body);
    let stored = world.desk.read(move |sql| shadows::of_schedule(sql, id, Timestamp::default()));
    let stored = stored.await.unwrap();
    assert_eq!(stored[0].person, world.person("ada").id);
    let page = world.get("ines", &address).await;
    page.shows("Ada Brandt learns").shows("Told besides, who learn").shows("Ada Brandt, now until");
    world.get("ines", &format!("/on-call?schedule={id}")).await.shows("Learns: Ada Brandt");
    let end = format!("{address}/shadows/{}/end", stored[0].id);
    assert_eq!(world.post("ines", &end, &[]).await.status, StatusCode::SEE_OTHER);
    world.get("ines", &address).await.shows("Nobody learns by this schedule");
}

fn week(summary: &str, from: &str, to: &str) -> String {
    format!(
        "BEGIN:VEVENT\r\nUID:{from}\r\nSUMMARY:{summary}\r\nDTSTART:{from}T080000Z\r\nDTEND:{to}T080000Z\r\nEND:VEVENT\r\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rota_is_looked_at_before_it_is_taken() {
    let world = World::new().await;
    let (address, id) = made(&world).await;
    let bring = format!("{address}/bring");
    let day = |days: i64| world.desk.now().plus_days(days).to_string()[..10].replace('-', "");
    let events = [
        week("Ada Brandt", &day(10), &day(17)),
        week("Nemo", &day(17), &day(24)),
        week("Ada", &day(24), &day(31)),
    ];
    let text = format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", events.concat());
    world.get("ines", &address).await.shows("Bring in a rota or holidays");
    world.get("ines", &bring).await.shows("A rota in iCalendar");
    let broken = world.post("ines", &bring, &[("ical", "nothing")]).await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    let looked = world.post("ines", &bring, &[("ical", text.as_str())]).await;
    looked.shows("1 name").shows("Who is “Nemo”").shows("changes who is paged on");
    let named = [("ical", text.as_str()), ("name0", "Nemo"), ("person0", "Mara Lindqvist")];
    let again = world.post("ines", &bring, &named).await;
    again.hides("Who is “Nemo”").shows("turns of one rotation").shows("Open it as a layer");
    let overrides =
        move |sql: &mut dyn store::Sql| schedules::overrides(sql, id, Timestamp::default());
    assert!(world.desk.read(overrides).await.unwrap().is_empty(), "nothing is stored yet");

    let (start, end) = (world.desk.now().plus_days(1), world.desk.now().plus_days(2));
    let tick = format!("{}|{start}|{end}", world.person("ada").id);
    let take = [("take", tick.as_str()), ("reason", "From the old tool")];
    for _ in 0..2 {
        let taken = world.post("ines", &format!("{bring}/take"), &take).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    }
    let stored = world.desk.read(overrides).await.unwrap();
    assert_eq!(stored.len(), 1, "what is there already is not made twice");
    assert_eq!((stored[0].person, stored[0].start), (world.person("ada").id, start));
}

#[tokio::test(flavor = "multi_thread")]
async fn holidays_are_covered_in_turn() {
    let world = World::new().await;
    let (address, _) = made(&world).await;
    let bring = format!("{address}/bring");
    let day = |days: i64| world.desk.now().plus_days(days).to_string()[..10].to_owned();
    let dates = format!("{}, {}", day(40), day(41));
    let fields = [
        ("holidays", "1"),
        ("dates", dates.as_str()),
        ("people", "Ada Brandt\nMara Lindqvist"),
        ("from", "09:00"),
    ];
    let found = world.post("ines", &bring, &fields).await;
    found.shows("Put them on call as ticked").shows("Ada Brandt").shows("Mara Lindqvist");
    let past = [("holidays", "1"), ("dates", "2001-01-01"), ("people", "Ada Brandt")];
    world.post("ines", &bring, &past).await.shows("no date from today on");
}
