//! What reports count: from what is measured of each incident to tables of figures, each of which
//! names the incidents behind it. What every figure means stands in `docs/reports.md`.

mod backlog;
mod change;
mod columns;
mod heat;
mod holds;
mod mailed;
mod measure;
mod period;
mod shift;
mod table;

pub use backlog::{Span, backlog, behind_backlog};
pub use change::{Change, changes};
pub use columns::{Column, Unit, columns, measures};
pub use heat::{behind_heat, heat, with_night};
pub use holds::Holds;
pub use mailed::{Pace, Past, Turn};
pub use measure::{Measured, measure};
pub use period::{DAYS_MAX, Period, PeriodError};
pub use shift::{FALSE_OF_REPORTS, Shift, shifts, shifts_of_times};
pub use table::{Cell, Fact, Figure, Line, Table, behind, tabulate};

use kernel::words;

words! {
    /// The reports there are, as addresses name them.
    Name {
        /// Clocks that were met and breached.
        Compliance = "compliance",
        /// How long it took to acknowledge, respond, mitigate, restore and resolve.
        Times = "times",
        /// What was open at the end of each day.
        Backlog = "backlog",
        /// When incidents were reported, by hour of the week.
        Arrivals = "arrivals",
        /// What was opened again.
        Reopenings = "reopenings",
        /// How often incidents went from team to team.
        Hops = "hops",
        /// What the first team solved with its first answer.
        FirstContact = "first-contact",
        /// Who had how much.
        Workload = "workload",
        /// Pages, by day and night.
        OnCall = "on-call",
        /// Promised updates.
        Communication = "communication",
        /// Outages of services.
        Downtime = "downtime",
        /// What requesters say when it is over.
        Satisfaction = "satisfaction",
    }
}

words! {
    /// What the lines of a report are.
    By {
        /// One line with everything.
        All = "all",
        /// Priorities as they are now.
        Priority = "priority",
        /// Teams that have them now.
        Team = "team",
        /// Services.
        Service = "service",
        /// Companies of requesters.
        Organisation = "organisation",
        /// Categories.
        Category = "category",
        /// Agreements, and priorities of each.
        Agreement = "agreement",
        /// People: who has an incident, who was paged.
        Person = "person",
        /// Weeks from Monday on.
        Week = "week",
        /// Months.
        Month = "month",
    }
}

words! {
    /// What is measured of an incident, of a page or of an outage. The words name columns of the
    /// database.
    Measure {
        /// Seconds from the report until somebody took it.
        Acknowledge = "acknowledge",
        /// Seconds from the report until the first public word by a person of the provider.
        Respond = "respond",
        /// Seconds from the report until the impact was over.
        Mitigate = "mitigate",
        /// Seconds from the report until service was verified to be back.
        Restore = "restore",
        /// Seconds from the report until it was last resolved.
        Resolve = "resolve",
        /// Business seconds that the clock of acknowledging counted.
        AcknowledgeBusiness = "acknowledge_business",
        /// Business seconds that the clock of responding counted.
        RespondBusiness = "respond_business",
        /// Business seconds that the clock of resolving counted.
        ResolveBusiness = "resolve_business",
        /// Whether acknowledging was in time; nothing while that is not decided.
        AcknowledgeMet = "acknowledge_met",
        /// Whether responding was in time.
        ResponseMet = "response_met",
        /// Whether no silence was too long.
        UpdateMet = "update_met",
        /// Whether resolving was in time.
        ResolutionMet = "resolution_met",
        /// How often it went from one team to another.
        Hops = "hops",
        /// How often it was opened again.
        Reopenings = "reopenings",
        /// Whether the first team solved it with its first answer; nothing while it is open.
        FirstContact = "first_contact",
        /// Whether it is open.
        Open = "open",
        /// Whether it was resolved and is not open again.
        Resolved = "resolved",
        /// Seconds of work that were recorded.
        Work = "work",
        /// Promised updates that came in time.
        UpdatesKept = "updates_kept",
        /// Promised updates that came late, or not at all before it was over.
        UpdatesMissed = "updates_missed",
        /// Whether its requester rated it; nothing while it is not over.
        Rated = "rated",
        /// How content its requester is, 1 to 5.
        Rating = "rating",
        /// Whether that is a low score.
        Low = "low",
        /// Whether its requester confirmed that it works again; nothing while it is not closed.
        Confirmed = "confirmed",
        /// Of a page: whether it came by night.
        Night = "night",
        /// Of a page: seconds until it was answered.
        Answered = "answered",
        /// Of an outage: when it began within the period, in microseconds.
        Began = "began",
        /// Of an outage: when it ended within the period, in microseconds.
        Ended = "ended",
        /// Of an outage: what an hour without its service costs, in whole units of the instance's
        /// currency; nothing where nobody said.
        CostPerHour = "cost_per_hour",
    }
}

impl Measure {
    /// What is measured of incidents, and kept for each.
    pub const OF_INCIDENTS: &'static [Measure] = {
        let (kept, _) = Measure::ALL.split_at(24);
        kept
    };
}

impl Name {
    /// What its lines can be, the usual first.
    pub const fn by(self) -> &'static [By] {
        use By::{
            Agreement, All, Category, Month, Organisation, Person, Priority, Service, Team, Week,
        };
        match self {
            Name::Compliance => {
                &[Agreement, All, Priority, Team, Service, Organisation, Category, Week, Month]
            }
            Name::Times
            | Name::Reopenings
            | Name::Hops
            | Name::FirstContact
            | Name::Communication
            | Name::Satisfaction => {
                &[Priority, All, Team, Service, Organisation, Category, Agreement, Week, Month]
            }
            Name::Workload => &[Team, All, Person, Priority, Service, Week, Month],
            Name::OnCall => &[Week, All, Team, Person, Priority, Service, Month],
            Name::Downtime => &[Service, All, Week, Month],
            Name::Backlog | Name::Arrivals => &[All],
        }
    }
}
