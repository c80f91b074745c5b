//! The large ones of the past months, and the trouble that stays within a team.

use super::company::{Company, Someone};
use super::dice::Dice;
use super::plan::{Deed, Fresh, Key, Plan, Thread};
use incident::conduct::{Degree, RoomKind};
use incident::state::{IncidentRole, LinkKind, UpdatePhase};
use kernel::{Channel, Level, ProblemNumber, TaskId, Timestamp};
use store::directory::problems::{Problem, ProblemState};

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
/// Minutes until the first word about a large one.
const FIRST_WORD: i64 = 14;
/// What is said once a fix is in place.
const WATCHING: &str = "A fix is in place and it works again. We watch it before we call it over.";
/// Where those meet who work on a large one.
pub(super) const CONFERENCE: &str = "https://meet.northwind.example/bridge-1";

/// Something large that is over.
struct Outage {
    days_ago: i64,
    /// Local hour of the day, roughly.
    hour: i64,
    minutes: i64,
    major: bool,
    service: &'static str,
    category: &'static str,
    title: &'static str,
    text: &'static str,
    found: &'static str,
    fix: &'static str,
    cause: &'static str,
    others: &'static str,
}

#[rustfmt::skip]
const OUTAGES: [Outage; 10] = [
    Outage { days_ago: 168, hour: 9, minutes: 96, major: true, service: "Single Sign-on", category: "Error", title: "Nobody can sign in", text: "Sign-in fails everywhere with \"try again later\".", found: "The signing certificate ran out at 09:00.", fix: "A new certificate is in place and everybody can sign in again.", cause: "Certificate not renewed", others: "Cannot sign in" },
    Outage { days_ago: 149, hour: 14, minutes: 61, major: true, service: "Core Network", category: "Lines", title: "Gdańsk hub is cut off", text: "No line to the hub, neither data nor telephone.", found: "A digger cut the fibre, and the second line runs through the same duct.", fix: "The hub runs over the radio link until the fibre is spliced. Everything is reachable.", cause: "Both lines in one duct", others: "Nothing works at Gdańsk" },
    Outage { days_ago: 131, hour: 11, minutes: 170, major: false, service: "E-mail", category: "Mail", title: "Mail from outside comes two hours late", text: "Mail from customers arrives with two hours delay.", found: "The filter waits for a name server that is gone.", fix: "The filter uses the new name server, the queue is delivered.", cause: "Retired name server", others: "Mail comes late" },
    Outage { days_ago: 117, hour: 6, minutes: 128, major: true, service: "Warehouse Wi-Fi", category: "Wi-Fi", title: "No Wi-Fi in Rotterdam, halls 1 to 3", text: "All scanners are offline, the early shift picks on paper.", found: "The controller restarts in a loop since the update at 05:30.", fix: "The controller runs the version of last week. All access points are back.", cause: "Faulty controller update", others: "Scanner offline" },
    Outage { days_ago: 94, hour: 16, minutes: 74, major: true, service: "Checkout API", category: "Error", title: "Booking unavailable", text: "Every booking ends with an error since 16:05.", found: "The release of 16:00 cannot read the prices.", fix: "The release was taken back. Bookings work, the failed ones got a mail.", cause: "Release without the price table", others: "Cannot book" },
    Outage { days_ago: 77, hour: 8, minutes: 240, major: false, service: "VPN", category: "Remote access", title: "VPN full, nobody gets in after 08:15", text: "The VPN refuses new sessions with \"limit reached\".", found: "Sessions of the weekend were never ended and hold all licences.", fix: "Old sessions end by themselves after 12 hours now. Everybody gets in.", cause: "Sessions without an end", others: "No VPN this morning" },
    Outage { days_ago: 58, hour: 10, minutes: 52, major: true, service: "Order Database", category: "Slow", title: "All orders hang", text: "Orders, tours and tracking stand still.", found: "A forgotten transaction blocks the orders table.", fix: "The transaction was ended. Orders flow, nothing is lost.", cause: "Transaction left open by hand", others: "Order does not save" },
    Outage { days_ago: 37, hour: 13, minutes: 145, major: false, service: "Route Planner", category: "Slow", title: "Route Planner takes minutes to move a stop", text: "Dispatch cannot plan tomorrow's tours.", found: "The distance service was moved to a machine half its size.", fix: "The distance service has its old size again. Moving a stop takes a second.", cause: "Machine too small", others: "Route Planner slow" },
    Outage { days_ago: 23, hour: 17, minutes: 83, major: true, service: "Card Payments", category: "Error", title: "No card payments", text: "All card payments fail, account payments work.", found: "The supplier's gateway is down in one region.", fix: "Payments go through the supplier's second region. All cards work.", cause: "Outage at the supplier", others: "Card declined" },
    Outage { days_ago: 9, hour: 9, minutes: 110, major: false, service: "Label Printing", category: "Printer", title: "Labels come out twice on all lines in Gdańsk", text: "Every label is printed twice, half of them go to waste.", found: "Two print servers serve the same queues since the restart.", fix: "One of the two servers is off. One label for each parcel.", cause: "Old server started again", others: "Every label twice" },
];

