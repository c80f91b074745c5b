//! How signs are weighed.

use super::{Cause, Evidence, Fact, Kind, Reach, Scene, Sign, What};
use incident::conduct::Degree;
use kernel::{InOrder, ServiceId, Severity, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Causes that are named at most: more are read by nobody while something is out.
pub const CAUSES_MAX: usize = 8;
/// What is less probable than one of twenty is not named.
pub const SCORE_MIN: f64 = 0.05;
/// Seconds before the first sign after which what happened says nothing: a week. What breaks
/// later than that is a defect that waited, and no clock finds it.
pub const RECENT_SECONDS: i64 = 7 * 86_400;
/// Seconds that clocks of different programs may differ: what is told to have come so much after
/// the first sign may have come before it.
pub const CLOCKS_SECONDS: i64 = 120;

/// Seconds after which half of the suspicion is gone: a change that breaks something mostly
/// does so at once, or when the next batch of work comes.
const HALF_LIFE_SECONDS: f64 = 1_800.0;
/// So many times more suspect than one of days ago is a change just before the first sign: most
/// outages that somebody explains follow a change within the hour.
const CHANGE_ODDS: f64 = 100.0;
/// The same for alerts, which come in the hundreds where changes come in the tens.
const ALERT_ODDS: f64 = 15.0;
/// The same for planned work that goes on: those who do it know, and look.
const WORK_ODDS: f64 = 11.0;
/// The same for what was out: it counts as long as it lasts, a little more if it is fresh.
const OUT_ODDS: f64 = 3.0;
/// Seconds after its end in which planned work may still be why.
pub const WORK_SECONDS: i64 = 6 * 3_600;
/// Seconds after its end in which an outage may still be why: what waited for it fails later.
const OUT_SECONDS: i64 = 1_800;
/// Seconds before the first sign in which an alert may tell of the cause: a day.
const ALERT_SECONDS: i64 = 86_400;

/// It is at what is hit itself.
const AT_HIT: f64 = 0.3;
/// Each step away takes so much: more stands between them that could be it.
const HOP: f64 = -0.4;
/// Steps that are counted: behind them everything is equally far.
const HOPS_MAX: u32 = 4;
/// Something stands in for it.
const STANDS_IN: f64 = -1.2;
/// It is behind all that is hit, and not behind one alone.
const EXPLAINS_ALL: f64 = 1.5;
/// The service of a change is in trouble by itself.
const UNWELL: f64 = 0.6;
/// It alerted before every other.
const FIRST_ALERT: f64 = 0.5;
/// A known problem: for its being known often, and for its share.
const TIMES: f64 = 1.2;
const SHARE: f64 = 3.0;
/// Incidents that are added below the share, so that one of one is no certainty.
const SHARE_DOUBT: f64 = 5.0;
/// Judgements that what is usual of a kind counts as: people change it, but not with the first.
const USUAL_COUNTS: f64 = 20.0;

/// The probable causes, the most probable first; the order of the signs is of no account.
pub fn rank(scene: &Scene) -> Vec<Cause> {
    let mut signs: Vec<&Sign> = scene.signs.iter().collect();
    signs.sort();
    let around = Around::of(scene, &signs);
    let mut best: BTreeMap<What, Cause> = BTreeMap::new();
    for sign in signs {
        let Some(evidence) = around.weigh(sign) else { continue };
        let cause = cause(sign, evidence);
        let better = best.get(&cause.what).is_none_or(|known| known.score < cause.score);
        if better && cause.score >= SCORE_MIN {
            best.insert(cause.what.clone(), cause);
        }
    }
    let mut causes: Vec<Cause> = best.into_values().collect();
    causes.order_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.what.cmp(&b.what)));
    causes.truncate(CAUSES_MAX);
    causes
}

