//! What can go wrong with the store itself. It is our trouble, never the user's wish.

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A unique index says it exists already.
    #[error("that exists already ({0})")]
    Exists(String),
    /// Something it refers to does not exist, or something still refers to it.
    #[error("something it refers to is missing, or something still refers to it ({0})")]
    Reference(String),
    /// The database cannot be reached, is full or busy; trying again later may help.
    #[error("the database does not answer: {0}")]
    Unavailable(String),
    /// The file store cannot be reached, is full or refuses; trying again later may help.
    #[error("the file store does not answer: {0}")]
    Files(String),
    /// What is stored does not read as it should; `evenkeel verify` says more.
    #[error("stored data does not read as it should: {0}; run `evenkeel verify`")]
    Damaged(String),
    /// The data was written by a newer version of the product, or it cannot be opened.
    #[error("{0}")]
    Unusable(String),
    /// The program itself failed half-way; nothing of it was recorded.
    #[error("the program failed half-way: {0}; it is written in the log")]
    Broken(String),
    /// A statement of ours is wrong.
    #[error("a database statement failed: {0}")]
    Statement(String),
}

impl Failure {
    /// What a caught panic means to the caller.
    pub fn of_panic(panic: Box<dyn std::any::Any + Send>) -> Self {
        let words = panic.downcast_ref::<&str>().copied().map(str::to_owned);
        let words = words.or_else(|| panic.downcast_ref::<String>().cloned());
        Failure::Broken(words.unwrap_or_else(|| "for an unknown reason".to_owned()))
    }

    /// Stored data that does not read as it should.
    pub fn damaged(words: impl Into<String>) -> Self {
        Failure::Damaged(words.into())
    }
}
