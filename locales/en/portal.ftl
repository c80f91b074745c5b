# The portal of whoever reports. Plain words: no priority, no agreement, no jargon of teams.

## The first page, and lists

what-is-not-working = What is not working?
report = Report
go-on = Continue
ask-hint = A few words are enough. We look for known problems while you type.
suggestions = Suggestions
your-open-incidents = Your open incidents
all-your-incidents = All your incidents
your-closed-incidents = Your closed incidents
of-your-company = Open incidents of your company
you-follow = Incidents you follow
short-all = All
short-open = Open
short-over = Closed
short-company = Your company
short-followed = You follow
all-of-them = All { $count ->
    [one] { $count }
   *[other] { $count }
}
nothing-open = Nothing you reported is open.
words-or-number = Words or a number
find = Find
nothing-here = Nothing here
nothing-in-list = There is no incident in this list.
report-something = Report something
pages = Pages
older = Older
start = Start
incidents = Incidents
which-incidents = Which incidents
reported-at = Reported <time>{ $at }</time>
reported-by-at = { $who }, reported <time>{ $at }</time>
services = Services
status-page = Status page
working = working
limited = limited
not-working = not working
all-services = All { $count ->
    [one] 1 service
   *[other] { $count } services
}
other-services = { $count ->
    [one] 1 other
   *[other] { $count } others
}

## Around every page

rather-talk = <b>Rather talk?</b> Call <a>{ $phone }</a>.
rather-talk-about = <b>Rather talk?</b> Call <a>{ $phone }</a> and say { $number }.
times-in = Times are in { $zone }, { $whose ->
    [own] your time zone
   *[other] the time zone here
}.

## How an incident stands

received = Received
being-worked-on = Being worked on
to-be-checked = Fixed, please check
closed = Closed
withdrawn = Withdrawn
fixed = Fixed
reported = Reported
last-change = Last change
waiting = { $reason ->
    [requester] Waiting for you
    [vendor] Waiting for a supplier
    [change] Waiting for a planned change
    [problem] Waiting for a lasting fix
    [scheduled] Waiting for an agreed time
   *[other] Waiting
}
expected-back = Expected back
was-expected-back = Was expected back
likely-back = Likely back
by-time = by { $at }
takes-longer = It takes longer.

## The page of an incident

your-incidents = Your incidents
what-happened = What happened
progress = Progress
when-you-confirm = when you confirm
from-team = { $who } from { $team }
we-wait = <b>We wait for your answer.</b> Work goes on as soon as you write.
answer = Answer
longer-than-said = <b>This takes longer than we said.</b> It is still being worked on, and you are told here.
longer-than-promised = <b>This takes longer than we said.</b> We promised it by { $at }. It is still being worked on, and you are told here.
we-promised = We promised that it works again <b>by { $at }</b>
together = Others have the same trouble. It is worked on for all of you at once, and you are told here.
desk-has-it = The service desk has your report. What happens next is told here.
is-it-working = Is it working for you now?
it-works = It works again
still-broken = Still broken
what-is-still-broken = What is still not working?
send-and-reopen = Send and reopen
reopens = “Still broken” reopens it at once, no new form.
reopens-with = “Still broken” reopens it at once with { $who }, no new form.
closes-by-itself = If we hear nothing we close it on { $at }, and for { $days ->
    [one] 1 day
   *[other] { $days } days
} after that you can say that it broke again.
follow-up-until = This makes a new incident that follows this one. It is possible until { $until }.
broke-again-label = It broke again? Write what happens now
broke-again = It broke again
not-working-label = Still not working? Write what happens now
report-again = Report it again
add-something = Add something
send = Send
message-reopens = A message takes it up again. If it works, press “It works again” above.
your-answer = Your answer
send-answer = Send the answer
over-report-anew = This incident is over. <a>Report it anew</a> if it happens again.
only-they-write = Only { $who } and the service desk write here.
page-for-agents = Open the page for agents
follow = Follow
stop-following = Stop following
reported-in-error = I reported this in error
why-not-needed = Why is it no longer needed?
withdraw = Withdraw it

