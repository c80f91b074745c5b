//! Finding: the index says what and in which order, the database says what may be shown.

use super::asked::Asked;
use super::shown::{Shown, facets};
use super::{Found, FoundIncident, FoundName, Wish};
use crate::{Desk, Trouble};
use ::search::{Hit, Index, Kind, Place, Wanted};
use incident::{Access, Policy, Scope, Viewer};
use jiff::tz::TimeZone;
use kernel::{
    ArticleNumber, InOrder, IncidentNumber, PersonId, ProblemNumber, ServiceId, TeamId, Timestamp,
};
use query::{Context, Expr, Query, Term};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use store::directory::{articles, people, problems, services, teams};
use store::incidents::documents::{self as stored, Words};
use store::incidents::list::{self, IncidentRow, Look};
use store::incidents::search as database;
use store::{Failure, Sql};

/// Hits of each kind at most.
pub const FOUND_MAX: usize = 200;
/// Incidents of which the place of the words is shown: their texts are read for it.
const SNIPPETS_MAX: usize = 50;
/// Properties by which hits are counted, for the service desk and for everybody else.
const FACETS: [&str; 6] = ["state", "priority", "service", "team", "category", "channel"];
const PUBLIC_FACETS: [&str; 2] = ["state", "service"];
/// What is found besides incidents, by the service desk and by everybody else.
const OTHERS: [Kind; 5] = [Kind::Article, Kind::Problem, Kind::Service, Kind::Person, Kind::Team];
const PUBLIC_OTHERS: [Kind; 2] = [Kind::Article, Kind::Service];

impl Desk {
    /// What meets a wish, within what the viewer may see. Where the index cannot answer all of
    /// it, or is not there, the database does.
    ///
    /// # Errors
    ///
    /// [`Trouble::Failed`] when the database does not answer.
    pub async fn find(&self, viewer: &Viewer, mut wish: Wish) -> Result<Found, Trouble> {
        if Scope::of(viewer).nothing {
            return Ok(Found::default());
        }
        wish.limit = wish.limit.min(FOUND_MAX);
        let index = self.0.search.index();
        let building = self.0.search.seen().standing.building;
        let finder =
            Finder { viewer: viewer.clone(), policy: self.policy(), now: self.now(), wish };
        let asked = index.map(|index| (index, building));
        let answer = self
            .read(move |sql| match asked {
                Some((index, building)) => finder.find(sql, &index, building),
                None => finder.ask_database(sql).map(Ok),
            })
            .await?;
        match answer {
            Ok(found) => Ok(found),
            // It is asked once more, without the index.
            Err((failure, finder)) => {
                self.0.search.give_up(&failure);
                self.read(move |sql| finder.ask_database(sql)).await
            }
        }
    }
}

/// What was found, or that the index failed.
type Answer = Result<Found, (::search::Failure, Finder)>;

/// One wish of one viewer.
struct Finder {
    viewer: Viewer,
    policy: Arc<Policy>,
    now: Timestamp,
    wish: Wish,
}

impl Finder {
    fn scope(&self) -> Scope {
        Scope::of(&self.viewer)
    }

    /// Whether this person reads what is for the service desk.
    fn is_staff(&self) -> bool {
        self.viewer.reads_configuration()
    }

    /// The wish in the query language; what is no query are words.
    fn query(&self) -> Query {
        query::parse(&self.wish.text).unwrap_or_else(|_| {
            let words = query::words(&self.wish.text).into_iter();
            let words = words
                .take(kernel::limits::QUERY_TERMS)
                .map(|text| query::Text { text, prefix: true });
            let filter = match Expr::all_of(words.map(|word| Expr::Term(Term::Text(word)))) {
                // Signs alone are not everything.
                Expr::All => Expr::nothing(),
                words => words,
            };
            Query { filter, sort: None }
        })
    }

    fn find(
        self,
        sql: &mut dyn Sql,
        index: &Index,
        building: Option<f32>,
    ) -> Result<Answer, Failure> {
        let query = self.query();
        let asked = match query.sort {
            None => Asked::of(&query.filter, &self.policy, &self.viewer),
            Some(_) => None,
        };
        let Some(asked) = asked else {
            let mut found = Found { building, ..Found::default() };
            self.incidents_of(sql, &query, &mut found)?;
            return Ok(Ok(found));
        };
        let hits = match Hits::of(&self, index, &asked) {
            Ok(hits) => hits,
            Err(failure) => return Ok(Err((failure, self))),
        };
        let mut found = Found {
            total: hits.incidents.total,
            corrected: hits.corrected().map(|words| with_conditions(words, &query.filter)),
            facets: facets(&hits.incidents.facets, &self.policy),
            building,
            ..Found::default()
        };
        let near: Vec<String> = hits.all().flat_map(|found| found.near.clone()).collect();
        let shown = Shown::new(Wanted::of(&asked.text, self.wish.typing).and(&near));
        self.incidents(sql, &hits.incidents.hits, &shown, &mut found)?;
        self.records(sql, &hits, &shown, &mut found)?;
        if asked.filters.is_empty() {
            self.names(sql, &hits, &shown, &mut found)?;
        }
        Ok(Ok(found))
    }

