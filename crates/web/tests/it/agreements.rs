//! Agreements on screen: an administrator builds one, tries it, sees what it would move,
//! and what it would have made of the past.

use crate::calendars::{make, office};
use crate::harness::World;
use axum::http::StatusCode;
use incident::clocks::ClockKind;
use incident::policy::Agreement;
use kernel::{AgreementId, IncidentNumber, Priority};
use store::directory::recomputations;

const P2: usize = 1;

/// A form of an agreement on label printing: P2 answered in half an hour, over in four.
fn printing<'a>(calendar: &'a str, printing: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("name", "Printing, business hours"),
        ("services", printing),
        ("calendar", calendar),
        ("p2_response", "30m"),
        ("p2_resolution", "4 h"),
        ("p4_resolution", "3 days"),
        ("pause", "requester"),
        ("starts_at", "reported"),
        ("warn_shares", "50, 90"),
        ("close_after_days", "5"),
        ("follow_up_days", "30"),
        ("requesters", ""),
        ("t0_team", ""),
        ("v_calendar", ""),
        ("v_p2", "1 h"),
    ]
}

fn with<'a>(
    mut fields: Vec<(&'a str, &'a str)>,
    name: &'a str,
    value: &'a str,
) -> Vec<(&'a str, &'a str)> {
    fields.retain(|(found, _)| *found != name);
    fields.push((name, value));
    fields
}

