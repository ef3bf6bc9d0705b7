-- A period is closed when it is over, whatever instant the caller says.

-- The clock of the closes. Only the owner can put another in its place, as the tests do, which live
-- at other times.
CREATE FUNCTION ledger_clock() RETURNS timestamptz
LANGUAGE sql VOLATILE AS $$ SELECT clock_timestamp() $$;

-- Holds for everyone who can write the table, its owner too.
CREATE OR REPLACE FUNCTION ledger_period_course() RETURNS trigger
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
  -- By the clock of whoever closes, and by our own.
  IF (least(NEW.closed_at, ledger_clock()) AT TIME ZONE 'Asia/Tokyo')::date <= NEW.ends_on THEN
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
