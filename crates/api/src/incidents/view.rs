//! An incident as JSON: one rendering for every answer that shows one.

use super::clock::{ShownClock, clock_at};
use super::conduct::{Conduct, Outage};
use super::expected::Expected;
use super::paged::Paging;
use super::promised::Promised;
use super::risk::Risk;
use super::work::{AppliedModel, Task, Work};
use crate::directory::{Cards, Directory};
use desk::expected::Outlook;
use incident::policy::Calendars;
use incident::rating::Rating;
use incident::state::{IncidentRole, Override};
use incident::{Access, State};
use kernel::{
    AttachmentId, CategoryId, ContentId, IncidentNumber, Level, OrganisationId, PersonId, Priority,
    ServiceId, TeamId, Timestamp,
};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use utoipa::ToSchema;

/// Words of people by id; what is not in it was erased, or is not for the viewer.
pub(crate) type Words = HashMap<ContentId, String>;

/// What an incident is rendered from.
pub(crate) struct Shown<'a> {
    /// Its number.
    pub(crate) number: IncidentNumber,
    /// Its state.
    pub(crate) state: &'a State,
    /// Its title.
    pub(crate) title: &'a str,
    /// Words it points at.
    pub(crate) words: &'a Words,
    /// People it points at.
    pub(crate) people: &'a Cards,
    /// Names it points at.
    pub(crate) directory: &'a Directory,
    /// Incidents it names that the viewer may see.
    pub(crate) related: &'a BTreeSet<IncidentNumber>,
    /// The business time that clocks count.
    pub(crate) calendars: Arc<Calendars>,
    /// What waiting costs, where the viewer may see it.
    pub(crate) risk: Option<insight::Risk>,
    /// When it is expected to be over, where one alone is read.
    pub(crate) outlook: Option<&'a Outlook>,
    /// The instant for which clocks are read.
    pub(crate) now: Timestamp,
    /// How much the viewer may see.
    pub(crate) access: Access,
    /// Where this instance is reached.
    pub(crate) public_url: Option<&'a str>,
}

