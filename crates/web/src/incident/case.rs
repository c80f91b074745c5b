//! An incident with everything its page shows, read in one snapshot.

use crate::app::App;
use crate::error::{PageError, PageResult};
use crate::incident::alerts::Alerts;
use crate::incident::clocks;
use crate::incident::closure::Asked;
use crate::incident::drawn::Drawn;
use crate::incident::former::{Former, former};
use crate::incident::known::{self, Known};
use crate::incident::named::{Erased, Named};
use crate::incident::timelines::{self, Timeline, Timelines};
use crate::part::time::Here;
use crate::queue::counts::{Counts, Stamp, whose};
use crate::url;
use desk::expected::{Forecaster, Outlook};
use desk::status::Sites;
use desk::suggest::{Offer, Suggester};
use incident::policy::Policy;
use incident::{Access, Event, Scope, State, Viewer};
use kernel::{
    ActorKind, CategoryId, ContentId, InOrder, IncidentNumber, PersonId, ServiceId, TeamId,
};
use maud::{Markup, html};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use store::attention::Attention;
use store::directory::people::Person;
use store::directory::reviews::{self, Review};
use store::incidents::list::{IncidentRow, Look};
use store::incidents::timeline::StoredEvent;
use store::{Failure, Sql};

/// Incidents, each as of a version.
pub(super) type Versions = Vec<(IncidentNumber, u32)>;

/// Who somebody is that is not known any more.
const SOMEBODY: &str = "somebody";

/// What is told of an incident that the reader may not see.
pub(super) const RESTRICTED: &str = "a restricted incident";

/// Members of a team whose load is counted.
const LOADS: usize = 30;

