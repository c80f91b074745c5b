//! The company's incident models: what its service desk does the same way each time.

use super::company::Named;
use super::data::CompanyData;
use desk::{Audit, Trouble};
use incident::models::{Gives, Model};
use kernel::{Level, ModelId};
use std::collections::HashMap;
use store::Sql;
use store::directory::{categories, models};

/// Makes them; categories are there already.
pub(super) fn found(
    sql: &mut dyn Sql,
    audit: &Audit,
    data: &CompanyData,
    named: &Named,
) -> Result<(), Trouble> {
    let known: HashMap<_, _> =
        categories::list(sql)?.into_iter().map(|category| (category.name, category.id)).collect();
    for (place, entry) in (1..).zip(&data.models) {
        let model = Model {
            id: ModelId(desk::fresh()),
            name: entry.name.clone(),
            about: entry.about.clone(),
            place,
            active: true,
            portal: entry.portal,
            gives: Gives {
                title: entry.title.clone(),
                description: entry.ask.clone(),
                service: named.services.get(&entry.service).copied(),
                category: known.get(&entry.category).copied(),
                urgency: entry.urgency.and_then(|urgency| Level::new(urgency).ok()),
                tags: entry.tags.iter().cloned().collect(),
                tasks: entry.tasks.clone(),
                runbook: entry.runbook.clone(),
                ..Gives::default()
            },
            version: 1,
        };
        models::insert(sql, &model)?;
        audit.created(sql, "model", model.id, &model)?;
    }
    Ok(())
}
