//! Letters to subscribers and to members of lists.

use super::{Part, UpdateFacts, WorkFacts, Written, one_line};
use jiff::tz::TimeZone;
use kernel::{Language, Timestamp};

/// What a letter says of an update.
pub fn letter(facts: &UpdateFacts, language: Language) -> Written {
    let say = locale::subscribers(language);
    let phase = facts.phase.as_str();
    let title = one_line(&facts.title);
    let mut table = vec![(say.fact_stands(), say.phase(phase))];
    if !facts.components.is_empty() {
        table.push((say.fact_concerns(), named(&facts.components)));
    }
    for (name, at) in [(say.fact_expected(), facts.expected), (say.fact_next(), facts.next_update)]
    {
        table.extend(at.map(|at| (name, moment(language, at, &facts.zone))));
    }
    let mut parts = vec![
        Part::Words(title.clone()),
        Part::Words(say.stands(phase)),
        Part::Said(facts.body.clone()),
        Part::Facts(table),
    ];
    parts.extend(facts.url.clone().map(|url| Part::Links(vec![(say.see_page(), url)])));
    let site = one_line(&facts.site);
    let subject = format!("[{site}] {title}: {}", say.phase(phase));
    Written::new(language, subject, parts)
}

/// What a letter says of planned work.
pub fn work(facts: &WorkFacts, language: Language) -> Written {
    let say = locale::subscribers(language);
    let word = facts.word.as_str();
    let title = one_line(&facts.title);
    let mut table = vec![];
    if !facts.components.is_empty() {
        table.push((say.fact_concerns(), named(&facts.components)));
    }
    table.push((say.fact_from(), moment(language, facts.starts_at, &facts.zone)));
    table.extend(facts.ends_at.map(|at| (say.fact_until(), moment(language, at, &facts.zone))));
    let mut parts = vec![Part::Words(say.work_lead(word)), Part::Words(title.clone())];
    if !facts.body.trim().is_empty() {
        parts.push(Part::Said(facts.body.clone()));
    }
    parts.push(Part::Facts(table));
    parts.push(Part::Links(vec![(say.see_page(), facts.url.clone())]));
    let site = one_line(&facts.site);
    let subject = format!("[{site}] {}: {title}", say.work_subject(word));
    Written::new(language, subject, parts)
}

/// What a letter says to whoever is to confirm a subscription by the link at `url`.
pub fn confirm(site: &str, url: &str, language: Language) -> Written {
    let say = locale::subscribers(language);
    let site = one_line(site);
    let parts = vec![
        Part::Words(say.confirm_letter(&site)),
        Part::Links(vec![(say.confirm_title(), url.to_owned())]),
        Part::Words(say.confirm_not_you().to_owned()),
    ];
    Written::new(language, say.confirm_subject(&site), parts)
}

/// What a letter says to whoever has a subscription and asked for one again. Its links come with
/// every letter to a subscriber.
pub fn already(site: &str, language: Language) -> Written {
    let say = locale::subscribers(language);
    let parts = vec![Part::Words(say.already_letter().to_owned())];
    Written::new(language, say.already_subject(one_line(site)), parts)
}

fn named(components: &[String]) -> String {
    components.iter().map(|name| one_line(name)).collect::<Vec<_>>().join(", ")
}

fn moment(language: Language, at: Timestamp, zone: &TimeZone) -> String {
    locale::full(language, &at.to_jiff().to_zoned(zone.clone()))
}
