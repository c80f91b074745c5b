# Des mots simples et polis (vous).
language-label = Langue
skip = Aller au contenu
account = Compte
your-account = Votre compte
queue = File
switch-theme = Passer du thème clair au thème sombre
sign-out = Se déconnecter
things-to-fix = { $count ->
    [one] Un point à corriger
   *[other] { $count } points à corriger
}
errors = Erreurs

sign-in = Se connecter
sign-in-to = Se connecter à { $name }
email = Adresse e-mail
password = Mot de passe
does-not-match = Cela ne correspond pas. Vérifiez la touche Verr. Maj.
no-password = Pas de mot de passe, ou oublié ? L’administration vous en donne un nouveau.
not-signed-in = <b>Vous n’êtes pas connecté.</b> Vérifiez l’adresse e-mail et le <a>mot de passe</a>. Rien n’est bloqué.
wait-seconds = <b>Vous n’êtes pas connecté.</b> Il y a eu trop d’essais. Attendez { $count ->
    [one] 1 seconde
   *[other] { $count } secondes
}, puis réessayez. Rien n’est bloqué.
wait-minutes = <b>Vous n’êtes pas connecté.</b> Il y a eu trop d’essais. Attendez { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}, puis réessayez. Rien n’est bloqué.
first-run = Personne ne peut encore se connecter
first-run-title = Premier démarrage
first-run-words = Cette instance n’a pas d’administrateur. Sur la machine où elle tourne, avec les mêmes données, lancez :
first-run-then = Un mot de passe est demandé. Rechargez ensuite cette page.
load-again = Recharger

start-page = Aller à l’accueil
error-title = { $kind ->
    [forbidden] Vous ne pouvez pas faire cela
    [missing] Il n’y a rien ici
    [changed] Cela a changé entre-temps
    [large] C’est trop volumineux
    [throttled] Trop d’essais
    [busy] Le serveur est occupé
    [failed] Quelque chose a échoué ici
   *[other] Cela n’a pas fonctionné
}
error-words = { $kind ->
    [forbidden] Votre compte ne peut pas faire cela. Demandez à l’administration si vous en avez besoin.
    [missing] Il n’y a rien à cette adresse, ou vous ne pouvez pas le voir. Vérifiez l’adresse, ou faites une recherche.
    [changed] Quelqu’un l’a modifié au même moment. Regardez où cela en est, et réessayez.
    [large] Ce qui a été envoyé dépasse ce que ce formulaire accepte. Les fichiers peuvent faire 25 Mo chacun.
    [throttled] Attendez un peu, puis réessayez. Rien n’est bloqué.
    [busy] Rien de ce qui a été enregistré n’est perdu. Réessayez dans quelques secondes.
    [method] Cette adresse n’accepte pas ce qui a été envoyé. Revenez en arrière et réessayez depuis la page.
    [failed] C’est noté dans le journal. Ce qui a été enregistré est en sécurité. Réessayez, et prévenez l’administration si cela persiste.
   *[other] La demande n’a pas été comprise. Revenez en arrière et réessayez.
}
