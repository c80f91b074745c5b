//! What may stand in braces in the words of a macro.

/// Every variable with what it stands for, in the order in which they are offered.
pub const VARIABLES: [(&str, &str); 15] = [
    ("number", "the number of the incident"),
    ("title", "its title"),
    ("requester", "the name of whoever asked"),
    ("requester.first_name", "their first name"),
    ("organisation", "their company"),
    ("service", "the service"),
    ("category", "the category"),
    ("priority", "the priority"),
    ("team", "the team that has it"),
    ("assignee", "the name of whoever has it"),
    ("assignee.first_name", "their first name"),
    ("due", "when the next target is due"),
    ("expected", "when service is expected back"),
    ("me", "your name"),
    ("me.first_name", "your first name"),
];

/// Characters of a name in braces that is looked at: longer ones are no variables.
const NAME_MAX: usize = 40;

/// A piece of words: as it stands, or the name of a variable.
enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
}

/// Cuts words at their variables. Braces around anything but small letters, `_` and `.` are
/// words like others.
fn pieces(words: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let (mut rest, mut from) = (words, 0);
    while let Some(open) = rest[from..].find('{').map(|at| at + from) {
        let inside = &rest[open + 1..];
        let end = inside.find(|c: char| !(c.is_ascii_lowercase() || matches!(c, '_' | '.')));
        match end {
            Some(end) if (1..=NAME_MAX).contains(&end) && inside[end..].starts_with('}') => {
                found.push(Piece::Text(&rest[..open]));
                found.push(Piece::Name(&inside[..end]));
                rest = &inside[end + 1..];
                from = 0;
            }
            _ => from = open + 1,
        }
    }
    found.push(Piece::Text(rest));
    found
}

/// Names in braces that are no variables, in their order.
pub fn unknown(words: &str) -> Vec<&str> {
    let names = pieces(words).into_iter().filter_map(|piece| match piece {
        Piece::Name(name) => Some(name),
        Piece::Text(_) => None,
    });
    names.filter(|name| VARIABLES.iter().all(|(known, _)| known != name)).collect()
}

/// Words with values in place of variables. What has no value stays as it is, so that whoever
/// sends the words sees what is missing; each such name is given once.
pub fn fill(words: &str, value: &dyn Fn(&str) -> Option<String>) -> (String, Vec<String>) {
    let (mut filled, mut missing) = (String::with_capacity(words.len()), Vec::new());
    for piece in pieces(words) {
        let name = match piece {
            Piece::Text(text) => {
                filled.push_str(text);
                continue;
            }
            Piece::Name(name) => name,
        };
        match value(name) {
            Some(value) => filled.push_str(&value),
            None => {
                filled.push_str(&format!("{{{name}}}"));
                if missing.iter().all(|known| known != name) {
                    missing.push(name.to_owned());
                }
            }
        }
    }
    (filled, missing)
}

/// The variable that may have been meant.
pub fn nearest(name: &str) -> Option<&'static str> {
    let most = (name.chars().count() / 3).max(1);
    let near = VARIABLES.iter().map(|(known, _)| (distance(name, known), *known));
    // Whoever left out what stands before the point meant that one.
    let ends = |known: &str| known.rsplit('.').next() == Some(name);
    let ended = VARIABLES.iter().map(|(known, _)| *known).find(|&known| ends(known));
    let near = near.filter(|(distance, _)| *distance <= most).min_by_key(|(distance, _)| *distance);
    ended.or(near.map(|(_, known)| known))
}

/// Letters to insert, drop or change to make one of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().take(NAME_MAX).enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = corner + usize::from(from != *to);
            corner = row[j + 1];
            row[j + 1] = changed.min(corner + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
