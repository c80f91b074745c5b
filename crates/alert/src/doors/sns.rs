//! Amazon SNS, with the alarms of CloudWatch in it.

use super::limits::{BODY_CHARS, TITLE_CHARS};
use super::loose::{self, Raw, Text, object};
use super::{Notes, Request, Unreadable, details, form_pairs, key};
use crate::{Reading, Severity, Signal, SignalStatus};

object! {
    Body<'a> {
        "Type" => kind: Text<'a>,
        "MessageId" => message_id: Text<'a>,
        "TopicArn" => topic_arn: Text<'a>,
        "Subject" => subject: Text<'a>,
        "Message" => message: Text<'a>,
        "Timestamp" => timestamp: Text<'a>,
        "SubscribeURL" => subscribe_url: Text<'a>,
        "Token" => token: Text<'a>,
        "SignatureVersion" => signature_version: Text<'a>,
        "Signature" => signature: Text<'a>,
        "SigningCertURL" => signing_cert_url: Text<'a>,
        "AlarmName" => alarm_name: Text<'a>,
    }
}

object! {
    Unwrapped<'a> {
        "Message" => message: Raw<'a>,
    }
}

object! {
    Alarm<'a> {
        "AlarmName" => name: Text<'a>,
        "AlarmDescription" => description: Text<'a>,
        "AlarmArn" => arn: Text<'a>,
        "AWSAccountId" => account: Text<'a>,
        "Region" => region: Text<'a>,
        "NewStateValue" => new_state: Text<'a>,
        "OldStateValue" => old_state: Text<'a>,
        "NewStateReason" => reason: Text<'a>,
        "StateChangeTime" => changed: Text<'a>,
        "Trigger" => trigger: Trigger<'a>,
    }
}

object! {
    Trigger<'a> {
        "MetricName" => metric: Text<'a>,
        "Namespace" => namespace: Text<'a>,
        "Threshold" => threshold: Text<'a>,
        "ComparisonOperator" => comparison: Text<'a>,
        "Dimensions" => dimensions: loose::Many<Dimension<'a>>,
    }
}

object! {
    /// What EventBridge tells of; an alarm that changed, among others.
    Event<'a> {
        "detail-type" => kind: Text<'a>,
        "account" => account: Text<'a>,
        "region" => region: Text<'a>,
        "resources" => resources: loose::Many<Text<'a>>,
        "detail" => detail: Detail<'a>,
    }
}

object! {
    Detail<'a> {
        "alarmName" => alarm_name: Text<'a>,
        "state" => state: State<'a>,
        "previousState" => previous: State<'a>,
    }
}

object! {
    State<'a> {
        "value" => value: Text<'a>,
        "reason" => reason: Text<'a>,
        "timestamp" => timestamp: Text<'a>,
    }
}

object! {
    Dimension<'a> {
        "name" => name: Text<'a>,
        "value" => value: Text<'a>,
    }
}

/// What SNS sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// It asks whether this address wants the topic: whoever agrees visits the address.
    Confirm {
        /// Where to go. Its host is one of SNS.
        url: String,
        /// The topic.
        topic: String,
    },
    /// The subscription has ended.
    Ended {
        /// The topic.
        topic: String,
    },
    /// A notification.
    Told(Reading),
}

/// How a message is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// RSA with SHA-1.
    One,
    /// RSA with SHA-256.
    Two,
}

/// A message with the signature it bears, as yet unproved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// What was signed.
    pub words: String,
    /// How.
    pub version: Version,
    /// The signature, in Base64.
    pub signature: String,
    /// Where the certificate of its key is: an address of SNS.
    pub certificate_url: String,
    /// The topic.
    pub topic: String,
    /// Of a topic that asks whether this address wants it: where to say yes, an address of SNS.
    pub confirm_url: Option<String>,
}

/// The signature of a message; `None` for one that bears none, as SNS sends where it is told to
/// deliver what was published as it is.
///
/// # Errors
///
/// [`Unreadable`] when its certificate is none of SNS.
pub fn signed(request: &Request<'_>) -> Result<Option<Signed>, Unreadable> {
    if request.is_form() {
        return Ok(None);
    }
    let text = loose::text(request.body, &mut Notes::new(request.now));
    // What is no JSON is told by whoever reads it.
    let Ok(body) = loose::parse::<Body<'_>>(&text) else { return Ok(None) };
    let Some(signature) = body.signature.get() else { return Ok(None) };
    let url = body.signing_cert_url.get().filter(|url| is_of_sns(url));
    let rule = "must be an address of https on sns.REGION.amazonaws.com";
    let url = url.ok_or_else(|| Unreadable::new("SigningCertURL", rule))?;
    let version = match body.signature_version.as_str() {
        "2" => Version::Two,
        _ => Version::One,
    };
    let confirms = body.kind.as_str() == "SubscriptionConfirmation";
    let confirm_url = body.subscribe_url.get().filter(|url| confirms && is_of_sns(url));
    Ok(Some(Signed {
        words: signed_words(&body),
        version,
        signature: signature.to_owned(),
        certificate_url: url.to_owned(),
        topic: body.topic_arn.as_str().to_owned(),
        confirm_url: confirm_url.map(str::to_owned),
    }))
}

