//! What comes in from outside. Bytes are kept before anything else is done with them;
//! then they are understood, and become commands.

mod letter;

pub use letter::{
    Address, Attachment, Authentication, Automatic, Forwarded, Letter, Report, Reported, Verdict,
    read, safe_html, subject_stem,
};
