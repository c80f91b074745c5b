//! Signatures: what stands below `-- `, and the lines that telephones put there.

use super::{Line, Mark};

/// Lines of a signature below dashes that stand there without the space behind them.
const LOOSE_LINES: usize = 15;
/// Lines of a signature below dashes as they should be.
const SIGNATURE_LINES: usize = 60;
/// Underscores of the line above a mailing list's footer.
const FOOTER_RULE: usize = 40;
/// Lines of such a footer.
const FOOTER_LINES: usize = 8;
/// Characters and words of a name behind a dash.
const SIGNED_CHARS: usize = 40;
const SIGNED_WORDS: usize = 4;
/// Characters of a line that a telephone adds.
const SENT_FROM_CHARS: usize = 160;
/// Lines at the end of what somebody wrote, among which such a line is looked for.
const LAST_LINES: usize = 8;

/// Marks signatures: at the end, and before each quote.
pub(super) fn mark(lines: &mut [Line]) {
    let mut at = 0;
    while at < lines.len() {
        if !lines[at].is_own() {
            at += 1;
            continue;
        }
        let end =
            lines[at..].iter().position(|line| !line.is_own()).map_or(lines.len(), |n| at + n);
        mark_in(&mut lines[at..end]);
        at = end;
    }
}

fn mark_in(own: &mut [Line]) {
    let dashes = own.iter().rposition(|line| is_dashes(&line.text));
    if let Some(from) = dashes {
        let most = if own[from].text == "-- " { SIGNATURE_LINES } else { LOOSE_LINES };
        if own.len() - from <= most {
            own[from..].iter_mut().for_each(|line| line.mark = Mark::Signature);
        }
    }
    if let Some(from) = footer(own) {
        own[from..].iter_mut().for_each(|line| line.mark = Mark::Signature);
    }
    let last =
        own.iter().rposition(|line| line.is_own() && !line.is_blank()).map_or(0, |at| at + 1);
    if ends_signed(&own[..last]) {
        own[last - 1].mark = Mark::Signature;
        return;
    }
    let first = last.saturating_sub(LAST_LINES);
    if let Some(from) = (first..last).find(|at| is_sent_from(&own[*at].text)) {
        own[from..last].iter_mut().for_each(|line| line.mark = Mark::Signature);
    }
}

/// What a mailing list puts below: a line drawn across, and where its page is.
fn footer(own: &[Line]) -> Option<usize> {
    let from = own.iter().rposition(|line| {
        line.text.len() >= FOOTER_RULE && line.text.trim().bytes().all(|byte| byte == b'_')
    })?;
    let below = &own[from + 1..];
    let is_list = below.iter().any(|line| line.text.contains("http") && !line.text.contains(' '));
    (below.len() <= FOOTER_LINES && is_list).then_some(from)
}

fn is_dashes(line: &str) -> bool {
    line.trim_end() == "--" && !line.starts_with(' ')
}

/// Whether the last line is a name below words. Where nothing stands above, or a list begins, it
/// may be all that is said.
fn ends_signed(own: &[Line]) -> bool {
    let [above @ .., blank, last] = own else { return false };
    let words = above.iter().rfind(|line| !line.is_blank());
    let begins_list = |line: &Line| line.text.trim_end().ends_with([':', '：']);
    blank.is_blank() && is_signed(&last.text) && words.is_some_and(|line| !begins_list(line))
}

/// `-Jane Doe`: a name behind a dash.
fn is_signed(line: &str) -> bool {
    let Some(name) = line.trim_end().strip_prefix(['-', '–', '—']) else { return false };
    name.starts_with(char::is_uppercase)
        && name.chars().all(|c| c.is_alphabetic() || " .'-".contains(c))
        && name.chars().count() <= SIGNED_CHARS
        && name.split(' ').count() <= SIGNED_WORDS
}

fn is_sent_from(line: &str) -> bool {
    if line.len() > SENT_FROM_CHARS {
        return false;
    }
    let lower = line.trim().trim_matches(['*', '_', '(', ')', '[', ']', '-', ' ']).to_lowercase();
    SENT_FROM.iter().any(|start| lower.starts_with(start))
}

/// Lines that a telephone puts below: how they begin.
const SENT_FROM: &[&str] = &[
    "sent from my ",
    "sent from a ",
    "sent from outlook",
    "sent from mail",
    "sent from yahoo",
    "sent from proton",
    "sent from samsung",
    "sent from blackberry",
    "sent via ",
    "sent with ",
    "sent on the go",
    "sent using ",
    "from my iphone",
    "from my ipad",
    "get outlook for ",
    "von meinem ",
    "gesendet von ",
    "gesendet mit ",
    "gesendet über ",
    "von unterwegs gesendet",
    "diese nachricht wurde von meinem",
    "holen sie sich outlook",
    "outlook für ",
    "envoyé de ",
    "envoyé depuis ",
    "envoyé à partir",
    "envoyé via",
    "envoyé avec",
    "télécharger outlook",
    "téléchargez outlook",
    "obtenez outlook",
    "obtenir outlook",
    "enviado desde ",
    "enviado mediante",
    "obtener outlook",
    "enviado do ",
    "enviado a partir",
    "enviado de ",
    "enviado via ",
    "enviado pelo ",
    "obter o outlook",
    "obtenha o outlook",
    "wysłane z ",
    "wysłano z ",
    "wysłane za pomocą",
    "pobierz outlook",
    "pobierz program outlook",
    "verzonden vanaf ",
    "verzonden met ",
    "verstuurd vanaf ",
    "verstuurd met",
    "verzonden via",
    "outlook voor ",
    "inviato da ",
    "inviato dal ",
    "inviata da",
    "scarica outlook",
    "ottieni outlook",
    "skickat från ",
    "skickades från",
    "hämta outlook",
    "sendt fra ",
    "sendt med ",
    "hent outlook",
    "få outlook",
    "skaff deg outlook",
    "odesláno z ",
    "odesláno ze ",
    "odesláno pomocí",
    "získat outlook",
    "stáhnout outlook",
    "odoslané z",
    "získajte outlook",
    "lähetetty ",
    "hanki outlook",
    "iphone'umdan gönderildi",
    "iphone'dan gönderildi",
    "отправлено с ",
    "отправлено из ",
    "надіслано з ",
    "iphone-ról küldve",
    "az iphone-omról",
    "elküldve",
    "trimis de pe ",
    "στάλθηκε από",
    "iphoneから送信",
    "发自我的",
    "從我的 iphone",
    "나의 iphone에서",
];
