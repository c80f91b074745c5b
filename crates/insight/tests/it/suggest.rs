//! What a new incident probably is.

use insight::suggest::{
    Example, Features, Guess, Limits, Model, Options, Tally, Untrained, WORDS_MAX, split, train,
    train_plain,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const SAID: [(&str, &[&str]); 3] = [
    ("Hardware", &["printer", "monitor", "keyboard", "cable", "laptop", "dock"]),
    ("Network", &["vpn", "wifi", "proxy", "firewall", "router", "connection"]),
    ("Payroll", &["salary", "payslip", "bonus", "holiday", "contract", "overtime"]),
];

/// A number that looks drawn, the same everywhere.
fn drawn(n: usize, of: u64) -> usize {
    let mixed = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((mixed >> 33) % of) as usize
}

/// Texts of three labels, most of whose words tell nothing; one in `wrong` has another's label.
fn examples(count: usize, wrong: u64) -> Vec<Example> {
    let filler = ["please", "help", "since", "today", "does", "not", "work", "my", "the", "again"];
    (0..count)
        .map(|n| {
            let (label, words) = SAID[n % 3];
            let fill = |k: usize| filler[drawn(n * 8 + k, 10)];
            let word = |k: usize| words[drawn(n * 8 + k, 6)];
            let text = format!("{} {} {} {} {}", fill(0), word(1), fill(2), word(3), fill(4));
            let label = if drawn(n * 8 + 5, wrong) == 1 { SAID[(n + 1) % 3].0 } else { label };
            Example::new(Features::of("", &text), label)
        })
        .collect()
}

fn options() -> Options {
    Options::default()
}

#[test]
fn it_learns_and_says_which_words_decided() {
    let model = train(&examples(300, 1_000_000), &options()).unwrap();
    assert_eq!(model.labels(), ["Hardware", "Network", "Payroll"]);
    assert_eq!(model.examples(), 300);
    let guesses = model.suggest(&Features::of("The firewall again", "please help"));
    assert_eq!(guesses[0].label, "Network");
    assert!(guesses[0].probability > 0.8, "{guesses:?}");
    assert_eq!(guesses[0].because[0].0, "firewall");
    let wrong = model.suggest(&Features::of("", "salery and payslips"));
    assert_eq!(wrong[0].label, "Payroll", "another form, a typing error: {wrong:?}");
}

#[test]
fn facts_decide_where_words_do_not() {
    let examples: Vec<Example> = (0..200)
        .map(|n| {
            let (service, label) = if n % 2 == 0 { ("Shop", "Web") } else { ("Ledger", "Finance") };
            Example::new(Features::of("it does not work", "").with("service", service), label)
        })
        .collect();
    let model = train(&examples, &options()).unwrap();
    let guesses = model.suggest(&Features::of("does not work", "").with("service", "ledger"));
    assert_eq!(guesses[0].label, "Finance");
    assert_eq!(guesses[0].because[0].0, "service: ledger");
}

#[test]
fn probabilities_mean_what_they_say() {
    // One label in five is wrong, so nobody can be surer than four in five.
    let all = examples(1_500, 5);
    let labels: Vec<&str> = all.iter().map(|example| example.label.as_str()).collect();
    let (learned, held) = split(&labels, 3);
    let learned: Vec<Example> = learned.into_iter().map(|place| all[place].clone()).collect();
    let measured = |model: &Model, threshold: f64| {
        let mut tally = Tally::default();
        for place in &held {
            let guesses = model.suggest(&all[*place].features);
            tally.add(labels[*place], Some((guesses[0].label.as_str(), guesses[0].probability)));
        }
        tally.measured(threshold)
    };
    let model = train(&learned, &options()).unwrap();
    let ours = measured(&model, 0.0);
    assert!((0.7..0.9).contains(&ours.accuracy), "{ours:?}");
    assert!(ours.calibration_error < 0.08, "{ours:?}");
    let plain = measured(&train_plain(&learned, &options()).unwrap(), 0.0);
    assert!(plain.calibration_error > ours.calibration_error, "{plain:?}");
    assert!(model.threshold(0.99).is_none(), "it never was so precise");
    let (from, coverage) = model.threshold(0.7).expect("it often was so precise");
    assert!((0.0..0.9).contains(&from) && coverage > 0.5, "{from} {coverage}");
    assert!(measured(&model, from).coverage > 0.5);
}

#[test]
fn below_the_threshold_and_of_unknown_words_nothing_is_said() {
    let model = train(&examples(300, 1_000_000), &options()).unwrap();
    assert!(model.suggest(&Features::of("", "")).is_empty());
    assert!(model.suggest(&Features::of("zzzz qqqq", "xxxxx")).is_empty());
    assert!(model.suggest_from(&Features::of("firewall", ""), 0.5).is_some());
    assert!(model.suggest_from(&Features::of("firewall", ""), f64::INFINITY).is_none());
}

#[test]
fn nothing_is_sure_of_a_text_that_is_mostly_strange_however_sure_the_past_was() {
    let model = train(&examples(300, 1_000_000), &options()).unwrap();
    let sure = |text: &str| model.suggest(&Features::of(text, ""))[0].probability;
    assert!(sure("my firewall does not work again") > 0.9);
    let strange = "zorp blick fnord quux vexing jumbled tapioca rhubarb kiwi my firewall";
    assert!(sure(strange) < 0.5, "{}", sure(strange));
    assert!(sure("firewall") < sure("my firewall does not work"), "one word tells little");
    // What half of all texts say tells nothing of any of them.
    assert!(sure("please help") < 0.8, "{}", sure("please help"));
}

#[test]
fn facts_alone_are_not_enough() {
    let examples: Vec<Example> = (0..200)
        .map(|n| {
            let (service, label) = if n % 2 == 0 { ("Shop", "Web") } else { ("Ledger", "Finance") };
            Example::new(Features::of("it does not work", "").with("service", service), label)
        })
        .collect();
    let model = train(&examples, &options()).unwrap();
    assert!(model.suggest(&Features::of("zzzz qqqq", "").with("service", "Ledger")).is_empty());
    assert!(model.suggest(&Features::of("", "").with("service", "Ledger")).is_empty());
}

#[test]
fn labels_with_few_examples_are_left_out_and_one_alone_is_not_learned() {
    let mut all = examples(90, 1_000_000);
    all.extend((0..9).map(|_| Example::new(Features::of("printer vpn salary", ""), "Rare")));
    let model = train(&all, &options()).unwrap();
    assert_eq!(model.labels(), ["Hardware", "Network", "Payroll"]);
    assert_eq!(model.examples(), 90);
    let one: Vec<Example> = all.into_iter().filter(|one| one.label == "Payroll").collect();
    assert_eq!(train(&one, &options()), Err(Untrained::Labels(1)));
    assert_eq!(train(&[], &options()), Err(Untrained::Labels(0)));
    let wordless: Vec<Example> = (0..40)
        .map(|n| Example::new(Features::of("", "…"), if n % 2 == 0 { "a" } else { "b" }))
        .collect();
    assert_eq!(train(&wordless, &options()), Err(Untrained::Words));
}

#[test]
fn the_same_examples_and_seed_give_the_same_model_and_a_stored_one_says_the_same() {
    let all = examples(240, 7);
    let model = train(&all, &options()).unwrap();
    assert_eq!(model, train(&all, &options()).unwrap());
    let stored = serde_json::to_string(&model).unwrap();
    let read: Model = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, model);
    let asked = Features::of("router and cable", "");
    assert_eq!(read.suggest(&asked), model.suggest(&asked));
}

