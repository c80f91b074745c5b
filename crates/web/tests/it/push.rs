//! Push: what browsers and telephones need, and one's own page.

use crate::harness::World;
use axum::http::StatusCode;
use store::directory::told_how;

/// The browser of the example in RFC 8291.
const P256DH: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
const ENDPOINT: &str = "http://127.0.0.1:40001/send/secret";

async fn world() -> World {
    let world = World::new().await;
    world.desk.allow_push(vec!["127.0.0.0/8".parse().unwrap()]);
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worker_lies_at_the_root_and_the_site_can_be_kept_as_an_app() {
    let world = world().await;
    let worker = world.get("", "/sw.js").await;
    assert_eq!(worker.status, StatusCode::OK);
    assert_eq!(worker.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(worker.header("cache-control"), "no-cache", "a new one is noticed");
    assert!(worker.header("content-security-policy").starts_with("default-src 'self'"));
    worker.shows("notificationclick");
    let manifest = world.get("", "/manifest.webmanifest").await;
    assert_eq!(manifest.header("content-type"), "application/manifest+json");
    let manifest: serde_json::Value = serde_json::from_str(&manifest.body).unwrap();
    assert_eq!((&manifest["display"], &manifest["scope"]), (&"standalone".into(), &"/".into()));
    for icon in manifest["icons"].as_array().unwrap() {
        let found = world.get("", icon["src"].as_str().unwrap()).await;
        assert_eq!((found.status, found.header("content-type")), (StatusCode::OK, "image/png"));
    }
    let page = world.get("", "/sign-in").await;
    page.shows(r#"rel="manifest""#).shows(r#"rel="apple-touch-icon""#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_allowed_listed_tried_out_and_stopped() {
    let world = world().await;
    let key = world.desk.push_key().await.unwrap().public();
    for who in ["mara", "gwen"] {
        let page = world.get(who, "/me").await;
        page.shows("app-account.js").shows(&format!("data-key=\"{key}\""));
        page.shows("Allowing it needs scripts").hides("Try it out");
        let fields = [("endpoint", ENDPOINT), ("p256dh", P256DH), ("auth", AUTH)];
        let allowed = world.post(who, "/me/devices", &fields).await;
        assert_eq!(allowed.location(), "/me?done=allowed");
        let devices = world.desk.devices(world.person(who).id).await.unwrap();
        let page = world.get(who, "/me?done=allowed").await;
        page.shows("This browser shows you news from now on.").shows("nothing sent yet");
        page.hides("send/secret");
        let device = format!("/me/devices/{}", devices[0].id);
        let tried = world.post(who, &format!("{device}/test"), &[]).await;
        assert_eq!(tried.location(), "/me?done=tried");
        let other = world.post("peter", &format!("{device}/remove"), &[]).await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
        let renewed = [("before", ENDPOINT), ("endpoint", "http://127.0.0.1:40001/2")];
        let renewed = [&renewed[..], &fields[1..]].concat();
        let renewed = world.post(who, "/me/devices/renew", &renewed).await;
        assert_eq!(renewed.status, StatusCode::NO_CONTENT);
        let device = world.desk.devices(world.person(who).id).await.unwrap()[0].clone();
        assert_eq!(
            (device.endpoint.as_str(), device.label.as_str()),
            ("http://127.0.0.1:40001/2", devices[0].label.as_str())
        );
        let removed = world.post(who, &format!("/me/devices/{}/remove", device.id), &[]).await;
        assert_eq!(removed.location(), "/me?done=stopped");
        assert_eq!(world.desk.devices(world.person(who).id).await.unwrap(), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_browser_is_refused() {
    let world = world().await;
    for (endpoint, p256dh) in [("https://10.0.0.1/", P256DH), (ENDPOINT, "AAAA"), ("", "")] {
        let fields = [("endpoint", endpoint), ("p256dh", p256dh), ("auth", AUTH)];
        let refused = world.post("gwen", "/me/devices", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{endpoint}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn push_and_what_it_says_are_chosen_like_the_other_channels() {
    let world = world().await;
    let page = world.get("mara", "/me").await;
    let sent = page.sends("/me/notifications");
    assert!(!sent.iter().any(|(name, _)| name.ends_with("_push") || name == "push_words"));
    let fields = [("clocks_push", "1"), ("push_words", "1"), ("digest", "off")];
    world.post("mara", "/me/notifications", &fields).await;
    let person = world.person("mara").id;
    let stored = world.desk.read(move |sql| told_how::get(sql, person)).await.unwrap();
    let clocks = stored.wanted(incident::telling::Group::Clocks);
    assert!(clocks.push && !clocks.mail && stored.push_words);
    let sent = world.get("mara", "/me").await.sends("/me/notifications");
    assert!(sent.contains(&("clocks_push".to_owned(), "1".to_owned())));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_browser_that_its_vendor_ended_its_person_is_told_until_they_know() {
    let world = world().await;
    let fields = [("endpoint", ENDPOINT), ("p256dh", P256DH), ("auth", AUTH)];
    world.post("mara", "/me/devices", &fields).await;
    let mara = world.person("mara").id;
    let device = world.desk.devices(mara).await.unwrap()[0].clone();
    world.get("mara", "/inbox").await.hides("shows you no news any more");
    world.desk.forget_device(device.id).await.unwrap();
    for page in ["/inbox", "/me"] {
        world.get("mara", page).await.shows("shows you no news any more").shows(&device.label);
        world.get("gwen", page).await.hides("shows you no news any more");
    }
    let ended = world.desk.ended_devices(mara).await.unwrap()[0].ended_at.to_string();
    let nothing = world.post("mara", "/me/devices/heard", &[]).await;
    assert!(nothing.status.is_client_error());
    let heard = world.post("mara", "/me/devices/heard", &[("until", ended.as_str())]).await;
    assert_eq!(heard.status, StatusCode::SEE_OTHER);
    world.get("mara", "/inbox").await.hides("shows you no news any more");
    // Whoever allows it again knows, too.
    world.post("mara", "/me/devices", &fields).await;
    let device = world.desk.devices(mara).await.unwrap()[0].clone();
    world.desk.forget_device(device.id).await.unwrap();
    world.get("mara", "/me").await.shows("shows you no news any more");
    world.post("mara", "/me/devices", &fields).await;
    world.get("mara", "/me").await.hides("shows you no news any more");
}
