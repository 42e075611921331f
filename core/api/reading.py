"""How the API reads input: nothing unknown is passed over, nothing unprintable comes in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, parsers, serializers

from core.middleware import UNPRINTABLE

NOT_PRINTABLE = _("The request holds a character that cannot be printed. Take it out.")
NO_SUCH_FIELD = _("There is no such field here. Check its name against the description.")


class PlainJSONParser(parsers.JSONParser):
    """JSON without unprintable characters in any of its texts."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            if any(map(UNPRINTABLE.search, _texts(data))):
                raise exceptions.ParseError(NOT_PRINTABLE)
        except RecursionError:
            raise exceptions.ParseError from None
        return data


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for name, value in data.items():
            yield name
            yield from _texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _texts(value)


def refuse_unknown(given: Mapping[str, Any], known: set[str]) -> None:
    """Raises ValidationError (400) that names each field nobody reads."""
    unknown = sorted(set(map(str, given)) - known)
    if unknown:
        raise exceptions.ValidationError({name: [NO_SUCH_FIELD] for name in unknown})


class Strict(serializers.Serializer):  # type: ignore[type-arg]
    """A body whose every field is read: one that is not known is an error."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            fields = self.fields.items()
            refuse_unknown(data, {name for name, field in fields if not field.read_only})
        return super().to_internal_value(data)
