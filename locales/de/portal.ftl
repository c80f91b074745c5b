# Schlichte, höfliche Worte (Sie).

what-is-not-working = Was funktioniert nicht?
report = Melden
go-on = Weiter
ask-hint = Ein paar Worte genügen. Während Sie schreiben, suchen wir nach bekannten Störungen.
suggestions = Vorschläge
your-open-incidents = Ihre offenen Meldungen
all-your-incidents = Alle Ihre Meldungen
your-closed-incidents = Ihre geschlossenen Meldungen
of-your-company = Offene Meldungen Ihres Unternehmens
you-follow = Meldungen, denen Sie folgen
short-all = Alle
short-open = Offen
short-over = Geschlossen
short-company = Ihr Unternehmen
short-followed = Gefolgt
all-of-them = Alle { $count ->
    [one] { $count }
   *[other] { $count }
}
nothing-open = Von Ihnen ist keine Meldung offen.
words-or-number = Worte oder eine Nummer
find = Suchen
nothing-here = Nichts vorhanden
nothing-in-list = In dieser Liste steht keine Meldung.
report-something = Etwas melden
pages = Seiten
older = Ältere
start = Start
incidents = Meldungen
which-incidents = Welche Meldungen
reported-at = Gemeldet <time>{ $at }</time>
reported-by-at = { $who }, gemeldet <time>{ $at }</time>
services = Dienste
status-page = Statusseite
working = in Ordnung
limited = eingeschränkt
not-working = gestört
all-services = { $count ->
    [one] 1 Dienst
   *[other] Alle { $count } Dienste
}
other-services = { $count ->
    [one] 1 weiterer
   *[other] { $count } weitere
}

rather-talk = <b>Lieber sprechen?</b> Rufen Sie an: <a>{ $phone }</a>.
rather-talk-about = <b>Lieber sprechen?</b> Rufen Sie an: <a>{ $phone }</a>, und nennen Sie die Nummer { $number }.
times-in = Zeiten in { $zone }, { $whose ->
    [own] Ihrer Zeitzone
   *[other] der Zeitzone hier
}.

received = Eingegangen
being-worked-on = In Bearbeitung
to-be-checked = Behoben, bitte prüfen
closed = Geschlossen
withdrawn = Zurückgezogen
fixed = Behoben
reported = Gemeldet
last-change = Letzte Änderung
waiting = { $reason ->
    [requester] Wartet auf Sie
    [vendor] Wartet auf einen Lieferanten
    [change] Wartet auf eine geplante Änderung
    [problem] Wartet auf eine dauerhafte Lösung
    [scheduled] Wartet auf einen vereinbarten Zeitpunkt
   *[other] Wartet
}
expected-back = Voraussichtlich behoben
was-expected-back = Sollte behoben sein
likely-back = Wahrscheinlich behoben
by-time = bis { $at }
takes-longer = Es dauert länger.

your-incidents = Ihre Meldungen
what-happened = Was geschehen ist
progress = Fortschritt
when-you-confirm = sobald Sie bestätigen
from-team = { $who } ({ $team })
we-wait = <b>Wir warten auf Ihre Antwort.</b> Sobald Sie schreiben, geht es weiter.
answer = Antworten
longer-than-said = <b>Es dauert länger, als wir gesagt hatten.</b> Wir arbeiten weiter daran und berichten hier.
longer-than-promised = <b>Es dauert länger, als wir gesagt hatten.</b> Zugesagt war es bis { $at }. Wir arbeiten weiter daran und berichten hier.
we-promised = Wir haben zugesagt, dass es wieder funktioniert: <b>bis { $at }</b>
together = Andere haben dieselbe Störung. Wir arbeiten für alle zugleich daran und berichten hier.
desk-has-it = Ihre Meldung ist beim Service Desk. Hier erfahren Sie, wie es weitergeht.
is-it-working = Funktioniert es bei Ihnen jetzt?
it-works = Es funktioniert wieder
still-broken = Immer noch gestört
what-is-still-broken = Was funktioniert immer noch nicht?
send-and-reopen = Senden und wieder öffnen
reopens = „Immer noch gestört“ öffnet den Vorgang sofort wieder, ganz ohne neues Formular.
reopens-with = „Immer noch gestört“ öffnet den Vorgang sofort wieder bei { $who }, ganz ohne neues Formular.
closes-by-itself = Wenn wir nichts hören, schließen wir den Vorgang ({ $at }); danach können Sie noch { $days ->
    [one] 1 Tag
   *[other] { $days } Tage
} lang sagen, dass es wieder gestört ist.
follow-up-until = Daraus wird eine neue Meldung, die an diese anschließt. Das ist möglich bis { $until }.
broke-again-label = Wieder gestört? Schreiben Sie, was jetzt geschieht
broke-again = Wieder gestört
not-working-label = Funktioniert es noch nicht? Schreiben Sie, was jetzt geschieht
report-again = Noch einmal melden
add-something = Etwas hinzufügen
send = Senden
message-reopens = Eine Nachricht öffnet den Vorgang wieder. Wenn es funktioniert, drücken Sie oben „Es funktioniert wieder“.
your-answer = Ihre Antwort
send-answer = Antwort senden
over-report-anew = Dieser Vorgang ist abgeschlossen. <a>Melden Sie es neu</a>, falls es wieder vorkommt.
only-they-write = Hier schreiben nur { $who } und der Service Desk.
page-for-agents = Seite für den Service Desk öffnen
follow = Folgen
stop-following = Nicht mehr folgen
reported-in-error = Die Meldung war ein Versehen
why-not-needed = Warum hat sie sich erledigt?
withdraw = Zurückziehen

