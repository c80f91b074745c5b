//! From a row or a decision to an answer that shows the incident.

use super::needs::{people_needed, words_needed};
use super::view::{Incident, Shown, Words, render};
use crate::app::App;
use crate::directory::{Cards, Directory};
use crate::json;
use crate::problem::Problem;
use crate::version;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use desk::Done;
use desk::expected::Outlook;
use incident::{Access, Scope, State, Subject, TokenScope, Viewer};
use kernel::{ContentId, IncidentNumber, Timestamp};
use serde::{Serialize, Serializer};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use store::incidents::list::{self, IncidentRow};
use store::incidents::timeline::{self, StoredContent};

/// An incident with everything that an answer shows of it.
pub(crate) struct Loaded {
    pub(crate) number: IncidentNumber,
    pub(crate) state: Arc<State>,
    pub(crate) access: Access,
    title: String,
    words: Words,
    people: Arc<Cards>,
    directory: Arc<Directory>,
    related: Arc<BTreeSet<IncidentNumber>>,
    now: Timestamp,
    /// In a list by risk: the instant it is ranked for.
    ranked_at: Option<Timestamp>,
    /// When it is expected to be over, where one alone is read.
    outlook: Option<Outlook>,
}

impl Loaded {
    /// Its JSON.
    pub(crate) fn show<'a>(&'a self, app: &'a App) -> Incident<'a> {
        let policy = app.desk().policy();
        let full = self.access == Access::Full;
        let risk_at = self.ranked_at.unwrap_or(self.now);
        render(&Shown {
            number: self.number,
            state: &self.state,
            title: &self.title,
            words: &self.words,
            people: &self.people,
            directory: &self.directory,
            related: &self.related,
            calendars: policy.calendars.clone(),
            risk: if full { insight::risk_of(&self.state, &policy, risk_at) } else { None },
            outlook: self.outlook.as_ref(),
            now: self.now,
            access: self.access,
            public_url: app.public_url(),
        })
    }

    /// An answer with it and its version; without both when the viewer cannot see it.
    pub(crate) fn respond(&self, app: &App, status: StatusCode) -> Response {
        let mut response = match self.access {
            Access::None => StatusCode::NO_CONTENT.into_response(),
            _ => {
                let response = json::answer_of(status, &self.show(app), WRITTEN_BYTES);
                version::tagged(response, i64::from(self.state.version))
            }
        };
        if status == StatusCode::CREATED
            && let Ok(place) = HeaderValue::try_from(format!("/api/v1/incidents/{}", self.number))
        {
            response.headers_mut().insert(LOCATION, place);
        }
        response
    }
}

/// About what an incident takes, written.
const WRITTEN_BYTES: usize = 2_500;

/// A page of incidents. Each is rendered as its turn comes, and none is kept.
#[derive(Serialize)]
struct Listed<'a> {
    items: Items<'a>,
    next: Option<String>,
}

struct Items<'a>(&'a [Loaded], &'a App);

impl Serialize for Items<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|one| one.show(self.1)))
    }
}

/// The answer with a page of a list, and where the next one begins.
pub(crate) fn list_of(app: &App, loaded: &[Loaded], next: Option<String>) -> Response {
    let listed = Listed { items: Items(loaded, app), next };
    json::answer_of(StatusCode::OK, &listed, loaded.len() * WRITTEN_BYTES)
}

/// An incident as somebody may see it.
pub(crate) async fn load(
    app: &App,
    viewer: &Viewer,
    number: IncidentNumber,
) -> Result<Loaded, Problem> {
    let scope = Scope::of(viewer);
    let (policy, forecaster) = (app.desk().policy(), app.desk().forecaster());
    let now = app.desk().now();
    let found = app
        .desk()
        .read(move |sql| {
            let Some(row) = list::get(sql, &scope, number)? else { return Ok(None) };
            let words = timeline::contents_by_id(sql, &words_needed(&row.state, row.access, true))?;
            let related = list::seen(sql, &scope, &related_to(&row.state))?;
            let outlook = forecaster.read(sql, number, &row.state, &policy, now)?;
            Ok(Some((row, words, related, outlook)))
        })
        .await?;
    let Some((row, words, related, outlook)) = found else {
        return Err(Problem::no_such_incident());
    };
    let directory = app.directory_for(std::iter::once(&*row.state)).await?;
    let people = directory.people(app.desk(), people_needed(&row.state, row.access)).await?;
    let words = for_viewer(words, row.access);
    let loaded = loaded(row, words, people.into(), directory, Arc::new(related), now);
    Ok(Loaded { outlook, ..loaded })
}

