//! `evenkeel apply`, `diff` and `export`: configuration as code.
//!
//! What a file says of something is the body of a request to the API about it, and is done through
//! the API's own doors ([`api::Within`]): whatever is checked, recorded and told there is so here.
//! All of it is one transaction ([`store::Whole`]).

mod kinds;
mod plan;
mod read;
mod run;
mod write;

use crate::cli::{ApplyArgs, DiffArgs, ExportArgs};
use crate::config::Settings;
use crate::failed::Failed;
use crate::instance::{self, Missing};
use crate::{output, progress};
use api::Within;
use kinds::Door;
pub(crate) use kinds::KIND_NAMES;
use plan::Plan;
use read::{Fault, Unread};
use run::Stopped;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Faults that are told at once: whoever made so many looks again anyhow.
const FAULTS: usize = 50;
/// What stands first among the fields, in this order.
const FIRST: [&str; 9] = ["name", "email", "mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Does what files say, all of it or nothing.
pub(crate) async fn apply(args: &ApplyArgs, settings: &Settings) -> Result<(), Failed> {
    let plan = planned(&args.paths, settings, !args.dry_run).await?;
    tell(&plan, args.json, !args.dry_run)?;
    if args.dry_run && !plan.steps.is_empty() && !args.json {
        output::say("nothing was changed: without --dry-run it would be");
    }
    Ok(())
}

/// Says what applying files would change; fails where that is something.
pub(crate) async fn diff(args: &DiffArgs, settings: &Settings) -> Result<(), Failed> {
    let plan = planned(&args.paths, settings, false).await?;
    tell(&plan, args.json, false)?;
    match plan.steps.is_empty() {
        true => Ok(()),
        false => Err(Failed::new("the configuration differs from these files")),
    }
}

/// Prints the configuration as a file that applying does not change.
pub(crate) async fn export(args: &ExportArgs, settings: &Settings) -> Result<(), Failed> {
    let desk = instance::open(settings, Missing::Refuse).await?;
    let api = Within::of(desk);
    let mut lists = Vec::new();
    for door in kinds::doors() {
        let name = door.kind.name;
        if args.kinds.is_empty() || args.kinds.iter().any(|kind| kind == name) {
            lists.push((name, said_of(&api, &door).await?));
        }
    }
    if args.json {
        let lists = lists.into_iter().map(|(name, items)| (name.to_owned(), items));
        return output::json(&lists.collect::<BTreeMap<_, _>>());
    }
    output::line(write::document(&lists, &FIRST).trim_end())
}

/// What files would say of everything of a kind that is there.
async fn said_of(api: &Within, door: &Door) -> Result<Vec<Map<String, Value>>, Failed> {
    // Requesters come by themselves.
    let which = if door.kind.name == "people" { "&staff=true" } else { "" };
    let all = run::list(api, door.kind, which).await;
    let all = all.map_err(|refused| Failed::new(refused.detail))?;
    // Nobody could tell those out of use from others of the same name.
    let key = |one: &Value| one.as_object().and_then(|fields| door.kind.key_of(fields));
    let is_used = |one: &Value| one["active"] != Value::Bool(false);
    let used: BTreeSet<_> = all.iter().filter(|one| is_used(one)).filter_map(key).collect();
    let mut known = BTreeSet::new();
    let one_of_its_name = |one: &&Value| {
        let new = |key: String| (is_used(one) || !used.contains(&key)) && known.insert(key);
        key(one).is_some_and(new)
    };
    let said = all.iter().filter(one_of_its_name).map(|one| {
        let mut fields = door.shown(one);
        // What is not said is left as it is, and is nothing in something new.
        fields.retain(|_, value| !value.is_null() && *value != "");
        fields
    });
    Ok(said.collect())
}

/// What files change, done or only found out.
async fn planned(paths: &[PathBuf], settings: &Settings, keep: bool) -> Result<Plan, Failed> {
    let doors = kinds::doors();
    let items = read::read(paths, &doors).map_err(|why| match why {
        Unread::Faults(faults) => refused(&faults),
        Unread::Failed(failed) => failed,
    })?;
    let store = instance::open_store(settings, Missing::Refuse).await?;
    let spinner = progress::spinner("Comparing");
    let done = run::run(settings, &store, (&items, &doors), keep).await;
    spinner.finish_and_clear();
    done.map_err(|why| match why {
        Stopped::Faults(faults) => refused(&faults),
        Stopped::Failed(failed) => failed,
    })
}

fn tell(plan: &Plan, json: bool, applied: bool) -> Result<(), Failed> {
    if json { plan.json(applied) } else { plan.print(applied) }
}

/// Says each fault with file, line and field.
fn refused(faults: &[Fault]) -> Failed {
    for fault in faults.iter().take(FAULTS) {
        output::say(fault.to_string());
    }
    if let Some(more) = faults.len().checked_sub(FAULTS).filter(|more| *more > 0) {
        output::say(format!("and {more} more"));
    }
    Failed::new("the files were refused; nothing was changed")
}