/// The fields that are signed, each name and value with an end of line behind it, by name.
fn signed_words(body: &Body<'_>) -> String {
    let about_topic =
        matches!(body.kind.as_str(), "SubscriptionConfirmation" | "UnsubscribeConfirmation");
    let subject = Some(&body.subject).filter(|subject| !subject.as_str().is_empty());
    let fields: [(&str, Option<&Text<'_>>); 8] = [
        ("Message", Some(&body.message)),
        ("MessageId", Some(&body.message_id)),
        ("Subject", subject.filter(|_| !about_topic)),
        ("SubscribeURL", Some(&body.subscribe_url).filter(|_| about_topic)),
        ("Timestamp", Some(&body.timestamp)),
        ("Token", Some(&body.token).filter(|_| about_topic)),
        ("TopicArn", Some(&body.topic_arn)),
        ("Type", Some(&body.kind)),
    ];
    let mut words = String::new();
    for (name, value) in fields {
        let Some(value) = value else { continue };
        words.push_str(name);
        words.push('\n');
        words.push_str(value.as_str());
        words.push('\n');
    }
    words
}

/// Reads a message, whatever its content type: SNS says text. A bare alarm of CloudWatch and the
/// form of somebody who publishes are taken, too.
pub fn read(request: &Request<'_>) -> Result<Message, Unreadable> {
    let mut notes = Notes::new(request.now);
    if request.is_form() {
        let pairs = form_pairs(request.body);
        let find =
            |name: &str| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.as_str());
        let message = find("Message").ok_or_else(|| Unreadable::new("Message", "is missing"))?;
        let signal = signal(&mut notes, find("Subject"), message, None, request.fresh);
        return Ok(Message::Told(notes.finish(vec![signal])));
    }
    let text = loose::text(request.body, &mut notes);
    let body: Body<'_> = loose::parse(&text)?;
    let kind = body.kind.get().or(request.header("x-amz-sns-message-type"));
    let topic = body.topic_arn.as_str().to_owned();
    match kind {
        Some("SubscriptionConfirmation") => {
            let url = body.subscribe_url.get().filter(|url| is_of_sns(url));
            let rule = "must be an address of https on sns.REGION.amazonaws.com";
            let url = url.ok_or_else(|| Unreadable::new("SubscribeURL", rule))?;
            Ok(Message::Confirm { url: url.to_owned(), topic })
        }
        Some("UnsubscribeConfirmation") => Ok(Message::Ended { topic }),
        _ => {
            let message = match (body.message.get(), body.alarm_name.get()) {
                (Some(message), _) => message,
                (None, Some(_)) => text.as_ref(),
                // Whoever publishes by hand often forgets to make a text of it.
                (None, None) => loose::parse::<Unwrapped<'_>>(&text)?
                    .message
                    .get()
                    .filter(|message| message.starts_with('{'))
                    .ok_or_else(|| Unreadable::new("Message", "is missing or blank"))?,
            };
            let id = body.message_id.get();
            let mut signal = signal(&mut notes, body.subject.get(), message, id, request.fresh);
            notes.label(&mut signal.labels, "topic", &topic);
            if signal.started_at.is_none() {
                signal.started_at = notes.start("Timestamp", body.timestamp.as_str());
            }
            Ok(Message::Told(notes.finish(vec![signal])))
        }
    }
}

fn signal(
    notes: &mut Notes,
    subject: Option<&str>,
    message: &str,
    id: Option<&str>,
    fresh: &str,
) -> Signal {
    let alarm: Alarm<'_> = loose::parse(message).unwrap_or_default();
    let event: Event<'_> = loose::parse(message).unwrap_or_default();
    let alarm = if alarm.name.get().is_some() { alarm } else { event.alarm() };
    let mut signal = match alarm.name.get() {
        Some(name) => cloudwatch(notes, &alarm, name),
        None => {
            let first = message.lines().find(|line| !line.trim().is_empty());
            let title = notes.title("Subject", &[subject, event.kind.get(), first]);
            let known = id.map_or_else(|| fresh.to_owned(), key);
            let mut signal = Signal::new(known, SignalStatus::Firing, title);
            signal.body = notes.text("Message", message, BODY_CHARS);
            signal
        }
    };
    signal.once = id.map(key);
    signal
}

