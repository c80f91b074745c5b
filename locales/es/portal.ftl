# Palabras sencillas y corteses (usted).

what-is-not-working = ¿Qué no funciona?
report = Avisar
go-on = Continuar
ask-hint = Bastan unas palabras. Mientras escribe, buscamos problemas conocidos.
suggestions = Sugerencias
your-open-incidents = Sus incidencias abiertas
all-your-incidents = Todas sus incidencias
your-closed-incidents = Sus incidencias cerradas
of-your-company = Incidencias abiertas de su empresa
you-follow = Incidencias que sigue
short-all = Todas
short-open = Abiertas
short-over = Cerradas
short-company = Su empresa
short-followed = Seguidas
all-of-them = Todas: { $count ->
    [one] { $count }
   *[other] { $count }
}
nothing-open = No tiene ningún aviso abierto.
words-or-number = Palabras o un número
find = Buscar
nothing-here = No hay nada
nothing-in-list = No hay ninguna incidencia en esta lista.
report-something = Avisar de algo
pages = Páginas
older = Más antiguas
start = Inicio
incidents = Incidencias
which-incidents = Qué incidencias
reported-at = Comunicada: <time>{ $at }</time>
reported-by-at = { $who }, comunicada: <time>{ $at }</time>
services = Servicios
status-page = Página de estado
working = funciona
limited = limitado
not-working = no funciona
all-services = { $count ->
    [one] 1 servicio
   *[other] Los { $count } servicios
}
other-services = { $count ->
    [one] 1 más
   *[other] { $count } más
}

rather-talk = <b>¿Prefiere hablar?</b> Llame al <a>{ $phone }</a>.
rather-talk-about = <b>¿Prefiere hablar?</b> Llame al <a>{ $phone }</a> e indique el número { $number }.
times-in = Las horas están en { $zone }, { $whose ->
    [own] su zona horaria
   *[other] la zona horaria de aquí
}.

received = Recibida
being-worked-on = En curso
to-be-checked = Arreglada, compruébelo
closed = Cerrada
withdrawn = Retirada
fixed = Arreglada
reported = Comunicada
last-change = Último cambio
waiting = { $reason ->
    [requester] A la espera de su respuesta
    [vendor] A la espera de un proveedor
    [change] A la espera de un cambio previsto
    [problem] A la espera de una solución definitiva
    [scheduled] A la espera del momento acordado
   *[other] En espera
}
expected-back = Restablecimiento previsto
was-expected-back = El restablecimiento estaba previsto
likely-back = Restablecimiento probable
by-time = a más tardar { $at }
takes-longer = Está tardando más.

your-incidents = Sus incidencias
what-happened = Qué ha pasado
progress = Progreso
when-you-confirm = cuando usted confirme
from-team = { $who } ({ $team })
we-wait = <b>Esperamos su respuesta.</b> El trabajo continúa en cuanto escriba.
answer = Responder
longer-than-said = <b>Está tardando más de lo que dijimos.</b> Seguimos trabajando en ello y le informaremos aquí.
longer-than-promised = <b>Está tardando más de lo que dijimos.</b> Lo prometimos a más tardar { $at }. Seguimos trabajando en ello y le informaremos aquí.
we-promised = Prometimos que volverá a funcionar <b>a más tardar { $at }</b>
together = Otras personas tienen el mismo problema. Se trabaja en ello para todas a la vez, y le informaremos aquí.
desk-has-it = El centro de servicios tiene su aviso. Aquí se informará de lo que sigue.
is-it-working = ¿Le funciona ahora?
it-works = Vuelve a funcionar
still-broken = Sigue sin funcionar
what-is-still-broken = ¿Qué sigue sin funcionar?
send-and-reopen = Enviar y reabrir
reopens = «Sigue sin funcionar» la reabre de inmediato, sin otro formulario.
reopens-with = «Sigue sin funcionar» la reabre de inmediato con { $who }, sin otro formulario.
closes-by-itself = Si no tenemos noticias, la cerramos ({ $at }); durante { $days ->
    [one] 1 día
   *[other] { $days } días
} después puede decir que ha vuelto a fallar.
follow-up-until = Esto crea una nueva incidencia que sigue a esta. Es posible a más tardar { $until }.
broke-again-label = ¿Ha vuelto a fallar? Escriba qué ocurre ahora
broke-again = Ha vuelto a fallar
not-working-label = ¿Sigue sin funcionar? Escriba qué ocurre ahora
report-again = Avisar de nuevo
add-something = Añadir algo
send = Enviar
message-reopens = Un mensaje la reabre. Si funciona, pulse arriba «Vuelve a funcionar».
your-answer = Su respuesta
send-answer = Enviar la respuesta
over-report-anew = Esta incidencia ha terminado. <a>Avise de nuevo</a> si vuelve a ocurrir.
only-they-write = Aquí solo escriben { $who } y el centro de servicios.
page-for-agents = Abrir la página de los agentes
follow = Seguir
stop-following = Dejar de seguir
reported-in-error = Avisé por error
why-not-needed = ¿Por qué ya no hace falta?
withdraw = Retirar

