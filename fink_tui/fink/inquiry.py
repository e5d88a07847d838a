"""A question to the broker that may take long, asked without waiting for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
# The name of the threads that may still wait for the broker when the program ends.
ABANDONED = "inquiry"


class Inquiry(Generic[T]):
    """Runs one blocking call on a thread of its own; the thread dies with the program."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._answer: list[T] = []
        self._error: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(ask,), name=ABANDONED, daemon=True)
        self._thread.start()

    def _run(self, ask: Callable[[], T]) -> None:
        try:
            self._answer.append(ask())
        except BaseException as error:
            self._error.append(error)

    def is_done(self, wait: float = 0.0) -> bool:
        """Whether the answer is there, after waiting for it at most `wait` seconds."""
        self._thread.join(wait)
        return not self._thread.is_alive()

    def answer(self) -> T:
        """What the call returned, or raises what it raised. Only once it is done."""
        if self._error:
            raise self._error[0]
        return self._answer[0]
