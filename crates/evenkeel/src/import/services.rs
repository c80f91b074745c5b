//! `evenkeel import services`: takes over a catalogue of services, all of it or nothing, as often
//! as one likes.

use crate::cli::ServicesArgs;
use crate::config::Settings;
use crate::failed::Failed;
use crate::input;
use crate::instance::{self, Missing};
use crate::output;
use desk::map::{NotImported, Plan};
use map::catalogue::{self, Fault, Form, Note};
use serde::Serialize;
use std::path::Path;

/// What it did, or would do, for programs.
#[derive(Serialize)]
struct Told<'a> {
    form: Form,
    dry_run: bool,
    teams: &'a [String],
    services: Vec<ServiceTold<'a>>,
    unchanged: usize,
    notes: &'a [Note],
}

/// What happened to one service.
#[derive(Serialize)]
struct ServiceTold<'a> {
    name: &'a str,
    action: &'static str,
    fields: &'a [&'static str],
}

/// Takes over a catalogue, or says what that would do.
pub(crate) async fn run(args: &ServicesArgs, settings: &Settings) -> Result<(), Failed> {
    let text = input::text(&args.file)?;
    let catalogue = catalogue::read(&text).map_err(|faults| refused(&args.file, &faults))?;
    let desk = instance::open(settings, Missing::Refuse).await?;
    let taken = desk.import_services(desk::command_line(), catalogue, args.dry_run).await;
    let plan = taken.map_err(|why| match why {
        NotImported::Faults(faults) => refused(&args.file, &faults),
        NotImported::Trouble(trouble) => trouble.into(),
    })?;
    if args.json { output::json(&told(&plan, args.dry_run)) } else { print(&plan, args.dry_run) }
}

/// Says each fault with file and line, as compilers do.
fn refused(path: &Path, faults: &[Fault]) -> Failed {
    for fault in faults {
        let place = match fault.line {
            0 => path.display().to_string(),
            line => format!("{}:{line}", path.display()),
        };
        let field = if fault.field.is_empty() { "" } else { " " };
        output::say(format!("{place}: {}{field}{}", fault.field, fault.message));
    }
    Failed::new("the catalogue was refused; nothing was changed")
}

fn told(plan: &Plan, dry_run: bool) -> Told<'_> {
    let services = plan.services.iter().map(|step| ServiceTold {
        name: &step.name,
        action: if step.is_new { "create" } else { "change" },
        fields: &step.fields,
    });
    Told {
        form: plan.form,
        dry_run,
        teams: &plan.teams,
        services: services.collect(),
        unchanged: plan.unchanged,
        notes: &plan.notes,
    }
}

fn print(plan: &Plan, dry_run: bool) -> Result<(), Failed> {
    for note in &plan.notes {
        match note.line {
            0 => output::say(&note.message),
            line => output::say(format!("line {line}: {}", note.message)),
        }
    }
    for team in &plan.teams {
        output::line(format!("new team     {team}"))?;
    }
    for step in &plan.services {
        let what = if step.is_new { "new service " } else { "changed     " };
        let fields = match step.fields.is_empty() {
            true => String::new(),
            false => format!(": {}", step.fields.join(", ")),
        };
        output::line(format!("{what} {}{fields}", step.name))?;
    }
    let made = plan.services.iter().filter(|step| step.is_new).count();
    let changed = plan.services.len() - made;
    let (form, teams, unchanged) = (plan.form, plan.teams.len(), plan.unchanged);
    output::line(format!(
        "read as {form}: services {made} new, {changed} changed, {unchanged} as they were; teams {teams} new"
    ))?;
    if dry_run && !plan.is_empty() {
        output::say("nothing was changed: without --dry-run it would be");
    }
    Ok(())
}
