"""One client of raw inserts: `python -m bench.raw_posts NAME`.

The least that books a gift: an entry and two transfers, in a transaction, by the driver.
"""

import itertools
import os
import sys

import psycopg

from bench.orders import serve

TABLES = """
CREATE TABLE raw_entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text UNIQUE, on_day date);
CREATE TABLE raw_transfers (
  entry_id bigint REFERENCES raw_entries, line smallint, debit bigint, credit bigint,
  amount bigint CHECK (amount > 0), PRIMARY KEY (entry_id, line));
"""
ENTRY = "INSERT INTO raw_entries (key, on_day) VALUES (%s, current_date) RETURNING id"
TRANSFER = "INSERT INTO raw_transfers VALUES (%s, %s, 1, %s, 1000)"


def main(name: str) -> None:
    """Post as ordered."""
    numbers = itertools.count(1)
    with psycopg.connect(os.environ["BENCH_OWNER_URL"]) as connection:

        def post(_batch: int, campaigns: int) -> None:
            number = next(numbers)
            row = connection.execute(ENTRY, (f"raw/{name}/{number}",)).fetchone()
            assert row is not None
            for line in (1, 2):
                connection.execute(TRANSFER, (row[0], line, 2 + number % campaigns))
            connection.commit()

        serve(post)


if __name__ == "__main__":
    main(sys.argv[1])
