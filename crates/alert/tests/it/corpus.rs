//! Real requests, from `tests/captures`, and one example of every other kind.

use serde_json::Value;
use std::path::Path;

/// A request as it was captured.
pub struct Capture {
    pub name: String,
    pub method: String,
    /// Path and query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// All requests that were captured, by name.
pub fn captures() -> Vec<Capture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let mut captures = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the captures are there") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a text");
        let value: Value = serde_json::from_str(&text).expect("JSON");
        let Some(method) = value["method"].as_str() else { continue };
        let headers = value["headers"].as_object().into_iter().flatten();
        let headers =
            headers.map(|(name, value)| (name.clone(), value.as_str().unwrap_or("").into()));
        let body = match (&value["json"], &value["body"]) {
            (Value::Null, Value::String(body)) => body.clone().into_bytes(),
            (Value::Null, _) => Vec::new(),
            (json, _) => json.to_string().into_bytes(),
        };
        captures.push(Capture {
            name: path.file_stem().expect("a name").to_string_lossy().into_owned(),
            method: method.to_owned(),
            path: value["path"].as_str().unwrap_or_default().to_owned(),
            headers: headers.collect(),
            body,
        });
    }
    captures.sort_by(|a, b| a.name.cmp(&b.name));
    captures
}

/// Bodies of sources that were not captured.
pub const EXAMPLES: [&str; 13] = [
    GRAFANA,
    GRAFANA_LEGACY,
    KUMA,
    ZABBIX,
    SENTRY_ISSUE,
    SENTRY_METRIC,
    DATADOG,
    VICTOROPS,
    INCIDENT_IO,
    SNS_ALARM,
    SNS_CONFIRM,
    CLOUDEVENT,
    PAGERDUTY_V1,
];

pub const GRAFANA: &str = r#"{"receiver": "ops", "status": "firing", "orgId": 1, "version": "1",
"groupKey": "{}/{a=\"b\"}:{alertname=\"DiskFull\"}", "truncatedAlerts": 0, "title": "[FIRING:1] DiskFull",
"state": "alerting", "message": "**Firing**", "externalURL": "https://grafana.example/", "alerts": [{
"status": "firing", "labels": {"alertname": "DiskFull", "grafana_folder": "Ops", "severity": "warning"},
"annotations": {"description": "91 % of /var", "summary": "Disk almost full"},
"startsAt": "2026-11-23T05:52:11.2+01:00", "endsAt": "0001-01-01T00:00:00Z",
"generatorURL": "https://grafana.example/alerting/grafana/x/view", "fingerprint": "c6eadffa33fcdf37",
"silenceURL": "https://grafana.example/alerting/silence/new", "dashboardURL": "", "panelURL": "",
"values": {"A": 91.5, "B": 1}, "valueString": "[ var='A' labels={} value=91.5 ]"}]}"#;

pub const GRAFANA_LEGACY: &str = r#"{"dashboardId": 1, "evalMatches": [{"value": 100, "metric": "High value", "tags": null}],
"imageUrl": "https://grafana.example/i.png", "message": "Someone is testing", "orgId": 3, "panelId": 2,
"ruleId": 17, "ruleName": "Queue is long", "ruleUrl": "https://grafana.example/d/1", "state": "alerting",
"tags": {"severity": "critical", "service": "mail"}, "title": "[Alerting] Queue is long"}"#;

pub const KUMA: &str = r#"{"heartbeat": {"monitorID": 7, "status": 0, "time": "2026-11-23 04:52:11.123",
"msg": "connect ECONNREFUSED", "ping": null, "important": true, "duration": 60, "timezone": "Europe/Berlin",
"timezoneOffset": "+01:00", "localDateTime": "2026-11-23 05:52:11"},
"monitor": {"id": 7, "name": "Shop", "url": "https://shop.example/", "hostname": null, "port": null,
"type": "http", "tags": [{"name": "service", "value": "shop"}, {"name": "prod", "value": ""}]},
"msg": "[Shop] [Down] connect ECONNREFUSED"}"#;

pub const ZABBIX: &str = r#"{"event_id": "4711", "event_value": "1", "event_name": "High CPU on db1",
"event_severity": "Disaster", "host_name": "db1", "trigger_url": "{$ZABBIX.URL}", "started_at": "2026.11.23 04:50:00",
"tags": "service:db, scope:performance", "message": "load is 40\nfor 5 minutes", "update_action": ""}"#;

