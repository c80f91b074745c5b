//! Which words tell something of what somebody reports.

/// Words that every report has.
const COMMON: &[&str] = &[
    // English
    "and",
    "are",
    "but",
    "can",
    "does",
    "doesn",
    "don",
    "for",
    "from",
    "has",
    "have",
    "not",
    "our",
    "that",
    "the",
    "this",
    "was",
    "were",
    "when",
    "with",
    "work",
    "working",
    "works",
    "you",
    "your",
    // German
    "aber",
    "das",
    "der",
    "die",
    "ein",
    "eine",
    "für",
    "funktioniert",
    "geht",
    "hat",
    "ich",
    "ist",
    "kann",
    "kein",
    "keine",
    "mehr",
    "mein",
    "meine",
    "mit",
    "nicht",
    "und",
    // French
    "avec",
    "dans",
    "des",
    "est",
    "fonctionne",
    "les",
    "mais",
    "marche",
    "mon",
    "pas",
    "peux",
    "plus",
    "pour",
    "que",
    "sur",
    "une",
    // Spanish and Portuguese
    "com",
    "con",
    "del",
    "esta",
    "está",
    "funciona",
    "los",
    "mais",
    "meu",
    "minha",
    "não",
    "para",
    "por",
    "puedo",
    "uma",
    // Polish
    "ale",
    "działa",
    "dla",
    "jest",
    "mam",
    "mnie",
    "moja",
    "mój",
    "nie",
    "się",
];

/// Whether every report has it.
pub(crate) fn is_common(word: &str) -> bool {
    COMMON.contains(&word)
}

/// Whether a word says something as a reason: halves of names, such as those of "Wi-Fi", numbers
/// and words that every report has do not.
pub(crate) fn tells(word: &str) -> bool {
    word.chars().count() > 2 && !word.chars().all(|c| c.is_ascii_digit()) && !is_common(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_words_that_say_something() {
        let words = ["fi", "roaming", "21", "404", "that", "from", "żuraw", "e4x"];
        let told: Vec<&str> = words.into_iter().filter(|word| tells(word)).collect();
        assert_eq!(told, ["roaming", "żuraw", "e4x"]);
    }
}