fn cause(sign: &Sign, mut evidence: Vec<Evidence>) -> Cause {
    let sum: f64 = evidence.iter().map(|one| one.weight).sum();
    // Sums are a handful of units; the bounds keep the score off 0 and 1 whatever is judged.
    let score = 1.0 / (1.0 + (-sum.clamp(-20.0, 20.0)).exp());
    evidence.order_by(|a, b| b.weight.total_cmp(&a.weight));
    Cause { what: sign.what(), kind: sign.kind(), score, evidence }
}

/// The scene, and what is known of all of its signs together.
struct Around<'a> {
    scene: &'a Scene,
    /// Services that were out or alerted by themselves.
    unwell: BTreeSet<ServiceId>,
    /// The first alert about what is needed, where there are several.
    first_alert: Option<Timestamp>,
}

impl<'a> Around<'a> {
    fn of(scene: &'a Scene, signs: &[&Sign]) -> Around<'a> {
        let (mut unwell, mut alerts) = (BTreeSet::new(), Vec::new());
        for sign in signs {
            match sign {
                Sign::Alert { service, at, .. } if is_alert(scene, *service, *at) => {
                    alerts.push(*at);
                    unwell.insert(*service);
                }
                Sign::Service { id, from, until, .. } if was_out(scene, *id, *from, *until) => {
                    unwell.insert(*id);
                }
                _ => {}
            }
        }
        let first_alert = alerts.iter().min().copied().filter(|_| alerts.len() > 1);
        Around { scene, unwell, first_alert }
    }

    /// What is known of a sign; none when it cannot be the cause.
    fn weigh(&self, sign: &Sign) -> Option<Vec<Evidence>> {
        let mut found = vec![self.usual(sign.kind())];
        match sign {
            Sign::Change { kind, service, at, .. } => {
                let seconds = lead(self.scene, *at, RECENT_SECONDS)?;
                let reach = self.scene.reach.get(service)?;
                let fact = Fact::Changed { kind: *kind, seconds };
                found.push(say(fact, odds(CHANGE_ODDS, seconds)));
                found.extend(self.joined(*reach));
                if reach.hops > 0 && self.unwell.contains(service) {
                    found.push(say(Fact::Unwell, UNWELL));
                }
            }
            Sign::Alert { service, at, severity, .. } => {
                if !is_alert(self.scene, *service, *at) {
                    return None;
                }
                let seconds = lead(self.scene, *at, ALERT_SECONDS)?;
                found.push(say(Fact::Alerted { seconds }, odds(ALERT_ODDS, seconds)));
                found.push(say(Fact::Severity(*severity), severe(*severity)));
                if self.first_alert == Some(*at) {
                    found.push(say(Fact::FirstAlert, FIRST_ALERT));
                }
                found.extend(self.joined(*self.scene.reach.get(service)?));
            }
            Sign::Service { id, degree, from, until } => {
                if !was_out(self.scene, *id, *from, *until) {
                    return None;
                }
                let seconds = self.scene.began.seconds_since(*from).max(0);
                let weight = badness(*degree) + odds(OUT_ODDS, seconds);
                found.push(say(Fact::Out { degree: *degree, seconds }, weight));
                found.extend(self.joined(*self.scene.reach.get(id)?));
            }
            Sign::Maintenance { services, from, until, .. } => {
                let seconds = worked(self.scene, *from, *until)?;
                found.push(say(Fact::Work { seconds }, odds(WORK_ODDS, seconds)));
                found.extend(self.nearest(services)?);
            }
            Sign::Record { times, of, .. } => {
                let (times, of) = (*times, (*of).max(*times));
                if times == 0 {
                    return None;
                }
                let share = f64::from(times) / (f64::from(of) + SHARE_DOUBT);
                let weight = TIMES * f64::from(times).ln_1p() + SHARE * share;
                found.push(say(Fact::Before { times, of }, weight));
            }
        }
        Some(found)
    }

    /// What is usual of a kind, here.
    fn usual(&self, kind: Kind) -> Evidence {
        let judged = self.scene.judged.get(&kind).copied().unwrap_or_default();
        let all = judged.yes.saturating_add(judged.no);
        let usual = f64::from(kind.usual_percent()) / 100.0;
        let share =
            (usual * USUAL_COUNTS + f64::from(judged.yes)) / (USUAL_COUNTS + f64::from(all));
        let fact = Fact::Usual { kind, yes: judged.yes, judged: all };
        // Some share is always left on both sides, so that this is finite.
        say(fact, (share / (1.0 - share)).ln())
    }

    /// How a service is joined to what is hit.
    fn joined(&self, reach: Reach) -> Vec<Evidence> {
        let Reach { hops, certain, hit } = reach;
        let mut found = vec![match hops {
            0 => say(Fact::AtHit, AT_HIT),
            _ => say(Fact::Needed { hops, certain }, distance(reach)),
        }];
        let of = self.scene.affected;
        if of > 1 {
            let hit = hit.min(of);
            let share = f64::from(hit.saturating_sub(1)) / f64::from(of - 1);
            found.push(say(Fact::Explains { hit, of }, EXPLAINS_ALL * share));
        }
        found
    }

    /// The same of the one of several that says most.
    fn nearest(&self, services: &[ServiceId]) -> Option<Vec<Evidence>> {
        let all = services.iter().filter_map(|id| self.scene.reach.get(id));
        let joined = all.map(|reach| self.joined(*reach));
        let weight = |all: &Vec<Evidence>| all.iter().map(|one| one.weight).sum::<f64>();
        joined.max_by(|a, b| weight(a).total_cmp(&weight(b)))
    }
}

fn say(fact: Fact, weight: f64) -> Evidence {
    Evidence { fact, weight }
}

/// How many seconds before the first sign something was; none when it came after it, or too
/// long before.
fn lead(scene: &Scene, at: Timestamp, within: i64) -> Option<i64> {
    let seconds = scene.began.seconds_since(at);
    (-CLOCKS_SECONDS..=within).contains(&seconds).then_some(seconds.max(0))
}

/// Whether an alert tells of what is needed: one of what is hit itself is how it was noticed.
fn is_alert(scene: &Scene, service: ServiceId, at: Timestamp) -> bool {
    let needed = scene.reach.get(&service).is_some_and(|reach| reach.hops > 0);
    needed && lead(scene, at, ALERT_SECONDS).is_some()
}

/// Whether something that is needed was out when it began, or until shortly before.
fn was_out(scene: &Scene, id: ServiceId, from: Timestamp, until: Option<Timestamp>) -> bool {
    let needed = scene.reach.get(&id).is_some_and(|reach| reach.hops > 0);
    let before = scene.began.seconds_since(from) >= -CLOCKS_SECONDS;
    needed && before && until.is_none_or(|at| scene.began.seconds_since(at) <= OUT_SECONDS)
}

/// How many seconds before the first sign planned work had ended; 0 while it went on.
fn worked(scene: &Scene, from: Timestamp, until: Timestamp) -> Option<i64> {
    let ended = scene.began.seconds_since(until);
    let begun = scene.began.seconds_since(from) >= -CLOCKS_SECONDS;
    (begun && ended <= WORK_SECONDS).then_some(ended.max(0))
}

/// What so many seconds say, where just before is so many times more suspect than long ago.
fn odds(just_before: f64, seconds: i64) -> f64 {
    let halves = seconds as f64 / HALF_LIFE_SECONDS;
    (just_before * (-halves).exp2()).ln_1p()
}

fn distance(reach: Reach) -> f64 {
    let far = HOP * f64::from(reach.hops.min(HOPS_MAX));
    if reach.certain { far } else { far + STANDS_IN }
}

fn severe(severity: Severity) -> f64 {
    match severity {
        Severity::Critical => 0.3,
        Severity::Error => 0.0,
        Severity::Warning => -0.5,
        Severity::Info => -1.0,
    }
}

fn badness(degree: Degree) -> f64 {
    match degree {
        Degree::Degraded => 0.0,
        Degree::Partial => 1.6,
        Degree::Full => 3.0,
    }
}
