"""The pages of core: signing in, accounts, roles, the audit trail, rules."""