/// Rows of a list as somebody may see them, without their descriptions; ranked by risk for
/// an instant, or not.
pub(crate) async fn load_rows(
    app: &App,
    viewer: &Viewer,
    rows: Vec<IncidentRow>,
    ranked_at: Option<Timestamp>,
) -> Result<Vec<Loaded>, Problem> {
    let related = related_seen(app, viewer, rows.iter().map(|row| &*row.state)).await?;
    let ids: Vec<ContentId> =
        rows.iter().flat_map(|row| words_needed(&row.state, row.access, false)).collect();
    let stored = match ids.is_empty() {
        true => HashMap::new(),
        false => app.desk().read(move |sql| timeline::contents_by_id(sql, &ids)).await?,
    };
    let directory = app.directory_for(rows.iter().map(|row| &*row.state)).await?;
    let people = rows.iter().flat_map(|row| people_needed(&row.state, row.access));
    let people = Arc::new(directory.people(app.desk(), people).await?);
    let now = app.desk().now();
    let one = |row: IncidentRow| {
        let ids = words_needed(&row.state, row.access, false);
        let own = ids.iter().filter_map(|id| Some((*id, stored.get(id)?.clone()))).collect();
        let words = for_viewer(own, row.access);
        let loaded = loaded(row, words, people.clone(), directory.clone(), related.clone(), now);
        Loaded { ranked_at, ..loaded }
    };
    Ok(rows.into_iter().map(one).collect())
}

/// What a report made. Everything it shows came with the request, so nothing is read, unless
/// a model or a rule brought further words.
pub(crate) async fn reported(
    app: &App,
    viewer: &Viewer,
    done: Done,
    description: Option<String>,
) -> Result<Loaded, Problem> {
    let brought = !done.state.models.is_empty() || !done.state.tasks.is_empty();
    let done = match done {
        Done { title: Some(_), .. } if !brought => done,
        _ => return after(app, viewer, done).await,
    };
    let Done { number, state, title, .. } = done;
    let title = title.unwrap_or_default();
    let access = access_after(viewer, &state, true, false);
    let directory = app.directory_for(std::iter::once(&state)).await?;
    let people = directory.people(app.desk(), people_needed(&state, access)).await?;
    let words = state.description.into_iter().zip(description).collect();
    let related = related_seen(app, viewer, std::iter::once(&state)).await?;
    let now = app.desk().now();
    Ok(Loaded {
        number,
        state: state.into(),
        access,
        title,
        words,
        people: people.into(),
        directory,
        related,
        now,
        ranked_at: None,
        outlook: None,
    })
}

/// How much of what a command left its caller sees. Whoever made an incident is
/// shown what they made, even by a token that may only report; who repeats that
/// later is not, when it was hidden from them meanwhile.
fn access_after(viewer: &Viewer, state: &State, created: bool, repeated: bool) -> Access {
    let subject = Subject::from(state);
    let access = Scope::of(viewer).access(&subject);
    if !created || access > Access::None {
        return access;
    }
    let person = Viewer { scope: TokenScope::Admin, ..viewer.clone() };
    match repeated && Scope::of(&person).access(&subject) == Access::None {
        true => Access::None,
        false => Access::Public,
    }
}

