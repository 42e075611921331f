"""Load the public holidays and make-up workdays that the kept library knows."""

from typing import Any

from django.core.management.base import BaseCommand

from core.workdays import seed_holidays


class Command(BaseCommand):
    help = "Loads public holidays and make-up workdays; days edited by hand are kept."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Holidays and make-up workdays added or renewed: {seed_holidays()}")
