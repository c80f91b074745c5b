//! What came in by mail: what waits for somebody, decisions, and messages as they were sent.

use crate::harness::{Page, World};
use axum::http::StatusCode;
use incident::{Body as Event, Command, Visibility};
use kernel::{Actor, Channel, ContentId, IncidentNumber, limits};
use store::files::FileHash;
use store::incidents::timeline;
use store::messages::{self, Door, MessageState, NewMessage, Read, Rule, Step};

fn read(raw: &[u8]) -> web::Original {
    web::Original {
        from: Some("Gwen Tarrant <gwen@northwind.example>".to_owned()),
        subject: "Re: <printer>".to_owned(),
        text: String::from_utf8_lossy(raw).into_owned(),
        page: Some("<p>tame <b>page</b></p>".to_owned()),
        faults: vec!["One part was left out.".to_owned()],
        files: vec![web::OriginalFile {
            name: "log.txt".to_owned(),
            media_type: "text/plain".to_owned(),
            bytes: 2_048,
        }],
        ..web::Original::default()
    }
}

async fn world() -> World {
    World::with(web::Options { original: Some(read), ..web::Options::default() }).await
}

/// A message that came.
async fn arrived(world: &World, raw: &str) -> i64 {
    let new = NewMessage {
        mailbox: None,
        door: Door::Http,
        sender: "eve@elsewhere.example".to_owned(),
        recipients: vec!["help@northwind.example".to_owned()],
        received_at: world.desk.now(),
        hash: FileHash::of_bytes(raw.as_bytes()),
        raw: raw.as_bytes().to_vec(),
    };
    world.desk.write(move |sql| Ok(messages::accept(sql, &new)?)).await.unwrap().id
}

fn step(id: i64, then: MessageState, suggested: Option<IncidentNumber>) -> Step {
    Step {
        id,
        step: 0,
        then,
        read: Read { subject: format!("Subject {id} <b>"), ..Read::default() },
        rule: Rule::Answer,
        reason: "somebody else answers <it>".to_owned(),
        public: true,
        reopens: false,
        suggested,
        references: vec![],
    }
}

/// A message that waits for somebody.
async fn aside(world: &World, raw: &str, suggested: Option<IncidentNumber>) -> i64 {
    let id = arrived(world, raw).await;
    let (step, now) = (step(id, MessageState::Quarantined, suggested), world.desk.now());
    world.desk.write(move |sql| Ok(messages::advance(sql, &step, None, now)?)).await.unwrap();
    id
}

/// A message that became a word of somebody on an incident; the entry and what it says.
async fn said(world: &World, who: &str, number: IncidentNumber, raw: &str) -> (u32, ContentId) {
    let id = arrived(world, raw).await;
    let person = world.person(who);
    let ask = world.desk.ask_unlimited(Actor::person(person.id, &person.name), Channel::Email);
    let mut ask = ask.on(number).for_message(step(id, MessageState::Done, None));
    let body = ask.words("body", "The new part", limits::BODY_CHARS).unwrap();
    let n = ask.issue(Command::Comment { body, visibility: Visibility::Public }).await.unwrap();
    let n = n.first_n;
    let event = world.desk.read(move |sql| timeline::event(sql, number, n)).await.unwrap();
    match event.unwrap().event.body {
        Event::Commented(data) => (n, data.body),
        other => panic!("{other:?}"),
    }
}

async fn state(world: &World, id: i64) -> MessageState {
    world.desk.read(move |sql| messages::get(sql, id)).await.unwrap().unwrap().state
}

