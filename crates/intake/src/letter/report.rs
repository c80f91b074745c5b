//! What mail servers say about messages that were sent (RFC 3464, 8098), and what those
//! say that keep to no standard.

use super::decode::transfer;
use super::headers::Headers;
use super::limits::{REPORT_BYTES, REPORT_CHARS};
use super::mime::Part;
use super::people::{anywhere, email};
use super::plain::{clean, first_chars, one_line};
use super::{Address, Report, Reported, references};

/// How subjects of reports begin that keep to no standard, and what they say.
const SUBJECTS: &[(&str, Reported)] = &[
    ("undelivered mail returned to sender", Reported::Failed),
    ("undeliverable", Reported::Failed),
    ("undelivered", Reported::Failed),
    ("delivery status notification (failure)", Reported::Failed),
    ("delivery status notification (delay)", Reported::Delayed),
    ("delivery status notification: warning", Reported::Delayed),
    ("delivery status notification: error", Reported::Failed),
    ("mail delivery status notification (delay)", Reported::Delayed),
    ("mail delivery status notification (failure)", Reported::Failed),
    ("delivery failure", Reported::Failed),
    ("delivery has failed", Reported::Failed),
    ("mail delivery failed", Reported::Failed),
    ("mail delivery failure", Reported::Failed),
    ("mail system error", Reported::Failed),
    ("mail failed, returning to sender", Reported::Failed),
    ("mail could not be delivered", Reported::Failed),
    ("message delivery has failed", Reported::Failed),
    ("permanent delivery failure", Reported::Failed),
    ("message delivery failure", Reported::Failed),
    ("failure notice", Reported::Failed),
    ("failure delivery", Reported::Failed),
    ("returned mail", Reported::Failed),
    ("warning: could not send message", Reported::Delayed),
    ("warning--could not send mail", Reported::Delayed),
    ("warning: message", Reported::Delayed),
    ("delayed mail", Reported::Delayed),
    ("message delayed", Reported::Delayed),
    ("delivery delayed", Reported::Delayed),
    ("mail delivery delayed", Reported::Delayed),
    ("delivery notification: delivery has failed", Reported::Failed),
    ("unzustellbar", Reported::Failed),
    ("nicht zugestellt", Reported::Failed),
    ("non remis", Reported::Failed),
    ("non distribuable", Reported::Failed),
    ("no se puede entregar", Reported::Failed),
    ("não é possível entregar", Reported::Failed),
    ("niedostarczone", Reported::Failed),
    ("nie można dostarczyć", Reported::Failed),
    ("onbestelbaar", Reported::Failed),
    ("non recapitabile", Reported::Failed),
    ("det gick inte att leverera", Reported::Failed),
    ("kan ikke leveres", Reported::Failed),
    ("nedoručitelné", Reported::Failed),
    ("nelze doručit", Reported::Failed),
    ("не удается доставить", Reported::Failed),
];
/// Local parts of mail servers.
const SERVERS: [&str; 4] = ["mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"];
/// Where copies of what was sent begin in reports that are plain text.
const COPIES: [&str; 7] = [
    "below this line is a copy of the message",
    "this is a copy of the message",
    "a copy of the message's headers",
    "----- original message -----",
    "copy of your message",
    "below is a copy of the original message",
    "original message follows",
];
/// Lines of a plain report that are looked at.
const LINES: usize = 300;

/// What a message reports, if it does.
pub(super) fn read(
    root: &Part<'_>,
    subject: &str,
    from: Option<&Address>,
    text: &str,
) -> Option<Report> {
    let parts = root.all();
    let local = local_part(&root.headers, from);
    // Others may pass one on.
    let is_report = root.media_type == "multipart/report" || is_server(&root.headers, &local);
    let status = parts.iter().find(|part| is_report && is_status(&part.media_type));
    let mut report = status
        .and_then(|part| of_status(part))
        .or_else(|| of_words(root, subject, &local, text))?;
    report.about = report.about.or_else(|| parts.iter().find_map(|part| original(part)));
    report.about = report.about.or_else(|| references::answered(&root.headers).into_iter().next());
    Some(report)
}

