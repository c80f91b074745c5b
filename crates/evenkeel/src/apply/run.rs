//! Doing what files say, in one transaction. What refers to something that is not there yet waits
//! for another round, so that the order in files does not matter.

use super::kinds::{Door, Kind, without_secrets};
use super::plan::{Plan, Step};
use super::read::{Fault, Item};
use crate::config::Settings;
use crate::failed::Failed;
use crate::instance;
use api::{Refused, Within};
use desk::Desk;
use kernel::{InOrder, encoded};
use serde_json::{Map, Value};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{Store, Whole};

/// How often all of it is done anew, to leave out what came to nothing.
const PASSES_MAX: usize = 3;
/// Items of a page of a list.
const PAGE: &str = "limit=200";
/// The field that says whether something is in use.
const ACTIVE: &str = "active";
/// The kind of which there may be many who are not spoken of: each is read by themselves.
const PEOPLE: &str = "people";
const NOT_FOUND: u16 = 404;
/// What stands for nothing that files say: the database is away, or we are wrong.
const NOT_OF_FILES: u16 = 500;

/// Why it was not done. Nothing of it was.
pub(super) enum Stopped {
    /// What is wrong with what files say.
    Faults(Vec<Fault>),
    /// Something else.
    Failed(Failed),
}

impl From<Failed> for Stopped {
    fn from(failed: Failed) -> Self {
        Stopped::Failed(failed)
    }
}

impl From<Refused> for Stopped {
    fn from(refused: Refused) -> Self {
        Stopped::Failed(Failed::new(refused.detail))
    }
}

/// Does what files say, or only finds out what that would be.
///
/// Whether something is said differently or is different shows when it was done. What came to
/// nothing is left out the next time, so that nothing is recorded where nothing changes.
pub(super) async fn run(
    settings: &Settings,
    store: &Store,
    (items, doors): (&[Item], &[Door]),
    keep: bool,
) -> Result<Plan, Stopped> {
    let mut learned = Learned::default();
    for turn in 1..=PASSES_MAX {
        let mut pass = Pass::begin(settings, store, doors).await?;
        let (plan, more) = pass.go(items, &learned).await?;
        if !keep || plan.steps.is_empty() {
            pass.leave().await;
            return Ok(plan);
        }
        if !learned.takes(more) || turn == PASSES_MAX {
            pass.commit().await?;
            return Ok(plan);
        }
        pass.leave().await;
    }
    Ok(Plan::default())
}

/// Everything of one kind as files would say it.
pub(super) async fn list(api: &Within, kind: &Kind, which: &str) -> Result<Vec<Value>, Refused> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = api.get(&format!("{}?{PAGE}{which}{cursor}", kind.path)).await?;
        all.extend(page["items"].as_array().into_iter().flatten().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(all),
        }
    }
}

/// What an attempt found out, so that the next one does nothing in vain.
#[derive(Default)]
struct Learned<'a> {
    /// The places of what came to nothing.
    idle: BTreeSet<usize>,
    /// By place: fields that said nothing, which left something in them.
    left: BTreeMap<usize, BTreeSet<&'a str>>,
}

impl<'a> Learned<'a> {
    /// Takes more; whether anything of it is new.
    fn takes(&mut self, more: Learned<'a>) -> bool {
        let before = (self.idle.len(), self.left.len());
        self.idle.extend(more.idle);
        self.left.extend(more.left);
        before != (self.idle.len(), self.left.len())
    }
}

/// One attempt, in a transaction of its own.
struct Pass<'a> {
    doors: &'a [Door],
    api: Within,
    desk: Desk,
    whole: Whole,
    /// What there is by its key, as far as it was read since it may have changed.
    lists: BTreeMap<&'static str, HashMap<String, Value>>,
}

/// What is said of one thing, as far as it is done.
struct Work<'a> {
    item: &'a Item,
    /// Its place among the items.
    place: usize,
    /// As it was found.
    before: Option<Value>,
    /// As it is now.
    now: Option<Value>,
    /// Fields of which it is not known yet that they are so.
    open: BTreeSet<&'a str>,
    /// Fields that stand there in other words than the file's.
    reworded: BTreeSet<&'a str>,
    /// Fields that said nothing, which left something in them.
    left: BTreeSet<&'a str>,
    /// Whether it is new and out of use: it is in use until all that names it is made.
    ends: bool,
    /// Whether anything was done to it.
    touched: bool,
    faults: Vec<Fault>,
}

