//! What is told to lists and subscribers, read when it leaves: words that were removed meanwhile
//! do not leave, and whoever unsubscribed meanwhile is not told.

use crate::letter::{Letter, Piece};
use desk::seals::{Asking, Seals};
use jiff::tz::TimeZone;
use kernel::{ComponentId, InOrder, IncidentNumber, Language, ListId, Timestamp};
use status::snapshot::Phase;
use status::words::{self, Part, UpdateFacts, WorkFacts, WorkWord, Written};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use store::directory::lists;
use store::directory::settings::{self, Instance};
use store::outside::{self, Outside, Whom, Word};
use store::subscribers::{self, Subscriber};
use store::updates::PublishedUpdate;
use store::{Failure, Sql};

/// What could not be attempted for so long is told nobody any more: it is news no longer.
const STALE_SECONDS: i64 = 2 * 86_400;

/// Why there is nothing to tell.
pub(crate) type Silence = &'static str;

const TOO_LATE: Silence = "it waited for two days";
const NOT_PUBLIC: Silence = "the status page is not public";
const NOT_ANNOUNCED: Silence = "there is no such announcement";

/// What one address is told.
#[derive(Debug, Clone)]
pub(crate) enum News {
    /// An update of an incident.
    Update(UpdateFacts),
    /// Planned work.
    Work(WorkFacts),
    /// Whether they want to subscribe; when they asked.
    Question(Timestamp),
    /// That they are subscribed already.
    Already,
}

/// What a letter or a message is made of.
#[derive(Debug)]
pub(crate) struct Material {
    pub(crate) news: News,
    /// Whose status page it is.
    pub(crate) site: String,
    /// What the addresses of its pages of subscriptions begin with.
    pub(crate) base: String,
    /// Who subscribed; none for members of lists.
    pub(crate) subscriber: Option<Subscriber>,
    /// The list that its reader takes themselves off; none for people, whom the service desk put
    /// there.
    pub(crate) leaves: Option<ListId>,
}

/// What letters of one turn share and is read once: ten thousand tell the same.
#[derive(Default)]
pub(crate) struct Known {
    place: Option<Place>,
    announced: BTreeMap<i64, Result<News, Silence>>,
    /// Plain addresses of lists; none of a list that is gone.
    lists: BTreeMap<ListId, Option<BTreeSet<String>>>,
}

/// The status page as letters name it.
#[derive(Clone)]
struct Place {
    site: String,
    /// Its address, without a slash at the end.
    base: String,
    /// What the addresses of its pages of subscriptions begin with: files answer no form.
    subscriptions: String,
    /// Whether everybody may read it.
    public: bool,
    zone: TimeZone,
}

/// What is not said of the page is the instance's.
fn place(sql: &mut dyn Sql, public_url: &str) -> Result<Place, Failure> {
    let instance = settings::get::<Instance>(sql, settings::INSTANCE)?;
    let instance = instance.map(|stored| stored.value).unwrap_or_default();
    let page = store::status::page::get(sql)?.value;
    let or = |own: String, usual: String| if own.is_empty() { usual } else { own };
    // Its own domain answers while everybody may read the page; lists have ways out besides.
    let here = format!("{public_url}/status");
    let base = match page.domain.as_str() {
        domain if page.public && !domain.is_empty() => format!("https://{domain}"),
        _ => here.clone(),
    };
    let subscriptions = if page.domain_is_ours { base.clone() } else { here };
    let zone = TimeZone::get(&or(page.time_zone, instance.time_zone)).unwrap_or(TimeZone::UTC);
    let site = or(page.name, instance.name);
    Ok(Place { site, base, subscriptions, public: page.public, zone })
}

impl Known {
    fn place(&mut self, sql: &mut dyn Sql, public_url: &str) -> Result<Place, Failure> {
        if let Some(known) = &self.place {
            return Ok(known.clone());
        }
        let read = place(sql, public_url)?;
        self.place = Some(read.clone());
        Ok(read)
    }

    fn announced(
        &mut self,
        sql: &mut dyn Sql,
        told: &Outside,
        place: &Place,
        now: Timestamp,
    ) -> Result<Result<News, Silence>, Failure> {
        let Some(id) = told.announcement else { return Ok(Err(NOT_ANNOUNCED)) };
        if let Some(known) = self.announced.get(&id) {
            return Ok(known.clone());
        }
        let read = announced(sql, id, place, now)?;
        self.announced.insert(id, read.clone());
        Ok(read)
    }

