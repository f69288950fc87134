# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What happens in a guest: the files that runtime ``guest`` gives it, in a real Debian under systemd-nspawn."""
