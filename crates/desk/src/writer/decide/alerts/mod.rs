//! Alerts in a round: what all waiting requests told is read against the alerts that are
//! known, put into groups, and told to incidents, each once; all of it, with whatever follows
//! in the incidents, in the transaction of the round.

mod again;
mod hear;
mod keep;
mod members;
mod mute;
mod place;
mod tell;

use super::Round;
use crate::Trouble;
use crate::alerts::{Job, Monitoring, Raw, Taken, What};
use alert::maintenance::Maintenance;
use alert::{Alert, AlertSettings, Group, REMEMBERED_SECONDS, Signal};
use incident::alerts::AlertsWhy;
use incident::{Policy, Refusal};
use kernel::{
    Actor, AlertId, IncidentNumber, IntegrationId, Muted, ServiceId, Severity, Timestamp,
};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use store::alerts::Written;
use store::alerts::heartbeats::Beat;
use store::alerts::payloads::PayloadOutcome;
use store::incidents::Head;
use store::{Failure, Sql};

/// Rows that are looked at in one transaction because time passed.
const DUE_ROWS: i64 = 1_000;
/// How soon it is looked again whether what an alert's service needs is up, in seconds.
const UPSTREAM_SECONDS: i64 = 30;

/// For how many seconds, once we can be heard, nothing is over or missing because nobody told
/// of it: sources tell again within minutes, and our own downtime is not theirs.
const GRACE_SECONDS: i64 = 300;

/// What a batch of requests comes to, as far as it is known.
struct Book<'a> {
    now: Timestamp,
    /// From when on what is told is heard.
    heard_from: Timestamp,
    policy: &'a Policy,
    monitoring: &'a Monitoring,
    rows: Vec<Row<'a>>,
    /// Those of them that are over by what this batch told.
    over: HashSet<AlertId>,
    /// The open ones by key.
    open: HashMap<IntegrationId, HashMap<String, usize>>,
    /// Those that were over last, by key, as far as they may tell whether a new one flaps.
    last: HashMap<IntegrationId, HashMap<String, Alert>>,
    effects: Vec<Effect>,
    /// Rows that are so still, each with a request that said so, or at which somebody looks.
    still: Vec<(usize, usize)>,
    /// What incidents lost that are over while alerts of theirs fire.
    left: Vec<Left>,
    /// Why a request that began nothing is worth being kept.
    missed: Option<String>,
    marks: Vec<Mark>,
    groups: Vec<InHand>,
    /// Integrations that know no alert which is not ours, so that they hide none of a group.
    whole: BTreeSet<IntegrationId>,
    /// Groups that are looked at because time passed.
    ringing: Vec<IncidentNumber>,
    /// Incidents that are over and have more alerts that fire than are looked at in one batch.
    more: BTreeSet<IncidentNumber>,
    by_number: HashMap<IncidentNumber, usize>,
    by_key: HashMap<IntegrationId, HashMap<String, usize>>,
    /// New groups of an integration within a minute.
    begun: HashMap<IntegrationId, i64>,
    /// Whether what a service needs is down, as far as it was asked.
    down: HashMap<ServiceId, bool>,
    /// Services that have an outage as it is stored, once it was asked.
    out: Option<BTreeSet<ServiceId>>,
    beats: BTreeMap<(IntegrationId, String), Beat>,
    silent: Vec<(IntegrationId, String)>,
    payloads: Vec<Body<'a>>,
    /// Windows of maintenance that hold now, each with its end.
    holding: Vec<(&'a Maintenance, Timestamp)>,
    seen: BTreeSet<IntegrationId>,
    answers: Vec<Result<Taken, Trouble>>,
    settings: AlertSettings,
}

/// An alert with what is to be written of it.
struct Row<'a> {
    alert: Alert,
    written: Option<Written>,
    /// What it says now, where that is new.
    said: Option<Cow<'a, Signal>>,
    /// Its group among those in hand.
    place: Option<usize>,
    /// The incident it belonged to that is over.
    before: Option<IncidentNumber>,
}

/// A body that is worth being kept, as it came.
struct Body<'a> {
    integration: IntegrationId,
    outcome: PayloadOutcome,
    note: String,
    raw: &'a Raw,
}

