//! Who may see and do what. The one place that decides it: pages, API, search,
//! counts, streams and exports all ask here. Default is deny.

mod knowledge;
mod reviews;

pub use knowledge::{
    may_close_problems, may_read_article, may_read_problems, may_retire_articles,
    may_write_articles, may_write_problems,
};
pub use reviews::{may_publish_review, may_read_reviews, may_write_review};

use crate::command::{Command, CommandName, Visibility};
use crate::refusal::Refusal;
use crate::state::{IncidentRole, Lifecycle, State};
use kernel::{OrganisationId, PersonId, Role, TeamId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a token narrows its person's rights to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenScope {
    /// May report incidents, nothing else.
    Intake,
    /// May read.
    Read,
    /// May read and work on incidents.
    Write,
    /// Whatever its person may do.
    Admin,
}

impl std::str::FromStr for TokenScope {
    type Err = kernel::Invalid;

    fn from_str(text: &str) -> Result<Self, kernel::Invalid> {
        match text {
            "intake" => Ok(TokenScope::Intake),
            "read" => Ok(TokenScope::Read),
            "write" => Ok(TokenScope::Write),
            "admin" => Ok(TokenScope::Admin),
            _ => Err(kernel::Invalid::new("must be one of admin, write, read, intake")),
        }
    }
}

impl TokenScope {
    /// The word in JSON and database.
    pub const fn as_str(self) -> &'static str {
        match self {
            TokenScope::Intake => "intake",
            TokenScope::Read => "read",
            TokenScope::Write => "write",
            TokenScope::Admin => "admin",
        }
    }
}

/// Somebody who looks or acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// Who.
    pub person: PersonId,
    /// Name, for the record.
    pub name: String,
    /// Further roles.
    pub roles: BTreeSet<Role>,
    /// Teams.
    pub teams: BTreeSet<TeamId>,
    /// Their company, if they were granted to see all its incidents.
    pub organisation: Option<OrganisationId>,
    /// What the token narrows it to; a session is `Admin`: not narrowed.
    pub scope: TokenScope,
}

impl Viewer {
    /// Whether they have one of these roles.
    pub fn has(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.roles.contains(role))
    }

    /// Whether they work for the provider: see incidents of others.
    pub fn is_staff(&self) -> bool {
        !self.roles.is_empty()
    }

    /// Whether they work on incidents, not only read them.
    pub fn works(&self) -> bool {
        self.has(&[Role::Agent, Role::Responder, Role::Manager, Role::Administrator])
    }

    /// Whether they may change configuration.
    pub fn configures(&self) -> bool {
        self.has(&[Role::Administrator]) && self.scope == TokenScope::Admin
    }

    /// Whether they may change who is on call, and who is paged in which order.
    pub fn configures_paging(&self) -> bool {
        self.has(&[Role::Administrator, Role::Manager]) && self.scope == TokenScope::Admin
    }

    /// Whether they may arrange shifts of others.
    pub fn arranges_shifts(&self) -> bool {
        self.has(&[Role::Administrator, Role::Manager]) && self.scope >= TokenScope::Write
    }

    /// Whether they may give away and take over shifts themselves.
    pub fn swaps_shifts(&self) -> bool {
        let responds = self.has(&[Role::Responder]) && self.scope >= TokenScope::Write;
        responds || self.arranges_shifts()
    }

    /// Whether they may read configuration and people.
    pub fn reads_configuration(&self) -> bool {
        self.is_staff() && self.scope != TokenScope::Intake
    }
}

/// How much of an incident somebody may see. Ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Nothing, not even that it exists.
    None,
    /// The public entries.
    Public,
    /// Everything.
    Full,
}

/// What visibility of an incident depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The requester.
    pub requester: PersonId,
    /// Their company.
    pub organisation: Option<OrganisationId>,
    /// The only team that may see it.
    pub confidential_to: Option<TeamId>,
    /// Who follows it.
    pub watchers: BTreeSet<PersonId>,
}