#[test]
fn a_stored_model_that_does_not_fit_together_is_refused() {
    let model = train(&examples(90, 1_000_000), &options()).unwrap();
    let mut stored = serde_json::to_value(&model).unwrap();
    stored["weights"].as_array_mut().unwrap().pop();
    let refused = serde_json::from_value::<Model>(stored).unwrap_err();
    assert!(refused.to_string().contains("train it again"), "{refused}");
    let mut stored = serde_json::to_value(&model).unwrap();
    stored["slots"].as_array_mut().unwrap().reverse();
    assert!(serde_json::from_value::<Model>(stored).is_err());
}

#[test]
fn limits_hold_and_the_last_examples_count() {
    let mut all = examples(300, 1_000_000);
    let limits = Limits { examples: 60, labels: 2, vocabulary: 50, weights: 60, occurrences: 600 };
    let small = Options { limits, ..options() };
    let model = train(&all, &small).unwrap();
    assert_eq!((model.examples(), model.labels().len()), (40, 2));
    // 60 weights are 30 features for two labels.
    let stored = serde_json::to_value(&model).unwrap();
    assert_eq!(stored["slots"].as_array().unwrap().len(), 30);
    // What was called one way for years is called another way now.
    all.iter_mut().take(240).for_each(|example| example.label = "Old".to_owned());
    let model = train(&all, &Options { limits: Limits { examples: 60, ..limits }, ..options() });
    assert!(!model.unwrap().labels().contains(&"Old".to_owned()));
}

#[test]
fn hostile_texts_are_cut() {
    let mut all = examples(90, 1_000_000);
    all.push(Example::new(
        Features::of(&"printer".repeat(1 << 17), &"a b ".repeat(1 << 18)),
        "Hardware",
    ));
    let many = (0..500).fold(Features::of("vpn", ""), |of, n| of.with("label", &n.to_string()));
    all.push(Example::new(many, "Network"));
    let model = train(&all, &options()).unwrap();
    let long = format!("{} vpn", "please ".repeat(WORDS_MAX));
    let guesses = model.suggest(&Features::of("", &long));
    assert!(guesses[0].because.iter().all(|(word, _)| word != "vpn"), "beyond what is read");
}

