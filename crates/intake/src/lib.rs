//! What comes in from outside. Bytes are kept before anything else is done with them;
//! then they are understood, and become commands.

mod arrive;
mod caps;
mod letter;
mod subject;
mod thread;
mod work;

pub use arrive::{Arrived, MESSAGE_BYTES, NotAccepted, accept};
pub use letter::{
    Address, Attachment, Authentication, Automatic, Forwarded, Letter, Report, Reported, Verdict,
};
pub use work::{Intake, Next, Options, Reader, Worker, work};
