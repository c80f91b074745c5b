# A página de estado, para todas as pessoas. Palavras simples, você, sem pontos de exclamação.

status = estado
page-title = Estado de { $name }

now-works = Tudo funciona
now-planned = Há trabalhos planejados em andamento
now-one = { $how ->
    [degraded_performance] { $name } funciona com lentidão ou limitações
    [partial_outage] { $name } só funciona em parte
   *[major_outage] { $name } não funciona
}
now-many = { $how ->
    [degraded_performance] Vários serviços funcionam com lentidão ou limitações
    [partial_outage] Vários serviços só funcionam em parte
   *[major_outage] Vários serviços não funcionam
}
rest-works = Todo o resto funciona.
others-affected = Há outros afetados também; cada um aparece abaixo.
as-of = Situação: <time>{ $at }</time>.

phase = { $phase ->
    [investigating] Em análise
    [identified] Causa encontrada, em correção
    [monitoring] Corrigido, em observação
   *[resolved] Funciona de novo
}
progress = Andamento
affects = Afeta { $names }.
began = Início: <time>{ $at }</time>.
expected-back = Previsão de volta
next-update = Próxima novidade
by-time = o mais tardar: { $at }
takes-longer = Demora mais do que tínhamos dito.
updates = Novidades
whole-incident = Todas as novidades e como foi

condition = { $how ->
    [operational] Funciona
    [degraded_performance] Mais lento ou limitado
    [partial_outage] Só funciona em parte
    [major_outage] Não funciona
   *[under_maintenance] Trabalhos planejados
}
services = Serviços
last-days = últimos 90 dias
days-ago = há 90 dias
today = hoje
available = { $share } disponível
available-days = { $share } disponível em { $days ->
    [one] { $days } dia
   *[other] { $days } dias
}
too-new = Novo demais para um número
bars = { $name }, últimos 90 dias: { $count ->
    [0] sem problemas
    [one] problemas em { $count } dia
   *[other] problemas em { $count } dias
}
day-by-day = Dia a dia
day-line = { $how ->
    [degraded_performance] { $day }: mais lento ou limitado por { $long }
    [partial_outage] { $day }: só funcionou em parte por { $long }
    [major_outage] { $day }: não funcionou por { $long }
   *[under_maintenance] { $day }: trabalhos planejados por { $long }
}
no-data-before = Antes de { $day } não há dados.
taller-is-worse = Quanto mais alta a barra, pior foi o dia.

planned = Trabalhos planejados
from-to = { $from } a { $until }
work-phase = { $phase ->
    [scheduled] Planejado
    [in_progress] Em andamento
    [completed] Concluído
   *[cancelled] Não será realizado
}
planned-named = Trabalhos planejados: { $title }

past = Incidentes passados
no-incidents = Nenhum incidente.
history = Histórico
lasted = { $how ->
    [degraded_performance] Mais lento ou limitado por { $long }, { $from } a { $until }
    [partial_outage] Só funcionou em parte por { $long }, { $from } a { $until }
    [major_outage] Não funcionou por { $long }, { $from } a { $until }
   *[other] { $long }, { $from } a { $until }
}

get-updates = Receber novidades
by-mail = Por e-mail
calendar = Calendário de trabalhos planejados
for-programs = Para programas
times-in = Horários em { $zone }.
need-help = Precisa de ajuda?
made-with = Feito com { $product }
to-start = Como está tudo

long-minutes = { $minutes ->
    [one] { $minutes } min
   *[other] { $minutes } min
}
long-hours = { $hours ->
    [one] { $hours } h
   *[other] { $hours } h
}
long-hours-minutes = { $hours ->
    [one] { $hours } h
   *[other] { $hours } h
} { $minutes ->
    [one] { $minutes } min
   *[other] { $minutes } min
}
long-days = { $days ->
    [one] { $days } dia
   *[other] { $days } dias
}
long-days-hours = { $days ->
    [one] { $days } dia
   *[other] { $days } dias
} { $hours ->
    [one] { $hours } h
   *[other] { $hours } h
}
