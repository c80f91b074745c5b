//! Streams: what others do reaches open pages, and only what their viewers may see.

use crate::harness::{World, escape};
use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use futures_util::StreamExt;
use incident::state::LinkKind;
use incident::{Change, Command, Visibility};
use kernel::{IncidentNumber, Level};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// How long anything may take at most.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open stream and what it told so far.
struct Listener {
    stream: BodyDataStream,
    told: String,
}

impl Listener {
    async fn open(world: &World, who: &str, path: &str, last: Option<i64>) -> Listener {
        let request = Request::get(path).header("accept", "text/event-stream");
        let request = match last {
            Some(last) => request.header("last-event-id", last.to_string()),
            None => request,
        };
        let response = world.raw(who, request, Body::empty()).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert!(response.headers().get("content-encoding").is_none());
        let mut listener =
            Listener { stream: response.into_body().into_data_stream(), told: String::new() };
        listener.until(": connected").await;
        listener.until("event: now\ndata: 2").await;
        listener
    }

    /// Reads until these words were told.
    async fn until(&mut self, words: &str) -> &str {
        // Signs of life do not make the wait longer.
        let until = Instant::now() + PATIENCE;
        while !self.told.contains(words) {
            let next = timeout_at(until, self.stream.next()).await;
            let bytes = match next {
                Ok(Some(bytes)) => bytes.unwrap(),
                Ok(None) => panic!("the stream ended before {words:?} was told:\n{}", self.told),
                Err(_) => panic!("{words:?} was not told in time:\n{}", self.told),
            };
            self.told.push_str(std::str::from_utf8(&bytes).unwrap());
        }
        &self.told
    }

    /// Forgets what was told.
    fn forget(&mut self) {
        self.told.clear();
    }

    /// The last position told.
    fn position(&self) -> i64 {
        self.told.lines().rfind(|line| line.starts_with("id: ")).unwrap()[4..].parse().unwrap()
    }
}

/// Pages about services are fetched anew a moment after something happened, and not for talk.
#[tokio::test]
async fn pages_about_services_follow_incidents() {
    let world = World::new().await;
    let refused = Request::get("/live?services=1").header("accept", "text/event-stream");
    let refused = world.raw("gwen", refused, Body::empty()).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let mut page = Listener::open(&world, "mara", "/live?services=1", None).await;
    let number = world.report("Labels print twice").await;
    page.until("event: stale").await;
    page.forget();
    let service = Change::Set(world.printing);
    let classify = Command::Classify {
        title: None,
        service,
        category: Change::Keep,
        fields: Default::default(),
        affected: None,
    };
    world.command("mara", number, classify).await;
    page.until("event: stale").await;
}

fn queue(text: &str) -> String {
    format!("/live?q={}", escape(text))
}

fn to(person: &World, key: &str) -> Command {
    Command::Assign { team: Change::Keep, assignee: Change::Set(person.person(key).id) }
}

fn news(number: IncidentNumber) -> String {
    format!("event: news\ndata: {{\"number\":\"{number}\"}}\n\n")
}

fn gone(number: IncidentNumber) -> String {
    format!("event: gone\ndata: {{\"number\":\"{number}\"}}\n\n")
}

#[tokio::test]
async fn a_view_hears_of_what_comes_changes_and_leaves() {
    let world = World::new().await;
    let mut all = Listener::open(&world, "mara", &queue("state:open"), None).await;
    let mut mine = Listener::open(&world, "mara", &queue("assignee:me state:open"), None).await;
    let number = world.report("Forklift tablet frozen").await;
    let told = all.until(&news(number)).await;
    assert!(
        told.contains(&format!(
            "<tr class=\"row calm\" id=\"row-{number}\" data-number=\"{number}\" data-patch=\"\">"
        )),
        "{told}"
    );

    world.command("ines", number, to(&world, "mara")).await;
    mine.until(&news(number)).await;
    all.forget();
    world.command("ines", number, to(&world, "ines")).await;
    mine.until(&gone(number)).await;
    let told = all.until("Ines Calderon").await;
    assert!(
        !told.contains("event: news") && !told.contains("event: gone"),
        "it stays in the view: {told}"
    );
}

#[tokio::test]
async fn counts_of_views_follow() {
    let world = World::new().await;
    let mut all = Listener::open(
        &world,
        "mara",
        &format!("{}&view=all-open", queue("state:open merged:no")),
        None,
    )
    .await;
    world.report("One").await;
    all.until("id=\"n-all-open\" data-patch=\"\">1<").await;
    all.until("id=\"n-unassigned\" data-patch=\"\">1<").await;
    all.until("id=\"q-total\" data-patch>1 open<").await;
}

