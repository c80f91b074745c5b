//! A letter as it would be sent, for whoever edits its words.

use crate::letter::{Letter, Piece};
use crate::words;
use locale::Letters;
use store::directory::letters::{LetterKind, LetterText};

/// A letter in both of its forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The subject.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// As HTML.
    pub html: String,
}

/// What stands in the places of an invented letter.
type Known<'a> = &'a dyn Fn(&str) -> String;

/// What a letter of this kind looks like with these words, and with these values in their places.
pub fn draw(own: &LetterText, value: &dyn Fn(&str) -> Option<String>, address: &str) -> Drawn {
    let say = locale::letters(own.language);
    let known = |place: &str| value(place).unwrap_or_default();
    let number = known("number");
    let mut pieces = match own.kind.is_to_staff() {
        true => to_staff(own.kind, say, &known),
        false if own.kind.is_to_followers() => to_follower(own.kind, say, &known),
        false => to_requester(own.kind, say, &known, address),
    };
    pieces.push(Piece::Links(vec![(say.open_incident(), address.to_owned())]));
    let mut subject = known("title");
    words::apply(own, value, &mut subject, &mut pieces);
    let subject = format!("[{number}] {subject}");
    let why = match own.kind {
        LetterKind::TeamNew | LetterKind::TeamGiven => say.why_team(&number),
        LetterKind::Paged => say.paged_why().to_owned(),
        kind if kind.is_to_staff() => say.why_person(&number, "yours"),
        kind if kind.is_to_followers() => say.why_watcher(&number),
        _ => say.why_requester(&number),
    };
    let letter = Letter { language: own.language, subject, pieces, why };
    Drawn { text: letter.text(), html: letter.html(), subject: letter.subject }
}

fn text(words: impl Into<String>) -> Piece {
    Piece::Text(words.into())
}

/// Words of people, which nobody edits.
fn quote() -> Piece {
    Piece::Quote("…".to_owned())
}

fn to_requester(kind: LetterKind, say: Letters, known: Known, address: &str) -> Vec<Piece> {
    let (number, who) = (known("number"), known("who"));
    match kind {
        LetterKind::Received => vec![
            text(say.received(&number)),
            Piece::Facts(vec![
                (say.fact_incident(), number.clone()),
                (say.fact_title(), known("title")),
            ]),
            text(say.told_here()),
        ],
        LetterKind::Message => vec![text(say.wrote(who)), quote()],
        LetterKind::File => vec![text(say.added_file(who)), quote()],
        LetterKind::Update => vec![text(say.phase("investigating")), quote()],
        LetterKind::Expected => vec![text(say.expected_by(known("expected")))],
        LetterKind::Late => vec![text(say.later_than_said())],
        LetterKind::Promised => vec![text(say.promised_by(known("expected"))), quote()],
        LetterKind::Resolved => vec![
            text(say.resolved()),
            quote(),
            text(say.check_it()),
            Piece::Links(vec![
                (say.it_works(), address.to_owned()),
                (say.still_broken(), address.to_owned()),
            ]),
        ],
        LetterKind::Closed => vec![text(say.closed("confirmed"))],
        LetterKind::Withdrawn => vec![text(say.withdrawn()), quote()],
        LetterKind::Reopened => vec![text(say.taken_up_again())],
        _ => vec![text(say.together())],
    }
}

/// As `words::watcher` says it.
fn to_follower(kind: LetterKind, say: Letters, known: Known) -> Vec<Piece> {
    let who = known("who");
    match kind {
        LetterKind::FollowerMessage => vec![text(say.wrote(who)), quote()],
        LetterKind::FollowerFile => vec![text(say.added_file(who)), quote()],
        LetterKind::FollowerUpdate => vec![text(say.phase("investigating")), quote()],
        LetterKind::FollowerExpected => vec![text(say.expected_by(known("expected")))],
        LetterKind::FollowerResolved => vec![text(say.resolved()), quote()],
        LetterKind::FollowerDisputed => vec![text(say.follower_still_broken()), quote()],
        LetterKind::FollowerClosed => vec![text(say.was_closed())],
        _ => vec![text(say.follower_taken_up_again())],
    }
}

