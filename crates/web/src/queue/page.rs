//! The page of the queue around its rows.

use super::bulk_bar;
use super::columns;
use super::counts;
use super::filter::Bar;
use super::horizon::horizon;
use super::in_order;
use super::row::{self, ByRisk, RowStyle, is_calm};
use super::saved;
use super::views::{Group, View, Views};
use super::{Asked, Loaded};
use crate::auth::SignedIn;
use crate::mail::waiting_link;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::part::many::{Pieces, many};
use crate::shell::{Page, Section};
use crate::url;
use maud::{Markup, Render, html};
use query::{Query, Sort, SortKey};
use store::incidents::list::{Cursor, IncidentRow, Order, RANKED_MAX};

/// About what a row takes, drawn.
const ROW_BYTES: usize = 2_000;

/// Everything of the page.
pub(super) fn show(who: &SignedIn, asked: &Asked, loaded: &Loaded, surges: Markup) -> Pieces {
    let view = loaded.view();
    let name = heading(loaded);
    let page = Page::new(who, "Queue")
        .tab(&name)
        .section(Section::Queue)
        .script("app-queue.js")
        .side(side(&loaded.views, &loaded.counts, view.map(|view| view.key.as_str()), loaded))
        .panel(panel())
        .after(html! { (views_menu(loaded)) (saved::dialog(loaded, who.viewer())) });
    let page = match &loaded.query {
        Ok(_) => page.stream(url::live_queue(
            &loaded.text,
            view.map_or("", |view| &view.key),
            loaded.position,
        )),
        Err(_) => page,
    };
    page.pieces(main(who, asked, loaded, &name, surges))
}

/// The name of what is shown.
fn heading(loaded: &Loaded) -> String {
    match loaded.view() {
        Some(view) if view.text == loaded.text => view.name.clone(),
        Some(view) => format!("{}, filtered", view.name),
        None => "Filtered".to_owned(),
    }
}

fn main(who: &SignedIn, asked: &Asked, loaded: &Loaded, name: &str, surges: Markup) -> Markup {
    let works = who.viewer().works();
    html! {
        (surges)
        div.view-h {
            h1 {
                (name) " "
                @if loaded.query.is_ok() { small id="q-total" { (counts::total(loaded.total, &loaded.text)) } }
            }
            div.btns {
                button class="btn btn-quiet btn-sm views-m" type="button" popovertarget="views" { (icon("list")) "Views" }
                @if let Ok(query) = &loaded.query {
                    (sort_menu(query, loaded))
                    (columns::menu(who, loaded))
                }
            }
        }
        (Bar {
            text: &loaded.text,
            parsed: loaded.query.as_ref(),
            view: loaded.view().map(|view| view.key.as_str()),
            as_text: asked.edit,
        }.show())
        @if !loaded.ahead().is_empty() { (horizon(loaded.ahead(), loaded.late_address().as_deref(), &who.here)) }
        div.q-wrap {
            div id="bulk-said" {}
            (row::news_bar())
            @if loaded.page().rows.is_empty() {
                (nothing(who, loaded))
            } @else {
                @if let Some(sort) = sort(loaded) {
                    @if sort.key == SortKey::Risk && loaded.page().ranked_at.is_none() { (too_many()) }
                    @let style = style(who, loaded);
                    table.q data-queue data-ranked[loaded.page().ranked_at.is_some()] data-hide=[columns::hidden(who)] {
                        caption.vh { (name) ", " (order_words(sort)) }
                        (row::heads(loaded.page().rows.len(), works, &by_risk(loaded, sort)))
                        tbody { (rows(asked, loaded, &style, sort)) }
                    }
                }
                (pages(asked, loaded))
                @if works { (bulk_bar::bar(who, loaded)) }
                (keys(who))
            }
        }
    }
}

/// The order of what is listed.
fn sort(loaded: &Loaded) -> Option<Sort> {
    loaded.query.as_ref().ok().map(|query| Order::of(&in_order(query)).sort())
}

