//! `evenkeel verify`: does what is stored still hold together?

use crate::config::Settings;
use crate::failed::Failed;
use crate::instance::{self, Missing};
use crate::{output, progress};
use desk::Trouble;
use store::files::Files;
use store::incidents::Finding;
use store::{Failure, Store};

/// Checks timeline chain, replay, words, references and the bytes of attachments; prints
/// each finding and fails if there is one.
pub(crate) async fn run(settings: &Settings, json: bool) -> Result<(), Failed> {
    let findings = check(settings).await.map_err(|failed| match failed {
        // What cannot even be read cannot be checked.
        Failed::Trouble(Trouble::Failed(Failure::Damaged(words))) => Failed::new(format!(
            "the database is damaged ({words}); bring a backup back with `evenkeel restore FILE --overwrite`"
        )),
        other => other,
    })?;
    if json {
        output::json(&findings)?;
    } else {
        for finding in &findings {
            output::line(in_words(finding))?;
        }
    }
    match findings.len() {
        0 if json => Ok(()),
        0 => output::line("Everything holds: timeline, states, words, references and attachments."),
        1 => Err(Failed::new(
            "1 thing does not hold; restore a backup, or ask for help with what is printed above",
        )),
        count => Err(Failed::new(format!(
            "{count} things do not hold; restore a backup, or ask for help with what is printed above"
        ))),
    }
}

async fn check(settings: &Settings) -> Result<Vec<Finding>, Failed> {
    let store = instance::open_store(settings, Missing::Refuse).await?;
    let files = instance::files(settings)?;
    let bar = progress::bar("Checking", 0);
    let shown = bar.clone();
    let checked = store.clone();
    let findings = checked
        .read(move |sql| {
            store::incidents::verify(sql, &mut |at, of| {
                shown.set_length(of.unsigned_abs());
                shown.set_position(at.unsigned_abs());
            })
        })
        .await;
    bar.finish_and_clear();
    let mut findings = findings?;
    findings.extend(check_files(store, files).await?);
    Ok(findings)
}

async fn check_files(store: Store, files: Files) -> Result<Vec<Finding>, Failed> {
    let bar = progress::bar("Checking attachments", 0);
    let shown = bar.clone();
    let findings = instance::blocking(move || {
        Ok(store::incidents::verify_files(&store, &files, &mut |at, of| {
            shown.set_length(of.unsigned_abs());
            shown.set_position(at.unsigned_abs());
        })?)
    })
    .await;
    bar.finish_and_clear();
    findings
}

fn in_words(finding: &Finding) -> String {
    let mut words = String::new();
    if let Some(number) = finding.number {
        words.push_str(&format!("{number} "));
    }
    if let Some(seq) = finding.seq {
        words.push_str(&format!("entry {seq} "));
    }
    if words.is_empty() {
        finding.what.clone()
    } else {
        format!("{}: {}", words.trim_end(), finding.what)
    }
}
