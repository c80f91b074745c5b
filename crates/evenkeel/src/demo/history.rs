//! Months of ordinary trouble: who reports what when, and how it goes on.

use super::company::{Company, Someone};
use super::data::{Gaps, Stories, Story};
use super::dice::Dice;
use super::plan::{Deed, Fresh, Plan, Thread};
use incident::clocks::ClockKind;
use incident::policy::Agreement;
use incident::state::HoldReason;
use kernel::{Channel, Level, Matrix, Priority, TaskId, Timestamp};

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// Reports of a day, Monday first.
const BY_WEEKDAY: [i64; 7] = [17, 13, 12, 11, 11, 4, 3];
/// How the reports of a day spread over its hours.
const BY_HOUR: [u32; 24] =
    [1, 1, 1, 1, 2, 5, 9, 12, 14, 13, 11, 9, 7, 9, 10, 8, 7, 5, 4, 3, 3, 2, 2, 1];
/// For so long visitors' own names stay out of what is still going on.
const OWN_NAMES_OUT_FOR: i64 = 14 * DAY;

/// What the months are made of.
pub(super) struct Writer<'w> {
    pub(super) company: &'w Company,
    pub(super) stories: &'w Stories,
    pub(super) agreement: &'w Agreement,
    pub(super) zone: jiff::tz::TimeZone,
    pub(super) now: Timestamp,
    pub(super) dice: Dice,
}

/// The people and words of one incident.
struct Case<'w> {
    story: &'w Story,
    gaps: Gaps,
    requester: &'w Someone,
    desk_agent: &'w Someone,
    worker: &'w Someone,
    priority: Priority,
    levels: (Level, Level),
    at: Timestamp,
}

impl<'w> Writer<'w> {
    /// Thinks out the ordinary incidents of the last `days` days.
    pub(super) fn months(&mut self, plan: &mut Plan<'_>, days: i64) {
        for ago in (0..=days).rev() {
            let noon = self.now.plus_seconds(-ago * DAY).to_jiff().to_zoned(self.zone.clone());
            let weekday = noon.weekday().to_monday_zero_offset();
            let Ok(midnight) = noon.start_of_day() else { continue };
            let usual = BY_WEEKDAY[usize::from(weekday.unsigned_abs())];
            let count = (usual + self.dice.between(-3, 3)).max(1);
            let midnight = Timestamp::from_jiff(midnight.timestamp());
            for _ in 0..count {
                let hour = self.dice.weighted(BY_HOUR.iter().copied()) as i64;
                let at = midnight.plus_seconds(hour * HOUR + self.dice.between(0, HOUR - 1));
                if at < self.now {
                    self.incident(plan, at, false);
                }
            }
        }
    }

    /// One more that is open now and well within its time.
    pub(super) fn one_open(&mut self, plan: &mut Plan<'_>) {
        let at = self.now.plus_seconds(-self.dice.between(40 * MINUTE, 44 * HOUR));
        self.incident(plan, at, true);
    }

    fn incident(&mut self, plan: &mut Plan<'_>, at: Timestamp, open: bool) {
        let case = self.case(at, open);
        let channel = self.channel(&case);
        let by_desk = matches!(channel, Channel::Phone | Channel::InPerson);
        let reporter = if by_desk { case.desk_agent } else { case.requester };
        // The service desk looks first at what people bring to it in person.
        let (service, owner) = &self.company.services[&case.story.service];
        let through_desk = self.dice.chance(if by_desk { 0.6 } else { 0.3 })
            && !case.worker.teams.iter().any(|team| team == "Service Desk");
        let desk = self.company.team("Service Desk");
        let fresh = Fresh {
            title: case.gaps.fill(&case.story.title),
            text: case.gaps.fill(&case.story.text),
            requester: case.requester.id,
            service: Some(*service),
            category: Some(self.company.categories[&case.story.category]),
            levels: case.levels,
            affected: (case.levels.0 < Level::LOW && self.dice.chance(0.4))
                .then(|| self.dice.between(3, 60) as u32),
            team: through_desk.then_some(desk),
            parent: None,
            confidential_to: None,
            tags: if self.dice.chance(0.05) { vec!["recurring"] } else { vec![] },
        };
        let owner = self.company.team(owner);
        let mut thread = plan.report(at, reporter.actor(), channel, fresh);
        if !open && self.dice.chance(0.015) {
            let soon = self.later(at, 2 * MINUTE, HOUR);
            let why = "Reported twice by mistake, the other one goes on.";
            thread.does(soon, case.desk_agent, Deed::Cancel(why.to_owned()));
            return;
        }
        self.begin(&mut thread, &case, through_desk.then_some(owner));
        self.go_on(&mut thread, &case, open);
        let key = thread.key;
        if !open && self.dice.chance(0.02) {
            self.duplicate(plan, &case, key);
        }
    }