/// Words of people, or what is left of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words<'a> {
    /// As they were written.
    Said(&'a str),
    /// Erased since.
    Erased(Option<&'a Erased>),
}

/// An incident as its page shows it to staff.
pub(super) struct Case {
    /// Which.
    pub(super) number: IncidentNumber,
    /// Its state and the names that belong to it.
    pub(super) row: IncidentRow,
    /// What its clocks did.
    pub(super) clocks: clocks::Story,
    /// The incidents it relates to or names, as far as the viewer's roles and teams show them.
    pub(super) relatives: HashMap<IncidentNumber, IncidentRow>,
    /// Directory and matrix in force.
    pub(super) policy: Arc<Policy>,
    /// Now, in the reader's zone.
    pub(super) here: Here,
    /// The position of the feed that this is as of.
    pub(super) position: i64,
    /// How many incidents of the requester there are besides.
    pub(super) others_of_requester: i64,
    /// How many open incidents the members of its team have.
    pub(super) loads: HashMap<PersonId, i64>,
    /// Entries that messages became which are still there.
    pub(super) mail: HashSet<(IncidentNumber, u32)>,
    /// Its alerts.
    pub(super) alerts: Alerts,
    /// The problems and known errors that it names.
    pub(super) known: Vec<Known>,
    /// How long people were at work on it, as it was gathered.
    pub(super) attention: Vec<Attention>,
    /// Its review, if it has one.
    pub(super) review: Option<Review>,
    /// Whether a program reported it for itself, so that nobody reads what is written to it.
    pub(super) by_machine: bool,
    /// Where the public status page tells of it, if it does.
    pub(super) outside: Option<String>,
    /// What past incidents suggest of it.
    pub(super) offers: Vec<Offer>,
    /// When it is expected to be over, while it is not.
    pub(super) outlook: Option<Outlook>,
    /// Everybody on the page of whom more is told than the policy knows.
    pub(super) people: HashMap<PersonId, Person>,
    /// Names of what is in use no more.
    pub(super) former: Former,
    /// It and those merged into it, each in its version.
    pub(super) versions: Versions,
    /// What was drawn of incidents before.
    pub(super) drawn: Arc<Drawn>,
    timeline: Arc<Timeline>,
}

impl Case {
    /// Reads an incident for somebody who may see all of it; whoever sees less of
    /// it gets [`PageError::NotFound`].
    pub(super) async fn load(
        app: &App,
        viewer: &Viewer,
        here: &Here,
        number: IncidentNumber,
    ) -> PageResult<Case> {
        let wanted = Wanted::new(app, viewer, here, number);
        app.desk.read(move |sql| wanted.read(sql)).await?.ok_or(PageError::NotFound)
    }

    /// Its state.
    pub(super) fn state(&self) -> &State {
        &self.row.state
    }

    /// Its timeline and that of its parts.
    pub(super) fn events(&self) -> &[StoredEvent] {
        &self.timeline.events
    }

    /// What its requester asked and nobody answered.
    pub(super) fn asked(&self) -> Option<&Asked> {
        self.timeline.asked(self.number)
    }

    /// Its title, or what stands for it.
    pub(super) fn title(&self) -> &str {
        if self.row.title.trim().is_empty() { "Title removed" } else { &self.row.title }
    }

    /// A person's name.
    pub(super) fn person(&self, id: PersonId) -> &str {
        let staff = || self.policy.staff.get(&id).map(|staff| staff.name.as_str());
        self.people.get(&id).map(|person| person.name.as_str()).or_else(staff).unwrap_or(SOMEBODY)
    }

    /// Who logged what somebody else reported; a program that reports for itself is no other.
    pub(super) fn logger<'a>(&self, event: &'a Event, requester: PersonId) -> Option<&'a str> {
        let actor = &event.actor;
        let is_own = match actor.kind {
            ActorKind::Person => actor.person_id() == Some(requester),
            ActorKind::Integration => self.by_machine && requester == self.state().requester,
            ActorKind::System => true,
        };
        (!is_own).then_some(actor.name.as_str())
    }

    /// What else is known of a person.
    pub(super) fn who(&self, id: PersonId) -> Option<&Person> {
        self.people.get(&id)
    }

    /// A team's name.
    pub(super) fn team(&self, id: TeamId) -> &str {
        let known = self.policy.teams.get(&id).map(|team| &team.name);
        known.or_else(|| self.former.teams.get(&id)).map_or("a former team", String::as_str)
    }

    /// A service's name.
    pub(super) fn service(&self, id: ServiceId) -> &str {
        let known = self.policy.services.get(&id).map(|service| &service.name);
        known.or_else(|| self.former.services.get(&id)).map_or("a former service", String::as_str)
    }

    /// A category's name with those above it.
    pub(super) fn category(&self, id: CategoryId) -> &str {
        let known = self.policy.categories.get(&id).map(|category| &category.path);
        known
            .or_else(|| self.former.categories.get(&id))
            .map_or("a former category", String::as_str)
    }

    /// The words that an id stands for.
    pub(super) fn words(&self, id: ContentId) -> Words<'_> {
        match self.timeline.contents.get(&id).and_then(|content| content.body.as_deref()) {
            Some(text) => Words::Said(text),
            None => Words::Erased(self.timeline.named.erased.get(&id)),
        }
    }

    /// The words as text, for places that have no room to tell who erased them.
    pub(super) fn text(&self, id: ContentId) -> &str {
        match self.words(id) {
            Words::Said(text) => text,
            Words::Erased(_) => "(removed)",
        }
    }

    /// The number of another incident, where the viewer may know it.
    pub(super) fn number_of(&self, other: IncidentNumber) -> Markup {
        let known = other == self.number || self.relatives.contains_key(&other);
        html! { @if known { (other) } @else { (RESTRICTED) } }
    }

    /// A target of a link: another incident, or a record elsewhere.
    pub(super) fn target_of(&self, target: &str) -> Markup {
        match target.parse() {
            Ok(other) => self.number_of(other),
            Err(_) => html! { (target) },
        }
    }

    /// The label of a resolution code.
    pub(super) fn resolution<'a>(&'a self, code: &'a str) -> &'a str {
        let known = self.policy.resolution_codes.iter().find(|known| known.code == code);
        known.map_or(code, |known| &known.label)
    }
}

/// Where the public status page tells of an incident: it has a name outside, and is shown.
fn outside(
    sql: &mut dyn Sql,
    sites: &Sites,
    number: IncidentNumber,
) -> Result<Option<String>, Failure> {
    let Some(site) = &sites.public else { return Ok(None) };
    let id = store::outside::page_of(sql, number)?;
    let shown = id.filter(|id| site.files.contains_key(&url::status_file(id)));
    Ok(shown.map(|id| url::status_incident(&id)))
}

/// The review of an incident that is over, or was.
fn review(
    sql: &mut dyn Sql,
    state: &State,
    number: IncidentNumber,
) -> Result<Option<Review>, Failure> {
    match state.moments.resolved.is_some() || state.reopenings > 0 {
        true => reviews::of_incident(sql, number),
        false => Ok(None),
    }
}