pub const SENTRY_ISSUE: &str = r#"{"action": "triggered", "installation": {"uuid": "u"}, "data": {"event": {
"event_id": "e", "issue_id": "1117540176", "title": "ReferenceError: x is not defined", "culprit": "app in main",
"level": "error", "environment": "prod", "datetime": "2026-11-23T04:52:11.000000Z", "project": 1,
"web_url": "https://sentry.example/issues/1117540176/events/e/", "tags": [["browser", "Chrome"], ["level", "error"]]},
"triggered_rule": "Very Important Alert Rule!"}}"#;

pub const SENTRY_METRIC: &str = r#"{"action": "critical", "data": {"metric_alert": {"id": "4", "title": "Errors",
"status": 20, "date_started": "2026-11-23T04:52:11Z", "alert_rule": {"id": "7", "name": "Too many errors"}},
"description_title": "Critical: Too many errors", "description_text": "1000 events in the last 10 minutes",
"web_url": "https://sentry.example/alerts/4/"}}"#;

pub const DATADOG: &str = r#"{"id": "2342", "aggreg_key": "9bd4ac", "alert_id": "1234", "alert_transition": "Triggered",
"alert_type": "error", "title": "[P2] [Triggered] CPU is high on {host:web-1}", "body": "%%% CPU %%%",
"date": "1795409531000", "hostname": "web-1", "priority": "normal", "alert_priority": "P2",
"tags": "env:prod,service:web,monitor", "link": "https://app.datadoghq.example/monitors/1234", "snapshot": "$SNAPSHOT"}"#;

pub const VICTOROPS: &str = r#"{"message_type": "CRITICAL", "entity_id": "disk/db1", "entity_display_name": "Disk of db1 is full",
"state_message": "99 %\nof 1 TB", "monitoring_tool": "nagios", "state_start_time": 1795409531, "team": "dba"}"#;

pub const INCIDENT_IO: &str = r#"{"title": "Replica lag", "status": "firing", "deduplication_key": "lag-db2",
"description": "300 s", "metadata": {"severity": "P1", "service": "db", "nested": {"a": [1]}},
"source_url": "https://metrics.example/lag"}"#;

pub const SNS_ALARM: &str = r#"{"Type": "Notification", "MessageId": "22b80b92", "TopicArn": "arn:aws:sns:eu-central-1:1:ops",
"Subject": "ALARM: cpu", "Message": "{\"AlarmName\":\"cpu\",\"AlarmDescription\":\"CPU is high\",\"AWSAccountId\":\"1\",\"NewStateValue\":\"ALARM\",\"NewStateReason\":\"Threshold Crossed\",\"StateChangeTime\":\"2026-11-23T04:52:11.000+0000\",\"Region\":\"EU (Frankfurt)\",\"OldStateValue\":\"OK\",\"Trigger\":{\"MetricName\":\"CPUUtilization\",\"Namespace\":\"AWS/EC2\",\"Dimensions\":[{\"value\":\"i-1\",\"name\":\"InstanceId\"}],\"Threshold\":90.0}}",
"Timestamp": "2026-11-23T04:52:12.000Z"}"#;

pub const SNS_CONFIRM: &str = r#"{"Type": "SubscriptionConfirmation", "MessageId": "165545c9", "Token": "2336",
"TopicArn": "arn:aws:sns:eu-central-1:1:ops", "Message": "You have chosen to subscribe",
"SubscribeURL": "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336"}"#;

pub const CLOUDEVENT: &str = r#"{"specversion": "1.0", "id": "A-1", "source": "/clusters/eu1", "type": "com.example.alert",
"subject": "pod-7", "time": "2026-11-23T04:52:11Z", "datacontenttype": "application/json",
"data": {"title": "Pod is crashing", "severity": "critical", "status": "open"}}"#;

pub const PAGERDUTY_V1: &str = r#"{"service_key": "0123456789abcdef0123456789abcdef", "event_type": "trigger",
"incident_key": "srv01/HTTP", "description": "FAILURE for production/HTTP on srv01", "client": "Monitoring",
"client_url": "https://monitoring.example", "details": {"ping time": "1500ms", "load avg": 0.75},
"contexts": [{"type": "link", "href": "http://acme.example/x", "text": "Graph"}, {"type": "image", "src": "https://a.example/i.png"}]}"#;
