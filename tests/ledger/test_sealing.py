"""The sequencer: what is sealed, in which order, under which hash, and who may write it."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select, text

from civicfund import jobs
from civicfund.core import clock, vault
from civicfund.core.db import db, transaction
from civicfund.core.money import yen
from civicfund.ledger import leaves, merkle, posting_rules, queries, services, tiles
from civicfund.ledger.drafts import MOST_LINES, EntryDraft
from civicfund.ledger.errors import TooManyLines
from civicfund.ledger.models import (
    Checkpoint,
    FiscalPeriod,
    JournalEntry,
    LeafKind,
    LedgerAccount,
    SigningKey,
)
from civicfund.ledger.notes import VerifierKey, checkpoint, open_note
from civicfund.ledger.queries.log import Leaf
from tests.factories.ledger import make_closed_period, make_fund, make_gift
from tests.factories.log import make_evidence, seal_all


def all_leaves() -> list[Leaf]:
    return list(queries.all_leaves(upto=queries.sealed_size(), at_a_time=3))


def assert_log_is_right() -> None:
    """Hashes, tiles, root and signature, all recomputed."""
    found = all_leaves()
    assert [leaf.leaf_index for leaf in found] == list(range(len(found)))
    hashes = [leaves.leaf_hash(leaf.text or "") for leaf in found]
    assert hashes == [leaf.leaf_hash for leaf in found]
    numbers = [leaf.number for leaf in found if leaf.kind is LeafKind.ENTRY]
    assert numbers == list(range(1, len(numbers) + 1))
    newest = queries.newest_checkpoint()
    assert newest is not None
    assert newest.tree_size == len(found) == queries.tiled_size()
    root = merkle.root_of(hashes)
    assert newest.root_hash == root == merkle.root_at(tiles.nodes(queries.tile), size=len(found))
    keys = [VerifierKey(key.name, key.public_key) for key in queries.signing_keys()]
    said = checkpoint(open_note(newest.signed_note, keys)[0])
    assert (said.origin, said.size, said.root) == ("localhost/ledger", len(found), root)


def test_leaves_stand_in_order(house: Flask) -> None:
    fund = make_fund(code="C-1")
    first = make_gift(fund, amount=10_000, share=1_500)
    second = make_gift(fund, amount=2_000, fee=72)
    evidence = make_evidence(first.id)
    seal_all()
    found = all_leaves()
    names = [(leaf.kind.value, leaf.number) for leaf in found]
    assert names == [
        ("key", None), ("account", None), ("account", None), ("account", None), ("entry", 1),
        ("account", None), ("entry", 2), ("evidence", None),
    ]  # fmt: skip
    assert [leaf.row_id for leaf in found if leaf.number] == [first.id, second.id]
    assert found[-1].row_id == evidence.id
    assert queries.numbers_of([first.id, second.id]) == {first.id: 1, second.id: 2}
    assert_log_is_right()
    assert services.seal_entries().leaves == 0
    assert_log_is_right()


def test_leaves_say_what_the_format_page_says(house: Flask) -> None:
    fund = make_fund(code="C-1")
    with clock.at(datetime(2026, 12, 31, 6, 0, 0, 123456, tzinfo=UTC)):
        gift = make_gift(fund, amount=10_000, share=1_500, key='stripe/"ch_1"\\', on=None)
        undone = services.reverse_entry(gift.id, key="undo", reason="二重\t記帳 \x7f\u2028 </b>")
    seal_all()
    found = {(leaf.kind, leaf.row_id): leaf for leaf in all_leaves()}
    entry = found[LeafKind.ENTRY, gift.id]
    assert entry.salt is not None
    private = leaves.entry_private(
        key='stripe/"ch_1"\\', memo="", party=None, source=None, recorded_by=None, approved_by=None
    )
    assert entry.private == private
    opened = leaves.private_hash(entry.salt, private)
    assert entry.text == (
        '{"day":"2026-12-31","kind":"donation_received","late":false,"leaf":"civicfund/entry/1",'
        '"lines":[["1131/GENERAL","4111/C-1",8500,"JPY"],["1131/GENERAL","4191/C-1",1500,"JPY"]],'
        f'"number":1,"private":"{opened}","recorded_at":"2026-12-31T06:00:00.123456Z",'
        '"reverses":null}'
    )
    reversal = found[LeafKind.ENTRY, undone.id]
    assert reversal.text is not None
    assert reversal.text.endswith('"reverses":1}')
    assert reversal.private is not None
    assert '"memo":"二重 記帳 \x7f </b>"' in reversal.private


def test_leaves_of_evidence_periods_accounts_and_keys(house: Flask) -> None:
    with clock.at(datetime(2026, 10, 31, 6, tzinfo=UTC)):
        gift = make_gift(make_fund(code="C-1"))
        evidence = make_evidence(gift.id)
    period = make_closed_period(date(2026, 10, 1), date(2026, 10, 31))
    seal_all()
    found = {(leaf.kind, leaf.row_id): leaf for leaf in all_leaves()}
    attached = found[LeafKind.EVIDENCE, evidence.id]
    assert attached.salt is not None
    assert attached.text == leaves.evidence_leaf(
        entry=1, kind="invoice", sha256=hashlib.sha256(b"%PDF-1.4 invoice %%EOF").hexdigest(),
        size=22, added_at=evidence.added_at,
        private=leaves.private_hash(attached.salt, leaves.evidence_private(added_by=None)),
    )  # fmt: skip
    closed = found[LeafKind.PERIOD, period.id]
    assert closed.salt is not None
    assert period.closed_at is not None
    assert closed.text == leaves.period_leaf(
        starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 31), closed_at=period.closed_at,
        private=leaves.private_hash(
            closed.salt,
            leaves.period_private(
                closed_by=period.closed_by_id, prepared_by=period.closing_prepared_by_id
            ),
        ),
    )  # fmt: skip
    for account in db.session.scalars(select(LedgerAccount)):
        db.session.refresh(account, ["fund"])
        assert found[LeafKind.ACCOUNT, account.id].text == leaves.account_leaf(account)
    key = db.session.scalars(select(SigningKey)).one()
    assert found[LeafKind.KEY, key.id].text == leaves.key_leaf(
        name="localhost/ledger", public_key=key.public_key
    )


def test_the_salt_follows_from_seed_kind_and_row(unguarded_house: Connection) -> None:
    gift = make_gift(make_fund())
    seal_all()
    db.session.flush()
    seed = bytes(unguarded_house.scalar(text("SELECT seed FROM log_secrets")))
    leaf = next(leaf for leaf in all_leaves() if leaf.number == 1)
    assert leaf.salt == leaves.salt(seed, "entry", gift.id)


@settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(value=st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_the_database_writes_strings_as_python_does(house: Flask, value: str) -> None:
    written = db.session.scalar(text("SELECT ledger_json(:value)"), {"value": value})
    assert written == leaves.canonical({"": value})[4:-1]


def test_batches_make_the_same_tree_as_one(house: Flask) -> None:
    funds = [make_fund() for _ in range(3)]
    for number in range(12):
        make_gift(funds[number % 3], amount=1_000 + number)
    services.seal_entries(most=5)
    assert queries.sealed_entry_count() == 5
    assert_log_is_right()
    seal_all()
    assert queries.sealed_entry_count() == 12
    assert_log_is_right()


def test_a_tree_of_several_tiles(house: Flask) -> None:
    fund = make_fund()
    for start in (0, 300, 400):
        services.post_entries(
            [
                services.Posting(draft=gift_of(fund, 1_000 + start), key=f"many/{start}/{number}")
                for number in range(300)
            ]
        )
        services.seal_entries(most=250)
    seal_all()
    assert_log_is_right()
    assert len(queries.tile(0, 0)) == tiles.FULL
    assert len(queries.tile(1, 0)) == 3 * merkle.HASH_SIZE


def gift_of(fund: object, amount: int) -> posting_rules.EntryDraft:
    return posting_rules.donation_received(
        yen(amount), operating_share=yen(0), fee=yen(0), fund=fund, general=queries.general_fund()
    )  # type: ignore[arg-type]


def test_what_waits_is_sealed_in_the_run_that_has_sealed_the_last_entry(house: Flask) -> None:
    """Where entries come without a pause, papers and closed months wait for none."""
    seal_all()
    entry = make_gift(make_fund(), on=date(2026, 4, 5))
    make_evidence(entry.id)
    make_closed_period(date(2026, 4, 1), date(2026, 4, 30))
    assert not services.seal_entries().is_full
    assert [leaf.kind for leaf in all_leaves()][-3:] == [
        LeafKind.ENTRY, LeafKind.EVIDENCE, LeafKind.PERIOD,
    ]  # fmt: skip
    assert services.seal_entries().leaves == 0


def test_a_busy_hour_gets_a_checkpoint_a_minute(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time the sequencer looks, another entry has come: it leaves that for the next run."""
    fund = make_fund()
    make_gift(fund)
    seal_all()
    seal = services.seal_entries

    def busy() -> services.Sealed:
        make_gift(fund)
        return seal()

    monkeypatch.setattr(services, "seal_entries", busy)
    jobs.seal_entries()
    jobs.seal_entries()
    assert queries.sealed_entry_count() == 3
    assert len(list(queries.all_checkpoints(upto=queries.sealed_size()))) == 3


