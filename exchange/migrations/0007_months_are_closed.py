from django.db import migrations

FORWARD = """
-- Refuses a write into a county's month that is closed, unless an approved correction of this
-- very month is being applied. Waits for whoever is submitting the month: services hold the
-- county by the same number. FOR SHARE stops a transaction whose snapshot is older than that.
CREATE FUNCTION exchange_month_must_be_open(county text, first_day date)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    found record;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(7206512, county::int);
    FOR found IN
        SELECT id, state, open_until FROM exchange_submission
        WHERE county_code = county AND month = first_day FOR SHARE
    LOOP
        CONTINUE WHEN found.state IN ('draft', 'returned');
        CONTINUE WHEN found.state = 'reopened' AND found.open_until >= clock_timestamp();
        CONTINUE WHEN EXISTS (
            SELECT FROM exchange_correction
            WHERE submission_id = found.id AND state = 'approved'
                AND id::text = current_setting('portal.correction', true));
        RAISE EXCEPTION 'the month % of county % is closed', first_day, county
            USING ERRCODE = 'check_violation', CONSTRAINT = 'period_is_open',
            DETAIL = json_build_object(
                'county', county, 'month', first_day, 'state', found.state)::text;
    END LOOP;
END $$;

-- After each statement upon a table of a book. The first argument is the column of the day
-- in whose month a row lies, the others are columns that may change in a closed month.
CREATE FUNCTION exchange_months_are_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rows text;
    place record;
BEGIN
    CASE TG_OP
        WHEN 'INSERT' THEN rows := 'SELECT county_code, %1$I AS day FROM coming';
        WHEN 'DELETE' THEN rows := 'SELECT county_code, %1$I AS day FROM going';
        ELSE
            SELECT format(
                'SELECT place.* FROM going AS o FULL JOIN coming AS n USING (id), LATERAL ('
                ' VALUES (o.county_code, o.%%1$I), (n.county_code, n.%%1$I)'
                ') AS place (county_code, day) WHERE (%s) IS DISTINCT FROM (%s)',
                string_agg(format('o.%I', attname), ', '),
                string_agg(format('n.%I', attname), ', '))
            INTO rows FROM pg_attribute
            WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped
                AND attname <> ALL (TG_ARGV[1:]);
    END CASE;
    FOR place IN EXECUTE format(
        'SELECT DISTINCT county_code, date_trunc(''month'', day)::date AS first_day FROM ('
        || rows || ') AS touched WHERE county_code IS NOT NULL ORDER BY 1, 2', TG_ARGV[0])
    LOOP
        PERFORM exchange_month_must_be_open(place.county_code, place.first_day);
    END LOOP;
    RETURN NULL;
END $$;
"""
BACKWARD = """
DROP FUNCTION exchange_months_are_open();
DROP FUNCTION exchange_month_must_be_open(text, date);
"""


class Migration(migrations.Migration):
    dependencies = [("exchange", "0006_submissions")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
