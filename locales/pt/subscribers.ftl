# Letters and pages of whoever subscribed to the status page, or is on a list. Plain words.
stands = { $phase ->
    [investigating] Estamos a investigar.
    [identified] Conhecemos a causa.
    [monitoring] Está reparado e continuamos atentos.
   *[resolved] Já terminou.
}
phase = { $phase ->
    [investigating] Em investigação
    [identified] Causa conhecida
    [monitoring] Reparado, em observação
   *[resolved] Terminado
}
fact-stands = Em que ponto está
fact-concerns = Afeta
fact-expected = Restabelecimento previsto até
fact-next = Próxima informação até
fact-from = De
fact-until = Até
work-subject = { $word ->
    [announced] Trabalhos previstos
    [changed] Alteração nos trabalhos previstos
    [cancelled] Trabalhos previstos cancelados
    [reminder] Em breve há trabalhos previstos
    [started] Começam os trabalhos previstos
   *[completed] Fim dos trabalhos previstos
}
work-lead = { $word ->
    [announced] Temos previstos estes trabalhos:
    [changed] O previsto mudou. Agora é:
    [cancelled] Isto não se realiza:
    [reminder] Isto começa em breve:
    [started] Isto começa agora:
   *[completed] Isto terminou:
}
see-page = Abrir na página de estado
change-link = Escolher o que lhe é comunicado
end-link = Cancelar a subscrição
why-subscriber = Recebe esta mensagem porque { $address } subscreveu a página de estado de { $site }.
why-list = Recebe esta mensagem porque { $address } está numa lista de pessoas que { $site } informa sobre isto. O serviço de apoio retira-o dela.
why-listed = Recebe esta mensagem porque { $address } está numa lista de pessoas que { $site } informa sobre isto.
why-asked = Recebe esta mensagem porque alguém introduziu { $address } na página de estado de { $site }.
confirm-subject = Confirme a sua subscrição de { $site }
confirm-letter = Abra esta ligação no prazo de 48 horas e prima o botão. Será então informado quando algo de { $site } não funcionar.
confirm-not-you = Se não foi você, não faça nada: sem confirmação nada mais é enviado.
already-subject = Já subscreve { $site }
already-letter = Alguém voltou a introduzir o seu endereço. Nada mudou. Aqui escolhe o que lhe é comunicado, ou cancela a subscrição.

## The pages

subscribe-title = Subscrever novidades
subscribe-lead = É informado quando algo de { $site } não funciona e quando há trabalhos previstos.
by-mail = Por e-mail
by-program = Um programa, por webhook
your-address = O seu endereço de e-mail
program-address = Endereço do programa
program-hint = Começa por https://. O programa recebe logo um desafio e repete-o na resposta.
about-what = O que quer que lhe seja comunicado?
everything = De tudo
only-these = Apenas disto:
language-of-letters = Língua das mensagens
subscribe-press = Subscrever
sent-title = Veja a sua caixa de correio
sent-words = Há uma mensagem a caminho do endereço introduzido. Abra a ligação que contém no prazo de 48 horas.
challenged-title = O programa está a ser questionado
challenged-words = Recebe um desafio no endereço introduzido. Assim que o repetir, fica subscrito.
confirm-title = Confirmar a subscrição
confirm-words = As mensagens sobre { $site } irão então para { $address }.
confirm-press = Sim, subscrever
confirmed-title = Está subscrito
confirmed-words = Cada mensagem tem uma ligação para cancelar a subscrição.
nowhere-title = Esta ligação não leva a lado nenhum
nowhere-words = Pode ter sido cortada, o prazo pode ter passado ou a subscrição terminou. Pode subscrever de novo.
manage-title = A sua subscrição
manage-words = O que é comunicado a { $address }.
save-press = Guardar
saved = Guardado.
end-title = Cancelar a subscrição de { $site }?
end-words = { $address } deixa então de receber mensagens.
leave-words = { $address } é então retirado desta lista.
end-press = Sim, cancelar
ended-title = Não está subscrito
ended-words = Não são enviadas mais mensagens. O que já vai a caminho ainda pode chegar.
left-title = Já não está nesta lista
left-words = Por ela não recebe mais nada. O que já vai a caminho ainda pode chegar.
wrong-address = Isto não é um endereço de e-mail. Verifique-o.
wrong-program = Isto não é um endereço como https://hooks.example.org/in.
choose-one = Escolha tudo ou pelo menos um.
no-room = De momento não há lugar para mais subscritores. Os feeds da página de estado não precisam de endereço.
too-many = Demasiados pedidos a partir da sua rede. Tente de novo dentro de uma hora.
to-page = Voltar à página de estado
