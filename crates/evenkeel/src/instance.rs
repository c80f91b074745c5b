//! Opening the instance that the settings name: its database, its folder, its desk.

use crate::config::Settings;
use crate::failed::Failed;
use desk::{Clock, Desk, Options, SetClock, SystemClock};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::files::Files;
use store::{Filling, Store, Target, Whole};

/// The SQLite database in the data folder.
const DATABASE: &str = "evenkeel.db";
/// Held by the one server of a SQLite data folder.
pub(crate) const LOCK: &str = "serve.lock";
/// Held by the one restore into a SQLite data folder, from its beginning.
pub(crate) const RESTORE_LOCK: &str = "restore.lock";
/// Held by a restore that waits for the server to let go of the folder, or replaces it.
pub(crate) const HAND_OVER_LOCK: &str = "hand-over.lock";
/// How long a server may take to let go: to notice, to finish what it has begun, to close.
const LET_GO_WITHIN: Duration = Duration::from_secs(40);
/// How often a lock is tried anew.
const TRY_EVERY: Duration = Duration::from_millis(20);
/// Attachments, by the hash of their bytes; or where they wait while they arrive.
const FILES: &str = "files";
/// What finds things: made anew from the database where it is missing.
const SEARCH: &str = "search";

/// Whether a database that is not there is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// A fresh one is made.
    Make,
    /// That is an error.
    Refuse,
}

/// The right to serve a SQLite data folder, or to replace it. Ends with the process
/// at the latest, however it ends. Nothing is locked for PostgreSQL.
#[derive(Default)]
#[allow(dead_code)] // Held, never read.
pub(crate) struct Lock {
    /// Let go of first, as the first field: a server waits for the other one and would
    /// take this one for another server's.
    serve: Option<File>,
    hand_over: Option<File>,
}

/// The file of the SQLite database.
pub(crate) fn sqlite_file(settings: &Settings) -> PathBuf {
    settings.data.value.join(DATABASE)
}

/// The folder of the search index.
pub(crate) fn search(settings: &Settings) -> PathBuf {
    settings.data.value.join(SEARCH)
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
        return Ok(Lock::default());
    }
    match try_lock(&folder.join(LOCK))? {
        Some(file) => Ok(Lock { serve: Some(file), hand_over: None }),
        None => Err(Failed::new(format!(
            "a server is already running on {}; stop it first, or give another folder with --data",
            folder.display()
        ))),
    }
}

/// The right to restore into a SQLite data folder: two at once would mix what they
/// prepare beside the database. Nothing is locked for PostgreSQL, whose transactions see
/// to that.
pub(crate) fn lock_restore(settings: &Settings) -> Result<Option<File>, Failed> {
    let folder = &settings.data.value;
    make_folder(folder)?;
    if settings.database_url.value.is_some() {
        return Ok(None);
    }
    match try_lock(&folder.join(RESTORE_LOCK))? {
        Some(file) => Ok(Some(file)),
        None => Err(Failed::new(format!(
            "another restore into {} is under way; wait for its end",
            folder.display()
        ))),
    }
}

/// As [`lock`], but a server that runs there is made to let go, and to wait until this
/// lock ends. For whoever holds [`lock_restore`]. Blocks.
pub(crate) fn take_over(settings: &Settings) -> Result<Lock, Failed> {
    let folder = &settings.data.value;
    make_folder(folder)?;
    if settings.database_url.value.is_some() {
        return Ok(Lock::default());
    }
    let until = Instant::now() + LET_GO_WITHIN;
    let wait_for = |name| loop {
        if let Some(file) = try_lock(&folder.join(name))? {
            return Ok(Some(file));
        }
        if Instant::now() > until {
            return Err(Failed::new(format!(
                "the server on {} does not let go; stop it first",
                folder.display()
            )));
        }
        std::thread::sleep(TRY_EVERY);
    };
    // Servers only look at it, each for a moment.
    let hand_over = wait_for(HAND_OVER_LOCK)?;
    Ok(Lock { serve: wait_for(LOCK)?, hand_over })
}

/// Whether a restore waits for the data folder to be let go of, or is under way.
pub(crate) fn restore_waits(settings: &Settings) -> bool {
    // There is none before the first restore.
    File::open(settings.data.value.join(HAND_OVER_LOCK))
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
    must_be_there(settings, missing)?;
    let target = target(settings);
    blocking(move || Ok(Store::open(&target)?)).await
}

/// Sees to it that the database can be opened: makes its folder, or refuses where there
/// is none.
pub(crate) fn must_be_there(settings: &Settings, missing: Missing) -> Result<(), Failed> {
    if missing == Missing::Make {
        return make_folder(&settings.data.value);
    }
    let Target::Sqlite(path) = target(settings) else { return Ok(()) };
    let place = path.display();
    match path.metadata() {
        Ok(data) if data.len() > 0 => Ok(()),
        // What a full disk leaves of a database; opening would make a new one of it.
        Ok(_) => Err(Failed::new(format!(
            "{place} is an empty file, no database; bring a backup back with `evenkeel restore FILE --overwrite`, or remove it"
        ))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Failed::new(format!(
            "there is no database at {place}; make one with `evenkeel init`, or say where it is with --data or --database-url"
        ))),
        Err(error) => Err(Failed::io("opening", &path, &error)),
    }
}

/// Opens the desk on the store.
pub(crate) async fn open(settings: &Settings, missing: Missing) -> Result<Desk, Failed> {
    let store = open_store(settings, missing).await?;
    open_desk(settings, store, Arc::new(SystemClock), false).await
}

/// Opens a desk on the store of which everything is one transaction: nobody sees any of it before
/// that is committed, and others who write wait.
pub(crate) async fn open_whole(
    settings: &Settings,
    store: &Store,
) -> Result<(Desk, Whole), Failed> {
    let store = store.clone();
    let (store, whole) = blocking(move || Ok(store.whole()?)).await?;
    Ok((open_desk(settings, store, Arc::new(SystemClock), false).await?, whole))
}

/// As [`open`], made if there is none, with a clock that somebody sets: for a past that is told.
pub(crate) async fn open_at(settings: &Settings, clock: Arc<SetClock>) -> Result<Desk, Failed> {
    let store = open_store(settings, Missing::Make).await?;
    open_desk(settings, store, clock, false).await
}

/// A desk to serve, and what its database held just before: a restore in between is
/// noticed like a later one.
pub(crate) struct Opened {
    pub(crate) desk: Desk,
    pub(crate) filling: Filling,
}

/// Opens the desk, on a new database if there is none. Timers ring here and the feed is
/// followed.
pub(crate) async fn open_to_serve(settings: &Settings) -> Result<Opened, Failed> {
    let store = open_store(settings, Missing::Make).await?;
    let first = store.clone();
    let filling = blocking(move || Ok(first.filling()?)).await?;
    let desk = open_desk(settings, store, Arc::new(SystemClock), true).await?;
    Ok(Opened { desk, filling })
}

async fn open_desk(
    settings: &Settings,
    store: Store,
    clock: Arc<dyn Clock>,
    serve: bool,
) -> Result<Desk, Failed> {
    let files = files(settings)?;
    blocking(move || Ok(Desk::open(store, Options { clock, files, serve })?)).await
}

/// Runs what may block on a thread where that is fine.
pub(crate) async fn blocking<T: Send + 'static>(
    f: impl FnOnce() -> Result<T, Failed> + Send + 'static,
) -> Result<T, Failed> {
    match desk::on_a_thread(f).await {
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
