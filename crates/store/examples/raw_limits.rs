//! What the machine could do: the rows of a new incident (2 events, state, 2 contents
//! with their words, 2 words to be sent, each as long as a report over the API makes it)
//! written through the store alone, merged by 1, 16 and 64 into one durable transaction,
//! and what reading costs. What is told and counted after a report is not among them.
//!
//! ```text
//! cargo run --release -p evenkeel-store --example raw_limits -- SECONDS evenkeel.db postgres://…
//! ```
//!
//! Anything that is no PostgreSQL URL is the file of a SQLite database. Give databases
//! that may be filled: the rows stay.

use std::time::{Duration, Instant};
use store::engine::words_insert;
use store::{Columns, Engine, Failure, Row, Sql, Store, Table, Target, Type, Value};

const TITLE: &str = "Label printer 80 prints nothing";
const DESCRIPTION: &str = "Since about 12:40 on lines 3 to 6. Restarting did not help.";
const INPUT: &str = r#"{"input":{"command":"report","title":"0191e3c2-7b1a-7c3e-9d52-0c8f6f1f2a3b","description":"0191e3c2-7b1a-7c3e-9d52-0c8f6f1f2a3c","requester":"0191e3c2-7b1a-7c3e-9d52-0c8f6f1f2a3d","service":"0191e3c2-7b1a-7c3e-9d52-0c8f6f1f2a3d"}}"#;
const REPORTED: &str = r#"{"title":"0191e3c2-7b1a-7c3e-9d52-0c8f6f1f2a3b","description":"0191e3c2-7b1a-7c3e-9d52-0c8f6f1f2a3c","requester":"0191e3c2-7b1a-7c3e-9d52-0c8f6f1f2a3d","service":"0191e3c2-7b1a-7c3e-9d52-0c8f6f1f2a3d","impact":2,"urgency":2,"priority":"P3","team":"0191e3c2-7b1a-7c3e-9d52-0c8f6f1f2a3d","agreement":{"id":"0191e3c2-7b1a-7c3e-9d52-0c8f6f1f2a3d","version":1}}"#;
const DERIVED: &str =
    r#"{"derived":{"by":"policy","name":"Standard, round the clock","version":1}}"#;
const CLOCKS: &str = r#"{"clocks":[{"kind":"acknowledge","status":"running","target_seconds":3600,"used_micros":0,"since":"2026-11-30T06:36:26.76895Z","due_at":"2026-11-30T07:36:26.76895Z"},{"kind":"response","status":"running","target_seconds":7200,"used_micros":0,"since":"2026-11-30T06:36:26.76895Z","due_at":"2026-11-30T08:36:26.76895Z"},{"kind":"resolution","status":"running","target_seconds":172800,"used_micros":0,"since":"2026-11-30T06:36:26.76895Z","due_at":"2026-12-02T06:36:26.76895Z"}]}"#;
const TERMS: &str = r#"{"rule":"reported-requester","added":false,"channels":{"mail":true,"inbox":true,"push":true},"always":false}"#;
const ID: &str = "0191e3c2-7b1a-7c3e-9d52-0c8f6f1f2a3d";
const AT: i64 = 1_750_000_000_000_000;

const INCIDENTS: Table = Table {
    name: "incidents",
    columns: &[
        ("number", Type::Int),
        ("version", Type::Int),
        ("title", Type::Text),
        ("state", Type::Text),
        ("priority", Type::Int),
        ("impact", Type::Int),
        ("urgency", Type::Int),
        ("service_id", Type::Text),
        ("team_id", Type::Text),
        ("requester_id", Type::Text),
        ("channel", Type::Text),
        ("major", Type::Int),
        ("reported_at", Type::Int),
        ("updated_at", Type::Int),
        ("due_at", Type::Int),
        ("breached", Type::Int),
        ("reopenings", Type::Int),
        ("wake_at", Type::Int),
        ("body", Type::Text),
    ],
    suffix: "",
};

const EVENTS: Table = Table {
    name: "events",
    columns: &[
        ("seq", Type::Int),
        ("number", Type::Int),
        ("n", Type::Int),
        ("kind", Type::Text),
        ("version", Type::Int),
        ("at", Type::Int),
        ("happened_at", Type::Int),
        ("actor_kind", Type::Text),
        ("actor_id", Type::Text),
        ("actor_name", Type::Text),
        ("channel", Type::Text),
        ("cause", Type::Text),
        ("data", Type::Text),
        ("public", Type::Int),
        ("hash", Type::Bytes),
    ],
    suffix: "",
};

const CONTENTS: Table = Table {
    name: "contents",
    columns: &[
        ("id", Type::Text),
        ("number", Type::Int),
        ("seq", Type::Int),
        ("public", Type::Int),
        ("salt", Type::Bytes),
        ("digest", Type::Bytes),
        ("body", Type::Text),
    ],
    suffix: "",
};

