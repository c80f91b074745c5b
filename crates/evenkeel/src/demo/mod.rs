//! `evenkeel demo`: an invented company to look around in. Its past is made by
//! issuing real commands at past instants; its present moves while one watches.

mod alarms;
mod automation;
mod company;
mod data;
mod deployments;
mod dice;
mod director;
mod history;
mod inboxes;
mod knowledge;
mod macros;
mod mailbox;
mod majors;
mod models;
mod monitoring;
mod oncall;
mod outside;
mod place;
mod plan;
mod play;
mod present;
mod promises;
mod ratings;
mod reviews;
mod storm;
mod turns;

use crate::cli::DemoArgs;
use crate::config::Settings;
use crate::failed::Failed;
use crate::instance::{self, Missing};
use crate::{output, progress, serve};
use company::{Company, LOGINS, PASSWORD};
use data::Stories;
use desk::{Clock, Desk, SetClock, SystemClock};
use dice::Dice;
use kernel::Timestamp;
use plan::Plan;
use serde_json::json;
use std::sync::Arc;
use store::directory::settings as stored;

/// The company is the same every time.
const SEED: u64 = 4_040;
/// How far its past goes back.
const DAYS: i64 = 182;
/// Incidents that are open when the past is told.
const OPEN: usize = 60;
/// The setting that says that a demo was begun here, and once it is there as a whole, when.
const BUILT: &str = "demo";
const DAY: i64 = 86_400;
/// After so many days what was live trouble is history.
const STALE_DAYS: i64 = 7;

/// Builds the company if it is not there yet, and serves it.
pub(crate) async fn run(args: &DemoArgs, settings: &Settings) -> Result<(), Failed> {
    let lock = place::prepare(settings, args.fresh)?;
    // Its people are invented: nobody may be called or written to, and no program is told.
    let door = serve::Door::open(settings).await?.rehearsing();
    if !is_built(settings).await? {
        // What was begun and not finished is begun anew.
        place::clear(settings)?;
        build(settings).await?;
    }
    let opened = instance::open_to_serve(settings).await?;
    let desk = opened.desk.clone();
    let company = company::known(&desk, data::company()).await?.ok_or_else(|| {
        Failed::new("the demo's company is not complete any more; build it anew with `evenkeel demo --fresh`")
    })?;
    let director =
        (!args.quiet).then(|| desk::beside(director::direct(desk, company, data::stories())));
    let ready = |url: &str| {
        output::line(format!("Evenkeel is ready at {url}"))?;
        logins()
    };
    let served = serve::serve(opened, door, settings, &mut serve::Signals::new()?, ready).await;
    if let Some(director) = director {
        director.abort();
    }
    drop(lock);
    served.map(|_| ())
}

fn logins() -> Result<(), Failed> {
    output::line("")?;
    output::line("Northwind Logistics and everybody in it are invented. Sign in as one of them:")?;
    output::line("")?;
    let rows: Vec<Vec<String>> = LOGINS
        .iter()
        .map(|(role, name)| {
            let email = company::email(name, "northwind.example");
            vec![(*role).to_owned(), (*name).to_owned(), email, PASSWORD.to_owned()]
        })
        .collect();
    output::table(&["role", "name", "e-mail", "password"], &rows)
}

async fn is_built(settings: &Settings) -> Result<bool, Failed> {
    if settings.database_url.value.is_none() && !instance::sqlite_file(settings).exists() {
        return Ok(false);
    }
    let store = instance::open_store(settings, Missing::Make).await?;
    instance::blocking(move || {
        let found = store.read_blocking(|sql| stored::get::<serde_json::Value>(sql, BUILT))?;
        let built_at: Option<Timestamp> = found
            .as_ref()
            .and_then(|found| found.value["built_at"].as_str())
            .and_then(|text| text.parse().ok());
        match built_at {
            Some(at) => say_if_stale(at),
            None => place::check_ours(&store, found.is_some())?,
        }
        Ok(built_at.is_some())
    })
    .await
}

fn say_if_stale(built_at: Timestamp) {
    let days = SystemClock.now().seconds_since(built_at) / DAY;
    if days >= STALE_DAYS {
        output::say(format!(
            "This company was built {days} days ago; `evenkeel demo --fresh` builds one whose trouble is of today."
        ));
    }
}

