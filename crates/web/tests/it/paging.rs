//! Who is paged, on the incident's page.

use crate::harness::World;
use incident::Command;
use incident::command::{Change, Related};
use incident::escalation::{Course, Failure};
use kernel::{Actor, Channel, EscalationId, IncidentNumber};
use store::directory::teams;

#[tokio::test]
async fn the_page_says_who_is_paged_and_who_is_next() {
    let world = World::new().await;
    let number = world.report("VPN drops").await;
    let path = format!("/incidents/{number}");
    world.get("ines", &path).await.hides("Paging: step");

    let form = format!("{path}/page");
    world.get("ines", &form).await.shows("Page somebody about").shows("Network, everybody");
    let team = format!("team:{}", world.network);
    world.post("mara", &form, &[("whom", &team), ("note", "Please look.")]).await;
    let page = world.get("mara", &path).await;
    page.shows("Paging: step 1 of 4.").shows("I have it").shows("Escalate now");
    page.shows("began to page").shows("Please look.");

    world.post("mara", &format!("{path}/escalate-page"), &[]).await;
    world.get("mara", &path).await.shows("Paging: step 2 of 4.").shows("without waiting");
    world.post("ines", &format!("{path}/acknowledge"), &[]).await;
    let page = world.get("mara", &path).await;
    page.hides("Paging: step").shows("Paging stopped").shows("Stopped paging");

    let wrong = world.post("mara", &form, &[("whom", "cat:7")]).await;
    wrong.shows("is nobody who can be paged");
}

#[tokio::test]
async fn what_is_given_to_a_team_that_is_not_paged_says_that_nobody_is() {
    let world = World::idle().await;
    let mara = format!("person:{}", world.person("mara").id);
    let fields =
        [("name", "Desk"), ("pages_from", "P5"), ("s0-whom", mara.as_str()), ("repeats", "0")];
    let made = world.post("ines", "/settings/escalation-policies", &fields).await;
    let address = made.location().split('?').next().unwrap().to_owned();
    let policy: EscalationId = address.rsplit('/').next().unwrap().parse().unwrap();
    let desk_team = world.service_desk;
    let follows = move |sql: &mut dyn store::Sql, _: &desk::Audit| {
        let mut team = teams::get(sql, desk_team)?.unwrap();
        team.escalation = Some(policy);
        Ok(teams::update(sql, &team, team.version)?)
    };
    assert!(world.desk.change(desk::command_line(), follows).await.unwrap());
    let number = world.report("VPN drops").await;
    let path = format!("/incidents/{number}");
    let page = world.get("mara", &path).await;
    page.shows("Paging: step 1 of 2.").shows("On call now").hides("Nobody is paged.");
    let team = Change::Set(world.network);
    world.command("ines", number, Command::Assign { team, assignee: Change::Keep }).await;
    let page = world.get("mara", &path).await;
    page.hides("Paging: step").shows("Nobody is paged.").shows("another team has it, nobody");
    page.hides("On call now");
    world.post("ines", &format!("{path}/acknowledge"), &[]).await;
    world.get("mara", &path).await.hides("Nobody is paged.");
}

async fn course(world: &World, number: IncidentNumber) -> Course {
    let stored = world.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    *stored.unwrap().state.paging.expect("it pages")
}

#[tokio::test]
async fn whoever_was_not_reached_is_not_said_to_have_been_told() {
    let world = World::idle().await;
    let number = world.report("VPN drops").await;
    let path = format!("/incidents/{number}");
    let team = format!("team:{}", world.network);
    world.post("mara", &format!("{path}/page"), &[("whom", &team)]).await;
    for _ in 0..4 {
        world.post("mara", &format!("{path}/escalate-page"), &[]).await;
    }
    world.get("mara", &path).await.shows("Everybody was paged and nobody took it.");
    // Whoever is left is paged after the first of them, and is not reached either.
    for _ in 0..2 {
        let Course { paged_n: paged, waiting_for, .. } = course(&world, number).await;
        let people = waiting_for.into_iter().collect();
        let failed = Related::PageFailed { paged, people, failure: Failure::Errors };
        let ask = world.desk.ask_unlimited(Actor::system(), Channel::Timer).on(number);
        ask.issue(Command::Note(failed)).await.unwrap();
    }
    let page = world.get("mara", &path).await;
    page.shows("Nobody was reached.").shows("every way failed").shows("Tell them again now");
    page.hides("was told last");
}
