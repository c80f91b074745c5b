//! What is alike, and why.

use crate::sample::NOW;
use insight::similar::{
    Asked, Corpus, Doc, Frequencies, Shared, Term, WORD_CHARS_MAX, WORDS_MAX, score,
};
use proptest::prelude::*;

fn corpus(docs: &[(&str, &str)]) -> Corpus {
    let mut corpus = Corpus::default();
    docs.iter().for_each(|(title, body)| corpus.add(Doc::new(title, body)));
    corpus
}

fn order(corpus: &Corpus, asked: &Doc) -> Vec<usize> {
    corpus.rank(asked, 10).into_iter().map(|ranked| ranked.place).collect()
}

fn offices() -> Corpus {
    corpus(&[
        ("Printer in room 4 prints blank pages", "The printer was moved yesterday"),
        ("VPN drops every few minutes", "Since the update of the client"),
        ("Mail does not arrive", "Nothing came since the morning, please help"),
        ("Please help with the printer", "It is in room 9"),
        ("Checkout shows error 502", "Customers cannot pay"),
    ])
}

#[test]
fn rare_words_count_more_than_common_ones() {
    let mut corpus = offices();
    for nth in 1..=10 {
        corpus.add(Doc::new(&format!("Please help with desk {nth}"), "It wobbles"));
    }
    let found = order(&corpus, &Doc::new("vpn client: please help", ""));
    assert_eq!(found[0], 1, "{found:?}");
    assert!(!found.contains(&4), "nothing in common: {found:?}");
    let found = order(&offices(), &Doc::new("vpn client: please help", ""));
    assert!(found.contains(&1) && found.contains(&2) && found.contains(&3), "{found:?}");
    assert!(!found.contains(&4), "nothing in common: {found:?}");
}

#[test]
fn a_word_in_the_title_counts_more_and_a_long_text_does_not_win_by_length() {
    let filler = "and then we tried many other things one after the other ".repeat(20);
    let corpus = corpus(&[
        ("A note", &format!("{filler} certificate {filler}")),
        ("Certificate expired", "Browsers complain"),
        ("Another note", "certificate"),
    ]);
    assert_eq!(order(&corpus, &Doc::new("certificate", "")), [1, 2, 0]);
}

#[test]
fn accents_case_and_forms_of_a_word_do_not_matter() {
    let corpus = corpus(&[("Drucker in Düsseldorf druckt nicht", ""), ("Telefon stumm", "")]);
    let found = corpus.rank(&Doc::new("DUSSELDORF", ""), 5);
    assert_eq!((found.len(), found[0].place), (1, 0));
    let found = corpus.rank(&Doc::new("Telefone", ""), 5);
    let reason = &found[0].score.reasons[0];
    assert_eq!((reason.shared, reason.words.as_str()), (Shared::Form, "telefon"));
    let exact = corpus.rank(&Doc::new("Telefon", ""), 5);
    assert_eq!(exact[0].score.reasons[0].shared, Shared::Word);
    assert!(corpus.rank(&Doc::new("Tele", ""), 5).is_empty(), "too little of it");
    let labels = self::corpus(&[("Labeldrucker stumm", ""), ("Druck im Rohr", "")]);
    let found = labels.rank(&Doc::new("Drucker", ""), 5);
    assert_eq!(found[0].score.reasons[0].words, "labeldrucker", "its end is the same");
    let numbers = self::corpus(&[("Error 150234", "")]);
    assert!(numbers.rank(&Doc::new("150235", ""), 5).is_empty(), "numbers have no forms");
}

#[test]
fn facts_count_and_are_told_by_name() {
    let mut corpus = Corpus::default();
    corpus.add(Doc::new("Latency is high", "").with("service", "Search"));
    corpus.add(Doc::new("Latency is high", "").with("service", "Checkout"));
    corpus.add(Doc::new("Disk full", "").with("service", "Search"));
    let asked = Doc::new("Latency", "").with("service", "Checkout").with("service", "Checkout");
    let found = corpus.rank(&asked, 5);
    assert_eq!(found[0].place, 1);
    let told: Vec<&str> = found[0].score.reasons.iter().map(|r| r.words.as_str()).collect();
    assert!(told.contains(&"service: Checkout") && told.contains(&"latency"), "{told:?}");
    assert!(found[1].score.reasons.iter().all(|reason| reason.shared != Shared::Fact));
}

