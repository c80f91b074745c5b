# Schlichte, höfliche Worte (Sie).
language-label = Sprache
skip = Zum Inhalt springen
account = Konto
your-account = Ihr Konto
queue = Warteschlange
switch-theme = Zwischen hellem und dunklem Aussehen wechseln
sign-out = Abmelden
things-to-fix = { $count ->
    [one] Eine Angabe ist zu berichtigen
   *[other] { $count } Angaben sind zu berichtigen
}
errors = Fehler

sign-in = Anmelden
sign-in-to = Bei { $name } anmelden
email = E-Mail
password = Passwort
does-not-match = Das passt nicht zusammen. Prüfen Sie die Feststelltaste.
no-password = Kein Passwort, oder vergessen? Die Administration gibt Ihnen ein neues.
not-signed-in = <b>Sie sind nicht angemeldet.</b> Prüfen Sie die E-Mail-Adresse und das <a>Passwort</a>. Nichts ist gesperrt.
wait-seconds = <b>Sie sind nicht angemeldet.</b> Es waren zu viele Versuche. Warten Sie { $count ->
    [one] 1 Sekunde
   *[other] { $count } Sekunden
}, und versuchen Sie es dann noch einmal. Nichts ist gesperrt.
wait-minutes = <b>Sie sind nicht angemeldet.</b> Es waren zu viele Versuche. Warten Sie { $count ->
    [one] 1 Minute
   *[other] { $count } Minuten
}, und versuchen Sie es dann noch einmal. Nichts ist gesperrt.
first-run = Noch kann sich niemand anmelden
first-run-title = Erster Start
first-run-words = Diese Instanz hat keine Administratoren. Rufen Sie auf dem Rechner, auf dem sie läuft, mit denselben Daten auf:
first-run-then = Es fragt nach einem Passwort. Laden Sie danach diese Seite neu.
load-again = Neu laden

start-page = Zur Startseite
error-title = { $kind ->
    [forbidden] Das ist Ihnen nicht erlaubt
    [missing] Hier ist nichts
    [changed] Es hat sich inzwischen geändert
    [large] Das ist zu groß
    [throttled] Zu viele Versuche
    [busy] Der Server ist beschäftigt
    [failed] Hier ist etwas schiefgegangen
   *[other] Das hat nicht funktioniert
}
error-words = { $kind ->
    [forbidden] Ihr Konto darf das nicht. Fragen Sie die Administration, wenn Sie es brauchen.
    [missing] Unter dieser Adresse ist nichts, oder Sie dürfen es nicht sehen. Prüfen Sie die Adresse, oder suchen Sie danach.
    [changed] Jemand hat es im selben Augenblick geändert. Sehen Sie nach, wie es jetzt steht, und versuchen Sie es noch einmal.
    [large] Was gesendet wurde, ist größer, als dieses Formular annimmt. Dateien dürfen je 25 MB haben.
    [throttled] Warten Sie etwas, und versuchen Sie es noch einmal. Nichts ist gesperrt.
    [busy] Nichts Gespeichertes ist verloren. Versuchen Sie es in ein paar Sekunden noch einmal.
    [method] Diese Adresse nimmt nicht an, was gesendet wurde. Gehen Sie zurück, und versuchen Sie es von der Seite aus.
    [failed] Es steht im Protokoll. Gespeichertes ist sicher. Versuchen Sie es noch einmal, und sagen Sie der Administration Bescheid, wenn es so bleibt.
   *[other] Die Anfrage war nicht zu verstehen. Gehen Sie zurück, und versuchen Sie es noch einmal.
}
