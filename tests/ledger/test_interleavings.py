"""Every interleaving of the book's verbs on several connections keeps what the book promises.

One thread moves four connections step by step, so that hypothesis finds the order of events and
shrinks it: who posted, who committed first, who was killed. Nobody waits for long: whoever meets
another's lock gives up, as a caller whose patience ended.
"""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from civicfund.core.db import db, transaction
from civicfund.core.embedded import EmbeddedServer
from civicfund.core.errors import DomainError
from civicfund.core.money import yen
from civicfund.ledger import periods, queries, services
from civicfund.ledger import posting_rules as rules
from civicfund.ledger.drafts import EntryDraft
from tests.conftest import own_database
from tests.factories.identity import make_user
from tests.factories.ledger import make_bank_balance, make_fund
from tests.ledger.promises import broken_promises

SEATS = 4
PAST, PRESENT = date(2026, 10, 15), date(2026, 11, 20)
IMPATIENT = text("SET LOCAL lock_timeout = '30ms'")
IN_A_MOMENT = text("SET LOCAL statement_timeout = '200ms'")
IMPATIENCE = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.QueryCanceled,
)
NO_PATIENCE = timedelta(0)

seats = st.integers(0, SEATS - 1)
deeds = st.integers(0, 40)


@dataclass
class Seat:
    """One connection with what it has done since it last committed."""

    session: Session
    posted: dict[str, int] = field(default_factory=dict)


class Book(RuleBasedStateMachine):
    """Four callers and one book; what was acknowledged at a commit is remembered."""

    house: Flask
    server: EmbeddedServer
    fault: str

    @initialize()
    def open(self) -> None:
        """A fresh book with one campaign, a bank balance, and a month that can be closed."""
        self.seats: list[Seat] = []
        self.stack = ExitStack()
        self.stack.enter_context(own_database(self.house, self.server))
        if self.fault:
            self.server.psql(self.fault, database=self.house.config["OPEN_DATABASE"])
        with transaction():
            make_fund(code="C-1")
            make_bank_balance(300, on=PAST)
            month = periods.open_period(starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 31))
            self.closer = make_user().id
            periods.prepare_close(month, by_id=make_user().id)
        self.default = db.session.registry()
        self.seats = [Seat(db.session.session_factory()) for _ in range(SEATS)]
        self.committed: dict[str, int] = {}
        self.is_closed = False

    def _do(self, number: int, deed: Callable[[Seat], None]) -> None:
        seat = self.seats[number]
        db.session.registry.set(seat.session)
        try:
            db.session.execute(IMPATIENT)
            deed(seat)
        except (DomainError, *IMPATIENCE):
            self._rolled_back(seat)
        except DBAPIError as error:
            if not isinstance(error.orig, IMPATIENCE):
                raise
            self._rolled_back(seat)
        finally:
            db.session.registry.set(self.default)

    def _rolled_back(self, seat: Seat) -> None:
        seat.session.rollback()
        seat.posted.clear()

    @rule(number=seats, deed=deeds)
    def post(self, number: int, deed: int) -> None:
        """A gift, an award, an instalment, a fee; the same number is the same deed, a replay."""
        self._do(number, lambda seat: self._book(seat, [deed]))

    @rule(number=seats, batch=st.lists(deeds, min_size=2, max_size=5))
    def post_many(self, number: int, batch: list[int]) -> None:
        """Several in one statement, in any order."""
        self._do(number, lambda seat: self._book(seat, batch))

    def _book(self, seat: Seat, batch: list[int]) -> None:
        postings = [_posting(deed) for deed in batch]
        for entry in services.post_entries(postings):
            seat.posted[entry.key] = entry.id

    @rule(number=seats, place=st.integers(0, 60))
    @precondition(lambda self: self.committed)
    def reverse(self, number: int, place: int) -> None:
        """One of the known entries is reversed, perhaps once more."""
        keys = sorted(self.committed)
        key = keys[place % len(keys)]

        def deed(seat: Seat) -> None:
            entry = services.reverse_entry(
                self.committed[key], key=f"undo/{key}", reason="test", effective_on=PRESENT
            )
            seat.posted[entry.key] = entry.id

        self._do(number, deed)

    @rule(number=seats)
    def commit(self, number: int) -> None:
        """Only now has anything been promised."""
        seat = self.seats[number]
        seat.session.commit()
        for key, entry_id in seat.posted.items():
            assert self.committed.setdefault(key, entry_id) == entry_id, "booked twice"
        seat.posted.clear()

    @rule(number=seats)
    def roll_back(self, number: int) -> None:
        """A caller changes its mind."""
        self._rolled_back(self.seats[number])

    @rule(number=seats)
    def kill(self, number: int) -> None:
        """The connection is cut in the middle of whatever it did."""
        seat = self.seats[number]
        pid = seat.session.scalar(text("SELECT pg_backend_pid()"))
        with transaction() as session:
            session.execute(text("SELECT pg_terminate_backend(:pid, 1000)"), {"pid": pid})
        seat.session.invalidate()
        self.seats[number] = Seat(db.session.session_factory())

    @rule(number=seats)
    def fold(self, number: int) -> None:
        """What has settled goes into the snapshots, in a transaction of its own."""
        self._alone(number, lambda: services.fold_balances(patience=NO_PATIENCE))

    @rule(number=seats)
    def seal(self, number: int) -> None:
        """What has settled is sealed, in a transaction of its own."""
        self._alone(number, _seal)

    @rule(number=seats)
    @precondition(lambda self: not self.is_closed)
    def close_month(self, number: int) -> None:
        """The past month is closed, unless somebody is booking."""
        self._alone(number, lambda: _close(self.closer))
        self.is_closed = queries.periods()[0].closed_at is not None
        db.session.rollback()

    def _alone(self, number: int, deed: Callable[[], Any]) -> None:
        self.commit(number)
        self._do(number, lambda _seat: deed())
        self.commit(number)

    @invariant()
    def everything_holds(self) -> None:
        """Looked up anew by another connection, which sees what was committed."""
        if not hasattr(self, "stack"):
            return
        with db.engine.connect() as connection:
            assert broken_promises(connection) == []
            known = dict(connection.execute(text("SELECT key, id FROM journal_entries")).all())
        known.pop(next(key for key in known if key.startswith("opening/")))
        assert known == self.committed

    def teardown(self) -> None:
        """At the end everybody commits, and everything is sealed, whole and in order."""
        if not hasattr(self, "stack"):
            return
        try:
            for number in range(len(self.seats)):
                self.commit(number)
            with transaction():
                services.fold_balances()
                services.seal_entries()
            with db.engine.connect() as connection:
                assert broken_promises(connection) == []
                left = connection.scalar(
                    text(
                        "SELECT count(*) FROM journal_entries e WHERE NOT EXISTS "
                        "(SELECT FROM seals WHERE kind = 'entry' AND row_id = e.id)"
                    )
                )
            assert left == 0, "left out of the log for ever"
        finally:
            for seat in self.seats:
                seat.session.close()
            self.stack.close()


