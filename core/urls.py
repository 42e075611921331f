from django.urls import path

from core.views import accounts, roles, rules, signing_in, trail

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
    path("account/email/", signing_in.account_email, name="account-email"),
    path("accounts/", accounts.account_list, name="account-list"),
    path("accounts/open/", accounts.account_open, name="account-open"),
    path("accounts/<int:pk>/", accounts.account_detail, name="account-detail"),
    path("accounts/<int:pk>/close/", accounts.account_close, name="account-close"),
    path("accounts/<int:pk>/reopen/", accounts.account_reopen, name="account-reopen"),
    path("accounts/<int:pk>/password/", accounts.account_password, name="account-password"),
    path("offices/open/", accounts.office_open, name="office-open"),
    path("roles/", roles.assignment_list, name="assignment-list"),
    path("roles/waiting/", roles.account_without_role, name="account-without-role"),
    path("roles/meaning/", roles.role_list, name="role-list"),
    path("roles/grant/", roles.assignment_grant, name="assignment-grant"),
    path("roles/<int:pk>/withdraw/", roles.assignment_withdraw, name="assignment-withdraw"),
    path("audit/", trail.audit_list, name="audit-list"),
    path("rules/", rules.rule_list, name="rule-list"),
    path("rules/areas/", rules.policy_area_list, name="policy-area-list"),
    path("rules/areas/<slug:key>/", rules.policy_area, name="policy-area"),
]