/// Trouble that only one team may see.
#[rustfmt::skip]
const CONFIDENTIAL: [(i64, &str, &str, &str, &str, &str, &str); 5] = [
    (140, "Security", "Site Access", "Freya Holm", "Badge used while its owner was on leave", "The log shows a badge at the gate at 02:10. Its owner is on leave.", "The badge was lent to a colleague. Both were talked to, the badge was exchanged."),
    (102, "HR systems", "Payroll", "Greta Ohlsson", "Pay slips of two people swapped", "Two people with the same name got each other's pay slip.", "The slips were exchanged, both people and the data protection officer were told."),
    (66, "Security", "E-mail", "Freya Holm", "Password typed into a false sign-in page", "A colleague typed the password into a page linked from a mail.", "The password was changed within ten minutes, no sign-in from elsewhere."),
    (41, "HR systems", "Payroll", "Sven Aldermann", "Access to personnel files after a move", "Somebody who left the department still opens the folder.", "Access was removed. The log shows no file opened since the move."),
    (12, "Security", "Office Apps", "Freya Holm", "Customer list sent to the wrong address", "A list with 40 customers went to a private address by mistake.", "The recipient deleted it and confirmed. Reported to the data protection officer."),
];

/// Thinks out the large ones of the last `days` days and those of single teams.
pub(super) fn past(plan: &mut Plan<'_>, dice: &mut Dice, now: Timestamp, days: i64) {
    let company = plan.company;
    for outage in OUTAGES.iter().filter(|outage| outage.days_ago < days) {
        let day =
            now.plus_seconds(-outage.days_ago * DAY).to_jiff().to_zoned(jiff::tz::TimeZone::UTC);
        let Ok(midnight) = day.start_of_day() else { continue };
        let midnight = Timestamp::from_jiff(midnight.timestamp());
        let at = midnight.plus_seconds(outage.hour * HOUR + dice.between(0, 20) * MINUTE);
        let parent = run(plan, dice, outage, at);
        others(plan, dice, outage, at, parent);
    }
    for (days_ago, team, service, worker, title, text, fix) in CONFIDENTIAL {
        if days_ago >= days {
            continue;
        }
        let at = now.plus_seconds(-days_ago * DAY + dice.between(-4, 4) * HOUR);
        let worker = company.person(worker);
        let requester = *dice.pick(&company.requesters());
        let fresh = Fresh {
            confidential_to: Some(company.team(team)),
            ..fresh(company, title, text, requester, service, (Level::LOW, Level::HIGH))
        };
        let mut thread = plan.report(at, worker.actor(), Channel::Phone, fresh);
        thread.take(at.plus_seconds(10 * MINUTE), worker);
        thread.reply(
            at.plus_seconds(22 * MINUTE),
            worker,
            "Thank you for calling at once. Only our team sees this.",
        );
        thread.note(
            at.plus_seconds(2 * HOUR),
            worker,
            "Talked to everybody concerned, log secured.",
        );
        thread.resolve(at.plus_seconds(5 * HOUR), worker, "fixed", fix);
    }
}

/// The problem that was made of it.
fn number_of(outage: &Outage) -> ProblemNumber {
    ProblemNumber(320 - outage.days_ago)
}

/// The problems behind the large ones: their causes were found and are gone.
pub(super) fn problems(company: &Company, now: Timestamp) -> Vec<Problem> {
    let one = |outage: &Outage| {
        let at = now.plus_seconds(-outage.days_ago * DAY);
        let (service, team) = &company.services[outage.service];
        let owner = company.members(team).first().map(|someone| someone.id);
        Problem {
            state: ProblemState::Resolved,
            description: outage.text.to_owned(),
            cause: outage.cause.to_owned(),
            fix: outage.fix.to_owned(),
            service: Some(*service),
            category: company.categories.get(outage.category).copied(),
            team: Some(company.team(team)),
            owner,
            created_by: owner,
            ..Problem::titled(number_of(outage), outage.title, at)
        }
    };
    OUTAGES.iter().map(one).collect()
}

/// A report with nothing special about it.
pub(super) fn fresh(
    company: &Company,
    title: &str,
    text: &str,
    requester: &Someone,
    service: &str,
    levels: (Level, Level),
) -> Fresh {
    Fresh {
        title: title.to_owned(),
        text: text.to_owned(),
        requester: requester.id,
        service: Some(company.services[service].0),
        category: None,
        levels,
        affected: None,
        team: None,
        parent: None,
        confidential_to: None,
        tags: vec![],
    }
}

