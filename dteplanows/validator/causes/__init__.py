"""Why the totals of a file are wrong: the mistakes that programs make, and the words for each."""
