-- The sealed log: canonical leaves, their hashes, and what keeps them from being rewritten.
-- docs/log-format.md is the format; civicfund.ledger.leaves says the same in Python.

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seals
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry_evidence
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_secrets
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON log_tiles
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON signing_keys
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

-- A tile grows at its end until it is full; the leaf hashes in it are those of the seals.
CREATE FUNCTION ledger_hold_tile() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  width bigint := octet_length(NEW.hashes) / 32;
  known bytea;
BEGIN
  IF TG_OP = 'UPDATE' AND ((NEW.level, NEW.tile_index) IS DISTINCT FROM (OLD.level, OLD.tile_index)
      OR octet_length(NEW.hashes) <= octet_length(OLD.hashes)
      OR substr(NEW.hashes, 1, octet_length(OLD.hashes)) <> OLD.hashes) THEN
    RAISE EXCEPTION 'tile %/% only grows', OLD.level, OLD.tile_index USING ERRCODE = 'CF001';
  END IF;
  IF NEW.level = 0 THEN
    SELECT string_agg(leaf_hash, ''::bytea ORDER BY leaf_index) INTO known FROM seals
      WHERE leaf_index >= NEW.tile_index * 256 AND leaf_index < NEW.tile_index * 256 + width;
    IF known IS DISTINCT FROM NEW.hashes THEN
      RAISE EXCEPTION 'tile 0/% differs from the seals', NEW.tile_index USING ERRCODE = 'CF001';
    END IF;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER hold_tile BEFORE INSERT OR UPDATE ON log_tiles
  FOR EACH ROW EXECUTE FUNCTION ledger_hold_tile();

-- Checkpoints only grow, and say nothing about what is not sealed.
CREATE FUNCTION ledger_hold_checkpoint() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM checkpoints WHERE tree_size >= NEW.tree_size)
      OR NOT EXISTS (SELECT FROM seals WHERE leaf_index = NEW.tree_size - 1) THEN
    RAISE EXCEPTION 'a checkpoint of % does not follow', NEW.tree_size USING ERRCODE = 'CF001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER hold_checkpoint BEFORE INSERT ON checkpoints
  FOR EACH ROW EXECUTE FUNCTION ledger_hold_checkpoint();

-- A key stays what it was; only its encryption is renewed, and it is retired once.
CREATE FUNCTION ledger_hold_key() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.id, NEW.name, NEW.public_key, NEW.created_at)
      IS DISTINCT FROM (OLD.id, OLD.name, OLD.public_key, OLD.created_at)
      OR OLD.retired_at IS NOT NULL THEN
    RAISE EXCEPTION 'key % cannot change', OLD.id USING ERRCODE = 'CF001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER hold_key BEFORE UPDATE ON signing_keys
  FOR EACH ROW EXECUTE FUNCTION ledger_hold_key();

