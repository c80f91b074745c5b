//! A little live trouble: while somebody looks around, things go on. People report,
//! answer, take, wait, resolve, confirm, at believable intervals. What a visitor
//! works on is left alone, and the number of open incidents stays within bounds.

use super::alarms::{Alarm, PASSING};
use super::company::{Company, Someone};
use super::data::{Gaps, Stories, Story};
use super::dice::Dice;
use super::{monitoring, storm};
use desk::{Desk, Trouble};
use incident::command::{Change, Report, Visibility};
use incident::state::{HoldReason, Lifecycle, State};
use incident::{Command, Scope, TokenScope};
use kernel::{Channel, IncidentNumber, PersonId, limits};
use std::time::Duration;
use store::incidents::list::{IncidentRow, Look};
use tokio::time::Instant;

/// Seconds between two events.
const PAUSE: (i64, i64) = (5, 25);
/// Open incidents at least and at most.
const OPEN: (usize, usize) = (50, 75);
/// Rows of the queue that are looked at.
const ROWS: usize = limits::PAGE_ROWS_MAX;
/// Entries of a timeline that are looked at for the visitor's.
const ENTRIES: usize = 500;
/// Seconds an incident rests after something happened to it.
const REST: i64 = 45;

/// How often somebody calls instead of writing.
const BY_PHONE: f64 = 0.3;
/// How often monitoring tells of something, or that it is over.
const ALARMS: f64 = 0.05;

/// Lets things happen until it is dropped.
pub(super) async fn direct(desk: Desk, company: Company, stories: Stories) {
    let dice = Dice::new(desk.now().micros() as u64);
    let mut director = Director { desk, company, stories, dice, firing: None };
    let mut storms = tokio::time::interval_at(Instant::now() + storm::FIRST, storm::EVERY);
    loop {
        let pause = director.dice.between(PAUSE.0, PAUSE.1);
        let came = tokio::select! {
            _ = storms.tick() => director.storm(storm::APART).await,
            () = tokio::time::sleep(Duration::from_secs(pause.unsigned_abs())) => Ok(()),
        };
        if let Err(trouble) = came {
            tracing::debug!(%trouble, "the demo's surge did not come");
        }
        if let Err(trouble) = director.something().await {
            tracing::debug!(%trouble, "the demo's trouble did not happen");
        }
    }
}

pub(super) struct Director {
    pub(super) desk: Desk,
    pub(super) company: Company,
    pub(super) stories: Stories,
    pub(super) dice: Dice,
    /// What monitoring told of last and is not over.
    pub(super) firing: Option<Alarm>,
}

impl Director {
    /// One thing happens; whether it did.
    pub(super) async fn something(&mut self) -> Result<bool, Trouble> {
        if self.dice.chance(ALARMS) {
            return self.alarm().await.map(|()| true);
        }
        let open = self.rows("state:open merged:no sort:updated").await?;
        let resolved = self.rows("state:resolved merged:no").await?;
        let report = match open.len() {
            count if count < OPEN.0 => 0.6,
            count if count > OPEN.1 => 0.0,
            _ => 0.22,
        };
        if self.dice.chance(report) {
            self.report().await?;
            return Ok(true);
        }
        if self.dice.chance(0.2)
            && let Some(row) = self.choose(&resolved).await?
        {
            return self.confirm(&row).await.map(|()| true);
        }
        match self.choose(&open).await? {
            Some(row) => self.go_on(&row, open.len()).await,
            None => Ok(false),
        }
    }

    /// Monitoring tells of something, and another time that it is over.
    async fn alarm(&mut self) -> Result<(), Trouble> {
        let (alarm, over) = match self.firing.take() {
            Some(alarm) => (alarm, true),
            None => (*self.dice.pick(&PASSING), false),
        };
        monitoring::tell(&self.desk, &alarm, over).await?;
        self.firing = (!over).then_some(alarm);
        Ok(())
    }

    async fn rows(&self, query: &str) -> Result<Vec<IncidentRow>, Trouble> {
        let query = query::parse(query).map_err(|_| Trouble::Unknown)?;
        let manager = self.company.person("Nadia Brandtner").id;
        let desk = self.desk.clone();
        let now = desk.now();
        self.desk
            .read(move |sql| {
                let Some(person) = store::directory::people::get(sql, manager)? else {
                    return Ok(vec![]);
                };
                let viewer = desk.viewer(&person, TokenScope::Admin);
                let context = query::Context {
                    me: Some(viewer.person),
                    my_teams: viewer.teams.iter().copied().collect(),
                    now,
                    zone: jiff::tz::TimeZone::UTC,
                };
                let look = Look { scope: Scope::of(&viewer), context };
                Ok(store::incidents::list::list(sql, &look, &query, ROWS, None)?.rows)
            })
            .await
    }