    /// The list, where this address is on it and no person's; `Err` where the list is gone.
    fn leaves(
        &mut self,
        sql: &mut dyn Sql,
        id: ListId,
        address: &str,
    ) -> Result<Result<Option<ListId>, Silence>, Failure> {
        let plain = match self.lists.entry(id) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let list = lists::get(sql, id)?;
                entry.insert(
                    list.map(|one| one.addresses.into_iter().map(|one| one.email).collect()),
                )
            }
        };
        Ok(match plain {
            Some(plain) => Ok(plain.contains(address).then_some(id)),
            None => Err("the list is gone"),
        })
    }
}

/// Reads what somebody outside is told, or why there is nothing to tell.
pub(crate) fn read(
    sql: &mut dyn Sql,
    told: &Outside,
    (public_url, now): (&str, Timestamp),
    known: &mut Known,
) -> Result<Result<Material, Silence>, Failure> {
    if now.seconds_since(told.created_at) > STALE_SECONDS {
        return Ok(Err(TOO_LATE));
    }
    let place = known.place(sql, public_url)?;
    let leaves = match told.list.map(|id| known.leaves(sql, id, &told.address)).transpose()? {
        Some(Err(why)) => return Ok(Err(why)),
        Some(Ok(leaves)) => leaves,
        None => None,
    };
    let subscriber = told.subscriber.map(|id| subscribers::get(sql, id)).transpose()?.flatten();
    if told.subscriber.is_some() && subscriber.as_ref().is_none_or(|one| one.ended_at.is_some()) {
        return Ok(Err("the subscription ended"));
    }
    // Nobody outside hears from a page that they may not read; lists do.
    if subscriber.is_some() && !place.public {
        return Ok(Err(NOT_PUBLIC));
    }
    let news = match (told.word, &subscriber) {
        (Word::Confirm | Word::Challenge, Some(one)) if one.confirmed_at.is_none() => {
            News::Question(one.asked_at)
        }
        (Word::Confirm | Word::Challenge, _) => return Ok(Err("it is confirmed")),
        (Word::Already, _) => News::Already,
        _ => match known.announced(sql, told, &place, now)? {
            Ok(news) => news,
            Err(why) => return Ok(Err(why)),
        },
    };
    let (site, base) = (place.site, place.subscriptions);
    Ok(Ok(Material { news, site, base, subscriber, leaves }))
}

fn announced(
    sql: &mut dyn Sql,
    id: i64,
    place: &Place,
    now: Timestamp,
) -> Result<Result<News, Silence>, Failure> {
    let Some(announcement) = outside::announcement(sql, id)? else {
        return Ok(Err(NOT_ANNOUNCED));
    };
    if now.seconds_since(announcement.not_before) > STALE_SECONDS {
        return Ok(Err(TOO_LATE));
    }
    let components = names(sql, &announcement.components)?;
    let (site, zone) = (place.site.clone(), place.zone.clone());
    if let Some((number, n)) = announcement.update {
        let facts = UpdateFacts {
            site,
            title: String::new(),
            phase: Phase::Investigating,
            body: String::new(),
            components,
            expected: None,
            next_update: None,
            url: None,
            zone,
        };
        return update(sql, (number, n), announcement.whom, facts, place);
    }
    let word = announcement.word.as_str().parse::<WorkWord>();
    let (Some(planned), Ok(word)) = (announcement.planned, word) else {
        return Ok(Err("there is nothing that is told"));
    };
    // After an outage of our own nobody is told that something begins soon which has begun.
    let is_news = match word {
        WorkWord::Reminder => {
            planned.starts_at > now || announcement.not_before >= planned.starts_at
        }
        WorkWord::Started => planned.ends_at.is_none_or(|at| at > now),
        _ => true,
    };
    if !is_news {
        return Ok(Err("it is news no longer"));
    }
    Ok(Ok(News::Work(WorkFacts {
        site,
        word,
        title: planned.title,
        body: planned.body,
        components,
        starts_at: planned.starts_at,
        ends_at: planned.ends_at,
        url: place.base.clone(),
        zone,
    })))
}

