//! Dates and times as each language writes them, on a clock of 24 hours.

use jiff::Zoned;
use kernel::Language;

/// The short names of days and months.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    /// From Monday on.
    pub weekdays: [&'static str; 7],
    /// From January on.
    pub months: [&'static str; 12],
    /// What stands between day and month, and between month and year.
    pub between: (&'static str, &'static str),
    /// What stands between the day of the week and the date.
    pub after_weekday: &'static str,
}

/// The short names of days and months in a language.
pub const fn date_names(language: Language) -> &'static Names {
    match language {
        Language::En => &EN,
        Language::De => &DE,
        Language::Fr => &FR,
        Language::Es => &ES,
        Language::Pt => &PT,
        Language::Pl => &PL,
    }
}

static EN: Names = Names {
    weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    between: (" ", " "),
    after_weekday: " ",
};

static DE: Names = Names {
    weekdays: ["Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."],
    months: [
        "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.",
        "Dez.",
    ],
    between: (". ", " "),
    after_weekday: ", ",
};

static FR: Names = Names {
    weekdays: ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."],
    months: [
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
        "déc.",
    ],
    between: (" ", " "),
    after_weekday: " ",
};

static ES: Names = Names {
    weekdays: ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"],
    months: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic"],
    between: (" ", " "),
    after_weekday: ", ",
};

static PT: Names = Names {
    weekdays: ["seg.", "ter.", "qua.", "qui.", "sex.", "sáb.", "dom."],
    months: [
        "jan.", "fev.", "mar.", "abr.", "mai.", "jun.", "jul.", "ago.", "set.", "out.", "nov.",
        "dez.",
    ],
    between: (" de ", " de "),
    after_weekday: ", ",
};

static PL: Names = Names {
    weekdays: ["pon.", "wt.", "śr.", "czw.", "pt.", "sob.", "niedz."],
    months: ["sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"],
    between: (" ", " "),
    after_weekday: ", ",
};

fn weekday(language: Language, at: &Zoned) -> &'static str {
    date_names(language).weekdays[at.weekday().to_monday_zero_offset() as usize % 7]
}

// A page tells hundreds of moments: they are put together without the machinery of formats.

fn push_clock(text: &mut String, at: &Zoned) {
    let digit = |number: i8| char::from(b'0' + number.rem_euclid(10) as u8);
    let (hour, minute) = (at.hour(), at.minute());
    text.extend([digit(hour / 10), digit(hour), ':', digit(minute / 10), digit(minute)]);
}

fn push_date(text: &mut String, language: Language, at: &Zoned, with_year: bool) {
    let names = date_names(language);
    text.push_str(&at.day().to_string());
    text.push_str(names.between.0);
    text.push_str(names.months[(at.month() as usize).saturating_sub(1) % 12]);
    if with_year {
        text.push_str(names.between.1);
        text.push_str(&at.year().to_string());
    }
}

fn clock(at: &Zoned) -> String {
    let mut text = String::with_capacity(5);
    push_clock(&mut text, at);
    text
}

/// "17 Nov", "17. Nov.", "17 de nov."; with the year "17 Nov 2025".
pub fn date(language: Language, at: &Zoned, with_year: bool) -> String {
    let mut text = String::new();
    push_date(&mut text, language, at, with_year);
    text
}

/// "Thu 12:20".
pub fn weekday_time(language: Language, at: &Zoned) -> String {
    let mut text = weekday(language, at).to_owned();
    text.push(' ');
    push_clock(&mut text, at);
    text
}

/// "Mon 23 Nov 2026, 13:12 CET".
pub fn full(language: Language, at: &Zoned) -> String {
    let mut text = String::with_capacity(48);
    text.push_str(weekday(language, at));
    text.push_str(date_names(language).after_weekday);
    push_date(&mut text, language, at, true);
    text.push_str(", ");
    push_clock(&mut text, at);
    text.push(' ');
    text.push_str(at.time_zone().to_offset_info(at.timestamp()).abbreviation());
    text
}

/// Today "12:58", within 6 days "Thu 12:20", else "17 Nov", of another year "17 Nov 2025".
pub fn moment(language: Language, now: &Zoned, at: &Zoned) -> String {
    match now.date().duration_since(at.date()).as_hours().abs() / 24 {
        0 => clock(at),
        1..=6 => weekday_time(language, at),
        _ => date(language, at, now.year() != at.year()),
    }
}

/// A moment to come with its day and its time: "14:20 today", "Wed 25 Nov, 14:04".
pub fn promise(language: Language, now: &Zoned, at: &Zoned) -> String {
    let time = clock(at);
    if now.date() != at.date() {
        let date = date(language, at, now.year() != at.year());
        let (day, after) = (weekday(language, at), date_names(language).after_weekday);
        return format!("{day}{after}{date}, {time}");
    }
    match language {
        Language::En => format!("{time} today"),
        Language::De => format!("heute {time} Uhr"),
        Language::Fr => format!("aujourd’hui à {time}"),
        Language::Es => format!("hoy a las {time}"),
        Language::Pt => format!("hoje às {time}"),
        Language::Pl => format!("dziś o {time}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Zoned {
        format!("{text}[Europe/Amsterdam]").parse().unwrap()
    }

    #[test]
    fn every_language_has_its_form() {
        let (now, then) = (at("2026-11-23T13:12:00"), at("2027-03-03T09:05:00"));
        for (language, whole, today) in [
            (Language::En, "Wed 3 Mar 2027, 09:05 CET", "13:12 today"),
            (Language::De, "Mi., 3. März 2027, 09:05 CET", "heute 13:12 Uhr"),
            (Language::Fr, "mer. 3 mars 2027, 09:05 CET", "aujourd’hui à 13:12"),
            (Language::Es, "mié, 3 mar 2027, 09:05 CET", "hoy a las 13:12"),
            (Language::Pt, "qua., 3 de mar. de 2027, 09:05 CET", "hoje às 13:12"),
            (Language::Pl, "śr., 3 mar 2027, 09:05 CET", "dziś o 13:12"),
        ] {
            assert_eq!(full(language, &then), whole);
            assert_eq!(promise(language, &now, &now), today);
            assert_eq!(whole.strip_suffix(" CET"), Some(promise(language, &now, &then).as_str()));
        }
        assert_eq!(moment(Language::De, &now, &at("2026-11-19T12:20:00")), "Do. 12:20");
        assert_eq!(moment(Language::De, &now, &at("2026-11-03T12:20:00")), "3. Nov.");
        assert_eq!(moment(Language::Pl, &now, &at("2025-11-03T12:20:00")), "3 lis 2025");
    }
}
