# Cartas. Palabras sencillas y corteses (usted), sin signos de exclamación.

open-incident = Abrir la incidencia
title-removed = Título eliminado
service-desk = El centro de servicios
reply-here = Puede responder a este mensaje; su respuesta se añadirá a la incidencia.
why-requester = Recibe este mensaje porque { $number } fue comunicada por usted o en su nombre.
why-watcher = Recibe este mensaje porque sigue { $number }. Puede dejar de seguirla en su página.
why-person = Recibe este mensaje porque { $number } le afecta: { $how ->
    [given] se le ha asignado la incidencia
    [brought] se ha pedido su ayuda
    [promised] la promesa se le hizo a usted
    [follows] usted es responsable de lo que sigue
    [decides] le corresponde decidirlo o saberlo
    [role] se trata de un rol en la incidencia
    [wrote] usted escribió el comunicado
   *[yours] es su incidencia
}.
why-team = Recibe este mensaje porque { $number } está en manos de su equipo.
why-team-named = Recibe este mensaje porque { $number } está en manos de su equipo { $team }.
why-rule = Recibe este mensaje por la regla «{ $rule }» para { $number }.
by-rule = Regla: { $rule }.

fact-incident = Incidencia
fact-title = Título
fact-service = Servicio
fact-priority = Prioridad
fact-requester = Solicitante
fact-team = Equipo
fact-due = Vence
fact-expected = Restablecimiento previsto a más tardar
fact-next = Próxima información a más tardar
fact-since = Desde

received = Hemos recibido su aviso. Su número es { $number }.
told-here = Por este medio le informaremos de cómo continúa.
wrote = { $who } escribió:
added-file = { $who } añadió un archivo:
need-answer = Necesitamos su respuesta para continuar.
phase = { $phase ->
    [investigating] Lo estamos investigando.
    [identified] Conocemos la causa.
    [monitoring] Está arreglado y lo seguimos vigilando.
   *[resolved] Ya ha terminado.
}
expected-by = Esperamos que vuelva a funcionar a más tardar { $at }.
expected-unknown = Por el momento no podemos decir cuándo volverá a funcionar.
later-than-said = Está tardando más de lo que dijimos. Lo sentimos y seguimos trabajando en ello.
promised-by = Le prometemos que volverá a funcionar a más tardar { $at }.
promise-gone = El plazo que prometimos ya no es válido.
resolved = Esto debería volver a funcionar:
check-it = Compruébelo, por favor, y díganos si funciona; no hace falta iniciar sesión.
it-works = Vuelve a funcionar
still-broken = Sigue sin funcionar
closes-on = Si no tenemos noticias suyas, la incidencia se cerrará: { $at }.
closed = { $how ->
    [confirmed] Vuelve a funcionar y la incidencia está cerrada. Gracias por decírnoslo.
    [silence] No hemos tenido más noticias, por lo que la incidencia está cerrada.
    [no_answer] Preguntamos y no recibimos respuesta, por lo que la incidencia está cerrada. Si sigue sin funcionar, díganoslo.
   *[other] La incidencia está cerrada.
}
withdrawn = El aviso fue retirado; nadie trabaja en él.
taken-up-again = Hemos vuelto a ocuparnos de la incidencia.
together = Otras personas han comunicado lo mismo y se está tratando conjuntamente. Por este medio le informaremos de cómo continúa.
also-yours = { $count ->
    [one] Lo mismo vale para otra incidencia que usted comunicó.
   *[other] Lo mismo vale para otras { $count } incidencias que usted comunicó.
}
follower-still-broken = Sigue sin funcionar:
follower-taken-up-again = La incidencia se ha reabierto.
reminder = Le preguntamos algo y todavía necesitamos su respuesta para continuar.
how-content = La incidencia está cerrada. ¿Está satisfecho con cómo transcurrió?
press-one = Elija una respuesta; no hace falta iniciar sesión. No se envía nada antes de que lo confirme.
score-one = 1, nada satisfecho
score-two = 2, poco satisfecho
score-three = 3, ni una cosa ni otra
score-four = 4, satisfecho
score-five = 5, muy satisfecho

