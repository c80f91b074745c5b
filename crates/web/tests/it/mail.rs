//! Where letters lead, and the page about mail in the settings.

use crate::harness::{Page, World, form};
use axum::body::Body;
use axum::http::StatusCode;
use desk::seals::Link;
use incident::telling::{Channels, Group};
use incident::{Command, Lifecycle};
use kernel::{Channel, IncidentNumber, limits};
use store::deliveries::{self, DeliveryState, Outcome};
use store::directory::{people, told_how};

async fn resolve(world: &World, number: IncidentNumber, note: &str) {
    let mut ask = world.desk.ask(&world.viewer("mara"), Channel::Web).on(number);
    let note = ask.words("note", note, limits::BODY_CHARS).unwrap();
    let code = "fixed".to_owned();
    let command = Command::Resolve { code, note, cause: None, known_error: None, children: false };
    ask.issue(command).await.unwrap();
}

async fn link(world: &World, who: &str, number: IncidentNumber, reopenings: u32) -> String {
    let until = world.desk.now().plus_days(30);
    let link = Link { number, person: world.person(who).id, reopenings, until };
    format!("/a/{}", world.desk.seals().await.unwrap().link(&link))
}

async fn lifecycle(world: &World, number: IncidentNumber) -> (Lifecycle, u32) {
    let stored = world.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    let state = stored.unwrap().state;
    (state.lifecycle, state.reopenings)
}

