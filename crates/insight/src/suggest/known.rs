//! How much of a text is known, and how sure that lets a guess be.
//!
//! Both methods look at what they know of a text and at nothing else, so that one known word
//! among twenty strange ones counts as much as a text of which every word is known. What is said
//! is therefore mixed with knowing nothing, by the part of the text that is known: a guess is
//! about the known part, and of the rest every label is as good as another. The order of the
//! labels stays.

use super::features::{Kind, Seen};
use std::collections::BTreeSet;

/// Of an unknown word, so much of its parts must be known for it to be another form of a known
/// one: parts of words are found by chance in any word.
const FORM_MIN: f32 = 0.5;

/// The part of the words of a text that is known, from 0 to below 1. Each word counts once,
/// however often it is said, and as much as it is rare; `rarity` is that of a feature that is
/// known, `unseen` that of one that is not. One strange word always stands beside: of a text of
/// one word little is known. 0 is a text of which no word is known, whatever its facts are.
pub(super) fn part_known(seen: &Seen, rarity: impl Fn(u32) -> Option<f32>, unseen: f32) -> f64 {
    let mut whole = vec![None; seen.words.len()];
    // Of each word, how many of its parts are known, and how many it has.
    let mut parts = vec![(0.0_f32, 0.0_f32); seen.words.len()];
    for feature in &seen.features {
        let place = feature.place as usize;
        match feature.kind {
            Kind::Word => whole[place] = rarity(feature.slot),
            Kind::Part => {
                parts[place].0 += if rarity(feature.slot).is_some() { 1.0 } else { 0.0 };
                parts[place].1 += 1.0;
            }
            Kind::Pair | Kind::Fact => {}
        }
    }
    let mut counted = BTreeSet::new();
    let (mut known, mut all) = (0.0, unseen);
    for ((word, whole), (some, of)) in seen.words.iter().zip(whole).zip(parts) {
        if !counted.insert(word.as_str()) {
            continue;
        }
        let weight = whole.unwrap_or(unseen);
        let part = match whole {
            Some(_) => 1.0,
            None if of > 0.0 && some >= FORM_MIN * of => some / of,
            None => 0.0,
        };
        known += part * weight;
        all += weight;
    }
    f64::from(known / all)
}

/// What is said of a text of which so much is known.
pub(super) fn temper(probabilities: &mut [f64], known: f64) {
    let nothing = (1.0 - known) / probabilities.len().max(1) as f64;
    probabilities.iter_mut().for_each(|said| *said = known * *said + nothing);
}

#[cfg(test)]
mod tests {
    use super::super::features::{Features, Sight};
    use super::*;

    const UNSEEN: f32 = 4.0;

    /// How much of a text is known to whoever knows another, whose features are all as rare.
    fn known(text: &str, to: &str) -> f64 {
        let seen = |text: &str| Features::of(text, "").seen(Sight::Whole);
        let slots: BTreeSet<u32> = seen(to).features.iter().map(|feature| feature.slot).collect();
        let rarity = |slot: u32| slots.contains(&slot).then_some(2.0);
        part_known(&seen(text), rarity, UNSEEN)
    }

    #[test]
    fn each_word_counts_once_and_as_much_as_it_is_rare() {
        // Two known words of 2 beside the strange one of 4; then one more that is unknown.
        assert_eq!(known("printer down", "printer down"), 0.5);
        assert_eq!(known("printer down printer down down", "printer down"), 0.5);
        assert!((known("printer down xq", "printer down") - 4.0 / 12.0).abs() < 1e-6);
        assert_eq!(known("xq yv", "printer down"), 0.0);
        assert_eq!(known("", "printer down"), 0.0);
    }

    #[test]
    fn another_form_of_a_word_is_known_in_part_and_some_letters_are_nothing() {
        let form = known("printers", "printer");
        assert!(form > 0.0 && form < known("printer", "printer") + 0.2, "{form}");
        assert_eq!(known("preprints", "print"), 0.0, "two of eight parts");
    }

    #[test]
    fn the_less_is_known_the_nearer_all_labels_are() {
        let mut said = [0.9, 0.1, 0.0, 0.0];
        temper(&mut said, 0.5);
        assert_eq!(said, [0.575, 0.175, 0.125, 0.125]);
        temper(&mut said, 0.0);
        assert_eq!(said, [0.25; 4]);
        let mut none: [f64; 0] = [];
        temper(&mut none, 0.5);
    }
}
