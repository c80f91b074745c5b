//! What is measured of paging while others work: how long after the POST of an alert its page is at the
//! gateway, and whether anybody is paged after somebody took the incident.

use crate::http::{Client, post};
use crate::pace::{self, MakeRequest, Measured, spread};
use crate::scenario::{CLIENTS, print};
use crate::seed;
use crate::server::{Server, run_word};
use crate::sink::{Sink, Sms};
use kernel::IncidentNumber;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// Services, each with a source, a policy, a schedule and two people of its own.
const LINES: u64 = 4;
/// What the numbers of those begin with whom the first step pages.
const FIRST: &str = "+4930100000";
/// The same of the second step.
const SECOND: &str = "+4930200000";
/// From one alert to the next.
const ALERT_EVERY: Duration = Duration::from_millis(100);
/// Notes written a second meanwhile.
const BESIDE: f64 = 500.0;
/// From the first step to the second.
const STEP_SECONDS: u64 = 3;
/// How long after their second step came those are acknowledged that nobody took before.
const GIVEN_SECONDS: u64 = 3;
/// How long the notes go on before the first alert.
const LEAD: Duration = Duration::from_secs(1);
/// How long after the last acknowledgement pages are waited for.
const REST_SECONDS: u64 = 2;
/// Within what paging stops.
const STOPS_WITHIN: Duration = Duration::from_secs(1);

/// Pages by the alert they are about.
type Pages = BTreeMap<u64, Vec<Instant>>;

/// An alert on its way.
struct Alert {
    /// When it is sent.
    due: Instant,
    /// How long after that its incident is acknowledged.
    taken_after: Duration,
    /// The request that tells of it.
    fire: Vec<u8>,
}

/// What became of an alert.
struct Course {
    n: u64,
    due: Instant,
    /// When the acknowledgement of its incident was sent; none where something was refused.
    taken: Option<Instant>,
}

impl Course {
    /// Whether it was acknowledged around its second step, and not long after it.
    fn is_early(&self) -> bool {
        is_early(self.n)
    }
}

/// Sends an alert each tenth of a second, while notes are written, and acknowledges what becomes of it.
/// `last` is the last incident of the store that is open.
pub async fn measure(
    server: &Server,
    sink: &Sink,
    last: IncidentNumber,
    seconds: u64,
) -> Result<(), String> {
    let run = run_word();
    let keys = set_up(server, sink, &run).await?;
    let beside = notes(server, last, seconds);
    let courses = alerts(server, &keys, &run, seconds).await?;
    tokio::time::sleep(Duration::from_secs(REST_SECONDS)).await;
    let came = sink.all();
    tell_first(&courses, &pages(&came, &run, FIRST));
    tell_second(&courses, &pages(&came, &run, SECOND));
    let notes = beside.await.map_err(|error| error.to_string())?;
    print(&format!("notes meanwhile, {BESIDE:.0}/s asked for, {CLIENTS} clients"), &notes);
    Ok(())
}

/// Makes people, who is on call and the sources; the keys of these.
async fn set_up(server: &Server, sink: &Sink, run: &str) -> Result<Vec<String>, String> {
    let mut client = Client::connect(&server.address).await.map_err(|error| error.to_string())?;
    let mut keys = Vec::new();
    for line in 0..LINES {
        let name = format!("Line {run} {line}");
        let first = person(server, &mut client, sink, run, &format!("{FIRST}{line}")).await?;
        let second = person(server, &mut client, sink, run, &format!("{SECOND}{line}")).await?;
        let rotation = json!({
            "unit": "week", "every": 1, "start_local": "2024-01-01T09:00:00", "people": [first],
        });
        let schedule = json!({
            "name": name, "time_zone": "Europe/Berlin",
            "layers": [{ "name": "First", "rotation": rotation }],
        });
        server.ask(&mut client, "/api/v1/schedules", &schedule).await?;
        let policy = json!({
            "name": name, "repeats": 0, "pages_from": "P2",
            "steps": [
                { "after_seconds": 0, "whom": [{ "schedule": name }] },
                { "after_seconds": STEP_SECONDS, "whom": [{ "person": second }] },
            ],
        });
        server.ask(&mut client, "/api/v1/escalation-policies", &policy).await?;
        let service = json!({ "name": name, "escalation_policy": name });
        server.ask(&mut client, "/api/v1/services", &service).await?;
        // More groups than alerts come: a storm would be one incident.
        let source = json!({
            "name": name, "kind": "json", "service": name, "alerts": { "storm_groups": 10_000 },
        });
        let made = server.ask(&mut client, "/api/v1/integrations", &source).await?;
        keys.push(made["key"].as_str().ok_or("a source without a key")?.to_owned());
    }
    Ok(keys)
}

