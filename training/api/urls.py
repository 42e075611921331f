from rest_framework.routers import SimpleRouter

from training.api.checks import NumberCheckViewSet
from training.api.classes import TrainingClassViewSet
from training.api.enrollments import EnrollmentViewSet
from training.api.rolls import RollCallViewSet
from training.api.rows import LedgerRowViewSet

router = SimpleRouter(use_regex_path=False)
router.register("classes", TrainingClassViewSet, "class")
router.register("number-checks", NumberCheckViewSet, "number-check")
router.register("enrollments", EnrollmentViewSet, "enrollment")
router.register("ledger-rows", LedgerRowViewSet, "ledger-row")
router.register("roll-calls", RollCallViewSet, "roll-call")
urlpatterns = router.urls
