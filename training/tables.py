"""The official tables of the ledger, as they are declared in data/tables."""

from pathlib import Path

from exchange.tables.reading import read_folder

TABLES = read_folder(Path(__file__).parent / "data" / "tables")
