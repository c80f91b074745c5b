# Letters. Plain words, polite, no exclamation marks. What people wrote stands below these
# sentences as they wrote it.

## Around every letter

open-incident = Open the incident
title-removed = Title removed
service-desk = The service desk
reply-here = You can reply to this letter; your answer goes to the incident.
why-requester = You get this because { $number } was reported by you or for you.
why-watcher = You get this because you follow { $number }. You can stop following it on its page.
why-person = You get this because { $number } concerns you: { $how ->
    [given] it was given to you
    [brought] you were brought in
    [promised] the promise was given to you
    [follows] you own what follows from it
    [decides] it is for you to decide, or to know
    [role] it is about a role in it
    [wrote] you wrote the update
   *[yours] it is yours
}.
why-team = You get this because { $number } is with your team.
why-team-named = You get this because { $number } is with your team { $team }.
why-rule = You get this because of the rule “{ $rule }” for { $number }.
by-rule = Rule: { $rule }.

## Names of what is told as a list

fact-incident = Incident
fact-title = Title
fact-service = Service
fact-priority = Priority
fact-requester = Requester
fact-team = Team
fact-due = Due
fact-expected = Expected back by
fact-next = Next update by
fact-since = Since

## To whoever reported it, and to whoever follows it

received = We have received your report. Its number is { $number }.
told-here = You are told here how it goes on.
wrote = { $who } wrote:
added-file = { $who } added a file:
need-answer = We need your answer to go on.
phase = { $phase ->
    [investigating] We are looking into it.
    [identified] We know the cause.
    [monitoring] It is fixed, and we are watching it.
   *[resolved] It is over.
}
expected-by = We expect that it works again by { $at }.
expected-unknown = At present we cannot say when it works again.
later-than-said = It takes longer than we said. We are sorry, and we go on working on it.
promised-by = We promise that it works again by { $at }.
promise-gone = The time that we promised does not hold any more.
resolved = This should work again:
check-it = Please check it, and tell us; you need not sign in for that.
it-works = It works again
still-broken = Still broken
closes-on = If we hear nothing, it is closed on { $at }.
closed = { $how ->
    [confirmed] It works again, and the incident is closed. Thank you for telling us.
    [silence] We heard nothing more, so the incident is closed.
    [no_answer] We asked and heard nothing, so the incident is closed. If it still does not work, tell us.
   *[other] The incident is closed.
}
withdrawn = The incident was withdrawn; nobody works on it.
taken-up-again = We have taken it up again.
together = Others reported the same, and it is worked on together. You are told here how it goes on.
also-yours = { $count ->
    [one] The same holds for one more incident that you reported.
   *[other] The same holds for { $count } more incidents that you reported.
}
follower-still-broken = It is still broken:
follower-taken-up-again = It was taken up again.
reminder = We asked you something and still need your answer to go on.
how-content = It is closed. How content are you with how it went?
press-one = Press one; you need not sign in for that. Nothing is sent before you confirm it.
score-one = 1, not at all content
score-two = 2, not content
score-three = 3, neither nor
score-four = 4, content
score-five = 5, very content

## To people of the service desk

new-for-team = A new incident is with your team.
given-to-team = { $who } gave this to your team.
given-to-you = { $who } gave this to you.
says-still-broken = { $who } says that it is still broken:
took-up-again = { $who } took it up again.
brought-in = { $who } brought you in:
clock-warned = { $share }% of the time { $clock ->
    [acknowledge] to take it
    [response] to answer
    [update] to the next update
    [team] that your team has
    [vendor] that the supplier has
   *[resolution] to resolve it
} is used. It is due on { $at }.
clock-breached = The time { $clock ->
    [acknowledge] to take it
    [response] to answer
    [update] to the next update
    [team] that your team has
    [vendor] that the supplier has
   *[resolution] to resolve it
} is over since { $at }.
you-were-promised = You were promised that it is over by { $at }.
you-were-promised-instead = You were promised that it is over by { $before }. Now it is { $at }.
you-are-promised-no-more = That it is over by { $before } is not promised any more.
promise-to-you-broken = It was promised to you that it is over by { $at }, and it is not.
promise-to-somebody-broken = It was promised to somebody that it is over by { $at }, and it is not.
expectation-nears = It was said to work again by { $at }, and that comes near. Say how it stands before it passes.
breach-explained = { $who } explained why a time was missed, and you own what follows:
new-incident = A new incident was reported.
was-assigned = { $who } gave this to somebody.
was-escalated = { $who } brought others in:
priority-now = Its priority is { $priority } now.
declared-major = { $who } declared it a major incident.
proposes-major = { $who } proposes to declare it a major incident.
offers-role = { $who } offers you a role: { $role ->
    [commander] incident commander
    [fix_lead] fix lead
    [communications] communications
   *[scribe] scribe
}. Open the incident to accept or decline it.
gave-role = { $who } gave you a role: { $role ->
    [commander] incident commander
    [fix_lead] fix lead
    [communications] communications
   *[scribe] scribe
}.
declined-role = { $who } does not take the role you offered: { $role ->
    [commander] incident commander
    [fix_lead] fix lead
    [communications] communications
   *[scribe] scribe
}.
update-waits = { $who } wrote an update that waits for approval:
update-rejected = { $who } did not approve the update you wrote:
was-closed = The incident is closed.
rated-low = { $who } rated it { $score } of 5.
kept-inside = A reply in your name came by mail, and nothing proves that it is yours. It was kept as an internal note: its requester has not got it.
kept-inside-fix = To answer by mail, write from the address of your account, through the mail server of its domain. That server has to sign letters (DKIM) or be named for the domain (SPF), as its DMARC record says; whoever runs it can see to that. To answer now, open the incident. If you wrote nothing, tell your administrator.

## To whoever is paged

paged = You are paged: { $title }
paged-open = Open the link to acknowledge it, to escalate it, or to say that you cannot.
paged-answer = Or answer this letter with one word: ack, escalate or cannot.
paged-sign-in = Sign in to acknowledge it, or it escalates.
paged-link = Acknowledge, escalate, or say that you cannot
paged-why = You get this because you are on call or were named to be paged.
paged-silent = The next update is overdue. It was due on { $at }; say how it stands.
paged-learns = You learn: whoever is on call is paged, too.

## The letter that tries out the mail server

trial-subject = Evenkeel: the mail server works
trial = { $name }, this letter was sent by Evenkeel on { $at } to try out the mail server. It works.
trial-link = Open the mail settings
trial-why = You get this because you asked for it.

## On the screen of a device

push-news = News on { $number }
push-trial-title = It works
push-trial = Evenkeel can show news in this browser.

## Several entries in one letter

things-happened = { $count ->
    [one] One thing happened:
   *[other] { $count } things happened, in this order:
}
digest-subject = { $count ->
    [one] One piece of news on what you follow
   *[other] { $count } pieces of news on what you follow
}
digest-opening = This is new on what you follow:
digest-why = You get this because you follow these incidents, and chose one letter for their news in your account.
crowd-subject = { $count ->
    [one] One piece of news on your incidents
   *[other] { $count } pieces of news on your incidents
}
crowd-opening = So much happened at once that it is told in one letter:
crowd-why = You get this because these incidents concern you: you reported, follow or have them.
stop-following = Stop following it
