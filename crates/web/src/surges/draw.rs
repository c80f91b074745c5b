//! How surges look.

use super::{BANNER, address};
use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::form::{Errors, Field, checkbox};
use crate::part::icon::icon;
use crate::part::time::{self, counted, duration};
use crate::shell::{Page, Section};
use crate::url;
use desk::surges::{Case, may_decide};
use incident::Policy;
use kernel::{IncidentNumber, ServiceId, Timestamp, limits};
use maud::{Markup, html};
use store::incidents::list::IncidentRow;
use store::surges::{Surge, SurgeState};

/// Surges that stand open over a list: with more it would begin below them.
const SHOWN: usize = 2;
/// How often an open page asks for the banner, in seconds.
const ASK_EVERY_SECONDS: u32 = 15;
/// From which share of a report on a usual number is told as one and not as none, in thousandths.
const HALF_A_REPORT: i64 = 500;

/// What a service is called; one that is out of use has no name at hand.
pub(super) fn service_name(policy: &Policy, service: ServiceId) -> &str {
    policy.services.get(&service).map_or("a service", |known| known.name.as_str())
}

/// The banner over a list; it stays on the page while there is nothing to say, so that it can
/// come by itself.
pub(super) fn banner(
    who: &SignedIn,
    surges: &[&Surge],
    policy: &Policy,
    service: Option<ServiceId>,
) -> Markup {
    let asked = service.map(|service| format!("?service={service}")).unwrap_or_default();
    let (first, others) = surges.split_at(surges.len().min(SHOWN));
    html! {
        div.surges id="surges" data-patch data-poll={ (BANNER) (asked) } data-every=(ASK_EVERY_SECONDS) {
            @for surge in first { (one(who, surge, service_name(policy, surge.service))) }
            @if !others.is_empty() {
                details.fold id="surges-more" {
                    summary { (icon("right")) (counted(others.len() as i64, "more service")) " with more reports than usual" }
                    div class="stack-s mts" { @for surge in others { (one(who, surge, service_name(policy, surge.service))) } }
                }
            }
        }
    }
}

fn one(who: &SignedIn, surge: &Surge, name: &str) -> Markup {
    let said = said(surge, name, who.here.now);
    html! {
        @if surge.state == SurgeState::Accepted {
            div.banner.banner-info role="status" {
                (icon("alert"))
                div {
                    b { (said) } " "
                    @if let Some(parent) = surge.parent { "They are linked to " a.link href=(url::incident(parent)) { (parent) } ", and more still come. " }
                    a.link href=(address(surge.id)) { "Look at it" }
                }
            }
        } @else {
            div.banner.banner-warn role="status" {
                (icon("alert"))
                div { b { (said) } " They may have one cause." }
                @if may_decide(who.viewer()) { a.btn.btn-sm href=(address(surge.id)) { "Make a parent" } }
                @else { a.btn.btn-sm href=(address(surge.id)) { "Look at it" } }
            }
        }
    }
}

/// "11 reports on Label Printing in 20 min, usually 1."
fn said(surge: &Surge, name: &str, now: Timestamp) -> String {
    let until = surge.ended_at.unwrap_or(now);
    let lasts = duration(until.seconds_since(surge.began).max(60));
    let reports = counted(i64::from(surge.counted), "report");
    format!("{reports} on {name} in {lasts}, usually {}.", usually(surge.expected_milli))
}

fn usually(milli: i64) -> String {
    match milli {
        ..HALF_A_REPORT => "none".to_owned(),
        milli => ((milli + HALF_A_REPORT) / 1_000).to_string(),
    }
}

/// The page on which somebody decides.
pub(super) fn page(
    who: &SignedIn,
    case: &Case,
    name: &str,
    fields: &Fields,
    errors: &Errors,
    decides: bool,
) -> Markup {
    let title = format!("Many reports on {name}");
    let surge = &case.surge;
    let open = surge.is_undecided() && decides;
    let main = html! {
        div.page {
            div.page-h {
                div {
                    h1 { (title) }
                    p { (said(surge, name, who.here.now)) " Since " (time::moment(surge.began, &who.here)) ". " (standing(surge, open)) }
                }
            }
            @if open { (form(who, case, name, fields, errors)) }
            @else if let Some(parent) = surge.parent.filter(|_| decides && !case.reports.is_empty()) {
                (errors.summary())
                (more(who, case, parent))
            } @else {
                (errors.summary())
                section.card { div.card-b { (reports(who, &case.reports, None)) } }
            }
        }
    };
    Page::new(who, &title).section(Section::Queue).crumb(url::QUEUE, "Queue").show(main)
}

