# Des mots simples et polis (vous).

what-is-not-working = Qu’est-ce qui ne fonctionne pas ?
report = Signaler
go-on = Continuer
ask-hint = Quelques mots suffisent. Pendant que vous écrivez, nous cherchons les problèmes connus.
suggestions = Suggestions
your-open-incidents = Vos incidents en cours
all-your-incidents = Tous vos incidents
your-closed-incidents = Vos incidents clos
of-your-company = Incidents en cours de votre entreprise
you-follow = Incidents que vous suivez
short-all = Tous
short-open = En cours
short-over = Clos
short-company = Votre entreprise
short-followed = Suivis
all-of-them = Voir tout ({ $count ->
    [one] { $count }
   *[other] { $count }
})
nothing-open = Aucun de vos signalements n’est en cours.
words-or-number = Des mots ou un numéro
find = Rechercher
nothing-here = Rien ici
nothing-in-list = Il n’y a aucun incident dans cette liste.
report-something = Signaler quelque chose
pages = Pages
older = Plus anciens
start = Accueil
incidents = Incidents
which-incidents = Quels incidents
reported-at = Signalé <time>{ $at }</time>
reported-by-at = { $who }, signalé <time>{ $at }</time>
services = Services
status-page = Page d’état
working = fonctionne
limited = perturbé
not-working = en panne
all-services = { $count ->
    [one] 1 service
   *[other] Les { $count } services
}
other-services = { $count ->
    [one] 1 autre
   *[other] { $count } autres
}

rather-talk = <b>Vous préférez parler ?</b> Appelez le <a>{ $phone }</a>.
rather-talk-about = <b>Vous préférez parler ?</b> Appelez le <a>{ $phone }</a> et donnez le numéro { $number }.
times-in = Heures en { $zone }, { $whose ->
    [own] votre fuseau horaire
   *[other] le fuseau horaire d’ici
}.

received = Reçu
being-worked-on = En traitement
to-be-checked = Réparé, merci de vérifier
closed = Clos
withdrawn = Retiré
fixed = Réparé
reported = Signalé
last-change = Dernier changement
waiting = { $reason ->
    [requester] En attente de votre réponse
    [vendor] En attente d’un fournisseur
    [change] En attente d’un changement prévu
    [problem] En attente d’une solution durable
    [scheduled] En attente du moment convenu
   *[other] En attente
}
expected-back = Rétablissement prévu
was-expected-back = Le rétablissement était prévu
likely-back = Rétablissement probable
by-time = au plus tard { $at }
takes-longer = Cela prend plus de temps.

your-incidents = Vos incidents
what-happened = Ce qui s’est passé
progress = Avancement
when-you-confirm = quand vous confirmez
from-team = { $who } ({ $team })
we-wait = <b>Nous attendons votre réponse.</b> Le travail reprend dès que vous écrivez.
answer = Répondre
longer-than-said = <b>Cela prend plus de temps que nous ne l’avions dit.</b> Le travail continue, et vous serez informé ici.
longer-than-promised = <b>Cela prend plus de temps que nous ne l’avions dit.</b> Nous l’avions promis au plus tard { $at }. Le travail continue, et vous serez informé ici.
we-promised = Nous avons promis que cela fonctionnera de nouveau <b>au plus tard { $at }</b>
together = D’autres ont le même problème. Il est traité pour tous à la fois, et vous serez informé ici.
desk-has-it = Le centre de services a votre signalement. La suite sera indiquée ici.
is-it-working = Cela fonctionne-t-il chez vous maintenant ?
it-works = Cela fonctionne de nouveau
still-broken = Toujours en panne
what-is-still-broken = Qu’est-ce qui ne fonctionne toujours pas ?
send-and-reopen = Envoyer et rouvrir
reopens = « Toujours en panne » le rouvre aussitôt, sans nouveau formulaire.
reopens-with = « Toujours en panne » le rouvre aussitôt auprès de { $who }, sans nouveau formulaire.
closes-by-itself = Sans nouvelles de votre part, nous le fermons ({ $at }) ; pendant { $days ->
    [one] 1 jour
   *[other] { $days } jours
} après cela, vous pouvez dire que la panne est revenue.
follow-up-until = Cela crée un nouvel incident qui fait suite à celui-ci. C’est possible au plus tard { $until }.
broke-again-label = La panne est revenue ? Écrivez ce qui se passe maintenant
broke-again = De nouveau en panne
not-working-label = Cela ne fonctionne toujours pas ? Écrivez ce qui se passe maintenant
report-again = Signaler de nouveau
add-something = Ajouter quelque chose
send = Envoyer
message-reopens = Un message rouvre l’incident. Si cela fonctionne, appuyez sur « Cela fonctionne de nouveau » ci-dessus.
your-answer = Votre réponse
send-answer = Envoyer la réponse
over-report-anew = Cet incident est terminé. <a>Signalez-le de nouveau</a> s’il se reproduit.
only-they-write = Seuls { $who } et le centre de services écrivent ici.
page-for-agents = Ouvrir la page des agents
follow = Suivre
stop-following = Ne plus suivre
reported-in-error = J’ai signalé cela par erreur
why-not-needed = Pourquoi n’est-ce plus nécessaire ?
withdraw = Retirer