fn refused(page: &Page, status: StatusCode) {
    assert_eq!(page.status, status, "{}", page.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_somebody_is_seen_and_let_in_by_one_press() {
    let world = world().await;
    world.get("mara", "/mail").await.shows("Nothing waits for somebody.");
    world.get("mara", "/queue").await.hides("Mail kept aside");
    let number = world.report("Printer jams").await;
    let id = aside(&world, "It jams\n\n> quoted", Some(number)).await;
    let page = world.get("mara", "/mail").await;
    page.shows("1 waits for somebody.").shows(&format!("Subject {id} &lt;b&gt;"));
    page.shows("Somebody else answers &lt;it&gt;").shows(&format!("/incidents/{number}"));
    let queue = world.get("mara", "/queue").await;
    queue.shows("Mail kept aside");
    world.get("ada", "/settings/mail").await.shows("What came in").shows("1 wait");
    world.get("otto", "/mail").await.shows("1 waits").hides("Make incidents of them");
    let away = world.get("gwen", "/mail").await;
    assert_eq!(away.location(), "/portal");

    let path = format!("/mail/{id}");
    let page = world.get("mara", &path).await;
    page.shows("&gt; quoted").shows("One part was left out.").shows("log.txt").shows("2 kB");
    page.shows(&format!("Add to {number}")).shows("Make an incident of it");
    world.get("otto", &path).await.shows("&gt; quoted").hides("Make an incident of it");
    refused(&world.post("otto", &format!("{path}/release"), &[]).await, StatusCode::FORBIDDEN);
    for wrong in ["INC-999", "none", ""] {
        let page = world.post("mara", &format!("{path}/add"), &[("into", wrong)]).await;
        refused(&page, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows("aria-invalid=\"true\"").shows("&gt; quoted");
    }
    let number = number.to_string();
    let done = world.post("mara", &format!("{path}/add"), &[("into", number.as_str())]).await;
    assert_eq!(done.location(), format!("{path}?done=let-in"));
    assert_eq!(state(&world, id).await, MessageState::Waiting);
    let page = world.get("mara", done.location()).await;
    page.shows("It is being let in.").hides("Make an incident of it");
    assert_eq!(page.header("refresh"), "1");
    let late = world.post("ines", &format!("{path}/release"), &[]).await;
    refused(&late, StatusCode::CONFLICT);
    for nowhere in ["/mail/999", "/mail/x", "/mail/999/raw"] {
        refused(&world.get("mara", nowhere).await, StatusCode::NOT_FOUND);
    }
    refused(&world.post("mara", "/mail/999/release", &[]).await, StatusCode::NOT_FOUND);
    refused(&world.post("mara", &format!("{path}/eat"), &[]).await, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_are_decided_at_once_and_what_was_refused_is_said() {
    let world = world().await;
    let mut ids = vec![];
    for at in 0..4 {
        ids.push(aside(&world, &format!("message {at}"), None).await.to_string());
    }
    let page = world.post("mara", "/mail/selected", &[("do", "delete")]).await;
    page.shows("Select the messages first.");
    let two = [("do", "delete"), ("id", ids[0].as_str()), ("id", "999")];
    let page = world.post("mara", "/mail/selected", &two).await;
    page.shows("1 message deleted.").shows("1 message was not.").shows("There is no such message");
    world.get("mara", &format!("/mail/{}", ids[0])).await.hides("message 0").hides("/raw");
    let all: Vec<(&str, &str)> = ids[1..].iter().map(|id| ("shown", id.as_str())).collect();
    let all = [&[("do", "release"), ("all", "1")], all.as_slice()].concat();
    let done = world.post("mara", "/mail/selected", &all).await;
    assert_eq!(done.location(), "/mail?done=let-in");
    world.get("mara", done.location()).await.shows("Let in.").shows("Nothing is kept aside");
    refused(&world.post("otto", "/mail/selected", &two).await, StatusCode::FORBIDDEN);
    refused(&world.post("gwen", "/mail/selected", &two).await, StatusCode::FORBIDDEN);
    refused(&world.post("mara", "/mail/selected", &[]).await, StatusCode::UNPROCESSABLE_ENTITY);
    world.get("mara", "/mail?state=dropped").await.shows("Deleted by Mara Lindqvist");
    let waiting = world.get("mara", "/mail?state=waiting").await;
    waiting.shows_once(&format!("/mail/{}\"", ids[3]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_original_is_for_whoever_may_read_the_entry_and_goes_with_it() {
    let world = world().await;
    let number = world.report("Printer jams").await;
    let (n, words) = said(&world, "gwen", number, "The new part\n\n> and what she quoted").await;
    let (other, _) = said(&world, "peter", number, "Peter’s words").await;
    let staff = format!("/incidents/{number}/mail/{n}");
    let portal = format!("/portal/incidents/{number}/mail/{n}");
    world.get("mara", &format!("/incidents/{number}")).await.shows(&staff);
    let page = world.get("mara", &staff).await;
    page.shows("&gt; and what she quoted").shows("sandbox=\"\"").hides("tame <b>");
    let inside = world.get("gwen", &format!("/portal/incidents/{number}")).await;
    inside.shows(&portal).hides(&format!("/mail/{other}\""));
    world.get("gwen", &portal).await.shows("&gt; and what she quoted").hides("log.txt");

    for path in [format!("{staff}/page"), format!("{portal}/page")] {
        let who = if path.starts_with("/portal") { "gwen" } else { "mara" };
        let frame = world.get(who, &path).await;
        frame.shows("tame <b>page</b>");
        let policy = frame.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'") && policy.ends_with("sandbox"),
            "{policy}"
        );
        assert!(policy.contains("style-src 'none'") && policy.contains("frame-ancestors 'self'"));
        assert_eq!(frame.header("x-frame-options"), "SAMEORIGIN");
        refused(&world.get("peter", &path).await, StatusCode::NOT_FOUND);
    }
    // What others sent is not hers, and nobody else's is.
    let others = format!("/portal/incidents/{number}/mail/{other}");
    refused(&world.get("gwen", &others).await, StatusCode::NOT_FOUND);
    refused(&world.get("peter", &portal).await, StatusCode::NOT_FOUND);
    for n in ["1", "99", "x"] {
        let path = format!("/incidents/{number}/mail/{n}");
        refused(&world.get("mara", &path).await, StatusCode::NOT_FOUND);
    }

    world.command("ines", number, Command::Redact { content: words }).await;
    world.get("mara", &format!("/incidents/{number}")).await.hides(&format!("{staff}\""));
    for (who, path) in [("mara", &staff), ("gwen", &portal)] {
        refused(&world.get(who, path).await, StatusCode::NOT_FOUND);
        refused(&world.get(who, &format!("{path}/page")).await, StatusCode::NOT_FOUND);
    }
    world.get("mara", "/mail?state=done").await.shows("Erased with its entry");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_a_restricted_incident_is_hidden_and_nobody_decides_blindly() {
    let world = world().await;
    let number = world.report("Somebody reads my mail").await;
    let id = aside(&world, "More about it", Some(number)).await;
    let (n, _) = said(&world, "gwen", number, "secret words").await;
    let restrict = Command::Restrict { team: Some(world.network) };
    world.command("ines", number, restrict).await;
    let path = format!("/mail/{id}");
    world.get("ines", &path).await.shows("More about it");
    let page = world.get("mara", &path).await;
    page.hides("More about it").hides(&format!("Subject {id}")).hides(&number.to_string());
    refused(&world.get("mara", &format!("{path}/raw")).await, StatusCode::NOT_FOUND);
    refused(&world.get("mara", &format!("{path}/page")).await, StatusCode::NOT_FOUND);
    let original = format!("/incidents/{number}/mail/{n}");
    refused(&world.get("mara", &original).await, StatusCode::NOT_FOUND);
    world.get("ines", &original).await.shows("secret words");
    for decision in ["release", "delete"] {
        let page = world.post("mara", &format!("{path}/{decision}"), &[]).await;
        refused(&page, StatusCode::FORBIDDEN);
    }
    assert_eq!(state(&world, id).await, MessageState::Quarantined);

    let raw = world.get("ines", &format!("{path}/raw")).await;
    assert_eq!(raw.body, "More about it");
    assert_eq!(raw.header("content-type"), "application/octet-stream");
    let named = format!("attachment; filename=\"message-{id}.eml\"");
    assert_eq!(raw.header("content-disposition"), named);
    assert_eq!(raw.header("x-content-type-options"), "nosniff");
}