    /// One of these that is nobody's but ours, and rested.
    async fn choose(&mut self, rows: &[IncidentRow]) -> Result<Option<IncidentRow>, Trouble> {
        let now = self.desk.now();
        let ours: Vec<&IncidentRow> = rows
            .iter()
            .filter(|row| !self.is_visitors(&row.state))
            .filter(|row| !row.state.assignee.is_some_and(|person| self.is_away(person)))
            .filter(|row| now.seconds_since(row.state.updated_at) > REST)
            .filter(|row| row.state.confidential_to.is_none() && row.state.parent.is_none())
            .filter(|row| self.story(&row.title).is_some())
            .collect();
        if ours.is_empty() {
            return Ok(None);
        }
        let row = (*self.dice.pick(&ours)).clone();
        let number = row.number;
        let entries = self
            .desk
            .read(move |sql| store::incidents::timeline::timeline(sql, number, 0, ENTRIES))
            .await?;
        let touched = entries
            .iter()
            .filter_map(|entry| entry.event.actor.person_id())
            .any(|person| self.is_login(person));
        Ok((!touched).then_some(row))
    }

    fn is_login(&self, person: PersonId) -> bool {
        self.company.people.iter().any(|someone| someone.id == person && someone.login)
    }

    fn is_away(&self, person: PersonId) -> bool {
        let (policy, now) = (self.desk.policy(), self.desk.now());
        let away = policy.staff.get(&person).and_then(|staff| staff.away);
        away.is_some_and(|away| away.covers(now))
    }

    fn is_visitors(&self, state: &State) -> bool {
        state.assignee.is_some_and(|person| self.is_login(person)) || self.is_login(state.requester)
    }

    fn story(&self, title: &str) -> Option<&Story> {
        self.stories.story.iter().find(|story| story.tells(title))
    }

    fn someone(&self, id: PersonId) -> Option<&Someone> {
        self.company.people.iter().find(|someone| someone.id == id)
    }

    async fn report(&mut self) -> Result<(), Trouble> {
        let stories = &self.stories.story;
        let place = self.dice.weighted(stories.iter().map(|story| story.weight));
        let requesters: Vec<&Someone> =
            self.company.requesters().into_iter().filter(|someone| !someone.login).collect();
        let requester = (*self.dice.pick(&requesters)).clone();
        self.tell(place, &requester, BY_PHONE).await
    }

    /// Somebody reports what the story at this place says; in some cases by telephone.
    pub(super) async fn tell(
        &mut self,
        place: usize,
        requester: &Someone,
        by_phone: f64,
    ) -> Result<(), Trouble> {
        let story = &self.stories.story[place];
        let hour = self.desk.now().to_jiff().to_zoned(jiff::tz::TimeZone::UTC).hour();
        let gaps = Gaps::draw(&mut self.dice, &requester.name, &requester.site, hour);
        let (impact, urgency) = story.levels();
        let by_phone = self.dice.chance(by_phone);
        let reporter = if by_phone { self.company.person("Petra Vondrak") } else { requester };
        let channel = if by_phone { Channel::Phone } else { Channel::Portal };
        let mut ask = self.desk.ask_unlimited(reporter.actor(), channel);
        let report = Report {
            title: ask.title(&gaps.fill(&story.title))?,
            description: ask.opt_words(
                "description",
                Some(&gaps.fill(&story.text)),
                limits::BODY_CHARS,
            )?,
            requester: requester.id,
            service: Some(self.company.services[&story.service].0),
            category: Some(self.company.categories[&story.category]),
            impact: Some(impact),
            urgency: Some(urgency),
            affected: None,
            team: None,
            assignee: None,
            detected_at: None,
            fields: Default::default(),
            tags: Default::default(),
            follow_up_of: None,
            parent: None,
            confidential_to: None,
            model: None,
            alerts: None,
        };
        ask.issue(Command::Report(Box::new(report))).await?;
        Ok(())
    }

    async fn confirm(&mut self, row: &IncidentRow) -> Result<(), Trouble> {
        let Some(requester) = self.someone(row.state.requester) else { return Ok(()) };
        self.issue(row.number, requester, Command::Confirm).await
    }