you = Usted
update = Novedad
by-who = de { $who }
for-who = para { $who }
words-removed = Este texto se ha eliminado.
next-update = Próxima novedad
spoken = { $kind ->
    [report] Aviso de { $who }
    [said] Mensaje de { $who }
    [update] Novedad de { $who }
    [fixed] Arreglada, dice { $who }
    [broken] Sigue sin funcionar, dice { $who }
   *[withdrawn] Retirada por { $who }
}, { $at }
line-reported = <b>{ $speaker ->
    [you] Usted
   *[other] { $who }
}</b> avisó de esto{ $how ->
    [phone] {" "}por teléfono
    [email] {" "}por correo
    [chat] {" "}por chat
    [in_person] {" "}en persona
   *[other] {""}
}
line-taken = <b>{ $who }</b> se encarga de ello
line-given = <b>{ $who }</b> trabaja en ello
line-given-from = <b>{ $who }</b> ({ $team }) trabaja en ello
line-given-team = Asignada a <b>{ $team }</b>
another-team = otro equipo
until = { $what }, a más tardar { $at }
line-goes-on = El trabajo continúa
line-reopened = Reabierta
line-stays-fixed = Se considera arreglada después de todo
line-expected-gone = Ya no hay una hora prevista
line-promised = Restablecimiento prometido <b>a más tardar { $at }</b>
line-promised-now = Ahora se promete <b>a más tardar { $at }</b>
line-promise-gone = Ya no hay un plazo prometido
line-later = <b>Más tarde de lo dicho</b>: se prometió a más tardar { $at }
line-effects-over = Los efectos han terminado; aún se busca la causa
line-back = El servicio ha vuelto
line-works = <b>{ $speaker ->
    [you] Usted
   *[other] { $who }
}</b> dijo que vuelve a funcionar
line-noted-works = <b>{ $who }</b> anotó que vuelve a funcionar
line-closed = { $how ->
    [confirmed] Cerrada
    [silence] Cerrada, porque nadie dijo que siguiera sin funcionar
   *[other] Cerrada por el centro de servicios
}
line-joined = Se trata junto con otro aviso del mismo problema
line-parted = Se vuelve a tratar por separado
line-renamed = El título es ahora «{ $title }»
line-title-changed = Título cambiado
line-added = <b>{ $speaker ->
    [you] Usted
   *[other] { $who }
}</b> añadió
removed-file = archivo eliminado

heard = { $what ->
    [wrote] { $who } escribió
    [file] { $who } añadió un archivo
    [update] { $who } publicó una novedad
    [resolved] arreglada, compruébelo
    [work] en curso
   *[closed] cerrada
}

tell-us = Díganos qué no funciona
we-already-know = Ya lo sabemos: { $title }
known-problems = Problemas conocidos
have-this-too = A mí también
said-at = Publicado: <time>{ $at }</time>
you-have-this-too = A usted también: { $title }
joins-the-others = Su aviso se une a los de los demás. Nadie ve lo que escriben los otros, ni lo que escribe usted.
report-it = Enviar el aviso
what-happens = ¿Qué ocurre?
what-happens-hint = Desde cuándo, dónde y qué ve. Déjelo vacío si la línea de arriba lo dice todo.
which-service = ¿Qué servicio es?
which-service-hint = Si no está seguro, déjelo abierto.
not-sure = No estoy seguro
how-many = ¿A cuántas personas afecta?
how-many-hint = Aproximadamente. Déjelo vacío si es solo a usted.
way-around = ¿Puede apañarse de otra forma?
way-around-no = No, mi trabajo está parado
way-around-partly = En parte, me cuesta tiempo
way-around-yes = Sí, puedo seguir sin ello
is-it-one-of-these = ¿Es uno de estos?
something-else = Otra cosa
add-file = Añadir una foto o un archivo
you-reported = Avisado por usted
you-reported-as = Usted avisó de esto con el número { $number }: { $standing }
answers-that-may-help = Respuestas que pueden ayudar
helped-share = Ayudó al { $percent } % de quienes lo probaron
report-this = Avisar de «{ $title }»
none-of-these = Ninguno de estos, avisar de «{ $title }»
about-a-minute = tarda un minuto más o menos
it-is-worked-on = Se está trabajando en ello

changed-meanwhile = Esto ha cambiado entretanto. Vea cómo está ahora; lo que escribió se conserva.
write-something = Escriba algo o añada un archivo.
write-what-is-broken = Escriba qué sigue sin funcionar.
write-why = Escriba en pocas palabras por qué.
title-needed = Escriba en pocas palabras qué no funciona
too-long = Es más largo que { $count } caracteres
file-not-taken = No se aceptaron los archivos: como máximo { $count } a la vez y { $size } cada uno, ninguno vacío
choose-an-answer = Elija una de las respuestas
unknown-service = Este servicio ya no existe
write-a-number = Escriba un número como 12 o déjelo vacío
not-accepted = No se pudo aceptar. Revise lo que ha escrito; se conserva.
