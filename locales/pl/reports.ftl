# Listy z raportami wysyłanymi samoczynnie.

mailed-subject = { $report }: od { $from } do { $to }
mailed-days = Od { $from } do { $to }, dni według { $zone }.
mailed-filter = Liczone są zgłoszenia dla: { $query }
mailed-nothing = W tych dniach nie było czego liczyć.
mailed-more = To pierwsze wiersze; załączony plik zawiera wszystkie.
mailed-own = Liczby dotyczą zgłoszeń, które może Pan/Pani widzieć.
mailed-open = Otwórz raport
mailed-why = Ta wiadomość przychodzi, ponieważ { $who } ustalił(a), że ten raport ma być wysyłany.
mailed-stop = Bez takich wiadomości
unmail-question = Bez wiadomości z raportem „{ $report }”?
unmail-words = Raport można tu nadal otworzyć. Osoba, która ustawiła wysyłkę, może dodać Państwa ponownie.
unmail-press = Bez takich wiadomości
unmailed = Nie będą już Państwo otrzymywać wiadomości z tym raportem.
mailed-line = Co
mailed-all = Wszystkie
mailed-none = Brak
mailed-report = { $report ->
    [compliance] Dotrzymanie umów
    [times] Ile to trwa
    [backlog] Zaległości
    [arrivals] Kiedy napływają zgłoszenia
    [reopenings] Ponowne otwarcia
    [hops] Przekazania między zespołami
    [first-contact] Rozwiązane przy pierwszym kontakcie
    [workload] Obciążenie pracą
    [on-call] Obciążenie dyżurami
    [communication] Obiecane informacje
    [downtime] Niedostępność usług
   *[satisfaction] Zadowolenie
}
mailed-column = { $column ->
    [incidents] Zgłoszenia
    [response_share] Odpowiedź na czas
    [resolution_share] Rozwiązane na czas
    [resolution_breached] Rozwiązane po czasie
    [acknowledge_median] Przyjęcie, mediana
    [respond_median] Odpowiedź, mediana
    [restore_median] Przywrócenie, mediana
    [resolve_median] Rozwiązanie, mediana
    [reopened] Otwarte ponownie
    [share] Udział
    [moved] Przekazane
    [mean] Średnia
    [decided] Zakończone
    [over] Zakończone
    [solved] Przy pierwszym kontakcie
    [open] Otwarte
    [resolved] Rozwiązane
    [work] Zapisana praca
    [pages] Wezwania
    [night] W nocy
    [answered] Odebrane
    [median] Mediana
    [kept] Na czas
    [missed] Pominięte
    [outages] Awarie
    [out] Niedostępne
    [available] Dostępne
    [rated] Ocenione
    [low] Niskie oceny
    [in] Przybyło
    [went] Ubyło
   *[other] { $title }
}
