from django.urls import path

from programs import lists, views

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
    path("postings/", lists.postings, name="postings"),
    path("experts/", lists.experts, name="experts"),
    path("panels/quotas/<str:region_code>/", views.by_place, name="panel-by-place"),
    path("panels/quotas/", views.panel, name="panel-quotas"),
]
