# Briefe. Schlichte, höfliche Worte (Sie), keine Ausrufezeichen.

open-incident = Vorgang öffnen
title-removed = Titel entfernt
service-desk = Der Service Desk
reply-here = Sie können auf diese Nachricht antworten; Ihre Antwort gelangt in den Vorgang.
why-requester = Sie erhalten diese Nachricht, weil { $number } von Ihnen oder für Sie gemeldet wurde.
why-watcher = Sie erhalten diese Nachricht, weil Sie { $number } folgen. Auf der Seite des Vorgangs können Sie das beenden.
why-person = Sie erhalten diese Nachricht, weil { $number } Sie betrifft: { $how ->
    [given] Der Vorgang wurde Ihnen übergeben
    [brought] Sie wurden hinzugezogen
    [promised] Die Zusage wurde Ihnen gegeben
    [follows] Sie sind für die Folgemaßnahme verantwortlich
    [decides] Sie entscheiden darüber oder sollten es wissen
    [role] Es geht um eine Rolle darin
    [wrote] Sie haben die Mitteilung geschrieben
   *[yours] Es ist Ihr Vorgang
}.
why-team = Sie erhalten diese Nachricht, weil { $number } bei Ihrem Team liegt.
why-team-named = Sie erhalten diese Nachricht, weil { $number } bei Ihrem Team { $team } liegt.
why-rule = Sie erhalten diese Nachricht wegen der Regel „{ $rule }“ für { $number }.
by-rule = Regel: { $rule }.

fact-incident = Vorgang
fact-title = Titel
fact-service = Dienst
fact-priority = Priorität
fact-requester = Gemeldet von
fact-team = Zuständiges Team
fact-due = Fällig
fact-expected = Voraussichtlich behoben bis
fact-next = Nächste Nachricht bis
fact-since = Seit

received = Wir haben Ihre Meldung erhalten. Sie hat die Nummer { $number }.
told-here = Auf diesem Weg erfahren Sie, wie es weitergeht.
wrote = { $who } schreibt:
added-file = { $who } hat eine Datei hinzugefügt:
need-answer = Damit es weitergehen kann, brauchen wir Ihre Antwort.
phase = { $phase ->
    [investigating] Wir gehen der Sache nach.
    [identified] Wir kennen die Ursache.
    [monitoring] Die Störung ist behoben, und wir beobachten sie weiter.
   *[resolved] Die Störung ist vorbei.
}
expected-by = Wir rechnen damit, dass bis { $at } alles wieder funktioniert.
expected-unknown = Zurzeit können wir nicht sagen, wann es wieder funktioniert.
later-than-said = Es dauert länger, als wir gesagt hatten. Das tut uns leid; wir arbeiten weiter daran.
promised-by = Wir sagen Ihnen zu, dass es bis { $at } wieder funktioniert.
promise-gone = Der Zeitpunkt, den wir zugesagt hatten, gilt nicht mehr.
resolved = Das sollte jetzt wieder funktionieren:
check-it = Bitte prüfen Sie es, und sagen Sie uns Bescheid; dafür müssen Sie sich nicht anmelden.
it-works = Es funktioniert wieder
still-broken = Immer noch gestört
closes-on = Wenn wir nichts von Ihnen hören, schließen wir den Vorgang: { $at }.
closed = { $how ->
    [confirmed] Es funktioniert wieder, und der Vorgang ist geschlossen. Danke für Ihre Rückmeldung.
    [silence] Wir haben nichts mehr gehört, deshalb ist der Vorgang geschlossen.
    [no_answer] Wir haben gefragt und keine Antwort erhalten, deshalb ist der Vorgang geschlossen. Wenn es noch nicht funktioniert, sagen Sie es uns.
   *[other] Der Vorgang ist geschlossen.
}
withdrawn = Die Meldung wurde zurückgezogen; niemand arbeitet daran.
taken-up-again = Wir haben den Vorgang wieder aufgenommen.
together = Andere haben dasselbe gemeldet, und wir arbeiten an allem gemeinsam. Auf diesem Weg erfahren Sie, wie es weitergeht.
also-yours = { $count ->
    [one] Dasselbe gilt für einen weiteren Vorgang, den Sie gemeldet haben.
   *[other] Dasselbe gilt für { $count } weitere Vorgänge, die Sie gemeldet haben.
}
follower-still-broken = Es ist immer noch gestört:
follower-taken-up-again = Der Vorgang wurde wieder aufgenommen.
reminder = Wir haben Sie etwas gefragt und brauchen Ihre Antwort noch, um weiterzuarbeiten.
how-content = Der Vorgang ist geschlossen. Wie zufrieden sind Sie mit dem Verlauf?
press-one = Wählen Sie eine Antwort; anmelden müssen Sie sich dafür nicht. Nichts wird gesendet, bevor Sie es bestätigen.
score-one = 1, gar nicht zufrieden
score-two = 2, nicht zufrieden
score-three = 3, weder noch
score-four = 4, zufrieden
score-five = 5, sehr zufrieden

