from django.urls import path

from training.views import (
    changes,
    checks,
    classes,
    corrections,
    exams,
    grids,
    institutions,
    ledger,
    panels,
)

app_name = "training"
urlpatterns = [
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/grid/", grids.month, name="grid"),
    path("ledger/<int:pk>/", ledger.row, name="row"),
    path("ledger/<int:pk>/changes/", changes.changes, name="row-changes"),
    path("ledger/<int:pk>/number/", ledger.show_number, name="reveal"),
    path("ledger/<int:pk>/correction/", corrections.correction, name="correction"),
    path("months/<int:pk>/forgotten-row/", corrections.forgotten_row, name="forgotten-row"),
    path("check/", checks.check, name="check"),
    path("classes/", classes.classes, name="classes"),
    path("classes/<int:pk>/", classes.show, name="class"),
    path("classes/<int:pk>/grid/", grids.of_class, name="class-grid"),
    path("classes/<int:pk>/name-list/", classes.name_list, name="name-list"),
    path("classes/<int:pk>/exam/", exams.exams_of_class, name="exams"),
    path("classes/<int:pk>/exam/draw-up/", exams.draw_up, name="exam-draw-up"),
    path("exams/<int:pk>/", exams.exam, name="exam"),
    path("exams/<int:pk>/change/", exams.change, name="exam-change"),
    path("exams/<int:pk>/freeze/", exams.freeze, name="exam-freeze"),
    path("exams/<int:pk>/discard/", exams.discard, name="exam-discard"),
    path("exams/<int:pk>/paper/", exams.paper, name="exam-paper"),
    path("institutions/", institutions.institutions, name="institutions"),
    path("panels/newest/", panels.newest, name="panel-newest"),
    path("panels/unfinished/", panels.unfinished, name="panel-unfinished"),
    path("panels/person/<int:pk>/", panels.of_person, name="panel-person"),
    path("panels/people/<str:region_code>/", panels.people, name="panel-people"),
]
