"""The pages of exchange: imports, reports, and how far a job is."""
