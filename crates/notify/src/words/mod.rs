//! What letters say, one module for each role: English for now.

mod requester;
mod staff;
mod watcher;
pub(crate) mod webhooks;

use crate::letter::{Letter, Piece, one_line};
use crate::material::{Here, Material};
use crate::sight::{Sight, Silence};
use desk::seals::{Link, Seals};
use incident::{Lifecycle, effects};
use kernel::{ContentId, Timestamp};
use store::deliveries::{Delivery, ToldAs};
use store::directory::Person;

/// Stands where a title was removed.
const TITLE_REMOVED: &str = "Title removed";
/// How long a link that needs no login can be used: longer than silence waits to close.
const LINK_DAYS: i64 = 30;

/// What a letter is about, as its reader may know it.
pub(crate) struct About<'a> {
    pub(crate) delivery: &'a Delivery,
    pub(crate) material: &'a Material,
    pub(crate) sight: Sight,
    pub(crate) here: &'a Here<'a>,
    pub(crate) seals: &'a Seals,
    pub(crate) public_url: &'a str,
}

/// The letter, or why there is none.
pub(crate) fn letter(about: &About) -> Result<Letter, Silence> {
    let role = about.delivery.told_as;
    let mut pieces = match role {
        ToldAs::Requester => requester::pieces(about)?,
        ToldAs::Watcher => watcher::pieces(about)?,
        ToldAs::Person | ToldAs::Team => staff::pieces(about)?,
    };
    let number = about.material.number;
    pieces.push(Piece::Links(vec![("Open the incident", about.page())]));
    let why = match role {
        ToldAs::Requester => {
            format!("You get this because {number} was reported by you or for you.")
        }
        ToldAs::Watcher => format!(
            "You get this because you follow {number}. You can stop following it on its page."
        ),
        ToldAs::Person => {
            format!("You get this because {number} concerns you: {}.", staff::why(about))
        }
        ToldAs::Team => format!(
            "You get this because {number} is with your team{}.",
            about.team().map(|name| format!(" {name}")).unwrap_or_default()
        ),
    };
    let subject = format!("{} {}", about.seals.mark(number), about.title());
    Ok(Letter { subject: one_line(&subject), pieces, why: one_line(&why) })
}

/// The letter that tries out the mail server.
pub(crate) fn trial(person: &Person, public_url: &str, now: &str) -> Letter {
    let words = format!(
        "{}, this letter was sent by Evenkeel on {now} to try out the mail server. It works.",
        one_line(&person.name)
    );
    let address = format!("{public_url}/settings/mail");
    Letter {
        subject: "Evenkeel: the mail server works".to_owned(),
        pieces: vec![Piece::Text(words), Piece::Links(vec![("Open the mail settings", address)])],
        why: "You get this because you asked for it.".to_owned(),
    }
}

impl About<'_> {
    /// The title, in one line.
    fn title(&self) -> String {
        let title = self.material.words.get(&self.material.state.title);
        let words = title.and_then(|title| title.body.as_deref()).map(one_line);
        words.unwrap_or_else(|| TITLE_REMOVED.to_owned())
    }

    /// Words of people that this letter must say: without them it says nothing.
    fn said(&self, id: ContentId) -> Result<Piece, Silence> {
        let found = self.material.words.get(&id).ok_or("its words are missing")?;
        if self.sight == Sight::Public && !found.public {
            return Err("it is internal");
        }
        let body = found.body.clone().ok_or("its words were removed")?;
        Ok(Piece::Quote(body))
    }

    /// Words of people that may be left out.
    fn said_if_any(&self, id: Option<ContentId>) -> Option<Piece> {
        id.and_then(|id| self.said(id).ok())
    }

    /// The page of the incident that its reader can open.
    fn page(&self) -> String {
        let place =
            if self.material.person.roles.is_empty() { "portal/incidents" } else { "incidents" };
        format!("{}/{place}/{}", self.public_url, self.material.number)
    }

    /// The page on which its requester says, without signing in, whether it is over.
    fn answer_page(&self) -> String {
        let link = Link {
            number: self.material.number,
            person: self.material.person.id,
            reopenings: self.material.state.reopenings,
            until: self.here.now.plus_days(LINK_DAYS),
        };
        format!("{}/a/{}", self.public_url, self.seals.link(&link))
    }

    /// Who did it, by name.
    fn actor(&self) -> String {
        let actor = &self.material.told.event.actor;
        match actor.person_id() {
            Some(_) => one_line(&actor.name),
            None => "The service desk".to_owned(),
        }
    }

    fn service(&self) -> Option<String> {
        let service = self.material.state.service?;
        Some(self.here.policy.services.get(&service)?.name.clone())
    }

    fn team(&self) -> Option<String> {
        let team = self.material.state.team?;
        Some(self.here.policy.teams.get(&team)?.name.clone())
    }

    fn moment(&self, at: Timestamp) -> String {
        self.here.moment(at)
    }

    /// Number, title and service: what it is about.
    fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts =
            vec![("Incident", self.material.number.to_string()), ("Title", self.title())];
        facts.extend(self.service().map(|name| ("Service", name)));
        facts
    }

    /// When it is expected to be over, while it is not: what was told of it.
    fn expected(&self) -> Option<(&'static str, String)> {
        let state = &self.material.state;
        let at = state.expected.filter(|_| state.lifecycle.is_open())?.at;
        (at > self.here.now).then(|| ("Expected back by", self.moment(at)))
    }

    fn is_open(&self) -> bool {
        self.material.state.lifecycle.is_open()
    }

    fn is_resolved(&self) -> bool {
        self.material.state.lifecycle == Lifecycle::Resolved
    }

    fn tells_deviation(&self) -> bool {
        self.delivery.word == effects::DEVIATION
    }
}

/// A piece of our own words.
fn text(words: impl Into<String>) -> Piece {
    Piece::Text(words.into())
}
