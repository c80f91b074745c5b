//! Every version of agreements and calendars: what was promised stays what it was,
//! whatever is promised to others from tomorrow on.

use super::agreement::{Agreement, Selectors};
use crate::state::{AgreementRef, CalendarRef};
use calendar::{Calendar, CalendarError, Definition};
use kernel::{AgreementId, CalendarId, InOrder, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The versions of something by rising version, each with the instant it is in force from.
type Versions<T> = Vec<(Timestamp, T)>;

/// The newest version in force at an instant.
fn in_force<T>(versions: &Versions<T>, at: Timestamp) -> Option<&T> {
    versions.iter().rev().find(|(since, _)| *since <= at).map(|(_, version)| version)
}

/// Every version of every agreement, and which is in force when.
#[derive(Debug, Clone)]
pub struct Agreements {
    all: BTreeMap<AgreementId, Versions<Arc<Agreement>>>,
    /// Applies while nothing else is in force.
    fallback: Arc<Agreement>,
}

impl Agreements {
    /// All versions, in any order, each with the instant it is in force from. `None`
    /// when there are none: something has to be promised.
    pub fn new(versions: impl IntoIterator<Item = (Agreement, Timestamp)>) -> Option<Self> {
        Agreements::of(versions.into_iter().map(|(agreement, since)| (Arc::new(agreement), since)))
    }

    /// The same with versions that are shared with others.
    pub fn of(versions: impl IntoIterator<Item = (Arc<Agreement>, Timestamp)>) -> Option<Self> {
        let mut all: BTreeMap<_, Versions<Arc<Agreement>>> = BTreeMap::new();
        for (agreement, since) in versions {
            all.entry(agreement.reference.id).or_default().push((since, agreement));
        }
        for versions in all.values_mut() {
            versions.order_by_key(|(_, agreement)| agreement.reference.version);
        }
        // Stored before there was a choice, none is marked: then the last one applies.
        let rank = |(since, agreement): &&(Timestamp, Arc<Agreement>)| {
            (agreement.is_default && !agreement.retired, *since, agreement.reference)
        };
        let mut fallback = all.values().flatten().max_by_key(rank)?.1.clone();
        if !fallback.is_default {
            for (_, agreement) in all.get_mut(&fallback.reference.id)? {
                Arc::make_mut(agreement).is_default = true;
            }
            Arc::make_mut(&mut fallback).is_default = true;
        }
        Some(Agreements { all, fallback })
    }

    /// One agreement alone, in force from always.
    pub fn only(agreement: Agreement) -> Self {
        let agreement = Arc::new(agreement);
        let version = (Timestamp::from_micros(i64::MIN), agreement.clone());
        let all = BTreeMap::from([(agreement.reference.id, vec![version])]);
        Agreements { all, fallback: agreement }
    }

    /// This very version.
    pub fn get(&self, reference: AgreementRef) -> Option<&Agreement> {
        self.shared(reference).map(|agreement| &**agreement)
    }

    /// This very version, to be shared.
    pub fn shared(&self, reference: AgreementRef) -> Option<&Arc<Agreement>> {
        let versions = self.all.get(&reference.id)?;
        let place = versions.binary_search_by_key(&reference.version, |(_, a)| a.reference.version);
        Some(&versions[place.ok()?].1)
    }

    /// The newest version of each agreement that is in force at an instant and in use,
    /// in the order in which they are tried; the default last.
    pub fn in_force(&self, at: Timestamp) -> Vec<&Agreement> {
        let newest = self.all.values().filter_map(|versions| in_force(versions, at));
        let mut found: Vec<&Agreement> =
            newest.filter(|agreement| !agreement.retired).map(|agreement| &**agreement).collect();
        found.order_by_key(|one| (one.is_default, one.place, one.reference));
        found
    }

    /// The first in force that matches; the default where none does.
    pub fn choose(&self, of: &Selectors, at: Timestamp) -> &Agreement {
        let matching =
            |agreement: &&Agreement| !agreement.is_default && agreement.applies_to.matches(of);
        self.in_force(at).into_iter().find(matching).unwrap_or_else(|| self.default(at))
    }

    /// The agreement that applies where no other does.
    pub fn default(&self, at: Timestamp) -> &Agreement {
        let mut newest = self.all.values().filter_map(|versions| in_force(versions, at));
        newest
            .rfind(|agreement| agreement.is_default && !agreement.retired)
            .unwrap_or(&self.fallback)
    }

    /// The newest version of an agreement, in force or not yet.
    pub fn last(&self, id: AgreementId) -> Option<&Agreement> {
        Some(&self.all.get(&id)?.last()?.1)
    }

    /// The newest version of each agreement, in force or not yet, in the order in which
    /// they are tried; the default last.
    pub fn latest(&self) -> Vec<&Agreement> {
        let last = self.all.values().filter_map(|versions| versions.last());
        let mut found: Vec<&Agreement> = last.map(|(_, agreement)| &**agreement).collect();
        found.order_by_key(|one| (one.is_default, one.place, one.reference));
        found
    }

    /// With another version, in force from an instant; where it becomes the default, the
    /// one that was so goes out of use.
    #[must_use]
    pub fn with(&self, agreement: Agreement, since: Timestamp) -> Self {
        let mut all = self.all.clone();
        let id = agreement.reference.id;
        for versions in all.values_mut().filter(|_| agreement.is_default) {
            let last = versions
                .last()
                .map(|(_, last)| last)
                .filter(|last| last.reference.id != id && last.is_default && !last.retired);
            if let Some(mut after) = last.map(|last| Agreement::clone(last)) {
                after.reference.version += 1;
                (after.is_default, after.retired) = (false, true);
                versions.push((since, Arc::new(after)));
            }
        }
        all.entry(id).or_default().push((since, Arc::new(agreement)));
        Agreements { all, fallback: self.fallback.clone() }
    }

    /// As if this had always stood instead of every version of the agreement with its
    /// id; where it is the default, no other ever was.
    #[must_use]
    pub fn instead(&self, agreement: Agreement) -> Self {
        let mut all = self.all.clone();
        if agreement.is_default {
            let versions = all.values_mut().flatten().map(|(_, agreement)| agreement);
            for other in versions.filter(|other| other.is_default) {
                Arc::make_mut(other).is_default = false;
            }
        }
        let agreement = Arc::new(agreement);
        let fallback = match self.fallback.reference.id == agreement.reference.id {
            true => agreement.clone(),
            false => self.fallback.clone(),
        };
        let always = (Timestamp::from_micros(i64::MIN), agreement.clone());
        all.insert(agreement.reference.id, vec![always]);
        Agreements { all, fallback }
    }

    /// Every version of every agreement, with the instant it is in force from.
    pub fn versions(&self) -> impl Iterator<Item = (Timestamp, &Agreement)> {
        self.all.values().flatten().map(|(since, agreement)| (*since, &**agreement))
    }
}

/// One version of a business calendar as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BusinessHours {
    /// Id and version.
    #[serde(flatten)]
    pub reference: CalendarRef,
    /// Name.
    pub name: String,
    /// When it is open.
    pub definition: Definition,
    /// Whether it is out of use: nothing new may name it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub retired: bool,
}

