from django.db import migrations

FORWARD = """
-- The years of a phase that draw on nothing yet although their place has a quota of the phase,
-- as far as a document names one or the other.
CREATE FUNCTION programs_years_to_link(document bigint, its_plan bigint)
RETURNS TABLE (year_quota bigint, phase_quota bigint) LANGUAGE sql STABLE AS $$
    SELECT year.id, phase.id
    FROM programs_plan AS plan
    JOIN programs_quota AS year ON year.plan_id = plan.id
    JOIN programs_quota AS phase ON phase.plan_id = plan.phase_id
        AND phase.program_id = year.program_id AND phase.region_code = year.region_code
    WHERE its_plan IN (plan.id, plan.phase_id) AND year.phase_quota_id IS NULL
        AND NOT year.listed_apart AND NOT phase.listed_apart
        AND EXISTS (
            SELECT FROM programs_quotaline AS line
            WHERE line.document_id = document AND line.quota_id IN (year.id, phase.id))
$$;

-- Issuing a document adds all its lines up in one statement, so that the checks of the quotas
-- see the end of the whole document: what shrinks and what grows may stand in any order.
CREATE FUNCTION programs_issue_document() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    linked bigint[];
BEGIN
    IF NOT EXISTS (SELECT FROM programs_quotaline WHERE document_id = NEW.id) OR EXISTS (
        SELECT FROM programs_quotaline AS line
        LEFT JOIN programs_quota AS quota ON quota.id = line.quota_id
        WHERE line.document_id = NEW.id AND (quota.id IS NULL
            OR quota.plan_id <> NEW.plan_id OR quota.program_id <> line.program_id
            OR quota.region_code <> line.region_code OR quota.listed_apart <> line.listed_apart))
    THEN
        RAISE EXCEPTION 'document % has no lines, or one that does not name its quota', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'lines_name_their_quota';
    END IF;
    -- In the order of their keys. Not FOR UPDATE: the foreign keys of the lines hold KEY SHARE
    -- already, and two documents that upgrade it wait for each other.
    PERFORM FROM programs_quota WHERE id IN (
        SELECT quota_id FROM programs_quotaline WHERE document_id = NEW.id
        UNION SELECT unnest(ARRAY[quota.parent_id, quota.phase_quota_id])
        FROM programs_quotaline AS line JOIN programs_quota AS quota ON quota.id = line.quota_id
        WHERE line.document_id = NEW.id
        UNION SELECT unnest(ARRAY[pair.year_quota, pair.phase_quota])
        FROM programs_years_to_link(NEW.id, NEW.plan_id) AS pair
    ) ORDER BY id FOR NO KEY UPDATE;
    WITH found AS (
        UPDATE programs_quota AS quota SET phase_quota_id = pair.phase_quota
        FROM programs_years_to_link(NEW.id, NEW.plan_id) AS pair
        WHERE quota.id = pair.year_quota RETURNING quota.id)
    SELECT array_agg(id) INTO linked FROM found;
    WITH lines AS (
        SELECT quota.*, line.change
        FROM programs_quotaline AS line JOIN programs_quota AS quota ON quota.id = line.quota_id
        WHERE line.document_id = NEW.id
    ), each AS (
        SELECT id, change AS amount, 0 AS allotted, 0 AS scheduled FROM lines
        UNION ALL
        SELECT parent.id, 0, lines.change, 0
        FROM lines JOIN programs_quota AS parent ON parent.id = lines.parent_id
        WHERE parent.listed_apart OR NOT lines.listed_apart
        UNION ALL
        SELECT phase_quota_id, 0, 0, change FROM lines
        WHERE phase_quota_id IS NOT NULL AND NOT listed_apart
        UNION ALL
        SELECT phase_quota_id, 0, 0, amount FROM programs_quota WHERE id = ANY (linked)
    ), moved AS (
        SELECT id, sum(amount)::bigint AS amount, sum(allotted)::bigint AS allotted,
            sum(scheduled)::bigint AS scheduled
        FROM each GROUP BY id
    )
    UPDATE programs_quota AS quota SET amount = quota.amount + moved.amount,
        allotted = quota.allotted + moved.allotted,
        scheduled = quota.scheduled + moved.scheduled,
        version = quota.version + 1, changed_at = clock_timestamp()
    FROM moved WHERE moved.id = quota.id;
    RETURN NULL;
END $$;
CREATE TRIGGER programs_issue_document AFTER UPDATE OF state ON programs_quotadocument
FOR EACH ROW WHEN (OLD.state = 'draft' AND NEW.state = 'issued')
EXECUTE FUNCTION programs_issue_document();

-- What the trigger above does is one level down; nobody else writes these columns.
CREATE FUNCTION programs_quotas_move_by_documents() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() > 1 THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF (NEW.amount, NEW.allotted, NEW.scheduled) = (0, 0, 0) AND NEW.phase_quota_id IS NULL
        THEN
            RETURN NEW;
        END IF;
    ELSIF (NEW.amount, NEW.allotted, NEW.scheduled, NEW.plan_id, NEW.program_id,
            NEW.region_code, NEW.listed_apart, NEW.parent_id, NEW.phase_quota_id)
        IS NOT DISTINCT FROM (OLD.amount, OLD.allotted, OLD.scheduled, OLD.plan_id,
            OLD.program_id, OLD.region_code, OLD.listed_apart, OLD.parent_id, OLD.phase_quota_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'quotas move by documents'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'quotas_move_by_documents';
END $$;
CREATE TRIGGER programs_quotas_move_by_documents BEFORE INSERT OR UPDATE ON programs_quota
FOR EACH ROW EXECUTE FUNCTION programs_quotas_move_by_documents();

CREATE FUNCTION programs_issued_documents_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.state <> 'draft' OR TG_OP <> 'INSERT' AND OLD.state = 'issued'
    THEN
        RAISE EXCEPTION 'a document is drawn up first, and stays once it is issued'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'issued_documents_stay';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER programs_issued_documents_stay BEFORE INSERT OR UPDATE OR DELETE
ON programs_quotadocument FOR EACH ROW EXECUTE FUNCTION programs_issued_documents_stay();

-- FOR SHARE waits for whoever is issuing the document.
CREATE FUNCTION programs_issued_lines_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its_state text;
BEGIN
    FOR its_state IN
        SELECT state FROM programs_quotadocument WHERE id IN (
            CASE WHEN TG_OP <> 'INSERT' THEN OLD.document_id END,
            CASE WHEN TG_OP <> 'DELETE' THEN NEW.document_id END)
        ORDER BY id FOR SHARE
    LOOP
        IF its_state = 'issued' THEN
            RAISE EXCEPTION 'the lines of an issued document stay'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'issued_documents_stay';
        END IF;
    END LOOP;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER programs_issued_lines_stay BEFORE INSERT OR UPDATE OR DELETE
ON programs_quotaline FOR EACH ROW EXECUTE FUNCTION programs_issued_lines_stay();
"""
BACKWARD = """
DROP TRIGGER programs_issued_lines_stay ON programs_quotaline;
DROP FUNCTION programs_issued_lines_stay;
DROP TRIGGER programs_issued_documents_stay ON programs_quotadocument;
DROP FUNCTION programs_issued_documents_stay;
DROP TRIGGER programs_quotas_move_by_documents ON programs_quota;
DROP FUNCTION programs_quotas_move_by_documents;
DROP TRIGGER programs_issue_document ON programs_quotadocument;
DROP FUNCTION programs_issue_document;
DROP FUNCTION programs_years_to_link;
"""


class Migration(migrations.Migration):
    dependencies = [("programs", "0005_opening_documents")]

    operations = [
        migrations.RemoveField(model_name="quota", name="document_number"),
        migrations.RemoveField(model_name="quota", name="import_batch"),
        migrations.RemoveField(model_name="quota", name="line"),
        migrations.RemoveField(model_name="quota", name="sheet"),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
