//! What of a request is kept. More is cut with a warning, never refused; the size of a whole
//! body is its receiver's to limit.

/// Characters of an alert's title: what a title of an incident holds.
pub const TITLE_CHARS: usize = kernel::limits::TITLE_CHARS;
/// Characters of what else is said: what a description of an incident holds.
pub const BODY_CHARS: usize = kernel::limits::BODY_CHARS;
/// Bytes of a key, and of a group's; longer ones are known by their digest. Twice what PagerDuty
/// allows, as much as Opsgenie does.
pub const KEY_BYTES: usize = 512;
/// Labels of one alert: Prometheus servers rarely allow more than 30.
pub const LABELS: usize = 100;
/// Members of one object that are looked at. Of an alert without a key all of them make its key,
/// so it is far more than are kept.
pub const PAIRS: usize = 1_000;
/// Characters of a label's name.
pub const LABEL_NAME_CHARS: usize = 200;
/// Characters of a label's value; longer details stand in the body.
pub const LABEL_VALUE_CHARS: usize = 1_000;
/// Links of one alert.
pub const LINKS: usize = 20;
/// Bytes of a link: longer ones are cut by proxies, and a cut link leads nowhere.
pub const LINK_BYTES: usize = 2_000;
/// Characters of the name of a service, team, person or source.
pub const NAME_CHARS: usize = kernel::limits::NAME_CHARS;
/// Teams, people and policies that one alert wants told: as many as Opsgenie allows.
pub const RESPONDERS: usize = 50;
/// Characters of a note: as many as Opsgenie allows.
pub const NOTE_CHARS: usize = 25_000;
/// Alerts of one request. The largest bodies seen hold 10,000; this only bounds the memory of a
/// body made of empty ones.
pub const ALERTS: usize = 100_000;
/// Warnings of one request: who set the source up reads the first few.
pub const WARNINGS: usize = 20;
/// Characters of a foreign word that a warning repeats.
pub const QUOTED_CHARS: usize = 60;
/// Pairs of a form or of the part of an address behind its question mark.
pub const FORM_PAIRS: usize = 200;
/// Seconds by which a source's clock may be ahead: a wrong time zone, and no more.
pub const CLOCK_AHEAD_SECONDS: i64 = 86_400;
