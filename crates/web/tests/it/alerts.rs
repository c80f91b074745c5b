//! Alerts, where they come from, and when nobody is paged about them.

use crate::harness::World;
use alert::{Link, Reading, Severity, Signal, SignalStatus};
use axum::http::StatusCode;
use desk::{AlertsTold, Raw, Taken};
use store::directory::integrations::{self, Integration};

pub async fn source(world: &World, tool: &str, name: &str) -> Integration {
    let fields = [
        ("tool", tool),
        ("name", name),
        ("alerts.window_seconds", "1 h"),
        ("alerts.auto_resolve", "1"),
    ];
    let made = world.post("ada", "/settings/integrations", &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let all = world.desk.read(integrations::list).await.unwrap();
    all.into_iter().find(|one| one.name == name).unwrap()
}

pub fn signal(key: &str, severity: Severity, title: &str) -> Signal {
    let mut signal = Signal { severity, ..Signal::new(key, SignalStatus::Firing, title) };
    signal.labels.insert("host".to_owned(), "<b>db1</b>".to_owned());
    signal
}

pub async fn tell(world: &World, source: &Integration, signals: Vec<Signal>) -> Taken {
    let raw = Raw {
        door: "json".to_owned(),
        content_type: "application/json".to_owned(),
        bytes: br#"{"wer": "db1", "was": "</pre><script>x</script>", "schlimm": "info"}"#.to_vec(),
    };
    let reading = Reading { signals, ..Reading::default() };
    let told = AlertsTold { reading, beats: vec![], raw: Some(raw) };
    world.desk.signals(source.id, told).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn alerts_are_listed_open_ones_first_and_found() {
    let world = World::new().await;
    world.get("mara", "/alerts").await.shows("Nothing tells of alerts yet");
    let from = source(&world, "json", "Watcher").await;
    let first = signal("a", Severity::Critical, "Disk <i>full</i>");
    let over = Signal { status: SignalStatus::Resolved, ..signal("a", Severity::Critical, "") };
    let number = tell(&world, &from, vec![first]).await.incidents[0];
    tell(&world, &from, vec![over]).await;
    tell(&world, &from, vec![signal("b", Severity::Info, "Backup is late")]).await;

    let all = world.get("mara", "/alerts").await;
    all.shows("Disk &lt;i&gt;full&lt;/i&gt;").shows("recorded only").shows(&number.to_string());
    let place = |words: &str| all.body.find(words).unwrap();
    assert!(place("Backup is late") < place("Disk &lt;i&gt;"), "open ones come first");
    all.shows("?state=firing&amp;severity=info");
    let info = world.get("otto", "/alerts?severity=info").await;
    info.shows("Backup is late").hides("Disk &lt;i&gt;");
    world.get("mara", "/alerts?q=DISK").await.shows("Disk &lt;i&gt;").hides("Backup is late");
    world.get("mara", "/alerts?state=resolved").await.hides("Backup is late");
    world.get("mara", &format!("/alerts?incident={number}")).await.hides("Backup is late");
    world.get("mara", "/alerts?severity=odd&service=odd&before=odd").await.shows("Backup is late");
    world.get("mara", "/alerts?q=nothing-like-it").await.shows("No alert matches");
    let away = world.get("gwen", "/alerts").await;
    assert_eq!((away.status, away.location()), (StatusCode::SEE_OTHER, "/portal"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_tells_all_and_is_acted_on() {
    let world = World::new().await;
    let from = source(&world, "json", "Watcher").await;
    let mut one = signal("disk-1", Severity::Critical, "Disk full");
    one.links = vec![
        Link { href: "https://runbook.example/disk".to_owned(), text: "Runbook".to_owned() },
        Link { href: "javascript:alert(1)".to_owned(), text: "Evil".to_owned() },
    ];
    let two = signal("disk-2", Severity::Error, "Disk slow");
    let group = |one| Signal { group: Some("disks".to_owned()), ..one };
    let taken = tell(&world, &from, vec![group(one), group(two)]).await;
    let number = taken.incidents[0];
    let listed = world.desk.alerts(&world.viewer("mara"), Default::default(), 9).await.unwrap();
    let id = listed.iter().find(|found| found.alert.key == "disk-1").unwrap().alert.id;
    let path = format!("/alerts/{id}");

    let page = world.get("ines", &path).await;
    page.shows("href=\"https://runbook.example/disk\"").hides("href=\"javascript:");
    page.shows("&lt;b&gt;db1&lt;/b&gt;").shows("disk-1").shows(&format!("/incidents/{number}"));
    page.shows(">Acknowledge<").hides("The body that brought it");
    let raw = world.get("ada", &path).await;
    raw.shows("The body that brought it")
        .shows("&lt;script&gt;x&lt;/script&gt;")
        .hides("<script>x");
    world.get("otto", &path).await.hides(">Acknowledge<").hides(">Resolve<");
    let incident = world.get("mara", &format!("/incidents/{number}")).await;
    incident.shows(&format!("href=\"{path}\"")).shows(" firing of ").hides("logged by");
    incident.shows("href=\"https://runbook.example/disk\" rel=\"noopener noreferrer\"");
    incident.shows("runbook.example</span>").shows("Evil: ").hides("href=\"javascript:");

    for act in ["acknowledge", "snooze", "resolve"] {
        let at = format!("{path}/{act}");
        let fields = [("hours", "1")];
        let refused = world.post("otto", &at, &fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{act}");
        let done = world.post("mara", &at, &fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{act}: {}", done.body);
    }
    let stored = world.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    assert!(stored.unwrap().state.moments.acknowledged.is_some());
    let page = world.get("mara", &path).await;
    page.shows("Over").hides(">Resolve<");
    let again = world.post("mara", &format!("{path}/resolve"), &[]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let odd = world.get("mara", &format!("/alerts/{}", desk::fresh())).await;
    assert_eq!(odd.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_says_that_its_source_is_unclear() {
    let world = World::new().await;
    let from = source(&world, "json", "Watcher").await;
    let group = Some("disks".to_owned());
    let [one, two] = ["a", "b"]
        .map(|key| Signal { group: group.clone(), ..signal(key, Severity::Critical, "Disk full") });
    let number = tell(&world, &from, vec![one.clone(), two]).await.incidents[0];
    let path = format!("/incidents/{number}");
    world.get("mara", &path).await.shows(" firing of ").hides("Source unclear");
    // It says that all is over, and names but one of two.
    let over = Signal { status: SignalStatus::Resolved, ..one };
    let reading = Reading { signals: vec![over], group, left_out: 1, ..Reading::default() };
    let told = AlertsTold { reading, beats: vec![], raw: None };
    world.desk.signals(from.id, told).await.unwrap();
    world.get("mara", &path).await.shows("Source unclear since");
    let listed = world.desk.alerts(&world.viewer("mara"), Default::default(), 9).await.unwrap();
    let alert = format!("/alerts/{}", listed[0].alert.id);
    world.get("mara", &alert).await.shows("Source unclear since");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_is_connected_heard_mended_and_ended() {
    let world = World::new().await;
    world.get("ada", "/settings/integrations").await.shows("Nothing tells of alerts yet");
    world.get("ada", "/settings/integrations/new").await.shows("Uptime Kuma");
    let form = world.get("ada", "/settings/integrations/new?tool=alertmanager").await;
    form.shows("value=\"Alertmanager\"");
    let wrong = [("tool", "json"), ("name", "X"), ("alerts.window_seconds", "often")];
    let wrong = world.post("ada", "/settings/integrations", &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("id=\"alerts.window_seconds-e\"");
    let from = source(&world, "json", "Watcher").await;
    assert_eq!(from.settings.alerts.window_seconds, 3_600);
    let path = format!("/settings/integrations/{}", from.id);
    let (key, heard) = (from.key.as_str(), format!("{path}/heard"));

    let page = world.get("ada", &format!("{path}?tool=prometheus")).await;
    page.shows("Waiting for your first event").shows(&format!("path_prefix: /intake/{key}"));
    page.shows(&format!("data-poll=\"{heard}\""));
    page.shows("an alert that names no service of yours pages every administrator");
    let read = world.get("otto", &path).await;
    read.shows("Waiting for").hides(key).hides("<form class=\"form\"").hides("What came");
    assert_eq!(world.get("mara", &path).await.status, StatusCode::FORBIDDEN);
    tell(&world, &from, vec![signal("a", Severity::Info, "Disk full")]).await;
    world.get("ada", &heard).await.shows("Received").hides("data-poll");
    world.get("otto", "/settings/integrations").await.shows("Watcher").hides("none yet");

    let page = world.get("ada", &path).await;
    let (_, rest) = page.body.split_once("/payloads/").unwrap();
    let body = format!("{path}/payloads/{}", rest.split('"').next().unwrap());
    world.get("ada", &body).await.shows("&lt;script&gt;").hides("<script>x");
    assert_eq!(world.get("otto", &body).await.status, StatusCode::FORBIDDEN);

    let mapping = format!("{path}/mapping");
    let fields = [
        ("version", "1"),
        ("alerts.mapping.title", "{{ wer }} says {{ was }}"),
        ("alerts.mapping.key", "wer"),
        ("alerts.mapping.severity", "schlimm"),
    ];
    let tried = world.post_live("ada", &format!("{mapping}/try"), &fields).await;
    tried.shows("db1 says &lt;/pre&gt;").shows("firing, info, key db1").shows("data-patch");
    let wrong = [("version", "1"), ("alerts.mapping.title", "{{ wer")];
    let wrong = world.post("ada", &mapping, &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("id=\"alerts.mapping.title-e\"");
    assert_eq!(world.post("otto", &mapping, &fields).await.status, StatusCode::FORBIDDEN);
    let saved = world.post("ada", &mapping, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let replay = format!("{body}/replay");
    assert_eq!(world.post("otto", &replay, &[]).await.status, StatusCode::FORBIDDEN);
    let replayed = world.post("ada", &replay, &[]).await;
    world.get("ada", replayed.location()).await.shows("Taken once more: 1 alert began");

    // The form of its settings leaves its mapping alone.
    let saved = world.send_form("ada", &path, "").await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let id = from.id;
    let now = world.desk.read(move |sql| integrations::get(sql, id)).await.unwrap().unwrap();
    assert_eq!((now.settings.alerts.mapping.len(), now.active), (3, true));
    assert_eq!(now.settings.alerts.window_seconds, 3_600);

    for action in ["new-key", "delete"] {
        let at = format!("{path}/{action}");
        assert_eq!(world.post("otto", &at, &[]).await.status, StatusCode::FORBIDDEN);
        assert_eq!(world.post("ada", &at, &[]).await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(world.get("ada", &path).await.status, StatusCode::NOT_FOUND);
    let now = world.desk.read(move |sql| integrations::get(sql, id)).await.unwrap().unwrap();
    assert_ne!(now.key.as_str(), key);
    // Mailboxes are not touched here.
    world.post("ada", "/settings/mailboxes", &[("name", "Mail")]).await;
    let all = world.desk.read(integrations::list).await.unwrap();
    let mail = format!("/settings/integrations/{}/delete", all[0].id);
    assert_eq!(world.post("ada", &mail, &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn maintenance_is_planned_by_whoever_works_and_mutes() {
    let world = World::new().await;
    let from = source(&world, "json", "Watcher").await;
    let address = "/settings/maintenance";
    world.get("mara", address).await.shows("No maintenance is planned").hides("aside class");
    assert_eq!(world.get("gwen", address).await.location(), "/portal");
    let window = [
        ("name", "Router firmware"),
        ("time_zone", "UTC"),
        ("starts_at", "2020-01-01T00:00"),
        ("ends_at", "2999-01-01T00:00"),
        ("matcher.labels", "host =~ .*db1.*"),
    ];
    assert_eq!(world.post("otto", address, &window).await.status, StatusCode::FORBIDDEN);
    let mut wrong = window;
    wrong[4].1 = "host ? db";
    let refused = world.post("mara", address, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("id=\"matcher.labels-e\"").shows("Line 1");
    wrong[4].1 = "";
    wrong[3].1 = "2019-01-01T00:00";
    let refused = world.post("mara", address, &wrong).await;
    refused.shows("id=\"ends_at-e\"").shows("Must lie after the beginning");
    let made = world.post("mara", address, &window).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let list = world.get("otto", address).await;
    list.shows("Router firmware").shows("host =~ .*db1.*").shows("Mara Lindqvist").hides("End now");

    tell(&world, &from, vec![signal("a", Severity::Critical, "Disk full")]).await;
    let alerts = world.get("mara", "/alerts?state=muted").await;
    alerts.shows("Disk full").shows("maintenance until").shows("Maintenance now:");

    let page = world.get("mara", address).await;
    let (_, rest) = page.body.split_once(&format!("href=\"{address}/0")).unwrap();
    let one = format!("{address}/0{}", rest.split('"').next().unwrap());
    let mut recurring = world.get("mara", &one).await.sends(&one);
    for (name, value) in [("recurs", "1"), ("day", "1"), ("day", "5")] {
        recurring.push((name.to_owned(), value.to_owned()));
    }
    let fields: Vec<(&str, &str)> =
        recurring.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let saved = world.post("mara", &one, &fields).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    world.get("mara", address).await.shows("Monday, Friday 22:00 to 23:00, UTC");
    let stale = world.post("mara", &one, &fields).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let ends = format!("{one}/end");
    assert_eq!(world.post("otto", &ends, &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.post("mara", &ends, &[]).await.status, StatusCode::SEE_OTHER);
    world.get("mara", address).await.shows("called off");
    world.get("mara", "/alerts").await.hides("Maintenance now:");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_says_that_its_service_is_in_maintenance() {
    let world = World::new().await;
    let service = world.printing.to_string();
    let window = [
        ("name", "New printers"),
        ("time_zone", "Europe/Berlin"),
        ("starts_at", "2020-01-01T00:00"),
        ("ends_at", "2999-01-01T00:00"),
        ("service", service.as_str()),
    ];
    let asks = format!("/settings/maintenance/new?service={service}");
    let page = world.get("ines", &format!("/settings/services/{service}")).await;
    page.shows(&format!("href=\"{asks}\""));
    world.get("ines", &asks).await.shows(&format!("value=\"{service}\" checked"));
    let made = world.post("mara", "/settings/maintenance", &window).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let from = source(&world, "json", "Watcher").await;
    let fields = [("version", "1"), ("name", "Watcher"), ("active", "1"), window[4]];
    let path = format!("/settings/integrations/{}", from.id);
    assert_eq!(world.post("ada", &path, &fields).await.status, StatusCode::SEE_OTHER);
    let taken = tell(&world, &from, vec![signal("a", Severity::Critical, "No labels")]).await;
    let page = world.get("mara", &format!("/incidents/{}", taken.incidents[0])).await;
    page.shows("Maintenance until");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_offered_a_reply_to_a_program() {
    let world = World::new().await;
    let from = source(&world, "json", "Watcher").await;
    let taken = tell(&world, &from, vec![signal("a", Severity::Critical, "Disk full")]).await;
    let number = taken.incidents[0];
    let page = world.get("mara", &format!("/incidents/{number}")).await;
    page.shows("is a program, and nobody else follows it").hides(r#"id="m-reply""#);
    page.shows(r#"id="m-note""#).hides("and wait on requester");
    page.shows("Requesters and watchers <span class=\"muted\">0<");
    let follow = incident::Command::Watch { person: Some(world.person("gwen").id) };
    world.command("mara", number, follow).await;
    let page = world.get("mara", &format!("/incidents/{number}")).await;
    page.shows(r#"id="m-reply""#)
        .shows("Reply<span class=\"long\"> to followers")
        .shows("followers never see it")
        .shows("Requesters and watchers <span class=\"muted\">1<");
    let own = world.report("Printer is dark").await;
    world.get("mara", &format!("/incidents/{own}")).await.shows(r#"id="m-reply""#);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alertmanager_that_can_be_asked_shows_how_that_goes() {
    let world = World::new().await;
    let from = source(&world, "alertmanager", "Prometheus").await;
    assert_eq!(from.settings.ask, None);
    let path = format!("/settings/integrations/{}", from.id);
    let fields = [
        ("version", "1"),
        ("name", "Prometheus"),
        ("active", "1"),
        ("ask.url", "https://am.example?x"),
        ("ask.secret", "hush-hush"),
        ("ask.every_minutes", "7"),
    ];
    let wrong = world.post("ada", &path, &fields).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("id=\"ask.url-e\"").hides("hush-hush");
    let mut good = fields;
    good[3].1 = "https://am.example";
    assert_eq!(world.post("ada", &path, &good).await.status, StatusCode::SEE_OTHER);
    let page = world.get("ada", &path).await;
    page.shows("value=\"https://am.example\"").shows("value=\"7\"").hides("hush-hush");
    page.shows("It was not asked yet which alerts it knows.");
    let asking = world.desk.sources_to_ask().await.unwrap().remove(0);
    assert_eq!((asking.integration, asking.secret.as_deref()), (from.id, Some("hush-hush")));
    world.desk.source_answered(&asking, b"[]").await.unwrap();
    world.get("ada", &path).await.shows("It said which alerts it knows");
    for _ in 0..3 {
        world.desk.source_silent(&asking, "am.example takes no connection").await.unwrap();
    }
    let page = world.get("ada", &path).await;
    page.shows("It does not say which alerts it knows").shows("am.example takes no connection");
    // Somebody else's server does not get what was given for this one.
    let mut other = good;
    (other[0].1, other[3].1, other[4].1) = ("2", "https://evil.example", "");
    let wrong = world.post("ada", &path, &other).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("id=\"ask.secret-h\"").shows("be given anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_to_enter_is_secret_where_this_program_encrypts() {
    let world = World::with(web::Options { encrypted: true, ..Default::default() }).await;
    let from = source(&world, "alertmanager", "Prometheus").await;
    let page = world.get("ada", &format!("/settings/integrations/{}", from.id)).await;
    page.shows("url: https://").hides("url: http://");
}
