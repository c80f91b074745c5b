# Palavras simples e corteses.

what-is-not-working = O que não funciona?
report = Comunicar
go-on = Continuar
ask-hint = Bastam algumas palavras. Enquanto você escreve, procuramos problemas conhecidos.
suggestions = Sugestões
your-open-incidents = Seus incidentes abertos
all-your-incidents = Todos os seus incidentes
your-closed-incidents = Seus incidentes encerrados
of-your-company = Incidentes abertos da sua empresa
you-follow = Incidentes que você acompanha
short-all = Todos
short-open = Abertos
short-over = Encerrados
short-company = Sua empresa
short-followed = Acompanhados
all-of-them = Todos: { $count ->
    [one] { $count }
   *[other] { $count }
}
nothing-open = Nada do que você comunicou está aberto.
words-or-number = Palavras ou um número
find = Procurar
nothing-here = Nada aqui
nothing-in-list = Não há nenhum incidente nesta lista.
report-something = Comunicar algo
pages = Páginas
older = Mais antigos
start = Início
incidents = Incidentes
which-incidents = Quais incidentes
reported-at = Comunicado: <time>{ $at }</time>
reported-by-at = { $who }, comunicado: <time>{ $at }</time>
services = Serviços
status-page = Página de estado
working = funcionando
limited = limitado
not-working = não funciona
all-services = { $count ->
    [one] 1 serviço
   *[other] Todos os { $count } serviços
}
other-services = { $count ->
    [one] mais 1
   *[other] mais { $count }
}

rather-talk = <b>Prefere falar?</b> Ligue para <a>{ $phone }</a>.
rather-talk-about = <b>Prefere falar?</b> Ligue para <a>{ $phone }</a> e diga o número { $number }.
times-in = Os horários estão em { $zone }, { $whose ->
    [own] seu fuso horário
   *[other] o fuso horário daqui
}.

received = Recebido
being-worked-on = Em andamento
to-be-checked = Resolvido, verifique
closed = Encerrado
withdrawn = Retirado
fixed = Resolvido
reported = Comunicado
last-change = Última mudança
waiting = { $reason ->
    [requester] Aguardando você
    [vendor] Aguardando um fornecedor
    [change] Aguardando uma mudança planejada
    [problem] Aguardando uma solução definitiva
    [scheduled] Aguardando o momento combinado
   *[other] Aguardando
}
expected-back = Restabelecimento previsto
was-expected-back = O restabelecimento estava previsto
likely-back = Restabelecimento provável
by-time = até { $at }
takes-longer = Está demorando mais.

your-incidents = Seus incidentes
what-happened = O que aconteceu
progress = Andamento
when-you-confirm = quando você confirmar
from-team = { $who } ({ $team })
we-wait = <b>Aguardamos a sua resposta.</b> O trabalho continua assim que você escrever.
answer = Responder
longer-than-said = <b>Está demorando mais do que dissemos.</b> O trabalho continua, e você será informado aqui.
longer-than-promised = <b>Está demorando mais do que dissemos.</b> Prometemos até { $at }. O trabalho continua, e você será informado aqui.
we-promised = Prometemos que volta a funcionar <b>até { $at }</b>
together = Outras pessoas têm o mesmo problema. Ele é tratado para todos de uma vez, e você será informado aqui.
desk-has-it = A central de serviços recebeu a sua comunicação. O que vem a seguir é informado aqui.
is-it-working = Está funcionando para você agora?
it-works = Voltou a funcionar
still-broken = Ainda não funciona
what-is-still-broken = O que ainda não funciona?
send-and-reopen = Enviar e reabrir
reopens = “Ainda não funciona” reabre na hora, sem novo formulário.
reopens-with = “Ainda não funciona” reabre na hora com { $who }, sem novo formulário.
closes-by-itself = Sem notícias, encerramos ({ $at }); por { $days ->
    [one] 1 dia
   *[other] { $days } dias
} depois disso você pode dizer que parou de novo.
follow-up-until = Isto cria um novo incidente que dá sequência a este. É possível até { $until }.
broke-again-label = Parou de novo? Escreva o que acontece agora
broke-again = Parou de novo
not-working-label = Ainda não funciona? Escreva o que acontece agora
report-again = Comunicar de novo
add-something = Acrescentar algo
send = Enviar
message-reopens = Uma mensagem reabre o incidente. Se funciona, clique acima em “Voltou a funcionar”.
your-answer = Sua resposta
send-answer = Enviar a resposta
over-report-anew = Este incidente terminou. <a>Comunique de novo</a> se voltar a acontecer.
only-they-write = Aqui só escrevem { $who } e a central de serviços.
page-for-agents = Abrir a página dos atendentes
follow = Acompanhar
stop-following = Deixar de acompanhar
reported-in-error = Comuniquei por engano
why-not-needed = Por que não é mais necessário?
withdraw = Retirar

