# Palavras simples e corteses.

answers = Respostas
all-answers = Todas as respostas
what-about = De que se trata?
which-service = Qual serviço
every-service = Todos os serviços
search = Procurar
no-answer = Nenhuma resposta encontrada
no-answer-words = Tente outras palavras ou comunique o que não funciona.
no-answers-yet = Ainda não há respostas
no-answers-yet-words = O que puder fazer por si será indicado aqui.
helped = { $asked ->
    [one] ajudou { $helped } de { $asked } pessoa
   *[other] ajudou { $helped } de { $asked } pessoas
}
updated-at = Alterado <time>{ $at }</time>
in-language = Este texto está em { $code ->
    [de] alemão
    [es] espanhol
    [fr] francês
    [pl] polaco
    [pt] português
   *[en] inglês
}.
did-it-help = Ficou resolvido?
solved-it = Sim, ficou resolvido
did-not = Não, quero comunicar
counted = Bom. Fica contado, para que outros o encontrem mais depressa.
more = Mais
