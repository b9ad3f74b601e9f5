"""The commands behind the command line: what each asks of the main road and how it shows the answer."""
