//! What holds whatever the bytes are.

use crate::check::check;
use crate::corpus::{all, base64, parts};
use crate::mutate::{Dice, message};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_give_a_letter(raw in proptest::collection::vec(any::<u8>(), 0..4_000)) {
        check(&raw).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn any_headers_give_a_letter(name in "(From|To|Subject|Content-Type|References|Authentication-Results|Date|Message-ID)", value in "[ -~\\r\\n\\t\\PC]{0,300}", body in "\\PC{0,200}") {
        check(format!("{name}: {value}\r\n\r\n{body}").as_bytes()).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn broken_messages_give_a_letter(seed in any::<u64>()) {
        check(&message(&mut Dice::new(seed), &all())).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn files_come_back(bytes in proptest::collection::vec(any::<u8>(), 1..3_000), name in "[a-zA-Z0-9][a-zA-Z0-9 _-]{0,40}[a-z0-9]") {
        let raw = parts("mixed", &[("Content-Type: text/plain", "words"), (&format!("Content-Type: application/x-any; name=\"{name}\"\nContent-Transfer-Encoding: base64"), &base64(&bytes))]);
        let letter = check(&raw).map_err(TestCaseError::fail)?;
        prop_assert_eq!(letter.text, "words");
        prop_assert_eq!(&letter.attachments[0].bytes, &bytes);
        prop_assert_eq!(letter.attachments[0].name.split_whitespace().collect::<Vec<_>>(), name.split_whitespace().collect::<Vec<_>>());
    }

    #[test]
    fn plain_words_stay_as_they_are(lines in proptest::collection::vec("[a-z][a-z ,.!?]{0,60}[a-z]", 1..20)) {
        let text = lines.join("\n");
        let letter = check(&crate::corpus::text(&text)).map_err(TestCaseError::fail)?;
        prop_assert_eq!(&letter.text, &text);
        prop_assert_eq!(&letter.reply, &text);
    }
}

#[test]
fn every_message_of_the_corpus_is_fine_and_so_is_each_of_its_beginnings() {
    for (name, raw) in all() {
        for end in 0..=raw.len() {
            if let Err(words) = check(&raw[..end]) {
                panic!("{name}, {end} bytes: {words}");
            }
        }
    }
}