fn is_status(media_type: &str) -> bool {
    matches!(
        media_type,
        "message/delivery-status"
            | "message/global-delivery-status"
            | "message/disposition-notification"
            | "message/global-disposition-notification"
    )
}

/// The message id of what was sent, when it or its headers are attached.
fn original(part: &Part<'_>) -> Option<String> {
    let is_original = matches!(
        part.media_type.as_str(),
        "message/rfc822"
            | "message/global"
            | "text/rfc822-headers"
            | "message/global-headers"
            | "message/partial"
    );
    if !is_original {
        return None;
    }
    let bytes = transfer(part.body, part.encoding(), REPORT_BYTES);
    references::own(&Headers::of_message(&bytes).0)
}

fn of_status(part: &Part<'_>) -> Option<Report> {
    let bytes = transfer(part.body, part.encoding(), REPORT_BYTES);
    let text = clean(&String::from_utf8_lossy(&bytes));
    // One block for the message, one for each recipient.
    let blocks: Vec<Headers> = text
        .split("\n\n")
        .map(|block| {
            Headers::of_part(format!("{}\n\n", block.trim_start_matches('\n')).as_bytes()).0
        })
        .filter(|block| block.len() > 0)
        .collect();
    let outcomes: Vec<Option<Reported>> = blocks.iter().map(outcome).collect();
    // A failure counts most, a delay more than an arrival.
    let at = [Reported::Failed, Reported::Delayed, Reported::Arrived]
        .into_iter()
        .find_map(|worst| outcomes.iter().position(|is| *is == Some(worst)))?;
    let block = &blocks[at];
    let recipient = ["final-recipient", "original-recipient"].iter().find_map(|name| {
        let value = block.first(name)?;
        email(value.rsplit(';').next().unwrap_or(value))
            .or_else(|| anywhere(value).map(|found| found.email))
    });
    let status = block.text("status").unwrap_or_default();
    let said =
        block.text("diagnostic-code").or_else(|| block.text("disposition")).unwrap_or_default();
    let said = said
        .split_once(';')
        .filter(|(kind, _)| kind.len() < 20)
        .map_or(said.as_str(), |(_, words)| words.trim());
    let words = if status.is_empty() || said.contains(&status) {
        said.to_owned()
    } else {
        format!("{status} {said}")
    };
    let about = blocks.iter().find_map(|block| {
        block
            .first("original-message-id")
            .and_then(|value| references::ids(value).into_iter().next())
    });
    Some(Report { about, recipient, outcome: outcomes[at]?, words: short(&words) })
}

fn outcome(block: &Headers) -> Option<Reported> {
    if let Some(action) = block.text("action") {
        let action = action.to_lowercase();
        return match action.split_whitespace().next()? {
            "failed" | "failure" => Some(Reported::Failed),
            "delayed" => Some(Reported::Delayed),
            "delivered" | "relayed" | "expanded" => Some(Reported::Arrived),
            _ => by_status(block),
        };
    }
    if let Some(disposition) = block.text("disposition") {
        let kind = disposition.to_lowercase();
        let kind = kind.rsplit(';').next().unwrap_or_default().trim().to_owned();
        return Some(if kind.starts_with("failed") || kind.starts_with("denied") {
            Reported::Failed
        } else {
            Reported::Arrived
        });
    }
    by_status(block)
}

fn by_status(block: &Headers) -> Option<Reported> {
    block.first("final-recipient")?;
    match block.text("status")?.chars().next()? {
        '5' => Some(Reported::Failed),
        '4' => Some(Reported::Delayed),
        '2' => Some(Reported::Arrived),
        _ => None,
    }
}

