//! What the company knows by now: problems, a known error that comes again, and articles.

use super::company::Company;
use super::majors;
use desk::{Desk, Trouble};
use incident::state::LinkKind;
use incident::{Command, Lifecycle, State};
use jiff::civil::Date;
use kernel::{ArticleNumber, Channel, IncidentNumber, ProblemNumber, Timestamp};
use store::Sql;
use store::directory::articles::{self, Article, ArticleState, Audience};
use store::directory::problems::{self, Problem, ProblemState};
use store::knowledge::{self, Record, Use, UseKind};

const DAY: i64 = 86_400;
/// The known error that today's trouble in Rotterdam shows.
const ROAMING: ProblemNumber = ProblemNumber(214);
/// The problem that the slow reports of Mondays have.
const COLD_CACHE: ProblemNumber = ProblemNumber(312);
/// Past incidents that show the known error, too.
const SHOWN_BY: usize = 5;
/// Incidents of the past that are read at once while those are looked for.
const LOADED_AT_ONCE: usize = 256;

/// For everyone: title, service, words.
#[rustfmt::skip]
const FOR_EVERYONE: [(&str, &str, &str); 6] = [
    ("Scanner loses its connection in the hall", "Warehouse Wi-Fi", "Put the scanner into its dock for ten seconds, then take it out again. It signs on anew.\n\nIf it drops out again within a few metres, use one of the grey scanners until the end of your shift and report it with the number on the back."),
    ("VPN refuses the connection", "VPN", "1. Close the VPN window and open it again.\n2. Sign in with your e-mail address, not with your number.\n3. Answer the question on your telephone within 30 seconds.\n\nIf it says \"limit reached\", wait ten minutes: sessions that nobody uses end by themselves."),
    ("Sign-in goes round in circles after a new password", "Single Sign-on", "Close all windows of the browser, not only the tab, and open it again. An old sign-in is kept in the others.\n\nIf it goes on, open a private window: that works until the old one is forgotten."),
    ("Outlook asks for the password again and again", "E-mail", "Lock the computer, unlock it with the new password, and start Outlook again.\n\nIf it asks still, an old password is stored. Report it, and we remove it from here."),
    ("Label printer prints nothing", "Label Printing", "1. Open the lid and look whether there are labels left.\n2. Press the lid down until it clicks.\n3. Switch the printer off and on and wait for the green light.\n\nUse the printer of the next line meanwhile; labels that wait are printed later."),
    ("Make a mailbox that several people read", "E-mail", "Ask the head of your department to report it with the name of the mailbox and who reads it. It is there within a day, and you do nothing: it appears in Outlook by itself."),
];

/// For the service desk: title, service, words.
#[rustfmt::skip]
const FOR_STAFF: [(&str, &str, &str); 3] = [
    ("Turn fast roaming off for one network of the scanners", "Warehouse Wi-Fi", "Only on the controller of the site, never on both at once.\n\nshow wlan NW-SCAN | include transition\nconfigure wlan NW-SCAN no fast-transition\n\nEvery access point drops its devices for two seconds. Say so to the shift lead before you begin."),
    ("End a session that holds a licence of the VPN", "VPN", "Sort the list of sessions by when they were last used. End those that were silent for more than twelve hours. Never end one of the on-call engineers: their names begin with oc-."),
    ("Find what blocks the orders table", "Order Database", "Look for a transaction that is idle and older than ten minutes. Ask whoever began it before you end it: what it did is undone.\n\nTell dispatch: orders flow again after about a minute."),
];

/// Makes problems and articles, before the past names them.
pub(super) async fn found(desk: &Desk, company: &Company, now: Timestamp) -> Result<(), Trouble> {
    let mut known = majors::problems(company, now);
    known.extend(of_today(company, now));
    let texts = articles_of(company, now);
    desk.change(desk::command_line(), move |sql, audit| {
        for problem in &known {
            problems::insert(sql, problem)?;
            audit.created(sql, Problem::WHAT, problem.number, problem)?;
        }
        for article in texts {
            let article = Article { number: articles::next_number(sql)?, ..article };
            articles::insert(sql, &article)?;
            audit.created(sql, Article::WHAT, article.number, &article)?;
        }
        Ok(())
    })
    .await
}

/// The day so many days from an instant.
fn day(now: Timestamp, days: i64) -> Date {
    now.plus_seconds(days * DAY).to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date()
}

