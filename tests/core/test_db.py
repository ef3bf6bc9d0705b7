"""The ground: migrations run, jobs live and die with their transaction."""

import pytest
from flask import Flask

from civicfund.core import queue
from civicfund.core.db import transaction
from tests.jobs import waiting_jobs


def test_a_job_exists_only_if_its_transaction_commits(house: Flask) -> None:
    with transaction():
        queue.defer("some.job", number=1)

    def fail() -> None:
        with transaction():
            queue.defer("other.job")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert waiting_jobs() == ["some.job"]


def test_a_unique_job_waits_once(house: Flask) -> None:
    with transaction():
        queue.defer("some.job", unique="one")
        queue.defer("some.job", unique="one")
    assert waiting_jobs() == ["some.job"]
