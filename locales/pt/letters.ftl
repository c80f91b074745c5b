# Cartas. Palavras simples e corteses, sem pontos de exclamação.

open-incident = Abrir o incidente
title-removed = Título removido
service-desk = A central de serviços
reply-here = Você pode responder a esta mensagem; sua resposta será incluída no incidente.
why-requester = Você recebe esta mensagem porque { $number } foi comunicado por você ou em seu nome.
why-watcher = Você recebe esta mensagem porque acompanha { $number }. Na página do incidente é possível deixar de acompanhá-lo.
why-person = Você recebe esta mensagem porque { $number } diz respeito a você: { $how ->
    [given] o incidente foi atribuído a você
    [brought] sua ajuda foi pedida
    [promised] a promessa foi feita a você
    [follows] você é responsável pelo que vem a seguir
    [decides] cabe-lhe decidir ou saber
    [role] trata-se de uma função no incidente
    [wrote] escreveu o comunicado
   *[yours] o incidente é seu
}.
why-team = Você recebe esta mensagem porque { $number } está com a sua equipe.
why-team-named = Você recebe esta mensagem porque { $number } está com a sua equipe { $team }.
why-rule = Você recebe esta mensagem por causa da regra “{ $rule }” para { $number }.
by-rule = Regra: { $rule }.

fact-incident = Incidente
fact-title = Título
fact-service = Serviço
fact-priority = Prioridade
fact-requester = Solicitante
fact-team = Equipe
fact-due = Prazo
fact-expected = Restabelecimento previsto até
fact-next = Próxima informação até
fact-since = Desde

received = Recebemos a sua comunicação. O número é { $number }.
told-here = Por aqui você fica sabendo como continua.
wrote = { $who } escreveu:
added-file = { $who } adicionou um arquivo:
need-answer = Precisamos da sua resposta para continuar.
phase = { $phase ->
    [investigating] Estamos investigando.
    [identified] Conhecemos a causa.
    [monitoring] Está consertado, e continuamos observando.
   *[resolved] Terminou.
}
expected-by = Esperamos que volte a funcionar até { $at }.
expected-unknown = No momento não podemos dizer quando voltará a funcionar.
later-than-said = Está demorando mais do que dissemos. Pedimos desculpas e continuamos trabalhando nisso.
promised-by = Prometemos que voltará a funcionar até { $at }.
promise-gone = O prazo que prometemos não vale mais.
resolved = Isto deve voltar a funcionar:
check-it = Por favor, verifique e nos diga; não é preciso entrar com senha.
it-works = Voltou a funcionar
still-broken = Ainda não funciona
closes-on = Se não tivermos notícias, o incidente será encerrado: { $at }.
closed = { $how ->
    [confirmed] Voltou a funcionar, e o incidente está encerrado. Obrigado por nos dizer.
    [silence] Não tivemos mais notícias, por isso o incidente está encerrado.
    [no_answer] Perguntamos e não recebemos resposta, por isso o incidente está encerrado. Se ainda não funcionar, avise-nos.
   *[other] O incidente está encerrado.
}
withdrawn = A comunicação foi retirada; ninguém trabalha nela.
taken-up-again = Voltamos a trabalhar no incidente.
together = Outras pessoas comunicaram o mesmo, e tudo é tratado em conjunto. Por aqui você fica sabendo como continua.
also-yours = { $count ->
    [one] O mesmo vale para mais um incidente que você comunicou.
   *[other] O mesmo vale para mais { $count } incidentes que você comunicou.
}
follower-still-broken = Ainda não funciona:
follower-taken-up-again = O incidente foi reaberto.
reminder = Fizemos uma pergunta a você e ainda precisamos da sua resposta para continuar.
how-content = O incidente está encerrado. Você está satisfeito com o andamento?
press-one = Escolha uma resposta; não é preciso entrar na conta. Nada é enviado antes da sua confirmação.
score-one = 1, nada satisfeito
score-two = 2, pouco satisfeito
score-three = 3, nem uma coisa nem outra
score-four = 4, satisfeito
score-five = 5, muito satisfeito

