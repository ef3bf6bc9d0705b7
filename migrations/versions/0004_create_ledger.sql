-- Functions and triggers that keep the book right, whoever writes to it.

-- What follows from a chart line and its fund is derived here, so that no caller can lie about it;
-- civicfund.ledger.chart says the same in Python, and a test holds the two together.
CREATE FUNCTION ledger_classify_account() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  fund funds%ROWTYPE;
BEGIN
  SELECT * INTO STRICT fund FROM funds WHERE id = NEW.fund_id;
  NEW.code := NEW.chart_code || '/' || fund.code;
  NEW.kind := CASE left(NEW.chart_code, 1)
    WHEN '1' THEN 'asset' WHEN '2' THEN 'liability' WHEN '3' THEN 'net_assets'
    WHEN '4' THEN 'revenue' WHEN '5' THEN 'expense' END;
  NEW.fund_class := CASE
    WHEN NEW.kind IN ('asset', 'liability') THEN NULL
    WHEN NEW.chart_code IN ('3200', '4101', '4191') THEN 'general'
    ELSE fund.designation END;
  NEW.guard := CASE
    WHEN NEW.chart_code IN ('1101', '1112', '1115', '1116', '1121') THEN 'bank'
    WHEN NEW.chart_code IN ('2121', '2122', '2131', '2133', '2134') THEN 'account'
    WHEN NEW.fund_class = 'designated' AND NEW.chart_code <> '5231' THEN 'fund'
    ELSE 'none' END;
  RETURN NEW;
END $$;
CREATE TRIGGER classify BEFORE INSERT ON ledger_accounts
  FOR EACH ROW EXECUTE FUNCTION ledger_classify_account();

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: reverse the entry and book the right one', TG_TABLE_NAME
    USING ERRCODE = 'CF001';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entries
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfers
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- Looked up after the insert took its lock on the table: a period that is being closed meanwhile
-- (which waits for that lock) is seen.
CREATE FUNCTION ledger_refuse_closed_period() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM fiscal_periods WHERE closed_at IS NOT NULL
             AND NEW.effective_on BETWEEN starts_on AND ends_on) THEN
    RAISE EXCEPTION 'the books of % are closed', NEW.effective_on
      USING ERRCODE = 'CF003', DETAIL = NEW.effective_on::text;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER closed_period BEFORE INSERT ON journal_entries
  FOR EACH ROW EXECUTE FUNCTION ledger_refuse_closed_period();

