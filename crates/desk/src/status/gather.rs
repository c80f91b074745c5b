//! What the status page says at an instant, from everything that is known: components, the ledger
//! of outages, what was published, planned work, what somebody says by hand.
//!
//! The public page tells what was said to everybody and nothing that shows more: outages of
//! confidential incidents are left out until somebody publishes a word about them there, and
//! health is that of recorded outages and of what depends on them, not of tickets and alerts.

use super::spans::{self, during, holds};
use super::{BASE, INTERNAL_BASE, Options, made};
use crate::map::Sight;
use alert::maintenance::Maintenance;
use incident::state::UpdatePhase;
use jiff::tz::TimeZone;
use kernel::{ComponentId, InOrder, IncidentNumber, ServiceId, Timestamp};
use map::Health;
use status::Snapshot;
use status::condition::of_service;
use status::snapshot::{Component, Group, Incident, Phase, Site, Update, Work, WorkPhase};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::alerts::maintenances;
use store::directory::settings::{INSTANCE, Instance, Setting};
use store::outages::{self, OutageRow};
use store::status::conditions::{self, Said};
use store::status::incidents::About;
use store::status::page::{Logo, StatusPage};
use store::status::works::Words;
use store::status::{components, groups, incidents, page, works};
use store::updates::{self, PublishedUpdate};
use store::{Failure, Sql};

/// How far the page looks back, in days.
const DAYS: i64 = 90;
/// How far back it is looked for incidents that are not over, in days.
const OPEN_DAYS: i64 = 400;
/// Windows that are looked at: those to come and the last of those before.
const WINDOWS_MAX: i64 = 1_000;
/// The id of the page until somebody saves its settings.
const UNNAMED: &str = "status";

/// What is shown, and until when nothing changes by itself.
#[derive(Debug, Clone)]
pub struct Gathered {
    /// What everybody may read; none while it is switched off.
    pub public: Option<Snapshot>,
    /// Whether somebody switched it off, rather than that nobody set it up.
    pub off: bool,
    /// The domain of its own, if it has one.
    pub domain: Option<String>,
    /// Whether this program answers there.
    pub domain_is_ours: bool,
    /// What people of the house may read.
    pub internal: Snapshot,
    /// The logo.
    pub logo: Option<Logo>,
    /// The next instant at which time alone changes something.
    pub next_at: Option<Timestamp>,
    /// Whether something goes on whose length is told.
    pub lasts: bool,
    /// Incidents that were published and have no name outside yet; they are left out.
    pub unnamed: Vec<IncidentNumber>,
}

/// What the page says now, the internal or the public one.
///
/// # Errors
///
/// When the store cannot be read.
pub fn snapshot(
    sql: &mut dyn Sql,
    now: Timestamp,
    internal: bool,
    options: &Options,
) -> Result<Snapshot, Failure> {
    let sight = Arc::new(crate::map::load(sql, now)?);
    Ok(Facts::read(sql, now, options, sight)?.snapshot(internal))
}

/// Both pages, with the service map as it is now.
///
/// # Errors
///
/// When the store cannot be read.
pub fn gather(
    sql: &mut dyn Sql,
    now: Timestamp,
    options: &Options,
    sight: Arc<Sight>,
) -> Result<Gathered, Failure> {
    let facts = Facts::read(sql, now, options, sight)?;
    let logo = match &facts.page.logo {
        Some(hash) => page::logo(sql, hash)?,
        None => None,
    };
    let internal = facts.snapshot(true);
    Ok(Gathered {
        public: facts.page.public.then(|| facts.snapshot(false)),
        off: facts.is_set && !facts.page.public,
        domain: Some(facts.page.domain.clone()).filter(|domain| !domain.is_empty()),
        domain_is_ours: facts.page.domain_is_ours,
        next_at: facts.next_at(&internal),
        lasts: internal
            .components
            .iter()
            .any(|one| one.spans.iter().any(|span| span.ended_at.is_none())),
        unnamed: facts
            .updates
            .keys()
            .filter(|number| !facts.names.contains_key(*number))
            .copied()
            .collect(),
        internal,
        logo,
    })
}

impl Gathered {
    /// The public page as it is on its own domain. Where files answer there, people subscribe at
    /// the instance's own address.
    pub(super) fn own(&self) -> Option<(String, Snapshot)> {
        let (domain, public) = (self.domain.clone()?, self.public.clone()?);
        let here = public.site.url.clone();
        let subscriptions = public.site.subscriptions.as_ref().map(|_| match self.domain_is_ours {
            true => String::new(),
            false => here,
        });
        let (url, base) = (format!("https://{domain}"), String::new());
        let site = Site { url, base, subscriptions, ..public.site };
        Some((domain, Snapshot { site, ..public }))
    }
}

