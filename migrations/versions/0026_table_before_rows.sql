-- Books many entries in one statement. Answers nothing when an account has not been opened yet;
-- an entry whose key is known is left as it is and answered with is_new = false.
CREATE OR REPLACE FUNCTION ledger_post(
  keys text[], kinds text[], effective_dates date[], memos text[], source_kinds text[],
  source_ids bigint[], parties bigint[], recorders bigint[], approvers bigint[],
  reversed bigint[], totals bigint[], hashes bytea[], at timestamptz,
  line_entries int[], line_numbers smallint[], debit_charts text[], debit_funds bigint[],
  credit_charts text[], credit_funds bigint[], amounts bigint[]
) RETURNS TABLE (posted_key text, posted_id bigint, is_new boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  debits bigint[];
  credits bigint[];
  debit_guards text[];
  credit_guards text[];
  entries_with_lines int;
  guarded boolean;
  shut text;
  booked bigint;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'guards are exact under READ COMMITTED only' USING ERRCODE = 'CF006';
  END IF;
  SELECT array_agg(d.id ORDER BY l.place), array_agg(c.id ORDER BY l.place),
      array_agg(d.guard ORDER BY l.place), array_agg(c.guard ORDER BY l.place),
      count(DISTINCT l.entry) FILTER (WHERE l.entry BETWEEN 1 AND cardinality(keys)),
      bool_or(d.guard IN ('account', 'fund') OR c.guard = 'bank'),
      min(CASE WHEN d.closed_on < effective_dates[l.entry] THEN d.code || ' ' || d.closed_on
               WHEN c.closed_on < effective_dates[l.entry] THEN c.code || ' ' || c.closed_on END)
    INTO debits, credits, debit_guards, credit_guards, entries_with_lines, guarded, shut
    FROM unnest(line_entries, debit_charts, debit_funds, credit_charts, credit_funds)
      WITH ORDINALITY AS l(entry, debit_chart, debit_fund, credit_chart, credit_fund, place)
    -- OFFSET 0 keeps each account's look-up a look-up, by its unique index, one for each line. As a
    -- plain join it was planned for all accounts at once, and each gift read every account there is.
    LEFT JOIN LATERAL (SELECT a.id, a.guard, a.code, a.closed_on FROM ledger_accounts a
      WHERE a.chart_code = l.debit_chart AND a.fund_id = l.debit_fund OFFSET 0) d ON true
    LEFT JOIN LATERAL (SELECT a.id, a.guard, a.code, a.closed_on FROM ledger_accounts a
      WHERE a.chart_code = l.credit_chart AND a.fund_id = l.credit_fund OFFSET 0) c ON true;
  IF entries_with_lines IS DISTINCT FROM cardinality(keys) THEN
    RAISE EXCEPTION 'an entry needs at least one transfer' USING ERRCODE = 'CF004';
  END IF;
  IF array_position(debits, NULL) IS NOT NULL OR array_position(credits, NULL) IS NOT NULL THEN
    RETURN;
  END IF;
  IF shut IS NOT NULL THEN
    RAISE EXCEPTION 'account closed: %', shut USING ERRCODE = 'CF005', DETAIL = shut;
  END IF;
  IF guarded THEN
    -- Before the rows: whoever closes a year holds the table, and then locks rows of funds.
    LOCK TABLE journal_entries IN ROW EXCLUSIVE MODE;
    -- All locks of this batch in one order, so that two batches never wait for each other.
    PERFORM FROM ledger_accounts a WHERE a.guard = 'account' AND a.id = ANY (debits)
      OR a.guard = 'bank' AND a.id = ANY (credits) ORDER BY a.id FOR NO KEY UPDATE;
    PERFORM FROM funds f WHERE f.id IN (SELECT a.fund_id FROM ledger_accounts a
      WHERE a.guard = 'fund' AND a.id = ANY (debits)) ORDER BY f.id FOR NO KEY UPDATE;
  END IF;
  RETURN QUERY
    WITH fresh AS (
      INSERT INTO journal_entries (key, kind, effective_on, recorded_at, memo, source_kind,
        source_id, party_id, recorded_by_id, approved_by_id, reverses_id, amount_minor,
        is_late, content_hash)
      SELECT e.key, e.kind, e.effective, at, e.memo, e.source_kind, e.source_id, e.party,
        e.recorder, e.approver, e.original, e.total,
        (at AT TIME ZONE 'Asia/Tokyo')::date
          >= date_trunc('month', e.effective::timestamp) + interval '2 months', e.hash
      FROM unnest(keys, kinds, effective_dates, memos, source_kinds, source_ids, parties,
        recorders, approvers, reversed, totals, hashes) WITH ORDINALITY AS e(key, kind, effective,
        memo, source_kind, source_id, party, recorder, approver, original, total, hash, place)
      ORDER BY e.place
      ON CONFLICT (key) DO NOTHING
      RETURNING journal_entries.id, journal_entries.key),
    lines AS (
      INSERT INTO transfers (entry_id, line, debit_account_id, debit_guard, credit_account_id,
        credit_guard, amount_minor)
      SELECT fresh.id, l.number, l.debit, l.debit_guard, l.credit, l.credit_guard, l.amount
      FROM unnest(line_entries, line_numbers, debits, debit_guards, credits, credit_guards,
        amounts) AS l(entry, number, debit, debit_guard, credit, credit_guard, amount)
      JOIN fresh ON fresh.key = keys[l.entry])
    SELECT fresh.key::text, fresh.id, true FROM fresh;
  GET DIAGNOSTICS booked = ROW_COUNT;
  IF booked < cardinality(keys) THEN
    RETURN QUERY SELECT known.key::text, known.id, false FROM journal_entries known
      WHERE known.key = ANY (keys);
  END IF;
END $$;
