import django.db.models.deletion
from django.db import migrations, models

# Values of a page are of many kilobytes; compressing sealed numbers gains nothing.
PLAIN = "ALTER TABLE exchange_stagedpage ALTER COLUMN lines SET STORAGE EXTERNAL"
# What waits to be written goes along: fifty rows a page, cells escaped as COPY wants them.
MOVED = r"""
INSERT INTO exchange_stagedpage (batch_id, sheet, line, lines)
SELECT batch_id, (array_agg(sheet ORDER BY sheet, line))[1],
    (array_agg(line ORDER BY sheet, line))[1],
    string_agg(
        sheet || E'\t' || line || E'\t'
            || replace(replace(cells, E'\\', E'\\\\'), chr(31), E'\t'),
        E'\n' ORDER BY sheet, line)
FROM (
    SELECT *, (row_number() OVER (PARTITION BY batch_id ORDER BY sheet, line) - 1) / 50 AS page
    FROM exchange_stagedrow WHERE NOT is_held
) AS staged
GROUP BY batch_id, page
"""
TAKEN_OUT = "DELETE FROM exchange_stagedrow WHERE NOT is_held"
CHECKED = "SET CONSTRAINTS ALL IMMEDIATE"


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0004_rows_mended_and_checked"),
    ]

    operations = [
        migrations.CreateModel(
            name="StagedPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet", models.SmallIntegerField()),
                ("line", models.IntegerField()),
                ("lines", models.TextField()),
                ("batch", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="pages", to="exchange.importbatch")),
            ],
            options={
                "ordering": ["batch", "sheet", "line"],
                "constraints": [models.UniqueConstraint(fields=("batch", "sheet", "line"), name="staged_page_once")],
            },
        ),
        migrations.RunSQL(
            [PLAIN, MOVED, TAKEN_OUT, CHECKED],
            reverse_sql=migrations.RunSQL.noop,
        ),
        migrations.RemoveIndex(model_name="stagedrow", name="row_held"),
        migrations.RemoveField(model_name="stagedrow", name="cells"),
        migrations.RemoveField(model_name="stagedrow", name="is_held"),
        migrations.AlterField(
            model_name="stagedrow",
            name="as_read",
            field=models.BinaryField(),
        ),
    ]
