//! What is like an incident, or like what somebody types: candidates of the index, read again
//! within the viewer's scope, compared by [`insight::similar`], with what people said of them.
//!
//! What people say counts in simple ways. A pair that somebody called not alike is not shown again
//! beside that incident. Of one that helped there, title and service count as if the incident
//! itself had them. One that helped beside others comes a little earlier. And a known error that
//! was not behind others comes later, and must have more of what is asked for.

use super::documents::ALERT;
use super::shown::Shown;
use super::weights::Known;
use super::{Ended, KnownOutage, Like, Similar, SimilarIncident, Why};
use crate::{Desk, Trouble};
use ::search::{Index, Kind, Label};
use incident::permissions::{KNOWN_OUTAGE_TAG, is_known_outage};
use incident::{Access, Refusal, Scope, Viewer};
use insight::similar::{Asked, Doc, Score, Shared};
use jiff::tz::TimeZone;
use kernel::{ArticleNumber, InOrder, IncidentNumber, ProblemNumber, ServiceId, Timestamp};
use query::{Choice, Context, Expr, Query, StateWord, Term, Text};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use store::directory::{Problem, articles, people, problems};
use store::incidents::alike::{self as rows, Said};
use store::incidents::documents::{self as stored, Words};
use store::incidents::list::{self, IncidentRow, Look};
use store::incidents::timeline::{self, StoredContent};
use store::{Failure, Sql};

/// Incidents that are shown.
const SHOWN_MAX: usize = 8;
/// Candidates of the index whose texts are read: ten times what is shown.
const CANDIDATES: usize = 80;
/// Problems, and articles, that are shown.
const RECORDS_MAX: usize = 4;
/// Known outages that are compared.
const OUTAGES_MAX: usize = 20;
/// Below this share of what two that say the same have, nothing is alike.
const ALIKE_MIN: f64 = 0.08;
/// The share of what is asked for that a problem or an article has at least: one word of many that
/// it happens to have tells nothing.
const SHARE_MIN: f64 = 0.06;
/// Characters of what was said that are compared.
const TEXT_CHARS: usize = 8_000;
/// Words of a title that the database is asked for where there is no index.
const WORDS_MAX: usize = 6;
/// Letters of such a word at least.
const LETTERS_MIN: usize = 4;
/// What counts for one that helped here, for the service of such a one, and for each further
/// incident that it helped with, three at most.
const HELPED_HERE: f64 = 1.3;
const HELPED_SERVICE: f64 = 1.1;
const HELPED_THERE: f64 = 0.05;
const HELPED_TIMES: i64 = 3;
/// What a known error must have more of what is asked for, for each incident that it was not
/// behind, four at most.
const REFUSED_MORE: f64 = 0.5;
const REFUSED_TIMES: i64 = 4;

impl Desk {
    /// What is like an incident or what somebody types, within what the viewer may see.
    ///
    /// # Errors
    ///
    /// [`Trouble::Refused`] when there is no such incident for them, [`Trouble::Failed`] when the
    /// database does not answer.
    pub async fn similar(&self, viewer: &Viewer, like: Like) -> Result<Similar, Trouble> {
        let index = self.0.search.index();
        let comparer = Comparer { viewer: viewer.clone(), now: self.now(), like, index };
        let found = self.read(move |sql| comparer.compare(sql)).await?;
        let Some((mut similar, failed)) = found else {
            let words = "there is no such incident, or you may not see it";
            return Err(Refusal::not_found(words).into());
        };
        if let Some(failure) = failed {
            self.0.search.give_up(&failure);
        }
        similar.building = self.0.search.seen().standing.building;
        Ok(similar)
    }
}

/// What is found, and a failure of the index.
type Answer = (Similar, Option<::search::Failure>);

/// One comparison of one viewer.
struct Comparer {
    viewer: Viewer,
    now: Timestamp,
    like: Like,
    index: Option<Arc<Index>>,
}

