//! Each request against the alerts that are known.

use super::{Body, Book, DUE_ROWS, Effect, GRACE_SECONDS, Happened, Mark, Row};
use crate::alerts::{Act, Gone, Job, Told, What, heartbeat_key};
use crate::chance::fresh;
use crate::writer::decide::Round;
use alert::{Alert, Around, Outcome, Reading, Signal, SignalStatus, take};
use incident::Refusal;
use incident::alerts::AlertsWhy;
use kernel::{Actor, AlertId, IntegrationId, Muted, Timestamp};
use std::borrow::Cow;
use std::collections::BTreeMap;
use store::alerts::heartbeats::Beat;
use store::alerts::payloads::PayloadOutcome;
use store::alerts::{Written, details, groups, heartbeats};
use store::{Failure, Sql};

/// Bodies of one integration that are kept of one transaction.
const PAYLOADS_AT_ONCE: usize = 5;

/// What an alert says of itself, for those who ask whether it is muted.
pub(super) type Labels = BTreeMap<String, String>;

impl<'a> Book<'a> {
    /// What a request does to alerts.
    pub(super) fn hear(
        &mut self,
        sql: &mut dyn Sql,
        round: &Round<'_>,
        at: usize,
        job: &'a Job,
    ) -> Result<(), Failure> {
        match &job.what {
            What::Told(integration, told, digests) => {
                self.told(sql, round, at, *integration, (&**told, digests.as_slice()))
            }
            What::Gone(integration, gone) => self.gone(sql, at, *integration, gone),
            What::Due => self.due(sql, round, at),
            What::Act(actor, alert, act) => self.act(sql, round, at, actor, *alert, *act),
        }
    }