you = Sie
update = Neuigkeit
by-who = von { $who }
for-who = für { $who }
words-removed = Dieser Text wurde entfernt.
next-update = Nächste Neuigkeit
spoken = { $kind ->
    [report] Meldung von { $who }
    [said] Nachricht von { $who }
    [update] Neuigkeit von { $who }
    [fixed] Behoben, sagt { $who }
    [broken] Immer noch gestört, sagt { $who }
   *[withdrawn] Zurückgezogen von { $who }
}, { $at }
line-reported = <b>{ $speaker ->
    [you] Sie
   *[other] { $who }
}</b> { $speaker ->
    [you] haben
   *[other] hat
} das{ $how ->
    [phone] {" "}telefonisch
    [email] {" "}per E-Mail
    [chat] {" "}im Chat
    [in_person] {" "}persönlich
   *[other] {""}
} gemeldet
line-taken = <b>{ $who }</b> hat es übernommen
line-given = <b>{ $who }</b> arbeitet daran
line-given-from = <b>{ $who }</b> ({ $team }) arbeitet daran
line-given-team = Übergeben an <b>{ $team }</b>
another-team = ein anderes Team
until = { $what }, bis { $at }
line-goes-on = Es geht weiter
line-reopened = Wieder aufgenommen
line-stays-fixed = Gilt doch als behoben
line-expected-gone = Es gibt keinen voraussichtlichen Zeitpunkt mehr
line-promised = Zugesagt, dass es wieder funktioniert: <b>bis { $at }</b>
line-promised-now = Jetzt zugesagt <b>bis { $at }</b>
line-promise-gone = Es gibt keinen zugesagten Zeitpunkt mehr
line-later = <b>Später, als wir gesagt hatten</b>: Zugesagt war es bis { $at }
line-effects-over = Die Auswirkungen sind vorbei; die Ursache wird noch gesucht
line-back = Der Dienst ist wieder da
line-works = <b>{ $speaker ->
    [you] Sie
   *[other] { $who }
}</b> { $speaker ->
    [you] haben
   *[other] hat
} gesagt, dass es wieder funktioniert
line-noted-works = <b>{ $who }</b> hat vermerkt, dass es wieder funktioniert
line-closed = { $how ->
    [confirmed] Geschlossen
    [silence] Geschlossen, weil niemand gesagt hat, dass es noch gestört ist
   *[other] Vom Service Desk geschlossen
}
line-joined = Wird zusammen mit einer anderen Meldung derselben Störung bearbeitet
line-parted = Wird wieder für sich bearbeitet
line-renamed = Der Titel ist jetzt „{ $title }“
line-title-changed = Titel geändert
line-added = <b>{ $speaker ->
    [you] Sie
   *[other] { $who }
}</b> { $speaker ->
    [you] haben
   *[other] hat
} hinzugefügt:
removed-file = entfernte Datei

heard = { $what ->
    [wrote] { $who } schreibt
    [file] { $who } hat eine Datei hinzugefügt
    [update] { $who } meldet eine Neuigkeit
    [resolved] behoben, bitte prüfen
    [work] in Bearbeitung
   *[closed] geschlossen
}

tell-us = Sagen Sie uns, was nicht funktioniert
we-already-know = Uns bereits bekannt: { $title }
known-problems = Bereits bekannt
have-this-too = Das habe ich auch
said-at = Veröffentlicht <time>{ $at }</time>
you-have-this-too = Das haben Sie auch: { $title }
joins-the-others = Ihre Meldung kommt zu denen der anderen. Niemand sieht die Worte der anderen, und niemand sieht Ihre.
report-it = Melden
what-happens = Was geschieht?
what-happens-hint = Seit wann, wo, und was Sie sehen. Lassen Sie es leer, wenn die Zeile darüber schon alles sagt.
which-service = Welcher Dienst ist es?
which-service-hint = Wenn Sie nicht sicher sind, lassen Sie es offen.
not-sure = Ich bin nicht sicher
how-many = Wie viele Personen sind betroffen?
how-many-hint = Ungefähr. Lassen Sie es leer, wenn nur Sie es sind.
way-around = Können Sie sich anders behelfen?
way-around-no = Nein, meine Arbeit steht still
way-around-partly = Teilweise, es kostet mich Zeit
way-around-yes = Ja, es geht vorerst ohne
is-it-one-of-these = Ist es eines davon?
something-else = Etwas anderes
add-file = Foto oder Datei hinzufügen
you-reported = Von Ihnen gemeldet
you-reported-as = Von Ihnen gemeldet als { $number }: { $standing }
answers-that-may-help = Antworten, die helfen können
helped-share = Hat { $percent } % derer geholfen, die es versucht haben
report-this = „{ $title }“ melden
none-of-these = Nichts davon, „{ $title }“ melden
about-a-minute = dauert etwa eine Minute
it-is-worked-on = Daran wird gearbeitet

changed-meanwhile = Das hat sich inzwischen geändert. Sehen Sie nach, wie es jetzt steht; was Sie geschrieben haben, ist noch da.
write-something = Schreiben Sie etwas, oder fügen Sie eine Datei hinzu.
write-what-is-broken = Schreiben Sie, was immer noch nicht funktioniert.
write-why = Schreiben Sie in ein paar Worten, warum.
title-needed = Schreiben Sie in ein paar Worten, was nicht funktioniert
too-long = Das ist länger als { $count } Zeichen
file-not-taken = Die Dateien wurden nicht angenommen: höchstens { $count } zugleich, je { $size }, keine davon leer
choose-an-answer = Wählen Sie eine der Antworten
unknown-service = Dieser Dienst ist nicht mehr bekannt
write-a-number = Schreiben Sie eine Zahl wie 12, oder lassen Sie es leer
not-accepted = Das konnte nicht angenommen werden. Prüfen Sie Ihre Angaben; sie sind noch da.