/// Said where the list is too long to compare every incident with every other.
fn too_many() -> Markup {
    let most = RANKED_MAX / 1_000;
    html! {
        p class="meta q-note" {
            "More than " (most) ",000 incidents match. They are sorted by breach, priority and due instant; narrow the view to sort it by risk."
        }
    }
}

fn style<'a>(who: &'a SignedIn, loaded: &'a Loaded) -> RowStyle<'a> {
    let (page, works) = (loaded.page(), who.viewer().works());
    let style =
        RowStyle::now(&who.here, &loaded.suffix, works, &loaded.policy, loaded.late.clone());
    RowStyle { risk_at: page.ranked_at.unwrap_or(who.here.now), ..style }
}

/// The rows, and the waterline between them.
fn rows(asked: &Asked, loaded: &Loaded, style: &RowStyle<'_>, sort: Sort) -> impl Render {
    let page = loaded.page();
    let risks: Vec<Option<u8>> = page.rows.iter().map(|row| style.risk(row)).collect();
    let lines = page.ranked_at.filter(|_| !sort.reversed);
    let lines = lines.map(|_| waterline(asked, loaded, &risks));
    let line = move |at: usize| {
        let words = lines.filter(|(place, _)| *place == at).map(|(_, words)| words);
        html! { @if let Some(words) = words { (row::waterline(words)) } }
    };
    let count = page.rows.len();
    let drawn = move |at: usize, incident: &IncidentRow| {
        html! {
            (line(at))
            (row::row(incident, style, risks[at]))
            @if at + 1 == count { (line(count)) }
        }
    };
    many(&page.rows, ROW_BYTES, drawn)
}

/// Before which row the waterline is, if it is on this page, and what it says.
fn waterline(asked: &Asked, loaded: &Loaded, risks: &[Option<u8>]) -> (usize, &'static str) {
    const BETWEEN: &str =
        "Above it, half an hour of waiting breaks a promise or stops a service. Below it can wait.";
    const ALL_BELOW: &str = "Nothing is above it: all of this can wait half an hour.";
    const ALL_ABOVE: &str =
        "All of this is above it: half an hour of waiting breaks a promise or stops a service.";
    const ELSEWHERE: (usize, &str) = (usize::MAX, "");
    let page = loaded.page();
    let above = |risk: Option<u8>| risk.is_some() && !is_calm(risk);
    let first_below = risks.iter().position(|risk| !above(*risk));
    let before = asked.cursor.as_deref().zip(loaded.query.as_ref().ok());
    let before = before.and_then(|(text, query)| Cursor::parse(text, &in_order(query)).ok());
    match (first_below, before) {
        (Some(0), None) => (0, ALL_BELOW),
        (Some(0), Some(before)) if above(before.risk()) => (0, BETWEEN),
        (Some(0), Some(_)) => ELSEWHERE,
        (Some(at), _) => (at, BETWEEN),
        (None, _) if page.next.is_none() => (page.rows.len(), ALL_ABOVE),
        (None, _) => ELSEWHERE,
    }
}

/// The head of the column of risks.
fn by_risk(loaded: &Loaded, sort: Sort) -> ByRisk {
    let sorted = sort.key == SortKey::Risk;
    let next = Sort { key: SortKey::Risk, reversed: sorted && !sort.reversed };
    let query = loaded
        .query
        .as_ref()
        .ok()
        .cloned()
        .unwrap_or(Query { filter: query::Expr::All, sort: None });
    ByRisk {
        sorted: sorted.then_some(if sort.reversed { "ascending" } else { "descending" }),
        href: sorted_by(&query, next, loaded),
    }
}

/// The address of the same list in another order.
fn sorted_by(query: &Query, sort: Sort, loaded: &Loaded) -> String {
    let view = loaded.view().map(|view| format!("&view={}", url::encode(&view.key)));
    let text = query.clone().with_sort(sort).to_string();
    format!("{}{}", url::queue_of(&text), view.unwrap_or_default())
}