    fn case(&mut self, at: Timestamp, open: bool) -> Case<'w> {
        let stories = &self.stories.story;
        let recent = at > self.now.plus_seconds(-OWN_NAMES_OUT_FOR);
        let (story, levels, priority) = loop {
            let story = &stories[self.dice.weighted(stories.iter().map(|s| s.weight))];
            let levels = self.levels(story.levels());
            let priority = Matrix::default().priority(levels.0, levels.1);
            // What has to be open now must not be due already.
            if !open || priority.get() >= 4 {
                break (story, levels, priority);
            }
        };
        let free = |people: Vec<&'w Someone>| -> Vec<&'w Someone> {
            people.into_iter().filter(|p| !recent || !p.login).collect()
        };
        let requesters = free(self.company.requesters());
        let near: Vec<_> = requesters
            .iter()
            .copied()
            .filter(|p| story.site.as_ref().is_none_or(|site| p.site == *site))
            .collect();
        let requester = *self.dice.pick(if near.is_empty() { &requesters } else { &near });
        let desk_agent = *self.dice.pick(&free(self.company.members("Service Desk")));
        let team = &self.company.services[&story.service].1;
        let worker = *self.dice.pick(&free(self.company.members(team)));
        let hour = at.to_jiff().to_zoned(self.zone.clone()).hour();
        let gaps = Gaps::draw(&mut self.dice, &requester.name, &requester.site, hour);
        Case { story, gaps, requester, desk_agent, worker, priority, levels, at }
    }

    /// Mostly as the story says, now and then one step off.
    fn levels(&mut self, (impact, urgency): (Level, Level)) -> (Level, Level) {
        let mut near = |level: Level| {
            let step = if self.dice.chance(0.15) { self.dice.between(-1, 1) } else { 0 };
            Level::new((i64::from(level.get()) + step).clamp(1, 3)).unwrap_or(level)
        };
        let levels = (near(impact), near(urgency));
        // The highest priority belongs to majors, which have their own stories.
        if levels == (Level::HIGH, Level::HIGH) { (Level::HIGH, Level::MEDIUM) } else { levels }
    }

    fn channel(&mut self, case: &Case<'_>) -> Channel {
        if case.story.channel.as_deref() == Some("alert") {
            return Channel::Alert;
        }
        const DOORS: [(Channel, u32); 5] = [
            (Channel::Portal, 45),
            (Channel::Phone, 26),
            (Channel::Email, 19),
            (Channel::Chat, 6),
            (Channel::InPerson, 4),
        ];
        DOORS[self.dice.weighted(DOORS.iter().map(|door| door.1))].0
    }

    /// Somebody takes it and says so; through the service desk or directly.
    fn begin(
        &mut self,
        thread: &mut Thread<'_, '_>,
        case: &Case<'_>,
        hand_over_to: Option<kernel::TeamId>,
    ) {
        let acknowledge = self.target(case, ClockKind::Acknowledge).unwrap_or(HOUR);
        let respond = self.target(case, ClockKind::Response).unwrap_or(2 * HOUR);
        // A few are late, but none that still waits now.
        let late = case.at.plus_seconds(3 * respond) < self.now && self.dice.chance(0.05);
        let (low, high) = if late { (1.1, 1.9) } else { (0.05, 0.7) };
        let taken = case.at.plus_seconds(self.dice.part(acknowledge, low, high));
        let first = if hand_over_to.is_some() { case.desk_agent } else { case.worker };
        thread.take(taken, first);
        let answered = taken.plus_seconds(self.dice.part(respond - acknowledge, 0.05, 0.8));
        let greeting = case.gaps.fill(self.dice.pick(&self.stories.greetings).as_str());
        thread.reply(answered, first, greeting);
        if let Some(owner) = hand_over_to {
            let handed = self.later(thread.last, 5 * MINUTE, 50 * MINUTE);
            let why = self.dice.pick(&self.stories.hand_overs).clone();
            thread.does(handed, first, Deed::Escalate(owner, why));
            let taken = self.later(handed, 5 * MINUTE, 40 * MINUTE);
            thread.take(taken, case.worker);
        }
    }

    fn go_on(&mut self, thread: &mut Thread<'_, '_>, case: &Case<'_>, open: bool) {
        if self.dice.chance(0.12) {
            let at = self.later(thread.last, 2 * MINUTE, 20 * MINUTE);
            let watcher = *self.dice.pick(&self.company.requesters());
            if watcher.id != case.requester.id && !watcher.login {
                thread.does(at, case.worker, Deed::Watch(watcher.id));
            }
        }
        if self.dice.chance(0.35) {
            self.ask_back(thread, case);
        }
        if self.dice.chance(0.4) {
            let at = self.later(thread.last, 5 * MINUTE, 50 * MINUTE);
            thread.note(at, case.worker, case.gaps.fill(&case.story.note));
        }
        if case.priority.get() >= 4 && self.dice.chance(if open { 0.3 } else { 0.06 }) {
            self.wait_for_supplier(thread, case);
        }
        if self.dice.chance(0.05) {
            self.task(thread, case);
        }
        let resolved = self.resolved_at(case, open).max(thread.last.plus_seconds(3 * MINUTE));
        self.keep_talking(thread, case, resolved);
        if self.dice.chance(0.35) {
            let minutes = self.dice.between(1, 18) * 5;
            let work = Deed::LogWork((minutes * MINUTE) as u32, case.gaps.fill(&case.story.note));
            thread.does(resolved.plus_seconds(-MINUTE), case.worker, work);
        }
        self.resolve(thread, case, resolved);
        self.close(thread, case);
    }

    fn ask_back(&mut self, thread: &mut Thread<'_, '_>, case: &Case<'_>) {
        let asked = self.later(thread.last, 3 * MINUTE, 30 * MINUTE);
        thread.reply(asked, case.worker, case.gaps.fill(&case.story.question));
        let note = None;
        let hold = Deed::Hold { reason: HoldReason::Requester, until: None, note };
        thread.does(asked.plus_seconds(2), case.worker, hold);
        let quick = self.dice.chance(0.6);
        let (low, high) = if quick { (4 * MINUTE, 90 * MINUTE) } else { (3 * HOUR, 30 * HOUR) };
        let answered = self.later(asked, low, high);
        let answered = self.awake(answered);
        // Whatever is said to a hold for the requester resumes it.
        thread.reply(answered, case.requester, case.gaps.fill(&case.story.answer));
    }

    fn wait_for_supplier(&mut self, thread: &mut Thread<'_, '_>, case: &Case<'_>) {
        let held = self.later(thread.last, 10 * MINUTE, 2 * HOUR);
        let note = Some(self.dice.pick(&self.stories.suppliers).clone());
        thread.does(
            held,
            case.worker,
            Deed::Hold { reason: HoldReason::Vendor, until: None, note },
        );
        let back = self.later(held, 5 * HOUR, 40 * HOUR);
        thread.does(back, case.worker, Deed::Resume);
    }

    fn task(&mut self, thread: &mut Thread<'_, '_>, case: &Case<'_>) {
        let id = TaskId(desk::fresh());
        let added = self.later(thread.last, 2 * MINUTE, 15 * MINUTE);
        let title = format!("Check the other devices at {}", case.requester.site);
        thread.does(added, case.worker, Deed::AddTask(id, title, case.worker.id));
        let done = self.later(added, 10 * MINUTE, 90 * MINUTE);
        thread.does(done, case.worker, Deed::CompleteTask(id));
    }

    /// When it is over: mostly well within the target, now and then late.
    fn resolved_at(&mut self, case: &Case<'_>, open: bool) -> Timestamp {
        let target = self.target(case, ClockKind::Resolution).unwrap_or(DAY);
        let due = case.at.plus_seconds(target);
        if open {
            return self.now.plus_seconds(self.dice.part(target, 0.05, 0.3));
        }
        if due.plus_seconds(target) < self.now && self.dice.chance(0.07) {
            return due.plus_seconds(self.dice.part(target, 0.05, 0.7));
        }
        let share = self.dice.share();
        case.at.plus_seconds(
            self.dice.part(target, 0.03, 0.06) + (target as f64 * 0.7 * share * share) as i64,
        )
    }

    /// Where silence is limited, there is a word in time.
    fn keep_talking(&mut self, thread: &mut Thread<'_, '_>, case: &Case<'_>, resolved: Timestamp) {
        let Some(silence) = self.target(case, ClockKind::Update) else { return };
        loop {
            let next = thread.last.plus_seconds(self.dice.part(silence, 0.6, 0.85));
            if next >= resolved {
                return;
            }
            let word = case.gaps.fill(self.dice.pick(&self.stories.progress).as_str());
            thread.reply(next, case.worker, word);
        }
    }

    fn resolve(&mut self, thread: &mut Thread<'_, '_>, case: &Case<'_>, at: Timestamp) {
        let deed = Deed::Resolve {
            code: case.story.code.clone(),
            note: case.gaps.fill(&case.story.fix),
            cause: case.story.cause.clone(),
            children: false,
        };
        thread.does(at, case.worker, deed);
    }

    /// Confirmed, disputed once, or met with silence.
    fn close(&mut self, thread: &mut Thread<'_, '_>, case: &Case<'_>) {
        if self.dice.chance(0.04) {
            let disputed = self.later(thread.last, 20 * MINUTE, 20 * HOUR);
            let disputed = self.awake(disputed);
            let words = self.dice.pick(&self.stories.disputes).clone();
            thread.does(disputed, case.requester, Deed::Dispute(words));
            let greeting = "Sorry about that. I look at it again now.";
            thread.reply(self.later(disputed, 3 * MINUTE, 25 * MINUTE), case.worker, greeting);
            let again = self.later(thread.last, 30 * MINUTE, 5 * HOUR);
            self.resolve(thread, case, again);
        }
        if self.dice.chance(0.5) {
            let confirmed = self.later(thread.last, 5 * MINUTE, 26 * HOUR);
            let confirmed = self.awake(confirmed);
            thread.does(confirmed, case.requester, Deed::Confirm);
        }
    }

    /// Somebody else reports the same, and it becomes a part of the first.
    fn duplicate(&mut self, plan: &mut Plan<'_>, case: &Case<'_>, first: super::plan::Key) {
        let at = case.at.plus_seconds(self.dice.between(20, 100));
        let other = *self.dice.pick(&self.company.requesters());
        if other.id == case.requester.id || other.login {
            return;
        }
        let fresh = Fresh {
            title: case.gaps.fill(&case.story.title),
            text: "I have this as well.".to_owned(),
            requester: other.id,
            service: Some(self.company.services[&case.story.service].0),
            category: None,
            levels: case.levels,
            affected: None,
            team: None,
            parent: None,
            confidential_to: None,
            tags: vec![],
        };
        let mut thread = plan.report(at, other.actor(), Channel::Portal, fresh);
        let merged = at.plus_seconds(self.dice.between(20, 80));
        thread.does(merged, case.desk_agent, Deed::Merge(first));
    }

    fn target(&self, case: &Case<'_>, clock: ClockKind) -> Option<i64> {
        self.agreement.target(case.priority, clock, None)
    }

    fn later(&mut self, at: Timestamp, low: i64, high: i64) -> Timestamp {
        at.plus_seconds(self.dice.between(low, high))
    }

    /// Requesters sleep: what would come at night comes in the morning.
    fn awake(&mut self, at: Timestamp) -> Timestamp {
        let local = at.to_jiff().to_zoned(self.zone.clone());
        let morning = 7 * HOUR + self.dice.between(0, 2 * HOUR);
        let since_midnight = i64::from(local.hour()) * HOUR;
        match local.hour() {
            0..=5 => at.plus_seconds(morning - since_midnight),
            22.. => at.plus_seconds(DAY + morning - since_midnight),
            _ => at,
        }
    }
}