/// The facts of an update, as it stands now.
fn update(
    sql: &mut dyn Sql,
    (number, n): (IncidentNumber, u32),
    whom: Whom,
    facts: UpdateFacts,
    place: &Place,
) -> Result<Result<News, Silence>, Failure> {
    let all = store::updates::of_incident(sql, number)?;
    let n = i64::from(n);
    let Some(update) = all.iter().find(|update| i64::from(update.n) == n) else {
        return Ok(Err("there is no such update"));
    };
    if update.body.trim().is_empty() {
        return Ok(Err("its words were removed"));
    }
    // What it was called last time, where nobody says anything else; what others alone were told
    // it is called is none of theirs.
    let heard = |one: &&PublishedUpdate| {
        let to = &one.audiences;
        to.status_page || matches!(whom, Whom::List(list) if to.lists.contains(&list))
    };
    let before = all.iter().filter(|one| i64::from(one.n) < n).filter(heard);
    let mut titles: Vec<&PublishedUpdate> = before.chain([update]).collect();
    titles.order_by_key(|one| std::cmp::Reverse(i64::from(one.n)));
    let title = titles.iter().find_map(|one| {
        let own = one.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
        own.map(str::to_owned)
    });
    let title = match title {
        Some(title) => title,
        None => outside::title_of(sql, number)?.unwrap_or_else(|| facts.site.clone()),
    };
    // The first word of an incident may leave before it has its place on the page.
    let page = match outside::page_of(sql, number)? {
        Some(id) => Some(format!("{}/incidents/{id}", place.base)),
        None => update.audiences.status_page.then(|| place.base.clone()),
    };
    Ok(Ok(News::Update(UpdateFacts {
        title,
        phase: update.phase.as_str().parse().unwrap_or(Phase::Investigating),
        body: update.body.clone(),
        expected: update.expected,
        next_update: update.next_update,
        url: page.filter(|_| place.public),
        ..facts
    })))
}

/// Names of components that the public page shows.
fn names(sql: &mut dyn Sql, ids: &BTreeSet<ComponentId>) -> Result<Vec<String>, Failure> {
    let all = desk::subscribers::public_components(sql)?;
    let ours = all.into_iter().filter(|component| ids.contains(&component.id));
    Ok(ours.map(|component| component.name).collect())
}

/// Where a subscriber chooses what it hears of, and where the subscription ends.
pub(crate) fn ways_out(seals: &Seals, one: &Subscriber, base: &str) -> (String, String) {
    let token = seals.subscription(one.id);
    (format!("{base}/subscriptions/{token}"), format!("{base}/unsubscribe/{token}"))
}

/// The letter, and where its reader ends such letters with one press.
pub(crate) fn letter(
    told: &Outside,
    material: &Material,
    seals: &Seals,
) -> (Letter, Option<String>) {
    let (language, site, base) = (told.language, &material.site, &material.base);
    let say = locale::subscribers(language);
    let written = match &material.news {
        News::Update(facts) => words::letter(facts, language),
        News::Work(facts) => words::work(facts, language),
        News::Question(asked_at) => {
            let url = material.subscriber.as_ref().map(|one| {
                let token = seals.asking(&Asking { subscriber: one.id, at: *asked_at });
                format!("{base}/confirm/{token}")
            });
            words::confirm(site, &url.unwrap_or_default(), language)
        }
        News::Already => words::already(site, language),
    };
    let is_question = matches!(material.news, News::Question(_));
    let mut letter = pieces(written, language);
    let mut unsubscribe = None;
    match &material.subscriber {
        Some(_) if is_question => letter.why = say.why_asked(&told.address, site),
        Some(one) => {
            let (change, end) = ways_out(seals, one, base);
            letter.pieces.push(Piece::Links(vec![
                (say.change_link(), change),
                (say.end_link(), end.clone()),
            ]));
            letter.why = say.why_subscriber(&told.address, site);
            unsubscribe = Some(end);
        }
        None => match material.leaves {
            Some(list) => {
                let end = format!("{base}/unsubscribe/{}", seals.listed(list, &told.address));
                letter.pieces.push(Piece::Links(vec![(say.end_link(), end.clone())]));
                letter.why = say.why_listed(&told.address, site);
                unsubscribe = Some(end);
            }
            None => letter.why = say.why_list(&told.address, site),
        },
    }
    (letter, unsubscribe)
}

fn pieces(written: Written, language: Language) -> Letter {
    let piece = |part| match part {
        Part::Words(words) => Piece::Text(words),
        Part::Said(words) => Piece::Quote(words),
        Part::Facts(facts) => Piece::Facts(facts),
        Part::Links(links) => Piece::Links(links),
    };
    let pieces = written.parts.into_iter().map(piece).collect();
    Letter { language, subject: written.subject, pieces, why: String::new() }
}
