# Proste i uprzejme słowa.

answers = Odpowiedzi
all-answers = Wszystkie odpowiedzi
what-about = Czego to dotyczy?
which-service = Która usługa
every-service = Wszystkie usługi
search = Szukaj
no-answer = Nie znaleziono odpowiedzi
no-answer-words = Proszę spróbować innych słów albo zgłosić, co nie działa.
no-answers-yet = Nie ma jeszcze odpowiedzi
no-answers-yet-words = To, co można zrobić samodzielnie, pojawi się tutaj.
helped = { $asked ->
    [one] pomogło { $helped } z { $asked } osoby
    [few] pomogło { $helped } z { $asked } osób
   *[many] pomogło { $helped } z { $asked } osób
}
updated-at = Zmieniono <time>{ $at }</time>
in-language = Ten tekst jest po { $code ->
    [de] niemiecku
    [es] hiszpańsku
    [fr] francusku
    [pl] polsku
    [pt] portugalsku
   *[en] angielsku
}.
did-it-help = Czy to pomogło?
solved-it = Tak, rozwiązane
did-not = Nie, chcę to zgłosić
counted = Dobrze. To się liczy, aby inni szybciej to znaleźli.
more = Więcej
