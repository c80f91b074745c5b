//! How the settings of the status page look.

use super::{ADDRESS, SECTION};
use crate::account::{language_options, zone_field};
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::form::{Field, checkbox};
use crate::part::icon::icon;
use crate::part::time;
use crate::settings::editing::{Problem, choices, version_field};
use crate::settings::{Section, section_page};
use desk::status::{BASE, INTERNAL_BASE, Place, Report, Sites};
use maud::{Markup, html};
use std::sync::Arc;
use store::status::page::StatusPage;

/// What is shown beside the form.
pub(super) struct View<'a> {
    pub(super) who: &'a SignedIn,
    pub(super) page: &'a StatusPage,
    pub(super) version: i64,
    pub(super) report: Report,
    pub(super) sites: Arc<Sites>,
}

pub(super) fn page(view: &View<'_>, fields: &Fields, problem: &Problem, banner: Markup) -> Markup {
    let who = view.who;
    let body = html! {
        (banner)
        (problem.banner(who, ADDRESS))
        (state(view))
        section.card aria-labelledby="looks" {
            div.card-h { h2 id="looks" { "How it presents itself" } }
            div.card-b {
                @if who.viewer().configures() {
                    form.form method="post" action=(ADDRESS) enctype="multipart/form-data" {
                        (version_field(problem.version(fields, view.version)))
                        (inputs(view, fields, problem))
                        div { button.btn.btn-primary type="submit" { "Save" } }
                    }
                } @else { (read_only(view.page)) }
            }
        }
    };
    let lead = html! {
        "What everybody reads of your services, without asking. It shows "
        a.link href=(Section::Components.address()) { "components" }
        ", published updates and planned work."
    };
    section_page(who, SECTION, lead, None, body)
}

/// Whether it is read, how large it is and where it goes.
fn state(view: &View<'_>) -> Markup {
    let (report, here) = (&view.report, &view.who.here);
    let public = view.sites.public.as_ref();
    html! {
        section.card aria-labelledby="state" {
            div.card-h { h2 id="state" { "How it is doing" } }
            div.card-b { dl.props {
                div { dt { "Public page" } dd {
                    @match (public, &view.sites.own) {
                        (None, _) if view.page.public => "switched on; it is there in a moment",
                        (None, _) => "switched off: nobody outside can read it",
                        (Some(_), _) if !view.page.public => "switched off; it is gone in a moment",
                        (Some(_), None) => { a.link href=(BASE) { (BASE) } ", for everybody" },
                        (Some(_), Some((domain, _))) => {
                            a.link href={ "https://" (domain) } { (domain) } " and " a.link href=(BASE) { (BASE) } ", for everybody"
                        }
                    }
                } }
                div { dt { "Internal page" } dd { a.link href=(INTERNAL_BASE) { (INTERNAL_BASE) } ", for whoever is signed in and works here" } }
                div { dt { "Last made" } dd {
                    @match report.made_at {
                        Some(at) => { (time::since(at, here)) ", in " (report.took_ms) " ms" },
                        None => "not yet",
                    }
                } }
                @if let Some(site) = public {
                    div { dt { "Size" } dd {
                        (kilobytes(site.page_bytes())) " compressed to load, " (site.files.len()) " files, " (kilobytes(site.bytes())) " in all"
                    } }
                }
                @for place in &report.places { div { dt { (place.shown) } dd { (of_place(view, place)) } } }
            } }
        }
        @if let Some((since, words)) = &report.failing {
            div.banner.banner-crit role="alert" {
                (icon("alert"))
                div { b { "It cannot be made anew since " (here.moment(*since)) "." } " What was shown before stays. " (words) }
            }
        }
        @if report.places.is_empty() {
            p.meta { "Its files are kept here alone. To survive this server, have them written elsewhere with --status-dir or --status-s3-bucket." }
        }
    }
}

fn of_place(view: &View<'_>, place: &Place) -> Markup {
    let here = &view.who.here;
    html! {
        @match (&place.failing, place.written_at) {
            (Some((since, words)), _) => {
                span.chip.chip-crit { (icon("alert")) "not written since " (here.moment(*since)) }
                " " (words) ". It is tried again."
            },
            (None, Some(at)) => { "written " (time::since(at, here)) },
            (None, None) => "nothing written yet",
        }
    }
}

fn kilobytes(bytes: usize) -> String {
    format!("{:.1} kB", bytes as f64 / 1_000.0)
}

fn inputs(view: &View<'_>, fields: &Fields, problem: &Problem) -> Markup {
    let errors = &problem.errors;
    let field = |id: &'static str, label: &'static str| Field::new(id, label).errors(errors);
    let own = (String::new(), "The instance's".to_owned());
    let offered = language_options().map(|(value, name)| (value.to_owned(), name));
    let offered: Vec<(String, String)> = offered.collect();
    let first: Vec<(String, String)> = std::iter::once(own).chain(offered.clone()).collect();
    let logo = field("logo", "Logo")
        .hint("PNG, JPEG or WebP, at most 100 kB. Leave it empty to keep what is there.");
    html! {
        (checkbox("public", "Everybody may read it", fields.ticked("public")))
        (field("name", "Name").hint("Whose page it is. Empty: the name of the instance.").input("text", fields.text("name")))
        div.form-2 {
            (field("first", "Language").hint("For readers whose browser asks for none of them.").select(&first, fields.text("first")))
            (zone_field(fields.text("time_zone"), "Of all days and times on it. Empty: the instance's.", errors))
        }
        (choices("other", "In which other languages?", None, &offered, fields))
        (field("domain", "Domain of its own").hint("Such as status.example.org, where it answers at /. Point the name here, or where its files are written.").input("text", fields.text("domain")))
        (checkbox("domain_is_ours", "This server answers at the domain, and people subscribe there", fields.ticked("domain_is_ours")))
        (field("support", "Where to get help").hint("An address or a telephone number, shown at its end.").input("text", fields.text("support")))
        (logo.around(html! {
            input.inp type="file" id="logo" name="logo" accept="image/png,image/jpeg,image/webp"
                aria-invalid=[logo.invalid()] aria-describedby=[logo.described_by()];
        }))
        @if view.page.logo.is_some() { (checkbox("no_logo", "Remove the logo", fields.ticked("no_logo"))) }
    }
}

fn read_only(page: &StatusPage) -> Markup {
    let or =
        |text: &str| if text.is_empty() { "the instance's".to_owned() } else { text.to_owned() };
    let languages: Vec<&str> = page.languages.iter().map(|one| one.name()).collect();
    html! {
        dl.props {
            div { dt { "Public" } dd { @if page.public { "yes" } @else { "no" } } }
            div { dt { "Name" } dd { (or(&page.name)) } }
            div { dt { "Languages" } dd { (or(&languages.join(", "))) } }
            div { dt { "Time zone" } dd { (or(&page.time_zone)) } }
            div { dt { "Domain" } dd { @if page.domain.is_empty() { "none" } @else { (page.domain) @if page.domain_is_ours { ", answered by this server" } } } }
            div { dt { "Help" } dd { @if page.support.is_empty() { "none" } @else { (page.support) } } }
        }
    }
}
