//! Licence expressions: `MIT OR Apache-2.0`, `(A AND B) OR C WITH D`, and the old
//! form `MIT/Apache-2.0`.

/// Whether the expression can be met with licences that `allowed` accepts.
/// A `WITH` exception belongs to its licence: `Apache-2.0 WITH LLVM-exception`
/// is asked as one name.
///
/// # Errors
/// Says what was not understood.
pub fn is_met(expression: &str, allowed: &dyn Fn(&str) -> bool) -> Result<bool, String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut parser = Parser { words: &words, allowed };
    let met = parser.any()?;
    match parser.words.first() {
        None => Ok(met),
        Some(word) => Err(format!("unexpected {word} in licence {expression}")),
    }
}

struct Parser<'a> {
    words: &'a [&'a str],
    allowed: &'a dyn Fn(&str) -> bool,
}

impl<'a> Parser<'a> {
    fn take(&mut self, wanted: &str) -> bool {
        let found = self.words.first().is_some_and(|word| word.eq_ignore_ascii_case(wanted));
        if found {
            self.words = &self.words[1..];
        }
        found
    }

    fn any(&mut self) -> Result<bool, String> {
        let mut met = self.all()?;
        while self.take("OR") {
            met |= self.all()?;
        }
        Ok(met)
    }

    fn all(&mut self) -> Result<bool, String> {
        let mut met = self.one()?;
        while self.take("AND") {
            met &= self.one()?;
        }
        Ok(met)
    }

    fn one(&mut self) -> Result<bool, String> {
        if self.take("(") {
            let met = self.any()?;
            return if self.take(")") { Ok(met) } else { Err("a bracket is not closed".into()) };
        }
        let name = self.word()?;
        if self.take("WITH") {
            let exception = self.word()?;
            return Ok((self.allowed)(&format!("{name} WITH {exception}")));
        }
        Ok((self.allowed)(name))
    }

    fn word(&mut self) -> Result<&'a str, String> {
        let (first, rest) = self.words.split_first().ok_or("the licence ends too early")?;
        self.words = rest;
        Ok(first)
    }
}

#[cfg(test)]
mod tests {
    use super::is_met;

    fn met(expression: &str) -> bool {
        let allowed = ["MIT", "ISC", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"];
        is_met(expression, &|name| allowed.contains(&name)).unwrap()
    }

    #[test]
    fn one_of_several_is_enough_but_all_of_a_pair_are_needed() {
        assert!(met("MIT OR GPL-3.0-only"));
        assert!(met("GPL-3.0-only/MIT"));
        assert!(!met("MIT AND GPL-3.0-only"));
        assert!(met("(MIT OR GPL-3.0-only) AND ISC"));
        assert!(!met("GPL-3.0-only"));
    }

    #[test]
    fn an_exception_is_a_licence_of_its_own() {
        assert!(met("Apache-2.0 WITH LLVM-exception OR GPL-3.0-only"));
        assert!(!met("MIT WITH LLVM-exception"));
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        assert!(is_met("(MIT", &|_| true).is_err());
        assert!(is_met("MIT Apache-2.0", &|_| true).is_err());
        assert!(is_met("", &|_| true).is_err());
    }
}
