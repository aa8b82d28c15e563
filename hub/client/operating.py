"""
Operations as a coordinator thinks of them: opened from a blueprint or like an earlier one, with handling rules that
members accept (docs/spec/09-membership.md, docs/spec/21-blueprints.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crypto.encoding import AccountId, ChannelId, Json, OperationId, b64, hash_of, ids
from crypto.membership import Operation
from hub.client import epochs, governance
from hub.client.domain.blueprints import Blueprint
from hub.client.domain.errors import DomainError
from hub.client.errors import N_, Fault
from hub.client.state import State, now

DAY = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class PlannedMember:
    account: AccountId
    role: str
    compartments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenedChannel:
    """A channel to open, with the label that its readers will see."""

    type: str
    compartment: str
    scope: str
    of: tuple[str | bytes, ...]
    history: str
    label: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All that an operation begins with, before it is signed."""

    compartments: tuple[str, ...]
    channels: tuple[OpenedChannel, ...]
    forms: tuple[str, ...]
    rules: Mapping[str, Any] | None = None
    retention_days: int | None = None
    members: tuple[PlannedMember, ...] = ()


def plan_of(blueprint: Blueprint, language: str) -> Plan:
    """What a blueprint says, with its labels in one language."""
    channels = tuple(
        OpenedChannel(one.type, one.compartment, one.scope, one.of, one.history, one.label.said(language))
        for one in blueprint.channels
        if one.label is not None
    )
    rules = blueprint.rules.document()
    return Plan(blueprint.compartments, channels, blueprint.forms, rules, blueprint.retention_days)


async def plan_like(state: State, operation: OperationId, *, with_members: bool) -> Plan:
    """
    The settings of an operation, for another one: never what was said in it, and no channels for named people.

    Members are taken over only under the key that they have today.
    """
    latest = state.operation(operation)
    channels = []
    for channel, place in latest.channels.items():
        if place.open and place.audience.scope != "accounts":
            label = await epochs.label(state, operation, channel) if _reads(state, latest, channel) else place.type
            audience = place.audience
            channels.append(
                OpenedChannel(place.type, place.compartment, audience.scope, audience.of, place.history, label)
            )
    rules = None if latest.rules is None else await rules_of(state, operation)
    members = _members(state, latest) if with_members else ()
    return Plan(latest.compartments, tuple(channels), tuple(latest.templates), rules, None, members)


async def open_planned(
    state: State, code: str, name: str, plan: Plan, documents: Mapping[str, Mapping[str, Any]]
) -> OperationId:
    """
    Opens the operation and furnishes it, in that order of changes which makes each channel's first secret once.

    `documents` are the forms by id. Raises DomainError for a form that isn't among them.
    """
    _check_forms(plan, documents)
    operation = await governance.open_operation(state, code, name, plan.compartments, plan.compartments)
    await furnish(state, operation, plan, documents)
    return operation


async def furnish(
    state: State, operation: OperationId, plan: Plan, documents: Mapping[str, Mapping[str, Any]]
) -> dict[str, ChannelId]:
    """Members, channels, forms, rules, retention, in one commit; answers each channel by its label."""
    changes = [governance.admit(state, one.account, one.role, one.compartments) for one in plan.members]
    labels: dict[ChannelId, str] = {}
    for room in plan.channels:
        channel = governance.new_channel()
        changes.append(governance.open_channel(channel, room.type, room.compartment, room.scope, room.of, room.history))
        labels[channel] = room.label
    beside: list[Json] = []
    _check_forms(plan, documents)
    for form in plan.forms:
        document = dict(documents[form])
        change, carried = governance.adopt_template(form, int(document["version"]), document)
        changes.append(change)
        beside.append(carried)
    if plan.rules is not None:
        change, carried = set_rules(1, plan.rules)
        changes.append(change)
        beside.append(carried)
    if plan.retention_days is not None:
        changes.append(set_retention(now() + plan.retention_days * DAY))
    await governance.commit(state, operation, changes, labels=labels, documents=beside)
    return {label: channel for channel, label in labels.items()}


def _check_forms(plan: Plan, documents: Mapping[str, Mapping[str, Any]]) -> None:
    if missing := [form for form in plan.forms if form not in documents]:
        raise DomainError(f"There is no form {missing[0]} here.")


def _members(state: State, latest: Operation) -> tuple[PlannedMember, ...]:
    accounts = state.directory.latest.accounts
    return tuple(
        PlannedMember(account, member.role, member.compartments)
        for account, member in latest.members.items()
        if account != state.account and accounts[account].aik == member.aik and not accounts[account].suspended
    )


def _reads(state: State, latest: Operation, channel: ChannelId) -> bool:
    epoch = latest.channels[channel].epoch
    return epoch is not None and any(reader.account == state.account for reader in epoch.holders)


# -- handling rules ----------------------------------------------------------------------------------------------------


def set_rules(version: int, document: Mapping[str, Any]) -> tuple[Json, Json]:
    """The change, and the rules that stand beside the entry under its hash."""
    digest = b64(hash_of("rules", dict(document)))
    return {"change": "rules.set", "version": version, "hash": digest}, {"rules": digest, "document": dict(document)}


def accept_rules(version: int) -> Json:
    """This member has read the rules and will keep to them."""
    return {"change": "rules.accept", "version": version}


async def rules_of(state: State, operation: OperationId) -> Mapping[str, Any] | None:
    """
    The rules that stand, None where there are none. Raises Fault wrong-place where the hub gives another text than
    the one whose hash a coordinator signed.
    """
    rules = state.operation(operation).rules
    if rules is None:
        return None
    document = await state.hub.template(b64(operation), b64(rules.hash))
    if not isinstance(document, dict) or hash_of("rules", document) != rules.hash:
        raise Fault("wrong-place", b64(operation))
    return document


def has_to_accept(latest: Operation, account: AccountId) -> bool:
    """Whether this member has not accepted the rules that stand."""
    member = latest.members.get(account)
    return latest.rules is not None and member is not None and member.rules_accepted != latest.rules.version


def check_accepted(latest: Operation, account: AccountId) -> None:
    """Raises Fault not-allowed before a member's first words under rules that they have not accepted."""
    if has_to_accept(latest, account):
        raise Fault(
            "not-allowed",
            latest.code,
            N_("This operation has handling rules that you have not accepted."),
            N_("Read them and accept them: ncphub operation rules. Nothing was sent."),
        )


# -- other changes -----------------------------------------------------------------------------------------------------


def set_retention(until: int) -> Json:
    """How long the operation is kept, in ms since 1970."""
    return {"change": "retention.set", "until": until}


def restore(state: State, account: AccountId, role: str, compartments: Sequence[str]) -> Json:
    """A member who has started again with new keys, after the safety number was compared."""
    aik = state.directory.latest.account(account).aik
    return {
        "change": "member.restore",
        **ids(account=account, aik=aik, role=role),
        "compartments": sorted(compartments),
    }


def let_in(state: State, operation: OperationId, account: AccountId, role: str, compartments: Sequence[str]) -> Json:
    """Admits a newcomer; restores who is a member under an earlier key."""
    known = state.operation(operation).members.get(account)
    if known is not None and known.aik != state.directory.latest.account(account).aik:
        return restore(state, account, role, compartments)
    return governance.admit(state, account, role, compartments)


def with_channels(plan: Plan, *more: OpenedChannel) -> Plan:
    """The plan with further channels."""
    return replace(plan, channels=(*plan.channels, *more))
