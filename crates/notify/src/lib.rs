//! Tells people what concerns them. The outbox says who is to be told what; this room turns
//! its rows into deliveries, writes the letters when they leave, and hands them to the mail
//! server: at least once, in order for each person and incident, never twice at once.
//!
//! What somebody may not see any more when a letter leaves is not told ([`desk::sight`]).

mod courier;
mod dkim;
mod draw;
mod figures;
mod folded;
mod letter;
mod material;
mod message;
mod outside;
pub mod paging;
pub mod push;
mod smtp;
pub mod webhooks;
mod words;

pub use courier::{Courier, Next, Notifier, Options, start};
pub use dkim::{Dkim, Unsigned};
pub use draw::{Drawn, draw};
pub use smtp::{Smtp, Wrong, tells_password};

use desk::sight;
