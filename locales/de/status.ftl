# Die Statusseite für alle draußen. Einfache Worte, Sie, keine Ausrufezeichen.

status = Status
page-title = Status von { $name }

now-works = Alles funktioniert
now-planned = Es laufen geplante Arbeiten
now-one = { $how ->
    [degraded_performance] { $name } ist langsamer oder eingeschränkt
    [partial_outage] { $name } funktioniert teilweise nicht
   *[major_outage] { $name } funktioniert nicht
}
now-many = { $how ->
    [degraded_performance] Mehrere Dienste sind langsamer oder eingeschränkt
    [partial_outage] Mehrere Dienste funktionieren teilweise nicht
   *[major_outage] Mehrere Dienste funktionieren nicht
}
rest-works = Alles andere funktioniert.
others-affected = Auch andere sind betroffen; jeder Dienst ist unten aufgeführt.
as-of = Stand: <time>{ $at }</time>.

phase = { $phase ->
    [investigating] Wird untersucht
    [identified] Ursache gefunden, in Arbeit
    [monitoring] Behoben, wird beobachtet
   *[resolved] Funktioniert wieder
}
progress = Fortschritt
affects = Betrifft { $names }.
began = Begonnen: <time>{ $at }</time>.
expected-back = Voraussichtlich behoben
next-update = Nächste Neuigkeit
by-time = bis { $at }
takes-longer = Es dauert länger, als wir gesagt hatten.
updates = Neuigkeiten
whole-incident = Alle Neuigkeiten und der Verlauf

condition = { $how ->
    [operational] Funktioniert
    [degraded_performance] Langsamer oder eingeschränkt
    [partial_outage] Funktioniert teilweise nicht
    [major_outage] Funktioniert nicht
   *[under_maintenance] Geplante Arbeiten
}
services = Dienste
last-days = letzte 90 Tage
days-ago = vor 90 Tagen
today = heute
available = { $share } verfügbar
available-days = { $share } verfügbar an { $days ->
    [one] 1 Tag
   *[other] { $days } Tagen
}
too-new = Zu neu für eine Angabe
bars = { $name }, letzte 90 Tage: { $count ->
    [0] keine Störung
    [one] Störung an 1 Tag
   *[other] Störungen an { $count } Tagen
}
day-by-day = Tag für Tag
day-line = { $how ->
    [degraded_performance] { $day }: { $long } langsamer oder eingeschränkt
    [partial_outage] { $day }: { $long } teilweise nicht verfügbar
    [major_outage] { $day }: { $long } nicht verfügbar
   *[under_maintenance] { $day }: { $long } geplante Arbeiten
}
no-data-before = Vor { $day } gibt es keine Daten.
taller-is-worse = Je höher der Balken, desto schlechter der Tag.

planned = Geplante Arbeiten
from-to = { $from } bis { $until }
work-phase = { $phase ->
    [scheduled] Geplant
    [in_progress] Läuft gerade
    [completed] Erledigt
   *[cancelled] Findet nicht statt
}
planned-named = Geplante Arbeiten: { $title }

past = Frühere Störungen
no-incidents = Keine Störungen.
history = Verlauf
lasted = { $how ->
    [degraded_performance] { $long } langsamer oder eingeschränkt, { $from } bis { $until }
    [partial_outage] { $long } teilweise nicht verfügbar, { $from } bis { $until }
    [major_outage] { $long } nicht verfügbar, { $from } bis { $until }
   *[other] { $long }, { $from } bis { $until }
}

get-updates = Neuigkeiten erhalten
by-mail = Per E-Mail
calendar = Kalender der geplanten Arbeiten
for-programs = Für Programme
times-in = Zeiten in { $zone }.
need-help = Brauchen Sie Hilfe?
made-with = Erstellt mit { $product }
to-start = Wie alles steht

long-minutes = { $minutes ->
    [one] 1 Min.
   *[other] { $minutes } Min.
}
long-hours = { $hours ->
    [one] 1 Std.
   *[other] { $hours } Std.
}
long-hours-minutes = { $hours ->
    [one] 1 Std.
   *[other] { $hours } Std.
} { $minutes ->
    [one] 1 Min.
   *[other] { $minutes } Min.
}
long-days = { $days ->
    [one] 1 Tag
   *[other] { $days } Tage
}
long-days-hours = { $days ->
    [one] 1 Tag
   *[other] { $days } Tage
} { $hours ->
    [one] 1 Std.
   *[other] { $hours } Std.
}