new-for-team = Há um novo incidente com a sua equipe.
given-to-team = { $who } passou este incidente à sua equipe.
given-to-you = { $who } passou este incidente a você.
says-still-broken = { $who } diz que ainda não funciona:
took-up-again = { $who } reabriu o incidente.
brought-in = { $who } pede a sua ajuda:
clock-warned = { $share } % do prazo { $clock ->
    [acknowledge] para assumir
    [response] para responder
    [update] até a próxima informação
    [team] da sua equipe
    [vendor] do fornecedor
   *[resolution] para resolver
} já passaram. Prazo final: { $at }.
clock-breached = O prazo { $clock ->
    [acknowledge] para assumir
    [response] para responder
    [update] até a próxima informação
    [team] da sua equipe
    [vendor] do fornecedor
   *[resolution] para resolver
} terminou: { $at }.
you-were-promised = Foi prometido a você que terminará até { $at }.
you-were-promised-instead = Havia sido prometido a você que terminaria até { $before }. Agora é: { $at }.
you-are-promised-no-more = Não se promete mais que termine até { $before }.
promise-to-you-broken = Foi prometido a você que terminaria até { $at }, e não terminou.
promise-to-somebody-broken = Foi prometido a alguém que terminaria até { $at }, e não terminou.
expectation-nears = Foi dito que voltaria a funcionar até { $at }, e esse momento aproxima-se. Diga em que ponto está antes que passe.
breach-explained = { $who } explicou por que um prazo não foi cumprido, e você é responsável pelo que vem a seguir:
new-incident = Um novo incidente foi comunicado.
was-assigned = { $who } entregou isto a alguém.
was-escalated = { $who } chamou outras pessoas:
priority-now = A prioridade agora é { $priority }.
declared-major = { $who } declarou isto um incidente grave.
proposes-major = { $who } propõe declará-lo incidente grave.
offers-role = { $who } oferece-lhe uma função: { $role ->
    [commander] direção do incidente
    [fix_lead] direção da reparação
    [communications] comunicação
   *[scribe] secretariado
}. Abra o incidente para a aceitar ou recusar.
gave-role = { $who } deu-lhe uma função: { $role ->
    [commander] direção do incidente
    [fix_lead] direção da reparação
    [communications] comunicação
   *[scribe] secretariado
}.
declined-role = { $who } não aceita a função que ofereceu: { $role ->
    [commander] direção do incidente
    [fix_lead] direção da reparação
    [communications] comunicação
   *[scribe] secretariado
}.
update-waits = { $who } escreveu um comunicado que aguarda aprovação:
update-rejected = { $who } não aprovou o comunicado que escreveu:
was-closed = O incidente está encerrado.
rated-low = { $who } avaliou isto com { $score } de 5.
kept-inside = Chegou por e-mail uma resposta em seu nome, e nada prova que é sua. Ela foi guardada como nota interna: quem comunicou o incidente não a recebeu.
kept-inside-fix = Para responder por e-mail, escreva do endereço da sua conta pelo servidor de e-mail do domínio. Esse servidor precisa assinar as mensagens (DKIM) ou ser indicado para o domínio (SPF), como pede o registro DMARC; quem o administra pode cuidar disso. Para responder agora, abra o incidente. Se você não escreveu nada, avise o administrador.
paged = Você é chamado: { $title }
paged-open = Abra o link para aceitar, escalar ou dizer que não pode.
paged-answer = Ou responda a esta mensagem com uma só palavra: ack (aceitar), escalate (escalar) ou cannot (não pode).
paged-sign-in = Entre para aceitar; caso contrário, o chamado é escalado.
paged-link = Aceitar, escalar ou dizer que não pode
paged-why = Você recebe esta mensagem porque está de plantão ou foi indicado para ser chamado.
paged-silent = A próxima informação está atrasada. Devia sair até { $at }; diga como está a situação.
paged-learns = Você está em aprendizado: quem está de plantão também é avisado.

trial-subject = Evenkeel: o servidor de e-mail funciona
trial = { $name }, esta mensagem foi enviada pelo Evenkeel ({ $at }) para testar o servidor de e-mail. Ele funciona.
trial-link = Abrir as configurações de e-mail
trial-why = Você recebe esta mensagem porque a pediu.

## On the screen of a device

push-news = Novidades sobre { $number }
push-trial-title = Funciona
push-trial = O Evenkeel pode mostrar novidades neste navegador.

## Several entries in one letter

things-happened = { $count ->
    [one] Aconteceu uma coisa:
   *[other] Aconteceram { $count } coisas, nesta ordem:
}
digest-subject = { $count ->
    [one] Uma novidade sobre o que você acompanha
   *[other] { $count } novidades sobre o que você acompanha
}
digest-opening = Estas são as novidades sobre o que você acompanha:
digest-why = Você recebe esta mensagem porque acompanha estes incidentes e escolheu, na sua conta, uma só mensagem para as novidades.
crowd-subject = { $count ->
    [one] Uma novidade sobre os seus incidentes
   *[other] { $count } novidades sobre os seus incidentes
}
crowd-opening = Aconteceu tanta coisa de uma vez que tudo vai em uma só mensagem:
crowd-why = Você recebe esta mensagem porque estes incidentes dizem respeito a você: você os relatou, acompanha ou trata.
stop-following = Deixar de acompanhar
