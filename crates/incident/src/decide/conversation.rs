//! What people say and show.

use super::{Draft, lifecycle, relations};
use crate::command::{Command, Report, Visibility};
use crate::event::{Attached, Commented, ExpectationSet, Redacted, Reopened};
use crate::refusal::Refusal;
use crate::state::{HoldReason, Lifecycle};
use kernel::{AttachmentId, ContentId, Timestamp, limits};

pub(super) fn run(draft: &mut Draft, command: &Command) -> Result<(), Refusal> {
    match command {
        Command::Comment { body, visibility } => comment(draft, *body, *visibility)?,
        Command::Attach { attachment, name, size_bytes, media_type, visibility } => {
            check_file(draft, *attachment, *size_bytes, media_type, *visibility)?;
            draft.emit(Attached {
                attachment: *attachment,
                name: *name,
                size_bytes: *size_bytes,
                media_type: media_type.clone(),
                visibility: *visibility,
            });
            if draft.by_requester() && *visibility == Visibility::Public {
                // What they were asked for may be a picture.
                answered(draft)?;
            }
        }
        Command::SetExpectedResolution { at, low, high, reason } => {
            expect(draft, (*at, *low, *high), *reason)?
        }
        Command::Redact { content } => draft.emit(Redacted { content: *content }),
        _ => {}
    }
    Ok(())
}

/// Whether it is the requester's word, which is heard in every state.
pub(super) fn is_heard(draft: &Draft, command: &Command) -> bool {
    matches!(command, Command::Comment { visibility: Visibility::Public, .. })
        && draft.by_requester()
}

fn comment(draft: &mut Draft, body: ContentId, visibility: Visibility) -> Result<(), Refusal> {
    if draft.by_requester() && visibility == Visibility::Public {
        return requester_said(draft, body);
    }
    check_is_read(draft, visibility)?;
    let by_follower = visibility == Visibility::Public && draft.by_follower();
    draft.emit(Commented { body, visibility, by_requester: false, by_follower });
    if visibility == Visibility::Public {
        provider_spoke(draft);
    }
    Ok(())
}

/// Nobody waits for public words on a closed incident.
fn check_is_read(draft: &Draft, visibility: Visibility) -> Result<(), Refusal> {
    if draft.state()?.lifecycle == Lifecycle::Closed && visibility == Visibility::Public {
        return Err(Refusal::state(
            "closed",
            "this incident is closed; nobody would read it. Report a follow-up, or keep it internal",
        ));
    }
    Ok(())
}

fn check_file(
    draft: &Draft,
    attachment: AttachmentId,
    size_bytes: u64,
    media_type: &str,
    visibility: Visibility,
) -> Result<(), Refusal> {
    check_is_read(draft, visibility)?;
    let files = &draft.state()?.attachments;
    if files.len() >= limits::ATTACHMENTS_PER_INCIDENT {
        return Err(Refusal::limit(format!(
            "this incident has {} files, the most there can be",
            limits::ATTACHMENTS_PER_INCIDENT
        )));
    }
    if files.iter().any(|file| file.id == attachment) {
        return Err(Refusal::invalid("attachment", "is attached already"));
    }
    if size_bytes > limits::ATTACHMENT_BYTES as u64 {
        return Err(Refusal::invalid(
            "size_bytes",
            format!("is more than {} MB, the most a file can have", limits::ATTACHMENT_BYTES >> 20),
        ));
    }
    if media_type.chars().count() > limits::NAME_CHARS || media_type.contains(char::is_control) {
        return Err(Refusal::invalid(
            "media_type",
            format!("must have up to {} characters", limits::NAME_CHARS),
        ));
    }
    Ok(())
}

pub(super) fn provider_spoke(draft: &mut Draft) {
    if draft.by_provider() {
        draft.spoken.provider = true;
        lifecycle::responded(draft);
        // Whoever answers has it.
        lifecycle::took_it(draft);
    }
}

fn requester_said(draft: &mut Draft, body: ContentId) -> Result<(), Refusal> {
    let life = draft.state()?.lifecycle;
    if matches!(life, Lifecycle::Closed | Lifecycle::Cancelled) {
        return follow_up(draft, body);
    }
    draft.spoken.requester = true;
    let visibility = Visibility::Public;
    draft.emit(Commented { body, visibility, by_requester: true, by_follower: false });
    if draft.by_holder() {
        lifecycle::responded(draft);
    }
    if life == Lifecycle::Resolved {
        draft.emit_by_policy(
            "reply to a resolved incident",
            0,
            Reopened { note: None, by_reply: true },
        );
        return relations::unmerge(draft);
    }
    answered(draft)
}

/// What waited for its requester waits no more.
fn answered(draft: &mut Draft) -> Result<(), Refusal> {
    let state = draft.state()?;
    if state.hold.as_ref().is_some_and(|hold| hold.reason == HoldReason::Requester) {
        let resumed = lifecycle::resumed(state)?;
        draft.emit_by_policy("the requester answered", 0, resumed);
    }
    Ok(())
}

/// A word on a closed or cancelled incident makes a new one that follows it, within the
/// window. Who speaks again of what was cancelled says that it was no error.
fn follow_up(draft: &mut Draft, body: ContentId) -> Result<(), Refusal> {
    let state = draft.state()?;
    let days = draft.agreement()?.follow_up_days;
    let open_until = state.moments.closed.map(|closed| closed.plus_days(days));
    if open_until.is_none_or(|until| draft.at > until) {
        return Err(Refusal::state(
            "closed",
            format!("this incident ended more than {days} days ago; report a new one"),
        ));
    }
    let number = draft
        .facts
        .number
        .ok_or_else(|| Refusal::not_found("there is no such incident, or you may not see it"))?;
    let report = Report {
        title: state.title,
        description: Some(body),
        requester: state.requester,
        // What is no more must not lose the reply.
        service: state.service.filter(|id| draft.policy().services.contains_key(id)),
        category: state.category.filter(|id| draft.policy().categories.contains_key(id)),
        impact: None,
        urgency: None,
        affected: None,
        // Whoever had it knows it best.
        team: state.team.filter(|id| draft.policy().teams.contains_key(id)),
        assignee: None,
        detected_at: None,
        fields: Default::default(),
        tags: Default::default(),
        follow_up_of: Some(number),
        parent: None,
        confidential_to: state.confidential_to,
        model: None,
        alerts: None,
    };
    draft.report_another(report);
    Ok(())
}

fn expect(
    draft: &mut Draft,
    (at, low, high): (Option<Timestamp>, Option<Timestamp>, Option<Timestamp>),
    reason: Option<ContentId>,
) -> Result<(), Refusal> {
    if at.is_some_and(|at| at <= draft.at) {
        return Err(Refusal::invalid("at", "lies in the past"));
    }
    if at.is_none() && (low.is_some() || high.is_some()) {
        return Err(Refusal::invalid("at", "is needed with low or high"));
    }
    if low > at || high.is_some_and(|high| Some(high) < at) {
        return Err(Refusal::invalid("low", "low, at and high must be in this order"));
    }
    let before = draft.state()?.expected;
    if before.map(|expected| (Some(expected.at), expected.low, expected.high))
        == Some((at, low, high))
        || (before.is_none() && at.is_none())
    {
        return Err(Refusal::state("nothing_to_change", "this is what is expected already"));
    }
    let before = before.map(|expected| expected.at);
    draft.emit(ExpectationSet { at, low, high, before, reason });
    if at.is_some() {
        provider_spoke(draft);
    }
    Ok(())
}
