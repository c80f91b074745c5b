# Listy. Proste i uprzejme słowa (Państwo), bez wykrzykników.

open-incident = Otwórz zgłoszenie
title-removed = Tytuł usunięto
service-desk = Dział wsparcia
reply-here = Na tę wiadomość można odpowiedzieć; odpowiedź trafi do zgłoszenia.
why-requester = Otrzymują Państwo tę wiadomość, ponieważ { $number } zgłoszono przez Państwa lub w Państwa imieniu.
why-watcher = Otrzymują Państwo tę wiadomość, ponieważ obserwują Państwo { $number }. Na stronie zgłoszenia można przestać je obserwować.
why-person = Otrzymują Państwo tę wiadomość, ponieważ { $number } Państwa dotyczy: { $how ->
    [given] zgłoszenie Państwu przekazano
    [brought] poproszono Państwa o pomoc
    [promised] obietnicę złożono Państwu
    [follows] odpowiadają Państwo za dalsze działania
    [decides] decyzja należy do Państwa lub powinni Państwo o tym wiedzieć
    [role] chodzi o rolę w nim
    [wrote] komunikat napisali Państwo
   *[yours] to Państwa zgłoszenie
}.
why-team = Otrzymują Państwo tę wiadomość, ponieważ { $number } należy do Państwa zespołu.
why-team-named = Otrzymują Państwo tę wiadomość, ponieważ { $number } należy do Państwa zespołu { $team }.
why-rule = Otrzymują Państwo tę wiadomość z powodu reguły „{ $rule }” dla { $number }.
by-rule = Reguła: { $rule }.

fact-incident = Zgłoszenie
fact-title = Tytuł
fact-service = Usługa
fact-priority = Priorytet
fact-requester = Zgłaszający
fact-team = Zespół
fact-due = Termin
fact-expected = Przewidywane przywrócenie najpóźniej
fact-next = Następna informacja najpóźniej
fact-since = Od

received = Otrzymaliśmy Państwa zgłoszenie. Jego numer to { $number }.
told-here = Tą drogą poinformujemy Państwa, co dzieje się dalej.
wrote = { $who } pisze:
added-file = { $who } dodaje plik:
need-answer = Aby kontynuować, potrzebujemy Państwa odpowiedzi.
phase = { $phase ->
    [investigating] Badamy sprawę.
    [identified] Znamy przyczynę.
    [monitoring] Usterka jest usunięta, nadal ją obserwujemy.
   *[resolved] Już po wszystkim.
}
expected-by = Przewidujemy, że wszystko zacznie znów działać najpóźniej { $at }.
expected-unknown = W tej chwili nie możemy powiedzieć, kiedy znów zacznie działać.
later-than-said = Trwa to dłużej, niż zapowiadaliśmy. Przepraszamy, nadal nad tym pracujemy.
promised-by = Obiecujemy, że zacznie znów działać najpóźniej { $at }.
promise-gone = Obiecany termin już nie obowiązuje.
resolved = To powinno znów działać:
check-it = Prosimy to sprawdzić i dać nam znać; nie trzeba się w tym celu logować.
it-works = Znów działa
still-broken = Nadal nie działa
closes-on = Jeśli nie otrzymamy wiadomości, zgłoszenie zostanie zamknięte: { $at }.
closed = { $how ->
    [confirmed] Wszystko znów działa, a zgłoszenie jest zamknięte. Dziękujemy za informację.
    [silence] Nie otrzymaliśmy więcej wiadomości, dlatego zgłoszenie jest zamknięte.
    [no_answer] Zadaliśmy pytanie i nie otrzymaliśmy odpowiedzi, dlatego zgłoszenie jest zamknięte. Jeśli nadal coś nie działa, prosimy o wiadomość.
   *[other] Zgłoszenie jest zamknięte.
}
withdrawn = Zgłoszenie wycofano; nikt nad nim nie pracuje.
taken-up-again = Wróciliśmy do pracy nad zgłoszeniem.
together = Inni zgłosili to samo i zajmujemy się tym wspólnie. Tą drogą poinformujemy Państwa, co dzieje się dalej.
also-yours = { $count ->
    [one] To samo dotyczy jeszcze jednego Państwa zgłoszenia.
    [few] To samo dotyczy jeszcze { $count } Państwa zgłoszeń.
   *[many] To samo dotyczy jeszcze { $count } Państwa zgłoszeń.
}
follower-still-broken = Nadal nie działa:
follower-taken-up-again = Zgłoszenie otwarto ponownie.
reminder = Zadaliśmy Państwu pytanie i nadal potrzebujemy odpowiedzi, aby pracować dalej.
how-content = Zgłoszenie jest zamknięte. Na ile są Państwo zadowoleni z jego przebiegu?
press-one = Prosimy wybrać jedną odpowiedź; logowanie nie jest potrzebne. Nic nie zostanie wysłane przed potwierdzeniem.
score-one = 1, wcale
score-two = 2, raczej nie
score-three = 3, ani tak, ani nie
score-four = 4, raczej tak
score-five = 5, bardzo