/// Everything that is known.
struct Facts<'a> {
    now: Timestamp,
    options: &'a Options,
    page: StatusPage,
    /// Whether somebody set the page up.
    is_set: bool,
    instance: Instance,
    logo: Option<String>,
    groups: Vec<groups::Group>,
    components: Vec<components::Component>,
    said: Vec<Said>,
    outages: Vec<OutageRow>,
    updates: BTreeMap<IncidentNumber, Vec<PublishedUpdate>>,
    about: BTreeMap<IncidentNumber, About>,
    names: BTreeMap<IncidentNumber, String>,
    works: Vec<(Maintenance, Words)>,
    sight: Arc<Sight>,
}

impl<'a> Facts<'a> {
    fn read(
        sql: &mut dyn Sql,
        now: Timestamp,
        options: &'a Options,
        sight: Arc<Sight>,
    ) -> Result<Self, Failure> {
        let since = now.plus_days(-DAYS);
        let Setting { value: page, version } = page::get(sql)?;
        let instance = store::directory::settings::get::<Instance>(sql, INSTANCE)?;
        let logo = match &page.logo {
            Some(hash) => page::logo(sql, hash)?.map(|logo| made::logo_name(&logo)),
            None => None,
        };
        let outages = outages::between(sql, since, now.plus_seconds(1))?;
        let updates = published(sql, now)?;
        let numbers: BTreeSet<IncidentNumber> =
            outages.iter().map(|outage| outage.number).chain(updates.keys().copied()).collect();
        let numbers: Vec<_> = numbers.into_iter().collect();
        let told: Vec<_> = updates.keys().copied().collect();
        let windows = maintenances::list(sql, WINDOWS_MAX)?;
        let words = works::list(sql)?.into_iter().filter_map(|words| {
            let window = windows.iter().find(|window| window.id == words.maintenance)?;
            Some((window.clone(), words))
        });
        Ok(Facts {
            now,
            options,
            logo,
            instance: instance.map(|setting| setting.value).unwrap_or_default(),
            groups: groups::list(sql)?,
            components: components::list(sql)?,
            said: conditions::since(sql, since)?,
            about: incidents::about(sql, &numbers)?,
            names: incidents::names(sql, &told)?,
            works: words.collect(),
            sight,
            page,
            is_set: version > 0,
            outages,
            updates,
        })
    }

