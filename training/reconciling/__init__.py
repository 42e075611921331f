"""Reconcile (对账): another office's workbook against the ledger, difference by difference."""
