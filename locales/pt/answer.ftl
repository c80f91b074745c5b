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
