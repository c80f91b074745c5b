//! The same facts as JSON, in the form of the public API of Statuspage (v2), so that programs that
//! read status pages read this one.

use crate::condition;
use crate::snapshot::{Component, Condition, Group, Incident, Phase, Update, Work, WorkPhase};
use crate::view::View;
use kernel::{ComponentId, InOrder, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

/// Incidents, and planned works, in a list; Statuspage gives as many.
const LISTED: usize = 50;

#[derive(Serialize)]
struct PageOut<'a> {
    id: &'a str,
    name: &'a str,
    url: &'a str,
    time_zone: &'a str,
    updated_at: String,
}

#[derive(Serialize)]
struct Status {
    indicator: &'static str,
    description: &'static str,
}

#[derive(Serialize)]
struct ComponentOut<'a> {
    id: String,
    name: &'a str,
    status: &'static str,
    created_at: String,
    updated_at: String,
    position: usize,
    description: Option<&'a str>,
    showcase: bool,
    start_date: Option<String>,
    group_id: Option<String>,
    page_id: &'a str,
    group: bool,
    only_show_if_degraded: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    components: Option<Vec<ComponentId>>,
}

#[derive(Serialize)]
struct IncidentOut<'a> {
    id: String,
    name: &'a str,
    status: &'static str,
    created_at: String,
    updated_at: String,
    monitoring_at: Option<String>,
    resolved_at: Option<String>,
    impact: &'static str,
    shortlink: String,
    started_at: String,
    page_id: &'a str,
    incident_updates: Vec<UpdateOut<'a>>,
    components: Vec<ComponentOut<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_for: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_until: Option<String>,
}

#[derive(Serialize)]
struct UpdateOut<'a> {
    id: String,
    status: &'static str,
    body: &'a str,
    incident_id: String,
    created_at: String,
    updated_at: String,
    display_at: String,
    affected_components: Vec<Affected<'a>>,
}

#[derive(Serialize)]
struct Affected<'a> {
    code: ComponentId,
    name: &'a str,
    old_status: &'static str,
    new_status: &'static str,
}

/// Every document with its path below `api/v2`.
pub(crate) fn documents(view: &View) -> Vec<(&'static str, Vec<u8>)> {
    let out = Out { view };
    let (page, status, components) = (json!(out.page()), json!(out.status()), out.components());
    let open = out.incidents(&mut view.open());
    let ahead =
        out.works(&|work| matches!(work.phase, WorkPhase::Scheduled | WorkPhase::InProgress));
    let upcoming = out.works(&|work| work.phase == WorkPhase::Scheduled);
    let active = out.works(&|work| work.phase == WorkPhase::InProgress);
    let mut all = out.works(&|_| true);
    all.reverse();
    all.truncate(LISTED);
    let incidents = out.incidents(&mut view.snapshot.incidents.iter().take(LISTED));
    let documents = [
        (
            "summary.json",
            json!({"page": page, "components": components, "incidents": open,
                "scheduled_maintenances": ahead, "status": status}),
        ),
        ("status.json", json!({"page": page, "status": status})),
        ("components.json", json!({"page": page, "components": components})),
        ("incidents.json", json!({"page": page, "incidents": incidents})),
        ("incidents/unresolved.json", json!({"page": page, "incidents": open})),
        ("scheduled-maintenances.json", json!({"page": page, "scheduled_maintenances": all})),
        (
            "scheduled-maintenances/upcoming.json",
            json!({"page": page, "scheduled_maintenances": upcoming}),
        ),
        (
            "scheduled-maintenances/active.json",
            json!({"page": page, "scheduled_maintenances": active}),
        ),
    ];
    documents
        .into_iter()
        .map(|(path, document)| (path, document.to_string().into_bytes()))
        .collect()
}

struct Out<'a> {
    view: &'a View,
}

impl<'a> Out<'a> {
    fn time(&self, at: Timestamp) -> String {
        self.view.clock.rfc3339(at)
    }