/// What became of it.
fn standing(surge: &Surge, open: bool) -> Markup {
    html! {
        @match surge.state {
            _ if open => "Nothing is linked until you say so.",
            SurgeState::Proposed => "Nothing is linked until you say so.",
            SurgeState::Accepted => {
                @if let Some(parent) = surge.parent { "Its reports are linked to " a.link href=(url::incident(parent)) { (parent) } "." }
                @else { "No parent was made: somebody has to decide again." }
            }
            SurgeState::Dismissed => "Somebody says that it is nothing.",
            SurgeState::Over => "It ended before anybody decided.",
        }
    }
}

fn form(who: &SignedIn, case: &Case, name: &str, fields: &Fields, errors: &Errors) -> Markup {
    let sent = fields.get("title").is_some();
    let title = match sent {
        true => fields.text("title").to_owned(),
        false => format!("{name} does not work"),
    };
    let words = match sent {
        true => fields.text("draft").to_owned(),
        false => format!(
            "Several people cannot use {name} at present. We are looking into it and tell you here as soon as we know more."
        ),
    };
    let chosen = |row: &IncidentRow| {
        !sent || fields.all("report").any(|text| text == row.number.to_string())
    };
    html! {
        form.form.stack-l method="post" action=(address(case.surge.id)) {
            (errors.summary())
            section.card { div.card-b.stack-l {
                (parents(case, fields, errors))
                (Field::new("title", "What it is called").hint("For a new incident.").errors(errors).around(html! {
                    input.inp id="title" name="title" type="text" maxlength=(limits::TITLE_CHARS) value=(title);
                }))
                (checkbox("known", "Say in the portal that it is known, so that others join it", !sent || fields.ticked("known")))
                (Field::new("draft", "A first update").hint("It waits in the composer of the incident as your draft. Nothing is published before you send it.")
                    .errors(errors).textarea(3, &words))
            } }
            section.card { div.card-b {
                h2 { "Reports that follow it" }
                p.hint { "They are put on hold, taken up and resolved with it. Untick what has another cause." }
                (reports(who, &case.reports, Some(&chosen)))
            } }
            div.btns {
                button.btn.btn-primary type="submit" { "Make the parent and link them" }
                button.btn type="submit" formaction={ (address(case.surge.id)) "/dismiss" } formnovalidate { "It is nothing" }
                a.btn.btn-quiet href=(url::QUEUE) { "Back" }
            }
        }
    }
}

/// Reports that came since a parent was made.
fn more(who: &SignedIn, case: &Case, parent: IncidentNumber) -> Markup {
    html! {
        form.form.stack-l method="post" action={ (address(case.surge.id)) "/link" } {
            section.card { div.card-b {
                h2 { "Reports that stand alone" }
                p.hint { "They came since, or were left out. Tick what has the same cause." }
                (reports(who, &case.reports, Some(&|_: &IncidentRow| false)))
            } }
            div.btns {
                button.btn.btn-primary type="submit" { "Link them to " (parent) }
                a.btn.btn-quiet href=(url::QUEUE) { "Back" }
            }
        }
    }
}

/// A new incident, a major one of the service that is open, or another.
fn parents(case: &Case, fields: &Fields, errors: &Errors) -> Markup {
    let into = fields.text("into");
    let known = |row: &IncidentRow| into == row.number.to_string();
    html! {
        fieldset.field.stack-s id="into" {
            legend { "Which incident is the parent?" }
            label.ck { input type="radio" name="into" value="" checked[into.is_empty()]; "A new one" }
            @for row in &case.majors {
                label.ck { input type="radio" name="into" value=(row.number) checked[known(row)]; (row.number) ", " (row.title) }
            }
            label.ck { input type="radio" name="into" value="other" checked[into == "other"]; "Another one:" }
            input.inp type="text" name="other" value=(fields.text("other")) placeholder="INC-42" aria-label="Number of the other incident" autocomplete="off";
            @if let Some(error) = errors.of("into") { p.err { (icon("alert")) (error) } }
        }
    }
}

/// The reports, with boxes where somebody chooses.
fn reports(
    who: &SignedIn,
    rows: &[IncidentRow],
    chosen: Option<&dyn Fn(&IncidentRow) -> bool>,
) -> Markup {
    html! {
        @if rows.is_empty() { p.muted { "Every open report has a parent already." } }
        @else {
            ul.stack-s.mts.su-r {
                @for row in rows {
                    li {
                        @if let Some(chosen) = chosen {
                            label.ck { input type="checkbox" name="report" value=(row.number) checked[chosen(row)]; (row.title) }
                        } @else { (row.title) }
                        p.meta {
                            a.link href=(url::incident(row.number)) { (row.number) } ", " (row.requester.name) ", "
                            (time::since(row.state.reported_at, &who.here))
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_usually_comes_is_told_in_whole_reports() {
        assert_eq!(usually(0), "none");
        assert_eq!(usually(499), "none");
        assert_eq!(usually(500), "1");
        assert_eq!(usually(1_400), "1");
        assert_eq!(usually(2_600), "3");
    }
}