    fn told(
        &mut self,
        sql: &mut dyn Sql,
        round: &Round<'_>,
        at: usize,
        integration: IntegrationId,
        (told, digests): (&'a Told, &[i64]),
    ) -> Result<(), Failure> {
        if !self.monitoring.integrations.contains_key(&integration) {
            self.refuse(at, Refusal::not_found("this integration takes nothing any more"));
            return Ok(());
        }
        self.seen.insert(integration);
        for (signal, digest) in told.reading.signals.iter().zip(digests) {
            self.signal(sql, round, at, integration, (Cow::Borrowed(signal), *digest))?;
        }
        self.beats(sql, integration, &told.beats)?;
        self.mark(integration, &told.reading);
        let brought = matches!(&self.answers[at], Ok(taken) if taken.new > 0);
        // Nothing but a word to whoever set it up; repeats are guessed at over and over.
        let says = told.reading.signals.is_empty() && !told.reading.warnings.is_empty();
        let missed = self.missed.take();
        if let Some(raw) = told.raw.as_ref().filter(|_| brought || says || missed.is_some()) {
            let words: Vec<String> = told.reading.warnings.iter().cloned().chain(missed).collect();
            let note = words.join("; ");
            let note = note.chars().take(kernel::limits::REASON_CHARS).collect();
            // SNS alone asks for something to be done.
            let outcome = match says && raw.door == "sns" {
                true => PayloadOutcome::Waits,
                false => PayloadOutcome::New,
            };
            self.body(Body { integration, outcome, note, raw });
        }
        Ok(())
    }

    /// Alerts that their source, which was asked, does not know any more. One that it told of
    /// since then goes on; one that begins again is a new one.
    fn gone(
        &mut self,
        sql: &mut dyn Sql,
        at: usize,
        integration: IntegrationId,
        gone: &Gone,
    ) -> Result<(), Failure> {
        for alert in store::alerts::by_ids(sql, &gone.alerts)? {
            let id = alert.id;
            let ours = alert.integration == integration && alert.is_open() && !self.is_over(id);
            if !ours {
                continue;
            }
            let row = self.remember(alert);
            let known = &self.rows[row].alert;
            if known.id == id && known.last_at < gone.asked_at {
                self.end(row, AlertsWhy::Gone, at, None);
                self.count(at, |taken| taken.resolved += 1);
            }
        }
        if gone.whole {
            self.ringing.extend(groups::hiding(sql, integration, DUE_ROWS)?);
            self.whole.insert(integration);
        }
        Ok(())
    }

    /// Notes a body to be kept: of one integration the last few, because in a storm they say the
    /// same.
    fn body(&mut self, body: Body<'a>) {
        let same = |known: &&Body<'_>| known.integration == body.integration;
        if self.payloads.iter().filter(same).count() >= PAYLOADS_AT_ONCE
            && let Some(oldest) =
                self.payloads.iter().position(|known| known.integration == body.integration)
        {
            self.payloads.remove(oldest);
        }
        self.payloads.push(body);
    }

    /// What a notification says of its group as a whole.
    fn mark(&mut self, integration: IntegrationId, reading: &Reading) {
        let Some(group) = &reading.group else { return };
        // An end that came late leaves open what began after it.
        let known = self.open.get(&integration);
        let fires_on = |key: &String| known.is_some_and(|known| known.contains_key(key));
        let over =
            |signal: &Signal| signal.status == SignalStatus::Resolved && !fires_on(&signal.key);
        // Where nothing is said, nothing is said to be over.
        let all_over = !reading.signals.is_empty() && reading.signals.iter().all(over);
        let left_out = reading.left_out > 0;
        if left_out || all_over {
            let (group, numbers) = (group.clone(), vec![]);
            self.marks.push(Mark { integration, group, left_out, all_over, numbers });
        }
    }

    fn signal(
        &mut self,
        sql: &mut dyn Sql,
        round: &Round<'_>,
        at: usize,
        integration: IntegrationId,
        (signal, digest): (Cow<'a, Signal>, i64),
    ) -> Result<(), Failure> {
        let Some(source) = self.monitoring.integrations.get(&integration) else { return Ok(()) };
        let around = Around {
            integration,
            settings: &source.settings.alerts,
            service: self.monitoring.service(signal.service.as_deref(), source),
            digest,
            now: self.now,
        };
        let row = self.open.get(&integration).and_then(|known| known.get(&signal.key)).copied();
        let last = self.last.get(&integration).and_then(|last| last.get(&signal.key));
        let was_known = last.is_some() || row.is_some();
        let open = row.map(|row| &mut self.rows[row].alert);
        let (outcome, new) = take(open, last, &signal, around, || AlertId(fresh()));
        let row = match (new, row) {
            (Some(alert), _) if !alert.is_open() => {
                self.dropped(at, outcome, &signal, was_known);
                self.over_already(alert, signal);
                return Ok(());
            }
            (Some(alert), _) => self.begin(sql, round, alert, &signal)?,
            (None, Some(row)) if outcome != Outcome::Unknown => row,
            (None, _) => {
                self.dropped(at, outcome, &signal, was_known);
                return Ok(());
            }
        };
        self.follow(at, row, outcome, signal);
        Ok(())
    }

    /// What is said of an alert that is not open, or of the one before it.
    fn dropped(&mut self, at: usize, outcome: Outcome, signal: &Signal, was_known: bool) {
        if outcome == Outcome::Repeated {
            return self.count(at, |taken| taken.repeated += 1);
        }
        self.count(at, |taken| taken.unknown += 1);
        let by_its_time = signal.ends_at.is_some_and(|ends_at| ends_at <= self.now);
        if by_its_time && !was_known && self.missed.is_none() {
            // It fired and nobody heard: what was told came after its own end, or a clock is wrong.
            let title = if signal.title.is_empty() { &signal.key } else { &signal.title };
            self.missed = Some(format!("{title}: over when it was first told of"));
        }
    }

    /// Records an alert whose end came first: that it fires is told late from then on.
    fn over_already(&mut self, alert: Alert, signal: Cow<'a, Signal>) {
        let last = self.last.entry(alert.integration).or_default();
        last.insert(alert.key.clone(), alert.clone());
        let (written, said) = (Some(Written::All), Some(signal));
        self.rows.push(Row { alert, written, said, place: None, before: None });
    }

    /// A new alert, muted where something mutes it.
    fn begin(
        &mut self,
        sql: &mut dyn Sql,
        round: &Round<'_>,
        mut alert: Alert,
        signal: &Signal,
    ) -> Result<usize, Failure> {
        let muted = self.muted(sql, round, &alert, &signal.labels)?;
        alert.muted = muted.map(|(why, _)| why);
        alert.muted_until = muted.map(|(_, until)| until);
        alert.rearm();
        Ok(self.remember(alert))
    }

    fn follow(&mut self, at: usize, row: usize, outcome: Outcome, signal: Cow<'a, Signal>) {
        let known = &mut self.rows[row];
        let moved = known.alert.is_open() && known.alert.rearm();
        let counted = outcome == Outcome::Repeated && !moved;
        let written = if counted { Written::Count } else { Written::All };
        known.written = known.written.max(Some(written));
        let note = signal.note.clone();
        let id = known.alert.id;
        let happened = match outcome {
            Outcome::New => Some(Happened::Began),
            Outcome::Regraded { from } => Some(Happened::Regraded { from }),
            Outcome::Acknowledged => Some(Happened::Acknowledged),
            Outcome::Resolved => Some(Happened::Ended),
            Outcome::Repeated | Outcome::Reworded | Outcome::Unknown => None,
        };
        if matches!(outcome, Outcome::New | Outcome::Reworded | Outcome::Regraded { .. }) {
            known.said = Some(with_links(signal, known.said.take()));
        }
        if !matches!(outcome, Outcome::Acknowledged | Outcome::Resolved | Outcome::New) {
            self.still.push((row, at));
        }
        self.count(at, |taken| taken.alert = Some(id));
        self.count(at, |taken| match outcome {
            Outcome::New => taken.new += 1,
            Outcome::Acknowledged => taken.acknowledged += 1,
            Outcome::Resolved => taken.resolved += 1,
            Outcome::Unknown => taken.unknown += 1,
            Outcome::Repeated | Outcome::Reworded | Outcome::Regraded { .. } => taken.repeated += 1,
        });
        if let Some(happened) = happened {
            self.happens(row, happened, AlertsWhy::Told, at, None);
        }
        if let Some(note) = note.filter(|note| !note.trim().is_empty()) {
            self.happens(row, Happened::Noted(note), AlertsWhy::Told, at, None);
        }
        if outcome == Outcome::Resolved {
            self.forget(row);
        }
    }

    /// Notes what happened to an alert, with what is true of it now.
    pub(super) fn happens(
        &mut self,
        row: usize,
        happened: Happened,
        why: AlertsWhy,
        job: usize,
        actor: Option<Actor>,
    ) {
        let alert = &self.rows[row].alert;
        let (severity, muted) = (alert.severity, alert.muted);
        self.effects.push(Effect { row, happened, severity, muted, why, job, actor });
    }

    /// Ends an alert that is open.
    pub(super) fn end(&mut self, row: usize, why: AlertsWhy, job: usize, actor: Option<Actor>) {
        let settings = self.settings_in_force(self.rows[row].alert.integration);
        self.happens(row, Happened::Ended, why, job, actor);
        let now = self.now;
        let known = &mut self.rows[row];
        known.alert.end(&settings, now);
        known.written = Some(Written::All);
        self.forget(row);
    }

    /// What is due because time passed.
    fn due(&mut self, sql: &mut dyn Sql, round: &Round<'_>, at: usize) -> Result<(), Failure> {
        let due = store::alerts::due(sql, self.now, DUE_ROWS)?;
        // Who asks about windows asks about labels.
        let asks = |alert: &&Alert| alert.muted.is_some() || self.monitoring.has_windows();
        let ids: Vec<AlertId> = due.iter().filter(asks).map(|alert| alert.id).collect();
        let said = details::of(sql, &ids)?;
        for alert in due {
            let id = alert.id;
            if self.is_over(id) {
                continue;
            }
            let row = self.remember(alert);
            // Another request of this batch may have changed it meanwhile.
            if self.rows[row].alert.id != id {
                continue;
            }
            let none = Labels::new();
            let labels = said.get(&id).map_or(&none, |details| &details.labels);
            self.look(sql, round, at, row, labels)?;
        }
        let groups = groups::due(sql, self.now, DUE_ROWS)?;
        self.ringing.extend(groups.iter().filter_map(|group| group.number));
        self.fire_on(sql, round, at, &groups)?;
        for (integration, name, last) in heartbeats::due(sql, self.now, DUE_ROWS)? {
            if let Some(until) = self.deaf_until(integration, last) {
                heartbeats::put_off(sql, integration, &name, until)?;
                continue;
            }
            let signal = silent(&name, last);
            self.find(sql, integration, &signal.key)?;
            let digest = alert::digest(&signal);
            self.signal(sql, round, at, integration, (Cow::Owned(signal), digest))?;
            self.silent.push((integration, name));
        }
        Ok(())
    }

    /// Until when a heartbeat says nothing by staying away: we could not hear it, or its
    /// integration is switched off.
    fn deaf_until(&self, integration: IntegrationId, last: Timestamp) -> Option<Timestamp> {
        let grace = self.heard_from.plus_seconds(GRACE_SECONDS);
        match self.monitoring.integrations.contains_key(&integration) {
            true => Some(grace).filter(|grace| *grace > self.now && last < self.heard_from),
            false => Some(self.now.plus_seconds(GRACE_SECONDS)),
        }
    }

    /// Makes sure that an open alert with this key is in hand.
    fn find(
        &mut self,
        sql: &mut dyn Sql,
        integration: IntegrationId,
        key: &str,
    ) -> Result<(), Failure> {
        let known = self.open.get(&integration).is_some_and(|known| known.contains_key(key));
        if !known {
            for alert in store::alerts::open(sql, integration, &[key])? {
                self.remember(alert);
            }
        }
        Ok(())
    }

    /// When an alert is over unless it is told of again. Its source may have told of it while we
    /// could not hear: then it gets some time to do so once more.
    fn believed_end(&self, alert: &Alert) -> Option<Timestamp> {
        let heard = alert.last_at >= self.heard_from;
        let grace = self.heard_from.plus_seconds(GRACE_SECONDS);
        alert.ends_at.map(|ends_at| if heard { ends_at } else { ends_at.max(grace) })
    }

    /// Looks at one alert because time passed.
    fn look(
        &mut self,
        sql: &mut dyn Sql,
        round: &Round<'_>,
        at: usize,
        row: usize,
        labels: &Labels,
    ) -> Result<(), Failure> {
        let alert = &self.rows[row].alert;
        if !alert.is_open() {
            return Ok(());
        }
        let ends_at = self.believed_end(alert);
        if ends_at.is_some_and(|ends_at| ends_at <= self.now) {
            self.end(row, AlertsWhy::Expired, at, None);
            return Ok(());
        }
        self.look_at_mute(sql, round, at, row, labels)?;
        let known = &mut self.rows[row];
        let muted_until = known.alert.muted.and(known.alert.muted_until);
        known.alert.check_at = ends_at.into_iter().chain(muted_until).min();
        known.written = Some(Written::All);
        self.still.push((row, at));
        Ok(())
    }

    fn act(
        &mut self,
        sql: &mut dyn Sql,
        round: &Round<'_>,
        at: usize,
        actor: &Actor,
        id: AlertId,
        act: Act,
    ) -> Result<(), Failure> {
        let found = store::alerts::by_ids(sql, &[id])?.pop();
        let found = found.filter(|alert| alert.is_open() && !self.is_over(id));
        let row = found.map(|alert| self.remember(alert));
        let Some(row) = row.filter(|row| self.rows[*row].alert.id == id) else {
            self.refuse(at, Refusal::state("not_in_this_state", "this alert is over"));
            return Ok(());
        };
        match act {
            Act::Resolve => {
                self.end(row, AlertsWhy::Person, at, Some(actor.clone()));
                self.count(at, |taken| taken.resolved += 1);
            }
            Act::Snooze(until) => {
                let known = &mut self.rows[row];
                let before = known.alert.muted.replace(Muted::Snoozed);
                known.alert.muted_until = Some(until);
                known.alert.check_at = known.alert.due_at();
                known.written = Some(Written::All);
                let happened = Happened::Muting { before };
                self.happens(row, happened, AlertsWhy::Muted, at, Some(actor.clone()));
            }
            Act::Unsnooze => self.unsnooze(sql, round, at, row, actor)?,
            Act::GiveBack => {
                let known = &mut self.rows[row];
                if known.alert.state != SignalStatus::Acknowledged {
                    let words = "nobody has this alert at its source";
                    self.refuse(at, Refusal::state("not_in_this_state", words));
                    return Ok(());
                }
                known.alert.state = SignalStatus::Firing;
                known.written = Some(Written::All);
                let (happened, why) = (Happened::GivenBack, AlertsWhy::GivenBack);
                self.happens(row, happened, why, at, Some(actor.clone()));
            }
        }
        Ok(())
    }

    fn beats(
        &mut self,
        sql: &mut dyn Sql,
        integration: IntegrationId,
        came: &[crate::alerts::Beat],
    ) -> Result<(), Failure> {
        for crate::alerts::Beat { name, .. } in came {
            let key = (integration, name.clone());
            if !self.beats.contains_key(&key)
                && !heartbeats::is_known(sql, integration, name)?
                && heartbeats::count(sql, integration)? >= heartbeats::NAMES_MAX
                && !heartbeats::make_room(sql, integration)?
            {
                tracing::warn!(%name, "there are too many heartbeats; one is not watched");
                continue;
            }
            let every_seconds = self.settings(integration).heartbeat_seconds;
            self.beats.insert(key, Beat { integration, name: name.clone(), every_seconds });
        }
        Ok(())
    }
}

/// What is said now, with the places to read on that were said before in these requests, where it
/// says none.
fn with_links<'a>(mut now: Cow<'a, Signal>, before: Option<Cow<'a, Signal>>) -> Cow<'a, Signal> {
    if let Some(before) = before.filter(|before| now.links.is_empty() && !before.links.is_empty()) {
        now.to_mut().links.clone_from(&before.links);
    }
    now
}

/// That a heartbeat stays away.
fn silent(name: &str, last: Timestamp) -> Signal {
    let title = format!("No sign of life from {name}");
    let body = format!("{name} gives signs of life. The last one came at {last}.");
    let mut signal = Signal::new(heartbeat_key(name), SignalStatus::Firing, title);
    signal.body = body;
    signal.started_at = Some(last);
    signal
}

impl Row<'_> {
    /// The title of what it says, if that is in hand.
    pub(super) fn title(&self) -> Option<&str> {
        self.said.as_ref().map(|said| said.title.as_str())
    }
}
