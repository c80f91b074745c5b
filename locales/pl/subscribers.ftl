# Letters and pages of whoever subscribed to the status page, or is on a list. Plain words.
stands = { $phase ->
    [investigating] Badamy sprawę.
    [identified] Znamy przyczynę.
    [monitoring] Usterka jest usunięta, nadal ją obserwujemy.
   *[resolved] Już po wszystkim.
}
phase = { $phase ->
    [investigating] Badanie
    [identified] Przyczyna znana
    [monitoring] Naprawione, pod obserwacją
   *[resolved] Zakończone
}
fact-stands = Stan
fact-concerns = Dotyczy
fact-expected = Przewidywany powrót do
fact-next = Następna wiadomość do
fact-from = Od
fact-until = Do
work-subject = { $word ->
    [announced] Planowane prace
    [changed] Zmiana planowanych prac
    [cancelled] Planowane prace odwołane
    [reminder] Wkrótce planowane prace
    [started] Rozpoczęcie planowanych prac
   *[completed] Koniec planowanych prac
}
work-lead = { $word ->
    [announced] Planujemy następujące prace:
    [changed] Plany się zmieniły. Teraz obowiązuje:
    [cancelled] To się nie odbędzie:
    [reminder] To wkrótce się zacznie:
    [started] To zaczyna się teraz:
   *[completed] To się zakończyło:
}
see-page = Otwórz na stronie statusu
change-link = Wybierz, o czym chcą Państwo wiedzieć
end-link = Wypisz się
why-subscriber = Otrzymują to Państwo, ponieważ adres { $address } subskrybuje stronę statusu { $site }.
why-list = Otrzymują to Państwo, ponieważ adres { $address } jest na liście osób, które { $site } o tym informuje. Dział obsługi usunie Państwa z niej.
why-listed = Otrzymują to Państwo, ponieważ adres { $address } jest na liście osób, które { $site } o tym informuje.
why-asked = Otrzymują to Państwo, ponieważ ktoś wpisał adres { $address } na stronie statusu { $site }.
confirm-subject = Potwierdź subskrypcję { $site }
confirm-letter = Proszę otworzyć ten link w ciągu 48 godzin i nacisnąć przycisk. Wtedy dowiedzą się Państwo, gdy w { $site } coś nie działa.
confirm-not-you = Jeśli to nie Państwo, proszę nic nie robić: bez potwierdzenia nic więcej nie wyślemy.
already-subject = Już subskrybują Państwo { $site }
already-letter = Ktoś ponownie wpisał Państwa adres. Nic się nie zmieniło. Tutaj można wybrać, o czym chcą Państwo wiedzieć, albo się wypisać.

## The pages

subscribe-title = Subskrybuj wiadomości
subscribe-lead = Dowiedzą się Państwo, gdy w { $site } coś nie działa i gdy planowane są prace.
by-mail = E-mailem
by-program = Program, przez webhook
your-address = Państwa adres e-mail
program-address = Adres programu
program-hint = Zaczyna się od https://. Program od razu dostaje wyzwanie i powtarza je w odpowiedzi.
about-what = O czym chcą Państwo wiedzieć?
everything = O wszystkim
only-these = Tylko o tym:
language-of-letters = Język wiadomości
subscribe-press = Subskrybuj
sent-title = Proszę sprawdzić skrzynkę
sent-words = Na podany adres wysłaliśmy wiadomość. Proszę otworzyć link w ciągu 48 godzin.
challenged-title = Pytamy teraz program
challenged-words = Pod podanym adresem dostaje wyzwanie. Gdy je powtórzy, będzie zapisany.
confirm-title = Potwierdzenie subskrypcji
confirm-words = Wiadomości o { $site } będą wtedy wysyłane na { $address }.
confirm-press = Tak, subskrybuj
confirmed-title = Subskrypcja jest aktywna
confirmed-words = W każdej wiadomości jest link do wypisania się.
nowhere-title = Ten link donikąd nie prowadzi
nowhere-words = Mógł zostać obcięty, jego czas minął albo subskrypcja się zakończyła. Można subskrybować ponownie.
manage-title = Państwa subskrypcja
manage-words = O czym dowiaduje się { $address }.
save-press = Zapisz
saved = Zapisano.
end-title = Wypisać się z { $site }?
end-words = { $address } nie będzie już otrzymywać wiadomości.
leave-words = Adres { $address } zostanie wtedy usunięty z tej listy.
end-press = Tak, wypisz
ended-title = Brak subskrypcji
ended-words = Nie wysyłamy już wiadomości. To, co jest w drodze, może jeszcze dotrzeć.
left-title = Nie ma już Państwa na tej liście
left-words = Nic więcej z niej nie wyślemy. To, co jest w drodze, może jeszcze dotrzeć.
wrong-address = To nie jest adres e-mail. Proszę go sprawdzić.
wrong-program = To nie jest adres taki jak https://hooks.example.org/in.
choose-one = Proszę wybrać wszystko albo przynajmniej jedno.
no-room = Obecnie nie ma miejsca na kolejne subskrypcje. Kanały strony statusu nie wymagają adresu.
too-many = Zbyt wiele próśb z Państwa sieci. Proszę spróbować za godzinę.
to-page = Powrót do strony statusu
