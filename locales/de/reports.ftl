# Briefe mit Berichten, die von selbst verschickt werden.

mailed-subject = { $report }: { $from } bis { $to }
mailed-days = { $from } bis { $to }, Tage in { $zone }.
mailed-filter = Gezählt sind die Vorgänge zu: { $query }
mailed-nothing = An diesen Tagen gab es nichts zu zählen.
mailed-more = Das sind die ersten Zeilen; die angehängte Datei enthält alle.
mailed-own = Die Zahlen betreffen die Vorgänge, die Sie sehen dürfen.
mailed-open = Bericht öffnen
mailed-why = Sie erhalten diese Nachricht, weil { $who } eingerichtet hat, dass Ihnen dieser Bericht geschickt wird.
mailed-stop = Diese Nachrichten beenden
unmail-question = Keine Nachrichten mit dem Bericht „{ $report }“ mehr?
unmail-words = Den Bericht können Sie hier weiterhin öffnen. Wer den Versand eingerichtet hat, kann Sie wieder aufnehmen.
unmail-press = Keine solchen Nachrichten mehr
unmailed = Sie erhalten keine Nachrichten mit diesem Bericht mehr.
mailed-line = Von
mailed-all = Alle
mailed-none = Ohne
mailed-report = { $report ->
    [compliance] Einhaltung der Vereinbarungen
    [times] Wie lange es dauert
    [backlog] Rückstand
    [arrivals] Wann Vorgänge eingehen
    [reopenings] Wiedereröffnungen
    [hops] Wechsel zwischen Teams
    [first-contact] Beim ersten Kontakt gelöst
    [workload] Arbeitslast
    [on-call] Last der Bereitschaft
    [communication] Zugesagte Mitteilungen
    [downtime] Ausfallzeiten der Dienste
   *[satisfaction] Zufriedenheit
}
mailed-column = { $column ->
    [incidents] Vorgänge
    [response_share] Rechtzeitig beantwortet
    [resolution_share] Rechtzeitig gelöst
    [resolution_breached] Zu spät gelöst
    [acknowledge_median] Übernommen, Median
    [respond_median] Beantwortet, Median
    [restore_median] Geht wieder, Median
    [resolve_median] Gelöst, Median
    [reopened] Wieder geöffnet
    [share] Anteil
    [moved] Weitergegeben
    [mean] Mittelwert
    [decided] Beendet
    [over] Beendet
    [solved] Beim ersten Kontakt
    [open] Offen
    [resolved] Gelöst
    [work] Erfasste Arbeit
    [pages] Alarmierungen
    [night] Nachts
    [answered] Beantwortet
    [median] Median
    [kept] Rechtzeitig
    [missed] Versäumt
    [outages] Ausfälle
    [out] Ausgefallen
    [available] Verfügbar
    [rated] Bewertet
    [low] Niedrige Noten
    [in] Zugang
    [went] Abgang
   *[other] { $title }
}
