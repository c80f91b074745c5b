//! A sign of life. Whatever comes is one; what it says is kept as a note.

use super::limits::NOTE_CHARS;
use super::loose::{self, Text, object};
use super::{Notes, Request};

object! {
    Body<'a> {
        "status" => status: Text<'a>,
        "message" => message: Text<'a>,
        "msg" => msg: Text<'a>,
    }
}

/// A sign of life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beat {
    /// Whether it says that something is wrong nevertheless: a job that ran and failed.
    pub failed: bool,
    /// What was said with it.
    pub note: Option<String>,
}

/// Words by which a job says that it failed; also the last part of the path, as health check
/// services have it, and the exit code of the job other than 0.
const FAILED: [&str; 6] = ["fail", "failed", "failure", "error", "down", "ko"];

/// Reads a sign of life, which never fails.
pub fn read(request: &Request<'_>) -> Beat {
    let mut notes = Notes::new(request.now);
    let text = loose::text(request.body, &mut notes);
    let body: Body<'_> = loose::parse(&text).unwrap_or_default();
    let said = match body.is_object {
        true => body.message.get().or(body.msg.get()).unwrap_or_default().to_owned(),
        false => text.as_ref().to_owned(),
    };
    let said = request.parameter("msg").filter(|_| said.is_empty()).unwrap_or(said);
    let path = request.path.trim_matches('/').rsplit('/').next().unwrap_or_default();
    let status = body.status.get().map(str::to_owned).or_else(|| request.parameter("status"));
    let failed = |word: &str| FAILED.iter().any(|known| known.eq_ignore_ascii_case(word));
    let exit_code = path.parse::<u8>().is_ok_and(|code| code != 0);
    let note = notes.text("message", &said, NOTE_CHARS);
    Beat {
        failed: failed(path) || exit_code || status.is_some_and(|word| failed(word.trim())),
        note: Some(note).filter(|note| !note.is_empty()),
    }
}
