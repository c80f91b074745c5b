//! Who is on call: now and until when, one's own next shift, four weeks in lanes, gaps and who
//! could cover them, shifts that are offered, what pages at this moment.

mod cover;
mod feeds;
mod lanes;
mod ledger;
mod load;
mod me;
mod now;
mod offer;
mod paging;
mod policies;
mod sight;
mod swaps;

pub(crate) use self::swaps::asked;

use self::sight::{DAYS, Sight, Standing};
use crate::answer::Answer;
use crate::app::App;
use crate::auth::{Live, SignedIn, Staff};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::route::{get, post};
use crate::shell::{Page, Section};
use crate::url;
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use kernel::{Role, ScheduleId, Timestamp};
use maud::{Markup, html};

/// Seconds between two looks at what changes by itself while somebody has the page open.
const LOOK_SECONDS: u32 = 15;
/// What says who is on call and paged: the last part of its address in the settings, its name and
/// its icon.
const RULES: [(&str, &str, &str); 4] = [
    ("schedules", "Schedules", "cal"),
    ("escalation-policies", "Escalation policies", "escal"),
    ("integrations", "Integrations", "alert"),
    ("maintenance", "Maintenance windows", "wrench"),
];
/// Years before and after today that lanes can be turned to.
const YEARS: i16 = 10;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(url::ON_CALL, get(show))
        .route("/on-call/now", get(now_again))
        .route("/on-call/ledger/{number}", get(ledger::show))
        .route("/on-call/{schedule}/cover", get(cover::show))
        .route("/on-call/{schedule}/overrides", post(cover::add))
        .route("/on-call/{schedule}/overrides/{override}/end", post(cover::end))
        .route("/on-call/{schedule}/take", post(now::take))
        .route("/on-call/{schedule}/offer", get(offer::show))
        .route("/on-call/{schedule}/swaps", post(offer::make))
        .route("/on-call/{schedule}/swaps/{swap}/{answer}", post(swaps::answer))
        .route("/on-call/{schedule}/feeds", post(feeds::make))
        .route("/on-call/{schedule}/feeds/{feed}/revoke", post(feeds::revoke))
}

/// What the address asks for.
#[derive(Debug, Clone, Copy, Default)]
struct Asked {
    schedule: Option<ScheduleId>,
    /// The first day of the lanes, on the clock of the schedule.
    from: Option<Date>,
}

impl Asked {
    fn of(query: Option<&str>) -> Asked {
        let fields = Fields::parse(query.unwrap_or_default());
        Asked {
            schedule: fields.filled("schedule").and_then(|id| id.parse().ok()),
            from: fields.filled("from").and_then(|date| date.parse().ok()),
        }
    }

    fn schedule(schedule: ScheduleId) -> Asked {
        Asked { schedule: Some(schedule), from: None }
    }

    /// The first day of the lanes: the one asked for if it is near enough, else today.
    fn first(&self, row: &Standing, now: Timestamp) -> Date {
        let today = row.roster.date(now);
        let near = |date: &Date| (date.year() - today.year()).abs() <= YEARS;
        self.from.filter(near).unwrap_or(today)
    }
}

/// What stands above the page after something was done.
#[derive(Default)]
struct Above {
    done: Option<&'static str>,
    /// The address of a feed that was just made.
    feed: Option<String>,
}

/// What can be done, as the address says it, and how the page tells it.
const DONE: [(&str, &str); 10] = [
    ("taken", "It is yours now: you are on call."),
    ("covered", "Noted: whoever stands in is on call for that time."),
    ("ended", "The override is ended; the layers say again who is on call."),
    ("offered", "The shift is offered. It stays yours until somebody else has it."),
    ("sought", "Asked: they read it in their inbox. Nobody is on call then until they take it."),
    ("yours", "The shift is yours."),
    ("asked", "You take it as soon as a manager agrees. Until then it stays with whoever has it."),
    ("approved", "Approved: the shift has changed hands."),
    ("kept", "The shift stays with whoever had it."),
    ("revoked", "The address does not work any more."),
];

/// Back to the screen, which says what was done.
fn done(schedule: ScheduleId, what: &str) -> Response {
    Redirect::to(&format!("{}&done={what}", url::on_call(schedule))).into_response()
}

async fn show(
    State(app): State<App>,
    Staff(who): Staff,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let told = DONE.iter().find(|(what, _)| fields.get("done") == Some(what));
    let above = Above { done: told.map(|(_, words)| *words), feed: None };
    page(&app, &who, Asked::of(query.as_deref()), above).await
}

/// `GET /on-call/now`: what changes by itself, again.
async fn now_again(
    State(app): State<App>,
    Staff(who): Staff,
    live: Live,
    RawQuery(query): RawQuery,
) -> PageResult<Response> {
    let asked = Asked::of(query.as_deref());
    let sight = Sight::read(&app, &who, asked).await?;
    let whole = asked.schedule.map_or(url::ON_CALL.to_owned(), url::on_call);
    Ok(Answer::patch(current(&who, &sight, true)).else_go(whole).reply(live))
}