async fn build(settings: &Settings) -> Result<(), Failed> {
    output::say("Building the company and its past half-year. This happens once.");
    // Timers must not ring while the past is told: they would ring now.
    let now = SystemClock.now();
    let clock = Arc::new(SetClock::at(now));
    let desk = instance::open_at(settings, clock.clone()).await?;
    let told = tell(&desk, &clock, now, DAYS).await?;
    // Expected times stand there from the first look on.
    desk.learn_expected_now().await?;
    desk.change(desk::command_line(), move |sql, _| {
        let begun = stored::get::<serde_json::Value>(sql, BUILT)?;
        let version = begun.map_or(0, |begun| begun.version);
        stored::put(sql, BUILT, &json!({ "seed": SEED, "built_at": now }), version)?;
        Ok(())
    })
    .await?;
    output::say(format!("Done: {told} steps of its people were replayed."));
    Ok(())
}

/// Tells the company's last `days` days up to `now`; how many deeds they were. The desk's clock
/// is moved along, and stands at `now` in the end.
async fn tell(desk: &Desk, clock: &SetClock, now: Timestamp, days: i64) -> Result<usize, Failed> {
    let since = now.plus_seconds(-(days + 30) * DAY);
    clock.set(since);
    company::found(desk, data::company(), since).await?;
    let company = company::known(desk, data::company())
        .await?
        .ok_or_else(|| Failed::new("the company just made is not there; the database lost it"))?;
    knowledge::found(desk, &company, now).await?;
    let schedules = oncall::arrange(desk, &company, now).await?;
    oncall::reach(desk, &company).await?;
    monitoring::set_up(desk, &company).await?;
    mailbox::set_up(desk, &company).await?;
    outside::set_up(desk, &company, since).await?;
    let stories = data::stories();
    let mut past = think(&company, &stories, desk.policy().agreements.default(now), now, days);
    let count = past.len();
    let paged_since = now.plus_seconds(-oncall::PAGING_SINCE);
    let lately = past.split_off(past.partition_point(|step| step.at < paged_since));
    let bar = progress::bar("Telling the past", count as u64);
    let mut player = play::Player::new(desk, clock, outside::all_lists(desk).await?);
    player.play(past, || bar.inc(1)).await?;
    play::catch_up(desk, paged_since).await?;
    clock.set(paged_since);
    inboxes::begin(desk, paged_since).await?;
    oncall::begin(desk, &company, &schedules).await?;
    monitoring::plan_windows(desk, &company, now).await?;
    outside::plan_work(desk, &company, now).await?;
    deployments::tell(desk, &company, now).await?;
    player.live(lately, now, || bar.inc(1)).await?;
    bar.finish_and_clear();
    for night in monitoring::nights(now) {
        clock.set(night);
        monitoring::beat(desk).await?;
    }
    clock.set(now);
    desk.ring_alerts().await?;
    oncall::look_ahead(desk, &company, &schedules, now).await?;
    automation::begin(desk, &company).await?;
    macros::begin(desk, &company).await?;
    turns::begin(desk, &company, now).await?;
    knowledge::begin(desk, &company, now).await?;
    reviews::begin(desk, clock, &company, now).await?;
    Ok(count)
}

fn think(
    company: &Company,
    stories: &Stories,
    agreement: &incident::policy::Agreement,
    now: Timestamp,
    days: i64,
) -> Vec<plan::Step> {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap_or(jiff::tz::TimeZone::UTC);
    let mut plan = Plan::new(company);
    let mut writer =
        history::Writer { company, stories, agreement, zone, now, dice: Dice::new(SEED) };
    writer.months(&mut plan, days);
    majors::past(&mut plan, &mut Dice::new(SEED + 1), now, days);
    alarms::past(&mut plan, now, days);
    present::now(&mut plan, now);
    let open = plan::open_after(plan.steps.iter().filter(|step| step.at <= now));
    for _ in open..OPEN {
        writer.one_open(&mut plan);
    }
    ratings::add(&mut plan, &mut Dice::new(SEED + 2), now);
    plan.until(now)
}

#[cfg(test)]
mod tests;
