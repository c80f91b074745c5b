# Correos con informes que se envían solos.

mailed-subject = { $report }: del { $from } al { $to }
mailed-days = Del { $from } al { $to }, días de { $zone }.
mailed-filter = Se cuentan las incidencias de: { $query }
mailed-nothing = No hubo nada que contar en esos días.
mailed-more = Estas son las primeras líneas; el archivo adjunto las tiene todas.
mailed-own = Las cifras son de las incidencias que usted puede ver.
mailed-open = Abrir el informe
mailed-why = Recibe este mensaje porque { $who } dispuso que se le envíe este informe.
mailed-stop = No recibir más estos mensajes
unmail-question = ¿No recibir más mensajes con el informe «{ $report }»?
unmail-words = Puede seguir abriendo el informe aquí. Quien organizó el envío puede volver a añadirle.
unmail-press = No más mensajes de estos
unmailed = Ya no recibe mensajes con este informe.
mailed-line = De
mailed-all = Todo
mailed-none = Sin
mailed-report = { $report ->
    [compliance] Cumplimiento de los acuerdos
    [times] Cuánto se tarda
    [backlog] Trabajo pendiente
    [arrivals] Cuándo llegan las incidencias
    [reopenings] Reaperturas
    [hops] Pasos entre equipos
    [first-contact] Resueltas en el primer contacto
    [workload] Carga de trabajo
    [on-call] Carga de las guardias
    [communication] Avisos prometidos
    [downtime] Caídas de los servicios
   *[satisfaction] Satisfacción
}
mailed-column = { $column ->
    [incidents] Incidencias
    [response_share] Respondidas a tiempo
    [resolution_share] Resueltas a tiempo
    [resolution_breached] Resueltas tarde
    [acknowledge_median] Aceptadas, mediana
    [respond_median] Respondidas, mediana
    [restore_median] Restablecidas, mediana
    [resolve_median] Resueltas, mediana
    [reopened] Reabiertas
    [share] Proporción
    [moved] Traspasadas
    [mean] Media
    [decided] Terminadas
    [over] Terminadas
    [solved] En el primer contacto
    [open] Abiertas
    [resolved] Resueltas
    [work] Trabajo registrado
    [pages] Llamadas de guardia
    [night] De noche
    [answered] Respondidas
    [median] Mediana
    [kept] A tiempo
    [missed] Omitidos
    [outages] Interrupciones
    [out] Fuera de servicio
    [available] Disponible
    [rated] Valoradas
    [low] Notas bajas
    [in] Entradas
    [went] Salidas
   *[other] { $title }
}
