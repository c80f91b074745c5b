//! Clocks that explain themselves on the page, and what people were promised.

use crate::harness::{Page, World};
use incident::command::Report;
use incident::state::HoldReason;
use incident::{Command, Visibility};
use kernel::{Actor, Channel, IncidentNumber, Level, Timestamp, limits};

const HOUR: i64 = 3_600;

/// A day of the past, before everything else here.
struct Past<'a> {
    world: &'a World,
    number: IncidentNumber,
    start: Timestamp,
}

impl<'a> Past<'a> {
    /// A P1 that Gwen reported so many hours ago: resolution in four hours.
    async fn hours_ago(world: &'a World, hours: i64) -> Past<'a> {
        let start = world.desk.now().plus_seconds(-hours * HOUR);
        let mut ask = world.desk.ask(&world.viewer("mara"), Channel::Web).at(start);
        let report = Report {
            title: ask.title("Scanners drop off Wi-Fi").unwrap(),
            description: None,
            requester: world.person("gwen").id,
            service: None,
            category: None,
            impact: Some(Level::HIGH),
            urgency: Some(Level::HIGH),
            affected: None,
            team: Some(world.network),
            assignee: None,
            detected_at: None,
            fields: Default::default(),
            tags: Default::default(),
            follow_up_of: None,
            parent: None,
            confidential_to: None,
            model: None,
            alerts: None,
        };
        let number = ask.issue(Command::Report(Box::new(report))).await.unwrap().number;
        Past { world, number, start }
    }

    async fn does(&self, hours: i64, command: Command) {
        let ask = self.world.desk.ask(&self.world.viewer("ines"), Channel::Web);
        let at = self.start.plus_seconds(hours * HOUR);
        ask.on(self.number).at(at).issue(command).await.unwrap();
    }

    async fn answers(&self, hours: i64) {
        let mut ask = self.world.desk.ask(&self.world.viewer("ines"), Channel::Web);
        let body = ask.words("body", "We look into it.", limits::BODY_CHARS).unwrap();
        let at = self.start.plus_seconds(hours * HOUR);
        let command = Command::Comment { body, visibility: Visibility::Public };
        ask.on(self.number).at(at).issue(command).await.unwrap();
    }

    async fn rings(&self) {
        let ask = self.world.desk.ask_unlimited(Actor::system(), Channel::Timer);
        ask.on(self.number).issue(Command::Tick).await.unwrap();
    }

    fn path(&self, rest: &str) -> String {
        format!("/incidents/{}{rest}", self.number)
    }
}

fn hold() -> Command {
    Command::Hold { reason: HoldReason::Requester, until: None, note: None }
}

#[tokio::test]
async fn each_clock_opens_to_how_it_was_counted() {
    let world = World::new().await;
    let past = Past::hours_ago(&world, 5).await;
    past.answers(0).await;
    past.does(1, hold()).await;
    past.does(3, Command::Resume).await;
    past.rings().await;
    let page = world.get("ines", &past.path("")).await;
    page.shows("id=\"story-resolution\"")
        .shows(" counted <b>1 h</b>")
        .shows("waiting for Gwen: put on hold by Ines Calderon")
        .shows(" did not count")
        .shows("Counts round the clock, by Standard, round the clock")
        .shows("<b>3 h of 4 h used</b>")
        .shows("Correct this pause");
    // Mara is in another team, and no manager.
    world
        .get("mara", &past.path(""))
        .await
        .shows(" counted <b>1 h</b>")
        .hides("Correct this pause");
}

#[tokio::test]
async fn a_pause_is_corrected_on_a_page_of_its_own() {
    let world = World::new().await;
    let past = Past::hours_ago(&world, 5).await;
    past.does(1, hold()).await;
    past.does(3, Command::Resume).await;
    let page = world.get("ines", &past.path("/correct-pause")).await;
    page.shows("The hold: ").shows("waiting on requester").shows("step=\"1\"");
    let n = chosen_hold(&page);
    let fields = [("n", n.as_str()), ("none", "1"), ("reason", "They had called.")];
    let refused = world.post("ines", &past.path("/correct-pause"), &fields[..2]).await;
    refused.shows("is needed");
    let done = world.post("ines", &past.path("/correct-pause"), &fields).await;
    assert_eq!(done.location(), past.path(""));
    let page = world.get("ines", &past.path("")).await;
    page.shows("<b>corrected a pause</b>").shows("no pause").shows("They had called.");
    page.shows("2 h added: Ines Calderon corrected a pause");
}

/// The hold whose times the form has.
fn chosen_hold(page: &Page) -> String {
    let field = page.body.split("name=\"n\" value=\"").nth(1).unwrap();
    field.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_times_to_correct_are_those_of_the_hold_that_was_chosen() {
    let world = World::new().await;
    let past = Past::hours_ago(&world, 8).await;
    for from in [1, 4] {
        past.does(from, hold()).await;
        past.does(from + 2, Command::Resume).await;
    }
    let path = past.path("/correct-pause");
    let page = world.get("ines", &path).await;
    page.shows("Which hold?").hides("datetime-local").hides(">Save ");
    let links: Vec<&str> = page.body.split(&format!("href=\"{path}?n=")).skip(1).collect();
    assert_eq!(links.len(), 2);
    let mut times = Vec::new();
    for link in links {
        let n = link.split('"').next().unwrap();
        let page = world.get("ines", &format!("{path}?n={n}")).await;
        assert_eq!(chosen_hold(&page), n);
        let from = page.body.split("name=\"from\" value=\"").nth(1).unwrap();
        times.push(from.split('"').next().unwrap().to_owned());
    }
    assert!(times[0] > times[1], "each hold comes with its own times: {times:?}");
}

#[tokio::test]
async fn a_breach_asks_until_there_is_a_reason_and_an_owner() {
    let world = World::new().await;
    let past = Past::hours_ago(&world, 5).await;
    past.answers(0).await;
    past.rings().await;
    let page = world.get("mara", &past.path("")).await;
    page.shows("<b>Resolution was not in time.</b>").shows("Say why, and who sees to it");
    let owner = world.person("ines").id.to_string();
    for clock in ["resolution", "update"] {
        let fields = [("clock", clock), ("reason", "No spare <part>."), ("owner", owner.as_str())];
        world.post("mara", &past.path("/explain-breach"), &fields).await;
    }
    let page = world.get("otto", &past.path("")).await;
    page.hides("Say why, and who sees to it")
        .shows("No spare &lt;part&gt;.")
        .shows("Owner: Ines Calderon");
}

#[tokio::test]
async fn a_promise_is_told_in_the_portal_and_so_is_that_it_was_not_kept() {
    let world = World::new().await;
    let past = Past::hours_ago(&world, 2).await;
    let portal = format!("/portal/incidents/{}", past.number);
    let at = world.desk.now().plus_seconds(HOUR);
    past.does(0, Command::Promise { at: Some(at), to: None, reason: None }).await;
    world.get("gwen", &portal).await.shows("We promised that it works again");
    let page = world.get("ines", &past.path("")).await;
    page.shows("Promised to Gwen").shows("pauses do not move it");
    let other = Past::hours_ago(&world, 2).await;
    let at = other.start.plus_seconds(HOUR);
    other.does(0, Command::Promise { at: Some(at), to: None, reason: None }).await;
    other.rings().await;
    let portal = format!("/portal/incidents/{}", other.number);
    world
        .get("gwen", &portal)
        .await
        .shows("This takes longer than we said.")
        .shows("Later than we said");
    world.get("ines", &other.path("")).await.shows("was not kept").shows("was promised by");
}