async fn page(app: &App, who: &SignedIn, asked: Asked, above: Above) -> PageResult<Markup> {
    let sight = Sight::read(app, who, asked).await?;
    let main = html! {
        div.page.page-w {
            (head(who, &sight))
            @if let Some(words) = above.done { p.banner.banner-good.oc-d role="status" { (icon("check")) span { (words) } } }
            @if sight.rows.is_empty() {
                (nothing(who))
                (paging::card(who, &sight))
            } @else {
                (current(who, &sight, false))
                div.stack-l.oc-s {
                    (lanes::card(who, &sight, asked))
                    (swaps::card(who, &sight))
                    (cover::overrides_card(who, &sight))
                    div.oc-g2 { (policies::card(who, &sight)) (load::card(who, &sight)) }
                    (feeds::card(who, &sight, above.feed.as_deref()))
                }
            }
        }
        (menu(who, &sight))
    };
    Ok(Page::new(who, "On call")
        .section(Section::OnCall)
        .main_class("main main-canvas")
        .stream(url::LIVE_INBOX.to_owned())
        .script("app-settings.js")
        .side(side(who, &sight))
        .show(main))
}

/// A form of this screen on a page of its own.
fn form_page(who: &SignedIn, sight: &Sight, (title, lead): (&str, &str), body: Markup) -> Markup {
    let back = sight.row().map_or(url::ON_CALL.to_owned(), |row| url::on_call(row.id));
    let main = html! {
        div.page {
            div.page-h { div { h1 { (title) } p { (lead) } } }
            div.stack-l { (body) }
        }
    };
    Page::new(who, title)
        .section(Section::OnCall)
        .main_class("main main-canvas")
        .crumb(back, "On call")
        .side(side(who, sight))
        .show(main)
}

fn head(who: &SignedIn, sight: &Sight) -> Markup {
    let here = &who.here;
    html! {
        div.page-h {
            div {
                h1 {
                    "On call "
                    @if sight.rows.len() > 1 { button.btn.btn-quiet.btn-sm.views-m type="button" popovertarget="schedules" { "Schedules " (icon("down")) } }
                }
                p.hide-s { (here.full(here.now)) ". All times in " (here.zone_words()) }
            }
            @if let Some(row) = sight.row() {
                div.btns.hide-s {
                    @if feeds::reads(who, sight) { a.btn href="#feeds" { (icon("cal")) "Subscribe to calendar" } }
                    @if who.viewer().swaps_shifts() {
                        a.btn href=(url::on_call_of(row.id, "cover")) { (icon("plus")) "Add override" }
                    }
                }
            }
        }
    }
}

/// What changes by itself: oneself, gaps that are near, who is on call, what pages.
fn current(who: &SignedIn, sight: &Sight, patch: bool) -> Markup {
    let again = sight.row().map(|row| format!("/on-call/now?schedule={}", row.id));
    html! {
        div.oc-g id="oc-now" data-patch[patch] data-poll=[again] data-every=(LOOK_SECONDS) {
            (me::card(who, sight))
            (cover::near(who, sight))
            div.oc-l { (now::card(who, sight)) (paging::card(who, sight)) }
        }
    }
}

fn nothing(who: &SignedIn) -> Markup {
    let new = url::settings("schedules/new");
    let action = who.viewer().configures_paging().then_some((new.as_str(), "New schedule"));
    empty(
        "No schedules yet",
        "A schedule says who is on call when. Administrators and managers make one under Settings.",
        action,
    )
}

/// Whether somebody reads the rules by which people are paged.
fn reads_rules(who: &SignedIn) -> bool {
    who.viewer().has(&[Role::Administrator, Role::Manager, Role::Auditor])
}

fn side(who: &SignedIn, sight: &Sight) -> Markup {
    html! {
        nav.side aria-label="Schedules" {
            h2 { "Schedules" }
            ul { @for row in &sight.rows { li { (entry(sight, row, None)) } } }
            @if reads_rules(who) {
                h2 { "Rules" }
                ul { @for rule in RULES { li { (rule_link(rule, None)) } } }
            }
        }
    }
}

fn rule_link((part, name, sign): (&str, &str, &'static str), class: Option<&str>) -> Markup {
    html! { a class=[class] href=(url::settings(part)) { (icon(sign)) span { (name) } } }
}

/// The same where there is no room beside the page.
fn menu(who: &SignedIn, sight: &Sight) -> Markup {
    html! {
        nav.pop.pop-a.menu id="schedules" popover aria-label="Choose a schedule" {
            @for row in &sight.rows { (entry(sight, row, Some("opt"))) }
            @if reads_rules(who) {
                p.pop-h { "Rules" }
                @for rule in RULES { (rule_link(rule, Some("opt"))) }
            }
        }
    }
}

fn entry(sight: &Sight, row: &Standing, class: Option<&str>) -> Markup {
    let current = sight.row().is_some_and(|chosen| chosen.id == row.id);
    html! {
        a class=[class] href=(url::on_call(row.id)) aria-current=[current.then_some("page")] {
            (icon("oncall")) span { (row.name) }
            @match row.gaps.len() {
                0 => {}
                _ if row.now.person.is_none() => span.n.n-crit title="Nobody is on call" { "nobody" },
                count => span.n.n-warn title={ "Gaps in the next " (DAYS) " days" } { (crate::part::time::counted(count as i64, "gap")) },
            }
        }
    }
}
