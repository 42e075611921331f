"""SQL over a model's rows as a condition that the ORM can filter by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F
from django.db.models.sql.compiler import SQLCompiler

ROW = "{row}"


class OfRow(models.Expression):
    """A condition written in SQL; `{row}` in it stands for the table the query reads.

    Unlike a raw condition it keeps its meaning where the ORM gives the table another name,
    as it does within a subquery. `%s` in it are filled from `params`.
    """

    def __init__(self, sql: str, params: Sequence[Any] = ()) -> None:
        super().__init__(output_field=models.BooleanField())
        self.sql, self.params = sql, params
        self.key: Any = F("pk")  # by it the ORM says what the table is called

    def get_source_expressions(self) -> list[Any]:
        return [self.key]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.key,) = exprs

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        row = compiler.quote_name_unless_alias(self.key.alias)
        return f"({self.sql.replace(ROW, row)})", tuple(self.params)
