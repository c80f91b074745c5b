//! A letter as it would be sent, for whoever edits its words.

use crate::letter::{Letter, Piece};
use crate::words;
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

/// What a letter of this kind looks like with these words, and with these values in their places.
pub fn draw(own: &LetterText, value: &dyn Fn(&str) -> Option<String>, address: &str) -> Drawn {
    let say = locale::letters(own.language);
    let known = |place: &str| value(place).unwrap_or_default();
    let (number, who) = (known("number"), known("who"));
    let quote = || Piece::Quote("…".to_owned());
    let text = |words: String| Piece::Text(words);
    let mut pieces = match own.kind {
        LetterKind::Received => vec![
            text(say.received(&number)),
            Piece::Facts(vec![
                (say.fact_incident(), number.clone()),
                (say.fact_title(), known("title")),
            ]),
            text(say.told_here().to_owned()),
        ],
        LetterKind::Message => vec![text(say.wrote(who)), quote()],
        LetterKind::File => vec![text(say.added_file(who)), quote()],
        LetterKind::Update => vec![text(say.phase("investigating")), quote()],
        LetterKind::Expected => vec![text(say.expected_by(known("expected")))],
        LetterKind::Late => vec![text(say.later_than_said().to_owned())],
        LetterKind::Promised => vec![text(say.promised_by(known("expected"))), quote()],
        LetterKind::Resolved => vec![
            text(say.resolved().to_owned()),
            quote(),
            text(say.check_it().to_owned()),
            Piece::Links(vec![
                (say.it_works(), address.to_owned()),
                (say.still_broken(), address.to_owned()),
            ]),
        ],
        LetterKind::Closed => vec![text(say.closed("confirmed"))],
        LetterKind::Withdrawn => vec![text(say.withdrawn().to_owned()), quote()],
        LetterKind::Reopened => vec![text(say.taken_up_again().to_owned())],
        LetterKind::Together => vec![text(say.together().to_owned())],
    };
    pieces.push(Piece::Links(vec![(say.open_incident(), address.to_owned())]));
    let mut subject = known("title");
    words::apply(own, value, &mut subject, &mut pieces);
    let subject = format!("[{number}] {subject}");
    let why = say.why_requester(&number);
    let letter = Letter { language: own.language, subject, pieces, why };
    Drawn { text: letter.text(), html: letter.html(), subject: letter.subject }
}
