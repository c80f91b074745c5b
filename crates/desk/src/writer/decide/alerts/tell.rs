//! What happened to alerts, told to their incidents: each once, however many they were.

use super::{Book, InHand, Row};
use crate::people::Named;
use crate::writer::Job;
use crate::writer::decide::rules::Words;
use crate::writer::decide::{Round, Try};
use crate::{Trouble, ask::Prepared, chance::fresh};
use alert::Signal;
use incident::alerts::{AlertNews, AlertsWhy};
use incident::command::{Report, Visibility};
use incident::rules::Maker;
use incident::{Command, Origin, Policy, Refusal, RefusalKind, State};
use kernel::{
    Actor, ActorKind, Channel, IncidentNumber, Level, PersonId, Priority, Severity, Timestamp,
    limits,
};
use store::directory::{Entry, Integration, Person, audit, integrations, people};
use store::incidents::Head;
use store::{Failure, Sql};

/// How far back a source may say that an alert began; before that its clock is wrong.
const DETECTED_DAYS: i64 = 30;
/// Labels that an incident's description names; the alert has them all.
const LABELS_SHOWN: usize = 40;
/// Words with which an incident is resolved that was over by itself.
const OVER: &str = "All alerts are over.";

/// How much of what alerts say is reported: less where more is refused, because an incident
/// without a team is better than none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// All of it.
    All,
    /// Not what it follows, which may be full.
    Alone,
    /// Title, impact and urgency.
    Bare,
}

/// An alert of a merged incident is worse than what was told.
struct Worse {
    /// The incident in which it is worked on.
    main: IncidentNumber,
    /// How bad it is now.
    severity: Severity,
    /// What is said there.
    words: String,
}

