//! Which entries of the record a review shows: ticked in a list, each with a remark.

use crate::app::App;
use crate::auth::SignedIn;
use crate::error::{PageError, PageResult};
use crate::form::Fields;
use crate::incident::{Line, record};
use crate::part::icon::icon;
use crate::settings::editing::one_line;
use crate::url;
use desk::Trouble;
use desk::reviews::{Case, Line as Shown};
use incident::Refusal;
use kernel::{IncidentNumber, limits};
use maud::{Markup, html};
use std::collections::HashSet;
use store::directory::reviews::{Pick, Review};

/// Entries that are offered: those that are proposed or shown, and the first of the others.
const OFFERED: usize = 400;

/// The field of ticked entries.
const PICK: &str = "pick";

/// The value of an entry.
fn key(incident: IncidentNumber, n: u32) -> String {
    format!("{incident}.{n}")
}

/// The name of the field of its remark.
fn remark(key: &str) -> String {
    format!("remark-{key}")
}

/// The fields as the picks are stored.
pub(super) fn shown(fields: Fields, review: &Review) -> Fields {
    review.picks.iter().fold(fields, |fields, pick| {
        let key = key(pick.incident, pick.n);
        fields.and(&remark(&key), pick.remark.as_str()).and(PICK, key)
    })
}

/// The entry of the record that stands for what was picked before, or for what it is about.
fn key_of(line: &Line, picks: &[Pick]) -> String {
    let before = picks.iter().find(|pick| line.holds(pick.incident, pick.n));
    before.map_or_else(|| key(line.incident, line.n), |pick| key(pick.incident, pick.n))
}

/// The list with what is ticked.
pub(super) async fn draw(
    app: &App,
    who: &SignedIn,
    case: &Case,
    fields: &Fields,
) -> PageResult<Markup> {
    let review = &case.review;
    let lines = record(app, who, review.incident).await?;
    let candidates = app.desk.review_candidates(who.viewer(), review.number).await?;
    let proposed: HashSet<(IncidentNumber, u32)> = candidates
        .iter()
        .filter(|one| one.proposed)
        .map(|one| (one.line.pick.incident, one.line.pick.n))
        .collect();
    let ticked: HashSet<&str> = fields.all(PICK).collect();
    let mut offered = 0;
    let rows = lines.iter().filter_map(|line| {
        let key = key_of(line, &review.picks);
        let is_proposed = proposed.iter().any(|(incident, n)| line.holds(*incident, *n));
        let is_ticked = ticked.contains(key.as_str());
        offered += 1;
        let has_room = is_ticked || is_proposed || offered <= OFFERED;
        has_room.then(|| row(who, line, &key, is_ticked, is_proposed, fields))
    });
    let rows: Vec<Markup> = rows.collect();
    Ok(html! {
        p { "What a reader needs to follow the story. The words stay in " a.link href=(url::incident(review.incident)) { (review.incident) } ": what is erased there is gone here." }
        @if case.hidden > 0 { p.hint { (case.hidden) " picked entries are of incidents that you do not see. They stay." } }
        ul.rv-pick { @for row in &rows { (row) } }
        @if rows.len() < lines.len() { p.hint { (lines.len() - rows.len()) " later entries are not offered here." } }
    })
}

fn row(
    who: &SignedIn,
    line: &Line,
    key: &str,
    is_ticked: bool,
    is_proposed: bool,
    fields: &Fields,
) -> Markup {
    let name = remark(key);
    html! {
        li {
            label.ck {
                input type="checkbox" name=(PICK) value=(key) checked[is_ticked];
                span {
                    time datetime=(line.at) title=(who.here.full(line.at)) { (who.here.exact(line.at)) } " "
                    @if line.internal { (icon("lock")) span.vh { "Internal: " } " " }
                    (line.words)
                    @if is_proposed && !is_ticked { " " span.chip { "Proposed" } }
                }
            }
            input.inp type="text" name=(name) value=(fields.get(&name).unwrap_or_default()) maxlength=(limits::REASON_CHARS) autocomplete="off"
                placeholder="Remark" aria-label={ "Remark on " (who.here.exact(line.at)) ", " (line.words) };
        }
    }
}

/// The review with what was ticked. Entries that the form did not offer stay as they are; those of
/// incidents that the reader does not see, `seen` leaves out, and the desk keeps.
pub(super) async fn typed(
    app: &App,
    who: &SignedIn,
    fields: &Fields,
    seen: &[Shown],
    mut review: Review,
) -> Result<Review, Trouble> {
    let lines = match record(app, who, review.incident).await {
        Ok(lines) => lines,
        Err(PageError::Trouble(trouble)) => return Err(trouble),
        Err(error) => return Err(Refusal::not_found(error.to_string()).into()),
    };
    let ticked: HashSet<&str> = fields.all(PICK).collect();
    let offered = |pick: &&Pick| lines.iter().any(|line| line.holds(pick.incident, pick.n));
    let kept = seen.iter().map(|shown| &shown.pick).filter(|pick| !offered(pick));
    let mut picks: Vec<Pick> = kept.cloned().collect();
    for line in &lines {
        let key = key_of(line, &review.picks);
        if !ticked.contains(key.as_str()) {
            continue;
        }
        let remark = one_line(fields.text(&remark(&key)));
        let before = review.picks.iter().find(|pick| line.holds(pick.incident, pick.n));
        let (incident, n) = before.map_or((line.incident, line.n), |pick| (pick.incident, pick.n));
        picks.push(Pick { incident, n, remark });
    }
    review.picks = picks;
    Ok(review)
}
