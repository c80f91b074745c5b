//! From an alert to a telephone: who is on call is paged, an answer stops it, and a server that
//! dies on the way keeps nothing from coming.

use super::room::{Room, fire, text};
use super::sink::{Sink, Sms};
use crate::harness::{Home, Server};
use crate::http::Client;
use crate::machine::until;
use crate::postgres::Database;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

const INES: &str = "ines@company.example";
const INES_PHONE: &str = "+49301234567";
const MARA: &str = "mara@company.example";
const MARA_PHONE: &str = "+49307654321";
/// Far beyond the second in which pages leave, on a machine that does much else.
const BOUND: Duration = Duration::from_secs(20);
/// The path of the gateway for the first server.
const FIRST: &str = "/first";
/// That for the second one.
const SECOND: &str = "/second";

fn serve(home: &Home, sink: &Sink, path: &str) -> Server {
    let settings = sink.settings(path);
    home.serve_with(&settings.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Ines is on call by a schedule; Mara is paged so many seconds later. The key of the source.
fn set_up(room: &Room, server: &Server, sink: &Sink, seconds: i64) -> String {
    for (email, name) in [(INES, "Ines"), (MARA, "Mara")] {
        let args = ["user", "add", "--email", email, "--name", name, "--role", "responder"];
        room.home.run(&args).done();
    }
    let client = &mut server.client();
    for (email, phone) in [(INES, INES_PHONE), (MARA, MARA_PHONE)] {
        reach(room, client, sink, email, phone);
    }
    let rotation = json!({ "unit": "week", "every": 1, "start_local": "2026-01-05T09:00:00",
        "people": [INES] });
    let schedule = json!({ "name": "Network", "time_zone": "Europe/Berlin",
        "layers": [{ "name": "First", "rotation": rotation }] });
    room.post(client, "/api/v1/schedules", &schedule);
    let steps = json!([{ "after_seconds": 0, "whom": [{ "schedule": "Network" }] },
        { "after_seconds": seconds, "whom": [{ "person": MARA }] }]);
    let policy = json!({ "name": "Network", "repeats": 0, "pages_from": "P2", "steps": steps });
    room.post(client, "/api/v1/escalation-policies", &policy);
    let service = json!({ "name": "VPN", "escalation_policy": "Network" });
    room.post(client, "/api/v1/services", &service);
    room.source(client, "json", &json!({ "service": "VPN" }))
}

/// Somebody's telephone, verified by the code that came.
fn reach(room: &Room, client: &mut Client, sink: &Sink, email: &str, phone: &str) {
    let ways = format!("/api/v1/users/{email}/contact-methods");
    let way = room.post(client, &ways, &json!({ "channel": "sms", "address": phone }));
    let came = sink.wait(phone, 1).remove(0);
    let digits = came.text.chars().skip_while(|c| !c.is_ascii_digit());
    let code: String = digits.take_while(char::is_ascii_digit).collect();
    let verify = format!("{ways}/{}/verify", text(&way["id"]));
    let verified = room.post(client, &verify, &json!({ "code": code }));
    assert!(verified["verified_at"].is_string(), "{verified}");
}

fn down(key: &str) -> Value {
    json!({ "key": key, "title": "VPN is down", "severity": "critical", "status": "firing" })
}

/// The pages among what a telephone got.
fn pages(sink: &Sink, phone: &str) -> Vec<Sms> {
    sink.to(phone).into_iter().filter(|sms| sms.text.contains("/a/")).collect()
}

#[track_caller]
fn wait_page(sink: &Sink, phone: &str) -> Sms {
    until(&format!("a page to {phone}"), || pages(sink, phone).into_iter().next())
}

/// How many pages that is, however often each came.
fn different(pages: &[Sms]) -> usize {
    pages.iter().map(|sms| sms.id.as_str()).collect::<BTreeSet<_>>().len()
}

fn only_incident(room: &Room, client: &mut Client) -> String {
    let all = room.incidents(client);
    assert_eq!(all.len(), 1, "{all:?}");
    text(&all[0]["number"])
}

#[test]
fn an_alert_reaches_the_telephone_and_the_link_stops_it() {
    let (room, sink) = (Room::new(), Sink::open());
    let server = serve(&room.home, &sink, FIRST);
    let key = set_up(&room, &server, &sink, 6);
    let client = &mut server.client();
    let began = Instant::now();
    fire(client, &key, &down("vpn"));
    let page = wait_page(&sink, INES_PHONE);
    let took = page.at - began;
    println!("from alert to page: {} ms", took.as_millis());
    assert!(took < BOUND, "{took:?}");
    let number = only_incident(&room, client);
    assert!(page.text.starts_with(&format!("{number} P1 VPN is down")), "{page:?}");
    // Looking changes nothing.
    assert_eq!(client.get(&page.link(), &[]).status, 200);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(client.post(&page.link(), &form, "say=acknowledge").status, 303);
    let incident = room.get(client, &format!("/api/v1/incidents/{number}"));
    assert_eq!(incident["paging"]["state"], "acknowledged", "{incident}");
    assert_eq!(incident["paging"]["acknowledged_by"], json!([INES]), "{incident}");
    let ledger = room.get(client, &format!("/api/v1/paging/ledger?incident={number}"));
    let states: Vec<&str> = ledger["items"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|promise| promise["state"].as_str().expect("a word"))
        .collect();
    assert_eq!(states[..2], ["kept", "called_off"], "{ledger}");
    // Of what nobody answers the second step comes, later than it would have come of this one.
    fire(client, &key, &json!({ "key": "lan", "title": "LAN is down", "severity": "critical" }));
    let second = wait_page(&sink, MARA_PHONE);
    assert!(second.text.contains("LAN is down"), "{second:?}");
    assert_eq!(different(&pages(&sink, MARA_PHONE)), 1);
    assert_eq!(different(&pages(&sink, INES_PHONE)), 2);
    assert!(server.stop().success());
    room.home.run(&["verify"]).done();
}

#[test]
fn killed_servers_page_all_the_same() {
    let (room, sink) = (Room::new(), Sink::open());
    let server = serve(&room.home, &sink, FIRST);
    let key = set_up(&room, &server, &sink, 8);
    // The page is on its way, or not yet, when the server dies.
    sink.silence(FIRST, true);
    fire(&mut server.client(), &key, &down("vpn"));
    server.kill();
    sink.silence(FIRST, false);
    let server = serve(&room.home, &sink, FIRST);
    wait_page(&sink, INES_PHONE);
    // Once more while it waits for the second step.
    server.kill();
    let server = serve(&room.home, &sink, FIRST);
    wait_page(&sink, MARA_PHONE);
    assert_eq!(different(&pages(&sink, INES_PHONE)), 1, "{:?}", pages(&sink, INES_PHONE));
    assert_eq!(different(&pages(&sink, MARA_PHONE)), 1, "{:?}", pages(&sink, MARA_PHONE));
    let number = only_incident(&room, &mut server.client());
    assert_eq!(room.entries(&mut server.client(), &number, "paging_began").len(), 1);
    assert!(server.stop().success());
    room.home.run(&["verify"]).done();
}

#[test]
fn the_other_server_goes_on() {
    let Some(database) = Database::create("paging") else { return };
    let (room, sink) = (Room::on(Some(database.url.clone())), Sink::open());
    let other_home = Home::on(Some(database.url.clone()));
    let first = serve(&room.home, &sink, FIRST);
    let key = set_up(&room, &first, &sink, 8);
    let second = serve(&other_home, &sink, SECOND);
    // Whoever takes the page gets no answer and dies with it.
    sink.silence(FIRST, true);
    sink.silence(SECOND, true);
    fire(&mut first.client(), &key, &down("vpn"));
    let taken = wait_page(&sink, INES_PHONE);
    let (holder, other, path) =
        if taken.path == FIRST { (first, second, SECOND) } else { (second, first, FIRST) };
    holder.kill();
    sink.silence(path, false);
    let mara = wait_page(&sink, MARA_PHONE);
    assert_eq!(mara.path, path);
    until("the page comes from the other server", || {
        pages(&sink, INES_PHONE).into_iter().find(|sms| sms.path == path)
    });
    assert_eq!(different(&pages(&sink, INES_PHONE)), 1, "{:?}", pages(&sink, INES_PHONE));
    assert_eq!(different(&pages(&sink, MARA_PHONE)), 1, "{:?}", pages(&sink, MARA_PHONE));
    only_incident(&room, &mut other.client());
    assert!(other.stop().success());
    room.home.run(&["verify"]).done();
}
