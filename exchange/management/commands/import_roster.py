"""Bring a roster in from the shell: the same reading, rules and write path as the page."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.models import Region, User
from core.rules import say
from exchange import jobs
from exchange.files import FileRefused, Limits, preflight
from exchange.imports import services
from exchange.imports.kinds import ImportKind, all_kinds, kind_of
from exchange.models import ImportBatch

PATIENCE_SECONDS = 0.2


class Command(BaseCommand):
    help = "Brings a roster in for a region. With --dry-run it is only judged and nothing changes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--county",
            "--region",
            required=True,
            help="code of the county, or of the prefecture or province that files such a roster",
        )
        parser.add_argument(
            "--kind", default="training", choices=[kind.key for kind in all_kinds()]
        )
        parser.add_argument("--program", help="code of the program; the first one by default")
        parser.add_argument("--user", help="the account that brings it in; nobody by default")
        parser.add_argument("--dry-run", action="store_true", help="only judge, change nothing")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        path, county = options["file"], options["county"]
        kind = kind_of(options["kind"])
        if not Region.objects.filter(code=county, level__in=kind.levels).exists():
            levels = " or ".join(level.name.lower() for level in kind.levels)
            raise CommandError(f"{county} is not the code of a {levels} that is loaded.")
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        try:
            answer = judge(path, kind, county) if options["dry_run"] else write(path, kind, options)
        except FileRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        except jobs.JobRefused as refusal:
            raise CommandError(say(refusal.sentence, refusal.params)) from refusal
        self.stdout.write(
            json.dumps(answer, ensure_ascii=False) if options["as_json"] else in_words(answer)
        )


def judge(path: Path, kind: ImportKind, county: str) -> dict[str, Any]:
    """Read and judge the file and change nothing."""
    preflight(path, name=path.name, limits=Limits())
    judged = services.judge_file(path, name=path.name, kind=kind, region_code=county, progress=None)
    roster = judged.roster
    sheets = {sheet.number: sheet.name for sheet in roster.sheets}
    findings = [
        (
            sheets.get(roster.sheet[f.row], ""),
            roster.line[f.row],
            f.column,
            f.rule,
            f.severity,
            str(f),
        )
        for f in judged.findings
    ]
    counts = {"people": judged.people, "accepted": len(judged.accepted), "held": len(judged.held)}
    return counts | {"findings": named(findings), "repairs": dict(roster.reading.repairs)}


def write(path: Path, kind: ImportKind, options: dict[str, Any]) -> dict[str, Any]:
    """Go through the same steps as on the page; what is held stays out, the rest is written."""
    by = account(options["user"])
    try:
        chosen = kind.chosen({"program": options["program"]})
    except ValueError as trouble:
        raise CommandError(f"There is no such choice: {trouble}") from trouble
    with path.open("rb") as file:
        batch = services.bring_in(
            file=file,
            name=path.name,
            kind=kind,
            region_code=options["county"],
            options=chosen,
            by=by,
        )
    see_through(batch)
    if batch.state == ImportBatch.State.WAITING and batch.accepted:
        services.confirm(batch, by=by)
        see_through(batch)
    if batch.error:
        raise CommandError(batch.error_sentence)
    return summary(batch)


def account(username: str | None) -> User | None:
    if username is None:
        return None
    try:
        return User.objects.active().get(username=username)
    except User.DoesNotExist as trouble:
        raise CommandError(f"There is no account {username}.") from trouble


def see_through(batch: ImportBatch) -> None:
    """Do the job here, or wait for the worker that was faster; broken off, it is tried again."""
    jobs.run(batch._meta.label_lower, batch.pk)
    batch.refresh_from_db()
    while batch.is_moving:
        time.sleep(PATIENCE_SECONDS)
        jobs.run(batch._meta.label_lower, batch.pk)
        batch.refresh_from_db()


def summary(batch: ImportBatch) -> dict[str, Any]:
    sheets = {sheet["number"]: sheet["name"] for sheet in batch.sheets}
    findings = [
        (sheets.get(f.sheet, ""), f.line, f.column, f.rule, f.severity, str(f))
        for f in batch.findings.all()
    ]
    counts = {"people": batch.people, "accepted": batch.accepted, "held": batch.held}
    return counts | {
        "written": batch.written or 0,
        "findings": named(findings),
        "repairs": batch.repairs,
    }


def named(findings: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    names = ("sheet", "line", "column", "rule", "severity", "message")
    return [dict(zip(names, finding, strict=True)) for finding in findings]


def in_words(answer: dict[str, Any]) -> str:
    counts = ", ".join(
        f"{name} {count}" for name, count in answer.items() if isinstance(count, int)
    )
    lines = [
        f"{f['severity']:10} {f['sheet']} {f['line']}: {f['message']}" for f in answer["findings"]
    ]
    return "\n".join([counts, *lines])
