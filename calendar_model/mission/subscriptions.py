"""Subscriptions: filters that a person has saved under secret addresses; their checks, commands and queries.

The secret of each is 256 random bits and is shown once; the database has its SHA-256. An address is bound to one filter
and to one level, public or internal, when it is created. It is never restricted, because
calendar programs store their copies on unknown machines.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pandas as pd
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from calendar_model import clock
from calendar_model.access.permissions import ANONYMOUS, Viewer, member
from calendar_model.access.problems import Problem, Refused
from calendar_model.access.roles import RECORD_READERS
from calendar_model.access.unit_of_work import reading
from calendar_model.calendar import Filter
from calendar_model.mission.checks import Checks, has_left, is_changed, must_be_actor
from calendar_model.mission.transactions import writing
from calendar_model.store.database import Workspace, current_workspace
from calendar_model.store.models import Base, Person, PersonRole, Subscription, SubscriptionUse, bounds, longest
from calendar_model.store.session import WorkspaceSession
from calendar_model.vocabulary import Sensitivity

SECRET_BITS = 256

_, LONGEST_ALARM = bounds(Subscription, "alarm_days")
"""Maximum days of a reminder before a deadline."""

DEFAULT_NAME = "My HRD calendar"
"""The name of a subscription without one."""

LONGEST_NAME = longest(Subscription, "name")


_BOUND_TO = ("token_hash", "created_at", "query", "level")
"""Columns fixed when the address is created, so that it never reveals more later."""
_LONGEST_LIFE = timedelta(days=2 * 366)
"""How far ahead the last day of an address can lie."""


def _check_new(session: WorkspaceSession, row: Subscription) -> None:
    must_be_actor(session, row.person_id)
    _check_level(row)
    _check_end(row)


def _check_changed(session: WorkspaceSession, row: Subscription) -> None:
    if any(is_changed(row, name) for name in _BOUND_TO) or _is_revived(row):
        raise Refused(Problem("subscription-bound"))
    if is_changed(row, "person_id"):
        raise Refused(Problem("calendar-handed-over"))
    must_be_actor(session, row.person_id)
    _check_level(row)
    if is_changed(row, "expires_on"):
        _check_end(row)


def _is_revived(row: Subscription) -> bool:
    return any(before is not None for before in inspect(row).attrs.revoked_at.history.deleted)


def _check_level(row: Subscription) -> None:
    """Refuse a restricted subscription, and a public one with follow-ups, because calendar programs keep copies."""
    if row.level is Sensitivity.RESTRICTED:
        raise Refused(Problem("calendar-restricted"))
    if row.follow_ups and row.level is Sensitivity.PUBLIC:
        raise Refused(Problem("subscription-public-follow-ups"))


def _check_end(row: Subscription) -> None:
    if row.expires_on is not None and row.expires_on > clock.today() + _LONGEST_LIFE:
        raise Refused(Problem("subscription-too-long"))


def _check_deleted(session: WorkspaceSession, row: Subscription) -> None:
    if not has_left(session, row.person_id):
        raise Refused(Problem("subscription-deleted"))


def _check_use(session: WorkspaceSession, row: SubscriptionUse) -> None:
    must_be_actor(session, getattr(session.get(Subscription, row.id), "person_id", ""))


CHECKS: Mapping[type[Base], Checks] = {
    Subscription: Checks(new=_check_new, changed=_check_changed, deleted=_check_deleted),
    SubscriptionUse: Checks(new=_check_use),
}


@dataclass(frozen=True)
class Subscriber:
    """The settings and owner of an address. ``sample``: a fictional person, who sees the fictional events too.

    ``query`` is a :attr:`calendar_model.calendar.Filter.query`.
    """

    subscription_id: str
    person_id: str
    sample: bool
    name: str
    query: str
    level: Sensitivity
    follow_ups: bool
    alarm_days: int | None
    last_used: date | None
    windows: bool = False


@dataclass(frozen=True)
class SubscriptionSummary:
    """A subscription that is not revoked, as its owner sees it.

    With its creation (UTC), its last day (UTC) and whether that has passed, the day of the last fetch, and its
    settings.
    """

    id: str
    name: str
    query: str
    level: Sensitivity
    follow_ups: bool
    alarm_days: int | None
    made_at: datetime
    ends_on: date
    expired: bool
    last_used: date | None
    windows: bool = False


def default_last_day(today: date) -> date:
    """The last day of a subscription for which no other is chosen: a year from ``today``."""
    return _years_after(today, 1)


def latest_last_day(today: date) -> date:
    """The latest day on which a subscription may end: two years from ``today``."""
    return _years_after(today, 2)


def create_subscription(
    viewer: Viewer,
    *,
    name: str = "",
    chosen: Filter = Filter(),  # noqa: B008  frozen
    level: Sensitivity = Sensitivity.INTERNAL,
    alarm_days: int | None = None,
    follow_ups: bool = False,
    windows: bool = False,
    expires_on: date | None = None,
    workspace: Workspace | None = None,
) -> str:
    """Create a subscription and return the secret of its address, which is not stored.

    ``chosen`` is the filter, applied to the records visible at ``level``. ``follow_ups``: include the owner's open
    follow-ups, regardless of the filter; they are internal. ``alarm_days``: reminder so many days before each deadline.
    ``windows``: include items without dates. The address expires after ``expires_on`` (None: a year from today). Raises
    :class:`~calendar_model.access.problems.Refused`.
    """
    today = clock.today()
    ends = expires_on or default_last_day(today)
    if not today < ends <= latest_last_day(today):
        raise Refused(Problem("subscription-end-out-of-bounds", "expires_on"))
    if Filter.from_query(chosen.query) != chosen:
        raise Refused(Problem("subscription-period-open"))
    kept = Subscription(
        person_id=viewer.person_id,
        query=chosen.query,
        level=level,
        expires_on=ends,
        **_changeable_columns(name, alarm_days, follow_ups, windows),
    )
    token = _set_new_secret(kept)
    with writing(viewer, workspace=workspace) as session:
        session.add(kept)
    return token


def replace_address(viewer: Viewer, subscription_id: str, workspace: Workspace | None = None) -> str:
    """Revoke an address and create another of the same settings; return its secret.

    It expires on the same day, or a year from today if that has passed. Raises Refused if it is unknown or revoked.
    """
    today = clock.today()
    with writing(viewer, workspace=workspace) as session:
        old = _get_own(session, viewer, subscription_id)
        ends = _last_day(old.created_at, old.expires_on)
        kept = Subscription(
            person_id=viewer.person_id,
            name=old.name,
            query=old.query,
            level=old.level,
            follow_ups=old.follow_ups,
            alarm_days=old.alarm_days,
            windows=old.windows,
            expires_on=ends if ends > today else default_last_day(today),
        )
        token = _set_new_secret(kept)
        old.revoked_at = clock.now()
        session.add(kept)
    return token


def revoke_subscription(viewer: Viewer, subscription_id: str, workspace: Workspace | None = None) -> None:
    """Revoke an address permanently. Raises Refused if it is unknown or already revoked."""
    with writing(viewer, workspace=workspace) as session:
        _get_own(session, viewer, subscription_id).revoked_at = clock.now()


def change_subscription(
    viewer: Viewer,
    subscription_id: str,
    *,
    name: str,
    alarm_days: int | None,
    follow_ups: bool,
    windows: bool = False,
    workspace: Workspace | None = None,
) -> None:
    """Change the name, the reminders, and whether follow-ups and items without dates are included.

    Raises Refused, also if it is unknown or revoked.
    """
    with writing(viewer, workspace=workspace) as session:
        kept = _get_own(session, viewer, subscription_id)
        for column, value in _changeable_columns(name, alarm_days, follow_ups, windows).items():
            setattr(kept, column, value)


def list_subscriptions(viewer: Viewer, workspace: Workspace | None = None) -> list[SubscriptionSummary]:
    """A person's subscriptions that are not revoked, expired ones too, in the order of their creation."""
    today = clock.today()
    asked = (
        select(
            Subscription.id,
            Subscription.name,
            Subscription.query,
            Subscription.level,
            Subscription.follow_ups,
            Subscription.alarm_days,
            Subscription.windows,
            Subscription.created_at,
            Subscription.expires_on,
            SubscriptionUse.last_used,
        )
        .outerjoin(Subscription.use)
        .where(Subscription.person_id == viewer.person_id, Subscription.revoked_at.is_(None))
        .order_by(Subscription.created_at, Subscription.id)
    )
    with reading(viewer, workspace) as session:
        rows = session.execute(asked).all()
    found = []
    for row in rows:
        ends = _last_day(row.created_at, row.expires_on)
        found.append(
            SubscriptionSummary(
                id=row.id,
                name=row.name or DEFAULT_NAME,
                query=row.query,
                level=row.level,
                follow_ups=row.follow_ups,
                alarm_days=row.alarm_days,
                made_at=row.created_at,
                ends_on=ends,
                expired=ends < today,
                last_used=row.last_used,
                windows=row.windows,
            )
        )
    return found


