# Palabras sencillas y corteses (usted).
language-label = Idioma
skip = Ir al contenido
account = Cuenta
your-account = Su cuenta
queue = Cola
switch-theme = Cambiar entre tema claro y oscuro
sign-out = Cerrar sesión
things-to-fix = { $count ->
    [one] Una cosa por corregir
   *[other] { $count } cosas por corregir
}
errors = Errores

sign-in = Iniciar sesión
sign-in-to = Iniciar sesión en { $name }
email = Correo electrónico
password = Contraseña
does-not-match = No coincide. Compruebe la tecla Bloq Mayús.
no-password = ¿No tiene contraseña o la ha olvidado? La administración le da una nueva.
not-signed-in = <b>No ha iniciado sesión.</b> Compruebe el correo electrónico y la <a>contraseña</a>. Nada está bloqueado.
wait-seconds = <b>No ha iniciado sesión.</b> Hubo demasiados intentos. Espere { $count ->
    [one] 1 segundo
   *[other] { $count } segundos
} y vuelva a intentarlo. Nada está bloqueado.
wait-minutes = <b>No ha iniciado sesión.</b> Hubo demasiados intentos. Espere { $count ->
    [one] 1 minuto
   *[other] { $count } minutos
} y vuelva a intentarlo. Nada está bloqueado.
first-run = Nadie puede iniciar sesión todavía
first-run-title = Primer arranque
first-run-words = Esta instancia no tiene administrador. En la máquina donde funciona, con los mismos datos, ejecute:
first-run-then = Pide una contraseña. Después vuelva a cargar esta página.
load-again = Volver a cargar

start-page = Ir a la página de inicio
error-title = { $kind ->
    [forbidden] No le corresponde hacer esto
    [missing] Aquí no hay nada
    [changed] Ha cambiado entretanto
    [large] Es demasiado grande
    [throttled] Demasiados intentos
    [busy] El servidor está ocupado
    [failed] Algo ha fallado aquí
   *[other] No ha funcionado
}
error-words = { $kind ->
    [forbidden] Su cuenta no puede hacer esto. Pregunte a la administración si lo necesita.
    [missing] No hay nada en esta dirección, o no puede verlo. Compruebe la dirección o búsquelo.
    [changed] Alguien lo cambió en el mismo momento. Vea cómo está ahora y vuelva a intentarlo.
    [large] Lo enviado es mayor de lo que admite este formulario. Los archivos pueden tener 25 MB cada uno.
    [throttled] Espere un poco y vuelva a intentarlo. Nada está bloqueado.
    [busy] No se ha perdido nada de lo guardado. Vuelva a intentarlo en unos segundos.
    [method] Esta dirección no admite lo enviado. Vuelva atrás e inténtelo desde la página.
    [failed] Queda anotado en el registro. Lo guardado está a salvo. Vuelva a intentarlo y avise a la administración si continúa.
   *[other] No se pudo entender la solicitud. Vuelva atrás e inténtelo de nuevo.
}