    fn page_id(&self) -> &'a str {
        &self.view.snapshot.site.id
    }

    fn page(&self) -> PageOut<'a> {
        let site = &self.view.snapshot.site;
        PageOut {
            id: &site.id,
            name: &site.name,
            url: &site.url,
            time_zone: self.view.clock.zone_name(),
            updated_at: self.time(self.view.snapshot.at),
        }
    }

    /// The status of everything, weighed as Statuspage does: what is out everywhere is worse than
    /// what is out somewhere. Planned work alone is "none", because older programs know four
    /// indicators only; its description says what it is.
    fn status(&self) -> Status {
        let all = &self.view.snapshot.components;
        let worst = match all.is_empty() {
            true => condition::worst(self.view.open().map(|incident| incident.worst)),
            false => condition::worst(all.iter().map(|component| component.condition)),
        };
        let everywhere = !all.is_empty() && all.iter().all(|of| of.condition == worst);
        let (indicator, description) = match (worst, everywhere) {
            (Condition::Operational, _) => ("none", "All Systems Operational"),
            (Condition::Maintenance, _) => ("none", "Service Under Maintenance"),
            (Condition::Degraded, false) => ("minor", "Partially Degraded Service"),
            (Condition::Degraded, true) => ("minor", "Degraded System Service"),
            (Condition::Partial, false) => ("minor", "Minor Service Outage"),
            (Condition::Partial, true) => ("major", "Partial System Outage"),
            (Condition::Major, false) => ("major", "Partial System Outage"),
            (Condition::Major, true) => ("critical", "Major System Outage"),
        };
        Status { indicator, description }
    }

    /// Components and the groups they stand in, as they are listed on the page.
    fn components(&self) -> Vec<ComponentOut<'a>> {
        let view = self.view;
        let mut found: Vec<ComponentOut> = Vec::new();
        for (component, _) in view.under(None) {
            found.push(self.component(component));
        }
        for (at, group) in view.snapshot.groups.iter().enumerate() {
            let within: Vec<&Component> =
                view.under(Some(group.id)).map(|(component, _)| component).collect();
            if within.is_empty() {
                continue;
            }
            found.push(self.group(group, view.under(None).count() + at + 1, &within));
            found.extend(within.into_iter().map(|component| self.component(component)));
        }
        found
    }

    fn component(&self, of: &'a Component) -> ComponentOut<'a> {
        let group =
            of.group.filter(|id| self.view.snapshot.groups.iter().any(|group| group.id == *id));
        let before = self.view.under(group).take_while(|(other, _)| other.id != of.id).count();
        ComponentOut {
            id: of.id.to_string(),
            name: &of.name,
            status: of.condition.as_str(),
            created_at: self.time(of.created_at),
            updated_at: self.time(of.updated_at),
            position: before + 1,
            description: of.description.as_deref(),
            showcase: true,
            start_date: Some(self.view.clock.at(of.created_at).date().to_string()),
            group_id: group.map(|id| id.to_string()),
            page_id: self.page_id(),
            group: false,
            only_show_if_degraded: false,
            components: None,
        }
    }

    fn group(&self, of: &'a Group, position: usize, within: &[&Component]) -> ComponentOut<'a> {
        ComponentOut {
            id: of.id.to_string(),
            name: &of.name,
            status: condition::worst(within.iter().map(|of| of.condition)).as_str(),
            created_at: self.time(of.created_at),
            updated_at: self.time(of.updated_at),
            position,
            description: of.description.as_deref(),
            showcase: false,
            start_date: None,
            group_id: None,
            page_id: self.page_id(),
            group: true,
            only_show_if_degraded: false,
            components: Some(within.iter().map(|component| component.id).collect()),
        }
    }

    fn incidents(&self, of: &mut dyn Iterator<Item = &'a Incident>) -> Vec<Value> {
        of.map(|incident| json!(self.incident(incident))).collect()
    }

    fn incident(&self, of: &'a Incident) -> IncidentOut<'a> {
        let mut updates: Vec<&Update> = of.updates.iter().collect();
        updates.order_by_key(|update| std::cmp::Reverse(update.at));
        IncidentOut {
            id: of.id.clone(),
            name: &of.title,
            status: of.phase.as_str(),
            created_at: self.time(of.created_at),
            updated_at: self.time(of.changed_at()),
            monitoring_at: of.monitoring_at.map(|at| self.time(at)),
            resolved_at: match of.phase {
                Phase::Resolved => Some(self.time(of.resolved_at.unwrap_or(of.changed_at()))),
                _ => None,
            },
            impact: impact(of.worst),
            shortlink: self.view.url(&format!("incidents/{}", of.id)),
            started_at: self.time(of.started_at),
            page_id: self.page_id(),
            incident_updates: updates
                .iter()
                .enumerate()
                .map(|(at, update)| self.update(of, update, updates.get(at + 1).copied()))
                .collect(),
            components: self.view.components(&of.components).map(|of| self.component(of)).collect(),
            scheduled_for: None,
            scheduled_until: None,
        }
    }

    /// A word, and how components were when it was said: before stands how they were at the word
    /// before, or just before it all began.
    fn update(
        &self,
        of: &'a Incident,
        update: &'a Update,
        before: Option<&Update>,
    ) -> UpdateOut<'a> {
        let then = before.map_or(of.started_at.plus_micros(-1), |before| before.at);
        let affected = |component: &'a Component| Affected {
            code: component.id,
            name: &component.name,
            old_status: condition::at(component, then).as_str(),
            new_status: condition::at(component, update.at).as_str(),
        };
        UpdateOut {
            id: update.id.clone(),
            status: update.phase.as_str(),
            body: &update.body,
            incident_id: of.id.clone(),
            created_at: self.time(update.at),
            updated_at: self.time(update.at),
            display_at: self.time(update.at),
            affected_components: self.view.components(&of.components).map(affected).collect(),
        }
    }

    fn works(&self, which: &dyn Fn(&Work) -> bool) -> Vec<Value> {
        // Statuspage has no word for work that does not take place: it is not listed.
        let all = self.view.snapshot.works.iter();
        let listed = all.filter(|work| work.phase != WorkPhase::Cancelled && which(work));
        listed.map(|work| json!(self.work(work))).collect()
    }

    fn work(&self, of: &'a Work) -> IncidentOut<'a> {
        let is_over = of.phase == WorkPhase::Completed;
        let announced = UpdateOut {
            id: format!("{}-words", of.key()),
            status: of.phase.as_str(),
            body: &of.body,
            incident_id: of.key(),
            created_at: self.time(of.created_at),
            updated_at: self.time(of.updated_at),
            display_at: self.time(of.created_at),
            affected_components: Vec::new(),
        };
        let place = if is_over { "history" } else { "" };
        IncidentOut {
            id: of.key(),
            name: &of.title,
            status: of.phase.as_str(),
            created_at: self.time(of.created_at),
            updated_at: self.time(of.updated_at),
            monitoring_at: None,
            resolved_at: is_over.then(|| self.time(of.ends_at)),
            impact: "maintenance",
            shortlink: self.view.url(&format!("{place}#work-{}", of.key())),
            started_at: self.time(of.starts_at),
            page_id: self.page_id(),
            incident_updates: vec![announced],
            components: self.view.components(&of.components).map(|of| self.component(of)).collect(),
            scheduled_for: Some(self.time(of.starts_at)),
            scheduled_until: Some(self.time(of.ends_at)),
        }
    }
}

/// How bad an incident is, in the words of Statuspage.
const fn impact(worst: Condition) -> &'static str {
    match worst {
        Condition::Operational | Condition::Maintenance => "none",
        Condition::Degraded => "minor",
        Condition::Partial => "major",
        Condition::Major => "critical",
    }
}
