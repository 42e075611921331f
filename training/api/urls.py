from rest_framework.routers import SimpleRouter

from training.api.classes import TrainingClassViewSet
from training.api.enrollments import EnrollmentViewSet

router = SimpleRouter(use_regex_path=False)
router.register("classes", TrainingClassViewSet, "class")
router.register("enrollments", EnrollmentViewSet, "enrollment")
urlpatterns = router.urls