/// An incident. Every field is always there; null is nothing. Requesters and
/// watchers see the public side: what is internal is null or empty for them.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Incident<'a> {
    /// Its number.
    #[schema(value_type = String, example = "INC-7")]
    number: IncidentNumber,
    /// Its page.
    url: String,
    /// What is not working, in one line.
    title: &'a str,
    /// More words; null in lists.
    description: Option<&'a str>,
    /// Where it is in its life.
    #[schema(example = "in_progress")]
    state: &'static str,
    /// What it waits for, while on hold.
    hold_reason: Option<&'static str>,
    /// Since and until when it waits, while on hold.
    hold: Option<Hold>,
    /// Priority in force.
    #[schema(value_type = String, example = "P2")]
    priority: Priority,
    /// Set when somebody overrode the matrix. Internal.
    priority_override: Option<Overridden<'a>>,
    /// 1 (high) to 3 (low).
    #[schema(value_type = u8, minimum = 1, maximum = 3)]
    impact: Level,
    /// 1 (high) to 3 (low).
    #[schema(value_type = u8, minimum = 1, maximum = 3)]
    urgency: Level,
    /// How many people are affected.
    affected: Option<u32>,
    /// The service's name.
    service: Option<&'a str>,
    #[schema(value_type = Option<String>)]
    service_id: Option<ServiceId>,
    /// The category's own name.
    category: Option<&'a str>,
    #[schema(value_type = Option<String>)]
    category_id: Option<CategoryId>,
    /// The category with those above it, such as "Network › Wireless".
    category_path: Option<&'a str>,
    /// The team's name.
    team: Option<&'a str>,
    #[schema(value_type = Option<String>)]
    team_id: Option<TeamId>,
    /// Who works on it: the e-mail address, or the name where there is none.
    assignee: Option<&'a str>,
    assignee_name: Option<&'a str>,
    #[schema(value_type = Option<String>)]
    assignee_id: Option<PersonId>,
    /// For whom it is: the e-mail address, or the name where there is none.
    requester: Option<&'a str>,
    requester_name: Option<&'a str>,
    #[schema(value_type = String)]
    requester_id: PersonId,
    /// The requester's company.
    organisation: Option<&'a str>,
    #[schema(value_type = Option<String>)]
    organisation_id: Option<OrganisationId>,
    /// The door it came through.
    channel: &'static str,
    /// Whether it is a major incident.
    major: bool,
    /// Who has which role in it. Internal.
    roles: BTreeMap<&'static str, &'a str>,
    /// How it is conducted, since somebody first proposed or declared it. Internal.
    conduct: Option<Conduct<'a>>,
    /// Spans in which services were worse than agreed. Internal.
    outages: Vec<Outage<'a>>,
    #[schema(value_type = Option<String>, format = DateTime)]
    detected_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    reported_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    acknowledged_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    responded_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    mitigated_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    restored_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    resolved_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<Timestamp>,
    /// When silence closes it.
    #[schema(value_type = Option<String>, format = DateTime)]
    closes_at: Option<Timestamp>,
    /// When something last happened.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
    /// When service is expected back: as somebody said or promised, else, where one incident is
    /// read, as those like it before; null while too few are known. Requesters see the time alone.
    expected_resolution: Option<Expected>,
    /// Fixed instants by which it was promised to be over. Requesters and watchers see
    /// what the requester was promised.
    promises: Vec<Promised<'a>>,
    /// How paging stands, once it began or while its alerts keep it from that. Internal.
    paging: Option<Paging<'a>>,
    /// Since when the requester waits for longer than they were told.
    #[schema(value_type = Option<String>, format = DateTime)]
    deviated_at: Option<Timestamp>,
    /// `unexplained` or `explained` where a clock passed its target. Internal.
    breach: Option<&'static str>,
    /// When the next update was promised for.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_update_at: Option<Timestamp>,
    /// Since when a message of the requester waits for an answer.
    #[schema(value_type = Option<String>, format = DateTime)]
    unanswered_since: Option<Timestamp>,
    /// How it was resolved.
    resolution: Option<Resolution<'a>>,
    /// How content its requester is with how it went. Internal.
    rating: Option<Rated<'a>>,
    /// How often it was reopened.
    reopenings: u32,
    /// The only team that may see it. Internal.
    confidential_to: Option<&'a str>,
    #[schema(value_type = Option<String>)]
    confidential_to_id: Option<TeamId>,
    /// The incident it is part of.
    #[schema(value_type = Option<String>)]
    merged_into: Option<IncidentNumber>,
    /// The incidents that are part of it. Internal.
    #[schema(value_type = Vec<String>)]
    parts: BTreeSet<IncidentNumber>,
    /// The incident it is a case of. Internal.
    #[schema(value_type = Option<String>)]
    parent: Option<IncidentNumber>,
    /// Further cases of it. Internal.
    #[schema(value_type = Vec<String>)]
    children: BTreeSet<IncidentNumber>,
    /// Its other relations. Internal.
    links: Vec<Link<'a>>,
    /// Its tags. Internal.
    tags: Cow<'a, BTreeSet<String>>,
    /// Its custom fields. Internal.
    fields: Cow<'a, BTreeMap<String, String>>,
    /// The incident models that were applied, each as it was last. Internal.
    models: Vec<AppliedModel<'a>>,
    /// What is to be done. Internal.
    tasks: Vec<Task<'a>>,
    /// Time spent. Internal.
    work: Vec<Work<'a>>,
    /// Who follows it: e-mail addresses, or names. Internal.
    watchers: Vec<&'a str>,
    /// Its files.
    attachments: Vec<Attachment<'a>>,
    /// Its clocks at the instant of this answer.
    clocks: Vec<ShownClock>,
    /// What half an hour of waiting costs, while it is open, at the instant of this answer,
    /// or that for which a list by risk is ranked. Internal.
    risk: Option<Risk>,
    /// The agreement that applies. Internal.
    agreement: Option<Agreement>,
    /// How many events made it; the number in ETag and If-Match.
    version: u32,
}

/// What it waits for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IncidentHold)]
struct Hold {
    reason: &'static str,
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// When work resumes by itself.
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// A priority set by hand.
#[derive(Debug, Serialize, ToSchema)]
struct Overridden<'a> {
    /// Why.
    reason: Option<&'a str>,
    /// What the matrix says.
    #[schema(value_type = String)]
    computed: Priority,
}

/// How it was resolved.
#[derive(Debug, Serialize, ToSchema)]
struct Resolution<'a> {
    /// A resolution code.
    code: &'a str,
    /// Words for the requester.
    note: Option<&'a str>,
    /// The cause. Internal.
    cause: Option<&'a str>,
    /// The known error whose workaround was used. Internal.
    known_error: Option<&'a str>,
    /// Who resolved it.
    by: Option<&'a str>,
}

