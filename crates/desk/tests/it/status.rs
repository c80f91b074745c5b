//! The status page follows what is known, keeps what it may not tell to itself, and survives.

use desk::status::{Gathered, Options, Sites};
use incident::Command;
use incident::conduct::{Audiences, Degree};
use incident::state::UpdatePhase;
use kernel::{ComponentId, IncidentNumber, OutageId, Timestamp, limits};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use store::files::Outlet;
use store::status::components::{self, Component};
use store::status::page::{self, StatusPage};
use testkit::TestDesk;

/// Far beyond what is waited for; reached only when something is broken.
const PATIENCE: Duration = Duration::from_secs(20);

fn options(folder: &Path) -> Options {
    Options {
        url: "https://desk.northwind.example".to_owned(),
        kept: folder.join("status/kept"),
        outlets: vec![Outlet::folder(folder.join("site"))],
        mail: false,
    }
}

async fn furnish(t: &TestDesk) {
    let (now, vpn) = (t.desk.now(), t.vpn);
    t.desk
        .change(desk::command_line(), move |sql, _| {
            for (name, service, internal) in
                [("Remote access", Some(vpn), false), ("Build servers", None, true)]
            {
                let row = Component {
                    id: ComponentId(desk::fresh()),
                    name: name.to_owned(),
                    description: String::new(),
                    service,
                    group: None,
                    position: 0,
                    internal,
                    created_at: now,
                    updated_at: now,
                    version: 1,
                };
                components::insert(sql, &row)?;
            }
            Ok(())
        })
        .await
        .unwrap();
}

async fn switch(t: &TestDesk, public: bool) {
    t.desk
        .change(desk::command_line(), move |sql, _| {
            let before = page::get(sql)?;
            let after = StatusPage { public, ..before.value };
            page::put(sql, &after, before.version)?;
            Ok(())
        })
        .await
        .unwrap();
}

/// Waits until what is shown is so.
async fn until(t: &TestDesk, is_so: impl Fn(&Sites) -> bool) -> Arc<Sites> {
    let mut heard = t.desk.status().listen();
    let found = tokio::time::timeout(PATIENCE, heard.wait_for(|sites| is_so(sites)));
    let sites = found.await.expect("it is shown in time").unwrap();
    sites.clone()
}

fn text(sites: &Sites, name: &str) -> String {
    let file = sites.public.as_ref().and_then(|site| site.files.get(name));
    file.map(|file| String::from_utf8_lossy(&file.bytes).into_owned()).unwrap_or_default()
}

async fn outage(t: &TestDesk, number: IncidentNumber) {
    let command = Command::RecordOutage {
        outage: OutageId(desk::fresh()),
        service: t.vpn,
        degree: Degree::Full,
        started_at: t.desk.now(),
        ended_at: None,
    };
    t.issue(&t.agent, number, command).await.unwrap();
}