-- 256 bits that nobody knows; three random UUIDs hold 366.
INSERT INTO log_secrets (id, seed) VALUES (1, sha256(convert_to(
  gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

CREATE FUNCTION ledger_salt(seed bytea, kind text, row_id bigint) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(seed || convert_to(kind || '/' || row_id::text, 'UTF8'))
$$;
CREATE FUNCTION ledger_instant(at timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
CREATE FUNCTION ledger_json(value text) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT coalesce(to_json(value)::text, 'null')
$$;
CREATE FUNCTION ledger_private_hash(salt bytea, private_text text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT encode(sha256(salt || convert_to(private_text, 'UTF8')), 'hex')
$$;

-- The canonical texts of these leaves. `head` and `tail` stand around the hash of the private part;
-- the numbers of leaves that are just being sealed are not in `seals` yet and come along.
CREATE FUNCTION ledger_leaf_texts(
  indexes bigint[], kinds text[], row_ids bigint[], numbers bigint[]
) RETURNS TABLE (leaf_index bigint, kind text, row_id bigint, number bigint, leaf text,
  salt bytea, private text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(indexes, kinds, row_ids, numbers) AS w(leaf_index, kind, row_id, number)),
  parts AS (
    SELECT w.*, '{"day":"' || e.effective_on::text || '","kind":' || ledger_json(e.kind)
      || ',"late":' || e.is_late::text || ',"leaf":"civicfund/entry/1","lines":['
      || (SELECT string_agg('[' || ledger_json(d.code) || ',' || ledger_json(c.code) || ','
            || t.amount_minor::text || ',' || ledger_json(d.currency) || ']', ',' ORDER BY t.line)
          FROM transfers t JOIN ledger_accounts d ON d.id = t.debit_account_id
          JOIN ledger_accounts c ON c.id = t.credit_account_id WHERE t.entry_id = e.id)
      || '],"number":' || w.number::text || ',"private":"' AS head,
      '","recorded_at":"' || ledger_instant(e.recorded_at) || '","reverses":'
      || coalesce((CASE WHEN e.reverses_id IS NOT NULL THEN coalesce(
           (SELECT s.number FROM seals s WHERE s.kind = 'entry' AND s.row_id = e.reverses_id),
           (SELECT o.number FROM wanted o WHERE o.kind = 'entry' AND o.row_id = e.reverses_id))
         END)::text, 'null') || '}' AS tail,
      '{"approved_by":' || coalesce(e.approved_by_id::text, 'null') || ',"key":'
      || ledger_json(e.key) || ',"memo":' || ledger_json(e.memo) || ',"party":'
      || coalesce(e.party_id::text, 'null') || ',"recorded_by":'
      || coalesce(e.recorded_by_id::text, 'null') || ',"source":'
      || ledger_json(e.source_kind || '/' || e.source_id::text) || '}' AS private
    FROM wanted w JOIN journal_entries e ON e.id = w.row_id WHERE w.kind = 'entry'
    UNION ALL
    SELECT w.*, '{"account":' || ledger_json(a.code) || ',"class":' || ledger_json(a.fund_class)
      || ',"currency":' || ledger_json(a.currency) || ',"designation":'
      || ledger_json(f.designation) || ',"fund":' || ledger_json(f.code) || ',"guard":'
      || ledger_json(a.guard) || ',"kind":' || ledger_json(a.kind)
      || ',"leaf":"civicfund/account/1","name_en":' || ledger_json(a.name_en) || ',"name_ja":'
      || ledger_json(a.name_ja) || ',"program":' || ledger_json(f.program) || '}', '', NULL
    FROM wanted w JOIN ledger_accounts a ON a.id = w.row_id JOIN funds f ON f.id = a.fund_id
    WHERE w.kind = 'account'
    UNION ALL
    SELECT w.*, '{"added_at":"' || ledger_instant(v.added_at) || '","bytes":' || s.size_bytes::text
      || ',"entry":' || n.number::text || ',"kind":' || ledger_json(v.kind)
      || ',"leaf":"civicfund/evidence/1","private":"',
      '","sha256":' || ledger_json(v.sha256) || '}',
      '{"added_by":' || coalesce(v.added_by_id::text, 'null') || '}'
    FROM wanted w JOIN entry_evidence v ON v.id = w.row_id
    JOIN stored_files s ON s.id = v.stored_file_id
    JOIN seals n ON n.kind = 'entry' AND n.row_id = v.entry_id WHERE w.kind = 'evidence'
    UNION ALL
    SELECT w.*, '{"closed_at":"' || ledger_instant(p.closed_at) || '","ends_on":"'
      || p.ends_on::text || '","leaf":"civicfund/period/1","private":"',
      '","starts_on":"' || p.starts_on::text || '"}',
      '{"closed_by":' || coalesce(p.closed_by_id::text, 'null') || ',"prepared_by":'
      || coalesce(p.closing_prepared_by_id::text, 'null') || '}'
    FROM wanted w JOIN fiscal_periods p ON p.id = w.row_id WHERE w.kind = 'period'
    UNION ALL
    SELECT w.*, '{"key":"' || encode(k.public_key, 'base64')
      || '","leaf":"civicfund/key/1","name":' || ledger_json(k.name) || '}', '', NULL
    FROM wanted w JOIN signing_keys k ON k.id = w.row_id WHERE w.kind = 'key'),
  salted AS (
    SELECT p.*, CASE WHEN p.private IS NOT NULL
      THEN ledger_salt((SELECT seed FROM log_secrets), p.kind, p.row_id) END AS salt FROM parts p)
  SELECT leaf_index, kind, row_id, number,
    head || coalesce(ledger_private_hash(salt, private), '') || tail, salt, private
  FROM salted
$$;

CREATE FUNCTION ledger_write_seals(kinds text[], row_ids bigint[], with_numbers boolean)
RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  next_index bigint;
  next_number bigint;
  numbers bigint[];
  written bigint;
BEGIN
  SELECT coalesce(max(leaf_index) + 1, 0) INTO next_index FROM seals;
  SELECT coalesce(max(number) + 1, 1) INTO next_number FROM seals;
  IF with_numbers THEN
    SELECT array_agg(CASE WHEN kind = 'entry' THEN next_number + before END ORDER BY place)
      INTO numbers FROM (SELECT kind, place, count(*) FILTER (WHERE kind = 'entry') OVER
        (ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
      FROM unnest(kinds) WITH ORDINALITY AS k(kind, place)) AS counted;
  END IF;
  INSERT INTO seals (leaf_index, kind, row_id, number, leaf_hash, sealed_at)
    SELECT t.leaf_index, t.kind, t.row_id, t.number,
      sha256('\x00'::bytea || convert_to(t.leaf, 'UTF8')), statement_timestamp()
    FROM ledger_leaf_texts(
      (SELECT array_agg(next_index + place - 1 ORDER BY place)
        FROM generate_series(1, cardinality(kinds)) AS place), kinds, row_ids, numbers) t
    ORDER BY t.leaf_index;
  GET DIAGNOSTICS written = ROW_COUNT;
  IF written <> cardinality(kinds) THEN
    RAISE EXCEPTION '% of % leaves cannot be written', cardinality(kinds) - written,
      cardinality(kinds);
  END IF;
  RETURN written;
END $$;

-- Seals at most `most` entries, each after the accounts that it is the first to use, and when none
-- is left the evidence and the closed periods that wait. Only what is settled: below the last
-- sealed entry nothing can still come, so numbers follow the order of entries. Answers how many
-- leaves are new. One at a time: the lock is held until the caller's transaction ends, so that the
-- tiles and the checkpoint of these leaves are written before anybody else goes on.
CREATE FUNCTION ledger_seal(most integer) RETURNS bigint
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
    RETURN written + ledger_write_seals(kinds, row_ids, true);
  END IF;
  SELECT array_agg('evidence'::text ORDER BY id), array_agg(id ORDER BY id) INTO kinds, row_ids FROM (
    SELECT v.id FROM entry_evidence v WHERE v.entry_id <= sealed AND NOT EXISTS (
      SELECT FROM seals s WHERE s.kind = 'evidence' AND s.row_id = v.id)
    ORDER BY v.id LIMIT most) AS waiting;
  IF kinds IS NOT NULL THEN
    written := written + ledger_write_seals(kinds, row_ids, false);
  END IF;
  -- A period's leaf comes after all of its entries: one of them may have come since we looked.
  SELECT array_agg('period'::text ORDER BY p.ends_on, p.id), array_agg(p.id ORDER BY p.ends_on, p.id)
    INTO kinds, row_ids FROM fiscal_periods p
    WHERE p.closed_at IS NOT NULL AND NOT EXISTS (SELECT FROM seals s
      WHERE s.kind = 'period' AND s.row_id = p.id)
    AND NOT EXISTS (SELECT FROM journal_entries e WHERE e.id > sealed
      AND e.effective_on BETWEEN p.starts_on AND p.ends_on);
  IF kinds IS NOT NULL THEN
    written := written + ledger_write_seals(kinds, row_ids, false);
  END IF;
  RETURN written;
END $$;

-- The leaves from `first` to before `upto`, rebuilt from the rows, with what opens their private part.
CREATE FUNCTION ledger_leaves(first bigint, upto bigint) RETURNS TABLE (leaf_index bigint,
  kind text, row_id bigint, number bigint, leaf_hash bytea, leaf text, salt bytea, private text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.leaf_index, s.kind, s.row_id, s.number, s.leaf_hash, t.leaf, t.salt, t.private
  FROM (SELECT array_agg(leaf_index) AS indexes, array_agg(kind::text) AS kinds,
      array_agg(row_id) AS row_ids, array_agg(number) AS numbers
    FROM seals WHERE leaf_index >= first AND leaf_index < upto) AS wanted
  CROSS JOIN LATERAL ledger_leaf_texts(indexes, kinds, row_ids, numbers) AS t
  RIGHT JOIN (SELECT * FROM seals WHERE leaf_index >= first AND leaf_index < upto) AS s
    ON s.leaf_index = t.leaf_index
  ORDER BY s.leaf_index
$$;
