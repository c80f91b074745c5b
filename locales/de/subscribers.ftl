# Letters and pages of whoever subscribed to the status page, or is on a list. Plain words.
stands = { $phase ->
    [investigating] Wir untersuchen es.
    [identified] Wir kennen die Ursache.
    [monitoring] Es ist behoben, und wir beobachten es.
   *[resolved] Es ist vorbei.
}
phase = { $phase ->
    [investigating] In Untersuchung
    [identified] Ursache bekannt
    [monitoring] Behoben, unter Beobachtung
   *[resolved] Behoben
}
fact-stands = Stand
fact-concerns = Betrifft
fact-expected = Voraussichtlich behoben bis
fact-next = Nächste Nachricht bis
fact-from = Von
fact-until = Bis
work-subject = { $word ->
    [announced] Geplante Arbeiten
    [changed] Geplante Arbeiten geändert
    [cancelled] Geplante Arbeiten abgesagt
    [reminder] Bald geplante Arbeiten
    [started] Geplante Arbeiten beginnen
   *[completed] Geplante Arbeiten beendet
}
work-lead = { $word ->
    [announced] Wir planen Arbeiten daran:
    [changed] Die Planung hat sich geändert. Jetzt gilt:
    [cancelled] Das findet nicht statt:
    [reminder] Das beginnt bald:
    [started] Das beginnt jetzt:
   *[completed] Das ist beendet:
}
see-page = Auf der Statusseite öffnen
change-link = Auswählen, wovon Sie hören
end-link = Abbestellen
why-subscriber = Sie erhalten dies, weil { $address } die Statusseite von { $site } abonniert hat.
why-list = Sie erhalten dies, weil { $address } auf einer Liste derer steht, denen { $site } davon berichtet. Der Service Desk nimmt Sie davon herunter.
why-listed = Sie erhalten dies, weil { $address } auf einer Liste derer steht, denen { $site } davon berichtet.
why-asked = Sie erhalten dies, weil jemand { $address } auf der Statusseite von { $site } eingegeben hat.
confirm-subject = Bestätigen Sie Ihr Abonnement von { $site }
confirm-letter = Öffnen Sie diesen Link innerhalb von 48 Stunden und drücken Sie dort die Schaltfläche. Dann erfahren Sie, wenn bei { $site } etwas nicht funktioniert.
confirm-not-you = Wenn Sie das nicht waren, tun Sie nichts: Ohne Bestätigung kommt nichts mehr.
already-subject = Sie haben { $site } bereits abonniert
already-letter = Jemand hat Ihre Adresse noch einmal eingegeben. Nichts hat sich geändert. Hier wählen Sie aus, wovon Sie hören, oder bestellen ab.

## The pages

subscribe-title = Neuigkeiten abonnieren
subscribe-lead = Sie erfahren, wenn bei { $site } etwas nicht funktioniert und wenn Arbeiten geplant sind.
by-mail = Per E-Mail
by-program = Ein Programm, per Webhook
your-address = Ihre E-Mail-Adresse
program-address = Adresse des Programms
program-hint = Sie beginnt mit https://. Das Programm erhält sofort eine Frage und wiederholt deren Kennwort in seiner Antwort.
about-what = Wovon möchten Sie hören?
everything = Von allem
only-these = Nur hiervon:
language-of-letters = Sprache der Nachrichten
subscribe-press = Abonnieren
sent-title = Sehen Sie in Ihr Postfach
sent-words = An die eingegebene Adresse ist eine Nachricht unterwegs. Öffnen Sie den Link darin innerhalb von 48 Stunden.
challenged-title = Das Programm wird jetzt gefragt
challenged-words = Es erhält an der eingegebenen Adresse eine Frage. Sobald es deren Kennwort wiederholt, ist es angemeldet.
confirm-title = Abonnement bestätigen
confirm-words = Nachrichten über { $site } gehen dann an { $address }.
confirm-press = Ja, abonnieren
confirmed-title = Sie haben abonniert
confirmed-words = Jede Nachricht hat einen Link, mit dem Sie abbestellen.
nowhere-title = Dieser Link führt nirgendwohin
nowhere-words = Er wurde vielleicht unterwegs abgeschnitten, seine Zeit ist um, oder das Abonnement ist beendet. Sie können erneut abonnieren.
manage-title = Ihr Abonnement
manage-words = Wovon { $address } hört.
save-press = Speichern
saved = Gespeichert.
end-title = { $site } abbestellen?
end-words = { $address } erhält dann keine Nachrichten mehr.
leave-words = { $address } wird dann von dieser Liste genommen.
end-press = Ja, abbestellen
ended-title = Sie sind abgemeldet
ended-words = Es werden keine Nachrichten mehr gesendet. Was schon unterwegs ist, kann noch ankommen.
left-title = Sie stehen nicht mehr auf dieser Liste
left-words = Über sie kommt nichts mehr. Was schon unterwegs ist, kann noch ankommen.
wrong-address = Das ist keine E-Mail-Adresse. Prüfen Sie sie.
wrong-program = Das ist keine Adresse wie https://hooks.example.org/in.
choose-one = Wählen Sie alles oder mindestens eines.
no-room = Zurzeit ist kein Platz für weitere Abonnements. Die Feeds der Statusseite brauchen keine Adresse.
too-many = Von Ihrem Anschluss aus haben zu viele gefragt. Versuchen Sie es in einer Stunde wieder.
to-page = Zurück zur Statusseite
