//! What the terms of the form would have made of the incidents of the last days.

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::PageResult;
use crate::part::pri::priority;
use crate::part::time::counted;
use crate::settings::moves::clock_word;
use crate::url;
use desk::Trouble;
use desk::what_if::{Backtest, Tally, Unsaved};
use incident::policy::Agreement;
use kernel::Priority;
use maud::{Markup, html};

/// Days that are looked back.
const DAYS: i64 = 30;
/// Incidents that are named.
const ROWS: usize = 5;

/// The result in words, or why there is none.
pub(super) async fn card(app: &App, who: &SignedIn, agreement: &Agreement) -> PageResult<Markup> {
    let now = app.desk.now();
    let unsaved = Unsaved { agreement: Some(agreement.clone()), ..Unsaved::default() };
    let span = (now.plus_days(-DAYS), now);
    Ok(match app.desk.backtest(who.viewer(), unsaved, span).await {
        Ok(result) => drawn(&result),
        Err(Trouble::Throttled { .. }) => {
            html! { p.meta role="status" { "Another look back is being computed. Ask again in a few seconds." } }
        }
        Err(Trouble::Faults(faults)) => {
            let words: Vec<String> = faults.iter().map(|fault| fault.message.clone()).collect();
            html! { p.err { (words.join("; ")) } }
        }
        Err(other) => return Err(other.into()),
    })
}

/// Kept and ended promises to requesters, before and after, by priority.
fn by_priority(result: &Backtest) -> Vec<(Priority, Share, Share)> {
    Priority::ALL
        .into_iter()
        .map(|at| {
            let of = result
                .tallies
                .iter()
                .filter(|((priority, kind), _)| *priority == at && kind.is_promised_to_requester());
            let (mut was, mut would) = (Share::default(), Share::default());
            for (_, (before, after)) in of {
                was.add(*before);
                would.add(*after);
            }
            (at, was, would)
        })
        .filter(|(_, was, would)| was.ended + would.ended > 0)
        .collect()
}

/// How many of the promises that ended were kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Share {
    met: i64,
    ended: i64,
}

impl Share {
    fn add(&mut self, tally: Tally) {
        self.met += tally.met;
        self.ended += tally.met + tally.breached;
    }

    fn with(self, other: Share) -> Share {
        Share { met: self.met + other.met, ended: self.ended + other.ended }
    }

    /// Per mille.
    fn mille(self) -> Option<i64> {
        (self.ended > 0).then(|| (self.met * 1_000 + self.ended / 2) / self.ended)
    }

    /// "96.9%"
    fn words(self) -> String {
        self.mille().map_or("–".to_owned(), |mille| format!("{}.{}%", mille / 10, mille % 10))
    }
}

fn drawn(result: &Backtest) -> Markup {
    let rows = by_priority(result);
    let sum = |pick: fn(&(Priority, Share, Share)) -> Share| {
        rows.iter().map(pick).fold(Share::default(), Share::with)
    };
    let (was, would) = (sum(|row| row.1), sum(|row| row.2));
    html! {
        div.stack role="status" {
            @if rows.is_empty() {
                p.meta { "No promise of the last " (DAYS) " days has ended yet, of " (counted(result.incidents, "incident")) "." }
            } @else {
                p.meta {
                    b.ink { "With these terms, the last " (DAYS) " days" }
                    " would have met " b.ink { (would.words()) } " instead of " (was.words()) ", of " (counted(result.incidents, "incident")) "."
                    @if let Some(words) = most(&rows) { " " (words) }
                }
                table.dt.try-t {
                    thead { tr { th scope="col" { "Priority" } th.num scope="col" { "Kept" } th.num scope="col" { "Would be" } } }
                    tbody { @for (at, was, would) in &rows { tr { th scope="row" { (priority(*at)) } td.num { (was.words()) } td.num { (would.words()) } } } }
                }
            }
            @if result.differing > 0 { (otherwise(result)) }
        }
    }
}

/// Which priority changes most.
fn most(rows: &[(Priority, Share, Share)]) -> Option<String> {
    let change = |row: &(Priority, Share, Share)| Some(row.2.mille()? - row.1.mille()?);
    let row = rows
        .iter()
        .filter(|row| change(row).is_some())
        .max_by_key(|row| change(row).map(i64::abs))?;
    match change(row)? {
        0 => None,
        1.. => Some(format!("{} gains most.", row.0)),
        _ => Some(format!("{} drops most.", row.0)),
    }
}

fn otherwise(result: &Backtest) -> Markup {
    html! {
        details {
            summary.link.try-s { (counted(result.differing, "promise")) " would have ended otherwise" }
            ul.cal-l {
                @for row in result.rows.iter().take(ROWS) {
                    li {
                        a.link href=(url::incident(row.number)) { (row.number) } " " (clock_word(row.kind)) ": "
                        @if row.breached_after.is_some() { "would have been broken" } @else { "would have been kept" }
                    }
                }
                @if result.differing as usize > ROWS { li { "and " (result.differing as usize - ROWS) " more" } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use incident::clocks::ClockKind;

    #[test]
    fn shares_are_of_what_has_ended() {
        let tally = |met, breached| Tally { met, breached, open: 3 };
        let mut result = Backtest { incidents: 40, differing: 1, ..Backtest::default() };
        let [p1, _, p3, ..] = Priority::ALL;
        result.tallies.insert((p1, ClockKind::Response), (tally(9, 1), tally(9, 1)));
        result.tallies.insert((p3, ClockKind::Resolution), (tally(20, 0), tally(18, 2)));
        result.tallies.insert((p3, ClockKind::Team), (tally(0, 20), tally(0, 20)));
        let html = drawn(&result).into_string();
        assert!(html.contains("<b class=\"ink\">90.0%</b> instead of 96.7%"), "{html}");
        assert!(html.contains("P3 drops most."), "{html}");
        let none = drawn(&Backtest { incidents: 2, ..Backtest::default() }).into_string();
        assert!(none.contains("No promise of the last 30 days has ended yet, of 2 incidents."));
    }
}
