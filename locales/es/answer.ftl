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
