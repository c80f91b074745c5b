//! The list of alerts: those that are not over first.

use super::{Sources, muted, severity, severity_word, sources, state, state_word};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::time;
use crate::settings::maintenance;
use crate::shell::{Page, Section};
use crate::url;
use alert::SignalStatus;
use axum::extract::{RawQuery, State};
use incident::Policy;
use kernel::{InOrder, Severity, limits};
use maud::{Markup, html};
use store::alerts::found::{Counted, Found, Wanted};

/// Alerts on one page.
const ROWS: usize = 100;

/// What can be chosen: value and words.
type Options = Vec<(String, String)>;

/// Which alerts, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    All,
    Open,
    Of(SignalStatus),
    Muted,
}

impl Which {
    /// In the order in which they are offered.
    const OFFERED: [Which; 6] = [
        Which::All,
        Which::Open,
        Which::Of(SignalStatus::Firing),
        Which::Of(SignalStatus::Acknowledged),
        Which::Muted,
        Which::Of(SignalStatus::Resolved),
    ];

    /// As it stands in an address.
    fn key(self) -> &'static str {
        match self {
            Which::All => "",
            Which::Open => "open",
            Which::Of(state) => state.as_str(),
            Which::Muted => "muted",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Which::All => "All",
            Which::Open => "Not over",
            Which::Of(state) => state_word(state),
            Which::Muted => "Nobody is paged",
        }
    }

    /// How many of those that are not over it has.
    fn count(self, counts: &[Counted]) -> Option<i64> {
        let sum = |has: &dyn Fn(&Counted) -> bool| {
            counts.iter().filter(|one| has(one)).map(|one| one.count).sum()
        };
        match self {
            Which::All | Which::Of(SignalStatus::Resolved) => None,
            Which::Open => Some(sum(&|_| true)),
            Which::Of(state) => Some(sum(&|one| one.state == state)),
            Which::Muted => Some(sum(&|one| one.muted.is_some())),
        }
    }
}

/// What an address asks for.
struct Asked {
    fields: Fields,
    which: Which,
    wanted: Wanted,
}

/// The fields of the address that stay from page to page.
const KEPT: [&str; 7] = ["state", "severity", "service", "source", "incident", "group", "q"];

impl Asked {
    fn read(query: Option<&str>) -> Asked {
        let fields = Fields::parse(query.unwrap_or_default());
        let word = fields.text("state");
        let which = Which::OFFERED.into_iter().find(|which| which.key() == word);
        let which = which.unwrap_or(Which::All);
        let text: String = fields.text("q").chars().take(limits::TITLE_CHARS).collect();
        let wanted = Wanted {
            open: match which {
                Which::Open | Which::Muted => Some(true),
                Which::Of(SignalStatus::Resolved) => Some(false),
                // A page that begins among those that are over goes on there.
                _ => fields.ticked("over").then_some(false),
            },
            state: match which {
                Which::Of(state) => Some(state),
                _ => None,
            },
            muted: which == Which::Muted,
            integration: parsed(&fields, "source"),
            service: parsed(&fields, "service"),
            number: parsed(&fields, "incident"),
            severity: parsed(&fields, "severity"),
            group: fields.filled("group").map(str::to_owned),
            text: Some(text).filter(|text| !text.is_empty()),
            before: parsed(&fields, "before"),
            key: None,
        };
        Asked { fields, which, wanted }
    }

    /// The same list with one field changed.
    fn with(&self, field: &str, value: &str) -> String {
        let value_of = |name: &'static str| match name == field {
            true => value,
            false => self.fields.text(name),
        };
        let pairs = KEPT.map(|name| (name, value_of(name)));
        let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> =
            pairs.map(|(name, value)| format!("{name}={}", url::encode(value))).collect();
        match pairs.is_empty() {
            true => url::ALERTS.to_owned(),
            false => format!("{}?{}", url::ALERTS, pairs.join("&")),
        }
    }

    /// The page behind this alert.
    fn after(&self, last: &Found) -> String {
        let address = self.with("", "");
        let joint = if address.contains('?') { '&' } else { '?' };
        let over = if last.alert.is_open() { "" } else { "&over=1" };
        format!("{address}{joint}before={}{over}", last.alert.id)
    }

    fn is_filtered(&self) -> bool {
        KEPT.iter().any(|name| self.fields.filled(name).is_some())
    }
}

/// What somebody typed into an address may be anything: what is nothing is not asked for.
fn parsed<T: std::str::FromStr>(fields: &Fields, name: &str) -> Option<T> {
    fields.filled(name)?.parse().ok()
}

/// `GET /alerts?state=&severity=&service=&source=&incident=&group=&q=&before=`
pub(super) async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let asked = Asked::read(query.as_deref());
    let wanted = asked.wanted.clone();
    let mut found = app.desk.alerts_open_first(who.viewer(), wanted, ROWS + 1).await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let counts = app.desk.alert_counts(who.viewer()).await?;
    let sources = app.desk.read(sources).await?;
    let policy = app.desk.policy();
    let maintained = maintenance::now_banner(&app, &who).await?;
    let body = html! {
        (maintained)
        (which(&asked, &counts))
        (filter(&asked, &sources, &policy))
        @if found.is_empty() { (nothing(&asked, &sources)) } @else { (table(&who, &found, &sources, &policy)) }
        @if more && let Some(last) = found.last() {
            nav.pages aria-label="Pages" { a.btn rel="next" href=(asked.after(last)) { "Further down " (icon("right")) } }
        }
    };
    let main = html! {
        div.page {
            div.page-h {
                div { h1 { "Alerts" } p { (lead(&counts)) } }
                div.btns { a.btn href=(maintenance::ADDRESS) { (icon("wrench")) "Maintenance windows" } }
            }
            div.stack-l { (body) }
        }
    };
    let page = Page::new(&who, "Alerts").section(Section::Queue).crumb(url::QUEUE, "Queue");
    Ok(page.main_class("main main-canvas").show(main))
}