/// A report in words: its sender is a mail server, and its subject or a header says so.
fn of_words(root: &Part<'_>, subject: &str, local: &str, text: &str) -> Option<Report> {
    let headers = &root.headers;
    let failed = headers.first("x-failed-recipients");
    let is_server = is_server(headers, local);
    let lower = subject.to_lowercase();
    let said =
        SUBJECTS.iter().find(|(start, _)| lower.starts_with(start)).map(|(_, outcome)| *outcome);
    let is_qmail = text.trim_start().starts_with("Hi. This is the qmail-send program");
    let is_report = root.media_type == "multipart/report"
        && root.parameter("report-type") != Some("feedback-report");
    let speaks = failed.is_some() || said.is_some() || is_qmail || is_report;
    if !speaks || !(is_server || failed.is_some() || is_qmail || is_report) {
        return None;
    }
    let (words, copy) = halves(text);
    let recipient =
        failed.and_then(anywhere).map(|found| found.email).or_else(|| recipient(words, local));
    let line = words.lines().take(LINES).find(|line| has_code(line));
    let outcome = match (said, line) {
        (Some(outcome), _) => outcome,
        (None, Some(line)) if line.contains("4.") && !line.contains("5.") => Reported::Delayed,
        _ => Reported::Failed,
    };
    let about = copy.lines().take(LINES).find_map(|line| {
        let (name, value) = line.trim_start_matches(['>', ' ', '|']).split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("message-id")
            .then(|| references::ids(value).into_iter().next())
            .flatten()
    });
    let said = line
        .unwrap_or_else(|| words.lines().find(|line| !line.trim().is_empty()).unwrap_or(subject));
    Some(Report { about, recipient, outcome, words: short(said) })
}

/// The local part of the sender's address. Some mail servers give only that: `MAILER-DAEMON <>`.
fn local_part(headers: &Headers, from: Option<&Address>) -> String {
    let said = headers.first("from").unwrap_or_default().to_lowercase();
    let nameless = SERVERS.iter().find(|server| said.contains(**server) && !said.contains('@'));
    let email = from.map(|from| from.email.as_str()).unwrap_or_default();
    let local = nameless.copied().or_else(|| email.split('@').next());
    local.unwrap_or_default().to_owned()
}

/// Whether a mail server sent it, not a person.
fn is_server(headers: &Headers, local: &str) -> bool {
    headers.first("return-path").is_some_and(|path| path.trim() == "<>")
        || SERVERS.contains(&local)
        || local.starts_with("microsoftexchange")
}

/// What the server says, and the copy of what was sent below it.
fn halves(text: &str) -> (&str, &str) {
    let lower = text.to_ascii_lowercase();
    match COPIES.iter().filter_map(|mark| lower.find(mark)).min() {
        Some(at) => text.split_at(at),
        None => (text, text),
    }
}

/// The first address that is not the server's own.
fn recipient(words: &str, local: &str) -> Option<String> {
    words
        .lines()
        .take(LINES)
        .filter(|line| line.contains('@') && line.len() < 1_000)
        .filter_map(|line| anywhere(line).map(|found| found.email))
        .find(|email| {
            let whose = email.split('@').next().unwrap_or_default();
            !["postmaster", "mailer-daemon", local].contains(&whose)
        })
}

/// Whether a line has the code of a refusal: `550` or `5.1.1`.
fn has_code(line: &str) -> bool {
    let is_end = |c: char| c.is_whitespace() || "():;,#[]<>".contains(c);
    line.split(is_end).any(|word| {
        let parts: Vec<&str> = word.splitn(4, '.').collect();
        let is_number = |part: &&str| {
            !part.is_empty() && part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        parts.iter().all(is_number)
            && match parts.as_slice() {
                [code] => code.len() == 3 && code.starts_with(['4', '5']),
                [class, _, _] => matches!(*class, "4" | "5"),
                _ => false,
            }
    })
}

fn short(words: &str) -> String {
    first_chars(&one_line(words), REPORT_CHARS).trim_end().to_owned()
}
