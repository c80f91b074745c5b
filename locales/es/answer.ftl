# Palabras sencillas y corteses (usted).
open-in-portal = Abrir en el portal
still-broken-question = ¿Sigue sin funcionar?
takes-it-up = Se reabre de inmediato, sin otro formulario.
write-what-is-broken = Escriba en pocas palabras qué sigue sin funcionar.
stands = { $how ->
    [closed] La incidencia está cerrada. Gracias, ya no hay nada que hacer.
    [withdrawn] El aviso fue retirado. Ya no hay nada que hacer.
    [fixed_anew] Desde esta carta se reabrió y se arregló de nuevo. El enlace está en la última carta.
   *[work] Se vuelve a trabajar en ello. Le informaremos de cómo continúa.
}
nowhere = Este enlace no lleva a ninguna parte
nowhere-words = Quizá se cortó por el camino, o la incidencia ya no es suya. Abra el enlace completo de la carta o mire en el portal.
too-old = Este enlace es demasiado antiguo
too-old-words = Su plazo ha pasado. En el portal puede ver cómo está la incidencia y decir que ha vuelto a fallar.
open-portal = Abrir el portal
not-accepted = No se pudo aceptar. Revise lo que ha escrito.
rate-question = ¿Está satisfecho con cómo transcurrió?
words-if-you-like = En pocas palabras, si quiere
send-rating = Enviar
you-rated = Gracias. Ha dado { $score } de 5.
change-until = Puede cambiarlo hasta: { $at }.
unfollow-question = ¿Dejar de seguir { $number }?
unfollow-words = No recibirá más mensajes sobre ella. Se le sigue informando de lo que usted mismo notificó.
unfollow-press = Dejar de seguirla
unfollowed = Ya no sigue esta incidencia.
unfollow-choose = Elegir en su cuenta de qué más se le informa
unfollow-nowhere = Quizá se cortó por el camino. Abra el enlace completo del mensaje o deje de seguirla en la página de la incidencia.
unfollow-too-old = Su plazo ha pasado. Puede dejar de seguirla en la página de la incidencia.
unfollow-all-question = ¿No recibir más mensajes con novedades reunidas?
unfollow-all-words = Las novedades de lo que sigue quedan entonces solo en su bandeja de entrada aquí. Puede cambiarlo en su cuenta.
unfollow-all-press = No más mensajes de estos
unfollowed-all = Ya no recibe mensajes con novedades reunidas. Están en su bandeja de entrada aquí.
