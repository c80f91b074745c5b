# La página de estado, para todo el mundo. Palabras sencillas, usted, sin exclamaciones.

status = estado
page-title = Estado de { $name }

now-works = Todo funciona
now-planned = Hay trabajos previstos en curso
now-one = { $how ->
    [degraded_performance] { $name } funciona con lentitud o limitaciones
    [partial_outage] { $name } solo funciona en parte
   *[major_outage] { $name } no funciona
}
now-many = { $how ->
    [degraded_performance] Varios servicios funcionan con lentitud o limitaciones
    [partial_outage] Varios servicios solo funcionan en parte
   *[major_outage] Varios servicios no funcionan
}
rest-works = Todo lo demás funciona.
others-affected = También hay otros afectados; cada uno aparece más abajo.
as-of = Situación a <time>{ $at }</time>.

phase = { $phase ->
    [investigating] Se está investigando
    [identified] Causa encontrada, se trabaja en ello
    [monitoring] Arreglado, en observación
   *[resolved] Vuelve a funcionar
}
progress = Progreso
affects = Afecta a { $names }.
began = Inicio: <time>{ $at }</time>.
expected-back = Previsto de nuevo
next-update = Próxima novedad
by-time = a más tardar: { $at }
takes-longer = Tarda más de lo que habíamos dicho.
updates = Novedades
whole-incident = Todas las novedades y cómo fue

condition = { $how ->
    [operational] Funciona
    [degraded_performance] Más lento o limitado
    [partial_outage] Solo funciona en parte
    [major_outage] No funciona
   *[under_maintenance] Trabajos previstos
}
services = Servicios
last-days = últimos 90 días
days-ago = hace 90 días
today = hoy
available = { $share } disponible
available-days = { $share } disponible en { $days ->
    [one] 1 día
   *[other] { $days } días
}
too-new = Demasiado nuevo para una cifra
bars = { $name }, últimos 90 días: { $count ->
    [0] sin problemas
    [one] problemas en 1 día
   *[other] problemas en { $count } días
}
day-by-day = Día a día
day-line = { $how ->
    [degraded_performance] { $day }: más lento o limitado durante { $long }
    [partial_outage] { $day }: solo funcionó en parte durante { $long }
    [major_outage] { $day }: no funcionó durante { $long }
   *[under_maintenance] { $day }: trabajos previstos durante { $long }
}
no-data-before = Antes del { $day } no hay datos.
taller-is-worse = Cuanto más alta la barra, peor fue el día.

planned = Trabajos previstos
from-to = { $from } a { $until }
work-phase = { $phase ->
    [scheduled] Previsto
    [in_progress] En curso
    [completed] Terminado
   *[cancelled] No tendrá lugar
}
planned-named = Trabajos previstos: { $title }

past = Incidentes pasados
no-incidents = Ningún incidente.
history = Historial
lasted = { $how ->
    [degraded_performance] Más lento o limitado durante { $long }, { $from } a { $until }
    [partial_outage] Solo funcionó en parte durante { $long }, { $from } a { $until }
    [major_outage] No funcionó durante { $long }, { $from } a { $until }
   *[other] { $long }, { $from } a { $until }
}

get-updates = Recibir novedades
by-mail = Por correo electrónico
calendar = Calendario de trabajos previstos
for-programs = Para programas
times-in = Horas en { $zone }.
need-help = ¿Necesita ayuda?
made-with = Hecho con { $product }
to-start = Cómo está todo

long-minutes = { $minutes ->
    [one] 1 min
   *[other] { $minutes } min
}
long-hours = { $hours ->
    [one] 1 h
   *[other] { $hours } h
}
long-hours-minutes = { $hours ->
    [one] 1 h
   *[other] { $hours } h
} { $minutes ->
    [one] 1 min
   *[other] { $minutes } min
}
long-days = { $days ->
    [one] 1 día
   *[other] { $days } días
}
long-days-hours = { $days ->
    [one] 1 día
   *[other] { $days } días
} { $hours ->
    [one] 1 h
   *[other] { $hours } h
}
