//! The written form of a calendar, as in JSON, forms and the database. It holds
//! what somebody wrote; [`Calendar::new`](crate::Calendar::new) checks it.

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A calendar as written.
///
/// ```
/// use calendar::{Definition, Week};
///
/// let text = r#"{"time_zone":"Asia/Tokyo","week":{"mon":[["22:00","06:00"]]},"holidays":["2027-01-01"]}"#;
/// let definition: Definition = serde_json::from_str(text).unwrap();
/// assert_eq!(serde_json::to_string(&definition).unwrap(), text);
///
/// let always: Definition = serde_json::from_str(r#"{"time_zone":"UTC","week":"always"}"#).unwrap();
/// assert_eq!(always, Definition::new("UTC", Week::always()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// A name of the IANA time zone database.
    pub time_zone: String,
    /// The opening hours of each weekday.
    pub week: Week,
    /// Local dates on which nothing is open.
    #[serde(default)]
    pub holidays: Vec<Holiday>,
    /// Local dates with hours of their own, which replace those of the week.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub special_openings: Vec<SpecialOpening>,
}

impl Definition {
    /// A calendar without holidays and special openings.
    pub fn new(time_zone: impl Into<String>, week: Week) -> Self {
        Definition { time_zone: time_zone.into(), week, holidays: vec![], special_openings: vec![] }
    }
}

/// The opening hours of each weekday; a day that is not named is closed. Reads
/// `"always"` too, for every day from 00:00 to 24:00.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Week {
    /// Monday.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mon: Vec<Hours>,
    /// Tuesday.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tue: Vec<Hours>,
    /// Wednesday.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wed: Vec<Hours>,
    /// Thursday.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub thu: Vec<Hours>,
    /// Friday.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fri: Vec<Hours>,
    /// Saturday.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sat: Vec<Hours>,
    /// Sunday.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sun: Vec<Hours>,
}

impl Week {
    /// Open round the clock, every day.
    pub fn always() -> Self {
        let day = || vec![Hours::new("00:00", "24:00")];
        Week { sat: day(), sun: day(), ..Week::weekdays("00:00", "24:00") }
    }

    /// Open from Monday to Friday at these hours.
    pub fn weekdays(opens: &str, closes: &str) -> Self {
        let day = || vec![Hours::new(opens, closes)];
        Week { mon: day(), tue: day(), wed: day(), thu: day(), fri: day(), ..Week::default() }
    }

    /// The days from Monday, each with its key in the written form.
    pub fn days(&self) -> [(&'static str, &[Hours]); 7] {
        [
            ("mon", &self.mon),
            ("tue", &self.tue),
            ("wed", &self.wed),
            ("thu", &self.thu),
            ("fri", &self.fri),
            ("sat", &self.sat),
            ("sun", &self.sun),
        ]
    }
}

impl<'de> Deserialize<'de> for Week {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WeekVisitor)
    }
}

struct WeekVisitor;

impl<'de> Visitor<'de> for WeekVisitor {
    type Value = Week;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the days mon to sun, or \"always\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Week, E> {
        match text {
            "always" => Ok(Week::always()),
            _ => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Week, A::Error> {
        #[derive(Deserialize, Default)]
        #[serde(deny_unknown_fields, default)]
        struct Days {
            mon: Vec<Hours>,
            tue: Vec<Hours>,
            wed: Vec<Hours>,
            thu: Vec<Hours>,
            fri: Vec<Hours>,
            sat: Vec<Hours>,
            sun: Vec<Hours>,
        }
        let Days { mon, tue, wed, thu, fri, sat, sun } =
            Days::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Week { mon, tue, wed, thu, fri, sat, sun })
    }
}

/// When a day opens and closes, as `["09:00", "17:00"]`: `HH:MM` of the local wall
/// clock. Closing before opening runs past midnight; closing may be `24:00`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours(pub String, pub String);

impl Hours {
    /// Open from `opens` to `closes`.
    pub fn new(opens: impl Into<String>, closes: impl Into<String>) -> Self {
        Hours(opens.into(), closes.into())
    }
}

/// A local date on which nothing is open: `"2026-12-25"`, or
/// `{"date": "2026-12-25", "name": "Christmas Day"}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holiday {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// What it is called; shown where it moves a due date.
    pub name: Option<String>,
}

impl Holiday {
    /// A holiday without a name.
    pub fn new(date: impl Into<String>) -> Self {
        Holiday { date: date.into(), name: None }
    }

    /// A holiday with its name.
    pub fn named(date: impl Into<String>, name: impl Into<String>) -> Self {
        Holiday { date: date.into(), name: Some(name.into()) }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedHoliday<'a> {
    date: std::borrow::Cow<'a, str>,
    #[serde(default)]
    name: Option<std::borrow::Cow<'a, str>>,
}

impl Serialize for Holiday {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(name) = &self.name else { return serializer.serialize_str(&self.date) };
        NamedHoliday { date: self.date.as_str().into(), name: Some(name.as_str().into()) }
            .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Holiday {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(HolidayVisitor)
    }
}

struct HolidayVisitor;

impl<'de> Visitor<'de> for HolidayVisitor {
    type Value = Holiday;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date such as \"2026-12-25\", or an object with date and name")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Holiday, E> {
        Ok(Holiday::new(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Holiday, A::Error> {
        let named = NamedHoliday::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Holiday { date: named.date.into_owned(), name: named.name.map(Into::into) })
    }
}

/// A local date with hours of its own.
///
/// ```
/// let text = r#"{"date":"2026-12-24","name":"Christmas Eve","hours":[["08:00","12:00"]]}"#;
/// let eve: calendar::SpecialOpening = serde_json::from_str(text).unwrap();
/// assert_eq!(serde_json::to_string(&eve).unwrap(), text);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecialOpening {
    /// `YYYY-MM-DD`.
    pub date: String,
    /// Why, in a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What is open on that date, at least one interval; a date that is closed is a holiday.
    pub hours: Vec<Hours>,
}
