//! How a team gives what comes to it to its people, and who would be next.

use crate::auth::SignedIn;
use crate::form::Fields;
use crate::part::form::checkbox;
use crate::part::person::person;
use crate::part::time::counted;
use desk::Trouble;
use incident::assignment::{Nobody, Standing, Wanted, Way, choose};
use incident::{Policy, Refusal};
use kernel::{PersonId, TeamId};
use maud::{Markup, html};
use std::collections::HashMap;

/// The way that the form says.
pub(super) fn typed(fields: &Fields) -> Result<Way, Trouble> {
    let Some(word) = fields.filled("assignment") else { return Ok(Way::default()) };
    let way = word.parse();
    Ok(way.map_err(|_| Refusal::invalid("assignment", "Choose one of the list"))?)
}

/// The ways to choose from, each with what it does.
pub(super) fn inputs(fields: &Fields) -> Markup {
    let chosen = typed(fields).unwrap_or_default();
    html! {
        fieldset.field id="assignment" {
            legend { "Who gets what comes to it?" }
            @for way in Way::ALL {
                label.ck.ck-l {
                    input type="radio" name="assignment" value=(way.as_str()) checked[*way == chosen];
                    span { b { (way.label()) } br; span.meta { (way.explained()) } }
                }
            }
            p.hint {
                "Nobody is chosen who is away, out of use or may not see the incident; the team's hours do not matter. "
                "It applies to what comes from now on."
            }
        }
        div.field {
            (checkbox("by_skill", "People who know the service or category come first", fields.ticked("by_skill")))
            p.hint { "What they know is set at each person. If none of them is there, anybody of the team gets it." }
        }
    }
}

/// Who would be next, where the team assigns by itself.
pub(super) fn next(
    who: &SignedIn,
    policy: &Policy,
    id: TeamId,
    standings: &HashMap<PersonId, Standing>,
) -> Markup {
    let team = policy.teams.get(&id).filter(|team| team.assignment.is_automatic());
    let Some(team) = team else { return html! {} };
    let next = choose(policy, team, &Wanted::default(), standings, who.here.now);
    html! {
        section.card aria-labelledby="next" {
            div.card-h { h2 id="next" { "Next" } span.meta { (team.assignment.label()) } }
            div.card-b {
                @match next {
                    Ok(choice) => {
                        p { (person(choice.person, policy.staff.get(&choice.person).map_or("", |staff| &staff.name))) }
                        p.meta.mts {
                            "Would get what comes to the team now: " (choice.reason) "."
                            @if team.by_skill { " Whoever knows its service or category comes first." }
                        }
                    }
                    Err(Nobody { away: 0 }) => p { "Nobody of this team works on incidents: what comes stays with the team. Add somebody below." },
                    Err(Nobody { away }) => p { "Nobody is there, " (counted(i64::from(away), "person")) " of the team " @if away == 1 { "is" } @else { "are" } " away: what comes stays with the team." },
                }
            }
        }
    }
}
