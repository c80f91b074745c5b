//! What is folded and what is not.

use super::{Entry, Sort, entries};
use incident::clocks::ClockKind;
use incident::event::{
    Assigned, Attached, Cause, ClockWarned, Commented, Derived, Event, MergeReceived, Merged,
    PutOnHold, Resumed, Tagged, TaskCompleted, UpdateOverdue, Watched, WorkStarted,
};
use incident::state::HoldReason;
use incident::{Body, Command, Visibility};
use kernel::{
    Actor, AttachmentId, Channel, ContentId, IncidentNumber, PersonId, TeamId, Timestamp,
};
use store::incidents::timeline::StoredEvent;

const MAIN: IncidentNumber = IncidentNumber(1);

/// Ids that differ in one digit.
fn id<T: std::str::FromStr<Err = kernel::Invalid>>(digit: u8) -> T {
    format!("0192f7a0-0000-7000-8000-00000000000{digit}").parse().unwrap()
}

fn mara() -> PersonId {
    id(1)
}

/// A timeline in the making: each event one second after the last unless told otherwise.
struct Story {
    events: Vec<StoredEvent>,
    at: i64,
}

impl Story {
    fn new() -> Self {
        Story { events: vec![], at: 0 }
    }

    fn after(mut self, seconds: i64) -> Self {
        self.at += seconds;
        self
    }

    fn by(self, person: PersonId, body: impl Into<Body>) -> Self {
        self.push(
            MAIN,
            Actor::person(person, "Mara"),
            Cause::Input(Box::new(Command::Acknowledge)),
            body.into(),
        )
    }

    fn derived(self, by: &str, body: impl Into<Body>) -> Self {
        let cause = Cause::Derived(Derived { by: by.into(), name: String::new(), version: 0 });
        self.push(MAIN, Actor::system(), cause, body.into())
    }

    fn push(mut self, number: IncidentNumber, actor: Actor, cause: Cause, body: Body) -> Self {
        let n = self.events.iter().filter(|stored| stored.number == number).count() as u32 + 1;
        let at = Timestamp::from_micros(self.at * 1_000_000);
        let event = Event {
            n,
            at,
            happened_at: at,
            actor,
            channel: Channel::Web,
            cause,
            batch: None,
            body,
        };
        let seq = self.events.len() as i64 + 1;
        self.events.push(StoredEvent { seq, number, event, public: false });
        self
    }

    fn sorts(&self) -> Vec<Sort> {
        self.entries().iter().map(|entry| entry.sort).collect()
    }

    fn entries(&self) -> Vec<Entry<'_>> {
        entries(MAIN, &self.events)
    }
}

fn assigned(from: Option<u8>, to: Option<u8>) -> Assigned {
    Assigned {
        team: None,
        team_before: None,
        assignee: to.map(id),
        assignee_before: from.map(id),
        was_new: false,
    }
}

fn said(visibility: Visibility) -> Commented {
    Commented { body: id::<ContentId>(5), visibility, by_requester: false, by_follower: false }
}

fn held() -> PutOnHold {
    PutOnHold {
        reason: HoldReason::Requester,
        until: None,
        note: None,
        was_new: false,
        before: None,
    }
}

fn resumed() -> Resumed {
    Resumed { reason: HoldReason::Requester, since: Timestamp::from_micros(0), until: None }
}

fn file(visibility: Visibility) -> Attached {
    Attached {
        attachment: id::<AttachmentId>(6),
        name: id::<ContentId>(7),
        size_bytes: 1,
        media_type: "image/png".into(),
        visibility,
    }
}

#[test]
fn what_followed_from_a_command_is_one_entry() {
    let story = Story::new()
        .by(mara(), assigned(None, Some(1)))
        .derived("policy", WorkStarted {})
        .after(1)
        .by(mara(), said(Visibility::Public));
    assert_eq!(story.sorts(), [Sort::Edit, Sort::Reply]);
    assert_eq!(story.entries()[0].events.len(), 2);
}

#[test]
fn edits_of_one_person_within_two_minutes_are_one() {
    let tagged = || Tagged { added: ["vpn".to_owned()].into(), removed: Default::default() };
    let story = Story::new()
        .by(mara(), assigned(None, Some(1)))
        .after(60)
        .by(mara(), tagged())
        .after(61)
        .by(mara(), assigned(Some(1), None));
    assert_eq!(story.sorts(), [Sort::Edit, Sort::Edit], "counted from the first");
    let other = Story::new().by(mara(), assigned(None, Some(1))).after(5).by(id(2), tagged());
    assert_eq!(other.sorts(), [Sort::Edit, Sort::Edit]);
    let between = Story::new()
        .by(mara(), assigned(None, Some(1)))
        .by(mara(), said(Visibility::Internal))
        .by(mara(), tagged());
    assert_eq!(
        between.sorts(),
        [Sort::Edit, Sort::Note, Sort::Edit],
        "words stand where they were said"
    );
}

