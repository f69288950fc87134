#!/usr/bin/python
# -*- coding: utf-8 -*-

# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Host tier: runs on the build machine under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: vdsm_containers_rpm
short_description: Build the package vdsm-containers from Vdsm's sources
version_added: 0.1.0
description:
  - Makes C(vdsm-containers) for one version of Vdsm 4.19, since no public repository is known to have it.
  - Takes thirteen files out of Vdsm's sources and packs them with C(rpmbuild), after a spec of this collection. Nothing
    of the sources is run.
  - The package requires C(vdsm) in exactly RV(ignore:version)-RV(ignore:release), has no scripts, and installs to the
    site-packages of Python 2.7. It is looked at before it counts as built.
  - Runs on any machine with C(rpmbuild), as any user. It need not be a host of oVirt; by the role
    C(vdsm_containers) it is the controller.
  - A package is built once and kept in O(cache) by version and by the content of its files.
author:
  - ovirt_contrib.containers contributors (@ovirt-contrib)
extends_documentation_fragment:
  - ovirt_contrib.containers.attributes
  - ovirt_contrib.containers.attributes.actiongroup_hosts
attributes:
  check_mode:
    support: full
    details:
      - The sources are read and judged, from an address too. Nothing is built or kept.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  source:
    description:
      - Vdsm's sources of O(version), on the build machine. A source tree, a tarball of one, or the V(https://) address
        of a tarball.
      - Their version comes from a file C(VERSION), as published tarballs have it, by a tag of git on the commit that
        is checked out, or by the name of the folder or file, as in C(vdsm-4.19.20) or C(vdsm-4.19.2-5-gfcfb64d).
        Nothing in a checkout is run, nor is git.
      - Vdsm 4.20 and later is refused. The container code that is in there is never used.
    type: path
    required: true
  checksum:
    description:
      - What the tarball has to be, as in V(sha256:) and 64 hexadecimal digits. Required for an address.
    type: str
  version:
    description: Version of the C(vdsm) that the hosts run, as C(rpm -q --qf '%{VERSION}' vdsm) prints it.
    type: str
    required: true
  release:
    description: Its release, as C(rpm -q --qf '%{RELEASE}' vdsm) prints it.
    type: str
    required: true
  cache:
    description: Folder on the build machine that keeps packages and downloaded tarballs.
    type: path
    default: ~/.cache/ovirt_contrib.containers
  timeout:
    description: Seconds for a download.
    type: int
    default: 60
requirements:
  - rpmbuild and rpm on the build machine (package rpm-build of Enterprise Linux and Fedora, rpm of Debian and Ubuntu)
notes:
  - Where the build machine has Python 2.7, the package has bytecode as well. Where it has not, the bytecode that Vdsm
    writes by itself belongs to the package and goes with it.
  - The package is not signed. The role installs it all the same; by hand it takes C(--nogpgcheck) where the
    configuration of C(yum) asks for signatures of local files.
  - To update Vdsm on a container host, build the package of the new version first, then update both in one
    transaction. A vdsm-containers that is installed lets no other version of Vdsm in.
seealso:
  - module: ovirt_contrib.containers.container_host_info
"""

EXAMPLES = r"""
- name: Build vdsm-containers for the hosts' Vdsm
  ovirt_contrib.containers.vdsm_containers_rpm:
    source: /srv/sources/vdsm-4.19.20
    version: 4.19.20
    release: 1.el7.centos
  delegate_to: localhost
  register: package

- name: See whether sources can be used
  ovirt_contrib.containers.vdsm_containers_rpm:
    source: /srv/sources/vdsm-4.19.20
    version: 4.19.20
    release: 1.el7.centos
  check_mode: true

# In one transaction: each requires the other's version, so that none of them can be updated alone.
- name: Update Vdsm on a host together with it
  ansible.builtin.dnf:
    name: [vdsm-4.19.31, vdsm-client-4.19.31, /root/vdsm-containers-4.19.31-1.el7.centos.noarch.rpm]
"""

RETURN = r"""
package:
  description: The package on the build machine. In check mode, where it would be.
  returned: success
  type: str
  sample: /var/cache/packages/4f5c0d6f0c0e8a1b2c3d4e5f60718293-1/vdsm-containers-4.19.20-1.el7.centos.noarch.rpm
file:
  description: The package's file name.
  returned: success
  type: str
  sample: vdsm-containers-4.19.20-1.el7.centos.noarch.rpm
source_version:
  description: Version of the sources.
  returned: success
  type: str
  sample: 4.19.20
source_digest:
  description: SHA-256 of the files that were taken from the sources, by which the package is kept.
  returned: success
  type: str
  sample: 4f5c0d6f0c0e8a1b2c3d4e5f60718293a4b5c6d7e8f90123456789abcdef0123
"""

import os

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._host.host import Host, HostError, text
from ..module_utils._package.package import ensure


def argument_spec():
    """Return the module's options."""
    return {
        "source": {"type": "path", "required": True},
        "checksum": {"type": "str"},
        "version": {"type": "str", "required": True},
        "release": {"type": "str", "required": True},
        "cache": {"type": "path", "default": "~/.cache/ovirt_contrib.containers"},
        "timeout": {"type": "int", "default": 60},
    }


def main():
    """Run the module."""
    module = AnsibleModule(argument_spec=argument_spec(), supports_check_mode=True)
    try:
        result = ensure(module, Host())
    except HostError as problem:
        module.fail_json(msg="%s: %s" % (os.uname()[1], text(problem.args[0])))
    except UnicodeError:
        # Python 3.6 in the C locale.
        module.fail_json(
            msg="%s: source or cache has letters that no file name can have in the locale here; give plain names"
            % os.uname()[1]
        )
    except (IOError, OSError) as problem:
        # Mostly a disk that is full, or a folder of somebody else.
        where = text(problem.filename) if problem.filename else module.params["cache"]
        module.fail_json(
            msg="%s: %s: %s; make room or give a folder in cache that can be written"
            % (os.uname()[1], where, text(problem.strerror or str(problem)))
        )
    module.exit_json(**result)


if __name__ == "__main__":
    main()
