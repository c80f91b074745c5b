//! What was said as feeds: each word of an incident is an entry, so that a reader or a chat room
//! hears every one of them; each planned work is an entry that changes with it.

mod atom;
mod rss;
mod xml;

pub(crate) use atom::atom;
pub(crate) use rss::rss;

use crate::snapshot::{Incident, Update, Work, WorkPhase};
use crate::view::View;
use kernel::{InOrder, Language, Timestamp};
use sha2::{Digest, Sha256};

/// Entries of a feed, the newest.
const ENTRIES: usize = 50;

/// An entry of either feed.
struct Entry {
    /// A name that lasts, also when the page gets another address: `urn:uuid:…`.
    id: String,
    title: String,
    link: String,
    published: Timestamp,
    updated: Timestamp,
    /// HTML.
    content: String,
}

/// A feed in the page's first language.
struct Feed<'a> {
    view: &'a View,
    language: Language,
    texts: locale::Status,
}

impl<'a> Feed<'a> {
    fn of(view: &'a View) -> Feed<'a> {
        let language = view.snapshot.site.languages.first().copied().unwrap_or_default();
        Feed { view, language, texts: locale::status(language) }
    }

    fn title(&self) -> String {
        self.texts.page_title(&self.view.snapshot.site.name)
    }

    /// The newest entries, newest first.
    fn entries(&self) -> Vec<Entry> {
        let snapshot = &self.view.snapshot;
        let said = snapshot.incidents.iter().flat_map(|incident| {
            incident.updates.iter().map(move |update| self.word(incident, update))
        });
        let mut entries: Vec<Entry> =
            said.chain(snapshot.works.iter().map(|work| self.work(work))).collect();
        entries.order_by(|one, other| (other.updated, &other.id).cmp(&(one.updated, &one.id)));
        entries.dedup_by(|one, other| one.id == other.id);
        entries.truncate(ENTRIES);
        entries
    }

    fn word(&self, incident: &Incident, update: &Update) -> Entry {
        let mut content = paragraphs(&update.body);
        let clock = &self.view.clock;
        let promised = [
            (self.texts.expected_back(), update.expected),
            (self.texts.next_update(), update.next_update),
        ];
        for (what, at) in promised.into_iter().filter_map(|(what, at)| Some((what, at?))) {
            // A feed is read on any day: the promise says its date.
            let at = self.texts.by_time(locale::full(self.language, &clock.at(at)));
            let colon = locale::colon(self.language);
            content.push_str(&format!("<p>{}</p>", xml::escaped(&format!("{what}{colon} {at}"))));
        }
        Entry {
            id: self.name(&["word", &incident.id, &update.id]),
            title: format!("{}: {}", incident.title, self.texts.phase(update.phase.as_str())),
            link: self.view.url(&format!("incidents/{}", incident.id)),
            published: update.at,
            updated: update.at,
            content,
        }
    }

    fn work(&self, work: &Work) -> Entry {
        let clock = &self.view.clock;
        let full = |at| locale::full(self.language, &clock.at(at));
        let times = self.texts.from_to(full(work.starts_at), full(work.ends_at));
        let stand = match work.phase {
            WorkPhase::Scheduled => times,
            phase => format!("{}: {times}", self.texts.work_phase(phase.as_str())),
        };
        let place = if work.is_ahead(self.view.snapshot.at) { "" } else { "history" };
        Entry {
            id: self.name(&["work", &work.key()]),
            title: self.texts.planned_named(&work.title),
            link: self.view.url(&format!("{place}#work-{}", work.key())),
            published: work.created_at,
            updated: work.updated_at.max(work.created_at),
            content: format!("<p>{}</p>{}", xml::escaped(&stand), paragraphs(&work.body)),
        }
    }

    /// A name made of what it names; the page's own id in it keeps two pages apart.
    fn name(&self, parts: &[&str]) -> String {
        let mut hash = Sha256::new();
        hash.update(self.view.snapshot.site.id.as_bytes());
        for part in parts {
            hash.update([0]);
            hash.update(part.as_bytes());
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.finalize()[..16]);
        // Version 8 of RFC 9562: made by a way of our own.
        bytes[6] = bytes[6] & 0x0f | 0x80;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
        format!("urn:uuid:{}", parts.join("-"))
    }

    /// When the feed said something new: the same words give the same bytes.
    fn updated(&self, entries: &[Entry]) -> Timestamp {
        entries.iter().map(|entry| entry.updated).max().unwrap_or(self.view.snapshot.at)
    }
}

/// Plain words as HTML.
fn paragraphs(body: &str) -> String {
    let paragraphs = body.split("\n\n").map(str::trim).filter(|words| !words.is_empty());
    let html =
        paragraphs.map(|words| format!("<p>{}</p>", xml::escaped(words).replace('\n', "<br>")));
    html.collect()
}