impl From<&State> for Subject {
    fn from(state: &State) -> Self {
        Subject {
            requester: state.requester,
            organisation: state.organisation,
            confidential_to: state.confidential_to,
            watchers: state.watchers.clone(),
        }
    }
}

/// The incidents somebody may see, as data: lists compile it to a condition,
/// single reads evaluate it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Sees every incident, confidential ones too.
    pub everything: bool,
    /// Sees every incident that is not confidential.
    pub open_to_staff: bool,
    /// Sees incidents confidential to these teams.
    pub teams: BTreeSet<TeamId>,
    /// Sees the public side of their own and of those they watch.
    pub person: PersonId,
    /// Sees the public side of this company's.
    pub organisation: Option<OrganisationId>,
    /// Sees nothing at all.
    pub nothing: bool,
}

impl Scope {
    /// What this viewer may see.
    pub fn of(viewer: &Viewer) -> Self {
        Scope {
            everything: viewer.has(&[Role::Auditor]),
            open_to_staff: viewer.is_staff(),
            teams: if viewer.is_staff() { viewer.teams.clone() } else { BTreeSet::new() },
            person: viewer.person,
            organisation: viewer.organisation,
            nothing: viewer.scope == TokenScope::Intake,
        }
    }

    /// How much of this incident is within it.
    pub fn access(&self, subject: &Subject) -> Access {
        if self.nothing {
            return Access::None;
        }
        let staff = match subject.confidential_to {
            Some(team) => self.everything || self.teams.contains(&team),
            None => self.everything || self.open_to_staff,
        };
        if staff {
            return Access::Full;
        }
        let own = subject.requester == self.person;
        let shared = subject.confidential_to.is_none()
            && (subject.watchers.contains(&self.person)
                || (self.organisation.is_some() && self.organisation == subject.organisation));
        if own || shared { Access::Public } else { Access::None }
    }
}

/// Whether this viewer may issue this command on this incident. States are
/// checked by `decide`; this is about rights alone.
pub fn may(viewer: &Viewer, state: Option<&State>, command: &Command) -> Result<(), Refusal> {
    if command.name().is_of_the_product() {
        return Err(Refusal::forbidden("this is done by the product itself"));
    }
    match viewer.scope {
        TokenScope::Read => {
            return Err(Refusal::forbidden(
                "this token may only read; use one with the scope write",
            ));
        }
        TokenScope::Intake if !matches!(command, Command::Report(_)) => {
            return Err(Refusal::forbidden(
                "this token may only report incidents; use one with the scope write",
            ));
        }
        _ => {}
    }
    let Some(state) = state else { return may_report(viewer, command) };
    let access = Scope::of(viewer).access(&Subject::from(state));
    if access == Access::None {
        return Err(Refusal::not_found("there is no such incident, or you may not see it"));
    }
    if works_on(viewer, state) {
        return may_as_staff(viewer, state, command);
    }
    may_as_requester(viewer, state, command)
}

/// Whether a report may name this incident, which its viewer sees; as its parent also
/// an outage that the reporter's company is told of ("I have this too"). To everybody
/// else it is no incident at all.
pub fn may_refer(
    viewer: &Viewer,
    company: Option<OrganisationId>,
    other: &State,
    as_parent: bool,
) -> bool {
    let told = as_parent && is_known_outage(other, company);
    told || Scope::of(viewer).access(&Subject::from(other)) != Access::None
}

/// Tells everybody of an incident that is no major one, while it is open: who has the same says
/// so instead of reporting it again.
pub const KNOWN_OUTAGE_TAG: &str = "known-outage";

/// Whether everybody of this company is told that this goes on: it is an open major
/// incident, or one with [`KNOWN_OUTAGE_TAG`], not confidential, and of no other company.
pub fn is_known_outage(state: &State, company: Option<OrganisationId>) -> bool {
    (state.major || state.tags.contains(KNOWN_OUTAGE_TAG))
        && state.lifecycle.is_open()
        && state.confidential_to.is_none()
        && state.merged_into.is_none()
        && (state.organisation.is_none() || state.organisation == company)
}