/// Makes somebody who is reached at this number, as the code shows that comes there.
async fn person(
    server: &Server,
    client: &mut Client,
    sink: &Sink,
    run: &str,
    phone: &str,
) -> Result<String, String> {
    let email = format!("{run}-{}@load.example", phone.trim_start_matches('+'));
    let somebody = json!({ "email": email, "name": email, "roles": ["responder"] });
    server.ask(client, "/api/v1/users", &somebody).await?;
    let ways = format!("/api/v1/users/{email}/contact-methods");
    let wanted = json!({ "channel": "sms", "address": phone });
    let way = server.ask(client, &ways, &wanted).await?;
    let id = way["id"].as_str().ok_or("a way without an id")?;
    // It leaves before the answer does.
    let sent = sink.all().into_iter().rfind(|sms| sms.to == phone);
    let text = sent.ok_or_else(|| format!("no code came: {way}"))?.text;
    let digits = text.chars().skip_while(|c| !c.is_ascii_digit());
    let code: String = digits.take_while(char::is_ascii_digit).collect();
    server.ask(client, &format!("{ways}/{id}/verify"), &json!({ "code": code })).await?;
    Ok(email)
}

/// Notes on incidents that are open, until the last alert was acknowledged.
fn notes(server: &Server, last: IncidentNumber, seconds: u64) -> JoinHandle<Measured> {
    let body = r#"{"body":"Looked at it again, the same as before.","visibility":"internal"}"#;
    let note = |number: IncidentNumber| {
        server.call("POST", &format!("/api/v1/incidents/{number}/comment"), body)
    };
    let made: Vec<Vec<u8>> = seed::open_until(last).map(note).collect();
    let make: MakeRequest = Arc::new(move |i: u64| made[(i as usize) % made.len()].clone());
    let address = server.address.clone();
    let seconds = LEAD.as_secs() + seconds + STEP_SECONDS + GIVEN_SECONDS;
    tokio::spawn(async move { pace::open(&address, CLIENTS, seconds, 200, make, BESIDE).await })
}

/// Sends the alerts when they are due, and waits until all were acknowledged.
async fn alerts(
    server: &Server,
    keys: &[String],
    run: &str,
    seconds: u64,
) -> Result<Vec<Course>, String> {
    let start = Instant::now() + LEAD;
    let mut due = start;
    let mut following = Vec::new();
    while due < start + Duration::from_secs(seconds) {
        let n = following.len() as u64;
        // Those that are taken early and late are of every line.
        let key = &keys[(n / 2 % LINES) as usize];
        let told = json!({
            "key": format!("{run}-{n}"), "title": format!("Alarm {run}-{n}"),
            "severity": "critical", "status": "firing",
        });
        let path = format!("/intake/{key}/json");
        let fire = post(&server.address, &path, "", "application/json", &told.to_string());
        let alert = Alert { due, taken_after: taken_after(n), fire };
        let (address, call) = (server.address.clone(), server.caller());
        let task = tokio::spawn(async move { follow(&address, &alert, call).await });
        following.push((n, due, task));
        due += ALERT_EVERY;
    }
    let mut courses = Vec::with_capacity(following.len());
    for (n, due, task) in following {
        let followed = task.await.map_err(|error| error.to_string())?;
        let taken = followed.inspect_err(|words| println!("alert {n}: {words}")).ok();
        courses.push(Course { n, due, taken });
    }
    Ok(courses)
}

fn is_early(n: u64) -> bool {
    n.is_multiple_of(2)
}

