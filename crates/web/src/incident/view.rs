//! Somebody looking at an incident: what they may do with it decides what is shown.

use super::case::Case;
use super::timeline::Rights;
use incident::permissions::granted;
use incident::{CommandName, State, Viewer};
use kernel::{PersonId, Role};
use std::collections::BTreeSet;

/// Viewers of one class are shown the same.
pub(crate) fn class_of(viewer: &Viewer, state: &State) -> &'static str {
    let may = granted(viewer, state);
    let (corrects, decides) = (may(CommandName::CorrectPause), may(CommandName::DeclareMajor));
    match (rights(viewer, state), corrects, decides) {
        (Rights { erases: true, .. }, ..) => "erases",
        (_, true, true) => "corrects and decides",
        (_, true, false) => "corrects",
        (_, false, true) => "decides",
        (Rights { works: true, .. }, ..) => "works",
        (Rights { .. }, ..) => "reads",
    }
}

fn rights(viewer: &Viewer, state: &State) -> Rights {
    let works = granted(viewer, state)(CommandName::Assign);
    Rights { works, erases: works && viewer.has(&[Role::Manager, Role::Administrator]) }
}

/// An incident in front of somebody.
pub(super) struct View<'a> {
    /// The incident.
    pub(super) case: &'a Case,
    /// What its state and the reader's rights allow now.
    pub(super) can: BTreeSet<CommandName>,
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
        view
    }

    /// For everybody of the same [`class_of`] as this viewer.
    pub(super) fn shared(case: &'a Case, viewer: &Viewer) -> View<'a> {
        let granted = granted(viewer, case.state());
        let rights = rights(viewer, case.state());
        let can = incident::decide::allowed(case.state()).filter(|name| granted(*name)).collect();
        View { case, can, me: None, rights }
    }

    /// Whether this command is possible now.
    pub(super) fn can(&self, command: CommandName) -> bool {
        self.can.contains(&command)
    }
}
