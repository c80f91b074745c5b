# Courriers. Des mots simples et polis (vous), sans point d’exclamation.

open-incident = Ouvrir l’incident
title-removed = Titre supprimé
service-desk = Le centre de services
reply-here = Vous pouvez répondre à ce message ; votre réponse sera jointe à l’incident.
why-requester = Vous recevez ce message parce que { $number } a été signalé par vous ou pour vous.
why-watcher = Vous recevez ce message parce que vous suivez { $number }. Vous pouvez cesser de le suivre sur sa page.
why-person = Vous recevez ce message parce que { $number } vous concerne : { $how ->
    [given] l’incident vous a été confié
    [brought] votre aide a été demandée
    [promised] la promesse vous a été faite
    [follows] vous êtes responsable de la suite à donner
    [decides] c’est à vous d’en décider ou de le savoir
    [role] il s’agit d’un rôle dans cet incident
    [wrote] vous avez rédigé le message
   *[yours] c’est votre incident
}.
why-team = Vous recevez ce message parce que { $number } est confié à votre équipe.
why-team-named = Vous recevez ce message parce que { $number } est confié à votre équipe { $team }.
why-rule = Vous recevez ce message en raison de la règle « { $rule } » pour { $number }.
by-rule = Règle : { $rule }.

fact-incident = Numéro d’incident
fact-title = Titre
fact-service = Service concerné
fact-priority = Priorité
fact-requester = Demandeur
fact-team = Équipe
fact-due = Échéance
fact-expected = Rétablissement prévu au plus tard
fact-next = Prochaine information au plus tard
fact-since = Depuis

received = Nous avons bien reçu votre signalement. Il porte le numéro { $number }.
told-here = Nous vous tiendrons au courant de la suite par cette voie.
wrote = { $who } a écrit :
added-file = { $who } a ajouté un fichier :
need-answer = Nous avons besoin de votre réponse pour continuer.
phase = { $phase ->
    [investigating] Nous examinons le problème.
    [identified] Nous connaissons la cause.
    [monitoring] C’est réparé, et nous restons attentifs.
   *[resolved] C’est terminé.
}
expected-by = Nous pensons que tout fonctionnera de nouveau au plus tard { $at }.
expected-unknown = Pour le moment, nous ne pouvons pas dire quand cela fonctionnera de nouveau.
later-than-said = Cela prend plus de temps que nous ne l’avions dit. Nous en sommes désolés et continuons d’y travailler.
promised-by = Nous vous promettons que cela fonctionnera de nouveau au plus tard { $at }.
promise-gone = Le délai que nous avions promis n’est plus valable.
resolved = Cela devrait fonctionner de nouveau :
check-it = Merci de vérifier et de nous le dire ; il n’est pas nécessaire de vous connecter.
it-works = Cela fonctionne de nouveau
still-broken = Toujours en panne
closes-on = Sans nouvelles de votre part, l’incident sera clos : { $at }.
closed = { $how ->
    [confirmed] Cela fonctionne de nouveau, et l’incident est clos. Merci de nous l’avoir dit.
    [silence] Nous n’avons plus eu de nouvelles, l’incident est donc clos.
    [no_answer] Nous avons posé une question sans recevoir de réponse, l’incident est donc clos. Si cela ne fonctionne toujours pas, dites-le-nous.
   *[other] L’incident est clos.
}
withdrawn = Le signalement a été retiré ; personne n’y travaille.
taken-up-again = Nous avons repris le travail sur cet incident.
together = D’autres personnes ont signalé la même chose, et nous traitons le tout ensemble. Nous vous tiendrons au courant de la suite par cette voie.
also-yours = { $count ->
    [one] Il en va de même pour un autre incident que vous avez signalé.
   *[other] Il en va de même pour { $count } autres incidents que vous avez signalés.
}
follower-still-broken = C’est toujours en panne :
follower-taken-up-again = Le travail sur cet incident a repris.
reminder = Nous vous avons posé une question et avons encore besoin de votre réponse pour continuer.
how-content = L’incident est clos. Êtes-vous satisfait de son déroulement ?
press-one = Choisissez une réponse ; il n’est pas nécessaire de vous connecter. Rien n’est envoyé avant votre confirmation.
score-one = 1, pas du tout satisfait
score-two = 2, pas satisfait
score-three = 3, ni l’un ni l’autre
score-four = 4, satisfait
score-five = 5, très satisfait

