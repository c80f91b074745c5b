//! A reading of Rust source that is just good enough for the checks: code with
//! comments and literals blanked out, the string literals apart, and which lines
//! are test code. Not a parser: a wrong guess costs a line in the allow list.

/// One source file, taken apart.
#[derive(Debug)]
pub struct Source {
    /// The text with comments and the insides of literals replaced by spaces;
    /// same length in lines as the file.
    pub code: String,
    /// String literals outside comments, in order.
    pub strings: Vec<Literal>,
    /// For each line (from 0), whether it belongs to `#[cfg(test)]` code.
    pub is_test: Vec<bool>,
}

/// A string literal and where it begins.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal {
    /// Line from 1.
    pub line: usize,
    /// The text between the quotes, escapes as written.
    pub text: String,
}

impl Source {
    /// Takes `text` apart.
    pub fn read(text: &str) -> Self {
        let mut reader = Reader::new(text);
        reader.read();
        let is_test = test_lines(&reader.code);
        Self { code: reader.code, strings: reader.strings, is_test }
    }

    /// Whether the line (from 1) is test code.
    pub fn line_is_test(&self, line: usize) -> bool {
        self.is_test.get(line.wrapping_sub(1)).copied().unwrap_or(false)
    }

    /// How many lines are not test code.
    pub fn product_lines(&self) -> usize {
        self.is_test.iter().filter(|test| !**test).count()
    }
}

struct Reader<'a> {
    rest: std::iter::Peekable<std::str::Chars<'a>>,
    line: usize,
    code: String,
    strings: Vec<Literal>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text.chars().peekable(), line: 1, code: String::new(), strings: Vec::new() }
    }

    fn read(&mut self) {
        while let Some(c) = self.next() {
            match (c, self.rest.peek().copied()) {
                ('/', Some('/')) => self.line_comment(),
                ('/', Some('*')) => self.block_comment(),
                ('"', _) => self.string(),
                ('r', Some('"' | '#')) if self.starts_word() => self.raw_string(),
                ('\'', _) => self.quote(),
                _ => self.code.push(c),
            }
        }
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    /// Whether what comes is a new word, so that `r` here can begin a raw string.
    fn starts_word(&self) -> bool {
        let mut before = self.code.chars().rev();
        match before.next() {
            Some('b' | 'c') => !before.next().is_some_and(|c| c.is_alphanumeric() || c == '_'),
            Some(c) => !c.is_alphanumeric() && c != '_',
            None => true,
        }
    }

    fn blank(&mut self, c: char) {
        self.code.push(if c == '\n' { '\n' } else { ' ' });
    }

    fn line_comment(&mut self) {
        self.blank(' ');
        while let Some(c) = self.next() {
            self.blank(c);
            if c == '\n' {
                break;
            }
        }
    }

    fn block_comment(&mut self) {
        self.blank(' ');
        let mut depth = 0_usize;
        let mut previous = '/';
        while let Some(c) = self.next() {
            self.blank(c);
            match (previous, c) {
                ('/', '*') => {
                    depth += 1;
                    previous = ' ';
                }
                ('*', '/') => {
                    depth -= 1;
                    previous = ' ';
                }
                _ => previous = c,
            }
            if depth == 0 {
                break;
            }
        }
    }

    fn string(&mut self) {
        let line = self.line;
        let mut text = String::new();
        self.code.push('"');
        while let Some(c) = self.next() {
            if c == '"' {
                break;
            }
            self.blank(c);
            text.push(c);
            if c == '\\'
                && let Some(escaped) = self.next()
            {
                self.blank(escaped);
                text.push(escaped);
            }
        }
        self.code.push('"');
        self.strings.push(Literal { line, text });
    }

    fn raw_string(&mut self) {
        let mut hashes = 0_usize;
        while self.rest.peek() == Some(&'#') {
            self.next();
            hashes += 1;
        }
        if self.rest.peek() != Some(&'"') {
            // A raw identifier such as r#type.
            self.code.push_str("r#");
            return;
        }
        self.next();
        let line = self.line;
        let end = format!("\"{}", "#".repeat(hashes));
        let mut text = String::new();
        self.code.push('"');
        while let Some(c) = self.next() {
            text.push(c);
            if text.ends_with(&end) {
                text.truncate(text.len() - end.len());
                break;
            }
            self.blank(c);
        }
        self.code.push('"');
        self.strings.push(Literal { line, text });
    }

    /// A character literal, or the beginning of a lifetime.
    fn quote(&mut self) {
        self.code.push('\'');
        let mut ahead = self.rest.clone();
        let next_two = (ahead.next(), ahead.next());
        let is_literal = matches!(next_two, (Some('\\'), _) | (Some(_), Some('\'')));
        if !is_literal {
            return;
        }
        while let Some(c) = self.next() {
            if c == '\'' {
                break;
            }
            self.blank(c);
            if c == '\\'
                && let Some(escaped) = self.next()
            {
                self.blank(escaped);
            }
        }
        self.code.push('\'');
    }
}

