//! Who is on call on screen: oneself first, shifts that change hands, gaps and who covers them,
//! addresses for calendars, what pages. What somebody may not do is not offered, and refused.

use crate::harness::{Page, World};
use crate::paged::page_of;
use axum::http::StatusCode;
use incident::reach::PageChannel;
use incident::{Change, Command};
use kernel::{ContactId, OverrideId, Role, ScheduleId, Timestamp};
use std::collections::BTreeSet;
use store::directory::people::{self, Person};
use store::directory::{Contact, contacts, feeds, schedules, swaps};

/// A long-running rota of these, so that the first one is on call whenever it is.
fn form<'a>(name: &'a str, people: &'a str, start: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("name", name),
        ("time_zone", "UTC"),
        ("approval", "1"),
        ("l0-name", "First"),
        ("l0-people", people),
        ("l0-every", "20"),
        ("l0-unit", "month"),
        ("l0-start", start),
        ("l1-people", ""),
    ]
}

/// Mara and Peter respond; Ines manages, Ada administers.
async fn world() -> World {
    let world = World::new().await;
    for key in ["mara", "peter"] {
        let mut person: Person = world.person(key).clone();
        person.roles = BTreeSet::from([Role::Agent, Role::Responder]);
        let change = world.desk.change(desk::command_line(), move |sql, _| {
            people::update(sql, &person, 1)?;
            Ok(())
        });
        change.await.unwrap();
    }
    world
}

/// The schedule, and its part of the addresses.
async fn schedule(world: &World, form: &[(&str, &str)]) -> (ScheduleId, String) {
    let made = world.post("ines", "/settings/schedules", form).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let address = made.location().split('?').next().unwrap();
    let id: ScheduleId = address.rsplit('/').next().unwrap().parse().unwrap();
    (id, format!("/on-call/{id}"))
}

/// A schedule that began this year, whenever that is: Mara has it for twenty months.
async fn network(world: &World) -> (ScheduleId, String) {
    let begun = world.desk.now().plus_days(-30).to_string();
    schedule(world, &form("Network", "Mara Lindqvist", &begun[..16])).await
}

/// An instant as a field for date and time has it; everybody's zone here is UTC.
fn field(at: Timestamp) -> String {
    at.to_string()[..16].to_owned()
}

