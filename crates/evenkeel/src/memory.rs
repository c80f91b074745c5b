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