/// How long after its alert an incident is acknowledged: each second one around its second step, from
/// half a second before to a tenth after, the others long after it.
fn taken_after(n: u64) -> Duration {
    const BEFORE: Duration = Duration::from_millis(500);
    const WITHIN_MILLISECONDS: u64 = 600;
    let step = Duration::from_secs(STEP_SECONDS);
    match is_early(n) {
        true => step - BEFORE + Duration::from_millis(n * 37 % WITHIN_MILLISECONDS),
        false => step + Duration::from_secs(GIVEN_SECONDS),
    }
}

/// Sends an alert and acknowledges its incident; when that was sent.
async fn follow(
    address: &str,
    alert: &Alert,
    call: impl Fn(&str, &str, &str) -> Vec<u8>,
) -> Result<Instant, String> {
    let words = |error: std::io::Error| error.to_string();
    tokio::time::sleep_until((alert.due - LEAD / 2).into()).await;
    let mut client = Client::connect(address).await.map_err(words)?;
    tokio::time::sleep_until(alert.due.into()).await;
    let answer = client.send(&alert.fire).await.map_err(words)?;
    let told: Value = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
    let number = told["incidents"][0].as_str().ok_or_else(|| format!("no incident: {told}"))?;
    let take = call("POST", &format!("/api/v1/incidents/{number}/acknowledge"), "{}");
    tokio::time::sleep_until((alert.due + alert.taken_after).into()).await;
    let sent = Instant::now();
    let answer = client.send(&take).await.map_err(words)?;
    if answer.status != 200 {
        return Err(format!("acknowledging {number} was answered with {}", answer.status));
    }
    Ok(sent)
}

/// The pages of this run to numbers that begin so.
fn pages(came: &[Sms], run: &str, to: &str) -> Pages {
    let mark = format!("{run}-");
    let mut pages = Pages::new();
    for sms in came.iter().filter(|sms| sms.to.starts_with(to)) {
        let mut words = sms.text.split_whitespace();
        let n: Option<u64> = words.find_map(|word| word.strip_prefix(mark.as_str())?.parse().ok());
        if let Some(n) = n {
            pages.entry(n).or_default().push(sms.at);
        }
    }
    pages
}

/// From the POST of each alert to its page.
fn tell_first(courses: &[Course], pages: &Pages) {
    let page = |course: &Course| pages.get(&course.n)?.iter().min().copied();
    let took: Vec<Duration> = courses
        .iter()
        .filter_map(|course| Some(page(course)?.saturating_duration_since(course.due)))
        .collect();
    println!(
        "page after the POST of its alert, {} alerts of {LINES} services, one each {} ms: {} NEVER CAME, {}",
        courses.len(),
        ALERT_EVERY.as_millis(),
        courses.len() - took.len(),
        spread(took)
    );
    let refused = courses.iter().filter(|course| course.taken.is_none()).count();
    println!("alerts or acknowledgements refused: {refused}");
}

/// What came of the second step where somebody took it, and where nobody did.
fn tell_second(courses: &[Course], pages: &Pages) {
    let came = |course: &Course| pages.get(&course.n).cloned().unwrap_or_default();
    let (early, late): (Vec<&Course>, Vec<&Course>) =
        courses.iter().filter(|course| course.taken.is_some()).partition(|c| c.is_early());
    let after: Vec<Duration> = early
        .iter()
        .filter_map(|course| {
            let taken = course.taken?;
            let after = |at: Instant| at.checked_duration_since(taken);
            came(course).into_iter().filter_map(after).max()
        })
        .collect();
    let too_late = after.iter().filter(|after| **after > STOPS_WITHIN).count();
    let worst = after.iter().max().copied().unwrap_or_default().as_secs_f64() * 1_000.0;
    println!(
        "acknowledged around its second step, {} times: {} paged after it all the same, at most {worst:.1} ms, {too_late} LATER THAN 1 s",
        early.len(),
        after.len()
    );
    let step = Duration::from_secs(STEP_SECONDS);
    let took: Vec<Duration> = late
        .iter()
        .filter_map(|course| {
            let first = came(course).into_iter().min()?;
            Some(first.saturating_duration_since(course.due + step))
        })
        .collect();
    println!(
        "second step of what nobody took, {} times: {} NEVER CAME, after its time {}",
        late.len(),
        late.len() - took.len(),
        spread(took)
    );
}
