# Copyright (c) 2026 ovirt_contrib.containers contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Private to this collection: not an interface for others.

"""The scripts and units in a guest, which are the same in all guests. Pure; they know no value of any container.

They are POSIX sh. The container is run by podman or docker, whichever is there.
"""

from __future__ import annotations

HOME = "/etc/ovirt-container"
UNIT = "ovirt-container.service"
VOLUMES_UNIT = "ovirt-container-volumes.service"
START_UNIT = "ovirt-container-start.service"
VOLUMES = "/var/lib/ovirt-container/volumes"
NAME = "ovirt-container"
#: While this file is there, no container is started: for people who look into a guest. It is gone at the next boot.
HOLD = "/run/ovirt-container.hold"

#: Runs the container. `environment`, `secrets` and `arguments` are read as shell: every byte is in single quotes.
RUN = f"""\
#!/bin/sh
# Runs the container of this VM. Its end is the end of this script.
set -eu
cd {HOME}
. ./environment
. ./arguments
if [ -e secrets ]; then
    . ./secrets
    while read -r secret; do set -- --env "$secret" "$@"; done <secret-names
fi
if command -v podman >/dev/null; then
    if [ -e auth/config.json ]; then set -- --authfile {HOME}/auth/config.json "$@"; fi
    # docker cannot: there an unhealthy container goes on.
    if [ -n "$health" ]; then set -- --health-on-failure "$health" "$@"; fi
    exec podman run --replace --cgroups=split --log-driver=none --name {NAME} --rm "$@"
fi
docker rm --force {NAME} >/dev/null 2>&1 || true
exec docker --config {HOME}/auth run --log-driver=none --name {NAME} --rm "$@"
"""

#: Pulls the image, unless it is there. A network that has just come up, and a registry, get a few tries.
PULL = f"""\
#!/bin/sh
# Pulls the image of the container, unless it is there.
set -eu
image=$(cat {HOME}/image)
if command -v podman >/dev/null; then
    podman image exists "$image" && exit 0
    set -- podman pull --quiet
    if [ -e {HOME}/auth/config.json ]; then set -- "$@" --authfile {HOME}/auth/config.json; fi
else
    docker image inspect "$image" >/dev/null 2>&1 && exit 0
    set -- docker --config {HOME}/auth pull --quiet
fi
for pause in 2 4 8 16 0; do
    if "$@" "$image"; then exit 0; fi
    sleep "$pause"
done
echo "the image $image cannot be pulled" >&2
exit 125
"""

#: Stops the container; it has 20 seconds.
STOP = f"""\
#!/bin/sh
# Stops the container of this VM.
engine=docker
if command -v podman >/dev/null; then engine=podman; fi
exec "$engine" stop --time 20 {NAME}
"""

#: What is known of a container is shown by an interface without any use: the guest's agent reports all interfaces, and
#: the Engine keeps the names of the last report when the VM is down (VmsMonitoring). So no other channel is needed.
SIGN = "container-"
NO_DISK = "disk"
#: Seconds that a guest waits before it powers off, so that its agent is asked once more (Vdsm asks every ten seconds).
LAST_WORDS = 12
_SHOW = f"""\
show() {{
    for link in /sys/class/net/{SIGN}*; do
        [ ! -e "$link" ] || ip link delete "${{link##*/}}" || true
    done
    ip link add "{SIGN}$1" type dummy 2>/dev/null || ip link add "{SIGN}$1" type bridge
}}
"""

#: Shows that the container runs.
STARTED = f"""\
#!/bin/sh
# Shows by an interface that the container runs, which the guest's agent reports.
{_SHOW}show "$(cat {HOME}/sign)"
"""

#: Says on the console, and shows, how the container ended.
ENDED = f"""\
#!/bin/sh
# Says on the console how the container ended and what it said last, and shows its exit code by an interface.
{_SHOW}{{
    echo "{NAME}: the container has ended: $SERVICE_RESULT ($EXIT_CODE $EXIT_STATUS)"
    journalctl --unit={UNIT} --lines=20 --output=cat --no-pager
}} >/dev/console 2>&1
# Without a code it never ran: pulling its image has failed.
show "${{EXIT_STATUS:-125}}"
if [ "$SERVICE_RESULT" != success ]; then sleep {LAST_WORDS}; fi
"""

#: Mounts the volumes: formats a disk that is clearly empty, once, and refuses a disk of somebody else.
MOUNT = f"""\
#!/bin/sh
# Mounts the volumes of this VM. Each line of the file `volumes` has: serial of the disk, label, owner.
set -eu
{_SHOW}fail() {{
    echo "{NAME}: $1" >/dev/console
    echo "$1" >&2
    show {NO_DISK} || true
    sleep {LAST_WORDS}
    exit 1
}}
while read -r serial label owner; do
    device='' waited=0
    while [ -z "$device" ]; do
        for link in "/dev/disk/by-id/virtio-$(echo "$serial" | cut -c 1-20)" \\
            "/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_$serial"; do
            if [ -b "$link" ]; then device=$link; fi
        done
        waited=$((waited + 1))
        [ -n "$device" ] || [ "$waited" -lt 60 ] || fail "volume $label: its disk $serial is not there"
        [ -n "$device" ] || sleep 0.5
    done
    if kind=$(blkid -p -o value -s TYPE "$device"); then
        found=$(blkid -p -o value -s LABEL "$device" || true)
        [ "$found" = "$label" ] || fail "volume $label: its disk $serial has a $kind with the label '$found'"
    else
        code=$?
        [ "$code" = 2 ] || fail "volume $label: it is not clear that its disk $serial is empty (blkid: $code)"
        mkfs.ext4 -q -L "$label" "$device" || fail "volume $label: its disk $serial cannot be formatted"
    fi
    mkdir -p "{VOLUMES}/$label"
    mountpoint -q "{VOLUMES}/$label" || mount "$device" "{VOLUMES}/$label" ||
        fail "volume $label: its disk $serial cannot be mounted"
    # A subdirectory, since some images refuse a directory with lost+found in it.
    if [ ! -d "{VOLUMES}/$label/_data" ]; then
        mkdir "{VOLUMES}/$label/_data"
        chown "$owner" "{VOLUMES}/$label/_data"
    fi
done <{HOME}/volumes
# What cloud-init keeps of earlier starts has the secrets of that time.
now=$(readlink -f /var/lib/cloud/instance || true)
for old in /var/lib/cloud/instances/*; do
    if [ -n "$now" ] && [ "$old" != "$now" ]; then rm -rf "$old"; fi
done
"""

#: The units that are the same everywhere; the one of the container is made in files.py.
VOLUMES_TEXT = f"""\
[Unit]
Description=Volumes of the container of this VM
FailureAction=poweroff

[Service]
Type=oneshot
RemainAfterExit=yes
TimeoutStartSec=900
ExecStart=/bin/sh {HOME}/mount
"""

# At a start that brings new files cloud-init writes them while the system boots, so the container has to wait for it.
# Its service has another name since cloud-init 24.3. Where it does not run, nobody waits.
START_TEXT = f"""\
[Unit]
Description=Start the container of this VM
ConditionPathExists=!{HOLD}
After=cloud-init.service cloud-init-network.service

[Service]
Type=oneshot
ExecStart=/bin/systemctl daemon-reload
ExecStart=/bin/systemctl start --no-block {UNIT}
"""
