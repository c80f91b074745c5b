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
