-- A period is closed by two people, the earlier ones first, and stays closed.

-- Looked up after the insert took its lock on the table: a period that is being closed meanwhile
-- (which waits for that lock) is seen. Periods close without gaps, so whatever lies before the end
-- of a closed one is closed too. A deed whose entry stands already changes nothing and is let pass.
CREATE OR REPLACE FUNCTION ledger_refuse_closed_period() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM fiscal_periods
      WHERE closed_at IS NOT NULL AND NEW.effective_on <= ends_on)
    AND NOT EXISTS (SELECT FROM journal_entries known WHERE known.key = NEW.key) THEN
    RAISE EXCEPTION 'the books of % are closed', NEW.effective_on
      USING ERRCODE = 'CF003', DETAIL = NEW.effective_on::text;
  END IF;
  RETURN NEW;
END $$;

-- Holds for everyone who can write the table, its owner too.
CREATE FUNCTION ledger_period_course() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  closed_upto date;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.closed_at IS NOT NULL OR NEW.closing_prepared_at IS NOT NULL THEN
      RAISE EXCEPTION 'a period begins open' USING ERRCODE = 'CF009';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.closed_at IS NOT NULL AND (TG_OP = 'DELETE' OR NEW IS DISTINCT FROM OLD) THEN
    RAISE EXCEPTION 'a closed period stays as it is' USING ERRCODE = 'CF009';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF NEW.closed_at IS NULL OR OLD.closed_at IS NOT NULL THEN
    RETURN NEW;
  END IF;
  IF NEW.closed_by_id IS NULL OR NEW.closing_prepared_by_id IS NULL
      OR NEW.closed_by_id = NEW.closing_prepared_by_id THEN
    RAISE EXCEPTION 'a period is closed by two people' USING ERRCODE = 'CF007';
  END IF;
  IF (NEW.closed_at AT TIME ZONE 'Asia/Tokyo')::date <= NEW.ends_on THEN
    RAISE EXCEPTION 'a period is closed when it is over' USING ERRCODE = 'CF010';
  END IF;
  SELECT max(ends_on) INTO closed_upto FROM fiscal_periods WHERE closed_at IS NOT NULL;
  IF EXISTS (SELECT FROM fiscal_periods WHERE closed_at IS NULL AND ends_on < NEW.starts_on)
      OR closed_upto <> NEW.starts_on - 1
      OR closed_upto IS NULL AND EXISTS (SELECT FROM journal_entries
        WHERE effective_on < NEW.starts_on) THEN
    RAISE EXCEPTION 'the periods before are closed first' USING ERRCODE = 'CF008';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER course BEFORE INSERT OR UPDATE OR DELETE ON fiscal_periods
  FOR EACH ROW EXECUTE FUNCTION ledger_period_course();

-- Waits for every entry that is being booked; the next ones wait until this transaction ends. What
-- is looked up meanwhile is what the close will hold.
CREATE FUNCTION ledger_hold_entries() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  LOCK TABLE journal_entries IN SHARE MODE;
END $$;

CREATE FUNCTION ledger_prepare_close(period bigint, at timestamptz, by_user bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE fiscal_periods SET closing_prepared_at = at, closing_prepared_by_id = by_user
    WHERE id = period AND closed_at IS NULL AND closing_prepared_at IS NULL;
  RETURN FOUND;
END $$;

CREATE FUNCTION ledger_withdraw_close(period bigint)
RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE fiscal_periods SET closing_prepared_at = NULL, closing_prepared_by_id = NULL
    WHERE id = period AND closed_at IS NULL AND closing_prepared_at IS NOT NULL;
  RETURN FOUND;
END $$;

-- Waits for every entry that is being booked, and makes the next ones see the closed period. An
-- entry that was waited for may have been recorded after `at`: the close is later than all of them.
CREATE OR REPLACE FUNCTION ledger_close_period(period bigint, at timestamptz, by_user bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('ledger.close_period', 0));
  LOCK TABLE journal_entries IN SHARE MODE;
  UPDATE fiscal_periods p SET closed_by_id = by_user,
      closed_at = greatest(at, (SELECT max(recorded_at) FROM journal_entries
        WHERE effective_on BETWEEN p.starts_on AND p.ends_on))
    WHERE id = period AND closed_at IS NULL;
END $$;
