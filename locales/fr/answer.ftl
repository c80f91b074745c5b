# Des mots simples et polis (vous).
open-in-portal = Ouvrir dans le portail
still-broken-question = Toujours en panne ?
takes-it-up = L’incident est repris aussitôt, sans nouveau formulaire.
write-what-is-broken = Écrivez en quelques mots ce qui ne fonctionne toujours pas.
stands = { $how ->
    [closed] L’incident est clos. Merci, il n’y a plus rien à faire.
    [withdrawn] Le signalement a été retiré. Il n’y a plus rien à faire.
    [fixed_anew] Depuis cette lettre, l’incident a été repris et réparé de nouveau. Le lien se trouve dans la dernière lettre.
   *[work] Le travail a repris. Vous serez informé de la suite.
}
nowhere = Ce lien ne mène nulle part
nowhere-words = Il a peut-être été coupé en chemin, ou l’incident n’est plus le vôtre. Ouvrez le lien entier de la lettre, ou regardez dans le portail.
too-old = Ce lien est trop ancien
too-old-words = Son délai est passé. Dans le portail, vous voyez où en est l’incident et pouvez dire que la panne est revenue.
open-portal = Ouvrir le portail
not-accepted = Cela n’a pas pu être accepté. Vérifiez ce que vous avez saisi.
rate-question = Êtes-vous satisfait du déroulement ?
words-if-you-like = En quelques mots, si vous le souhaitez
send-rating = Envoyer
you-rated = Merci. Vous avez donné { $score } sur 5.
change-until = Vous pouvez modifier cela jusqu’à : { $at }.
unfollow-question = Ne plus suivre { $number } ?
unfollow-words = Vous ne recevrez plus de messages à ce sujet. Vous restez informé de ce que vous avez signalé vous-même.
unfollow-press = Ne plus le suivre
unfollowed = Vous ne suivez plus cet incident.
unfollow-choose = Choisir dans votre compte de quoi vous êtes informé
unfollow-nowhere = Il a peut-être été coupé en chemin. Ouvrez le lien entier du message, ou cessez de suivre l’incident sur sa page.
unfollow-too-old = Son délai est écoulé. Vous pouvez cesser de suivre l’incident sur sa page.
unfollow-all-question = Ne plus recevoir de messages de nouvelles regroupées ?
unfollow-all-words = Les nouvelles de ce que vous suivez se trouvent alors seulement dans votre boîte de réception ici. Vous pouvez le changer dans votre compte.
unfollow-all-press = Plus de tels messages
unfollowed-all = Vous ne recevez plus de messages de nouvelles regroupées. Elles sont dans votre boîte de réception ici.
