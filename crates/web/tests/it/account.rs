//! Signing in and out, and one's own page.

use crate::harness::World;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use desk::command_line;
use store::directory::people;

const PASSWORD: &str = "an even keel at 03:00";

async fn with_password(world: &World, who: &str) {
    let (id, hash) = (world.person(who).id, desk::accounts::hash_password(PASSWORD).await.unwrap());
    world
        .desk
        .change(command_line(), move |sql, _| Ok(people::set_password_hash(sql, id, Some(&hash))?))
        .await
        .unwrap();
}

async fn stored(world: &World, who: &str) -> people::Person {
    let id = world.person(who).id;
    world.desk.read(move |sql| people::get(sql, id)).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_leads_where_one_wanted_to_go() {
    let world = World::new().await;
    with_password(&world, "gwen").await;
    let form = world.get("", "/sign-in?next=/portal/incidents").await;
    assert_eq!(form.status, StatusCode::OK);
    form.shows("Sign in")
        .shows(r#"value="/portal/incidents""#)
        .hides("passkey")
        .hides("single sign-on");

    let wrong = world
        .post(
            "",
            "/sign-in",
            &[
                ("email", "gwen@northwind.example"),
                ("password", "not this one"),
                ("next", "/portal/incidents"),
            ],
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.header("set-cookie").is_empty());
    wrong
        .shows(r#"role="alert""#)
        .shows("gwen@northwind.example")
        .hides("not this one")
        .shows(r#"value="/portal/incidents""#);

    let right = [
        ("email", "Gwen@Northwind.example "),
        ("password", PASSWORD),
        ("next", "/portal/incidents"),
    ];
    let done = world.post("", "/sign-in", &right).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/portal/incidents"));
    let cookie = done.header("set-cookie");
    for part in ["evenkeel_session=", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let elsewhere =
        [("email", "gwen@northwind.example"), ("password", PASSWORD), ("next", "//evil.example/")];
    assert_eq!(world.post("", "/sign-in", &elsewhere).await.location(), "/");
}

#[tokio::test(flavor = "multi_thread")]
async fn over_encrypted_connections_the_session_is_of_this_host_alone() {
    let options = web::Options {
        public_url: Some("https://help.northwind.example".to_owned()),
        ..web::Options::default()
    };
    let world = World::with(options).await;
    with_password(&world, "gwen").await;
    let right = [("email", "gwen@northwind.example"), ("password", PASSWORD)];
    let done = world.post("", "/sign-in", &right).await;
    let set: Vec<&str> =
        done.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect();
    let (own, plain) = (set[0], set[1]);
    assert!(own.starts_with("__Host-evenkeel_session="), "{own}");
    assert!(own.ends_with("; Secure") && own.contains("Path=/;"), "{own}");
    assert!(plain.starts_with("evenkeel_session=;") && plain.contains("Max-Age=0"), "{plain}");

    let cookie = own.split(';').next().unwrap();
    let request = || Request::get("/portal").header("cookie", cookie);
    assert_eq!(world.send("", request(), Body::empty()).await.status, StatusCode::OK);
    let answer = world.get("gwen", "/portal").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "a plain one may be planted");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_has_to_wait() {
    let world = World::new().await;
    let wrong = [("email", "nobody@northwind.example"), ("password", "guess")];
    for _ in 0..5 {
        assert_eq!(
            world.post("", "/sign-in", &wrong).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
    let page = world.post("", "/sign-in", &wrong).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(!page.header("retry-after").is_empty());
    page.shows("There were too many tries. Wait ");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_session() {
    let world = World::new().await;
    assert_eq!(world.get("gwen", "/portal").await.status, StatusCode::OK);
    let done = world.post("gwen", "/sign-out", &[]).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/sign-in"));
    assert!(done.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(world.get("gwen", "/portal").await.location(), "/sign-in?next=%2Fportal");
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_page_is_for_everybody() {
    let world = World::new().await;
    for who in ["gwen", "mara", "otto", "ada"] {
        let page = world.get(who, "/me").await;
        assert_eq!(page.status, StatusCode::OK);
        page.shows("Your account")
            .shows("Time zone")
            .shows("This one")
            .shows("Sign out")
            .shows("API tokens");
    }
    world.get("gwen", "/me").await.hides("Single keys");
}

#[tokio::test(flavor = "multi_thread")]
async fn preferences_hold_from_the_next_page_on() {
    let world = World::new().await;
    let done = world.post("mara", "/me/preferences", &[("time_zone", "Europe/Amsterdam")]).await;
    assert_eq!(done.location(), "/me?done=preferences");
    let page = world.get("mara", "/me?done=preferences").await;
    page.shows("Your preferences are stored.")
        .shows(r#"data-zone="Europe/Amsterdam""#)
        .shows(r#"data-keys="off""#);

    let wrong = world
        .post("mara", "/me/preferences", &[("time_zone", "Europe/Atlantis"), ("single_keys", "1")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("Europe/Atlantis").shows("no such time zone");
    assert_eq!(stored(&world, "mara").await.time_zone, "Europe/Amsterdam");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_theme_is_in_the_first_byte_of_the_next_page() {
    let world = World::new().await;
    assert_eq!(
        world.post_live("gwen", "/me/theme", &[("theme", "dark")]).await.status,
        StatusCode::NO_CONTENT
    );
    world.get("gwen", "/portal").await.shows(r#"data-theme="dark""#);
    assert_eq!(world.post("gwen", "/me/theme", &[("theme", "")]).await.location(), "/me");
    world.get("gwen", "/portal").await.hides("data-theme=");
    assert_eq!(
        world.post("gwen", "/me/theme", &[("theme", "pink")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_needs_the_old_one_and_ends_other_sessions() {
    let world = World::new().await;
    with_password(&world, "gwen").await;
    let other =
        world.desk.open_session(world.person("gwen").id, "Firefox/140.0 Linux").await.unwrap();
    world.get("gwen", "/me").await.shows("Firefox on Linux");

    for (old, new, words) in [
        ("wrong", "a new one, long enough", "not your password"),
        (PASSWORD, "short", "needs at least"),
    ] {
        let page = world.post("gwen", "/me/password", &[("old", old), ("new", new)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.shows(words).hides(new);
    }
    let done = world
        .post("gwen", "/me/password", &[("old", PASSWORD), ("new", "a new one, long enough")])
        .await;
    assert_eq!(done.location(), "/me?done=password");
    assert!(world.desk.who(&desk::Credential::Session(other)).await.unwrap().is_none());
    assert_eq!(world.get("gwen", "/portal").await.status, StatusCode::OK);
    assert!(
        world
            .desk
            .sign_in("gwen@northwind.example", "a new one, long enough", "test", "")
            .await
            .is_ok()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn other_sessions_are_signed_out_and_this_one_stays() {
    let world = World::new().await;
    let other = world.desk.open_session(world.person("mara").id, "").await.unwrap();
    assert_eq!(
        world.post("mara", "/me/sessions/end-others", &[]).await.location(),
        "/me?done=sessions"
    );
    assert!(world.desk.who(&desk::Credential::Session(other)).await.unwrap().is_none());
    assert_eq!(world.get("mara", "/me").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_and_can_be_revoked() {
    let world = World::new().await;
    let page = world
        .post(
            "mara",
            "/me/tokens",
            &[("name", "nightly report"), ("scope", "read"), ("life", "30")],
        )
        .await;
    assert_eq!(page.status, StatusCode::OK);
    let (_, rest) = page.body.split_once(r#"aria-label="Secret of the new token">"#).unwrap();
    let secret = rest.split('<').next().unwrap().to_owned();
    assert!(secret.starts_with("evk_"));
    let credential = desk::Credential::Token(secret.clone());
    let found = world.desk.who(&credential).await.unwrap().unwrap();
    assert_eq!(found.viewer.scope, incident::TokenScope::Read);
    world.get("mara", "/me").await.shows("nightly report").hides(&secret);

    let revoke = format!("/me/tokens/{}/revoke", found.token.unwrap());
    assert_eq!(world.post("ines", &revoke, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.post("mara", &revoke, &[]).await.location(), "/me?done=revoked");
    assert!(world.desk.who(&credential).await.unwrap().is_none());

    for fields in [
        [("name", ""), ("scope", "read"), ("life", "30")],
        [("name", "x"), ("scope", "all"), ("life", "30")],
        [("name", "x"), ("scope", "read"), ("life", "9")],
    ] {
        assert_eq!(
            world.post("mara", "/me/tokens", &fields).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{fields:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_anew_ends_the_session_the_browser_had() {
    let world = World::new().await;
    with_password(&world, "gwen").await;
    let fields = [("email", "gwen@northwind.example"), ("password", PASSWORD)];
    let done = world.post("mara", "/sign-in", &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(!done.header("set-cookie").contains(world.cookie("mara")));
    assert_eq!(world.get("mara", "/me").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_tell_scripts_their_words() {
    let world = World::new().await;
    let refused = world.post_live("gwen", "/me/theme", &[("theme", "pink")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.header("x-trouble").starts_with("A%20theme%20is%20light"));
}
