//! A page as a letter: in its reader's language, and in the words that an administrator wrote for
//! it. Elsewhere a page is short and alike for everybody.

use super::words::Around;
use crate::letter::{Letter, Piece, one_line};
use crate::material::Here;
use crate::words::apply;
use desk::paging::Paged;
use kernel::Language;
use store::directory::letters::LetterKind;

/// The kind of letter whose words can be edited.
pub(super) const KIND: LetterKind = LetterKind::Paged;

/// What stands in the letter to somebody who is paged, about this title; `link` is where it is
/// answered.
pub(super) fn page(paged: &Paged, around: &Around<'_>, title: &str, link: Option<&str>) -> Letter {
    let (state, policy) = (&paged.state, around.policy);
    let here = Here::of(&paged.person, policy, around.now);
    let say = locale::letters(here.language);
    let number = paged.page.number.to_string();
    let service = state.service.and_then(|id| policy.services.get(&id));
    let service = service.map(|service| service.name.clone());
    let team = state.team.and_then(|id| policy.teams.get(&id)).map(|team| team.name.clone());
    let since = here.moment(state.moments.detected.unwrap_or(state.reported_at));
    let due = state.clocks.iter().filter(|clock| clock.breached_at.is_none());
    let due = due.filter_map(|clock| clock.due_at).min().map(|at| here.moment(at));
    let mut facts = vec![
        (say.fact_incident(), number.clone()),
        (say.fact_priority(), state.priority.to_string()),
    ];
    facts.extend(service.clone().map(|name| (say.fact_service(), name)));
    facts.extend(team.clone().map(|name| (say.fact_team(), name)));
    facts.push((say.fact_since(), since));
    let how = if link.is_some() { say.paged_open() } else { say.paged_sign_in() };
    let mut pieces = vec![
        Piece::Text(say.paged(title)),
        Piece::Facts(facts),
        Piece::Text(how.to_owned()),
        Piece::Links(link.iter().map(|link| (say.paged_link(), (*link).to_owned())).collect()),
    ];
    if around.mail_is_answered {
        pieces.push(Piece::Text(say.paged_answer().to_owned()));
    }
    let value = |place: &str| {
        let value = match place {
            "number" => Some(number.clone()),
            "title" => Some(title.to_owned()),
            "service" => service.clone(),
            "team" => team.clone(),
            "reader" => Some(paged.person.name.clone()),
            "priority" => Some(state.priority.to_string()),
            "due" => due.clone(),
            _ => None,
        };
        value.map(|value| one_line(&value)).filter(|value| !value.is_empty())
    };
    if let Some(at) = paged.word_was_due() {
        // Between what is known and how to answer.
        pieces.insert(2, Piece::Text(say.paged_silent(here.moment(at))));
    }
    if paged.page.learns {
        pieces.insert(2, Piece::Text(say.paged_learns().to_owned()));
    }
    let mut subject = say.paged(title);
    if let Some(own) = around.edited.iter().find(|own| own.language == here.language) {
        apply(own, &value, &mut subject, &mut pieces);
    }
    Letter {
        language: here.language,
        subject: one_line(&format!("[{number}] {} {subject}", state.priority)),
        pieces,
        why: say.paged_why().to_owned(),
    }
}

/// What shows that an address reaches somebody, who may not be known yet by more than it.
pub(super) fn note(subject: &str, words: &str, link: Option<&str>) -> Letter {
    // The screens it leads to are in English.
    let link = link.iter().map(|link| ("Open your account", (*link).to_owned())).collect();
    Letter {
        language: Language::En,
        subject: subject.to_owned(),
        pieces: vec![Piece::Text(words.to_owned()), Piece::Links(link)],
        why: "You get this because somebody named this address as a way to reach them.".to_owned(),
    }
}
