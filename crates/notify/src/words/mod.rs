//! What letters say, one module for each role, in the language of their reader.

mod edited;
pub(crate) mod report;
mod requester;
mod staff;
mod watcher;
pub(crate) mod webhooks;

use crate::letter::{Letter, Piece, one_line};
use crate::material::{Here, Material};
use crate::sight::{Sight, Silence};
use desk::seals::{Link, Seals};
pub(crate) use edited::apply;
pub(crate) use edited::kind_of;
use incident::rating::SURVEY;
use incident::{Lifecycle, effects};
use kernel::{ContentId, Timestamp};
use locale::Letters;
use store::deliveries::{Delivery, ToldAs};
use store::directory::Person;

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
    /// Whether answers to letters are read.
    pub(crate) answers: bool,
}

/// The letter, or why there is none.
pub(crate) fn letter(about: &About) -> Result<Letter, Silence> {
    let (role, say) = (about.delivery.told_as, about.say());
    let mut pieces = match role {
        ToldAs::Requester => requester::pieces(about)?,
        ToldAs::Watcher => watcher::pieces(about)?,
        ToldAs::Person | ToldAs::Team | ToldAs::Rule => staff::pieces(about)?,
    };
    pieces.push(Piece::Links(vec![(say.open_incident(), about.page())]));
    if about.answers && role == ToldAs::Requester {
        pieces.push(text(say.reply_here()));
    }
    let number = about.material.number;
    let why = match role {
        ToldAs::Requester => say.why_requester(number),
        ToldAs::Watcher => say.why_watcher(number),
        ToldAs::Person => say.why_person(number, staff::why(about)),
        ToldAs::Team => match about.team() {
            Some(team) => say.why_team_named(number, team),
            None => say.why_team(number),
        },
        ToldAs::Rule => say.why_rule(one_line(&about.delivery.rule), number),
    };
    let why = match named_rule(about) {
        None => why,
        Some(rule) => format!("{why} {}", say.by_rule(one_line(rule))),
    };
    let mut subject = about.title();
    let own = about.material.edited.iter().find(|own| own.language == say.language());
    if let Some(own) = own {
        apply(own, &|place| about.value(place), &mut subject, &mut pieces);
    }
    let subject = format!("{} {subject}", about.seals.mark(number));
    Ok(Letter {
        language: say.language(),
        subject: one_line(&subject),
        pieces,
        why: one_line(&why),
    })
}

/// The rule to name beside the reason. Those who do not work here are told of rules that somebody
/// gave a name: the others are called by ids.
fn named_rule<'a>(about: &'a About<'_>) -> Option<&'a str> {
    let rule = about.delivery.rule.as_str();
    let works = matches!(about.delivery.told_as, ToldAs::Person | ToldAs::Team);
    let is_named = || incident::notices::standard().iter().all(|row| row.id != rule);
    let tells = match about.delivery.told_as {
        ToldAs::Rule => false,
        _ => works || is_named(),
    };
    (tells && !rule.is_empty()).then_some(rule)
}

/// The letter that tries out the mail server.
pub(crate) fn trial(person: &Person, public_url: &str, here: &Here) -> Letter {
    let say = locale::letters(here.language);
    let words = say.trial(one_line(&person.name), here.moment(here.now));
    let address = format!("{public_url}/settings/mail");
    Letter {
        language: here.language,
        subject: say.trial_subject().to_owned(),
        pieces: vec![text(words), Piece::Links(vec![(say.trial_link(), address)])],
        why: say.trial_why().to_owned(),
    }
}

impl About<'_> {
    /// The words of its reader's language.
    pub(crate) fn say(&self) -> Letters {
        locale::letters(self.here.language)
    }

    /// The incident by number and title.
    pub(crate) fn heading(&self) -> String {
        format!("{} {}", self.material.number, self.title())
    }

    /// The title, in one line.
    fn title(&self) -> String {
        let title = self.material.words.get(&self.material.state.title);
        let words = title.and_then(|title| title.body.as_deref()).map(one_line);
        words.unwrap_or_else(|| self.say().title_removed().to_owned())
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
    pub(crate) fn page(&self) -> String {
        let place =
            if self.material.person.roles.is_empty() { "portal/incidents" } else { "incidents" };
        format!("{}/{place}/{}", self.public_url, self.material.number)
    }

    /// The page on which its requester says, without signing in, whether it is over and how
    /// content they are.
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
            None => self.say().service_desk().to_owned(),
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

    /// When the next of its times ends.
    fn due(&self) -> Option<String> {
        let clocks = self.material.state.clocks.iter();
        let due = clocks.filter(|clock| clock.breached_at.is_none());
        due.filter_map(|clock| clock.due_at).min().map(|at| self.moment(at))
    }

    fn moment(&self, at: Timestamp) -> String {
        self.here.moment(at)
    }

    /// Number, title and service: what it is about.
    fn facts(&self) -> Vec<(&'static str, String)> {
        let say = self.say();
        let mut facts = vec![
            (say.fact_incident(), self.material.number.to_string()),
            (say.fact_title(), self.title()),
        ];
        facts.extend(self.service().map(|name| (say.fact_service(), name)));
        facts
    }

    /// When it is expected to be over, while it is not: what was told of it.
    fn expected(&self) -> Option<(&'static str, String)> {
        let state = &self.material.state;
        let at = state.expected.filter(|_| state.lifecycle.is_open())?.at;
        (at > self.here.now).then(|| (self.say().fact_expected(), self.moment(at)))
    }

    fn is_open(&self) -> bool {
        self.material.state.lifecycle.is_open()
    }

    fn is_resolved(&self) -> bool {
        self.material.state.lifecycle == Lifecycle::Resolved
    }

    /// Whether it asks how content its reader is.
    fn is_survey(&self) -> bool {
        self.delivery.word == SURVEY
    }

    fn tells_deviation(&self) -> bool {
        self.delivery.word == effects::DEVIATION
    }
}

/// A piece of our own words.
fn text(words: impl Into<String>) -> Piece {
    Piece::Text(words.into())
}
