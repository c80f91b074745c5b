//! The ledger that explains a clock: every start, pause, resume, re-target, restart,
//! warning, breach, correction and stop, with what caused it and the seconds of
//! business time that went by since the line before. It is read off the timeline, and
//! its last total is what the clock says.

mod course;
mod pause;
mod words;

pub use course::Span;
pub use pause::{Pause, pauses};

pub(crate) use course::Course;

use crate::clocks::{Clock, ClockKind, ClockStatus};
use crate::event::{Body, Cause, Event};
use crate::policy::Policy;
use crate::state::CalendarRef;
use calendar::SkippedDay;
use kernel::time::MICROS_PER_SECOND;
use kernel::{InOrder, TeamId, Timestamp};
use std::collections::BTreeMap;

/// What a clock did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It began to run.
    Started,
    /// It waits.
    Paused,
    /// It runs again.
    Resumed,
    /// It began anew.
    Restarted,
    /// It got another target.
    Retargeted {
        /// Seconds before.
        from_seconds: i64,
    },
    /// It counts through another calendar, or another version of it.
    Recalendared,
    /// A pause was found to have been another one.
    Corrected,
    /// What it counted since a reopening that was none does not count.
    TakenBack,
    /// It passed a share of its target.
    Warned {
        /// Per cent.
        share: u8,
    },
    /// It passed its target.
    Breached,
    /// It stopped within its target.
    Met,
    /// It stopped after its target.
    Missed,
    /// It ended with the incident.
    Cancelled,
    /// Nothing: it counts on until now.
    Counting,
}

impl Turn {
    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Turn::Started => "started",
            Turn::Paused => "paused",
            Turn::Resumed => "resumed",
            Turn::Restarted => "restarted",
            Turn::Retargeted { .. } => "retargeted",
            Turn::Recalendared => "calendar_changed",
            Turn::Corrected => "corrected",
            Turn::TakenBack => "taken_back",
            Turn::Warned { .. } => "warned",
            Turn::Breached => "breached",
            Turn::Met => "met",
            Turn::Missed => "missed",
            Turn::Cancelled => "cancelled",
            Turn::Counting => "counting",
        }
    }
}

/// The calendar that counted a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountedBy<'p> {
    /// Which version.
    pub reference: CalendarRef,
    /// Its name.
    pub name: &'p str,
}

/// A line of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'p> {
    /// When.
    pub at: Timestamp,
    /// What the clock did.
    pub turn: Turn,
    /// The place in the timeline of what caused it; none for what is so now.
    pub cause: Option<u32>,
    /// The place in the timeline of the event that recorded it.
    pub recorded: Option<u32>,
    /// What caused it, as half a sentence: "Mara put it on hold, waiting for the requester".
    pub words: String,
    /// Seconds of business time since the line before.
    pub added_seconds: i64,
    /// Seconds given back (negative) or added by hand: a restart gives back all, a
    /// correction what it changed.
    pub adjusted_seconds: i64,
    /// Seconds used by then: those of the line before with both.
    pub total_seconds: i64,
    /// The target from then on, in seconds.
    pub target_seconds: i64,
    /// How the clock stands from then on.
    pub status: ClockStatus,
    /// What counted since the line before; none is round the clock.
    pub calendar: Option<CountedBy<'p>>,
    /// Local days since the line before that made the running clock wait.
    pub skipped: Vec<SkippedDay<'p>>,
}

/// The ledger of one clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger<'p> {
    /// The clock as it is recorded.
    pub clock: Clock,
    /// Whether it is one of the clocks the incident has now; a team's clock gives way
    /// to the next team's.
    pub is_current: bool,
    /// Its lines, oldest first.
    pub entries: Vec<Entry<'p>>,
    /// From when to when it waited since it began (anew); the last may last on.
    pub pauses: Vec<(Timestamp, Option<Timestamp>)>,
}

