//! What is read: a file, or standard input.

use crate::failed::Failed;
use map::catalogue::TEXT_BYTES;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What stands for standard input where a file is asked for.
pub(crate) const STDIN: &str = "-";

/// A text of YAML. Of one that is too large only so much is read that whoever reads it sees that.
///
/// # Errors
///
/// Where it cannot be read, or is not UTF-8.
pub(crate) fn text(path: &Path) -> Result<String, Failed> {
    let failed = |error: &io::Error| Failed::io("reading", path, error);
    let mut bytes = Vec::new();
    let most = TEXT_BYTES as u64 + 1;
    let read = match path.as_os_str() == STDIN {
        true => io::stdin().lock().take(most).read_to_end(&mut bytes),
        false => File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)),
    };
    read.map_err(|error| failed(&error))?;
    // It may have been cut inside a letter.
    if bytes.len() > TEXT_BYTES {
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    String::from_utf8(bytes)
        .map_err(|_| failed(&io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8")))
}
