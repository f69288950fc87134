# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures on request, in one small language for Python, command line and control endpoint.

    status:503[:match=METHOD REGEX][:nth=N][:count=M][:seconds=S]   answer with this code
    cut[:before|after][...]              break the connection; `after`: the Engine has acted, the answer is lost
    hang[:before|after][...]             never answer, until the client goes or the server ends; `after` is usual
    delay:seconds=S[...]                 answer late
    answer:NAME[:before|after][...]      answer something else, by its name in hostile.py; `before` is usual
    rewrite:from=REGEX[:to=TEXT][...]    replace what matches in the Engine's own answer (`to` may have \\1; "." is all)
    refuse:NAME[:action=A][:type=T][:values=SLOT=TEXT,...][...]   refuse by a name of EngineMessage (texts.py)
    expire_tokens[...]                   all tokens end; logging in again works
    restart[:before|after]:seconds=S[...]   the Engine is restarted by the request it hits, and is away for so long
    lock:vm=NAME:seconds=S               the VM is locked for a while: 409 for what would change it
    host_gone:host=NAME                  the host does not respond any more, its VMs are unknown
    stop_transfer:disk=NAME              the ticket of the disk's transfer cannot be renewed: an upload is paused by the
                                         system, a download cancelled
    cut:bytes=N:match=PUT /images/       end the connection in the middle of an image, after N bytes of the request
    status:500:bytes=N:match=...         answer in the middle of an image that is uploaded

`match` is found anywhere in "METHOD /path?query" of a request to the API or to SSO (POST /ovirt-engine/sso/oauth/token,
POST /ovirt-engine/services/sso-logout), `nth` the first matching request that it hits (1), `count` how many it hits
(1; 0 = all), `seconds` for how long after the first hit it goes on (then it hits all of them, unless `count` is said).

A request for an image is hit by status, cut and delay, but only if `match` names /images. `bytes` is for these alone.

A restart is that of the service ovirt-engine behind its Apache: the answers of the request that is hit and of all that
are under way are lost, all tokens end, and for `seconds` everything but /ovirt-lab/ is answered 503 with Apache's page.
The state is kept, and what the hosts do goes on. `after` (usual): the Engine did what the request asked before it went
away; `before`: it did not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from . import hostile, refusing

_OPTION = re.compile(r":(?=(?:match|nth|count|seconds|vm|host|disk|bytes|from|to|action|type|values)=)")
_KINDS = (
    "status", "cut", "hang", "delay", "answer", "rewrite", "refuse", "expire_tokens", "restart", "lock", "host_gone",
    "stop_transfer",
)  # fmt: skip
_WHEN = ("", "before", "after")
_LASTING = ("status", "hang", "answer", "rewrite", "refuse")  # with `seconds`: every request in them


@dataclass
class Fault:
    """One planned failure."""

    text: str
    kind: str
    value: str = ""
    match: re.Pattern[str] = re.compile("")
    nth: int = 1
    count: int = 1
    seconds: float = 0.0
    bytes: int = -1
    seen: int = 0
    hits: int = 0
    until: float = float("inf")
    about: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, spec: str) -> Fault:
        """Parse a specification; ValueError says what is wrong with it."""
        head, *options = _OPTION.split(spec.strip())
        kind, _, value = head.partition(":")
        if kind not in _KINDS:
            raise ValueError(f"fault {spec!r}: {kind!r} is none of {', '.join(_KINDS)}")
        fault = cls(spec, kind, value)
        for option in options:
            key, _, wanted = option.partition("=")
            fault._set(key, wanted)
        wrong = fault._missing()
        if wrong:
            raise ValueError(f"fault {spec!r}: {wrong}")
        if fault.seconds and kind in _LASTING and not any(o.startswith("count=") for o in options):
            fault.count = 0  # "503 for two seconds" means every request in them
        return fault

    def _missing(self) -> str:
        """What is wrong with the specification; an empty text if nothing is."""
        kind, value = self.kind, self.value
        name, _, when = value.partition(":")
        if kind == "status" and not (value.isdigit() and 100 <= int(value) <= 599):
            return "an HTTP code is needed, as in status:503"
        if kind in ("cut", "restart", "hang") and value not in _WHEN:
            return f"{kind} is :before or :after"
        if kind == "restart" and not self.seconds:
            return "seconds are needed, as in restart:seconds=5"
        if self.bytes >= 0 and (kind not in ("status", "cut") or not self.for_images):
            return "bytes are for status and cut with a match of /images, as in cut:bytes=4096:match=PUT /images/"
        if kind == "answer" and (name not in hostile.ANSWERS or when not in _WHEN):
            return f"answer is one of {', '.join(hostile.ANSWERS)}, and :before or :after"
        if kind == "answer" and name in hostile.OF_THE_REAL and when == "before":
            return f"{name} is made of the Engine's own answer, so it cannot be :before"
        if kind == "rewrite" and "from" not in self.about:
            return "a pattern is needed, as in rewrite:from=<memory>[0-9]+:to=<memory>abc"
        return refusing.missing(value, self.about) if kind == "refuse" else ""

    def _set(self, key: str, value: str) -> None:
        try:
            if key == "match":
                self.match = re.compile(value)
            elif key in ("nth", "count", "bytes"):
                setattr(self, key, int(value))
            elif key == "seconds":
                self.seconds = float(value)
            else:
                self.about[key] = value
                if key == "from":
                    re.compile(value)
        except (ValueError, re.error) as error:
            raise ValueError(f"fault {self.text!r}: {key}={value!r} is not right: {error}") from error

    @property
    def for_images(self) -> bool:
        """Whether it is for requests that move an image."""
        return "/images" in self.match.pattern

    def hit(self, line: str, now: float) -> bool:
        """Whether this request is to fail."""
        if not self.match.search(line) or now > self.until:
            return False
        self.seen += 1
        if self.seen < self.nth or (self.count and self.hits >= self.count):
            return False
        if not self.hits and self.seconds and self.kind not in ("delay", "restart"):
            self.until = now + self.seconds
        self.hits += 1
        return True

    def __str__(self) -> str:
        return self.text