## What was said and what happened

you = You
update = Update
by-who = by { $who }
for-who = for { $who }
words-removed = These words were removed.
next-update = Next update
spoken = { $kind ->
    [report] Report by { $who }
    [said] Message by { $who }
    [update] Update by { $who }
    [fixed] Fix told by { $who }
    [broken] Still broken, says { $who }
   *[withdrawn] Withdrawn by { $who }
}, { $at }
line-reported = <b>{ $speaker ->
    [you] You
   *[other] { $who }
}</b> reported this{ $how ->
    [phone] {" "}by phone
    [email] {" "}by e-mail
    [chat] {" "}by chat
    [in_person] {" "}in person
   *[other] {""}
}
line-taken = <b>{ $who }</b> has it
line-given = <b>{ $who }</b> works on it
line-given-from = <b>{ $who }</b> from { $team } works on it
line-given-team = Given to <b>{ $team }</b>
another-team = another team
until = { $what }, until { $at }
line-goes-on = Work goes on
line-reopened = Taken up again
line-stays-fixed = Counts as fixed after all
line-expected-gone = There is no expected time any more
line-promised = Promised to work again <b>by { $at }</b>
line-promised-now = Now promised <b>by { $at }</b>
line-promise-gone = There is no promised time any more
line-later = <b>Later than we said</b>: it was promised by { $at }
line-effects-over = The effects are over; the cause is still being looked for
line-back = Service is back
line-works = <b>{ $speaker ->
    [you] You
   *[other] { $who }
}</b> said that it works again
line-noted-works = <b>{ $who }</b> noted that it works again
line-closed = { $how ->
    [confirmed] Closed
    [silence] Closed, because nobody said that it is still broken
   *[other] Closed by the service desk
}
line-joined = Handled together with another report of the same trouble
line-parted = Handled on its own again
line-renamed = Title is now “{ $title }”
line-title-changed = Title changed
line-added = <b>{ $speaker ->
    [you] You
   *[other] { $who }
}</b> added
removed-file = removed file

## Heard by those who do not look

heard = { $what ->
    [wrote] { $who } wrote
    [file] { $who } added a file
    [update] { $who } published an update
    [resolved] fixed, please check
    [work] being worked on
   *[closed] closed
}

## The form of a report

tell-us = Tell us what is not working
we-already-know = We already know: { $title }
known-problems = We already know
have-this-too = I have this too
said-at = Published <time>{ $at }</time>
you-have-this-too = You have this too: { $title }
joins-the-others = Your report joins those of the others. Their words stay theirs, and yours stay yours.
report-it = Report it
what-happens = What happens?
what-happens-hint = Since when, where, and what you see. Leave it empty if the line above says it all.
which-service = Which service is it?
which-service-hint = If you are not sure, leave it open.
not-sure = I am not sure
how-many = How many people are affected?
how-many-hint = Roughly. Leave it empty if it is only you.
way-around = Is there a way around it?
way-around-no = No, my work has stopped
way-around-partly = Partly, it costs me time
way-around-yes = Yes, I can go on without it
is-it-one-of-these = Is it one of these?
something-else = Something else
add-file = Add a photo or a file
you-reported = You reported
you-reported-as = You reported this as { $number }: { $standing }
answers-that-may-help = Answers that may help
helped-share = Helped { $percent }% of those who tried it
report-this = Report “{ $title }”
none-of-these = None of these, report “{ $title }”
about-a-minute = takes about a minute
it-is-worked-on = It is being worked on

## What is wrong with what was sent

changed-meanwhile = This changed meanwhile. Look at how it stands now; what you wrote is kept.
write-something = Write something, or add a file.
write-what-is-broken = Write what is still not working.
write-why = Write in a few words why.
title-needed = Write in a few words what is not working
too-long = This is longer than { $count } characters
file-not-taken = The files were not taken: at most { $count } at once and { $size } each, none of them empty
choose-an-answer = Choose one of the answers
unknown-service = This service is not known any more
write-a-number = Write a number such as 12, or leave it empty
not-accepted = This could not be accepted. Check what you entered; it is kept.
