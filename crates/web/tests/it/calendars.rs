//! Calendars on screen: hours as people write them, holidays by hand and out of a file,
//! and that nothing is stored before somebody says so.

use crate::harness::{Page, World};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};

const BOUNDARY: &str = "evenkeel-test";

/// The form of an office that is open from 08:00 to 18:00.
pub fn office() -> Vec<(&'static str, &'static str)> {
    let mut fields = vec![("name", "Hamburg office"), ("time_zone", "Europe/Berlin")];
    fields.extend(["mon", "tue", "wed", "thu", "fri"].map(|day| (day, "8-18")));
    fields.extend([("sat", ""), ("sun", "closed"), ("holidays", ""), ("special", "")]);
    fields
}

/// Makes a calendar and answers its id.
pub async fn make(world: &World, fields: &[(&str, &str)]) -> String {
    let made = world.post("ada", "/settings/calendars", fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    made.location().trim_start_matches("/settings/calendars/").split('?').next().unwrap().to_owned()
}

/// Sends a form with a file, as a browser does.
async fn send_file(world: &World, path: &str, fields: &[(&str, &str)], file: &str) -> Page {
    let mut body = String::new();
    for (name, value) in fields {
        body += &format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
    }
    body += &format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"holidays.ics\"\r\ncontent-type: text/calendar\r\n\r\n{file}\r\n--{BOUNDARY}--\r\n"
    );
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
        .header("sec-fetch-site", "same-origin");
    world.send("ada", request, Body::from(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_is_made_from_what_people_write() {
    let world = World::new().await;
    let mut fields = office();
    fields.retain(|(name, _)| !["sat", "holidays", "special"].contains(name));
    fields.extend([
        ("sat", "22:00 to 06:00"),
        ("holidays", "25.12.2099 Christmas Day"),
        ("special", "2099-12-24 8-12 Christmas Eve"),
    ]);
    let id = make(&world, &fields).await;
    world
        .get("ada", "/settings/calendars")
        .await
        .shows("Hamburg office")
        .shows("Mon–Fri 08:00–18:00; Sat 22:00–06:00")
        .shows("Europe/Berlin")
        .shows("nobody yet");
    let page = world.get("otto", &format!("/settings/calendars/{id}")).await;
    page.shows("22:00-06:00")
        .shows("2099-12-25 Christmas Day")
        .shows("2099-12-24 08:00-12:00 Christmas Eve")
        .shows("Fri 25 Dec 2099")
        .shows("<fieldset class=\"bare stack-l\" disabled>")
        .hides("btn-primary");
    world.get("gwen", &format!("/settings/calendars/{id}")).await.hides("Hamburg office");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_at_once_and_nothing_typed_is_lost() {
    let world = World::new().await;
    let page = world
        .post(
            "ada",
            "/settings/calendars",
            &[("name", ""), ("time_zone", "Mars"), ("mon", "9 pm"), ("holidays", "12/25/2026")],
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.shows("4 things to fix")
        .shows("A name is needed")
        .shows("There is no such time zone")
        .shows("“9 pm” is no interval")
        .shows("Line 1: “12/25/2026” does not begin with a date")
        .shows("value=\"9 pm\"")
        .shows("12/25/2026");
    assert!(world.desk.policy().calendars.latest().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_looked_into_before_anything_is_taken() {
    let world = World::new().await;
    let year: i32 = world.desk.now().to_string()[..4].parse().unwrap();
    let file = format!(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:{year}1225\r\nSUMMARY:Christmas Day\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:{year}1226\r\nSUMMARY:Boxing Day\r\nEND:VEVENT\r\n\
         BEGIN:VEVENT\r\nDTSTART:{year}1231T120000Z\r\nSUMMARY:Party\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    let mut fields = office();
    let there = format!("{year}-12-26");
    fields.retain(|(name, _)| *name != "holidays");
    fields.push(("holidays", &there));
    let seen = send_file(&world, "/settings/calendars/new/feed", &fields, &file).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
    let christmas = format!("{year}-12-25 Christmas Day");
    seen.shows(&format!("name=\"take\" value=\"{christmas}\" checked"))
        .hides(&format!("value=\"{year}-12-26 Boxing Day\""))
        .shows("Already in the calendar: 1")
        .shows("1 event left out")
        .shows("has a time of day")
        .shows("value=\"Hamburg office\"");
    fields.push(("take", &christmas));
    let taken = world.post("ada", "/settings/calendars/new/take", &fields).await;
    taken.shows("1 holiday added").shows(&format!("{there}\n{christmas}"));
    assert!(world.desk.policy().calendars.latest().is_empty());

    let torn = send_file(&world, "/settings/calendars/new/feed", &fields, "<html>").await;
    assert_eq!(torn.status, StatusCode::UNPROCESSABLE_ENTITY);
    torn.shows("The file is no iCalendar feed").shows("value=\"Hamburg office\"");
    let none = world.post("ada", "/settings/calendars/new/feed", &fields).await;
    none.shows("Choose an iCalendar file first");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_week_is_drawn_while_the_form_is_filled_in() {
    let world = World::new().await;
    let mut fields = office();
    fields.push(("typing", "1"));
    let typing = world.post_live("ada", "/settings/calendars/new/look", &fields).await;
    typing.shows("id=\"look\"").shows("Mon–Fri 08:00–18:00").hides("<form");
    fields.pop();
    let left = world.post_live("ada", "/settings/calendars/new/look", &fields).await;
    left.shows("id=\"calendar\"").shows("= 08:00-18:00").hides("things to fix");
    let plain = world.post("ada", "/settings/calendars/new/look", &fields).await;
    plain.shows("<!DOCTYPE html>").shows("Mon–Fri 08:00–18:00");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_version_is_kept_beside_the_first_and_the_second_of_two_is_told() {
    let world = World::new().await;
    let id = make(&world, &office()).await;
    let path = format!("/settings/calendars/{id}");
    let mut fields = office();
    fields.retain(|(name, _)| *name != "fri");
    fields.extend([("version", "1"), ("fri", "08:00-14:00"), ("active", "1")]);
    assert_eq!(world.post("ada", &path, &fields).await.status, StatusCode::SEE_OTHER);
    world.get("ada", &path).await.shows("Versions").shows("Mon–Thu 08:00–18:00; Fri 08:00–14:00");
    let late = world.post("ada", &path, &fields).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
    late.shows("Ada Brandt changed this").shows("name=\"version\" value=\"2\"");
    assert_eq!(world.desk.policy().calendars.latest().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn looks_and_errors_keep_the_version_a_form_was_opened_with() {
    let world = World::new().await;
    let path = format!("/settings/calendars/{}", make(&world, &office()).await);
    let mut fields = office();
    fields.extend([("version", "1"), ("active", "1")]);
    assert_eq!(world.post("ada", &path, &fields).await.status, StatusCode::SEE_OTHER);
    let look = world.post_live("ada", &format!("{path}/look"), &fields).await;
    look.shows("name=\"version\" value=\"1\"");
    let mut wrong = fields.clone();
    wrong.retain(|(name, _)| *name != "name");
    let wrong = world.post("ada", &path, &wrong).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.shows("name=\"version\" value=\"1\"");
    let late = world.post("ada", &path, &fields).await;
    assert_eq!(late.status, StatusCode::PRECONDITION_FAILED);
}
