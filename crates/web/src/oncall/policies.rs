//! Escalation policies that page by the chosen schedule, step by step in words.

use super::sight::Sight;
use crate::auth::SignedIn;
use crate::part::icon::icon;
use crate::settings::escalations::draw::in_words;
use crate::url;
use incident::escalation::{EscalationPolicy, Whom};
use kernel::InOrder;
use maud::{Markup, html};

pub(super) fn card(who: &SignedIn, sight: &Sight) -> Markup {
    let Some(row) = sight.row() else { return html! {} };
    let whom = Whom::Schedule(row.id);
    let all = sight.names.policy.paging.policies.values();
    let mut policies: Vec<&EscalationPolicy> =
        all.map(|policy| &**policy).filter(|policy| policy.names(whom)).collect();
    policies.order_by_key(|policy| (policy.name.to_lowercase(), policy.id));
    let (viewer, reads) = (who.viewer(), super::reads_rules(who));
    html! {
        section.card aria-labelledby="es" {
            div.card-h { h2 id="es" { "If a page of " (row.name) " is not acknowledged" } }
            @if policies.is_empty() {
                div.card-b { p.meta { "No escalation policy pages by this schedule yet." } }
            }
            @for policy in policies {
                div.card-b {
                    div.flex.oc-p {
                        h3 { (policy.name) }
                        @if viewer.configures_paging() {
                            a.btn.btn-quiet.btn-sm href=(url::settings(format_args!("escalation-policies/{}", policy.id))) aria-label={ "Edit " (policy.name) } { (icon("pencil")) "Edit" }
                        }
                    }
                    (in_words(policy, &sight.names, reads))
                }
            }
        }
    }
}
