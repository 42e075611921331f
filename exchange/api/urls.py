from rest_framework.routers import SimpleRouter

from exchange.api.figures import FigureViewSet, MeasureViewSet
from exchange.api.imports import ImportViewSet
from exchange.api.reports import ReportViewSet
from exchange.api.submissions import ReceiptViewSet, SubmissionViewSet

router = SimpleRouter(use_regex_path=False)
router.register("imports", ImportViewSet, "import")
router.register("reports", ReportViewSet, "report")
router.register("submissions", SubmissionViewSet, "submission")
router.register("receipts", ReceiptViewSet, "receipt")
router.register("measures", MeasureViewSet, "measure")
router.register("figures", FigureViewSet, "figure")
urlpatterns = router.urls
