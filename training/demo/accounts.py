"""The demo's offices and accounts: one office at each level, one account for each role."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.conf import settings

from core.access import ROLES
from core.models import Assignment, Office, User

OFFICES = {
    "62": "甘肃省人力资源和社会保障厅",
    "6210": "庆阳市人力资源和社会保障局",
    "6229": "临夏回族自治州人力资源和社会保障局",
    "621022": "环县人力资源和社会保障局",
    "621027": "镇原县人力资源和社会保障局",
    "622926": "东乡族自治县人力资源和社会保障局",
}
# username: (name, role, region)
ACCOUNTS = {
    "huanxian": ("环县经办员", "county-clerk", "621022"),
    "huanxian-shenhe": ("环县审核员", "county-reviewer", "621022"),
    "zhenyuan": ("镇原县经办员", "county-clerk", "621027"),
    "zhenyuan-shenhe": ("镇原县审核员", "county-reviewer", "621027"),
    "dongxiang": ("东乡县经办员", "county-clerk", "622926"),
    "dongxiang-shenhe": ("东乡县审核员", "county-reviewer", "622926"),
    "qingyang": ("庆阳市主管", "prefecture-officer", "6210"),
    "qingyang-daoru": ("庆阳市名册管理员", "roster-administrator", "6210"),
    "linxia": ("临夏州主管", "prefecture-officer", "6229"),
    "gansu": ("甘肃省主管", "province-officer", "62"),
    "xuexiao": ("环县职业中等专业学校", "training-institution", "621022"),
    "pingwei": ("职称评委", "committee-member", "62"),
    "xitong": ("系统管理员", "system-administrator", "62"),
    "anquan": ("安全管理员", "security-administrator", "62"),
    "shenji": ("审计管理员", "audit-administrator", "62"),
}
INSTITUTION_KEY = "DEMO-621022-0001"


def password_file() -> Path:
    path: Path = settings.STATE_DIR / "demo-password"
    return path


def demo_password() -> str:
    """The one password of the demo's accounts, made up on the first start and kept mode 600."""
    path = password_file()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(f"Demo-{secrets.token_hex(5)}\n")
    return path.read_text().strip()


def load_accounts() -> dict[str, User]:
    """Open the offices and accounts that are not there yet; all users by username."""
    offices = {
        region: Office.objects.get_or_create(region_id=region, name=name)[0]
        for region, name in OFFICES.items()
    }
    users = {}
    for username, (name, role, region) in ACCOUNTS.items():
        user = User.objects.filter(username=username).first()
        if user is None:
            user = User.objects.create_user(
                username, demo_password(), name=name, office=offices[region]
            )
        key = INSTITUTION_KEY if ROLES[role].narrowed else ""
        Assignment.objects.get_or_create(user=user, role=role, region_id=region, narrowed_to=key)
        users[username] = user
    return users


def logins() -> list[tuple[str, str, str]]:
    """(username, password, what the account is) of every demo account that exists."""
    known = set(User.objects.filter(username__in=ACCOUNTS).values_list("username", flat=True))
    return [
        (username, demo_password(), f"{name}（{OFFICES[region]}）")
        for username, (name, _role, region) in ACCOUNTS.items()
        if username in known
    ]