/// Marks the lines of every item that follows `#[cfg(test)]`, up to its closing
/// brace or semicolon.
fn test_lines(code: &str) -> Vec<bool> {
    let lines: Vec<&str> = code.lines().collect();
    let mut is_test = vec![false; lines.len()];
    let mut start = 0;
    while start < lines.len() {
        if !lines[start].trim_start().starts_with("#[cfg(test)]") {
            start += 1;
            continue;
        }
        let end = item_end(&lines, start);
        is_test[start..=end].fill(true);
        start = end + 1;
    }
    is_test
}

fn item_end(lines: &[&str], start: usize) -> usize {
    let mut depth = 0_usize;
    for (number, line) in lines.iter().enumerate().skip(start) {
        for c in line.chars() {
            match c {
                '{' => depth += 1,
                '}' => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return number;
                    }
                }
                ';' if depth == 0 => return number,
                _ => {}
            }
        }
    }
    lines.len() - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_leave_the_code() {
        let source = Source::read(
            "let a = \"todo!() // no\"; // todo!()\n/* x /* nested */ y */ let b = 'c';\n",
        );
        assert!(!source.code.contains("todo!"), "{}", source.code);
        assert!(source.code.contains("let b ="));
        assert!(!source.code.contains("nested"));
        assert_eq!(source.strings[0], Literal { line: 1, text: "todo!() // no".into() });
    }

    #[test]
    fn raw_strings_and_raw_identifiers_are_told_apart() {
        let source = Source::read("let r#type = r##\"a \"# b\"##;\nlet for_r = br\"x\\\";");
        let texts: Vec<&str> = source.strings.iter().map(|s| s.text.as_str()).collect();
        assert_eq!(texts, ["a \"# b", "x\\"]);
        assert!(source.code.contains("r#type"));
    }

    #[test]
    fn quotes_in_characters_do_not_open_strings() {
        let source =
            Source::read("fn f<'a>(x: &'a str) { m('\"', '\\'', '\\\\'); g(\"still here\") }");
        assert_eq!(source.strings.len(), 1);
        assert_eq!(source.strings[0].text, "still here");
    }

    #[test]
    fn escaped_quotes_stay_inside() {
        let source = Source::read(r#"f("a \" b", "c\\")"#);
        let texts: Vec<&str> = source.strings.iter().map(|s| s.text.as_str()).collect();
        assert_eq!(texts, [r#"a \" b"#, r"c\\"]);
    }

    #[test]
    fn test_modules_end_at_their_brace() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { \"}\"; }\n}\nfn c() {}\n";
        let source = Source::read(text);
        assert_eq!(source.is_test, [false, true, true, true, true, false]);
        assert_eq!(source.product_lines(), 2);
        assert!(source.line_is_test(4));
        assert!(!source.line_is_test(6));
    }

    #[test]
    fn a_test_module_in_its_own_file_is_one_item() {
        let source = Source::read("#[cfg(test)]\nmod tests;\nfn a() {}\n");
        assert_eq!(source.is_test, [true, true, false]);
    }
}
