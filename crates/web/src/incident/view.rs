//! Somebody looking at an incident: what they may do with it decides what is shown.

use super::case::Case;
use super::timeline::Rights;
use incident::permissions::granted;
use incident::{CommandName, Viewer};
use kernel::{PersonId, Role};
use std::collections::BTreeSet;

/// An incident in front of somebody.
pub(super) struct View<'a> {
    /// The incident.
    pub(super) case: &'a Case,
    /// What its state and the reader's rights allow now.
    can: BTreeSet<CommandName>,
    /// Who reads; nobody in particular where the markup is shared.
    pub(super) me: Option<PersonId>,
    /// What they may do with entries.
    pub(super) rights: Rights,
}

impl<'a> View<'a> {
    /// For one reader.
    pub(super) fn of(case: &'a Case, viewer: &Viewer) -> View<'a> {
        let mut view = View::shared(case, viewer);
        view.me = Some(viewer.person);
        view.rights.erases = view.rights.works && viewer.has(&[Role::Manager, Role::Administrator]);
        view
    }

    /// For everybody who sees and works on as much of it as this viewer.
    pub(super) fn shared(case: &'a Case, viewer: &Viewer) -> View<'a> {
        let granted = granted(viewer, case.state());
        let works = granted(CommandName::Assign);
        let can = incident::decide::allowed(case.state()).filter(|name| granted(*name)).collect();
        View { case, can, me: None, rights: Rights { works, erases: false } }
    }

    /// Whether this command is possible now.
    pub(super) fn can(&self, command: CommandName) -> bool {
        self.can.contains(&command)
    }
}