/// The views with their counts; `aside.side` is what scripts put in place of the old one.
pub(super) fn side(
    views: &Views,
    counts: &[i64],
    current: Option<&str>,
    loaded: &Loaded,
) -> Markup {
    html! {
        aside.side aria-label="Views" {
            @for (group, heading) in Group::ALL {
                h2 { (heading) }
                ul {
                    @for (view, count) in views.0.iter().zip(counts).filter(|(view, _)| view.group == group) {
                        li {
                            a href=(url::queue_view(&view.key)) aria-current=[(current == Some(&view.key)).then_some("page")] {
                                (icon(view.icon)) span { (view.name) } (count_of(view, *count, None))
                            }
                        }
                    }
                    @if group == Group::Attention {
                        @if loaded.quarantined > 0 { li { (waiting_link("", loaded.quarantined)) } }
                        li { a href=(url::ALERTS) { (icon("alert")) span { "Alerts" } } }
                    }
                }
            }
            ul.mts {
                li {
                    a href=(saved::form_url(loaded)) data-dialog="#save-view" {
                        (icon("plus")) span.muted { @if loaded.own().is_some() { "Change this view" } @else { "Save this view" } }
                    }
                }
            }
        }
    }
}

/// The count of a view, as a patch where that is wanted.
pub(crate) fn count_of(view: &View, count: i64, patch: Option<&str>) -> Markup {
    let alarm = view.alarm.filter(|_| count > 0).unwrap_or_default();
    let class = if alarm.is_empty() { "n".to_owned() } else { format!("n {alarm}") };
    html! { span class=(class) id={ "n-" (view.key) } data-patch=[patch] { (counts::words(count)) } }
}

/// The same views where there is no room for the side.
fn views_menu(loaded: &Loaded) -> Markup {
    let current = loaded.view().map(|view| view.key.as_str());
    html! {
        nav id="views" popover class="pop pop-a menu" aria-label="Views" {
            @for (group, heading) in Group::ALL {
                p.pop-h { (heading) }
                @for (view, count) in loaded.views.0.iter().zip(&loaded.counts).filter(|(view, _)| view.group == group) {
                    a.opt href=(url::queue_view(&view.key)) aria-current=[(current == Some(&view.key)).then_some("page")] {
                        (icon(view.icon)) span { (view.name) } span.meta { (counts::words(*count)) }
                    }
                }
                @if group == Group::Attention {
                    @if loaded.quarantined > 0 { (waiting_link("opt", loaded.quarantined)) }
                    a.opt href=(url::ALERTS) { (icon("alert")) span { "Alerts" } }
                }
            }
        }
    }
}

fn sort_menu(query: &Query, loaded: &Loaded) -> Markup {
    let now = Order::of(&in_order(query)).sort();
    let link = |sort: Sort| sorted_by(query, sort, loaded);
    html! {
        button class="btn btn-quiet btn-sm" type="button" popovertarget="sort" aria-label={ "Sorted by " (sort_word(now.key)) } {
            (icon("sort")) (sort_word(now.key))
        }
        div id="sort" popover class="pop pop-a menu" role="group" aria-label="Sort by" {
            @for key in std::iter::once(SortKey::Risk).chain(SortKey::ALL.iter().copied().filter(|key| *key != SortKey::Risk)) {
                a.opt href=(link(Sort { key, reversed: false })) aria-current=[(now == Sort { key, reversed: false }).then_some("true")] { (sort_word(key)) }
            }
            hr;
            a.opt href=(link(Sort { reversed: !now.reversed, ..now })) {
                @if now.reversed { "Natural order" } @else { "Reverse order" }
            }
        }
    }
}

fn sort_word(key: SortKey) -> &'static str {
    match key {
        SortKey::Due => "Due",
        SortKey::Priority => "Priority",
        SortKey::Updated => "Updated",
        SortKey::Reported => "Reported",
        SortKey::Number => "Number",
        SortKey::Risk => "Risk",
    }
}

