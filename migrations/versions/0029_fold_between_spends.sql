-- Refuses the first entry of `mine` that takes from these accounts more than they hold with all
-- entries up to it. `sign` is 1 where debits add to what is held, -1 where credits do. Who holds the
-- lock is the only one to take from `account`, so what `mine` takes is the end of its index; all
-- before that is added up, and only the statement's own entries are gone through one by one: those
-- of them that were folded meanwhile are in the snapshots, and were judged when they were booked.
CREATE OR REPLACE FUNCTION ledger_judge(scope text, account bigint, accounts bigint[], sign int,
  upto bigint, mine xid) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp
-- The tail is short, however long the book is; the planner cannot know that.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  first bigint;
  before bigint;
  entry bigint;
  rest bigint;
  asked bigint;
BEGIN
  IF scope = 'bank' THEN
    SELECT min(entry_id) INTO first FROM transfers WHERE credit_account_id = account
      AND entry_id > coalesce((SELECT entry_id FROM transfers WHERE credit_account_id = account
        AND entry_id < upto AND xmin <> mine ORDER BY entry_id DESC LIMIT 1), 0);
  ELSE
    SELECT min(entry_id) INTO first FROM transfers WHERE debit_account_id = account
      AND entry_id > coalesce((SELECT entry_id FROM transfers WHERE debit_account_id = account
        AND entry_id < upto AND xmin <> mine ORDER BY entry_id DESC LIMIT 1), 0);
  END IF;
  SELECT greatest(first, max(upto_entry_id) + 1) INTO first
    FROM balance_snapshots WHERE account_id = ANY (accounts);
  SELECT sum(coalesce(s.debits - s.credits, 0)
      + coalesce((SELECT sum(amount_minor) FROM transfers WHERE debit_account_id = a.id
          AND entry_id > coalesce(s.upto_entry_id, 0) AND entry_id < first), 0)
      - coalesce((SELECT sum(amount_minor) FROM transfers WHERE credit_account_id = a.id
          AND entry_id > coalesce(s.upto_entry_id, 0) AND entry_id < first), 0)) * sign
    INTO before
    FROM unnest(accounts) AS a(id) LEFT JOIN balance_snapshots s ON s.account_id = a.id;
  WITH moved AS (
    SELECT t.entry_id, t.amount_minor * sign AS amount, scope <> 'bank' AND a.id = account AS takes
      FROM unnest(accounts) AS a(id) JOIN transfers t ON t.debit_account_id = a.id
        AND t.entry_id >= first AND t.entry_id <= upto
    UNION ALL
    SELECT t.entry_id, -t.amount_minor * sign, scope = 'bank'
      FROM unnest(accounts) AS a(id) JOIN transfers t ON t.credit_account_id = a.id
        AND t.entry_id >= first AND t.entry_id <= upto),
  entries AS (
    SELECT entry_id, sum(amount) AS amount, bool_or(takes) AS takes FROM moved GROUP BY entry_id),
  prefixes AS (
    SELECT entry_id, amount, takes, before + sum(amount) OVER (ORDER BY entry_id) AS balance
    FROM entries)
  SELECT entry_id, balance INTO entry, rest FROM prefixes
    WHERE takes AND amount < 0 AND balance < 0 ORDER BY entry_id LIMIT 1;
  IF entry IS NULL THEN
    RETURN;
  END IF;
  SELECT sum(amount_minor) INTO asked FROM transfers WHERE entry_id = entry
    AND CASE scope WHEN 'bank' THEN credit_account_id = account
      ELSE debit_account_id = ANY (accounts) AND debit_guard = scope END;
  RAISE EXCEPTION 'overdrawn: % % lacks % at entry %', scope, account, -rest, entry
    USING ERRCODE = 'CF002', DETAIL = json_build_object('scope', scope, 'account', account,
      'asked', asked, 'available', greatest(asked + rest, 0))::text;
END $$;