def _close(closer: int) -> None:
    periods.close_period(queries.periods()[0], by_id=closer)


def _seal() -> None:
    # It waits for those who are booking; they are moved by this thread and cannot go on meanwhile.
    db.session.execute(IN_A_MOMENT)
    services.seal_entries()


def _posting(deed: int) -> services.Posting:
    fund = queries.fund_by_code("C-1")
    assert fund is not None
    on = PAST if deed % 3 else PRESENT
    return services.Posting(draft=_draft(deed, fund), key=f"deed/{deed}", effective_on=on)


def _draft(deed: int, fund: Any) -> EntryDraft:
    general = queries.general_fund()
    amount = yen(deed * 7 % 60 + 1)
    match deed % 6:
        case 0 | 1:
            return rules.donation_received(
                amount, operating_share=yen(0), fee=yen(0), fund=fund, general=general
            )
        case 2:
            return rules.grant_awarded(amount, fund=fund)
        case 3:
            return rules.grant_instalment_paid(amount, fund=fund, general=general)
        case 4:
            return rules.conditional_gift_held(amount, fee=yen(0), fund=fund, general=general)
        case _:
            return rules.held_gift_designated(amount, operating_share=yen(0), fund=fund)


def _run(app: Flask, server: EmbeddedServer, *, fault: str = "", **more: Any) -> None:
    machine = type("BookHere", (Book,), {"house": app, "server": server, "fault": fault})
    chosen = settings(
        stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck), **more
    )
    run_state_machine_as_test(machine, settings=chosen)


@pytest.mark.slow
def test_every_interleaving_keeps_the_promises(app: Flask, server: EmbeddedServer) -> None:
    _run(app, server, max_examples=30)


FAULTS = {
    # Whoever folds or seals does not wait for those who are booking under a lower number.
    "settled": """
        CREATE OR REPLACE FUNCTION ledger_settled(patience interval) RETURNS bigint
        LANGUAGE sql SECURITY DEFINER AS 'SELECT max(id) FROM public.journal_entries'
    """,
    # A spender counts what came in under a higher number.
    "judge": """
        CREATE OR REPLACE FUNCTION ledger_judge(scope text, account bigint, accounts bigint[],
          sign int, upto bigint, mine xid) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
          IF (SELECT sum(ledger_debit_balance(id)) * sign FROM unnest(accounts) AS a(id)) < 0 THEN
            RAISE EXCEPTION 'overdrawn' USING ERRCODE = 'CF002', DETAIL = json_build_object(
              'scope', scope, 'account', account, 'asked', 0, 'available', 0)::text;
          END IF;
        END $$
    """,
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(app: Flask, server: EmbeddedServer, fault: str) -> None:
    with pytest.raises(AssertionError, match=r"after entry|snapshot and tail|left out of"):
        _run(
            app, server, fault=FAULTS[fault], max_examples=200, database=None,
            phases=[Phase.generate], derandomize=True,
        )  # fmt: skip
