# Cartas com relatórios enviados automaticamente.

mailed-subject = { $report }: de { $from } a { $to }
mailed-days = De { $from } a { $to }, dias de { $zone }.
mailed-filter = Contam-se os incidentes de: { $query }
mailed-nothing = Não houve nada a contar nesses dias.
mailed-more = Estas são as primeiras linhas; o ficheiro anexo tem-nas todas.
mailed-own = Os números são dos incidentes que pode ver.
mailed-open = Abrir o relatório
mailed-why = Recebe esta mensagem porque { $who } definiu que este relatório lhe fosse enviado.
mailed-line = De
mailed-all = Todos
mailed-none = Nenhum
mailed-report = { $report ->
    [compliance] Cumprimento dos acordos
    [times] Quanto tempo demora
    [backlog] Trabalho pendente
    [arrivals] Quando chegam os incidentes
    [reopenings] Reaberturas
    [hops] Passagens entre equipas
    [first-contact] Resolvidos no primeiro contacto
    [workload] Carga de trabalho
    [on-call] Carga das escalas
    [communication] Avisos prometidos
    [downtime] Indisponibilidade dos serviços
   *[satisfaction] Satisfação
}
mailed-column = { $column ->
    [incidents] Incidentes
    [response_share] Respondidos a tempo
    [resolution_share] Resolvidos a tempo
    [resolution_breached] Resolvidos tarde
    [acknowledge_median] Aceites, mediana
    [respond_median] Resposta, mediana
    [restore_median] Reposição, mediana
    [resolve_median] Resolução, mediana
    [reopened] Reabertos
    [share] Proporção
    [moved] Transferidos
    [mean] Média
    [decided] Terminados
    [over] Terminados
    [solved] No primeiro contacto
    [open] Abertos
    [resolved] Resolvidos
    [work] Trabalho registado
    [pages] Chamadas de escala
    [night] De noite
    [answered] Respondidas
    [median] Mediana
    [kept] A tempo
    [missed] Falhados
    [outages] Interrupções
    [out] Fora de serviço
    [available] Disponível
    [rated] Avaliados
    [low] Notas baixas
    [in] Entradas
    [went] Saídas
   *[other] { $title }
}
