# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The host tier where it was born: Python 2.7 of an EL 7 look-alike, managed by ansible-core 2.16, with real docker."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import ansible.release
import pytest
from ovirt_lab import hosts
from ovirt_lab.hosts import Group, HostSpec

from tests.support.plays import play

pytestmark = [
    pytest.mark.timeout(400),  # the first time the image has to be built
    pytest.mark.skipif(
        not ansible.release.__version__.startswith("2.16."),
        reason="ansible-core 2.16 is the last one that manages Python 2.7",
    ),
]

PLAY = """
- hosts: el7
  tasks:
    - ansible.builtin.assert:
        that:
          - ansible_facts.python.version.major == 2
          - ansible_facts.distribution_major_version == '7'

    # Ansible's package modules find no bindings for this Python here; a real EL 7 has them.
    - ansible.builtin.command: dnf -y -q install docker
    - ansible.builtin.copy: {dest: /etc/docker/daemon.json, content: '{"ip-forward": false}'}

    - ovirt_contrib.containers.container_host_snapshot:
        name: before
        files: [/etc/docker/daemon.json, /etc/docker/key.json]
        services: [docker.service]
        trees: [/var/lib/docker]

    - ansible.builtin.service: {name: docker, state: started}

    - ovirt_contrib.containers.container_network: &network
        name: containers
        parent: eth1
        subnet: 10.20.0.0/24
        aux_addresses: {printer: 10.20.0.9}
      check_mode: true
      register: foreseen
    - ovirt_contrib.containers.container_network: *network
      register: made
    - ovirt_contrib.containers.container_network: *network
      register: again
    - ansible.builtin.assert:
        that:
          - foreseen is changed
          - made.commands == foreseen.commands
          - made.network.parent == 'eth1'
          - again is not changed

    - ovirt_contrib.containers.container_network: {name: wrong, parent: eth0, subnet: 10.21.0.0/24}
      register: refused
      ignore_errors: true
    - ansible.builtin.assert:
        that: "refused.msg is search('eth0 belongs to bridge ovirtmgmt')"

    - ovirt_contrib.containers.container_host_info: {probe: true}
      register: found
    - ansible.builtin.assert:
        that:
          - found.container_host.vdsm.version == '4.19.20'
          - found.container_host.vdsm.supported
          - found.container_host.vdsm.capability == 'false'
          - found.container_host.runtime.name == 'docker'
          - found.container_host.runtime.daemon == 'running'
          - "'containers' in found.container_host.networks | map(attribute='name')"
          - found.container_host.safety.bridged.lost == 0
          - found.container_host.safety.policies['iptables FORWARD'] | default('ACCEPT') == 'ACCEPT'

    - ovirt_contrib.containers.container_host_snapshot: {name: before, state: rolled_back, discard: true}
      register: back
    - ansible.builtin.assert:
        that:
          - "'stop docker.service' in back.steps"
          - "'delete all that is in /var/lib/docker' in back.steps"
          - back.differences == []
          - back.problems == []
          - back.kept == []
"""

# The distribution's docker of EL 7 takes flags from three files below /etc/sysconfig, and does not start with a key of
# daemon.json that is a flag as well. The package is there, so that the role needs no package module.
FLAGS = """
- hosts: el7
  tasks:
    - ansible.builtin.command: dnf -y -q install docker-1.13.1
    - ansible.builtin.service: {name: docker, state: started}
    - ansible.builtin.command: docker info --format '{{ "{{.LoggingDriver}} {{.Driver}}" }}'
      register: theirs
    - ansible.builtin.assert:
        that: theirs.stdout == 'journald overlay2'

    - name: A key that is a flag
      block:
        - ansible.builtin.include_role: {name: ovirt_contrib.containers.docker}
          vars:
            docker_options: {log-driver: json-file}
      rescue:
        - ansible.builtin.set_fact:
            refused: "{{ ansible_failed_result.msg }}"
    - ansible.builtin.stat: {path: /etc/docker/daemon.json}
      register: untouched
    - ansible.builtin.assert:
        that:
          - refused is search('log-driver is "journald" in /etc/sysconfig/docker and should be "json-file"')
          - not untouched.stat.exists

    - name: A key that the flag says already, and one of ours
      ansible.builtin.include_role: {name: ovirt_contrib.containers.docker}
      vars:
        docker_options: {log-driver: journald}
    - ansible.builtin.slurp: {src: /etc/docker/daemon.json}
      register: written
    - ansible.builtin.command: docker info --format '{{ "{{.LoggingDriver}} {{.LiveRestoreEnabled}}" }}'
      register: both
    - ansible.builtin.assert:
        that:
          - both.stdout == 'journald true'
          - "written.content | b64decode | from_json == {'live-restore': true}"

    - ansible.builtin.include_role: {name: ovirt_contrib.containers.docker}
      vars:
        docker_state: absent
    - ansible.builtin.command: docker info --format '{{ "{{.LoggingDriver}} {{.LiveRestoreEnabled}}" }}'
      register: left
    - ansible.builtin.assert:
        that: left.stdout == 'journald false'
"""


@pytest.fixture
def el7(tmp_path: Path) -> Iterator[Path]:
    """An inventory with a host of EL 7."""
    problem = hosts.available()
    if problem:
        pytest.skip(f"no test hosts: {problem}")
    group = Group(f"ovirt-lab-el7-{os.getpid()}")
    inventory = tmp_path / "hosts.ini"
    inventory.write_text(
        f"el7 ansible_connection=community.docker.docker ansible_host={group.name}-el7 "
        "ansible_python_interpreter=/usr/bin/python2.7\n"
    )
    try:
        group.up([HostSpec.parse("el7:el7")])
        yield inventory
    finally:
        group.down()


def test_modules_run_on_python_2_7(el7: Path, tmp_path: Path) -> None:
    (tmp_path / "play.yml").write_text(PLAY)
    run = play("-i", el7, tmp_path / "play.yml")
    assert run.code == 0, run.text
    assert run.count("failed") == 0


def test_the_role_docker_respects_the_distributions_flags(el7: Path, tmp_path: Path) -> None:
    (tmp_path / "play.yml").write_text(FLAGS)
    run = play("-i", el7, tmp_path / "play.yml", variables={"ansible_pipelining": True})  # the other test does without
    assert run.code == 0, run.text
    assert run.count("failed") == 0