    /// The incidents of these hits that the viewer may see, in their order; first the one whose
    /// number was typed, which the index may not know yet.
    fn incidents(
        &self,
        sql: &mut dyn Sql,
        hits: &[Hit],
        shown: &Shown,
        found: &mut Found,
    ) -> Result<(), Failure> {
        let exact = number(&self.wish.text);
        let known = hits.iter().filter_map(|hit| hit.id.parse::<IncidentNumber>().ok());
        let mut numbers: Vec<IncidentNumber> = exact.into_iter().collect();
        numbers.extend(known.filter(|number| Some(*number) != exact));
        let mut rows = list::get_many(sql, &self.scope(), &numbers)?;
        let order: HashMap<IncidentNumber, usize> = numbers.into_iter().zip(0..).collect();
        rows.order_by_key(|row| order.get(&row.number).copied());
        let there: HashSet<IncidentNumber> = rows.iter().map(|row| row.number).collect();
        let known = hits.iter().filter_map(|hit| hit.id.parse::<IncidentNumber>().ok());
        let hidden = known.filter(|number| !there.contains(number)).count() as u64;
        if hidden > 0 {
            // Hidden a moment ago, so that the index does not know: no count tells of it.
            found.total = found.total.saturating_sub(hidden);
            found.facets.clear();
        }
        rows.truncate(self.wish.limit);
        found.total = found.total.max(rows.len() as u64);
        let elsewhere = |hit: &&Hit| {
            hit.places.iter().any(|place| matches!(place, Place::Text | Place::Internal))
        };
        let shows_texts = self.wish.shows_texts();
        let inside: Vec<IncidentNumber> = hits
            .iter()
            .filter(|hit| shows_texts && elsewhere(hit))
            .filter_map(|hit| hit.id.parse().ok())
            .filter(|number| rows.iter().any(|row| row.number == *number))
            .take(SNIPPETS_MAX)
            .collect();
        let mut said = stored::said(sql, &inside)?;
        found.incidents = rows
            .into_iter()
            .map(|row| {
                let words = said.remove(&row.number).unwrap_or_default();
                shown_incident(row, &words, shown)
            })
            .collect();
        Ok(())
    }

    /// Problems and articles of these hits.
    fn records(
        &self,
        sql: &mut dyn Sql,
        hits: &Hits,
        shown: &Shown,
        found: &mut Found,
    ) -> Result<(), Failure> {
        let staff = self.is_staff();
        let numbers: Vec<ProblemNumber> = if staff { hits.ids(Kind::Problem) } else { vec![] };
        let mut rows = problems::get_many(sql, &numbers)?;
        rows.order_by_key(|row| numbers.iter().position(|number| *number == row.number));
        found.problems = rows.iter().map(|row| shown.problem(row)).collect();
        let numbers: Vec<ArticleNumber> = hits.ids(Kind::Article);
        let mut rows = articles::get_many(sql, &numbers)?;
        rows.retain(|row| staff || row.is_open());
        rows.order_by_key(|row| numbers.iter().position(|number| *number == row.number));
        found.articles = rows.iter().map(|row| shown.article(row)).collect();
        Ok(())
    }

    /// Services, people and teams of these hits; while the index is filled also those that it does
    /// not know yet.
    fn names(
        &self,
        sql: &mut dyn Sql,
        hits: &Hits,
        shown: &Shown,
        found: &mut Found,
    ) -> Result<(), Failure> {
        for id in hits.ids::<ServiceId>(Kind::Service) {
            let service = services::get(sql, id)?.filter(|service| service.active);
            let detail = |text: String| if self.is_staff() { text } else { String::new() };
            found.services.extend(service.map(|one| FoundName {
                id,
                name: shown.marked(&one.name),
                detail: detail(one.description),
            }));
        }
        if self.is_staff() {
            let named: Vec<PersonId> = hits.ids(Kind::Person);
            let mut known = people::get_many(sql, &named)?;
            known.retain(|person| person.active);
            known.order_by_key(|person| named.iter().position(|id| *id == person.id));
            found.people.extend(known.into_iter().map(|person| FoundName {
                id: person.id,
                name: shown.marked(&person.name),
                detail: person.email.unwrap_or_default(),
            }));
            for id in hits.ids::<TeamId>(Kind::Team) {
                let team = teams::get(sql, id)?.filter(|team| team.active);
                found.teams.extend(team.map(|one| FoundName {
                    id,
                    name: shown.marked(&one.name),
                    detail: one.description,
                }));
            }
        }
        match found.building {
            Some(_) => self.names_of_database(sql, shown, found),
            None => Ok(()),
        }
    }

