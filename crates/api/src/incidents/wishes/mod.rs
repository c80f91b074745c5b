//! The bodies of commands, and how each becomes a command of the domain. Every
//! command stands once, in the list at the end; addresses, bulk requests and the
//! description are made from it.

mod classification;
mod conversation;
mod lifecycle;
mod majors;
mod paging;
mod people;
mod promises;
mod relations;
mod updates;
mod work;

use super::must_see;
use crate::json::read_value;
use crate::problem::Problem;
use crate::reference::References;
use desk::Ask;
use futures_util::future::BoxFuture;
use incident::{Change, Command, CommandName};
use kernel::{ContentId, IncidentNumber};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::future::Future;
use utoipa::ToSchema;

pub(super) use super::report::check_value;
pub(super) use crate::kept::given;

/// The body of one command.
pub(crate) trait Wish: DeserializeOwned + ToSchema + Send + 'static {
    /// The command.
    const NAME: CommandName;
    /// What it does, in one line.
    const ABOUT: &'static str;
    /// More about it.
    const MORE: &'static str = "";

    /// A body as it may be.
    fn example() -> Value;

    /// The command of the domain.
    fn command(self, on: &mut On<'_>) -> impl Future<Output = Result<Command, Problem>> + Send;
}

/// A wish of any kind: what is done with each would be compiled as often as there are commands.
pub(super) trait AnyWish: Send {
    /// The command of the domain.
    fn into_command<'a>(
        self: Box<Self>,
        on: &'a mut On<'_>,
    ) -> BoxFuture<'a, Result<Command, Problem>>;
}

impl<W: Wish> AnyWish for W {
    fn into_command<'a>(
        self: Box<Self>,
        on: &'a mut On<'_>,
    ) -> BoxFuture<'a, Result<Command, Problem>> {
        Box::pin((*self).command(on))
    }
}

/// How the fields of a command become a wish.
pub(super) type Read = fn(&Value) -> Result<Box<dyn AnyWish>, Problem>;

/// Reads a wish of this kind.
pub(super) fn read<W: Wish>(fields: &Value) -> Result<Box<dyn AnyWish>, Problem> {
    let wish: W = read_value(fields)?;
    Ok(Box::new(wish))
}

/// The request a command is made for: it keeps words and finds what is named.
pub(crate) struct On<'a> {
    /// The request in the making.
    pub(crate) ask: Ask<'a>,
    /// What can be named.
    pub(crate) references: &'a References<'a>,
    /// The incident.
    pub(crate) number: IncidentNumber,
}

impl On<'_> {
    /// The command that is wished for. Whoever may not see the incident hears that there is none,
    /// whatever else is wrong: what names refer to is no business of theirs, nor that it is there.
    pub(super) async fn command(&mut self, wish: Box<dyn AnyWish>) -> Result<Command, Problem> {
        let wished = wish.into_command(self).await;
        if wished.is_err() {
            must_see(self.references.app(), self.references.viewer(), self.number).await?;
        }
        wished
    }

    /// Words that must be there.
    fn words(
        &mut self,
        field: &'static str,
        text: &str,
        max_chars: usize,
    ) -> Result<ContentId, Problem> {
        Ok(self.ask.words(field, text, max_chars)?)
    }

    /// Words that may be missing.
    fn opt_words(
        &mut self,
        field: &'static str,
        text: Option<&str>,
        max_chars: usize,
    ) -> Result<Option<ContentId>, Problem> {
        Ok(self.ask.opt_words(field, text, max_chars)?)
    }
}

/// What such a field changes.
pub(super) fn change<T>(given: Option<Option<T>>) -> Change<T> {
    match given {
        None => Change::Keep,
        Some(None) => Change::Clear,
        Some(Some(value)) => Change::Set(value),
    }
}

/// A command without fields: its type, its name, what it does.
macro_rules! plain_wishes {
    ($($name:ident: $about:literal, $more:literal;)+) => {$(
        #[doc = $about]
        #[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {}

        impl $crate::incidents::wishes::Wish for $name {
            const NAME: incident::CommandName = incident::CommandName::$name;
            const ABOUT: &'static str = $about;
            const MORE: &'static str = $more;

            fn example() -> serde_json::Value {
                serde_json::json!({})
            }

            async fn command(
                self,
                _: &mut $crate::incidents::wishes::On<'_>,
            ) -> Result<incident::Command, $crate::problem::Problem> {
                Ok(incident::Command::$name)
            }
        }
    )+};
}
pub(super) use plain_wishes;

macro_rules! all {
    ($($path:path),+ $(,)?) => {
        /// Every command with its address.
        pub(super) fn doors() -> Vec<crate::door::Door> {
            vec![$(super::commands::door::<$path>()),+]
        }

        /// The names of all commands that have an address of this kind, and how each is read.
        const ALL: &[(CommandName, Read)] = &[$((<$path as Wish>::NAME, read::<$path> as Read)),+];
    };
}

all! {
    classification::Classify,
    classification::Prioritise,
    people::Assign,
    lifecycle::Acknowledge,
    conversation::Comment,
    lifecycle::Hold,
    lifecycle::Resume,
    people::Escalate,
    relations::Link,
    relations::Unlink,
    relations::Merge,
    relations::Unmerge,
    work::ProposeMajor,
    work::DeclineMajor,
    work::DeclareMajor,
    work::StandDown,
    people::GiveRole,
    majors::HandOver,
    majors::AcceptRole,
    majors::DeclineRole,
    majors::CallResponders,
    majors::AnswerCall,
    majors::SetRoom,
    majors::StateImpact,
    majors::RecordOutage,
    majors::ChangeOutage,
    majors::RemoveOutage,
    work::AddTask,
    work::CompleteTask,
    work::ReopenTask,
    work::LogWork,
    updates::PublishUpdate,
    updates::DraftUpdate,
    updates::ApproveUpdate,
    updates::RejectUpdate,
    conversation::SetExpectedResolution,
    promises::Promise,
    promises::ExplainBreach,
    promises::CorrectPause,
    lifecycle::Mitigate,
    lifecycle::Restore,
    lifecycle::Resolve,
    lifecycle::Confirm,
    lifecycle::Dispute,
    lifecycle::Rate,
    lifecycle::Reopen,
    lifecycle::NotAReopening,
    lifecycle::Close,
    lifecycle::Cancel,
    people::Watch,
    people::Unwatch,
    people::Restrict,
    conversation::Redact,
    classification::Tag,
    classification::ApplyModel,
    relations::Undo,
    paging::Page,
    paging::DeclinePage,
    paging::EscalatePage,
}

/// The names of all commands that have an address of this kind.
pub(super) fn names() -> impl Iterator<Item = CommandName> {
    ALL.iter().map(|(name, _)| *name)
}

/// The wish of this name with these fields, for bulk requests.
pub(super) fn by_name(name: CommandName, fields: &Value) -> Result<Box<dyn AnyWish>, Problem> {
    match ALL.iter().find(|(known, _)| *known == name) {
        Some((_, read)) => read(fields),
        None => {
            let words = format!("{name} is not done here; send it to its own address");
            Err(Problem::invalid("command", words))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_its_address() {
        for name in CommandName::ALL {
            let elsewhere = name.is_of_the_product()
                || matches!(name, CommandName::Report | CommandName::Attach);
            assert_eq!(names().any(|known| known == *name), !elsewhere, "{name}");
        }
        for door in doors() {
            let word = door.path.rsplit('/').next().unwrap();
            assert!(names().any(|name| name.as_str() == word), "{word}");
        }
    }
}