def find_subscriber(token: str, workspace: Workspace | None = None) -> Subscriber | None:
    """Return the subscriber of a secret; None if it is unknown, revoked or expired, or its person is inactive.

    All cases take the same time: one query, whose result is checked here.
    """
    workspace = workspace or current_workspace()
    has_reading_role = (
        select(PersonRole.id)
        .where(PersonRole.person_id == Subscription.person_id, PersonRole.role.in_(sorted(RECORD_READERS)))
        .exists()
    )
    asked = (
        select(
            Subscription.id,
            Subscription.person_id,
            Subscription.name,
            Subscription.query,
            Subscription.level,
            Subscription.follow_ups,
            Subscription.alarm_days,
            Subscription.windows,
            Subscription.created_at,
            Subscription.expires_on,
            Subscription.revoked_at,
            Person.sample,
            (Person.active & has_reading_role).label("reads"),
            SubscriptionUse.last_used,
        )
        .join(Person, Person.id == Subscription.person_id)
        .outerjoin(SubscriptionUse, SubscriptionUse.id == Subscription.id)
        .where(Subscription.token_hash == _hash_of(token))
    )
    # The request has no viewer yet; only the secret identifies the person.
    with reading(ANONYMOUS, workspace) as session:
        row = session.execute(asked.execution_options(everything=True)).first()
    if row is None or row.revoked_at or not row.reads or _last_day(row.created_at, row.expires_on) < clock.today():
        return None
    return Subscriber(
        subscription_id=row.id,
        person_id=row.person_id,
        sample=row.sample,
        name=row.name or DEFAULT_NAME,
        query=row.query,
        level=row.level,
        follow_ups=row.follow_ups,
        alarm_days=row.alarm_days,
        last_used=row.last_used,
        windows=row.windows,
    )


