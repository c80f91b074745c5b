# Mensagens com relatórios enviados automaticamente.

mailed-subject = { $report }: de { $from } a { $to }
mailed-days = De { $from } a { $to }, dias de { $zone }.
mailed-filter = Contam-se os incidentes de: { $query }
mailed-nothing = Não houve nada a contar nesses dias.
mailed-more = Estas são as primeiras linhas; o arquivo anexo contém todas.
mailed-own = Os números são dos incidentes que você pode ver.
mailed-open = Abrir o relatório
mailed-why = Você recebe esta mensagem porque { $who } definiu que este relatório seja enviado a você.
mailed-stop = Não receber mais estas mensagens
unmail-question = Não receber mais mensagens com o relatório “{ $report }”?
unmail-words = Você ainda pode abrir o relatório aqui. Quem organizou o envio pode incluir você de novo.
unmail-press = Sem mais mensagens dessas
unmailed = Você não recebe mais mensagens com este relatório.
mailed-line = De
mailed-all = Todos
mailed-none = Nenhum
mailed-report = { $report ->
    [compliance] Cumprimento dos acordos
    [times] Quanto tempo leva
    [backlog] Trabalho pendente
    [arrivals] Quando chegam os incidentes
    [reopenings] Reaberturas
    [hops] Passagens entre equipes
    [first-contact] Resolvidos no primeiro contato
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
    [acknowledge_median] Assumidos, mediana
    [respond_median] Resposta, mediana
    [restore_median] Restabelecimento, mediana
    [resolve_median] Resolução, mediana
    [reopened] Reabertos
    [share] Proporção
    [moved] Transferidos
    [mean] Média
    [decided] Encerrados
    [over] Encerrados
    [solved] No primeiro contato
    [open] Abertos
    [resolved] Resolvidos
    [work] Trabalho registrado
    [pages] Chamadas de escala
    [night] De noite
    [answered] Respondidas
    [median] Mediana
    [kept] A tempo
    [missed] Perdidos
    [outages] Interrupções
    [out] Fora de serviço
    [available] Disponível
    [rated] Avaliados
    [low] Notas baixas
    [in] Entradas
    [went] Saídas
   *[other] { $title }
}