/// What others are compared with.
#[derive(Default)]
struct Subject {
    number: Option<IncidentNumber>,
    title: String,
    text: String,
    service: Option<ServiceId>,
    /// Labels of its alerts.
    labels: BTreeSet<String>,
    at: Option<Timestamp>,
    said: Vec<Said>,
    helped_services: BTreeSet<ServiceId>,
    /// Known errors that are not behind it, as somebody says.
    refused: BTreeSet<ProblemNumber>,
}

impl Comparer {
    fn compare(self, sql: &mut dyn Sql) -> Result<Option<Answer>, Failure> {
        let scope = Scope::of(&self.viewer);
        let Some(subject) = self.subject(sql, &scope)? else { return Ok(None) };
        let staff = self.viewer.reads_configuration();
        let (mut similar, mut failed) = (Similar::default(), None);
        let numbers = match self.candidates(sql, &scope, &subject)? {
            Ok(numbers) => numbers,
            Err(failure) => {
                failed = Some(failure);
                self.candidates_of_database(sql, &scope, &subject)?
            }
        };
        let mut found = list::get_many(sql, &scope, &numbers)?;
        // Of others, requesters learn by what is published to them alone.
        found.retain(|row| staff || row.state.requester == self.viewer.person);
        let doc = subject.doc();
        let known = Known::of(self.index.as_deref());
        let asked = Asked::of(&doc, &known);
        similar.outages = self.outages(sql, &asked, &subject)?;
        let known_outages: BTreeSet<IncidentNumber> =
            similar.outages.iter().map(|outage| outage.number).collect();
        found.retain(|row| staff || !known_outages.contains(&row.number));
        similar.incidents = ranked(sql, &scope, &asked, &subject, found)?;
        if failed.is_none() {
            failed = self.records(sql, &scope, (&subject, &asked), &mut similar)?.err();
        }
        Ok(Some((similar, failed)))
    }

    fn subject(&self, sql: &mut dyn Sql, scope: &Scope) -> Result<Option<Subject>, Failure> {
        let number = match &self.like {
            Like::Incident(number) => *number,
            Like::Typed { title, text, service } => {
                let text = text.chars().take(TEXT_CHARS).collect();
                let title = title.chars().take(kernel::limits::TITLE_CHARS).collect();
                let at = Some(self.now);
                return Ok(Some(Subject {
                    title,
                    text,
                    service: *service,
                    at,
                    ..Subject::default()
                }));
            }
        };
        let Some(row) = list::get(sql, scope, number)? else { return Ok(None) };
        let words = stored::said(sql, &[number])?.remove(&number).unwrap_or_default();
        let full = row.access == Access::Full;
        let labels = if full { stored::labels(sql, &[number])? } else { HashMap::new() };
        let said = if full { rows::said_beside(sql, number)? } else { vec![] };
        let refused = if full { rows::refused_beside(sql, number)? } else { BTreeSet::new() };
        let mut subject = Subject {
            number: Some(number),
            title: row.title.clone(),
            text: public(&words),
            service: row.state.service,
            labels: labels.into_values().flatten().collect(),
            at: Some(row.state.reported_at),
            refused,
            ..Subject::default()
        };
        let helped: Vec<IncidentNumber> =
            said.iter().filter(|said| said.helped).map(|said| said.other).collect();
        for row in list::get_many(sql, scope, &helped)? {
            subject.text.push('\n');
            subject.text.push_str(&row.title);
            subject.helped_services.extend(row.state.service);
        }
        subject.said = said;
        Ok(Some(subject))
    }

    /// What the index has that may be alike.
    fn candidates(
        &self,
        sql: &mut dyn Sql,
        scope: &Scope,
        subject: &Subject,
    ) -> Result<Result<Vec<IncidentNumber>, ::search::Failure>, Failure> {
        let Some(index) = &self.index else {
            return self.candidates_of_database(sql, scope, subject).map(Ok);
        };
        let found = index.similar(scope, &subject.like(vec![Kind::Incident]), CANDIDATES);
        Ok(found.map(|found| found.iter().filter_map(|one| one.id.parse().ok()).collect()))
    }