you = Vous
update = Information
by-who = par { $who }
for-who = pour { $who }
words-removed = Ce texte a été supprimé.
next-update = Prochaine information
spoken = { $kind ->
    [report] Signalement de { $who }
    [said] Message de { $who }
    [update] Information de { $who }
    [fixed] Réparé, dit { $who }
    [broken] Toujours en panne, dit { $who }
   *[withdrawn] Retiré par { $who }
}, { $at }
line-reported = <b>{ $speaker ->
    [you] Vous
   *[other] { $who }
}</b> { $speaker ->
    [you] avez
   *[other] a
} signalé cela{ $how ->
    [phone] {" "}par téléphone
    [email] {" "}par courriel
    [chat] {" "}par messagerie
    [in_person] {" "}en personne
   *[other] {""}
}
line-taken = <b>{ $who }</b> s’en occupe
line-given = <b>{ $who }</b> y travaille
line-given-from = <b>{ $who }</b> ({ $team }) y travaille
line-given-team = Confié à <b>{ $team }</b>
another-team = une autre équipe
until = { $what }, au plus tard { $at }
line-goes-on = Le travail reprend
line-reopened = Repris
line-stays-fixed = Considéré comme réparé malgré tout
line-expected-gone = Il n’y a plus d’heure prévue
line-promised = Rétablissement promis <b>au plus tard { $at }</b>
line-promised-now = Maintenant promis <b>au plus tard { $at }</b>
line-promise-gone = Il n’y a plus de délai promis
line-later = <b>Plus tard que prévu</b> : promis au plus tard { $at }
line-effects-over = Les effets ont disparu ; la cause est encore recherchée
line-back = Le service est rétabli
line-works = <b>{ $speaker ->
    [you] Vous
   *[other] { $who }
}</b> { $speaker ->
    [you] avez
   *[other] a
} dit que cela fonctionne de nouveau
line-noted-works = <b>{ $who }</b> a noté que cela fonctionne de nouveau
line-closed = { $how ->
    [confirmed] Clos
    [silence] Clos, car personne n’a dit que c’était toujours en panne
   *[other] Clos par le centre de services
}
line-joined = Traité avec un autre signalement du même problème
line-parted = De nouveau traité séparément
line-renamed = Le titre est maintenant « { $title } »
line-title-changed = Titre modifié
line-added = <b>{ $speaker ->
    [you] Vous
   *[other] { $who }
}</b> { $speaker ->
    [you] avez
   *[other] a
} ajouté :
removed-file = fichier supprimé

heard = { $what ->
    [wrote] { $who } a écrit
    [file] { $who } a ajouté un fichier
    [update] { $who } a publié une information
    [resolved] réparé, merci de vérifier
    [work] en traitement
   *[closed] clos
}

tell-us = Dites-nous ce qui ne fonctionne pas
we-already-know = Nous le savons déjà : { $title }
known-problems = Problèmes connus
have-this-too = Moi aussi
said-at = Publié <time>{ $at }</time>
you-have-this-too = Vous aussi : { $title }
joins-the-others = Votre signalement rejoint ceux des autres. Leurs mots restent les leurs, et les vôtres restent les vôtres.
report-it = Signaler
what-happens = Que se passe-t-il ?
what-happens-hint = Depuis quand, où et ce que vous voyez. Laissez vide si la ligne ci-dessus dit tout.
which-service = De quel service s’agit-il ?
which-service-hint = Si vous n’êtes pas sûr, laissez ouvert.
not-sure = Je ne suis pas sûr
how-many = Combien de personnes sont touchées ?
how-many-hint = À peu près. Laissez vide si vous êtes seul concerné.
way-around = Pouvez-vous faire autrement ?
way-around-no = Non, mon travail est arrêté
way-around-partly = En partie, cela me coûte du temps
way-around-yes = Oui, je peux continuer sans
is-it-one-of-these = Est-ce l’un de ceux-ci ?
something-else = Autre chose
add-file = Ajouter une photo ou un fichier
you-reported = Vos signalements
you-reported-as = Vous l’avez signalé sous { $number } : { $standing }
answers-that-may-help = Réponses qui peuvent aider
helped-share = A aidé { $percent } % de ceux qui l’ont essayé
report-this = Signaler « { $title } »
none-of-these = Aucun de ceux-ci, signaler « { $title } »
about-a-minute = prend environ une minute
it-is-worked-on = C’est en cours de traitement

changed-meanwhile = Cela a changé entre-temps. Regardez où cela en est ; ce que vous avez écrit est conservé.
write-something = Écrivez quelque chose, ou ajoutez un fichier.
write-what-is-broken = Écrivez ce qui ne fonctionne toujours pas.
write-why = Écrivez pourquoi en quelques mots.
title-needed = Écrivez en quelques mots ce qui ne fonctionne pas
too-long = C’est plus long que { $count } caractères
file-not-taken = Les fichiers n’ont pas été acceptés : au plus { $count } à la fois et { $size } chacun, aucun vide
choose-an-answer = Choisissez l’une des réponses
unknown-service = Ce service n’est plus connu
write-a-number = Écrivez un nombre comme 12, ou laissez vide
not-accepted = Cela n’a pas pu être accepté. Vérifiez ce que vous avez saisi ; tout est conservé.
