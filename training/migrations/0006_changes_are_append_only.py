from django.db import migrations

FORWARD = """
CREATE FUNCTION training_rowchange_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a change of a row is never changed or deleted';
END $$;
CREATE TRIGGER training_rowchange_append_only BEFORE UPDATE OR DELETE ON training_rowchange
    FOR EACH ROW EXECUTE FUNCTION training_rowchange_is_append_only();
"""
BACKWARD = """
DROP TRIGGER training_rowchange_append_only ON training_rowchange;
DROP FUNCTION training_rowchange_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0005_closed_months_stay")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
