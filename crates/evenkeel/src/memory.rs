//! Where memory comes from.

/// In profiles the system's allocator took about a quarter of the processor time, and
/// it keeps what bursts needed.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Takes memory in small pages. Where the system gives two megabytes for every few kilobytes that
/// a thread touches, the program holds half as much again, and emptying them costs time.
#[cfg(target_os = "linux")]
pub(crate) fn small_pages() {
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::debug!(%error, "memory comes in pages as large as the system likes");
    }
}

/// Pages are as large as the system likes.
#[cfg(not(target_os = "linux"))]
pub(crate) fn small_pages() {}

/// Gives memory back as soon as it is freed, for a program that runs for long: each thread keeps
/// what it freed otherwise, and two dozen reports of a year, each counted on another thread, held
/// 490 MB instead of 50. The allocator reads that before anything else of a program runs, so the
/// program begins once more, as the same process. Where that cannot be, it goes on as it is.
#[cfg(unix)]
pub(crate) fn give_back_at_once() {
    use std::os::unix::process::CommandExt;
    const DELAY: &str = "MIMALLOC_PURGE_DELAY";
    if std::env::var_os(DELAY).is_some() {
        return;
    }
    let mut arguments = std::env::args_os();
    let (Some(name), Ok(program)) = (arguments.next(), std::env::current_exe()) else { return };
    let mut again = std::process::Command::new(program);
    // It comes back only where that cannot be.
    drop(again.arg0(name).args(arguments).env(DELAY, "0").exec());
}

/// Memory is given back when the system's allocator does.
#[cfg(not(unix))]
pub(crate) fn give_back_at_once() {}
