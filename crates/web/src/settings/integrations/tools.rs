//! The tools that can be connected, and what to enter in each.

use store::directory::IntegrationKind;

/// Where a tool sends to, as it is told.
pub(super) struct Place<'a> {
    /// The address of this instance, without a slash at its end.
    pub(super) base: &'a str,
    /// The key of the integration.
    pub(super) key: &'a str,
}

/// What is entered somewhere.
pub(super) struct Step {
    /// Where, in a sentence.
    pub(super) words: &'static str,
    /// What.
    pub(super) code: String,
}

/// A tool.
pub(super) struct Tool {
    /// As it stands in addresses; also the door it comes through, where it has one alone.
    pub(super) key: &'static str,
    /// What people call it.
    pub(super) name: &'static str,
    /// The kind of its integration.
    pub(super) kind: IntegrationKind,
    /// How it is connected.
    pub(super) steps: fn(&Place<'_>) -> Vec<Step>,
}

impl Tool {
    /// The one with this key.
    pub(super) fn named(key: &str) -> Option<&'static Tool> {
        TOOLS.iter().find(|tool| tool.key == key)
    }

    /// The one whose bodies come through a door, else the first of a kind.
    pub(super) fn of(door: Option<&str>, kind: IntegrationKind) -> &'static Tool {
        let by_door = door.and_then(Tool::named);
        by_door.or_else(|| TOOLS.iter().find(|tool| tool.kind == kind)).unwrap_or(&TOOLS[0])
    }
}

const fn tool(
    key: &'static str,
    name: &'static str,
    kind: IntegrationKind,
    steps: fn(&Place<'_>) -> Vec<Step>,
) -> Tool {
    Tool { key, name, kind, steps }
}

/// All of them, in the order in which they are offered.
pub(super) static TOOLS: [Tool; 17] = [
    tool("alertmanager", "Alertmanager", IntegrationKind::Alertmanager, alertmanager),
    tool("prometheus", "Prometheus", IntegrationKind::Alertmanager, prometheus),
    tool("grafana", "Grafana", IntegrationKind::Grafana, grafana),
    tool("pagerduty", "Anything for PagerDuty", IntegrationKind::Pagerduty, pagerduty),
    tool("opsgenie", "Anything for Opsgenie", IntegrationKind::Opsgenie, opsgenie),
    tool("jira", "Anything for Jira Service Management", IntegrationKind::Opsgenie, jira),
    tool("uptime_kuma", "Uptime Kuma", IntegrationKind::Json, uptime_kuma),
    tool("zabbix", "Zabbix", IntegrationKind::Json, zabbix),
    tool("sentry", "Sentry", IntegrationKind::Json, sentry),
    tool("datadog", "Datadog", IntegrationKind::Json, datadog),
    tool("sns", "CloudWatch by Amazon SNS", IntegrationKind::Json, sns),
    tool("victorops", "Anything for Splunk On-Call", IntegrationKind::Json, victorops),
    tool("incident_io", "Anything for incident.io", IntegrationKind::Json, incident_io),
    tool("goalert", "Anything for GoAlert", IntegrationKind::Json, goalert),
    tool("cloudevents", "CloudEvents", IntegrationKind::Json, cloudevents),
    tool("json", "Any JSON", IntegrationKind::Json, json),
    tool("heartbeat", "A heartbeat", IntegrationKind::Heartbeat, heartbeat),
];

fn step(words: &'static str, code: impl Into<String>) -> Step {
    Step { words, code: code.into() }
}

impl Place<'_> {
    /// The door with the key in its address.
    fn door(&self, kind: &str) -> String {
        format!("{}/intake/{}/{kind}", self.base, self.key)
    }

    /// Scheme, host and path.
    fn parts(&self) -> (&str, &str, &str) {
        let (scheme, rest) = self.base.split_once("://").unwrap_or(("http", self.base));
        match rest.find('/') {
            Some(at) => (scheme, &rest[..at], &rest[at..]),
            None => (scheme, rest, ""),
        }
    }
}

