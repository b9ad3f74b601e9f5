"""The first page of a company: today and the month at a glance."""
