//! The queue: views of incidents, each a query whose address can be shared.

mod bulk;
mod bulk_bar;
mod columns;
pub(crate) mod counts;
mod filter;
mod horizon;
pub(crate) mod listed;
pub(crate) mod page;
mod preview;
pub(crate) mod row;
mod saved;
pub(crate) mod suggest;
pub(crate) mod views;

pub(crate) use filter::mended;

use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::PageResult;
use crate::form::Fields;
use crate::route::{get, post};
use crate::url;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect};
use counts::{Counts, Stamp};
use horizon::{LATE_ROWS, REACH_SECONDS, READ_MAX};
use incident::Policy;
use kernel::limits;
use listed::{Listed, Shelf};
use query::{
    Bound, Compare, Expr, MomentField, ParseError, Query, Sort, SortKey, StateWord, Term, When,
};
use std::sync::Arc;
use store::incidents::filter::implies_open;
use store::incidents::list::{self, Cursor, IncidentRow, LikelyLate, Look, Ranking};
use store::{Failure, Sql};
use views::{View, Views};

/// Pages that the address remembers on the way back.
pub(crate) const BACK_MAX: usize = 20;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/queue", get(show))
        .route("/queue/suggest", get(suggest::terms))
        .route("/queue/bulk", post(bulk::apply))
        .route("/queue/undo", post(bulk::undo))
        .route("/queue/take", post(preview::take))
        .route("/queue/columns", post(columns::choose))
        .route("/queue/views", post(saved::create))
        .route("/queue/views/new", get(saved::form))
        .route("/queue/views/{id}", post(saved::change))
        .route("/queue/views/{id}/delete", post(saved::delete))
        .route("/incidents/{number}/preview", get(preview::show))
}

/// What the address asks for.
#[derive(Debug, Default)]
struct Asked {
    q: Option<String>,
    view: Option<String>,
    cursor: Option<String>,
    back: Vec<String>,
    edit: bool,
}

impl Asked {
    fn of(fields: &Fields) -> Asked {
        let owned = |name: &str| fields.filled(name).map(str::to_owned);
        let back = fields.get("back").filter(|_| fields.filled("cursor").is_some());
        Asked {
            q: fields.get("q").map(|text| text.trim().to_owned()),
            view: owned("view"),
            cursor: owned("cursor"),
            back: back
                .map(|back| back.split('.').take(BACK_MAX).map(str::to_owned).collect())
                .unwrap_or_default(),
            edit: fields.ticked("edit"),
        }
    }
}

/// What the page shows.
struct Loaded {
    views: Views,
    counts: Vec<i64>,
    view: Option<String>,
    text: String,
    query: Result<Query, ParseError>,
    listed: Arc<Listed>,
    total: i64,
    suffix: String,
    position: i64,
    /// Whether nothing was ever reported here.
    untouched: bool,
    policy: Arc<Policy>,
    late: LikelyLate,
    person: kernel::PersonId,
    /// Messages that wait for somebody.
    quarantined: i64,
}

impl Loaded {
    /// The view that is shown, or was before it was filtered.
    fn view(&self) -> Option<&View> {
        self.view.as_deref().and_then(|key| self.views.with_key(key))
    }

    /// The view, if this person saved it.
    fn own(&self) -> Option<&View> {
        self.view().filter(|view| view.belongs_to(self.person))
    }

    /// The rows, and where the next page begins.
    fn page(&self) -> &list::Page {
        &self.listed.page
    }

    /// Incidents with promises within reach of the horizon.
    fn ahead(&self) -> &[IncidentRow] {
        self.listed.ahead.as_deref().unwrap_or(&self.listed.page.rows)
    }

    /// The address of what is late in it.
    fn late_address(&self) -> Option<String> {
        let query = self.query.as_ref().ok()?;
        let late = query.clone().and(Expr::Term(Term::Breached(true)));
        Some(address(&late.to_string(), self.view()))
    }