new-for-team = Hay una nueva incidencia para su equipo.
given-to-team = { $who } pasó esta incidencia a su equipo.
given-to-you = { $who } le asignó esta incidencia.
says-still-broken = { $who } dice que sigue sin funcionar:
took-up-again = { $who } reabrió la incidencia.
brought-in = { $who } pide su ayuda:
clock-warned = Se ha consumido el { $share } % del plazo { $clock ->
    [acknowledge] para hacerse cargo
    [response] para responder
    [update] hasta la próxima información
    [team] de su equipo
    [vendor] del proveedor
   *[resolution] para resolverla
}. Vence: { $at }.
clock-breached = El plazo { $clock ->
    [acknowledge] para hacerse cargo
    [response] para responder
    [update] hasta la próxima información
    [team] de su equipo
    [vendor] del proveedor
   *[resolution] para resolverla
} venció: { $at }.
you-were-promised = Se le prometió que habrá terminado a más tardar { $at }.
you-were-promised-instead = Se le había prometido que habría terminado a más tardar { $before }. Ahora es: { $at }.
you-are-promised-no-more = Ya no se promete que haya terminado a más tardar { $before }.
promise-to-you-broken = Se le prometió que habría terminado a más tardar { $at }, y no es así.
promise-to-somebody-broken = Se prometió a alguien que habría terminado a más tardar { $at }, y no es así.
expectation-nears = Se dijo que volvería a funcionar a más tardar { $at }, y ese momento se acerca. Diga cómo está la situación antes de que pase.
breach-explained = { $who } explicó por qué no se cumplió un plazo, y usted es responsable de lo que sigue:
new-incident = Se ha notificado una incidencia nueva.
was-assigned = { $who } se la ha asignado a alguien.
was-escalated = { $who } ha pedido ayuda a otras personas:
priority-now = Su prioridad es ahora { $priority }.
declared-major = { $who } la ha declarado incidencia grave.
proposes-major = { $who } propone declararla incidencia grave.
offers-role = { $who } le ofrece un rol: { $role ->
    [commander] dirección de la incidencia
    [fix_lead] dirección de la reparación
    [communications] comunicación
   *[scribe] secretaría
}. Abra la incidencia para aceptarlo o rechazarlo.
gave-role = { $who } le ha dado un rol: { $role ->
    [commander] dirección de la incidencia
    [fix_lead] dirección de la reparación
    [communications] comunicación
   *[scribe] secretaría
}.
declined-role = { $who } no acepta el rol que usted ofreció: { $role ->
    [commander] dirección de la incidencia
    [fix_lead] dirección de la reparación
    [communications] comunicación
   *[scribe] secretaría
}.
update-waits = { $who } ha escrito un comunicado que espera aprobación:
update-rejected = { $who } no ha aprobado el comunicado que usted escribió:
was-closed = La incidencia está cerrada.
rated-low = { $who } la ha valorado con { $score } de 5.
kept-inside = Llegó por correo una respuesta en su nombre, y nada prueba que sea suya. Se guardó como nota interna: quien notificó la incidencia no la ha recibido.
kept-inside-fix = Para responder por correo, escriba desde la dirección de su cuenta por el servidor de correo de su dominio. Ese servidor debe firmar los mensajes (DKIM) o estar indicado para el dominio (SPF), como pide su registro DMARC; quien lo administra puede ocuparse. Para responder ahora, abra la incidencia. Si usted no escribió nada, avise a su administrador.
paged = Se le avisa: { $title }
paged-open = Abra el enlace para aceptar, escalar o decir que no puede.
paged-answer = O responda a este mensaje con una sola palabra: ack (aceptar), escalate (escalar) o cannot (no puede).
paged-sign-in = Inicie sesión para aceptar; si no, el aviso se escala.
paged-link = Aceptar, escalar o decir que no puede
paged-why = Recibe este mensaje porque está de guardia o se le nombró para recibir avisos.
paged-silent = La próxima información se retrasa. Debía llegar a más tardar { $at }; diga cómo está la situación.
paged-learns = Usted está en aprendizaje: también se avisa a quien está de guardia.

trial-subject = Evenkeel: el servidor de correo funciona
trial = { $name }, Evenkeel envió este mensaje ({ $at }) para probar el servidor de correo. Funciona.
trial-link = Abrir los ajustes de correo
trial-why = Recibe este mensaje porque lo ha solicitado.

## On the screen of a device

push-news = Novedades de { $number }
push-trial-title = Funciona
push-trial = Evenkeel puede mostrar novedades en este navegador.

## Several entries in one letter

things-happened = { $count ->
    [one] Ha ocurrido una cosa:
   *[other] Han ocurrido { $count } cosas, en este orden:
}
digest-subject = { $count ->
    [one] Una novedad sobre lo que sigue
   *[other] { $count } novedades sobre lo que sigue
}
digest-opening = Estas son las novedades sobre lo que sigue:
digest-why = Recibe este mensaje porque sigue estas incidencias y ha elegido en su cuenta un solo mensaje para sus novedades.
crowd-subject = { $count ->
    [one] Una novedad sobre sus incidencias
   *[other] { $count } novedades sobre sus incidencias
}
crowd-opening = Han ocurrido tantas cosas a la vez que se cuentan en un solo mensaje:
crowd-why = Recibe este mensaje porque estas incidencias le conciernen: las ha comunicado, las sigue o las tiene asignadas.
stop-following = Dejar de seguirla