new-for-team = Państwa zespół ma nowe zgłoszenie.
given-to-team = { $who } przekazuje to zgłoszenie Państwa zespołowi.
given-to-you = { $who } przekazuje Państwu to zgłoszenie.
says-still-broken = { $who } informuje, że nadal nie działa:
took-up-again = { $who } otwiera zgłoszenie ponownie.
brought-in = { $who } prosi Państwa o pomoc:
clock-warned = Wykorzystano { $share } % czasu { $clock ->
    [acknowledge] na przyjęcie
    [response] na odpowiedź
    [update] do następnej informacji
    [team] Państwa zespołu
    [vendor] dostawcy
   *[resolution] na rozwiązanie
}. Termin: { $at }.
clock-breached = Czas { $clock ->
    [acknowledge] na przyjęcie
    [response] na odpowiedź
    [update] do następnej informacji
    [team] Państwa zespołu
    [vendor] dostawcy
   *[resolution] na rozwiązanie
} minął: { $at }.
you-were-promised = Obiecano Państwu, że sprawa zakończy się najpóźniej { $at }.
you-were-promised-instead = Obiecano Państwu, że sprawa zakończy się najpóźniej { $before }. Teraz obowiązuje: { $at }.
you-are-promised-no-more = Zakończenie sprawy najpóźniej { $before } nie jest już obiecane.
promise-to-you-broken = Obiecano Państwu, że sprawa zakończy się najpóźniej { $at }, a tak się nie stało.
promise-to-somebody-broken = Obiecano komuś, że sprawa zakończy się najpóźniej { $at }, a tak się nie stało.
expectation-nears = Zapowiedziano, że będzie działać najpóźniej { $at }, a ten czas się zbliża. Proszę napisać, jak wygląda sytuacja, zanim minie.
breach-explained = { $who } wyjaśnia, dlaczego nie dotrzymano terminu, a Państwo odpowiadają za dalsze działania:
new-incident = Wpłynęło nowe zgłoszenie.
was-assigned = { $who } przekazuje to komuś.
was-escalated = { $who } prosi innych o pomoc:
priority-now = Priorytet to teraz { $priority }.
declared-major = { $who } uznaje to za poważną awarię.
proposes-major = { $who } proponuje uznać to za poważną awarię.
offers-role = { $who } proponuje Państwu rolę: { $role ->
    [commander] kierowanie akcją
    [fix_lead] kierowanie naprawą
    [communications] komunikacja
   *[scribe] protokół
}. Aby ją przyjąć lub odrzucić, prosimy otworzyć zgłoszenie.
gave-role = { $who } powierza Państwu rolę: { $role ->
    [commander] kierowanie akcją
    [fix_lead] kierowanie naprawą
    [communications] komunikacja
   *[scribe] protokół
}.
declined-role = { $who } nie przyjmuje zaproponowanej roli: { $role ->
    [commander] kierowanie akcją
    [fix_lead] kierowanie naprawą
    [communications] komunikacja
   *[scribe] protokół
}.
update-waits = { $who } ma komunikat, który czeka na zatwierdzenie:
update-rejected = { $who } nie zatwierdza komunikatu, który Państwo napisali:
was-closed = Zgłoszenie jest zamknięte.
rated-low = { $who } ocenia to na { $score } z 5.
kept-inside = W Państwa imieniu przyszła odpowiedź e-mailem i nic nie potwierdza, że jest od Państwa. Zachowano ją jako notatkę wewnętrzną: osoba zgłaszająca jej nie otrzymała.
kept-inside-fix = Aby odpowiadać e-mailem, prosimy pisać z adresu swojego konta przez serwer poczty jego domeny. Ten serwer musi podpisywać wiadomości (DKIM) lub być wskazany dla domeny (SPF), jak wymaga jej wpis DMARC; może o to zadbać osoba, która go prowadzi. Aby odpowiedzieć teraz, prosimy otworzyć zgłoszenie. Jeśli nic Państwo nie pisali, prosimy powiadomić administratora.
paged = Wezwanie: { $title }
paged-open = Prosimy otworzyć odnośnik, aby przyjąć, przekazać dalej lub odmówić.
paged-answer = Można też odpowiedzieć na tę wiadomość jednym słowem: ack (przyjąć), escalate (przekazać dalej) lub cannot (odmówić).
paged-sign-in = Prosimy się zalogować, aby przyjąć; inaczej wezwanie zostanie przekazane dalej.
paged-link = Przyjąć, przekazać dalej lub odmówić
paged-why = Otrzymują Państwo tę wiadomość, ponieważ mają Państwo dyżur lub zostali Państwo wskazani do wezwania.
paged-silent = Następna informacja się spóźnia. Termin minął { $at }; prosimy podać, jak wygląda sytuacja.
paged-learns = To dyżur szkoleniowy: osoba dyżurująca też otrzymuje wezwanie.

