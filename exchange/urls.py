from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from exchange.views import (
    board,
    corrections,
    figure,
    figure_rows,
    file_lines,
    home,
    imports,
    matching,
    mending,
    notices,
    orders,
    panels,
    receipts,
    reports,
    restatements,
    submission_acts,
    submissions,
    table_cells,
    table_filings,
    tables,
    todo,
    undoing,
)
from exchange.views.boards import files, page, parts
from exchange.views.boards import panels as board_panels

app_name = "exchange"
ROW = "imports/<uuid:public_id>/rows/<int:sheet>/<int:line>"
urlpatterns: list[URLPattern | URLResolver] = []

# One figure and the rows behind it
urlpatterns += [
    path("figures/of/<str:measure>/", figure.figure, name="figure"),
    path("figures/of/<str:measure>/rows/", figure_rows.figure_rows, name="figure-rows"),
]

# The start page and the boards
urlpatterns += [
    path("", home.home, name="home"),
    path("panels/due/", panels.panel_due, name="panel-due"),
    path("panels/board/", panels.panel_board, name="panel-board"),
    path("figures/", page.start, name="figures-start"),
    path("figures/<str:region_code>/", page.show, name="figures"),
    path("figures/<str:region_code>/parts/<str:part>/", parts.part, name="figures-part"),
    path("figures/<str:region_code>/file/", files.file, name="figures-file"),
    path("figures/<str:region_code>/late/", board_panels.panel_late, name="panel-late"),
    path("figures/<str:region_code>/findings/", board_panels.panel_findings, name="panel-findings"),
    path(
        "figures/<str:region_code>/anomalies/",
        board_panels.panel_anomalies,
        name="panel-anomalies",
    ),
]

# Imports
urlpatterns += [
    path("imports/", imports.import_list, name="import-list"),
    path("imports/new/", imports.import_new, name="import-new"),
    path("imports/template/<slug:key>/", imports.import_template, name="import-template"),
    path("imports/worklist/", mending.import_worklist, name="import-worklist"),
    path("imports/<uuid:public_id>/", imports.import_detail, name="import-detail"),
    path("imports/<uuid:public_id>/progress/", imports.import_progress, name="import-progress"),
    path(
        "imports/<uuid:public_id>/findings/<str:rule>/",
        imports.import_findings,
        name="import-findings",
    ),
    path("imports/<uuid:public_id>/held/", imports.import_held, name="import-held"),
    path("imports/<uuid:public_id>/accepted/", mending.import_accepted, name="import-accepted"),
    path(
        "imports/<uuid:public_id>/lines/<int:sheet>/<int:line>/",
        file_lines.import_line,
        name="import-line",
    ),
    path(f"{ROW}/", mending.import_row, name="import-row"),
    path(f"{ROW}/mend/", mending.import_mend, name="import-mend"),
    path(f"{ROW}/leave-out/", mending.import_leave_out, name="import-leave-out"),
    path(f"{ROW}/proposal/", mending.import_take_proposal, name="import-take-proposal"),
    path(
        "imports/<uuid:public_id>/check-again/",
        mending.import_check_again,
        name="import-check-again",
    ),
    path("imports/<uuid:public_id>/columns/", matching.import_columns, name="import-columns"),
    path("imports/<uuid:public_id>/confirm/", imports.import_confirm, name="import-confirm"),
    path("imports/<uuid:public_id>/stop/", imports.import_stop, name="import-stop"),
    path("imports/<uuid:public_id>/try-again/", imports.import_try_again, name="import-try-again"),
    path("imports/<uuid:public_id>/take-back/", undoing.import_take_back, name="import-take-back"),
    path("imports/<uuid:public_id>/again/", undoing.import_again, name="import-again"),
    path("imports/<uuid:public_id>/file/", imports.import_file, name="import-file"),
    path("imports/<uuid:public_id>/marked/", imports.import_marked, name="import-marked"),
]

# Reports
urlpatterns += [
    path("reports/", reports.report_list, name="report-list"),
    path("reports/new/", reports.report_new, name="report-new"),
    path("reports/estimate/", reports.report_estimate, name="report-estimate"),
    path("reports/orders/", orders.order_list, name="report-order-list"),
    path("reports/orders/new/", orders.order_new, name="report-order-new"),
    path("reports/orders/<uuid:public_id>/", orders.order_change, name="report-order"),
    path("reports/orders/<uuid:public_id>/drop/", orders.order_drop, name="report-order-drop"),
    path("reports/<uuid:public_id>/", reports.report_detail, name="report-detail"),
    path("reports/<uuid:public_id>/progress/", reports.report_progress, name="report-progress"),
    path("reports/<uuid:public_id>/retry/", reports.report_retry, name="report-retry"),
    path("reports/<uuid:public_id>/again/", reports.report_again, name="report-again"),
    path("reports/<uuid:public_id>/file/", reports.report_file, name="report-file"),
]

# Notices
urlpatterns += [
    path("notices/", notices.notice_list, name="notice-list"),
    path("notices/read/", notices.notice_read, name="notice-read"),
]

