# Palabras sencillas y corteses (usted).

answers = Respuestas
all-answers = Todas las respuestas
what-about = ¿De qué se trata?
which-service = Qué servicio
every-service = Todos los servicios
search = Buscar
no-answer = No se encontró ninguna respuesta
no-answer-words = Pruebe con otras palabras o comunique lo que no funciona.
no-answers-yet = Todavía no hay respuestas
no-answers-yet-words = Lo que usted mismo pueda hacer se indicará aquí.
helped = { $asked ->
    [one] ayudó a { $helped } de { $asked } persona
   *[other] ayudó a { $helped } de { $asked } personas
}
updated-at = Modificado <time>{ $at }</time>
in-language = Este texto está en { $code ->
    [de] alemán
    [es] español
    [fr] francés
    [pl] polaco
    [pt] portugués
   *[en] inglés
}.
did-it-help = ¿Se ha resuelto?
solved-it = Sí, está resuelto
did-not = No, quiero comunicarlo
counted = Bien. Se cuenta, para que otras personas lo encuentren antes.
more = Más
