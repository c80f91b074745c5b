//! Finding: the search page, what is alike, what is offered while somebody types; and that nothing
//! of it tells of what somebody may not see.

use crate::harness::{Page, World, escape};
use axum::http::StatusCode;
use incident::Command;
use kernel::{Channel, IncidentNumber, ProblemNumber};
use std::time::{Duration, Instant};
use store::directory::{Problem, ProblemState};

/// Far more than a page takes, and far less than one that backtracks.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);

/// A desk whose index is in memory.
async fn indexed() -> World {
    let world = World::new().await;
    world.desk.use_search(None);
    world
}

/// The page once everything that was said is found.
async fn get(world: &World, who: &str, path: &str) -> Page {
    world.desk.search_caught_up().await.unwrap();
    world.get(who, path).await
}

async fn get_live(world: &World, who: &str, path: &str) -> Page {
    world.desk.search_caught_up().await.unwrap();
    world.get_live(who, path).await
}

/// An incident that Network alone may see; Peter reported it.
async fn secret(world: &World, title: &str) -> IncidentNumber {
    let number = world.report_as("ines", "peter", title, Some(world.network)).await;
    world.command("ines", number, Command::Restrict { team: Some(world.network) }).await;
    number
}

async fn resolve(world: &World, number: IncidentNumber, words: &str) {
    let path = format!("/incidents/{number}/resolve");
    let done =
        world.post("mara", &path, &[("form", "resolve"), ("code", "fixed"), ("note", words)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_looked_for_is_marked_and_narrowed() {
    let world = indexed().await;
    for title in ["Scanner drops off the wireless", "Scanner charges slowly", "Gate is stuck"] {
        world.report(title).await;
    }
    let page = get(&world, "mara", "/search?q=scanner").await;
    page.shows("<mark>Scanner</mark>")
        .hides("Gate is stuck")
        .shows("aria-label=\"Narrow the search\"");
    // A condition holds beside the words, and is taken away by its link.
    let narrowed =
        get(&world, "mara", "/search?q=scanner+wireless+state%3Aopen&kind=incidents").await;
    narrowed
        .shows("/incidents/INC-1\"")
        .hides("/incidents/INC-2\"")
        .shows("Search without </span>")
        .shows("name=\"kind\" value=\"incidents\"");
    // The number goes first, with or without its letters.
    for typed in ["INC-3", "3"] {
        get(&world, "mara", &format!("/search?q={typed}")).await.shows("/incidents/INC-3\"");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_typing_error_is_forgiven() {
    let world = indexed().await;
    world.report("Scanner drops off the wireless").await;
    get(&world, "mara", "/search?q=scaner")
        .await
        .shows("/incidents/INC-1\"")
        .shows("<mark>Scanner</mark>");
    get(&world, "gwen", "/search?q=scaner").await.shows("/portal/incidents/INC-1\"");
    get_live(&world, "mara", "/palette?q=scaner")
        .await
        .shows("/incidents/INC-1")
        .shows("\"pieces\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_query_is_told_and_looked_for_as_words() {
    let world = indexed().await;
    world.report("Priority printer is dark").await;
    let page = get(&world, "mara", "/search?q=prioritty%3AP1").await;
    page.shows("It was looked for as words").shows("priority:P1").shows("aria-invalid=\"true\"");
    let nothing = get(&world, "mara", "/search?q=zebra+state%3Aopen").await;
    nothing
        .shows("Nothing found")
        .shows("Search without conditions")
        .shows("/search?q=zebra\"")
        .shows("Show it in the queue");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_signed_in_finds_nothing() {
    let world = indexed().await;
    let number = world.report("Gate is stuck").await;
    for path in ["/search?q=gate".to_owned(), format!("/incidents/{number}/similar")] {
        let page = world.get("", &path).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}");
        page.hides("Gate is stuck");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_confidential_to_a_team_is_found_by_that_team_alone() {
    let world = indexed().await;
    world.report("Payroll printer is dark").await;
    let number = secret(&world, "Payroll leak at the scanner").await;
    let paths = [
        "/search?q=payroll".to_owned(),
        "/search?q=payroll+leak&kind=incidents".to_owned(),
        format!("/search?q={number}"),
        "/palette?q=payroll".to_owned(),
        format!("/palette?q={number}"),
        format!("/palette?q=%23{number}"),
        "/incidents/INC-1/similar".to_owned(),
        "/incidents/new?title=payroll+leak".to_owned(),
    ];
    for path in &paths {
        for who in ["mara", "ada"] {
            let page = get(&world, who, path).await;
            page.hides("Payroll leak")
                .hides("<mark>Payroll</mark> leak")
                .hides("leak at the scanner");
        }
    }
    let typed = [("title", "payroll leak at the scanner"), ("description", "")];
    let alike = world.post_live("mara", "/incidents/new/alike", &typed).await;
    alike.hides(&number.to_string()).hides("leak at");
    for path in
        ["/portal/suggest?q=payroll+leak", "/portal/report?title=payroll+leak", "/search?q=payroll"]
    {
        get(&world, "gwen", path).await.hides("leak at the scanner").hides(&number.to_string());
    }
    // Those who may see it find it.
    get(&world, "ines", "/search?q=payroll+leak").await.shows("at the scanner");
    // The counts are of what one may see: the printer alone.
    let counted = get(&world, "mara", "/search?q=payroll").await;
    counted.shows("<span>Incidents</span><span class=\"n\">1</span>");
    assert_eq!(
        world.get("mara", &format!("/incidents/{number}/similar")).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_words_are_answered() {
    let world = indexed().await;
    world.report("Gate is stuck").await;
    let deep = format!("{}gate{}", "(".repeat(400), ")".repeat(400));
    let long = "gate ".repeat(1_000);
    let wild = "*".repeat(500);
    let phrase = format!("\"{}\"", "gate ".repeat(190));
    let regex = "(a+)+$|".repeat(140);
    let begins = "g* ".repeat(330);
    let texts = [
        phrase.as_str(),
        regex.as_str(),
        begins.as_str(),
        deep.as_str(),
        long.as_str(),
        wild.as_str(),
        "\"",
        "\"gate",
        "-",
        "--",
        "gate*?~5^9",
        "state:",
        "NOT OR AND",
        "<i onmouseover=alert(1)>",
        "\u{0}\u{202e}\u{fffd}",
        "𝔤𝔞𝔱𝔢 ﬁ İ ß",
    ];
    for text in texts {
        for who in ["mara", "gwen"] {
            for path in [
                "/search?q=",
                "/search?kind=incidents&page=99999999999999999999&q=",
                "/palette?q=",
                "/portal/suggest?q=",
            ] {
                let begun = Instant::now();
                let page = get(&world, who, &format!("{path}{}", escape(text))).await;
                assert_eq!(page.status, StatusCode::OK, "{who} {path}{text}");
                assert!(begun.elapsed() < ANSWERED_WITHIN, "{who} {path}{text}");
                // The palette answers JSON, which no browser draws.
                if !path.starts_with("/palette") {
                    page.hides("<i onmouseover");
                }
            }
        }
        let typed = [("title", text), ("description", text), ("service", text), ("parent", text)];
        let alike = world.post_live("mara", "/incidents/new/alike", &typed).await;
        assert_eq!(alike.status, StatusCode::OK, "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn similar_incidents_say_how_they_ended_and_are_judged() {
    let world = indexed().await;
    let before = world.report("Handheld scanner drops off the wireless network").await;
    resolve(&world, before, "Roaming was switched on again").await;
    let now = world.report("Handheld scanner drops off the wireless").await;
    let path = format!("/incidents/{now}/similar");

    // The page waits for nothing: a link for those without scripts, the section for others.
    let page = get(&world, "mara", &format!("/incidents/{now}")).await;
    page.shows(&format!("data-lazy=\"{path}\"")).shows("Show what is alike").hides("Not alike");
    let section = get_live(&world, "mara", &path).await;
    section
        .shows("id=\"similar\"")
        .shows("data-patch=\"morph\"")
        .shows(&before.to_string())
        .shows("Roaming was switched on again")
        .shows("Both say")
        .hides("<html");
    let preview = get_live(&world, "mara", &format!("/incidents/{now}/preview")).await;
    preview.shows(&format!("data-lazy=\"{path}?brief=1\""));
    let brief = get_live(&world, "mara", &format!("{path}?brief=1")).await;
    brief.shows("Seen before").shows(&before.to_string()).hides("Not alike");
    get(&world, "mara", &path).await.shows("<h1>Similar incidents</h1>").shows(&before.to_string());
    world.get("otto", &path).await.shows(&before.to_string()).hides("Not alike");

    let other = before.to_string();
    let helped = world.post_live("mara", &path, &[("other", &other), ("say", "helped")]).await;
    helped.shows("It helped before.");
    assert_eq!(helped.header("x-undo"), format!("{path}?other={other}&say="));
    let back = world.post_live("mara", helped.header("x-undo"), &[]).await;
    back.shows(&other).hides("It helped before.");

    let plainly = world.post("mara", &path, &[("other", &other), ("say", "helped")]).await;
    let told = get(&world, "mara", plainly.location()).await;
    told.shows("Counted: ").shows("Undo").shows("It helped before.");
    world.post("mara", &path, &[("other", &other), ("say", "")]).await;

    let dropped = world.post("mara", &path, &[("other", &other), ("say", "not_alike")]).await;
    assert_eq!(dropped.location(), format!("{path}?dropped={other}"));
    let after = get(&world, "mara", dropped.location()).await;
    after.shows("is not shown here any more").shows("Undo").hides("Roaming was switched on");
    world.post("mara", &path, &[("other", &other), ("say", "")]).await;
    get(&world, "mara", &path).await.shows("Roaming was switched on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_error_that_does_not_fit_is_not_offered_again() {
    let world = indexed().await;
    let problem = Problem {
        state: ProblemState::KnownError,
        cause: "The lamp is worn.".to_owned(),
        workaround: "Turn it off and on.".to_owned(),
        ..Problem::titled(ProblemNumber(0), "Projector is dark", world.desk.now())
    };
    let viewer = world.viewer("mara");
    world.desk.make_problem(&viewer, Channel::Web, problem, &[]).await.unwrap();
    let now = world.report("Projector is dark in room 4").await;
    let path = format!("/incidents/{now}/similar");
    let section = get_live(&world, "mara", &path).await;
    section.shows("Apply workaround").shows("aria-label=\"Not this: PRB-1\"");
    world.get("otto", &path).await.shows("PRB-1").hides("Not this");

    let not = [("other", "PRB-1"), ("say", "not_alike")];
    let dropped = world.post_live("mara", &path, &not).await;
    dropped.hides("Turn it off and on.");
    assert_eq!(dropped.header("x-undo"), format!("{path}?other=PRB-1&say="));
    world.post_live("mara", dropped.header("x-undo"), &[]).await.shows("Turn it off and on.");

    let plainly = world.post("mara", &path, &not).await;
    assert_eq!(plainly.location(), format!("{path}?dropped=PRB-1"));
    let told = get(&world, "mara", plainly.location()).await;
    told.shows("PRB-1 is not shown here any more.").shows("Undo").hides("Turn it off and on.");
    world.post("mara", &path, &[("other", "PRB-1"), ("say", "")]).await;
    get(&world, "mara", &path).await.shows("Turn it off and on.");

    let unknown = world.post("mara", &path, &[("other", "PRB-9"), ("say", "not_alike")]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let helped = world.post("mara", &path, &[("other", "PRB-1"), ("say", "helped")]).await;
    assert_eq!(helped.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_alike_the_way_on_is_to_search() {
    let world = indexed().await;
    let alone = world.report("state: zebra at the gate").await;
    let section = get_live(&world, "mara", &format!("/incidents/{alone}/similar")).await;
    section.shows("Nothing like it is known.").shows("/search?q=state%20zebra%20at%20the%20gate");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_writes_names_incidents_and_articles_alike() {
    let world = indexed().await;
    let number = world.report("Roaming fails at the dock").await;
    let article = [
        ("title", "Roaming of scanners"),
        ("body", "Turn off fast roaming."),
        ("language", "en"),
        ("audience", "everyone"),
    ];
    world.post("mara", "/articles", &article).await;
    let publish = [("state", "published"), ("version", "1")];
    world.post("mara", "/articles/KB-1/state", &publish).await;
    let written = get_live(&world, "mara", "/palette?q=%23roaming&records=1").await;
    written.shows(&format!("{number} Roaming")).shows("KB-1 Roaming of scanners");
    // The palette's own sign goes on meaning incidents.
    let plain = get_live(&world, "mara", "/palette?q=%23roaming").await;
    plain.shows(&number.to_string()).hides("KB-1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_requester_who_finds_nothing_can_report_it() {
    let world = indexed().await;
    let page = get(&world, "gwen", "/search?q=zebra").await;
    page.shows("Nothing found").shows("/portal/report?title=zebra").shows("Report something");
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_that_ask_for_a_number_find_it_by_words() {
    let world = indexed().await;
    let other = world.report("Gate camera is black").await;
    let here = world.report("Gate camera shows nothing").await;
    let address = format!("/incidents/{here}/numbers");
    let form = get(&world, "mara", &format!("/incidents/{here}/merge")).await;
    form.shows(&format!("data-suggest=\"{address}\""));
    let found = get_live(&world, "mara", &format!("{address}?q=camera")).await;
    found.shows(&other.to_string()).shows("Gate camera is black").hides(&here.to_string());
    let known = get_live(&world, "mara", &format!("{address}?q={other}")).await;
    assert_eq!(known.body, "[]", "whoever knows the number needs no list");

    // Where it is resolved, what helped is found by words too, each in its field.
    let article = [
        ("title", "Cleaning a gate camera"),
        ("body", "Wipe it."),
        ("language", "en"),
        ("audience", "staff"),
    ];
    world.post("mara", "/articles", &article).await;
    world.post("mara", "/articles/KB-1/state", &[("state", "published"), ("version", "1")]).await;
    let form = get(&world, "mara", &format!("/incidents/{here}/resolve")).await;
    form.shows(&format!("data-suggest=\"{address}?only=articles\""))
        .shows(&format!("data-suggest=\"{address}?only=known_errors\""));
    let articles = get_live(&world, "mara", &format!("{address}?only=articles&q=camera")).await;
    articles.shows("KB-1").hides(&other.to_string());
    let errors = get_live(&world, "mara", &format!("{address}?only=known_errors&q=camera")).await;
    assert_eq!(errors.body, "[]");

    // Problems that fit as well and are no known errors stand in the way of none.
    let now = world.desk.now();
    let known = Problem {
        state: ProblemState::KnownError,
        cause: "Water in the plug.".to_owned(),
        workaround: "Dry it.".to_owned(),
        ..Problem::titled(ProblemNumber(0), "The camera of the north gate is blind in rain", now)
    };
    let others = (0..8).map(|_| Problem::titled(ProblemNumber(0), "Camera", now));
    let viewer = world.viewer("mara");
    for problem in std::iter::once(known).chain(others) {
        world.desk.make_problem(&viewer, Channel::Web, problem, &[]).await.unwrap();
    }
    let errors = get_live(&world, "mara", &format!("{address}?only=known_errors&q=camera")).await;
    errors.shows("PRB-1").hides("PRB-2");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_incident_one_may_not_see_nothing_is_said() {
    let world = indexed().await;
    let (open, hidden) = (world.report("Gate is stuck").await, secret(&world, "Gate leak").await);
    let path = format!("/incidents/{open}/similar");
    let fields = [("other", hidden.to_string()), ("say", "helped".to_owned())];
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(world.post("mara", &path, &fields).await.status, StatusCode::NOT_FOUND);
    let itself = format!("/incidents/{hidden}/similar");
    assert_eq!(
        world.post("mara", &itself, &[("other", "INC-1"), ("say", "helped")]).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        world.post("otto", &path, &[("other", "INC-1"), ("say", "helped")]).await.status,
        StatusCode::FORBIDDEN
    );
    let odd = [("other", "INC-1"), ("say", "louder")];
    assert_eq!(world.post("mara", &path, &odd).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(world.get("gwen", &path).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_about_the_same_becomes_a_child() {
    let world = indexed().await;
    let parent = world.report("Label printer prints nothing at gate 7").await;
    let chosen = parent.to_string();
    let form = get(&world, "mara", "/incidents/new?title=label+printer+prints+nothing").await;
    form.shows("data-alike=\"/incidents/new/alike\"")
        .shows("Is it one of these, for somebody else?")
        .shows(&format!("name=\"parent\" value=\"{chosen}\""));
    let typed = [("title", "label printer prints nothing"), ("parent", chosen.as_str())];
    let alike = world.post_live("mara", "/incidents/new/alike", &typed).await;
    alike
        .shows("data-patch=\"morph\"")
        .shows("data-said=\"1 similar record found\"")
        .shows(" checked");
    // Too little to compare.
    world.post_live("mara", "/incidents/new/alike", &[("title", "la")]).await.hides(&chosen);
    assert_eq!(
        world.post_live("otto", "/incidents/new/alike", &typed).await.status,
        StatusCode::NOT_FOUND
    );

    let peter = world.person("peter").id.to_string();
    let sent = [
        ("caller", "Peter Nowicki"),
        ("requester", peter.as_str()),
        ("title", "Label printer prints nothing"),
        ("parent", chosen.as_str()),
    ];
    let made = world.post("mara", "/incidents/new", &sent).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    world.get("mara", &format!("/incidents/{chosen}")).await.shows("child");

    let hidden = secret(&world, "Label leak").await.to_string();
    let sent = [
        ("caller", "Peter Nowicki"),
        ("requester", peter.as_str()),
        ("title", "Label printer"),
        ("parent", hidden.as_str()),
    ];
    assert_eq!(world.post("mara", "/incidents/new", &sent).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn requesters_are_offered_their_own_that_are_over_too() {
    let world = indexed().await;
    let number = world.report("Headset has no sound").await;
    resolve(&world, number, "Plugged in again").await;
    get_live(&world, "gwen", "/portal/suggest?q=headset+has+no+sound")
        .await
        .shows(&number.to_string())
        .shows("None of these");
    get_live(&world, "peter", "/portal/suggest?q=headset+has+no+sound").await.hides("Headset has");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_room_of_a_major_incident_has_what_is_alike_too() {
    let world = indexed().await;
    let number = world.report("Wireless is down in the hall").await;
    world.command("mara", number, Command::DeclareMajor { reason: None }).await;
    let room = get(&world, "mara", &format!("/incidents/{number}/major")).await;
    room.shows_once(&format!("data-lazy=\"/incidents/{number}/similar\""));
}
