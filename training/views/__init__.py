"""The pages of training: the ledger, its rows, the classes, and panels for other pages."""