trial-subject = Evenkeel: serwer poczty działa
trial = { $name }, tę wiadomość program Evenkeel wysłał ({ $at }), aby wypróbować serwer poczty. Działa.
trial-link = Otwórz ustawienia poczty
trial-why = Otrzymują Państwo tę wiadomość, ponieważ o nią poproszono.

## On the screen of a device

push-news = Nowe informacje o { $number }
push-trial-title = Działa
push-trial = Evenkeel może pokazywać nowe informacje w tej przeglądarce.

## Several entries in one letter

things-happened = { $count ->
    [one] Wydarzyła się jedna rzecz:
    [few] Wydarzyły się { $count } rzeczy, w tej kolejności:
   *[many] Wydarzyło się { $count } rzeczy, w tej kolejności:
}
digest-subject = { $count ->
    [one] Jedna nowość w obserwowanych zgłoszeniach
    [few] { $count } nowości w obserwowanych zgłoszeniach
   *[many] { $count } nowości w obserwowanych zgłoszeniach
}
digest-opening = Oto nowości w obserwowanych zgłoszeniach:
digest-why = Otrzymują Państwo tę wiadomość, ponieważ obserwują Państwo te zgłoszenia i wybrali na swoim koncie jedną wiadomość z nowościami.
crowd-subject = { $count ->
    [one] Jedna nowość w Państwa zgłoszeniach
    [few] { $count } nowości w Państwa zgłoszeniach
   *[many] { $count } nowości w Państwa zgłoszeniach
}
crowd-opening = Wydarzyło się tak wiele naraz, że opisuje to jedna wiadomość:
crowd-why = Otrzymują Państwo tę wiadomość, ponieważ te zgłoszenia Państwa dotyczą: zgłosili je Państwo, obserwują lub obsługują.
stop-following = Przestań obserwować
