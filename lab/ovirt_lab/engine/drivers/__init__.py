# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host drivers: how the Engine has a host do something. A host has one driver, by its note (`HostNote.driver`).

The rest of the Engine checks, schedules and writes what is the same for all hosts, and asks
`engine.drivers.of(host)` for what is not: nothing else asks what kind of host it is.

| file | |
|---|---|
| interface.py | `HostDriver`: what is asked of a host |
| choice.py | `Drivers`: the drivers of an Engine, and which one a host has |
| reports.py | `Report`: what a driver says of a run, from any thread |
| simulated.py, simulated_runs.py, simulated_hosts.py | hosts that are only pretended; the clock moves them on |
| ../vdsm/driver.py | hosts with a Vdsm of their own |
| guests.py | hosts whose guests really run, under systemd-nspawn or qemu |

How to add a driver

1. Write a class that implements `HostDriver` (or derives from `SimulatedDriver`, if part of what it does is pretended),
   with a `name` of its own, and name it in choice.py. Its methods run with the Engine's lock, so they must not wait.
   What takes time is done
   * by a thread or process of the driver, which says by `Report` what became of it (`create` makes one:
     `report = Report(self.engine, vm)`), or
   * as an errand (../errands.py), if the client's request is to wait for the result, which may refuse it.
2. `create` finds the VM in status wait_for_launch. The driver then says `report.launched()` (powering up),
   `report.up()`, `report.agent(...)`, and at the end `report.ended(message)`; or `report.failed(message)`, and the next
   host is tried. A report of a run that is over does nothing. A VM that runs as a container has that in its run
   (`engine.store.run(vm)`).
3. `power_off` and `shut_down` write the event they are given when the host has agreed, and call `runs.going_down`. When
   the VM is down, `report.ended` ends the run; it also begins the second half of a cold reboot.
4. `refuse` says what such hosts cannot do, before anything is changed.
5. `start` is called when the Engine is served, also after its state was loaded: what the driver ran before may be gone,
   and VMs that the Engine still shows there need a `Report` of their end. `stop` is called when the Engine ends.
6. Give the world a key for such hosts (world_check.py), and have populate.py write the name to the host's note.
   `lab/tests/test_drivers.py` has a driver with threads, as an example.
"""
