//! The numbers that other systems give: `[Ticket#123]`, `[GLPI #0000123]`, `Ref:MSG123`.

/// References of one message that are looked at.
const REFERENCES_MAX: usize = 5;
/// Characters of a reference.
const REFERENCE_CHARS: usize = 80;

/// How other systems call what they count. A word alone does not say that: `[web-01]` is a
/// machine, `[2024-05-01]` a day.
const COUNTED: [&str; 8] =
    ["ticket", "ticketid", "case", "caseid", "incident", "request", "glpi", "ticketno"];

/// What another system calls this, in the order of the subject, in lower case and without
/// blanks, so that it is the same however it is written.
pub(crate) fn references(subject: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |reference: String| {
        let ours = reference.contains("inc-");
        if found.len() < REFERENCES_MAX && !ours && !found.contains(&reference) {
            found.push(reference);
        }
    };
    bracketed(subject).into_iter().for_each(&mut add);
    watermarks(subject).into_iter().for_each(&mut add);
    found
}

/// What stands in brackets and ends in a number behind a `#` or a word for what is counted.
fn bracketed(subject: &str) -> Vec<String> {
    let mut found = vec![];
    for part in subject.split('[').skip(1) {
        let Some((inside, _)) = part.split_once(']') else { continue };
        let reference: String = inside.chars().filter(|c| !c.is_whitespace()).collect();
        let reference = reference.to_lowercase();
        let tail = reference.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = reference.len() - tail.len();
        let word = tail.trim_end_matches(['-', ':', '.']);
        let named = tail.contains('#') || COUNTED.contains(&word);
        if digits >= 1 && named && reference.chars().count() <= REFERENCE_CHARS {
            found.push(reference);
        }
    }
    found
}

/// Watermarks: `Ref:MSG0000123` and longer.
fn watermarks(subject: &str) -> Vec<String> {
    let lower = subject.to_lowercase();
    let parts = lower.split("ref:msg").skip(1);
    let words =
        parts.map(|part| part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_'));
    let words = words.map(|word| word.take(REFERENCE_CHARS - 7).collect::<String>());
    words.filter(|word| word.len() >= 4).map(|word| format!("ref:msg{word}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_of_others_are_found() {
        for (subject, is) in [
            ("Re: [Ticket#2026112310000017] Printer", vec!["ticket#2026112310000017"]),
            ("[GLPI #0000123] Printer", vec!["glpi#0000123"]),
            ("AW: [rt.company.example #12] x", vec!["rt.company.example#12"]),
            ("Re: x Ref:MSG0004711_abc", vec!["ref:msg0004711_abc"]),
            ("[Case 12-] [Case: 4711] x [#99]", vec!["case:4711", "#99"]),
            ("[web-01] disk full [covid-19] [2024-05-01] [SUP-1234]", vec![]),
            ("[2024] report [1/2] [URGENT] [INC-7 0123456789] [#]", vec![]),
            ("[Ticket#1", vec![]),
        ] {
            assert_eq!(references(subject), is, "{subject}");
        }
    }

    proptest! {
        #[test]
        fn however_odd_a_subject_is_few_are_found(subject in "(?s)[\\[\\]#a-z0-9 ü:-]{0,200}") {
            let found = references(&subject);
            prop_assert!(found.len() <= REFERENCES_MAX);
            prop_assert!(found.iter().all(|reference| reference.chars().count() <= REFERENCE_CHARS));
        }
    }
}
