//! What every page of reports has: the list of reports at the side, the question at the top.

use super::asked::{Asked, OWN, PRESETS};
use super::words::{icon_of, title};
use crate::auth::SignedIn;
use crate::part::icon::icon;
use crate::shell::{Page, Section};
use crate::url;
use desk::reports::mailed::may_arrange;
use insight::report::{By, Name};
use kernel::{Role, limits};
use maud::{Markup, html};

/// A page of reports around its main part; `name` is the report it shows, if it shows one.
pub(super) fn page(who: &SignedIn, asked: &Asked, name: Option<Name>, main: Markup) -> Markup {
    let words = name.map_or("Reports", title);
    let page = Page::new(who, words).section(Section::Reports).main_class("main main-canvas");
    let page = match name {
        Some(_) => page.crumb(format!("{}?{}", url::REPORTS, asked.query()), "Reports"),
        None => page,
    };
    page.stream(url::LIVE_INBOX.to_owned())
        .side(html! { aside.side aria-label="Reports" { h2 { "Reports" } ul { (links(who, asked, name, None)) } } })
        .show(html! { div.page.page-w { (main) } (menu(who, asked, name)) })
}

/// The list of reports where there is no room at the side.
fn menu(who: &SignedIn, asked: &Asked, name: Option<Name>) -> Markup {
    html! { nav.pop.pop-a.menu id="views" popover aria-label="All reports" { (links(who, asked, name, Some("opt"))) } }
}

fn links(who: &SignedIn, asked: &Asked, name: Option<Name>, class: Option<&str>) -> Markup {
    let query = asked.query();
    let link = |href: String, words: &str, sign: &'static str, current: bool| {
        let link = html! { a class=[class] href=(href) aria-current=[current.then_some("page")] { (icon(sign)) span { (words) } } };
        html! { @if class.is_none() { li { (link) } } @else { (link) } }
    };
    html! {
        (link(format!("{}?{query}", url::REPORTS), "Service quality", "reports", name.is_none()))
        @for one in Name::ALL.iter().copied() {
            (link(format!("{}?{query}", url::report(one)), title(one), icon_of(one), name == Some(one)))
        }
        (link(url::SUGGESTIONS.to_owned(), "Suggestions", "flag", false))
        (link(url::EXPECTED.to_owned(), "Expected times", "clock", false))
        @if who.viewer().has(&[Role::Manager, Role::Administrator]) { (link(url::PLANNING.to_owned(), "Planning", "oncall", false)) }
        @if may_arrange(who.viewer()) { (link(url::MAILED_REPORTS.to_owned(), "Mailed reports", "reply", false)) }
        (link(url::WALLBOARD.to_owned(), "Wallboard", "grid", false))
    }
}

/// The heading; `lead` says what is counted.
pub(super) fn head(words: &str, lead: Markup, buttons: Markup) -> Markup {
    html! {
        div.page-h {
            div {
                h1 { (words) " " button.btn.btn-quiet.btn-sm.views-m type="button" popovertarget="views" { "Reports " (icon("down")) } }
                p { (lead) }
            }
            div.btns { (buttons) }
        }
    }
}

/// "24 Oct to 22 Nov 2026, days of Europe/Amsterdam".
pub(super) fn days(asked: &Asked) -> String {
    let (from, to) = (asked.period.from(), asked.period.to());
    format!(
        "{} to {}, days of {}",
        from.strftime("%-d %b %Y"),
        to.strftime("%-d %b %Y"),
        asked.zone_name
    )
}

/// The form by which a page is asked for other days or incidents; `lines` are what its lines can
/// be, with the present.
pub(super) fn form(
    who: &SignedIn,
    asked: &Asked,
    address: &str,
    lines: Option<(&[By], By)>,
) -> Markup {
    html! {
        (asked.errors.summary())
        form.filters.rp-f method="get" action=(address) role="search" aria-label="What is counted" {
            (select("period", "Period", PRESETS.iter().map(|(word, label)| (*word, *label)), asked.preset))
            (day("from", "From", asked))
            (day("to", "To", asked))
            (zones(who, asked))
            div.field.grow {
                label.lbl for="q" { "Which incidents" }
                input.inp id="q" name="q" type="search" value=(asked.words) maxlength=(limits::QUERY_CHARS) placeholder="all, or service:VPN"
                    autocomplete="off" aria-invalid=[wrong(asked, "q")] aria-describedby=[wrong(asked, "q").map(|_| "q-e")];
                (fault(asked, "q"))
            }
            @if let Some((all, chosen)) = lines {
                (select("by", "Lines", all.iter().map(|by| (by.as_str(), super::words::by_word(*by))), chosen.as_str()))
            }
            label.ck { input type="checkbox" name="compare" value="1" checked[asked.compares]; "Compare with the days before" }
            button.btn type="submit" { (icon("filter")) "Show" }
        }
    }
}

fn wrong(asked: &Asked, field: &str) -> Option<&'static str> {
    asked.errors.of(field).map(|_| "true")
}

/// What is wrong with a field, below it.
fn fault(asked: &Asked, field: &str) -> Markup {
    html! { @if let Some(words) = asked.errors.of(field) { p.err id={ (field) "-e" } { (icon("alert")) (words) } } }
}

fn select<'a>(
    id: &str,
    label: &str,
    options: impl Iterator<Item = (&'a str, &'a str)>,
    chosen: &str,
) -> Markup {
    html! {
        div.field {
            label.lbl for=(id) { (label) }
            select.inp id=(id) name=(id) {
                @for (word, label) in options { option value=(word) selected[word == chosen] { (label) } }
            }
        }
    }
}

/// A day of the period; it counts where the period is "from, to".
fn day(id: &str, label: &str, asked: &Asked) -> Markup {
    let date = if id == "from" { asked.period.from() } else { asked.period.to() };
    let told = if asked.preset == OWN { "" } else { ", with the period From, to" };
    html! {
        div.field {
            label.lbl for=(id) { (label) span.vh { (told) } }
            input.inp id=(id) name=(id) type="date" value=(date) aria-invalid=[wrong(asked, id)]
                aria-describedby=[wrong(asked, id).map(|_| format!("{id}-e"))];
            (fault(asked, id))
        }
    }
}

/// The zones to choose from: one's own, the instance's, universal time, and the one asked for.
fn zones(who: &SignedIn, asked: &Asked) -> Markup {
    let instance = who.instance.zone.iana_name().unwrap_or("UTC");
    let mut all = vec![asked.zone_name.as_str()];
    for name in [who.zone_name.as_str(), instance, "UTC"] {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    select("zone", "Time zone", all.into_iter().map(|name| (name, name)), &asked.zone_name)
}
