//! What the one question suggests while somebody types: known outages, one's own
//! open incidents that sound alike, and always the way to report it.

use super::mine::{self, Which};
use super::outages::{self, Outage};
use super::report;
use super::words;
use crate::app::App;
use crate::auth::Reader;
use crate::error::PageResult;
use crate::form::Fields;
use crate::part::icon::icon;
use crate::part::time::Here;
use crate::url;
use axum::extract::{RawQuery, State};
use maud::{Markup, html};
use store::incidents::list::IncidentRow;

/// Own open incidents that are compared.
const COMPARED: usize = 50;
/// Suggestions of each kind.
const SHOWN: usize = 3;

/// `GET /portal/suggest?q=`
pub(super) async fn suggest(
    State(app): State<App>,
    Reader(who): Reader,
    RawQuery(query): RawQuery,
) -> PageResult<Markup> {
    let fields = Fields::parse(query.as_deref().unwrap_or_default());
    let typed: String = fields.text("q").chars().take(kernel::limits::TITLE_CHARS).collect();
    let (viewer, person, context) =
        (who.viewer().clone(), who.person().clone(), who.look().context);
    let (outages, own) = app
        .desk
        .read(move |sql| {
            let outages = outages::known(sql, &viewer, &person, &context)?;
            Ok((outages, mine::first(sql, &viewer, &context, Which::Open, COMPARED)?))
        })
        .await?;
    let telling = outages::telling(&typed);
    let joined = |outage: &Outage| own.iter().any(|row| row.state.parent == Some(outage.number));
    let outages = outages.into_iter().filter(|outage| !joined(outage)).collect();
    let outages = alike(outages, |outage| sounds(outage, &telling));
    let own = alike(own, |row| outages::likeness(&telling, &row.title));
    Ok(options(&typed, &outages, &own, &who.here))
}

/// How much an outage sounds like what was typed.
pub(super) fn sounds(outage: &Outage, telling: &[String]) -> usize {
    let service = outage.service.as_ref().map_or("", |(_, name)| name.as_str());
    outages::likeness(telling, &format!("{} {service}", outage.title))
}

/// Those that have something in common with what was typed, the likest first.
pub(super) fn alike<T>(items: Vec<T>, likeness: impl Fn(&T) -> usize) -> Vec<T> {
    let mut found: Vec<(usize, T)> = items
        .into_iter()
        .map(|item| (likeness(&item), item))
        .filter(|(like, _)| *like > 0)
        .collect();
    found.sort_by_key(|(like, _)| std::cmp::Reverse(*like));
    found.into_iter().map(|(_, item)| item).take(SHOWN).collect()
}

fn options(typed: &str, outages: &[Outage], own: &[IncidentRow], here: &Here) -> Markup {
    let say = locale::portal(here.language);
    html! {
        @if !outages.is_empty() {
            div role="group" aria-label=(say.known_problems()) {
                @for outage in outages {
                    div.ask-k role="option" aria-selected="false" data-href=(report::address(&outage.title, Some(outage.number))) {
                        div.ask-kt {
                            (icon(outage.health.look().1))
                            div {
                                b { (say.we_already_know(&outage.title)) }
                                span { (known(outage, here)) }
                                @if let Some(said) = &outage.said { span { (said.words) } }
                            }
                        }
                        span.btn.btn-sm { (say.have_this_too()) }
                    }
                }
            }
        }
        @if !own.is_empty() {
            div role="group" aria-label=(say.you_reported()) {
                @for row in own {
                    div.ask-o role="option" aria-selected="false" data-href=(url::portal_incident(row.number)) {
                        (icon("reply"))
                        span { b { (row.title) } small { (say.you_reported_as(row.number, words::standing(&row.state, say).words)) } }
                    }
                }
            }
        }
        div role="group" aria-label=(say.report_it()) {
            div.ask-o role="option" aria-selected="false" data-href=(report::address(typed, None)) {
                (icon("plus"))
                span {
                    b { @if outages.is_empty() && own.is_empty() { (say.report_this(typed)) } @else { (say.none_of_these(typed)) } }
                    small { (say.about_a_minute()) }
                }
            }
        }
    }
}

/// What may be said of an outage: the service, and when it is expected back.
pub(super) fn known(outage: &Outage, here: &Here) -> String {
    let service = outage.service.as_ref().map(|(_, name)| name.clone());
    let expected = outage.back(here);
    let words: Vec<String> = service.into_iter().chain(expected).collect();
    if words.is_empty() {
        return locale::portal(here.language).it_is_worked_on().to_owned();
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_something_in_common_is_suggested() {
        let telling = outages::telling("label printer prints nothing");
        let titles = vec!["VPN drops", "Label printer is dark", "Printer queue is full"];
        let found = alike(titles, |title| outages::likeness(&telling, title));
        assert_eq!(found, ["Label printer is dark", "Printer queue is full"]);
    }
}
