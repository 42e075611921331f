from django.db import migrations

# A certificate lies in the month in which it was issued.
FORWARD = """
CREATE TRIGGER talent_credential_added AFTER INSERT ON talent_credential
    REFERENCING NEW TABLE AS coming
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_months_are_open('issued_on');
CREATE TRIGGER talent_credential_gone AFTER DELETE ON talent_credential
    REFERENCING OLD TABLE AS going
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_months_are_open('issued_on');
CREATE TRIGGER talent_credential_changed AFTER UPDATE ON talent_credential
    REFERENCING OLD TABLE AS going NEW TABLE AS coming
    FOR EACH STATEMENT EXECUTE FUNCTION exchange_months_are_open('issued_on');
"""
BACKWARD = """
DROP TRIGGER talent_credential_changed ON talent_credential;
DROP TRIGGER talent_credential_gone ON talent_credential;
DROP TRIGGER talent_credential_added ON talent_credential;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("talent", "0006_class_life"),
        ("exchange", "0007_months_are_closed"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