new-for-team = Un nouvel incident est confié à votre équipe.
given-to-team = { $who } a confié cet incident à votre équipe.
given-to-you = { $who } vous a confié cet incident.
says-still-broken = { $who } dit que c’est toujours en panne :
took-up-again = { $who } a repris cet incident.
brought-in = { $who } demande votre aide :
clock-warned = { $share } % du délai { $clock ->
    [acknowledge] de prise en charge
    [response] de réponse
    [update] jusqu’à la prochaine information
    [team] de votre équipe
    [vendor] du fournisseur
   *[resolution] de résolution
} sont écoulés. Échéance : { $at }.
clock-breached = Le délai { $clock ->
    [acknowledge] de prise en charge
    [response] de réponse
    [update] jusqu’à la prochaine information
    [team] de votre équipe
    [vendor] du fournisseur
   *[resolution] de résolution
} est dépassé depuis : { $at }.
you-were-promised = On vous a promis que ce serait terminé au plus tard { $at }.
you-were-promised-instead = On vous avait promis que ce serait terminé au plus tard { $before }. C’est maintenant : { $at }.
you-are-promised-no-more = Il n’est plus promis que ce soit terminé au plus tard { $before }.
promise-to-you-broken = On vous avait promis que ce serait terminé au plus tard { $at }, et ce n’est pas le cas.
promise-to-somebody-broken = On avait promis à quelqu’un que ce serait terminé au plus tard { $at }, et ce n’est pas le cas.
expectation-nears = Il a été annoncé que cela fonctionnerait au plus tard { $at }, et ce moment approche. Dites où en est la situation avant qu’il ne passe.
breach-explained = { $who } a expliqué pourquoi un délai n’a pas été tenu, et vous êtes responsable de la suite à donner :
new-incident = Un nouvel incident a été signalé.
was-assigned = { $who } l’a confié à quelqu’un.
was-escalated = { $who } a fait appel à d’autres :
priority-now = Sa priorité est maintenant { $priority }.
declared-major = { $who } l’a déclaré incident majeur.
proposes-major = { $who } propose de le déclarer incident majeur.
offers-role = { $who } vous propose un rôle : { $role ->
    [commander] direction de l’incident
    [fix_lead] direction de la réparation
    [communications] communication
   *[scribe] secrétariat
}. Ouvrez l’incident pour l’accepter ou le refuser.
gave-role = { $who } vous a confié un rôle : { $role ->
    [commander] direction de l’incident
    [fix_lead] direction de la réparation
    [communications] communication
   *[scribe] secrétariat
}.
declined-role = { $who } ne prend pas le rôle que vous avez proposé : { $role ->
    [commander] direction de l’incident
    [fix_lead] direction de la réparation
    [communications] communication
   *[scribe] secrétariat
}.
update-waits = { $who } a rédigé un message qui attend une approbation :
update-rejected = { $who } n’a pas approuvé le message que vous avez rédigé :
was-closed = L’incident est clos.
rated-low = { $who } l’a noté { $score } sur 5.
kept-inside = Une réponse en votre nom est arrivée par courriel, et rien ne prouve qu’elle vient de vous. Elle est gardée comme note interne : le demandeur ne l’a pas reçue.
kept-inside-fix = Pour répondre par courriel, écrivez depuis l’adresse de votre compte, par le serveur de messagerie de son domaine. Ce serveur doit signer les messages (DKIM) ou être nommé pour le domaine (SPF), comme le veut son enregistrement DMARC ; la personne qui l’administre peut s’en occuper. Pour répondre maintenant, ouvrez l’incident. Si vous n’avez rien écrit, prévenez votre administrateur.
paged = Vous êtes appelé : { $title }
paged-open = Ouvrez le lien pour prendre en charge, escalader ou dire que vous ne pouvez pas.
paged-answer = Ou répondez à ce message par un seul mot : ack (prendre en charge), escalate (escalader) ou cannot (vous ne pouvez pas).
paged-sign-in = Connectez-vous pour prendre en charge, sinon l’appel est escaladé.
paged-link = Prendre en charge, escalader ou dire que vous ne pouvez pas
paged-why = Vous recevez ce message parce que vous êtes d’astreinte ou avez été désigné pour être appelé.
paged-silent = La prochaine information se fait attendre. Elle était due au plus tard { $at }, dites où en est la situation.
paged-learns = Vous apprenez : la personne d’astreinte est appelée aussi.

trial-subject = Evenkeel : le serveur de messagerie fonctionne
trial = { $name }, ce message a été envoyé par Evenkeel ({ $at }) pour essayer le serveur de messagerie. Il fonctionne.
trial-link = Ouvrir les réglages de la messagerie
trial-why = Vous recevez ce message parce que vous l’avez demandé.

## On the screen of a device

push-news = Du nouveau sur { $number }
push-trial-title = Cela fonctionne
push-trial = Evenkeel peut afficher les nouvelles dans ce navigateur.

## Several entries in one letter

things-happened = { $count ->
    [one] Un événement s’est produit :
   *[other] { $count } événements se sont produits, dans cet ordre :
}
digest-subject = { $count ->
    [one] Une nouvelle de ce que vous suivez
   *[other] { $count } nouvelles de ce que vous suivez
}
digest-opening = Voici les nouvelles de ce que vous suivez :
digest-why = Vous recevez ce message parce que vous suivez ces incidents et avez choisi un seul message pour leurs nouvelles dans votre compte.
crowd-subject = { $count ->
    [one] Une nouvelle de vos incidents
   *[other] { $count } nouvelles de vos incidents
}
crowd-opening = Il s’est passé tant de choses à la fois qu’un seul message les réunit :
crowd-why = Vous recevez ce message parce que ces incidents vous concernent : vous les avez signalés, les suivez ou les traitez.
stop-following = Ne plus suivre