    fn snapshot(&self, internal: bool) -> Snapshot {
        let shown: Vec<&components::Component> =
            self.components.iter().filter(|one| internal || !one.internal).collect();
        let known: BTreeSet<ComponentId> = shown.iter().map(|one| one.id).collect();
        let works = self.works(&known);
        let felt = self.felt(internal);
        let components: Vec<Component> =
            shown.iter().map(|one| self.component(one, &felt, &works, internal)).collect();
        let used: BTreeSet<_> = components.iter().filter_map(|one| one.group).collect();
        let groups =
            self.groups.iter().filter(|group| used.contains(&group.id)).map(|group| Group {
                id: group.id,
                name: group.name.clone(),
                description: Some(group.description.clone()).filter(|text| !text.is_empty()),
                created_at: group.created_at,
                updated_at: group.updated_at,
            });
        let told = self.updates.iter();
        let mut incidents: Vec<Incident> =
            told.filter_map(|(number, updates)| self.incident(*number, updates, &known)).collect();
        incidents.order_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| a.id.cmp(&b.id)));
        Snapshot {
            at: self.now,
            site: self.site(internal),
            groups: groups.collect(),
            components,
            incidents,
            works,
        }
    }

    fn site(&self, internal: bool) -> Site {
        let or =
            |own: &str, other: &str| if own.is_empty() { other.to_owned() } else { own.to_owned() };
        let base = if internal { INTERNAL_BASE } else { BASE };
        let languages = match self.page.languages.is_empty() {
            true => vec![self.instance.language],
            false => self.page.languages.clone(),
        };
        Site {
            id: or(&self.page.id, UNNAMED),
            name: or(&self.page.name, &self.instance.name),
            url: format!("{}{base}", self.options.url),
            base: base.to_owned(),
            time_zone: or(&self.page.time_zone, &self.instance.time_zone),
            languages,
            support: Some(self.page.support.clone()).filter(|text| !text.is_empty()),
            logo: self.logo.clone(),
            internal,
            subscriptions: (self.options.mail && !internal).then(|| base.to_owned()),
        }
    }

    /// Whether a page may show an outage of this incident.
    fn shows(&self, number: IncidentNumber, internal: bool) -> bool {
        let open = || self.about.get(&number).is_some_and(|about| !about.confidential);
        internal || self.updates.contains_key(&number) || open()
    }

    /// How each service is as a page may show it.
    fn felt(&self, internal: bool) -> BTreeMap<ServiceId, Health> {
        if internal {
            return self.sight.felt.iter().map(|(id, felt)| (*id, felt.felt)).collect();
        }
        let mut own: BTreeMap<ServiceId, Health> = BTreeMap::new();
        let lasting = self.outages.iter().filter(|one| {
            holds(one.started_at, one.ended_at, self.now) && self.shows(one.number, internal)
        });
        for outage in lasting {
            let health = own.entry(outage.service).or_insert(Health::Level);
            *health = during(outage.degree).max(*health);
        }
        let felt = self.sight.graph.health(&own);
        // A service out of use is not in the graph; its outages count for itself.
        own.extend(felt.into_iter().map(|(id, felt)| (id, felt.felt)));
        own
    }

    fn component(
        &self,
        one: &components::Component,
        felt: &BTreeMap<ServiceId, Health>,
        works: &[Work],
        internal: bool,
    ) -> Component {
        let now = self.now;
        let said = self.said.iter().filter(|said| said.component == one.id);
        let outages = self.outages.iter().filter(|outage| {
            Some(outage.service) == one.service && self.shows(outage.number, internal)
        });
        let works = works.iter().filter(|work| work.components.contains(&one.id));
        let spans = spans::of_component(outages, said.clone(), works.clone(), now);
        let by_hand = said.clone().rev().find(|said| holds(said.started_at, said.ended_at, now));
        let works_on = works.clone().any(|work| work.phase == WorkPhase::InProgress);
        let planned = if works_on { Health::Maintenance } else { Health::Level };
        let computed = one.service.and_then(|id| felt.get(&id)).copied().unwrap_or(Health::Level);
        let health = by_hand.map_or(computed.max(planned), |said| said.health);
        let edges = spans.iter().flat_map(|span| [Some(span.started_at), span.ended_at]).flatten();
        Component {
            id: one.id,
            name: one.name.clone(),
            description: Some(one.description.clone()).filter(|text| !text.is_empty()),
            group: one.group,
            condition: of_service(health),
            created_at: one.created_at,
            updated_at: edges.fold(one.updated_at, Timestamp::max),
            spans,
        }
    }

    fn works(&self, known: &BTreeSet<ComponentId>) -> Vec<Work> {
        let since = self.now.plus_days(-DAYS);
        let all = self.works.iter();
        let mut works: Vec<Work> = all
            .flat_map(|(window, words)| spans::works(window, words, known, since, self.now))
            .collect();
        works.order_by_key(|work| (work.starts_at, work.id, work.occurrence));
        works
    }

    /// An incident as the outside reads it; none while it has no name there, or no words.
    fn incident(
        &self,
        number: IncidentNumber,
        updates: &[PublishedUpdate],
        known: &BTreeSet<ComponentId>,
    ) -> Option<Incident> {
        let (id, about) = (self.names.get(&number)?, self.about.get(&number)?);
        // What was redacted is empty.
        let said: Vec<&PublishedUpdate> =
            updates.iter().filter(|update| !update.body.trim().is_empty()).collect();
        let (first, last) = (said.first()?, said.last()?);
        let own: Vec<&OutageRow> = self.outages.iter().filter(|one| one.number == number).collect();
        let worst = own.iter().map(|one| during(one.degree)).max();
        let over = last.phase == UpdatePhase::Resolved;
        let worst = worst.unwrap_or(if over { Health::Level } else { Health::Degraded });
        let ended = !about.state.is_open();
        // What is said afterwards moves no end.
        let end = said.iter().rev().take_while(|one| one.phase == UpdatePhase::Resolved).last();
        let resolved_at = match (over, ended) {
            (true, _) => Some(end.map_or(last.at, |first| first.at)),
            (false, true) => Some(about.resolved_at.unwrap_or(last.at).max(last.at)),
            (false, false) => None,
        };
        if resolved_at.is_some_and(|at| at < self.now.plus_days(-DAYS)) {
            return None;
        }
        let watched = said.iter().find(|update| update.phase == UpdatePhase::Monitoring);
        let began = own.iter().map(|one| one.started_at).min();
        Some(Incident {
            id: id.clone(),
            title: self.title(about, &said),
            phase: if resolved_at.is_some() { Phase::Resolved } else { phase(last.phase) },
            worst: of_service(worst),
            components: self.concerned(about, &own, known),
            started_at: began.unwrap_or(about.reported_at).min(first.at),
            created_at: first.at,
            monitoring_at: watched.map(|update| update.at),
            resolved_at,
            updates: updates_of(id, about, &said),
        })
    }

    /// What it is called outside: as was last said there. A confidential one does not show what
    /// it is called inside.
    fn title(&self, about: &About, said: &[&PublishedUpdate]) -> String {
        let own = said.iter().rev().find_map(|update| {
            update.title.as_deref().map(str::trim).filter(|title| !title.is_empty())
        });
        match own {
            Some(title) => title.to_owned(),
            None if about.confidential => self.site(false).name,
            None => about.title.clone(),
        }
    }

    fn concerned(
        &self,
        about: &About,
        outages: &[&OutageRow],
        known: &BTreeSet<ComponentId>,
    ) -> Vec<ComponentId> {
        let services: BTreeSet<ServiceId> =
            outages.iter().map(|one| one.service).chain(about.service).collect();
        let concerned = self.components.iter().filter(|one| {
            known.contains(&one.id) && one.service.is_some_and(|id| services.contains(&id))
        });
        concerned.map(|one| one.id).collect()
    }

    /// When time alone changes something next: work begins or ends, what somebody says ends, a
    /// promise passes, a day begins.
    fn next_at(&self, internal: &Snapshot) -> Option<Timestamp> {
        let works = internal.works.iter().flat_map(|work| [work.starts_at, work.ends_at]);
        let said = self.said.iter().filter_map(|said| said.ended_at);
        let outages = self.outages.iter().filter_map(|outage| outage.ended_at);
        let open = internal.incidents.iter().filter(|one| one.resolved_at.is_none());
        let promised = open
            .filter_map(|one| one.updates.first())
            .flat_map(|newest| [newest.next_update, newest.expected])
            .flatten();
        let all = works
            .chain(said)
            .chain(outages)
            .chain(promised)
            .chain(midnight(self.now, &internal.site));
        all.filter(|at| *at > self.now).min()
    }
}

