//! What an administrator says in a letter instead of our words. It was read when it was stored;
//! what cannot be read any more is left out, and ours stands.

use super::{About, text};
use crate::letter::{Piece, one_line};
use crate::sight::Sight;
use incident::effects;
use incident::event::Body;
use incident::rating::SURVEY;
use locale::template::Template;
use store::deliveries::{Delivery, ToldAs, UNPROVEN};
use store::directory::letters::{LetterKind, LetterText};

/// Which kind of letter tells this; none for what has no words of its own to edit.
pub(crate) fn kind_of(body: &Body, delivery: &Delivery) -> Option<LetterKind> {
    match delivery.told_as {
        ToldAs::Requester => to_requester(body, &delivery.word),
        ToldAs::Watcher => to_follower(body),
        ToldAs::Person | ToldAs::Team | ToldAs::Rule => to_staff(body, delivery),
    }
}

fn to_requester(body: &Body, word: &str) -> Option<LetterKind> {
    Some(match body {
        _ if word == effects::DEVIATION => LetterKind::Late,
        _ if word == SURVEY => return None,
        Body::Reported(_) => LetterKind::Received,
        Body::Commented(_) => LetterKind::Message,
        Body::Attached(_) => LetterKind::File,
        Body::UpdatePublished(_) => LetterKind::Update,
        Body::ExpectationSet(_) => LetterKind::Expected,
        Body::Promised(_) | Body::PromiseChanged(_) => LetterKind::Promised,
        Body::Resolved(_) => LetterKind::Resolved,
        Body::Closed(_) => LetterKind::Closed,
        Body::Cancelled(_) => LetterKind::Withdrawn,
        Body::Reopened(_) => LetterKind::Reopened,
        Body::Merged(_) => LetterKind::Together,
        _ => return None,
    })
}

/// As `words::watcher` says it.
fn to_follower(body: &Body) -> Option<LetterKind> {
    Some(match body {
        Body::Commented(_) => LetterKind::FollowerMessage,
        Body::Attached(_) => LetterKind::FollowerFile,
        Body::UpdatePublished(_) => LetterKind::FollowerUpdate,
        Body::ExpectationSet(_) => LetterKind::FollowerExpected,
        Body::Resolved(_) => LetterKind::FollowerResolved,
        Body::Disputed(_) => LetterKind::FollowerDisputed,
        Body::Closed(_) => LetterKind::FollowerClosed,
        Body::Reopened(_) => LetterKind::FollowerReopened,
        _ => return None,
    })
}

fn to_staff(body: &Body, delivery: &Delivery) -> Option<LetterKind> {
    let by_row = delivery.told_as == ToldAs::Rule;
    Some(match body {
        _ if delivery.word == UNPROVEN => LetterKind::KeptInside,
        Body::Reported(_) if by_row => LetterKind::RowReported,
        Body::Assigned(_) if by_row => LetterKind::RowGiven,
        Body::Escalated(_) if by_row => LetterKind::RowBroughtIn,
        Body::Reported(_) => LetterKind::TeamNew,
        Body::Assigned(_) if delivery.told_as == ToldAs::Team => LetterKind::TeamGiven,
        Body::Assigned(_) => LetterKind::Given,
        Body::Escalated(_) => LetterKind::BroughtIn,
        Body::Commented(_) => LetterKind::Answered,
        Body::Attached(_) => LetterKind::FileAdded,
        Body::Disputed(_) => LetterKind::Disputed,
        Body::Reopened(_) => LetterKind::TakenUp,
        Body::ClockWarned(_) => LetterKind::TimeShort,
        Body::ClockBreached(_) => LetterKind::TimeOver,
        Body::ExpectationNears(_) => LetterKind::Nears,
        Body::Promised(_) | Body::PromiseChanged(_) => LetterKind::PromisedTo,
        Body::PromiseBroken(_) => LetterKind::PromiseBroken,
        Body::BreachExplained(_) => LetterKind::Explained,
        Body::Rated(_) => LetterKind::RatedLow,
        Body::PriorityChanged(_) => LetterKind::RowPriority,
        Body::MajorDeclared(_) => LetterKind::RowMajor,
        Body::UpdatePublished(_) => LetterKind::RowUpdate,
        Body::ExpectationSet(_) => LetterKind::RowExpected,
        Body::Resolved(_) => LetterKind::RowResolved,
        Body::Closed(_) => LetterKind::RowClosed,
        Body::Cancelled(_) => LetterKind::RowWithdrawn,
        _ => return None,
    })
}

/// Puts the words of an administrator in the place of ours.
pub(crate) fn apply(
    own: &LetterText,
    value: &dyn Fn(&str) -> Option<String>,
    subject: &mut String,
    pieces: &mut Vec<Piece>,
) {
    let filled = |words: &str| match Template::read(words) {
        Ok(template) => template.fill(value),
        Err(fault) => {
            let (kind, language) = (own.kind, own.language);
            tracing::warn!(%kind, %language, line = fault.line, words = fault.words, "words of a letter are not used");
            vec![]
        }
    };
    let line = one_line(&filled(&own.subject).join(" "));
    if !line.is_empty() {
        *subject = line;
    }
    let opening = filled(&own.opening);
    if !opening.is_empty() {
        let first = pieces.iter().position(|piece| matches!(piece, Piece::Text(_)));
        let place = first.map_or(0..0, |at| at..at + 1);
        pieces.splice(place, opening.into_iter().map(text));
    }
    pieces.extend(filled(&own.closing).into_iter().map(text));
}

impl About<'_> {
    /// What stands in a place of the words.
    pub(super) fn value(&self, place: &str) -> Option<String> {
        let value = match place {
            "number" => Some(self.material.number.to_string()),
            "title" => Some(self.title()),
            "service" => self.service(),
            "team" => self.team(),
            "reader" => Some(self.material.person.name.clone()),
            "who" => Some(self.actor()),
            "expected" => self.expected().map(|(_, at)| at),
            "priority" => self.works().then(|| self.material.state.priority.to_string()),
            "due" => self.works().then(|| self.due()).flatten(),
            _ => None,
        };
        value.map(|value| one_line(&value)).filter(|value| !value.is_empty())
    }

    /// Whether its reader knows what people of the service desk know.
    fn works(&self) -> bool {
        self.sight == Sight::Full && self.delivery.told_as != ToldAs::Requester
    }
}
