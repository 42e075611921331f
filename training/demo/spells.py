"""What the demo's people were, from when to when: 建档立卡 to 2020, 脱贫 or 监测 after."""

from django.db import connection

SPELLS = """
INSERT INTO talent_categoryspell (person_id, category, valid_from, valid_to, evidence)
SELECT DISTINCT person_id, became, valid_from, valid_to, '演示数据'
FROM training_enrollment
CROSS JOIN LATERAL (VALUES
    ('filed-poor', DATE '2014-12-31', DATE '2020-12-31'),
    (CASE WHEN person_id %% 20 = 0 THEN 'monitored' ELSE 'out-of-poverty' END,
     DATE '2021-01-01', NULL)
) AS spell (became, valid_from, valid_to)
WHERE training_enrollment.category = 'filed-poor'
ON CONFLICT (person_id, category, valid_from) DO NOTHING
"""


def note_spells() -> int:
    """Note the spells of those whom a roster calls 建档立卡; returns how many are new."""
    with connection.cursor() as cursor:
        cursor.execute(SPELLS, [])
        return int(cursor.rowcount)
