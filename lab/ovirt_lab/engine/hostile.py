# Copyright (c) 2026 ovirt_contrib.containers contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Named answers that an Engine never gives, but proxies, other servers and broken networks do (faults.py)."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from . import routes, wire
from .messages import JSON, XML, Response

if TYPE_CHECKING:
    from .context import Context

Maker = Callable[["Context", Response], Response]  # the request and the Engine's own answer, which may be empty

_MIB = 1 << 20
_LARGE = 300  # MiB
_DROPS = 0.5  # seconds between the bytes of `drip`
_HTML = "text/html; charset=UTF-8"
_MAINTENANCE = b"<!DOCTYPE html>\n<html><head><title>Maintenance</title></head><body><p>Back soon.</p></body></html>\n"
_LOGIN = (
    b'<!DOCTYPE html>\n<html><head><title>Log In</title></head><body><form method="post" action="/login">'
    b'<input name="user"><input name="password" type="password"></form></body></html>\n'
)
_JSON = {
    "json": '{"status": "ok"}',
    "json_object": "{}",
    "json_array": "[]",
    "json_null": "null",
    "json_number": "0",
    "json_text": '"ok"',
    "json_broken": "{oops",
    "json_no_token": '{"access_token": null, "token_type": "bearer"}',
}


def root_of(ctx: Context) -> str:
    """The root element of the right answer to the request if that is a list; else `api`."""
    node = routes.find_pattern(routes.pattern_of(routes.split(ctx.target)))
    return node.tag if node is not None and node.is_collection and node.tag else "api"


def _page(kind: str, body: bytes, status: int = 200, **headers: str) -> Maker:
    return lambda ctx, real: Response(status, {"Content-Type": kind, **headers}, body)


def _xml(body: Callable[[str], bytes], status: int = 200) -> Maker:
    """An XML answer that is made of the right root element."""
    return lambda ctx, real: Response(status, {"Content-Type": XML}, wire.DECLARATION + body(root_of(ctx)))


def _entities(root: str) -> bytes:
    """Nested entities: a few hundred bytes that expand to three gigabytes."""
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE {root} [<!ENTITY e0 "lol">{levels}]>\n<{root}><name>&e9;</name></{root}>'.encode()


def _external(root: str) -> bytes:
    file = '<!ENTITY file SYSTEM "file:///etc/passwd">'
    return f"<!DOCTYPE {root} [{file}]>\n<{root}><name>&file;</name></{root}>".encode()


def _deep(root: str) -> bytes:
    return f"<{root}>{'<a>' * 100_000}{'</a>' * 100_000}</{root}>".encode()


def _fault(detail: str) -> Callable[[str], bytes]:
    return lambda root: wire.fault("Operation Failed", detail).removeprefix(wire.DECLARATION)


def _echo(ctx: Context, real: Response) -> Response:
    """A fault that repeats the request, including its credentials."""
    said = f"[Cannot handle {ctx.method} {ctx.target} with {ctx.headers.get('authorization', 'no Authorization')}]"
    return Response(400, {"Content-Type": XML}, wire.fault("Operation Failed", said))


def _other_root(ctx: Context, real: Response) -> Response:
    """A well-formed answer of the API to another question."""
    root = "vms" if root_of(ctx) != "vms" else "hosts"
    return Response(200, {"Content-Type": XML}, wire.DECLARATION + f"<{root}/>\n".encode())


def _cut(ctx: Context, real: Response) -> Response:
    return replace(real, body=real.body[: len(real.body) // 2])


def _short(ctx: Context, real: Response) -> Response:
    """Half of what its Content-Length says, then the connection ends."""
    headers = {**real.headers, "Content-Length": str(len(real.body))}
    return replace(real, headers=headers, body=real.body[: len(real.body) // 2], last=True)


def _typed(kind: str | None) -> Maker:
    def change(ctx: Context, real: Response) -> Response:
        headers = {name: value for name, value in real.headers.items() if name != "Content-Type"}
        return replace(real, headers={**headers, "Content-Type": kind} if kind else headers)

    return change


@lru_cache(maxsize=4)
def _bomb(root: str) -> bytes:
    """300 MiB of well-formed XML as 300 KiB of gzip: a block that ends with a full flush may be repeated as it is."""
    blank = b" " * _MIB
    pack = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    parts = [pack.compress(wire.DECLARATION + f"<{root}>".encode()) + pack.flush(zlib.Z_FULL_FLUSH)]
    parts += [pack.compress(blank) + pack.flush(zlib.Z_FULL_FLUSH)] * _LARGE
    parts.append(pack.compress(f"</{root}>".encode()) + pack.flush())
    check = zlib.crc32(wire.DECLARATION + f"<{root}>".encode())
    for _ in range(_LARGE):
        check = zlib.crc32(blank, check)
    check = zlib.crc32(f"</{root}>".encode(), check)
    size = len(wire.DECLARATION) + 2 * len(root) + 5 + _LARGE * _MIB
    tail = check.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + b"".join(parts) + tail


def _bombed(ctx: Context, real: Response) -> Response:
    return Response(200, {"Content-Type": XML, "Content-Encoding": "gzip"}, _bomb(root_of(ctx)))


def _huge(ctx: Context, real: Response) -> Response:
    """300 MiB of XML, made while it is sent."""
    root = root_of(ctx)

    def pieces() -> Iterator[bytes]:
        blank = b" " * _MIB
        yield wire.DECLARATION + f"<{root}>".encode()
        for _ in range(_LARGE):
            yield blank
        yield f"</{root}>".encode()

    return Response(200, {"Content-Type": XML}, pieces=pieces)


def _drip(ctx: Context, real: Response) -> Response:
    return replace(real, pace=_DROPS)


ANSWERS: dict[str, Maker] = {
    "html": _page(_HTML, _MAINTENANCE),
    "login": _page(_HTML, _LOGIN),
    "redirect": _page(_HTML, b"", 302, Location="/login"),
    "text": _page("text/plain; charset=UTF-8", b"OK\n"),
    "empty": _page(XML, b""),
    "no_content": lambda ctx, real: Response(204),
    **{name: _page(JSON, text.encode()) for name, text in _JSON.items()},
    "other_root": _other_root,
    "fault": _xml(_fault("[Internal Engine Error]")),
    "controls": _xml(_fault("[Red \x9b31m, backwards \u202etxet\u202c, a line\nand another]"), 409),
    "echo": _echo,
    "entities": _xml(_entities),
    "external": _xml(_external),
    "deep": _xml(_deep),
    "bytes": _xml(lambda root: f"<{root}><name>".encode() + b"\xe9\xff" + f"</name></{root}>".encode()),
    "nul": _xml(lambda root: f"<{root}><name>a\0b</name></{root}>".encode()),
    "bomb": _bombed,
    "huge": _huge,
    "cut": _cut,
    "short": _short,
    "drip": _drip,
    "no_type": _typed(None),
    "wrong_type": _typed(_HTML),
}
# What is made of the Engine's own answer, so that the Engine has always done what it was asked.
OF_THE_REAL = ("cut", "short", "drip", "no_type", "wrong_type")