-- Debits less credits: the snapshot and the tail after it, read in one statement.
CREATE FUNCTION ledger_debit_balance(account bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT (coalesce(s.debits - s.credits, 0)
    + coalesce((SELECT sum(amount_minor) FROM transfers
        WHERE debit_account_id = account AND entry_id > coalesce(s.upto_entry_id, 0)), 0)
    - coalesce((SELECT sum(amount_minor) FROM transfers
        WHERE credit_account_id = account AND entry_id > coalesce(s.upto_entry_id, 0)), 0)
    )::bigint
  FROM (VALUES (1)) AS one LEFT JOIN balance_snapshots s ON s.account_id = account
$$;
CREATE FUNCTION ledger_designated_balance(fund bigint) RETURNS bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(-sum(ledger_debit_balance(id)), 0)::bigint FROM ledger_accounts
  WHERE fund_id = fund AND fund_class = 'designated'
$$;

-- Fires after the whole statement, so the lines of one entry are judged together, and only the
-- last line of the statement on an account has to look: whoever posted it has the same xmin, and a
-- higher number. Each query in here sees what was committed before it began; whoever holds the
-- lock is the only one to spend.
CREATE FUNCTION ledger_guard() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  mine xid;
  fund bigint;
  rest bigint;
BEGIN
  SELECT xmin INTO mine FROM transfers WHERE entry_id = NEW.entry_id AND line = NEW.line;
  IF NEW.debit_guard IN ('account', 'fund') AND NOT EXISTS (SELECT FROM transfers later
      WHERE later.debit_account_id = NEW.debit_account_id AND later.entry_id >= NEW.entry_id
        AND (later.entry_id, later.line) > (NEW.entry_id, NEW.line) AND later.xmin = mine) THEN
    IF NEW.debit_guard = 'account' THEN
      PERFORM FROM ledger_accounts WHERE id = NEW.debit_account_id FOR NO KEY UPDATE;
      rest := -ledger_debit_balance(NEW.debit_account_id);
    ELSE
      SELECT fund_id INTO fund FROM ledger_accounts WHERE id = NEW.debit_account_id;
      PERFORM FROM funds WHERE id = fund FOR NO KEY UPDATE;
      rest := ledger_designated_balance(fund);
    END IF;
    PERFORM ledger_refuse_overdraft(NEW.debit_guard, NEW.debit_account_id, rest, NEW.entry_id);
  END IF;
  IF NEW.credit_guard = 'bank' AND NOT EXISTS (SELECT FROM transfers later
      WHERE later.credit_account_id = NEW.credit_account_id AND later.entry_id >= NEW.entry_id
        AND (later.entry_id, later.line) > (NEW.entry_id, NEW.line) AND later.xmin = mine) THEN
    PERFORM FROM ledger_accounts WHERE id = NEW.credit_account_id FOR NO KEY UPDATE;
    rest := ledger_debit_balance(NEW.credit_account_id);
    PERFORM ledger_refuse_overdraft('bank', NEW.credit_account_id, rest, NEW.entry_id);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION ledger_refuse_overdraft(scope text, account bigint, rest bigint, entry bigint)
RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  asked bigint;
BEGIN
  IF rest >= 0 THEN
    RETURN;
  END IF;
  SELECT sum(amount_minor) INTO asked FROM transfers WHERE entry_id = entry
    AND CASE scope WHEN 'bank' THEN credit_account_id ELSE debit_account_id END = account;
  RAISE EXCEPTION 'overdrawn: % % lacks %', scope, account, -rest USING ERRCODE = 'CF002',
    DETAIL = json_build_object('scope', scope, 'account', account, 'asked', asked,
      'available', greatest(asked + rest, 0))::text;
END $$;
CREATE TRIGGER guard AFTER INSERT ON transfers FOR EACH ROW
  WHEN (NEW.debit_guard IN ('account', 'fund') OR NEW.credit_guard = 'bank')
  EXECUTE FUNCTION ledger_guard();

-- Books many entries in one statement. Answers nothing when an account has not been opened yet;
-- an entry whose key is known is left as it is and answered with is_new = false.
CREATE FUNCTION ledger_post(
  keys text[], kinds text[], effective_dates date[], memos text[], source_kinds text[],
  source_ids bigint[], parties bigint[], recorders bigint[], approvers bigint[],
  reversed bigint[], totals bigint[], hashes bytea[], at timestamptz,
  line_entries int[], line_numbers smallint[], debit_charts text[], debit_funds bigint[],
  credit_charts text[], credit_funds bigint[], amounts bigint[]
) RETURNS TABLE (posted_key text, posted_id bigint, is_new boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
    LEFT JOIN ledger_accounts d ON d.chart_code = l.debit_chart AND d.fund_id = l.debit_fund
    LEFT JOIN ledger_accounts c ON c.chart_code = l.credit_chart AND c.fund_id = l.credit_fund;
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

-- Identity values do not commit in order. Whoever has drawn one up to `newest` holds its lock on
-- the table since before; when all who hold it now are gone, nothing up to `newest` can still come.
-- Answers nothing when somebody was still booking as patience ended.
CREATE FUNCTION ledger_settled(patience interval) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  newest bigint;
  in_flight text[];
  until timestamptz := clock_timestamp() + patience;
BEGIN
  SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO newest FROM journal_entries_id_seq;
  SELECT array_agg(virtualtransaction) INTO in_flight FROM pg_locks
    WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND relation = 'journal_entries'::regclass AND pid IS DISTINCT FROM pg_backend_pid();
  WHILE EXISTS (SELECT FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock'
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND relation = 'journal_entries'::regclass AND virtualtransaction = ANY (in_flight)) LOOP
    IF clock_timestamp() > until THEN
      RETURN NULL;
    END IF;
    PERFORM pg_sleep(0.005);
  END LOOP;
  RETURN newest;
END $$;

CREATE FUNCTION ledger_fold(patience interval) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  newest bigint;
  folded bigint;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'folding is exact under READ COMMITTED only' USING ERRCODE = 'CF006';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger.fold', 0));
  newest := ledger_settled(patience);
  IF newest IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT coalesce(max(upto_entry_id), 0) INTO folded FROM balance_snapshots;
  INSERT INTO balance_snapshots AS old (account_id, upto_entry_id, debits, credits)
    SELECT account, newest, sum(debit), sum(credit) FROM (
      SELECT debit_account_id AS account, amount_minor AS debit, 0 AS credit FROM transfers
        WHERE entry_id > folded AND entry_id <= newest
      UNION ALL
      SELECT credit_account_id, 0, amount_minor FROM transfers
        WHERE entry_id > folded AND entry_id <= newest) AS tail
    GROUP BY account
    ON CONFLICT (account_id) DO UPDATE SET upto_entry_id = excluded.upto_entry_id,
      debits = old.debits + excluded.debits, credits = old.credits + excluded.credits;
  RETURN newest;
END $$;

-- Waits for every entry that is being booked, and makes the next ones see the closed period.
CREATE FUNCTION ledger_close_period(period bigint, at timestamptz, by_user bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  LOCK TABLE journal_entries IN SHARE MODE;
  UPDATE fiscal_periods SET closed_at = at, closed_by_id = by_user
    WHERE id = period AND closed_at IS NULL;
END $$;