new-for-team = Ein neuer Vorgang liegt bei Ihrem Team.
given-to-team = { $who } hat diesen Vorgang Ihrem Team übergeben.
given-to-you = { $who } hat Ihnen diesen Vorgang übergeben.
says-still-broken = { $who } sagt, dass es immer noch nicht funktioniert:
took-up-again = { $who } hat den Vorgang wieder aufgenommen.
brought-in = { $who } hat Sie hinzugezogen:
clock-warned = { $share } % der Zeit { $clock ->
    [acknowledge] bis zur Übernahme
    [response] bis zur Antwort
    [update] bis zur nächsten Nachricht
    [team] für Ihr Team
    [vendor] für den Lieferanten
   *[resolution] bis zur Behebung
} sind verbraucht. Fällig: { $at }.
clock-breached = Die Zeit { $clock ->
    [acknowledge] bis zur Übernahme
    [response] bis zur Antwort
    [update] bis zur nächsten Nachricht
    [team] für Ihr Team
    [vendor] für den Lieferanten
   *[resolution] bis zur Behebung
} ist abgelaufen, seit { $at }.
you-were-promised = Ihnen wurde zugesagt, dass es bis { $at } vorbei ist.
you-were-promised-instead = Ihnen war zugesagt, dass es bis { $before } vorbei ist. Jetzt gilt: { $at }.
you-are-promised-no-more = Dass es bis { $before } vorbei ist, wird nicht mehr zugesagt.
promise-to-you-broken = Ihnen war zugesagt, dass es bis { $at } vorbei ist, und das ist es nicht.
promise-to-somebody-broken = Jemandem war zugesagt, dass es bis { $at } vorbei ist, und das ist es nicht.
expectation-nears = Es hieß, dass es bis { $at } wieder geht, und das rückt näher. Sagen Sie, wie es steht, bevor die Zeit vorbei ist.
breach-explained = { $who } hat erklärt, warum eine Zeit nicht eingehalten wurde, und Sie sind für das verantwortlich, was daraus folgt:
new-incident = Eine neue Störung wurde gemeldet.
was-assigned = { $who } hat dies jemandem zugewiesen.
was-escalated = { $who } hat andere hinzugezogen:
priority-now = Die Priorität ist jetzt { $priority }.
declared-major = { $who } hat dies zur schweren Störung erklärt.
proposes-major = { $who } schlägt vor, dies zur schweren Störung zu erklären.
offers-role = { $who } bietet Ihnen eine Rolle an: { $role ->
    [commander] Einsatzleitung
    [fix_lead] Leitung der Behebung
    [communications] Kommunikation
   *[scribe] Protokoll
}. Öffnen Sie den Vorgang, um sie anzunehmen oder abzulehnen.
gave-role = { $who } hat Ihnen eine Rolle gegeben: { $role ->
    [commander] Einsatzleitung
    [fix_lead] Leitung der Behebung
    [communications] Kommunikation
   *[scribe] Protokoll
}.
declined-role = { $who } übernimmt die angebotene Rolle nicht: { $role ->
    [commander] Einsatzleitung
    [fix_lead] Leitung der Behebung
    [communications] Kommunikation
   *[scribe] Protokoll
}.
update-waits = { $who } hat eine Mitteilung geschrieben, die auf Freigabe wartet:
update-rejected = { $who } hat Ihre Mitteilung nicht freigegeben:
was-closed = Der Vorgang ist geschlossen.
rated-low = { $who } hat dies mit { $score } von 5 bewertet.
kept-inside = In Ihrem Namen kam eine Antwort per E-Mail, und nichts belegt, dass sie von Ihnen ist. Sie wurde als interne Notiz behalten: Die meldende Person hat sie nicht erhalten.
kept-inside-fix = Um per E-Mail zu antworten, schreiben Sie von der Adresse Ihres Kontos über den Mailserver ihrer Domain. Er muss Nachrichten signieren (DKIM) oder für die Domain genannt sein (SPF), wie es ihr DMARC-Eintrag verlangt; darum kann sich kümmern, wer ihn betreibt. Um jetzt zu antworten, öffnen Sie den Vorgang. Wenn Sie nichts geschrieben haben, sagen Sie es Ihrer Administration.
paged = Sie werden gerufen: { $title }
paged-open = Öffnen Sie den Link, um anzunehmen, weiterzureichen oder zu sagen, dass Sie nicht können.
paged-answer = Oder antworten Sie auf diese Nachricht mit einem Wort: ack (annehmen), escalate (weiterreichen) oder cannot (Sie können nicht).
paged-sign-in = Melden Sie sich an, um anzunehmen; sonst wird weitergereicht.
paged-link = Annehmen, weiterreichen oder sagen, dass Sie nicht können
paged-why = Sie erhalten diese Nachricht, weil Sie Bereitschaft haben oder als Ansprechperson genannt wurden.
paged-silent = Die nächste Nachricht ist überfällig. Sie war bis { $at } fällig; sagen Sie, wie es steht.
paged-learns = Sie lernen mit: Wer Bereitschaft hat, wird ebenfalls gerufen.

