//! Which other incidents an event names.

use super::{Body, Cause, Event};
use crate::command::Command;
use kernel::IncidentNumber;
use std::collections::BTreeSet;

impl Event {
    /// The other incidents that it names, in what happened or in why. Whoever is told of it
    /// is told their numbers where they may see them, and else that there is one.
    pub fn names(&self) -> BTreeSet<IncidentNumber> {
        let mut found = named_by(&self.body);
        match &self.cause {
            Cause::Input(command) => found.extend(wished(command)),
            Cause::Derived(derived) if derived.by == "incident" => {
                found.extend(derived.name.parse::<IncidentNumber>().ok());
            }
            Cause::Derived(_) => {}
        }
        found
    }
}

fn named_by(body: &Body) -> BTreeSet<IncidentNumber> {
    let one = |number: IncidentNumber| BTreeSet::from([number]);
    match body {
        Body::Reported(data) => data.parent.into_iter().chain(data.follow_up_of).collect(),
        Body::Linked(data) => data.target.parse().into_iter().collect(),
        Body::Unlinked(data) => data.target.parse().into_iter().collect(),
        Body::ChildAdded(data) => one(data.child),
        Body::ChildRemoved(data) => one(data.child),
        Body::Merged(data) => one(data.into),
        Body::Unmerged(data) => one(data.from),
        Body::MergeReceived(data) => one(data.from),
        Body::MergeWithdrawn(data) => one(data.from),
        _ => BTreeSet::new(),
    }
}

fn wished(command: &Command) -> BTreeSet<IncidentNumber> {
    match command {
        Command::Report(report) => report.parent.into_iter().chain(report.follow_up_of).collect(),
        Command::Link { target, .. } | Command::Unlink { target, .. } => {
            target.parse().into_iter().collect()
        }
        Command::Merge { into } => BTreeSet::from([*into]),
        _ => BTreeSet::new(),
    }
}
