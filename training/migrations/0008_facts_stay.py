from django.db import migrations

# Each fact lies in the month of its own day; while it has none it lies in no month.
DAYS = {
    "training_examentry": "resulted_on",
    "training_followup": "visited_on",
    "training_claimline": "approved_on",
}
CLOSED = """
CREATE TRIGGER {table}_added AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS coming
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_months_are_open('{day}');
CREATE TRIGGER {table}_gone AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS going
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_months_are_open('{day}');
CREATE TRIGGER {table}_changed AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS going NEW TABLE AS coming
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_months_are_open('{day}');
"""
OPEN = """
DROP TRIGGER {table}_changed ON {table};
DROP TRIGGER {table}_gone ON {table};
DROP TRIGGER {table}_added ON {table};
"""
# Who sits an exam is settled when the roll is frozen: results come, people do not.
FROZEN = """
CREATE FUNCTION training_frozen_rolls_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.roll_id = NEW.roll_id AND OLD.enrollment_id = NEW.enrollment_id
    THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT FROM training_examroll WHERE state = 'frozen' AND (
            TG_OP <> 'INSERT' AND id = OLD.roll_id OR TG_OP <> 'DELETE' AND id = NEW.roll_id)
    ) THEN
        RAISE EXCEPTION 'the exam roll is frozen'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'exam_roll_is_frozen';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER training_examentry_stays AFTER INSERT OR UPDATE OR DELETE ON training_examentry
    FOR EACH ROW EXECUTE FUNCTION training_frozen_rolls_stay();

CREATE FUNCTION training_rolls_stay_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'frozen' AND (TG_OP = 'DELETE' OR NEW IS DISTINCT FROM OLD) THEN
        RAISE EXCEPTION 'the exam roll is frozen'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'exam_roll_is_frozen';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER training_examroll_stays AFTER UPDATE OR DELETE ON training_examroll
    FOR EACH ROW EXECUTE FUNCTION training_rolls_stay_frozen();
"""
THAWED = """
DROP TRIGGER training_examroll_stays ON training_examroll;
DROP FUNCTION training_rolls_stay_frozen();
DROP TRIGGER training_examentry_stays ON training_examentry;
DROP FUNCTION training_frozen_rolls_stay();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0007_class_life"),
        ("exchange", "0007_months_are_closed"),
    ]
    operations = [
        *(
            migrations.RunSQL(
                CLOSED.format(table=table, day=day), OPEN.format(table=table)
            )
            for table, day in DAYS.items()
        ),
        migrations.RunSQL(FROZEN, THAWED),
    ]
