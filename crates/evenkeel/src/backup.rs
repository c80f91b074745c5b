//! `evenkeel backup` and `evenkeel restore`.

use crate::config::Settings;
use crate::failed::Failed;
use crate::instance::{self, Missing};
use crate::{output, progress};
use std::path::Path;
use store::Target;
use store::backup::Summary;

/// Copies database and attachments into one file, also while a server runs.
pub(crate) async fn backup(settings: &Settings, file: &Path) -> Result<(), Failed> {
    // Making it would fill the disk below a drive that is not there today.
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(Failed::new(format!("there is no folder {}; make it first", folder.display())));
    }
    let store = instance::open_store(settings, Missing::Refuse).await?;
    let files = instance::files(settings)?;
    let into = file.to_path_buf();
    let spinner = progress::spinner("Copying");
    let done = instance::blocking(move || Ok(store::backup::backup(&store, &files, &into)?)).await;
    spinner.finish_and_clear();
    let summary = done?;
    output::line(format!("{} holds {}.", file.display(), in_words(&summary)))?;
    complete(&summary)
}

/// Brings a backup back. A server that runs on the data lets go of it once everything
/// is prepared, and goes on with what was brought back.
pub(crate) async fn restore(
    settings: &Settings,
    file: &Path,
    overwrite: bool,
) -> Result<(), Failed> {
    let _only = instance::lock_restore(settings)?;
    let (from, target) = (file.to_path_buf(), instance::target(settings));
    let files = instance::files(settings)?;
    let place = match &target {
        Target::Sqlite(path) => path.display().to_string(),
        Target::Postgres(_) => "the database".to_owned(),
    };
    let here = settings.clone();
    let alone = move || {
        let lock = if overwrite { instance::take_over(&here) } else { instance::lock(&here) };
        lock.map_err(|failed| store::Failure::Unusable(failed.to_string()))
    };
    let spinner = progress::spinner("Restoring");
    let done = instance::blocking(move || {
        Ok(store::backup::restore(&from, &target, &files, overwrite, alone)?)
    })
    .await;
    spinner.finish_and_clear();
    let summary = done?;
    output::line(format!(
        "{place} holds {} now. `evenkeel verify` checks them.",
        in_words(&summary)
    ))?;
    complete(&summary)
}

fn in_words(summary: &Summary) -> String {
    let counted = |count: u64, one: &str, many: &str| {
        format!("{count} {}", if count == 1 { one } else { many })
    };
    format!(
        "{} and {}",
        counted(summary.incidents, "incident", "incidents"),
        counted(summary.files, "file", "files")
    )
}

/// Missing files do not keep the rest from being saved, but somebody has to know.
fn complete(summary: &Summary) -> Result<(), Failed> {
    if summary.missing.is_empty() {
        return Ok(());
    }
    for hash in &summary.missing {
        output::say(format!("missing or changed: the file {hash}"));
    }
    Err(Failed::new(format!(
        "everything else was copied, but {} attached files are missing or not what they were",
        summary.missing.len()
    )))
}
