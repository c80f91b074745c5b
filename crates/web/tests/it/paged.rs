//! Being paged: the screen that a page leads to, and how one is reached.

use crate::alerts::{signal, source, tell};
use crate::harness::World;
use axum::http::StatusCode;
use desk::contacts::{Messenger, Note, Noted};
use incident::Command;
use incident::reach::{PageChannel, Urgency};
use kernel::{ChangeId, IncidentNumber, PageId, Severity};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use store::directory::changes::{self, Change};
use store::directory::services::{self, Link};
use store::directory::{Contact, people};
use store::pages::send::{self, Page, PageState};

/// Keeps the codes that it should send.
#[derive(Default)]
struct Sends(Mutex<Vec<Note>>);

impl Messenger for Sends {
    fn channels(&self) -> Vec<PageChannel> {
        vec![PageChannel::Ntfy, PageChannel::Sms]
    }

    fn note<'a>(&'a self, _: &'a Contact, note: Note) -> Noted<'a> {
        self.0.lock().unwrap().push(note);
        Box::pin(async { Ok(()) })
    }
}

/// Mara is paged about something.
async fn paged(world: &World, title: &str) -> (IncidentNumber, PageId, String) {
    paged_before(world, title, 0).await
}

/// She was, so many seconds ago.
async fn paged_before(
    world: &World,
    title: &str,
    seconds: i64,
) -> (IncidentNumber, PageId, String) {
    paged_as(world, title, seconds, false).await
}

/// She was, because she is on call or because she learns.
async fn paged_as(
    world: &World,
    title: &str,
    seconds: i64,
    learns: bool,
) -> (IncidentNumber, PageId, String) {
    let number = world.report(title).await;
    let (id, path) = page_of(world, number, seconds, learns).await;
    (number, id, path)
}

/// She was, about this.
pub async fn page_of(
    world: &World,
    number: IncidentNumber,
    seconds: i64,
    learns: bool,
) -> (PageId, String) {
    let (id, now) = (PageId(desk::fresh()), world.desk.now().plus_seconds(-seconds));
    let page = Page {
        id,
        number,
        n: 1,
        person: world.person("mara").id,
        contact: None,
        channel: PageChannel::Sms,
        address: "+49301234567".to_owned(),
        urgency: Urgency::High,
        due_at: now,
        state: PageState::Waiting,
        attempts: 0,
        created_at: now,
        sent_at: None,
        received_at: None,
        answered_at: None,
        provider_ref: None,
        error: None,
        learns,
    };
    let insert = move |sql: &mut dyn store::Sql| {
        send::insert(sql, &page)?;
        Ok(send::sent(sql, &page, None, now)?)
    };
    world.desk.write(insert).await.unwrap();
    (id, link(world, id).await)
}

/// Where the message of a page leads.
async fn link(world: &World, id: PageId) -> String {
    format!("/a/{}", world.desk.seals().await.unwrap().page(id))
}

