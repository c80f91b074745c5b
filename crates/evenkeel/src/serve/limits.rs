//! Ten thousand open streams are ten thousand open files.

/// Files that we want to be able to have open: connections, database, attachments.
const OPEN_FILES: u64 = 65_536;

/// Raises the number of files this process may have open, as far as the system lets it.
#[cfg(unix)]
pub(super) fn raise_open_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let now = getrlimit(Resource::Nofile);
    let wanted = now.maximum.map_or(OPEN_FILES, |most| most.min(OPEN_FILES));
    if now.current.is_none_or(|current| current >= wanted) {
        return;
    }
    let raised = Rlimit { current: Some(wanted), maximum: now.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::debug!(%error, "the number of open files stays as it is");
    }
}

/// Nothing to raise here.
#[cfg(not(unix))]
pub(super) fn raise_open_files() {}
