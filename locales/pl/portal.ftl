# Proste i uprzejme słowa (Państwo).

what-is-not-working = Co nie działa?
report = Zgłoś
go-on = Dalej
ask-hint = Wystarczy kilka słów. Podczas pisania szukamy znanych problemów.
suggestions = Podpowiedzi
your-open-incidents = Państwa otwarte zgłoszenia
all-your-incidents = Wszystkie Państwa zgłoszenia
your-closed-incidents = Państwa zamknięte zgłoszenia
of-your-company = Otwarte zgłoszenia Państwa firmy
you-follow = Zgłoszenia, które Państwo obserwują
short-all = Wszystkie
short-open = Otwarte
short-over = Zamknięte
short-company = Państwa firma
short-followed = Obserwowane
all-of-them = Wszystkie: { $count ->
    [one] { $count }
    [few] { $count }
   *[many] { $count }
}
nothing-open = Nie mają Państwo otwartych zgłoszeń.
words-or-number = Słowa lub numer
find = Szukaj
nothing-here = Nic tu nie ma
nothing-in-list = Na tej liście nie ma żadnego zgłoszenia.
report-something = Zgłoś coś
pages = Strony
older = Starsze
start = Start
incidents = Zgłoszenia
which-incidents = Które zgłoszenia
reported-at = Zgłoszono: <time>{ $at }</time>
reported-by-at = { $who }, zgłoszono: <time>{ $at }</time>
services = Usługi
status-page = Strona stanu usług
working = działa
limited = ograniczona
not-working = nie działa
all-services = { $count ->
    [one] 1 usługa
    [few] Wszystkie { $count } usługi
   *[many] Wszystkie { $count } usług
}
other-services = { $count ->
    [one] 1 inna
    [few] { $count } inne
   *[many] { $count } innych
}

rather-talk = <b>Wolą Państwo rozmowę?</b> Telefon: <a>{ $phone }</a>.
rather-talk-about = <b>Wolą Państwo rozmowę?</b> Telefon: <a>{ $phone }</a>; numer zgłoszenia: { $number }.
times-in = Godziny podano w strefie { $zone }, { $whose ->
    [own] czyli Państwa strefie czasowej
   *[other] czyli tutejszej strefie czasowej
}.

received = Otrzymane
being-worked-on = W toku
to-be-checked = Naprawione, prosimy sprawdzić
closed = Zamknięte
withdrawn = Wycofane
fixed = Naprawione
reported = Zgłoszone
last-change = Ostatnia zmiana
waiting = { $reason ->
    [requester] Czeka na Państwa
    [vendor] Czeka na dostawcę
    [change] Czeka na zaplanowaną zmianę
    [problem] Czeka na trwałe rozwiązanie
    [scheduled] Czeka na uzgodniony termin
   *[other] Czeka
}
expected-back = Przewidywane przywrócenie
was-expected-back = Przywrócenie przewidywano
likely-back = Prawdopodobne przywrócenie
by-time = najpóźniej { $at }
takes-longer = Trwa to dłużej.

your-incidents = Państwa zgłoszenia
what-happened = Co się działo
progress = Postęp
when-you-confirm = po Państwa potwierdzeniu
from-team = { $who } ({ $team })
we-wait = <b>Czekamy na Państwa odpowiedź.</b> Po jej otrzymaniu wrócimy do pracy.
answer = Odpowiedz
longer-than-said = <b>Trwa to dłużej, niż zapowiadaliśmy.</b> Nadal nad tym pracujemy i tutaj o tym informujemy.
longer-than-promised = <b>Trwa to dłużej, niż zapowiadaliśmy.</b> Obiecany termin: najpóźniej { $at }. Nadal nad tym pracujemy i tutaj o tym informujemy.
we-promised = Obiecaliśmy, że znów będzie działać <b>najpóźniej { $at }</b>
together = Inni mają ten sam problem. Pracujemy nad nim dla wszystkich naraz i tutaj o tym informujemy.
desk-has-it = Państwa zgłoszenie jest w dziale wsparcia. Tutaj informujemy o dalszym przebiegu.
is-it-working = Czy teraz działa?
it-works = Znów działa
still-broken = Nadal nie działa
what-is-still-broken = Co nadal nie działa?
send-and-reopen = Wyślij i otwórz ponownie
reopens = „Nadal nie działa” otwiera zgłoszenie od razu, bez nowego formularza.
reopens-with = „Nadal nie działa” otwiera zgłoszenie od razu ({ $who }), bez nowego formularza.
closes-by-itself = Bez wiadomości zamkniemy zgłoszenie ({ $at }); potem jeszcze przez { $days ->
    [one] 1 dzień
    [few] { $days } dni
   *[many] { $days } dni
} można zgłosić, że problem wrócił.
follow-up-until = Powstanie nowe zgłoszenie, nawiązujące do tego. Jest to możliwe najpóźniej { $until }.
broke-again-label = Problem wrócił? Prosimy napisać, co się teraz dzieje
broke-again = Problem wrócił
not-working-label = Nadal nie działa? Prosimy napisać, co się teraz dzieje
report-again = Zgłoś ponownie
add-something = Dodaj coś
send = Wyślij
message-reopens = Wiadomość otwiera zgłoszenie ponownie. Jeśli działa, prosimy nacisnąć powyżej „Znów działa”.
your-answer = Państwa odpowiedź
send-answer = Wyślij odpowiedź
over-report-anew = To zgłoszenie jest zakończone. <a>Prosimy zgłosić ponownie</a>, jeśli problem wróci.
only-they-write = Tutaj piszą tylko { $who } i dział wsparcia.
page-for-agents = Otwórz stronę działu wsparcia
follow = Obserwuj
stop-following = Przestań obserwować
reported-in-error = Zgłoszono przez pomyłkę
why-not-needed = Dlaczego nie jest już potrzebne?
withdraw = Wycofaj

