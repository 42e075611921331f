from django.urls import path

from programs import views

app_name = "programs"
urlpatterns = [
    path("quotas/", views.quotas, name="quotas"),
    path("quotas/<int:pk>/hand-down/", views.hand_down, name="distribute"),
    path(
        "quotas/<int:pk>/hand-down/apart/",
        views.hand_down,
        {"apart": True},
        name="distribute-apart",
    ),
    path("panels/quotas/<str:region_code>/", views.by_place, name="panel-by-place"),
    path("panels/quotas/", views.panel, name="panel-quotas"),
]
