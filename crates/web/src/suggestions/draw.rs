//! How the quality of suggestions looks.

use super::LEARN;
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::incident::per_cent;
use crate::part::form::{Field, checkbox};
use crate::part::time::{self, counted};
use crate::settings::editing::{Problem, version_field};
use crate::shell::{Page, Section};
use crate::url;
use desk::suggest::{Became, Bin, Measured, Quality};
use maud::{Markup, html};
use store::suggestions::{Settings, Suggested};

/// What the form of the settings shows.
pub(super) struct Form<'a> {
    pub(super) settings: Settings,
    pub(super) sent: Option<Fields>,
    pub(super) version: i64,
    pub(super) problem: &'a Problem,
}

/// The name of a control of a field.
pub(super) fn name(field: Suggested, what: &str) -> String {
    format!("{field}-{what}")
}

/// The page.
pub(super) fn page(who: &SignedIn, quality: &[Quality], form: &Form<'_>, banner: Markup) -> Markup {
    let main = html! {
        div.page.page-w {
            div.page-h {
                div {
                    h1 { "Suggestions" }
                    p { "Service, category, team and priority of new incidents, learned from those of the past. Nothing of it leaves this program, and requesters see none of it." }
                }
            }
            (banner)
            div.stack-l {
                @for one in quality { (card(who, one)) }
                @if who.viewer().configures() { (settings(who, form)) }
            }
        }
    };
    Page::new(who, "Suggestions")
        .section(Section::Reports)
        .crumb(url::REPORTS, "Reports")
        .main_class("main main-canvas")
        .show(main)
}

fn title(field: Suggested) -> &'static str {
    match field {
        Suggested::Service => "Service",
        Suggested::Category => "Category",
        Suggested::Team => "Team",
        Suggested::Priority => "Priority",
    }
}

fn card(who: &SignedIn, one: &Quality) -> Markup {
    let id = format!("q-{}", one.field);
    html! {
        section.card aria-labelledby=(id) {
            div.card-h { h2 id=(id) { (title(one.field)) } }
            div.card-b.stack {
                @if !one.settings.on { p.muted { "It is switched off." } }
                @match &one.measured {
                    None => p.muted { "Too little is known: at least 200 past incidents must say it, and of a value at least 10. Confidential incidents tell nothing." },
                    Some(measured) => {
                        (told(who, one, measured))
                        (became(&one.became))
                        (calibration(one.field, measured))
                        (classes(one))
                    }
                }
            }
        }
    }
}

/// From what it was learned, and how often it is right.
fn told(who: &SignedIn, one: &Quality, measured: &Measured) -> Markup {
    let (shown, right) = measured.shown_at(one.threshold);
    let silent = measured.held_out.saturating_sub(shown);
    html! {
        p {
            "Learned from " (counted(i64::from(measured.learned), "incident")) " since " (time::moment(measured.since, &who.here))
            @if let Some((version, at)) = one.trained { ", for the " (ordinal(version)) " time, last learned " (time::moment(at, &who.here)) }
            "."
        }
        @if measured.held_out == 0 {
            p.muted { "Too little came of late to measure how good it is: nothing is suggested until then." }
        } @else {
            p {
                "Measured on the newest " (measured.held_out) " of them, when it knew the older ones only: the first guess is right in "
                b { (share(measured.right, measured.held_out)) } ". The most frequent value"
                @if one.field != Suggested::Service { " of the service" } " is in "
                b { (share(measured.simple_right, measured.held_out)) } "."
            }
            p {
                @match one.threshold {
                    None => { "It is silent: no certainty is right in " (one.settings.precision) " % of cases." },
                    Some(threshold) => {
                        "It is shown from a certainty of " (per_cent(threshold)) ", which is right in " b { (share(right, shown)) }
                        ", and silent on " b { (share(silent, measured.held_out)) } " of incidents."
                    }
                }
            }
        }
    }
}

fn became(became: &Became) -> Markup {
    html! {
        p {
            @if became.shown == 0 { "Nothing was shown so far." }
            @else {
                "Shown on " (counted(became.shown, "incident")) ": accepted " (became.accepted) ", corrected " (became.corrected)
                ", dismissed " (became.dismissed) ", left " (became.ignored) "."
            }
        }
    }
}

