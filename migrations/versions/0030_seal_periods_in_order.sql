-- Seals at most `most` entries, each after the accounts that it is the first to use, and when none
-- is left of what had settled, in the same run the evidence and the closed periods that wait: where
-- entries come without a pause, these wait for none. Only what is settled: below the last
-- sealed entry nothing can still come, so numbers follow the order of entries. Answers how many
-- leaves are new. One at a time: the lock is held until the caller's transaction ends, so that the
-- tiles and the checkpoint of these leaves are written before anybody else goes on.
CREATE OR REPLACE FUNCTION ledger_seal(most integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  settled bigint;
  sealed bigint;
  upto bigint;
  kinds text[];
  row_ids bigint[];
  written bigint := 0;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'sealing is exact under READ COMMITTED only' USING ERRCODE = 'CF006';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger.seal', 0));
  SELECT array_agg('key'::text ORDER BY id), array_agg(id ORDER BY id) INTO kinds, row_ids
    FROM signing_keys k WHERE NOT EXISTS (SELECT FROM seals s
      WHERE s.kind = 'key' AND s.row_id = k.id);
  IF kinds IS NOT NULL THEN
    written := ledger_write_seals(kinds, row_ids, false);
  END IF;
  IF NOT EXISTS (SELECT FROM seals) THEN
    RAISE EXCEPTION 'the log has no key yet' USING ERRCODE = 'CF011';
  END IF;
  settled := ledger_settled(interval '5 seconds');
  IF settled IS NULL THEN
    RETURN written;
  END IF;
  SELECT coalesce(max(row_id), 0) INTO sealed FROM seals WHERE kind = 'entry';
  SELECT max(id) INTO upto FROM (SELECT id FROM journal_entries
    WHERE id > sealed AND id <= settled ORDER BY id LIMIT most) AS batch;
  IF upto IS NOT NULL THEN
    SELECT array_agg(kind::text ORDER BY entry, is_entry, row_id),
        array_agg(row_id ORDER BY entry, is_entry, row_id) INTO kinds, row_ids FROM (
      SELECT 'entry' AS kind, id AS row_id, id AS entry, true AS is_entry FROM journal_entries
        WHERE id > sealed AND id <= upto
      UNION ALL
      SELECT 'account', account, min(entry_id), false FROM (
        SELECT debit_account_id AS account, entry_id FROM transfers
          WHERE entry_id > sealed AND entry_id <= upto
        UNION ALL SELECT credit_account_id, entry_id FROM transfers
          WHERE entry_id > sealed AND entry_id <= upto) AS used
      WHERE NOT EXISTS (SELECT FROM seals s WHERE s.kind = 'account' AND s.row_id = account)
      GROUP BY account) AS leaves;
    written := written + ledger_write_seals(kinds, row_ids, true);
    IF EXISTS (SELECT FROM journal_entries WHERE id > upto AND id <= settled) THEN
      RETURN written;
    END IF;
    sealed := upto;
  END IF;
  SELECT array_agg('evidence'::text ORDER BY id), array_agg(id ORDER BY id) INTO kinds, row_ids FROM (
    SELECT v.id FROM entry_evidence v WHERE v.entry_id <= sealed AND NOT EXISTS (
      SELECT FROM seals s WHERE s.kind = 'evidence' AND s.row_id = v.id)
    ORDER BY v.id LIMIT most) AS waiting;
  IF kinds IS NOT NULL THEN
    written := written + ledger_write_seals(kinds, row_ids, false);
  END IF;
  -- A period's leaf comes after every entry up to its last day, and so after the leaves of the periods
  -- before it: an entry may have come, and both been closed, since we looked.
  SELECT array_agg('period'::text ORDER BY p.ends_on, p.id), array_agg(p.id ORDER BY p.ends_on, p.id)
    INTO kinds, row_ids FROM fiscal_periods p
    WHERE p.closed_at IS NOT NULL AND NOT EXISTS (SELECT FROM seals s
      WHERE s.kind = 'period' AND s.row_id = p.id)
    AND NOT EXISTS (SELECT FROM journal_entries e WHERE e.id > sealed
      AND e.effective_on <= p.ends_on);
  IF kinds IS NOT NULL THEN
    written := written + ledger_write_seals(kinds, row_ids, false);
  END IF;
  RETURN written;
END $$;
