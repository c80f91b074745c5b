//! Everything from outside has a limit. Each constant names its unit and reason.

/// Characters of an incident's title: what fits a queue row and a mail subject.
pub const TITLE_CHARS: usize = 250;
/// Characters of a description, comment or note: a long log excerpt fits.
pub const BODY_CHARS: usize = 65_536;
/// Characters of a short reason or label.
pub const REASON_CHARS: usize = 1_000;
/// Characters of a name of a person, team, service, category or view.
pub const NAME_CHARS: usize = 120;
/// Characters of an e-mail address (RFC 5321 allows 254).
pub const EMAIL_CHARS: usize = 254;
/// Characters of a password: bounds the work of hashing.
pub const PASSWORD_MAX_CHARS: usize = 256;
/// Characters a new password has at least.
pub const PASSWORD_MIN_CHARS: usize = 10;
/// Bytes of one JSON request body.
pub const JSON_BODY_BYTES: usize = 1_048_576;
/// Bytes of one attached file.
pub const ATTACHMENT_BYTES: usize = 25 * 1_048_576;
/// Files attached to one incident.
pub const ATTACHMENTS_PER_INCIDENT: usize = 200;
/// Events of one incident: what comes after is an alert that should be counted, not told.
pub const EVENTS_PER_INCIDENT: u32 = 10_000;
/// Commands in one bulk request.
pub const COMMANDS_PER_REQUEST: usize = 500;
/// Rows of one page of a list.
pub const PAGE_ROWS_MAX: usize = 200;
/// Rows of a page when nothing is asked.
pub const PAGE_ROWS: usize = 50;
/// Characters of a search query.
pub const QUERY_CHARS: usize = 1_000;
/// Terms of a search query; keeps its evaluation bounded.
pub const QUERY_TERMS: usize = 50;
/// Rules in use at once: each is looked at whenever something happens.
pub const RULES: usize = 200;
/// Commands of one rule.
pub const RULE_COMMANDS: usize = 20;
/// Commands by rules that may follow from one command: bounds what rules set off in each other.
pub const RULE_COMMANDS_PER_COMMAND: usize = 100;
/// Runs of one rule on one incident within a day; then it rests until the day is over.
pub const RULE_RUNS_PER_DAY: u32 = 50;
/// Past incidents that a trial of a rule looks at when it judges reports: a few seconds of work.
pub const RULE_TRIAL_REPORTS: usize = 20_000;
/// Past incidents that a trial of a rule looks at when it judges whole timelines.
pub const RULE_TRIAL_TIMELINES: usize = 5_000;
/// Incident models, those out of use too: all of them are at hand when something is decided.
pub const MODELS: usize = 200;
/// Tasks of one incident model: more is a project, not a checklist.
pub const MODEL_TASKS: usize = 50;
/// Custom fields of one incident.
pub const CUSTOM_FIELDS: usize = 50;
/// Characters of a custom field's value.
pub const CUSTOM_FIELD_CHARS: usize = 1_000;
/// Tasks of one incident.
pub const TASKS_PER_INCIDENT: usize = 200;
/// People watching one incident.
pub const WATCHERS_PER_INCIDENT: usize = 500;
/// People asked to come to one incident: a whole company's engineers, each once.
pub const RESPONDERS_PER_INCIDENT: usize = 200;
/// Spans in which services were out because of one incident.
pub const OUTAGES_PER_INCIDENT: usize = 100;
/// Updates of one incident that wait for approval.
pub const DRAFTS_PER_INCIDENT: usize = 20;
/// Lists of stakeholders that one update goes to.
pub const LISTS_PER_UPDATE: usize = 50;
/// People who were given a fixed instant in one incident: more is no promise, but news.
pub const PROMISES_PER_INCIDENT: usize = 20;
/// Links of one incident.
pub const LINKS_PER_INCIDENT: usize = 500;
/// Children of one incident: one command on it touches them all in one transaction.
pub const CHILDREN_PER_INCIDENT: usize = 2_000;
/// Incidents merged into one: resolving it resolves them all in one transaction.
pub const PARTS_PER_INCIDENT: usize = 500;
/// Tags of one incident.
pub const TAGS_PER_INCIDENT: usize = 30;
/// Characters of a tag.
pub const TAG_CHARS: usize = 40;
/// Holidays of one calendar: three centuries of what a country has.
pub const CALENDAR_HOLIDAYS: usize = 10_000;
/// Special openings of one calendar.
pub const CALENDAR_SPECIAL_OPENINGS: usize = 1_000;
/// Opening intervals of one day: open and closed in turn every quarter of an hour.
pub const OPENINGS_PER_DAY: usize = 48;
/// Cases of one calendar preview: a second of work.
pub const PREVIEW_CASES: usize = 1_000;
/// Calendars of one agreement preview: one a priority and some to compare.
pub const PREVIEW_CALENDARS: usize = 20;
/// Bytes of one iCalendar feed of holidays: decades of a country's fit.
pub const HOLIDAY_FEED_BYTES: usize = 1_048_576;
/// Dates looked at in one iCalendar feed, repetitions included; bounds the work of reading it.
pub const HOLIDAY_FEED_DATES: usize = 100_000;
/// Services, companies, categories or requesters that one agreement names.
pub const AGREEMENT_SELECTORS: usize = 1_000;
/// Teams with targets of their own in one agreement.
pub const AGREEMENT_TEAMS: usize = 200;
/// Agreements, and calendars: all of them are at hand when something is decided.
pub const TERMS: usize = 500;
/// Versions of one agreement or calendar, which are kept for ever: a change a week for ten years.
pub const TERMS_VERSIONS: i64 = 520;
/// Incidents of one back-test: a quarter of a large company.
pub const BACKTEST_INCIDENTS: usize = 100_000;
/// Incidents that a back-test or the preview of a change lists one by one.
pub const IMPACT_ROWS: usize = 100;
/// Integrations, those switched off too: all of them are at hand when something comes in.
pub const INTEGRATIONS: usize = 500;
/// Rows that one instance adds to the table of who is told what: each is tried on all that happens.
pub const NOTIFICATION_RULES: usize = 200;
/// Addresses of one mailbox.
pub const MAILBOX_ADDRESSES: usize = 50;
/// The shortest silence of a mailbox that can be told of, in seconds: a mail a minute is a lot.
pub const SILENCE_SECONDS_MIN: i64 = 300;
/// The longest silence of a mailbox that can be told of, in seconds: a quarter of a year.
pub const SILENCE_SECONDS_MAX: i64 = 90 * 86_400;
/// Webhooks, those out of use too: each is looked at whenever something happens.
pub const WEBHOOKS: usize = 100;
/// Bytes of a webhook's address: longer ones are cut by proxies.
pub const WEBHOOK_URL_BYTES: usize = 2_000;
/// Characters of a chat room's name, or of a token for it.
pub const WEBHOOK_TOKEN_CHARS: usize = 1_000;
/// Browsers that show one person news: whoever has more gets the same word too often to read it.
pub const PUSH_DEVICES: usize = 10;
/// Characters of what such a browser is called.
pub const PUSH_LABEL_CHARS: usize = 60;
/// Messages that one replay sends: more is an export, for which there are pages of events.
pub const WEBHOOK_REPLAY: usize = 10_000;
/// Days back that a replay reaches: as long as it is known what has arrived.
pub const WEBHOOK_REPLAY_DAYS: i64 = 14;
/// Layers of one schedule: a first, a second, nights, weekends and some to spare.
pub const SCHEDULE_LAYERS: usize = 20;
/// People in one rotation: with shifts of a week everybody's turn comes once in two years.
pub const ROTATION_PEOPLE: usize = 100;
/// Years that one shift lasts at most; bounds what is gone through to its ends.
pub const SHIFT_YEARS: u32 = 10;
/// Hours of the week to which one layer is restricted: two stretches a day and some to spare.
pub const LAYER_RESTRICTIONS: usize = 20;
/// Overrides of one schedule that count at once: two a day for years.
pub const SCHEDULE_OVERRIDES: usize = 2_000;
/// Days of a schedule that are looked at in one go: ten years, with their leap days.
pub const ROSTER_DAYS: i64 = 3_653;
/// Shifts, gaps and hand-overs of one answer: two years of hours.
pub const ROSTER_SHIFTS: usize = 20_000;
/// Dates that overrides are made for in one go: the holidays of ten years.
pub const COVER_DATES: usize = 200;
/// Bytes of one iCalendar feed of shifts: years of a team's fit.
pub const ROSTER_FEED_BYTES: usize = 1_048_576;
/// Occurrences looked at in one iCalendar feed of shifts; bounds the work of reading it.
pub const ROSTER_FEED_DATES: usize = 100_000;
/// Schedules, and escalation policies, those out of use too: all of them are at hand when
/// somebody is paged.
pub const SCHEDULES: usize = 500;
/// Overrides of one schedule that are not over yet: a year of days and nights out of the rota of
/// another program.
pub const OVERRIDES_AHEAD: usize = 800;
/// Shadows of one schedule that are not over yet: more learn at once nowhere.
pub const SHADOWS_AHEAD: usize = 100;
/// The longest override, in days: whoever is away for longer leaves the rotation.
pub const OVERRIDE_DAYS: i64 = 366;
/// Days ahead that an override or a version of a schedule may begin.
pub const SCHEDULE_DAYS_AHEAD: i64 = 3_653;
/// Swaps of one schedule that wait for somebody.
pub const SWAPS: usize = 100;
/// Days of shifts in one answer.
pub const SHIFT_DAYS: i64 = 366;
/// Calendars elsewhere that read schedules for one person.
pub const FEEDS_PER_PERSON: usize = 50;
/// Days that are looked at for what a change of a schedule would change.
pub const WHAT_IF_DAYS: i64 = 90;
/// Steps of one escalation policy.
pub const ESCALATION_STEPS: usize = 20;
/// People, schedules, teams and webhooks of one step.
pub const ESCALATION_WHOM: usize = 20;
/// The longest wait before a step, in seconds: a day.
pub const ESCALATION_WAIT_SECONDS: i64 = 86_400;
/// How often the steps are gone through again at most.
pub const ESCALATION_REPEATS: u8 = 10;
/// The shortest time after which an acknowledgement can run out, in seconds: a minute.
pub const ACKNOWLEDGEMENT_SECONDS_MIN: i64 = 60;
/// The longest, in seconds: a week.
pub const ACKNOWLEDGEMENT_SECONDS_MAX: i64 = 7 * 86_400;
