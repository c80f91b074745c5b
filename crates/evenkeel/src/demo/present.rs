//! What is going on right now: the incidents a visitor finds open, told in minutes
//! before the present.

use super::alarms::CHECKOUT;
use super::company::{Company, Someone};
use super::mailbox::LETTERS;
use super::majors::{CONFERENCE, fresh};
use super::plan::{Deed, Fresh, Plan, Thread};
use incident::conduct::{Degree, RoomKind};
use incident::state::{HoldReason, IncidentRole, LinkKind, UpdatePhase};
use kernel::{Channel, Level, TaskId, Timestamp};

const HIGH: Level = Level::HIGH;
const MEDIUM: Level = Level::MEDIUM;
const LOW: Level = Level::LOW;
const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// Thinks out what is open now.
pub(super) fn now(plan: &mut Plan<'_>, now: Timestamp) {
    let scene = Scene { company: plan.company, now };
    scene.checkout(plan);
    scene.scanners(plan);
    scene.vpn(plan);
    scene.payroll(plan);
    scene.just_reported(plan);
    scene.in_progress(plan);
    scene.waiting(plan);
    scene.confidential(plan);
    scene.awaiting_confirmation(plan);
    super::alarms::now(plan, now);
    for letter in &LETTERS {
        plan.letter(scene.ago(letter.ago), letter);
    }
}

struct Scene<'a> {
    company: &'a Company,
    now: Timestamp,
}

/// Title, words, requester, service, category, impact and urgency.
type Said<'s> = (&'s str, &'s str, &'s str, &'s str, &'s str, (Level, Level));

impl<'a> Scene<'a> {
    fn ago(&self, minutes: i64) -> Timestamp {
        self.now.plus_seconds(-minutes * 60)
    }

