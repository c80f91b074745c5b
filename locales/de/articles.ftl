# Höflich und schlicht (Sie).

answers = Antworten
all-answers = Alle Antworten
what-about = Worum geht es?
which-service = Welcher Dienst
every-service = Alle Dienste
search = Suchen
no-answer = Keine Antwort gefunden
no-answer-words = Versuchen Sie es mit anderen Wörtern, oder melden Sie, was nicht funktioniert.
no-answers-yet = Noch keine Antworten
no-answers-yet-words = Wenn Sie selbst etwas tun können, steht es hier.
helped = { $asked ->
    [one] half { $helped } von { $asked } Person
   *[other] half { $helped } von { $asked } Personen
}
updated-at = Geändert <time>{ $at }</time>
in-language = Dieser Text ist auf { $code ->
    [de] Deutsch
    [es] Spanisch
    [fr] Französisch
    [pl] Polnisch
    [pt] Portugiesisch
   *[en] Englisch
}.
did-it-help = Hat das geholfen?
solved-it = Ja, es ist gelöst
did-not = Nein, ich melde es
counted = Gut. Das zählt, damit andere es eher finden.
more = Weitere
