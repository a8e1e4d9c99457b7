"""Commands for the accounts of sign-in: which wait, whose they are, and who uses a machine without sign-in.

They are for the operator, who holds the machine and its database. The first administrator is made with them.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from calendar_model import wording
from calendar_model.access.permissions import OPERATOR
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.unit_of_work import staff
from calendar_model.commands.output import print_table
from calendar_model.mission import accounts

if TYPE_CHECKING:
    from calendar_model.commands.output import Commands


def add_to(commands: Commands) -> None:
    """Add these commands to a parser."""
    accounts_parser = commands.add_parser(
        "accounts",
        help="list and link the accounts with which users sign in",
        description=(
            "Lists the accounts that wait for access and those that users have. They are linked to users and removed "
            "from them. Without sign-in, the machine has one user, whom “local” names."
        ),
    )
    acts = accounts_parser.add_subparsers(dest="act", metavar="ACT")
    listed = acts.add_parser("list", help="list the accounts (default)")
    listed.set_defaults(run=_list)
    linked = acts.add_parser("link", help="give a waiting account to a user")
    linked.add_argument("code", metavar="CODE", help="the code that the sign-in page shows, such as 7F3A-09BC")
    linked.add_argument("name", metavar="NAME", help="the user's name")
    linked.add_argument("--new", action="store_true", help="add the user first")
    linked.set_defaults(run=_link)
    removed = acts.add_parser("remove", help="take an account from its user")
    removed.add_argument("account", metavar="ID", help="the account's identifier, as listed")
    removed.set_defaults(run=_remove)
    local = acts.add_parser("local", help="name the only user of a machine without sign-in")
    local.add_argument("name", metavar="NAME", help="the user's name")
    local.set_defaults(run=_local)
    accounts_parser.set_defaults(run=_list)


def _list(_: argparse.Namespace) -> int:
    names = {person.id: person.name for person in staff()}
    rows = [
        (accounts.code_of(one.id), one.known_as, "", f"waits since {wording.moment(one.since)}")
        for one in accounts.waiting_accounts(OPERATOR)
    ]
    rows += [
        (one.id, one.known_as or one.subject, names.get(one.person_id, ""), one.issuer)
        for one in accounts.bound_accounts(OPERATOR)
    ]
    if rows:
        print_table(("Code or ID", "Account", "User", "Issuer"), rows)
    else:
        print("No account has signed in yet.")
    return 0


def _link(options: argparse.Namespace) -> int:
    if options.new:
        accounts.bind(OPERATOR, options.code, new={"name": options.name})
    else:
        accounts.bind(OPERATOR, options.code, _person(options.name))
    print(f"{options.name} has access with this account.")
    return 0


def _remove(options: argparse.Namespace) -> int:
    accounts.unbind(OPERATOR, options.account)
    print("The account gives no access any more.")
    return 0


def _local(options: argparse.Namespace) -> int:
    accounts.bind_local(_person(options.name))
    print(f"{options.name} is the user of this machine.")
    return 0


def _person(name: str) -> str:
    """The identifier of the active person of this name. Raises Refused if there is none."""
    for person in staff():
        if person.active and not person.sample and person.name.casefold() == name.strip().casefold():
            return person.id
    raise Refused(Problem("user-unknown", "name", {"name": name.strip()}))
