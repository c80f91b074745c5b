//! Opening the instance that the settings name: its database, its folder, its desk.

use crate::config::Settings;
use crate::failed::Failed;
use desk::{Clock, Desk, Options, SystemClock};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::files::Files;
use store::{Store, Target};

/// The SQLite database in the data folder.
const DATABASE: &str = "evenkeel.db";
/// Held by the one server of a SQLite data folder.
pub(crate) const LOCK: &str = "serve.lock";
/// Held by a restore that waits for the server to let go of the folder, or is under way.
pub(crate) const RESTORE_LOCK: &str = "restore.lock";
/// How long a server may take to let go: to notice, to finish what it has begun, to close.
const LET_GO_WITHIN: Duration = Duration::from_secs(40);
/// How often a lock is tried anew.
const TRY_EVERY: Duration = Duration::from_millis(20);
/// Attachments, by the hash of their bytes; or where they wait while they arrive.
const FILES: &str = "files";

/// Whether a database that is not there is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// A fresh one is made.
    Make,
    /// That is an error.
    Refuse,
}

/// The right to serve a SQLite data folder, or to replace it. Ends with the process
/// at the latest, however it ends.
pub(crate) struct Lock(#[allow(dead_code)] Vec<File>); // Held, never read.

/// The file of the SQLite database.
pub(crate) fn sqlite_file(settings: &Settings) -> PathBuf {
    settings.data.value.join(DATABASE)
}

/// Where attachments are kept: in the data folder, or in an S3-compatible store.
pub(crate) fn files(settings: &Settings) -> Result<Files, Failed> {
    let folder = settings.data.value.join(FILES);
    match settings.s3.chosen()? {
        // What arrives waits in the folder.
        Some(s3) => Ok(Files::s3(&s3, folder, || SystemClock.now())?),
        None => Ok(Files::local(folder)),
    }
}

/// Which database the settings name.
pub(crate) fn target(settings: &Settings) -> Target {
    match &settings.database_url.value {
        Some(url) => Target::Postgres(url.clone()),
        None => Target::Sqlite(sqlite_file(settings)),
    }
}

/// Makes sure that no second server runs on a SQLite data folder: each would miss
/// what the other does. On PostgreSQL several are welcome.
pub(crate) fn lock(settings: &Settings) -> Result<Lock, Failed> {
    let folder = &settings.data.value;
    make_folder(folder)?;
    if settings.database_url.value.is_some() {
        return Ok(Lock(vec![]));
    }
    match try_lock(&folder.join(LOCK))? {
        Some(file) => Ok(Lock(vec![file])),
        None => Err(Failed::new(format!(
            "a server is already running on {}; stop it first, or give another folder with --data",
            folder.display()
        ))),
    }
}

/// As [`lock`], but a server that runs there is made to let go, and to wait until this
/// lock ends. Blocks.
pub(crate) fn take_over(settings: &Settings) -> Result<Lock, Failed> {
    let folder = &settings.data.value;
    make_folder(folder)?;
    if settings.database_url.value.is_some() {
        return Ok(Lock(vec![]));
    }
    let until = Instant::now() + LET_GO_WITHIN;
    let mut held = Vec::new();
    for (name, who) in
        [(RESTORE_LOCK, "another restore is under way"), (LOCK, "the server does not let go")]
    {
        loop {
            if let Some(file) = try_lock(&folder.join(name))? {
                held.push(file);
                break;
            }
            if Instant::now() > until {
                let words = format!("{who} on {}; stop it first", folder.display());
                return Err(Failed::new(words));
            }
            std::thread::sleep(TRY_EVERY);
        }
    }
    Ok(Lock(held))
}

/// Whether a restore waits for the data folder to be let go of, or is under way.
pub(crate) fn restore_waits(settings: &Settings) -> bool {
    // There is none before the first restore.
    File::open(settings.data.value.join(RESTORE_LOCK))
        .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

fn try_lock(path: &Path) -> Result<Option<File>, Failed> {
    let file = File::options()
        .create(true)
        .append(true)
        .open(path)
        .map_err(|error| Failed::io("opening", path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(Failed::io("locking", path, &error)),
    }
}

/// Opens the store.
pub(crate) async fn open_store(settings: &Settings, missing: Missing) -> Result<Store, Failed> {
    let target = target(settings);
    if let (Target::Sqlite(path), Missing::Refuse) = (&target, missing) {
        let place = path.display();
        let words = match path.metadata() {
            Ok(data) if data.len() > 0 => None,
            // What a full disk leaves of a database; opening would make a new one of it.
            Ok(_) => Some(format!(
                "{place} is an empty file, no database; bring a backup back with `evenkeel restore FILE --overwrite`, or remove it"
            )),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Some(format!(
                "there is no database at {place}; make one with `evenkeel init`, or say where it is with --data or --database-url"
            )),
            Err(error) => return Err(Failed::io("opening", path, &error)),
        };
        if let Some(words) = words {
            return Err(Failed::new(words));
        }
    }
    if missing == Missing::Make {
        make_folder(&settings.data.value)?;
    }
    blocking(move || Ok(Store::open(&target)?)).await
}

/// Opens the desk on the store. With `serve`, timers ring here and the feed is followed.
pub(crate) async fn open(
    settings: &Settings,
    missing: Missing,
    serve: bool,
) -> Result<Desk, Failed> {
    let store = open_store(settings, missing).await?;
    let files = files(settings)?;
    blocking(move || Ok(Desk::open(store, Options { clock: Arc::new(SystemClock), files, serve })?))
        .await
}

/// Runs what may block on a thread where that is fine.
pub(crate) async fn blocking<T: Send + 'static>(
    f: impl FnOnce() -> Result<T, Failed> + Send + 'static,
) -> Result<T, Failed> {
    match tokio::task::spawn_blocking(f).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Failed::new("the program is ending")),
        },
    }
}

/// Makes the data folder, readable by its owner alone: it holds people's words.
fn make_folder(folder: &Path) -> Result<(), Failed> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| Failed::io("making the data folder", folder, &error))
}
