"""What people are told while users are written: done, of how many, how fast, how long still."""

from __future__ import annotations

from graph.pacing import WritePace
from graph.progress import WriteProgress
from graph.shards import SHARDS
from tests.unit.graph.fake_graph import FakeClock

A_SECOND = 20
"""What the quota lets through in the long run."""


class Telling:
    """Progress on a clock that passes only when a test says so."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.pace = WritePace(self.clock)
        self.said: list[str] = []
        self.progress = WriteProgress(self.clock, self.pace, self.said.append)

    def write(self, users: int, *, per_s: int = A_SECOND) -> None:
        for _second in range(users // per_s):
            self.clock.sleep(1)
            self.pace.admit(per_s)
            for _user in range(per_s):
                self.progress.finish()


def begin_all(progress: WriteProgress, users: int) -> None:
    for shard in range(SHARDS):
        progress.begin(shard)
        progress.plan(users)


def test_a_sentence_says_done_total_rate_and_time_left() -> None:
    telling = Telling()
    telling.pace.admit(telling.pace.largest)
    begin_all(telling.progress, 100)

    telling.write(200)

    assert telling.said == [
        "User attributes: 81 of 1600 users so far, 16 a second, about 1 min 34 s left",
        "User attributes: 181 of 1600 users so far, 18 a second, about 1 min 18 s left",
    ]


def test_nothing_is_said_in_less_than_five_seconds() -> None:
    telling = Telling()
    begin_all(telling.progress, 10)

    telling.write(80)

    assert telling.said == []


def test_shards_whose_turn_has_not_come_count_before_it_does() -> None:
    telling = Telling()
    for shard in range(SHARDS):
        telling.progress.expect(shard, 600)
    telling.progress.begin(0)
    telling.progress.plan(580)

    telling.write(200)

    assert "of 9580 users so far" in telling.said[-1]


def test_shards_that_nobody_has_seen_are_taken_to_be_like_the_others() -> None:
    telling = Telling()
    for shard in range(4):
        telling.progress.expect(shard, 600)
        telling.progress.begin(shard)
        telling.progress.plan(600)

    telling.write(200)

    assert f"of about {SHARDS * 600} users so far" in telling.said[-1]


def test_the_time_left_is_that_of_the_directory_when_it_is_slower_than_the_quota() -> None:
    telling = Telling()
    begin_all(telling.progress, 100)

    telling.write(100, per_s=4)

    # 1,500 at 4 a second; the quota alone would let them through in little more than one minute.
    assert "about 6 min" in telling.said[-1]


def test_the_rate_is_that_of_the_last_half_minute() -> None:
    telling = Telling()
    begin_all(telling.progress, 1000)

    telling.write(2000, per_s=500)
    telling.write(1000)

    assert "20 a second" in telling.said[-1]


def test_users_who_are_given_up_do_not_count_as_written() -> None:
    telling = Telling()
    begin_all(telling.progress, 100)
    telling.progress.give_up(1000)

    telling.write(200)

    assert telling.said[-1].startswith("User attributes: 181 of 600 users so far")
