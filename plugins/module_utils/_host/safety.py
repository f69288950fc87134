# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.
# Host tier: runs on the managed host under Python 2.7 and 3.6 or later, with the standard library only.
# mypy: ignore-errors

"""What the VMs of a host depend on, and whether it is still as it was.

Docker can cut every bridged VM off the network: version 1.13 and later set the FORWARD policy to DROP, which meets
bridged traffic too where net.bridge.bridge-nf-call-iptables is 1 (moby, libnetwork/iptables and bridge drivers).
"""

from __future__ import absolute_import, division, print_function

import os
import re

from .net import chains, devices, firewall, peers, probe, sight

__metaclass__ = type

_QEMU = re.compile(r"^(qemu-kvm|qemu-system-\S+|kvm)$")
_BRIDGE_NF = "/proc/sys/net/bridge/bridge-nf-call-"
_FORWARDING = {"ipv4": "/proc/sys/net/ipv4/ip_forward", "ipv6": "/proc/sys/net/ipv6/conf/all/forwarding"}
_COMMANDS = [["iptables-save"], ["ip6tables-save"], ["nft", "list", "ruleset"], devices.ADDRESSES_AND_ROUTES]


def state(host, probe=False, neighbours=(), known_peers=()):
    """The VM safety state of a host: all of it as plain data, as container_host_info documents it.

    With ``probe`` also: do the VMs' neighbours answer, does bridged traffic pass. Known ``neighbours``, as keys of an
    earlier state's ``reachable``, are asked again even where the kernel has forgotten them, and so are
    ``known_peers``, the keys of its ``paths``.
    """
    return state_of(host, host.all(_COMMANDS), probe, neighbours, known_peers)


def commands():
    """Commands whose outcomes :func:`state_of` wants, for who runs them together with others."""
    return list(_COMMANDS)


def state_of(host, outcomes, probe=False, neighbours=(), known_peers=()):
    """The VM safety state from the outcomes of :func:`commands`."""
    looks = sight.looks(host, outcomes)
    # Once more: a firewall that is being changed may refuse to be listed for a moment.
    again = [look not in (sight.SEEN, sight.ABSENT) for look in (looks[name] for name in sight.LOOKS)]
    if any(again):
        outcomes = [host.all([_COMMANDS[n]])[0] if again[n] else outcome for n, outcome in enumerate(outcomes)]
        looks = sight.looks(host, outcomes)
    saved4, saved6, listed, ip = outcomes
    links = devices.links(host)
    rules, policies = _filters(saved4, saved6, listed)
    found = {
        "forwarding": {family: host.number(path) for family, path in _FORWARDING.items()},
        "bridge_netfilter": {kind: host.number(_BRIDGE_NF + kind) for kind in ("iptables", "ip6tables", "arptables")},
        "policies": policies,
        "rules": rules,
        "bridges": devices.bridges(links),
        "routes": devices.routes(ip.out),
        "addresses": devices.addresses(ip.out),
        "paths": {},
        "vms": sorted(vms(host)),
        "reachable": None,
        "bridged": None,
        "looks": looks,
        "unseen": sight.unseen(looks),
    }
    found["paths"], found["untold"] = _reached(host, found["addresses"], known_peers)
    if probe:
        _probe(host, found, neighbours)
    return found


def _reached(host, addresses, known_peers):
    """Return (device by peer, peers that the kernel named no route for)."""
    # First those that were asked for before, then those that are to be had, name servers in front.
    named = peers.name_servers(host)
    found = sorted(peers.peers(host, addresses), key=lambda peer: (peer not in named, peer))
    asked = [peer for peer in map(peers.canonical, known_peers) if peer]
    asked = (asked + [peer for peer in found if peer not in asked])[: peers.MOST]
    paths = peers.paths(host, asked)
    return paths, [peer for peer in asked if peer not in paths]


def _probe(host, found, neighbours):
    """Add what only a probe shows to a VM safety state: who answers, and whether bridged traffic passes."""
    bridges = [name for name in found["bridges"] if not devices.docker_device(name)]
    known = probe.neighbours(host(probe.NEIGHBOURS).out, bridges)
    asked = sorted(neighbours)
    found["reachable"] = probe.reachable(host, asked + [key for key in known if key not in asked])
    found["looks"]["ping"] = sight.SEEN if found["reachable"] is not None else sight.ABSENT
    found["bridged"] = probe.bridged(host)
    found["looks"]["canary"] = sight.SEEN if found["bridged"] else "they could not be made"


def _filters(saved4, saved6, listed):
    rules, policies, in_nft = {}, {}, []
    for command, family, saved in (("iptables", "ip", saved4), ("ip6tables", "ip6", saved6)):
        rules[command] = firewall.iptables_rules(saved.out) if saved.ok else {}
        if firewall.in_nftables(saved.out):
            in_nft += ["%s %s" % (family, table) for table in rules[command]]
        for chain, policy in firewall.iptables_policies(rules[command]).items():
            policies["%s %s" % (command, chain)] = policy
    rules["nft"], chains = firewall.nft_rules(listed.out if listed.ok else "", in_nft)
    policies.update(("nft " + place, policy) for place, policy in chains.items())
    return rules, policies