    /// Fills in what has no hit yet from the names in the database.
    fn names_of_database(
        &self,
        sql: &mut dyn Sql,
        shown: &Shown,
        found: &mut Found,
    ) -> Result<(), Failure> {
        let (text, limit) = (&self.wish.text, self.wish.limit);
        if query::words(text).is_empty() {
            return Ok(());
        }
        if found.services.is_empty() {
            let known = database::find_services(sql, text, limit)?.into_iter();
            found.services = known
                .map(|one| FoundName {
                    id: one.id,
                    name: shown.marked(&one.name),
                    detail: String::new(),
                })
                .collect();
        }
        if !self.is_staff() {
            return Ok(());
        }
        if found.people.is_empty() {
            let known = database::find_people(sql, text, limit)?.into_iter();
            found.people = known
                .map(|one| FoundName {
                    id: one.id,
                    name: shown.marked(&one.name),
                    detail: one.email.unwrap_or_default(),
                })
                .collect();
        }
        if found.teams.is_empty() {
            let known = database::find_teams(sql, text, limit)?.into_iter();
            found.teams = known
                .map(|one| FoundName {
                    id: one.id,
                    name: shown.marked(&one.name),
                    detail: one.description,
                })
                .collect();
        }
        Ok(())
    }

    /// Everything from the database alone, as long as there is no index.
    fn ask_database(&self, sql: &mut dyn Sql) -> Result<Found, Failure> {
        let (query, mut found) = (self.query(), Found::default());
        let shown = Shown::new(Wanted::of(&self.wish.text, true));
        if !only_words(&query) {
            self.incidents_of(sql, &query, &mut found)?;
            return Ok(found);
        }
        let look = self.look(sql)?;
        let rows = database::search(sql, &look, &self.wish.text, self.wish.limit)?;
        found.total = rows.len() as u64;
        found.incidents = rows.into_iter().map(|row| shown_incident(row, &[], &shown)).collect();
        let words = query::words(&self.wish.text);
        if !words.is_empty() {
            let all =
                if self.is_staff() { articles::list(sql)? } else { articles::list_open(sql)? };
            let all = all.iter().filter(|one| has_all(&one.title, &words));
            found.articles = all.take(self.wish.limit).map(|one| shown.article(one)).collect();
            if self.is_staff() {
                let all = problems::list(sql)?;
                let all = all.iter().filter(|one| has_all(&one.title, &words));
                found.problems = all.take(self.wish.limit).map(|one| shown.problem(one)).collect();
            }
        }
        self.names_of_database(sql, &shown, &mut found)?;
        Ok(found)
    }

    /// The incidents of a query, as lists find them.
    fn incidents_of(
        &self,
        sql: &mut dyn Sql,
        query: &Query,
        found: &mut Found,
    ) -> Result<(), Failure> {
        let look = self.look(sql)?;
        let page = list::list(sql, &look, query, self.wish.limit, None)?;
        found.total = page.rows.len() as u64;
        if page.next.is_some() {
            let counted = list::count(sql, &look, &query.filter, list::COUNTED)?;
            found.total = counted.unsigned_abs();
        }
        let shown = Shown::new(Wanted::of(&words_of(&query.filter), true));
        found.incidents =
            page.rows.into_iter().map(|row| shown_incident(row, &[], &shown)).collect();
        Ok(())
    }

    /// What lists ask of the viewer.
    fn look(&self, sql: &mut dyn Sql) -> Result<Look, Failure> {
        let person = people::get(sql, self.viewer.person)?;
        let zone = person.map(|person| person.time_zone).filter(|zone| !zone.is_empty());
        let zone = zone.unwrap_or_else(|| self.policy.time_zone.clone());
        let context = Context {
            me: Some(self.viewer.person),
            my_teams: self.viewer.teams.iter().copied().collect(),
            now: self.now,
            zone: TimeZone::get(&zone).unwrap_or(TimeZone::UTC),
        };
        Ok(Look { scope: self.scope(), context })
    }
}

/// What the index found.
#[derive(Default)]
struct Hits {
    incidents: ::search::Found,
    /// Everything else, asked for at once: typing errors are looked up once for all of it.
    others: ::search::Found,
    /// Hits of each kind.
    limit: usize,
}

