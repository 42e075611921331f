from rest_framework.routers import SimpleRouter

from exchange.api.imports import ImportViewSet
from exchange.api.reports import ReportViewSet

router = SimpleRouter(use_regex_path=False)
router.register("imports", ImportViewSet, "import")
router.register("reports", ReportViewSet, "report")
urlpatterns = router.urls
