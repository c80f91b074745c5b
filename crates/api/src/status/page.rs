//! How the status page presents itself, and how it is doing.

use crate::app::App;
use crate::auth::Caller;
use crate::door::Door;
use crate::json::Body;
use crate::kept::{self, line};
use crate::problem::Problem;
use crate::version::Seen;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::response::Response;
use kernel::{Language, Timestamp, limits};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::status::page::{self, StatusPage};
use utoipa::ToSchema;

/// Characters of the line that says where to get help, and of a domain: the rules say less.
const LINE_CHARS: usize = 300;

/// How the status page presents itself, and how it is doing.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatusPage)]
struct Shown {
    /// Whether everybody may read it.
    public: bool,
    /// Whose page it is; the instance's name when empty.
    name: String,
    #[schema(value_type = Vec<String>)]
    languages: Vec<Language>,
    /// The instance's when empty.
    time_zone: String,
    /// A domain of its own.
    domain: String,
    /// Whether this server answers at that domain, and people subscribe there.
    domain_is_ours: bool,
    /// Where to get help.
    support: String,
    /// Whether it shows a logo.
    has_logo: bool,
    /// When it was last made anew; null before that.
    #[schema(value_type = Option<String>, format = DateTime)]
    made_at: Option<Timestamp>,
    /// Bytes of the public page as browsers load it.
    page_bytes: u64,
    /// Why it cannot be made anew at present.
    failing: Option<String>,
    /// Where else its files are written.
    places: Vec<Place>,
}

/// A place where its files are written.
#[derive(Debug, Serialize, ToSchema)]
struct Place {
    /// Folder or bucket.
    at: String,
    /// When everything was last there.
    #[schema(value_type = Option<String>, format = DateTime)]
    written_at: Option<Timestamp>,
    /// What the last attempt ended with.
    failing: Option<String>,
}

/// How the status page presents itself. What is empty is the instance's.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatusPageSettings {
    /// Whether everybody may read it.
    public: bool,
    /// Whose page it is.
    #[serde(default)]
    name: String,
    /// Its languages, the first for readers who ask for none of them.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    languages: Vec<Language>,
    /// The zone of all days and times on it.
    #[serde(default)]
    time_zone: String,
    /// A domain of its own, such as `status.example.org`.
    #[serde(default)]
    domain: String,
    /// Whether this server answers at that domain, and people subscribe there. Where only files are,
    /// links of subscriptions lead to the server's own address.
    #[serde(default)]
    domain_is_ours: bool,
    /// Where to get help.
    #[serde(default)]
    support: String,
}

pub(super) fn doors() -> Vec<Door> {
    let example = json!({
        "public": true, "name": "Northwind", "languages": ["en", "de"], "time_zone": "Europe/Amsterdam",
        "domain": "status.northwind.example", "support": "help@northwind.example"
    });
    vec![
        Door::get("/api/v1/status-page", "readStatusPage", read)
            .about("status", "Read how the status page presents itself, and how it is doing", "")
            .answers::<Shown>(200, "The page.")
            .problems(&[401, 403, 503]),
        Door::put("/api/v1/status-page", "setStatusPage", put)
            .about(
                "status",
                "Set how the status page presents itself",
                "For administrators. The logo is set on its screen.",
            )
            .body::<StatusPageSettings>(example)
            .if_match()
            .answers::<Shown>(200, "The page as it is now.")
            .problems(&[400, 401, 403, 412, 413, 415, 422, 503]),
    ]
}

async fn read(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    caller.must_be_staff()?;
    let setting = app.desk().read(page::get).await?;
    Ok(kept::answer(&shown(&app, setting.value), setting.version))
}

async fn put(
    State(app): State<App>,
    caller: Caller,
    seen: Seen,
    headers: HeaderMap,
    body: Body<StatusPageSettings>,
) -> Result<Response, Problem> {
    caller.must_configure()?;
    let given = body.value;
    let given = StatusPage {
        id: String::new(),
        public: given.public,
        name: line("name", &given.name, limits::NAME_CHARS)?,
        languages: given.languages,
        time_zone: line("time_zone", &given.time_zone, LINE_CHARS)?,
        domain: line("domain", &given.domain, LINE_CHARS)?.to_ascii_lowercase(),
        domain_is_ours: given.domain_is_ours,
        support: line("support", &given.support, LINE_CHARS)?,
        logo: None,
    };
    desk::status::check(&given, app.host())?;
    // Whoever gave away the name that they came by would not come in again.
    let here = headers.get(HOST).and_then(|host| host.to_str().ok());
    let here = here.and_then(|host| host.split(':').next());
    desk::status::check(&given, here)?;
    let changed = app.desk().change(caller.actor(), move |sql, audit| {
        let before = page::get(sql)?;
        kept::check_seen(seen.must_be, before.version)?;
        let after = desk::status::accept(given, &before.value);
        kept::unless_stale(page::put(sql, &after, before.version)?, before.version)?;
        audit.changed(sql, "setting", page::STATUS_PAGE, &before.value, &after)?;
        Ok((after, before.version + 1))
    });
    let (after, version) = changed.await?;
    Ok(kept::answer(&shown(&app, after), version))
}

fn shown(app: &App, page: StatusPage) -> Shown {
    let (report, sites) = (app.desk().status().report(), app.desk().status().sites());
    let places = report.places.into_iter().map(|place| Place {
        at: place.shown,
        written_at: place.written_at,
        failing: place.failing.map(|(_, words)| words),
    });
    Shown {
        public: page.public,
        name: page.name,
        languages: page.languages,
        time_zone: page.time_zone,
        domain: page.domain,
        domain_is_ours: page.domain_is_ours,
        support: page.support,
        has_logo: page.logo.is_some(),
        made_at: report.made_at,
        page_bytes: sites.published().map_or(0, |site| site.page_bytes() as u64),
        failing: report.failing.map(|(_, words)| words),
        places: places.collect(),
    }
}