const OUTBOX: Table = Table {
    name: "outbox",
    columns: &[
        ("number", Type::Int),
        ("n", Type::Int),
        ("word", Type::Text),
        ("audience", Type::Text),
        ("not_before", Type::Int),
        ("created_at", Type::Int),
        ("terms", Type::Text),
    ],
    suffix: "",
};

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let seconds = arguments.next().and_then(|seconds| seconds.parse().ok()).unwrap_or(3);
    let duration = Duration::from_secs(seconds);
    for argument in arguments {
        let target = if argument.starts_with("postgres") {
            Target::Postgres(argument)
        } else {
            Target::Sqlite(argument.into())
        };
        let store = Store::open(&target)?;
        println!("{target}");
        for merged in [1, 16, 64] {
            let rate = write(&store, merged, duration)?;
            println!("  {merged:>2} in a transaction: {rate:>8.0} incidents/s");
        }
        read(&store, duration)?;
    }
    Ok(())
}

/// Incidents written per second.
fn write(store: &Store, merged: i64, duration: Duration) -> Result<f64, Failure> {
    let mut writer = store.writer()?;
    let (start, mut count) = (Instant::now(), 0);
    while start.elapsed() < duration {
        writer.transaction(|sql| transaction(sql, merged))?;
        count += merged;
    }
    Ok(count as f64 / start.elapsed().as_secs_f64())
}

fn transaction(sql: &mut dyn Sql, merged: i64) -> Result<(), Failure> {
    let lock = match sql.engine() {
        Engine::Sqlite => "select position, next_incident from log_head",
        Engine::Postgres => "select position, next_incident from log_head for update",
    };
    let mut head = Columns::of(sql.query(lock, &[])?.into_iter().next().unwrap_or_default());
    let (position, first) = (head.int()?, head.int()?);
    let (mut incidents, mut events, mut contents, mut outbox, mut words) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for index in 0..merged {
        let (number, seq) = (first + index, position + 2 * index + 1);
        incidents.push(incident(number));
        for n in 0..2 {
            events.push(event(number, seq + n, n + 1));
        }
        for (place, body) in [TITLE, DESCRIPTION].into_iter().enumerate() {
            let id = format!("{number:08x}-0000-7000-8000-{place:012x}");
            words.push((Value::from(&id), Value::from(body)));
            let (salt, digest) = (vec![7u8; 16], vec![9u8; 32]);
            contents.push(vec![
                id.into(),
                number.into(),
                seq.into(),
                1.into(),
                salt.into(),
                digest.into(),
                body.into(),
            ]);
        }
        for audience in ["requester", "team"] {
            outbox.push(vec![
                number.into(),
                1.into(),
                "reported".into(),
                format!("{{\"{audience}\":\"{ID}\"}}").into(),
                AT.into(),
                AT.into(),
                TERMS.into(),
            ]);
        }
    }
    sql.insert(&INCIDENTS, incidents)?;
    sql.insert(&EVENTS, events)?;
    sql.insert(&CONTENTS, contents)?;
    words_insert(sql, words)?;
    sql.insert(&OUTBOX, outbox)?;
    let update = "update log_head set position = position + $1, next_incident = next_incident + $2, hash = $3";
    sql.execute(update, &[(2 * merged).into(), merged.into(), vec![3u8; 32].into()])?;
    Ok(())
}

fn incident(number: i64) -> Row {
    vec![
        number.into(),
        2.into(),
        TITLE.into(),
        "new".into(),
        3.into(),
        2.into(),
        2.into(),
        ID.into(),
        ID.into(),
        ID.into(),
        "web".into(),
        0.into(),
        (AT + number).into(),
        (AT + number).into(),
        (AT + number + 3_600_000_000).into(),
        0.into(),
        0.into(),
        (AT + number + 1_800_000_000).into(),
        format!("{REPORTED}{CLOCKS}{}", " ".repeat(400)).into(),
    ]
}

fn event(number: i64, seq: i64, n: i64) -> Row {
    vec![
        seq.into(),
        number.into(),
        n.into(),
        "reported".into(),
        1.into(),
        AT.into(),
        AT.into(),
        "person".into(),
        ID.into(),
        "Mara Voss".into(),
        "web".into(),
        if n == 1 { INPUT } else { DERIVED }.into(),
        if n == 1 { REPORTED } else { CLOCKS }.into(),
        1.into(),
        vec![5u8; 32].into(),
    ]
}

fn read(store: &Store, duration: Duration) -> Result<(), Failure> {
    let count = store.read_blocking(|sql| sql.query("select count(*) from incidents", &[]))?;
    let count = Columns::of(count.into_iter().next().unwrap_or_default()).int()?;
    let state = "select body from incidents where number = $1";
    let events = "select seq, kind, at, actor_name, data from events where number >= $1 order by number, n limit 50";
    for (what, statements) in
        [("a state", &[state][..]), ("50 events", &[events]), ("both", &[state, events])]
    {
        let (start, mut reads) = (Instant::now(), 0u32);
        while start.elapsed() < duration {
            let number = i64::from(reads).wrapping_mul(7_919) % count + 1;
            store.read_blocking(|sql| {
                statements
                    .iter()
                    .try_for_each(|statement| sql.query(statement, &[number.into()]).map(drop))
            })?;
            reads += 1;
        }
        println!("  {what:>9}: {:>8.1} µs", start.elapsed().as_secs_f64() * 1e6 / f64::from(reads));
    }
    Ok(())
}