/// What a command left.
async fn after(app: &App, viewer: &Viewer, done: Done) -> Result<Loaded, Problem> {
    let Done { number, state, created, repeated, .. } = done;
    let access = access_after(viewer, &state, created, repeated);
    let ids = words_needed(&state, access, true);
    let (title, stored) = app
        .desk()
        .read(move |sql| {
            let title = store::incidents::title_of(sql, number)?.unwrap_or_default();
            Ok((title, timeline::contents_by_id(sql, &ids)?))
        })
        .await?;
    let directory = app.directory_for(std::iter::once(&state)).await?;
    let people = directory.people(app.desk(), people_needed(&state, access)).await?;
    let related = related_seen(app, viewer, std::iter::once(&state)).await?;
    let (words, now) = (for_viewer(stored, access), app.desk().now());
    Ok(Loaded {
        number,
        state: state.into(),
        access,
        title,
        words,
        people: people.into(),
        directory,
        related,
        now,
        ranked_at: None,
        outlook: None,
    })
}

/// The answer to a command: the incident, or nothing when the command put it out
/// of the viewer's sight.
pub(crate) async fn respond(app: &App, viewer: &Viewer, done: Done) -> Result<Response, Problem> {
    let created = done.created;
    let loaded = after(app, viewer, done).await?;
    Ok(loaded.respond(app, if created { StatusCode::CREATED } else { StatusCode::OK }))
}

/// What is not for the viewer is as good as unknown.
fn for_viewer(stored: HashMap<ContentId, StoredContent>, access: Access) -> Words {
    let may = |content: &StoredContent| access == Access::Full || content.public;
    stored
        .into_values()
        .filter(may)
        .filter_map(|content| Some((content.id, content.body?)))
        .collect()
}

fn loaded(
    row: IncidentRow,
    words: Words,
    people: Arc<Cards>,
    directory: Arc<Directory>,
    related: Arc<BTreeSet<IncidentNumber>>,
    now: Timestamp,
) -> Loaded {
    let IncidentRow { number, title, state, access, .. } = row;
    Loaded {
        number,
        state,
        access,
        title,
        words,
        people,
        directory,
        related,
        now,
        ranked_at: None,
        outlook: None,
    }
}

/// The incidents that others name which the viewer may see: the rest is hidden, number and all.
async fn related_seen<'a>(
    app: &App,
    viewer: &Viewer,
    states: impl Iterator<Item = &'a State>,
) -> Result<Arc<BTreeSet<IncidentNumber>>, Problem> {
    let numbers: Vec<IncidentNumber> = states.flat_map(related_to).collect();
    if numbers.is_empty() {
        return Ok(Arc::default());
    }
    let scope = Scope::of(viewer);
    Ok(Arc::new(app.desk().read(move |sql| list::seen(sql, &scope, &numbers)).await?))
}

/// The incidents that one names.
fn related_to(state: &State) -> Vec<IncidentNumber> {
    let links = state.links.iter().filter_map(|link| link.target.parse().ok());
    let sets = state.parts.iter().chain(&state.children).copied();
    sets.chain(links).chain(state.parent).chain(state.merged_into).collect()
}

/// Somebody's look at the incidents, for lists and searches.
pub(crate) fn look(app: &App, caller: &crate::auth::Caller) -> list::Look {
    let viewer = caller.viewer();
    let zone = jiff::tz::TimeZone::get(&caller.person().time_zone);
    list::Look {
        scope: Scope::of(viewer),
        context: query::Context {
            me: Some(viewer.person),
            my_teams: viewer.teams.iter().copied().collect(),
            now: app.desk().now(),
            zone: zone.unwrap_or(jiff::tz::TimeZone::UTC),
        },
    }
}

/// How many open incidents meet a condition, whoever may see them.
pub(crate) fn open_with(
    sql: &mut dyn store::Sql,
    now: Timestamp,
    term: query::Term,
) -> Result<i64, store::Failure> {
    let nobody = kernel::PersonId(Default::default());
    let look = list::Look {
        scope: Scope {
            everything: true,
            open_to_staff: true,
            teams: Default::default(),
            person: nobody,
            organisation: None,
            nothing: false,
        },
        context: query::Context { me: None, my_teams: vec![], now, zone: jiff::tz::TimeZone::UTC },
    };
    let open = query::Term::State(vec![query::StateWord::Open]);
    let expr = query::Expr::all_of([open.into(), term.into()]);
    list::count(sql, &look, &expr, list::COUNTED)
}