trial-subject = Evenkeel: Der Mailserver funktioniert
trial = { $name }, diese Nachricht hat Evenkeel am { $at } verschickt, um den Mailserver zu prüfen. Er funktioniert.
trial-link = Mail-Einstellungen öffnen
trial-why = Sie erhalten diese Nachricht, weil Sie sie angefordert haben.

## On the screen of a device

push-news = Neues zu { $number }
push-trial-title = Es funktioniert
push-trial = Evenkeel kann in diesem Browser Neues anzeigen.

## Several entries in one letter

things-happened = { $count ->
    [one] Eines ist geschehen:
   *[other] { $count } Dinge sind geschehen, in dieser Reihenfolge:
}
digest-subject = { $count ->
    [one] Eine Neuigkeit zu dem, was Sie verfolgen
   *[other] { $count } Neuigkeiten zu dem, was Sie verfolgen
}
digest-opening = Das ist neu bei dem, was Sie verfolgen:
digest-why = Sie erhalten dies, weil Sie diese Störungen verfolgen und in Ihrem Konto einen gemeinsamen Brief dafür gewählt haben.
crowd-subject = { $count ->
    [one] Eine Neuigkeit zu Ihren Störungen
   *[other] { $count } Neuigkeiten zu Ihren Störungen
}
crowd-opening = Es ist so viel auf einmal geschehen, dass es in einem Brief steht:
crowd-why = Sie erhalten dies, weil diese Störungen Sie betreffen: Sie haben sie gemeldet, verfolgen oder bearbeiten sie.
stop-following = Nicht mehr verfolgen
