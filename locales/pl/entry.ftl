# Proste i uprzejme słowa (Państwo).
language-label = Język
skip = Przejdź do treści
account = Konto
your-account = Państwa konto
queue = Kolejka
switch-theme = Przełącz motyw jasny i ciemny
sign-out = Wyloguj
things-to-fix = { $count ->
    [one] Jedna rzecz do poprawienia
    [few] { $count } rzeczy do poprawienia
   *[many] { $count } rzeczy do poprawienia
}
errors = Błędy

sign-in = Zaloguj
sign-in-to = Logowanie: { $name }
email = E-mail
password = Hasło
does-not-match = Dane się nie zgadzają. Prosimy sprawdzić klawisz Caps Lock.
no-password = Brak hasła lub zapomniane? Nowe nadaje administrator.
not-signed-in = <b>Nie zalogowano.</b> Prosimy sprawdzić adres e-mail i <a>hasło</a>. Nic nie jest zablokowane.
wait-seconds = <b>Nie zalogowano.</b> Było zbyt wiele prób. Prosimy odczekać { $count ->
    [one] 1 sekundę
    [few] { $count } sekundy
   *[many] { $count } sekund
} i spróbować ponownie. Nic nie jest zablokowane.
wait-minutes = <b>Nie zalogowano.</b> Było zbyt wiele prób. Prosimy odczekać { $count ->
    [one] 1 minutę
    [few] { $count } minuty
   *[many] { $count } minut
} i spróbować ponownie. Nic nie jest zablokowane.
first-run = Nikt nie może się jeszcze zalogować
first-run-title = Pierwsze uruchomienie
first-run-words = Ta instancja nie ma administratora. Na komputerze, na którym działa, z tymi samymi danymi, należy uruchomić:
first-run-then = Program zapyta o hasło. Potem prosimy odświeżyć tę stronę.
load-again = Odśwież

start-page = Przejdź na stronę główną
error-title = { $kind ->
    [forbidden] Brak uprawnień
    [missing] Nic tu nie ma
    [changed] W międzyczasie coś się zmieniło
    [large] To za duże
    [throttled] Zbyt wiele prób
    [busy] Serwer jest zajęty
    [failed] Coś się tu nie powiodło
   *[other] To się nie udało
}
error-words = { $kind ->
    [forbidden] To konto nie ma takich uprawnień. W razie potrzeby prosimy zwrócić się do administratora.
    [missing] Pod tym adresem nic nie ma lub brak do niego dostępu. Prosimy sprawdzić adres albo skorzystać z wyszukiwania.
    [changed] Ktoś zmienił to w tej samej chwili. Prosimy sprawdzić obecny stan i spróbować ponownie.
    [large] Wysłane dane są większe, niż przyjmuje ten formularz. Każdy plik może mieć 25 MB.
    [throttled] Prosimy chwilę odczekać i spróbować ponownie. Nic nie jest zablokowane.
    [busy] Nic, co zapisano, nie zginęło. Prosimy spróbować ponownie za kilka sekund.
    [method] Ten adres nie przyjmuje wysłanych danych. Prosimy wrócić i spróbować ze strony.
    [failed] Zapisano to w dzienniku. Zapisane dane są bezpieczne. Prosimy spróbować ponownie, a jeśli problem nie ustąpi, zawiadomić administratora.
   *[other] Nie udało się zrozumieć żądania. Prosimy wrócić i spróbować ponownie.
}
