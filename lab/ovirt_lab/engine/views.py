# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user-level view (`Filter: true`), and users who are not administrators.

Every answer of the API comes from queries of the Engine. QueriesCommandBase.validatePermissions lets a filtered query
run for anybody unless it is for administrators only, and any other query for administrators only; this is the same in
4.1.9, 4.3.10 and 4.5.3.7, and so is BaseBackendResource.isFiltered. The words of the refusal have no name in
AppErrors.properties: hence 400 (ErrorMessageHelper.getErrorStatus) and no capital (ErrorTranslatorImpl.translate).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from . import texts
from .refusal import Refusal
from .store import BLANK

if TYPE_CHECKING:
    from .context import Context

_TRUE = re.compile("t(rue)?|y(es)?|1", re.IGNORECASE)  # ParametersHelper
_FALSE = re.compile("f(alse)?|n(o)?|0", re.IGNORECASE)

_DENIED = "query execution failed due to insufficient permissions."

# Addresses whose queries are for administrators (no QueryAuthType.User in QueryType.java: GetAllTags, GetTagByTagName,
# GetTagsByVmId, GetTagsByVdsId, GetTagsByTemplateId, GetVdsByVdsId, GetAuditLogById, GetAllJobs, GetAllNetworkFilters,
# GetSystemPermissions): in the user-level view they are refused to everybody.
_ADMINISTRATORS = frozenset(
    ("tags", "tags/*", "vms/*/tags", "vms/*/tags/*", "hosts/*/tags", "hosts/*/tags/*", "templates/*/tags",
     "templates/*/tags/*", "hosts/*", "events/*", "jobs", "networkfilters", "permissions")
)  # fmt: skip

# Collections that do not look at `search` in this view, and the first version that does.
_NOT_SEARCHED = {
    "hosts": (4, 5),
    "clusters": (4, 5),
    "datacenters": (4, 5),
    "events": (4, 3),
    "disks": (4, 3),
}

# What a user without any administrator's role may change: his VMs and disks.
_HIS = re.compile(r"(vms|disks)(/|$)(?!\*/(tags|permissions)(/|$))")


def filtered(ctx: Context) -> bool:
    """Whether a request is for the user-level view.

    The request says so by a parameter or a header. ENGINE_API_FILTER_BY_DEFAULT says so for users who are not
    administrators.
    """
    if ctx.world:
        return False
    said = ctx.query.get("filter", ctx.headers.get("filter"))
    if said is not None:
        if not said or _TRUE.fullmatch(said):
            return True
        if _FALSE.fullmatch(said):
            return False
    world = ctx.engine.world
    return world.filter_by_default and not world.administrator


def admit_query(ctx: Context, pattern: str) -> None:
    """Refuse a request whose query the user may not run."""
    if filtered(ctx):
        if pattern in _ADMINISTRATORS:
            raise Refusal(400, texts.OPERATION_FAILED, _DENIED)
    elif not ctx.engine.world.administrator:
        raise Refusal(400, texts.OPERATION_FAILED, _DENIED)


def admit_command(ctx: Context, pattern: str) -> None:
    """Refuse a change that needs a role (CommandBase.isUserAuthorizedToRunAction). The lab's user without an
    administrator's role may change VMs and disks only."""
    if not ctx.engine.world.administrator and not _HIS.match(pattern):
        raise ctx.refuse("USER_NOT_AUTHORIZED_TO_PERFORM_ACTION")


def searched(ctx: Context, path: str) -> bool:
    """Whether a list looks at its `search`: list() of BackendHostsResource and the like."""
    since = _NOT_SEARCHED.get(path)
    return since is None or ctx.version >= since or not filtered(ctx)


def hide(vm: Any) -> None:
    """Remove the fields of a VM that users do not see (removeRestrictedInfo)."""
    vm.host = vm.placement_policy = None


def placement(policy: Any, template: Any) -> Any:
    """What is left of a placement policy in a new VM (BackendVmsResource.add). It is dropped, but only after VmMapper
    has read it: hosts given by id stay, and, where the template is not Blank, the affinity."""
    affinity = None if template.id == BLANK else policy.affinity
    return types.VmPlacementPolicy(affinity=affinity, hosts=[host for host in policy.hosts or [] if host.id] or None)


def limited_root(ctx: Context, api: Any) -> Any:
    """The root as users get it: without a summary, or an empty one in 4.1 (GetSystemStatistics is refused). An
    unfiltered one without an administrator's role lacks the product too: GetConfigurationValue is refused."""
    only_users = filtered(ctx)
    if only_users or not ctx.engine.world.administrator:
        api.summary = None if only_users and ctx.version >= (4, 3) else types.ApiSummary()
    if not only_users and not ctx.engine.world.administrator:
        api.product_info = None
    return api
