"""Orders of sheets that became official tables are orders of those."""

from django.db import migrations

COUNTY = 6
LEDGER_ABOVE = {'month': 'training-monthly', 'quarter': 'training-quarterly', 'year': 'training-annual'}


def order_the_official_tables(apps, schema_editor):
    """What was made by an old order stays with it; of two orders of one table one is kept."""
    orders = apps.get_model('exchange', 'ReportOrder').objects
    for order in orders.filter(report__in=('ledger', 'quota')).order_by('pk'):
        if order.report == 'quota':
            table = 'quota-execution'
        elif len(order.region_code) < COUNTY and order.breadth == 'alone':
            table = LEDGER_ABOVE[order.period_kind]
        else:
            continue
        same = {'region_code': order.region_code, 'period_kind': order.period_kind}
        if orders.filter(report=table, format=order.format, breadth=order.breadth, **same).exists():
            order.delete()
            continue
        order.report = table
        order.save(update_fields=['report'])


class Migration(migrations.Migration):

    dependencies = [('exchange', '0015_columns_of_staged_rows')]

    operations = [migrations.RunPython(order_the_official_tables, migrations.RunPython.noop)]
