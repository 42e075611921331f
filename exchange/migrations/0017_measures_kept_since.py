from django.db import migrations, models
from django.db.models import F


def as_counted(apps, schema_editor):
    """What is known of measures counted before: that they were kept when they were last counted."""
    apps.get_model("exchange", "MeasureCount").objects.update(since=F("counted_at"))


class Migration(migrations.Migration):
    dependencies = [("exchange", "0016_official_tables_are_ordered")]

    operations = [
        migrations.AddField(
            "measurecount", "since", models.DateTimeField("kept since", null=True)
        ),
        migrations.RunPython(as_counted, migrations.RunPython.noop),
        migrations.AlterField("measurecount", "since", models.DateTimeField("kept since")),
    ]
