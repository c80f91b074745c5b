# Courriels avec les rapports envoyés d’eux-mêmes.

mailed-subject = { $report } : du { $from } au { $to }
mailed-days = Du { $from } au { $to }, jours de { $zone }.
mailed-filter = Sont comptés les incidents de : { $query }
mailed-nothing = Il n’y avait rien à compter ces jours-là.
mailed-more = Ce sont les premières lignes ; le fichier joint les contient toutes.
mailed-own = Les chiffres portent sur les incidents que vous pouvez voir.
mailed-open = Ouvrir le rapport
mailed-why = Vous recevez ce message parce que { $who } a prévu que ce rapport vous soit envoyé.
mailed-stop = Ne plus recevoir ces messages
unmail-question = Ne plus recevoir le rapport « { $report } » par messagerie ?
unmail-words = Vous pouvez toujours ouvrir le rapport ici. La personne qui a prévu cet envoi peut vous y ajouter de nouveau.
unmail-press = Plus de tels messages
unmailed = Vous ne recevez plus de messages avec ce rapport.
mailed-line = De
mailed-all = Tous
mailed-none = Aucun
mailed-report = { $report ->
    [compliance] Respect des accords
    [times] Durées
    [backlog] Encours
    [arrivals] Quand arrivent les incidents
    [reopenings] Réouvertures
    [hops] Passages entre équipes
    [first-contact] Résolus au premier contact
    [workload] Charge de travail
    [on-call] Charge des astreintes
    [communication] Nouvelles promises
    [downtime] Indisponibilité des services
   *[satisfaction] Satisfaction
}
mailed-column = { $column ->
    [incidents] Incidents
    [response_share] Réponses à temps
    [resolution_share] Résolus à temps
    [resolution_breached] Résolus en retard
    [acknowledge_median] Pris en charge, médiane
    [respond_median] Réponse, médiane
    [restore_median] Rétabli, médiane
    [resolve_median] Résolu, médiane
    [reopened] Rouverts
    [share] Part
    [moved] Transférés
    [mean] Moyenne
    [decided] Terminés
    [over] Terminés
    [solved] Au premier contact
    [open] Ouverts
    [resolved] Résolus
    [work] Travail enregistré
    [pages] Appels d’astreinte
    [night] De nuit
    [answered] Répondus
    [median] Médiane
    [kept] À temps
    [missed] Manquées
    [outages] Pannes
    [out] En panne
    [available] Disponible
    [rated] Évalués
    [low] Notes basses
    [in] Arrivés
    [went] Sortis
   *[other] { $title }
}
