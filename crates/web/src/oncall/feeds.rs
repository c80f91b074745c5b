//! Calendars elsewhere that read a schedule: an address to copy, and to revoke.

use super::sight::Sight;
use super::{Above, Asked, done, page};
use crate::app::App;
use crate::auth::{SignedIn, Staff};
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::form::Field;
use crate::part::icon::icon;
use crate::part::time::moment;
use crate::settings::actor;
use crate::url;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use desk::rota::{make_feed, revoke_feed};
use incident::escalation::check::can_be_paged;
use kernel::{FeedId, ScheduleId};
use maud::{Markup, html};
use store::directory::feeds::ScheduleFeed;

/// What a feed can hold, as its form says it.
const WHOSE: [(&str, &str); 2] = [("own", "My shifts only"), ("all", "Everybody's shifts")];

pub(super) fn card(who: &SignedIn, sight: &Sight, made: Option<&str>) -> Markup {
    let (Some(chosen), Some(row)) = (&sight.chosen, sight.row()) else { return html! {} };
    if !reads(who, sight) {
        return html! {};
    }
    html! {
        section.card id="feeds" aria-labelledby="fe" {
            div.card-h { h2 id="fe" { (row.name) " in your calendar" } }
            div.card-b.stack {
                @if let Some(address) = made {
                    div.banner.banner-good role="status" tabindex="-1" autofocus {
                        (icon("cal"))
                        div {
                            b { "The address is made. " } "Copy it now and subscribe to it in your calendar; it is not shown again. Whoever has it reads the schedule."
                            output.secret.mts aria-label="Address of the calendar" { (address) }
                        }
                    }
                }
                p.meta { "An address that calendar programs read again and again (iCalendar), without signing in. Revoke it when it has come into other hands." }
                form.filters method="post" action=(url::on_call_of(row.id, "feeds")) {
                    (Field::new("whose", "Which shifts").select(&WHOSE, "own"))
                    button.btn type="submit" { (icon("link")) "Make an address" }
                }
                @if !chosen.feeds.is_empty() { (table(who, sight, &chosen.feeds)) }
            }
        }
    }
}

/// Whether a feed of theirs would hold anything: whoever only reads is never on call, and nothing
/// of the service desk goes out to them.
pub(super) fn reads(who: &SignedIn, sight: &Sight) -> bool {
    can_be_paged(who.viewer().person, &sight.names.policy)
}

fn table(who: &SignedIn, sight: &Sight, feeds: &[ScheduleFeed]) -> Markup {
    html! {
        div.scroll-x tabindex="0" role="region" aria-label="Addresses" { table.dt {
            thead { tr {
                th scope="col" { "For" } th scope="col" { "Holds" } th scope="col" { "Made" } th scope="col" { span.vh { "Actions" } }
            } }
            tbody { @for feed in feeds {
                @let name = sight.name(feed.person);
                tr {
                    th scope="row" { (name) @if feed.person == who.viewer().person { ", you" } }
                    td { @if feed.own { "their own shifts" } @else { "everybody's shifts" } }
                    td.nowrap { (moment(feed.made_at, &who.here)) }
                    td.num {
                        form method="post" action=(url::on_call_of(feed.schedule, format_args!("feeds/{}/revoke", feed.id))) {
                            button.btn.btn-sm.btn-quiet type="submit" aria-label={ "Revoke the address of " (name) } { "Revoke" }
                        }
                    }
                }
            } }
        } }
    }
}

/// `POST …/feeds`: the page again, with the address that is shown this once.
pub(super) async fn make(
    State(app): State<App>,
    Staff(who): Staff,
    Path(schedule): Path<ScheduleId>,
    headers: HeaderMap,
    fields: Fields,
) -> PageResult<Markup> {
    let own = fields.text("whose") != "all";
    let viewer = who.viewer().clone();
    let made = app
        .desk
        .change(actor(&who), move |sql, audit| make_feed(sql, audit, &viewer, (schedule, own)));
    let (_, secret) = made.await?;
    let base = app.options.base(&headers);
    let address = format!("{base}/api/v1/schedules/{schedule}/calendar.ics?token={secret}");
    let above = Above { feed: Some(address), ..Above::default() };
    page(&app, &who, Asked::schedule(schedule), above).await
}

/// `POST …/feeds/{feed}/revoke`
pub(super) async fn revoke(
    State(app): State<App>,
    Staff(who): Staff,
    Path((schedule, feed)): Path<(ScheduleId, FeedId)>,
) -> PageResult<Response> {
    let viewer = who.viewer().clone();
    app.desk
        .change(actor(&who), move |sql, audit| revoke_feed(sql, audit, &viewer, (schedule, feed)))
        .await?;
    Ok(done(schedule, "revoked"))
}
