"""The exams of a class: the rolls, one roll, and the acts upon it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.access import Permission, admits, scope_of
from core.downloads import download
from core.models import User
from core.rules import registered
from exchange.jobs import JobRefused
from training import exam_papers, exams
from training.exam_forms import SittingForm
from training.models import Enrollment, ExamEntry, ExamRoll, TrainingClass
from training.views.class_parts import opening, visible_class
from training.views.result_sheets import of_roll

PAGE = "training:exams"
WHO = ("person__name", "pk")
TONES = {"block": "danger", "near-block": "danger", "explain": "warning"}


def may_enter(user: User, found: TrainingClass | ExamRoll) -> bool:
    return scope_of(user, Permission.ENTER_LEDGER).covers(found.county_code)


def visible_roll(user: User, pk: int, permission: Permission = Permission.SEE_LEDGER) -> ExamRoll:
    """The roll, or Http404 outside the scope of the permission."""
    named = ExamRoll.objects.visible_to(user, permission).select_related(
        "training_class__institution",
        "training_class__occupation",
        "training_class__program",
        "frozen_by",
    )
    return get_object_or_404(named, pk=pk)


@admits(Permission.SEE_LEDGER)
@require_safe
def exams_of_class(request: HttpRequest, pk: int) -> HttpResponse:
    """The rolls of the class, and a form to draw up the next one."""
    found = visible_class(request.user, pk)  # type: ignore[arg-type]
    return _rolls_page(request, found)


def _rolls_page(
    request: HttpRequest, found: TrainingClass, form: SittingForm | None = None, refused: str = ""
) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    free = exams.may_sit(found).select_related("person").order_by(*WHO)
    may = may_enter(user, found)
    if may and form is None and free:
        everybody = [row.pk for row in free]
        usual = {"exam_on": found.end_date, "people": everybody}
        form = SittingForm(initial=usual, free=everybody)
    context = opening(found, PAGE) | {
        "rolls": rolls_of(user, found),
        "form": form if may else None,
        "people": free,
        "may_enter": may,
        "refused": refused,
    }
    status = 422 if refused or (form is not None and form.errors) else 200
    return render(request, "training/exams.html", context, status=status)


def rolls_of(user: User, found: TrainingClass) -> list[ExamRoll]:
    """The rolls of a class, each with how many sit it and how many of them passed and wait."""
    rolls = ExamRoll.objects.visible_to(user).filter(training_class=found)
    waiting, passed = Q(entries__result=""), Q(entries__result=ExamEntry.Result.PASSED)
    counted = rolls.annotate(
        people=Count("entries"),
        waiting=Count("entries", filter=waiting),
        passed=Count("entries", filter=passed),
    )
    return list(counted)


@admits(Permission.ENTER_LEDGER)
@require_POST
def draw_up(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    found = visible_class(user, pk, Permission.ENTER_LEDGER)
    free = exams.may_sit(found).values_list("pk", flat=True)
    form = SittingForm(request.POST, free=free)
    if not form.is_valid():
        return _rolls_page(request, found, form)
    try:
        roll = exams.draw_up(training_class=found, sitting=form.sitting, by=user)
    except JobRefused as refusal:
        return _rolls_page(request, found, form, _(refusal.sentence) % refusal.params)
    return redirect("training:exam", roll.pk)


@admits(Permission.SEE_LEDGER)
@require_safe
def exam(request: HttpRequest, pk: int) -> HttpResponse:
    """One roll: who sits the exam while it is drawn up, the results once it is frozen."""
    found = visible_roll(request.user, pk)  # type: ignore[arg-type]
    return roll_page(request, found)


def roll_page(request: HttpRequest, roll: ExamRoll, **more: Any) -> HttpResponse:
    """The page of a roll; `more` is what came of an act: refused, form, sheet, is_filled."""
    user: User = request.user  # type: ignore[assignment]
    may, is_draft = may_enter(user, roll), roll.state == ExamRoll.State.DRAFT
    context = opening(roll.training_class, PAGE, _acts(roll, may and is_draft)) | {
        "roll": roll,
        "roll_facts": roll_facts(roll),
        "findings": _shown_findings(roll),
        "may_enter": may,
        "entries": roll.entries.select_related("enrollment__person").order_by("pk"),
    }
    context["breadcrumb"][-1]["url"] = reverse(PAGE, args=[roll.training_class_id])
    context["breadcrumb"].append({"label": roll.exam_on.isoformat(), "url": ""})
    if is_draft and may:
        context |= _drawing_up(roll)
    elif may:
        context |= {"sheet": of_roll(roll), "results": ExamEntry.Result.choices}
    context |= more
    refused = "refused" in more or "form" in more
    return render(request, "training/exam.html", context, status=422 if refused else 200)


def _drawing_up(roll: ExamRoll) -> dict[str, Any]:
    free = exams.may_sit(roll.training_class, roll).select_related("person").order_by(*WHO)
    standing = set(roll.entries.values_list("enrollment", flat=True))
    gone = Enrollment.objects.filter(pk__in=standing - {row.pk for row in free})
    said = {"exam_on": roll.exam_on, "assessor": roll.assessor, "people": standing}
    form = SittingForm(initial=said, free=[row.pk for row in free])
    return {"form": form, "people": free, "gone": gone.select_related("person")}


def roll_facts(roll: ExamRoll) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"label": _("day of the exam"), "value": roll.exam_on, "kind": "date"},
        {"label": _("assessed by"), "value": roll.assessor},
        {"label": _("state"), "value": roll.get_state_display()},
        {"label": _("people"), "value": roll.entries.count(), "kind": "number"},
    ]
    if roll.state == ExamRoll.State.DRAFT:
        return facts
    return [
        *facts,
        {"label": _("frozen by"), "value": str(roll.frozen_by)},
        {"label": _("frozen at"), "value": roll.frozen_at, "kind": "time"},
        {"label": _("digest of the people (SM3)"), "value": roll.digest, "kind": "code"},
    ]


def _shown_findings(roll: ExamRoll) -> list[dict[str, Any]]:
    """A roll that is not frozen yet is judged as if it were frozen today."""
    rules, is_draft = registered(), roll.state == ExamRoll.State.DRAFT
    frame = _("If the roll is frozen today: %(sentence)s") if is_draft else "%(sentence)s"
    return [
        {"text": frame % {"sentence": each}, "tone": TONES[each.severity]}
        | {"title": str(rules[each.rule].name)}
        for each in exams.findings_of(roll)
    ]


def _acts(roll: ExamRoll, is_open: bool) -> list[dict[str, Any]]:
    keys = [roll.pk]
    printing = {
        "label": _("Print the exam roll"),
        "url": reverse("training:exam-paper", args=keys),
        "icon": "printer",
    }
    if not is_open:
        return [printing]
    return [
        {
            "label": _("Discard the roll"),
            "url": reverse("training:exam-discard", args=keys),
            "post": True,
            "tone": "outline-danger",
            "confirm": _("The roll is thrown away. Go on?"),
        },
        printing,
        {
            "label": _("Freeze the roll"),
            "url": reverse("training:exam-freeze", args=keys),
            "post": True,
            "tone": "primary",
            "confirm": _(
                "Once the roll is frozen nobody comes or goes, and the day and the assessor stay. "
                "Save what you changed first. Go on?"
            ),
        },
    ]


@admits(Permission.ENTER_LEDGER)
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    found = visible_roll(user, pk, Permission.ENTER_LEDGER)
    free = exams.may_sit(found.training_class, found).values_list("pk", flat=True)
    form = SittingForm(request.POST, free=free)
    if not form.is_valid():
        return roll_page(request, found, form=form)
    said = _("Saved. The roll can be changed until it is frozen.")
    return _done(
        request, found, lambda: exams.change(roll=found, sitting=form.sitting, by=user), said
    )


@admits(Permission.ENTER_LEDGER)
@require_POST
def freeze(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    found = visible_roll(user, pk, Permission.ENTER_LEDGER)
    said = _("The roll is frozen. Enter the results here once they are known.")
    return _done(request, found, lambda: exams.freeze(roll=found, by=user), said)


@admits(Permission.ENTER_LEDGER)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    found = visible_roll(user, pk, Permission.ENTER_LEDGER)
    try:
        exams.discard(roll=found, by=user)
    except JobRefused as refusal:
        return roll_page(request, found, refused=_(refusal.sentence) % refusal.params)
    messages.success(request, _("The roll was discarded."))
    return redirect(PAGE, found.training_class_id)


def _done(
    request: HttpRequest, roll: ExamRoll, act: Callable[[], object], said: str
) -> HttpResponse:
    try:
        act()
    except JobRefused as refusal:
        roll.refresh_from_db()
        return roll_page(request, roll, refused=_(refusal.sentence) % refusal.params)
    messages.success(request, said)
    return redirect("training:exam", roll.pk)


@admits(Permission.SEE_LEDGER)
@require_safe
def paper(request: HttpRequest, pk: int) -> FileResponse:
    """The roll as PDF, to be signed."""
    user: User = request.user  # type: ignore[assignment]
    found = visible_roll(user, pk)
    name = f"{exam_papers.TITLE}{found.training_class.code}-{found.exam_on}.pdf"
    return download(exam_papers.print_roll(found, by=user), name)
