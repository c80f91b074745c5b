//! Numbers, and the forms that words take after them.

use kernel::Language;

/// The form of a word after a whole number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plural {
    /// 1 incident.
    One,
    /// 2 incydenty: Polish has a form of its own for 2 to 4, 22 to 24, …
    Few,
    /// 5 incydentów.
    Many,
    /// 2 incidents.
    Other,
}

/// The form after this number (Unicode CLDR, whole numbers).
pub fn plural(language: Language, number: i64) -> Plural {
    let number = number.unsigned_abs();
    match language {
        Language::Pl => match (number, number % 10, number % 100) {
            (1, ..) => Plural::One,
            (_, 2..=4, tens) if !(12..=14).contains(&tens) => Plural::Few,
            _ => Plural::Many,
        },
        Language::Fr | Language::Pt if number <= 1 => Plural::One,
        _ if number == 1 => Plural::One,
        _ => Plural::Other,
    }
}

/// A whole number with the groups of its language: "1,234", "1.234", "1 234".
pub fn number(language: Language, number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let (sign, least) = match language {
        Language::En => (',', 4),
        Language::De => ('.', 4),
        Language::Pt => ('.', 4),
        Language::Es => ('.', 5),
        Language::Fr => ('\u{202f}', 4),
        Language::Pl => ('\u{a0}', 5),
    };
    let mut out = if number < 0 { "-".to_owned() } else { String::new() };
    for (at, digit) in digits.chars().enumerate() {
        let left = digits.len() - at;
        if at > 0 && left.is_multiple_of(3) && digits.len() >= least {
            out.push(sign);
        }
        out.push(digit);
    }
    out
}

/// A size of a file: "214 kB", "3.4 MB", "3,4 MB"; French counts octets.
pub fn size(language: Language, bytes: u64) -> String {
    let (byte, kilo, mega) = match language {
        Language::Fr => ("o", "ko", "Mo"),
        _ => ("B", "kB", "MB"),
    };
    let tenths = |of: f64| {
        let text = format!("{of:.1}");
        let text = text.strip_suffix(".0").map_or(text.clone(), str::to_owned);
        if language == Language::En { text } else { text.replace('.', ",") }
    };
    let kilos = bytes as f64 / 1024.0;
    match bytes {
        ..1024 => format!("{bytes} {byte}"),
        _ if kilos < 1023.5 => format!("{} {kilo}", kilos.round()),
        _ if kilos / 1024.0 < 10.0 => format!("{} {mega}", tenths(kilos / 1024.0)),
        _ => format!("{} {mega}", (kilos / 1024.0).round()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plural_forms_are_those_of_the_language() {
        use Plural::{Few, Many, One, Other};
        for (language, forms) in [
            (Language::En, [Other, One, Other, Other, Other, Other, Other]),
            (Language::De, [Other, One, Other, Other, Other, Other, Other]),
            (Language::Es, [Other, One, Other, Other, Other, Other, Other]),
            (Language::Fr, [One, One, Other, Other, Other, Other, Other]),
            (Language::Pt, [One, One, Other, Other, Other, Other, Other]),
            (Language::Pl, [Many, One, Few, Many, Many, Many, Few]),
        ] {
            let found = [0, 1, 2, 5, 12, 21, 22].map(|number| plural(language, number));
            assert_eq!(found, forms, "{language}");
        }
        assert_eq!([112, 114, 102].map(|n| plural(Language::Pl, n)), [Many, Many, Few]);
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(number(Language::En, 1_234_567), "1,234,567");
        assert_eq!(number(Language::De, 1_234), "1.234");
        assert_eq!(number(Language::Es, 1_234), "1234");
        assert_eq!(number(Language::Pl, 12_345), "12\u{a0}345");
        assert_eq!(number(Language::Fr, -999), "-999");
    }

    #[test]
    fn sizes_have_their_units() {
        assert_eq!(size(Language::En, 214 * 1024), "214 kB");
        assert_eq!(size(Language::De, 3_565_158), "3,4 MB");
        assert_eq!(size(Language::Fr, 900), "900 o");
        assert_eq!(size(Language::Pl, 25 << 20), "25 MB");
    }
}
