//! What a browser is told, written as it leaves: of what waits for it about one incident the
//! newest that its reader may still know.

use super::Push;
use super::note::{Note, Urgency};
use super::send::worth_seconds;
use crate::letter::{Letter, Piece, one_line};
use crate::material::{self, Here, Read};
use crate::sight;
use crate::words::{self, About};
use desk::Trouble;
use desk::seals::Seals;
use incident::TokenScope;
use incident::telling::Preferences;
use kernel::Timestamp;
use std::panic::{AssertUnwindSafe, catch_unwind};
use store::deliveries::{Delivery, Held, Outcome};
use store::directory::told_how;
use store::{Failure, Sql};

/// What a delivery is made of, with how its reader wants to be told.
type Found = Result<(Result<Read, sight::Silence>, Preferences), Failure>;

/// What is said, and of which deliveries.
pub(super) struct Written {
    /// What the browser shows; `None` when there is nothing to say.
    pub(super) note: Option<Note>,
    /// The deliveries that it tells.
    pub(super) told: Vec<i64>,
    /// What became of the others.
    pub(super) ended: Vec<(i64, Outcome)>,
}

/// What is told of these, which are for one browser and about one incident.
pub(super) async fn written(
    push: &Push,
    word: &[Delivery],
    now: Timestamp,
) -> Result<Written, Trouble> {
    let deliveries = word.to_vec();
    let found = push.desk.read(move |sql| read_all(sql, &deliveries)).await?;
    let seals = push.desk.seals().await?;
    let urgent = word.iter().any(|delivery| delivery.held == Some(Held::Urgent));
    let urgency = if urgent { Urgency::High } else { Urgency::Normal };
    let mut written = Written { note: None, told: vec![], ended: vec![] };
    for (delivery, found) in word.iter().zip(found) {
        // What is damaged in one must not keep the others.
        let write = || note(push, &seals, delivery, found, urgency, now);
        let failed = |_| Err(Outcome::Failed("the words could not be written".to_owned()));
        match catch_unwind(AssertUnwindSafe(write)).unwrap_or_else(failed) {
            Ok(note) => {
                written.note = Some(note);
                written.told.push(delivery.id);
            }
            Err(outcome) => written.ended.push((delivery.id, outcome)),
        }
    }
    // How many more there are, where something is said at all.
    let others = written.told.len().saturating_sub(1);
    if let Some(note) = written.note.as_mut().filter(|note| others > 0 && !note.body.is_empty()) {
        note.body = format!("{} (+{others})", note.body);
    }
    Ok(written)
}

fn read_all(sql: &mut dyn Sql, word: &[Delivery]) -> Result<Vec<Found>, Failure> {
    let mut all = Vec::with_capacity(word.len());
    for delivery in word {
        let read = || {
            let read = material::read(sql, delivery)?;
            Ok((read, told_how::get(sql, delivery.person)?))
        };
        all.push(match catch_unwind(AssertUnwindSafe(read)) {
            Ok(Err(failure @ Failure::Unavailable(_))) => return Err(failure),
            Ok(read) => read,
            Err(panic) => Err(Failure::of_panic(panic)),
        });
    }
    Ok(all)
}

fn note(
    push: &Push,
    seals: &Seals,
    delivery: &Delivery,
    found: Found,
    urgency: Urgency,
    now: Timestamp,
) -> Result<Note, Outcome> {
    let withdrawn = |why: sight::Silence| Outcome::Withdrawn(why.to_owned());
    let (read, preferences) = found.map_err(|failure| Outcome::Failed(failure.to_string()))?;
    let policy = push.desk.policy();
    let material = match read.map_err(withdrawn)? {
        Read::Incident(material) => material,
        Read::Trial(person) => {
            let say = locale::letters(Here::of(&person, &policy, now).language);
            return Ok(Note {
                title: say.push_trial_title().to_owned(),
                body: say.push_trial().to_owned(),
                path: "/me".to_owned(),
                about: "trial".to_owned(),
                urgency,
                for_seconds: worth_seconds(urgency),
            });
        }
        Read::WebhooksOff(..) | Read::Report(..) => return Err(withdrawn("it is told by mail")),
    };
    let viewer = push.desk.viewer(&material.person, TokenScope::Admin);
    let sight = sight::of(
        &material.person,
        &viewer,
        delivery.told_as,
        &material.state,
        &material.told,
        &delivery.word,
    );
    let about = About {
        delivery,
        material: &material,
        sight: sight.map_err(withdrawn)?,
        here: &Here::of(&material.person, &policy, now),
        seals,
        public_url: "",
        answers: false,
    };
    let letter = words::letter(&about).map_err(withdrawn)?;
    let number = material.number;
    let (title, body) = match preferences.push_words {
        true => (about.heading(), first_words(&letter)),
        false => (about.say().push_news(number), String::new()),
    };
    let (path, for_seconds) = (about.page(), worth_seconds(urgency));
    Ok(Note { title, body, path, about: number.to_string(), urgency, for_seconds })
}

/// What happened, and what was said with it.
fn first_words(letter: &Letter) -> String {
    let words = letter.pieces.iter().map_while(|piece| match piece {
        Piece::Text(words) | Piece::Quote(words) => Some(one_line(words)),
        Piece::Facts(_) | Piece::Links(_) | Piece::Table(..) | Piece::File(_) => None,
    });
    words.take(2).collect::<Vec<String>>().join(" ")
}
