# Letters and pages of whoever subscribed to the status page, or is on a list. Plain words.
stands = { $phase ->
    [investigating] Nous examinons le problème.
    [identified] Nous connaissons la cause.
    [monitoring] C’est réparé, et nous restons attentifs.
   *[resolved] C’est terminé.
}
phase = { $phase ->
    [investigating] En cours d’analyse
    [identified] Cause connue
    [monitoring] Réparé, sous surveillance
   *[resolved] Terminé
}
fact-stands = Où cela en est
fact-concerns = Concerne
fact-expected = Rétablissement prévu au plus tard
fact-next = Prochaine information au plus tard
fact-from = Du
fact-until = Au
work-subject = { $word ->
    [announced] Travaux prévus
    [changed] Travaux prévus modifiés
    [cancelled] Travaux prévus annulés
    [reminder] Travaux prévus sous peu
    [started] Début des travaux prévus
   *[completed] Fin des travaux prévus
}
work-lead = { $word ->
    [announced] Nous prévoyons des travaux :
    [changed] Ce qui était prévu a changé. Désormais :
    [cancelled] Ceci n’aura pas lieu :
    [reminder] Ceci commence bientôt :
    [started] Ceci commence maintenant :
   *[completed] Ceci est terminé :
}
see-page = Ouvrir sur la page d’état
change-link = Choisir ce qui vous est annoncé
end-link = Se désabonner
why-subscriber = Vous recevez ce message parce que { $address } est abonné à la page d’état de { $site }.
why-list = Vous recevez ce message parce que { $address } figure sur une liste de personnes que { $site } informe à ce sujet. Le centre de services vous en retire.
why-listed = Vous recevez ce message parce que { $address } figure sur une liste de personnes que { $site } informe à ce sujet.
why-asked = Vous recevez ce message parce que quelqu’un a saisi { $address } sur la page d’état de { $site }.
confirm-subject = Confirmez votre abonnement à { $site }
confirm-letter = Ouvrez ce lien dans les 48 heures et appuyez sur le bouton. Vous serez alors informé quand quelque chose ne fonctionne pas chez { $site }.
confirm-not-you = Si ce n’était pas vous, ne faites rien : sans confirmation, rien d’autre n’est envoyé.
already-subject = Vous êtes déjà abonné à { $site }
already-letter = Quelqu’un a saisi de nouveau votre adresse. Rien n’a changé. Ici, vous choisissez ce qui vous est annoncé, ou vous vous désabonnez.

## The pages

subscribe-title = S’abonner aux nouvelles
subscribe-lead = Vous êtes informé quand quelque chose ne fonctionne pas chez { $site } et quand des travaux sont prévus.
by-mail = Par e-mail
by-program = Un programme, par webhook
your-address = Votre adresse e-mail
program-address = Adresse du programme
program-hint = Elle commence par https://. Le programme reçoit aussitôt un défi et le répète dans sa réponse.
about-what = De quoi voulez-vous être informé ?
everything = De tout
only-these = Seulement de ceci :
language-of-letters = Langue des messages
subscribe-press = S’abonner
sent-title = Consultez votre boîte aux lettres
sent-words = Un message est en route vers l’adresse saisie. Ouvrez le lien qu’il contient dans les 48 heures.
challenged-title = Le programme est interrogé maintenant
challenged-words = Il reçoit un défi à l’adresse saisie. Dès qu’il le répète, il est abonné.
confirm-title = Confirmer l’abonnement
confirm-words = Les messages sur { $site } iront ensuite à { $address }.
confirm-press = Oui, s’abonner
confirmed-title = Vous êtes abonné
confirmed-words = Chaque message contient un lien pour vous désabonner.
nowhere-title = Ce lien ne mène nulle part
nowhere-words = Il a peut-être été coupé en route, son délai est passé, ou l’abonnement a pris fin. Vous pouvez vous abonner de nouveau.
manage-title = Votre abonnement
manage-words = Ce qui est annoncé à { $address }.
save-press = Enregistrer
saved = Enregistré.
end-title = Se désabonner de { $site } ?
end-words = { $address } ne recevra alors plus de messages.
leave-words = { $address } est alors retirée de cette liste.
end-press = Oui, se désabonner
ended-title = Vous n’êtes pas abonné
ended-words = Plus aucun message n’est envoyé. Ce qui est déjà en route peut encore arriver.
left-title = Vous n’êtes plus sur cette liste
left-words = Elle ne vous envoie plus rien. Ce qui est déjà en route peut encore arriver.
wrong-address = Ce n’est pas une adresse e-mail. Vérifiez-la.
wrong-program = Ce n’est pas une adresse telle que https://hooks.example.org/in.
choose-one = Choisissez tout, ou au moins un élément.
no-room = Il n’y a pas de place pour d’autres abonnés en ce moment. Les flux de la page d’état n’ont besoin d’aucune adresse.
too-many = Trop de demandes viennent de votre réseau. Réessayez dans une heure.
to-page = Retour à la page d’état
