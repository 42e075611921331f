from django.db import migrations

# What becomes known later, each in a month of its own, and what is no fact of the row.
FREE = "'result', 'score', 'certificate_number', 'subsidy', 'employment', 'version'"
FORWARD = f"""
CREATE TRIGGER training_enrollment_added AFTER INSERT ON training_enrollment
    REFERENCING NEW TABLE AS coming
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_months_are_open('start_date');
CREATE TRIGGER training_enrollment_gone AFTER DELETE ON training_enrollment
    REFERENCING OLD TABLE AS going
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_months_are_open('start_date');
CREATE TRIGGER training_enrollment_changed AFTER UPDATE ON training_enrollment
    REFERENCING OLD TABLE AS going NEW TABLE AS coming
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_months_are_open('start_date', {FREE});

-- What tells classes apart is part of their rows; a class without rows may still be put off.
CREATE FUNCTION training_classes_keep_their_rows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place record;
BEGIN
    FOR place IN
        SELECT DISTINCT o.county_code, date_trunc('month', row.start_date)::date AS first_day
        FROM going AS o JOIN coming AS n USING (id)
        JOIN training_enrollment AS row ON row.training_class_id = o.id
            AND row.county_code = o.county_code AND row.start_date = o.start_date
        WHERE (o.county_code, o.code, o.institution_id, o.occupation_id, o.start_date, o.end_date)
            IS DISTINCT FROM
            (n.county_code, n.code, n.institution_id, n.occupation_id, n.start_date, n.end_date)
        ORDER BY 1, 2
    LOOP
        PERFORM exchange_month_must_be_open(place.county_code, place.first_day);
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER training_trainingclass_changed AFTER UPDATE ON training_trainingclass
    REFERENCING OLD TABLE AS going NEW TABLE AS coming
    FOR EACH STATEMENT EXECUTE FUNCTION training_classes_keep_their_rows();
"""
BACKWARD = """
DROP TRIGGER training_trainingclass_changed ON training_trainingclass;
DROP FUNCTION training_classes_keep_their_rows();
DROP TRIGGER training_enrollment_changed ON training_enrollment;
DROP TRIGGER training_enrollment_gone ON training_enrollment;
DROP TRIGGER training_enrollment_added ON training_enrollment;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0004_row_changes"),
        ("exchange", "0007_months_are_closed"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