    /// The address of the first page.
    fn address(&self) -> String {
        address(&self.text, self.view())
    }
}

/// The address of a query, shown within a view.
fn address(text: &str, view: Option<&View>) -> String {
    match view {
        Some(view) if view.text == text => url::queue_view(&view.key),
        Some(view) => format!("{}&view={}", url::queue_of(text), url::encode(&view.key)),
        None => url::queue_of(text),
    }
}

async fn show(State(app): State<App>, Staff(who): Staff, RawQuery(raw): RawQuery) -> PageResult {
    let fields = Fields::parse(raw.as_deref().unwrap_or_default());
    if let Some(address) = sent_by_form(&fields) {
        return Ok(Redirect::to(&address).into_response());
    }
    let asked = Asked::of(&fields);
    let (asked, loaded) = load(&app, &who, asked).await?;
    let surges = crate::surges::banner(&app, &who, None);
    Ok(page::show(&who, &asked, &loaded, surges).into_response())
}

/// The filter form sends what to add or drop; the address to go on with says the whole query.
fn sent_by_form(fields: &Fields) -> Option<String> {
    let sent = fields.ticked("add") || fields.ticked("drop");
    sent.then(|| {
        let drop = fields.filled("drop").and_then(|at| at.parse().ok());
        let text = filter::changed(fields.text("q"), fields.text("add"), drop);
        let view = fields
            .filled("view")
            .map(|view| format!("&view={}", url::encode(view)))
            .unwrap_or_default();
        format!("{}{view}", url::queue_of(&text))
    })
}

/// Reads everything of a page at once, on one thread and from one snapshot.
async fn load(app: &App, who: &SignedIn, asked: Asked) -> PageResult<(Asked, Loaded)> {
    let reading = Reading {
        look: who.look(),
        whose: counts::whose(&who.look().scope, &who.zone_name),
        viewer: who.viewer().clone(),
        policy: app.desk.policy(),
        ranking: app.desk.ranking(),
        counts: app.counts.clone(),
        shelf: app.shelf.clone(),
        // Taken before reading: what happens meanwhile is told twice rather than not at all.
        position: app.desk.feed().position(),
    };
    let loaded = app
        .desk
        .read(move |sql| {
            let loaded = reading.load(sql, &asked)?;
            Ok((asked, loaded))
        })
        .await?;
    Ok(loaded)
}

struct Reading {
    look: Look,
    whose: String,
    viewer: incident::Viewer,
    policy: Arc<Policy>,
    ranking: Ranking,
    counts: Arc<Counts>,
    shelf: Arc<Shelf>,
    position: i64,
}

impl Reading {
    fn load(self, sql: &mut dyn Sql, asked: &Asked) -> Result<Loaded, Failure> {
        let views = Views::load(sql, &self.viewer, &self.policy)?;
        let (view, text, query) = self.wanted(&views, asked);
        // The position within this very snapshot: what the person just changed is behind it.
        let stamp = (store::incidents::feed::position(sql)?, self.policy.version);
        let counts = self.count_views(sql, &views, stamp)?;
        let (listed, total) = match &query {
            Ok(query) => self.rows(sql, asked, query, &text, stamp)?,
            Err(_) => (Arc::new(Listed { page: list::Page::default(), ahead: None }), 0),
        };
        let quarantined = match self.viewer.works() {
            true => store::messages::quarantined(sql)?,
            false => 0,
        };
        let suffix = address(&text, view.as_deref().and_then(|key| views.with_key(key)));
        let suffix = suffix.strip_prefix(url::QUEUE).unwrap_or_default().to_owned();
        let (position, policy, person) = (self.position, self.policy, self.viewer.person);
        Ok(Loaded {
            views,
            counts,
            view,
            text,
            query,
            listed,
            total,
            suffix,
            position,
            untouched: stamp.0 == 0,
            policy,
            late: self.ranking.likely_late(),
            person,
            quarantined,
        })
    }