fn private(page: &Page) {
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert!(page.header("content-security-policy").contains("form-action 'self'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_at_a_link_changes_nothing_and_pressing_works_once() {
    let world = World::new().await;
    let number = world.report("Printer <jams>").await;
    resolve(&world, number, "New roller.\nTry it.").await;
    let path = link(&world, "gwen", number, 0).await;
    for _ in 0..2 {
        let page = world.get("", &path).await;
        private(&page);
        page.shows("Printer &lt;jams&gt;").shows("New roller.").shows("Is it working for you now?");
        page.shows_once(">It works again</button>").shows_once(">Still broken</button>");
    }
    assert_eq!(lifecycle(&world, number).await.0, Lifecycle::Resolved);

    // From wherever a mail program opens it: the link is what lets them.
    let anywhere = form(&path).header("origin", "null").header("sec-fetch-site", "cross-site");
    let done = world.send("", anywhere, Body::from("say=works")).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, path.as_str()));
    assert_eq!(lifecycle(&world, number).await.0, Lifecycle::Closed);
    let page = world.get("", &path).await;
    page.shows("It is closed. Thank you").hides("Still broken").shows("How content are you");
    page.shows(&format!("href=\"/portal/incidents/{number}\""));
    // A second press, and one of the other button, do nothing.
    for fields in [&[("say", "works")][..], &[("say", "broken"), ("note", "No!")]] {
        let done = world.post("", &path, fields).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(lifecycle(&world, number).await, (Lifecycle::Closed, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn still_broken_needs_words_and_takes_it_up_again() {
    let world = World::new().await;
    let number = world.report("Printer jams").await;
    resolve(&world, number, "New roller.").await;
    let path = link(&world, "gwen", number, 0).await;
    let empty = world.post("", &path, &[("say", "broken"), ("note", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    private(&empty);
    empty.shows("Write in a few words what is still not working").shows("aria-invalid=\"true\"");
    let done = world.post("", &path, &[("say", "broken"), ("note", "Tray 2 jams")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let (state, reopenings) = lifecycle(&world, number).await;
    assert!(state.is_open() && reopenings == 1);
    world.get("", &path).await.shows("It is being worked on again").hides("<form");
    world.get("mara", &format!("/incidents/{number}")).await.shows("Tray 2 jams");

    // Fixed anew, the old letter answers nothing; the new one does.
    resolve(&world, number, "Both rollers.").await;
    world.post("", &path, &[("say", "works")]).await;
    assert_eq!(lifecycle(&world, number).await.0, Lifecycle::Resolved);
    world.get("", &path).await.shows("The latest letter has the link for it").hides("<form");
    let latest = link(&world, "gwen", number, 1).await;
    world.post("", &latest, &[("say", "works")]).await;
    assert_eq!(lifecycle(&world, number).await.0, Lifecycle::Closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_that_are_not_theirs_lead_nowhere() {
    let world = World::new().await;
    let number = world.report("Printer jams").await;
    resolve(&world, number, "New roller.").await;
    let others = link(&world, "peter", number, 0).await;
    // Not even staff does by such a link what only its requester may.
    let staff = link(&world, "mara", number, 0).await;
    let unknown = link(&world, "gwen", IncidentNumber(999), 0).await;
    let own = link(&world, "gwen", number, 0).await;
    let cut = &own[..own.len() - 1];
    for path in [&others, &staff, &unknown, cut, "/a/x", "/a/%00"] {
        for page in [world.get("", path).await, world.post("", path, &[("say", "works")]).await] {
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
            private(&page);
            page.shows("This link leads nowhere").shows("href=\"/portal").hides("Printer jams");
        }
    }
    let until = world.desk.now().plus_seconds(-1);
    let old = Link { number, person: world.person("gwen").id, reopenings: 0, until };
    let old = format!("/a/{}", world.desk.seals().await.unwrap().link(&old));
    let page = world.post("", &old, &[("say", "works")]).await;
    assert_eq!(page.status, StatusCode::GONE);
    page.shows("This link is too old");
    assert_eq!(lifecycle(&world, number).await.0, Lifecycle::Resolved);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_the_settings_say_so() {
    let world = World::new().await;
    let page = world.get("ada", "/settings/mail").await;
    page.shows("There is no mail server").hides("Send a test letter");
    let refused = world.post("ada", "/settings/mail/test", &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(world.get("gwen", "/settings/mail").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_composer_says_how_a_reply_reaches_its_reader() {
    let mail = web::Mail {
        server: "smtp://mail.northwind.example".to_owned(),
        from: "Help <help@northwind.example>".to_owned(),
    };
    let with_mail = web::Options { mail: Some(mail), ..web::Options::default() };
    for (options, words) in [
        (web::Options::default(), "</b> in the portal"),
        (with_mail, "</b> by e-mail and in the portal"),
    ] {
        let world = World::with(options).await;
        let number = world.report("No labels").await;
        let page = format!("/incidents/{number}");
        world.get("mara", &page).await.shows(words);
        let gwen = world.person("gwen").id;
        for (mail, words) in [(false, "</b> in the portal"), (true, words)] {
            let prefers = move |sql: &mut dyn store::Sql| {
                let mut told = told_how::get(sql, gwen)?;
                told.channels.insert(Group::Reported, Channels { mail, ..Channels::USUAL });
                Ok(told_how::put(sql, gwen, &told)?)
            };
            world.desk.write(prefers).await.unwrap();
            world.get("mara", &page).await.shows(words);
        }
        let caller = people::Person { email: None, ..world.person("gwen").clone() };
        let forgets = world.desk.change(desk::command_line(), move |sql, _| {
            assert!(people::update(sql, &caller, caller.version)?);
            Ok::<(), desk::Trouble>(())
        });
        forgets.await.unwrap();
        world.get("mara", &page).await.shows("</b> in the portal").hides("by e-mail and in");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_are_listed_and_those_given_up_are_sent_again() {
    let mail = web::Mail {
        server: "smtp://mail.northwind.example".to_owned(),
        from: "Help <help@northwind.example>".to_owned(),
    };
    let world = World::with(web::Options { mail: Some(mail), ..web::Options::default() }).await;
    let page = world.get("ada", "/settings/mail").await;
    page.shows("smtp://mail.northwind.example").shows("Help &lt;help@northwind.example&gt;");
    page.shows("No letters");
    let sent = world.post("ada", "/settings/mail/test", &[]).await;
    assert_eq!(sent.location(), "/settings/mail?done=sent");
    world.get("ada", sent.location()).await.shows("On its way.");
    let read = |world: &World| {
        let desk = world.desk.clone();
        async move { desk.read(|sql| deliveries::list(sql, None, None, 9)).await.unwrap() }
    };
    let trial = read(&world).await.remove(0);
    assert_eq!((trial.word.as_str(), trial.state), (deliveries::TRIAL, DeliveryState::Waiting));
    world.get("ada", "/settings/mail?state=waiting").await.shows(&trial.address);
    world.get("ada", "/settings/mail?state=dead").await.hides(&trial.address);

    let now = world.desk.now();
    let refused = vec![(trial.id, Outcome::Refused("550 <nobody>".to_owned()))];
    world.desk.write(move |sql| Ok(deliveries::settle(sql, &refused, now)?)).await.unwrap();
    let again = format!("/settings/mail/{}/send-again", trial.id);
    let page = world.get("ada", "/settings/mail?state=dead").await;
    page.shows("550 &lt;nobody&gt;").shows(&again);
    world.get("otto", "/settings/mail?state=dead").await.shows("550").hides(&again);
    assert_eq!(world.post("otto", &again, &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.post("ada", &again, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(read(&world).await[0].state, DeliveryState::Waiting);
    assert_eq!(world.post("ada", &again, &[]).await.status, StatusCode::NOT_FOUND);
}

async fn rating(world: &World, number: IncidentNumber) -> Option<incident::rating::Rating> {
    let stored = world.desk.read(move |sql| store::incidents::load(sql, number)).await.unwrap();
    stored.unwrap().state.rating
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rating_is_chosen_by_its_link_and_given_by_a_press() {
    let world = World::new().await;
    let number = world.report("Printer jams").await;
    resolve(&world, number, "New roller.").await;
    let path = link(&world, "gwen", number, 0).await;
    let open = format!("{path}?score=2");
    world.get("", &open).await.hides("How content are you");
    world.post("", &path, &[("say", "rate"), ("score", "2")]).await;
    assert_eq!(rating(&world, number).await, None, "it is not closed yet");
    world.post("", &path, &[("say", "works")]).await;
    for _ in 0..2 {
        let page = world.get("", &open).await;
        private(&page);
        page.shows(r#"name="score" value="2" required checked"#);
    }
    for odd in ["9", "x", "%00", "2&score=3"] {
        assert_eq!(world.get("", &format!("{path}?score={odd}")).await.status, StatusCode::OK);
    }
    assert_eq!(rating(&world, number).await, None, "looking changes nothing");
    let wrong = world.post("", &path, &[("say", "rate"), ("score", "7")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [("say", "rate"), ("score", "2"), ("words", "It took <ages>")];
    assert_eq!(world.post("", &path, &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(rating(&world, number).await.unwrap().score.get(), 2);
    world.get("", &path).await.shows("You said 2 of 5").shows("You can change that until");
    world.post("", &path, &[("say", "rate"), ("score", "4")]).await;
    assert_eq!(rating(&world, number).await.unwrap().score.get(), 4);
    let page = world.get("mara", &format!("/incidents/{number}")).await;
    page.shows("Rated 2 of 5").shows("It took &lt;ages&gt;");
    page.shows("Ask the requester what went wrong").shows("/complete-task");
    // Others read nothing of it, and by another's link nobody rates.
    let others = link(&world, "peter", number, 0).await;
    let refused = world.post("", &others, &[("say", "rate"), ("score", "1")]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let portal = format!("/portal/incidents/{number}");
    world.get("gwen", &portal).await.shows("You said 4 of 5").hides("It took");
    world.post("gwen", &format!("{portal}/rate"), &[("score", "5")]).await;
    assert_eq!(rating(&world, number).await.unwrap().score.get(), 5);
}
