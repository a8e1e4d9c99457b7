"""One question for many polls, never answered with what was known before a poll came."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from calendar_model.feeds.shared_answer import SharedAnswer


def test_those_who_come_while_it_is_asked_share_the_next_answer() -> None:
    asked: list[int] = []
    first_began, first_may_end = threading.Event(), threading.Event()

    def question() -> int:
        asked.append(len(asked))
        if len(asked) == 1:
            first_began.set()
            assert first_may_end.wait(10)
        return asked[-1]

    async def polls() -> list[int]:
        shared = SharedAnswer(question)
        first = asyncio.create_task(shared.get())
        assert await asyncio.to_thread(first_began.wait, 10)
        others = [asyncio.create_task(shared.get()) for _ in range(20)]
        await asyncio.sleep(0)
        first_may_end.set()
        return list(await asyncio.gather(first, *others))

    assert asyncio.run(polls()) == [0, *[1] * 20]
    assert len(asked) == 2


def test_a_fault_reaches_all_who_wait_and_nobody_after_them() -> None:
    answers: Iterator[ValueError | str] = iter([ValueError("a bad day"), "good"])

    def question() -> str:
        answer = next(answers)
        if isinstance(answer, ValueError):
            raise answer
        return answer

    async def polls() -> str:
        shared = SharedAnswer(question)
        for outcome in await asyncio.gather(shared.get(), shared.get(), return_exceptions=True):
            assert isinstance(outcome, ValueError)
        return await shared.get()

    assert asyncio.run(polls()) == "good"


def test_who_goes_away_takes_the_answer_from_nobody() -> None:
    may_end = threading.Event()

    async def polls() -> bool:
        shared = SharedAnswer(lambda: may_end.wait(10))
        leaves, stays = asyncio.create_task(shared.get()), asyncio.create_task(shared.get())
        await asyncio.sleep(0)
        leaves.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaves
        may_end.set()
        return await stays

    assert asyncio.run(polls())
