# La page d’état, pour tout le monde. Mots simples, vous, pas de points d’exclamation.

status = état des services
page-title = État des services de { $name }

now-works = Tout fonctionne
now-planned = Des travaux prévus sont en cours
now-one = { $how ->
    [degraded_performance] { $name } : plus lent ou limité
    [partial_outage] { $name } ne fonctionne qu’en partie
   *[major_outage] { $name } ne fonctionne pas
}
now-many = { $how ->
    [degraded_performance] Plusieurs services sont plus lents ou limités
    [partial_outage] Plusieurs services ne fonctionnent qu’en partie
   *[major_outage] Plusieurs services ne fonctionnent pas
}
rest-works = Tout le reste fonctionne.
others-affected = D’autres sont touchés aussi ; chacun est indiqué ci-dessous.
as-of = Situation à <time>{ $at }</time>.

phase = { $phase ->
    [investigating] En cours d’examen
    [identified] Cause trouvée, réparation en cours
    [monitoring] Réparé, sous surveillance
   *[resolved] Fonctionne de nouveau
}
progress = Avancement
affects = Concerne { $names }.
began = Début : <time>{ $at }</time>.
expected-back = Rétablissement prévu
next-update = Prochaine nouvelle
by-time = au plus tard : { $at }
takes-longer = Cela dure plus longtemps que nous l’avions dit.
updates = Nouvelles
whole-incident = Toutes les nouvelles et le déroulement

condition = { $how ->
    [operational] Fonctionne
    [degraded_performance] Plus lent ou limité
    [partial_outage] Ne fonctionne qu’en partie
    [major_outage] Ne fonctionne pas
   *[under_maintenance] Travaux prévus
}
services = Services
last-days = 90 derniers jours
days-ago = il y a 90 jours
today = aujourd’hui
available = { $share } de disponibilité
available-days = { $share } de disponibilité sur { $days ->
    [one] { $days } jour
   *[other] { $days } jours
}
too-new = Trop récent pour un chiffre
bars = { $name }, 90 derniers jours : { $count ->
    [0] aucune panne
    [one] des ennuis sur { $count } jour
   *[other] des ennuis sur { $count } jours
}
day-by-day = Jour par jour
day-line = { $how ->
    [degraded_performance] { $day } : plus lent ou limité pendant { $long }
    [partial_outage] { $day } : en partie hors service pendant { $long }
    [major_outage] { $day } : hors service pendant { $long }
   *[under_maintenance] { $day } : travaux prévus pendant { $long }
}
no-data-before = Avant le { $day }, il n’y a pas de données.
taller-is-worse = Plus la barre est haute, plus la journée a été mauvaise.

planned = Travaux prévus
from-to = { $from } à { $until }
work-phase = { $phase ->
    [scheduled] Prévu
    [in_progress] En cours
    [completed] Terminé
   *[cancelled] N’aura pas lieu
}
planned-named = Travaux prévus : { $title }

past = Pannes passées
no-incidents = Aucune panne.
history = Historique
lasted = { $how ->
    [degraded_performance] Plus lent ou limité pendant { $long }, { $from } à { $until }
    [partial_outage] En partie hors service pendant { $long }, { $from } à { $until }
    [major_outage] Hors service pendant { $long }, { $from } à { $until }
   *[other] { $long }, { $from } à { $until }
}

get-updates = Recevoir les nouvelles
by-mail = Par e-mail
calendar = Calendrier des travaux prévus
for-programs = Pour les programmes
times-in = Heures : { $zone }.
need-help = Besoin d’aide ?
made-with = Réalisé avec { $product }
to-start = Où tout en est

long-minutes = { $minutes ->
    [one] { $minutes } min
   *[other] { $minutes } min
}
long-hours = { $hours ->
    [one] { $hours } h
   *[other] { $hours } h
}
long-hours-minutes = { $hours ->
    [one] { $hours } h
   *[other] { $hours } h
} { $minutes ->
    [one] { $minutes } min
   *[other] { $minutes } min
}
long-days = { $days ->
    [one] { $days } jour
   *[other] { $days } jours
}
long-days-hours = { $days ->
    [one] { $days } jour
   *[other] { $days } jours
} { $hours ->
    [one] { $hours } h
   *[other] { $hours } h
}
