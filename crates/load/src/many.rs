//! What is measured of many incidents with many alerts each: how long it takes until one alert of
//! one of them is over, and the memory that all of them take.

use crate::alerts::{alert, notification};
use crate::http::{Client, post};
use crate::pace::spread;
use crate::server::{Server, run_word};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Instant;

/// Groups of alerts, each of which becomes an incident.
const GROUPS: usize = 1_000;
/// Alerts of each.
const EACH: usize = 100;
/// Alerts that end one after the other, each of another incident.
const ENDED: usize = 500;
/// Incidents of one source in a minute beyond which it storms: the most that can be set.
const STORM_GROUPS: usize = 10_000;
/// Too little to page anybody: paging is measured by itself.
const SEVERITY: &str = "warning";

/// The alerts of one source.
struct Source<'s> {
    server: &'s Server,
    client: Client,
    /// Its key.
    key: String,
    /// What the names of its groups and alerts begin with.
    run: String,
}

/// Tells of all of them, then ends some, just after they came and once all that follows is done.
pub async fn measure(server: &Server) -> Result<(), String> {
    let mut source = Source::make(server).await?;
    let started = Instant::now();
    let mut incidents = BTreeSet::new();
    for group in 0..GROUPS {
        let taken = source.tell(group, 0..EACH, "firing").await?;
        let told = taken["incidents"].as_array().into_iter().flatten();
        incidents.extend(told.filter_map(Value::as_str).map(str::to_owned));
    }
    println!(
        "{} alerts in {} incidents told in {:.1} s, memory then {:.0} MB",
        GROUPS * EACH,
        incidents.len(),
        started.elapsed().as_secs_f64(),
        server.memory_mb()
    );
    source.end(0..ENDED, "just after they came").await?;
    let took = server.settle().await.as_secs_f64();
    println!("what follows from them done after {took:.0} s, memory {:.0} MB", server.memory_mb());
    source.end(ENDED..2 * ENDED, "once that was done").await
}

impl<'s> Source<'s> {
    /// Makes a source that is allowed so many groups.
    async fn make(server: &'s Server) -> Result<Self, String> {
        let run = run_word();
        let mut client =
            Client::connect(&server.address).await.map_err(|error| error.to_string())?;
        let wanted = json!({
            "name": format!("Many groups {run}"),
            "kind": "alertmanager",
            "alerts": { "storm_groups": STORM_GROUPS },
        });
        let made = server.ask(&mut client, "/api/v1/integrations", &wanted).await?;
        let key = made["key"].as_str().ok_or("a source without a key")?.to_owned();
        Ok(Source { server, client, key, run })
    }

    /// Tells of alerts of a group; what became of them.
    async fn tell(
        &mut self,
        group: usize,
        which: Range<usize>,
        status: &str,
    ) -> Result<Value, String> {
        let group = format!("{}-{group}", self.run);
        let alerts: Vec<Value> =
            which.map(|n| alert(&format!("{group}-{n}"), SEVERITY, status)).collect();
        let path = format!("/intake/{}/alertmanager", self.key);
        let body = notification(&group, &alerts, status).to_string();
        let request = post(&self.server.address, &path, "", "application/json", &body);
        let answer = self.client.send(&request).await.map_err(|error| error.to_string())?;
        if answer.status != 200 {
            return Err(format!("alerts of a group were answered with {}", answer.status));
        }
        serde_json::from_slice(&answer.body).map_err(|error| error.to_string())
    }

    /// Ends one alert of each of these groups.
    async fn end(&mut self, groups: Range<usize>, when: &str) -> Result<(), String> {
        let mut took = Vec::with_capacity(groups.len());
        for group in groups {
            let started = Instant::now();
            let taken = self.tell(group, 0..1, "resolved").await?;
            took.push(started.elapsed());
            if taken["resolved"] != 1 {
                return Err(format!("an alert that is over was not: {taken}"));
            }
        }
        println!("one of them is over, {} times, {when}: {}", took.len(), spread(took));
        Ok(())
    }
}
