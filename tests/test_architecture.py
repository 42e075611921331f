"""The house keeps its floors, its budgets and its habits. What each check counts stands with it."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from core import navigation, rules
from exchange import measures, panels, reports
from exchange.imports import kinds
from exchange.tables.declared import all_tables
from tests.architecture import habits, imports, sizes
from tests.architecture.sources import FLOORS, PRODUCT, ROOT, planted, product, tools

SOURCES = product()
# Law and plans are the same for everybody: they name a region and hide from none.
FOR_ALL = {"core.LocalHoliday", "core.RuleValue", "programs.Plan"}
# Models whose save() computes a column of its row, with the column.
COMPUTES: dict[str, str] = {}
GLOSSARY = ROOT / "docs" / "glossary.md"


def ours() -> list[type[models.Model]]:
    return [model for label in FLOORS for model in apps.get_app_config(label).get_models()]


def test_nothing_imports_from_a_higher_floor() -> None:
    assert imports.upward(SOURCES) == []


def test_no_modules_import_each_other() -> None:
    assert imports.circles(SOURCES) == []


def test_imports_stand_at_the_top() -> None:
    assert imports.deferred(SOURCES) == []


def test_no_floor_speaks_of_what_points_at_it_from_above() -> None:
    assert habits.reaching_up(SOURCES) == []


def test_functions_are_short() -> None:
    lengths = sizes.function_lengths([*SOURCES, *tools()])
    found = sizes.measured(lengths.values())
    assert sizes.over(lengths, sizes.FUNCTION["most"]) == {}
    assert found["median"] <= sizes.FUNCTION["median"]
    assert found["p90"] <= sizes.FUNCTION["p90"]


def test_files_are_short() -> None:
    lengths = sizes.file_lengths([*SOURCES, *tools()])
    assert sizes.over(lengths, sizes.FILE["most"]) == {}
    assert sizes.measured(lengths.values())["p90"] <= sizes.FILE["p90"]


def test_modules_are_named_for_what_they_hold() -> None:
    assert habits.vague_modules(SOURCES) == []


def test_there_are_no_signals_of_ours() -> None:
    assert habits.signals(SOURCES) == []


def test_no_form_or_serializer_takes_every_field() -> None:
    assert habits.every_field(SOURCES) == []


def test_only_jobs_put_work_into_the_queue() -> None:
    assert habits.sends(SOURCES) == []


def test_only_moves_take_the_steps_of_months_and_corrections() -> None:
    assert habits.steps_taken_elsewhere(SOURCES) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("submission.state = State.LOCKED", [1]),
        ("check.submission.state = 'locked'", [1]),
        ("from exchange.models import Submission\nmonth.state = 'locked'", [2]),
        ("from exchange.models import Submission\nfound.filter(pk=1).update(state='locked')", [2]),
        ("from exchange.models import Correction\nCorrection(state=State.APPLIED)", [2]),
        ("from exchange.models import Correction\nrows.create(state=Correction.State.ASKED)", [2]),
        ("run('UPDATE exchange_submission SET state = 1')", [1]),
        ("from exchange.models import Submission\ncheck.state = LedgerCheck.State.DONE", []),
        ("from exchange.models import Submission\nrows.filter(state='locked')", []),
        ("batch.state = 'done'", []),
    ],
)
def test_a_step_taken_elsewhere_is_seen(text: str, lines: list[int]) -> None:
    found = habits.steps_taken_elsewhere([planted("x", text)])
    assert found == [f"x.py:{line}" for line in lines]
    moves = planted("exchange.submissions.moves", text)
    assert habits.steps_taken_elsewhere([moves]) == []


def test_no_answer_is_drawn_from_the_database_while_it_is_sent() -> None:
    assert habits.streams(SOURCES) == []


def test_save_and_delete_are_the_frameworks() -> None:
    own = {
        model._meta.label
        for model in ours()
        for parent in model.__mro__
        if parent.__module__.partition(".")[0] in PRODUCT
        if {"save", "delete"} & vars(parent).keys()
    }
    assert own == set(COMPUTES)


def test_every_table_of_a_place_shows_rows_by_scope() -> None:
    unscoped = {
        model._meta.label
        for model in ours()
        if {"region_code", "county_code"} & {column.name for column in model._meta.fields}
        if not hasattr(model._default_manager.all(), "visible_to")
    }
    assert unscoped == FOR_ALL


def declared(*wanted: type) -> Iterator[Any]:
    """What the modules of the apps declare of these types, also inside of tuples."""
    for label in FLOORS:
        package = importlib.import_module(label)
        for found in pkgutil.walk_packages(package.__path__, f"{label}."):
            if ".migrations" not in found.name:
                for value in vars(importlib.import_module(found.name)).values():
                    many = value if isinstance(value, tuple | list) else (value,)
                    yield from (each for each in many if isinstance(each, wanted))


def names_of(found: Iterator[Any]) -> set[Any]:
    return {getattr(each, "key", None) or each.url_name for each in found}


def test_no_declaration_sleeps() -> None:
    assert names_of(declared(kinds.ImportKind)) == {kind.key for kind in kinds.all_kinds()}
    tables = {table.key for table in all_tables()}
    made = names_of(declared(reports.ReportKind)) | tables
    assert made == {kind.key for kind in reports.all_kinds()}
    assert names_of(declared(measures.Measure)) == {m.key for m in measures.all_measures()}
    assert names_of(declared(rules.Rule)) == set(rules.registered())
    assert names_of(declared(panels.Panel)) <= {key for _place, key in panels._panels}
    assert names_of(declared(navigation.Item)) <= set(navigation._registry)


def test_what_is_registered_is_not_nothing() -> None:
    """The twin: the registries are those that the portal runs with."""
    assert {"training"} <= {kind.key for kind in kinds.all_kinds()}
    assert {"quota-execution", "ledger"} <= {kind.key for kind in reports.all_kinds()}
    assert len(rules.registered()) > 15
    assert len(panels._panels) > 2


def test_every_model_and_state_stands_in_the_glossary() -> None:
    """Each as code: a model by its name, a state by the value that is stored."""
    names = {model.__name__ for model in ours()}
    states = {state.value for model in ours() for state in getattr(model, "State", ())}
    said = set(re.findall(r"`([^`]+)`", GLOSSARY.read_text()))
    assert len(names) > 20
    assert len(states) > 6
    assert sorted((names | states) - said) == []


LONG = "def long():\n" + "    x = 1\n" * 60


@pytest.mark.parametrize(
    ("check", "module", "text"),
    [
        (imports.upward, "talent.rules", "from training.models import Enrollment"),
        (imports.upward, "core.audit", "import exchange.jobs"),
        (imports.upward, "training.views", "from config import settings"),
        (imports.upward, "core.audit", "def f():\n    from talent import models"),
        (imports.deferred, "core.audit", "def f():\n    import json"),
        (imports.deferred, "core.audit", "class A:\n    def f(self):\n        import json"),
        (habits.reaching_up, "talent.views", "person.enrollments.all()"),
        (habits.reaching_up, "talent.querysets", "rows.filter(enrollments__state='active')"),
        (habits.reaching_up, "exchange.figures", "rows.order_by('person__enrollments')"),
        (habits.vague_modules, "core.utils", ""),
        (habits.vague_modules, "talent.helpers.names", ""),
        (habits.signals, "core.apps", "from django.db.models.signals import post_save"),
        (habits.signals, "core.apps", "from django.dispatch import receiver"),
        (habits.every_field, "core.api", "class Meta:\n    fields = '__all__'"),
        (habits.sends, "exchange.views", "run_job.delay(1)"),
        (habits.streams, "exchange.views", "from django.http import StreamingHttpResponse"),
    ],
)
def test_the_checks_bite(check: Any, module: str, text: str) -> None:
    assert len(check([planted(module, text)])) == 1


def test_the_checks_let_pass_what_may_be() -> None:
    low = planted("training.apps", "def ready(self):\n    from exchange import jobs")
    typed = planted("core.rules", "if TYPE_CHECKING:\n    from core.models import User")
    assert imports.upward([low, typed]) == imports.deferred([low, typed]) == []
    assert habits.reaching_up([planted("training.views", "person.enrollments.all()")]) == []


def test_circles_are_found() -> None:
    first = planted("core.a", "from core.b import x")
    second = planted("core.b", "from core import c")
    third = planted("core.c", "import core.a")
    beside = planted("core.d", "from core.a import x")
    assert imports.circles([first, second, third, beside]) == [["core.a", "core.b", "core.c"]]
    typed = planted("core.c", "if TYPE_CHECKING:\n    import core.a")
    assert imports.circles([first, second, typed]) == []


def test_lengths_are_counted_as_written_down() -> None:
    lengths = sizes.function_lengths([planted("core.a", LONG)])
    assert sizes.over(lengths, 50) == {"core/a.py:1 long": 61}
    told = planted("core.a", '@x\ndef f():\n    """One\n    two."""\n\n    return 1\n')
    assert sizes.function_lengths([told]) == {"core/a.py:2 f": 3}
