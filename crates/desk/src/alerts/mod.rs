//! From what sources of monitoring tell to alerts and incidents: doors hand in what was read,
//! the writer decides about all that waits in one transaction.

mod acting;
mod asking;
mod monitoring;
mod reading;
mod ringing;
mod sources;
mod windows;

pub use acting::Act;
pub use asking::Asking;
pub(crate) use asking::Gone;
pub(crate) use monitoring::Monitoring;
pub use reading::{MappingTried, read_as};
pub(crate) use ringing::start;
pub use sources::Silenced;
pub(crate) use windows::Windows;

use crate::{Desk, Trouble};
use alert::{Reading, Signal, SignalStatus};
use kernel::{Actor, AlertId, IncidentNumber, IntegrationId, limits};
use sha2::{Digest, Sha256};
use store::alerts::payloads::{Payload, PayloadOutcome};
use tokio::sync::oneshot;

/// Characters of an alert's key: what the most generous of the sources allow.
const KEY_CHARS: usize = 512;
/// Bytes of an alert's words that are kept, one by one: a long stack trace fits.
const BODY_CHARS: usize = limits::BODY_CHARS;

/// A body as it came through a door.
#[derive(Debug, Clone)]
pub struct Raw {
    /// The kind of door.
    pub door: String,
    /// Its content type as it was said.
    pub content_type: String,
    /// The body.
    pub bytes: Vec<u8>,
}

/// What a request of an integration told.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// What it said.
    pub reading: Reading,
    /// The heartbeats it is a sign of life of.
    pub beats: Vec<Beat>,
    /// The body, kept if it brings something new.
    pub raw: Option<Raw>,
}

/// A sign of life.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beat {
    /// What is alive.
    pub name: String,
    /// Whether it says that it is in trouble nevertheless.
    pub failed: bool,
    /// What it said.
    pub note: Option<String>,
}

/// What became of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken {
    /// Alerts that began.
    pub new: u32,
    /// Alerts that were known.
    pub repeated: u32,
    /// Alerts that somebody over there has.
    pub acknowledged: u32,
    /// Alerts that are over.
    pub resolved: u32,
    /// What was said of alerts that nobody knows, and is dropped.
    pub unknown: u32,
    /// The incidents that alerts which began belong to.
    pub incidents: Vec<IncidentNumber>,
    /// The alert that was told of last.
    pub alert: Option<AlertId>,
}

/// What the writer gets.
pub(crate) enum What {
    /// An integration told something, with what the words of each signal come to: that is computed
    /// where nobody waits for it.
    Told(IntegrationId, Box<Told>, Vec<i64>),
    /// The source was asked, and does not know these alerts any more.
    Gone(IntegrationId, Gone),
    /// Time passed.
    Due,
    /// A person acts on an alert.
    Act(Actor, AlertId, Act),
}

/// A request at the writer.
pub(crate) struct Job {
    pub(crate) what: What,
    pub(crate) reply: oneshot::Sender<Result<Taken, Trouble>>,
}

impl Job {
    /// Whether a person acts, or a source for one.
    pub(crate) fn is_act(&self) -> bool {
        matches!(self.what, What::Act(..))
    }

    /// How many signals it brings.
    pub(crate) fn signals(&self) -> usize {
        match &self.what {
            What::Told(_, told, _) => told.reading.signals.len(),
            What::Gone(_, gone) => gone.alerts.len().max(1),
            What::Due | What::Act(..) => 1,
        }
    }
}

impl Desk {
    /// Takes what an integration told; when this answers, it is durable, with the incidents
    /// and the paging that follow from it.
    ///
    /// # Errors
    ///
    /// [`Trouble::Overloaded`] when too much waits, [`Trouble::Refused`] when the integration
    /// takes nothing any more, [`Trouble::Failed`] when the database does not answer.
    pub async fn signals(
        &self,
        integration: IntegrationId,
        mut told: Told,
    ) -> Result<Taken, Trouble> {
        for signal in &mut told.reading.signals {
            tidy(signal);
        }
        for beat in &mut told.beats {
            beat.name = plain(&beat.name, limits::NAME_CHARS);
        }
        told.reading.signals.extend(told.beats.iter().map(signal_of));
        let digests = told.reading.signals.iter().map(alert::digest).collect();
        self.0.writer.signals(What::Told(integration, Box::new(told), digests)).await
    }

    /// Keeps a body that brought nothing, because it could not be read or is too large.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn keep_payload(
        &self,
        integration: IntegrationId,
        outcome: PayloadOutcome,
        note: &str,
        raw: Raw,
    ) -> Result<(), Trouble> {
        let note = plain(note, limits::REASON_CHARS);
        let payload = payload(integration, self.now(), outcome, note, &raw);
        let bytes = payload.bytes.len();
        let keep = move |sql: &mut dyn store::Sql| {
            store::alerts::payloads::keep(sql, vec![payload.clone()])
        };
        self.write_bytes_together(bytes, keep).await
    }
}

/// A body as it is kept.
pub(crate) fn payload(
    integration: IntegrationId,
    received_at: kernel::Timestamp,
    outcome: PayloadOutcome,
    note: String,
    raw: &Raw,
) -> Payload {
    Payload {
        integration,
        received_at,
        door: plain(&raw.door, limits::NAME_CHARS),
        content_type: plain(&raw.content_type, limits::NAME_CHARS),
        outcome,
        note,
        bytes: raw.bytes.clone(),
    }
}

/// The key of a heartbeat's alert.
pub(crate) fn heartbeat_key(name: &str) -> String {
    format!("heartbeat {name}")
}

/// Alive is over, as alerts go; in trouble is an alert.
fn signal_of(beat: &Beat) -> Signal {
    let key = heartbeat_key(&beat.name);
    if !beat.failed {
        return Signal::new(key, SignalStatus::Resolved, "");
    }
    let title = one_line(&format!("{} says that it failed", beat.name));
    let body = beat.note.clone().unwrap_or_default();
    Signal { body, ..Signal::new(key, SignalStatus::Firing, title) }
}

/// What both engines can keep: no character zero, and keys that fit an index. A key that is
/// too long is cut, and keeps apart by a digest what would be the same.
fn tidy(signal: &mut Signal) {
    for text in [&mut signal.key].into_iter().chain(&mut signal.group) {
        cut(text);
    }
    signal.title = one_line(&signal.title);
    for text in [&mut signal.body].into_iter().chain(&mut signal.note) {
        without_zero(text);
        if text.len() > BODY_CHARS {
            *text = text.chars().take(BODY_CHARS).collect();
        }
    }
    if signal.labels.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
        let labels = std::mem::take(&mut signal.labels);
        let clean = |text: String| text.replace('\0', "");
        signal.labels = labels.into_iter().map(|(k, v)| (clean(k), clean(v))).collect();
    }
}

fn cut(text: &mut String) {
    without_zero(text);
    if text.chars().count() > KEY_CHARS {
        let digest = Sha256::digest(text.as_bytes());
        let digest: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let room = KEY_CHARS - digest.len() - 1;
        *text = text.chars().take(room).collect::<String>() + "…" + &digest;
    }
}

fn without_zero(text: &mut String) {
    if text.contains('\0') {
        text.retain(|c| c != '\0');
    }
}

fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match plain(&line, limits::TITLE_CHARS) {
        line if line.is_empty() => "An alert without a title".to_owned(),
        line => line,
    }
}

fn plain(text: &str, max_chars: usize) -> String {
    let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().filter(kept).take(max_chars).collect::<String>().trim().to_owned()
}