#[test]
fn a_fifth_of_each_label_is_held_out() {
    let all = examples(300, 1_000_000);
    let labels: Vec<&str> = all.iter().map(|example| example.label.as_str()).collect();
    let (learned, held) = split(&labels, 1);
    let mut both: Vec<usize> = learned.iter().chain(&held).copied().collect();
    both.sort_unstable();
    assert_eq!(both, (0..300).collect::<Vec<_>>());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    held.iter().for_each(|place| *counts.entry(labels[*place]).or_default() += 1);
    assert!(counts.values().all(|count| *count == 20), "{counts:?}");
    assert_ne!(split(&labels, 2).1, held);
}

#[test]
fn what_is_measured_is_counted_by_hand() {
    let mut tally = Tally::default();
    tally.add("a", Some(("a", 0.9)));
    tally.add("a", Some(("b", 0.9)));
    tally.add("b", Some(("b", 0.3)));
    tally.add("b", None);
    let measured = tally.measured(0.5);
    assert_eq!((measured.examples, measured.accuracy, measured.coverage), (4, 0.5, 0.5));
    assert_eq!(measured.precision, 0.5);
    // Two at .9 of which one is right, one at .3 that is right: (.8 + .7) / 3.
    assert!((measured.calibration_error - 0.5).abs() < 1e-9, "{measured:?}");
    let b = &measured.labels[1];
    assert_eq!((b.examples, b.precision, b.recall), (2, Some(0.5), Some(0.5)));
    assert_eq!(Tally::default().measured(0.5).precision, 1.0);
}

/// Texts of which all is known, from a past without doubt.
static LEARNED: LazyLock<Model> =
    LazyLock::new(|| train(&examples(300, 1_000_000), &options()).unwrap());

fn best(title: &str, body: &str) -> Guess {
    LEARNED.suggest(&Features::of(title, body)).remove(0)
}

/// A text of words that were learned.
fn known_text() -> impl Strategy<Value = String> {
    let words: Vec<&str> = SAID.iter().flat_map(|(_, words)| words.iter().copied()).collect();
    let filler = ["please", "help", "since", "today", "does", "not", "work", "my", "the", "again"];
    let any = prop::sample::select([words, filler.to_vec()].concat());
    prop::collection::vec(any, 1..12).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn a_text_without_a_known_word_is_never_suggested(
        title in "[qxzj]{1,9}( [qxzj]{1,9}){0,6}",
        body in "([qxzj]{1,9}[ ,.]){0,9}",
    ) {
        prop_assert!(LEARNED.suggest(&Features::of(&title, &body)).is_empty());
        let with = Features::of(&title, &body).with("service", "Shop");
        prop_assert!(LEARNED.suggest(&with).is_empty());
    }

    #[test]
    fn saying_it_again_makes_nothing_surer(text in known_text()) {
        let (once, twice) = (best(&text, ""), best(&text, &text));
        prop_assert_eq!((once.label, once.probability), (twice.label, twice.probability));
    }

    #[test]
    fn strange_words_make_nothing_surer(text in known_text(), strange in 1..12_usize) {
        let mut before = best(&text, "");
        for n in 1..=strange {
            let words: Vec<String> = (0..n).map(|n| format!("qxz{}", "j".repeat(n))).collect();
            let long = format!("{text} {}", words.join(" "));
            let after = best(&long, "");
            prop_assert_eq!(&after.label, &before.label);
            prop_assert!(after.probability <= before.probability + 1e-9, "{:?} {:?}", after, before);
            before = after;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn probabilities_are_one_together(
        texts in prop::collection::vec(("[a-d]{1,4}( [a-d]{1,4}){0,4}", 0..3_usize), 30..80),
        asked in "\\PC{0,20}[a-d ]{0,20}",
    ) {
        let all: Vec<Example> = texts
            .iter()
            .map(|(text, label)| Example::new(Features::of(text, ""), SAID[*label].0))
            .collect();
        if let Ok(model) = train(&all, &Options { per_label_min: 3, ..options() }) {
            let guesses = model.suggest(&Features::of(&asked, ""));
            let sum: f64 = guesses.iter().map(|guess| guess.probability).sum();
            prop_assert!(guesses.is_empty() || (sum - 1.0).abs() < 1e-9, "{}", sum);
            for two in guesses.windows(2) {
                prop_assert!(two[0].probability >= two[1].probability);
            }
            let finite = |guess: &Guess| guess.because.iter().all(|b| b.1.is_finite());
            prop_assert!(guesses.iter().all(finite));
        }
    }
}
