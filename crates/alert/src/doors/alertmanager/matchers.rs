//! Matchers of labels, as amtool writes them: `alertname="DiskFull"`, `instance=~"web.*"`,
//! `{severity!="info", team="net"}`.

use serde::Serialize;

/// Characters of one filter.
const FILTER_CHARS: usize = 4_000;
/// Matchers of one filter.
const MATCHERS: usize = 50;

/// What a label must be, or must not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Matcher {
    /// Whether it must match, or must not.
    pub is_equal: bool,
    /// Whether the value is a regular expression for the whole of the label.
    pub is_regex: bool,
    /// The label's name.
    pub name: String,
    /// The value; the empty one stands for labels that are missing.
    pub value: String,
}

impl Matcher {
    /// Whether a label with this value, empty if there is none, matches. Regular expressions are
    /// the caller's to evaluate: `None`.
    pub fn matches(&self, value: &str) -> Option<bool> {
        (!self.is_regex).then_some((self.value == value) == self.is_equal)
    }
}

/// The matchers of a filter, or what is wrong with it and where.
///
/// ```
/// use alert::doors::alertmanager::matchers::parse;
/// let found = parse(r#"{alertname=~"Disk.*", team!=net}"#).unwrap();
/// assert!(found[0].is_regex && found[0].is_equal);
/// assert_eq!(found[1].matches("web"), Some(true));
/// assert!(parse("alertname").is_err());
/// ```
pub fn parse(text: &str) -> Result<Vec<Matcher>, String> {
    if text.chars().count() > FILTER_CHARS {
        return Err(format!("is longer than {FILTER_CHARS} characters"));
    }
    let trimmed = text.trim();
    let inner =
        trimmed.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(trimmed);
    let mut rest = inner.trim();
    let mut found = Vec::new();
    while !rest.is_empty() {
        let begin = shown(rest);
        let (matcher, after) = one(rest).map_err(|words| format!("{words} at {begin:?}"))?;
        if found.len() == MATCHERS {
            return Err(format!("has more than {MATCHERS} matchers"));
        }
        found.push(matcher);
        rest = after.trim_start();
        if let Some(after) = rest.strip_prefix(',') {
            rest = after.trim_start();
        } else if !rest.is_empty() {
            return Err(format!("has no comma before {:?}", shown(rest)));
        }
    }
    Ok(found)
}

fn one(text: &str) -> Result<(Matcher, &str), String> {
    let (name, rest) = match text.starts_with('"') {
        true => quoted(text)?,
        false => {
            let at = text.find(['=', '!', '~', ',']).ok_or("has no =, !=, =~ or !~")?;
            (text[..at].trim().to_owned(), &text[at..])
        }
    };
    let rest = rest.trim_start();
    let operators =
        [("=~", true, true), ("!~", false, true), ("!=", false, false), ("=", true, false)];
    let found = operators.into_iter().find_map(|(sign, is_equal, is_regex)| {
        rest.strip_prefix(sign).map(|rest| (rest.trim_start(), is_equal, is_regex))
    });
    let (rest, is_equal, is_regex) = found.ok_or("has no =, !=, =~ or !~")?;
    let is_name = |c: char| c.is_alphanumeric() || "_:.-/".contains(c);
    if name.is_empty() || (!text.starts_with('"') && !name.chars().all(is_name)) {
        return Err("has no name of a label".to_owned());
    }
    let (value, rest) = match rest.starts_with('"') {
        true => quoted(rest)?,
        false => {
            let at = rest.find(',').unwrap_or(rest.len());
            (rest[..at].trim().to_owned(), &rest[at..])
        }
    };
    Ok((Matcher { is_equal, is_regex, name, value }, rest))
}

/// A text in quotation marks, and what comes after it.
fn quoted(text: &str) -> Result<(String, &str), String> {
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((out, &text[at + 1..])),
            '\\' => match chars.next() {
                Some((_, 'n')) => out.push('\n'),
                Some((_, escaped @ ('"' | '\\'))) => out.push(escaped),
                // Regular expressions have backslashes of their own.
                Some((_, other)) => out.extend(['\\', other]),
                None => break,
            },
            _ => out.push(c),
        }
    }
    Err(format!("has no end of {:?}", shown(text)))
}

fn shown(text: &str) -> String {
    text.chars().take(30).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_amtool_writes_is_understood() {
        let found = parse(r#"alertname="a, \"b\" \d+""#).unwrap();
        assert_eq!(found[0].value, r#"a, "b" \d+"#);
        assert_eq!(parse("{}").unwrap(), []);
        assert_eq!(parse("a=b,c!~\"d\",").unwrap().len(), 2);
        assert_eq!(parse("\"odd name\"=\"\"").unwrap()[0].matches(""), Some(true));
        assert_eq!(parse("a=b").unwrap()[0].matches("c"), Some(false));
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["a", "=b", "a=\"b", "a=\"b\" c", "{a=b} x=\"", "~"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&"a=b,".repeat(60)).is_err());
    }
}