#[test]
fn small_steps_of_one_person_are_told_together() {
    let watched = |digit| Watched { person: id(digit) };
    let story = Story::new()
        .by(mara(), TaskCompleted { task: id(4) })
        .after(60)
        .by(mara(), watched(5))
        .after(60)
        .by(mara(), watched(6))
        .after(1)
        .by(id(2), watched(7));
    assert_eq!(story.sorts(), [Sort::Step, Sort::Step]);
    assert_eq!(story.entries()[0].events.len(), 3);
    let later = Story::new().by(mara(), watched(5)).after(301).by(mara(), watched(6));
    assert_eq!(later.sorts(), [Sort::Step, Sort::Step]);
}

#[test]
fn a_hold_and_its_end_are_one_line() {
    let story = Story::new()
        .by(mara(), held())
        .after(720)
        .by(mara(), said(Visibility::Internal))
        .after(5)
        .by(mara(), resumed());
    assert_eq!(story.sorts(), [Sort::Hold, Sort::Note]);
    assert!(story.entries()[0].ended.is_some());
    assert_eq!(
        story.entries()[0].last_seq(),
        3,
        "a patch of the resume changes the line of the hold"
    );
    let answered = Story::new()
        .by(mara(), held())
        .after(9)
        .by(id(3), said(Visibility::Public))
        .derived("policy", resumed());
    assert_eq!(answered.sorts(), [Sort::Hold, Sort::Reply]);
    assert!(answered.entries()[0].ended.is_some(), "an answer ends it, and stays a message");
}

#[test]
fn words_are_never_folded() {
    let mut story = Story::new();
    for _ in 0..3 {
        story = story.by(mara(), said(Visibility::Internal));
    }
    let held_with_words = PutOnHold { note: Some(id(8)), ..held() };
    let story = story.by(mara(), held_with_words).after(1).by(mara(), resumed());
    assert_eq!(story.sorts(), [Sort::Note, Sort::Note, Sort::Note, Sort::Note, Sort::Resume]);
}

#[test]
fn files_belong_to_the_words_they_came_with() {
    let story = Story::new()
        .by(mara(), said(Visibility::Internal))
        .after(1)
        .by(mara(), file(Visibility::Internal))
        .by(mara(), file(Visibility::Public));
    assert_eq!(story.sorts(), [Sort::Note, Sort::Fact], "a public file does not hide in a note");
    assert_eq!(story.entries()[0].files.len(), 1);
    let later = Story::new()
        .by(mara(), said(Visibility::Internal))
        .after(600)
        .by(mara(), file(Visibility::Internal));
    assert_eq!(later.sorts(), [Sort::Note, Sort::Fact]);
}

#[test]
fn warnings_of_one_clock_are_one_story() {
    let warned = |clock, share| ClockWarned { clock, share, due_at: Timestamp::from_micros(0) };
    let story = Story::new()
        .derived("timer", warned(ClockKind::Response, 50))
        .after(3_600)
        .derived("timer", warned(ClockKind::Response, 75))
        .after(3_600)
        .derived("timer", warned(ClockKind::Resolution, 50));
    assert_eq!(story.sorts(), [Sort::Automatic, Sort::Automatic]);
}

#[test]
fn a_word_that_did_not_come_is_no_part_of_what_came_before() {
    let due_at = Timestamp::from_micros(0);
    let warned = |clock, share| ClockWarned { clock, share, due_at };
    let story = Story::new()
        .derived("timer", warned(ClockKind::Response, 50))
        .derived("timer", UpdateOverdue { due: due_at, missed: 1, again: false })
        .derived("timer", warned(ClockKind::Resolution, 50));
    let entries = story.entries();
    let counts: Vec<usize> = entries.iter().map(|entry| entry.events.len()).collect();
    assert_eq!(counts, [1, 2], "what follows is folded into it");
    assert!(matches!(entries[1].main.event.body, Body::UpdateOverdue(_)));
}

#[test]
fn merging_is_told_once() {
    let part = IncidentNumber(2);
    let input = || Cause::Input(Box::new(Command::Unmerge));
    let story = Story::new()
        .push(part, Actor::person(mara(), "Mara"), input(), Merged { into: MAIN }.into())
        .push(MAIN, Actor::person(mara(), "Mara"), input(), MergeReceived { from: part }.into());
    assert_eq!(story.entries().len(), 1);
    assert_eq!(entries(part, &story.events).len(), 2);
    let entry = &story.entries()[0];
    assert_eq!((entry.id(MAIN), entry.id(part)), ("e-1".to_owned(), "e-INC-1-1".to_owned()));
}

#[test]
fn edits_that_cancel_out_leave_nothing() {
    use super::net::Net;
    let events = [
        Body::from(assigned(None, Some(1))),
        Assigned { team: Some(id::<TeamId>(4)), team_before: None, ..assigned(Some(1), Some(1)) }
            .into(),
        Assigned { team: None, team_before: Some(id(4)), ..assigned(Some(1), None) }.into(),
    ];
    let story = events.into_iter().fold(Story::new(), |story, body| story.by(mara(), body));
    let all: Vec<&StoredEvent> = story.events.iter().collect();
    assert!(Net::of(&all).is_nothing());
    assert!(!Net::of(&all[..2]).is_nothing());
}