fn went(page: &Page, what: &str) {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    assert!(page.location().ends_with(&format!("done={what}")), "{}", page.location());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_thing_is_whether_one_is_on_call() {
    let world = world().await;
    world.get("mara", "/on-call").await.shows("No schedules yet").hides("New schedule");
    world.get("ines", "/on-call").await.shows("New schedule");
    let (id, _) = network(&world).await;
    let page = world.get("mara", "/on-call").await;
    page.shows("You are on call")
        .shows("Give it away")
        .shows("Reaches you by")
        .hides("Take over now");
    page.shows("Network, 4 weeks").shows("<tr class=\"ln-eff\">").shows("Load, last 4 weeks");
    page.shows("No escalation policy pages by this schedule yet")
        .shows("Nothing pages at this moment");
    let page = world.get("peter", &format!("/on-call?schedule={id}")).await;
    page.shows("You are not on call").shows("Take over now: Network, from Mara Lindqvist");
    let later = world.get("peter", &format!("/on-call?schedule={id}&from=2031-01-01")).await;
    later.shows("Wednesday 1 January").hides("lanes-now");
    let odd = world.get("peter", &format!("/on-call?schedule={id}&from=9999-12-31")).await;
    odd.shows("lanes-now");

    // Whoever does not respond looks on; requesters have nothing to look at.
    let page = world.get("otto", "/on-call").await;
    page.shows("Mara Lindqvist").hides("Take over now").hides("Add override");
    assert_eq!(world.get("gwen", "/on-call").await.location(), "/portal");
    let gone = format!("/on-call?schedule={}", ScheduleId(desk::fresh()));
    assert_eq!(world.get("mara", &gone).await.status, StatusCode::NOT_FOUND);
    let patch = world.get_live("peter", &format!("/on-call/now?schedule={id}")).await;
    patch.shows("data-patch").shows("You are not on call").hides("<html");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shift_changes_hands_when_somebody_takes_it_and_a_manager_agrees() {
    let world = world().await;
    let (id, at) = network(&world).await;
    let (now, peter) = (world.desk.now(), world.person("peter").id.to_string());
    let end = field(now.plus_seconds(7_200));
    world
        .get("mara", &format!("{at}/offer"))
        .await
        .shows("a manager agrees")
        .shows("Anybody who can");
    for (end, asked, wrong) in [("", "", "end"), ("soon", "", "end"), (end.as_str(), "x", "asked")]
    {
        let page =
            world.post("mara", &format!("{at}/swaps"), &[("end", end), ("asked", asked)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{end} {asked}");
        page.shows(&format!("id=\"{wrong}-e\""));
    }
    let theirs = world.post("peter", &format!("{at}/swaps"), &[("end", &end)]).await;
    theirs.shows("s not on call in that time");
    let fields = [("end", end.as_str()), ("asked", peter.as_str()), ("reason", "<b>Wedding</b>")];
    went(&world.post("mara", &format!("{at}/swaps"), &fields).await, "offered");
    let waiting = world.desk.read(move |sql| swaps::waiting(sql, now)).await.unwrap();
    let answer = |what: &str| format!("{at}/swaps/{}/{what}", waiting[0].id);

    let page = world.get("mara", "/on-call?done=offered").await;
    page.shows("It stays yours")
        .shows("Peter Nowicki was asked")
        .hides("Take it")
        .shows("Withdraw");
    page.shows("&lt;b&gt;Wedding&lt;/b&gt;").hides("<b>Wedding");
    let inbox = world.get("peter", "/inbox").await;
    inbox
        .shows("Mara Lindqvist asks you to take this shift")
        .shows(&format!("schedule={id}#swaps"));
    world.get("ines", "/inbox").await.hides("asks you to take");
    let page = world.get("peter", "/on-call").await;
    page.shows("Take it: the shift of Mara Lindqvist").hides("Withdraw").hides("Approve");
    world.get("otto", "/on-call").await.shows("Shifts that are offered").hides("Take it");
    for (who, what) in
        [("otto", "take"), ("otto", "withdraw"), ("peter", "withdraw"), ("peter", "approve")]
    {
        let refused = world.post(who, &answer(what), &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{who} {what}");
    }
    let own = world.post("mara", &answer("take"), &[]).await;
    assert!(own.status.is_client_error(), "{}", own.status);
    assert_eq!(world.post("peter", &answer("eat"), &[]).await.status, StatusCode::NOT_FOUND);

    went(&world.post("peter", &answer("take"), &[]).await, "asked");
    world.get("mara", "/on-call").await.shows("You are on call").shows("waits for a manager");
    let inbox = world.get("ines", "/inbox").await;
    inbox.shows("Peter Nowicki would take the shift of Mara Lindqvist");
    world.get("peter", "/inbox").await.hides("asks you to take");
    went(&world.post("ines", &answer("approve"), &[]).await, "approved");
    world.get("ines", "/inbox").await.hides("would take the shift");
    let page = world.get("peter", "/on-call").await;
    page.shows("You are on call until")
        .shows("After you: Mara Lindqvist")
        .hides("Shifts that are offered");
    page.shows(">swap<").shows("ln ln-o").hides("End it");
    world
        .get("ines", &format!("/on-call?schedule={id}"))
        .await
        .shows("End it: Peter Nowicki stands in");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_responds_takes_over_now_and_gives_it_back() {
    let world = world().await;
    let (id, at) = network(&world).await;
    let now = world.desk.now();
    assert_eq!(world.post("otto", &format!("{at}/take"), &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.post("gwen", &format!("{at}/take"), &[]).await.status, StatusCode::FORBIDDEN);
    // Nobody's turn ends within a year, so an end is asked for.
    let end = field(now.plus_seconds(7_200));
    let (ada, peter) = (world.person("ada").id.to_string(), world.person("peter").id.to_string());
    let fields = [("person", peter.as_str()), ("end", end.as_str())];
    went(&world.post("peter", &format!("{at}/overrides"), &fields).await, "covered");
    went(&world.post("mara", &format!("{at}/take"), &[]).await, "taken");
    world.get("mara", "/on-call").await.shows("You are on call");
    let others =
        world.post("mara", &format!("{at}/overrides"), &[("person", &ada), ("end", &end)]).await;
    assert_eq!(others.status, StatusCode::FORBIDDEN);
    others.shows("ou arrange your own shifts only").hides("Ada Brandt</option>");
    let overrides = world.desk.read(move |sql| schedules::overrides(sql, id, now)).await.unwrap();
    let ending = |one: OverrideId| format!("{at}/overrides/{one}/end");
    let foreign = world.post("mara", &ending(overrides[0].id), &[]).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    went(&world.post("peter", &ending(overrides[0].id), &[]).await, "ended");
    went(&world.post("ines", &ending(overrides[1].id), &[]).await, "ended");
    let past = [("person", peter.as_str()), ("start", "2020-01-01T00:00")];
    let past = world.post("peter", &format!("{at}/overrides"), &past).await;
    assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY);
    past.shows("id=\"start-e\"").shows("value=\"2020-01-01T00:00\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn gaps_are_told_with_who_could_cover_them() {
    let world = world().await;
    let soon = field(world.desk.now().plus_days(2));
    let people = "Mara Lindqvist\r\nPeter Nowicki";
    let (id, at) = schedule(&world, &form("<i>Net</i>", people, &soon)).await;
    let page = world.get("ines", &format!("/on-call?schedule={id}")).await;
    page.shows("&lt;i&gt;Net&lt;/i&gt; has nobody on call").hides("<i>Net");
    page.shows("ln-gap").shows("Free then: ").shows("to the next step of their policy at once");
    let link = page.body.split("class=\"ln ln-gap\" href=\"").nth(1).unwrap();
    let link = link.split('"').next().unwrap().replace("&amp;", "&");
    let cover = world.get("ines", &link).await;
    cover
        .shows("Who is free")
        .shows("Put on call: Mara Lindqvist")
        .shows("Put on call: Peter Nowicki");
    world.get("peter", &link).await.hides("Put on call: Mara").shows("Put on call: Peter Nowicki");
    assert_eq!(world.get("otto", &link).await.status, StatusCode::FORBIDDEN);
    world.get("otto", "/on-call").await.shows("<span class=\"ln ln-gap\"").hides("Find cover");
    let mara = world.person("mara").id.to_string();
    let fields = [("person", mara.as_str()), ("start", ""), ("end", &soon)];
    went(&world.post("ines", &format!("{at}/overrides"), &fields).await, "covered");
    world.get("mara", "/on-call").await.shows("You are on call").hides("has nobody on call");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_is_covered_by_whoever_is_asked() {
    let world = world().await;
    let soon = field(world.desk.now().plus_days(2));
    let people = "Mara Lindqvist\r\nPeter Nowicki";
    let (id, at) = schedule(&world, &form("Net", people, &soon)).await;
    let cover = format!("{at}/cover?end={soon}:00Z");
    let page = world.get("peter", &cover).await;
    page.shows("Ask: Mara Lindqvist").hides("Ask: Peter").hides("was asked");
    let mara = world.person("mara").id.to_string();
    let fields = [("asked", mara.as_str()), ("start", ""), ("end", &soon), ("gap", "1")];
    let refused = world.post("otto", &format!("{at}/swaps"), &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    went(&world.post("peter", &format!("{at}/swaps"), &fields).await, "sought");
    world.get("peter", &cover).await.hides("Ask: Mara").shows("was asked");
    let path = format!("/on-call?schedule={id}");
    let page = world.get("ines", &path).await;
    page.shows("Mara Lindqvist was asked.").shows("asked by Peter Nowicki");
    world.get("mara", "/inbox").await.shows("Peter Nowicki asks you to take this shift");
    let page = world.get("mara", &path).await;
    page.shows("Take it: the gap that Peter Nowicki asks about").shows("has nobody on call");

    let now = world.desk.now();
    let waiting = world.desk.read(move |sql| swaps::waiting(sql, now)).await.unwrap();
    let answer = |what: &str| format!("{at}/swaps/{}/{what}", waiting[0].id);
    went(&world.post("mara", &answer("take"), &[]).await, "asked");
    world.get("ines", "/inbox").await.shows("Mara Lindqvist would cover this gap");
    went(&world.post("ines", &answer("approve"), &[]).await, "approved");
    world.get("mara", &path).await.shows("You are on call").hides("has nobody on call");
    // What is covered is asked of nobody.
    world.get("peter", &cover).await.hides("Ask: Mara");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_for_oneself() {
    let world = world().await;
    let (person, now) = (world.person("mara").id, world.desk.now());
    let contact = Contact {
        id: ContactId(desk::fresh()),
        person,
        channel: PageChannel::Sms,
        address: "+49301234567".to_owned(),
        label: String::new(),
        created_at: now,
        verified_at: Some(now),
        sent_at: None,
        proved_at: None,
        failing_since: None,
        error: None,
    };
    let id = contact.id;
    let added = world.desk.change(desk::command_line(), move |sql, _| {
        contacts::insert(sql, &contact)?;
        contacts::expect_code(sql, id, b"code", now.plus_seconds(60))?;
        Ok(contacts::say_code(sql, id, b"code", now, 1)?)
    });
    added.await.unwrap();
    let (id, _) = network(&world).await;
    let path = format!("/on-call?schedule={id}");
    world.get("mara", &path).await.shows("+49301234567");
    for who in ["ada", "peter", "ines", "otto"] {
        let page = world.get(who, &path).await;
        page.shows("Text message").hides("+49301234567").hides("mara@northwind.example");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calendars_get_an_address_that_can_be_revoked() {
    let world = world().await;
    let (id, at) = network(&world).await;
    let made = world.post("mara", &format!("{at}/feeds"), &[("whose", "all")]).await;
    assert_eq!(made.status, StatusCode::OK);
    made.shows("The address is made").shows("/calendar.ics?token=evf_").shows("Revoke the address");
    world.get("mara", "/on-call").await.hides("evf_").shows("everybody's shifts");
    world.get("peter", "/on-call").await.hides("Revoke the address");
    world.get("ines", "/on-call").await.shows("Revoke the address of Mara Lindqvist");
    let feed = world.desk.read(move |sql| feeds::of_schedule(sql, id)).await.unwrap()[0].id;
    let revoke = format!("{at}/feeds/{feed}/revoke");
    assert_eq!(world.post("peter", &revoke, &[]).await.status, StatusCode::NOT_FOUND);
    went(&world.post("mara", &revoke, &[]).await, "revoked");
    world.get("mara", "/on-call").await.hides("Revoke the address");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_pages_is_told_to_whoever_may_see_it() {
    let world = world().await;
    network(&world).await;
    let number = world.report("Labels <b>do not</b> print").await;
    let team = format!("team:{}", world.network);
    world.post("mara", &format!("/incidents/{number}/page"), &[("whom", &team)]).await;
    let page = world.get("peter", "/on-call").await;
    page.shows("Labels &lt;b&gt;do not&lt;/b&gt; print").shows("Step 1 of").shows("Ines Calderon");
    page.shows("Next in ").shows(&format!("/on-call/ledger/{number}"));
    let ledger = world.get("peter", &format!("/on-call/ledger/{number}")).await;
    ledger.shows("it came").shows("is to come").shows("Ines Calderon, E-mail").hides("ines@");
    let fails = world.desk.write(move |sql| {
        let failed = "update pages set state = 'failed', error = 'says <500>' where number = $1";
        sql.execute(failed, &[number.into()])?;
        Ok(())
    });
    fails.await.unwrap();
    let ledger = world.get("peter", &format!("/on-call/ledger/{number}")).await;
    ledger.shows("failed</span>: says &lt;500&gt;");
    world.command("ines", number, Command::Restrict { team: Some(world.network) }).await;
    world.get("peter", "/on-call").await.hides("Labels").shows("Nothing pages at this moment");
    let hidden = world.get("peter", &format!("/on-call/ledger/{number}")).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    world.command("ines", number, Command::Acknowledge).await;
    world.get("ines", "/on-call").await.shows("Nothing pages at this moment");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_there_is_in_the_rail_and_the_palette() {
    let world = world().await;
    world.get("mara", "/queue").await.shows("href=\"/on-call\"").shows("data-key-go=\"o\"");
    world.get_live("mara", "/palette?q=on%20call").await.shows("who, until when, shifts");
    world.get("gwen", "/portal").await.hides("/on-call");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_page_takes_over_from_nobody_else() {
    let world = world().await;
    let (id, at) = network(&world).await;
    let page = world.get("peter", &format!("/on-call?schedule={id}")).await;
    let (mara, peter) = (world.person("mara").id.to_string(), world.person("peter").id.to_string());
    page.shows(&format!("name=\"from\" value=\"{mara}\""));
    // Meanwhile somebody else took it.
    let ada = world.person("ada").id.to_string();
    let end = field(world.desk.now().plus_seconds(7_200));
    let covers = [("person", ada.as_str()), ("end", end.as_str())];
    went(&world.post("ines", &format!("{at}/overrides"), &covers).await, "covered");
    let late = world.post("peter", &format!("{at}/take"), &[("from", mara.as_str())]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "{}", late.body);
    late.shows("Ada Brandt is on call by now");
    let seen = world.post("peter", &format!("{at}/take"), &[("from", ada.as_str())]).await;
    went(&seen, "taken");
    let page = world.get("peter", &format!("/on-call?schedule={id}")).await;
    page.shows("You are on call").hides(&format!("name=\"from\" value=\"{peter}\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_offered_a_feed_that_stays_empty() {
    let world = world().await;
    let (_, at) = network(&world).await;
    world.get("mara", "/on-call").await.shows("Subscribe to calendar").shows("Make an address");
    world.get("otto", "/on-call").await.hides("Subscribe to calendar").hides("Make an address");
    let made = world.post("otto", &format!("{at}/feeds"), &[("whose", "all")]).await;
    assert_eq!(made.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hour_that_comes_twice_is_asked_about() {
    let world = world().await;
    let (_, at) = network(&world).await;
    let mara = world.person("mara").id;
    let zone = world.desk.change(desk::command_line(), move |sql, _| {
        let moved = "update people set time_zone = 'Europe/Berlin' where id = $1";
        sql.execute(moved, &[mara.into()])?;
        Ok(())
    });
    zone.await.unwrap();
    let year: i16 = world.desk.now().to_string()[..4].parse().unwrap();
    // The last Sunday of October: the clocks go back from three to two.
    let sunday = (25..=31)
        .map(|day| jiff::civil::date(year + 1, 10, day))
        .find(|date| date.weekday() == jiff::civil::Weekday::Sunday)
        .unwrap();
    let (start, end) = (format!("{sunday}T01:30"), format!("{sunday}T02:30"));
    let mara = mara.to_string();
    let fields = [("person", mara.as_str()), ("start", start.as_str()), ("end", end.as_str())];
    let asked = world.post("mara", &format!("{at}/overrides"), &fields).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    asked.shows("id=\"end-e\"").shows("comes twice").shows("name=\"end_which\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_on_call_is_free_or_busy_and_carries_pages() {
    let world = world().await;
    let (id, _) = network(&world).await;
    let path = format!("/on-call?schedule={id}");
    world.get("peter", &path).await.shows("Busy with").shows(">free<");
    let number = world.report("Labels do not print").await;
    let mara = world.person("mara").id;
    let whom = format!("person:{mara}");
    world.post("ines", &format!("/incidents/{number}/page"), &[("whom", &whom)]).await;
    world.get("peter", &path).await.shows(&format!("{number}, paged")).hides(">free<");
    let given = Command::Assign { team: Change::Keep, assignee: Change::Set(mara) };
    world.command("mara", number, given).await;
    page_of(&world, number, 60, false).await;
    let link = format!("href=\"/incidents/{number}\">{number}</a>");
    world.get("peter", &path).await.shows(&link).hides(">free<").hides("pages of any schedule");
    // One's own pages are for oneself, and everybody's for whoever manages.
    let own = world.get("mara", &path).await;
    own.shows("Last 4 weeks").shows("/reports/on-call/behind?").hides("pages of any schedule");
    let all = world.get("ines", &path).await;
    all.shows("pages of any schedule").shows("Answered in").shows("/reports/on-call/behind?");
    all.shows("href=\"/settings/escalation-policies\"").shows("Maintenance windows");
    own.hides("href=\"/settings/escalation-policies\"");
}
