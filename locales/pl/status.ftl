# Strona stanu usług, dla wszystkich. Proste słowa (Państwo), bez wykrzykników.

status = stan usług
page-title = { $name }: stan usług

now-works = Wszystko działa
now-planned = Trwają planowane prace
now-one = { $how ->
    [degraded_performance] { $name } działa wolniej lub z ograniczeniami
    [partial_outage] { $name } działa tylko częściowo
   *[major_outage] { $name } nie działa
}
now-many = { $how ->
    [degraded_performance] Kilka usług działa wolniej lub z ograniczeniami
    [partial_outage] Kilka usług działa tylko częściowo
   *[major_outage] Kilka usług nie działa
}
rest-works = Wszystko inne działa.
others-affected = Dotyczy to też innych usług; każda jest wymieniona niżej.
as-of = Stan: <time>{ $at }</time>.

phase = { $phase ->
    [investigating] Badamy sprawę
    [identified] Przyczyna znana, trwa naprawa
    [monitoring] Naprawione, obserwujemy
   *[resolved] Znów działa
}
progress = Postęp
affects = Dotyczy: { $names }.
began = Początek: <time>{ $at }</time>.
expected-back = Przewidywane przywrócenie
next-update = Następna informacja
by-time = najpóźniej { $at }
takes-longer = Trwa to dłużej, niż zapowiadaliśmy.
updates = Informacje
whole-incident = Wszystkie informacje i przebieg

condition = { $how ->
    [operational] Działa
    [degraded_performance] Wolniej lub z ograniczeniami
    [partial_outage] Działa tylko częściowo
    [major_outage] Nie działa
   *[under_maintenance] Planowane prace
}
services = Usługi
last-days = ostatnie 90 dni
days-ago = 90 dni temu
today = dziś
available = Dostępność { $share }
available-days = Dostępność { $share } w ciągu { $days ->
    [one] 1 dnia
    [few] { $days } dni
   *[many] { $days } dni
}
too-new = Za krótko, by podać liczbę
bars = { $name }, ostatnie 90 dni: { $count ->
    [0] bez zakłóceń
    [one] zakłócenia w ciągu 1 dnia
    [few] zakłócenia w ciągu { $count } dni
   *[many] zakłócenia w ciągu { $count } dni
}
day-by-day = Dzień po dniu
day-line = { $how ->
    [degraded_performance] { $day }: wolniej lub z ograniczeniami przez { $long }
    [partial_outage] { $day }: tylko częściowe działanie przez { $long }
    [major_outage] { $day }: brak działania przez { $long }
   *[under_maintenance] { $day }: planowane prace przez { $long }
}
no-data-before = Sprzed { $day } nie ma danych.
taller-is-worse = Im wyższy słupek, tym gorszy dzień.

planned = Planowane prace
from-to = { $from } do { $until }
work-phase = { $phase ->
    [scheduled] Zaplanowane
    [in_progress] Właśnie trwają
    [completed] Zakończone
   *[cancelled] Nie odbędą się
}
planned-named = Planowane prace: { $title }

past = Wcześniejsze awarie
no-incidents = Brak awarii.
history = Historia
lasted = { $how ->
    [degraded_performance] Wolniej lub z ograniczeniami przez { $long }, { $from } do { $until }
    [partial_outage] Tylko częściowe działanie przez { $long }, { $from } do { $until }
    [major_outage] Brak działania przez { $long }, { $from } do { $until }
   *[other] { $long }, { $from } do { $until }
}

get-updates = Jak otrzymywać informacje
by-mail = E-mailem
calendar = Kalendarz planowanych prac
for-programs = Dla programów
times-in = Godziny w strefie { $zone }.
need-help = Potrzebują Państwo pomocy?
made-with = Utworzono w programie { $product }
to-start = Stan wszystkich usług

long-minutes = { $minutes ->
    [one] 1 min
    [few] { $minutes } min
   *[many] { $minutes } min
}
long-hours = { $hours ->
    [one] 1 godz.
    [few] { $hours } godz.
   *[many] { $hours } godz.
}
long-hours-minutes = { $hours ->
    [one] 1 godz.
    [few] { $hours } godz.
   *[many] { $hours } godz.
} { $minutes ->
    [one] 1 min
    [few] { $minutes } min
   *[many] { $minutes } min
}
long-days = { $days ->
    [one] 1 dzień
    [few] { $days } dni
   *[many] { $days } dni
}
long-days-hours = { $days ->
    [one] 1 dzień
    [few] { $days } dni
   *[many] { $days } dni
} { $hours ->
    [one] 1 godz.
    [few] { $hours } godz.
   *[many] { $hours } godz.
}
