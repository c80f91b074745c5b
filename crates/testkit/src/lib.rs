//! A desk on a fresh store with a small company in it, and a small file store, for tests
//! only.

pub mod bucket;

use desk::{Desk, Options, SetClock, command_line};
use incident::{Command, TokenScope, Viewer, command::Report};
use kernel::{Channel, IncidentNumber, PersonId, Role, ServiceId, TeamId, Timestamp, limits};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::directory::people::{self, Person};
use store::directory::services::{self, Service};
use store::directory::teams::{self, Team};
use store::files::Files;
use store::{Store, Target};

/// When every test begins: Monday, 23 November 2026, 12:12 UTC.
pub const START: Timestamp = Timestamp::from_micros(1_795_435_920_000_000);

/// A desk with its people. The store's folder goes with it.
pub struct TestDesk {
    /// The desk.
    pub desk: Desk,
    /// Its clock.
    pub clock: Arc<SetClock>,
    /// Works on incidents, in team Network.
    pub agent: Viewer,
    /// Works on incidents, in team Workplace.
    pub other_agent: Viewer,
    /// Leads.
    pub manager: Viewer,
    /// Configures.
    pub administrator: Viewer,
    /// Reads.
    pub auditor: Viewer,
    /// Reports.
    pub requester: Viewer,
    /// Reports, too.
    pub other_requester: Viewer,
    /// Team Network.
    pub network: TeamId,
    /// Team Workplace.
    pub workplace: TeamId,
    /// Service VPN: criticality 2, owned by Network.
    pub vpn: ServiceId,
    folder: tempfile::TempDir,
}

impl TestDesk {
    /// On a fresh SQLite file; timers and feed run.
    pub async fn new() -> TestDesk {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store =
            Store::open(&Target::Sqlite(folder.path().join("evenkeel.db"))).expect("a fresh store");
        TestDesk::on(store, folder).await
    }

    /// On a fresh SQLite file; nothing happens by itself.
    pub async fn idle() -> TestDesk {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store =
            Store::open(&Target::Sqlite(folder.path().join("evenkeel.db"))).expect("a fresh store");
        TestDesk::idle_on(store, folder).await
    }

    /// On this store, which must be fresh; nothing happens by itself.
    pub async fn idle_on(store: Store, folder: tempfile::TempDir) -> TestDesk {
        TestDesk::open(store, folder, false).await
    }

    /// On this store, which must be fresh.
    pub async fn on(store: Store, folder: tempfile::TempDir) -> TestDesk {
        TestDesk::open(store, folder, true).await
    }

    async fn open(store: Store, folder: tempfile::TempDir, serve: bool) -> TestDesk {
        let clock = Arc::new(SetClock::at(START));
        let files = Files::local(folder.path().join("files"));
        let options = Options { clock: clock.clone(), files, serve };
        // PostgreSQL is opened on a thread that may block.
        let desk = tokio::task::spawn_blocking(move || Desk::open(store, options));
        let desk = desk.await.expect("a desk opens").expect("a desk");
        let network = TeamId(desk::fresh());
        let workplace = TeamId(desk::fresh());
        let vpn = ServiceId(desk::fresh());
        let person = |name: &str, roles: &[Role]| {
            let email = format!("{}@northwind.example", name.to_lowercase().replace(' ', "."));
            let mut person = Person::new(PersonId(desk::fresh()), name, Some(&email), START);
            person.roles = roles.iter().copied().collect();
            person
        };
        let company = [
            person("Ines Carvalhal", &[Role::Agent]),
            person("Bram Visser", &[Role::Agent]),
            person("Mara Lindqvist", &[Role::Manager]),
            person("Ada Lindholm", &[Role::Administrator]),
            person("Otto Hagen", &[Role::Auditor]),
            person("Gwen Tarrant", &[]),
            person("Peter Nowicki", &[]),
        ];
        let rows = company.clone();
        desk.change(command_line(), move |sql, _audit| {
            for person in &rows {
                people::insert(sql, person, None)?;
            }
            for (id, name, member) in
                [(network, "Network", rows[0].id), (workplace, "Workplace", rows[1].id)]
            {
                let team = Team {
                    id,
                    name: name.to_owned(),
                    description: String::new(),
                    active: true,
                    calendar: None,
                    assignment: Default::default(),
                    by_skill: false,
                    escalation: None,
                    version: 1,
                };
                teams::insert(sql, &team)?;
                teams::set_members(sql, id, &BTreeSet::from([member]))?;
            }
            let service =
                Service { team: Some(network), criticality: 2, ..Service::named(vpn, "VPN") };
            services::insert(sql, &service)?;
            Ok(())
        })
        .await
        .expect("the company");
        let viewer = |i: usize| desk.viewer(&company[i], TokenScope::Admin);
        TestDesk {
            agent: viewer(0),
            other_agent: viewer(1),
            manager: viewer(2),
            administrator: viewer(3),
            auditor: viewer(4),
            requester: viewer(5),
            other_requester: viewer(6),
            network,
            workplace,
            vpn,
            clock,
            desk,
            folder,
        }
    }

    /// The folder of its database, and of its files in `files`.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The requester reports something about the VPN.
    pub async fn report(&self, title: &str) -> IncidentNumber {
        self.report_by(&self.requester, title).await
    }

    /// Somebody reports something about the VPN for themselves.
    pub async fn report_by(&self, viewer: &Viewer, title: &str) -> IncidentNumber {
        let mut ask = self.desk.ask(viewer, Channel::Portal);
        let title = ask.title(title).expect("a title");
        let report = Report { service: Some(self.vpn), ..blank(title, viewer.person) };
        ask.issue(Command::Report(Box::new(report))).await.expect("reported").number
    }

    /// Somebody says something.
    pub async fn say(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
        text: &str,
        visibility: incident::Visibility,
    ) -> desk::Done {
        let mut ask = self.desk.ask(viewer, Channel::Web).on(number);
        let body = ask.words("body", text, limits::BODY_CHARS).expect("words");
        ask.issue(Command::Comment { body, visibility }).await.expect("said")
    }

    /// Somebody resolves it.
    pub async fn resolve(&self, viewer: &Viewer, number: IncidentNumber, note: &str) -> desk::Done {
        let mut ask = self.desk.ask(viewer, Channel::Web).on(number);
        let note = ask.words("note", note, limits::BODY_CHARS).expect("words");
        let command = Command::Resolve {
            code: "fixed".to_owned(),
            note,
            cause: None,
            known_error: None,
            children: false,
        };
        ask.issue(command).await.expect("resolved")
    }

    /// Somebody issues a command without words.
    pub async fn issue(
        &self,
        viewer: &Viewer,
        number: IncidentNumber,
        command: Command,
    ) -> Result<desk::Done, desk::Trouble> {
        self.desk.ask(viewer, Channel::Web).on(number).issue(command).await
    }
}

/// A report with nothing but a title and a requester.
pub fn blank(title: kernel::ContentId, requester: PersonId) -> Report {
    Report {
        title,
        description: None,
        requester,
        service: None,
        category: None,
        impact: None,
        urgency: None,
        affected: None,
        team: None,
        assignee: None,
        detected_at: None,
        fields: Default::default(),
        tags: Default::default(),
        follow_up_of: None,
        parent: None,
        confidential_to: None,
        model: None,
        alerts: None,
    }
}