fn order_words(sort: Sort) -> &'static str {
    match (sort.key, sort.reversed) {
        (SortKey::Due, false) => "soonest due first",
        (SortKey::Due, true) => "soonest due last",
        (SortKey::Priority, false) => "most urgent first",
        (SortKey::Priority, true) => "most urgent last",
        (SortKey::Risk, false) => "highest cost of delay first",
        (SortKey::Risk, true) => "highest cost of delay last",
        (SortKey::Updated | SortKey::Reported | SortKey::Number, false) => "newest first",
        (SortKey::Updated | SortKey::Reported | SortKey::Number, true) => "newest last",
    }
}

/// Links to the pages before and after. The pages passed so far are in the address.
fn pages(asked: &Asked, loaded: &Loaded) -> Markup {
    let base = loaded.address();
    let before = asked.cursor.as_ref().map(|_| match asked.back.split_last() {
        Some((last, rest)) if !last.is_empty() => {
            format!("{base}&cursor={last}&back={}", rest.join("."))
        }
        _ => base.clone(),
    });
    let after = loaded.page().next.as_ref().map(|next| {
        let passed = asked
            .back
            .iter()
            .map(String::as_str)
            .chain([asked.cursor.as_deref().unwrap_or_default()]);
        let passed: Vec<&str> = passed.collect();
        let kept = &passed[passed.len().saturating_sub(super::BACK_MAX)..];
        format!("{base}&cursor={next}&back={}", kept.join("."))
    });
    html! {
        @if before.is_some() || after.is_some() {
            nav.pages aria-label="Pages" {
                @if let Some(href) = before { a class="btn btn-quiet btn-sm" rel="prev" href=(href) { (icon("left")) "Earlier in the list" } }
                @if let Some(href) = after { a class="btn btn-quiet btn-sm" rel="next" href=(href) { "Further down" (icon("right")) } }
            }
        }
    }
}

fn nothing(who: &SignedIn, loaded: &Loaded) -> Markup {
    if loaded.query.is_err() {
        return empty(
            "This filter cannot be read",
            "Nothing is shown until it is mended. What you typed is kept above.",
            Some((url::QUEUE, "Start anew")),
        );
    }
    let unfiltered = loaded.view().is_some_and(|view| view.text == loaded.text);
    if unfiltered && loaded.untouched {
        let sets_up = who.viewer().has(&[kernel::Role::Administrator]);
        return empty(
            "No incident yet",
            "Incidents come from the portal, by mail, by telephone and from monitoring. They appear here by themselves.",
            sets_up.then_some((url::SETTINGS, "Set up")),
        );
    }
    let everything = url::queue_view("all-open");
    let all_open = Some((everything.as_str(), "Show all open"));
    match loaded.view().map(|view| view.key.as_str()).filter(|_| unfiltered) {
        Some("my-work" | "my-teams") => {
            empty("Nothing waits for you", "No open incident is yours to work on.", all_open)
        }
        Some("all-open") => empty(
            "Nothing is open",
            "Every incident is resolved. New ones appear here by themselves.",
            None,
        ),
        Some("breached") => empty(
            "Every promise is kept",
            "No clock of an open incident is over its target.",
            all_open,
        ),
        Some(_) => empty(
            "Nothing is here now",
            "No incident is in this view. It fills by itself.",
            all_open,
        ),
        None => empty(
            "No incident matches",
            "Take a condition away, or look at everything that is open.",
            all_open,
        ),
    }
}

fn panel() -> Markup {
    html! {
        aside class="panel panel-prev" id="preview" aria-label="Preview" {
            div.sec { p.muted { "Press " kbd { "Space" } " on a row to see it here." } }
        }
    }
}

fn keys(who: &SignedIn) -> Markup {
    html! {
        div.keys role="group" aria-label="Keyboard shortcuts" {
            span { kbd { "J" } " " kbd { "K" } " move" }
            span { kbd { "X" } " select" }
            span { kbd { "Space" } " preview" }
            span { kbd { "Enter" } " open" }
            span { kbd { "I" } " assign to me" }
            span { kbd { "F" } " filter" }
            span { kbd { "?" } " all shortcuts" }
            span.end { (who.here.zone_words()) }
        }
    }
}
