//! What people were told, on their screens.

use crate::harness::World;
use axum::http::StatusCode;
use incident::{Command, Visibility};
use jiff::tz::TimeZone;
use kernel::{Channel, IncidentNumber, Timestamp, limits};
use store::deliveries::{self, ToldSince, inbox};

/// What waits is told, as whoever sends does it.
pub async fn tell(world: &World) {
    let now = world.desk.now();
    let soon = now.plus_seconds(60);
    let since = ToldSince::always(Timestamp::from_micros(0));
    let told = world.desk.write(move |sql| {
        deliveries::expand(sql, since, &TimeZone::UTC, soon, 100)?;
        let ids: Vec<i64> = inbox::arriving(sql, soon, 100)?.iter().map(|one| one.id).collect();
        Ok(inbox::arrive(sql, &ids, now)?)
    });
    told.await.unwrap();
}

async fn say(world: &World, who: &str, number: IncidentNumber, text: &str) {
    let mut ask = world.desk.ask(&world.viewer(who), Channel::Web).on(number);
    let body = ask.words("body", text, limits::BODY_CHARS).unwrap();
    ask.issue(Command::Comment { body, visibility: Visibility::Public }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_requester_reads_in_the_portal_what_they_were_told_and_marks_it() {
    let world = World::new().await;
    let number = world.report("Printer <jams>").await;
    say(&world, "mara", number, "Which <tray>?\nThe upper one?").await;
    world.get("gwen", "/inbox").await.shows("Nothing here yet").hides("Mark all as read");
    tell(&world).await;
    let page = world.get("gwen", "/inbox").await;
    page.shows("Your report has arrived.").shows("Mara Lindqvist wrote:");
    page.shows("Which &lt;tray&gt;? The upper one?").shows("It was reported by you or for you");
    page.shows_once("id=\"bell-n\">2<").shows(&format!("href=\"/portal/incidents/{number}\""));
    page.shows("Printer &lt;jams&gt;").shows("data-stream=\"/live?inbox=1\"");
    // Looking marks nothing; pressing marks one, then all.
    world.get("gwen", "/inbox").await.shows_once("id=\"bell-n\">2<");
    let fields = page.sends("/inbox/read");
    let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(fields[0].0, "until");
    let nothing = world.post("gwen", "/inbox/read", &[]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let id = page.body.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let done = world.post("peter", "/inbox/read", &[("id", id)]).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/inbox"));
    world.get("gwen", "/portal").await.shows_once("id=\"bell-n\">2<");
    world.post("gwen", "/inbox/read", &[("id", id)]).await;
    world.get("gwen", "/portal").await.shows_once("id=\"bell-n\">1<");
    world.get("gwen", "/inbox?show=unread").await.hides("Mara Lindqvist wrote:");
    world.post("gwen", "/inbox/read", &fields).await;
    world.get("gwen", "/inbox?show=unread").await.shows("Nothing unread");
    world.get("gwen", "/inbox").await.shows("id=\"bell-n\" hidden").shows("Mara Lindqvist wrote:");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_may_not_see_any_more_is_neither_shown_nor_counted() {
    let world = World::new().await;
    let team = Some(world.service_desk);
    let number = world.report_as("ines", "gwen", "Printer jams", team).await;
    tell(&world).await;
    let page = world.get("mara", "/inbox").await;
    page.shows("A new incident is with your team.").shows("Service Desk").shows("bell-n\">1<");
    page.shows(&format!("href=\"/incidents/{number}\"")).shows("Printer jams");
    let restrict = Command::Restrict { team: Some(world.network) };
    world.desk.ask(&world.viewer("ines"), Channel::Web).on(number).issue(restrict).await.unwrap();
    let page = world.get("mara", "/inbox").await;
    page.hides("Printer jams").hides(&number.to_string()).shows("id=\"bell-n\" hidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn people_choose_how_they_are_told() {
    let world = World::new().await;
    let page = world.get("gwen", "/me").await;
    page.shows("About what you reported").hides("Given to you or your team");
    page.shows_once("name=\"reported_mail\" value=\"1\" checked");
    let mut fields: Vec<(String, String)> = page.sends("/me/notifications");
    assert!(fields.iter().any(|(name, _)| name == "followed_inbox"));
    fields.retain(|(name, _)| name != "followed_mail" && name != "quiet_from");
    let chosen = |more: &[(&str, &str)]| {
        let mut all = fields.clone();
        all.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
        all.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        all
    };
    let send = async |more: &[(&str, &str)]| {
        let all = chosen(more);
        let all: Vec<_> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        world.post("gwen", "/me/notifications", &all).await
    };
    let wrong = send(&[("quiet_from", "22:00"), ("quiet_until", "")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("Quiet hours need a beginning and an end").shows("value=\"22:00\"");
    wrong.hides("name=\"followed_mail\" value=\"1\" checked");
    send(&[("digest", "day"), ("digest_at", "")]).await.shows("Say at which time");
    send(&[("quiet_from", "25:00"), ("quiet_until", "x")]).await.shows("such as 22:00");
    let good = send(&[
        ("quiet_from", "22:00"),
        ("quiet_until", "07:00:00"),
        ("digest", "day"),
        ("digest_at", "08:00"),
    ]);
    let good = good.await;
    assert_eq!((good.status, good.location()), (StatusCode::SEE_OTHER, "/me?done=notifications"));
    let page = world.get("gwen", "/me?done=notifications").await;
    page.shows("How you are told is stored.").shows("value=\"07:00\"").shows("value=\"08:00\"");
    page.hides("name=\"followed_mail\" value=\"1\" checked");
    world.get("mara", "/me").await.shows("Given to you or your team").hides("value=\"22:00\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follower_stops_following_by_one_press_and_looking_changes_nothing() {
    let world = World::new().await;
    let number = world.report("Printer jams").await;
    let peter = world.person("peter").id;
    let watch = Command::Watch { person: Some(peter) };
    world.desk.ask(&world.viewer("mara"), Channel::Web).on(number).issue(watch).await.unwrap();
    let until = world.desk.now().plus_days(1);
    let link = desk::seals::Unfollow { number, person: peter, until };
    let path = format!("/u/{}", world.desk.seals().await.unwrap().unfollow(&link));
    let follows = async || {
        let stored = world.desk.read(move |sql| store::incidents::load(sql, number)).await;
        stored.unwrap().unwrap().state.watchers.contains(&peter)
    };
    for _ in 0..2 {
        world.get("", &path).await.shows(&format!("Stop following {number}?"));
    }
    assert!(follows().await);
    let cut = &path[..path.len() - 1];
    assert_eq!(world.post("", cut, &[]).await.status, StatusCode::NOT_FOUND);
    assert!(follows().await);
    // Out of sight they still stop being told.
    let restrict = Command::Restrict { team: Some(world.service_desk) };
    world.desk.ask(&world.viewer("mara"), Channel::Web).on(number).issue(restrict).await.unwrap();
    assert!(follows().await);
    // As a mail program sends it, which has no cookie and no page of ours.
    let press = crate::harness::form(&path).header("origin", "null");
    let body = axum::body::Body::from("List-Unsubscribe=One-Click");
    let done = world.send("", press, body).await;
    assert_eq!(done.status, StatusCode::OK);
    done.shows("You do not follow this incident any more.");
    assert!(!follows().await);
    assert_eq!(world.post("", &path, &[]).await.status, StatusCode::OK, "twice is fine");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_by_mail_ends_by_one_press_of_its_reader() {
    let world = World::new().await;
    let (manager, reader) = (world.viewer("ines"), world.person("mara").id);
    let mailing = store::reports::mailed::Mailing {
        id: kernel::ReportId(desk::fresh()),
        owner: manager.person,
        report: insight::report::Name::Hops,
        by: insight::report::By::Team,
        query: String::new(),
        zone: "UTC".to_owned(),
        past: insight::report::Past::LastWeek,
        turn: insight::report::Turn { pace: insight::report::Pace::Weekly, day: 1, hour: 7 },
        people: [reader].into(),
        done_until: world.desk.now(),
        version: 1,
    };
    let id = mailing.id;
    world
        .desk
        .change(desk::command_line(), move |sql, audit| {
            desk::reports::mailed::make(sql, audit, &manager, mailing)
        })
        .await
        .unwrap();
    let until = world.desk.now().plus_days(1);
    let link = desk::seals::Unmail { person: reader, report: id, until };
    let path = format!("/u/{}", world.desk.seals().await.unwrap().unmail(&link));
    world.get("", &path).await.shows("No more letters with the report “Moves between teams”?");
    let mailed = async || world.desk.read(store::reports::mailed::all).await.unwrap().len();
    assert_eq!(mailed().await, 1, "looking changes nothing");
    let press = crate::harness::form(&path).header("origin", "null");
    let body = axum::body::Body::from("List-Unsubscribe=One-Click");
    let done = world.send("", press, body).await;
    assert_eq!(done.status, StatusCode::OK);
    done.shows("You get no more letters with this report.");
    assert_eq!(mailed().await, 0);
    world.get("", &path).await.shows("You get no more letters").hides("<form");
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_with_collected_news_end_by_one_press_in_the_readers_language() {
    let world = World::new().await;
    let peter = world.person("peter").id;
    let until = world.desk.now().plus_days(1);
    let link = desk::seals::Uncollect { person: peter, until };
    let path = format!("/u/{}", world.desk.seals().await.unwrap().uncollect(&link));
    world.get("", &path).await.shows("No more letters with collected news?");
    let told = async || {
        let read = move |sql: &mut dyn store::Sql| store::directory::told_how::get(sql, peter);
        world.desk.read(read).await.unwrap().channels
    };
    assert!(told().await.is_empty(), "looking changes nothing");
    let press = crate::harness::form(&path).header("origin", "null");
    let body = axum::body::Body::from("List-Unsubscribe=One-Click");
    let done = world.send("", press, body).await;
    assert_eq!(done.status, StatusCode::OK);
    done.shows("Your inbox has it");
    let news = told().await[&incident::telling::Group::Followed];
    assert!(!news.mail && news.inbox);
    world.get("", &path).await.shows("Your inbox has it").hides("<form");
    world
        .desk
        .change(desk::command_line(), move |sql, _| {
            let mut person = store::directory::people::get(sql, peter)?.unwrap();
            person.language = Some(kernel::Language::De);
            store::directory::people::update(sql, &person, person.version)?;
            Ok(())
        })
        .await
        .unwrap();
    world.get("", &path).await.shows("lang=\"de\"").shows("Posteingang");
}
