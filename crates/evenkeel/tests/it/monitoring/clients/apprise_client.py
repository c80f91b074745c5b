"""Tells by each way of apprise that can be pointed at us. Where a way knows the address of its
product alone, that address is exchanged; everything else is apprise's own."""

import json
import sys
import uuid

import apprise
from apprise.plugins import incidentio, opsgenie, pagerduty, splunk

url, key = sys.argv[1:]
host = url.split("://", 1)[1]
pagerduty.PAGERDUTY_API_LOOKUP["us"] = f"{url}/v2/enqueue"
opsgenie.OPSGENIE_API_LOOKUP["us"] = f"{url}/v2/alerts"
incidentio.NotifyIncidentIO.notify_url = url + "/v2/alert_events/http/{source}"
splunk.NotifySplunk.notify_url = f"{url}/intake/{key}/victorops"
ways = {
    "json": f"json://{host}/intake/{key}/json",
    "goalert": f"goalert://{host}/{uuid.UUID(key)}",
    "pagerduty": f"pagerduty://{key}@{key}/apprise/printer",
    "opsgenie": f"opsgenie://{key}",
    "incidentio": f"incidentio://{key}/{key}",
    "splunk": f"splunk://printer@{key}",
}
told = {}
for way, address in ways.items():
    one = apprise.Apprise()
    added = one.add(address)
    told[way] = bool(added and one.notify(title=f"Told by {way}", body=f"Told by {way}",
                                          notify_type=apprise.NotifyType.FAILURE))
print(json.dumps(told))
