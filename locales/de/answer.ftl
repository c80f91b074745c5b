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
