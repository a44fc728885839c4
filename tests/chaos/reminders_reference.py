# SPDX-License-Identifier: EUPL-1.2
"""What should have been told, computed in memory: tasks with their changes, ladders, quiet hours and readers. It knows the rules, and nothing of how
the product keeps them."""
import datetime
from zoneinfo import ZoneInfo

HERE = ZoneInfo('Europe/Amsterdam')
UTC = datetime.timezone.utc
QUIET_FROM, QUIET_UNTIL = 21, 7


def local(moment):
    return moment.astimezone(HERE)


def is_quiet(moment):
    return not QUIET_UNTIL <= local(moment).hour < QUIET_FROM


def after_quiet(moment):
    """The moment itself, or 07:00 of the morning after it. No clock changes at that hour."""
    if not is_quiet(moment):
        return moment
    there = local(moment)
    day = there.date() + datetime.timedelta(days=there.hour >= QUIET_FROM)
    return datetime.datetime.combine(day, datetime.time(QUIET_UNTIL), HERE).astimezone(UTC)


class Task:
    """`ladder`: [(rung, timedelta from due, receiver, escalates)]."""

    def __init__(self, name, kind, ladder, urgent, owner, due, now, quiet):
        self.name, self.kind, self.ladder, self.urgent, self.owner, self.quiet = name, kind, ladder, urgent, owner, quiet
        self.due, self.open, self.held_since, self.dead = due, True, None, False
        self.changes = []           # moments of changes that make what was told before void
        self.plan(min(due, now))

    def rungs(self):
        return [(rung, self.due + away, receiver, escalates) for rung, away, receiver, escalates in self.ladder]

    def plan(self, since):
        ahead = [m for _, m, *_ in self.rungs() if m >= since]
        self.next = min(ahead) if ahead and self.open and self.held_since is None and not self.dead else None

    def changed(self, now, since=None):
        self.changes.append(now)
        self.plan(since or now)

    def move(self, due, now):
        self.due = due
        self.changed(now, min(due, now))

    def wakes(self):
        return self.next if self.urgent or not self.quiet or self.next is None else after_quiet(self.next)

    def fire(self, now, readers):
        """[(rung, moment, receiver, reader, escalates)] of what is told now; readers(task, receiver) are whom it reaches."""
        if self.next is None or self.wakes() > now or (self.quiet and not self.urgent and is_quiet(now)):
            return []
        due = sorted((r for r in self.rungs() if self.next <= r[1] <= now), key=lambda r: (r[3], r[1], r[0]), reverse=True)
        told, said = set(), []
        for rung, moment, receiver, escalates in due:
            for reader in readers(self, receiver):
                if reader not in told:
                    told.add(reader)
                    said.append((rung, moment, receiver, reader, escalates))
        ahead = [m for _, m, *_ in self.rungs() if m > now]
        self.next = min(ahead) if ahead else None
        return said
