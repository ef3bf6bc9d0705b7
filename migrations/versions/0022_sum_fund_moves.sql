-- As in 0014, with what funds pass on to each other beside it, up to the same entry.
CREATE FUNCTION ledger_fold_fund_moves(after_entry bigint, upto_entry bigint) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  INSERT INTO fund_move_sums AS old (month, giver_account_id, receiver_account_id, amount_minor)
    SELECT date_trunc('month', e.effective_on)::date, t.debit_account_id, t.credit_account_id,
      sum(t.amount_minor)
    FROM transfers t
    JOIN ledger_accounts giver ON giver.id = t.debit_account_id AND giver.chart_code = '3190'
    JOIN ledger_accounts receiver ON receiver.id = t.credit_account_id
      AND receiver.chart_code = '3190'
    JOIN journal_entries e ON e.id = t.entry_id
    WHERE t.entry_id > after_entry AND t.entry_id <= upto_entry
    GROUP BY 1, 2, 3
    ON CONFLICT (month, giver_account_id, receiver_account_id)
      DO UPDATE SET amount_minor = old.amount_minor + excluded.amount_minor;
$$;
REVOKE ALL ON FUNCTION ledger_fold_fund_moves(bigint, bigint) FROM PUBLIC;

CREATE OR REPLACE FUNCTION ledger_fold_months() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  newest bigint;
  folded bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger.fold', 0));
  SELECT coalesce(max(upto_entry_id), 0) INTO newest FROM balance_snapshots;
  SELECT coalesce(max(upto_entry_id), 0) INTO folded FROM month_sums;
  PERFORM ledger_fold_fund_moves(folded, newest);
  INSERT INTO month_sums AS old (account_id, month, upto_entry_id, debits, credits)
    SELECT account, date_trunc('month', e.effective_on)::date, newest, sum(debit), sum(credit)
    FROM (
      SELECT entry_id, debit_account_id AS account, amount_minor AS debit, 0 AS credit
        FROM transfers WHERE entry_id > folded AND entry_id <= newest
      UNION ALL
      SELECT entry_id, credit_account_id, 0, amount_minor
        FROM transfers WHERE entry_id > folded AND entry_id <= newest) AS tail
    JOIN journal_entries e ON e.id = tail.entry_id
    GROUP BY 1, 2
    ON CONFLICT (account_id, month) DO UPDATE SET upto_entry_id = excluded.upto_entry_id,
      debits = old.debits + excluded.debits, credits = old.credits + excluded.credits;
  RETURN newest;
END $$;

-- What was folded before this table was there.
SELECT ledger_fold_fund_moves(0, coalesce(max(upto_entry_id), 0)) FROM month_sums;
