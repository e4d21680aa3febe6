"""Fills the demo project with the open tickets of a desk (www/demo/desk.mjs) and their requesters.

    python seed.py DESK.json

A ticket's number is the number in its key. Mails are not sent, signals of the helpdesk are not needed.
"""

import json
import os
import re
import sys
from datetime import datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")

import django

django.setup()

from django.contrib.auth.models import User
from django.core.management import call_command
from helpdesk.models import CustomField, Queue, Ticket, TicketCustomFieldValue


def main(path):
    call_command("migrate", verbosity=0)
    with open(path, encoding="utf-8") as file:
        desk = json.load(file)
    # "agent" signs in; the others own tickets.
    User.objects.create_superuser("agent", "agent@desk.example", "agent")
    owners = {
        key: User.objects.create_user(key.lower(), f"{key.lower()}@desk.example", first_name=agent["name"], is_staff=True)
        for key, agent in desk["agents"].items()
    }
    queues = {}
    endpoint = CustomField.objects.create(name="endpoint", label="Endpoint", data_type="varchar", max_length=200, ordering=1, required=False)
    for place, row in enumerate(desk["tickets"]):
        category = row.get("category") or "Other"
        if category not in queues:
            slug = re.sub(r"[^a-z0-9]+", "", category.lower())
            queues[category] = Queue.objects.create(title=category, slug=slug)
        number = int(re.sub(r"\D", "", row["ticket_id"]))
        created = datetime.fromisoformat(row["created_at"].replace("Z", "+00:00"))
        ticket = Ticket(
            id=number,
            title=row["subject"] or "",
            description=row["description"] or "",
            queue=queues[category],
            priority=int(row["priority"][1:]),
            submitter_email=desk["users"][row["user_id"]]["email"],
            # Some stand in the dashboard's list of tickets that nobody has.
            assigned_to=None if place % 3 == 0 else owners.get(row["agent_id"]),
            created=created,
        )
        ticket.save()
        if row.get("endpoint"):
            TicketCustomFieldValue.objects.create(ticket=ticket, field=endpoint, value=row["endpoint"])
    print(f"{Ticket.objects.count()} tickets in {len(queues)} queues")


main(sys.argv[1])