    /// Without an index: what has a long word of the title.
    fn candidates_of_database(
        &self,
        sql: &mut dyn Sql,
        scope: &Scope,
        subject: &Subject,
    ) -> Result<Vec<IncidentNumber>, Failure> {
        let mut words = query::words(&subject.title);
        words.retain(|word| word.chars().count() >= LETTERS_MIN);
        words.order_by_key(|word| std::cmp::Reverse(word.len()));
        words.truncate(WORDS_MAX);
        let terms = words.into_iter().map(|text| Term::Text(Text { text, prefix: false }).into());
        let query = Query { filter: Expr::any_of(terms), sort: None };
        let page = list::list(sql, &self.look(scope.clone()), &query, CANDIDATES, None)?;
        let numbers = page.rows.iter().map(|row| row.number);
        Ok(numbers.filter(|number| Some(*number) != subject.number).collect())
    }

    fn look(&self, scope: Scope) -> Look {
        let context = Context {
            me: Some(self.viewer.person),
            my_teams: self.viewer.teams.iter().copied().collect(),
            now: self.now,
            zone: TimeZone::UTC,
        };
        Look { scope, context }
    }

    /// Known outages that are alike, those that everybody of the viewer's company is told of.
    fn outages(
        &self,
        sql: &mut dyn Sql,
        asked: &Asked,
        subject: &Subject,
    ) -> Result<Vec<KnownOutage>, Failure> {
        let own = Scope::of(&self.viewer);
        if own.nothing {
            return Ok(vec![]);
        }
        let company = people::get(sql, self.viewer.person)?.and_then(|person| person.organisation);
        let scope = Scope { everything: false, open_to_staff: true, teams: BTreeSet::new(), ..own };
        let companies =
            [Choice::None].into_iter().chain(company.map(|id| Choice::Is(id.to_string())));
        let filter = Expr::all_of([
            Expr::any_of([
                Term::Major(true).into(),
                Term::Tag(vec![Choice::Is(KNOWN_OUTAGE_TAG.to_owned())]).into(),
            ]),
            Term::State(vec![StateWord::Open]).into(),
            Term::Confidential(false).into(),
            Term::Merged(false).into(),
            Term::Organisation(companies.collect()).into(),
        ]);
        let query = Query { filter, sort: None };
        let page = list::list(sql, &self.look(scope), &query, OUTAGES_MAX, None)?;
        let mut rows = page.rows;
        rows.retain(|row| {
            is_known_outage(&row.state, company) && Some(row.number) != subject.number
        });
        let mut outages: Vec<KnownOutage> = Vec::new();
        for row in rows {
            // Its title alone: what else was said of it is not told to everybody.
            let score = asked.score(&doc_of(&row, String::new()));
            let same_service = subject.service.is_some() && subject.service == row.state.service;
            if score.value < ALIKE_MIN && !same_service {
                continue;
            }
            outages.push(KnownOutage {
                number: row.number,
                words: words_of(&score),
                score: share(score.value),
                reported_at: row.state.reported_at,
                service: row.service,
                title: row.title,
            });
        }
        outages.order_by(|a, b| b.score.total_cmp(&a.score));
        outages.truncate(RECORDS_MAX);
        Ok(outages)
    }