    /// What comes next for this incident, if anything does.
    async fn go_on(&mut self, row: &IncidentRow, open: usize) -> Result<bool, Trouble> {
        let state = &row.state;
        let waits = state.hold.as_ref().map(|hold| hold.reason);
        match (state.lifecycle, waits) {
            (Lifecycle::New, _) => self.take(row).await,
            (Lifecycle::OnHold, Some(HoldReason::Requester)) => self.answer(row).await,
            (Lifecycle::InProgress, _) => self.work(row, open).await,
            _ => Ok(false),
        }
    }

    async fn take(&mut self, row: &IncidentRow) -> Result<bool, Trouble> {
        let team = row.team.as_ref().map_or("Service Desk", |team| team.name.as_str());
        let members: Vec<&Someone> = self
            .company
            .members(team)
            .into_iter()
            .filter(|one| !one.login && !self.is_away(one.id))
            .collect();
        if members.is_empty() {
            return Ok(false);
        }
        let worker = (*self.dice.pick(&members)).clone();
        let command = Command::Assign { team: Change::Keep, assignee: Change::Set(worker.id) };
        self.issue(row.number, &worker, command).await?;
        Ok(true)
    }

    async fn answer(&mut self, row: &IncidentRow) -> Result<bool, Trouble> {
        let said = (self.someone(row.state.requester).cloned(), self.story(&row.title));
        let (Some(requester), Some(story)) = said else { return Ok(false) };
        let text = self.fill(&story.answer, &requester);
        self.say(row.number, &requester, &text, Visibility::Public).await?;
        Ok(true)
    }

    async fn work(&mut self, row: &IncidentRow, open: usize) -> Result<bool, Trouble> {
        let worker = row.state.assignee.and_then(|id| self.someone(id)).cloned();
        let requester = self.someone(row.state.requester).cloned();
        let (Some(worker), Some(requester)) = (worker, requester) else { return Ok(false) };
        let Some(story) = self.stories.story.iter().find(|story| story.tells(&row.title)) else {
            return Ok(false);
        };
        let number = row.number;
        if row.state.moments.acknowledged.is_none() {
            // Given to them by their team.
            self.issue(number, &worker, Command::Acknowledge).await?;
            return Ok(true);
        }
        if row.state.moments.responded.is_none() {
            let text = self.dice.pick(&self.stories.greetings).clone();
            let text = self.fill(&text, &requester);
            self.say(number, &worker, &text, Visibility::Public).await?;
            return Ok(true);
        }
        let age = self.desk.now().seconds_since(row.state.reported_at);
        let resolve = if open > OPEN.1 {
            0.9
        } else if open > OPEN.0 && age > 1_200 {
            0.4
        } else {
            0.0
        };
        if self.dice.chance(resolve) {
            let mut ask = self.desk.ask_unlimited(worker.actor(), Channel::Web).on(number);
            let note = ask.words("note", &self.fill(&story.fix, &requester), limits::BODY_CHARS)?;
            let code = story.code.clone();
            ask.issue(Command::Resolve {
                code,
                note,
                cause: None,
                known_error: None,
                children: false,
            })
            .await?;
        } else if self.dice.chance(0.5) {
            let text = self.fill(&story.question, &requester);
            self.say(number, &worker, &text, Visibility::Public).await?;
            let hold = Command::Hold { reason: HoldReason::Requester, until: None, note: None };
            self.issue(number, &worker, hold).await?;
        } else {
            let text = self.fill(&story.note, &requester);
            self.say(number, &worker, &text, Visibility::Internal).await?;
        }
        Ok(true)
    }

    /// Words of a story about an incident whose gaps were drawn long ago.
    fn fill(&self, text: &str, requester: &Someone) -> String {
        let mut dice = Dice::new(requester.name.len() as u64);
        Gaps::draw(&mut dice, &requester.name, &requester.site, 9).fill(text)
    }

    async fn say(
        &self,
        number: IncidentNumber,
        who: &Someone,
        text: &str,
        visibility: Visibility,
    ) -> Result<(), Trouble> {
        let mut ask = self.desk.ask_unlimited(who.actor(), door(who)).on(number);
        let body = ask.words("body", text, limits::BODY_CHARS)?;
        ask.issue(Command::Comment { body, visibility }).await.map(|_| ())
    }

    async fn issue(
        &self,
        number: IncidentNumber,
        who: &Someone,
        command: Command,
    ) -> Result<(), Trouble> {
        let ask = self.desk.ask_unlimited(who.actor(), door(who)).on(number);
        ask.issue(command).await.map(|_| ())
    }
}

fn door(who: &Someone) -> Channel {
    if who.works { Channel::Web } else { Channel::Portal }
}