fn run(plan: &mut Plan<'_>, dice: &mut Dice, outage: &Outage, at: Timestamp) -> Key {
    let company = plan.company;
    let levels = (Level::HIGH, if outage.major { Level::HIGH } else { Level::MEDIUM });
    let team = &company.services[outage.service].1;
    let fixer = *dice.pick(&company.members(team));
    let (lead, desk) = (company.person("Nadia Brandtner"), company.person("Petra Vondrak"));
    let requester = *dice.pick(&company.requesters());
    let fresh = Fresh {
        category: Some(company.categories[outage.category]),
        affected: Some(dice.between(60, 400) as u32),
        ..fresh(company, outage.title, outage.text, requester, outage.service, levels)
    };
    let mut thread = plan.report(at, requester.actor(), Channel::Phone, fresh);
    let after = |minutes: i64| at.plus_seconds(minutes * MINUTE);
    thread.take(after(3), fixer);
    thread.reply(
        after(6),
        desk,
        "Understood. The owners of the service are on it, the next word comes within half an hour.",
    );
    let degree = if outage.major { Degree::Full } else { Degree::Degraded };
    let service = company.services[outage.service].0;
    thread.does(after(7), fixer, Deed::Outage(service, degree, at.plus_seconds(-2 * MINUTE)));
    if outage.major {
        declare(&mut thread, (lead, fixer, desk), &after);
    }
    let task = TaskId(desk::fresh());
    thread.does(
        after(12),
        lead,
        Deed::AddTask(task, "Tell the shift leads by telephone".to_owned(), desk.id),
    );
    thread.does(after(19), desk, Deed::CompleteTask(task));
    words(&mut thread, outage, desk, &after);
    thread.note(after(outage.minutes - 10), fixer, outage.found);
    thread.does(after(outage.minutes - 8), fixer, Deed::Mitigate);
    if outage.major {
        let watching = word(outage, WATCHING, UpdatePhase::Monitoring, None);
        thread.does(after(outage.minutes - 7), desk, watching);
    }
    thread.does(after(outage.minutes - 2), fixer, Deed::Restore);
    if outage.major {
        let over = word(outage, outage.fix, UpdatePhase::Resolved, None);
        thread.does(after(outage.minutes - 1), desk, over);
    }
    let deed = Deed::Resolve {
        code: "fixed".to_owned(),
        note: outage.fix.to_owned(),
        cause: Some(outage.cause.to_owned()),
        children: true,
    };
    thread.does(after(outage.minutes), fixer, deed);
    let problem = number_of(outage).to_string();
    thread.does(after(outage.minutes + 95), fixer, Deed::Link(LinkKind::Problem, problem));
    thread.does(after(outage.minutes + 150), requester, Deed::Confirm);
    thread.key
}

/// Whoever leads declares it, and gives the roles away.
fn declare(
    thread: &mut Thread<'_, '_>,
    (lead, fixer, desk): (&Someone, &Someone, &Someone),
    after: &impl Fn(i64) -> Timestamp,
) {
    let why = "Stops the business of a whole site or of all customers.";
    thread.does(after(8), lead, Deed::DeclareMajor(why.to_owned()));
    thread.does(after(9), lead, Deed::GiveRole(IncidentRole::Commander, lead.id));
    thread.does(after(9), lead, Deed::GiveRole(IncidentRole::FixLead, fixer.id));
    thread.does(after(10), lead, Deed::GiveRole(IncidentRole::Communications, desk.id));
    thread.does(after(10), lead, Deed::Room(RoomKind::Conference, CONFERENCE));
}

/// What is said while it lasts.
fn words(
    thread: &mut Thread<'_, '_>,
    outage: &Outage,
    desk: &Someone,
    after: &impl Fn(i64) -> Timestamp,
) {
    let looking = "We are looking for the cause. Work on paper where you can.";
    let step = if outage.major { 25 } else { 50 };
    let mut minute = if outage.major { FIRST_WORD } else { step };
    while minute < outage.minutes - 12 {
        let (text, phase) = match minute * 2 < outage.minutes {
            true => (looking, UpdatePhase::Investigating),
            false => (outage.found, UpdatePhase::Identified),
        };
        let next = Some(after(minute + step));
        thread.does(after(minute), desk, word(outage, text, phase, next));
        minute += step;
    }
}

/// A word about it: of large ones the outside hears, too.
fn word(outage: &Outage, text: &str, phase: UpdatePhase, next: Option<Timestamp>) -> Deed {
    let text = text.to_owned();
    Deed::Update { text, phase, expected: None, next, public: outage.major, title: None }
}

/// The others who have it, too: children of the first.
fn others(plan: &mut Plan<'_>, dice: &mut Dice, outage: &Outage, at: Timestamp, parent: Key) {
    let company = plan.company;
    let mut people = company.requesters();
    for minute in 0..dice.between(3, 7) {
        let place = dice.between(0, people.len() as i64 - 1) as usize;
        let requester = people.swap_remove(place);
        let fresh = Fresh {
            parent: Some(parent),
            ..fresh(
                company,
                outage.others,
                "Same here.",
                requester,
                outage.service,
                (Level::LOW, Level::MEDIUM),
            )
        };
        let reported = at.plus_seconds((4 + minute * 4) * MINUTE + dice.between(0, 50));
        let mut thread = plan.report(reported, requester.actor(), Channel::Portal, fresh);
        if dice.chance(0.6) {
            let over = at.plus_seconds((outage.minutes + dice.between(10, 600)) * MINUTE);
            thread.does(over, requester, Deed::Confirm);
        }
    }
}
