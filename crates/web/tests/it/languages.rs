//! What requesters meet, in their language; what letters say, in an administrator's words.

use crate::harness::{Page, World, form};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use desk::command_line;
use desk::seals::Link;
use incident::Command;
use kernel::{Channel, Language, limits};
use std::sync::Arc;
use store::directory::letters::{self, LetterKind};
use store::directory::people;

async fn reads(world: &World, who: &str, language: Language) {
    let id = world.person(who).id;
    world
        .desk
        .change(command_line(), move |sql, _audit| {
            let mut person = people::get(sql, id)?.unwrap();
            person.language = Some(language);
            people::update(sql, &person, person.version)?;
            Ok(())
        })
        .await
        .unwrap();
}

async fn get_asking(world: &World, path: &str, header: (&str, &str)) -> Page {
    world.send("", Request::get(path).header(header.0, header.1), Body::empty()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_speaks_the_language_of_its_reader() {
    let world = World::new().await;
    let number = world.report("Drucker <dunkel>").await;
    reads(&world, "gwen", Language::De).await;
    let page = world.get("gwen", "/portal").await;
    page.shows("<html lang=\"de\"").shows("Was funktioniert nicht?").shows("Eingegangen");
    page.shows("data-words=").hides("Your open incidents").hides("Reported");
    let path = format!("/portal/incidents/{number}");
    let page = world.get("gwen", &path).await;
    page.shows("Drucker &lt;dunkel&gt;").shows("Was geschehen ist").shows("Ihre Meldungen");
    let empty = world.post("gwen", &format!("{path}/withdraw"), &[("reason", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    empty.shows("Schreiben Sie in ein paar Worten, warum.");
    let report = world.post("gwen", "/portal/report", &[("title", ""), ("urgency", "2")]).await;
    report.shows("Eine Angabe ist zu berichtigen");
    report.shows("Schreiben Sie in ein paar Worten, was nicht funktioniert");
    world.get("gwen", "/me").await.shows("Ihr Konto").shows("Sie haben kein Passwort.");
    world.get("gwen", "/search?q=zzz").await.shows("Nichts gefunden");
    let missing = world.get("gwen", "/portal/incidents/INC-999").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    missing.shows("Hier ist nichts").shows("Zur Startseite");

    // Staff read their own language where requesters do, and English at work.
    reads(&world, "mara", Language::Pl).await;
    world.get("mara", "/portal").await.shows("<html lang=\"pl\"").shows("Co nie działa?");
    world.get("mara", "/queue").await.shows("<html lang=\"en\"").hides("data-words=");
    world.get("mara", "/nothing").await.shows("Nothing is here");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_signed_in_reads_what_they_chose_or_their_browser_asks_for() {
    let world = World::new().await;
    for (header, said) in [
        (("accept-language", "es-ES,es;q=0.9,en;q=0.5"), "Iniciar sesión en Evenkeel"),
        (("accept-language", "xx"), "Sign in to Evenkeel"),
        (("cookie", "a=b; evenkeel_language=fr"), "Se connecter à Evenkeel"),
        (("cookie", "evenkeel_language=xx"), "Sign in to Evenkeel"),
    ] {
        get_asking(&world, "/sign-in", header).await.shows(said);
    }
    get_asking(&world, "/nothing", ("accept-language", "pl")).await.shows("Nic tu nie ma");
    let wrong = form("/sign-in").header("accept-language", "pt-BR");
    let wrong = world.send("", wrong, Body::from("email=a@b.c&password=x")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("Você não entrou.").shows("href=\"#pw\"");

    // Chosen at the foot of a page: for the browser, and for the person who is signed in.
    let chosen = world.post("", "/language", &[("language", "de")]).await;
    assert_eq!(chosen.status, StatusCode::SEE_OTHER);
    assert!(chosen.header("set-cookie").starts_with("evenkeel_language=de; Path=/; HttpOnly"));
    world.post("peter", "/language", &[("language", "fr")]).await;
    world.get("peter", "/portal").await.shows("Qu’est-ce qui ne fonctionne pas ?");
    let wrong = world.post("peter", "/language", &[("language", "xx")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    world.post("peter", "/me/preferences", &[("language", ""), ("time_zone", "")]).await;
    world.get("peter", "/portal").await.shows("What is not working?");
    let general =
        [("version", "0"), ("name", "Hilfe"), ("time_zone", "Europe/Berlin"), ("language", "pl")];
    let saved = world.post("ada", "/settings/general", &general).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    world.get("peter", "/portal").await.shows("Co nie działa?");
    world.get("", "/sign-in").await.shows("Logowanie: Hilfe");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letters_link_leads_to_a_page_in_the_letters_language() {
    let world = World::new().await;
    let number = world.report("Drukarka").await;
    reads(&world, "gwen", Language::Pl).await;
    let mut ask = world.desk.ask(&world.viewer("mara"), Channel::Web).on(number);
    let note = ask.words("note", "Nowy wałek.", limits::BODY_CHARS).unwrap();
    let code = "fixed".to_owned();
    let command = Command::Resolve { code, note, cause: None, known_error: None, children: false };
    ask.issue(command).await.unwrap();
    let until = world.desk.now().plus_days(30);
    let link = Link { number, person: world.person("gwen").id, reopenings: 0, until };
    let path = format!("/a/{}", world.desk.seals().await.unwrap().link(&link));
    let page = get_asking(&world, &path, ("accept-language", "en")).await;
    page.shows("<html lang=\"pl\"").shows("Czy teraz działa?").shows("Nowy wałek.");
    let empty = world.post("", &path, &[("say", "broken"), ("note", "")]).await;
    empty.shows("Prosimy w kilku słowach napisać, co nadal nie działa.");
    world.post("", &path, &[("say", "works")]).await;
    world.get("", &path).await.shows("Zgłoszenie jest zamknięte. Dziękujemy");
    get_asking(&world, "/a/x", ("accept-language", "de")).await.shows("führt nirgendwohin");
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_say_what_letters_say() {
    let draw: Arc<web::Draw> = Arc::new(|own, value| {
        let shown = |place| value(place).unwrap_or_default();
        let text = format!("{} for {} about {}", own.opening, shown("reader"), shown("title"));
        web::DrawnLetter { subject: own.subject.clone(), html: text.clone(), text }
    });
    let draw_letter = Some(web::DrawLetter(draw));
    let world = World::with(web::Options { draw_letter, ..web::Options::default() }).await;
    let path = "/settings/letters/received/de";
    world.get("ada", "/settings/letters").await.shows(path).hides("yours");
    assert_eq!(world.get("gwen", path).await.status, StatusCode::FORBIDDEN);
    for unknown in ["/settings/letters/nonsense/de", "/settings/letters/received/xx"] {
        assert_eq!(world.get("ada", unknown).await.status, StatusCode::NOT_FOUND);
    }
    world.get("otto", path).await.hides("name=\"opening\"");
    let words =
        [("version", "0"), ("subject", "Ihre Meldung {number}"), ("opening", "Guten Tag {reader}")];
    assert_eq!(world.post("otto", path, &words).await.status, StatusCode::FORBIDDEN);

    // What cannot be read is refused with its line, and kept in the form.
    let broken = [("version", "0"), ("opening", "Guten Tag\n\n{readr} <b>")];
    let refused = world.post("ada", path, &broken).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.shows("Line 3: there is no {readr}").shows("{readr} &lt;b&gt;");
    let inside = world.post("ada", path, &[("version", "0"), ("opening", "P: {priority}")]).await;
    assert_eq!(inside.status, StatusCode::UNPROCESSABLE_ENTITY);
    inside.shows("{priority} is for people of the service desk alone");
    let long = "x".repeat(1_001);
    let refused = world.post("ada", path, &[("version", "0"), ("closing", &long)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    // Looking stores nothing; a real incident lends its words, and they stay words.
    let number = world.report("<script>{number}").await.to_string();
    let looked = [words[0], words[1], words[2], ("number", number.as_str()), ("look", "1")];
    let page = world.post("ada", path, &looked).await;
    page.shows("for Gwen Tarrant about &lt;script&gt;{number}").shows("sandbox");
    world.get("ada", "/settings/letters").await.hides("yours");

    let saved = world.post("ada", path, &words).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    world.get("ada", "/settings/letters").await.shows_once("yours");
    let stored = |world: &World| {
        let desk = world.desk.clone();
        let (kind, language) = (LetterKind::Received, Language::De);
        async move { desk.read(move |sql| letters::get(sql, kind, language)).await.unwrap() }
    };
    let own = stored(&world).await.unwrap();
    assert_eq!((own.subject.as_str(), own.version), ("Ihre Meldung {number}", 1));
    // Whoever opened the form before that is told.
    let stale = world.post("ada", path, &words).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    let back = world.post("ada", &format!("{path}/revert"), &[("version", "1")]).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER);
    assert_eq!(stored(&world).await, None);
    world.get("ada", "/settings/audit?subject=letter").await.shows("received de");

    // Letters to people of the service desk are edited and looked at in the same way.
    let path = "/settings/letters/time_over/pl";
    world.get("ada", "/settings/letters").await.shows("To people of the service desk").shows(path);
    let words = [("version", "0"), ("subject", "{priority}"), ("opening", "Termin {due}")];
    let look = [&words[..], &[("look", "1")][..]].concat();
    world.post("ada", path, &look).await.shows("Termin {due} for Ada");
    let saved = world.post("ada", path, &words).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    world.get("ada", "/settings/letters").await.shows_once("yours");
}