def vms(host):
    """Name and process of every VM that runs: ``web (pid 4711)``. Survives a Vdsm that does not answer."""
    found = []
    for pid in host.names("/proc"):
        if not pid.isdigit():
            continue
        words = (host.read("/proc/%s/cmdline" % (pid,)) or "").split("\0")
        if _QEMU.match(os.path.basename(words[0])):
            found.append("%s (pid %s)" % (_guest(words), pid))
    return found


def _guest(words):
    for option, value in zip(words, words[1:]):
        if option == "-name":  # "-name web" up to libvirt 1.3, then "-name guest=web,debug-threads=on"
            return re.sub(r"^guest=", "", value.split(",")[0])
    return "qemu"


def harm(before, after):
    """Sentences: what is worse or otherwise for VMs than before; empty when nothing is."""
    # A bridge that was there without docker is the host's, also where docker has taken it over since.
    foreign = [name for name in before["bridges"] if not devices.docker_device(name) and name not in _named(before)]
    bridges = {name for state in (before, after) for name in _named(state)}.difference(foreign)

    def dockers(name):
        return devices.docker_device(name) or name in bridges

    blind = sight.lost(before, after)
    after = sight.as_before(before, after)
    return (
        blind
        + _switches(before, after)
        + chains.policies(before["policies"], after["policies"], before["rules"], after["rules"])
        + chains.differences(before["rules"], after["rules"], foreign)
        + _bridges(before["bridges"], after["bridges"], dockers)
        + _routes(before["routes"], after["routes"], dockers)
        + _addresses(before["addresses"], after["addresses"], dockers)
        + _paths(before.get("paths") or {}, after.get("paths") or {}, dockers)
        + _vms(before, after)
    )


def cut_off(state):
    """Sentences: what cuts VMs off now, without a comparison with before. It finds what docker does, not every cause.

    Packets that pass count more than the policy, since the admin's own rules may let them; IPv6 is not counted.
    """
    found = list(state.get("unseen") or [])
    counted = state["bridged"]
    if counted and counted["lost"]:
        found.append("%(lost)s of %(sent)s packets between two bridged namespaces are lost" % counted)
    for command in ("iptables", "ip6tables"):
        policy = state["policies"].get(command + " FORWARD", "ACCEPT")
        passes = command == "iptables" and counted and not counted["lost"]
        if policy != "ACCEPT" and state["bridge_netfilter"][command] and not passes:
            words = "the policy of %s FORWARD is %s, and bridged packets meet it (bridge-nf-call-%s is 1)"
            found.append(words % (command, policy, command))
    return found


def _named(state):
    """Docker's bridges with names of their own."""
    return set(firewall.docker_bridges(state["rules"])) | set(state.get("docker_bridges") or [])


def _switches(before, after):
    found = []
    for group, name in (("forwarding", "%s forwarding"), ("bridge_netfilter", "bridge-nf-call-%s")):
        for key, old in sorted(before[group].items()):
            new = after[group].get(key)
            # No such switch is off: the kernel's module for it is not loaded.
            if (old or 0) != (new or 0):
                found.append("%s was %s and is %s" % (name % (key,), old or 0, new or 0))
    return found


def _bridges(before, after, dockers):
    found = []
    for name, ports in sorted(before.items()):
        if dockers(name):
            continue
        if name not in after:
            found.append("bridge %s is gone" % (name,))
            continue
        lost = [port for port in ports if port not in after[name]]
        found += ["bridge %s lost its port %s" % (name, port) for port in lost if not devices.docker_device(port)]
    return found


def _routes(before, after, dockers):
    def foreign(lines):
        return [line for line in lines if not all(map(dockers, devices.route_parts(line)["devices"] or [""]))]

    old, new = foreign(before), foreign(after)
    gone = [line for line in old if line not in new]
    # A second route to where one led already; what leads elsewhere takes nothing away.
    known = {(devices.route_parts(line)["to"], devices.route_parts(line)["table"]) for line in before}
    added = [line for line in after if line not in before]
    added = [line for line in added if (devices.route_parts(line)["to"], devices.route_parts(line)["table"]) in known]
    return ["route gone: " + line for line in gone] + ["route added: " + line for line in added]


def _addresses(before, after, dockers):
    found = []
    for device, old in sorted(before.items()):
        if dockers(device):
            continue
        lost = [address for address in old if address not in after.get(device, [])]
        found += ["%s lost its address %s" % (device, address) for address in lost]
    return found


def _paths(before, after, dockers):
    """Whom the host reached in another way; who was behind docker is docker's business."""
    found = []
    for peer, old in sorted(before.items()):
        if old is None or dockers(old) or after.get(peer, old) == old or peer not in after:
            continue
        now = "is reached now through %s" % (after[peer],) if after[peer] else "has no route now"
        found.append("%s was reached through %s and %s" % (peer, old, now))
    return found


def _vms(before, after):
    found = ["VM %s does not run any more" % (name,) for name in before["vms"] if name not in after["vms"]]
    answers = after.get("reachable")
    if answers is not None:
        for key, answered in sorted((before.get("reachable") or {}).items()):
            if answered and not answers.get(key):
                found.append("%s on %s does not answer any more" % tuple(key.split()))
    old, new = before.get("bridged"), after.get("bridged")
    if old and new and new["lost"] > old["lost"]:
        words = "%s of %s packets between two bridged namespaces are lost, before it was %s"
        found.append(words % (new["lost"], new["sent"], old["lost"]))
    return found
