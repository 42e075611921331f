from django.urls import path

from programs import lists
from programs.views import books, documents, lines, outlook, post_list, quotas

app_name = "programs"
urlpatterns = [
    path("quotas/", quotas.quotas, name="quotas"),
    path("quotas/<int:pk>/", books.book, name="quota"),
    path("quotas/<int:pk>/hand-down/", quotas.hand_down, name="distribute"),
    path(
        "quotas/<int:pk>/hand-down/apart/",
        quotas.hand_down,
        {"apart": True},
        name="distribute-apart",
    ),
    path("quotas/plans/new/", documents.new_plan, name="plan-new"),
    path("quotas/documents/", documents.documents, name="documents"),
    path("quotas/documents/new/", documents.new, name="document-new"),
    path("quotas/documents/<uuid:public_id>/", documents.document, name="document"),
    path("quotas/documents/<uuid:public_id>/paper/", documents.paper, name="document-paper"),
    path("quotas/documents/<uuid:public_id>/lines/", lines.lines, name="document-lines"),
    path("quotas/documents/<uuid:public_id>/outlook/", outlook.outlook, name="document-outlook"),
    path("quotas/documents/<uuid:public_id>/issue/", documents.issue, name="document-issue"),
    path("quotas/documents/<uuid:public_id>/drop/", documents.drop, name="document-drop"),
    path(
        "quotas/documents/<uuid:public_id>/attachment/",
        documents.attachment,
        name="document-attachment",
    ),
    path("postings/", lists.postings, name="postings"),
    path("experts/", lists.experts, name="experts"),
    path("posts/", post_list.posts, name="posts"),
    path("panels/quotas/<str:region_code>/", quotas.by_place, name="panel-by-place"),
    path("panels/quotas/", quotas.panel, name="panel-quotas"),
]
