//! What holds for every page.

use crate::harness::World;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};

#[tokio::test]
async fn who_is_not_signed_in_is_asked_to() {
    let world = World::new().await;
    let page = world.get("", "/queue?view=my-work").await;
    assert_eq!(
        (page.status, page.location()),
        (StatusCode::SEE_OTHER, "/sign-in?next=%2Fqueue%3Fview%3Dmy-work")
    );
    assert_eq!(world.get_live("", "/queue").await.status, StatusCode::UNAUTHORIZED);
    let stream = Request::get("/live?q=state:open").header(header::ACCEPT, "text/event-stream");
    assert_eq!(world.send("", stream, Body::empty()).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn everybody_starts_where_their_work_is() {
    let world = World::new().await;
    for (who, start) in [("mara", "/queue"), ("otto", "/queue"), ("gwen", "/portal")] {
        assert_eq!(world.get(who, "/").await.location(), start, "{who}");
    }
    assert_eq!(world.get("gwen", "/queue").await.location(), "/portal");
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere_and_are_not_kept() {
    let world = World::new().await;
    for (who, path) in [("mara", "/queue"), ("mara", "/nowhere"), ("", "/nowhere")] {
        let page = world.get(who, path).await;
        assert!(page.header("content-security-policy").starts_with("default-src 'self'"), "{path}");
        assert!(!page.header("content-security-policy").contains("unsafe"));
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert_eq!(page.header("cache-control"), "no-store");
        let rules = page.header("speculation-rules").trim_matches('"').to_owned();
        let rules = world.get(who, &rules).await;
        assert_eq!(rules.header("content-type"), "application/speculationrules+json");
        rules.shows("/incidents/INC-:number");
        page.hides(" style=").hides(" onclick=").hides("<script>");
    }
}

#[tokio::test]
async fn what_is_not_there_has_a_page_that_leads_on() {
    let world = World::new().await;
    let page = world.get("mara", "/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.shows("Nothing is here").shows("href=\"/\"");
    let page = world.get("mara", "/queue/bulk").await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(page.header("allow"), "POST");
    page.shows("err-page");
}

#[tokio::test]
async fn forms_of_other_sites_change_nothing() {
    let world = World::new().await;
    let number = world.report("Printer").await;
    let body = format!("number={number}&do=me");
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let request =
            Request::post("/queue/bulk").header(header::HOST, "desk.example").header(name, value);
        let page = world.send("mara", request, Body::from(body.clone())).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        for (who, path) in [
            ("", "/sign-in".to_owned()),
            ("gwen", "/portal/report".to_owned()),
            ("gwen", format!("/portal/incidents/{number}/comment")),
            ("gwen", "/me/password".to_owned()),
            ("ada", "/settings/teams".to_owned()),
        ] {
            let request = Request::post(&path).header(header::HOST, "desk.example");
            let page = world.send(who, request.header(name, value), Body::empty()).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    world.get("mara", "/queue?view=unassigned").await.shows(&number.to_string());
}

#[tokio::test]
async fn pages_are_compressed_for_those_who_can() {
    let world = World::new().await;
    let request = Request::get("/queue").header(header::ACCEPT_ENCODING, "gzip");
    let page = world.send("mara", request, Body::empty()).await;
    assert_eq!(page.header("content-encoding"), "gzip");
}

#[tokio::test]
async fn navigation_shows_what_somebody_may_use() {
    let world = World::new().await;
    world
        .get("mara", "/queue")
        .await
        .hides("href=\"/settings\"")
        .shows("New incident")
        .shows("My teams");
    world.get("ada", "/queue").await.shows("href=\"/settings\"");
    world
        .get("otto", "/queue")
        .await
        .shows("href=\"/settings\"")
        .hides("New incident")
        .hides("bulk-form");
}

#[tokio::test]
async fn a_thumb_bar_leads_to_all_places_that_somebody_may_use() {
    let world = World::new().await;
    for (who, settings) in [("mara", false), ("ada", true)] {
        let page = world.get(who, "/queue").await;
        let (_, rest) = page.body.split_once("id=\"places\"").unwrap();
        let (more, _) = rest.split_once("</div>").unwrap();
        for place in ["/problems", "/reviews", "/reports"] {
            assert!(more.contains(&format!("href=\"{place}\"")), "{place} in {more}");
        }
        assert_eq!(more.contains("href=\"/settings\""), settings, "{more}");
    }
    world.get("ada", "/reports").await.shows("popovertarget=\"places\" aria-current=\"true\"");
}

#[tokio::test]
async fn the_list_of_keys_has_every_key_of_a_page() {
    let world = World::new().await;
    let number = world.report("Gate").await;
    world.report("Other gate").await;
    let mut keys = std::collections::BTreeSet::new();
    for path in ["/queue".to_owned(), format!("/incidents/{number}"), "/incidents/new".to_owned()] {
        let page = world.get("ada", &path).await;
        let (_, list) = page.body.split_once("id=\"shortcuts\"").unwrap();
        let (list, _) = list.split_once("</dialog>").unwrap();
        for name in ["data-key=\"", "data-key-go=\""] {
            let asked = page.body.split(name).skip(1).filter_map(|rest| rest.split('"').next());
            for key in asked.flat_map(|all| all.split(' ')) {
                keys.insert(key.to_owned());
                let listed = format!("<kbd>{}</kbd>", key.to_uppercase());
                assert!(list.contains(&listed), "{key} of {path} is not in the list of keys");
            }
        }
    }
    for key in ["b", "i", "q", ","] {
        assert!(keys.contains(key), "{key} is among {keys:?}");
    }
}