/// An alert that an incident lost, as it was counted there.
struct Left {
    number: IncidentNumber,
    severity: Severity,
    muted: Option<Muted>,
}

/// What happened to an alert that its incident may have to know, with what was true then.
struct Effect {
    row: usize,
    happened: Happened,
    severity: Severity,
    muted: Option<Muted>,
    why: AlertsWhy,
    job: usize,
    actor: Option<Actor>,
}

enum Happened {
    Began,
    Regraded { from: Severity },
    Acknowledged,
    GivenBack,
    Ended,
    Muting { before: Option<Muted> },
    Noted(String),
}

/// What a notification said of its group as a whole.
struct Mark {
    integration: IntegrationId,
    group: String,
    left_out: bool,
    all_over: bool,
    /// The incidents of its open alerts.
    numbers: Vec<IncidentNumber>,
}

/// A group with what is to be told of it.
struct InHand {
    group: Group,
    /// Whether its incident is open and stands for itself.
    alive: bool,
    /// From when on its alerts begin once more, where its incident is over.
    over_from: Option<Timestamp>,
    /// The incident in which its own one is worked on, where that was merged.
    part_of: Option<IncidentNumber>,
    /// The incident that is over and that it follows.
    follows: Option<IncidentNumber>,
    /// Entries of its incident.
    entries: u32,
    told_worst: Option<Severity>,
    told_muted: Option<Muted>,
    /// The worst of those that do not come and go, where some do.
    steady: Option<Severity>,
    fired: u32,
    resolved: u32,
    samples: Vec<AlertId>,
    /// Rows of alerts that began.
    members: Vec<usize>,
    /// Rows of alerts that somebody has over there.
    acknowledged: Vec<usize>,
    notes: Vec<String>,
    why: AlertsWhy,
    actor: Option<Actor>,
    /// Whether there is something to tell, now or later.
    news: bool,
    /// Whether its row changed.
    touched: bool,
    /// Whether it is told whatever the pace is.
    rang: bool,
    /// Whether it was looked at because time passed.
    looked_at: bool,
    /// Requests that brought what began.
    jobs: BTreeSet<usize>,
}

impl InHand {
    fn of(group: Group) -> Self {
        InHand {
            group,
            alive: true,
            over_from: None,
            part_of: None,
            follows: None,
            entries: 0,
            told_worst: None,
            told_muted: None,
            steady: None,
            fired: 0,
            resolved: 0,
            samples: vec![],
            members: vec![],
            acknowledged: vec![],
            notes: vec![],
            why: AlertsWhy::Told,
            actor: None,
            news: false,
            touched: false,
            rang: false,
            looked_at: false,
            jobs: BTreeSet::new(),
        }
    }
}

impl Round<'_> {
    /// Decides about all that was told of alerts. The outer error is the store's and ends the
    /// round; the inner is each caller's answer. What a person does is told for itself, so that
    /// nothing a source says is said in their name.
    pub(in crate::writer) fn signals(
        &mut self,
        sql: &mut dyn Sql,
        head: &mut Head,
        jobs: &[Job],
        monitoring: &Monitoring,
        heard_from: Timestamp,
    ) -> Result<Vec<Result<Taken, Trouble>>, Failure> {
        let mut answers = Vec::with_capacity(jobs.len());
        for part in jobs.chunk_by(|one, next| !one.is_act() && !next.is_act()) {
            let mut book = Book::new(self.policy, monitoring, self.now, heard_from, part.len());
            book.look_up(sql, part)?;
            for (at, job) in part.iter().enumerate() {
                book.hear(sql, self, at, job)?;
            }
            self.begin_again(sql, &mut book)?;
            self.place(sql, &mut book)?;
            self.tell(sql, head, &mut book)?;
            book.keep(sql)?;
            answers.append(&mut book.answers);
        }
        Ok(answers)
    }
}

