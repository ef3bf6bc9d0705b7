-- Folds into the sums of the months what the snapshots hold already: it has settled.
CREATE FUNCTION ledger_fold_months() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  newest bigint;
  folded bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger.fold', 0));
  SELECT coalesce(max(upto_entry_id), 0) INTO newest FROM balance_snapshots;
  SELECT coalesce(max(upto_entry_id), 0) INTO folded FROM month_sums;
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
