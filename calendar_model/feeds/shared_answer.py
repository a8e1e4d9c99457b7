"""One question for all who ask it at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from anyio import CapacityLimiter, to_thread

T = TypeVar("T")


class SharedAnswer(Generic[T]):
    """Asks a blocking question in a thread, one at a time, for all coroutines of one loop that wait for its answer.

    The question is always put after the coroutine asked, so that the answer is never older than it.
    """

    def __init__(self, question: Callable[[], T]) -> None:
        self._question = question
        self._asking = asyncio.Lock()
        # A thread of its own: builds that hold all others would make every poll wait.
        self._threads = CapacityLimiter(1)
        self._next: asyncio.Task[T] | None = None

    async def get(self) -> T:
        """The answer. Raises what the question raises."""
        if self._next is None:
            self._next = asyncio.create_task(self._ask())
        # Who goes away must not take the answer from the others.
        return await asyncio.shield(self._next)

    async def _ask(self) -> T:
        async with self._asking:
            # A coroutine that asks from now on needs a later answer.
            self._next = None
            return await to_thread.run_sync(self._question, limiter=self._threads)