impl<'a> Book<'a> {
    fn new(
        policy: &'a Policy,
        monitoring: &'a Monitoring,
        now: Timestamp,
        heard_from: Timestamp,
        jobs: usize,
    ) -> Self {
        Book {
            now,
            heard_from,
            policy,
            monitoring,
            rows: vec![],
            over: HashSet::new(),
            open: HashMap::new(),
            last: HashMap::new(),
            effects: vec![],
            still: vec![],
            left: vec![],
            missed: None,
            marks: vec![],
            groups: vec![],
            whole: BTreeSet::new(),
            ringing: vec![],
            more: BTreeSet::new(),
            by_number: HashMap::new(),
            by_key: HashMap::new(),
            begun: HashMap::new(),
            down: HashMap::new(),
            out: None,
            beats: BTreeMap::new(),
            silent: vec![],
            payloads: vec![],
            holding: monitoring.holding(now),
            seen: BTreeSet::new(),
            answers: (0..jobs).map(|_| Ok(Taken::default())).collect(),
            settings: AlertSettings::default(),
        }
    }

    /// How an integration wants it; one that takes nothing any more has it like most.
    fn settings(&self, integration: IntegrationId) -> &AlertSettings {
        let known = self.monitoring.integrations.get(&integration);
        known.map_or(&self.settings, |one| &one.settings.alerts)
    }

    /// The same, as it outlives what is at hand here.
    fn settings_in_force(&self, integration: IntegrationId) -> Cow<'a, AlertSettings> {
        let monitoring: &'a Monitoring = self.monitoring;
        match monitoring.integrations.get(&integration) {
            Some(one) => Cow::Borrowed(&one.settings.alerts),
            None => Cow::Owned(AlertSettings::default()),
        }
    }

    /// Reads the alerts that the requests name: those that are open, and of those that begin
    /// the ones before them.
    fn look_up(&mut self, sql: &mut dyn Sql, jobs: &'a [Job]) -> Result<(), Failure> {
        let mut keys: BTreeMap<IntegrationId, BTreeSet<&str>> = BTreeMap::new();
        for job in jobs {
            if let What::Told(integration, told, _) = &job.what {
                let named = told.reading.signals.iter().map(|signal| signal.key.as_str());
                keys.entry(*integration).or_default().extend(named);
            }
        }
        for (integration, keys) in keys {
            let all: Vec<&str> = keys.into_iter().collect();
            for alert in store::alerts::open(sql, integration, &all)? {
                self.remember(alert);
            }
            let known = self.open.get(&integration);
            let new = |key: &&str| known.is_none_or(|known| !known.contains_key(*key));
            let new: Vec<&str> = all.into_iter().filter(new).collect();
            let seconds = self.settings(integration).flap_seconds.max(REMEMBERED_SECONDS);
            let since = self.now.plus_seconds(-seconds);
            let last = self.last.entry(integration).or_default();
            for alert in store::alerts::over_since(sql, integration, &new, since)? {
                last.insert(alert.key.clone(), alert);
            }
        }
        Ok(())
    }

    /// Takes an open alert in hand, and gives its place; the one that is there already, where
    /// it is.
    fn remember(&mut self, alert: Alert) -> usize {
        let by_key = self.open.entry(alert.integration).or_default();
        if let Some(row) = by_key.get(&alert.key) {
            return *row;
        }
        by_key.insert(alert.key.clone(), self.rows.len());
        self.rows.push(Row { alert, written: None, said: None, place: None, before: None });
        self.rows.len() - 1
    }

    /// Lets go of an alert that is over: its key may begin again.
    fn forget(&mut self, row: usize) {
        let alert = &self.rows[row].alert;
        self.over.insert(alert.id);
        if let Some(by_key) = self.open.get_mut(&alert.integration) {
            by_key.remove(&alert.key);
        }
        let last = self.last.entry(alert.integration).or_default();
        last.insert(alert.key.clone(), alert.clone());
    }

    fn count(&mut self, job: usize, count: impl FnOnce(&mut Taken)) {
        if let Some(Ok(taken)) = self.answers.get_mut(job) {
            count(taken);
        }
    }

    fn refuse(&mut self, job: usize, refusal: Refusal) {
        if let Some(answer) = self.answers.get_mut(job) {
            *answer = Err(refusal.into());
        }
    }
}