you = Você
update = Informação
by-who = de { $who }
for-who = para { $who }
words-removed = Este texto foi removido.
next-update = Próxima informação
spoken = { $kind ->
    [report] Comunicação de { $who }
    [said] Mensagem de { $who }
    [update] Informação de { $who }
    [fixed] Resolvido, diz { $who }
    [broken] Ainda não funciona, diz { $who }
   *[withdrawn] Retirado por { $who }
}, { $at }
line-reported = <b>{ $speaker ->
    [you] Você
   *[other] { $who }
}</b> comunicou isto{ $how ->
    [phone] {" "}por telefone
    [email] {" "}por e-mail
    [chat] {" "}por chat
    [in_person] {" "}pessoalmente
   *[other] {""}
}
line-taken = <b>{ $who }</b> está cuidando disso
line-given = <b>{ $who }</b> trabalha nisso
line-given-from = <b>{ $who }</b> ({ $team }) trabalha nisso
line-given-team = Passado para <b>{ $team }</b>
another-team = outra equipe
until = { $what }, até { $at }
line-goes-on = O trabalho continua
line-reopened = Reaberto
line-stays-fixed = Considerado resolvido afinal
line-expected-gone = Não há mais horário previsto
line-promised = Restabelecimento prometido <b>até { $at }</b>
line-promised-now = Agora prometido <b>até { $at }</b>
line-promise-gone = Não há mais prazo prometido
line-later = <b>Mais tarde do que dissemos</b>: prometido até { $at }
line-effects-over = Os efeitos terminaram; a causa ainda é procurada
line-back = O serviço voltou
line-works = <b>{ $speaker ->
    [you] Você
   *[other] { $who }
}</b> disse que voltou a funcionar
line-noted-works = <b>{ $who }</b> anotou que voltou a funcionar
line-closed = { $how ->
    [confirmed] Encerrado
    [silence] Encerrado, porque ninguém disse que ainda não funciona
   *[other] Encerrado pela central de serviços
}
line-joined = Tratado junto com outra comunicação do mesmo problema
line-parted = Tratado de novo separadamente
line-renamed = O título agora é “{ $title }”
line-title-changed = Título alterado
line-added = <b>{ $speaker ->
    [you] Você
   *[other] { $who }
}</b> adicionou
removed-file = arquivo removido

heard = { $what ->
    [wrote] { $who } escreveu
    [file] { $who } adicionou um arquivo
    [update] { $who } publicou uma informação
    [resolved] resolvido, verifique
    [work] em andamento
   *[closed] encerrado
}

tell-us = Diga-nos o que não funciona
we-already-know = Já sabemos: { $title }
known-problems = Problemas conhecidos
have-this-too = Comigo também
said-at = Publicado: <time>{ $at }</time>
you-have-this-too = Com você também: { $title }
joins-the-others = Sua comunicação se junta às dos outros. As palavras deles continuam só deles, e as suas só suas.
report-it = Comunicar
what-happens = O que acontece?
what-happens-hint = Desde quando, onde e o que você vê. Deixe em branco se a linha acima já diz tudo.
which-service = Qual é o serviço?
which-service-hint = Se não tiver certeza, deixe em aberto.
not-sure = Não tenho certeza
how-many = Quantas pessoas são afetadas?
how-many-hint = Aproximadamente. Deixe em branco se for só você.
way-around = Há outro jeito de trabalhar?
way-around-no = Não, meu trabalho parou
way-around-partly = Em parte, isso me custa tempo
way-around-yes = Sim, posso continuar sem isso
is-it-one-of-these = É um destes?
something-else = Outra coisa
add-file = Adicionar uma foto ou um arquivo
you-reported = Comunicado por você
you-reported-as = Você comunicou isto como { $number }: { $standing }
answers-that-may-help = Respostas que podem ajudar
helped-share = Ajudou { $percent } % de quem tentou
report-this = Comunicar “{ $title }”
none-of-these = Nenhum destes, comunicar “{ $title }”
about-a-minute = leva cerca de um minuto
it-is-worked-on = Estamos trabalhando nisso

changed-meanwhile = Isto mudou nesse meio-tempo. Veja como está agora; o que você escreveu foi mantido.
write-something = Escreva algo ou adicione um arquivo.
write-what-is-broken = Escreva o que ainda não funciona.
write-why = Escreva em poucas palavras por quê.
title-needed = Escreva em poucas palavras o que não funciona
too-long = Tem mais de { $count } caracteres
file-not-taken = Os arquivos não foram aceitos: no máximo { $count } por vez e { $size } cada, nenhum vazio
choose-an-answer = Escolha uma das respostas
unknown-service = Este serviço não existe mais
write-a-number = Escreva um número como 12 ou deixe em branco
not-accepted = Isto não pôde ser aceito. Verifique o que você escreveu; foi mantido.
