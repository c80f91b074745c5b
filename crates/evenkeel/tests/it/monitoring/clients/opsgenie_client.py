"""Creates, acknowledges, notes, snoozes and closes through Opsgenie's client for Python."""

import datetime
import json
import sys

import opsgenie_sdk as sdk

url, key = sys.argv[1:]
config = sdk.Configuration()
config.host = url
config.api_key["Authorization"] = key
api = sdk.ApiClient(configuration=config)
alerts, heartbeats = sdk.AlertApi(api_client=api), sdk.HeartbeatApi(api_client=api)
body = sdk.CreateAlertPayload(message="Printer is on fire", alias="printer", priority="P2",
                              tags=["hot"], details={"room": "3.14"})
created = alerts.create_alert(create_alert_payload=body)
status = alerts.get_request_status(request_id=created.request_id)
assert status.data.is_success, status
by_alias = {"identifier": "printer", "identifier_type": "alias"}
alerts.acknowledge_alert(acknowledge_alert_payload=sdk.AcknowledgeAlertPayload(user="ines"), **by_alias)
note = sdk.AddNoteToAlertPayload(note="Water is on its way")
alerts.add_note(add_note_to_alert_payload=note, **by_alias)
end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
alerts.snooze_alert(snooze_alert_payload=sdk.SnoozeAlertPayload(end_time=end), **by_alias)
listed = [alert.message for alert in alerts.list_alerts(query="status:open").data]
found = alerts.get_alert(**by_alias).data
alerts.close_alert(close_alert_payload=sdk.CloseAlertPayload(note="Out"), **by_alias)
closed = alerts.get_alert(identifier=found.id, identifier_type="id").data
heartbeats.ping("backup")
print(json.dumps({"listed": listed, "status": closed.status}))
