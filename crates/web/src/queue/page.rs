//! The page of the queue around its rows.

use super::bulk_bar;
use super::counts;
use super::filter::Bar;
use super::horizon::horizon;
use super::row::{self, RowStyle};
use super::saved;
use super::views::{Group, View, Views};
use super::{Asked, Loaded};
use crate::auth::SignedIn;
use crate::part::empty::empty;
use crate::part::icon::icon;
use crate::shell::{Page, Section};
use crate::url;
use maud::{Markup, html};
use query::{Query, Sort, SortKey};
use store::incidents::list::Order;

/// Everything of the page.
pub(super) fn show(who: &SignedIn, asked: &Asked, loaded: &Loaded) -> Markup {
    let view = loaded.view();
    let name = heading(loaded);
    let page = Page::new(who, "Queue")
        .tab(&name)
        .section(Section::Queue)
        .script("app-queue.js")
        .side(side(&loaded.views, &loaded.counts, view.map(|view| view.key.as_str()), loaded))
        .panel(panel())
        .after(html! { (views_menu(loaded)) (saved::dialog(loaded)) });
    let page = match &loaded.query {
        Ok(_) => page.stream(url::live_queue(
            &loaded.text,
            view.map_or("", |view| &view.key),
            loaded.position,
        )),
        Err(_) => page,
    };
    page.show(main(who, asked, loaded, &name))
}

/// The name of what is shown.
fn heading(loaded: &Loaded) -> String {
    match loaded.view() {
        Some(view) if view.text == loaded.text => view.name.clone(),
        Some(view) => format!("{}, filtered", view.name),
        None => "Filtered".to_owned(),
    }
}

fn main(who: &SignedIn, asked: &Asked, loaded: &Loaded, name: &str) -> Markup {
    let works = who.viewer().works();
    html! {
        div.view-h {
            h1 {
                (name) " "
                @if loaded.query.is_ok() { small id="q-total" { (counts::total(loaded.total, &loaded.text)) } }
            }
            div.btns {
                button class="btn btn-quiet btn-sm views-m" type="button" popovertarget="views" { (icon("list")) "Views" }
                @if let Ok(query) = &loaded.query { (sort_menu(query, loaded)) }
            }
        }
        (Bar {
            text: &loaded.text,
            parsed: loaded.query.as_ref(),
            view: loaded.view().map(|view| view.key.as_str()),
            as_text: asked.edit,
        }.show())
        @if !loaded.ahead().is_empty() { (horizon(loaded.ahead(), &who.here)) }
        div.q-wrap {
            div id="bulk-said" {}
            (row::news_bar())
            @if loaded.page().rows.is_empty() {
                (nothing(loaded))
            } @else {
                (table(who, loaded, name, works))
                (pages(asked, loaded))
                @if works { (bulk_bar::bar(who.viewer(), loaded)) }
                (keys(who))
            }
        }
    }
}

fn table(who: &SignedIn, loaded: &Loaded, name: &str, works: bool) -> Markup {
    let style = RowStyle { here: &who.here, suffix: &loaded.suffix, selectable: works };
    html! {
        table.q data-queue {
            caption.vh { (name) ", " (order_words(loaded)) }
            (row::heads(loaded.page().rows.len(), works))
            tbody {
                @for incident in &loaded.page().rows { (row::row(incident, &style)) }
            }
        }
    }
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
            }
        }
    }
}

fn sort_menu(query: &Query, loaded: &Loaded) -> Markup {
    let now = Order::of(query).sort();
    let view =
        loaded.view().map(|view| format!("&view={}", url::encode(&view.key))).unwrap_or_default();
    let link =
        |sort: Sort| format!("{}{view}", url::queue_of(&query.clone().with_sort(sort).to_string()));
    html! {
        button class="btn btn-quiet btn-sm" type="button" popovertarget="sort" aria-label={ "Sorted by " (sort_word(now.key)) } {
            (icon("sort")) (sort_word(now.key))
        }
        div id="sort" popover class="pop pop-a menu" role="group" aria-label="Sort by" {
            @for key in SortKey::ALL.iter().copied().filter(|key| *key != SortKey::Risk) {
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

fn order_words(loaded: &Loaded) -> &'static str {
    let Ok(query) = &loaded.query else { return "in no order" };
    let sort = Order::of(query).sort();
    match (sort.key, sort.reversed) {
        (SortKey::Due, false) => "soonest due first",
        (SortKey::Due, true) => "soonest due last",
        (SortKey::Priority, false) => "most urgent first",
        (SortKey::Priority, true) => "most urgent last",
        (SortKey::Risk, false) => "highest risk first",
        (SortKey::Risk, true) => "highest risk last",
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

fn nothing(loaded: &Loaded) -> Markup {
    if loaded.query.is_err() {
        return empty(
            "This filter cannot be read",
            "Nothing is shown until it is mended. What you typed is kept above.",
            Some((url::QUEUE, "Start anew")),
        );
    }
    let unfiltered = loaded.view().is_some_and(|view| view.text == loaded.text);
    match loaded.view().map(|view| view.key.as_str()).filter(|_| unfiltered) {
        Some("my-work" | "my-teams") => empty(
            "Nothing waits for you",
            "No open incident is yours to work on.",
            Some((&url::queue_view("all-open"), "Show all open")),
        ),
        Some("all-open") => empty(
            "Nothing is open",
            "Every incident is resolved. New ones appear here by themselves.",
            None,
        ),
        Some("breached") => {
            empty("Every promise is kept", "No clock of an open incident is over its target.", None)
        }
        Some(_) => empty(
            "Nothing is here now",
            "No incident is in this view. It fills by itself.",
            Some((&url::queue_view("all-open"), "Show all open")),
        ),
        None => empty(
            "No incident matches",
            "Take a condition away, or look at everything that is open.",
            Some((&url::queue_view("all-open"), "Show all open")),
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
