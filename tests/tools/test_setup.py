# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""tools/setup on machines that are not this one: what it would install, and what it tells those who are not root."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What the script uses of a bare system.
COMMANDS = ("cat", "date", "dirname", "env", "grep", "mkdir", "rm", "sed", "sh", "tail", "tr")
RELEASES = {
    "debian": 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    "ubuntu": 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04 LTS"\n',
    "fedora": 'ID=fedora\nVERSION_ID=42\nPRETTY_NAME="Fedora Linux 42"\n',
    "el9": 'ID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.6"\nPRETTY_NAME="AlmaLinux 9.6"\n',
    "el10": 'ID="rhel"\nID_LIKE="centos fedora"\nVERSION_ID="10.0"\nPRETTY_NAME="Red Hat Enterprise Linux 10.0"\n',
    "arch": 'ID=arch\nPRETTY_NAME="Arch Linux"\n',
}
APT = "apt-get install -y --no-install-recommends python3 python3-dev python3-venv gcc libc6-dev libxml2-dev"
DNF = "dnf install -y {} gcc redhat-rpm-config libxml2-devel"
EXPECTED = {
    "debian": APT,
    "ubuntu": APT,
    "fedora": DNF.format("python3 python3-devel"),
    "el9": DNF.format("python3.12 python3.12-devel"),
    "el10": DNF.format("python3 python3-devel"),
}


