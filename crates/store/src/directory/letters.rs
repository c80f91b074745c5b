//! What administrators say in letters instead of our words, by kind of letter and language.

use super::rows::{many, one};
use crate::{Columns, Failure, Sql};
use kernel::Language;
use serde::{Deserialize, Serialize};

const SELECT: &str = "select kind, language, subject, opening, closing, version from letter_texts";

kernel::words! {
    /// A kind of letter: first those to whoever reported something, then those to whoever follows
    /// it, then those to people of the service desk, the last of which are told where a row of who is told what says so.
    LetterKind {
        /// The report has come in.
        Received = "received",
        /// Somebody wrote something.
        Message = "message",
        /// Somebody added a file.
        File = "file",
        /// How it stands, told to everybody concerned.
        Update = "update",
        /// When it is expected to be over.
        Expected = "expected",
        /// It takes longer than was said.
        Late = "late",
        /// What is promised.
        Promised = "promised",
        /// It should work again.
        Resolved = "resolved",
        /// It is closed.
        Closed = "closed",
        /// Nobody works on it any more.
        Withdrawn = "withdrawn",
        /// It is worked on again.
        Reopened = "reopened",
        /// It is worked on together with others.
        Together = "together",
        /// To whoever follows it: somebody wrote something.
        FollowerMessage = "follower_message",
        /// To whoever follows it: somebody added a file.
        FollowerFile = "follower_file",
        /// To whoever follows it: how it stands.
        FollowerUpdate = "follower_update",
        /// To whoever follows it: when it is expected to be over.
        FollowerExpected = "follower_expected",
        /// To whoever follows it: it should work again.
        FollowerResolved = "follower_resolved",
        /// To whoever follows it: its requester says that it is still broken.
        FollowerDisputed = "follower_disputed",
        /// To whoever follows it: it is closed.
        FollowerClosed = "follower_closed",
        /// To whoever follows it: it is worked on again.
        FollowerReopened = "follower_reopened",
        /// A new incident is with the reader's team.
        TeamNew = "team_new",
        /// An incident was given to the reader's team.
        TeamGiven = "team_given",
        /// It was given to the reader.
        Given = "given",
        /// The reader was brought in.
        BroughtIn = "brought_in",
        /// Somebody answered on what the reader has.
        Answered = "answered",
        /// Somebody added a file to what the reader has.
        FileAdded = "file_added",
        /// Its requester says that it is still broken.
        Disputed = "disputed",
        /// Somebody took it up again.
        TakenUp = "taken_up",
        /// A time is about to be missed.
        TimeShort = "time_short",
        /// A time was missed.
        TimeOver = "time_over",
        /// When it was said to be over is near.
        Nears = "nears",
        /// What is promised to the reader.
        PromisedTo = "promised_to",
        /// A promise was broken.
        PromiseBroken = "promise_broken",
        /// A miss was explained, and the reader owns what follows.
        Explained = "explained",
        /// Somebody was not content.
        RatedLow = "rated_low",
        /// A reply in the reader's name stayed inside.
        KeptInside = "kept_inside",
        /// The reader is paged, and reads it by mail.
        Paged = "paged",
        /// By a row: a new incident was reported.
        RowReported = "row_reported",
        /// By a row: it was given to somebody.
        RowGiven = "row_given",
        /// By a row: others were brought in.
        RowBroughtIn = "row_brought_in",
        /// By a row: its priority is another one.
        RowPriority = "row_priority",
        /// By a row: it was declared a major incident.
        RowMajor = "row_major",
        /// By a row: how it stands.
        RowUpdate = "row_update",
        /// By a row: when it is expected to be over.
        RowExpected = "row_expected",
        /// By a row: it should work again.
        RowResolved = "row_resolved",
        /// By a row: it is closed.
        RowClosed = "row_closed",
        /// By a row: it was withdrawn.
        RowWithdrawn = "row_withdrawn",
    }
}

