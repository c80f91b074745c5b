# Des mots simples et polis (vous).

answers = Réponses
all-answers = Toutes les réponses
what-about = De quoi s’agit-il ?
which-service = Quel service
every-service = Tous les services
search = Chercher
no-answer = Aucune réponse trouvée
no-answer-words = Essayez d’autres mots, ou signalez ce qui ne fonctionne pas.
no-answers-yet = Pas encore de réponses
no-answers-yet-words = Ce que vous pouvez faire vous-même sera indiqué ici.
helped = { $asked ->
    [one] a aidé { $helped } personne sur { $asked }
   *[other] a aidé { $helped } personnes sur { $asked }
}
updated-at = Modifié <time>{ $at }</time>
in-language = Ce texte est en { $code ->
    [de] allemand
    [es] espagnol
    [fr] français
    [pl] polonais
    [pt] portugais
   *[en] anglais
}.
did-it-help = Est-ce résolu ?
solved-it = Oui, c’est résolu
did-not = Non, je le signale
counted = Bien. C’est compté, pour que d’autres le trouvent plus vite.
more = Suite