fn alertmanager(place: &Place<'_>) -> Vec<Step> {
    let url = place.door("alertmanager");
    vec![step(
        "In alertmanager.yml, a receiver and the route to it:",
        format!(
            "route:\n  receiver: evenkeel\nreceivers:\n  - name: evenkeel\n    webhook_configs:\n      \
             - url: {url}\n        send_resolved: true"
        ),
    )]
}

fn prometheus(place: &Place<'_>) -> Vec<Step> {
    let (scheme, host, path) = place.parts();
    let key = place.key;
    vec![step(
        "In prometheus.yml, as one of its Alertmanagers:",
        format!(
            "alerting:\n  alertmanagers:\n    - scheme: {scheme}\n      path_prefix: {path}/intake/{key}\n      \
             api_version: v2\n      static_configs:\n        - targets: [\"{host}\"]"
        ),
    )]
}

fn grafana(place: &Place<'_>) -> Vec<Step> {
    vec![
        step("Alerting, Contact points, Add contact point. Integration:", "Webhook"),
        step("URL:", place.door("grafana")),
        step("Optional settings, HTTP method:", "POST"),
        step("Then Test, and name it in a notification policy.", ""),
    ]
}

fn pagerduty(place: &Place<'_>) -> Vec<Step> {
    let (base, key) = (place.base, place.key);
    vec![
        step("Integration key, or routing key:", key),
        step(
            "Address of the Events API, version 2, in place of events.pagerduty.com:",
            format!("{base}/v2/enqueue"),
        ),
        step(
            "For instance in alertmanager.yml:",
            format!("pagerduty_configs:\n  - routing_key: {key}\n    url: {base}/v2/enqueue"),
        ),
    ]
}

fn opsgenie(place: &Place<'_>) -> Vec<Step> {
    let (base, key) = (place.base, place.key);
    vec![
        step("API key (GenieKey):", key),
        step("API URL, in place of api.opsgenie.com:", format!("{base}/")),
        step(
            "For instance in alertmanager.yml:",
            format!("opsgenie_configs:\n  - api_key: {key}\n    api_url: {base}/"),
        ),
    ]
}

fn jira(place: &Place<'_>) -> Vec<Step> {
    let (base, key) = (place.base, place.key);
    vec![
        step("API key (GenieKey):", key),
        step("API URL, in place of api.atlassian.com:", format!("{base}/jsm/ops/integration/")),
    ]
}

fn uptime_kuma(place: &Place<'_>) -> Vec<Step> {
    vec![
        step("Settings, Notifications, Setup Notification. Notification type:", "Webhook"),
        step("Post URL:", place.door("uptime_kuma")),
        step("Request body:", "Preset - application/json"),
    ]
}

fn zabbix(place: &Place<'_>) -> Vec<Step> {
    let script = format!(
        "var request = new HttpRequest();\nrequest.addHeader('Content-Type: application/json');\n\
         request.post('{}', value);\nif (request.getStatus() >= 300) throw 'HTTP ' + request.getStatus();\nreturn 'OK';",
        place.door("zabbix")
    );
    let names = "event_id = {EVENT.ID}\nevent_name = {EVENT.NAME}\nevent_value = {EVENT.VALUE}\n\
        event_severity = {EVENT.SEVERITY}\nhost_name = {HOST.NAME}\nevent_opdata = {EVENT.OPDATA}\n\
        event_tags = {EVENT.TAGSJSON}\nevent_update_action = {EVENT.UPDATE.ACTION}";
    vec![
        step("Alerts, Media types, Create media type, type Webhook. Parameters:", names),
        step("Script:", script),
        step(
            "Tick “Process tags”, give the media type to a user, and let an action send problems, recoveries and updates to them.",
            "",
        ),
    ]
}

fn sentry(place: &Place<'_>) -> Vec<Step> {
    vec![
        step(
            "Settings, Custom Integrations, Create New Integration, internal. Webhook URL:",
            place.door("sentry"),
        ),
        step(
            "Switch “Alert Rule Action” on, tick issue and error under Webhooks, and name the integration in alert rules.",
            "",
        ),
    ]
}

