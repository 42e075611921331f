from itertools import groupby

from django.db import migrations


class DoesNotAddUp(Exception):
    """Quotas whose parts exceed them; nobody's amount is invented, so somebody must decide."""


def issuing(quota):
    """The document that a quota stands in now: plan, who handed it down, its number."""
    above = quota.parent.region_code if quota.parent else quota.plan.region_code
    return quota.plan_id, above[:6], quota.document_number


def open_the_book(apps, schema_editor):
    """Write what stands as opening documents, one a plan, a region that handed down and a number."""
    held = list(apps.get_model("programs", "Quota").objects.select_related("plan", "parent"))
    _count_what_is_allotted(held)
    for key, group in groupby(sorted(held, key=issuing), key=issuing):
        _open_with(apps, key, [quota for quota in group if quota.amount])


def _count_what_is_allotted(held):
    allotted = dict.fromkeys((quota.pk for quota in held), 0)
    for quota in held:
        if quota.parent and (quota.parent.listed_apart or not quota.listed_apart):
            allotted[quota.parent_id] += quota.amount
    over = [quota for quota in held if allotted[quota.pk] > quota.amount]
    if over:
        named = (
            f"{quota.plan.name} {quota.program_id} {quota.region_code}: "
            f"{quota.amount} < {allotted[quota.pk]}"
            for quota in over
        )
        raise DoesNotAddUp("Parts exceed these quotas: " + "; ".join(named))
    for quota in held:
        quota.allotted = allotted[quota.pk]
        quota.save(update_fields=["allotted"])


def _open_with(apps, key, quotas):
    if not quotas:
        return
    plan, region, number = key
    batches = {quota.import_batch_id for quota in quotas}
    is_imported = len(batches) == 1
    document = apps.get_model("programs", "QuotaDocument").objects.create(
        plan_id=plan,
        region_code=region,
        kind="opening",
        state="issued",
        number=number,
        dated=quotas[0].plan.first_day,
        title="期初",
        issued_at=max(quota.changed_at for quota in quotas),
        import_batch_id=batches.pop() if is_imported else None,
    )
    line = apps.get_model("programs", "QuotaLine")
    line.objects.bulk_create(
        line(
            document=document,
            region_code=quota.region_code,
            program_id=quota.program_id,
            listed_apart=quota.listed_apart,
            change=quota.amount,
            quota=quota,
            sheet=quota.sheet if is_imported else None,
            line=quota.line if is_imported else None,
        )
        for quota in quotas
    )


class Migration(migrations.Migration):
    dependencies = [("programs", "0004_quota_documents")]

    operations = [migrations.RunPython(open_the_book, migrations.RunPython.noop, elidable=False)]
