-- The tiles above the lowest follow from those below them, as the lowest follow from the seals. A
-- wrong one could not be taken away again, and the log would grow no further.

-- The root over the 256 hashes of a full tile, as in RFC 6962 (2.1).
CREATE FUNCTION ledger_tile_root(tile bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT SET search_path = public, pg_temp AS $$
DECLARE
  hashes bytea := tile;
BEGIN
  IF octet_length(tile) <> 8192 THEN
    RETURN NULL;
  END IF;
  WHILE octet_length(hashes) > 32 LOOP
    SELECT string_agg(sha256('\x01'::bytea || substr(hashes, pair * 64 + 1, 64)), ''::bytea
        ORDER BY pair)
      INTO hashes FROM generate_series(0, octet_length(hashes) / 64 - 1) AS pair;
  END LOOP;
  RETURN hashes;
END $$;

-- A tile grows at its end until it is full; the leaf hashes in it are those of the seals, and the
-- hashes above them the roots of the tiles below.
CREATE OR REPLACE FUNCTION ledger_hold_tile() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  width bigint := octet_length(NEW.hashes) / 32;
  held bigint;
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
    RETURN NEW;
  END IF;
  -- What stands there already was held to the tiles below when it came.
  SELECT octet_length(hashes) / 32 INTO held FROM log_tiles t
    WHERE t.level = NEW.level AND t.tile_index = NEW.tile_index
      AND substr(NEW.hashes, 1, octet_length(t.hashes)) = t.hashes;
  held := coalesce(held, 0);
  SELECT string_agg(ledger_tile_root(t.hashes), ''::bytea ORDER BY t.tile_index) INTO known
    FROM log_tiles t WHERE t.level = NEW.level - 1
      AND t.tile_index >= NEW.tile_index * 256 + held AND t.tile_index < NEW.tile_index * 256 + width;
  IF coalesce(known, ''::bytea) <> substr(NEW.hashes, held::int * 32 + 1) THEN
    RAISE EXCEPTION 'tile %/% differs from the tiles below it', NEW.level, NEW.tile_index
      USING ERRCODE = 'CF001';
  END IF;
  RETURN NEW;
END $$;
