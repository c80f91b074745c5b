# The status page, for everybody outside. Plain words: no priority, no agreement, no jargon.

status = status
page-title = { $name } status

## How everything is

now-works = Everything works
now-planned = Planned work is going on
now-one = { $how ->
    [degraded_performance] { $name } is slower or limited
    [partial_outage] { $name } is partly not working
   *[major_outage] { $name } is not working
}
now-many = { $how ->
    [degraded_performance] Several services are slower or limited
    [partial_outage] Several services are partly not working
   *[major_outage] Several services are not working
}
rest-works = Everything else works.
others-affected = Others are affected, too; each one is listed below.
as-of = As of <time>{ $at }</time>.

## An incident

phase = { $phase ->
    [investigating] Being looked into
    [identified] Cause found, being worked on
    [monitoring] Fixed, being watched
   *[resolved] Works again
}
progress = Progress
affects = Affects { $names }.
began = Began <time>{ $at }</time>.
expected-back = Expected back
next-update = Next update
by-time = by { $at }
takes-longer = It takes longer than we said.
updates = Updates
whole-incident = All updates and how it went

## Services and their days

condition = { $how ->
    [operational] Working
    [degraded_performance] Slower or limited
    [partial_outage] Partly not working
    [major_outage] Not working
   *[under_maintenance] Planned work
}
services = Services
last-days = last 90 days
days-ago = 90 days ago
today = today
available = { $share } available
available-days = { $share } available in { $days ->
    [one] 1 day
   *[other] { $days } days
}
too-new = Too new for a figure
bars = { $name }, last 90 days: { $count ->
    [0] no trouble
    [one] trouble on 1 day
   *[other] trouble on { $count } days
}
day-by-day = Day by day
day-line = { $how ->
    [degraded_performance] { $day }: slower or limited for { $long }
    [partial_outage] { $day }: partly not working for { $long }
    [major_outage] { $day }: not working for { $long }
   *[under_maintenance] { $day }: planned work for { $long }
}
no-data-before = Before { $day } there is no data.
taller-is-worse = The taller the bar, the worse the day.

## Planned work

planned = Planned work
from-to = { $from } to { $until }
work-phase = { $phase ->
    [scheduled] Planned
    [in_progress] Going on now
    [completed] Done
   *[cancelled] Does not take place
}
planned-named = Planned work: { $title }

## What was

past = Past incidents
no-incidents = No incidents.
history = History
lasted = { $how ->
    [degraded_performance] Slower or limited for { $long }, { $from } to { $until }
    [partial_outage] Partly not working for { $long }, { $from } to { $until }
    [major_outage] Not working for { $long }, { $from } to { $until }
   *[other] { $long }, { $from } to { $until }
}

## Around every page

get-updates = Get updates
by-mail = By e-mail
calendar = Calendar of planned work
for-programs = For programs
times-in = Times are in { $zone }.
need-help = Need help?
made-with = Made with { $product }
to-start = How everything is

## Lengths of time

long-minutes = { $minutes ->
    [one] 1 min
   *[other] { $minutes } min
}
long-hours = { $hours ->
    [one] 1 h
   *[other] { $hours } h
}
long-hours-minutes = { $hours ->
    [one] 1 h
   *[other] { $hours } h
} { $minutes ->
    [one] 1 min
   *[other] { $minutes } min
}
long-days = { $days ->
    [one] 1 day
   *[other] { $days } days
}
long-days-hours = { $days ->
    [one] 1 day
   *[other] { $days } days
} { $hours ->
    [one] 1 h
   *[other] { $hours } h
}
