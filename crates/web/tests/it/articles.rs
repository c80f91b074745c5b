//! Articles: for staff, and as answers in the portal.

use crate::harness::{Page, World};
use axum::http::StatusCode;
use incident::Command;
use kernel::{ArticleNumber, Channel, IncidentNumber, Language, limits};
use store::directory::{Article, ArticleState, Audience};

/// An article as it is given.
async fn made(world: &World, article: Article) -> ArticleNumber {
    world.desk.make_article(&world.viewer("mara"), article).await.unwrap().number
}

fn answer(world: &World, title: &str) -> Article {
    Article {
        body: "Sign out.\n\nThen sign in again.".to_owned(),
        audience: Audience::Everyone,
        state: ArticleState::Published,
        services: [world.printing].into(),
        ..Article::titled(ArticleNumber(0), title, world.desk.now())
    }
}

async fn resolve(world: &World, actor: &str, number: IncidentNumber, words: &str) {
    let mut ask = world.desk.ask(&world.viewer(actor), Channel::Web).on(number);
    let note = ask.words("note", words, limits::BODY_CHARS).unwrap();
    let resolve = Command::Resolve {
        code: "fixed".to_owned(),
        note,
        cause: None,
        known_error: None,
        children: false,
    };
    ask.issue(resolve).await.unwrap();
}