/// A version of a calendar, ready to be asked.
#[derive(Debug, Clone)]
pub struct KnownCalendar {
    /// As it is stored.
    pub hours: BusinessHours,
    /// Made from it.
    pub calendar: Calendar,
}

/// Every version of every calendar.
#[derive(Debug, Clone)]
pub struct Calendars {
    all: BTreeMap<CalendarId, Versions<Arc<KnownCalendar>>>,
    always: Arc<Calendar>,
}

impl Default for Calendars {
    fn default() -> Self {
        Calendars { all: BTreeMap::new(), always: Calendar::round_the_clock() }
    }
}

impl Calendars {
    /// Adds a version, in force from an instant.
    ///
    /// # Errors
    /// What is wrong with the hours.
    pub fn add(&mut self, hours: BusinessHours, since: Timestamp) -> Result<(), CalendarError> {
        let calendar = Calendar::new(&hours.definition)?;
        self.share(Arc::new(KnownCalendar { hours, calendar }), since);
        Ok(())
    }

    /// Adds a version that is shared with others, in force from an instant.
    pub fn share(&mut self, known: Arc<KnownCalendar>, since: Timestamp) {
        let reference = known.hours.reference;
        let versions = self.all.entry(reference.id).or_default();
        versions.retain(|(_, other)| other.hours.reference != reference);
        versions.push((since, known));
        versions.order_by_key(|(_, known)| known.hours.reference.version);
    }

    /// The newest version of a calendar, in force or not yet.
    pub fn last(&self, id: CalendarId) -> Option<&KnownCalendar> {
        Some(&self.all.get(&id)?.last()?.1)
    }

    /// As if this had always stood instead of every version of the calendar with its id.
    ///
    /// # Errors
    /// What is wrong with the hours.
    pub fn instead(&self, hours: BusinessHours) -> Result<Self, CalendarError> {
        let mut calendars = self.clone();
        calendars.all.remove(&hours.reference.id);
        calendars.add(hours, Timestamp::from_micros(i64::MIN))?;
        Ok(calendars)
    }

    /// This very version, with its name.
    pub fn known(&self, reference: CalendarRef) -> Option<&KnownCalendar> {
        self.shared(reference).map(|known| &**known)
    }

    /// This very version, to be shared.
    pub fn shared(&self, reference: CalendarRef) -> Option<&Arc<KnownCalendar>> {
        let versions = self.all.get(&reference.id)?;
        let found = versions.iter().rev().find(|(_, known)| known.hours.reference == reference);
        found.map(|(_, known)| known)
    }

    /// What a reference stands for: none, and what is not known here, is round the clock.
    pub fn get(&self, reference: Option<CalendarRef>) -> &Calendar {
        let known = reference.and_then(|reference| self.known(reference));
        known.map_or(&self.always, |known| &known.calendar)
    }

    /// The version of a calendar that counts for what starts now: the newest in force,
    /// the first before any is.
    pub fn newest(&self, id: CalendarId, at: Timestamp) -> Option<CalendarRef> {
        let versions = self.all.get(&id)?;
        let first = || versions.first().map(|(_, known)| known);
        in_force(versions, at).or_else(first).map(|known| known.hours.reference)
    }

    /// The newest version of each calendar, in force or not yet, by name.
    pub fn latest(&self) -> Vec<&KnownCalendar> {
        let last = self.all.values().filter_map(|versions| versions.last());
        let mut found: Vec<_> = last.map(|(_, known)| &**known).collect();
        found.order_by_key(|known| (known.hours.name.to_lowercase(), known.hours.reference));
        found
    }
}
