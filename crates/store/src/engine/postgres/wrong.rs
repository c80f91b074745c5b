//! Why a server gave no result, and what that means to us.

use crate::Failure;
use std::time::Duration;
use tokio_postgres::error::{DbError, SqlState};

/// Why there is no result.
pub(super) enum Wrong {
    /// The server or the connection says so.
    Told(tokio_postgres::Error),
    /// Nobody has said anything for so long.
    Silent(Duration),
}

impl Wrong {
    pub(super) fn code(&self) -> Option<&SqlState> {
        match self {
            Wrong::Told(error) => error.code(),
            Wrong::Silent(_) => None,
        }
    }

    /// Whether the connection is of no more use.
    pub(super) fn is_loss(&self) -> bool {
        match self {
            Wrong::Told(error) => is_lost(error),
            Wrong::Silent(_) => true,
        }
    }
}

/// Waits for an answer, but not for ever.
pub(super) async fn answered<T>(
    within: Duration,
    work: impl Future<Output = Result<T, tokio_postgres::Error>>,
) -> Result<T, Wrong> {
    match tokio::time::timeout(within, work).await {
        Ok(answer) => answer.map_err(Wrong::Told),
        Err(_) => Err(Wrong::Silent(within)),
    }
}

/// Whether the connection is of no more use.
fn is_lost(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(told) => {
            let code = told.code();
            let gone = [
                SqlState::ADMIN_SHUTDOWN,
                SqlState::CRASH_SHUTDOWN,
                SqlState::CANNOT_CONNECT_NOW,
                SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
                // It has become a standby.
                SqlState::READ_ONLY_SQL_TRANSACTION,
            ];
            gone.contains(code) || code.code().starts_with("08")
        }
        None => {
            let io = std::error::Error::source(error)
                .is_some_and(|source| source.is::<std::io::Error>());
            error.is_closed() || io
        }
    }
}

/// What it means to us.
pub(super) fn failure(wrong: &Wrong) -> Failure {
    match wrong {
        Wrong::Told(error) => failure_told(error),
        Wrong::Silent(within) => {
            Failure::Unavailable(format!("no answer within {} seconds", within.as_secs()))
        }
    }
}

/// What PostgreSQL's error means to us.
fn failure_told(error: &tokio_postgres::Error) -> Failure {
    let Some(told) = error.as_db_error() else {
        let words = with_causes(error);
        return if is_lost(error) {
            Failure::Unavailable(words)
        } else {
            Failure::Statement(words)
        };
    };
    let words = told.message().to_owned();
    match told.code() {
        &SqlState::UNIQUE_VIOLATION => {
            Failure::Exists(told.constraint().or(told.table()).unwrap_or(&words).to_owned())
        }
        &SqlState::FOREIGN_KEY_VIOLATION => Failure::Reference(words),
        // Whoever tries again finds the others done.
        &SqlState::LOCK_NOT_AVAILABLE
        | &SqlState::T_R_DEADLOCK_DETECTED
        | &SqlState::T_R_SERIALIZATION_FAILURE
        | &SqlState::QUERY_CANCELED => Failure::Unavailable(words),
        code if ["53", "58"].iter().any(|class| code.code().starts_with(class)) => {
            Failure::Unavailable(words)
        }
        code if code.code().starts_with("XX") => Failure::Damaged(words),
        _ if is_lost(error) => Failure::Unavailable(words),
        _ => Failure::Statement(statement_words(told)),
    }
}

/// The client's words leave out why.
pub(super) fn with_causes(error: &tokio_postgres::Error) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}

fn statement_words(told: &DbError) -> String {
    let hint = told.hint().or(told.detail()).map(|hint| format!("; {hint}")).unwrap_or_default();
    format!("{}{hint}", told.message())
}