impl Ledger<'_> {
    /// What it measures.
    pub fn kind(&self) -> ClockKind {
        self.clock.kind
    }

    /// Whose clock it is, if a team's.
    pub fn team(&self) -> Option<TeamId> {
        self.clock.team
    }

    /// Seconds it has used.
    pub fn total_seconds(&self) -> i64 {
        self.entries.last().map_or(0, |entry| entry.total_seconds)
    }

    /// The lines since it began, or began anew.
    pub fn cycle(&self) -> &[Entry<'_>] {
        let start = self.entries.iter().rposition(|entry| entry.turn == Turn::Restarted);
        &self.entries[start.unwrap_or(0)..]
    }
}

/// The ledgers of an incident's clocks at `now`, by kind, a team's in the order of its
/// assignments. `events` is its whole timeline.
pub fn ledgers<'e, 'p>(
    events: impl IntoIterator<Item = &'e Event>,
    policy: &'p Policy,
    now: Timestamp,
) -> Vec<Ledger<'p>> {
    let events: Vec<&Event> = events.into_iter().collect();
    let mut walk = Walk::new(policy);
    events.iter().for_each(|event| walk.see(event));
    walk.finish(&pauses(events), now)
}

/// The course of the clock of each kind that an incident has, as it was recorded.
pub(crate) fn courses<'e>(
    events: impl IntoIterator<Item = &'e Event>,
    policy: &Policy,
) -> BTreeMap<ClockKind, Course> {
    let mut walk = Walk::new(policy);
    events.into_iter().for_each(|event| walk.see(event));
    let Walk { current, mut books, .. } = walk;
    let take = |(kind, place): (ClockKind, usize)| (kind, std::mem::take(&mut books[place].course));
    current.into_iter().map(take).collect()
}

/// A ledger being written.
#[derive(Clone)]
struct Book<'p> {
    clock: Clock,
    entries: Vec<Entry<'p>>,
    /// The instant of the last line.
    last: Timestamp,
    /// When it ran, as it was recorded.
    course: Course,
}

struct Walk<'e, 'p> {
    policy: &'p Policy,
    books: Vec<Book<'p>>,
    /// The clock of each kind that counts now.
    current: BTreeMap<ClockKind, usize>,
    /// What happened with the change of clocks that may follow.
    together: Vec<&'e Event>,
    before_reopening: Option<BTreeMap<ClockKind, Book<'p>>>,
}

impl<'e, 'p> Walk<'e, 'p> {
    fn new(policy: &'p Policy) -> Self {
        Walk {
            policy,
            books: vec![],
            current: BTreeMap::new(),
            together: vec![],
            before_reopening: None,
        }
    }

    fn see(&mut self, event: &'e Event) {
        if self.together.last().is_some_and(|last| last.at != event.at) {
            self.together.clear();
        }
        match &event.body {
            Body::ClocksChanged(data) => {
                data.clocks.iter().for_each(|clock| self.changed(event, clock));
                self.together.clear();
            }
            Body::ClockWarned(data) => {
                let turn = Turn::Warned { share: data.share };
                self.passed(event, data.clock, turn, event.happened_at);
            }
            Body::ClockBreached(data) => {
                self.passed(event, data.clock, Turn::Breached, data.breached_at);
            }
            Body::Reopened(data) => {
                self.together.push(event);
                let books = self.current.iter().map(|(kind, at)| (*kind, self.books[*at].clone()));
                self.before_reopening = data.by_reply.then(|| books.collect());
            }
            Body::ReopeningWithdrawn(_) => {
                self.together.push(event);
                self.taken_back(event);
            }
            _ => self.together.push(event),
        }
    }