    /// Which view, and its query or the one of the address.
    fn wanted(
        &self,
        views: &Views,
        asked: &Asked,
    ) -> (Option<String>, String, Result<Query, ParseError>) {
        let base = asked.view.as_deref().and_then(|key| views.with_key(key));
        match &asked.q {
            None => {
                let view = base.unwrap_or_else(|| Views::first_for(&self.viewer));
                (Some(view.key.clone()), view.text.clone(), Ok(view.query.clone()))
            }
            Some(typed) => match query::parse(typed) {
                Ok(query) => {
                    let text = query.to_string();
                    let view = views.with_text(&text).or(base).map(|view| view.key.clone());
                    (view, text, Ok(query))
                }
                Err(error) => (base.map(|view| view.key.clone()), typed.clone(), Err(error)),
            },
        }
    }

    fn count_views(
        &self,
        sql: &mut dyn Sql,
        views: &Views,
        stamp: Stamp,
    ) -> Result<Vec<i64>, Failure> {
        let count = |view: &View| {
            self.counts.of(sql, &self.look, &self.whose, &view.text, &view.query.filter, stamp)
        };
        views.0.iter().map(count).collect()
    }

    /// A page of rows and how many there are in all.
    fn rows(
        &self,
        sql: &mut dyn Sql,
        asked: &Asked,
        query: &Query,
        text: &str,
        stamp: Stamp,
    ) -> Result<(Arc<Listed>, i64), Failure> {
        let total = self.counts.of(sql, &self.look, &self.whose, text, &query.filter, stamp)?;
        let key = (self.whose.clone(), text.to_owned(), asked.cursor.clone().unwrap_or_default());
        let listed = self.shelf.of(key, stamp, || self.list(sql, asked, query))?;
        Ok((listed, total))
    }

    /// A page of rows, and what the horizon shows if the rows do not say it already.
    fn list(&self, sql: &mut dyn Sql, asked: &Asked, query: &Query) -> Result<Listed, Failure> {
        let query = &in_order(query);
        // An old address in another order begins at the first page.
        let cursor = asked.cursor.as_deref().and_then(|text| Cursor::parse(text, query).ok());
        let rows = limits::PAGE_ROWS;
        let page = list::ranked(sql, &self.look, &self.ranking, query, rows, cursor.as_ref())?;
        if cursor.is_none() && page.next.is_none() {
            return Ok(Listed { page, ahead: None });
        }
        let by_due = Sort { key: SortKey::Due, reversed: false };
        // What is late would leave no room for what can still be kept.
        let mut ahead = Vec::new();
        for (which, most) in [(late(), LATE_ROWS), (due_within_reach(), READ_MAX)] {
            let these = query.clone().and(which).with_sort(by_due);
            ahead.extend(list::list(sql, &self.look, &these, most, None)?.rows);
        }
        Ok(Listed { page, ahead: Some(ahead) })
    }
}

/// The query with the order in which the queue lists it: what is open by risk, unless it says otherwise.
pub(crate) fn in_order(query: &Query) -> Query {
    let by_risk = Sort { key: SortKey::Risk, reversed: false };
    match query.sort {
        None if implies_open(&query.filter) => query.clone().with_sort(by_risk),
        _ => query.clone(),
    }
}

/// Open incidents that are over a promise.
fn late() -> Expr {
    let open = Expr::Term(Term::State(vec![StateWord::Open]));
    Expr::all_of([open, Expr::Term(Term::Breached(true))])
}

/// Open incidents that are over none, and whose next promise is due within reach of the horizon.
fn due_within_reach() -> Expr {
    let soon = When::Compared(Compare::Lt, Bound::Duration(REACH_SECONDS));
    Expr::all_of([
        Expr::Term(Term::State(vec![StateWord::Open])),
        Expr::Term(Term::Breached(false)),
        Expr::Term(Term::Moment(MomentField::Due, soon)),
    ])
}
