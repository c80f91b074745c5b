//! What would the clocks say: a made-up timeline played under made-up terms, before
//! anything is saved. The clocks are those of the incidents; what else happens to an
//! incident is left out.

use crate::clocks::{Clock, ClockKind, Counted, status_in};
use crate::state::Lifecycle;
use calendar::Calendar;
use kernel::{Priority, Timestamp};
use std::collections::BTreeMap;

/// What is promised at one priority, in seconds of business time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promised {
    /// Until the first response.
    pub response_seconds: i64,
    /// Until it is resolved.
    pub resolution_seconds: i64,
}

/// What a timeline is played under.
#[derive(Debug, Clone)]
pub struct Terms<'a> {
    /// What is promised, by priority.
    pub targets: BTreeMap<Priority, Promised>,
    /// Whether a hold pauses the response clock too; the resolution clock it always does.
    pub pause_response: bool,
    /// The business time that counts.
    pub calendar: &'a Calendar,
    /// The business time that counts at these priorities instead.
    pub calendar_by_priority: BTreeMap<Priority, &'a Calendar>,
}

impl<'a> Terms<'a> {
    /// The business time that counts at this priority.
    pub fn calendar(&self, priority: Priority) -> &'a Calendar {
        self.calendar_by_priority.get(&priority).copied().unwrap_or(self.calendar)
    }
}

/// Something that happens to an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// It is reported at this priority.
    Create(Priority),
    /// Its priority is another.
    SetPriority(Priority),
    /// Somebody of the provider answers.
    Respond,
    /// It waits.
    Hold,
    /// It goes on.
    Resume,
    /// Somebody else is responsible; the clocks do not care.
    Assign,
    /// It is over.
    Resolve,
    /// It was not over.
    Reopen,
    /// It is over for good.
    Close,
    /// It was none.
    Cancel,
}

impl Happening {
    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Happening::Create(_) => "create",
            Happening::SetPriority(_) => "set_priority",
            Happening::Respond => "respond",
            Happening::Hold => "hold",
            Happening::Resume => "resume",
            Happening::Assign => "assign",
            Happening::Resolve => "resolve",
            Happening::Reopen => "reopen",
            Happening::Close => "close",
            Happening::Cancel => "cancel",
        }
    }
}

/// One entry of the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// When it happens.
    pub at: Timestamp,
    /// What happens.
    pub what: Happening,
}

/// What makes a timeline impossible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field} {message}")]
pub struct Fault {
    /// The field, as a path: `events.3.at`.
    pub field: String,
    /// The rule that it breaks; goes on after the field's name.
    pub message: String,
}

impl Fault {
    fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Fault { field: field.into(), message: message.into() }
    }
}

/// How the incident and its clocks stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// Where it is in its life.
    pub lifecycle: Lifecycle,
    /// Its priority.
    pub priority: Priority,
    /// The response clock, with every breach up to the instant asked for.
    pub response: Clock,
    /// The resolution clock, likewise.
    pub resolution: Clock,
}

/// Plays what happens up to and with `as_of`, in the order of the list, and says how
/// the clocks stand then. What happens later changes nothing, but must be possible too.
///
/// # Errors
/// Time that runs backwards, an entry that is not possible in the state at hand, a priority without
/// targets, a list that does not begin with `create`, an instant before it.
pub fn preview(terms: &Terms, entries: &[Entry], as_of: Timestamp) -> Result<Outlook, Fault> {
    let (first, rest) = entries.split_first().ok_or_else(|| begins_with_create("events"))?;
    let Happening::Create(priority) = first.what else {
        return Err(begins_with_create("events.0.type"));
    };
    if as_of < first.at {
        return Err(Fault::new("as_of", "lies before the first event"));
    }
    let mut course = Course::begun(terms, priority, first.at)?;
    let mut outlook = None;
    let mut last = first.at;
    for (place, entry) in rest.iter().enumerate() {
        let place = place + 1;
        if entry.at < last {
            let words = "lies before the event above; list events in the order of time";
            return Err(Fault::new(format!("events.{place}.at"), words));
        }
        last = entry.at;
        if entry.at > as_of && outlook.is_none() {
            outlook = Some(course.seen_at(as_of));
        }
        course.happens(*entry, place)?;
    }
    Ok(outlook.unwrap_or_else(|| course.seen_at(as_of)))
}

