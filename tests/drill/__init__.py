"""A year of whoever runs the service, by the commands that the manual shows."""