def test_full_pieces_follow_each_other(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    fund = make_fund()
    for _ in range(7):
        make_gift(fund)
    seal = services.seal_entries
    monkeypatch.setattr(services, "seal_entries", lambda: seal(most=2))
    jobs.seal_entries()
    assert queries.unsealed_entry_count() == 0


def test_periods_are_sealed_in_order(unguarded_house: Connection) -> None:
    """An entry came, and two months were closed, after the sequencer had asked what is settled."""
    fund = make_fund(code="C-1")
    make_gift(fund, on=date(2026, 3, 20))
    seal_all()
    make_gift(fund, on=date(2026, 3, 31))
    for last in (date(2026, 3, 31), date(2026, 4, 30)):
        make_closed_period(last.replace(day=1), last)
    unguarded_house.execute(
        text(
            "CREATE OR REPLACE FUNCTION ledger_settled(patience interval) RETURNS bigint "
            "LANGUAGE sql AS $$SELECT max(row_id) FROM seals WHERE kind = 'entry'$$"
        )
    )
    services.seal_entries()
    assert [leaf for leaf in all_leaves() if leaf.kind is LeafKind.PERIOD] == []


def test_a_period_waits_for_its_entries(house: Flask) -> None:
    fund = make_fund()
    for _ in range(3):
        make_gift(fund, on=date(2026, 4, 5))
    make_closed_period(date(2026, 4, 1), date(2026, 4, 30))
    services.seal_entries(most=2)
    assert not [leaf for leaf in all_leaves() if leaf.kind is LeafKind.PERIOD]
    seal_all()
    assert all_leaves()[-1].kind is LeafKind.PERIOD


def test_nothing_is_sealed_above_a_transaction_that_is_still_booking(
    open_house: Flask, owner: Engine
) -> None:
    with transaction():
        fund = make_fund()
        make_gift(fund)
    with owner.begin() as booking:
        booking.execute(text("LOCK TABLE journal_entries IN ROW EXCLUSIVE MODE"))
        with transaction():
            assert services.seal_entries() == services.Sealed(1, 1)  # the key
    with transaction():
        seal_all()
    assert_log_is_right()


def test_two_sealers_and_posters_at_once(open_house: Flask) -> None:
    with transaction():
        funds = [make_fund() for _ in range(2)]
        ids = [fund.id for fund in funds]

    def post(worker: int) -> None:
        with open_house.app_context():
            gate.wait()
            for number in range(25):
                with transaction():
                    fund = queries.fund_by_id(ids[number % 2])
                    assert fund is not None
                    make_gift(fund, key=f"{worker}/{number}")
            db.session.remove()

    def seal(_worker: int) -> None:
        with open_house.app_context():
            gate.wait()
            for _ in range(15):
                with transaction():
                    services.seal_entries(most=7)
            db.session.remove()

    gate = threading.Barrier(6)
    with ThreadPoolExecutor(6) as pool:
        done = [pool.submit(post, worker) for worker in range(4)]
        done += [pool.submit(seal, worker) for worker in range(2)]
        for each in done:
            each.result()
    with transaction():
        seal_all()
    assert queries.sealed_entry_count() == 100
    order = [leaf.row_id for leaf in all_leaves() if leaf.kind is LeafKind.ENTRY]
    assert order == sorted(order)
    assert_log_is_right()


def test_what_a_crash_left_is_made_up_for(unguarded_house: Connection) -> None:
    fund = make_fund()
    make_gift(fund)
    seal_all()
    make_gift(fund)
    db.session.execute(text("SELECT ledger_seal(100)"))
    assert queries.sealed_size() > queries.tiled_size()
    services.seal_entries()
    assert_log_is_right()


def test_the_next_checkpoint_after_a_rotation_bears_both_signatures(house: Flask) -> None:
    make_gift(make_fund())
    seal_all()
    old = queries.signing_keys()[0]
    new = services.rotate_log_key()
    services.seal_entries()
    newest = queries.newest_checkpoint()
    assert newest is not None
    keys = [VerifierKey(key.name, key.public_key) for key in (old, new)]
    assert open_note(newest.signed_note, keys)[1] == keys
    assert all_leaves()[-1].row_id == new.id
    assert (old.private_key_encrypted, new.retired_at) == (None, None)
    assert old.retired_at is not None
    make_gift(make_fund())
    seal_all()
    newest = queries.newest_checkpoint()
    assert newest is not None
    assert open_note(newest.signed_note, keys)[1] == keys[1:]


def test_a_key_that_cannot_be_opened(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    make_gift(make_fund())
    seal_all()
    make_gift(make_fund())
    secret = house.config["SECRET_KEY"]
    monkeypatch.setitem(house.config, "SECRET_KEY", "another")
    with pytest.raises(vault.CannotOpen), db.session.begin_nested():
        services.seal_entries()
    with pytest.raises(vault.CannotOpen):
        services.reencrypt_keys()
    monkeypatch.setitem(house.config, "KEY_SECRET_FALLBACKS", [secret])
    assert services.reencrypt_keys() == 1
    assert services.reencrypt_keys() == 0
    monkeypatch.setitem(house.config, "KEY_SECRET_FALLBACKS", [])
    seal_all()
    assert_log_is_right()
    monkeypatch.setitem(house.config, "SECRET_KEY", "a third")
    services.rotate_log_key(old_is_lost=True)
    make_gift(make_fund())
    seal_all()
    assert_log_is_right()


def test_erasing_a_person_breaks_no_proof(house: Flask) -> None:
    fund = make_fund()
    party = services.party(kind="donor", ref="7", public_name="山田 花子", full_name="山田 花子")
    services.post_entry(gift_of(fund, 5_000), key="gift", party=party)
    seal_all()
    before = all_leaves()
    services.party(kind="donor", ref="7", public_name=None, full_name="erased")
    assert all_leaves() == before
    assert "山田" not in "".join(f"{leaf.text}{leaf.private}" for leaf in before)
    assert_log_is_right()


def test_the_log_begins_with_its_key(house: Flask) -> None:
    assert queries.newest_checkpoint() is None
    services.seal_entries()
    assert [leaf.kind for leaf in all_leaves()] == [LeafKind.KEY]
    assert db.session.query(Checkpoint).count() == 1
    assert db.session.query(JournalEntry).count() == db.session.query(FiscalPeriod).count() == 0
    assert_log_is_right()


def test_the_longest_entry_fits_into_a_bundle(house: Flask) -> None:
    fund = make_fund(code="C-" + "9" * 38)
    line = gift_of(fund, 10**15).lines[0]
    with pytest.raises(TooManyLines):
        EntryDraft("opening_balance", (line,) * (MOST_LINES + 1))
    services.post_entry(EntryDraft("opening_balance", (line,) * MOST_LINES), key="longest")
    seal_all()
    assert len(all_leaves()[-1].text or "") <= leaves.LARGEST_LEAF
    assert_log_is_right()
