"""What the operator can read of the service: one line for each call, the messages, and the files that were refused.

Never in a line: what a file says, a password, a token, or the query of an address. ``call`` holds what is known of the
call under way, ``journal`` writes the lines, ``reading`` finds them again, ``kept`` keeps refused files.
"""
