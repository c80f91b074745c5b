# Letters and pages of whoever subscribed to the status page, or is on a list. Plain words.
stands = { $phase ->
    [investigating] Lo estamos investigando.
    [identified] Conocemos la causa.
    [monitoring] Está arreglado y lo estamos vigilando.
   *[resolved] Ya ha terminado.
}
phase = { $phase ->
    [investigating] En investigación
    [identified] Causa conocida
    [monitoring] Arreglado, en vigilancia
   *[resolved] Terminado
}
fact-stands = Cómo está
fact-concerns = Afecta a
fact-expected = Restablecimiento previsto antes de
fact-next = Próxima información antes de
fact-from = Desde
fact-until = Hasta
work-subject = { $word ->
    [announced] Trabajos previstos
    [changed] Cambio en los trabajos previstos
    [cancelled] Trabajos previstos cancelados
    [reminder] Pronto habrá trabajos previstos
    [started] Comienzan los trabajos previstos
   *[completed] Fin de los trabajos previstos
}
work-lead = { $word ->
    [announced] Tenemos previstos estos trabajos:
    [changed] Lo previsto ha cambiado. Ahora es:
    [cancelled] Esto no se realizará:
    [reminder] Esto empieza pronto:
    [started] Esto empieza ahora:
   *[completed] Esto ha terminado:
}
see-page = Abrir en la página de estado
change-link = Elegir de qué se le informa
end-link = Darse de baja
why-subscriber = Recibe esto porque { $address } está suscrito a la página de estado de { $site }.
why-list = Recibe esto porque { $address } está en una lista de personas a las que { $site } informa de ello. El servicio de atención le quita de ella.
why-listed = Recibe esto porque { $address } está en una lista de personas a las que { $site } informa de ello.
why-asked = Recibe esto porque alguien introdujo { $address } en la página de estado de { $site }.
confirm-subject = Confirme su suscripción a { $site }
confirm-letter = Abra este enlace antes de 48 horas y pulse allí el botón. Así sabrá cuándo algo de { $site } no funciona.
confirm-not-you = Si no fue usted, no haga nada: sin confirmación no se envía nada más.
already-subject = Ya está suscrito a { $site }
already-letter = Alguien volvió a introducir su dirección. No ha cambiado nada. Aquí elige de qué se le informa, o se da de baja.

## The pages

subscribe-title = Suscribirse a las novedades
subscribe-lead = Se le informa cuando algo de { $site } no funciona y cuando hay trabajos previstos.
by-mail = Por correo electrónico
by-program = Un programa, por webhook
your-address = Su dirección de correo
program-address = Dirección del programa
program-hint = Empieza por https://. El programa recibe enseguida un reto y lo repite en su respuesta.
about-what = ¿De qué quiere que se le informe?
everything = De todo
only-these = Solo de esto:
language-of-letters = Idioma de los mensajes
subscribe-press = Suscribirse
sent-title = Mire su buzón
sent-words = Hay un mensaje en camino a la dirección introducida. Abra su enlace antes de 48 horas.
challenged-title = Se está preguntando al programa
challenged-words = Recibe un reto en la dirección introducida. En cuanto lo repita, queda suscrito.
confirm-title = Confirmar la suscripción
confirm-words = Los mensajes sobre { $site } irán entonces a { $address }.
confirm-press = Sí, suscribirse
confirmed-title = Está suscrito
confirmed-words = Cada mensaje tiene un enlace para darse de baja.
nowhere-title = Este enlace no lleva a ninguna parte
nowhere-words = Puede que se haya cortado, que haya caducado o que la suscripción haya terminado. Puede suscribirse de nuevo.
manage-title = Su suscripción
manage-words = De qué se informa a { $address }.
save-press = Guardar
saved = Guardado.
end-title = ¿Darse de baja de { $site }?
end-words = { $address } ya no recibirá mensajes.
leave-words = { $address } se quita entonces de esta lista.
end-press = Sí, darse de baja
ended-title = No está suscrito
ended-words = No se envían más mensajes. Lo que ya está en camino puede llegar todavía.
left-title = Ya no está en esta lista
left-words = Por ella no recibirá nada más. Lo que ya está en camino puede llegar todavía.
wrong-address = Esto no es una dirección de correo. Revísela.
wrong-program = Esto no es una dirección como https://hooks.example.org/in.
choose-one = Elija todo o al menos uno.
no-room = Por ahora no hay sitio para más suscriptores. Los canales de la página de estado no necesitan dirección.
too-many = Demasiadas peticiones desde su red. Inténtelo de nuevo dentro de una hora.
to-page = Volver a la página de estado
