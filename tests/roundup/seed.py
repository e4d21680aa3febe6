"""Makes a tracker of Roundup's classic template, filled with the open tickets of a desk (www/demo/desk.mjs).

    python seed.py HOME DESK.json

A ticket's number is the number in its key. Users are named by their addresses, as a tracker is that takes reports by mail;
nothing is sent.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from roundup import instance, password


def main(home, path):
    with open(path, encoding="utf-8") as file:
        desk = json.load(file)
    admin = [str(Path(sys.executable).parent / "roundup-admin"), "-i", home]
    subprocess.run([*admin, "install", "classic", "sqlite", "mail_domain=desk.example,tracker_web=http://127.0.0.1/"], check=True, stdout=subprocess.DEVNULL)
    # Roundup sends a message's mail as soon as it is there: without this reactor, to nobody.
    for detector in ("nosyreaction.py", "userauditor.py"):
        (Path(home) / "detectors" / detector).unlink(missing_ok=True)
    subprocess.run([*admin, "initialise", "admin"], check=True, stdout=subprocess.DEVNULL)
    db = instance.open(home).open("admin")
    fast = password.Password("agent", scheme="SHA", config=db.config)

    def user(username, realname, roles="User"):
        return db.user.create(username=username, realname=realname, address=f"{db.newid('user')}@nowhere.example", password=fast, roles=roles)

    user("agent", "Agent", "Admin")
    agents = {key: user(agent["name"], agent["name"]) for key, agent in desk["agents"].items()}
    priorities = [db.priority.lookup(name) for name in ("critical", "urgent", "bug", "feature")]
    keywords, requesters = {}, {}
    for row in desk["tickets"]:
        address = desk["users"][row["user_id"]]["email"]
        if address not in requesters:
            requesters[address] = user(address, address)
        category = row.get("category") or "Other"
        if category not in keywords:
            keywords[category] = db.keyword.create(name=category)
        # Its creator is whoever is at work.
        db.setCurrentUser(address)
        message = db.msg.create(author=requesters[address], content=row["description"] or "", summary="")
        wanted = int(re.sub(r"\D", "", row["ticket_id"]))
        # The last that was given away.
        db.setid("issue", wanted - 1)
        number = db.issue.create(
            title=row["subject"] or "(none)",
            messages=[message],
            priority=priorities[int(row["priority"][1:]) - 1],
            status="1",
            keyword=[keywords[category]],
            assignedto=agents.get(row["agent_id"]),
        )
        assert number == str(wanted), f"{number} instead of {wanted}"
        db.setCurrentUser("admin")
    db.commit()
    print(f"{len(db.issue.list())} issues, the last {number}")


main(*sys.argv[1:])
