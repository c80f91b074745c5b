# Letters with reports that are sent by themselves.

mailed-subject = { $report }: { $from } to { $to }
mailed-days = { $from } to { $to }, days of { $zone }.
mailed-filter = Counted are the incidents of: { $query }
mailed-nothing = There was nothing to count in these days.
mailed-more = These are the first lines; the attached file has all of them.
mailed-own = The figures are of the incidents that you may see.
mailed-open = Open the report
mailed-why = You get this because { $who } arranged that this report is sent to you.
mailed-stop = Stop these letters
unmail-question = No more letters with the report “{ $report }”?
unmail-words = You can still open the report here. Whoever arranged the letters can add you again.
unmail-press = No more such letters
unmailed = You get no more letters with this report.
mailed-line = Of
mailed-all = All
mailed-none = None
mailed-report = { $report ->
    [compliance] Compliance with agreements
    [times] How long it takes
    [backlog] Backlog
    [arrivals] When incidents come
    [reopenings] Reopenings
    [hops] Moves between teams
    [first-contact] Solved at first contact
    [workload] Workload
    [on-call] On-call load
    [communication] Promised updates
    [downtime] Downtime of services
   *[satisfaction] Satisfaction
}
mailed-column = { $column ->
    [incidents] Incidents
    [response_share] Answered in time
    [resolution_share] Resolved in time
    [resolution_breached] Resolved late
    [acknowledge_median] Taken, median
    [respond_median] Answered, median
    [restore_median] Works again, median
    [resolve_median] Resolved, median
    [reopened] Reopened
    [share] Share
    [moved] Moved
    [mean] Mean
    [decided] Over
    [over] Over
    [solved] At first contact
    [open] Open
    [resolved] Resolved
    [work] Recorded work
    [pages] Pages
    [night] By night
    [answered] Answered
    [median] Median
    [kept] In time
    [missed] Missed
    [outages] Outages
    [out] Out
    [available] Available
    [rated] Rated
    [low] Low scores
    [in] Came
    [went] Went
   *[other] { $title }
}
