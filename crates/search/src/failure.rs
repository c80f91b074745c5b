//! What can go wrong.

/// Why the index could not do it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Another process writes it; this one reads.
    #[error(
        "the search index is written by another process; this one can only read it. \
         Stop the other, or search without writing"
    )]
    ReadOnly,
    /// It cannot be read, and this process may not throw it away.
    #[error(
        "the search index cannot be read, or belongs to another database or version; \
         the server fills it anew when it starts"
    )]
    Unusable,
    /// The folder cannot be read or written.
    #[error("the folder of the search index cannot be used: {0}; look at its rights and its space")]
    Folder(#[from] std::io::Error),
    /// The index says no.
    #[error("the search index failed: {0}; it can be thrown away and is filled anew")]
    Index(#[from] tantivy::TantivyError),
    /// Files that have to be written anew are merged by something else.
    #[error("files of the search index are merged just now; ask again in a moment")]
    Busy,
    /// A panic inside the index.
    #[error("the search index is broken; it can be thrown away and is filled anew")]
    Broken,
}