/// What it takes to read an incident.
pub(super) struct Wanted {
    look: Look,
    policy: Arc<Policy>,
    here: Here,
    counts: Arc<Counts>,
    timelines: Arc<Timelines>,
    drawn: Arc<Drawn>,
    sites: Arc<Sites>,
    suggester: Arc<Suggester>,
    forecaster: Arc<Forecaster>,
    number: IncidentNumber,
}

impl Wanted {
    /// An incident as a viewer sees it.
    pub(super) fn new(app: &App, viewer: &Viewer, here: &Here, number: IncidentNumber) -> Wanted {
        let context =
            query::Context { me: None, my_teams: vec![], now: here.now, zone: here.zone.clone() };
        Wanted {
            look: Look { scope: Scope::of(viewer), context },
            policy: app.desk.policy(),
            here: here.clone(),
            counts: app.counts.clone(),
            timelines: app.timelines.clone(),
            drawn: app.drawn.clone(),
            sites: app.desk.status().sites(),
            suggester: app.desk.suggester(),
            forecaster: app.desk.forecaster(),
            number,
        }
    }

    /// Reads it; `None` when the viewer may not see all of it.
    pub(super) fn read(self, sql: &mut dyn Sql) -> Result<Option<Case>, Failure> {
        use store::incidents::{feed, list};
        let (number, scope) = (self.number, &self.look.scope);
        let Some(row) = list::get(sql, scope, number)?.filter(|row| row.access == Access::Full)
        else {
            return Ok(None);
        };
        let position = feed::position(sql)?;
        let shared = shared(&row.state);
        let theirs = by_role_and_teams(scope);
        let mut relatives = relatives(sql, &theirs, number, related_to(&row.state))?;
        let (timeline, versions) = self.timeline(sql, &row, &relatives)?;
        let (events, named) = (&timeline.events, &timeline.named);
        let outlook = self.outlook(&row.state, events);
        let by_mail: Vec<IncidentNumber> = named.by_mail.iter().copied().collect();
        let mail = store::messages::entries_of(sql, &by_mail)?.into_iter().collect();
        let mut others = named.incidents.clone();
        others.retain(|number| !relatives.contains_key(number));
        relatives.extend(self::relatives(sql, &theirs, number, others)?);
        let people = people_in(&row.state, named, &self.policy);
        let people = store::directory::people::get_many(sql, &people)?;
        let former = former(sql, &self.policy, &row.state, named)?;
        let by_machine = store::directory::integrations::is_machine(sql, row.state.requester)?;
        let outside = outside(sql, &self.sites, number)?;
        let known = known::read(sql, &theirs, &row.state)?;
        let attention = store::attention::of_incident(sql, number)?;
        let review = review(sql, &row.state, number)?;
        let body = row.state.description.and_then(|id| timeline.contents.get(&id));
        let body = body.and_then(|content| content.body.as_deref()).unwrap_or_default();
        let of = (&*row.state, &*self.policy);
        let offers = self.suggester.offers(sql, number, of, &row.title, body)?;
        let alerts = (&named.alerts, self.here.now);
        let alerts = Alerts::read(sql, scope, &row.state, number, alerts)?;
        let (others_of_requester, loads) =
            self.counted(sql, shared, &row.state, (position, self.policy.version))?;
        Ok(Some(Case {
            number,
            clocks: clocks::Story::of(
                number,
                events,
                &self.policy,
                self.here.now.max(row.state.updated_at),
            ),
            mail,
            alerts,
            known,
            attention,
            review,
            by_machine,
            outside,
            offers,
            outlook,
            people: people.into_iter().map(|person| (person.id, person)).collect(),
            position,
            others_of_requester,
            loads,
            row,
            relatives,
            policy: self.policy,
            here: self.here,
            former,
            versions,
            drawn: self.drawn,
            timeline,
        }))
    }

    /// Its timeline with those of its parts that the viewer may know, and of which versions.
    fn timeline(
        &self,
        sql: &mut dyn Sql,
        row: &IncidentRow,
        relatives: &HashMap<IncidentNumber, IncidentRow>,
    ) -> Result<(Arc<Timeline>, Versions), Failure> {
        let parts = row.state.parts.iter().filter_map(|part| relatives.get(part));
        let all = std::iter::once(row).chain(parts);
        let versions: Vec<_> = all.map(|one| (one.number, one.version)).collect();
        let read =
            |&(number, version): &(IncidentNumber, u32)| self.timelines.of(sql, number, version);
        let timelines: Vec<_> = versions.iter().map(read).collect::<Result<_, Failure>>()?;
        Ok((timelines::union(&timelines), versions))
    }

