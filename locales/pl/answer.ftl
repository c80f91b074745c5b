# Proste i uprzejme słowa (Państwo).
open-in-portal = Otwórz w portalu
still-broken-question = Nadal nie działa?
takes-it-up = Zgłoszenie zostanie od razu otwarte ponownie, bez nowego formularza.
write-what-is-broken = Prosimy w kilku słowach napisać, co nadal nie działa.
stands = { $how ->
    [closed] Zgłoszenie jest zamknięte. Dziękujemy, nic więcej nie trzeba robić.
    [withdrawn] Zgłoszenie wycofano. Nic więcej nie trzeba robić.
    [fixed_anew] Od czasu tego listu zgłoszenie otwarto ponownie i znów rozwiązano. Właściwy link jest w najnowszym liście.
   *[work] Znów trwają nad tym prace. Poinformujemy Państwa o dalszym przebiegu.
}
nowhere = Ten link donikąd nie prowadzi
nowhere-words = Być może został po drodze ucięty albo zgłoszenie nie należy już do Państwa. Prosimy otworzyć cały link z listu lub zajrzeć do portalu.
too-old = Ten link jest za stary
too-old-words = Jego czas minął. W portalu widać stan zgłoszenia i można zgłosić, że problem wrócił.
open-portal = Otwórz portal
not-accepted = Nie można tego przyjąć. Prosimy sprawdzić wpisane dane.
rate-question = Na ile są Państwo zadowoleni z przebiegu?
words-if-you-like = W kilku słowach, jeśli mają Państwo ochotę
send-rating = Wyślij
you-rated = Dziękujemy. Ocena to { $score } z 5.
change-until = Można to zmienić do: { $at }.
unfollow-question = Przestać obserwować { $number }?
unfollow-words = Nie będą Państwo otrzymywać wiadomości na ten temat. O własnych zgłoszeniach nadal informujemy.
unfollow-press = Przestań obserwować
unfollowed = Nie obserwują już Państwo tego zgłoszenia.
unfollow-choose = Wybierz na swoim koncie, o czym jeszcze informować
unfollow-nowhere = Być może został ucięty po drodze. Prosimy otworzyć cały odnośnik z wiadomości albo przestać obserwować na stronie zgłoszenia.
unfollow-too-old = Jego czas minął. Można przestać obserwować na stronie zgłoszenia.
unfollow-all-question = Bez wiadomości z zebranymi nowościami?
unfollow-all-words = Nowości w obserwowanych zgłoszeniach będą wtedy tylko w skrzynce odbiorczej tutaj. Można to zmienić na swoim koncie.
unfollow-all-press = Bez takich wiadomości
unfollowed-all = Nie będą już Państwo otrzymywać wiadomości z zebranymi nowościami. Są w skrzynce odbiorczej tutaj.