impl Hits {
    fn of(finder: &Finder, index: &Index, asked: &Asked) -> Result<Hits, ::search::Failure> {
        let (scope, staff, wish) = (finder.scope(), finder.is_staff(), &finder.wish);
        let facets: &[&str] = match (wish.facets, staff) {
            (false, _) => &[],
            (true, true) => &FACETS,
            (true, false) => &PUBLIC_FACETS,
        };
        let of = |kinds: &[Kind], facets: &[&str], limit: usize| {
            let wish = ::search::Wish {
                text: asked.text.clone(),
                typing: wish.typing,
                kinds: kinds.to_vec(),
                filters: asked.filters.clone(),
                limit,
                offset: 0,
                facets: facets.iter().map(|name| (*name).to_owned()).collect(),
                now: Some(finder.now),
            };
            index.search(&scope, &wish)
        };
        let incidents = of(&[Kind::Incident], facets, wish.limit)?;
        let mut hits = Hits { incidents, limit: wish.limit, ..Hits::default() };
        // A filter is about incidents, and nothing else is listed without a word.
        if asked.filters.is_empty() && !asked.text.trim().is_empty() {
            let kinds: &[Kind] = if staff { &OTHERS } else { &PUBLIC_OTHERS };
            hits.others = of(kinds, &[], (wish.limit * kinds.len()).min(FOUND_MAX))?;
            // Very many of one kind, such as people of a common name, leave no room for others.
            for kind in hits.crowded_out() {
                let more = of(&[kind], &[], wish.limit)?;
                hits.others.hits.retain(|hit| hit.kind != kind);
                hits.others.hits.extend(more.hits);
            }
        }
        Ok(hits)
    }

    /// Kinds of which more were found than there is room for among the others.
    fn crowded_out(&self) -> Vec<Kind> {
        let few = |(kind, found): (&Kind, &u64)| {
            let there = self.others.hits.iter().filter(|hit| hit.kind == *kind).count() as u64;
            (there < (*found).min(self.limit as u64)).then_some(*kind)
        };
        self.others.kinds.iter().filter_map(few).collect()
    }

    fn all(&self) -> impl Iterator<Item = &::search::Found> {
        [&self.incidents, &self.others].into_iter()
    }

    /// The ids of hits of one kind, in their order.
    fn ids<Id: std::str::FromStr>(&self, kind: Kind) -> Vec<Id> {
        let of_kind = self.others.hits.iter().filter(|hit| hit.kind == kind);
        of_kind.filter_map(|hit| hit.id.parse().ok()).take(self.limit).collect()
    }

    /// What was taken to be meant, if nothing has the words as they were typed.
    fn corrected(&self) -> Option<String> {
        let as_typed =
            |found: &::search::Found| !found.hits.is_empty() && found.corrected.is_none();
        match self.all().any(as_typed) {
            true => None,
            false => self.all().find_map(|found| found.corrected.clone()),
        }
    }
}

/// `INC-42`, and `42` alone.
fn number(text: &str) -> Option<IncidentNumber> {
    let text = text.trim();
    text.parse().or_else(|_| format!("INC-{text}").parse()).ok()
}

/// An incident with the words in the texts that its viewer may read.
fn shown_incident(row: IncidentRow, words: &[Words], shown: &Shown) -> FoundIncident {
    // The title is shown anyway.
    let may_read =
        |words: &&Words| (words.public || row.access == Access::Full) && words.text != row.title;
    let snippet = words.iter().filter(may_read).find_map(|words| shown.snippet(&words.text));
    FoundIncident { title: shown.marked(&row.title), snippet, row }
}

/// These words instead of those of a condition, with everything else that it asks for.
fn with_conditions(mut words: String, filter: &Expr) -> String {
    let parts = match filter {
        Expr::And(parts) => parts.as_slice(),
        one => std::slice::from_ref(one),
    };
    let is_word = |part: &&Expr| matches!(part, Expr::Term(Term::Text(_) | Term::Number(_)));
    for condition in parts.iter().filter(|part| !is_word(part)) {
        words.push(' ');
        words.push_str(&condition.to_string());
    }
    words
}

/// Whether a query asks for words alone, all of them.
fn only_words(query: &Query) -> bool {
    let is_word = |expr: &Expr| matches!(expr, Expr::Term(Term::Text(_) | Term::Number(_)));
    query.sort.is_none()
        && match &query.filter {
            Expr::And(parts) => parts.iter().all(is_word),
            one => is_word(one),
        }
}

/// The words of a condition, to be marked.
fn words_of(expr: &Expr) -> String {
    match expr {
        Expr::Term(Term::Text(text)) => text.text.clone(),
        Expr::And(parts) | Expr::Or(parts) => parts
            .iter()
            .map(words_of)
            .filter(|words| !words.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
        _ => String::new(),
    }
}

fn has_all(title: &str, words: &[String]) -> bool {
    let there = query::words(title);
    words.iter().all(|word| there.iter().any(|other| other.starts_with(word.as_str())))
}
