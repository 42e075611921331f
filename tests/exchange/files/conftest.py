"""Read bytes as if a user had sent them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exchange.files import FileRefused, SheetBlock, read_blocks


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[SheetBlock]]:
    def read(data: bytes, name: str = "名册.xlsx", **options: Any) -> list[SheetBlock]:
        path = tmp_path / "sent"
        path.write_bytes(data)
        return list(read_blocks(path, name=name, **options))

    return read


@pytest.fixture
def refusal(read: Callable[..., list[SheetBlock]]) -> Callable[..., str]:
    """The code with which a file is refused, once its sentence was seen to be one."""

    def refusal(data: bytes, name: str = "名册.xlsx", **options: Any) -> str:
        with pytest.raises(FileRefused) as refused:
            read(data, name, **options)
        assert "%" not in str(refused.value)
        assert str(refused.value).endswith((".", "。"))
        return refused.value.code

    return refusal
