//! `evenkeel mail`: one message from a mail server's pipe. It is kept durably whether a server
//! runs or not, and understood by the one that does. Exit codes are those that mail servers
//! know: of all that goes wrong on our side they try again.

use crate::cli::MailArgs;
use crate::config::Settings;
use crate::failed::Failed;
use crate::instance::{self, Missing};
use crate::output;
use desk::{Clock, SystemClock};
use intake::{Arrived, MESSAGE_BYTES, NotAccepted};
use std::io::Read;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;
use store::directory::integrations::{self, Integration};
use store::messages::{Door, NewMessage};
use store::{Failure, Writer};

/// The message is the trouble: it is given back.
const BAD_MESSAGE: u8 = 65;
/// It was not kept, and may be later: the mail server tries again.
const TRY_AGAIN: u8 = 75;

/// Why a message was not kept.
enum NotKept {
    /// It never will be.
    Never(u8, String),
    /// It may be, later.
    Now(Failed),
}

impl From<Failed> for NotKept {
    fn from(failed: Failed) -> Self {
        NotKept::Now(failed)
    }
}

impl From<NotAccepted> for NotKept {
    fn from(not_accepted: NotAccepted) -> Self {
        match not_accepted {
            NotAccepted::Trouble(trouble) => NotKept::Now(trouble.into()),
            bad => NotKept::Never(BAD_MESSAGE, bad.to_string()),
        }
    }
}

impl From<Failure> for NotKept {
    fn from(failure: Failure) -> Self {
        NotKept::Now(failure.into())
    }
}

/// Whether the command line asks for this, as far as can be said when it cannot be read.
pub(crate) fn is_asked_for() -> bool {
    std::env::args_os().skip(1).any(|word| word == "mail")
}

/// Says that a message was not kept and may be later.
pub(crate) fn not_now(failed: &Failed) -> ExitCode {
    output::say(format!("evenkeel: {failed}"));
    ExitCode::from(TRY_AGAIN)
}

/// Says what is wrong about how it was called. That is mended some day; until then the mail
/// server keeps the message.
pub(crate) fn wrong_usage(error: &clap::Error) -> ExitCode {
    // Whoever calls may not listen.
    let _unheard = error.print();
    ExitCode::from(TRY_AGAIN)
}

/// Keeps the message on standard input.
pub(crate) fn run(args: &MailArgs, settings: &Settings) -> ExitCode {
    // A defect must not give the message back.
    match std::panic::catch_unwind(AssertUnwindSafe(|| keep(args, settings))) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(NotKept::Never(code, words))) => {
            output::say(format!("evenkeel: {words}"));
            ExitCode::from(code)
        }
        Ok(Err(NotKept::Now(failed))) => not_now(&failed),
        Err(panic) => not_now(&Failure::of_panic(panic).into()),
    }
}

fn keep(args: &MailArgs, settings: &Settings) -> Result<(), NotKept> {
    let raw = read(std::io::stdin().lock())?;
    if instance::restore_waits(settings) {
        return Err(Failed::new("a backup is being restored; try again in a minute").into());
    }
    instance::must_be_there(settings, Missing::Refuse)?;
    let target = instance::target(settings);
    let mut writer = Writer::open(&target)?;
    let arrived = Arrived {
        mailbox: None,
        door: Door::Pipe,
        sender: args.sender.clone().unwrap_or_default(),
        recipients: args.recipients.clone(),
        raw,
        own_bytes: 0,
    };
    let message = arrived.message(SystemClock.now())?;
    target.room_for_messages()?;
    let mut unknown = None;
    writer.transaction(|sql| {
        let known = integrations::mailboxes(sql)?;
        let mailbox = match &args.mailbox {
            Some(wanted) => match named(&known, wanted) {
                Some(mailbox) => Some(mailbox.id),
                None => {
                    unknown = Some(wanted.clone());
                    return Ok(());
                }
            },
            None => written_to(&known, &args.recipients).map(|mailbox| mailbox.id),
        };
        intake::keep(sql, &NewMessage { mailbox, ..message }).map(drop)
    })?;
    match unknown {
        None => Ok(()),
        Some(wanted) => {
            let words =
                format!("there is no mailbox `{wanted}` in use; it goes by name, key or address");
            // A mistake in the mail server's configuration, which somebody mends; until then the
            // message waits there instead of going back to a customer.
            Err(Failed::new(words).into())
        }
    }
}

/// The whole message, unless it is too large to be one.
fn read(from: impl Read) -> Result<Vec<u8>, NotKept> {
    let mut raw = Vec::new();
    let mut from = from.take(MESSAGE_BYTES as u64 + 1);
    from.read_to_end(&mut raw)
        .map_err(|error| Failed::new(format!("standard input cannot be read: {error}")))?;
    if raw.len() > MESSAGE_BYTES {
        let megabytes = MESSAGE_BYTES / 1_048_576;
        // What hands it over wants to be rid of all of it before it listens.
        drop(std::io::copy(&mut from.into_inner(), &mut std::io::sink()));
        let words = format!("the message is larger than the {megabytes} MB that are taken");
        return Err(NotKept::Never(BAD_MESSAGE, words));
    }
    Ok(raw)
}

fn named<'a>(known: &'a [Integration], wanted: &str) -> Option<&'a Integration> {
    let key = wanted.parse().ok();
    let name = wanted.trim().to_lowercase();
    let is = |one: &&Integration| Some(&one.key) == key.as_ref() || one.name.to_lowercase() == name;
    known.iter().find(is).or_else(|| integrations::addressed(known, wanted.trim()))
}

/// The mailbox that one of the recipients belongs to; else the only one there is.
fn written_to<'a>(known: &'a [Integration], recipients: &[String]) -> Option<&'a Integration> {
    let found = recipients.iter().find_map(|one| integrations::addressed(known, one));
    found.or(match known {
        [only] => Some(only),
        _ => None,
    })
}