/// What was said beside what was right: points on the diagonal are said as they are.
fn calibration(field: Suggested, measured: &Measured) -> Markup {
    let bins = measured.bins();
    let name = format!("Certainty of the {field} beside how often it is right");
    html! {
        @if !bins.is_empty() {
            figure.stack-s {
                figcaption.meta { "What it says beside what is right. On average they are " (points(measured.calibration_error())) " apart." }
                svg.cal viewBox="0 0 100 100" role="img" aria-label=(name) {
                    path d="M0 100H100M0 100V0M0 100L100 0" {}
                    @for bin in &bins { (point(bin)) }
                }
                details {
                    summary class="btn btn-quiet btn-sm" { "As a table" }
                    div.scroll-x.mts tabindex="0" role="region" aria-label=(name) {
                        table.dt {
                            thead { tr { th scope="col" { "Said" } th.num scope="col" { "Right" } th.num scope="col" { "Incidents" } } }
                            tbody {
                                @for bin in &bins {
                                    tr { th scope="row" { (of_one(bin.said)) } td.num { (of_one(bin.right)) } td.num { (bin.count) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The more incidents, the larger.
fn point(bin: &Bin) -> Markup {
    let size = 1.5 + f64::from(bin.count).sqrt().min(12.0) / 4.0;
    html! {
        circle cx=(format!("{:.1}", bin.said * 100.0)) cy=(format!("{:.1}", 100.0 - bin.right * 100.0)) r=(format!("{size:.1}")) {}
    }
}

fn classes(one: &Quality) -> Markup {
    let name = format!("Values of the {}", one.field);
    html! {
        details {
            summary class="btn btn-quiet btn-sm" { "Each value" }
            div.scroll-x.mts tabindex="0" role="region" aria-label=(name) {
                table.dt {
                    thead { tr {
                        th scope="col" { "Value" } th.num scope="col" { "Learned from" } th.num scope="col" { "Held out" }
                        th.num scope="col" { "Guessed" } th.num scope="col" { "Right" } th.num scope="col" { "Shown" }
                        th.num scope="col" { "Accepted" } th.num scope="col" { "Corrected" }
                    } }
                    tbody {
                        @for (label, class, became) in &one.classes {
                            tr {
                                th scope="row" { (label) }
                                td.num { (class.learned) } td.num { (class.held_out) } td.num { (class.guessed) } td.num { (class.right) }
                                td.num { (became.shown) } td.num { (became.accepted) } td.num { (became.corrected) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn settings(who: &SignedIn, form: &Form<'_>) -> Markup {
    html! {
        (form.problem.banner(who, url::SUGGESTIONS))
        form.stack-l id="suggestion-settings" method="post" action=(url::SUGGESTIONS) {
            (version_field(form.version))
            section.card aria-labelledby="settings-h" {
                div.card-h { h2 id="settings-h" { "Settings" } }
                div.card-b.stack-l {
                    p.meta { "What is shown should be right in this share of cases; the higher, the more often it is silent. Above a certainty of yours it can be carried out by itself on what comes in: the timeline says so, and anybody can undo it." }
                    @for field in Suggested::ALL.iter().copied() { (field_settings(form, field)) }
                }
            }
            div.btns { button.btn.btn-primary type="submit" { "Save the settings" } }
        }
        form method="post" action=(LEARN) {
            button.btn type="submit" { "Learn again now" }
        }
    }
}

fn field_settings(form: &Form<'_>, field: Suggested) -> Markup {
    let kept = form.settings.of(field);
    let (on, precision, by_itself) =
        (name(field, "on"), name(field, "precision"), name(field, "by_itself"));
    let text = |id: &str, stored: String| match &form.sent {
        Some(sent) => sent.text(id).to_owned(),
        None => stored,
    };
    let ticked = form.sent.as_ref().map_or(kept.on, |sent| sent.ticked(&on));
    let itself = kept.by_itself.map(|value| value.to_string()).unwrap_or_default();
    html! {
        fieldset.field {
            legend { (title(field)) }
            (checkbox(&on, "Suggest it", ticked))
            div.form-2 {
                (Field::new(&precision, "Right in per cent").hint("50 to 99").input("number", &text(&precision, kept.precision.to_string())))
                (Field::new(&by_itself, "Carried out by itself from per cent").hint("Empty: never").input("number", &text(&by_itself, itself)))
            }
        }
    }
}

/// "30%".
fn share(part: u32, of: u32) -> String {
    match of {
        0 => "none".to_owned(),
        of => of_one(f64::from(part) / f64::from(of)),
    }
}

fn of_one(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

/// "2.4 points".
fn points(share: f64) -> String {
    format!("{:.1} points", share * 100.0)
}

fn ordinal(count: i64) -> String {
    let last = match (count % 100, count % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{count}{last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_told_in_per_cent() {
        assert_eq!((share(3, 4), share(0, 0)), ("75%".to_owned(), "none".to_owned()));
        assert_eq!(points(0.0235), "2.4 points");
        assert_eq!(
            (ordinal(1), ordinal(12), ordinal(23)),
            ("1st".into(), "12th".into(), "23rd".into())
        );
    }
}