impl Round<'_> {
    /// Tells every incident what happened to its alerts, and reports those that are new.
    pub(super) fn tell(
        &mut self,
        sql: &mut dyn Sql,
        head: &mut Head,
        book: &mut Book<'_>,
    ) -> Result<(), Failure> {
        let mut at = 0;
        // An incident that is full makes another group, which is told in its turn.
        while at < book.groups.len() {
            if book.groups[at].group.number.is_none() {
                self.report_alerts(sql, head, book, at)?;
            } else if book.groups[at].news {
                self.take_alerts(sql, head, book, at)?;
            }
            self.pass_on(sql, head, book, at)?;
            book.look_next(at);
            at += 1;
        }
        for row in &mut book.rows {
            let Some(place) = row.place else { continue };
            row.alert.number = book.groups[place].group.number;
        }
        Ok(())
    }

    /// Reports an incident for a group that has none.
    fn report_alerts(
        &mut self,
        sql: &mut dyn Sql,
        head: &mut Head,
        book: &mut Book<'_>,
        at: usize,
    ) -> Result<(), Failure> {
        let monitoring = book.monitoring;
        let Some(source) = monitoring.integrations.get(&book.groups[at].group.integration) else {
            return Ok(());
        };
        let requester = self.requester(sql, source)?;
        book.word(sql, at)?;
        book.groups[at].steady = book.steady(sql, at)?;
        for detail in [Detail::All, Detail::Alone, Detail::Bare] {
            let mut words = Words::default();
            let report = book.report(at, source, requester, detail, &mut words);
            let Some(report) = report else { return Ok(()) };
            let job = job(None, actor(source), words, Command::Report(Box::new(report)));
            match self.one(sql, head, &job)? {
                Ok(done) => return self.reported(sql, head, book, at, done.number),
                Err(trouble) => {
                    tracing::error!(%trouble, integration = %source.name, ?detail, "a report of alerts was refused");
                }
            }
        }
        // Nothing of this is kept, and its source is told to try again.
        Err(Failure::Broken(format!("alerts of {} come to no incident", source.name)))
    }

    /// A group has its incident now.
    fn reported(
        &mut self,
        sql: &mut dyn Sql,
        head: &mut Head,
        book: &mut Book<'_>,
        at: usize,
        number: IncidentNumber,
    ) -> Result<(), Failure> {
        let over = {
            let hand = &mut book.groups[at];
            hand.group.number = Some(number);
            (hand.group.told_at, hand.touched) = (book.now, true);
            (hand.fired, hand.resolved) = (0, 0);
            hand.group.all_firing() == 0
        };
        for asked in std::mem::take(&mut book.groups[at].jobs) {
            book.count(asked, |taken| taken.incidents.push(number));
        }
        // It began and was over before anybody was told.
        if over { self.take_alerts(sql, head, book, at) } else { Ok(()) }
    }

    /// Tells an incident about its alerts, now or, where they come too fast, later.
    fn take_alerts(
        &mut self,
        sql: &mut dyn Sql,
        head: &mut Head,
        book: &mut Book<'_>,
        at: usize,
    ) -> Result<(), Failure> {
        let steady = book.steady(sql, at)?;
        let hand = &mut book.groups[at];
        let now = book.now;
        let Some(number) = hand.group.number else { return Ok(()) };
        (hand.touched, hand.steady) = (true, steady);
        let beside = steady.is_some_and(|steady| hand.told_worst.is_none_or(|told| steady < told));
        let freed = hand.told_muted.is_some() && hand.group.muted().is_none();
        let matters = hand.rang || beside || (freed && hand.group.all_firing() > 0);
        if !matters && !hand.group.tells(hand.told_worst, hand.entries, now) {
            hand.group.untold = true;
            return Ok(());
        }
        (hand.group.untold, hand.group.told_at) = (false, now);
        let source = book.monitoring.integrations.get(&book.groups[at].group.integration);
        let resolves = source.is_none_or(|source| source.settings.alerts.auto_resolve);
        // What was left out and never told of may be so still.
        let resolves = resolves && !book.groups[at].group.truncated;
        let mut words = Words::default();
        let note = resolves.then(|| words.words(OVER));
        let worse = book.worse_in_another(at);
        let hand = &book.groups[at];
        let news = AlertNews { note, ..news(hand, now) };
        let by = hand.actor.clone().or(source.map(actor)).unwrap_or_else(Actor::system);
        let job = job(Some(number), by, words, Command::TakeAlerts(news));
        match self.one(sql, head, &job)? {
            Ok(_) => {
                for asked in std::mem::take(&mut book.groups[at].jobs) {
                    book.count(asked, |taken| taken.incidents.push(number));
                }
                if let Some(worse) = worse {
                    self.tell_main(sql, head, book, at, &worse)?;
                }
            }
            Err(Trouble::Refused(refusal)) if begin_another(&refusal, book.groups[at].fired) => {
                tracing::warn!(%refusal, %number, "alerts of an incident begin another");
                book.begin_another(sql, at)?;
                self.let_go(sql, head, book, at, number)?;
            }
            Err(trouble) => {
                tracing::debug!(%trouble, %number, "an incident was not told about its alerts");
                book.groups[at].group.unclear_since = None;
            }
        }
        Ok(())
    }

    /// Tells whoever works on the incident that one with alerts was merged into, and raises it: the
    /// merged one pages nobody.
    fn tell_main(
        &mut self,
        sql: &mut dyn Sql,
        head: &mut Head,
        book: &Book<'_>,
        at: usize,
        worse: &Worse,
    ) -> Result<(), Failure> {
        let source = book.monitoring.integrations.get(&book.groups[at].group.integration);
        let by = source.map_or_else(Actor::system, actor);
        let main = worse.main;
        let mut words = Words::default();
        let body = words.words(&worse.words);
        let command = Command::Comment { body, visibility: Visibility::Internal };
        let mut told = job(Some(main), by.clone(), words, command);
        told.prepared.tells_owner = true;
        let mut jobs = vec![told];
        let state = self.state(sql, &Try::default(), main)?;
        let raised = state.and_then(|state| raised(&state, worse.severity, book.policy));
        jobs.extend(raised.map(|command| job(Some(main), by, Words::default(), command)));
        for job in jobs {
            if let Err(trouble) = self.one(sql, head, &job)? {
                tracing::debug!(%trouble, number = %main, "an incident was not told that a part of it is worse");
            }
        }
        Ok(())
    }

    /// Tells an incident that is full that its alerts are another's now. It takes no more than
    /// that nothing fires.
    fn let_go(
        &mut self,
        sql: &mut dyn Sql,
        head: &mut Head,
        book: &Book<'_>,
        at: usize,
        number: IncidentNumber,
    ) -> Result<(), Failure> {
        let source = book.monitoring.integrations.get(&book.groups[at].group.integration);
        let by = source.map_or_else(Actor::system, actor);
        let why = AlertsWhy::Told;
        let news = AlertNews { why, samples: vec![], ..news(&book.groups[at], book.now) };
        let news = AlertNews { fired: 0, resolved: 0, flapping: false, ..news };
        let job = job(Some(number), by, Words::default(), Command::TakeAlerts(news));
        if let Err(trouble) = self.one(sql, head, &job)? {
            tracing::debug!(%trouble, %number, "a full incident was not told of its alerts");
        }
        Ok(())
    }

    /// Passes on that somebody has it over there, and what they noted.
    fn pass_on(
        &mut self,
        sql: &mut dyn Sql,
        head: &mut Head,
        book: &mut Book<'_>,
        at: usize,
    ) -> Result<(), Failure> {
        let monitoring = book.monitoring;
        let hand = &mut book.groups[at];
        let mut notes = std::mem::take(&mut hand.notes);
        let acknowledged = std::mem::take(&mut hand.acknowledged);
        let Some(number) = hand.group.number else { return Ok(()) };
        let Some(source) = monitoring.integrations.get(&hand.group.integration) else {
            return Ok(());
        };
        let mut commands: Vec<(Words, Command)> = Vec::new();
        if !acknowledged.is_empty() {
            // Whoever has one of several has not taken the incident.
            match book.is_all_acknowledged(sql, at)? {
                true => commands.push((Words::default(), Command::Acknowledge)),
                false => {
                    let titles = book.titles(sql, &acknowledged)?;
                    notes.insert(
                        0,
                        format!("Taken at {}, while others fire: {titles}", source.name),
                    );
                }
            }
        }
        for note in notes {
            let mut words = Words::default();
            let text: String = note.chars().take(limits::BODY_CHARS).collect();
            let body = words.words(text.trim());
            commands.push((words, Command::Comment { body, visibility: Visibility::Internal }));
        }
        for (words, command) in commands {
            let job = job(Some(number), actor(source), words, command);
            if let Err(trouble) = self.one(sql, head, &job)? {
                tracing::debug!(%trouble, %number, "an incident took not what its alert said");
            }
        }
        Ok(())
    }

    /// As whom an integration reports: a person without a login, made when it first does.
    fn requester(&self, sql: &mut dyn Sql, source: &Integration) -> Result<PersonId, Failure> {
        if let Some(person) = integrations::person_of(sql, source.id)? {
            return Ok(person);
        }
        let person = Person::new(PersonId(fresh()), source.name.clone(), None, self.now);
        people::insert(sql, &person, None)?;
        integrations::set_person(sql, source.id, person.id)?;
        let by = actor(source);
        let entry = Entry::new(self.now, &by, "created", "person", person.id).after(&person);
        audit::record(sql, &entry)?;
        Ok(person.id)
    }
}