    /// A clock of which this is recorded.
    fn changed(&mut self, event: &'e Event, clock: &Clock) {
        let at = event.happened_at;
        let known = self.current.get(&clock.kind).copied();
        let goes_on = |had: &Clock| had.team == clock.team && !had.left;
        let known = known.filter(|place| goes_on(&self.books[*place].clock));
        let Some(place) = known else { return self.began(event, clock) };
        let cause = self.cause(event, clock.kind);
        let book = &mut self.books[place];
        let before = std::mem::replace(&mut book.clock, clock.clone());
        let by = self.policy.calendar_of(&before);
        let used = before.used_at(by, at);
        let corrected = cause.iter().any(|event| matches!(event.body, Body::PauseCorrected(_)));
        let restarted = clock.used_micros != used && !corrected;
        let begun_again = clock.kind == ClockKind::Update
            && before.status == ClockStatus::Stopped
            && clock.status == ClockStatus::Running
            && clock.used_micros == 0;
        let mut line = Line { policy: self.policy, book, before: &before, event, cause, at };
        let mut status_told = false;
        if restarted || begun_again {
            line.push(Turn::Restarted, used, clock.used_micros);
            line.book.course = Course::default();
            status_told = clock.status == ClockStatus::Running;
        } else if corrected && clock.used_micros != used {
            line.push(Turn::Corrected, used, clock.used_micros);
        }
        if clock.target_seconds != before.target_seconds {
            let turn = Turn::Retargeted { from_seconds: before.target_seconds };
            line.push(turn, clock.used_micros, clock.used_micros);
        }
        if clock.calendar != before.calendar {
            line.push(Turn::Recalendared, clock.used_micros, clock.used_micros);
        }
        if clock.status != before.status && !status_told {
            line.push(turn_to(clock), clock.used_micros, clock.used_micros);
        }
        let book = line.book;
        book.course.turn(clock, at);
    }

    /// A clock that was not there before, or another team's.
    fn began(&mut self, event: &'e Event, clock: &Clock) {
        let start = clock.since.unwrap_or(event.happened_at);
        let started = Clock { status: ClockStatus::Running, used_micros: 0, ..clock.clone() };
        let mut book =
            Book { clock: clock.clone(), entries: vec![], last: start, course: Course::default() };
        book.course.turn(&started, start);
        let cause = self.cause(event, clock.kind);
        let mut line = Line {
            policy: self.policy,
            book: &mut book,
            before: &started,
            event,
            cause,
            at: start,
        };
        line.push(Turn::Started, 0, 0);
        if clock.status != ClockStatus::Running {
            line.at = event.happened_at;
            line.push(turn_to(clock), clock.used_micros, clock.used_micros);
            book.course.turn(clock, event.happened_at);
        }
        self.current.insert(clock.kind, self.books.len());
        self.books.push(book);
    }

    /// A share of the target, or all of it, was passed.
    fn passed(&mut self, event: &'e Event, kind: ClockKind, turn: Turn, at: Timestamp) {
        let Some(place) = self.current.get(&kind) else { return };
        let book = &mut self.books[*place];
        let before = book.clock.clone();
        match turn {
            Turn::Warned { share } => book.clock.warned_share = share,
            _ => {
                book.clock.breached_at = Some(at);
                book.clock.first_breached_at.get_or_insert(at);
            }
        }
        let counted = at.max(book.last);
        let used = before.used_at(self.policy.calendar_of(&before), counted);
        let cause = vec![event];
        let mut line = Line { policy: self.policy, book, before: &before, event, cause, at };
        line.push(turn, used, used);
    }

    /// The clocks stand again as before a reply that was no reopening.
    fn taken_back(&mut self, event: &'e Event) {
        let Some(mut before) = self.before_reopening.take() else { return };
        let now = std::mem::take(&mut self.current);
        for (kind, place) in now {
            let Some(kept) = before.remove(&kind) else { continue };
            let book = &mut self.books[place];
            let was = std::mem::replace(&mut book.clock, kept.clock);
            let first = book.clock.first_breached_at.or(was.first_breached_at);
            book.clock.first_breached_at = first;
            book.course = kept.course;
            let stands = book.clock.clone();
            if (was.status, was.used_micros) != (stands.status, stands.used_micros) {
                let at = event.happened_at;
                let used = was.used_at(self.policy.calendar_of(&was), at);
                let cause = vec![event];
                let mut line = Line { policy: self.policy, book, before: &was, event, cause, at };
                line.push(Turn::TakenBack, used, stands.used_micros);
            }
            self.current.insert(kind, place);
        }
    }