you = Państwo
update = Informacja
by-who = od: { $who }
for-who = dla: { $who }
words-removed = Ten tekst usunięto.
next-update = Następna informacja
spoken = { $kind ->
    [report] Zgłoszenie: { $who }
    [said] Wiadomość: { $who }
    [update] Informacja: { $who }
    [fixed] Naprawione: { $who }
    [broken] Nadal nie działa: { $who }
   *[withdrawn] Wycofane: { $who }
}, { $at }
line-reported = Zgłoszenie{ $how ->
    [phone] {" "}telefoniczne
    [email] {" "}mailowe
    [chat] {" "}na czacie
    [in_person] {" "}osobiste
   *[other] {""}
}: <b>{ $speaker ->
    [you] Państwo
   *[other] { $who }
}</b>
line-taken = <b>{ $who }</b> zajmuje się tym
line-given = <b>{ $who }</b> pracuje nad tym
line-given-from = <b>{ $who }</b> ({ $team }) pracuje nad tym
line-given-team = Przekazano: <b>{ $team }</b>
another-team = inny zespół
until = { $what }, najpóźniej { $at }
line-goes-on = Praca trwa dalej
line-reopened = Otwarto ponownie
line-stays-fixed = Jednak uznano za naprawione
line-expected-gone = Nie ma już przewidywanego terminu
line-promised = Obiecane przywrócenie <b>najpóźniej { $at }</b>
line-promised-now = Nowy obiecany termin: <b>najpóźniej { $at }</b>
line-promise-gone = Nie ma już obiecanego terminu
line-later = <b>Później, niż zapowiadano</b>: obiecano najpóźniej { $at }
line-effects-over = Skutki ustąpiły; przyczyny nadal szukamy
line-back = Usługa znów działa
line-works = <b>{ $speaker ->
    [you] Państwo
   *[other] { $who }
}</b>: znów działa
line-noted-works = <b>{ $who }</b> odnotowuje, że znów działa
line-closed = { $how ->
    [confirmed] Zamknięto
    [silence] Zamknięto, ponieważ nikt nie zgłosił, że nadal nie działa
   *[other] Zamknięto przez dział wsparcia
}
line-joined = Rozpatrywane razem z innym zgłoszeniem tego samego problemu
line-parted = Znów rozpatrywane osobno
line-renamed = Tytuł to teraz „{ $title }”
line-title-changed = Zmieniono tytuł
line-added = Nowy plik (<b>{ $speaker ->
    [you] Państwo
   *[other] { $who }
}</b>):
removed-file = usunięty plik

heard = { $what ->
    [wrote] { $who } pisze
    [file] { $who } dodaje plik
    [update] { $who } podaje informację
    [resolved] naprawione, prosimy sprawdzić
    [work] w toku
   *[closed] zamknięte
}

tell-us = Prosimy opisać, co nie działa
we-already-know = Już o tym wiemy: { $title }
known-problems = Znane problemy
have-this-too = Mam to samo
said-at = Opublikowano: <time>{ $at }</time>
you-have-this-too = Państwa też to dotyczy: { $title }
joins-the-others = Państwa zgłoszenie dołącza do pozostałych. Nikt nie widzi cudzych słów ani Państwa słów.
report-it = Zgłoś
what-happens = Co się dzieje?
what-happens-hint = Od kiedy, gdzie i co widać. Można zostawić puste, jeśli wiersz powyżej mówi wszystko.
which-service = Jakiej usługi to dotyczy?
which-service-hint = W razie wątpliwości można nie wybierać.
not-sure = Trudno powiedzieć
how-many = Ilu osób to dotyczy?
how-many-hint = W przybliżeniu. Można zostawić puste, jeśli dotyczy to tylko Państwa.
way-around = Czy można sobie poradzić inaczej?
way-around-no = Nie, moja praca stoi
way-around-partly = Częściowo, kosztuje mnie to czas
way-around-yes = Tak, na razie obejdę się bez tego
is-it-one-of-these = Czy to jedno z tych?
something-else = Coś innego
add-file = Dodaj zdjęcie lub plik
you-reported = Już zgłoszone
you-reported-as = Zgłoszone przez Państwa jako { $number }: { $standing }
answers-that-may-help = Odpowiedzi, które mogą pomóc
helped-share = Pomogło { $percent } % osób, które spróbowały
report-this = Zgłoś „{ $title }”
none-of-these = Żadne z tych, zgłoś „{ $title }”
about-a-minute = zajmie około minuty
it-is-worked-on = Trwają nad tym prace

changed-meanwhile = W międzyczasie coś się zmieniło. Prosimy sprawdzić obecny stan; wpisany tekst został zachowany.
write-something = Prosimy coś napisać lub dodać plik.
write-what-is-broken = Prosimy napisać, co nadal nie działa.
write-why = Prosimy w kilku słowach napisać dlaczego.
title-needed = Prosimy w kilku słowach napisać, co nie działa
too-long = Tekst ma więcej niż { $count } znaków
file-not-taken = Pliki nie zostały przyjęte: najwyżej { $count } naraz, każdy do { $size }, żaden pusty
choose-an-answer = Prosimy wybrać jedną z odpowiedzi
unknown-service = Ta usługa już nie istnieje
write-a-number = Prosimy wpisać liczbę, na przykład 12, lub zostawić puste
not-accepted = Nie można tego przyjąć. Prosimy sprawdzić wpisane dane; zostały zachowane.