@dataclass
class Machine:
    """A directory of commands that stands for a machine, and a copy of tools/setup."""

    place: Path

    def command(self, name: str, body: str) -> None:
        """Put a command on its PATH."""
        path = self.place / "bin" / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def setup(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run tools/setup there."""
        env = {
            "PATH": str(self.place / "bin"),
            "HOME": str(self.place),
            "WORKSHOP_OS_RELEASE": str(self.place / "os-release"),
            "WORKSHOP_INCLUDE": str(self.place / "include"),
        }
        script = self.place / "project" / "tools" / "setup"
        return subprocess.run([script, *words], env=env, capture_output=True, text=True, timeout=60, check=False)

    def installed(self) -> str:
        """Return what its package manager was asked to do."""
        log = self.place / "asked"
        return log.read_text() if log.exists() else ""


def machine(place: Path, release: str, user: int) -> Machine:
    """Make a machine without Python, compiler and headers."""
    (place / "bin").mkdir()
    for name in COMMANDS:
        (place / "bin" / name).symlink_to(str(shutil.which(name)))
    (place / "os-release").write_text(RELEASES[release])
    (place / "project" / "tools").mkdir(parents=True)
    shutil.copy2(ROOT / "tools" / "setup", place / "project" / "tools" / "setup")
    made = Machine(place)
    made.command("id", f"echo {user}")
    if release in EXPECTED:
        manager = EXPECTED[release].split()[0]
        made.command(manager, f'echo "{manager} $*" >> {place}/asked')
    return made


@pytest.mark.parametrize("release", EXPECTED)
def test_without_root_the_exact_command_is_printed(tmp_path: Path, release: str) -> None:
    """Nothing is installed, the command stands on a line of its own, the code is not zero."""
    there = machine(tmp_path, release, user=1000)
    result = there.setup("--packages")
    assert result.returncode == 3
    assert f"    {EXPECTED[release]}\n" in result.stderr
    assert "root" in result.stderr
    assert there.installed() == ""


@pytest.mark.parametrize("release", EXPECTED)
def test_root_says_what_and_why_before_installing(tmp_path: Path, release: str) -> None:
    """The package manager gets the same command; what is needed for what was said before."""
    there = machine(tmp_path, release, user=0)
    result = there.setup("--packages")
    assert EXPECTED[release] in there.installed()
    for reason in ("Python 3.10 or newer", "C compiler", "libxml2 headers"):
        assert reason in result.stderr
    # The package manager of this test installs nothing, so there is still no Python, and that is said too.
    assert result.returncode == 3
    assert "no Python 3.10 or newer" in result.stderr


def test_passwordless_sudo_is_used(tmp_path: Path) -> None:
    """Somebody who may become root without being asked does."""
    there = machine(tmp_path, "fedora", user=1000)
    there.command("sudo", 'if [ "$1" = -n ]; then exit 0; fi; exec "$@"')
    there.setup("--packages")
    assert "dnf install -y" in there.installed()


def test_an_unknown_distribution_is_told_what_is_needed(tmp_path: Path) -> None:
    """Where no package manager is known, the things are named, not the packages."""
    result = machine(tmp_path, "arch", user=0).setup("--packages")
    assert result.returncode == 3
    assert "Arch Linux lacks" in result.stderr
    assert "C compiler" in result.stderr
    assert "your system's own way" in result.stderr


def test_a_failing_installation_shows_its_last_lines(tmp_path: Path) -> None:
    """The reason is on the screen, not only in a log."""
    there = machine(tmp_path, "debian", user=0)
    there.command("apt-get", "echo 'Temporary failure resolving the mirror'; exit 100")
    result = there.setup("--packages")
    assert result.returncode == 3
    assert "Temporary failure resolving the mirror" in result.stderr


def test_a_pyenv_shim_is_not_taken_for_an_interpreter(tmp_path: Path) -> None:
    """A shim answers for versions that are not switched on; only real interpreters count."""
    there = machine(tmp_path, "debian", user=1000)
    shims = tmp_path / "shims"
    shims.mkdir()
    (shims / "python3.13").write_text("#!/bin/sh\nexit 0\n")
    (shims / "python3.13").chmod(0o755)
    env = {**os.environ, "PATH": f"{shims}:{there.place / 'bin'}", "HOME": str(tmp_path)}
    env |= {"WORKSHOP_OS_RELEASE": str(tmp_path / "os-release"), "WORKSHOP_INCLUDE": str(tmp_path)}
    script = tmp_path / "project" / "tools" / "setup"
    result = subprocess.run([script, "--packages"], env=env, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 3
    assert "Python 3.10 or newer" in result.stderr


DOCKER = "docker.io iproute2 iptables mmdebstrap"
# Commands for images of disks and for guests, and the packages that have them.
DISKS = {
    "qemu-nbd": "qemu-utils",
    "systemd-nspawn": "systemd-container",
    "dnsmasq": "dnsmasq-base",
    "skopeo": "skopeo",
    "busybox": "busybox-static",
}


def test_docker_is_installed_where_none_answers(tmp_path: Path) -> None:
    there = machine(tmp_path, "debian", user=0)
    there.command("docker", "exit 1")
    result = there.setup("--docker")
    assert result.returncode == 0
    assert f"install -y --no-install-recommends {DOCKER} {' '.join(DISKS.values())}\n" in there.installed()


@pytest.mark.parametrize("why", ["it answers", "it is there", "an ordinary user", "another package manager"])
def test_docker_is_not_installed(tmp_path: Path, why: str) -> None:
    """What cannot be had is left out later, with a line that says so; nothing fails."""
    there = machine(tmp_path, "el9" if "package" in why else "debian", user=1000 if "user" in why else 0)
    for name in DISKS:
        there.command(name, "exit 0")
    if why == "it answers":
        there.command("docker", "exit 0")
    if why == "it is there":
        there.command("dockerd", "exit 1")
        there.command("mmdebstrap", "exit 1")
    result = there.setup("--docker")
    assert (result.returncode, result.stderr, there.installed()) == (0, "", "")


def test_tools_for_images_are_installed_beside_a_docker_that_answers(tmp_path: Path) -> None:
    there = machine(tmp_path, "debian", user=0)
    for name in ("docker", "skopeo", "busybox"):
        there.command(name, "exit 0")
    assert there.setup("--docker").returncode == 0
    packages = [DISKS[name] for name in ("qemu-nbd", "systemd-nspawn", "dnsmasq")]
    assert f"install -y --no-install-recommends {' '.join(packages)}\n" in there.installed()


def test_docker_that_cannot_be_installed_stops_nothing(tmp_path: Path) -> None:
    there = machine(tmp_path, "debian", user=0)
    there.command("apt-get", "echo 'Temporary failure resolving the mirror'; exit 100")
    result = there.setup("--docker")
    assert result.returncode == 0
    assert "Temporary failure" in result.stderr
    assert "will be left out" in result.stderr


def test_an_environment_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    """What pip said last is shown, and nothing is taken for a whole environment later."""
    there = machine(tmp_path, "debian", user=0)
    for header in ("libxml2/libxml/xmlreader.h",):
        (tmp_path / "include" / header).parent.mkdir(parents=True)
        (tmp_path / "include" / header).touch()
    there.command("gcc", "exit 0")
    pip = "mkdir -p $3/bin; printf '#!/bin/sh\\necho no such package; exit 1\\n' > $3/bin/pip; /bin/chmod +x $3/bin/pip"
    there.command("python3.13", f'case "$1" in -c) exit 0 ;; -m) {pip} ;; esac')
    result = there.setup(str(tmp_path / "made"), "requirements.txt")
    assert result.returncode == 3
    assert "no such package" in result.stderr
    assert not (tmp_path / "made").exists()