async fn made(world: &World, fields: &[(&str, &str)]) -> String {
    let made = world.post("ada", "/settings/agreements", fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    made.location().split('?').next().unwrap().to_owned()
}

fn stored(world: &World, path: &str) -> Agreement {
    let id: AgreementId = path.rsplit('/').next().unwrap().parse().unwrap();
    world.desk.policy().agreements.last(id).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agreement_is_built_and_listed() {
    let world = World::new().await;
    let (calendar, service) = (make(&world, &office()).await, world.printing.to_string());
    let path = made(&world, &printing(&calendar, &service)).await;
    let agreement = stored(&world, &path);
    let p2 = Priority::ALL[P2];
    assert_eq!(agreement.target(p2, ClockKind::Resolution, None), Some(4 * 3_600));
    assert_eq!(agreement.target(p2, ClockKind::Vendor, None), Some(3_600));
    // A day is a day of the calendar: 10 hours.
    assert_eq!(agreement.target(Priority::ALL[3], ClockKind::Resolution, None), Some(30 * 3_600));
    assert_eq!(agreement.warn_shares, [50, 90]);
    assert!(!agreement.is_default && agreement.applies_to.services.contains(&world.printing));
    world
        .get("otto", "/settings/agreements")
        .await
        .shows("Printing, business hours")
        .shows("1 of 1 service")
        .shows("30 min, 4 h")
        .shows("Hamburg office")
        .shows("default")
        .hides("Try earlier");
    world
        .get("ada", &path)
        .await
        .shows("value=\"3 days\"")
        .shows("= 30 h, a day is 10 h")
        .shows("Applies to 1 of 1 service");
    world.get("ada", "/settings/calendars").await.shows("Printing, business hours");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_stands_at_its_field_and_is_counted() {
    let world = World::new().await;
    let (calendar, service) = (make(&world, &office()).await, world.printing.to_string());
    let fields = printing(&calendar, &service);
    let fields = with(with(fields, "p2_resolution", "10 min"), "p2_update", "soon");
    let fields = with(with(fields, "warn_shares", "150"), "services", "");
    let page = world.post("ada", "/settings/agreements", &fields).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.shows("4 things to fix")
        .shows("href=\"#p2_resolution\"")
        .shows("Resolve must not be shorter than respond (30 min)")
        .shows("“soon” is no duration")
        .shows("per cents from 1 to 100")
        .shows("Say what it applies to")
        .shows("value=\"soon\"")
        .shows("name=\"tried\"");
    assert_eq!(world.desk.policy().agreements.latest().len(), 1);

    let fields = with(printing(&calendar, &service), "requesters", "nobody@x.example");
    world.post("ada", "/settings/agreements", &fields).await.shows("Line 1: nobody, or several");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_on_friday_afternoon_is_tried() {
    let world = World::new().await;
    let (calendar, service) = (make(&world, &office()).await, world.printing.to_string());
    let fields = printing(&calendar, &service);
    let typing = with(fields.clone(), "typing", "1");
    let tried = world.post_live("ada", "/settings/agreements/new/look", &typing).await;
    tried.shows("<b>Fri 17:00</b>").shows("<b>Mon 10:30</b>").shows(">weekend<").hides("<form");
    tried.shows("follow the wall clock of Europe/Berlin");
    let plain = world.post("ada", "/settings/agreements/new/look", &fields).await;
    plain.shows("<!DOCTYPE html>").shows("<b>Mon 10:30</b>").shows("= 30 min").hides("to fix");
    let round = with(with(fields, "p2_always", "1"), "try_time", "23:00");
    let round = world.post_live("ada", "/settings/agreements/new/look", &round).await;
    round.shows("<b>Sat 03:00</b>").shows("round the clock");
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_try_it_and_change_nothing() {
    let world = World::new().await;
    let (calendar, service) = (make(&world, &office()).await, world.printing.to_string());
    let path = made(&world, &printing(&calendar, &service)).await;
    let page = world.get("otto", &path).await;
    page.shows("<fieldset class=\"bare stack-l\" disabled>").hides("btn-primary");
    let look = format!("{path}/look");
    let tried = world.post_live("otto", &look, &[("try_time", "17:00")]).await;
    tried.shows("<b>Mon 11:00</b>");
    assert_eq!(world.post("otto", &path, &[("name", "x")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.get("otto", "/settings/agreements/new").await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.post("gwen", &look, &[]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn open_incidents_keep_their_promise_unless_told_otherwise() {
    let world = World::new().await;
    let default = world.desk.policy().agreements.latest()[0].clone();
    let number = world.report("The gate is stuck").await;
    let path = format!("/settings/agreements/{}", default.reference.id);
    let mut fields = vec![
        ("version", "1"),
        ("name", "Standard"),
        ("calendar", "always"),
        ("warn_shares", "50"),
        ("close_after_days", "5"),
        ("follow_up_days", "30"),
        ("starts_at", "reported"),
    ];
    fields.extend([("p4_response", "8 h"), ("p4_resolution", "2 days")]);
    let asked = world.post("ada", &path, &fields).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
    asked
        .shows("Nothing is saved yet: 1 open incident would be promised something else")
        .shows(&number.to_string())
        .shows("3 d earlier")
        .shows("value=\"keep\" checked");
    assert_eq!(stored(&world, &path).reference.version, 1);

    fields.push(("open", "keep"));
    assert_eq!(world.post("ada", &path, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(stored(&world, &path).reference.version, 2);
    assert_eq!(resolution(&world, number).await, 5 * 86_400);

    let fields = with(with(fields, "version", "2"), "open", "follow");
    assert_eq!(world.post("ada", &path, &fields).await.status, StatusCode::SEE_OTHER);
    let jobs = world.desk.read(|sql| recomputations::list(sql, 10)).await.unwrap();
    assert_eq!(jobs.len(), 1, "one job brings open incidents over");
    assert_eq!(jobs[0].version, 3);
    world.get("ada", &path).await.shows("Open incidents").shows("version 3");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_slower_is_told_before_being_asked_about_open_incidents() {
    let world = World::new().await;
    let default = world.desk.policy().agreements.latest()[0].clone();
    world.report("The gate is stuck").await;
    let path = format!("/settings/agreements/{}", default.reference.id);
    let fields = [
        ("version", "1"),
        ("name", "Standard"),
        ("calendar", "always"),
        ("warn_shares", "50"),
        ("close_after_days", "5"),
        ("follow_up_days", "30"),
        ("starts_at", "reported"),
        ("p4_resolution", "2 days"),
    ];
    let chosen = [&fields[..], &[("open", "keep")]].concat();
    assert_eq!(world.post("ada", &path, &chosen).await.status, StatusCode::SEE_OTHER);
    let other = with(fields.to_vec(), "p4_resolution", "3 days");
    let look = world.post_live("ada", &format!("{path}/look"), &other).await;
    look.shows("name=\"version\" value=\"1\"");
    let told = world.post("ada", &path, &other).await;
    assert_eq!(told.status, StatusCode::PRECONDITION_FAILED);
    told.shows("Ada Brandt changed this").shows("value=\"3 days\"").hides("Nothing is saved yet");
    // Whoever was told goes on with the version there is, also through the question.
    let told = with(other, "version", "2");
    let asked = world.post("ada", &path, &told).await;
    asked.shows("Nothing is saved yet").shows("name=\"version\" value=\"2\"");
    assert_eq!(stored(&world, &path).reference.version, 2);
}

/// The resolution target of an incident in seconds.
async fn resolution(world: &World, number: IncidentNumber) -> i64 {
    let stored = world.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    let clocks = stored.unwrap().state.clocks;
    clocks.iter().find(|clock| clock.kind == ClockKind::Resolution).unwrap().target_seconds
}

#[tokio::test(flavor = "multi_thread")]
async fn the_order_of_trying_changes_by_a_press() {
    let world = World::new().await;
    let (calendar, service) = (make(&world, &office()).await, world.printing.to_string());
    let first = made(&world, &printing(&calendar, &service)).await;
    let fields = with(printing(&calendar, &service), "name", "Printing at night");
    let second = made(&world, &fields).await;
    let page = world.get("ada", "/settings/agreements").await;
    page.shows("Try later: Printing, business hours").shows("Try earlier: Printing at night");
    assert!(page.body.contains("0 of 1 service"), "the second is never reached: {}", page.body);
    world.post("ada", &format!("{second}/earlier"), &[]).await;
    assert!(stored(&world, &second).place < stored(&world, &first).place);
    world.get("ada", "/settings/agreements").await.shows("Try later: Printing at night");
    let beyond = world.post("ada", &format!("{second}/earlier"), &[]).await;
    assert_eq!(beyond.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_days_are_looked_back_on() {
    let world = World::new().await;
    let default = world.desk.policy().agreements.latest()[0].clone();
    let number = world.report("The gate is stuck").await;
    world.comment("mara", number, "On it", incident::Visibility::Public).await;
    let path = format!("/settings/agreements/{}/history", default.reference.id);
    let page = world.post("ada", &path, &[]).await;
    page.shows("With these terms, the last 30 days").shows("100.0%").shows("<!DOCTYPE html>");
    let patch = world.post_live("ada", &path, &[]).await;
    patch.shows("id=\"try\"").shows("of 1 incident").hides("<!DOCTYPE html>");
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_and_saving_changes_nothing() {
    let world = World::new().await;
    let (calendar, service) = (make(&world, &office()).await, world.printing.to_string());
    let team = world.network.to_string();
    let fields = with(printing(&calendar, &service), "t0_team", &team);
    let fields = with(with(fields, "t0_p2", "1 h"), "p4_calendar", &calendar);
    // Round the clock, and by the hours of the office at one priority.
    let path = made(&world, &with(fields, "calendar", "always")).await;
    let before = stored(&world, &path);
    let p4 = Priority::ALL[3];
    assert_eq!(before.calendar, None);
    assert_eq!(before.calendar_by_priority[&p4].unwrap().to_string(), calendar);
    assert_eq!(before.target(p4, ClockKind::Resolution, None), Some(30 * 3_600));
    assert_eq!(before.team_targets[0].team, Some(world.network));

    let of_team = format!("/settings/teams/{team}");
    let out = world.send_form("ada", &of_team, "active").await;
    assert_eq!(out.status, StatusCode::SEE_OTHER, "{}", out.body);
    world.get("ada", &path).await.shows(", out of use</option>").shows("value=\"3 days\"");
    let again = world.send_form("ada", &path, "").await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
    let mut after = stored(&world, &path);
    assert_eq!(after.reference.version, 2);
    after.reference = before.reference;
    assert_eq!(after, before);
}