fn begins_with_create(field: &'static str) -> Fault {
    Fault::new(field, "must begin with an event of the type create")
}

struct Course<'a> {
    terms: &'a Terms<'a>,
    lifecycle: Lifecycle,
    priority: Priority,
    responded: bool,
    response: Clock,
    resolution: Clock,
}

impl<'a> Course<'a> {
    fn begun(terms: &'a Terms, priority: Priority, at: Timestamp) -> Result<Self, Fault> {
        let promised = promised(terms, priority, 0)?;
        let by = Counted { calendar: terms.calendar(priority), reference: None };
        let clock = |kind, seconds| Clock::started(kind, seconds, by, at);
        Ok(Course {
            terms,
            lifecycle: Lifecycle::New,
            priority,
            responded: false,
            response: clock(ClockKind::Response, promised.response_seconds),
            resolution: clock(ClockKind::Resolution, promised.resolution_seconds),
        })
    }

    fn seen_at(&self, at: Timestamp) -> Outlook {
        let calendar = self.terms.calendar(self.priority);
        Outlook {
            lifecycle: self.lifecycle,
            priority: self.priority,
            response: self.response.seen_at(calendar, at),
            resolution: self.resolution.seen_at(calendar, at),
        }
    }

    fn happens(&mut self, entry: Entry, place: usize) -> Result<(), Fault> {
        let seen = self.seen_at(entry.at);
        (self.response, self.resolution) = (seen.response, seen.resolution);
        let before = self.terms.calendar(self.priority);
        self.changes_state(entry.what, place)?;
        let promised = promised(self.terms, self.priority, place)?;
        self.follow(before, promised, entry.at);
        Ok(())
    }

    fn changes_state(&mut self, what: Happening, place: usize) -> Result<(), Fault> {
        let open = self.lifecycle.is_open();
        let (possible, then) = match what {
            Happening::Create(_) => (false, self.lifecycle),
            Happening::SetPriority(priority) => {
                self.priority = priority;
                (true, self.lifecycle)
            }
            Happening::Respond => {
                self.responded = true;
                let taken = self.lifecycle == Lifecycle::New;
                (true, if taken { Lifecycle::InProgress } else { self.lifecycle })
            }
            Happening::Assign => (true, self.lifecycle),
            Happening::Hold => (open, Lifecycle::OnHold),
            Happening::Resume => (self.lifecycle == Lifecycle::OnHold, Lifecycle::InProgress),
            Happening::Resolve => (open, Lifecycle::Resolved),
            Happening::Reopen => (self.lifecycle == Lifecycle::Resolved, Lifecycle::InProgress),
            Happening::Close => (self.lifecycle == Lifecycle::Resolved, Lifecycle::Closed),
            Happening::Cancel => (open, Lifecycle::Cancelled),
        };
        if !possible {
            let state = self.lifecycle.as_str();
            let words = format!("{} is not possible in the state {state}", what.as_str());
            return Err(Fault::new(format!("events.{place}.type"), words));
        }
        self.lifecycle = then;
        Ok(())
    }

    fn follow(&mut self, before: &Calendar, promised: Promised, at: Timestamp) {
        let calendar = self.terms.calendar(self.priority);
        let (lifecycle, responded) = (self.lifecycle, self.responded);
        for (clock, target, met, pauses) in [
            (&mut self.response, promised.response_seconds, responded, self.terms.pause_response),
            (&mut self.resolution, promised.resolution_seconds, false, true),
        ] {
            let pauses = pauses && lifecycle == Lifecycle::OnHold;
            // A response is not asked for twice.
            let comes_back = lifecycle.is_open() && clock.kind == ClockKind::Resolution;
            if !clock.status.is_live() && !comes_back {
                continue;
            }
            clock.set_terms(target, before, Counted { calendar, reference: None }, at);
            clock.set_status(status_in(lifecycle, Some(clock.status), met, pauses), calendar, at);
        }
    }
}

fn promised(terms: &Terms, priority: Priority, place: usize) -> Result<Promised, Fault> {
    terms.targets.get(&priority).copied().ok_or_else(|| {
        let words = format!("{priority} has no targets; name them in policy.targets.{priority}");
        Fault::new(format!("events.{place}.priority"), words)
    })
}
