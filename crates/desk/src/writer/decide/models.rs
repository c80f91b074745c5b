//! The words of an incident model, kept anew for each incident it is applied to: what the
//! model says later changes no record, and erasing them in one leaves the others alone.

use super::rules::Words;
use super::{Chain, Round, Try};
use incident::models::{Brought, ModelUse, NewTask, same_task};
use incident::rules::Maker;
use incident::{Command, State};
use std::borrow::Cow;
use std::collections::BTreeSet;
use store::incidents::NewContent;
use store::{Failure, Sql};

impl Round<'_> {
    /// The command with the words of the model that it names, which come to `contents`.
    pub(super) fn with_words<'a>(
        &self,
        sql: &mut dyn Sql,
        chain: &Chain<'_>,
        tried: &Try,
        command: &'a Command,
        state: Option<&State>,
        contents: &mut Vec<NewContent>,
    ) -> Result<Cow<'a, Command>, Failure> {
        let mut command = Cow::Borrowed(command);
        let wanted = match &*command {
            Command::ApplyModel(wanted) => wanted.model,
            Command::Report(report) => match &report.model {
                Some(wanted) => wanted.model,
                None => return Ok(command),
            },
            _ => return Ok(command),
        };
        let Some(model) = self.policy.model(wanted) else { return Ok(command) };
        let mut there = BTreeSet::new();
        for task in state.iter().flat_map(|state| &state.tasks) {
            there.insert(same_task(&self.words(sql, chain, tried, task.title)?));
        }
        let mut words = Words::default();
        let gives = &model.gives;
        let runbook = Some(gives.runbook.trim()).filter(|text| !text.is_empty());
        let runbook = runbook.map(|text| words.words(text));
        let new = gives.tasks.iter().filter(|title| !there.contains(&same_task(title)));
        let tasks = new.map(|title| NewTask { task: words.task(), title: words.words(title) });
        let tasks = tasks.collect();
        let wanted = ModelUse { model: wanted, brought: Brought { runbook, tasks } };
        match command.to_mut() {
            Command::Report(report) => report.model = Some(wanted),
            command => *command = Command::ApplyModel(wanted),
        }
        contents.extend(words.0);
        Ok(command)
    }
}
