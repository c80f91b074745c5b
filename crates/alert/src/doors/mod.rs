//! What monitoring sends, read. Pure: a [`Request`] in, a [`Reading`](crate::Reading) out, one
//! module a source.
//!
//! Two rules hold in all of them. **No page is lost**: an unknown field is passed over, a wrong
//! type, an unknown word or a text that is too long is noted as a warning and something sensible
//! taken instead; [`Unreadable`] is only what says nothing at all. **Nothing is merged by its
//! looks**: the key of an alert is what its source knows it by, never its title.
//!
//! ```
//! use alert::doors::{Kind, Request};
//! let body = br#"{"version": "4", "groupKey": "{}:{}", "alerts": [{"status": "firing",
//!     "labels": {"alertname": "DiskFull", "severity": "critical"}, "fingerprint": "bdf5e1dbd55ce721"}]}"#;
//! let now = "2026-11-23T05:00:00Z".parse().unwrap();
//! let reading = Kind::Alertmanager.read(&Request::post(body, now, "drawn-by-the-caller")).unwrap();
//! assert_eq!(reading.signals[0].key, "bdf5e1dbd55ce721");
//! assert_eq!(reading.signals[0].severity, alert::Severity::Critical);
//! ```

pub mod alertmanager;
pub mod cloudevents;
pub mod datadog;
mod details;
mod flat;
mod form;
pub mod goalert;
pub mod grafana;
pub mod heartbeat;
pub mod incident_io;
pub mod json;
pub mod limits;
mod loose;
pub mod mail;
mod notes;
pub mod opsgenie;
pub mod pagerduty;
mod request;
pub mod sentry;
pub mod sns;
pub mod uptime_kuma;
pub mod victorops;
mod vocabulary;
mod xml;
pub mod zabbix;

pub use form::decode as form_pairs;
pub use notes::{Notes, key};
pub use request::{Request, Unreadable};
pub use vocabulary::{priority, severity, status};

use crate::Reading;

kernel::words! {
    /// The sources whose requests need nothing but themselves to be read. The others are
    /// [`pagerduty`], [`opsgenie`], [`sns`], [`json`] and [`mail`], which give more than signals
    /// or need more than a request.
    Kind {
        /// The webhook of Prometheus Alertmanager.
        Alertmanager = "alertmanager",
        /// Alerts as Prometheus hands them to an Alertmanager.
        Prometheus = "prometheus",
        /// Grafana, its unified alerting and the one before it.
        Grafana = "grafana",
        /// Uptime Kuma.
        UptimeKuma = "uptime_kuma",
        /// Zabbix.
        Zabbix = "zabbix",
        /// Sentry.
        Sentry = "sentry",
        /// Datadog.
        Datadog = "datadog",
        /// GoAlert's generic API.
        Goalert = "goalert",
        /// VictorOps, also known as Splunk On-Call.
        Victorops = "victorops",
        /// Alert events of incident.io.
        IncidentIo = "incident_io",
    }
}

impl Kind {
    /// What such a source said.
    pub fn read(self, request: &Request<'_>) -> Result<Reading, Unreadable> {
        match self {
            Kind::Alertmanager => alertmanager::webhook::read(request),
            Kind::Prometheus => alertmanager::api::read(request),
            Kind::Grafana => grafana::read(request),
            Kind::UptimeKuma => uptime_kuma::read(request),
            Kind::Zabbix => zabbix::read(request),
            Kind::Sentry => sentry::read(request),
            Kind::Datadog => datadog::read(request),
            Kind::Goalert => goalert::read(request),
            Kind::Victorops => victorops::read(request),
            Kind::IncidentIo => incident_io::read(request),
        }
    }
}