async fn publish(t: &TestDesk, number: IncidentNumber, words: &str) {
    let mut ask = t.desk.ask(&t.agent, kernel::Channel::Web).on(number);
    let title = Some(ask.words("title", "Remote access is down", limits::TITLE_CHARS).unwrap());
    let body = ask.words("body", words, limits::BODY_CHARS).unwrap();
    let audiences = Some(Audiences { status_page: true, ..Audiences::default() });
    let (phase, expected, next_update) = (UpdatePhase::Investigating, None, None);
    let command = Command::PublishUpdate { title, body, phase, expected, next_update, audiences };
    ask.issue(command).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_public_until_somebody_says_so() {
    let (t, folder) = (TestDesk::new().await, tempfile::tempdir().unwrap());
    furnish(&t).await;
    desk::status::start(&t.desk, options(folder.path())).await;
    let sites = until(&t, |sites| sites.internal.is_some()).await;
    assert!(sites.public.is_none());
    switch(&t, true).await;
    let sites = until(&t, |sites| sites.public.is_some()).await;
    let page = text(&sites, "");
    assert!(page.contains("Remote access") && !page.contains("Build servers"), "{page}");
    let internal = sites.internal.as_ref().unwrap().files[""].bytes.clone();
    assert!(String::from_utf8_lossy(&internal).contains("Build servers"));
    switch(&t, false).await;
    until(&t, |sites| sites.public.is_none()).await;
}

/// Files elsewhere answer no form.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_subscribe_where_somebody_answers() {
    let (t, folder) = (TestDesk::new().await, tempfile::tempdir().unwrap());
    let put = async |domain_is_ours| {
        let change = move |sql: &mut dyn store::Sql, _: &desk::Audit| {
            let before = page::get(sql)?;
            let domain = "status.northwind.example".to_owned();
            let after = StatusPage { public: true, domain, domain_is_ours, ..before.value };
            page::put(sql, &after, before.version)?;
            Ok(())
        };
        t.desk.change(desk::command_line(), change).await.unwrap();
    };
    put(false).await;
    desk::status::start(&t.desk, Options { mail: true, ..options(folder.path()) }).await;
    let says = |sites: &Sites, words: &str| {
        let page = sites.own.as_ref().and_then(|(_, site)| site.files.get(""));
        page.is_some_and(|file| String::from_utf8_lossy(&file.bytes).contains(words))
    };
    until(&t, |sites| says(sites, "\"https://desk.northwind.example/status/subscribe?")).await;
    put(true).await;
    until(&t, |sites| says(sites, "\"/subscribe?")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn outages_and_words_are_shown_and_written_elsewhere() {
    let (t, folder) = (TestDesk::new().await, tempfile::tempdir().unwrap());
    furnish(&t).await;
    switch(&t, true).await;
    desk::status::start(&t.desk, options(folder.path())).await;
    until(&t, |sites| text(sites, "api/v2/status.json").contains("\"none\"")).await;
    let number = t.report("VPN is down for everybody").await;
    outage(&t, number).await;
    let sites =
        until(&t, |sites| text(sites, "api/v2/components.json").contains("major_outage")).await;
    assert!(!text(&sites, "").contains("for everybody"), "nobody has published a word");
    publish(&t, number, "We are looking into it.").await;
    let sites = until(&t, |sites| text(sites, "").contains("We are looking into it.")).await;
    let pages = sites.public.as_ref().unwrap().files.keys();
    assert!(pages.clone().any(|name| name.starts_with("incidents/")), "{pages:?}");
    let file = folder.path().join("site/index.html");
    let published = async {
        while !std::fs::read_to_string(&file).is_ok_and(|page| page.contains("We are looking")) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, published).await.expect("it is written in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_confidential_incident_shows_nothing_until_a_word_of_it_is_published() {
    let (t, folder) = (TestDesk::new().await, tempfile::tempdir().unwrap());
    furnish(&t).await;
    switch(&t, true).await;
    let number = t.report("Somebody broke in").await;
    outage(&t, number).await;
    let restrict = Command::Restrict { team: Some(t.network) };
    t.issue(&t.manager, number, restrict).await.unwrap();
    desk::status::start(&t.desk, options(folder.path())).await;
    let sites = until(&t, |sites| sites.public.is_some()).await;
    let json = text(&sites, "api/v2/components.json");
    assert!(!json.contains("major_outage"), "{json}");
    let internal = &sites.internal.as_ref().unwrap().files["api/v2/components.json"].bytes;
    assert!(String::from_utf8_lossy(internal).contains("major_outage"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_shown_last_is_shown_after_a_restart_without_a_database() {
    let (t, folder) = (TestDesk::new().await, tempfile::tempdir().unwrap());
    furnish(&t).await;
    switch(&t, true).await;
    desk::status::start(&t.desk, options(folder.path())).await;
    until(&t, |sites| text(sites, "").contains("Remote access")).await;
    let other = TestDesk::new().await;
    other
        .desk
        .write(|sql| Ok(sql.execute("drop table component_conditions", &[]).map(drop)?))
        .await
        .unwrap();
    let elsewhere = vec![Outlet::folder(folder.path().join("elsewhere"))];
    let options = Options { outlets: elsewhere, ..options(folder.path()) };
    desk::status::start(&other.desk, options).await;
    let sites = other.desk.status().sites();
    assert!(text(&sites, "").contains("Remote access"));
    assert!(other.desk.status().report().failing.is_some());
    assert_eq!(other.desk.status().report().places[0].written_at, None);
    assert!(!folder.path().join("elsewhere").exists(), "it may be old");
}

/// Says something on the page, with a promise.
async fn tell(t: &TestDesk, number: IncidentNumber, phase: UpdatePhase, by: Option<Timestamp>) {
    let mut ask = t.desk.ask(&t.agent, kernel::Channel::Web).on(number);
    let body = ask.words("body", "It is worked on.", limits::BODY_CHARS).unwrap();
    let audiences = Some(Audiences { status_page: true, ..Audiences::default() });
    let (title, expected, next_update) = (None, by, by);
    let command = Command::PublishUpdate { title, body, phase, expected, next_update, audiences };
    ask.issue(command).await.unwrap();
}

/// What the page says now, with a name for this incident.
async fn gathered(t: &TestDesk, number: IncidentNumber, folder: &Path) -> Gathered {
    let (now, options) = (t.desk.now(), options(folder));
    t.desk
        .write(move |sql| Ok(store::status::incidents::name(sql, number, "q7", now)?))
        .await
        .unwrap();
    let sight = t.desk.service_map().await.unwrap();
    t.desk.read(move |sql| desk::status::gather(sql, now, &options, sight)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promise_that_passes_changes_the_page_and_words_after_the_end_move_no_end() {
    let (t, folder) = (TestDesk::new().await, tempfile::tempdir().unwrap());
    let number = t.report("VPN is slow").await;
    let by = t.desk.now().plus_seconds(600);
    let mut ask = t.desk.ask(&t.agent, kernel::Channel::Web).on(number);
    let body = ask.words("body", "We look into it.", limits::BODY_CHARS).unwrap();
    let audiences = Some(Audiences { status_page: true, ..Audiences::default() });
    let (title, phase) = (None, UpdatePhase::Investigating);
    let (expected, next_update) = (Some(by), None);
    let command = Command::PublishUpdate { title, body, phase, expected, next_update, audiences };
    ask.issue(command).await.unwrap();
    assert_eq!(gathered(&t, number, folder.path()).await.next_at, Some(by));

    t.clock.advance(60);
    tell(&t, number, UpdatePhase::Resolved, None).await;
    let end = t.desk.now();
    t.clock.advance(3_600);
    tell(&t, number, UpdatePhase::Resolved, None).await;
    let page = gathered(&t, number, folder.path()).await.internal;
    assert_eq!(page.incidents[0].updates.len(), 3);
    assert_eq!(page.incidents[0].resolved_at, Some(end));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merged_incident_promises_nothing_any_more() {
    let (t, folder) = (TestDesk::new().await, tempfile::tempdir().unwrap());
    let (main, part) = (t.report("VPN is down").await, t.report("No VPN").await);
    let by = t.desk.now().plus_seconds(600);
    tell(&t, part, UpdatePhase::Investigating, Some(by)).await;
    let before = gathered(&t, part, folder.path()).await.internal;
    assert_eq!(before.incidents[0].updates[0].next_update, Some(by));
    t.issue(&t.agent, part, Command::Merge { into: main }).await.unwrap();
    let after = gathered(&t, part, folder.path()).await.internal;
    let newest = &after.incidents[0].updates[0];
    assert_eq!((newest.expected, newest.next_update), (None, None));
}