def record_use(subscriber: Subscriber, day: date, workspace: Workspace | None = None) -> None:
    """Record the day on which an address was fetched; writes the first time on each day only.

    Raises Refused if it was revoked in the meantime, and :class:`~calendar_model.store.database.WorkspaceError`.
    """
    if subscriber.last_used is not None and subscriber.last_used >= day:
        return
    with writing(member(subscriber.person_id), workspace=workspace) as session:
        used = session.get(SubscriptionUse, subscriber.subscription_id)
        if used is None:
            session.add(SubscriptionUse(id=subscriber.subscription_id, last_used=day))
        elif used.last_used < day:
            used.last_used = day


def _changeable_columns(name: str, alarm_days: int | None, follow_ups: bool, windows: bool) -> dict[str, object]:
    """The columns that can be changed, checked. Raises Refused."""
    if len(name := name.strip()) > LONGEST_NAME:
        raise Refused(Problem("subscription-name-too-long", "name", {"limit": LONGEST_NAME}))
    if alarm_days is not None and not 1 <= alarm_days <= LONGEST_ALARM:
        raise Refused(Problem("subscription-alarm-out-of-bounds", "alarm_days", {"limit": LONGEST_ALARM}))
    return {"name": name, "alarm_days": alarm_days, "follow_ups": follow_ups, "windows": windows}


def _set_new_secret(kept: Subscription) -> str:
    token = secrets.token_urlsafe(SECRET_BITS // 8)
    kept.token_hash = _hash_of(token)
    return token


def _hash_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _last_day(created_at: datetime, expires_on: date | None) -> date:
    """The last day (UTC) of an address; older ones without a last day expire a year after creation."""
    return expires_on or default_last_day(created_at.astimezone(UTC).date())


def _years_after(day: date, years: int) -> date:
    return (pd.Timestamp(day) + pd.DateOffset(years=years)).date()


def _get_own(session: Session, viewer: Viewer, subscription_id: str) -> Subscription:
    kept = session.get(Subscription, subscription_id)
    if kept is None or kept.person_id != viewer.person_id or kept.revoked_at is not None:
        raise Refused(Problem("subscription-gone"))
    return kept