#[tokio::test]
async fn words_are_looked_for_in_all_of_an_incident() {
    let world = World::new().await;
    let number = world.report("Printer").await;
    let mut words = Listener::open(&world, "mara", &queue("drumbearing"), None).await;
    world.comment("mara", number, "The drumbearing is gone", Visibility::Internal).await;
    world.command("ines", number, Command::Acknowledge).await;
    words.until(&format!("row-{number}")).await;
}

#[tokio::test]
async fn nobody_hears_of_what_they_may_not_see() {
    let world = World::new().await;
    let secret = world.report_as("ines", "peter", "Payroll leak", Some(world.network)).await;
    let mut mara = Listener::open(&world, "mara", &queue("state:open"), None).await;
    let mut ines = Listener::open(&world, "ines", &queue("state:open"), None).await;
    world.command("ines", secret, Command::Restrict { team: Some(world.network) }).await;
    ines.until("chip lock").await;
    mara.until(&gone(secret)).await;
    mara.forget();
    world.command("ines", secret, to(&world, "ines")).await;
    ines.until("Ines Calderon").await;
    let open = world.report("Open for all").await;
    let told = mara.until(&news(open)).await;
    assert!(!told.contains("Payroll") && !told.contains(&format!("{secret}\"")), "{told}");

    let request = || Request::get(format!("/live?on={secret}"));
    assert_eq!(world.send("mara", request(), Body::empty()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.send("gwen", request(), Body::empty()).await.status, StatusCode::FORBIDDEN);
    let portal = Request::get(format!("/live?portal={secret}"));
    assert_eq!(world.send("gwen", portal, Body::empty()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        world.send("gwen", Request::get(queue("state:open")), Body::empty()).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn everybody_counts_the_same_on_an_incident() {
    let world = World::new().await;
    let secret = world.report_as("ines", "peter", "Payroll leak", Some(world.network)).await;
    world.command("ines", secret, Command::Restrict { team: Some(world.network) }).await;
    let number = world.report_as("mara", "peter", "Scale drifts", Some(world.network)).await;
    for who in ["ines", "mara", "otto"] {
        world.get(who, &format!("/incidents/{number}")).await.hides("1 other incident");
    }
    world.report_as("mara", "peter", "Gate is stuck", None).await;
    world.get("otto", &format!("/incidents/{secret}")).await.shows("2 other incidents");
}

#[tokio::test]
async fn an_incident_is_followed_by_those_who_read_it() {
    let world = World::new().await;
    let number = world.report("Gate").await;
    let mut page = Listener::open(&world, "mara", &format!("/live?on={number}"), None).await;
    world.comment("ines", number, "The belt was even.", Visibility::Internal).await;
    page.until("event: patch").await;
    page.until("event: say\ndata: Ines added a note").await;
    let other = world.report("Another").await;
    world.desk.is_present(number, world.person("ines").id, "Ines Calderon", desk::Doing::Note);
    let told = page.until("event: presence").await;
    assert!(!told.contains(&format!("{other}")), "{told}");
}

#[tokio::test]
async fn a_broken_promise_of_an_urgent_one_interrupts_whoever_has_it_and_nobody_else() {
    let world = World::new().await;
    let before = world.desk.now().plus_seconds(-86_400);
    let number = world.report_at(before, "Gate").await;
    world.command("ines", number, to(&world, "mara")).await;
    let mut mine = Listener::open(&world, "mara", &queue("state:closed"), None).await;
    let mut all = Listener::open(&world, "ines", &format!("/live?on={number}"), None).await;
    let high = Some(Level::HIGH);
    let urgent = Command::Prioritise { impact: high, urgency: high, priority: None, reason: None };
    world.command("ines", number, urgent).await;
    mine.until(&format!("event: alert\ndata: {number}, yours, P1: ")).await;
    let told = all.until("\nid: ").await;
    assert!(!told.contains("event: alert"), "{told}");
}

#[tokio::test]
async fn who_may_erase_words_can_erase_those_that_just_came() {
    let world = World::new().await;
    let number = world.report("Scale drifts").await;
    let path = format!("/live?on={number}");
    let mut manager = Listener::open(&world, "ines", &path, None).await;
    let mut agent = Listener::open(&world, "mara", &path, None).await;
    world.comment("mara", number, "The password is hunter2", Visibility::Internal).await;
    assert!(manager.until("hunter2").await.contains("/redact?content="));
    assert!(!agent.until("hunter2").await.contains("/redact?content="));
}

#[tokio::test]
async fn a_requester_hears_what_is_public() {
    let world = World::new().await;
    let number = world.report("Gate").await;
    let mut page = Listener::open(&world, "gwen", &format!("/live?portal={number}"), None).await;
    world.comment("ines", number, "Looks like the controller.", Visibility::Internal).await;
    world.comment("ines", number, "We are on our way.", Visibility::Public).await;
    let told = page.until("We are on our way.").await;
    assert!(!told.contains("controller"), "{told}");
}

#[tokio::test]
async fn a_page_that_was_away_hears_what_it_missed() {
    let world = World::new().await;
    world.report("First").await;
    let mut page = Listener::open(&world, "mara", &queue("state:open"), None).await;
    let first = world.report("Heard").await;
    page.until(&news(first)).await;
    page.until("\nid: ").await;
    let last = page.position();
    drop(page);
    let missed = world.report("Missed").await;
    let mut page = Listener::open(&world, "mara", &queue("state:open"), Some(last)).await;
    let told = page.until(&news(missed)).await;
    assert!(!told.contains("Heard"), "{told}");

    for at in 0..110 {
        world.report(&format!("Many {at}")).await;
    }
    let mut page = Listener::open(&world, "mara", &queue("state:open"), Some(last)).await;
    page.until("event: stale").await;
}

#[tokio::test]
async fn a_page_of_another_past_looks_again() {
    let world = World::new().await;
    world.report("In the backup").await;
    let mut page = Listener::open(&world, "mara", &queue("state:open"), Some(5_000)).await;
    page.until("event: stale").await;
    page.until("\nid: ").await;
    let now = world.desk.read(store::incidents::feed::position).await.unwrap();
    assert_eq!(page.position(), now);
    page.forget();
    let number = world.report("After the restore").await;
    page.until(&news(number)).await;
}

#[tokio::test]
async fn a_page_learns_what_happened_since_it_was_drawn() {
    let world = World::new().await;
    let page = world.get("mara", "/queue?view=all-open").await;
    let stream = page
        .body
        .split("data-stream=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&amp;", "&");
    let number = world.report("Between").await;
    let mut page = Listener::open(&world, "mara", &stream, None).await;
    page.until(&news(number)).await;
}

#[tokio::test]
async fn a_page_is_not_told_of_an_incident_that_is_hidden_from_its_reader() {
    let world = World::new().await;
    let (open, hidden) = (world.report("Gate stays open").await, world.report("Leak").await);
    let restrict = Command::Restrict { team: Some(world.network) };
    world.command("ines", hidden, restrict).await;
    let page = format!("/live?on={open}");
    let mut pages = [
        Listener::open(&world, "ines", &page, None).await,
        Listener::open(&world, "mara", &page, None).await,
    ];
    let (kind, target) = (LinkKind::Related, hidden.to_string());
    let link = Command::Link { kind, target, cascade: None };
    world.command("ines", open, link).await;
    for (page, named) in pages.iter_mut().zip([true, false]) {
        let told = page.until("linked <b>").await;
        assert_eq!(told.contains(&format!("{hidden}</b> as related")), named, "{told}");
        assert_eq!(told.contains(&hidden.to_string()), named, "{told}");
        assert_eq!(told.contains("a restricted incident"), !named, "{told}");
    }
}

#[tokio::test]
async fn many_streams_share_one_drawing() {
    let world = World::new().await;
    let mut all = Vec::new();
    for _ in 0..50 {
        all.push(Listener::open(&world, "mara", &queue("state:open"), None).await);
    }
    let number = world.report("Shared").await;
    let urgent = Command::Prioritise {
        impact: Some(Level::HIGH),
        urgency: Some(Level::HIGH),
        priority: None,
        reason: None,
    };
    world.command("ines", number, urgent).await;
    for page in &mut all {
        page.until("P1</span>").await;
    }
}

#[tokio::test]
async fn a_stream_needs_a_query_it_can_read() {
    let world = World::new().await;
    let page = world.send("mara", Request::get(queue("prioritty:P1")), Body::empty()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bell_counts_by_itself_and_whoever_has_the_incident_open_reads_it() {
    let world = World::new().await;
    let mut inbox = Listener::open(&world, "gwen", "/live?inbox=1", None).await;
    inbox.until("event: badge").await;
    let number = world.report("Printer jams").await;
    crate::inbox::tell(&world).await;
    inbox.until("id=\"bell-n\" data-patch>1<").await;
    inbox.until("event: stale").await;
    inbox.forget();
    let mut page = Listener::open(&world, "gwen", &format!("/live?portal={number}"), None).await;
    page.until("data-patch hidden").await;
    inbox.until("data-patch hidden").await;
}