const FIELDS: [(&str, &str); 4] = [
    ("title", "It asks for a code again and again"),
    ("body", "Set the clock of the phone."),
    ("language", "en"),
    ("audience", "everyone"),
];

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    FIELDS.into_iter().chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn an_article_is_written_published_and_found() {
    let world = World::new().await;
    let wrong = world
        .post("mara", "/articles", &[("title", ""), ("language", "en"), ("audience", "everyone")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("The title is needed").shows("The body is needed");
    let made = world.post("mara", "/articles", &FIELDS).await;
    assert_eq!(made.location(), "/articles/KB-1?done=saved");
    // A draft is nobody's answer yet.
    world.get("mara", "/articles?show=drafts").await.shows("KB-1 It asks for a code");
    world.get("gwen", "/portal/articles").await.shows("No answers yet").hides("asks for a code");
    assert_eq!(world.get("gwen", "/portal/articles/KB-1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(world.get("mara", "/portal/articles/KB-1").await.status, StatusCode::NOT_FOUND);
    world.get("mara", "/articles/KB-1").await.shows("Publish to everybody");
    let publish = [("state", "published"), ("version", "1")];
    let done = world.post("mara", "/articles/KB-1/state", &publish).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    world.get("mara", "/articles").await.shows("not used yet");
    world.get("gwen", "/portal").await.shows("/portal/articles").shows("All answers");
    let found = world.get("gwen", "/portal/articles?q=code%20phone").await;
    found.shows("It asks for a code again and again").shows("/portal/articles/KB-1");
    world.get("gwen", "/portal/articles?q=printer").await.shows("No answer found");
}

#[tokio::test]
async fn requesters_say_whether_it_solved_it() {
    let world = World::new().await;
    let number = made(&world, answer(&world, "Labels come out blank")).await;
    let page = format!("/portal/articles/{number}");
    world.get("gwen", &page).await.shows("Then sign in again.").shows("Did this solve it?").shows(
        &format!("/portal/report?title=Labels%20come%20out%20blank&amp;service={}", world.printing),
    );
    let said = world.post("gwen", &format!("{page}/solved"), &[]).await;
    assert_eq!(said.location(), format!("{page}?said=solved"));
    world.get("gwen", said.location()).await.shows("It is counted").hides("Did this solve it?");
    // Pressing it again the same day counts once.
    world.post("gwen", &format!("{page}/solved"), &[]).await;
    world.get("peter", &page).await.shows("helped 1 of 1 person");
    world.get("mara", "/articles").await.shows("helped 1 of 1");
    // What is not there cannot have helped.
    let nothing = world.post("gwen", "/portal/articles/KB-99/solved", &[]).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let away = world.get("", &page).await;
    assert!(away.location().starts_with("/sign-in"), "{}", away.location());
}

#[tokio::test]
async fn requesters_reach_no_draft_and_nothing_for_staff() {
    let world = World::new().await;
    let mut drafted = answer(&world, "A draft about labels");
    drafted.state = ArticleState::Draft;
    let mut internal = answer(&world, "Root password of the label server");
    internal.audience = Audience::Staff;
    let hidden = [made(&world, drafted).await, made(&world, internal).await];
    let list = world.get("gwen", "/portal/articles?q=label").await;
    list.hides("draft about").hides("Root password");
    for number in hidden {
        for path in [
            format!("/portal/articles/{number}"),
            format!("/articles/{number}"),
            format!("/articles/{number}/edit"),
        ] {
            let page = world.get("gwen", &path).await;
            assert_ne!(page.status, StatusCode::OK, "{path}");
            page.hides("Then sign in again");
        }
        let said = world.post("gwen", &format!("/portal/articles/{number}/solved"), &[]).await;
        assert_eq!(said.status, StatusCode::NOT_FOUND);
        let fields = with(&[("version", "1")]);
        let changed = world.post("gwen", &format!("/articles/{number}"), &fields).await;
        assert_eq!(changed.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(world.get("gwen", "/articles").await.location(), "/portal");
    assert_eq!(world.post("gwen", "/articles", &FIELDS).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.post("gwen", "/articles/look", &FIELDS).await.status, StatusCode::FORBIDDEN);
    // Auditors read them, and write none.
    world.get("otto", "/articles").await.shows("Root password").hides("New article");
    assert_eq!(world.post("otto", "/articles", &FIELDS).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn only_managers_retire_one() {
    let world = World::new().await;
    let number = made(&world, answer(&world, "Labels come out blank")).await;
    let state = format!("/articles/{number}/state");
    let retire = [("state", "retired"), ("version", "1")];
    world.get("mara", &format!("/articles/{number}")).await.hides("Retire it");
    let refused = world.post("mara", &state, &retire).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    refused.shows("administrators retire articles");
    world.get("ines", &format!("/articles/{number}")).await.shows("Retire it");
    assert_eq!(world.post("ines", &state, &retire).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        world.get("gwen", &format!("/portal/articles/{number}")).await.status,
        StatusCode::NOT_FOUND
    );
    world.get("mara", "/articles?show=retired").await.shows("Labels come out blank");
}

#[tokio::test]
async fn what_looks_internal_is_warned_of_before_everybody_reads_it() {
    let world = World::new().await;
    let fields = [
        ("title", "Restart the print server"),
        ("body", "Open https://srv.northwind.local, or ask mara@northwind.example."),
        ("language", "en"),
        ("audience", "everyone"),
    ];
    let warned = |page: &Page| {
        page.shows("This looks internal")
            .shows("mara@northwind.example")
            .shows("srv.northwind.local");
    };
    warned(&world.post_live("mara", "/articles/look", &fields).await);
    // Without scripts the form comes with it, and keeps what was typed.
    let page = world.post("mara", "/articles/look", &fields).await;
    warned(&page);
    page.shows("action=\"/articles\"").shows("Restart the print server");
    world.post("mara", "/articles", &fields).await;
    warned(&world.get("mara", "/articles/KB-1").await);
    let mut staff = fields;
    staff[3] = ("audience", "staff");
    world.post_live("mara", "/articles/look", &staff).await.hides("This looks internal");
}

#[tokio::test]
async fn earlier_words_come_back() {
    let world = World::new().await;
    world.post("mara", "/articles", &FIELDS).await;
    let mut second = with(&[("version", "1")]);
    second[1] = ("body", "Buy a new phone.");
    world.post("mara", "/articles/KB-1", &second).await;
    let page = world.get("mara", "/articles/KB-1").await;
    page.shows("Buy a new phone.").shows("/articles/KB-1/versions/1");
    let first = world.get("mara", "/articles/KB-1/versions/1").await;
    first.shows("Set the clock of the phone.").shows("Put these words back");
    let sent = first.sends("/articles/KB-1/restore");
    let fields: Vec<(&str, &str)> =
        sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let back = world.post("mara", "/articles/KB-1/restore", &fields).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    world.get("mara", "/articles/KB-1").await.shows("Set the clock").shows("Version 3");
    // From a page that is older than the last change nothing is put back.
    let late = world.post("ines", "/articles/KB-1/restore", &fields).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    late.shows("Somebody else changed it meanwhile");
    assert_eq!(world.get("mara", "/articles/KB-1/versions/9").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_resolution_becomes_an_article_in_one_step() {
    let world = World::new().await;
    let number = world.report("No labels").await;
    let form = format!("/incidents/{number}/resolve");
    world.get("mara", &form).await.shows("Make an article of this").shows("Article that helped");
    let helped = made(&world, answer(&world, "Labels come out blank")).await.to_string();
    let wrong = [
        ("code", "fixed"),
        ("note", "Cleaned the head."),
        ("article", "KB-99"),
        ("form", "resolve"),
    ];
    let refused = world.post("mara", &form, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("is not the number of an article").shows("Cleaned the head.");
    let fields = [
        ("code", "fixed"),
        ("note", "Cleaned the head."),
        ("article", helped.as_str()),
        ("to_article", "1"),
        ("form", "resolve"),
        ("alone", "1"),
    ];
    let done = world.post("mara", &form, &fields).await;
    assert_eq!(done.location(), "/articles/KB-2/edit");
    world.get("mara", "/articles/KB-2/edit").await.shows("Cleaned the head.").shows("No labels");
    world.get("mara", "/articles").await.shows("helped 1 of 1");
    // Whoever erases or restricts is led to what was made of it; tabs keep what was asked.
    world.get("ines", &format!("/incidents/{number}/restrict")).await.shows("keep their copy");
    let made_of_it = format!("/articles?show=drafts&q={number}");
    let found = world.get("ines", &made_of_it).await;
    found.shows("No labels").shows(&format!("/articles?show=retired&amp;q={number}"));
    world.get("ines", "/articles?show=drafts&q=INC-4711").await.hides("No labels");
    // A confidential one gives nothing away.
    let secret = world.report_as("ines", "peter", "Payroll leak", Some(world.network)).await;
    world.command("ines", secret, Command::Restrict { team: Some(world.network) }).await;
    resolve(&world, "ines", secret, "Closed the folder.").await;
    let page = format!("/incidents/{secret}");
    world.get("ines", &page).await.hides("Make an article of this");
    let refused = world.post("ines", &format!("{page}/article"), &[]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let hidden = world.post("mara", &format!("{page}/article"), &[]).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_owner_is_reminded_of_a_review() {
    let world = World::new().await;
    let mut article = answer(&world, "Labels come out blank");
    article.owner = Some(world.person("mara").id);
    article.review_on = Some("2020-01-31".parse().unwrap());
    let number = made(&world, article).await;
    let address = format!("/articles/{number}");
    world
        .get("mara", "/inbox")
        .await
        .shows("To look at again")
        .shows(&address)
        .shows("31 Jan 2020");
    for who in ["ines", "otto", "gwen"] {
        world.get(who, "/inbox").await.hides("Labels come out blank");
    }
    world
        .get("ines", "/articles?show=review")
        .await
        .shows("Labels come out blank")
        .shows("overdue");
}

#[tokio::test]
async fn hostile_words_stay_words_and_languages_are_named() {
    let world = World::new().await;
    let mut article = answer(&world, "<img src=x onerror=alert(1)>");
    article.body = "<script>alert(1)</script>".to_owned();
    article.language = Language::De;
    let number = made(&world, article).await;
    for (who, path) in [
        ("mara", "/articles".to_owned()),
        ("mara", format!("/articles/{number}")),
        ("mara", format!("/articles/{number}/edit")),
        ("mara", format!("/articles/{number}/versions/1")),
        ("gwen", "/portal/articles".to_owned()),
        ("gwen", format!("/portal/articles/{number}")),
    ] {
        world.get(who, &path).await.shows("&lt;img").hides("<img src=x").hides("<script>alert");
    }
    let page = world.get("gwen", &format!("/portal/articles/{number}")).await;
    page.shows("This text is in German.").shows("lang=\"de\"");
}
