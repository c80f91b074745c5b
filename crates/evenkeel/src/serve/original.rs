//! Messages as the screens show them, read by what reads them when they come in.

use intake::{Address, Authentication, Automatic, Letter, Verdict};
use web::{Original, OriginalFile};

/// A message as the screens show it.
pub(super) fn of(raw: &[u8]) -> Original {
    let letter = intake::read(raw);
    let Letter { from, reply_to, .. } = &letter;
    let reply_to = reply_to.as_ref().filter(|to| from.as_ref() != Some(*to));
    Original {
        from: from.as_ref().map(written),
        reply_to: reply_to.map(written),
        to: letter.to.iter().map(written).collect(),
        cc: letter.cc.iter().map(written).collect(),
        sent_at: letter.sent_at,
        proof: proof(&letter.authentication),
        automatic: letter.automatic.as_ref().map(automatic),
        page: intake::safe_html(raw),
        files: letter.attachments.iter().map(file).collect(),
        subject: letter.subject,
        text: letter.text,
        faults: letter.faults,
    }
}

fn written(address: &Address) -> String {
    match address.name.as_str() {
        "" => address.email.clone(),
        name => format!("{name} <{}>", address.email),
    }
}

fn file(attachment: &intake::Attachment) -> OriginalFile {
    OriginalFile {
        name: attachment.name.clone(),
        media_type: attachment.media_type.clone(),
        bytes: attachment.bytes.len() as u64,
    }
}

/// What the nearest mail server says about the sender.
fn proof(authentication: &Authentication) -> String {
    let Authentication { by, spf, dkim, dmarc } = authentication;
    let checks = [("DMARC", dmarc), ("SPF", spf), ("DKIM", dkim)];
    let said: Vec<String> = checks
        .iter()
        .filter_map(|(name, verdict)| match verdict {
            Verdict::Pass => Some(format!("{name} fits")),
            Verdict::Fail => Some(format!("{name} does not fit")),
            Verdict::None => None,
        })
        .collect();
    match said.is_empty() {
        true => "No mail server says anything about its sender".to_owned(),
        false if by.is_empty() => said.join(", "),
        false => format!("{}, says {by}", said.join(", ")),
    }
}

fn automatic(automatic: &Automatic) -> String {
    match automatic {
        Automatic::OutOfOffice => "an answer in somebody’s absence".to_owned(),
        Automatic::Bulk => "a mailing list or bulk mail".to_owned(),
        Automatic::Report => "a report of a mail server".to_owned(),
        Automatic::Other(sign) => sign.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn a_message_is_shown_whole_and_tame() {
        let raw = b"From: Gwen <gwen@northwind.example>\r\nTo: help@northwind.example\r\n\
            Subject: Re: printer\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n\
            <p onclick=x()>Still <b>jams</b></p><script>alert(1)</script>\
            <blockquote>Is it better?</blockquote>";
        let original = of(raw);
        assert_eq!(original.from.as_deref(), Some("Gwen <gwen@northwind.example>"));
        assert_eq!(original.to, ["help@northwind.example"]);
        assert!(original.text.contains("Is it better?"), "{}", original.text);
        let page = original.page.unwrap();
        assert!(page.contains("<b>jams</b>") && page.contains("Is it better?"), "{page}");
        assert!(!page.contains("onclick") && !page.contains("script"), "{page}");
        assert_eq!(original.proof, "No mail server says anything about its sender");
    }
}
