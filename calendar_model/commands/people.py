"""Commands for users, roles and missions: list and add them, give and take roles, print what each role allows.

The commands write as the one who holds the machine, who needs no role; what concerns records or personal data is done
as the person given with ``--as``.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from calendar_model import wording
from calendar_model.access.permissions import OPERATOR
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.role_table import roles_page
from calendar_model.access.roles import OF_THE_INSTALLATION
from calendar_model.access.unit_of_work import staff
from calendar_model.commands.options import person
from calendar_model.commands.output import print_json, print_table
from calendar_model.messages.data_protection import (
    ERASED_OF_CONTACT,
    ERASED_OF_STAFF,
    HIDDEN_MENTIONS,
    KEPT_WARNING,
    OPEN_OF_LEAVER,
)
from calendar_model.mission.contacts import find_contact
from calendar_model.mission.data_protection.erasure import (
    erase_contact,
    erase_staff,
    left_by_erasing,
    open_of_leaver,
)
from calendar_model.mission.data_protection.export import as_json, held_on_contact, held_on_staff
from calendar_model.mission.handover import hand_over
from calendar_model.mission.missions import add_mission, change_mission, mission_named, missions
from calendar_model.mission.persons import (
    GroupRole,
    add_person,
    change_person,
    change_roles,
    role_groups,
    roles_of_new,
    set_role_groups,
)
from calendar_model.terms import Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from calendar_model.access.permissions import Viewer
    from calendar_model.commands.output import Commands
    from calendar_model.terms import GivenRole

_ROLES = [role.value for role in Role]


def add_to(commands: Commands) -> None:
    """Add these commands to a parser."""
    people = commands.add_parser(
        "people",
        help="list users, add one, or change roles",
        description="Lists the users with their roles, adds one, or gives and takes roles.",
    )
    people.add_argument("--format", choices=("table", "json"), default="table", help="default: table")
    people.set_defaults(run=_list)
    what = people.add_subparsers(title="commands", metavar="COMMAND")

    added = what.add_parser(
        "add",
        help="add a user",
        description="Adds a user. The first one of a workspace has all roles that write, and administers it.",
    )
    added.add_argument("name", metavar="NAME", help="the name as colleagues know it")
    added.add_argument("--post", default="", metavar="POST", help="for example desk officer, or the mission")
    added.add_argument(
        "--role", action="append", choices=_ROLES, default=[], help="a role instead of the usual ones; can be repeated"
    )
    added.add_argument("--mission", default="", metavar="MISSION", help="the mission where the user works")
    added.set_defaults(run=_add)

    changed = what.add_parser(
        "role", help="give or take roles", description="Gives a user roles, takes others, and prints those that remain."
    )
    changed.add_argument("name", metavar="NAME", help="name or identifier of the user")
    _add_give_and_take(changed)
    changed.add_argument("--home", metavar="MISSION", help="the mission where they work; '' for none")
    changed.set_defaults(run=_change)

    group = what.add_parser(
        "group",
        help="give the members of a group of the sign-in a role",
        description="Says which roles the members of a group have from their next sign-in, and prints all groups.",
    )
    group.add_argument("name", metavar="GROUP", help="name of the group, as the sign-in gives it")
    _add_give_and_take(group)
    group.set_defaults(run=_group)

    _add_missions(what)

    handed = what.add_parser(
        "hand-over",
        help="hand over what an inactive user held",
        description="Gives an inactive user's records and open follow-ups to a successor; restricted records stay.",
    )
    handed.add_argument("name", metavar="NAME", help="name or identifier of the inactive user")
    handed.add_argument("successor", metavar="SUCCESSOR", help="name or identifier of the user who takes over")
    handed.add_argument("--as", dest="person", default="", metavar="PERSON", help="the administrator who does it")
    handed.set_defaults(run=_hand_over)

    exported = what.add_parser(
        "export",
        help="write what is held on a person to a file",
        description=(
            "Writes what is held on a user, for themselves or an administrator; with --contact, what is held on a "
            "contact, as far as the reader may see it."
        ),
    )
    exported.add_argument("name", metavar="NAME", help="name or identifier of the user; with --contact, the code")
    exported.add_argument("--contact", action="store_true", help="a contact instead of a user")
    exported.add_argument("--to", type=Path, required=True, metavar="FILE", help="file to write; it must not exist yet")
    exported.add_argument("--as", dest="person", default="", metavar="PERSON", help="who reads it")
    exported.set_defaults(run=_export)

    erased = what.add_parser(
        "erase",
        help="erase the personal data of a user who has left, or of a contact",
        description=(
            "Erases the personal data of an inactive user; with --contact, the identity, channels and consents of a "
            "contact. Says what goes and what stays; erases with --yes only."
        ),
    )
    erased.add_argument("name", metavar="NAME", help="name or identifier of the user; with --contact, the code")
    erased.add_argument("--contact", action="store_true", help="a contact instead of a user")
    erased.add_argument("--reason", default="", metavar="TEXT", help="why, for a contact; kept in the history")
    erased.add_argument("--yes", action="store_true", help="erase; without it only say what would happen")
    erased.add_argument("--as", dest="person", default="", metavar="PERSON", help="who does it")
    erased.set_defaults(run=_erase)

    table = commands.add_parser(
        "roles",
        help="print what each role allows",
        description="Prints what each role allows, as the code enforces it: the text of docs/ROLES.md.",
    )
    table.set_defaults(run=_roles)


def _add_missions(what: Commands) -> None:
    mission = what.add_parser(
        "mission",
        help="list missions that share the installation, or change them",
        description="Lists the missions, adds one, renames it, retires it, or takes it into use again.",
    )
    mission.set_defaults(run=_list_missions)
    how = mission.add_subparsers(title="commands", metavar="COMMAND")
    for command, told in _MISSION_COMMANDS.items():
        done = how.add_parser(command, help=told, description=f"{told[0].upper()}{told[1:]}.")
        done.add_argument("name", metavar="NAME", help="name of the mission")
        if command == "rename":
            done.add_argument("new", metavar="NEW", help="its new name")
        done.set_defaults(run=_change_mission, how=command)


_MISSION_COMMANDS = {
    "add": "add a mission",
    "rename": "give a mission another name",
    "retire": "offer a mission no longer for new records and roles",
    "reopen": "offer a retired mission again",
}


def _add_give_and_take(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mission", default="", metavar="MISSION", help="where the role holds; default: everywhere")
    for option in ("give", "take"):
        told = f"role to {option}; can be repeated"
        parser.add_argument(f"--{option}", action="append", choices=_ROLES, default=[], help=told)


def _list(options: argparse.Namespace) -> int:
    people, names = staff(), _mission_names()
    if options.format == "json":
        print_json(
            [
                {
                    "id": one.id,
                    "name": one.name,
                    "post": one.post,
                    "active": one.active,
                    "sample": one.sample,
                    "mission": names.get(one.mission_id or ""),
                    "roles": {given.role: given.source for given in one.role_rows if given.mission_id is None},
                    "roles_at_missions": [
                        {"mission": names[given.mission_id], "role": given.role, "source": given.source}
                        for given in one.role_rows
                        if given.mission_id is not None
                    ],
                }
                for one in people
            ]
        )
    elif not people:
        print("There are no users yet. Add one: python -m calendar_model people add NAME")
    else:
        rows = [(one.id, one.name, one.post, "yes" if one.active else "no", _given(one.given)) for one in people]
        print_table(("Identifier", "Name", "Post", "Active", "Roles"), rows)
    return 0


def _add(options: argparse.Namespace) -> int:
    roles = frozenset(map(Role, options.role)) or roles_of_new()
    mission_id = _mission(options)
    given = {(role, None if role in OF_THE_INSTALLATION else mission_id) for role in roles}
    values = {"name": options.name, "post": options.post, "mission_id": mission_id}
    add_person(OPERATOR, {**values, "given": given})
    print(f"Added {options.name}: {_given(given)}.")
    return 0


def _change(options: argparse.Namespace) -> int:
    found = person(options.name).person_id
    give, take = map(Role, options.give), map(Role, options.take)
    if options.home is not None:
        home = mission_named(options.home).id if options.home else None
        seen = next(one.version for one in staff() if one.id == found)
        change_person(OPERATOR, found, seen, {"mission_id": home})
    reason = "Changed on the command line."
    change_roles(OPERATOR, found, give=give, take=take, mission_id=_mission(options), reason=reason)
    kept = next(one for one in staff() if one.id == found)
    print(f"{kept.name}: {_given(kept.given)}.")
    return 0


def _group(options: argparse.Namespace) -> int:
    name, mission_id = options.name.strip(), _mission(options)
    taken = {GroupRole(name, Role(role), mission_id) for role in options.take}
    kept = [one for one in role_groups() if one not in taken]
    set_role_groups(OPERATOR, [*kept, *(GroupRole(name, Role(role), mission_id) for role in options.give)])
    groups: dict[str, set[GivenRole]] = {}
    for one in role_groups():
        groups.setdefault(one.name, set()).add((one.role, one.mission_id))
    if groups:
        print_table(("Group", "Roles"), [(known, _given(given)) for known, given in groups.items()])
    else:
        print("No group gives a role.")
    return 0


def _list_missions(_: argparse.Namespace) -> int:
    if found := missions(OPERATOR):
        print_table(("Mission", "In use"), [(one.name, "yes" if one.active else "no") for one in found])
    else:
        print("There is one mission only. Add others: python -m calendar_model people mission add NAME")
    return 0


def _change_mission(options: argparse.Namespace) -> int:
    if options.how == "add":
        add_mission(OPERATOR, options.name)
        print(f"Added {options.name}.")
        return 0
    found = mission_named(options.name)
    values = {"name": options.new.strip()} if options.how == "rename" else {"active": options.how == "reopen"}
    change_mission(OPERATOR, found.id, found.version, values)
    print(f"Changed {found.name}.")
    return 0


def _mission(options: argparse.Namespace) -> str | None:
    """The identifier of the mission that an option names; None without it."""
    return mission_named(options.mission).id if options.mission else None


def _mission_names() -> dict[str, str]:
    return {one.id: one.name for one in missions(OPERATOR)}


def _hand_over(options: argparse.Namespace) -> int:
    leaver, successor = person(options.name).person_id, person(options.successor).person_id
    done = hand_over(person(options.person), leaver, successor)
    print(f"Handed over: {sum(done.records.values())} records and {done.follow_ups} follow-ups.")
    if done.guarded:
        print(f"Restricted records that stay, for people with access to take over: {done.guarded}.")
    return 0


def _given(given: Iterable[GivenRole]) -> str:
    """Roles as text, those of one mission with its name: ``reader, editor (Geneva)``."""
    by_place: dict[str, set[Role]] = {}
    for role, mission_id in given:
        by_place.setdefault(mission_id or "", set()).add(role)
    names = _mission_names() if by_place.keys() - {""} else {}
    listed = [(f" ({names[place]})" if place else "", by_place[place]) for place in sorted(by_place)]
    words = [f"{wording.english_term(role).lower()}{at}" for at, roles in listed for role in Role if role in roles]
    return ", ".join(words) or "no role"


def _export(options: argparse.Namespace) -> int:
    reader = person(options.person)
    if options.to.exists():
        raise Refused(Problem("export-file-exists", values={"file": options.to}))
    if options.contact:
        held = held_on_contact(reader, find_contact(reader, options.name)[0])
    else:
        held = held_on_staff(reader, person(options.name).person_id)
    with os.fdopen(os.open(options.to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(as_json(held))
    print(f"Written to {options.to}. It holds personal data: keep it as safe as the calendar.")
    return 0


def _erase(options: argparse.Namespace) -> int:
    writer = person(options.person)
    if options.contact:
        return _erase_contact(options, writer)
    leaver = person(options.name).person_id
    print(ERASED_OF_STAFF)
    if not options.yes:
        for problem in open_of_leaver(writer, leaver):
            print(f"Still open: {OPEN_OF_LEAVER[problem]}.")
        print("Nothing was erased. Add --yes to erase it; this cannot be undone.")
        return 0
    print(f"Erased. The user is called {erase_staff(writer, leaver)} from now on.")
    return 0


def _erase_contact(options: argparse.Namespace, writer: Viewer) -> int:
    contact, version = find_contact(writer, options.name)
    left = left_by_erasing(writer, contact)
    print(ERASED_OF_CONTACT)
    if left.keeps_warning:
        print(KEPT_WARNING)
    for one in left.mentions:
        print(f"May mention the person: {wording.english_term(one.kind).lower()} {one.record_id}, {one.title}")
    print(HIDDEN_MENTIONS)
    if not options.yes:
        print("Nothing was erased. Add --yes and --reason to erase it; this cannot be undone.")
        return 0
    erase_contact(writer, contact, seen=version, reason=options.reason)
    print("Erased.")
    return 0


def _roles(_: argparse.Namespace) -> int:
    print(roles_page(), end="")
    return 0