    /// Known errors and articles that are alike.
    fn records(
        &self,
        sql: &mut dyn Sql,
        scope: &Scope,
        (subject, asked): (&Subject, &Asked),
        similar: &mut Similar,
    ) -> Result<Result<(), ::search::Failure>, Failure> {
        let Some(index) = &self.index else { return Ok(Ok(())) };
        let (staff, shown) = (self.viewer.reads_configuration(), Shown::plainly());
        let of = |kind: Kind| index.similar(scope, &subject.like(vec![kind]), RECORDS_MAX * 2);
        let found = match of(Kind::Article) {
            Ok(found) => found,
            Err(failure) => return Ok(Err(failure)),
        };
        let numbers: Vec<ArticleNumber> =
            found.iter().filter_map(|one| one.id.parse().ok()).collect();
        let mut articles = articles::get_many(sql, &numbers)?;
        articles.retain(|one| match staff {
            true => one.state == store::directory::ArticleState::Published,
            false => one.is_open(),
        });
        articles.retain(|one| {
            let same_service = subject.service.is_some_and(|id| one.services.contains(&id));
            same_service || asked.share(&Doc::new(&one.title, &one.body)) >= SHARE_MIN
        });
        articles.order_by_key(|one| numbers.iter().position(|number| *number == one.number));
        similar.articles =
            articles.iter().take(RECORDS_MAX).map(|one| shown.article(one)).collect();
        if !staff {
            return Ok(Ok(()));
        }
        let found = match of(Kind::Problem) {
            Ok(found) => found,
            Err(failure) => return Ok(Err(failure)),
        };
        let numbers: Vec<ProblemNumber> =
            found.iter().filter_map(|one| one.id.parse().ok()).collect();
        let often = rows::refused_often(sql, scope, &numbers)?;
        let times = |one: &Problem| often.get(&one.number).copied().unwrap_or(0).min(REFUSED_TIMES);
        let mut problems = problems::get_many(sql, &numbers)?;
        // Each incident that it was not behind takes it back by a place.
        problems.order_by_key(|one| {
            let place = numbers.iter().take_while(|number| **number != one.number).count() as i64;
            (place + times(one), times(one))
        });
        problems.retain(|one| {
            let said = format!("{}\n{}\n{}", one.description, one.cause, one.workaround);
            let same_service = subject.service.is_some() && subject.service == one.service;
            let share_min = SHARE_MIN * (1.0 + REFUSED_MORE * times(one) as f64);
            let fits = (same_service && times(one) == 0)
                || asked.share(&Doc::new(&one.title, &said)) >= share_min;
            fits && !subject.refused.contains(&one.number)
        });
        let known = problems.iter().map(|one| shown.problem(one)).filter(|one| one.known_error);
        similar.known_errors = known.take(RECORDS_MAX).collect();
        Ok(Ok(()))
    }
}

impl Subject {
    fn doc(&self) -> Doc {
        let mut doc = Doc::new(&self.title, &self.text);
        if let Some(at) = self.at {
            doc = doc.at(at);
        }
        with_facts(doc, self.service, &self.labels)
    }

    fn like(&self, kinds: Vec<Kind>) -> ::search::Like {
        let labels = self.labels.iter().map(|label| Label::new(ALERT, label));
        let service = self.service.map(|id| Label::new("service", id));
        ::search::Like {
            title: self.title.clone(),
            text: self.text.clone(),
            labels: service.into_iter().chain(labels).collect(),
            kinds,
            not: self.number.map(|number| (Kind::Incident, number.to_string())),
        }
    }

    /// Whether somebody said that this one is not alike.
    fn is_refused(&self, other: IncidentNumber) -> bool {
        self.said.iter().any(|said| said.other == other && !said.helped)
    }

    fn is_helped_by(&self, other: IncidentNumber) -> bool {
        self.said.iter().any(|said| said.other == other && said.helped)
    }
}

