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
pub const fn date_names(language: Language) -> Names {
    match language {
        Language::En => Names {
            weekdays: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
            months: [
                "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
            ],
            between: (" ", " "),
            after_weekday: " ",
        },
        Language::De => Names {
            weekdays: ["Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."],
            months: [
                "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.",
                "Nov.", "Dez.",
            ],
            between: (". ", " "),
            after_weekday: ", ",
        },
        Language::Fr => Names {
            weekdays: ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."],
            months: [
                "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.",
                "nov.", "déc.",
            ],
            between: (" ", " "),
            after_weekday: " ",
        },
        Language::Es => Names {
            weekdays: ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"],
            months: [
                "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic",
            ],
            between: (" ", " "),
            after_weekday: ", ",
        },
        Language::Pt => Names {
            weekdays: ["seg.", "ter.", "qua.", "qui.", "sex.", "sáb.", "dom."],
            months: [
                "jan.", "fev.", "mar.", "abr.", "mai.", "jun.", "jul.", "ago.", "set.", "out.",
                "nov.", "dez.",
            ],
            between: (" de ", " de "),
            after_weekday: ", ",
        },
        Language::Pl => Names {
            weekdays: ["pon.", "wt.", "śr.", "czw.", "pt.", "sob.", "niedz."],
            months: [
                "sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru",
            ],
            between: (" ", " "),
            after_weekday: ", ",
        },
    }
}

fn weekday(language: Language, at: &Zoned) -> &'static str {
    date_names(language).weekdays[at.weekday().to_monday_zero_offset() as usize % 7]
}

fn clock(at: &Zoned) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// "17 Nov", "17. Nov.", "17 de nov."; with the year "17 Nov 2025".
pub fn date(language: Language, at: &Zoned, with_year: bool) -> String {
    let names = date_names(language);
    let month = names.months[(at.month() as usize).saturating_sub(1) % 12];
    let day = format!("{}{}{month}", at.day(), names.between.0);
    if with_year { format!("{day}{}{}", names.between.1, at.year()) } else { day }
}

/// "Thu 12:20".
pub fn weekday_time(language: Language, at: &Zoned) -> String {
    format!("{} {}", weekday(language, at), clock(at))
}

/// "Mon 23 Nov 2026, 13:12 CET".
pub fn full(language: Language, at: &Zoned) -> String {
    let zone = at.time_zone().to_offset_info(at.timestamp());
    format!(
        "{}{}{}, {} {}",
        weekday(language, at),
        date_names(language).after_weekday,
        date(language, at, true),
        clock(at),
        zone.abbreviation()
    )
}

/// Today "12:58", within 6 days "Thu 12:20", else "17 Nov", of another year "17 Nov 2025".
pub fn moment(language: Language, now: &Zoned, at: &Zoned) -> String {
    let apart = now.date().since(at.date()).map_or(i32::MAX, |span| span.get_days().abs());
    match apart {
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
