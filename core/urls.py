from django.urls import path

from core.views import signing_in

app_name = "core"
urlpatterns = [
    path("login/", signing_in.LoginView.as_view(), name="login"),
    path("logout/", signing_in.LogoutView.as_view(), name="logout"),
    path("password/", signing_in.PasswordChangeView.as_view(), name="password-change"),
    path(
        "password/done/",
        signing_in.PasswordChangeDoneView.as_view(),
        name="password-change-done",
    ),
    path("account/", signing_in.account, name="account"),
]