/// How many are firing of each severity, each with its list.
fn lead(counts: &[Counted]) -> Markup {
    let firing = |severity: Severity| -> i64 {
        let alike = counts.iter().filter(|one| one.severity == severity);
        alike.filter(|one| one.state == SignalStatus::Firing).map(|one| one.count).sum()
    };
    let some: Vec<(Severity, i64)> =
        Severity::ALL.iter().map(|one| (*one, firing(*one))).filter(|(_, n)| *n > 0).collect();
    html! {
        @if some.is_empty() { "Nothing is firing." }
        @else {
            "Firing: "
            @for (at, (severity, count)) in some.iter().enumerate() {
                @if at > 0 { ", " }
                a.link href={ (url::ALERTS) "?state=firing&severity=" (severity.as_str()) } { (count) " " (severity.as_str()) }
            }
            "."
        }
    }
}

fn which(asked: &Asked, counts: &[Counted]) -> Markup {
    html! {
        nav.seg.seg-w aria-label="Which alerts" {
            @for which in Which::OFFERED {
                a href=(asked.with("state", which.key())) aria-current=[(which == asked.which).then_some("page")] {
                    (which.words())
                    @if let Some(count) = which.count(counts) { " " span.n { (count) } }
                }
            }
        }
    }
}

fn filter(asked: &Asked, sources: &Sources, policy: &Policy) -> Markup {
    let any = |words: &str| std::iter::once((String::new(), words.to_owned()));
    let severities = Severity::ALL.iter();
    let severities =
        severities.map(|one| (one.as_str().to_owned(), severity_word(*one).to_owned()));
    let mut services: Options =
        policy.services.iter().map(|(id, one)| (id.to_string(), one.name.clone())).collect();
    let mut of: Options = sources.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    for list in [&mut services, &mut of] {
        list.order_by_key(|(_, name)| name.to_lowercase());
    }
    let choices: [(&str, &str, Options); 3] = [
        ("severity", "Severity", any("Any").chain(severities).collect()),
        ("service", "Service", any("Any").chain(services).collect()),
        ("source", "Source", any("Any").chain(of).collect()),
    ];
    html! {
        form.filters method="get" action=(url::ALERTS) {
            @for name in ["state", "incident", "group"] {
                @if let Some(value) = asked.fields.filled(name) { input type="hidden" name=(name) value=(value); }
            }
            @for (name, label, options) in &choices {
                div.field {
                    label.lbl for=(name) { (label) }
                    select.inp id=(name) name=(name) {
                        @for (value, words) in options { option value=(value) selected[value == asked.fields.text(name)] { (words) } }
                    }
                }
            }
            div.field {
                label.lbl for="q" { "Words" }
                input.inp id="q" name="q" type="search" value=(asked.fields.text("q")) maxlength=(limits::TITLE_CHARS);
            }
            button.btn type="submit" { (icon("filter")) "Show" }
            @if asked.is_filtered() { a.btn.btn-quiet href=(url::ALERTS) { "Show all" } }
        }
        @if let Some(number) = asked.wanted.number { p.meta { "Of " a.link href=(url::incident(number)) { (number) } " alone." } }
        @if let Some(group) = &asked.wanted.group { p.meta { "Of the group " (group) " alone." } }
    }
}

fn nothing(asked: &Asked, sources: &Sources) -> Markup {
    if sources.is_empty() {
        return empty(
            "Nothing tells of alerts yet",
            "An administrator connects monitoring under Settings, Integrations.",
            None,
        );
    }
    match asked.is_filtered() {
        true => {
            empty("No alert matches", "Take a condition away.", Some((url::ALERTS, "Show all")))
        }
        false => empty("No alerts yet", "What monitoring tells of is listed here.", None),
    }
}

fn table(who: &SignedIn, found: &[Found], sources: &Sources, policy: &Policy) -> Markup {
    html! {
        div.card { div.scroll-x tabindex="0" role="region" aria-label="Alerts" { table.dt.mail-t {
            thead { tr {
                th scope="col" { "Alert" } th scope="col" { "Severity" } th scope="col" { "State" }
                th scope="col" { "Service" } th scope="col" { "Source" } th scope="col" { "Since" }
                th scope="col" { "Last told" } th.num scope="col" { "Told" } th scope="col" { "Incident" }
            } }
            tbody { @for one in found { (row(who, one, sources, policy)) } }
        } } }
    }
}

fn row(who: &SignedIn, found: &Found, sources: &Sources, policy: &Policy) -> Markup {
    let alert = &found.alert;
    let service = alert.service.and_then(|id| policy.services.get(&id));
    html! {
        tr {
            th scope="row" {
                a href=(url::alert(alert.id)) { (found.details.title) }
                div.chips { (muted(who, found)) }
            }
            td { (severity(alert.severity)) }
            td { (state(alert.state)) }
            td { (service.map_or("–", |one| one.name.as_str())) }
            td { (sources.get(&alert.integration).map_or("a former one", String::as_str)) }
            td.nowrap { (time::since(alert.started_at.unwrap_or(alert.first_at), &who.here)) }
            td.nowrap { (time::since(alert.last_at, &who.here)) }
            td.num { (alert.count) "×" }
            td { @match alert.number { Some(number) => a.chip href=(url::incident(number)) { (number) }, None => span.muted { "recorded only" } } }
        }
    }
}