/// As `words::staff` says it.
fn to_staff(kind: LetterKind, say: Letters, known: Known) -> Vec<Piece> {
    let (who, due, expected) = (known("who"), known("due"), known("expected"));
    let mut pieces = match kind {
        LetterKind::TeamGiven => vec![text(say.given_to_team(who))],
        LetterKind::Given => vec![text(say.given_to_you(who))],
        LetterKind::BroughtIn => vec![text(say.brought_in(who)), quote()],
        LetterKind::Answered => vec![text(say.wrote(who)), quote()],
        LetterKind::FileAdded => vec![text(say.added_file(who)), quote()],
        LetterKind::Disputed => vec![text(say.says_still_broken(who)), quote()],
        LetterKind::TakenUp => vec![text(say.took_up_again(who)), quote()],
        LetterKind::TimeShort => vec![text(say.clock_warned(75, "resolution", due))],
        LetterKind::TimeOver => vec![text(say.clock_breached("resolution", due))],
        LetterKind::Nears => vec![text(say.expectation_nears(expected))],
        LetterKind::PromisedTo => vec![text(say.you_were_promised(expected)), quote()],
        LetterKind::PromiseBroken => vec![text(say.promise_to_you_broken(expected))],
        LetterKind::Explained => vec![text(say.breach_explained(who)), quote()],
        LetterKind::RatedLow => vec![text(say.rated_low(who, 2)), quote()],
        LetterKind::KeptInside => vec![text(say.kept_inside()), text(say.kept_inside_fix())],
        LetterKind::Paged => vec![text(say.paged(known("title")))],
        LetterKind::RowReported => vec![text(say.new_incident()), quote()],
        LetterKind::RowGiven => vec![text(say.was_assigned(who))],
        LetterKind::RowBroughtIn => vec![text(say.was_escalated(who)), quote()],
        LetterKind::RowPriority => vec![text(say.priority_now(known("priority")))],
        LetterKind::RowMajor => vec![text(say.declared_major(who)), quote()],
        LetterKind::RowUpdate => vec![text(say.phase("investigating")), quote()],
        LetterKind::RowExpected => vec![text(say.expected_by(expected))],
        LetterKind::RowResolved => vec![text(say.resolved()), quote()],
        LetterKind::RowClosed => vec![text(say.was_closed())],
        LetterKind::RowWithdrawn => vec![text(say.withdrawn()), quote()],
        _ => vec![text(say.new_for_team()), quote()],
    };
    pieces.push(Piece::Facts(vec![
        (say.fact_incident(), known("number")),
        (say.fact_title(), known("title")),
        (say.fact_priority(), known("priority")),
    ]));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Language;
    use std::collections::BTreeSet;

    fn own(kind: LetterKind, language: Language, opening: &str) -> LetterText {
        let (subject, closing) = (String::new(), String::new());
        LetterText { kind, language, subject, opening: opening.to_owned(), closing, version: 1 }
    }

    #[test]
    fn each_kind_is_drawn_in_each_language_and_says_what_was_written_instead() {
        let value = |place: &str| Some(format!("<{place}>"));
        for language in Language::ALL {
            let mut staff = BTreeSet::new();
            for kind in LetterKind::ALL {
                let ours = draw(&own(*kind, *language, ""), &value, "https://desk.example");
                let theirs =
                    draw(&own(*kind, *language, "Hola {who}"), &value, "https://x.example");
                assert!(theirs.text.starts_with("Hola <who>\n"), "{kind}: {}", theirs.text);
                assert!(!ours.text.contains("Hola") && ours.subject == "[<number>] <title>");
                if kind.is_to_staff() {
                    assert!(ours.text.contains("<priority>"), "{kind}: {}", ours.text);
                    staff.insert(ours.text);
                } else {
                    assert!(!ours.text.contains("<priority>"), "{kind}: {}", ours.text);
                }
            }
            let kinds = LetterKind::ALL.iter().filter(|kind| kind.is_to_staff()).count();
            assert_eq!(staff.len(), kinds, "each says something else in {language}");
        }
    }
}