/// How content a requester is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IncidentRating)]
struct Rated<'a> {
    /// 1 (not at all) to 5 (very).
    score: u8,
    /// Their words; null where there are none or they were erased.
    note: Option<&'a str>,
    /// When they first said so.
    #[schema(value_type = String, format = DateTime)]
    given_at: Timestamp,
}

/// A relation to another record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IncidentLink)]
struct Link<'a> {
    kind: &'static str,
    target: &'a str,
    /// Whether the other side said so.
    reverse: bool,
}

/// A file.
#[derive(Debug, Serialize, ToSchema)]
struct Attachment<'a> {
    #[schema(value_type = String)]
    id: AttachmentId,
    /// Its name; null when it was erased.
    name: Option<&'a str>,
    size_bytes: u64,
    media_type: &'a str,
    /// `public` or `internal`.
    visibility: &'static str,
    /// Where it is downloaded.
    url: String,
}

/// The agreement that applies.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AgreementReference)]
struct Agreement {
    #[schema(value_type = String)]
    id: kernel::AgreementId,
    version: i64,
}

/// Renders an incident for somebody who may see it.
pub(crate) fn render<'a>(shown: &Shown<'a>) -> Incident<'a> {
    let (state, directory, moments) = (shown.state, shown.directory, &shown.state.moments);
    let full = shown.access == Access::Full;
    let inner = full.then_some(state);
    Incident {
        number: shown.number,
        url: page_url(shown),
        title: shown.title,
        description: state.description.and_then(|id| shown.words(id)),
        state: state.lifecycle.as_str(),
        hold_reason: state.hold.as_ref().map(|hold| hold.reason.as_str()),
        hold: state.hold.as_ref().map(Hold::of),
        priority: state.priority,
        priority_override: inner.and_then(|state| overridden(shown, state)),
        impact: state.impact,
        urgency: state.urgency,
        affected: inner.and_then(|state| state.affected),
        service: state.service.and_then(|id| directory.services.name(id)),
        service_id: state.service,
        category: state.category.and_then(|id| directory.categories.name(id)),
        category_id: state.category,
        category_path: state.category.and_then(|id| directory.category_paths.name(id)),
        team: state.team.and_then(|id| directory.teams.name(id)),
        team_id: state.team,
        assignee: state.assignee.and_then(|id| shown.handle(id)),
        assignee_name: state.assignee.and_then(|id| shown.name(id)),
        assignee_id: state.assignee,
        requester: shown.handle(state.requester),
        requester_name: shown.name(state.requester),
        requester_id: state.requester,
        organisation: state.organisation.and_then(|id| directory.organisations.name(id)),
        organisation_id: state.organisation,
        channel: state.channel.as_str(),
        major: state.major,
        roles: inner.map(|state| roles(shown, state)).unwrap_or_default(),
        conduct: Conduct::of(shown),
        outages: Outage::all(shown),
        detected_at: moments.detected,
        reported_at: state.reported_at,
        acknowledged_at: moments.acknowledged,
        responded_at: moments.responded,
        mitigated_at: moments.mitigated,
        restored_at: moments.restored,
        resolved_at: moments.resolved,
        closed_at: moments.closed,
        closes_at: state.close_at,
        updated_at: state.updated_at,
        expected_resolution: Expected::shown(shown),
        promises: Promised::all(shown),
        paging: Paging::of(shown),
        deviated_at: state.deviated_at,
        breach: inner.and_then(State::explained).map(|it| query::Breach::from(it).as_str()),
        next_update_at: state.next_update,
        unanswered_since: inner.and_then(|state| state.unanswered_since),
        resolution: state.resolution.as_ref().map(|given| resolution(shown, given, full)),
        rating: inner.and_then(|s| s.rating.as_ref()).map(|it| rated(shown, it)),
        reopenings: state.reopenings,
        confidential_to: inner
            .and_then(|s| s.confidential_to)
            .and_then(|id| directory.teams.name(id)),
        confidential_to_id: inner.and_then(|state| state.confidential_to),
        merged_into: state.merged_into.filter(|number| shown.related.contains(number)),
        parts: inner.map(|state| &state.parts & shown.related).unwrap_or_default(),
        parent: inner.and_then(|s| s.parent).filter(|number| shown.related.contains(number)),
        children: inner.map(|state| &state.children & shown.related).unwrap_or_default(),
        links: links(shown, full),
        tags: kept(&state.tags, full),
        fields: kept(&state.fields, full),
        models: AppliedModel::all(shown, full),
        tasks: Task::all(shown, full),
        work: Work::all(shown, full),
        watchers: watchers(shown, full),
        attachments: attachments(shown, full),
        // A promise is made to the requester: they may see how it stands.
        clocks: state
            .clocks
            .iter()
            .filter(|clock| full || clock.kind.is_promised_to_requester())
            .map(|clock| clock_at(clock, shown.calendars.get(clock.calendar), shown.now))
            .collect(),
        risk: shown.risk.as_ref().filter(|_| full).map(Risk::of),
        agreement: inner.map(Agreement::of),
        version: state.version,
    }
}

