"""The page ``respaldos`` of the installation: the backups there are, making one, and the check of everything."""
