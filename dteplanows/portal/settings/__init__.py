"""The page ``ajustes`` of the installation: every setting, what it means, where its value comes from, changing it."""
