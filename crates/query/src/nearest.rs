//! The known word nearest to a mistyped one.

/// The candidate that needs the fewest changed letters, if that is few enough for
/// its length; a word that is the beginning of a candidate is near to it.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().take(LONGEST).collect();
    if word.is_empty() {
        return None;
    }
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let letters: Vec<char> = candidate.chars().collect();
            let allowed = 1 + letters.len().min(word.len()) / 4;
            let begins = word.len() >= 3 && letters.starts_with(&word);
            let distance = if begins { 1 } else { distance(&word, &letters) };
            (distance <= allowed && distance < word.len()).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// No known word is longer; what is typed beyond cannot be near to one.
const LONGEST: usize = 32;

/// Letters to insert, delete, replace, or swap with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                let swapped = if swap { rows[i - 2][j - 2] + 1 } else { usize::MAX };
                replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(swapped)
            };
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let known = ["priority", "state", "team", "due"];
        assert_eq!(nearest("prioritty", known), Some("priority"));
        assert_eq!(nearest("sttae", known), Some("state"));
        assert_eq!(nearest("prio", known), Some("priority"));
        assert_eq!(nearest("teams", known), Some("team"));
        assert_eq!(nearest("printer", known), None);
        assert_eq!(nearest("x", known), None);
        assert_eq!(nearest("", known), None);
    }
}
