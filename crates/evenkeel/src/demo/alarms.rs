//! What monitoring tells of, in the past and now, and what people do about it.

use super::company::Company;
use super::monitoring::{GRAFANA, PROMETHEUS};
use super::plan::{Deed, Plan};
use kernel::{Channel, Timestamp};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Something that monitoring watches, and what it says of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Alarm {
    pub(super) source: &'static str,
    pub(super) name: &'static str,
    pub(super) instance: &'static str,
    pub(super) service: &'static str,
    pub(super) severity: &'static str,
    pub(super) summary: &'static str,
    pub(super) description: &'static str,
}

impl Alarm {
    /// By which its source knows it.
    pub(super) fn fingerprint(&self) -> String {
        let hash = self
            .name
            .bytes()
            .chain(self.instance.bytes())
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        format!("{hash:016x}")
    }
}

pub(super) const CHECKOUT: [Alarm; 2] = {
    let first = Alarm {
        source: PROMETHEUS,
        name: "CheckoutErrorRate",
        instance: "checkout-2.northwind.example",
        service: "Checkout API",
        severity: "critical",
        summary: "Checkout API returns errors for 1 in 3 bookings",
        description: "34% of requests fail with status 503 since 12 minutes, threshold 2%. Connections to the order database run out.",
    };
    [first, Alarm { instance: "checkout-3.northwind.example", ..first }]
};

#[rustfmt::skip]
const CONTROLLER: Alarm = Alarm { source: PROMETHEUS, name: "WifiControllerLostAccessPoints", instance: "wlc-gdn-1.northwind.example", service: "Warehouse Wi-Fi", severity: "critical", summary: "Gdańsk hub: 41 of 44 access points lost their controller", description: "wlc-gdn-1 answers, but 41 of 44 access points do not report to it any more. Scanners in all halls are offline." };
#[rustfmt::skip]
const WAREHOUSE_DISK: Alarm = Alarm { source: GRAFANA, name: "DataWarehouseDiskLatency", instance: "dwh-1.northwind.example", service: "Data Warehouse", severity: "error", summary: "Data Warehouse: writing takes 240 ms", description: "Latency of /data is above 50 ms since 5 minutes." };
#[rustfmt::skip]
const REPLICA: Alarm = Alarm { source: PROMETHEUS, name: "OrderDatabaseReplicaLag", instance: "orders-db-3.northwind.example", service: "Order Database", severity: "warning", summary: "Order Database: replica 3 is 95 seconds behind", description: "Reports read from replica 3. Orders themselves are not concerned." };

/// What comes and goes while somebody looks around.
#[rustfmt::skip]
pub(super) const PASSING: [Alarm; 4] = [
    Alarm { source: GRAFANA, name: "TrackingSlow", instance: "track-1.northwind.example", service: "Track & Trace", severity: "warning", summary: "Track & Trace answers in 2.8 seconds", description: "The slowest twentieth of requests takes longer than 2 seconds since 5 minutes." },
    Alarm { source: PROMETHEUS, name: "NodeMemoryLow", instance: "node-7.northwind.example", service: "Platform Cluster", severity: "warning", summary: "Platform Cluster: node 7 has 6% of its memory left", description: "Processes may be moved to other nodes soon." },
    Alarm { source: PROMETHEUS, name: "MailQueueLong", instance: "mail-out-2.northwind.example", service: "E-mail", severity: "warning", summary: "E-mail: 1,420 messages wait to leave", description: "Usually fewer than 200 wait. The oldest waits for 11 minutes." },
    Alarm { source: GRAFANA, name: "CertificateEndsSoon", instance: "portal.northwind.example", service: "Customer Portal", severity: "warning", summary: "Customer Portal: certificate ends in 13 days", description: "It is renewed 30 days before its end, usually." },
];

/// Days ago, hour of the day, minutes it lasted, and who looked; nobody where it went by itself.
struct Past(i64, i64, i64, Option<(&'static str, &'static str)>, Alarm);

#[rustfmt::skip]
const PAST: [Past; 7] = [
    Past(26, 3, 9, None, PASSING[1]),
    Past(19, 14, 48, Some(("Kofi Darkwah", "A partner asked for every parcel of the year, page by page. Slowed down; answers take 0.3 seconds again.")), PASSING[0]),
    Past(12, 2, 6, None, REPLICA),
    Past(8, 11, 35, Some(("Leila Haddadin", "A newsletter to 9,000 customers. It left, the queue is short again.")), PASSING[2]),
    Past(5, 23, 52, Some(("Tomasz Wronek", "A forgotten test used 30 GB. Ended, and tests have a limit now.")), PASSING[1]),
    Past(3, 4, 7, None, REPLICA),
    Past(1, 13, 12, None, PASSING[0]),
];

/// What monitoring told of in the last `days` days.
pub(super) fn past(plan: &mut Plan<'_>, now: Timestamp, days: i64) {
    let company = plan.company;
    for Past(ago, hour, minutes, looked, alarm) in &PAST {
        if *ago >= days {
            continue;
        }
        // By the hour of the day, so that nights are nights.
        let into_day = now.micros().rem_euclid(DAY * 1_000_000) / 1_000_000;
        let at = now.plus_seconds(-into_day - ago * DAY + hour * HOUR + 7 * MINUTE);
        let over = at.plus_seconds(minutes * MINUTE);
        let mut thread = plan.alarm(at, *alarm);
        if let Some((name, fix)) = looked {
            let who = company.person(name);
            thread.does(at.plus_seconds(4 * MINUTE), who, Deed::Acknowledge);
            thread.take(at.plus_seconds(4 * MINUTE), who);
            thread.alarm(over, *alarm, true);
            thread.resolve(over.plus_seconds(3 * MINUTE), who, "fixed", *fix);
        } else {
            thread.alarm(over, *alarm, true);
        }
    }
}

/// What it tells of now.
pub(super) fn now(plan: &mut Plan<'_>, now: Timestamp) {
    let company = plan.company;
    let ago = |minutes: i64| now.plus_seconds(-minutes * MINUTE);
    plan.alarm(ago(71), REPLICA);
    plan.alarm(ago(38), WAREHOUSE_DISK);
    controller(plan, company, ago);
}

/// The one that pages while somebody looks: taken after two minutes.
fn controller(plan: &mut Plan<'_>, company: &Company, ago: impl Fn(i64) -> Timestamp) {
    let ines = company.person("Ines Carvalhal");
    let mut thread = plan.alarm(ago(18), CONTROLLER);
    thread.through(ago(16), ines, Channel::Web, Deed::Acknowledge);
    thread.take(ago(15), ines);
    thread.note(ago(13), ines, "The controller answers, the access points do not find it: the answer to their DHCP request lacks option 43 since the new server took over at noon. I put it back and let ten of them look again.");
    thread.reply(ago(8), ines, "Wi-Fi in Gdańsk is out in all halls, the cause is found. The first ten access points are back; the others follow within half an hour.");
    thread.note(ago(3), ines, "12 of 44 are back.");
}
