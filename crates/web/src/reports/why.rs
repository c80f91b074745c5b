    let breached = state.clocks.iter().filter(|clock| clock.first_breached_at.is_some());
    breached.min_by_key(|clock| (clock.kind != kind, clock.first_breached_at))|clock| clock.first_breached_at.is_some())
        .min_by_key(|clock| clock.first_breached_at)
}

/// An incident with its line. The number leads to the clocks on its page, which explain themselves.
pub(super) fn entry(
    row: &IncidentRow,
    why: &Why,
    kind: ClockKind,
    policy: &Policy,
    here: &Here,
) -> Markup {
    html! {
        li {
            (pri::priority(row.state.priority))
            div {
                a.link href={ (url::incident(row.number)) "#clocks" } { (row.number) " " (row.title) }
                p.meta { (line(row, why, kind, policy, here)) }
            }
        }
    }
}

fn line(
    row: &IncidentRow,
    why: &Why,
    kind: ClockKind,
    policy: &Policy,
    here: &Here,
) -> Markup {
    let breached = first_breached(&row.state, kind);
    html! {
        @match breached {
            Some(clock) => {
                (clock::name(clock.kind)) " passed its target of " (clock::length(clock, clock.target_seconds))
                @if let Some(at) = clock.first_breached_at { " on " (time::moment(at, here)) }
            }
            None => "No clock of it passed a target",
        }
        ". " (hops(why.hops)) ". "
        @if why.waits.is_empty() { "It waited for nothing longer than a minute." }
        @else {
            "Longest: "
            @for (at, (wait, seconds)) in why.waits.iter().enumerate() {
                @if at > 0 { ", " }
                (told(*wait, policy)) " " b { (time::duration(*seconds)) }
            }
            "."
        }
    }
}

fn hops(count: usize) -> String {
    match count {
        0 => "It stayed with its team".to_owned(),
        count => format!("It changed teams {}", counted(count as i64, "time")),
    }
}

fn told(wait: Wait, policy: &Policy) -> String {
    match wait {
        Wait::Untaken => "nobody took it for".to_owned(),
        Wait::Hold(reason) => waiting(Some(reason)).words.to_lowercase(),
        Wait::Team(team) => {
            let known = policy.teams.get(&team);
            format!("with {}", known.map_or("a team that is gone", |team| team.name.as_str()))
        }
    }
}
