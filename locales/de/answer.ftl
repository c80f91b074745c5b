# Schlichte, höfliche Worte (Sie).
open-in-portal = Im Portal öffnen
still-broken-question = Immer noch gestört?
takes-it-up = Damit wird der Vorgang sofort wieder aufgenommen, ganz ohne neues Formular.
write-what-is-broken = Schreiben Sie in ein paar Worten, was immer noch nicht funktioniert.
stands = { $how ->
    [closed] Der Vorgang ist geschlossen. Danke, es ist nichts mehr zu tun.
    [withdrawn] Die Meldung wurde zurückgezogen. Es ist nichts mehr zu tun.
    [fixed_anew] Seit diesem Brief wurde der Vorgang wieder aufgenommen und neu behoben. Der Link dafür steht im neuesten Brief.
   *[work] Es wird wieder daran gearbeitet. Sie erfahren, wie es weitergeht.
}
nowhere = Dieser Link führt nirgendwohin
nowhere-words = Vielleicht wurde er unterwegs gekürzt, oder der Vorgang ist nicht mehr Ihrer. Öffnen Sie den ganzen Link aus dem Brief, oder sehen Sie im Portal nach.
too-old = Dieser Link ist zu alt
too-old-words = Seine Zeit ist abgelaufen. Im Portal sehen Sie, wie der Vorgang steht, und können sagen, dass es wieder gestört ist.
open-portal = Portal öffnen
not-accepted = Das konnte nicht angenommen werden. Prüfen Sie Ihre Angaben.
rate-question = Wie zufrieden sind Sie mit dem Verlauf?
words-if-you-like = In wenigen Worten, wenn Sie mögen
send-rating = Senden
you-rated = Danke. Sie haben { $score } von 5 gegeben.
change-until = Bis { $at } können Sie das ändern.
unfollow-question = { $number } nicht mehr folgen?
unfollow-words = Sie erhalten dazu keine Nachrichten mehr. Über Ihre eigenen Meldungen hören Sie weiterhin von uns.
unfollow-press = Nicht mehr folgen
unfollowed = Sie folgen diesem Vorgang nicht mehr.
unfollow-choose = Im Konto wählen, worüber Sie sonst Nachrichten erhalten
unfollow-nowhere = Vielleicht wurde er unterwegs abgeschnitten. Öffnen Sie den ganzen Link aus der Nachricht, oder beenden Sie das Folgen auf der Seite des Vorgangs.
unfollow-too-old = Seine Zeit ist abgelaufen. Auf der Seite des Vorgangs können Sie das Folgen beenden.
unfollow-all-question = Keine Nachrichten mit gesammelten Neuigkeiten mehr?
unfollow-all-words = Neues zu dem, was Sie verfolgen, steht dann nur noch in Ihrem Posteingang hier. In Ihrem Konto können Sie das ändern.
unfollow-all-press = Keine solchen Nachrichten mehr
unfollowed-all = Sie erhalten keine Nachrichten mit gesammelten Neuigkeiten mehr. Sie stehen in Ihrem Posteingang hier.