impl LetterKind {
    /// Whether it goes to people of the service desk, and to whom a promise was given.
    pub const fn is_to_staff(self) -> bool {
        !self.is_to_followers()
            && !matches!(
                self,
                LetterKind::Received
                    | LetterKind::Message
                    | LetterKind::File
                    | LetterKind::Update
                    | LetterKind::Expected
                    | LetterKind::Late
                    | LetterKind::Promised
                    | LetterKind::Resolved
                    | LetterKind::Closed
                    | LetterKind::Withdrawn
                    | LetterKind::Reopened
                    | LetterKind::Together
            )
    }

    /// Whether it goes to whoever follows an incident.
    pub const fn is_to_followers(self) -> bool {
        matches!(
            self,
            LetterKind::FollowerMessage
                | LetterKind::FollowerFile
                | LetterKind::FollowerUpdate
                | LetterKind::FollowerExpected
                | LetterKind::FollowerResolved
                | LetterKind::FollowerDisputed
                | LetterKind::FollowerClosed
                | LetterKind::FollowerReopened
        )
    }
}

/// The words for one kind of letter in one language. What is empty is ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterText {
    /// Which letter.
    pub kind: LetterKind,
    /// In which language.
    pub language: Language,
    /// Instead of the title, after the mark with the number.
    pub subject: String,
    /// Instead of our first sentence.
    pub opening: String,
    /// At the end.
    pub closing: String,
    /// Counts the changes, from 1.
    pub version: i64,
}

/// All of them.
pub fn list(sql: &mut dyn Sql) -> Result<Vec<LetterText>, Failure> {
    many(sql, &format!("{SELECT} order by kind, language"), &[], read)
}

/// Those of one kind.
pub fn of_kind(sql: &mut dyn Sql, kind: LetterKind) -> Result<Vec<LetterText>, Failure> {
    many(sql, &format!("{SELECT} where kind = $1"), &[kind.as_str().into()], read)
}

/// Those of one kind in one language.
pub fn get(
    sql: &mut dyn Sql,
    kind: LetterKind,
    language: Language,
) -> Result<Option<LetterText>, Failure> {
    let key = [kind.as_str().into(), language.as_str().into()];
    one(sql, &format!("{SELECT} where kind = $1 and language = $2"), &key, read)
}

/// Stores words; `false` when `expected_version` is not theirs any more. Version 0 is words
/// that were never written.
pub fn put(sql: &mut dyn Sql, text: &LetterText, expected_version: i64) -> Result<bool, Failure> {
    let mut values = vec![
        text.kind.as_str().into(),
        text.language.as_str().into(),
        (&text.subject).into(),
        (&text.opening).into(),
        (&text.closing).into(),
    ];
    let touched = match expected_version {
        0 => sql.execute(
            "insert into letter_texts (kind, language, subject, opening, closing, version) \
             values ($1, $2, $3, $4, $5, 1) on conflict do nothing",
            &values,
        )?,
        version => {
            values.push(version.into());
            sql.execute(
                "update letter_texts set subject = $3, opening = $4, closing = $5, version = version + 1 \
                 where kind = $1 and language = $2 and version = $6",
                &values,
            )?
        }
    };
    Ok(touched == 1)
}

/// Goes back to our words; `false` when `expected_version` is not theirs any more.
pub fn remove(
    sql: &mut dyn Sql,
    kind: LetterKind,
    language: Language,
    expected_version: i64,
) -> Result<bool, Failure> {
    let statement = "delete from letter_texts where kind = $1 and language = $2 and version = $3";
    let values = [kind.as_str().into(), language.as_str().into(), expected_version.into()];
    Ok(sql.execute(statement, &values)? == 1)
}

fn read(row: &mut Columns) -> Result<LetterText, Failure> {
    Ok(LetterText {
        kind: row.parsed()?,
        language: row.parsed()?,
        subject: row.text()?,
        opening: row.text()?,
        closing: row.text()?,
        version: row.int()?,
    })
}