fn of_today(company: &Company, now: Timestamp) -> [Problem; 2] {
    let (ines, tomasz) = (company.person("Ines Carvalhal"), company.person("Tomasz Wronek"));
    let (wifi, network) = &company.services["Warehouse Wi-Fi"];
    let (reports, data) = &company.services["Data Warehouse"];
    let at = |days: i64| now.plus_seconds(-days * DAY);
    [
        Problem {
            state: ProblemState::KnownError,
            description: "Yellow scanners sign on anew at every access point and are offline for seconds each time. The grey ones are fine.".to_owned(),
            cause: "Fast roaming (802.11r) is turned on for the network of the scanners by updates of the controller. The yellow model cannot do it.".to_owned(),
            workaround: "We turn a setting of the Wi-Fi back that an update changed. Each access point drops its devices for about two seconds while we do. Take a grey scanner until we tell you that it is done.".to_owned(),
            steps: ["Confirm which scanner models drop", "Turn fast roaming off on one access point", "Watch disconnects for 15 min", "Turn it off for the whole network of the scanners"].map(str::to_owned).to_vec(),
            fix: "Replace the last 42 yellow scanners, ordered for the next quarter.".to_owned(),
            service: Some(*wifi),
            team: Some(company.team(network)),
            owner: Some(ines.id),
            review_on: Some(day(now, 30)),
            created_by: Some(ines.id),
            created_at: at(112),
            updated_at: at(1),
            ..Problem::titled(ROAMING, "Yellow scanners drop off the Wi-Fi after updates of the controller", at(112))
        },
        Problem {
            description: "The weekly reports take 20 minutes on Monday mornings and seconds on all other days.".to_owned(),
            service: Some(*reports),
            team: Some(company.team(data)),
            owner: Some(tomasz.id),
            review_on: Some(day(now, -3)),
            created_by: Some(tomasz.id),
            created_at: at(16),
            updated_at: at(2),
            ..Problem::titled(COLD_CACHE, "Weekly reports are slow on Mondays: the cache is cold", at(16))
        },
    ]
}

fn articles_of(company: &Company, now: Timestamp) -> Vec<Article> {
    let everyone = FOR_EVERYONE.iter().map(|text| (text, Audience::Everyone));
    let staff = FOR_STAFF.iter().map(|text| (text, Audience::Staff));
    let one =
        |(place, ((title, service, body), audience)): (i64, (&(&str, &str, &str), Audience))| {
            let written = now.plus_seconds(-(90 - 7 * place) * DAY);
            let (service, team) = &company.services[*service];
            let writer = company.members(team).first().map(|someone| someone.id);
            Article {
                body: (*body).to_owned(),
                audience,
                state: ArticleState::Published,
                services: [*service].into(),
                team: Some(company.team(team)),
                owner: writer,
                // One of them is overdue.
                review_on: Some(day(now, 20 * place - 10)),
                created_by: writer,
                created_at: written,
                updated_by: writer,
                updated_at: written,
                ..Article::titled(ArticleNumber(0), *title, written)
            }
        };
    (0..).zip(everyone.chain(staff)).map(one).collect()
}

/// Says of some past incidents that they show the known error, and where articles helped.
pub(super) async fn begin(desk: &Desk, company: &Company, now: Timestamp) -> Result<(), Trouble> {
    let wifi = company.services["Warehouse Wi-Fi"].0;
    let past = move |sql: &mut dyn Sql| {
        let last = store::surges::last_number(sql)?;
        let all: Vec<IncidentNumber> = (1..=last).rev().map(IncidentNumber).collect();
        let mut found = Vec::new();
        for some in all.chunks(LOADED_AT_ONCE) {
            let shows = |state: &State| {
                state.service == Some(wifi)
                    && state.lifecycle == Lifecycle::Closed
                    && state.parent.is_none()
                    && state.confidential_to.is_none()
            };
            let loaded = store::incidents::load_many(sql, some)?;
            found.extend(loaded.into_iter().filter(|(_, state)| shows(state)).map(|(n, _)| n));
        }
        found.sort_unstable_by(|one, other| other.cmp(one));
        found.truncate(SHOWN_BY);
        Ok::<_, store::Failure>(found)
    };
    let ines = company.person("Ines Carvalhal");
    for number in desk.read(past).await? {
        let (kind, target) = (LinkKind::KnownError, ROAMING.to_string());
        let link = Command::Link { kind, target, cascade: None };
        desk.ask_unlimited(ines.actor(), Channel::Web).on(number).issue(link).await?;
    }
    let people: Vec<_> = company.requesters().iter().map(|someone| someone.id).collect();
    desk.write(move |sql| {
        let all = articles::list_open(sql)?;
        for (place, person) in (0..).zip(people.iter().take(3 * all.len())) {
            let Some(article) = all.get(place % all.len()) else { continue };
            let used = Use {
                id: desk::fresh(),
                record: Record::Article(article.number),
                kind: UseKind::Solved,
                number: None,
                person: *person,
                service: article.services.first().copied(),
                at: now.plus_seconds(-(2 + place as i64) * DAY),
            };
            knowledge::record(sql, &used)?;
        }
        Ok(())
    })
    .await
}