impl Book<'_> {
    /// Sets when a group that changed is looked at again.
    fn look_next(&mut self, at: usize) {
        let settings = self.settings_in_force(self.groups[at].group.integration);
        let hand = &mut self.groups[at];
        if !hand.touched {
            return;
        }
        let now = self.now;
        let more = hand.group.number.is_some_and(|number| self.more.contains(&number));
        let again = hand.over_from.filter(|from| *from > now).or(more.then_some(now));
        let again = again.filter(|_| hand.group.all_firing() > 0);
        // What it was to be looked at for and was not yet.
        let over = hand.over_from.is_some();
        let before = hand.group.check_at.filter(|at| !hand.looked_at && (over || *at <= now));
        let due = hand.group.due_at(&settings, now);
        hand.group.check_at = due.into_iter().chain(again).chain(before).min();
    }

    /// Where an alert of a merged incident is worse than what was told.
    fn worse_in_another(&self, at: usize) -> Option<Worse> {
        let hand = &self.groups[at];
        let (main, number) = hand.part_of.zip(hand.group.number)?;
        let worst = hand.group.worst().filter(|_| hand.group.muted().is_none())?;
        if hand.told_worst.is_some_and(|told| told <= worst) {
            return None;
        }
        let of_it = |row: &&Row<'_>| row.alert.number == Some(number) && row.alert.is_open();
        let is_worst = |row: &&Row<'_>| row.alert.severity == worst;
        let title = self.rows.iter().filter(of_it).filter(is_worst).find_map(Row::title);
        let title = title.map_or(String::new(), |title| format!(": {title}"));
        let words =
            format!("An alert of {number}, which is part of this incident, is {worst} now{title}");
        let words = words.chars().take(limits::BODY_CHARS).collect();
        Some(Worse { main, severity: worst, words })
    }

    /// The report of a group, as its worst alert says it.
    fn report(
        &self,
        at: usize,
        source: &Integration,
        requester: PersonId,
        detail: Detail,
        words: &mut Words,
    ) -> Option<Report> {
        let hand = &self.groups[at];
        let members = || hand.members.iter().map(|row| &self.rows[*row]);
        let first = &self.rows[self.worst_member(at)?];
        let said = first.said.as_deref();
        let (impact, urgency) = said
            .and_then(|said| said.priority)
            .map_or_else(|| first.alert.severity.levels(), levels);
        let named = said.and_then(|said| self.monitoring.team(&said.responders));
        let team = named.or(source.team).filter(|team| self.policy.teams.contains_key(team));
        let earliest = self.now.plus_days(-DETECTED_DAYS);
        let began = members().filter_map(|row| row.alert.started_at).min();
        let detected_at = began.filter(|at| (earliest..=self.now).contains(at));
        let whole = detail != Detail::Bare;
        Some(Report {
            title: words.words(&title(hand, first, source)),
            description: said.filter(|_| whole).map(|said| words.words(&description(said))),
            requester,
            service: first.alert.service.filter(|_| whole),
            category: None,
            impact: Some(impact),
            urgency: Some(urgency),
            affected: None,
            team: team.filter(|_| whole),
            assignee: None,
            detected_at: detected_at.filter(|_| whole),
            fields: Default::default(),
            tags: Default::default(),
            follow_up_of: hand.follows.filter(|_| detail == Detail::All),
            parent: None,
            confidential_to: None,
            model: None,
            alerts: Some(Box::new(news(hand, self.now))),
        })
    }
}