/// What was published there lately, by incident and in the order in which it was said.
fn published(
    sql: &mut dyn Sql,
    now: Timestamp,
) -> Result<BTreeMap<IncidentNumber, Vec<PublishedUpdate>>, Failure> {
    let mut found: BTreeMap<IncidentNumber, Vec<PublishedUpdate>> = BTreeMap::new();
    for update in updates::on_status_page(sql, now.plus_days(-OPEN_DAYS))? {
        found.entry(update.number).or_default().push(update);
    }
    for updates in found.values_mut() {
        updates.order_by_key(|update| (update.at, update.n));
    }
    Ok(found)
}

/// Its words, newest first. Of a merged incident the next word comes with the one that it was
/// merged into: what it promised itself, nobody keeps any more.
fn updates_of(id: &str, about: &About, said: &[&PublishedUpdate]) -> Vec<Update> {
    let mut updates: Vec<Update> = said.iter().rev().map(|one| update(id, one)).collect();
    if let Some(newest) = updates.first_mut().filter(|_| about.merged_into.is_some()) {
        (newest.expected, newest.next_update) = (None, None);
    }
    updates
}

fn update(incident: &str, one: &PublishedUpdate) -> Update {
    Update {
        id: format!("{incident}-{}", one.n),
        phase: phase(one.phase),
        body: one.body.clone(),
        at: one.at,
        expected: one.expected,
        next_update: one.next_update,
    }
}

fn phase(phase: UpdatePhase) -> Phase {
    match phase {
        UpdatePhase::Investigating => Phase::Investigating,
        UpdatePhase::Identified => Phase::Identified,
        UpdatePhase::Monitoring => Phase::Monitoring,
        UpdatePhase::Resolved => Phase::Resolved,
    }
}

/// The beginning of the page's next day.
fn midnight(now: Timestamp, site: &Site) -> Option<Timestamp> {
    let zone = TimeZone::get(&site.time_zone).unwrap_or(TimeZone::UTC);
    let day = now.to_jiff().to_zoned(zone.clone()).date().tomorrow().ok()?;
    Some(Timestamp::from_jiff(day.to_zoned(zone).ok()?.timestamp()))
}