    /// When it is expected to be over, from its own timeline.
    fn outlook(&self, state: &State, events: &[StoredEvent]) -> Option<Outlook> {
        let own = || {
            let own = events.iter().filter(|stored| stored.number == self.number);
            let mut own: Vec<&Event> = own.map(|stored| &stored.event).collect();
            own.order_by_key(|event| event.n);
            own
        };
        self.forecaster.outlook_of((self.number, state), own, &self.policy, self.here.now)
    }

    /// The requester's other incidents, and the open ones of the team's members.
    fn counted(
        &self,
        sql: &mut dyn Sql,
        shared: Scope,
        state: &State,
        stamp: Stamp,
    ) -> Result<(i64, HashMap<PersonId, i64>), Failure> {
        use query::{Expr, Person, StateWord, Term};
        let whose = whose(&shared, "");
        let look = Look { scope: shared, context: self.look.context.clone() };
        // Most are known from before: the question itself is put only where one is not.
        let mut count =
            |text: &str, expr: &dyn Fn() -> Expr| match self.counts.known(&whose, text, stamp) {
                Some(count) => Ok(count),
                None => self.counts.of(sql, &look, &whose, text, &expr(), stamp),
            };
        let named = |id: PersonId| vec![Person::Named(id.to_string())];
        let requester = state.requester;
        let theirs = || Expr::from(Term::Requester(named(requester)));
        let others = count(&format!("requester:{requester}"), &theirs)? - 1;
        let team = state.team.and_then(|team| self.policy.teams.get(&team));
        let members = team.map(|team| team.members.iter().copied()).into_iter().flatten();
        let mut loads = HashMap::new();
        for member in members.take(LOADS) {
            let open = || {
                let theirs = Term::Assignee(named(member)).into();
                Expr::all_of([theirs, Term::State(vec![StateWord::Open]).into()])
            };
            loads.insert(member, count(&format!("assignee:{member} state:open"), &open)?);
        }
        Ok((others.max(0), loads))
    }
}

/// What everybody sees who sees this page: what is counted on it is the same for all.
fn shared(state: &State) -> Scope {
    Scope {
        everything: false,
        open_to_staff: true,
        teams: state.confidential_to.into_iter().collect(),
        // Nobody's, for of their own incidents people see those restricted to others too.
        person: PersonId(Default::default()),
        organisation: None,
        nothing: false,
    }
}

/// What somebody sees by role and teams, and so does everybody who has the same: a change is
/// drawn once for all of them.
pub(crate) fn by_role_and_teams(scope: &Scope) -> Scope {
    Scope { person: PersonId(Default::default()), organisation: None, ..scope.clone() }
}

/// The incidents that a state relates to.
fn related_to(state: &State) -> BTreeSet<IncidentNumber> {
    let linked = state.links.iter().filter_map(|link| link.target.parse().ok());
    let single = state.parent.into_iter().chain(state.merged_into);
    let several = state.parts.iter().chain(&state.children).copied();
    linked.chain(single).chain(several).collect()
}

/// Those of the incidents it relates to that are within a scope.
fn relatives(
    sql: &mut dyn Sql,
    scope: &Scope,
    number: IncidentNumber,
    mut wanted: BTreeSet<IncidentNumber>,
) -> Result<HashMap<IncidentNumber, IncidentRow>, Failure> {
    wanted.remove(&number);
    let wanted: Vec<IncidentNumber> = wanted.into_iter().collect();
    let rows = store::incidents::list::get_many(sql, scope, &wanted)?;
    Ok(rows
        .into_iter()
        .filter(|row| row.access == Access::Full)
        .map(|row| (row.number, row))
        .collect())
}

/// Everybody on the page of whom more is told than the policy in force knows: those
/// it concerns, and whoever else is no staff.
fn people_in(state: &State, named: &Named, policy: &Policy) -> Vec<PersonId> {
    let at_work = state.work_seconds.keys().filter_map(|id| id.parse::<PersonId>().ok());
    let of_state = state.assignee.into_iter().chain(state.roles.values().copied()).chain(at_work);
    let of_tasks = state.tasks.iter().filter_map(|task| task.assignee);
    let all = named.people.iter().copied().chain(of_state).chain(of_tasks);
    let mut found: BTreeSet<PersonId> = all.filter(|id| !policy.staff.contains_key(id)).collect();
    found.extend(state.watchers.iter().copied().chain([state.requester]));
    found.into_iter().collect()
}