impl<'a> Event<'a> {
    /// The alarm that it is about; one without a name where it is about something else.
    fn alarm(&self) -> Alarm<'a> {
        let state = &self.detail.state;
        Alarm {
            name: self.detail.alarm_name.clone(),
            arn: self.resources.items.first().cloned().unwrap_or_default(),
            account: self.account.clone(),
            region: self.region.clone(),
            new_state: state.value.clone(),
            old_state: self.detail.previous.value.clone(),
            reason: state.reason.clone(),
            changed: state.timestamp.clone(),
            ..Alarm::default()
        }
    }
}

fn cloudwatch(notes: &mut Notes, alarm: &Alarm<'_>, name: &str) -> Signal {
    let (status, severity) = match alarm.new_state.get() {
        Some("OK") => (SignalStatus::Resolved, Severity::Error),
        Some("INSUFFICIENT_DATA") => (SignalStatus::Firing, Severity::Warning),
        word => (notes.status("NewStateValue", word), Severity::Error),
    };
    let whose = [alarm.account.as_str(), alarm.region.as_str(), name].join("/");
    let mut signal = Signal::new(
        key(alarm.arn.get().unwrap_or(&whose)),
        status,
        notes.line("AlarmName", name, TITLE_CHARS),
    );
    signal.severity = severity;
    let mut body = alarm.description.as_str().to_owned();
    details::section(&mut body, "Reason", alarm.reason.as_str());
    signal.body = notes.text("AlarmDescription", &body, BODY_CHARS);
    let trigger = &alarm.trigger;
    let labels = [
        ("alertname", &alarm.name),
        ("account", &alarm.account),
        ("region", &alarm.region),
        ("state", &alarm.new_state),
        ("old_state", &alarm.old_state),
        ("metric", &trigger.metric),
        ("namespace", &trigger.namespace),
        ("threshold", &trigger.threshold),
        ("comparison", &trigger.comparison),
    ];
    for (name, value) in labels {
        notes.label(&mut signal.labels, name, value.as_str());
    }
    for dimension in &trigger.dimensions.items {
        notes.label(&mut signal.labels, dimension.name.as_str(), dimension.value.as_str());
    }
    // 2026-11-23T04:52:11.000+0000: the offset without a colon.
    let changed = alarm.changed.as_str();
    signal.started_at = match changed.strip_suffix("+0000") {
        Some(utc) => notes.start("StateChangeTime", &format!("{utc}Z")),
        None => notes.start("StateChangeTime", changed),
    };
    signal
}

/// Whether an address is one of SNS, so that visiting it tells nobody else that we are here:
/// `https://sns.REGION.amazonaws.com/…`, also of the regions in China.
///
/// ```
/// use alert::doors::sns::is_of_sns;
/// assert!(is_of_sns("https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription"));
/// assert!(!is_of_sns("https://sns.eu-central-1.amazonaws.com.example.org/"));
/// assert!(!is_of_sns("https://sns.eu-central-1.amazonaws.com@example.org/"));
/// ```
pub fn is_of_sns(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://") else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let region = host.strip_prefix("sns.").and_then(|host| {
        host.strip_suffix(".amazonaws.com").or_else(|| host.strip_suffix(".amazonaws.com.cn"))
    });
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let clean = !url.chars().any(|c| c.is_whitespace() || c.is_control());
    clean && region.is_some_and(|region| !region.is_empty() && region.chars().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hosts_of_sns_are_visited() {
        for url in [
            "http://sns.eu-west-1.amazonaws.com/",
            "https://sns.eu-west-1.amazonaws.com:8443/",
            "https://user@sns.eu-west-1.amazonaws.com/",
            "https://evil.example/sns.eu-west-1.amazonaws.com",
            "https://sns.evil.example/.amazonaws.com",
            "https://sns.a.b.amazonaws.com/",
            "https://sns..amazonaws.com/",
            "https://sns.eu-west-1.amazonaws.com\\@evil.example/",
            "https://SNS.eu-west-1.amazonaws.com\n/",
        ] {
            assert!(!is_of_sns(url), "{url}");
        }
        assert!(is_of_sns("https://sns.cn-north-1.amazonaws.com.cn/x"));
    }
}
