"""Answers kept on disk: as they came, each with the moment it came and how long it may be used unasked."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MAX_BYTES = 256_000_000
_ENDING = ".answer"


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer from the disk. `age_s` is seconds since it came, `is_fresh` whether it may be used unasked."""

    body: bytes
    age_s: float
    is_fresh: bool
    server_time: str


class Cache:
    """A folder of answers (0700, files 0600) that stays below `max_bytes` by forgetting the oldest.

    A folder that can't be used keeps nothing and never fails.
    """

    def __init__(self, folder: Path, max_bytes: int = _MAX_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def get(self, url: str, payload: Mapping[str, Any]) -> Kept | None:
        """The answer kept of a call, however old, or None."""
        try:
            head, _, body = self._path(url, payload).read_bytes().partition(b"\n")
            known = json.loads(head)
            if known["url"] != url or known["payload"] != dict(payload) or known["size"] != len(body):
                return None
            # A clock set back makes nothing younger than new.
            age = max(0.0, time.time() - float(known["at"]))
            return Kept(body, age, age < float(known["keep_s"]), str(known["server_time"]))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def put(self, url: str, payload: Mapping[str, Any], body: bytes, *, keep_s: float, server_time: str) -> None:
        """Keep an answer; one too large for the folder is not."""
        if len(body) > self._max_bytes // 4:
            return
        head = {
            "url": url,
            "payload": dict(payload),
            "at": time.time(),
            "keep_s": keep_s,
            "size": len(body),
            "server_time": server_time,
        }
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # mkstemp makes it 0600; the rename makes it appear whole or not at all.
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".new")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(json.dumps(head).encode() + b"\n" + body)
                os.replace(name, self._path(url, payload))
            except OSError:
                os.unlink(name)
                raise
            self._prune()

    def _path(self, url: str, payload: Mapping[str, Any]) -> Path:
        said = json.dumps([url, dict(payload)], sort_keys=True, separators=(",", ":"))
        return self._folder / (hashlib.blake2b(said.encode(), digest_size=16).hexdigest() + _ENDING)

    def _prune(self) -> None:
        entries = []
        with os.scandir(self._folder) as found:
            for entry in found:
                with contextlib.suppress(OSError):
                    about = entry.stat()
                    # What a killed program left half written goes after an hour.
                    if entry.name.endswith(".new") and time.time() - about.st_mtime > 3600:
                        os.unlink(entry.path)
                    elif entry.name.endswith(_ENDING):
                        entries.append((about.st_mtime, about.st_size, entry.path))
        total = sum(size for _, size, _ in entries)
        for _, size, path in sorted(entries):
            if total <= self._max_bytes:
                break
            with contextlib.suppress(OSError):
                os.unlink(path)
                total -= size
