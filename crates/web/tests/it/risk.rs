//! The queue by what waiting costs: order, waterline, horizon, and why.

use crate::harness::{World, escape};
use incident::state::HoldReason;
use incident::{Change, Command};
use kernel::{IncidentNumber, Level};

const LINE: &str = "id=\"waterline\"";

fn place(body: &str, what: &str) -> usize {
    body.find(what).unwrap_or_else(|| panic!("{what:?} should be in:\n{body}"))
}

fn row(number: IncidentNumber) -> String {
    format!("id=\"row-{number}\"")
}

/// Raises an incident to P1.
async fn raise(world: &World, number: IncidentNumber) {
    let high = Some(Level::HIGH);
    let wish = Command::Prioritise { impact: high, urgency: high, priority: None, reason: None };
    world.command("mara", number, wish).await;
}

#[tokio::test]
async fn the_queue_begins_with_what_cannot_wait() {
    let world = World::new().await;
    let [calm, urgent, later] =
        [world.report("Slow").await, world.report("Down").await, world.report("Later").await];
    raise(&world, urgent).await;
    let page = world.get("mara", "/queue").await;
    let at = |what: &str| place(&page.body, what);
    assert!(at(&row(urgent)) < at(LINE), "above the waterline");
    assert!(at(LINE) < at(&row(calm)) && at(LINE) < at(&row(later)), "below it");
    page.shows("aria-sort=\"descending\"")
        .shows("aria-label=\"Sorted by Risk\"")
        .shows("My teams, highest cost of delay first")
        .shows("<b>Waterline.</b> Above it, half an hour of waiting")
        .shows(&format!("class=\"row calm\" id=\"row-{calm}\""))
        .shows(&format!("class=\"row\" id=\"row-{urgent}\""))
        .shows("aria-label=\"Risk 79 of 100\"");
}

#[tokio::test]
async fn the_waterline_says_when_one_side_is_empty() {
    let world = World::new().await;
    let calm = world.report("Slow").await;
    let page = world.get("mara", "/queue").await;
    page.shows("Nothing is above it: all of this can wait half an hour.");
    assert!(place(&page.body, LINE) < place(&page.body, &row(calm)));
    raise(&world, calm).await;
    let page = world.get("mara", "/queue").await;
    page.shows("All of this is above it");
    assert!(place(&page.body, LINE) > place(&page.body, &row(calm)));
    for text in ["state:open sort:due", "state:open sort:-risk", "state:closed"] {
        world.get("mara", &format!("/queue?q={}", escape(text))).await.hides(LINE);
    }
}

#[tokio::test]
async fn the_waterline_is_on_one_page_only() {
    let world = World::new().await;
    for at in 0..52 {
        let number = world.report(&format!("Case {at}")).await;
        if at < 50 {
            raise(&world, number).await;
        }
    }
    let first = world.get("mara", "/queue").await;
    first.hides(LINE).shows("rel=\"next\"");
    let from = place(&first.body, "/queue?view=my-teams&amp;cursor=");
    let href = first.body[from..].split('"').next().unwrap().replace("&amp;", "&");
    let second = world.get("mara", &href).await;
    second.shows(LINE).shows("Below it can wait.").shows(&row(IncidentNumber(52)));
    assert!(place(&second.body, LINE) < place(&second.body, &row(IncidentNumber(52))));
}

#[tokio::test]
async fn the_preview_says_why() {
    let world = World::new().await;
    let number = world.report("Labels").await;
    let service = Change::Set(world.printing);
    let wish = Command::Classify {
        title: None,
        service,
        category: Change::Keep,
        fields: Default::default(),
        affected: Some(40),
    };
    world.command("mara", number, wish).await;
    raise(&world, number).await;
    let preview = world.get("mara", &format!("/incidents/{number}/preview")).await;
    preview
        .shows("Why it is at ")
        .shows("P1 goes on: Label Printing (criticality 2), high impact, 40 people")
        .shows("nobody has taken it")
        .shows("How risk works");
    let whole: u32 = between(&preview.body, "Why it is at ", "<").parse().unwrap();
    let parts = preview.body.split("</meter><b>").skip(1);
    let sum: u32 = parts.map(|rest| rest.split('<').next().unwrap().parse::<u32>().unwrap()).sum();
    assert_eq!(sum, whole, "{}", preview.body);
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split(from).nth(1).and_then(|rest| rest.split(to).next()).unwrap()
}

#[tokio::test]
async fn the_horizon_has_every_clock_of_the_view() {
    let world = World::new().await;
    let number = world.report("Labels").await;
    raise(&world, number).await;
    let page = world.get("mara", "/queue").await;
    for kind in ["acknowledgement", "response", "resolution"] {
        page.shows(&format!("{number}, P1, {kind} due"));
    }
    page.shows("3 clocks: 0 overdue, 3 due before");
    let hold = Command::Hold { reason: HoldReason::Requester, until: None, note: None };
    world.command("mara", number, hold).await;
    let page = world.get("mara", "/queue").await;
    page.hides("response due");
    page.shows("class=\"sla sla-paused\"");
}

#[tokio::test]
async fn neighbours_follow_the_order_of_the_queue() {
    let world = World::new().await;
    let [calm, urgent] = [world.report("Slow").await, world.report("Down").await];
    raise(&world, urgent).await;
    let page = world.get("mara", &format!("/incidents/{urgent}?view=my-teams")).await;
    page.shows("1 of 2").shows(&format!("href=\"/incidents/{calm}?view=my-teams\" data-key=\"j\""));
}
