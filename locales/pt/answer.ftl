# Palavras simples e corteses.
open-in-portal = Abrir no portal
still-broken-question = Ainda não funciona?
takes-it-up = O incidente é reaberto na hora, sem novo formulário.
write-what-is-broken = Escreva em poucas palavras o que ainda não funciona.
stands = { $how ->
    [closed] O incidente está encerrado. Obrigado, não há mais nada a fazer.
    [withdrawn] A comunicação foi retirada. Não há mais nada a fazer.
    [fixed_anew] Desde esta carta o incidente foi reaberto e resolvido de novo. O link está na carta mais recente.
   *[work] O trabalho foi retomado. Você será informado de como continua.
}
nowhere = Este link não leva a lugar nenhum
nowhere-words = Talvez tenha sido cortado no caminho, ou o incidente não é mais seu. Abra o link completo da carta ou veja no portal.
too-old = Este link é antigo demais
too-old-words = O prazo dele passou. No portal você vê como está o incidente e pode dizer que parou de novo.
open-portal = Abrir o portal
not-accepted = Isto não pôde ser aceito. Verifique o que você escreveu.
rate-question = Você está satisfeito com o andamento?
words-if-you-like = Em poucas palavras, se quiser
send-rating = Enviar
you-rated = Obrigado. Você deu { $score } de 5.
change-until = Você pode alterar isso até: { $at }.
unfollow-question = Deixar de acompanhar { $number }?
unfollow-words = Você não recebe mais mensagens sobre ele. Do que você mesmo comunicou, continua sendo avisado.
unfollow-press = Deixar de acompanhar
unfollowed = Você não acompanha mais este incidente.
unfollow-choose = Escolher na sua conta do que mais você é avisado
unfollow-nowhere = Talvez tenha sido cortado no caminho. Abra o link inteiro da mensagem ou deixe de acompanhar na página do incidente.
unfollow-too-old = O prazo dele passou. Você pode deixar de acompanhar na página do incidente.
unfollow-all-question = Não receber mais mensagens com novidades reunidas?
unfollow-all-words = As novidades do que você acompanha ficam então só na sua caixa de entrada aqui. Você pode alterar isso na sua conta.
unfollow-all-press = Sem mais mensagens dessas
unfollowed-all = Você não recebe mais mensagens com novidades reunidas. Elas estão na sua caixa de entrada aqui.
