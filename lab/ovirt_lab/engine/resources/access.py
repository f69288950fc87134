# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, groups, roles and permissions, for reading. The lab has one user, who may do everything."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from ovirtsdk4 import types

from .. import permits
from . import Kind

if TYPE_CHECKING:
    from ..context import Context

# Roles of a new Engine: name -> (description, administrative). Permits are those of facts ovirt.md 3.3 and the names.
ROLES = {
    "SuperUser": ("Roles management administrator", True),
    "ClusterAdmin": ("Administrator Role, permission for all the objects underneath a specific Cluster", True),
    "DataCenterAdmin": ("Administrator Role, permission for all the objects underneath a specific Data Center", True),
    "HostAdmin": ("Administrator Role, permission for all the objects underneath a specific Host", True),
    "NetworkAdmin": ("Network Administrator Role", True),
    "StorageAdmin": ("Administrator Role, permission for all operations on a specific Storage Domain", True),
    "TemplateAdmin": ("Administrator Role, permission for all operations on a specific Template", True),
    "VmPoolAdmin": ("VM Pool Administrator Role", True),
    "GlusterAdmin": ("Gluster Administrator Role", True),
    "ReadOnlyAdmin": ("Read Only Administrator Role", True),
    "UserRole": ("Standard User Role", False),
    "PowerUserRole": ("User Role, allowed to create VMs, Templates and Disks", False),
    "UserVmManager": ("User Role, with permission for any operation on Vms", False),
    "UserTemplateBasedVm": ("User Role, with permissions only to use Templates", False),
    "VnicProfileUser": ("VM Network Interface Profile User", False),
}
DOMAIN = "internal-authz"


def fixed_id(kind: str, name: str) -> str:
    """The same id in every Engine of the lab."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"ovirt-lab/{kind}/{name}"))


ADMIN = fixed_id("user", "admin")


class Users(Kind):
    """Users of the Engine."""

    path = "users"
    required = ("user_name", "domain.id|name")
    search = {"name": "name", "usrname": "user_name", "lastname": "last_name", "email": "email"}

    def seeds(self) -> list[Any]:
        """admin@internal, as it is known inside."""
        user = types.User(
            id=ADMIN,
            name="admin",
            user_name=f"admin@{DOMAIN}",
            principal="admin",
            namespace="*",
            domain=types.Domain(id=fixed_id("domain", DOMAIN), name=DOMAIN),
            domain_entry_id="admin",
            last_name="",
        )
        return [user]


class Groups(Kind):
    """Groups of the Engine."""

    path = "groups"
    required = ("name",)
    search = {"name": "name"}

    def seeds(self) -> list[Any]:
        """Everyone."""
        return [types.Group(id=fixed_id("group", "Everyone"), name="Everyone", namespace="*")]


class Domains(Kind):
    """Where users come from."""

    path = "domains"

    def seeds(self) -> list[Any]:
        """Only the internal one."""
        return [types.Domain(id=fixed_id("domain", DOMAIN), name=DOMAIN)]


class Roles(Kind):
    """Roles that can be given."""

    path = "roles"
    required = ("name", "permits")
    search = {"name": "name"}

    def seeds(self) -> list[Any]:
        """Those of a new Engine."""
        return [
            types.Role(
                id=fixed_id("role", name),
                name=name,
                description=text,
                administrative=admin,
                mutable=False,
                permits=[types.Permit(id="1300", name="login", administrative=False)],
            )
            for name, (text, admin) in ROLES.items()
        ]

    def on_add(self, ctx: Context, obj: Any) -> None:
        """Permits are a collection of their own."""
        if ctx.store.named(self.path, obj.name) is not None:
            raise ctx.refuse("NAME_ALREADY_USED", "add", "Role")
        if not ctx.world:
            obj.mutable, obj.administrative = True, bool(obj.administrative)
        obj.id = obj.id or str(uuid.uuid4())
        for permit in obj.permits or []:
            found = permits.named(ctx.version, permit) or permit
            found.name = found.name or f"permit_{permit.id}"
            ctx.store.put(f"roles/{obj.id}/permits", found)
        obj.permits = None


class Permissions(Kind):
    """Permissions on one object: those given there, and that of the administrator of all."""

    required = ("role.id|name", "user|group.id")
    owner_name = ""

    def items(self, ctx: Context) -> list[Any]:
        """List the permissions of an object, the inherited one first."""
        inherited = types.Permission(
            id=fixed_id("permission", "admin"),
            role=ctx.store.ref(ctx.store.named("roles", "SuperUser")),
            user=ctx.store.ref(ctx.store.get("users", ADMIN)),
        )
        inherited.href = f"/ovirt-engine/api/{ctx.path}/{inherited.id}"
        return [inherited, *ctx.store.list(ctx.path)]

    def on_add(self, ctx: Context, obj: Any) -> None:
        """Give a role to a user or group."""
        obj.role = ctx.store.ref(ctx.find("roles", obj.role))
        if obj.user is not None:
            obj.user = ctx.store.ref(ctx.find("users", obj.user))
        if obj.group is not None:
            obj.group = ctx.store.ref(ctx.find("groups", obj.group))

    def on_read(self, ctx: Context, obj: Any) -> None:
        """Show the object that the permission is for."""
        owner = ctx.store.at(obj.href.rpartition("/permissions")[0])
        if owner is not None and self.owner_name:
            setattr(obj, self.owner_name, ctx.store.ref(owner))


def _permissions_of(path: str, owner: str) -> None:
    type(f"Permissions_{owner or 'system'}", (Permissions,), {"path": path, "owner_name": owner})


_permissions_of("permissions", "")
for _path, _owner in {
    "vms": "vm",
    "hosts": "host",
    "clusters": "cluster",
    "datacenters": "data_center",
    "templates": "template",
    "storagedomains": "storage_domain",
    "disks": "disk",
    "networks": "",
    "vnicprofiles": "",
}.items():
    _permissions_of(f"{_path}/*/permissions", _owner)
