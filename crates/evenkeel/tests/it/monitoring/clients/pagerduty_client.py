"""Triggers, acknowledges and resolves through PagerDuty's own client."""

import datetime
import json
import sys

from pagerduty import EventsApiV2Client

url, key = sys.argv[1:]
client = EventsApiV2Client(key, base_url=url)
links = [{"href": "https://wiki.company.example/vpn", "text": "What to do"}]
told = {}
told["trigger"] = client.trigger("VPN is down", "vpn.company.example", dedup_key="vpn-1",
                                 custom_details={"gateway": "gw1"}, links=links)
told["again"] = client.trigger("VPN is down", "vpn.company.example", dedup_key="vpn-1", links=links)
now = datetime.datetime.now(datetime.timezone.utc).isoformat()
client.submit("Firewall 4.2 rolled out", source="deploy", timestamp=now)
client.acknowledge("vpn-1")
client.resolve("vpn-1")
told["without_key"] = client.trigger("Another one", "vpn.company.example", severity="warning")
print(json.dumps(told))