#[test]
fn of_two_equals_the_nearer_in_time_comes_first() {
    let mut corpus = Corpus::default();
    corpus.add(Doc::new("VPN drops", "").at(NOW.plus_days(-300)));
    corpus.add(Doc::new("VPN drops", "").at(NOW.plus_days(-1)));
    corpus.add(Doc::new("Mail", "").at(NOW));
    let asked = Doc::new("VPN drops", "").at(NOW);
    assert_eq!(order(&corpus, &asked), [1, 0]);
    let found = corpus.rank(&asked, 5);
    assert!(found[1].score.value > found[0].score.value * 0.5, "half at most: {found:?}");
}

#[test]
fn one_without_a_word_comes_after_one_that_says_the_same() {
    let mut corpus = Corpus::default();
    corpus.add(Doc::new("???", "").with("service", "Checkout"));
    corpus.add(Doc::new("Latency is high", "").with("service", "Checkout"));
    corpus.add(Doc::new("Disk full", ""));
    let asked = Doc::new("Latency is high", "").with("service", "Checkout");
    let found = corpus.rank(&asked, 5);
    assert_eq!(found.iter().map(|ranked| ranked.place).collect::<Vec<_>>(), [1, 0]);
    assert!(found[1].score.value < 1.0, "{found:?}");
}

#[test]
fn a_document_is_not_found_for_itself_and_equal_ones_come_in_their_order() {
    let corpus = corpus(&[("VPN drops", ""), ("Mail", ""), ("VPN drops", ""), ("VPN drops", "")]);
    let found: Vec<usize> = corpus.rank_others(2, 10).into_iter().map(|r| r.place).collect();
    assert_eq!(found, [0, 3]);
    assert_eq!(corpus.order_others(2), [0, 3, 1]);
    assert!(corpus.rank_others(9, 10).is_empty());
}

#[test]
fn candidates_of_an_index_get_the_score_that_the_corpus_gives() {
    /// An index that knows of words only what it was told.
    struct Known(Corpus);
    impl Frequencies for Known {
        fn documents(&self) -> u64 {
            self.0.documents()
        }
        fn containing(&self, term: Term<'_>) -> u64 {
            self.0.containing(term)
        }
    }
    let corpus = offices();
    let asked = Doc::new("printer in room 9 prints nothing", "");
    let found = corpus.rank(&asked, 1).remove(0);
    let candidate = corpus.get(found.place).unwrap().clone();
    let known = Known(corpus);
    assert_eq!(score(&asked, &candidate, &known), found.score);
    let telling = Asked::of(&asked, &known).telling(2);
    assert!(telling.contains(&"nothing") || telling.contains(&"prints"), "{telling:?}");
    assert!(!telling.contains(&"in"));
}

#[test]
fn an_index_that_knows_nothing_harms_nothing() {
    let asked = Doc::new("vpn", "");
    let alone = score(&asked, &asked, &Corpus::default());
    assert!(alone.value.is_finite());
    let nothing = score(&Doc::default(), &Doc::default(), &Corpus::default());
    assert_eq!((nothing.value, nothing.reasons.len()), (0.0, 0));
}

#[test]
fn hostile_sizes_are_cut() {
    let doc = Doc::new(&"x".repeat(1 << 20), &"w1 w2 w3 ".repeat(1 << 18));
    let (title, body) = doc.lengths();
    assert!(title <= 1 && body as usize <= WORDS_MAX);
    assert!(doc.words().all(|word| word.chars().count() <= WORD_CHARS_MAX));
}

proptest! {
    #[test]
    fn shares_are_parts_of_one_and_values_are_finite(
        texts in prop::collection::vec("[a-e ]{0,30}", 1..12), asked in "\\PC{0,40}[a-e ]{0,20}",
    ) {
        let mut corpus = Corpus::default();
        texts.iter().for_each(|text| corpus.add(Doc::new(text, text)));
        let found = corpus.rank(&Doc::new(&asked, ""), 20);
        for two in found.windows(2) {
            prop_assert!(two[0].score.value >= two[1].score.value);
        }
        for ranked in &found {
            prop_assert!(ranked.score.value.is_finite() && ranked.score.value > 0.0);
            let shares: f64 = ranked.score.reasons.iter().map(|reason| reason.share).sum();
            prop_assert!(shares > 0.0 && shares <= 1.0 + 1e-9, "{}", shares);
        }
    }

    #[test]
    fn a_document_is_wholly_like_itself(text in "[a-c]{1,3}( [a-c]{1,3}){0,6}", other in "[a-c ]{0,12}") {
        let mut corpus = Corpus::default();
        corpus.add(Doc::new(&text, ""));
        corpus.add(Doc::new(&other, ""));
        let same = score(&Doc::new(&text, ""), &Doc::new(&text, ""), &corpus).value;
        prop_assert!((same - 1.0).abs() < 1e-9, "{}", same);
    }
}
