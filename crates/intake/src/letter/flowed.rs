//! Text whose lines flow (RFC 3676): a line that ends with a space goes on below.

use super::mime::Part;

/// The text with flowing lines put together, when its part says that they flow.
pub(super) fn unfolded(text: &str, part: &Part<'_>) -> String {
    let says = |name: &str, value: &str| {
        part.parameter(name).is_some_and(|is| is.trim().eq_ignore_ascii_case(value))
    };
    if !says("format", "flowed") {
        return text.to_owned();
    }
    let joins_words = says("delsp", "yes");
    let mut out = String::with_capacity(text.len());
    // How deep the line above was quoted, when it goes on.
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let words = &line[depth..];
        let words = words.strip_prefix(' ').unwrap_or(words);
        let is_signature = words == "-- ";
        let goes_on = words.ends_with(' ') && !is_signature;
        let begins = open != Some(depth) || is_signature;
        if begins {
            if !out.is_empty() {
                out.push('\n');
            }
            if depth > 0 {
                out.push_str(&line[..depth]);
                out.push(' ');
            }
        }
        let kept = if goes_on && joins_words { &words[..words.len() - 1] } else { words };
        out.push_str(kept);
        open = goes_on.then_some(depth);
    }
    out
}
