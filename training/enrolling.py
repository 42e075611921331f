"""The statements that turn clean rows into ledger rows, a set at a time."""

# The classes that the rows name, each once, as its first row describes it.
NAMED = """
DROP TABLE IF EXISTS named, taught;
CREATE TEMP TABLE named ON COMMIT DROP AS
SELECT class_code, institution, occupation, start_date, end_date, level, hours, fund
FROM incoming WHERE (sheet, line) IN (
    SELECT (first >> 32)::int, (first & x'ffffffff'::bigint)::int
    FROM (
        SELECT min(sheet::bigint << 32 | line) AS first
        FROM incoming GROUP BY class_code, institution, occupation, start_date
    ) AS classes)
"""
NEW_OCCUPATIONS = """
INSERT INTO training_occupation (name, code, created_at)
SELECT DISTINCT occupation, '', now() FROM named ORDER BY occupation
ON CONFLICT (name) DO NOTHING
"""
NEW_INSTITUTIONS = """
INSERT INTO training_institution (county_code, name, key, created_at)
SELECT DISTINCT %(county)s, institution, '', now() FROM named ORDER BY institution
ON CONFLICT (county_code, name) DO NOTHING
"""
NEW_CLASSES = """
INSERT INTO training_trainingclass (
    county_code, code, institution_id, occupation_id, program_id, level, start_date, end_date,
    hours, fund, created_at)
SELECT %(county)s, class_code, institution.id, occupation.id, %(program)s, coalesce(level, ''),
    start_date, end_date, hours, coalesce(fund, 'unknown'), now()
FROM named
JOIN training_institution AS institution
    ON institution.county_code = %(county)s AND institution.name = named.institution
JOIN training_occupation AS occupation ON occupation.name = named.occupation
ORDER BY class_code, institution.id, occupation.id, start_date
ON CONFLICT (county_code, code, institution_id, occupation_id, start_date) DO NOTHING
"""
TAUGHT = """
CREATE TEMP TABLE taught ON COMMIT DROP AS
SELECT named.class_code, named.institution, named.occupation, named.start_date, class.id
FROM named
JOIN training_institution AS institution
    ON institution.county_code = %(county)s AND institution.name = named.institution
JOIN training_occupation AS occupation ON occupation.name = named.occupation
JOIN training_trainingclass AS class
    ON class.county_code = %(county)s AND class.code = named.class_code
    AND class.institution_id = institution.id AND class.occupation_id = occupation.id
    AND class.start_date = named.start_date;
ANALYZE taught
"""
# What the ledger's measures count by; whole rows would be written twice.
COUNTED = (
    "id, person_id, training_class_id, region_code, county_code, state, start_date, end_date,"
    " program_id, category, result, certificate_number, subsidy, employment"
)
ENROLLED = f"""
DROP TABLE IF EXISTS enrolled;
CREATE TEMP TABLE enrolled ON COMMIT DROP AS
    SELECT {COUNTED} FROM training_enrollment WITH NO DATA
"""
# For this transaction: the rows of a large roster are sorted in memory, not on disk.
ROOM_TO_SORT = "SET LOCAL work_mem = '96MB'"
# What the roster writes otherwise than the register, or leaves empty, is kept with the row; so
# is a phone that cannot be compared, for the register's has no index.
AS_WRITTEN = """
        CASE
            WHEN person.name = incoming.name
                AND person.ethnicity = coalesce(incoming.ethnicity, '')
                AND incoming.sex IS NOT NULL
                AND (person.phone_index = incoming.phone_index
                    OR person.phone_mask = '' AND incoming.phone_index IS NULL)
            THEN as_written
            ELSE jsonb_strip_nulls(jsonb_build_object(
                'name', nullif(incoming.name, person.name),
                'ethnicity', nullif(coalesce(incoming.ethnicity, ''), person.ethnicity),
                'sex', CASE WHEN incoming.sex IS NULL THEN '' END,
                'phone_sealed', CASE
                    WHEN incoming.phone_index IS NULL AND person.phone_mask = ''
                        OR incoming.phone_index = person.phone_index THEN NULL
                    ELSE encode(coalesce(incoming.phone_sealed, ''), 'hex') END
            )) || coalesce(as_written, '{}')
        END
"""
PEOPLE_AND_CLASSES = """
    FROM incoming
    JOIN talent_person AS person ON person.id = incoming.person_id
    JOIN taught USING (class_code, institution, occupation, start_date)
"""
NEW_ENROLLMENTS = f"""
WITH added AS (
    INSERT INTO training_enrollment (
        person_id, training_class_id, state, region_code, county_code, prefecture_code,
        group_name, household_code, relation, category, education, program_id, level,
        start_date, end_date, hours, result, certificate_number, employment, remark, as_written,
        import_batch_id, sheet, line, entered_by, version, created_at)
    SELECT person.id, taught.id, 'active', incoming.region_code, %(county)s, %(prefecture)s,
        coalesce(group_name, ''), coalesce(household_code, ''), coalesce(relation, ''), category,
        coalesce(incoming.education, ''), %(program)s, coalesce(incoming.level, ''),
        start_date, incoming.end_date, incoming.hours, 'unassessed', '', 'unknown',
        coalesce(remark, ''),
        {AS_WRITTEN},
        %(batch)s, CASE WHEN %(batch)s IS NULL THEN NULL ELSE incoming.sheet END,
        CASE WHEN %(batch)s IS NULL THEN NULL ELSE incoming.line END, %(user)s, 1, now()
    {PEOPLE_AND_CLASSES}
    ORDER BY incoming.sheet, incoming.line
    ON CONFLICT (training_class_id, person_id) WHERE state = 'active' DO NOTHING
    RETURNING *
)
"""
NEW_ENROLLMENTS += f"INSERT INTO enrolled SELECT {COUNTED} FROM added"
CLASSES_KNOWN = (NAMED, NEW_OCCUPATIONS, NEW_INSTITUTIONS, NEW_CLASSES, TAUGHT)
STATEMENTS = (*CLASSES_KNOWN, ENROLLED, NEW_ENROLLMENTS)
HAS_GROWN = """
SELECT %(written)s > 1000 AND %(written)s > 0.1 * reltuples
FROM pg_class WHERE oid = 'training_enrollment'::regclass
"""
