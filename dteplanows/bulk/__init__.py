"""Files that are received now and issued later: their receipt, the queue, and the worker that empties it."""