async fn acknowledged(world: &World, number: IncidentNumber) -> bool {
    let stored = world.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    stored.unwrap().state.moments.acknowledged.is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_answered_from_the_telephone_without_a_login() {
    let world = World::new().await;
    let (number, id, path) = paged(&world, "Labels <b>do not</b> print").await;
    let page = world.get("", &path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("cache-control"), "no-store");
    page.shows("You are paged")
        .shows("Labels &lt;b&gt;do not&lt;/b&gt; print")
        .shows("Acknowledge");
    // Its countdown runs from the clock of the server, and what may be said twice is sent again.
    page.shows("data-now=\"").shows("app-page.js").shows("data-answer");
    page.shows("value=\"acknowledge\" data-again").hides("value=\"escalate\" data-again");
    page.shows(&format!("data-poll=\"{path}\""));
    world.get_live("", &path).await.shows("data-patch").shows("data-poll").hides("<html");
    assert!(!acknowledged(&world, number).await, "looking changes nothing");
    let said = world.post("", &path, &[("say", "acknowledge")]).await;
    assert_eq!((said.status, said.location()), (StatusCode::SEE_OTHER, path.as_str()));
    assert!(acknowledged(&world, number).await);
    let stored = world.desk.read(move |sql| send::get(sql, id)).await.unwrap().unwrap();
    assert!(stored.answered_at.is_some());
    world.get("", &path).await.shows("somebody has it").hides("Acknowledge</button>");
    // Whoever has the screen open reads it, too; it is not asked for again then.
    let part = world.get_live("", &path).await;
    part.shows("id=\"stands\"").shows("data-patch").shows("somebody has it");
    part.hides("<html").hides("data-poll");
    let again = world.post("", &path, &[("say", "acknowledge")]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "twice is as good as once");
    let odd = world.post("", &path, &[("say", "close")]).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_answers_reads_that_they_have_it() {
    let world = World::new().await;
    let (number, _, path) = paged(&world, "Labels").await;
    let team = format!("team:{}", world.network);
    world.post("ines", &format!("/incidents/{number}/page"), &[("whom", &team)]).await;
    world.get("", &path).await.hides("You have it");
    world.post("", &path, &[("say", "acknowledge")]).await;
    world.get("", &path).await.shows("You have it.").hides("Nothing waits for you here");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_learns_and_cannot_hears_no_more_of_it() {
    let world = World::new().await;
    let (_, id, path) = paged_as(&world, "Labels", 0, true).await;
    world.get("", &path).await.shows("You learn beside whoever is on call");
    let said = world.post("", &path, &[("say", "decline")]).await;
    assert_eq!((said.status, said.location()), (StatusCode::SEE_OTHER, path.as_str()));
    let stored = world.desk.read(move |sql| send::get(sql, id)).await.unwrap().unwrap();
    assert!(stored.answered_at.is_some());
    let (_, _, path) = paged(&world, "Labels").await;
    let said = world.post("", &path, &[("say", "decline")]).await;
    assert_eq!(said.status, StatusCode::UNPROCESSABLE_ENTITY, "somebody else is paged");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_called_to_a_major_incident_says_whether_they_come() {
    let world = World::new().await;
    let (number, _, path) = paged(&world, "Labels").await;
    world.command("ines", number, Command::DeclareMajor { reason: None }).await;
    let people = vec![world.person("mara").id];
    let call = Command::CallResponders { people, teams: vec![], note: None };
    world.command("ines", number, call).await;
    let page = world.get("", &path).await;
    page.shows("Say whether you come").shows("I cannot come").hides("I cannot</button>");
    let said = world.post("", &path, &[("say", "coming")]).await;
    assert_eq!((said.status, said.location()), (StatusCode::SEE_OTHER, path.as_str()));
    let stored = world.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    let responders = stored.unwrap().state.conduct.unwrap().responders;
    assert_eq!(responders[0].answer, incident::conduct::Answer::Coming);
    world.get("", &path).await.hides("Say whether you come").shows("Open the major incident");
    let twice = world.post("", &path, &[("say", "coming")]).await;
    assert_eq!(twice.status, StatusCode::SEE_OTHER, "twice is as good as once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screen_of_a_page_leads_to_what_helps_at_once() {
    let world = World::new().await;
    let (number, _, path) = paged(&world, "Labels").await;
    world.get("", &path).await.hides("Just changed").hides("Join the call");
    let (printing, now) = (world.printing, world.desk.now());
    let ready = move |sql: &mut dyn store::Sql| {
        let mut service = services::get(sql, printing)?.unwrap();
        let url = "https://wiki.example/spooler".to_owned();
        service.links = vec![Link { title: "Restart the spooler".to_owned(), url }];
        services::update(sql, &service, service.version)?;
        let change = Change {
            id: ChangeId(desk::fresh()),
            at: now.plus_seconds(-60),
            service: Some(printing),
            title: "Driver 4.2".to_owned(),
            source: String::new(),
            link: None,
        };
        changes::insert(sql, &change, change.at, now)?;
        Ok(())
    };
    world.desk.write(ready).await.unwrap();
    let command = |word: &str| format!("/incidents/{number}/{word}");
    let service = printing.to_string();
    world.post("mara", &command("classify"), &[("service", service.as_str())]).await;
    let room = [("kind", "conference"), ("address", "https://meet.example/labels")];
    world.post("mara", &command("set-room"), &room).await;
    world
        .get("", &path)
        .await
        .shows("Just changed")
        .shows("Driver 4.2")
        .shows("href=\"https://wiki.example/spooler\"")
        .shows("href=\"https://meet.example/labels\"")
        .shows("Join the call");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screen_of_a_page_says_who_is_next_and_what_to_dial() {
    let world = World::new().await;
    let (mara, ines) = (world.person("mara").id, world.person("ines").id);
    let (first, second) = (format!("person:{mara}"), format!("person:{ines}"));
    let fields = [
        ("name", "Labels"),
        ("pages_from", "P1"),
        ("s0-whom", first.as_str()),
        ("s1-after", "8 min"),
        ("s1-whom", second.as_str()),
        ("repeats", "0"),
    ];
    let made = world.post("ines", "/settings/escalation-policies", &fields).await;
    let address = made.location().split('?').next().unwrap().to_owned();
    let policy = Some(address.rsplit('/').next().unwrap().parse().unwrap());
    let number = world.report("Labels").await;
    let page = Command::Page { whom: vec![], policy, urgency: Urgency::High, note: None };
    world.command("ines", number, page).await;
    let pages = world.desk.read(move |sql| send::since(sql, number, 0, 10)).await.unwrap();
    let path = link(&world, pages.iter().find(|page| page.person == mara).unwrap().id).await;
    let page = world.get("", &path).await;
    page.shows("You were named for it.").shows("The next page goes to <b>Ines Calderon</b>");
    page.shows("Escalate now").hides("href=\"tel:");
    let telephone = move |sql: &mut dyn store::Sql| {
        let mut person = people::get(sql, ines)?.unwrap();
        person.phone = "+47 22 00-11 22".to_owned();
        Ok(people::update(sql, &person, person.version)?)
    };
    assert!(world.desk.write(telephone).await.unwrap());
    world.get("", &path).await.shows("href=\"tel:+4722001122\"").shows("Call Ines Calderon");
    let stored = world.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    let waits = stored.unwrap().state.paging.unwrap().waiting_for;
    assert_eq!(waits, BTreeSet::from([mara]), "looking calls nobody");
    let said = world.post("", &path, &[("say", "escalate")]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.body);
    let stored = world.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    assert_eq!(stored.unwrap().state.paging.unwrap().waiting_for, BTreeSet::from([ines]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screen_of_a_page_draws_how_its_alerts_came() {
    let world = World::new().await;
    let from = source(&world, "json", "Watcher").await;
    let group = |key| {
        let signal = signal(key, Severity::Critical, "Disk full");
        alert::Signal { group: Some("disks".to_owned()), ..signal }
    };
    let number = tell(&world, &from, vec![group("disk-1")]).await.incidents[0];
    let (_, path) = page_of(&world, number, 0, false).await;
    world.get("", &path).await.hides("class=\"ack-s\"");
    tell(&world, &from, vec![group("disk-2")]).await;
    let drawn = world.get("", &path).await;
    drawn.shows("class=\"ack-s\"").shows("2 alerts now, at most 2 since");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screen_of_a_page_says_what_was_like_it() {
    let world = World::new().await;
    world.desk.use_search(None);
    let before = world.report("Handheld scanner drops off the wireless network").await;
    let resolved = [("form", "resolve"), ("code", "fixed"), ("note", "Roaming is on again")];
    let done = world.post("mara", &format!("/incidents/{before}/resolve"), &resolved).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let (_, _, path) = paged(&world, "Handheld scanner drops off the wireless").await;
    world.desk.search_caught_up().await.unwrap();
    world.get("", &path).await.shows("Seen before").shows(&before.to_string());
    world.post("", &path, &[("say", "acknowledge")]).await;
    world.get("", &path).await.hides("Seen before").shows("somebody has it");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_link_answers_nothing_and_tells_nothing() {
    let world = World::new().await;
    // The clock of the machine goes on meanwhile.
    let (_, _, path) = paged_before(&world, "Labels do not print", 1_700).await;
    assert_eq!(world.get("", &path).await.status, StatusCode::OK, "not yet");
    let (number, _, path) = paged_before(&world, "Labels do not print", 1_801).await;
    let said = world.post("", &path, &[("say", "acknowledge")]).await;
    for page in [world.get("", &path).await, said] {
        assert_eq!(page.status, StatusCode::GONE);
        assert_eq!(page.header("cache-control"), "no-store");
        page.shows(&number.to_string())
            .shows(&format!("/incidents/{number}"))
            .shows("Open the incident")
            .hides("Labels")
            .hides("Mara")
            .hides("name=\"say\"");
    }
    assert!(!acknowledged(&world, number).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_can_be_resolved_with_a_sentence() {
    let world = World::new().await;
    let (number, _, path) = paged(&world, "Labels").await;
    let empty = world.post("", &path, &[("say", "resolve"), ("code", "fixed"), ("note", "")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let odd = [("say", "resolve"), ("code", "no-such-code"), ("note", "New toner, and a prayer")];
    let refused = world.post("", &path, &odd).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("New toner, and a prayer").shows("<details class=\"fold\" open>");
    let fields = [("say", "resolve"), ("code", "fixed"), ("note", "It prints again")];
    assert_eq!(world.post("", &path, &fields).await.status, StatusCode::SEE_OTHER);
    let stored = world.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    assert!(stored.unwrap().state.moments.resolved.is_some());
    world.get("", &path).await.shows("the incident is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_not_ours_or_not_for_them_any_more_shows_nothing() {
    let world = World::new().await;
    let (number, _, path) = paged(&world, "Labels").await;
    // More than the last sign, which may happen to be that one.
    let forged = format!("{}xxxxxx", &path[..path.len() - 6]);
    for (path, status) in
        [(forged.as_str(), StatusCode::NOT_FOUND), ("/a/p", StatusCode::NOT_FOUND)]
    {
        assert_eq!(world.get("", path).await.status, status, "{path}");
        assert_eq!(world.post("", path, &[("say", "acknowledge")]).await.status, status, "{path}");
    }
    world.command("ines", number, Command::Restrict { team: Some(world.network) }).await;
    let hidden = world.get("", &path).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    hidden.hides("Labels");
}

#[tokio::test(flavor = "multi_thread")]
async fn ways_are_added_verified_ordered_and_removed_on_ones_own_page() {
    let world = World::new().await;
    let sends = Arc::new(Sends::default());
    let messenger: Arc<dyn Messenger> = sends.clone();
    world.desk.use_messenger(&messenger);
    world.get("mara", "/me").await.shows("How I am reached").shows("There is no way yet");
    world.get("gwen", "/me").await.hides("How I am reached");
    let fields = [("reach_channel", "sms"), ("reach_address", "030 12"), ("reach_label", "")];
    let wrong = world.post("mara", "/me/contacts", &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("a telephone number with its country");
    let fields =
        [("reach_channel", "sms"), ("reach_address", "+49 30 1234567"), ("reach_label", "")];
    let added = world.post("mara", "/me/contacts", &fields).await;
    assert_eq!(added.location(), "/me?done=code");
    let viewer = world.viewer("mara");
    let (ways, _) = world.desk.contacts(&viewer, viewer.person).await.unwrap();
    let at = |what: &str| format!("/me/contacts/{}/{what}", ways[0].id);
    world.get("mara", "/me").await.shows("Not verified").shows("+49301234567");
    let code = match sends.0.lock().unwrap().pop() {
        Some(Note::Code(code)) => code,
        other => panic!("{other:?}"),
    };
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let refused = world.post("mara", &at("verify"), &[("code", wrong)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("4 tries are left");
    let foreign = world.post("ines", &at("verify"), &[("code", &code)]).await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = world.post("mara", &at("verify"), &[("code", &code)]).await;
    assert_eq!(right.location(), "/me?done=verified");
    assert_eq!(world.post("mara", &at("test"), &[]).await.location(), "/me?done=tested");
    assert_eq!(sends.0.lock().unwrap().pop(), Some(Note::Test));
    world.get("mara", "/me").await.shows("Reached you");
    let field = format!("high-{}", ways[0].id);
    let odd = world.post("mara", "/me/contact-rules", &[(&field, "soon")]).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    let rules = world.post("mara", "/me/contact-rules", &[(&field, "0, 10")]).await;
    assert_eq!(rules.location(), "/me?done=rules");
    world.get("mara", "/me").await.shows("value=\"0, 10\"");
    assert_eq!(world.post("mara", &at("remove"), &[]).await.location(), "/me?done=removed");
    world.get("mara", "/me").await.hides("+49301234567");
}