/// The best of these, with why and how they ended.
fn ranked(
    sql: &mut dyn Sql,
    scope: &Scope,
    asked: &Asked,
    subject: &Subject,
    mut found: Vec<IncidentRow>,
) -> Result<Vec<SimilarIncident>, Failure> {
    found.retain(|row| Some(row.number) != subject.number && !subject.is_refused(row.number));
    let numbers: Vec<IncidentNumber> = found.iter().map(|row| row.number).collect();
    let mut said = stored::said(sql, &numbers)?;
    let mut labels = match subject.labels.is_empty() {
        true => HashMap::new(),
        false => stored::labels(sql, &numbers)?,
    };
    let often = rows::helped_often(sql, scope, &numbers)?;
    let mut best: Vec<(f64, SimilarIncident)> = Vec::new();
    for row in found {
        let words = said.remove(&row.number).unwrap_or_default();
        let labels = labels.remove(&row.number).filter(|_| row.access == Access::Full);
        let labels = labels.unwrap_or_default();
        let score = asked.score(&with_facts(doc_of(&row, public(&words)), None, &labels));
        let helped = subject.is_helped_by(row.number);
        let times = often.get(&row.number).copied().unwrap_or_default().min(HELPED_TIMES);
        let near = row.state.service.is_some_and(|id| subject.helped_services.contains(&id));
        let value = score.value
            * if helped { HELPED_HERE } else { 1.0 }
            * if near { HELPED_SERVICE } else { 1.0 }
            * (1.0 + HELPED_THERE * times as f64);
        if value < ALIKE_MIN {
            continue;
        }
        let why = Why {
            words: words_of(&score),
            same_service: subject.service.is_some() && subject.service == row.state.service,
            labels: labels.intersection(&subject.labels).cloned().collect(),
            helped,
        };
        let took_seconds = took(&row);
        best.push((
            value,
            SimilarIncident { row, score: share(value), why, ended: None, took_seconds },
        ));
    }
    best.order_by(|a, b| b.0.total_cmp(&a.0).then_with(|| b.1.row.number.cmp(&a.1.row.number)));
    best.truncate(SHOWN_MAX);
    let mut best: Vec<SimilarIncident> = best.into_iter().map(|(_, one)| one).collect();
    let notes: Vec<_> = best
        .iter()
        .filter_map(|one| one.row.state.resolution.as_ref().map(|resolution| resolution.note))
        .collect();
    let notes = timeline::contents_by_id(sql, &notes)?;
    for one in &mut best {
        one.ended = ended(&one.row, &notes);
    }
    Ok(best)
}

/// A candidate as it is compared: by its title and what was said in public, so that nothing
/// internal is told by what is alike.
fn doc_of(row: &IncidentRow, text: String) -> Doc {
    let doc = Doc::new(&row.title, &text).at(row.state.reported_at);
    with_facts(doc, row.state.service, &BTreeSet::new())
}

fn with_facts(doc: Doc, service: Option<ServiceId>, labels: &BTreeSet<String>) -> Doc {
    let doc = match service {
        Some(id) => doc.with("service", &id.to_string()),
        None => doc,
    };
    labels.iter().fold(doc, |doc, label| doc.with(ALERT, label))
}

/// What requester and watchers may read, as much of it as is compared.
fn public(words: &[Words]) -> String {
    let mut text = String::new();
    for words in words.iter().filter(|words| words.public) {
        let room = TEXT_CHARS.saturating_sub(text.len());
        text.extend(words.text.chars().take(room));
        text.push('\n');
    }
    text
}

fn words_of(score: &Score) -> Vec<String> {
    let words = score.reasons.iter().filter(|reason| reason.shared != Shared::Fact);
    words.map(|reason| reason.words.clone()).collect()
}

fn share(value: f64) -> f32 {
    value.clamp(0.0, 1.0) as f32
}

/// From the report until service was back, in seconds.
fn took(row: &IncidentRow) -> Option<i64> {
    let moments = &row.state.moments;
    let back = moments.restored.or(moments.resolved)?;
    Some(back.seconds_since(row.state.reported_at)).filter(|seconds| *seconds >= 0)
}

fn ended(row: &IncidentRow, notes: &HashMap<kernel::ContentId, StoredContent>) -> Option<Ended> {
    let resolution = row.state.resolution.as_ref()?;
    let may_read = |note: &&StoredContent| note.public || row.access == Access::Full;
    let words = notes.get(&resolution.note).filter(may_read).and_then(|note| note.body.clone());
    let known_error = resolution.known_error.clone().filter(|_| row.access == Access::Full);
    Some(Ended { code: resolution.code.clone(), words, known_error })
}
