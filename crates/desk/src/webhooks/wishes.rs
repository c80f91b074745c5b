//! Which events a webhook is told of.

use super::message_id;
use incident::event::Derived;
use incident::{Access, Body, Cause, Scope};
use kernel::{Channel, IncidentNumber, PersonId, Timestamp};
use query::{Context, Expr};
use std::collections::BTreeSet;
use store::directory::webhooks::{Wanted, Webhook};
use store::incidents::feed::FeedEvent;
use store::incidents::filter::Look;
use store::webhooks::{Wish, matching};
use store::{Failure, Sql};
use uuid::Uuid;

/// What a webhook may see: what people of the service desk see, without what is restricted to
/// a team unless an administrator said so.
pub fn scope(told: &Wanted) -> Scope {
    Scope {
        everything: told.restricted,
        open_to_staff: true,
        teams: BTreeSet::new(),
        person: PersonId(Uuid::nil()),
        organisation: None,
        nothing: false,
    }
}

/// Those of these events that a webhook is told of, as incidents stand now. What was brought
/// in from elsewhere is the past and told to nobody.
pub fn wishes(
    sql: &mut dyn Sql,
    webhook: &Webhook,
    events: &[FeedEvent],
    (now, zone): (Timestamp, &str),
) -> Result<Vec<Wish>, Failure> {
    let scope = scope(&webhook.told);
    let wanted = |one: &&FeedEvent| {
        (webhook.told.wants(one.event.body.kind()) || is_paged(webhook, one))
            && one.event.channel != Channel::Import
            && is_for(webhook, &one.event.body)
            && scope.access(&one.subject) != Access::None
    };
    let mut wanted: Vec<&FeedEvent> = events.iter().filter(wanted).collect();
    if !webhook.told.condition.is_empty() && !wanted.is_empty() {
        // A condition that cannot be read any more lets nothing pass.
        let condition = query::parse(&webhook.told.condition)
            .map_or_else(|_| Expr::nothing(), |query| query.filter);
        let numbers: BTreeSet<IncidentNumber> = wanted.iter().map(|one| one.number).collect();
        let look = Look { scope, context: Context::of_a_rule(now, zone) };
        let matching = matching(sql, &look, &condition, &numbers)?;
        wanted.retain(|one| matching.contains(&one.number) || is_paged(webhook, one));
    }
    if webhook.kind.is_chat() {
        hear_once(&mut wanted);
    }
    let wish = |one: &FeedEvent| Wish {
        seq: one.seq,
        number: one.number,
        kind: one.event.body.kind().to_owned(),
        message_id: message_id(webhook.id, one.seq, one.event.at),
    };
    Ok(wanted.into_iter().map(wish).collect())
}

/// Whether what happened is for such readers: an update says whether it is for chat rooms.
fn is_for(webhook: &Webhook, body: &Body) -> bool {
    let Body::UpdatePublished(data) = body else { return true };
    if !webhook.kind.is_chat() {
        return true;
    }
    let data = serde_json::to_value(data).unwrap_or_default();
    // Those of before said nothing, and were for chat rooms.
    data.pointer("/audiences/chat").and_then(serde_json::Value::as_bool).unwrap_or(true)
}

/// Takes out what incidents only repeat of another, where a room is told of that one itself: who
/// reads that a parent is over need not read it of each child.
fn hear_once(wanted: &mut Vec<&FeedEvent>) {
    let what = |number: String, one: &FeedEvent| (number, one.event.body.kind().to_owned());
    let told: BTreeSet<(String, String)> =
        wanted.iter().map(|one| what(one.number.to_string(), one)).collect();
    wanted.retain(|one| match &one.event.cause {
        Cause::Derived(Derived { by, name, .. }) if by == "incident" => {
            !told.contains(&what(name.clone(), one))
        }
        _ => true,
    });
}

/// Whether a step of paging names this webhook: then it is told whatever else it wants.
fn is_paged(webhook: &Webhook, one: &FeedEvent) -> bool {
    matches!(&one.event.body, Body::Paged(data) if data.webhooks.contains(&webhook.id))
}