impl<'a> Shown<'a> {
    pub(super) fn handle(&self, id: PersonId) -> Option<&'a str> {
        self.people.get(&id).map(|card| card.handle())
    }

    fn name(&self, id: PersonId) -> Option<&'a str> {
        self.people.get(&id).map(|card| card.name.as_str())
    }

    pub(super) fn words(&self, id: ContentId) -> Option<&'a str> {
        self.words.get(&id).map(String::as_str)
    }
}

impl Hold {
    fn of(hold: &incident::state::Hold) -> Self {
        Hold { reason: hold.reason.as_str(), since: hold.since, until: hold.until }
    }
}

impl Agreement {
    fn of(state: &State) -> Self {
        Agreement { id: state.agreement.id, version: state.agreement.version }
    }
}

fn overridden<'a>(shown: &Shown<'a>, state: &State) -> Option<Overridden<'a>> {
    let Override { reason, computed } = state.priority_override.as_ref()?;
    Some(Overridden { reason: shown.words(*reason), computed: *computed })
}

fn rated<'a>(shown: &Shown<'a>, rating: &Rating) -> Rated<'a> {
    let note = rating.note.and_then(|id| shown.words(id));
    Rated { score: rating.score.get(), note, given_at: rating.given_at }
}

fn roles<'a>(shown: &Shown<'a>, state: &State) -> BTreeMap<&'static str, &'a str> {
    let role = |(role, id): (&IncidentRole, &PersonId)| Some((role.as_str(), shown.handle(*id)?));
    state.roles.iter().filter_map(role).collect()
}

fn resolution<'a>(
    shown: &Shown<'a>,
    given: &'a incident::state::Resolution,
    full: bool,
) -> Resolution<'a> {
    Resolution {
        code: &given.code,
        note: shown.words(given.note),
        cause: given.cause.filter(|_| full).and_then(|id| shown.words(id)),
        known_error: given.known_error.as_deref().filter(|_| full),
        by: given.by.and_then(|id| shown.handle(id)),
    }
}

fn watchers<'a>(shown: &Shown<'a>, full: bool) -> Vec<&'a str> {
    let watchers = shown.state.watchers.iter().filter(|_| full);
    watchers.filter_map(|id| shown.handle(*id)).collect()
}

fn kept<T: Clone + Default>(value: &T, full: bool) -> Cow<'_, T> {
    if full { Cow::Borrowed(value) } else { Cow::Owned(T::default()) }
}

fn page_url(shown: &Shown) -> String {
    let base = shown.public_url.unwrap_or_default().trim_end_matches('/');
    let room = if shown.access == Access::Full { "" } else { "/portal" };
    format!("{base}{room}/incidents/{}", shown.number)
}

fn links<'a>(shown: &Shown<'a>, full: bool) -> Vec<Link<'a>> {
    let seen = |target: &str| {
        target.parse().map_or(true, |number: IncidentNumber| shown.related.contains(&number))
    };
    let links = shown.state.links.iter().filter(|link| full && seen(&link.target));
    links
        .map(|link| Link { kind: link.kind.as_str(), target: &link.target, reverse: link.reverse })
        .collect()
}

fn attachments<'a>(shown: &Shown<'a>, full: bool) -> Vec<Attachment<'a>> {
    let files = shown.state.attachments.iter().filter(|file| full || file.public);
    let base = shown.public_url.unwrap_or_default().trim_end_matches('/');
    files
        .map(|file| Attachment {
            id: file.id,
            name: shown.words(file.name),
            size_bytes: file.size_bytes,
            media_type: &file.media_type,
            visibility: if file.public { "public" } else { "internal" },
            url: format!("{base}/api/v1/attachments/{}", file.id),
        })
        .collect()
}
