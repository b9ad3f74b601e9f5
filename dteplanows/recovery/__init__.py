"""What keeps the ledger from being lost: backups, their restoring, and the check that all of it still holds."""