/// How much of something is done at once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// All of it or nothing: what it refers to may still come.
    Whole,
    /// What can be done: things may refer to each other.
    Parts,
}

/// What a round came to.
#[derive(Default)]
struct Round {
    changed: bool,
    created: bool,
}

impl<'a> Pass<'a> {
    async fn begin(settings: &Settings, store: &Store, doors: &'a [Door]) -> Result<Self, Failed> {
        let (desk, whole) = instance::open_whole(settings, store).await?;
        let api = Within::of(desk.clone());
        Ok(Pass { doors, api, desk, whole, lists: BTreeMap::new() })
    }

    /// Keeps all of it.
    async fn commit(self) -> Result<(), Failed> {
        self.desk.close().await;
        let whole = self.whole;
        instance::blocking(move || Ok(whole.commit()?)).await
    }

    /// Keeps nothing of it.
    async fn leave(self) {
        self.desk.close().await;
    }

    /// Does all of it but what is idle; what changed, and what was found out.
    async fn go<'i>(
        &mut self,
        items: &'i [Item],
        learned: &Learned<'i>,
    ) -> Result<(Plan, Learned<'i>), Stopped> {
        let mut work = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let before = self.find(item).await?;
            let mut one = Work::of(item, place, before);
            if !self.doors[item.kind].kind.entangled && one.is_made_unused() {
                one.ends = true;
                one.open.remove(ACTIVE);
            }
            if learned.idle.contains(&place) {
                one.open.clear();
                one.reworded.extend(item.said.keys().map(String::as_str));
            }
            one.left.extend(learned.left.get(&place).into_iter().flatten());
            work.push(one);
        }
        work.order_by_key(|one| (one.item.kind, one.wanted_place(), one.place));
        self.rounds(&mut work).await?;
        for one in work.iter_mut().filter(|one| one.ends) {
            one.open.insert(ACTIVE);
        }
        self.rounds(&mut work).await?;
        work.order_by_key(|one| one.place);
        self.lists.clear();
        self.outcome(work).await
    }

    /// Goes round until everything is done or nothing moves any more.
    async fn rounds(&mut self, work: &mut [Work<'_>]) -> Result<(), Stopped> {
        loop {
            let round = self.round(work, How::Whole).await?;
            if work.iter().all(Work::is_done) {
                return Ok(());
            }
            if round.changed {
                continue;
            }
            let round = self.round(work, How::Parts).await?;
            if work.iter().all(Work::is_done) {
                return Ok(());
            }
            if !round.created {
                work.order_by_key(|one| one.place);
                let faults = work.iter_mut().flat_map(|one| std::mem::take(&mut one.faults));
                return Err(Stopped::Faults(faults.collect()));
            }
        }
    }

    async fn round(&mut self, work: &mut [Work<'_>], how: How) -> Result<Round, Stopped> {
        let mut round = Round::default();
        for one in work.iter_mut().filter(|one| !one.is_done()) {
            one.faults.clear();
            if one.now.is_none() {
                if !self.create(one, how).await? {
                    continue;
                }
                (round.created, round.changed) = (true, true);
            }
            round.changed |= self.change(one, how).await?;
        }
        Ok(round)
    }

    /// Makes something new; whether it is there now.
    async fn create(&mut self, work: &mut Work<'_>, how: How) -> Result<bool, Stopped> {
        let doors = self.doors;
        let door = &doors[work.item.kind];
        let said =
            work.item.said.iter().filter(|(name, _)| {
                door.create.has(name) && !(work.ends && name.as_str() == ACTIVE)
            });
        let mut body: Map<String, Value> =
            said.map(|(name, value)| (name.clone(), value.clone())).collect();
        let mut left = BTreeSet::new();
        loop {
            let sent = Value::Object(body.clone());
            match self.api.post(door.kind.path, &sent).await {
                Ok(made) => {
                    self.done(work, door, &body, made);
                    return Ok(true);
                }
                Err(refused) => {
                    if !work.leave_out(refused, (&mut body, &mut left), how)? {
                        return Ok(false);
                    }
                }
            }
        }
    }

    /// Changes what differs from what is said; whether anything did.
    async fn change(&mut self, work: &mut Work<'_>, how: How) -> Result<bool, Stopped> {
        let (doors, item) = (self.doors, work.item);
        let door = &doors[item.kind];
        if door.kind.entangled {
            // Others may have changed it meanwhile.
            work.now = self.find(item).await?.or(work.now.take());
        }
        let Some(now) = &work.now else { return Ok(false) };
        let (id, shown) = (id_of(now), door.shown(now));
        let said = &item.said;
        work.open.retain(|name| differs(said.get(*name), shown.get(*name)));
        let mut body = Map::new();
        for name in &work.open {
            let words = match (door.change.has(name), work.wish(name, shown.get(*name))) {
                (true, Some(value)) => {
                    body.insert((*name).to_owned(), value);
                    continue;
                }
                (true, None) => "cannot be nothing; leave it out, or say what it is to be",
                (false, _) => "cannot be changed once it is made",
            };
            work.faults.push(item.fault(name, words));
        }
        let mut left = BTreeSet::new();
        let path = format!("{}/{id}", door.kind.path);
        while !body.is_empty() {
            let sent = Value::Object(body.clone());
            match self.api.patch(&path, &sent).await {
                Ok(made) => {
                    self.done(work, door, &body, made);
                    return Ok(true);
                }
                Err(refused) => {
                    if !work.leave_out(refused, (&mut body, &mut left), how)? {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(false)
    }

    /// Something was done: how it is now, and which words it has for what was said.
    fn done(&mut self, work: &mut Work<'_>, door: &Door, body: &Map<String, Value>, now: Value) {
        let (item, shown) = (work.item, door.shown(&now));
        for (name, value) in &item.said {
            let Some(sent) = body.get(name) else { continue };
            let differs = differs(Some(value), shown.get(name));
            if differs && sent.is_null() {
                work.left.insert(name);
                continue;
            }
            work.open.remove(name.as_str());
            if differs {
                work.reworded.insert(name);
            }
        }
        work.touched = true;
        work.now = Some(now);
        if door.kind.entangled {
            self.lists.remove(door.kind.name);
        }
    }

    /// What came of it, by how everything is now.
    async fn outcome<'i>(&mut self, work: Vec<Work<'i>>) -> Result<(Plan, Learned<'i>), Stopped> {
        let (mut plan, mut learned, mut faults) = (Plan::default(), Learned::default(), vec![]);
        let doors = self.doors;
        for one in work {
            let door = &doors[one.item.kind];
            let known = one.now.clone().filter(|_| door.kind.name == PEOPLE && !one.touched);
            let now = match known {
                Some(known) => known,
                None => self.find(one.item).await?.unwrap_or_default(),
            };
            let after = door.shown(&now);
            for (name, value) in &one.item.said {
                if differs(Some(value), after.get(name)) && !one.reworded.contains(name.as_str()) {
                    let words = "is said otherwise by another item of these files";
                    faults.push(one.item.fault(name, words));
                }
            }
            if !one.left.is_empty() {
                learned.left.insert(one.place, one.left);
            }
            let before = one.before.as_ref().map(|before| door.shown(before));
            if before.as_ref() == Some(&after) {
                plan.unchanged += 1;
                if one.touched {
                    learned.idle.insert(one.place);
                }
                continue;
            }
            let (kind, name) = (door.kind, one.item.name.clone());
            plan.steps.push(Step { kind, name, before, after });
        }
        if faults.is_empty() { Ok((plan, learned)) } else { Err(Stopped::Faults(faults)) }
    }

    /// What there is of this kind with this name.
    async fn find(&mut self, item: &Item) -> Result<Option<Value>, Stopped> {
        let kind = self.doors[item.kind].kind;
        if kind.name == PEOPLE {
            return match self.api.get(&format!("{}/{}", kind.path, encoded(&item.key))).await {
                Ok(person) => Ok(Some(person)),
                Err(refused) if refused.status == NOT_FOUND => Ok(None),
                Err(refused) => Err(refused.into()),
            };
        }
        if let Entry::Vacant(unknown) = self.lists.entry(kind.name) {
            unknown.insert(kind.by_key(list(&self.api, kind, "").await?));
        }
        Ok(self.lists.get(kind.name).and_then(|known| known.get(&item.key)).cloned())
    }
}

impl<'a> Work<'a> {
    fn of(item: &'a Item, place: usize, before: Option<Value>) -> Self {
        Work {
            item,
            place,
            now: before.clone(),
            before,
            open: item.said.keys().map(String::as_str).collect(),
            reworded: BTreeSet::new(),
            left: BTreeSet::new(),
            ends: false,
            touched: false,
            faults: vec![],
        }
    }

    fn is_done(&self) -> bool {
        self.now.is_some() && self.open.is_empty()
    }

    /// What is sent for a field. Where nothing leaves it as it is, what can be empty is made
    /// empty; there is no wish where it cannot.
    fn wish(&self, name: &str, shown: Option<&Value>) -> Option<Value> {
        match shown.filter(|_| self.left.contains(name)) {
            None => self.item.said.get(name).cloned(),
            Some(Value::String(_)) => Some(Value::from("")),
            Some(Value::Array(_)) => Some(Value::Array(vec![])),
            Some(_) => None,
        }
    }

    /// Whether it is new, and out of use at once.
    fn is_made_unused(&self) -> bool {
        self.now.is_none() && self.item.said.get(ACTIVE) == Some(&Value::Bool(false))
    }

    /// Its place in the order of its kind: what comes first is put there first.
    fn wanted_place(&self) -> i64 {
        self.item.said.get("place").and_then(Value::as_i64).unwrap_or(i64::MAX)
    }

    /// Notes what was refused, and where parts are done leaves those fields out; whether that
    /// is worth another attempt.
    fn leave_out(
        &mut self,
        refused: Refused,
        (body, left): (&mut Map<String, Value>, &mut BTreeSet<String>),
        how: How,
    ) -> Result<bool, Stopped> {
        if refused.status >= NOT_OF_FILES {
            return Err(refused.into());
        }
        if refused.errors.is_empty() {
            self.faults.push(self.item.fault("", &refused.detail));
        }
        let mut again = false;
        for error in &refused.errors {
            let field = error.field.split('.').next().unwrap_or_default();
            // That it is missing was our doing.
            if !left.contains(field) {
                self.faults.push(self.item.fault(&error.field, &error.message));
            }
            if how == How::Parts && body.remove(field).is_some() {
                left.insert(field.to_owned());
                again = true;
            }
        }
        Ok(again)
    }
}

/// Whether what is said is something else than what is shown; what is never shown is not compared,
/// and nothing is what is empty.
fn differs(said: Option<&Value>, shown: Option<&Value>) -> bool {
    let said = said.map(without_secrets).unwrap_or_default();
    let shown = shown.unwrap_or(&Value::Null);
    said != *shown && !(said.is_null() && is_empty(shown))
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn id_of(answer: &Value) -> &str {
    answer["id"].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_never_shown_is_not_compared() {
        let said = json!({ "host": "imap.example", "password": "x" });
        assert!(!differs(Some(&said), Some(&json!({ "host": "imap.example" }))));
        assert!(differs(Some(&said), Some(&json!({ "host": "imap2.example" }))));
        assert!(!differs(Some(&Value::Null), None));
        assert!(differs(Some(&json!("x")), Some(&Value::Null)));
    }

    #[test]
    fn nothing_is_what_is_empty() {
        for empty in [json!(null), json!(""), json!([]), json!({})] {
            assert!(!differs(Some(&Value::Null), Some(&empty)), "{empty}");
        }
        for something in [json!("x"), json!([1]), json!(0), json!(false)] {
            assert!(differs(Some(&Value::Null), Some(&something)), "{something}");
        }
        assert!(differs(Some(&json!("")), Some(&json!([]))));
    }
}
