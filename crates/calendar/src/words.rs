//! The week in words.

use crate::day::Opening;

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// `Mon` for 0; days are counted round the week.
pub(crate) fn weekday_name(from_monday: i8) -> &'static str {
    WEEKDAYS[usize::from(from_monday.rem_euclid(7).unsigned_abs())]
}

/// Days with the same hours stand together: `Mon–Thu 08:00–18:00; Fri 08:00–16:00`.
pub(crate) fn week(week: &[Vec<Opening>; 7]) -> String {
    let mut hours: [Vec<Opening>; 7] = week.clone();
    for day in &mut hours {
        day.sort_unstable();
        day.dedup();
    }
    if hours.iter().all(|day| day.iter().any(|opening| opening.is_whole_day())) {
        return "round the clock".to_owned();
    }
    let mut groups: Vec<String> = Vec::new();
    for (weekday, day) in hours.iter().enumerate() {
        if day.is_empty() || hours[..weekday].contains(day) {
            continue;
        }
        let same: [bool; 7] = std::array::from_fn(|other| hours[other] == *day);
        groups.push(format!("{} {}", days_in_words(same), hours_in_words(day)));
    }
    if groups.is_empty() { "special openings only".to_owned() } else { groups.join("; ") }
}

/// Runs of days, also over the weekend: `Sun–Thu`.
fn days_in_words(days: [bool; 7]) -> String {
    if days == [true; 7] {
        return "every day".to_owned();
    }
    let runs: Vec<String> = (0..7)
        .filter(|first| days[*first] && !days[(first + 6) % 7])
        .map(|first| {
            let length = (1..7).take_while(|ahead| days[(first + ahead) % 7]).count();
            match length {
                0 => WEEKDAYS[first].to_owned(),
                _ => format!("{}–{}", WEEKDAYS[first], WEEKDAYS[(first + length) % 7]),
            }
        })
        .collect();
    runs.join(", ")
}

fn hours_in_words(openings: &[Opening]) -> String {
    let spans: Vec<String> = openings
        .iter()
        .map(|opening| format!("{}–{}", time(opening.opens), time(opening.closes)))
        .collect();
    match spans.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

fn time(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(days: [&[(u16, u16)]; 7]) -> String {
        week(
            &days.map(|day| day.iter().map(|&(opens, closes)| Opening { opens, closes }).collect()),
        )
    }

    #[test]
    fn days_with_the_same_hours_stand_together() {
        let (long, short): (&[_], &[_]) = (&[(480, 1080)], &[(480, 960)]);
        assert_eq!(
            words([long, long, long, long, short, &[], &[]]),
            "Mon–Thu 08:00–18:00; Fri 08:00–16:00"
        );
        assert_eq!(words([long, &[], long, long, &[], &[], &[]]), "Mon, Wed–Thu 08:00–18:00");
        assert_eq!(words([long, long, long, long, &[], &[], long]), "Sun–Thu 08:00–18:00");
        assert_eq!(words([short; 7]), "every day 08:00–16:00");
    }

    #[test]
    fn several_intervals_nights_and_round_the_clock() {
        let split: &[_] = &[(780, 1050), (510, 720)];
        assert_eq!(
            words([split, &[], &[], &[], &[], &[(1320, 360)], &[]]),
            "Mon 08:30–12:00 and 13:00–17:30; Sat 22:00–06:00"
        );
        assert_eq!(words([&[(0, 1440)]; 7]), "round the clock");
        assert_eq!(words([&[]; 7]), "special openings only");
    }
}
