"""The reports that the clock made every month for every office with data become its orders."""

import datetime

from django.db import migrations
from django.utils import timezone

# What was made, and when: on the first of the month at three in the morning.
REPORTS = ("ledger", "quota")
DAYS_AFTER, HOUR = 1, 3
LENGTHS = (2, 4, 6)


def order_what_was_made(apps, schema_editor):
    rollups = apps.get_model('exchange', 'Rollup').objects
    orders = apps.get_model('exchange', 'ReportOrder').objects
    due = timezone.localtime() - datetime.timedelta(hours=HOUR)
    last = due.date().replace(day=1) - datetime.timedelta(days=1)
    since = last.replace(month=1, day=1)
    with_data = rollups.filter(month__gte=since, month__lte=last).values_list('county_code', flat=True)
    regions = sorted({code[:length] for code in with_data.distinct() for length in LENGTHS})
    for report in REPORTS:
        for code in regions:
            orders.create(
                report=report,
                region_code=code,
                period_kind='month',
                days_after=DAYS_AFTER,
                hour=HOUR,
                last_period=f'{last:%Y-%m}',
            )


def take_the_old_schedule_away(apps, schema_editor):
    apps.get_model('django_celery_beat', 'PeriodicTask').objects.filter(name='monthly-reports').delete()


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0012_report_orders'),
        ('django_celery_beat', '0018_improve_crontab_helptext'),
    ]

    operations = [
        migrations.RunPython(order_what_was_made, migrations.RunPython.noop),
        migrations.RunPython(take_the_old_schedule_away, migrations.RunPython.noop),
    ]