/// Whether this viewer may put this person on call for some time, or offer a shift of theirs.
pub fn may_arrange(viewer: &Viewer, person: PersonId) -> Result<(), Refusal> {
    match viewer.arranges_shifts() || (viewer.swaps_shifts() && viewer.person == person) {
        true => Ok(()),
        false if viewer.swaps_shifts() => Err(Refusal::forbidden(
            "you arrange your own shifts only; managers and administrators arrange those of others",
        )),
        false => Err(no_responder(viewer)),
    }
}

/// Whether this viewer may take a shift that was offered.
pub fn may_take_shift(viewer: &Viewer) -> Result<(), Refusal> {
    if viewer.swaps_shifts() { Ok(()) } else { Err(no_responder(viewer)) }
}

/// Whether this viewer may say yes or no to a swap of others.
pub fn may_decide_swap(viewer: &Viewer) -> Result<(), Refusal> {
    match viewer.arranges_shifts() {
        true => Ok(()),
        false => Err(Refusal::forbidden("managers and administrators decide about swaps")),
    }
}

/// Whether this viewer may end an override of this person: they themselves, and whoever
/// arranges shifts of others. Nobody gives a shift back alone that two agreed to swap.
pub fn may_end_override(viewer: &Viewer, person: PersonId, swapped: bool) -> Result<(), Refusal> {
    may_arrange(viewer, person)?;
    match viewer.arranges_shifts() || !swapped {
        true => Ok(()),
        false => Err(Refusal::forbidden(
            "it came of a swap: offer the shift, or ask a manager or an administrator to end it",
        )),
    }
}

fn no_responder(viewer: &Viewer) -> Refusal {
    let responds = viewer.has(&[Role::Responder, Role::Manager, Role::Administrator]);
    Refusal::forbidden(match responds {
        true => "this token may not change shifts; use one with the scope write",
        false => "shifts are arranged by responders, managers and administrators",
    })
}

/// The commands this viewer's rights allow at all on this incident.
pub fn granted(viewer: &Viewer, state: &State) -> impl Fn(CommandName) -> bool {
    let writes = viewer.scope >= TokenScope::Write;
    let works = writes && works_on(viewer, state);
    let own = writes && state.requester == viewer.person;
    let watches = state.watchers.contains(&viewer.person)
        && Scope::of(viewer).access(&Subject::from(state)) != Access::None;
    let leaves = writes && watches && (own || !viewer.is_staff());
    let withdraws = own && state.lifecycle == Lifecycle::New;
    let erases = viewer.has(&[Role::Manager, Role::Administrator]);
    let corrects = may_correct(viewer, state);
    let (decides, approves) = (may_decide_major(viewer), may_approve(viewer, state));
    move |name| match name {
        CommandName::Report => false,
        name if name.is_of_the_product() => false,
        CommandName::Redact => works && erases,
        CommandName::CorrectPause => works && corrects,
        CommandName::DeclareMajor | CommandName::DeclineMajor => works && decides,
        CommandName::ApproveUpdate => works && approves,
        CommandName::Comment
        | CommandName::Attach
        | CommandName::Confirm
        | CommandName::Dispute
        | CommandName::Rate => works || own,
        CommandName::Unwatch => works || leaves,
        CommandName::Cancel => works || withdraws,
        _ => works,
    }
}

/// Whether they work on this incident. An auditor's right to read what is
/// confidential is no right to change it, whatever else they are.
fn works_on(viewer: &Viewer, state: &State) -> bool {
    viewer.works() && state.confidential_to.is_none_or(|team| viewer.teams.contains(&team))
}

/// Whether they may say that clocks waited for another time than was recorded: those
/// who have it, and whoever manages.
fn may_correct(viewer: &Viewer, state: &State) -> bool {
    viewer.has(&[Role::Manager, Role::Administrator])
        || state.assignee == Some(viewer.person)
        || state.team.is_some_and(|team| viewer.teams.contains(&team))
}

