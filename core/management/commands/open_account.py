from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from core import services
from core.access import ROLES
from core.models import Office, Region, User


class Command(BaseCommand):
    help = (
        "Open an account with a role, from the server's shell: for the first administrators, "
        "who then open and grant the rest on the pages."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="the person's own name")
        parser.add_argument("--region", required=True, metavar="CODE", help="2, 4 or 6 digits")
        parser.add_argument("--office", required=True, help="added to the region if it is new")
        parser.add_argument("--role", required=True, choices=sorted(ROLES))

    def handle(self, *args: Any, **options: Any) -> None:
        password = services.new_initial_password()
        try:
            with transaction.atomic():
                self._open(password, options)
        except ValidationError as trouble:
            raise CommandError(" ".join(trouble.messages)) from trouble
        self.stdout.write(
            _("Account %(username)s is open. Its password, shown only now: %(password)s")
            % {"username": options["username"], "password": password}
        )

    def _open(self, password: str, options: dict[str, Any]) -> User:
        region = Region.objects.filter(pk=options["region"]).first()
        if region is None:
            raise CommandError(_("No region has the code %(code)s.") % {"code": options["region"]})
        office = Office.objects.filter(region=region, name=options["office"]).first()
        office = office or services.open_office(region=region, name=options["office"], by=None)
        user = services.open_account(
            username=options["username"],
            name=options["name"],
            office=office,
            password=password,
            by=None,
        )
        services.grant_role(user=user, role=options["role"], region=region, by=None)
        return user