    /// What caused a change: the events of the same decision, the one that says most first.
    fn cause(&self, event: &'e Event, kind: ClockKind) -> Vec<&'e Event> {
        let mut found: Vec<&'e Event> = self.together.clone();
        let rank = |event: &&Event| {
            let is_input = matches!(event.cause, Cause::Input(_));
            (words::says(&event.body, kind), is_input)
        };
        found.order_by_key(|event| std::cmp::Reverse(rank(event)));
        if found.is_empty() {
            found.push(event);
        }
        found
    }

    fn finish(self, holds: &[Pause], now: Timestamp) -> Vec<Ledger<'p>> {
        let Walk { policy, books, current, .. } = self;
        let mut found: Vec<Ledger<'p>> = Vec::with_capacity(books.len());
        for (place, mut book) in books.into_iter().enumerate() {
            if book.clock.since.is_some() {
                count_on(policy, &mut book, now);
            }
            let is_current = current.get(&book.clock.kind) == Some(&place);
            let pauses = book.course.corrected(book.clock.kind, holds).pauses();
            found.push(Ledger { clock: book.clock, is_current, entries: book.entries, pauses });
        }
        found.order_by_key(|ledger| ledger.clock.kind);
        found
    }
}

/// A line about a clock, to be added to its book.
struct Line<'a, 'e, 'p> {
    policy: &'p Policy,
    book: &'a mut Book<'p>,
    /// The clock as it stood up to now.
    before: &'a Clock,
    event: &'e Event,
    cause: Vec<&'e Event>,
    at: Timestamp,
}

impl Line<'_, '_, '_> {
    /// Adds it: what was used when it happened, and what is used after it.
    fn push(&mut self, turn: Turn, used_micros: i64, after_micros: i64) {
        let cause = self.cause.first();
        let words = words::of(turn, cause.copied(), self.policy);
        let n = cause.map(|event| event.n);
        let recorded = Some(self.event.n);
        add(
            self.policy,
            self.book,
            self.before,
            Added { at: self.at, turn, cause: n, recorded, words, used_micros, after_micros },
        );
    }
}

struct Added {
    at: Timestamp,
    turn: Turn,
    cause: Option<u32>,
    recorded: Option<u32>,
    words: String,
    used_micros: i64,
    after_micros: i64,
}

fn add<'p>(policy: &'p Policy, book: &mut Book<'p>, before: &Clock, line: Added) {
    let total = book.entries.last().map_or(0, |entry| entry.total_seconds);
    let counted = line.used_micros / MICROS_PER_SECOND;
    let after = line.after_micros / MICROS_PER_SECOND;
    let by = policy.calendar_of(before);
    let ran = before.since.is_some() && line.at > book.last;
    let skipped = if ran { by.skipped(book.last, line.at).collect() } else { vec![] };
    let known = before.calendar.and_then(|reference| policy.calendars.known(reference));
    book.entries.push(Entry {
        at: line.at,
        turn: line.turn,
        cause: line.cause,
        recorded: line.recorded,
        words: line.words,
        added_seconds: counted - total,
        adjusted_seconds: after - counted,
        total_seconds: after,
        target_seconds: book.clock.target_seconds,
        status: book.clock.status,
        calendar: known
            .map(|known| CountedBy { reference: known.hours.reference, name: &known.hours.name }),
        skipped,
    });
    book.last = book.last.max(line.at);
}

fn count_on<'p>(policy: &'p Policy, book: &mut Book<'p>, now: Timestamp) {
    let clock = book.clock.clone();
    let now = now.max(book.last);
    let used = clock.used_at(policy.calendar_of(&clock), now);
    add(
        policy,
        book,
        &clock,
        Added {
            at: now,
            turn: Turn::Counting,
            cause: None,
            recorded: None,
            words: String::new(),
            used_micros: used,
            after_micros: used,
        },
    );
}

/// What a clock did to stand as it does now, after it ran or waited.
fn turn_to(clock: &Clock) -> Turn {
    match clock.status {
        ClockStatus::Running => Turn::Resumed,
        ClockStatus::Paused => Turn::Paused,
        ClockStatus::Cancelled => Turn::Cancelled,
        ClockStatus::Stopped if clock.used_micros / MICROS_PER_SECOND > clock.target_seconds => {
            Turn::Missed
        }
        ClockStatus::Stopped => Turn::Met,
    }
}