/// What raises an incident for an alert of a part of it, as its own would: upwards, and never
/// against a person who set the priority by hand.
fn raised(state: &State, worst: Severity, policy: &Policy) -> Option<Command> {
    if state.priority_override.is_some() || !state.lifecycle.is_open() {
        return None;
    }
    let (impact, urgency) = worst.levels();
    let (impact, urgency) = (impact.min(state.impact), urgency.min(state.urgency));
    let rises = policy.matrix.priority(impact, urgency) < state.priority;
    let (impact, urgency) = (Some(impact), Some(urgency));
    rises.then_some(Command::Prioritise { impact, urgency, priority: None, reason: None })
}

/// Whether an incident that refuses news of its alerts has to let go of them: it is full, or what
/// is known of them cannot be right, and some began of which somebody must hear.
fn begin_another(refusal: &Refusal, fired: u32) -> bool {
    match refusal.kind {
        RefusalKind::Limit => true,
        RefusalKind::Invalid => fired > 0,
        RefusalKind::Forbidden | RefusalKind::State | RefusalKind::NotFound => false,
    }
}

fn news(hand: &InHand, now: Timestamp) -> AlertNews {
    let group = &hand.group;
    AlertNews {
        why: hand.why,
        fired: hand.fired,
        resolved: hand.resolved,
        samples: hand.samples.clone(),
        firing: group.all_firing(),
        total: group.total,
        worst: group.worst(),
        steady: hand.steady,
        muted: group.muted(),
        flapping: group.is_flapping(now),
        source_unclear: group.unclear_since.is_some(),
        note: None,
    }
}

fn job(number: Option<IncidentNumber>, actor: Actor, words: Words, command: Command) -> Job {
    let prepared = Prepared {
        viewer: None,
        actor,
        channel: Channel::Alert,
        origin: Origin::Live,
        now: None,
        happened_at: None,
        batch: None,
        target: number,
        expected_version: None,
        idempotency: None,
        contents: words.0,
        files: vec![],
        import_ref: None,
        message: None,
        alarm: None,
        tells_owner: false,
        suggestion: None,
        surge: None,
    };
    Job { prepared, command, people: Named::new(), reply: None }
}

fn actor(source: &Integration) -> Actor {
    Actor { kind: ActorKind::Integration, id: source.id.to_string(), name: source.name.clone() }
}

/// The impact and urgency that come to a priority of the standard matrix.
fn levels(priority: Priority) -> (Level, Level) {
    match priority.get() {
        1 => (Level::HIGH, Level::HIGH),
        2 => (Level::HIGH, Level::MEDIUM),
        3 => (Level::MEDIUM, Level::MEDIUM),
        4 => (Level::MEDIUM, Level::LOW),
        _ => (Level::LOW, Level::LOW),
    }
}

fn title(hand: &InHand, first: &Row<'_>, source: &Integration) -> String {
    let said = first.title().unwrap_or(&first.alert.key);
    let title = match hand.group.storm {
        true => format!("Many alerts at once from {}, among them: {said}", source.name),
        false => said.to_owned(),
    };
    title.chars().take(limits::TITLE_CHARS).collect()
}

/// What an alert says, as the words of its incident.
fn description(said: &Signal) -> String {
    let mut parts: Vec<String> = Vec::new();
    if !said.body.trim().is_empty() {
        parts.push(said.body.trim().to_owned());
    }
    let labels =
        said.labels.iter().take(LABELS_SHOWN).map(|(name, value)| format!("{name}: {value}"));
    let labels: Vec<String> = labels.collect();
    if !labels.is_empty() {
        parts.push(labels.join("\n"));
    }
    let links = said.links.iter().map(|link| match link.text.is_empty() {
        true => link.href.clone(),
        false => format!("{}: {}", link.text, link.href),
    });
    let links: Vec<String> = links.collect();
    if !links.is_empty() {
        parts.push(links.join("\n"));
    }
    if parts.is_empty() {
        parts.push(said.title.clone());
    }
    parts.join("\n\n").chars().take(limits::BODY_CHARS).collect()
}
