//! Titles from what people write.

/// Characters of a title that is made from a text.
const TITLE_CHARS: usize = 80;

/// A title from a subject, or from the first words where there is none.
pub(crate) fn title(subject: &str, text: &str, max_chars: usize) -> Option<String> {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let subject = one_line(&desk::plain(subject));
    let title = match subject.is_empty() {
        false => subject,
        true => {
            let first = text.lines().map(|line| one_line(&desk::plain(line)));
            let first = first.into_iter().find(|line| !line.is_empty())?;
            shortened(&first, TITLE_CHARS)
        }
    };
    Some(shortened(&title, max_chars))
}

/// So many characters of a text; an ellipsis stands for what was cut.
pub(crate) fn shortened(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    text.chars().take(max_chars.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_title_is_found() {
        assert_eq!(title(" a\tb ", "", 250).unwrap(), "a b");
        assert_eq!(title("", "\n \nHello,\nmore", 250).unwrap(), "Hello,");
        assert_eq!(title("", " \n", 250), None);
        assert_eq!(title("abcdef", "", 4).unwrap(), "abc…");
    }

    proptest! {
        #[test]
        fn a_title_is_one_short_line(subject in "(?s).{0,80}", text in "(?s).{0,80}") {
            if let Some(title) = title(&subject, &text, 20) {
                prop_assert!((1..=20).contains(&title.chars().count()));
                prop_assert!(!title.contains('\n'));
            }
        }
    }
}