/// Whether they decide that it is a major incident, or none. Whoever works may propose it.
fn may_decide_major(viewer: &Viewer) -> bool {
    viewer.has(&[Role::Agent, Role::Manager, Role::Administrator])
}

/// Whether they may publish an update that another wrote: whoever leads or speaks, and whoever
/// manages.
fn may_approve(viewer: &Viewer, state: &State) -> bool {
    let roles = [IncidentRole::Commander, IncidentRole::Communications];
    viewer.has(&[Role::Manager, Role::Administrator])
        || roles.iter().any(|role| state.roles.get(role) == Some(&viewer.person))
}

fn may_report(viewer: &Viewer, command: &Command) -> Result<(), Refusal> {
    let Command::Report(report) = command else {
        return Err(Refusal::not_found("there is no such incident, or you may not see it"));
    };
    if viewer.works() {
        return Ok(());
    }
    let own = report.requester == viewer.person;
    if !own && viewer.is_staff() {
        return Err(Refusal::forbidden("auditors read everything and change nothing"));
    }
    if !own {
        return Err(Refusal::forbidden(
            "you can report for yourself; ask the service desk to report for others",
        ));
    }
    let staff_only = report.impact.is_some()
        || report.team.is_some()
        || report.assignee.is_some()
        || report.confidential_to.is_some()
        // Everybody would be told of it.
        || report.tags.contains(KNOWN_OUTAGE_TAG);
    if staff_only {
        return Err(Refusal::forbidden(
            "impact, team, assignee and confidentiality are set by the service desk",
        ));
    }
    Ok(())
}

fn may_as_staff(viewer: &Viewer, state: &State, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::Redact { .. } if !viewer.has(&[Role::Manager, Role::Administrator]) => {
            Err(Refusal::forbidden("only managers and administrators erase; ask one of them"))
        }
        Command::CorrectPause { .. } if !may_correct(viewer, state) => {
            Err(Refusal::forbidden("pauses are corrected by the team that has it, or by a manager"))
        }
        Command::DeclareMajor { .. } | Command::DeclineMajor { .. }
            if !may_decide_major(viewer) =>
        {
            Err(Refusal::forbidden(
                "agents, managers and administrators decide that; you can propose it",
            ))
        }
        Command::ApproveUpdate { .. } if !may_approve(viewer, state) => Err(Refusal::forbidden(
            "updates are approved by whoever leads or speaks, by managers and by administrators",
        )),
        Command::Restrict { team: Some(team) }
            if !viewer.teams.contains(team)
                && !viewer.has(&[Role::Manager, Role::Administrator]) =>
        {
            Err(Refusal::forbidden(
                "you can restrict it to a team of your own; a manager can restrict it to any",
            ))
        }
        Command::Restrict { team: None }
            if state.confidential_to.is_some_and(|team| !viewer.teams.contains(&team)) =>
        {
            Err(Refusal::forbidden("only the team it is confidential to can lift that"))
        }
        _ => Ok(()),
    }
}

fn may_as_requester(viewer: &Viewer, state: &State, command: &Command) -> Result<(), Refusal> {
    let own = state.requester == viewer.person;
    if !own && viewer.works() {
        return Err(Refusal::forbidden("only the team it is confidential to works on it"));
    }
    if !own && viewer.is_staff() {
        return Err(Refusal::forbidden("auditors read everything and change nothing"));
    }
    match command {
        Command::Comment { visibility: Visibility::Public, .. }
        | Command::Attach { visibility: Visibility::Public, .. }
            if own =>
        {
            Ok(())
        }
        Command::Confirm | Command::Dispute { .. } | Command::Rate { .. } if own => Ok(()),
        Command::Cancel { .. } if own && state.lifecycle == Lifecycle::New => Ok(()),
        Command::Unwatch { person } if person.is_none_or(|p| p == viewer.person) => Ok(()),
        _ if own => Err(Refusal::forbidden("the service desk does this; write them what you need")),
        _ => Err(Refusal::forbidden(
            "only the requester and the service desk can act on this incident",
        )),
    }
}