# Receipts
urlpatterns += [
    path("receipts/", receipts.receipt_list, name="receipt-list"),
    path("receipts/verification/", receipts.receipt_verification, name="receipt-verification"),
    path("receipts/<str:code>/", receipts.receipt, name="receipt"),
    path("receipts/<str:code>/qr.svg", receipts.receipt_qr, name="receipt-qr"),
]

# Months on their way up
MONTH = "submissions/<int:pk>"
urlpatterns += [
    path("submissions/", submissions.submission_list, name="submission-list"),
    path("submissions/new/", submissions.submission_new, name="submission-new"),
    path("submissions/accept/", submission_acts.accept_many, name="submission-accept-many"),
    path("submissions/lock/", submission_acts.lock_many, name="submission-lock-many"),
    path(f"{MONTH}/", submissions.submission, name="submission"),
    path(f"{MONTH}/progress/", submissions.submission_progress, name="submission-progress"),
    path(
        f"{MONTH}/findings/<str:rule>/",
        submissions.submission_findings,
        name="submission-findings",
    ),
    path(
        f"{MONTH}/findings/<str:rule>/explain/",
        submission_acts.submission_explain,
        name="submission-explain",
    ),
    path(f"{MONTH}/check/", submission_acts.submission_check, name="submission-check"),
    path(f"{MONTH}/submit/", submission_acts.submission_submit, name="submission-submit"),
    path(f"{MONTH}/accept/", submission_acts.submission_accept, name="submission-accept"),
    path(f"{MONTH}/return/", submission_acts.submission_return, name="submission-return"),
    path(f"{MONTH}/lock/", submission_acts.submission_lock, name="submission-lock"),
    path(f"{MONTH}/reopen/", submission_acts.submission_reopen, name="submission-reopen"),
    path(f"{MONTH}/close/", submission_acts.submission_close, name="submission-close"),
    path(f"{MONTH}/changes/", submissions.submission_changes, name="submission-changes"),
    path(f"{MONTH}/figures/", submissions.submission_figures, name="submission-figures"),
    path(f"{MONTH}/notes/", submission_acts.submission_note, name="submission-note"),
    path(f"{MONTH}/notes/<int:note>/drop/", submission_acts.note_drop, name="note-drop"),
    path(f"{MONTH}/notes/<int:note>/answer/", submission_acts.note_answer, name="note-answer"),
]

# Corrections of locked months
CORRECTION = "corrections/<uuid:public_id>"
urlpatterns += [
    path("corrections/", corrections.correction_list, name="correction-list"),
    path(f"{CORRECTION}/", corrections.correction, name="correction"),
    path(f"{CORRECTION}/evidence/", corrections.correction_evidence, name="correction-evidence"),
    path(f"{CORRECTION}/approve/", corrections.correction_approve, name="correction-approve"),
    path(f"{CORRECTION}/refuse/", corrections.correction_refuse, name="correction-refuse"),
    path(f"{CORRECTION}/withdraw/", corrections.correction_withdraw, name="correction-withdraw"),
]

# What moved figures of closed months
urlpatterns += [
    path("restatements/", restatements.restatement_list, name="restatement-list"),
]

# What officers oversee, and what waits for a user
urlpatterns += [
    path("submissions/board/", board.board, name="board"),
    path("submissions/board/remind/", board.board_remind, name="board-remind"),
    path("submissions/board/accept/", board.board_accept, name="board-accept"),
    path("submissions/board/lock/", board.board_lock, name="board-lock"),
    path("todo/", todo.todo, name="todo"),
    path("todo/panels/months/", todo.panel_months, name="panel-months"),
    path("todo/panels/mending/", todo.panel_mending, name="panel-mending"),
]

# Official tables
FILING = "tables/filings/<uuid:public_id>"
urlpatterns += [
    path("tables/", tables.table_list, name="table-list"),
    path("tables/burden/", tables.burden, name="table-burden"),
    path("tables/begin/", table_filings.table_begin, name="table-begin"),
    path("tables/of/<slug:key>/", tables.table, name="table"),
    path(f"{FILING}/", table_filings.table_filing, name="table-filing"),
    path(f"{FILING}/cells/<str:line>/<int:column>/", table_cells.table_cell, name="table-cell"),
    path(f"{FILING}/type/", table_filings.table_type, name="table-type"),
    path(f"{FILING}/explain/", table_filings.table_explain, name="table-explain"),
    path(f"{FILING}/file/", table_filings.table_file, name="table-file"),
    path(f"{FILING}/return/", table_filings.table_return, name="table-return"),
    path(f"{FILING}/accept/", table_filings.table_accept, name="table-accept"),
    path(f"{FILING}/drop/", table_filings.table_drop, name="table-drop"),
    path(f"{FILING}/table.xlsx", table_filings.table_file_xlsx, name="table-xlsx"),
    path(f"{FILING}/table.pdf", table_filings.table_file_pdf, name="table-pdf"),
]