fn datadog(place: &Place<'_>) -> Vec<Step> {
    let body = "{\n  \"title\": \"$EVENT_TITLE\",\n  \"body\": \"$TEXT_ONLY_MSG\",\n  \"aggreg_key\": \"$AGGREG_KEY\",\n  \
        \"alert_id\": \"$ALERT_ID\",\n  \"alert_scope\": \"$ALERT_SCOPE\",\n  \"alert_transition\": \"$ALERT_TRANSITION\",\n  \
        \"alert_type\": \"$ALERT_TYPE\",\n  \"alert_priority\": \"$ALERT_PRIORITY\",\n  \"tags\": \"$TAGS\",\n  \
        \"hostname\": \"$HOSTNAME\",\n  \"link\": \"$LINK\",\n  \"date\": \"$DATE\"\n}";
    vec![
        step("Integrations, Webhooks, New. URL:", place.door("datadog")),
        step("Payload:", body),
        step("Name it in the message of a monitor:", "@webhook-evenkeel"),
    ]
}

fn sns(place: &Place<'_>) -> Vec<Step> {
    vec![
        step("A topic that your alarms notify, Create subscription. Protocol:", "HTTPS"),
        step("Endpoint, without raw message delivery:", place.door("sns")),
        step("SNS asks once to be confirmed: the address to visit is below, under what came.", ""),
    ]
}

fn victorops(place: &Place<'_>) -> Vec<Step> {
    vec![step(
        "Address of the REST endpoint, in place of alert.victorops.com:",
        place.door("victorops"),
    )]
}

fn incident_io(place: &Place<'_>) -> Vec<Step> {
    vec![
        step(
            "Address of the alert source, in place of api.incident.io:",
            format!("{}/v2/alert_events/http/evenkeel", place.base),
        ),
        step("Bearer token:", place.key),
    ]
}

fn goalert(place: &Place<'_>) -> Vec<Step> {
    let (base, key) = (place.base, place.key);
    vec![step("Address of the generic API:", format!("{base}/api/v2/generic/incoming?token={key}"))]
}

fn cloudevents(place: &Place<'_>) -> Vec<Step> {
    vec![step("Send events to, structured, binary or in batches:", place.door("json"))]
}

fn json(place: &Place<'_>) -> Vec<Step> {
    vec![
        step("Send any JSON to:", place.door("json")),
        step(
            "Try it; it pages whoever is on call. With \"resolved\" in place of \"firing\" it ends:",
            format!(
                "curl -H 'Content-Type: application/json' \\\n  -d '{{\"id\": \"disk-1\", \"title\": \"Disk full on db-1\", \"severity\": \"critical\", \"status\": \"firing\"}}' \\\n  {}",
                place.door("json")
            ),
        ),
        step(
            "Usual names of fields are known. What is called otherwise, the mapping below says.",
            "",
        ),
    ]
}

fn heartbeat(place: &Place<'_>) -> Vec<Step> {
    let url = place.door("heartbeat");
    vec![
        step("At the end of a job, by its name:", format!("curl -fsS {url}/nightly-backup")),
        step("When it failed:", format!("curl -fsS {url}/nightly-backup/fail")),
        step("Each name is watched from its first sign of life on.", ""),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_is_told_where_and_with_which_key() {
        let key = "0123456789abcdef0123456789abcdef";
        let place = Place { base: "https://help.example.org", key };
        for tool in &TOOLS {
            let all: String = (tool.steps)(&place).iter().map(|step| step.code.clone()).collect();
            assert!(all.contains("help.example.org"), "{}", tool.key);
            assert!(all.contains(key), "{}", tool.key);
            assert_eq!(TOOLS.iter().filter(|other| other.key == tool.key).count(), 1);
        }
        let below = Place { base: "https://example.org/desk", key };
        let steps = prometheus(&below);
        assert!(steps[0].code.contains(&format!("path_prefix: /desk/intake/{key}")));
        assert!(steps[0].code.contains("targets: [\"example.org\"]"));
    }
}