    fn person(&self, name: &str) -> &'a Someone {
        self.company.person(name)
    }

    fn fresh(&self, (title, text, requester, service, category, levels): Said<'_>) -> Fresh {
        Fresh {
            category: Some(self.company.categories[category]),
            ..fresh(self.company, title, text, self.person(requester), service, levels)
        }
    }

    fn report<'p>(
        &self,
        plan: &'p mut Plan<'a>,
        minutes: i64,
        channel: Channel,
        said: Said<'_>,
    ) -> Thread<'p, 'a> {
        let by = match channel {
            Channel::Phone => self.person("Petra Vondrak").actor(),
            _ => self.person(said.2).actor(),
        };
        plan.report(self.ago(minutes), by, channel, self.fresh(said))
    }

    fn update(&self, text: &str, phase: UpdatePhase, expected: i64, next: i64) -> Deed {
        let ahead = |minutes: i64| Some(self.now.plus_seconds(minutes * 60));
        let (text, expected, next) = (text.to_owned(), ahead(expected), ahead(next));
        Deed::Update { text, phase, expected, next, public: false, title: None }
    }

    /// The same for everybody outside, too.
    fn public_update(
        &self,
        title: &'static str,
        text: &str,
        phase: UpdatePhase,
        (expected, next): (i64, i64),
    ) -> Deed {
        match self.update(text, phase, expected, next) {
            Deed::Update { text, phase, expected, next, .. } => {
                Deed::Update { text, phase, expected, next, public: true, title: Some(title) }
            }
            other => other,
        }
    }

    /// "I have this too", by several people.
    fn children(&self, plan: &mut Plan<'a>, parent: usize, said: Said<'_>, people: &[(&str, i64)]) {
        for (name, minutes) in people {
            let (title, text, _, service, category, levels) = said;
            let fresh = self.fresh((title, text, *name, service, category, levels));
            let fresh = Fresh { parent: Some(parent), ..fresh };
            plan.report(self.ago(*minutes), self.person(name).actor(), Channel::Portal, fresh);
        }
    }

    fn checkout(&self, plan: &mut Plan<'a>) {
        let (nadia, kofi) = (self.person("Nadia Brandtner"), self.person("Kofi Darkwah"));
        let (mara, selin) = (self.person("Mara Lindqvist"), self.person("Selin Ertekin"));
        let category = self.company.categories["Error"];
        let mut thread = plan.alarm(self.ago(47), CHECKOUT[0]);
        thread.alarm(self.ago(46), CHECKOUT[1], false);
        thread.take(self.ago(45), kofi);
        thread.does(self.ago(44), kofi, Deed::Sort(category, 900));
        thread.reply(self.ago(43), kofi, "I have it. Every third booking fails, retrying helps. Looking at the database connections.");
        let service = self.company.services["Checkout API"].0;
        thread.does(self.ago(42), kofi, Deed::Outage(service, Degree::Partial, self.ago(48)));
        thread.does(
            self.ago(41),
            nadia,
            Deed::DeclareMajor("No booking, no trucks tomorrow.".to_owned()),
        );
        for (role, person) in [
            (IncidentRole::Commander, nadia),
            (IncidentRole::FixLead, kofi),
            (IncidentRole::Communications, mara),
        ] {
            thread.does(self.ago(40), nadia, Deed::GiveRole(role, person.id));
        }
        self.meet(&mut thread);
        thread.does(self.ago(36), mara, self.public_update("Some bookings fail at checkout", "About one in three bookings fails. Trying again helps in most cases. We are looking for the cause.", UpdatePhase::Investigating, (60, 5)));
        thread.note(self.ago(29), selin, "Pool settings were changed today (CHG-2288). 40 connections instead of 400, that fits.");
        thread.does(self.ago(28), kofi, Deed::Link(LinkKind::CausedBy, "CHG-2288".to_owned()));
        let task = TaskId(desk::fresh());
        thread.does(
            self.ago(25),
            nadia,
            Deed::AddTask(task, "Call the three largest partners".to_owned(), mara.id),
        );
        let other = TaskId(desk::fresh());
        thread.does(
            self.ago(24),
            nadia,
            Deed::AddTask(other, "Prepare to take the pool settings back".to_owned(), kofi.id),
        );
        thread.does(self.ago(12), kofi, Deed::CompleteTask(other));
        thread.does(self.ago(9), mara, self.public_update("Some bookings fail at checkout", "The cause is found: a setting of the database connections. We take it back on one server after the other. Bookings that failed can be repeated now; nobody is charged twice.", UpdatePhase::Identified, (35, 18)));
        let (dana, hana) = (self.person("Dana Okwuosa"), self.person("Hana Moravec"));
        thread.does(self.ago(5), nadia, Deed::HandOver(IncidentRole::Scribe, hana.id));
        thread.does(
            self.ago(4),
            nadia,
            Deed::Call(vec![dana.id], "Labels of new bookings print late in Gdańsk and Lyon."),
        );
        let key = thread.key;
        self.children(
            plan,
            key,
            (
                "Booking fails with an error",
                "The web shop says \"try again later\".",
                "",
                "Checkout API",
                "Error",
                (LOW, MEDIUM),
            ),
            &[
                ("Sanne Hofkamp", 40),
                ("Noor Bakhuis", 38),
                ("Lotte Brandsma", 33),
                ("Jonas Eklund", 31),
                ("Pieter Vos", 26),
                ("Camille Rousset", 21),
            ],
        );
    }

    /// Where those meet who work on it, who was asked to come, and what they say.
    fn meet(&self, thread: &mut Thread<'_, 'a>) {
        let (nadia, selin) = (self.person("Nadia Brandtner"), self.person("Selin Ertekin"));
        let (tomasz, milan) = (self.person("Tomasz Wronek"), self.person("Milan Hruska"));
        let chat = "https://chat.northwind.example/channels/ops-live";
        thread.does(self.ago(39), nadia, Deed::Room(RoomKind::Conference, CONFERENCE));
        thread.does(self.ago(39), nadia, Deed::Room(RoomKind::Chat, chat));
        thread.does(
            self.ago(38),
            nadia,
            Deed::Call(
                vec![selin.id, tomasz.id, milan.id],
                "Checkout fails for one in three. Connections to the order database run out.",
            ),
        );
        thread.does(self.ago(37), selin, Deed::Answer(true, None));
        thread.does(self.ago(37), tomasz, Deed::Answer(true, Some("At my desk in two minutes.")));
        thread.does(self.ago(37), milan, Deed::Answer(false, Some("Driving, back at six.")));
        thread.does(self.ago(36), nadia, Deed::Impact("About 1 in 3 bookings in the web shop fails with \"try again\". Retrying works in most cases. Telephone booking and shipments that are booked already are not concerned. Labels of new bookings print late in Gdańsk and Lyon. About 900 customers an hour; no data is lost as far as we know."));
    }

    fn scanners(&self, plan: &mut Plan<'a>) {
        let (gwen, mara, ines) = (
            self.person("Gwen Tarrant"),
            self.person("Mara Lindqvist"),
            self.person("Ines Carvalhal"),
        );
        let said = (
            "Handheld scanners drop off Wi-Fi at Rotterdam DC",
            "Since the early shift started, the handhelds lose connection for about 30 seconds every few minutes, mostly in aisles 20 to 34. Pickers have to rescan the whole tote. We are roughly 40% slower and the late wave is big today.",
            "Gwen Tarrant",
            "Warehouse Wi-Fi",
            "Wi-Fi",
            (HIGH, MEDIUM),
        );
        let fresh = Fresh { affected: Some(68), ..self.fresh(said) };
        let mut thread = plan.report(self.ago(85), gwen.actor(), Channel::Portal, fresh);
        thread.does(self.ago(84), gwen, Deed::Attach {
            name: "scanner-14-connection.log".to_owned(),
            text: "06:14:02 assoc AP-RTM-07 rssi -61\n06:17:40 deauth reason 8\n06:18:11 assoc AP-RTM-09 rssi -64\n06:21:55 deauth reason 8\n06:22:24 assoc AP-RTM-11 rssi -59\n".to_owned(),
        });
        thread.reply(self.ago(81), mara, "Thanks Gwen, I have this. I am bringing in the network team now because it hits a whole zone. If you can, keep pickers in aisles 1 to 19 until we know more, the access points there look healthy.");
        thread.reply(
            self.ago(70),
            mara,
            "One question: do the older grey scanners drop off too, or only the yellow ones?",
        );
        thread.does(
            self.ago(70),
            mara,
            Deed::Hold { reason: HoldReason::Requester, until: None, note: None },
        );
        thread.through(
            self.ago(58),
            gwen,
            Channel::Email,
            Deed::Say(
                "Only the yellow ones. The grey ones are fine all day.".to_owned(),
                incident::Visibility::Public,
            ),
        );
        thread.take(self.ago(50), ines);
        thread.note(self.ago(31), ines, "Matches PRB-214. Last night's controller firmware (CHG-2279) turned fast roaming back on for the scanner SSID. Yellow scanners cannot do it, they sign on anew at every hop.\n\nwlc-rtm-1> show wlan NW-SCAN | include transition\n  Fast transition (802.11r) .... enabled   # was disabled until last night 22:04\n\nPlan: turn it off on AP-RTM-07 only, watch for 15 min, then the whole SSID. Two-second drop per access point.");
        thread.does(self.ago(30), ines, Deed::Link(LinkKind::KnownError, "PRB-214".to_owned()));
        thread.does(self.ago(30), ines, Deed::Link(LinkKind::CausedBy, "CHG-2279".to_owned()));
        for (place, title) in [
            "Confirm which scanner models drop",
            "Compare controller config with Sunday's backup",
            "Change one access point first",
            "Watch disconnects for 15 min",
            "Roll out to the whole SSID",
            "Ask Gwen to confirm in aisle 24",
        ]
        .into_iter()
        .enumerate()
        {
            let task = TaskId(desk::fresh());
            thread.does(self.ago(29), ines, Deed::AddTask(task, title.to_owned(), ines.id));
            if place < 3 {
                thread.does(self.ago(28), ines, Deed::CompleteTask(task));
            }
        }
        thread.does(
            self.ago(27),
            ines,
            Deed::LogWork(50 * 60, "Finding the cause with the controller's logs".to_owned()),
        );
        for name in ["Ruben Achterberg", "Peter Nowicki", "Yusuf Demirci", "Wout Janssens"] {
            thread.does(self.ago(26), mara, Deed::Watch(self.person(name).id));
        }
        thread.does(self.ago(14), mara, self.update("We know why the yellow scanners lose Wi-Fi and are testing the fix in one aisle. Until then aisles 1 to 19 and the grey scanners work.", UpdatePhase::Identified, 68, 33));
        let ahead = |minutes: i64| self.now.plus_seconds(minutes * 60);
        thread.does(
            self.ago(13),
            ines,
            Deed::Expect { at: ahead(68), low: ahead(28), high: ahead(178) },
        );
    }

    fn vpn(&self, plan: &mut Plan<'a>) {
        let yuki = self.person("Yuki Tanabe");
        let said = (
            "VPN drops after 10 minutes for people at home",
            "The VPN drops after exactly 10 minutes, then it connects again at once. Calls break off.",
            "Jonas Eklund",
            "VPN",
            "Remote access",
            (HIGH, MEDIUM),
        );
        let mut thread = self.report(plan, 7 * HOUR + 7, Channel::Portal, said);
        thread.take(self.ago(7 * HOUR), yuki);
        thread.does(self.ago(6 * HOUR + 58), yuki, Deed::Apply("VPN does not connect"));
        thread.reply(self.ago(6 * HOUR + 53), yuki, "Thanks Jonas. I see it for about 20 people. Connecting again works for another 10 minutes.");
        for (minutes, text) in [
            (6 * HOUR + 5, "Still looking. It is only people outside the office."),
            (5 * HOUR + 16, "The provider of the line is asked. Our own side looks healthy."),
            (
                4 * HOUR + 25,
                "A timer of 600 seconds is set somewhere between us and you. We are looking for where.",
            ),
            (
                3 * HOUR + 35,
                "Found: the new firewall ends quiet sessions. A change is being prepared.",
            ),
            (2 * HOUR + 44, "The change is approved and goes in this afternoon."),
            (HOUR + 52, "The first gateway is changed. If yours still drops, connect again once."),
            (64, "The second gateway is next. Half of you should stay connected by now."),
            (11, "Last gateway is being changed."),
        ] {
            thread.reply(self.ago(minutes), yuki, text);
        }
        let key = thread.key;
        let people = [
            ("Sanne Hofkamp", 6 * HOUR + 40),
            ("Ingrid Falk", 6 * HOUR + 12),
            ("Bram de Wilde", 5 * HOUR + 30),
            ("Chiara Fontanel", 4 * HOUR),
        ];
        self.children(
            plan,
            key,
            ("VPN drops at home", "Every ten minutes.", "", "VPN", "Remote access", (LOW, LOW)),
            &people,
        );
    }

    fn payroll(&self, plan: &mut Plan<'a>) {
        let (sven, amira) = (self.person("Sven Aldermann"), self.person("Amira Solh"));
        let said = (
            "Bank rejects payroll export, IBAN check fails",
            "The bank rejects the whole file because of one IBAN. It has to be there tonight, else people get their wages late.",
            "Amira Solh",
            "Payroll",
            "Pay",
            (MEDIUM, HIGH),
        );
        let mut thread = self.report(plan, 8 * HOUR + 22, Channel::Email, said);
        thread.take(self.ago(8 * HOUR + 15), sven);
        thread.reply(
            self.ago(8 * HOUR + 2),
            sven,
            "Hello Amira, understood. I look for the line the bank means.",
        );
        for (minutes, text) in [
            (7 * HOUR + 10, "The bank does not say which line. I check all 412."),
            (6 * HOUR + 18, "Two candidates are left, both from the new cost centre."),
            (5 * HOUR + 25, "Both are formally right. I asked the bank for its own check."),
            (4 * HOUR + 33, "The bank calls back within the hour."),
            (3 * HOUR + 41, "The bank means an account that was closed last week."),
            (2 * HOUR + 50, "I am asking the colleague for the new account."),
            (HOUR + 58, "No answer yet. The file is ready but for this line."),
            (65, "If there is no answer by then, we send the file without it and pay by hand."),
        ] {
            thread.reply(self.ago(minutes), sven, text);
        }
        thread.reply(self.ago(41), amira, "Do it without the line. I pay her by hand.");
        thread.reply(
            self.ago(16),
            sven,
            "The file without the line is with the bank. I wait for the receipt.",
        );
    }

    /// New: nobody has taken them.
    fn just_reported(&self, plan: &mut Plan<'a>) {
        #[rustfmt::skip]
        let reports: [(i64, Channel, Said<'_>); 6] = [
            (11, Channel::Phone, ("Label printers dead on packing lines 3 to 6, Gdańsk", "Lines 3 to 6 print nothing since half an hour. Lines 1 and 2 are fine. The evening trucks leave at 17:30.", "Peter Nowicki", "Label Printing", "Printer", (MEDIUM, HIGH))),
            (33, Channel::Portal, ("Route Planner shows yesterday's stops for Lyon", "All tours of the depot still have yesterday's stops. Tomorrow's drivers are being called now.", "Thierry Maunoir", "Route Planner", "Wrong data", (MEDIUM, MEDIUM))),
            (19, Channel::Portal, ("Customs form CN23 prints a blank second page", "The form comes with an empty second page and customs refuses it.", "Elif Karaduman", "Customer Portal", "Documents", (MEDIUM, MEDIUM))),
            (82, Channel::Email, ("Price list for pallets shows last year's prices", "Two customers noticed. The list in the portal is of last year.", "Chiara Fontanel", "Customer Portal", "Wrong data", (MEDIUM, MEDIUM))),
            (200, Channel::Portal, ("Meeting room panel HH-4.12 is frozen", "The panel shows last week's bookings.", "Ruben Achterberg", "Meeting Rooms", "Meeting room", (LOW, LOW))),
            (26, Channel::Portal, ("No sound on the desk telephone in the goods-in office", "I hear the others, they do not hear me.", "Ewa Zielonka", "Core Network", "Telephone", (LOW, MEDIUM))),
        ];
        for (minutes, channel, said) in reports {
            let mut thread = self.report(plan, minutes, channel, said);
            if said.3 == "Label Printing" {
                // Whoever takes the call has the questions and the tasks at hand.
                let petra = self.person("Petra Vondrak");
                thread.does(self.ago(minutes), petra, Deed::Apply("Label printer prints nothing"));
            }
        }
    }

    fn in_progress(&self, plan: &mut Plan<'a>) {
        #[rustfmt::skip]
        let cases: [(i64, i64, &str, &str, Said<'_>); 8] = [
            (6 * HOUR, 41, "Leila Haddadin", "The mailbox lost a setting when it was moved. I put it back now.", ("Shared mailbox \"claims\" rejects mail from outside", "Customers who write to claims get their mail back with \"not authorised\".", "Bram de Wilde", "E-mail", "Mail", (MEDIUM, MEDIUM))),
            (7 * HOUR, 25, "Tomasz Wronek", "A private window works around it. The fix comes with tonight's release.", ("Login loop in Firefox after a password change", "After the password change the page goes round in circles.", "Chiara Fontanel", "Single Sign-on", "Error", (MEDIUM, MEDIUM))),
            (5 * HOUR, 84, "Milan Hruska", "The tile cache at head office is full. I am enlarging it.", ("Dispatch map tiles load slowly at head office", "The map needs half a minute until it is complete.", "Ruben Achterberg", "Route Planner", "Slow", (MEDIUM, MEDIUM))),
            (26 * HOUR, 3 * HOUR, "Tomasz Wronek", "It is the cold cache again. A lasting solution is with the problem record.", ("Monday reports take 20 minutes to open", "The weekly reports take 20 minutes on Monday mornings.", "Bram de Wilde", "Data Warehouse", "Slow", (LOW, MEDIUM))),
            (21 * HOUR, 48, "Leila Haddadin", "I removed an old stored password. Tell me tomorrow whether it stays quiet.", ("Outlook asks for a password every morning", "Every morning Outlook wants my password, three times.", "Sanne Hofkamp", "E-mail", "Mail", (LOW, MEDIUM))),
            (20 * HOUR, 60, "Mara Lindqvist", "The supplier changed the layout of the file. I adapt the macro.", ("Tariff import macro stops with error 1004", "The macro that loads the tariffs stops after the first sheet.", "Bram de Wilde", "Office Apps", "Documents", (LOW, MEDIUM))),
            (30 * HOUR, 4 * HOUR, "Mara Lindqvist", "Two of three are set up. The third one gets the account today.", ("Accounts for three trainees", "Three trainees start this week and need mail and scanner accounts.", "Anneke Smit", "Single Sign-on", "Permission", (LOW, MEDIUM))),
            (9 * HOUR, 2 * HOUR, "Ines Carvalhal", "A survey with the new racks is on my list for this afternoon.", ("Wi-Fi weak at the new packing tables, Rotterdam", "The scanners at the new tables have one bar.", "Wout Janssens", "Warehouse Wi-Fi", "Wi-Fi", (LOW, MEDIUM))),
        ];
        for (reported, said_last, worker, text, said) in cases {
            let worker = self.person(worker);
            let mut thread = self.report(plan, reported, Channel::Portal, said);
            thread.take(self.ago(reported - 25), worker);
            thread.reply(
                self.ago(reported - 35),
                worker,
                "Thank you, I have it and look at it today.",
            );
            thread.reply(self.ago(said_last), worker, text);
            if said.3 == "Data Warehouse" {
                thread.does(
                    self.ago(said_last),
                    worker,
                    Deed::Link(LinkKind::Problem, "PRB-312".to_owned()),
                );
            }
        }
    }

    fn waiting(&self, plan: &mut Plan<'a>) {
        use HoldReason::{Requester, Scheduled, Vendor};
        #[rustfmt::skip]
        let cases: [(i64, i64, HoldReason, &str, &str, Said<'_>); 5] = [
            (3 * DAY + 11 * HOUR, 3 * DAY + 3 * HOUR, Requester, "Mara Lindqvist", "Can you look whether the small key switch at the clock is upright?", ("Time clock at Lyon gate B runs 6 minutes fast", "The clock at gate B is 6 minutes ahead. People get corrections.", "Odile Perrachon", "Time Recording", "Working time", (LOW, MEDIUM))),
            (3 * DAY + 9 * HOUR, 3 * DAY + 5 * HOUR, Vendor, "Mara Lindqvist", "The supplier sends a new power board. Use dock 2 until then.", ("Scanner charging dock shows error E4", "Dock 5 blinks red with E4, scanners are empty in the morning.", "Gwen Tarrant", "Handheld Scanners", "Scanner", (LOW, MEDIUM))),
            (4 * DAY + 2 * HOUR, 3 * DAY + 20 * HOUR, Vendor, "Mara Lindqvist", "A new reader is ordered and comes this week.", ("Badge reader at Gdańsk dock 2 fails every other time", "The reader takes the badge every other time only.", "Peter Nowicki", "Site Access", "Badge", (LOW, MEDIUM))),
            (28 * HOUR, 20 * HOUR, Requester, "Arjen Kuipers", "When may I have the laptop for an hour?", ("Laptop 31 is loud and slow", "The fan runs all day and everything takes long.", "Ingrid Falk", "Office Apps", "Laptop", (LOW, MEDIUM))),
            (25 * HOUR, 22 * HOUR, Scheduled, "Emil Sandahl", "The switch is exchanged tomorrow evening, when nobody works in the planning office.", ("Desk telephones at Hamburg say \"registering\"", "4 telephones in the planning office do not ring.", "Ruben Achterberg", "Core Network", "Telephone", (MEDIUM, MEDIUM))),
        ];
        for (reported, held, reason, worker, text, said) in cases {
            let worker = self.person(worker);
            let until = (reason == Scheduled).then(|| self.now.plus_seconds(29 * 3_600));
            let mut thread = self.report(plan, reported, Channel::Phone, said);
            thread.take(self.ago(reported - 20), worker);
            thread.reply(self.ago(reported - 30), worker, "I have it, thank you.");
            thread.reply(self.ago(held), worker, text);
            thread.does(self.ago(held), worker, Deed::Hold { reason, until, note: None });
        }
    }

    /// Only one team may see them.
    fn confidential(&self, plan: &mut Plan<'a>) {
        #[rustfmt::skip]
        let cases: [(i64, &str, &str, &str, Said<'_>); 2] = [
            (5 * HOUR, "HR systems", "Greta Ohlsson", "I look at the log of the folder with the works council's agreement.", ("Somebody else can open my personnel file", "A colleague told me what is in my file. Who can open it?", "Noor Bakhuis", "Payroll", "Permission", (LOW, HIGH))),
            (3 * HOUR, "Security", "Freya Holm", "The laptop is locked and encrypted; it is wiped when it comes online. What was on the desktop?", ("Laptop left in the train to Lübeck", "My laptop with the offers of this quarter stayed in the train.", "Jonas Eklund", "Office Apps", "Lost device", (LOW, HIGH))),
        ];
        for (reported, team, worker, text, said) in cases {
            let worker = self.person(worker);
            let team = Some(self.company.team(team));
            let fresh = Fresh { confidential_to: team, ..self.fresh(said) };
            let requester = self.person(said.2);
            let mut thread =
                plan.report(self.ago(reported), requester.actor(), Channel::Portal, fresh);
            thread.take(self.ago(reported - 12), worker);
            thread.reply(self.ago(reported - 21), worker, text);
        }
    }

    fn awaiting_confirmation(&self, plan: &mut Plan<'a>) {
        #[rustfmt::skip]
        let cases: [(i64, i64, &str, &str, Said<'_>); 3] = [
            (26 * HOUR, 2 * HOUR, "Dana Okwuosa", "The corrected version is on all devices of your zone. Split totes up to 200 lines work.", ("Picking app closes when a tote is split", "When we split a tote in aisle 24 the app closes.", "Gwen Tarrant", "Handheld Scanners", "Error", (LOW, MEDIUM))),
            (30 * HOUR, 6 * HOUR, "Mara Lindqvist", "I changed the zone of your calendar back. The meetings are right again.", ("Calendar shows meetings one hour late", "All my meetings are one hour late since the weekend.", "Henrik Dahl", "E-mail", "Mail", (LOW, MEDIUM))),
            (22 * HOUR, HOUR, "Hana Moravec", "The mail domain of the customer is in the list now.", ("New colleague at Alder Furniture cannot see orders", "Pieter can sign in but sees no orders.", "Lotte Brandsma", "Customer Portal", "Permission", (LOW, MEDIUM))),
        ];
        for (reported, resolved, worker, text, said) in cases {
            let worker = self.person(worker);
            let mut thread = self.report(plan, reported, Channel::Portal, said);
            thread.take(self.ago(reported - 30), worker);
            thread.reply(self.ago(reported - 45), worker, "Thank you, I have it.");
            thread.resolve(self.ago(resolved), worker, "fixed", text);
        }
    }
}
